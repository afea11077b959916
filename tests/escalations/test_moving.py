"""Moves that leave the plan with its authority: to another college, and to another health body."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from isp.audit import Chain
from isp.ehcp.steps import StepCode
from isp.escalations import duties
from isp.escalations.letters.wording import wording_on
from isp.escalations.models import ReassessmentRequest
from isp.escalations.upkeep import amending, moving, transferring
from isp.escalations.work import tray
from isp.escalations.work.tray import Asked
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.register import pupils
from tests.escalations.test_upkeep_pages import Town
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import on

DAY = timedelta(days=1)
MOVES = date(2035, 9, 3)
FIVE_MONTHS_BEFORE = date(2035, 4, 3)
KNOWN = date(2035, 1, 8)


@pytest.fixture
def grown(upkeep: Upkeep) -> Upkeep:
    """Ava is old enough: it is the winter of 2035 (her school's calendar need not go as far)."""
    with upkeep.cast.making() as unit:
        born = pupils.name(unit, upkeep.cast.pupils["ava"]).born_on
    assert born.year + 16 < MOVES.year
    return upkeep


def tray_of(upkeep: Upkeep, by: str, day: date) -> dict[str, Any]:
    with on(day), upkeep.cast.looking(by) as unit:
        return {row.stage: row for row in tray.tray(unit, Asked(), limit=50)}


def college(upkeep: Upkeep, by: str = "olli", **more: Any) -> Any:
    said: dict[str, Any] = {"to": "Hilltop College", "known_on": KNOWN, "moves_on": MOVES}
    return upkeep.does(by, moving.announce_college, upkeep.plan, KNOWN, **{**said, **more})


def health(upkeep: Upkeep, by: str = "olli", **more: Any) -> Any:
    said: dict[str, Any] = {"old": "NHS North", "new": "NHS South", "known_on": NOW, "changes_on": NOW}
    return upkeep.does(by, moving.announce_health, upkeep.plan, **{**said, **more})


def told(
    upkeep: Upkeep, answer: str = moving.ARRANGES, day: date = NOW, by: str = "olli", **more: Any
) -> None:
    said = {"on": day, "answer": answer, "said": "We have no speech therapist."}
    upkeep.does(by, moving.record_told, upkeep.plan, day, **{**said, **more})


def row(upkeep: Upkeep, table: Any) -> Any:
    with upkeep.cast.making() as unit:
        return unit.connection.execute(select(table)).one()


# -- to another college ------------------------------------------------------------------------------------


def test_the_plan_names_the_college_five_months_before(grown: Upkeep) -> None:
    college(grown)
    assert row(grown, moving.COLLEGES).due_on == FIVE_MONTHS_BEFORE
    held = tray_of(grown, "olli", KNOWN)["college_move"]
    assert (held.due_on, held.turn, held.act) == (FIVE_MONTHS_BEFORE, "authority", "post_16_move")


def test_it_is_done_with_the_amended_plan_and_late_is_kept_as_late(grown: Upkeep) -> None:
    college(grown)
    with pytest.raises(Conflict, match="has not been amended"):
        grown.does("olli", moving.record_named, grown.plan, KNOWN, on=KNOWN)
    review_id = grown.does(
        "olli",
        amending.propose_change,
        grown.plan,
        KNOWN,
        notice_on=KNOWN,
        changes="Section I: Hilltop College.",
    )
    sent = FIVE_MONTHS_BEFORE + 2 * DAY
    grown.does("olli", amending.send_amended, review_id, sent, on=sent, answered=True)
    with pytest.raises(Invalid):
        grown.does("olli", moving.record_named, grown.plan, sent + DAY, on=sent + DAY)
    with pytest.raises(Conflict):
        grown.does("olli", moving.record_named, grown.plan, sent, on=sent, shown=9)
    grown.does("olli", moving.record_named, grown.plan, sent, on=sent)
    held = row(grown, moving.COLLEGES)
    assert (held.named_on, held.days_late) == (sent, 2)
    assert "college_move" not in tray_of(grown, "olli", sent)
    assert grown.steps()[-1].code is StepCode.COLLEGE_NAMED


def test_under_sixteen_it_is_a_change_of_phase(upkeep: Upkeep) -> None:
    said = {"to": "Hilltop College", "known_on": NOW, "moves_on": date(2027, 9, 1)}
    with pytest.raises(Invalid) as failure:
        upkeep.does("olli", moving.announce_college, upkeep.plan, NOW, **said)
    assert set(failure.value.errors) == {"moves_on"}


def test_a_move_to_a_college_may_be_called_off(grown: Upkeep) -> None:
    with pytest.raises(Conflict):
        grown.does("olli", moving.call_college_off, grown.plan, KNOWN, reason="She stays.")
    college(grown)
    with pytest.raises(Conflict):
        college(grown)
    with pytest.raises(Invalid):
        grown.does("olli", moving.call_college_off, grown.plan, KNOWN, reason=" ")
    with pytest.raises(Conflict):
        grown.does("olli", moving.call_college_off, grown.plan, KNOWN, reason="She stays.", shown=9)
    grown.does("olli", moving.call_college_off, grown.plan, KNOWN, reason="She stays.", shown=1)
    assert "college_move" not in tray_of(grown, "olli", KNOWN)
    college(grown)


@pytest.mark.parametrize("more", [{"to": " "}, {"known_on": KNOWN + DAY}, {"moves_on": date(2040, 1, 1)}])
def test_what_cannot_be_of_a_college_is_refused(grown: Upkeep, more: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        college(grown, **more)


# -- to another health body --------------------------------------------------------------------------------


def test_known_late_the_new_body_is_told_within_fifteen_working_days(upkeep: Upkeep) -> None:
    health(upkeep)
    held = tray_of(upkeep, "olli", NOW)["health_body"]
    assert (held.due_on, held.turn, held.act) == (date(2026, 11, 20), "health", "health_body")
    assert duties.is_late(held, date(2026, 11, 21))


def test_known_in_time_it_is_told_on_the_day_of_the_change(upkeep: Upkeep) -> None:
    health(upkeep, changes_on=date(2027, 2, 1))
    assert row(upkeep, moving.HEALTH).due_on == date(2027, 2, 1)


def test_a_body_that_arranges_what_the_plan_says_ends_it(upkeep: Upkeep) -> None:
    health(upkeep)
    told(upkeep, day=date(2026, 11, 23))
    held = row(upkeep, moving.HEALTH)
    assert (held.answer, held.days_late) == ("arranges", 3)
    assert "health_body" not in tray_of(upkeep, "olli", date(2026, 11, 23))


def test_one_that_cannot_asks_for_a_review(upkeep: Upkeep) -> None:
    health(upkeep)
    told(upkeep, moving.REVIEW)
    assert "review_due" in tray_of(upkeep, "olli", NOW)


def test_or_for_a_reassessment(upkeep: Upkeep) -> None:
    health(upkeep)
    told(upkeep, moving.REASSESS)
    asked = row(upkeep, table_of(ReassessmentRequest))
    assert (asked.source, asked.state) == ("health", "pending")
    assert "reassessment_asked" in tray_of(upkeep, "olli", NOW)


def test_why_it_cannot_is_said(upkeep: Upkeep) -> None:
    health(upkeep)
    with pytest.raises(Invalid):
        told(upkeep, moving.REVIEW, said=" ")
    with pytest.raises(Invalid):
        told(upkeep, "perhaps")
    with pytest.raises(Conflict):
        told(upkeep, shown=9)
    told(upkeep)
    with pytest.raises(Conflict):
        told(upkeep)


def test_a_change_may_be_called_off(upkeep: Upkeep) -> None:
    health(upkeep)
    with pytest.raises(Conflict):
        health(upkeep)
    with pytest.raises(Conflict):
        upkeep.does("olli", moving.call_health_off, upkeep.plan, reason="They stay.", shown=9)
    upkeep.does("olli", moving.call_health_off, upkeep.plan, reason="They stay.", shown=1)
    assert "health_body" not in tray_of(upkeep, "olli", NOW)
    with pytest.raises(Conflict):
        upkeep.does("olli", moving.call_health_off, upkeep.plan, reason="They stay.")


@pytest.mark.parametrize("more", [{"old": ""}, {"new": "nhs north "}, {"known_on": NOW + DAY}])
def test_what_cannot_be_of_a_health_body_is_refused(upkeep: Upkeep, more: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        health(upkeep, **more)


# -- both --------------------------------------------------------------------------------------------------


def test_only_the_authority_records_them(grown: Upkeep) -> None:
    for name, failure in (("sara", NotAllowed), ("pam", NotAllowed), ("sid", NotFound)):
        for deed in (college, health):
            with pytest.raises(failure):
                deed(grown, name)


def test_they_go_with_the_plan_to_another_authority(upkeep: Upkeep) -> None:
    health(upkeep)
    upkeep.does("olli", transferring.announce, upkeep.plan, to_la="202", known_on=NOW, moves_on=NOW)
    upkeep.does("olli", transferring.hand_over, upkeep.plan, on=NOW)
    assert "health_body" in tray_of(upkeep, "sid", NOW)
    told(upkeep, by="sid")


def test_the_trail_says_what_was_recorded(upkeep: Upkeep) -> None:
    health(upkeep)
    seen = upkeep.trail(Chain.pupil(upkeep.cast.pupils["ava"]), "ehc_plan.step")
    assert [one.detail["step"] for one in seen] == ["health_body_changes"]


def test_a_letter_is_owed_for_each(upkeep: Upkeep) -> None:
    wording = wording_on(NOW)
    assert [one.kind for one in wording.after("college_move_known")] == ["college_move"]
    assert [one.kind for one in wording.after("health_body_changes")] == ["health_body"]


@pytest.mark.parametrize(
    ("begun", "name"), [("transfer", "stay"), ("college", "college-stay"), ("health", "health-body-stays")]
)
def test_a_page_that_calls_off_carries_the_move_that_it_shows(upkeep: Upkeep, begun: str, name: str) -> None:
    day = NOW
    if begun == "transfer":
        upkeep.does("olli", transferring.announce, upkeep.plan, to_la="202", known_on=NOW, moves_on=NOW)
    elif begun == "college":
        day = KNOWN
        college(upkeep)
    else:
        health(upkeep)
    page = f"/ehc-plans/{upkeep.plan}/{name}"
    with on(day):
        olli = Town(upkeep).signed_in("olli")
        assert 'name="shown" value="1"' in olli.get(page).text
        stale = olli.post(page, {"reason": "They stay where they are.", "shown": "9"})
        assert stale.status_code == 409
        assert "They stay where they are." in stale.text
        assert 'name="shown" value="9"' in stale.text
        assert olli.post(page, {"reason": "They stay.", "shown": "1"}).status_code == 303
