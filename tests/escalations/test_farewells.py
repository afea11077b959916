"""Who is told when a child dies, moves or is taken out of a case, and that nobody is reminded of the dead."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from isp.escalations import assessing, farewells
from isp.escalations.course import Ending
from isp.escalations.upkeep import ceasing, doors, reassessing, transferring
from isp.notices.actions import tell
from isp.notices.delivering import Withheld
from isp.notices.kinds import KINDS, PLAINLY
from isp.notices.outbox import MAIL, Waiting
from isp.notices.reminders import Reminder
from tests.cast import Cast
from tests.escalations.advice_world import AGREED, Advising
from tests.escalations.assessed import SENT_ON, Assessed
from tests.escalations.reminded import NOTICES
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import Affair, on

DAY = timedelta(days=1)


def told(cast: Cast, kind: str) -> dict[str, bool]:
    """Who was told of this, and whether with the child's name."""
    named = {person: name for name, person in cast.people.items()}
    with cast.making() as unit:
        rows = unit.connection.execute(NOTICES.select().where(NOTICES.c.kind == kind)).all()
    return {named[row.person_id]: row.pupil_id is not None for row in rows}


def ended(case: Assessed, why: Ending, day: date = SENT_ON + DAY) -> None:
    moved_to = "330" if why is Ending.MOVED else None
    with on(day), case.cast.acting("olli") as unit:
        assessing.end(unit, case.id, why, day, moved_to=moved_to)


def consulted(affair: Affair) -> Assessed:
    """A draft is out, and Elmfield is asked whether it can take Ava; its SENCO is Stan, the head Hetty."""
    case = Assessed(affair)
    case.to_draft()
    case.consult(SENT_ON)
    return case


def test_of_a_death_the_school_and_the_manager_are_told_with_the_child(affair: Affair) -> None:
    case = consulted(affair)
    ended(case, Ending.DIED)
    found = told(affair.cast, "child_died")
    assert found["sara"] is True
    assert found["mia"] is True
    assert "olli" not in found
    assert not {"pam", "yan", "carl"} & found.keys()


def test_a_consulted_school_is_told_without_a_name(affair: Affair) -> None:
    case = consulted(affair)
    ended(case, Ending.DIED)
    asked = {name for name, named in told(affair.cast, "child_died").items() if not named}
    assert asked
    assert not asked & {"sara", "mia", "pam"}


def test_an_adviser_is_told_without_a_name(affair: Affair) -> None:
    advising = Advising(affair)
    advising.ask("d", "eve")
    with on(AGREED), affair.cast.acting("olli") as unit:
        assessing.end(unit, advising.case, Ending.DIED, AGREED)
    assert told(affair.cast, "child_died")["eve"] is False
    assert affair.sees(advising.case, "eve", AGREED) == "NotFound"


@pytest.mark.parametrize("why", [Ending.WITHDRAWN, Ending.MOVED])
def test_at_a_move_or_a_withdrawal_whoever_was_asked_is_told_that_it_is_over(
    affair: Affair, why: Ending
) -> None:
    case = consulted(affair)
    ended(case, why)
    found = told(affair.cast, "asked_no_longer")
    assert found
    assert not any(found.values())
    assert told(affair.cast, "child_died") == {}
    assert told(affair.cast, "case_moved_on")["pam"]


def test_of_a_death_of_a_child_with_a_plan_its_people_are_told(upkeep: Upkeep) -> None:
    upkeep.does("mia", ceasing.record_death, upkeep.plan, on=NOW)
    found = told(upkeep.cast, "child_died")
    assert found["olli"]
    assert found["sara"]
    assert "pam" not in found
    assert told(upkeep.cast, "ehc_plan_step") == {}


def test_what_was_under_way_ends_with_it(upkeep: Upkeep) -> None:
    upkeep.does("sara", reassessing.ask, upkeep.plan, received_on=NOW, reasons="He has changed.")
    agreed: dict[str, Any] = {"decision": "agree", "refusal": None, "reasons": "Yes.", "decided_on": NOW}
    upkeep.does("olli", reassessing.decide, upkeep.plan, **agreed)
    upkeep.does("mia", ceasing.record_death, upkeep.plan, on=NOW)
    with upkeep.cast.making() as unit:
        row = unit.connection.execute(doors.ASSESSMENTS.select()).one()
    assert (row.state, row.outcome_on) == ("ended", NOW)
    assert upkeep.plan_row().state == "ended"


def test_a_transfer_is_told_to_the_family_and_the_school(upkeep: Upkeep) -> None:
    upkeep.does("olli", transferring.announce, upkeep.plan, to_la="202", known_on=NOW, moves_on=NOW)
    upkeep.does("olli", transferring.hand_over, upkeep.plan, on=NOW)
    assert {"pam", "sara", "sid"} <= told(upkeep.cast, "ehc_plan_step").keys()


def test_nobody_is_reminded_of_a_child_who_has_died(upkeep: Upkeep) -> None:
    ava, eli, sara = (upkeep.cast.pupils["ava"], upkeep.cast.pupils["eli"], upkeep.cast.people["sara"])

    def everything(_unit: Any, today: date) -> list[Reminder]:
        return [Reminder(sara, "review_due", one, today, one) for one in (ava, eli)]

    living = farewells.of_the_living(everything)
    with upkeep.cast.making() as unit:
        assert [one.pupil_id for one in living(unit, NOW)] == [ava, eli]
    upkeep.does("olli", ceasing.record_death, upkeep.plan, on=NOW)
    with upkeep.cast.making() as unit:
        assert [one.pupil_id for one in living(unit, NOW)] == [eli]


def test_what_still_waited_to_be_sent_is_not_sent(upkeep: Upkeep) -> None:
    ava, sara = upkeep.cast.pupils["ava"], upkeep.cast.people["sara"]
    with on(NOW), upkeep.cast.acting("olli") as unit:
        tell(unit, [sara], "review_due", ava)
    upkeep.does("olli", ceasing.record_death, upkeep.plan, on=NOW)
    with upkeep.cast.making() as unit:
        rows = unit.connection.execute(NOTICES.select().where(NOTICES.c.person_id == sara)).all()
        answers = {
            row.kind: farewells.recipient(
                unit,
                Waiting(row.id, row.person_id, row.pupil_id, row.kind, row.made_at, row.read_at),
                MAIL,
            )
            for row in rows
        }
    assert answers["review_due"] == Withheld("died")
    assert answers["child_died"] != Withheld("died")


def test_the_words_name_nobody_and_no_family_has_words_of_its_own_for_them() -> None:
    assert "{" not in KINDS["child_died"]
    assert not {"child_died", "asked_no_longer"} & PLAINLY.keys()
