"""A letter of a case: begun, written, served with proof, and read by whom it went to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from isp import create_app
from isp.access.policy import Permission
from isp.audit import Chain
from isp.ehcp.steps import StepCode, steps_of
from isp.escalations import subjects
from isp.escalations.case_models import CaseLetter, LetterCopy
from isp.escalations.letters import actions, content, queries
from isp.escalations.letters.rules import Sending
from isp.escalations.letters.wording import wording_on
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.register.actions.restricting import restrict
from tests.escalations.letter_world import (
    begin,
    lay_appeal,
    lay_out,
    put_on_record,
    serve,
    settle_contacts,
    to_whom,
    write,
)
from tests.escalations.world import RECEIVED, Affair, on
from tests.people.world import Browser, settings

DAY = timedelta(days=1)
DECIDED = RECEIVED + 7 * DAY


@pytest.fixture
def case(affair: Affair) -> UUID:
    settle_contacts(affair)
    return affair.request()


def row_of(affair: Affair, letter_id: UUID) -> Any:
    table = table_of(CaseLetter)
    with affair.cast.making() as unit:
        return unit.connection.execute(select(table).where(table.c.id == letter_id)).one()


def copies_of(affair: Affair, letter_id: UUID) -> list[Any]:
    table = table_of(LetterCopy)
    with affair.cast.making() as unit:
        return list(unit.connection.execute(select(table).where(table.c.letter_id == letter_id)))


def reads(affair: Affair, letter_id: UUID, by: str, day: date = DECIDED) -> str:
    try:
        with on(day), affair.cast.looking(by) as unit:
            queries.read(unit, letter_id)
    except DomainError as failure:
        return type(failure).__name__
    return "yes"


def owed(affair: Affair, case: UUID, day: date = DECIDED) -> list[str]:
    with on(day), affair.cast.looking("olli") as unit:
        found, _ = subjects.allowed(unit, case, Permission.LETTER_WRITE)
        return [one.letter.kind for one in queries.owed(unit, found)]


def refusal(affair: Affair, case: UUID) -> UUID:
    """The refusal of the case, decided, written and dated."""
    affair.decide(case, day=DECIDED)
    return begin(affair, case, "refuse_assess", day=DECIDED)


def test_an_officer_serves_a_refusal_and_it_is_kept_as_it_went_out(affair: Affair, case: UUID) -> None:
    letter_id = refusal(affair, case)
    serve(affair, letter_id, day=DECIDED + DAY)
    row = row_of(affair, letter_id)
    assert (row.state, row.dated_on, row.served_on) == ("served", DECIDED, DECIDED + DAY)
    settle_contacts(affair, sendiass="Another service")
    with on(DECIDED + DAY), affair.cast.looking("olli") as unit:
        found = queries.read(unit, letter_id)
        sealed = queries.sealed_of(unit, row)
    said = "\n".join(part.text for part in found.parts)
    assert "Northshire SENDIASS" in said
    assert "Another service" not in said
    assert "by 9 January 2027" in said
    assert content.digest_of(sealed["text"], bytes.fromhex(sealed["salt"])) == row.digest


def test_a_letter_begins_with_the_date_and_the_reasons_of_the_decision(affair: Affair, case: UUID) -> None:
    affair.decide(case, day=DECIDED)
    with on(DECIDED + DAY), affair.cast.acting("olli") as unit:
        letter_id = actions.begin(unit, case, "refuse_assess")
    with on(DECIDED + DAY), affair.cast.looking("olli") as unit:
        found = queries.read(unit, letter_id)
    assert found.row.dated_on == DECIDED
    assert found.words.reasons == "The school can meet these needs."
    assert found.gaps == ()


def test_each_parent_has_a_copy_of_her_own_and_a_restricted_one_has_none(affair: Affair, case: UUID) -> None:
    affair.cast.guardian("rex", "ava")
    with on(RECEIVED), affair.cast.acting("leo") as unit:
        restrict(
            unit, affair.ava, affair.person("rex"), review_on=RECEIVED + 90 * DAY,
            reason="An order of the court", evidence="Seen by the school",
        )  # fmt: skip
    letter_id = refusal(affair, case)
    names = {one.name for one in to_whom(affair, letter_id, DECIDED) if one.sort == "family"}
    assert names == {"Pam Example", "Paul Example"}
    serve(affair, letter_id, day=DECIDED)
    people = {one.person_id for one in copies_of(affair, letter_id)} - {None}
    assert people == {affair.person("pam"), affair.person("paul")}
    assert reads(affair, letter_id, "pam") == "yes"
    assert reads(affair, letter_id, "rex") == "NotFound"
    with on(DECIDED), affair.cast.looking("pam") as unit:
        assert [one.name for one in queries.read(unit, letter_id).copies] == ["Pam Example"]


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ("olli", "yes"), ("mia", "yes"), ("pam", "yes"), ("sara", "yes"), ("hal", "yes"),
        ("carl", "NotAllowed"), ("tom", "NotAllowed"),
        ("otis", "NotFound"), ("sid", "NotFound"), ("sena", "NotFound"), ("nora", "NotFound"),
    ],
)  # fmt: skip
def test_a_served_refusal_is_read_by_whom_it_went_to_and_nobody_else(
    affair: Affair, case: UUID, who: str, answer: str
) -> None:
    letter_id = refusal(affair, case)
    serve(affair, letter_id, day=DECIDED)
    assert reads(affair, letter_id, who) == answer


def test_a_draft_and_a_letter_without_a_copy_for_the_school_are_read_by_the_authority_alone(
    affair: Affair, case: UUID
) -> None:
    made = lay_out(affair, case)
    put_on_record(affair, made, "draft_plan")
    letter_id = begin(affair, made["plan"], "draft_plan")
    assert [reads(affair, letter_id, who, RECEIVED) for who in ("olli", "pam", "sara")] == [
        "yes", "NotFound", "NotFound",
    ]  # fmt: skip
    serve(affair, letter_id)
    assert [reads(affair, letter_id, who, RECEIVED) for who in ("pam", "sara")] == ["yes", "NotFound"]


def test_what_the_law_wants_and_is_missing_keeps_a_letter_from_being_served(affair: Affair) -> None:
    case = affair.request()
    letter_id = refusal(affair, case)
    with pytest.raises(Conflict, match="SENDIASS"):
        serve(affair, letter_id, day=DECIDED)
    settle_contacts(affair)
    write(affair, letter_id, day=DECIDED, reasons=" ")
    with pytest.raises(Conflict, match="Write the reasons"):
        serve(affair, letter_id, day=DECIDED)
    assert row_of(affair, letter_id).state == "draft"


def test_a_decision_that_is_not_recorded_is_not_served(affair: Affair, case: UUID) -> None:
    letter_id = begin(affair, case, "refuse_assess")
    with pytest.raises(Conflict, match="not recorded yet"):
        serve(affair, letter_id)
    affair.decide(case, "agree", day=DECIDED)
    with pytest.raises(Conflict, match="not what was decided"):
        serve(affair, letter_id, day=DECIDED)


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("served_on", {"served_on": DECIDED + DAY}),
        ("served_on", {"served_on": DECIDED - DAY}),
        ("proof", {"proof": " "}),
        ("document_id", {"document_id": new_id()}),
        ("name_health", {"sent": {"health": Sending("post")}}),
        ("how_health", {"sent": {"health": Sending("here", "The body")}}),
        ("how_head", {"sent": {"head": Sending("pigeon")}}),
    ],
)
def test_a_service_that_does_not_hold_together_is_refused_beside_its_field(
    affair: Affair, case: UUID, field: str, more: dict[str, Any]
) -> None:
    letter_id = refusal(affair, case)
    with pytest.raises(Invalid) as refused:
        serve(affair, letter_id, day=DECIDED, **more)
    assert set(refused.value.errors) == {field}
    assert copies_of(affair, letter_id) == []


def test_a_parent_cannot_be_left_out_and_a_copy_that_was_not_sent_opens_nothing(
    affair: Affair, case: UUID
) -> None:
    letter_id = refusal(affair, case)
    keys = {one.name: one.key for one in to_whom(affair, letter_id, DECIDED)}
    with pytest.raises(Invalid) as refused:
        serve(affair, letter_id, day=DECIDED, sent={keys["Pam Example"]: Sending("none")})
    assert set(refused.value.errors) == {f"how_{keys['Pam Example']}"}
    serve(affair, letter_id, day=DECIDED, sent={"head": Sending("none")}, proof="The school has closed.")
    assert reads(affair, letter_id, "sara") == "NotFound"


def test_days_that_begin_with_the_service_are_counted_from_it(affair: Affair, case: UUID) -> None:
    made = lay_out(affair, case)
    put_on_record(affair, made, "draft_plan")
    letter_id = begin(affair, made["plan"], "draft_plan")
    with pytest.raises(Invalid) as refused:
        serve(affair, letter_id, day=RECEIVED + DAY)
    assert "Date the letter of the day" in refused.value.errors["served_on"]


def test_a_served_letter_is_altered_by_nobody_and_by_no_statement(affair: Affair, case: UUID) -> None:
    letter_id = refusal(affair, case)
    serve(affair, letter_id, day=DECIDED)
    with pytest.raises(Conflict, match="has been served"):
        write(affair, letter_id, day=DECIDED)
    with pytest.raises(Conflict, match="has been served"):
        serve(affair, letter_id, day=DECIDED)
    for statement in (
        "UPDATE case_letter SET dated_on = '2020-01-01'",
        "DELETE FROM case_letter",
        "UPDATE letter_copy SET how = 'hand'",
    ):
        with pytest.raises(DBAPIError), affair.cast.making() as unit:
            unit.connection.execute(text(statement))


def test_a_stale_form_is_refused_and_changes_nothing(affair: Affair, case: UUID) -> None:
    letter_id = begin(affair, case, "considering")
    with pytest.raises(Conflict), on(RECEIVED), affair.cast.acting("olli") as unit:
        actions.write(unit, letter_id, content.Words("Late"), dated_on=RECEIVED, shown=1)
    with on(RECEIVED), affair.cast.looking("olli") as unit:
        assert queries.read(unit, letter_id).words.opening == "Thank you for speaking to us."


@pytest.mark.parametrize(("who", "error"), [("pam", NotAllowed), ("sara", NotAllowed), ("sid", NotFound)])
def test_nobody_but_the_authority_writes_letters(
    affair: Affair, case: UUID, who: str, error: type[Exception]
) -> None:
    letter_id = begin(affair, case, "considering")
    for deed in (
        lambda: begin(affair, case, "considering", by=who),
        lambda: write(affair, letter_id, by=who),
        lambda: serve(affair, letter_id, by=who),
    ):
        with pytest.raises(error):
            deed()


def test_a_letter_about_a_plan_needs_a_plan(affair: Affair, case: UUID) -> None:
    with pytest.raises(Conflict, match="no EHC plan yet"):
        begin(affair, case, "final_plan")
    with pytest.raises(Invalid):
        begin(affair, case, "love_letter")


def test_every_letter_of_a_whole_case_can_be_served(affair: Affair, case: UUID) -> None:
    affair.decide(case, "agree", day=RECEIVED)
    made = lay_out(affair, case)
    lay_appeal(affair, made)
    # The list of a term's reviews belongs to no case (test_review_list_letter).
    kinds = set(wording_on(RECEIVED).letters) - {"refuse_assess", "review_list"}
    for kind in sorted(kinds):
        if kind != "appeal_answer":
            put_on_record(affair, made, kind)
        serve(affair, begin(affair, case, kind))
    with affair.cast.making() as unit:
        states = list(unit.connection.scalars(select(table_of(CaseLetter).c.state)))
    assert states == ["served"] * len(kinds)


def test_the_notice_that_it_is_considered_is_itself_a_step_and_is_owed_no_more(
    affair: Affair, case: UUID
) -> None:
    serve(affair, begin(affair, case, "considering"))
    with affair.cast.making() as unit:
        steps = steps_of(unit, affair.ava, affair.cast.places["northshire"], subject_id=case)
    assert StepCode.CONSIDERING_TOLD in {one.code for one in steps}
    assert "considering" not in owed(affair, case)


def test_the_service_stands_on_both_chains_and_the_family_is_told(affair: Affair, case: UUID) -> None:
    letter_id = refusal(affair, case)
    serve(affair, letter_id, day=DECIDED)
    assert len(affair.on_pupil("letter.served")) == 1
    assert len(affair.trail(Chain.organisation(affair.cast.places["northshire"]), "letter.served")) == 1
    detail = affair.on_pupil("letter.served")[0].detail
    assert detail["digest"] == row_of(affair, letter_id).digest.hex()
    with affair.cast.making() as unit:
        told = unit.connection.execute(
            text("SELECT count(*) FROM notice WHERE kind = 'letter_served'")
        ).scalar()
    assert told is not None
    assert told >= 2


def test_a_draft_that_is_put_aside_stands_on_no_list(affair: Affair, case: UUID) -> None:
    letter_id = begin(affair, case, "considering")
    with on(RECEIVED), affair.cast.acting("olli") as unit:
        actions.put_aside(unit, letter_id)
    with on(RECEIVED), affair.cast.looking("olli") as unit:
        found, decision = subjects.allowed(unit, case, Permission.LETTER_WRITE)
        assert queries.letters_of(unit, found, decision) == []
    with pytest.raises(Conflict, match="put aside"):
        write(affair, letter_id)


def test_an_officer_writes_and_serves_a_letter_on_its_pages(affair: Affair, case: UUID) -> None:
    affair.decide(case, day=DECIDED)
    with on(DECIDED):
        app = create_app(settings(), affair.cast.store)
        officer = Browser(app, "192.0.2.1")
        officer.sign_in("olli")
        assert f"/cases/{case}/letters" in officer.get(f"/cases/{case}").text
        begun = officer.post(f"/cases/{case}/letters/new", {"kind": "refuse_assess"})
        page = begun.headers["Location"].removesuffix("/edit")
        said = {
            "dated_on-day": "9", "dated_on-month": "11", "dated_on-year": "2026",
            "opening": "Thank you for your letter.", "reasons": "The school gives it.", "closing": "Yours",
        }  # fmt: skip
        wrong = officer.post(f"{page}/edit", said | {"dated_on-month": "13"})
        assert wrong.status_code == 422
        assert "Thank you for your letter." in wrong.text
        assert officer.post(f"{page}/edit", said).status_code == 303
        assert "within two months of the date of this decision" in officer.get(page).text
        serve_page = officer.get(f"{page}/serve").text
        assert "Pam Example" in serve_page
        keys = [part.split('"')[0] for part in serve_page.split('name="how_')[1:]]
        sent = {f"how_{key}": "post" for key in keys} | {"name_health": "NHS", "name_social_care": "Ms Care"}
        day = {"served_on-day": "9", "served_on-month": "11", "served_on-year": "2026"}
        assert officer.post(f"{page}/serve", sent | day).status_code == 422
        done = officer.post(f"{page}/serve", sent | day | {"proof": "Recorded delivery"})
        assert done.status_code == 303
        assert officer.get(f"{page}/edit").status_code == 409
        mother = Browser(app, "192.0.2.2")
        mother.sign_in("pam")
        assert page in mother.get(f"/pupils/{affair.ava}/letters").text
        assert "Paul" not in mother.get(page).text
        for form, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
            file = mother.get(f"{page}/letter.{form}")
            assert file.data.startswith(begins)
            assert "Ava" not in file.headers["Content-Disposition"]
        assert len(affair.on_pupil("letter.printed")) == 2
        school = Browser(app, "192.0.2.3")
        school.sign_in("sara")
        assert page in school.get(f"/pupils/{affair.ava}/letters").text
