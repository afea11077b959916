"""The evidence of a request: what is released by whom, what the authority reads, and the one document."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pikepdf
import pytest
from PIL import Image

from isp.documents import actions as documents
from isp.documents import bodies
from isp.documents import queries as stored
from isp.documents.actions import Filing
from isp.documents.intake import take_in
from isp.escalations import bundle, evidence, queries, rules
from isp.escalations.rules import Limb
from isp.kernel.errors import DomainError, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.plans import actions as plan_actions
from isp.reviews import releasing, rounds
from tests.cast import small_plan
from tests.documents import files
from tests.escalations.test_documents_released import version_of
from tests.escalations.test_pages import Town
from tests.escalations.world import RECEIVED, Affair, on
from tests.reviews.desk import Desk
from tests.web.reading_pdf import Read

DAY = timedelta(days=1)
BEFORE = RECEIVED - 20 * DAY


def reviewed(affair: Affair) -> UUID:
    """A closed review of Ava's plan; the id of its report's version."""
    with on(BEFORE):
        desk = Desk(affair.cast)
        review = desk.planned(affair.plan, led_by="sara")
        desk.open(review, "sara")
        desk.fill(review, "sara")
        desk.close(review, "sara")
    with affair.cast.making() as unit:
        (found,) = releasing.closed_reviews(unit, affair.ava)
    return found.version_id


def answered(affair: Affair) -> UUID:
    """What tom answered in a round that is closed; the answer's id."""
    with on(BEFORE), affair.cast.acting("sara") as unit:
        questions = [f"Question {number}?" for number in range(1, 5)]
        round_id = rounds.ask(unit, affair.plan, questions, BEFORE + 5 * DAY)
    with on(BEFORE), affair.cast.acting("tom") as unit:
        rounds.save_answers(unit, round_id, {"question.1": "He counts to fifty now"})
    with on(BEFORE), affair.cast.acting("sara") as unit:
        rounds.close(unit, round_id)
    with affair.cast.making() as unit:
        (found,) = releasing.answers_given(unit, affair.ava)
    return found.answer_id


def filed(affair: Affair, title: str, body: bytes, name: str) -> UUID:
    taken = take_in(io.BytesIO(body), name, 5_000_000)
    with on(BEFORE), affair.cast.acting("sara") as unit:
        document_id = documents.add(unit, affair.ava, Filing("report", "S1", title, BEFORE), taken)
    return version_of(affair, document_id, "sara")


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (300, 200), "navy").save(made, "PNG")
    return made.getvalue()


def taken(affair: Affair, request_id: UUID, by: str = "sara", purpose: str | None = "elsewhere") -> bytes:
    """The bundle as somebody downloads it."""
    with on(RECEIVED):
        with affair.cast.looking(by) as unit:
            found = bundle.gather(unit, request_id, purpose)
            keys = unit.keys

        def body_of(version: Any) -> bytes:
            heading = version.heading
            key = bodies.key_of(heading.pupil_id, heading.label)
            reading = affair.cast.store.database.reading
            return b"".join(bodies.pieces(reading, keys, key, version.id, version.pieces))

        return bundle.make(found, body_of)


# -- what is released ----------------------------------------------------------------------------------------


def test_a_school_releases_a_review_report_and_a_teachers_answers(affair: Affair) -> None:
    report, answer = reviewed(affair), answered(affair)
    request_id = affair.request(reviews=[report], answers=[answer])
    for name in ("olli", "mia"):
        with on(RECEIVED), affair.cast.looking(name) as unit:
            case = queries.read_case(unit, request_id)
            found = evidence.items_of(unit, case)
        assert [one.sort for one in found] == ["version", "review", "answers"]
        assert found[1].id == report
    (told,) = affair.on_pupil("assessment.requested")
    assert told.detail["released"] == 3
    assert list(told.payload["reviews"]) == [str(report)]
    assert list(told.payload["answers"]) == [str(answer)]


@pytest.mark.parametrize("sort", ["reviews", "answers"])
def test_what_is_not_there_is_refused_beside_its_boxes(affair: Affair, sort: str) -> None:
    report = reviewed(affair)
    strange = [new_id()] if sort == "reviews" else [report]
    given: dict[str, Any] = {sort: strange}
    with pytest.raises(Invalid) as refused:
        affair.request(**given)
    assert set(refused.value.errors) == {sort}


def test_a_parent_releases_reviews_and_never_what_teachers_answered(affair: Affair) -> None:
    report, answer = reviewed(affair), answered(affair)
    with pytest.raises(Invalid) as refused:
        affair.request("pam", answers=[answer])
    assert set(refused.value.errors) == {"answers"}
    request_id = affair.request("pam", reviews=[report])
    assert _reads(affair, request_id, report, "olli") == "yes"


def _reads(affair: Affair, request_id: UUID, item: UUID, by: str, day=RECEIVED) -> str:
    try:
        with on(day), affair.cast.looking(by) as unit:
            bundle.read_item(unit, request_id, item)
    except DomainError as failure:
        return type(failure).__name__
    return "yes"


def test_the_officer_reads_what_was_released_and_only_until_the_sight_ends(affair: Affair) -> None:
    report, answer = reviewed(affair), answered(affair)
    request_id = affair.request(reviews=[report], answers=[answer])
    for item in (report, answer):
        assert _reads(affair, request_id, item, "olli") == "yes"
        assert _reads(affair, request_id, item, "sid") == "NotFound"
        assert _reads(affair, request_id, item, "otis") == "NotFound"
    assert len(affair.on_pupil("assessment.evidence_viewed")) == 2
    affair.decide(request_id)
    last = affair.row(request_id).sight_until
    for item in (report, answer):
        assert _reads(affair, request_id, item, "olli", last) == "yes"
        assert _reads(affair, request_id, item, "olli", last + DAY) == "NotFound"


def test_what_was_not_released_stays_shut(affair: Affair) -> None:
    report, answer = reviewed(affair), answered(affair)
    request_id = affair.request()
    for item in (report, answer):
        assert _reads(affair, request_id, item, "olli") == "NotFound"


def test_families_never_read_what_a_teacher_answered(affair: Affair) -> None:
    answer = answered(affair)
    request_id = affair.request(answers=[answer])
    assert _reads(affair, request_id, answer, "pam") == "NotFound"
    with on(RECEIVED), affair.cast.looking("pam") as unit:
        case = queries.read_case(unit, request_id)
        assert [one.sort for one in evidence.items_of(unit, case)] == ["version"]


def test_what_is_missing_is_said_and_bars_nothing() -> None:
    assert "No review has been held" in rules.missing_evidence(None, 0, cycles=0)[1]
    found = rules.missing_evidence({"sections": {}}, 2, cycles=1, reports=1)
    assert any("Only one review" in one for one in found)
    assert not any("specialist" in one for one in found)
    assert rules.missing_evidence({"sections": {}}, 3, cycles=2)[0].startswith("The child’s own views")


def test_a_school_that_has_not_told_the_family_says_why(affair: Affair) -> None:
    with pytest.raises(Invalid) as refused:
        affair.request(told_family=False)
    assert set(refused.value.errors) == {"why_not_told"}
    request_id = affair.request(told_family=False, why_not_told="We meet them on Friday.")
    assert affair.case(request_id, "olli").words["why_not_told"] == "We meet them on Friday."
    assert "why_not_told" not in affair.case(request_id, "pam").words


# -- the legal test ------------------------------------------------------------------------------------------


def test_each_part_of_the_test_names_its_evidence(affair: Affair) -> None:
    report = reviewed(affair)
    request_id = affair.request(reviews=[report])
    version = affair.versions[0].id
    affair.decide(
        request_id,
        "agree",
        rests_on={"a": Limb((version,)), "b": Limb((report,), "The head said so on the telephone")},
    )
    words = affair.case(request_id, "pam").words
    assert [one["id"] for one in words["evidence_a"]["items"]] == [str(version)]
    assert words["evidence_b"]["words"] == "The head said so on the telephone"
    (told,) = affair.on_pupil("assessment.decided")
    assert told.payload["evidence_b"]["items"][0]["sort"] == "review"
    assert told.payload["reviews"] == {str(report): words["evidence_b"]["items"][0]["digest"]}


@pytest.mark.parametrize(
    ("rests_on", "field"),
    [
        ({"a": Limb(words="A"), "b": Limb()}, "evidence_b"),
        ({"a": Limb(), "b": Limb(words=" x ")}, "evidence_a"),
        ({"a": Limb((new_id(),)), "b": Limb(words="B")}, "evidence_a"),
        ({"a": Limb(words="A"), "b": Limb(words="B" * 5000)}, "words_b"),
    ],
)
def test_a_part_without_evidence_is_not_decided(affair: Affair, rests_on: Any, field: str) -> None:
    request_id = affair.request()
    with pytest.raises(Invalid) as refused:
        affair.decide(request_id, rests_on=rests_on)
    assert set(refused.value.errors) == {field}
    assert affair.row(request_id).status == "pending"


# -- the one document ----------------------------------------------------------------------------------------


def test_the_bundle_names_every_item_by_version_code_and_page(affair: Affair) -> None:
    report, answer = reviewed(affair), answered(affair)
    letter = filed(affair, "Speech report", files.pdf(pages=2), "speech.pdf")
    photo = filed(affair, "Work sample", picture(), "work.png")
    request_id = affair.request(reviews=[report], answers=[answer], documents=[letter, photo])
    made = taken(affair, request_id)
    read = Read(made)
    first = read.page_words[0] + read.page_words[1]
    with on(RECEIVED), affair.cast.looking("sara") as unit:
        items = evidence.items_of(unit, queries.read_case(unit, request_id))
    assert len(items) == 5
    for one in items:
        assert one.code in first
    count = len(read.page_words)
    assert f"Page {count} of {count}" in read.page_words[-1]
    assert "He counts to fifty now" in read.words
    assert "page 2 of 2" in read.words
    with pikepdf.open(io.BytesIO(made)) as held:
        assert str(held.Root.Lang) == "en-GB"
        assert "Ava" not in str(held.docinfo.get("/Title", ""))
        with held.open_metadata() as told:
            assert "pdfuaid:part" not in told
            assert str(told["dc:title"]).startswith("Evidence for a request")


def test_what_is_written_afterwards_changes_nothing_in_it(affair: Affair) -> None:
    report = reviewed(affair)
    request_id = affair.request(reviews=[report])
    before = taken(affair, request_id)
    with on(RECEIVED):
        _change(affair)
    assert taken(affair, request_id) == before
    assert "Something quite different" not in Read(before).words


def _change(affair: Affair) -> None:
    """A third version of the plan, with other words, from the draft that the review opened."""
    affair.cast.write(affair.plan, "sara", small_plan(strengths="Something quite different"))
    with affair.cast.acting("sara") as unit:
        draft = affair.cast.draft(unit, affair.plan)
        plan_actions.publish(unit, affair.plan, draft.revision, "Changed after the request")


def test_a_word_file_is_attached_and_a_withdrawn_item_is_left_out(affair: Affair) -> None:
    word = filed(affair, "Report in Word", files.word("Words"), "report.docx")
    gone = filed(affair, "Not for her", b"Some words", "gone.txt")
    request_id = affair.request(documents=[word, gone])
    with on(RECEIVED), affair.cast.acting("sara") as unit:
        found = next(one for one in stored.list_of(unit, affair.ava).listed if one.newest.id == gone)
        documents.withdraw(unit, found.id, 1, "wrong_child", "Another child's")
    made = taken(affair, request_id)
    with pikepdf.open(io.BytesIO(made)) as held:
        (name,) = held.attachments
    assert name.startswith("item-")
    assert "Some words" not in Read(made).words


def test_without_a_purpose_nothing_is_made(affair: Affair) -> None:
    request_id = affair.request()
    for purpose in (None, "", "curiosity", "ombudsman"):
        with pytest.raises(Invalid):
            taken(affair, request_id, purpose=purpose)
    assert affair.on_pupil("assessment.evidence_printed") == []
    taken(affair, request_id)
    taken(affair, request_id, "olli", "ombudsman")
    told = affair.on_pupil("assessment.evidence_printed")
    assert [one.detail for one in told] == [
        {"items": 1, "for": "elsewhere"},
        {"items": 1, "for": "ombudsman"},
    ]


@pytest.mark.parametrize(
    ("name", "error"), [("pam", NotAllowed), ("hal", NotAllowed), ("mia", NotAllowed), ("sid", NotFound)]
)
def test_who_did_not_make_the_request_takes_no_copy(affair: Affair, name: str, error: type) -> None:
    request_id = affair.request()
    with pytest.raises(error):
        taken(affair, request_id, name)


def test_a_parents_own_request_is_taken_by_her_and_not_by_the_school(affair: Affair) -> None:
    request_id = affair.request("pam")
    assert "Two cycles did not close the gap" in Read(taken(affair, request_id, "pam")).words
    for name in ("sara", "paul"):
        with pytest.raises(NotAllowed):
            taken(affair, request_id, name)


def test_by_the_pages(affair: Affair) -> None:
    report = reviewed(affair)
    with on(RECEIVED):
        request_id = affair.request(reviews=[report])
        town = Town(affair)
        for name, network in (("sara", "192.0.2.1"), ("olli", "192.0.2.2")):
            browser = town.signed_in(name, network=network)
            page = browser.get(f"/cases/{request_id}/evidence").text
            assert f"/cases/{request_id}/evidence/{report}" in page
            assert browser.get(f"/cases/{request_id}/evidence/{report}").status_code == 200
            chosen = "elsewhere" if name == "sara" else "appeal"
            link = f"/cases/{request_id}/evidence.pdf?purpose={chosen}"
            assert link in browser.get(f"/cases/{request_id}/evidence?purpose={chosen}").text.replace(
                "&amp;", "&"
            )
            answer = browser.get(link)
            assert answer.status_code == 200
            assert answer.data.startswith(b"%PDF")
            assert browser.get(f"/cases/{request_id}/evidence.pdf").status_code == 303
        assert (
            town.signed_in("pam", network="192.0.2.3").get(f"/cases/{request_id}/evidence").status_code == 200
        )


def test_a_data_protection_officer_reads_no_review_report_through_a_case(affair: Affair) -> None:
    report = reviewed(affair)
    request_id = affair.request(reviews=[report])
    town = Town(affair)
    with on(RECEIVED):
        for number, (name, reads) in enumerate((("sara", True), ("olli", True), ("dora", False)), 2):
            browser = town.signed_in(name, network=f"192.0.2.{number}")
            listed = browser.get(f"/cases/{request_id}/evidence")
            assert listed.status_code == 200
            assert ("Review report" in listed.text) is reads
            answer = browser.get(f"/cases/{request_id}/evidence/{report}")
            assert answer.status_code == (200 if reads else 404)
