"""Who is not on this service is asked by a letter: owed from the day, begun with what is on record."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from isp.access.policy import Permission
from isp.ehcp.steps import StepCode, steps_of
from isp.escalations import advice, consulting, subjects
from isp.escalations.case_models import LetterCopy
from isp.escalations.letters import actions, queries
from isp.escalations.letters.queries import Owed
from isp.escalations.letters.rules import Sending
from isp.escalations.models import Dispute
from isp.escalations.work_models import CaseDuty
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from tests.escalations.advice_world import AGREED, SIX_WEEKS, Advising
from tests.escalations.assessed import SENT_ON, Assessed
from tests.escalations.letter_world import (
    begin,
    lay_appeal,
    lay_out,
    serve,
    settle_contacts,
    to_whom,
    write,
)
from tests.escalations.test_pages import Town
from tests.escalations.world import RECEIVED, Affair, on

DAY = timedelta(days=1)


def owed(affair: Affair, case: UUID, day: date, *kinds: str) -> list[Owed]:
    with on(day), affair.cast.looking("olli") as unit:
        found, _ = subjects.allowed(unit, case, Permission.LETTER_WRITE)
        return [one for one in queries.owed(unit, found) if not kinds or one.letter.kind in kinds]


def begun(affair: Affair, case: UUID, one: Owed, day: date) -> UUID:
    with on(day), affair.cast.acting("olli") as unit:
        return actions.begin(unit, case, one.letter.kind, about=one.about_id)


def sent(affair: Affair, letter_id: UUID, day: date) -> None:
    """Served by post as it was begun."""
    ways = {one.key: Sending("post", "Somebody there") for one in to_whom(affair, letter_id, day)}
    with on(day), affair.cast.acting("olli") as unit:
        actions.serve(unit, letter_id, served_on=day, sent=ways, proof="Recorded delivery AB 1.")


# -- advice ------------------------------------------------------------------------------------------------


def test_advice_asked_of_somebody_elsewhere_is_owed_a_letter_and_of_somebody_here_none(
    affair: Affair,
) -> None:
    advising = Advising(affair)
    asked = advising.ask("c", None)
    advising.ask("d", "eve")
    (one,) = owed(affair, advising.case, AGREED, "advice_request")
    assert (one.about_id, one.whom, one.on, one.by) == (asked, "Dr Sample, Northshire Health", AGREED, AGREED)


def test_the_letter_begins_with_whom_it_asks_for_what_and_since_when_and_is_owed_no_more_once_served(
    affair: Affair,
) -> None:
    settle_contacts(affair)
    advising = Advising(affair)
    advising.ask("c", None)
    (one,) = owed(affair, advising.case, AGREED, "advice_request")
    letter_id = begun(affair, advising.case, one, AGREED)
    with on(AGREED), affair.cast.looking("olli") as unit:
        found = queries.read(unit, letter_id)
    said = " ".join(part.text for part in found.parts)
    assert found.gaps == ()
    assert "Dr Sample, Northshire Health" in said
    assert "regulation 6(1)(c)" in said
    assert "by 21 December 2026" in said
    (again,) = owed(affair, advising.case, AGREED, "advice_request")
    assert again.draft_id == letter_id
    sent(affair, letter_id, AGREED)
    assert not owed(affair, advising.case, AGREED, "advice_request")
    table = table_of(LetterCopy)
    with affair.cast.making() as unit:
        copies = unit.connection.execute(select(table).where(table.c.letter_id == letter_id)).all()
    assert [one.recipient for one in copies] == ["adviser"]


def test_two_bodies_elsewhere_are_owed_a_letter_each(affair: Affair) -> None:
    settle_contacts(affair)
    advising = Advising(affair)
    first, second = advising.ask("c", None), advising.ask("e", None)
    both = owed(affair, advising.case, AGREED, "advice_request")
    assert {one.about_id for one in both} == {first, second}
    sent(affair, begun(affair, advising.case, both[0], AGREED), AGREED)
    (left,) = owed(affair, advising.case, AGREED, "advice_request")
    assert left.about_id == both[1].about_id


def test_advice_that_is_overdue_is_owed_a_chaser_and_what_came_in_is_owed_nothing(affair: Affair) -> None:
    advising = Advising(affair)
    asked = advising.ask("c", None)
    late = AGREED + SIX_WEEKS + DAY
    assert [one.about_id for one in owed(affair, advising.case, late, "advice_chaser")] == [asked]
    assert not owed(affair, advising.case, late - DAY, "advice_chaser")
    advising.file(asked, late)
    assert not owed(affair, advising.case, late, "advice_chaser", "advice_request")


def test_a_letter_about_advice_that_is_asked_for_no_longer_is_refused(affair: Affair) -> None:
    advising = Advising(affair)
    advising.ask("c", None)
    (one,) = owed(affair, advising.case, AGREED, "advice_request")
    assert one.about_id is not None
    with on(AGREED), affair.cast.acting("olli") as unit:
        advice.withdraw(unit, one.about_id, reason="Asked of somebody else.")
    with pytest.raises(Conflict, match="not waited for any more"):
        begun(affair, advising.case, one, AGREED)
    with pytest.raises(Conflict), on(AGREED), affair.cast.acting("olli") as unit:
        actions.begin(unit, advising.case, "advice_request", about=new_id())


@pytest.mark.parametrize(("who", "error"), [("pam", NotAllowed), ("sara", NotAllowed), ("sid", NotFound)])
def test_nobody_but_the_authority_begins_it(affair: Affair, who: str, error: type[Exception]) -> None:
    advising = Advising(affair)
    asked = advising.ask("c", None)
    with on(AGREED), affair.cast.acting(who) as unit, pytest.raises(error):
        actions.begin(unit, advising.case, "advice_request", about=asked)


# -- consultations -----------------------------------------------------------------------------------------


def test_a_setting_elsewhere_is_owed_its_consultation_on_the_day_and_one_here_is_not(affair: Affair) -> None:
    settle_contacts(affair)
    case = Assessed(affair)
    case.to_draft()
    case.consult(SENT_ON)
    asked = case.consult(SENT_ON, None)
    (one,) = owed(affair, case.id, SENT_ON, "consult_setting")
    assert (one.about_id, one.whom, one.by) == (asked, "Beech College", SENT_ON)
    letter_id = begun(affair, case.id, one, SENT_ON)
    with on(SENT_ON), affair.cast.looking("olli") as unit:
        found = queries.read(unit, letter_id)
        row = consulting.row_of(unit, asked)
    assert row is not None
    said = " ".join(part.text for part in found.parts)
    assert "Beech College" in said
    assert f"{row.due_on.day} {row.due_on:%B %Y}" in said
    sent(affair, letter_id, SENT_ON)
    assert not owed(affair, case.id, SENT_ON, "consult_setting")


def test_a_setting_that_answered_is_owed_no_letter(affair: Affair) -> None:
    case = Assessed(affair)
    case.to_draft()
    asked = case.consult(SENT_ON, None)
    with on(SENT_ON + DAY), affair.cast.acting("olli") as unit:
        consulting.file_answer(unit, case.id, asked, said="yes", on=SENT_ON + DAY)
    assert not owed(affair, case.id, SENT_ON + DAY, "consult_setting")


# -- an appeal ---------------------------------------------------------------------------------------------


def test_an_appeal_is_owed_an_answer_within_thirty_working_days_which_is_a_step_once_served(
    affair: Affair,
) -> None:
    settle_contacts(affair)
    made = lay_out(affair, affair.request())
    appeal = lay_appeal(affair, made)
    (one,) = owed(affair, made["plan"], RECEIVED, "appeal_answer")
    assert (one.about_id, one.by) == (appeal, date(2026, 12, 14))
    letter_id = begun(affair, made["plan"], one, RECEIVED)
    keys = {who.sort for who in to_whom(affair, letter_id)}
    assert keys == {"tribunal", "family"}
    with pytest.raises(Conflict, match="Answer “Do you oppose the appeal"):
        sent(affair, letter_id, RECEIVED)
    write(affair, letter_id)
    family = next(who.key for who in to_whom(affair, letter_id) if who.sort == "family")
    with pytest.raises(Invalid) as refused:
        serve(affair, letter_id, sent={family: Sending("none")})
    assert f"how_{family}" in refused.value.errors
    serve(affair, letter_id)
    with affair.cast.making() as unit:
        steps = steps_of(unit, affair.ava, affair.cast.places["northshire"], subject_id=appeal)
    assert [one.code for one in steps] == [StepCode.APPEAL_REGISTERED, StepCode.APPEAL_ANSWERED]
    assert not owed(affair, made["plan"], RECEIVED, "appeal_answer")
    with affair.cast.making() as unit:
        table = table_of(Dispute)
        assert unit.connection.scalar(select(table.c.answered_on).where(table.c.id == appeal)) == RECEIVED
        duties = table_of(CaseDuty)
        duty = unit.connection.execute(select(duties).where(duties.c.subject_id == appeal)).one()
    assert (duty.stage, duty.turn) == ("appeal_hearing", "tribunal")


def test_an_appeal_that_ended_before_its_answer_was_served_is_answered_no_more(affair: Affair) -> None:
    settle_contacts(affair)
    made = lay_out(affair, affair.request())
    appeal = lay_appeal(affair, made)
    (one,) = owed(affair, made["plan"], RECEIVED, "appeal_answer")
    letter_id = begun(affair, made["plan"], one, RECEIVED)
    write(affair, letter_id)
    with affair.cast.making() as unit:
        unit.change(Dispute, {"id": appeal}, state="closed", closed_on=RECEIVED, result="withdrawn")
    with pytest.raises(Conflict, match="not waited for any more"):
        serve(affair, letter_id)


# -- by when, and the ends ---------------------------------------------------------------------------------


def test_a_letter_of_a_decision_says_by_when_the_law_wants_it(affair: Affair) -> None:
    case = affair.request()
    affair.decide(case, day=RECEIVED + 7 * DAY)
    (one,) = owed(affair, case, RECEIVED + 7 * DAY, "refuse_assess")
    assert one.by == date(2026, 12, 14)
    (told,) = owed(affair, case, RECEIVED + 7 * DAY, "considering")
    assert told.by is None


@pytest.mark.parametrize("kind", ["case_withdrawn", "case_moved"])
def test_the_notice_of_an_end_without_a_decision_is_served_before_the_end_is_recorded(
    affair: Affair, kind: str
) -> None:
    settle_contacts(affair)
    case = affair.request()
    letter_id = begin(affair, case, kind)
    assert {who.sort for who in to_whom(affair, letter_id)} == {"family", "health", "social_care", "head"}
    serve(affair, letter_id)
    with on(RECEIVED), affair.cast.looking("pam") as unit:
        assert queries.read(unit, letter_id).row.kind == kind


def test_an_officer_begins_such_a_letter_from_the_list_of_those_owed(affair: Affair) -> None:
    advising = Advising(affair)
    asked = advising.ask("c", None)
    with on(AGREED):
        olli = Town(affair).signed_in("olli")
        page = olli.get(f"/cases/{advising.case}/letters").text
        assert "Dr Sample, Northshire Health" in page
        assert "To go by" in page
        link = f"/cases/{advising.case}/letters/new?kind=advice_request&amp;about={asked}"
        assert link in page
        assert str(asked) in olli.get(link.replace("&amp;", "&")).text
        new = f"/cases/{advising.case}/letters/new"
        answer = olli.post(new, {"kind": "advice_request", "about": str(asked)})
        assert answer.status_code == 303
        edit = olli.get(answer.headers["Location"]).text
        assert "Dr Sample, Northshire Health" in edit
        for ending in ("pdf", "docx"):
            page_of = answer.headers["Location"].removesuffix("/edit")
            assert olli.get(f"{page_of}/letter.{ending}").status_code == 200
        assert olli.post(new, {"kind": "advice_request", "about": str(new_id())}).status_code == 409
        assert "serve the letter that tells the family first" in olli.get(f"/cases/{advising.case}/end").text
