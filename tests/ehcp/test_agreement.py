"""The family says whether it agrees with a version of the plan: each for herself, to the authority alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from isp.caseload import history
from isp.caseload.history import Asked
from isp.ehcp import actions, agreement
from isp.ehcp.agreement import Said
from isp.ehcp.models import StatutoryPlan
from isp.ehcp.rules import Sort
from isp.kernel.errors import Conflict, DomainError, Invalid
from isp.notices.models import Notice
from tests.ehcp.test_pages import Office
from tests.ehcp.world import Desk, ready_content

WORDS = "Section F leaves out his sleep."


def say(desk: Desk, by: str, answer: str, number: int = 1, words: str = "", plan: UUID | None = None) -> None:
    with desk.cast.acting(by) as unit:
        agreement.say(unit, plan or desk.plan, number, answer, words)


def refused(desk: Desk, by: str, **given: Any) -> str:
    try:
        say(desk, by, "yes", **given)
    except DomainError as failure:
        return type(failure).__name__
    return "done"


def read(desk: Desk, by: str = "olli") -> list[Said]:
    with desk.cast.looking(by) as unit:
        return agreement.read_all(unit, desk.plan)[2]


def in_force(desk: Desk) -> Desk:
    desk.open(ready_content())
    desk.in_force()
    return desk


def sent(desk: Desk) -> Desk:
    desk.open(ready_content())
    desk.publish(Sort.DRAFT_SENT)
    with desk.cast.making() as unit:
        unit.change(StatutoryPlan, {"id": desk.plan}, state="draft_sent")
    return desk


@pytest.mark.parametrize("stage", [sent, in_force])
def test_a_parent_answers_to_a_draft_or_a_plan_and_the_authority_reads_it(desk: Desk, stage: Any) -> None:
    stage(desk)
    say(desk, "pam", "part", words=WORDS)
    (found,) = read(desk)
    assert (found.answer, found.words, found.number, found.standing) == ("part", WORDS, 1, "parent")
    assert found.person_id == desk.cast.people["pam"]
    assert found.holds
    assert found.stands
    assert read(desk, "mia") == [found]


def test_it_changes_nothing_about_the_plan(desk: Desk) -> None:
    in_force(desk)
    plan = table_row(desk)
    say(desk, "pam", "no", words=WORDS)
    assert table_row(desk) == plan


def table_row(desk: Desk) -> Any:
    from isp.ehcp import queries

    with desk.cast.making() as unit:
        row = queries.plan_row(unit, desk.plan)
        return row, queries.record_of(unit, row)


def test_what_is_said_later_stands_and_what_was_said_first_stays(desk: Desk) -> None:
    in_force(desk)
    say(desk, "pam", "no", words=WORDS)
    say(desk, "pam", "yes")
    assert [(one.answer, one.stands) for one in read(desk)] == [("yes", True), ("no", False)]


def test_each_parent_answers_alone_and_learns_nothing_of_the_other(desk: Desk) -> None:
    in_force(desk)
    say(desk, "pam", "no", words=WORDS)
    say(desk, "paul", "yes")
    office = Office(desk)
    his, hers = office.as_("paul").get(office.base).text, office.as_("pam").get(office.base).text
    assert "his sleep" not in his
    assert "You told the council" in his
    assert "his sleep" in hers
    assert "<strong>No</strong>" not in his
    assert "his sleep" not in office.as_("paul").get(f"{office.base}/versions/1/answer").text
    with desk.cast.looking("paul") as unit:
        told = history.of_pupil(unit, desk.ava, Asked())
    said = [line.text for one in told.sittings for line in one.lines if "is right" in line.text]
    assert said == ["You said whether EHC plan 1 is right"]
    assert {one.person_id for one in read(desk)} == {desk.cast.people["pam"], desk.cast.people["paul"]}


@pytest.mark.parametrize("who", ["sara", "tom", "leo", "eve", "olli", "mia"])
def test_nobody_answers_for_the_family(desk: Desk, who: str) -> None:
    in_force(desk)
    assert refused(desk, who) == "NotAllowed"


@pytest.mark.parametrize("who", ["nora", "stan", "sid", "yan"])
def test_a_stranger_meets_nothing(desk: Desk, who: str) -> None:
    in_force(desk)
    assert refused(desk, who) == "NotFound"
    with pytest.raises(DomainError) as failure:
        read(desk, who)
    assert type(failure.value).__name__ == "NotFound"


@pytest.mark.parametrize("who", ["sara", "pam", "eve"])
def test_only_the_authority_reads_what_was_said(desk: Desk, who: str) -> None:
    in_force(desk)
    say(desk, "pam", "no", words=WORDS)
    with pytest.raises(DomainError) as failure:
        read(desk, who)
    assert type(failure.value).__name__ == "NotAllowed"


def test_the_school_does_not_meet_it_on_the_plan(desk: Desk) -> None:
    in_force(desk)
    say(desk, "pam", "no", words=WORDS)
    office = Office(desk)
    for who in ("sara", "tom", "eve"):
        page = office.as_(who).get(office.base).text
        assert "his sleep" not in page
        assert "Whether the family agrees" not in page


def test_a_draft_that_was_followed_by_another_version_is_answered_to_no_more(desk: Desk) -> None:
    sent(desk)
    desk.publish(Sort.DRAFT_SENT)
    with pytest.raises(Conflict, match="newer form"):
        say(desk, "pam", "yes")
    say(desk, "pam", "yes", 2)
    desk.in_force()
    with pytest.raises(Conflict):
        say(desk, "pam", "no", 2)
    say(desk, "pam", "no", 3)


def test_a_plan_that_was_amended_or_has_ended_is_answered_to_no_more(desk: Desk) -> None:
    in_force(desk)
    with desk.cast.acting("olli") as unit:
        actions.start_draft(unit, desk.plan)
    desk.publish(Sort.AMENDED, reason="After the review")
    assert refused(desk, "pam") == "Conflict"
    assert refused(desk, "pam", number=2) == "done"
    with desk.cast.making() as unit:
        unit.change(StatutoryPlan, {"id": desk.plan}, state="ended", ended_on=unit.today)
    assert refused(desk, "pam", number=2) == "Conflict"


def test_a_version_that_is_not_there_is_not_found(desk: Desk) -> None:
    in_force(desk)
    assert refused(desk, "pam", number=7) == "NotFound"


def test_an_answer_is_one_of_three_and_words_have_an_end(desk: Desk) -> None:
    in_force(desk)
    for answer, words, field in (("maybe", "", "answer"), ("no", "x" * 4001, "words")):
        with pytest.raises(Invalid) as failure:
            say(desk, "pam", answer, words=words)
        assert set(failure.value.errors) == {field}


def test_words_are_sealed_and_the_trail_names_the_version_and_not_the_answer(desk: Desk) -> None:
    in_force(desk)
    say(desk, "pam", "no", words=WORDS)
    with desk.cast.making() as unit:
        row = unit.connection.execute(agreement.AGREEMENTS.select()).one()
        assert b"sleep" not in row.sealed
    (told,) = desk.trail("ehcp.answered")
    assert set(told.detail) == {"version", "digest"}
    assert told.detail["digest"] == row.version_digest.hex()
    assert told.payload == {"answer": "no", "words": WORDS}
    read(desk)
    assert desk.trail("ehcp.answers_viewed")[-1].actor_id == desk.cast.people["olli"]


def test_an_answer_is_never_altered(desk: Desk) -> None:
    in_force(desk)
    say(desk, "pam", "no")
    for verb in ("UPDATE plan_agreement SET answer = 'yes'", "DELETE FROM plan_agreement"):
        with pytest.raises(DBAPIError), desk.cast.making() as unit:
            unit.connection.execute(text(verb))


def test_the_officer_who_has_the_case_is_told(desk: Desk) -> None:
    in_force(desk)
    say(desk, "pam", "no")
    with desk.cast.making() as unit:
        found = unit.session.query(Notice).filter_by(kind="plan_answered").all()
        assert {one.person_id for one in found} == {desk.cast.people["olli"]}
        assert [one.about for one in found] == [desk.plan]


def test_by_the_pages_a_no_to_a_plan_in_force_points_to_mediation_and_appeal(desk: Desk) -> None:
    in_force(desk)
    office = Office(desk)
    pam, olli = office.as_("pam"), office.as_("olli")
    assert "Tell the council if you agree" in pam.get(office.base).text
    here = f"{office.base}/versions/1/answer"
    page = pam.get(here).text
    assert "Nobody else in the family sees them" in page
    assert "you give up no right" in page
    wrong = pam.post(here, {"words": WORDS})
    assert (wrong.status_code, WORDS in wrong.text) == (422, True)
    assert pam.post(here, {"answer": "no", "words": WORDS}).status_code == 303
    plan = pam.get(office.base).text
    assert "Ask a tribunal" in plan
    assert f"/pupils/{desk.ava}/assessment" in plan
    shown = olli.get(office.base).text
    assert "It changes nothing about the plan’s force" in shown
    assert "Does not agree" in shown
    assert WORDS in shown
    assert WORDS in olli.get(f"{office.base}/answers").text
    assert office.as_("sara").get(f"{office.base}/answers").status_code == 403
    assert office.as_("sara").get(here).status_code == 403
    assert office.as_("stan").get(here).status_code == 404


def test_by_the_pages_an_answer_to_a_draft_points_to_where_one_says_more(desk: Desk) -> None:
    sent(desk)
    office = Office(desk)
    pam = office.as_("pam")
    page = pam.get(f"{office.base}/versions/1/answer").text
    assert "The plan is not finished yet" in page
    assert "Ask a tribunal" not in page
    assert pam.post(f"{office.base}/versions/1/answer", {"answer": "yes"}).status_code == 303
    assert "What the family says of the draft" in office.as_("olli").get(office.base).text
    desk.publish(Sort.DRAFT_SENT)
    assert pam.get(f"{office.base}/versions/1/answer").status_code == 409
    assert "You told the council" in pam.get(f"{office.base}/versions/1").text
