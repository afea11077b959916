"""Whoever opens a form about a child has looked at the child: the trail says so of every one of them."""

from __future__ import annotations

import pytest

from tests.escalations.assessed import DECIDED_ON, Assessed
from tests.escalations.test_planning_pages import Town
from tests.escalations.world import Affair, on


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("diary/add", "diary.viewed"),
        ("letters/new", "letters.viewed"),
        ("disclosures/add", "disclosures.viewed"),
    ],
)
def test_an_empty_form_is_a_look(affair: Affair, form: str, code: str) -> None:
    case = Assessed(affair)
    with on(DECIDED_ON):
        olli = Town(case).signed_in("olli")
        before = len(affair.on_pupil(code))
        assert olli.get(f"/cases/{case.id}/{form}").status_code == 200
    (look,) = affair.on_pupil(code)[before:]
    assert look.role == "authority_officer"
