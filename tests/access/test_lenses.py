"""The type of a lens."""

from __future__ import annotations

import dataclasses

import pytest

from isp.access.lenses import Label, Lens


def test_a_lens_that_says_only_its_labels_grants_nothing_else():
    lens = Lens(labels=frozenset({Label.S0}))
    assert (lens.staff, lens.party, lens.cost, lens.sections) == (False, None, False, None)


def test_lenses_are_plain_values():
    assert len({Lens(labels=frozenset({Label.S0})), Lens(labels=frozenset({Label.S0}))}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        Lens(labels=frozenset()).staff = True  # type: ignore[misc]


def test_the_labels_are_those_of_the_protection_page():
    assert [label.value for label in Label] == ["S0", "S1", "S2", "S2!", "S3"]
