"""What an authority's letters say about others: worded by its manager under its own pages, as plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from isp.access.office import texts
from isp.kernel.errors import NotFound
from isp.people import prose
from tests.cast import Cast, standing_copy


@pytest.fixture
def cast(fresh_database: Callable[..., str]) -> Iterator[Cast]:
    with standing_copy(fresh_database) as made:
        yield made


def test_a_manager_words_them_and_the_newest_edition_counts(cast: Cast) -> None:
    here = cast.places["northshire"]
    for edited, body in enumerate(("Old words", "[SENDIASS](https://sendiass.example), 01632 960001")):
        with cast.acting("mia") as unit:
            texts.save(unit, here, "sendiass", body, edited=edited)
    with cast.looking("olli") as unit:
        found = texts.for_letters(unit, here)
    assert found["sendiass"] == "SENDIASS (https://sendiass.example), 01632 960001"
    assert found["mediation"] == ""


def test_a_school_has_no_letters_to_word(cast: Cast) -> None:
    with pytest.raises(NotFound), cast.acting("hal") as unit:
        texts.save(unit, cast.places["oakfield"], "sendiass", "Ours", edited=0)


def test_prose_is_told_in_plain_words_with_lists_and_addresses() -> None:
    said = prose.plainly("# Who\nRing us.\n\n- By mail: us@help.example\n- [Here](/help)")
    assert said == "Who\n\nRing us.\n\n- By mail: us@help.example\n- Here (/help)"
