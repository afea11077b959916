"""Quality assurance audits: a sample that can be drawn again, two views hidden from each other, a report."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from isp import create_app
from isp.escalations.audits import actions, queries
from isp.escalations.audits.actions import Answer, Wanted
from isp.escalations.audits.content import KINDS, checklists, frame_digest, sample
from isp.escalations.audits.printing import report_paper
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.people.roles import Role
from isp.web.print.paper import Paper
from isp.web.print.pdf import as_pdf
from tests.escalations.world import RECEIVED, Affair, on
from tests.people.world import Browser, settings
from tests.web.reading_pdf import Read

IDS = st.lists(st.uuids(), unique=True, max_size=40)


@given(IDS, st.text("abcdef0123456789", min_size=4, max_size=16), st.integers(1, 20))
def test_the_same_seed_draws_the_same_cases_whatever_order_they_come_in(
    ids: list[UUID], seed: str, wanted: int
) -> None:
    drawn = sample(ids, seed, wanted)
    assert drawn == sample(reversed(ids), seed, wanted)
    assert len(drawn) == min(wanted, len(ids))
    assert set(drawn) <= set(ids)
    assert drawn == sample(ids, seed, wanted + 1)[:wanted]
    assert frame_digest(ids) == frame_digest(reversed(ids))


def test_another_seed_draws_others() -> None:
    ids = [uuid4() for _ in range(200)]
    assert sample(ids, "aaaa", 10) != sample(ids, "bbbb", 10)


def test_the_checklist_asks_something_of_each_kind_and_names_its_source() -> None:
    found = checklists().on(RECEIVED)
    for kind in KINDS:
        assert len(found.about(kind)) >= 6
    assert all("regulation" in one.source or "section" in one.source for one in found.questions)


@pytest.fixture
def decided(affair: Affair) -> Affair:
    """Ava's request is decided by olli; otis audits, mara (another manager) moderates."""
    affair.cast.member("mara", "northshire", Role.AUTHORITY_MANAGER)
    affair.decide(affair.request())
    return affair


def hold(affair: Affair, by: str = "mia", **more: Any) -> UUID:
    asked: dict[str, Any] = {
        "kind": "decisions",
        "from_on": RECEIVED,
        "to_on": RECEIVED,
        "wanted": 5,
        "auditor_id": affair.person("otis"),
        "moderator_id": affair.person("mara"),
    }
    with on(RECEIVED), affair.cast.acting(by) as unit:
        return actions.hold_audit(unit, affair.cast.places["northshire"], Wanted(**{**asked, **more}))


def only_case(affair: Affair, audit_id: UUID) -> UUID:
    with affair.cast.making() as unit:
        query = select(queries.CASES.c.id).where(queries.CASES.c.audit_id == audit_id)
        found: UUID = unit.connection.scalars(query).one()
        return found


def look(affair: Affair, audit_id: UUID, by: str, day: date = RECEIVED) -> queries.Opened:
    case_id = only_case(affair, audit_id)
    with on(day), affair.cast.looking(by) as unit:
        return queries.view_case(unit, audit_id, case_id)


def answer(
    affair: Affair, audit_id: UUID, by: str, said: str = "met", *, finish: bool = True, **more: str
) -> None:
    case = look(affair, audit_id, by)
    answers = {
        one.name: Answer(said, more.get("about", case.items[0].code), "As it should be")
        for one in case.questions
    }
    with on(RECEIVED), affair.cast.acting(by) as unit:
        actions.save_findings(unit, audit_id, case.row.id, answers, finish=finish)


def test_a_sample_opens_the_case_to_the_two_and_nobody_else_for_its_days(decided: Affair) -> None:
    audit_id = hold(decided)
    for name in ("otis", "mara"):
        assert ("Decided", "2 November 2026") in look(decided, audit_id, name).subject.facts
    last = RECEIVED + actions.OPEN_FOR
    assert look(decided, audit_id, "otis", last).side == "auditor"
    with pytest.raises(NotFound):
        look(decided, audit_id, "otis", last + timedelta(days=1))
    for name in ("sid", "nora", "eve"):
        with pytest.raises(NotFound):
            look(decided, audit_id, name)
    for name in ("sara", "pam", "olli", "mia"):
        with pytest.raises((NotAllowed, NotFound)):
            look(decided, audit_id, name)


def test_each_look_is_an_event_with_the_purpose_of_an_audit(decided: Affair) -> None:
    audit_id = hold(decided)
    look(decided, audit_id, "otis")
    (seen,) = decided.on_pupil("quality_audit.case_viewed")
    assert (seen.detail["side"], seen.role) == ("auditor", "quality_auditor")
    (held,) = decided.on_authority("quality_audit.held")
    assert (held.detail["frame"], held.detail["count"]) == (1, 1)


def test_neither_sees_the_others_view_until_both_have_finished(decided: Affair) -> None:
    audit_id = hold(decided)
    answer(decided, audit_id, "otis")
    assert look(decided, audit_id, "otis").theirs == {}
    assert look(decided, audit_id, "mara").theirs == {}
    answer(decided, audit_id, "mara", "partly")
    assert look(decided, audit_id, "mara").theirs["evidence"].row.answer == "met"
    assert look(decided, audit_id, "otis").theirs["evidence"].words == "As it should be"


def test_the_report_counts_what_both_have_finished(decided: Affair) -> None:
    audit_id = hold(decided)
    answer(decided, audit_id, "otis")
    with on(RECEIVED), decided.cast.looking("mia") as unit:
        assert all(one.both == 0 and not one.auditor for one in queries.report(unit, audit_id).counts)
    answer(decided, audit_id, "mara", "partly")
    with on(RECEIVED), decided.cast.looking("mia") as unit:
        report = queries.report(unit, audit_id)
    assert all((one.both, one.alike) == (1, 0) for one in report.counts)
    assert report.counts[0].auditor == {"met": 1}
    assert report.counts[0].moderator == {"partly": 1}
    assert len(decided.on_authority("quality_audit.read")) == 2


def test_a_finding_keeps_the_digest_of_what_it_is_about(decided: Affair) -> None:
    audit_id = hold(decided)
    version = next(item for item in look(decided, audit_id, "otis").items if item.type == "version")
    answer(decided, audit_id, "otis", finish=False, about=version.code)
    found = look(decided, audit_id, "otis").mine["evidence"].row
    assert (found.object_id, found.digest) == (version.id, decided.versions[0].digest)
    answer(decided, audit_id, "otis", "not_met")
    assert look(decided, audit_id, "otis").mine["evidence"].row.answer == "not_met"
    assert len(decided.on_pupil("quality_audit.findings_saved")) == 2


def test_what_is_finished_stays_and_what_is_missing_is_asked_for(decided: Affair) -> None:
    audit_id = hold(decided)
    case = look(decided, audit_id, "otis")
    some = {"evidence": Answer("met", case.items[0].code)}
    with pytest.raises(Invalid) as refused, on(RECEIVED), decided.cast.acting("otis") as unit:
        actions.save_findings(unit, audit_id, case.row.id, some, finish=True)
    assert "reasons-answer" in refused.value.errors
    wrong = {"evidence": Answer("splendid", "plan:nothing")}
    with pytest.raises(Invalid), on(RECEIVED), decided.cast.acting("otis") as unit:
        actions.save_findings(unit, audit_id, case.row.id, wrong, finish=False)
    answer(decided, audit_id, "otis")
    with pytest.raises(Conflict):
        answer(decided, audit_id, "otis")


def test_closing_shuts_the_cases_at_once(decided: Affair) -> None:
    audit_id = hold(decided)
    answer(decided, audit_id, "otis")
    with pytest.raises((NotAllowed, NotFound)), on(RECEIVED), decided.cast.acting("otis") as unit:
        actions.close_audit(unit, audit_id)
    with on(RECEIVED), decided.cast.acting("mia") as unit:
        actions.close_audit(unit, audit_id)
    with pytest.raises((NotAllowed, NotFound)):
        look(decided, audit_id, "otis")
    with pytest.raises(Conflict), on(RECEIVED), decided.cast.acting("mia") as unit:
        actions.close_audit(unit, audit_id)
    assert decided.on_pupil("tie.ended")[-1].detail["why"] == "audit_closed"


def test_a_case_is_not_drawn_for_whoever_has_it_or_is_the_parent(decided: Affair) -> None:
    with pytest.raises(Conflict):
        hold(decided, auditor_id=decided.person("olli"))
    decided.cast.guardian("mara", "ava")
    with pytest.raises(Conflict):
        hold(decided)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "everything"}, "kind"),
        ({"wanted": 0}, "wanted"),
        ({"wanted": 101}, "wanted"),
        ({"to_on": date(2020, 1, 1)}, "to_on"),
        ({"from_on": date(2027, 1, 1), "to_on": date(2027, 1, 2)}, "from_on"),
        ({"seed": "a b"}, "seed"),
    ],
)
def test_what_cannot_be_is_refused_by_field(decided: Affair, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        hold(decided, **more)
    assert field in refused.value.errors


def test_the_two_are_two_people_of_the_authority(decided: Affair) -> None:
    for name in ("otis", "sid", "sara"):
        with pytest.raises(Invalid):
            hold(decided, moderator_id=decided.person(name))


@pytest.mark.parametrize(("name", "failure"), [("olli", NotAllowed), ("sid", NotFound), ("sara", NotFound)])
def test_only_a_manager_draws(decided: Affair, name: str, failure: type[Exception]) -> None:
    with pytest.raises(failure):
        hold(decided, by=name)


def test_the_pages_from_the_sample_to_the_report(decided: Affair) -> None:
    app = create_app(settings(), decided.cast.store)
    browsers = {name: Browser(app, f"192.0.2.{n}") for n, name in enumerate(("mia", "otis", "mara", "olli"))}
    for name, browser in browsers.items():
        browser.sign_in(name)
    said = {"kind": "decisions", "wanted": "3", "auditor_id": str(decided.person("otis"))}
    said |= {"moderator_id": str(decided.person("mara")), "seed": "abcd1234"}
    for part, number in (("day", RECEIVED.day), ("month", RECEIVED.month), ("year", RECEIVED.year)):
        said |= {f"from_on-{part}": str(number), f"to_on-{part}": str(number)}
    wrong = browsers["mia"].post("/audits/new", said | {"wanted": "0"})
    assert wrong.status_code == 422
    drawn = browsers["mia"].post("/audits/new", said)
    assert drawn.status_code == 303, drawn.text
    audit = drawn.location
    assert "abcd1234" in browsers["mia"].get(audit).text
    assert browsers["olli"].get(audit).status_code == 404
    case = f"{audit}/cases/{only_case(decided, UUID(audit.rpartition('/')[2]))}"
    page = browsers["otis"].get(case)
    assert "Can the family understand from the reasons" in page.text
    names = [one.name for one in checklists().on(RECEIVED).about("decisions")]
    item = f"decision:{look_request(decided)}"
    full = {f"{name}-answer": "met" for name in names} | {f"{name}-about": item for name in names}
    short = browsers["otis"].post(case, {**full, "reasons-answer": "", "finish": "yes"})
    assert short.status_code == 422
    assert "Answer this before you finish the case" in short.text
    assert browsers["otis"].post(case, {**full, "finish": "yes"}).status_code == 303
    assert "Moderator: <strong>" not in browsers["otis"].get(case).text
    assert browsers["mara"].post(case, {**full, "finish": "yes"}).status_code == 303
    assert "Moderator: <strong>Met" in browsers["otis"].get(case).text
    report = browsers["mia"].get(f"{audit}/report.csv")
    assert b"seed abcd1234" in report.data
    for size in ("", "?size=large"):
        printed = browsers["mia"].get(f"{audit}/report.pdf{size}")
        assert printed.status_code == 200
        assert printed.data.startswith(b"%PDF")
    assert f"{audit}/report.pdf" in browsers["mia"].get(audit).text
    assert browsers["mia"].post(f"{audit}/close", {}).status_code == 303
    assert browsers["otis"].get(case).status_code in (403, 404)


def paper(affair: Affair, audit_id: UUID, by: str = "mia") -> Paper:
    with on(RECEIVED), affair.cast.looking(by) as unit:
        return report_paper(unit, audit_id, large=False)


def test_the_report_as_pdf_says_what_was_found_by_which_rule_and_how_the_sample_was_drawn(
    decided: Affair,
) -> None:
    audit_id = hold(decided, seed="abcd1234")
    answer(decided, audit_id, "otis")
    answer(decided, audit_id, "mara")
    read_back = Read(as_pdf(paper(decided, audit_id)))
    said = " ".join(" ".join(read_back.page_words).split()).replace("\u200b", "")
    reference = decided.row(look_request(decided)).reference
    for phrase in (
        "Report of a quality audit", "Otis Example", "Mara Example", "both sides have finished 1",
        "1 of 1", "seed abcd1234", reference, "How the sample was drawn", "egulation",
    ):  # fmt: skip
        assert phrase in said, phrase
    assert "Ava" not in said
    assert "As it should be" not in said


def test_a_case_that_only_one_of_the_two_has_finished_is_not_counted_on_paper(decided: Affair) -> None:
    audit_id = hold(decided)
    answer(decided, audit_id, "otis")
    read_back = Read(as_pdf(paper(decided, audit_id)))
    said = " ".join(" ".join(read_back.page_words).split())
    assert "both sides have finished 0" in said
    assert "0 of 0" in said


def test_printing_is_an_event_of_its_own_and_nobody_else_prints(decided: Affair) -> None:
    audit_id = hold(decided)
    paper(decided, audit_id)
    (seen,) = decided.on_authority("quality_audit.printed")
    assert (seen.detail["count"], seen.detail["size"]) == (1, "standard")
    for who, error in (("olli", NotFound), ("sid", NotFound), ("sara", NotFound), ("eve", NotAllowed)):
        with pytest.raises(error):
            paper(decided, audit_id, who)
    with pytest.raises(NotFound):
        paper(decided, uuid4())
    assert len(decided.on_authority("quality_audit.printed")) == 1


def look_request(affair: Affair) -> UUID:
    with affair.cast.making() as unit:
        found: UUID = unit.connection.scalars(select(queries.CASES.c.request_id)).one()
        return found
