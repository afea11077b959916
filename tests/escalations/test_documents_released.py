"""What of a pupil's documents a request releases: to whom, of whom, and until when; and what is printed."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text, update

from isp.access.purposes import PURPOSES
from isp.documents import actions as documents
from isp.documents import queries as stored
from isp.documents.actions import Filing
from isp.documents.intake import take_in
from isp.documents.models import DocumentVersion
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, DomainError, Invalid
from isp.kernel.ids import new_id
from isp.kernel.immutable import trigger_name
from tests.audit.test_tampering import flipped
from tests.escalations.test_pages import Town, ask
from tests.escalations.world import RECEIVED, Affair, on
from tests.pages import Page
from tests.web.reading_pdf import Read


@pytest.fixture
def town(affair: Affair) -> Town:
    return Town(affair)


DAY = RECEIVED - timedelta(days=30)


def filed(affair: Affair, title: str, label: str = "S0", by: str = "sara", *, send: bool = False) -> UUID:
    """A document of Ava's; the id of its first version."""
    taken = take_in(io.BytesIO(title.encode()), "notes.txt", 1_000_000)
    with on(RECEIVED), affair.cast.acting(by) as unit:
        deed = documents.send if send else documents.add
        document_id = deed(unit, affair.ava, Filing("report", label, title, DAY), taken)
    return version_of(affair, document_id, "sara" if not send else by)


def version_of(affair: Affair, document_id: UUID, by: str) -> UUID:
    with on(RECEIVED), affair.cast.looking(by) as unit:
        return stored.one(unit, document_id)[1].newest.id


def titles(affair: Affair, by: str, day=RECEIVED) -> set[str] | str:
    """What somebody's list of documents says, or the name of the error that she gets."""
    try:
        with on(day), affair.cast.looking(by) as unit:
            found = stored.list_of(unit, affair.ava)
    except DomainError as failure:
        return type(failure).__name__
    return {one.newest.heading.title for one in found.listed}


def test_the_officer_and_the_manager_read_what_was_released_and_nothing_else(affair: Affair) -> None:
    report, other = filed(affair, "Report", "S1"), filed(affair, "Other")
    assert titles(affair, "olli") == "NotFound"
    request_id = affair.request(documents=[report])
    for name in ("olli", "mia"):
        assert titles(affair, name) == {"Report"}
        assert [one.heading.title for one in affair.case(request_id, name).documents] == ["Report"]
    for name in ("otis", "sid", "nora"):
        assert titles(affair, name) == "NotFound"
    assert other != report


def test_a_newer_version_stays_shut_and_the_one_released_open(affair: Affair) -> None:
    report = filed(affair, "Report")
    affair.request(documents=[report])
    with on(RECEIVED), affair.cast.acting("sara") as unit:
        (one,) = stored.list_of(unit, affair.ava).listed
        taken = take_in(io.BytesIO(b"Newer"), "notes.txt", 1_000_000)
        documents.put_newer(unit, one.id, 1, "Newer report", DAY, taken)
    assert titles(affair, "olli") == {"Report"}
    assert titles(affair, "sara") == {"Newer report"}


def test_the_sight_of_documents_ends_with_the_case(affair: Affair) -> None:
    report = filed(affair, "Report")
    request_id = affair.request(documents=[report])
    affair.decide(request_id)
    assert titles(affair, "olli") == {"Report"}
    assert titles(affair, "olli", RECEIVED + timedelta(days=200)) == "NotFound"


def test_what_is_withdrawn_after_its_release_is_shut(affair: Affair) -> None:
    report = filed(affair, "Report")
    request_id = affair.request(documents=[report])
    with on(RECEIVED), affair.cast.acting("sara") as unit:
        (one,) = stored.list_of(unit, affair.ava).listed
        documents.withdraw(unit, one.id, 1, "wrong_child", "Another child's")
    assert titles(affair, "olli") == set()
    assert affair.case(request_id, "olli").documents == ()


@pytest.mark.parametrize("label", ["S2", "S3"])
def test_what_staff_keep_to_themselves_is_released_by_nobody(affair: Affair, label: str) -> None:
    by = "leo" if label == "S3" else "sara"
    taken = take_in(io.BytesIO(b"For staff"), "notes.txt", 1_000_000)
    with on(RECEIVED), affair.cast.acting(by) as unit:
        document_id = documents.add(unit, affair.ava, Filing("report", label, "Staff", DAY), taken)
    with pytest.raises(Invalid) as refused:
        affair.request(documents=[version_of(affair, document_id, by)])
    assert "documents" in refused.value.errors


def test_what_a_parent_sent_only_she_releases(affair: Affair) -> None:
    letter = filed(affair, "Clinic letter", by="pam", send=True)
    for name in ("sara", "paul"):
        with pytest.raises(Invalid) as refused:
            affair.request(name, documents=[letter])
        assert "documents" in refused.value.errors
    affair.request("pam", documents=[letter])
    assert titles(affair, "olli") == {"Clinic letter"}


def test_a_document_that_is_not_there_is_refused_as_a_strangers_is(affair: Affair) -> None:
    said = []
    for strange in (new_id(), affair.versions[0].id):
        with pytest.raises(Invalid) as refused:
            affair.request(documents=[strange])
        said.append(refused.value.errors)
    assert said[0] == said[1]
    assert titles(affair, "olli") == "NotFound"


def test_the_trail_says_which_were_released_and_on_what_was_decided(affair: Affair) -> None:
    report = filed(affair, "Report")
    request_id = affair.request(documents=[report])
    (asked,) = affair.on_pupil("assessment.requested")
    assert asked.detail["released"] == 2
    assert list(asked.payload["documents"]) == [str(report)]
    affair.decide(request_id)
    (decided,) = affair.on_pupil("assessment.decided")
    assert decided.payload["documents"] == asked.payload["documents"]


def test_nothing_is_decided_on_a_document_that_was_altered(affair: Affair) -> None:
    report = filed(affair, "Report")
    request_id = affair.request(documents=[report])
    versions = table_of(DocumentVersion)
    with affair.cast.store.database.writing() as connection:
        table = "" if affair.cast.store.database.is_sqlite else " ON document_version"
        connection.execute(text(f"DROP TRIGGER {trigger_name('document_version', 'UPDATE')}{table}"))
        held = connection.scalars(versions.select().with_only_columns(versions.c.digest)).one()
        connection.execute(update(versions).values(digest=flipped(bytes(held), 0)))
    with pytest.raises(Conflict, match="not as it was"):
        affair.decide(request_id)


def test_by_the_pages_from_the_form_to_the_download(town: Town, affair: Affair) -> None:
    report = filed(affair, "Speech report", "S1")
    filed(affair, "Not this one")
    browser = town.signed_in("sara")
    path = f"/pupils/{affair.ava}/request-assessment"
    assert "Speech report" in browser.get(path).text
    sent = {"reasons": "Because", "release": str(affair.versions[0].id), "documents": str(report)}
    sent["told_family"] = "yes"
    assert browser.post(path, sent).status_code == 303
    olli = town.signed_in("olli", network="192.0.2.7")
    (request_id,) = set(re.findall(r"/cases/([0-9a-f-]{36})", olli.get("/cases").text))
    page = olli.get(f"/cases/{request_id}").text
    assert "Not this one" not in page
    (link,) = set(re.findall(r'href="(/documents/[^"]+)"', page))
    assert olli.get(link).data == b"Speech report"
    assert "Speech report" in olli.get(f"/pupils/{affair.ava}/documents").text
    assert town.signed_in("otis", network="192.0.2.8").get(link).status_code == 404
    told = affair.on_pupil("document.downloaded")
    assert [(seen.role, seen.detail["version"]) for seen in told] == [("authority_officer", 1)]


# -- printing ------------------------------------------------------------------------------------------------


def test_an_officer_says_what_a_copy_is_for_and_then_prints_what_was_released(
    town: Town, affair: Affair
) -> None:
    ask(town, affair)
    olli = town.signed_in("olli", network="192.0.2.7")
    path = f"/plans/{affair.plan}/print"
    page = olli.get(path)
    assert "What is the copy for?" in page.text
    assert "plan.pdf" not in page.text
    chosen = olli.get(f"{path}?purpose=appeal")
    links = [
        one.get("href") or "" for one in Page(chosen.text).all("a") if "/print/" in (one.get("href") or "")
    ]
    assert len(links) == 8
    for link in links:
        answer = olli.get(link)
        assert answer.status_code == 200
        if ".pdf" in link:
            assert "Printed by Olli Example, SEN case officer on" in Read(answer.data).page_words[0]
    told = affair.on_pupil("plan.printed")
    assert {seen.role for seen in told} == {"authority_officer"}
    assert {seen.canon["purpose"] for seen in told} == {"appeal"}


@pytest.mark.parametrize("purpose", ["", "?purpose=", "?purpose=curiosity"])
def test_without_a_purpose_of_the_list_nothing_is_printed(town: Town, affair: Affair, purpose: str) -> None:
    ask(town, affair)
    olli = town.signed_in("olli", network="192.0.2.7")
    for name in ("plan.pdf", "plan.docx", "profile.pdf", "cycles.pdf"):
        answer = olli.get(f"/plans/{affair.plan}/print/{name}{purpose}")
        assert answer.status_code == 303
        assert answer.location.endswith(f"/plans/{affair.plan}/print")
    if purpose:
        assert olli.get(f"/plans/{affair.plan}/print{purpose}").status_code == 422
    assert affair.on_pupil("plan.printed") == []


def test_a_version_that_was_not_released_is_not_printed(town: Town, affair: Affair) -> None:
    ask(town, affair)
    olli = town.signed_in("olli", network="192.0.2.7")
    path = f"/plans/{affair.plan}/print"
    assert olli.get(f"{path}/plan.pdf?version=1&purpose=appeal").status_code == 404
    cycles = Read(olli.get(f"{path}/cycles.pdf?purpose=appeal").data).words
    assert "Draws maps" in cycles
    assert "Cycle 2" not in cycles


def test_managers_read_and_print_nothing(town: Town, affair: Affair) -> None:
    ask(town, affair)
    mia = town.signed_in("mia", network="192.0.2.7")
    assert mia.get(f"/plans/{affair.plan}").status_code == 200
    for name in ("", "/plan.pdf?purpose=appeal"):
        assert mia.get(f"/plans/{affair.plan}/print{name}").status_code == 403


def test_a_purpose_changes_nothing_for_a_school(town: Town, affair: Affair) -> None:
    sara = town.signed_in("sara")
    assert "What is the copy for?" not in sara.get(f"/plans/{affair.plan}/print").text
    assert sara.get(f"/plans/{affair.plan}/print/plan.pdf?purpose=court").status_code == 200
    (told,) = affair.on_pupil("plan.printed")
    assert told.canon.get("purpose") is None


def test_an_authoritys_look_is_for_the_assessment(affair: Affair) -> None:
    affair.request()
    assert affair.reads("olli", 2) == "yes"
    (look,) = affair.on_pupil("plan.viewed")
    assert look.canon["purpose"] == "assessment"


def test_each_purpose_is_words_for_whoever_chooses() -> None:
    assert all(words[0].isupper() and len(code) <= 20 for code, words in PURPOSES.items())
