"""A plan goes to another authority; the file of the one that had it stays with that one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from isp.escalations.diary import actions as diary
from isp.escalations.upkeep import transferring
from tests.escalations.assessed import DAY, ISSUED_ON, Assessed
from tests.escalations.letter_world import begin
from tests.escalations.test_planning_pages import Town, day
from tests.escalations.world import Affair, on

MOVED_ON = ISSUED_ON + 7 * DAY


@pytest.fixture
def moved(affair: Affair) -> Assessed:
    """Ava's plan, made in Northshire with a diary and a letter, and handed over to Southshire."""
    case = Assessed(affair)
    case.to_draft()
    case.issue()
    plan = case.plan.id
    written = ISSUED_ON + DAY
    said: dict[str, Any] = {
        "kind": "call",
        "happened_on": written,
        "who": "The mother",
        "what": "In confidence.",
    }
    with on(written), case.cast.acting("olli") as unit:
        diary.enter(unit, plan, **said)
    for subject in (case.id, plan):
        begin(affair, subject, "draft_plan", day=written)
    with on(MOVED_ON), case.cast.acting("olli") as unit:
        transferring.announce(unit, plan, to_la="202", known_on=MOVED_ON, moves_on=MOVED_ON)
    with on(MOVED_ON), case.cast.acting("olli") as unit:
        transferring.hand_over(unit, plan, on=MOVED_ON)
    return case


def letters(case: Assessed) -> list[UUID]:
    from isp.escalations.letters.queries import LETTERS

    with case.cast.making() as unit:
        return list(unit.connection.scalars(LETTERS.select().with_only_columns(LETTERS.c.id)))


def test_the_new_officer_has_a_file_of_her_own(moved: Assessed) -> None:
    town = Town(moved)
    with on(MOVED_ON):
        sid = town.signed_in("sid")
        href = f"/cases/{moved.plan.id}"
        for page in ("letters", "diary", "chronology", "disclosures"):
            shown = sid.get(f"{href}/{page}")
            assert shown.status_code == 200, page
            assert "draft plan" not in shown.text.lower() or page == "letters"
            assert f"/cases/{moved.id}" not in shown.text
            assert "In confidence." not in shown.text
        for letter in letters(moved):
            assert str(letter) not in sid.get(f"{href}/letters").text
            assert sid.get(f"/letters/{letter}").status_code == 404


def test_the_old_authoritys_case_stays_shut_under_every_id(moved: Assessed) -> None:
    town = Town(moved)
    entry = {"kind": "call", "who": "Somebody", "what": "What was said."} | day(MOVED_ON, "happened_on")
    with on(MOVED_ON):
        sid = town.signed_in("sid")
        for subject in (moved.id, moved.row.id):
            for page in ("letters", "diary", "chronology", "disclosures", "letters/new", "diary/add"):
                assert sid.get(f"/cases/{subject}/{page}").status_code == 404, page
            assert sid.post(f"/cases/{subject}/diary/add", entry).status_code == 404
        assert sid.post(f"/cases/{moved.plan.id}/diary/add", entry).status_code == 303
    with moved.cast.making() as unit:
        from isp.escalations.diary.queries import ENTRIES

        rows = list(unit.connection.execute(ENTRIES.select().order_by(ENTRIES.c.recorded_at)))
    assert [row.authority_id for row in rows] == [
        moved.cast.places[one] for one in ("northshire", "southshire")
    ]


def test_the_officer_who_had_it_opens_none_of_it_any_more(moved: Assessed) -> None:
    with on(MOVED_ON):
        olli = Town(moved).signed_in("olli")
        for subject in (moved.id, moved.plan.id):
            assert olli.get(f"/cases/{subject}/diary").status_code == 404
