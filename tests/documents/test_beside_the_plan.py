"""Documents that belong to an entry of the plan: attached from it, and found beside it."""

from __future__ import annotations

from uuid import UUID

import pytest

from isp.plans import actions as plans
from tests.cast import small_plan
from tests.documents import files
from tests.documents.desk import Desk, filing, form


@pytest.fixture
def plan(desk: Desk) -> tuple[UUID, str]:
    """Ava's plan, with the next version being written, and the id of its one outcome."""
    content = small_plan()
    record_id = desk.cast.plan("ava", "sara", content)
    with desk.cast.acting("sara") as unit:
        plans.start_draft(unit, record_id)
    return record_id, content["sections"]["outcomes"]["items"][0]["id"]


def test_the_senco_attaches_evidence_from_the_section_she_writes(desk: Desk, plan: tuple[UUID, str]):
    record_id, outcome = plan
    sara = desk.at("sara")
    page = sara.get(f"/plans/{record_id}/edit/outcomes")
    address = f"/pupils/{desk.cast.pupils['ava']}/documents/add?section=outcomes&amp;item={outcome}"
    assert address in page.text
    sent = {**form(files.pdf(), title="A page of his writing"), "section": "outcomes", "item": outcome}
    assert sara.send(address.replace("&amp;", "&"), sent).status_code == 303
    assert "A page of his writing" in sara.get(f"/plans/{record_id}/edit/outcomes").text
    assert "A page of his writing" not in sara.get(f"/plans/{record_id}/edit/provision").text
    assert "A page of his writing" in sara.get(f"/plans/{record_id}/documents").text


@pytest.mark.parametrize(("name", "sees"), [("pam", True), ("tom", True), ("hal", True), ("dan", True)])
def test_whoever_reads_the_document_finds_it_beside_the_plan(
    desk: Desk, plan: tuple[UUID, str], name: str, sees: bool
):
    record_id, outcome = plan
    desk.filed(section="outcomes", item_id=UUID(outcome), title="A page of his writing")
    desk.filed(section="outcomes", item_id=UUID(outcome), title="For staff alone", label="S2")
    page = desk.at(name).get(f"/plans/{record_id}/documents")
    assert page.status_code == 200
    assert ("A page of his writing" in page.text) is sees
    assert ("For staff alone" in page.text) is (name != "pam")
    assert "document.listed" in [code for code, _ in desk.told(name)]


def test_whoever_reads_no_documents_is_refused_them_and_strangers_find_nothing(
    desk: Desk, plan: tuple[UUID, str]
):
    record_id, _ = plan
    assert desk.at("tia").get(f"/plans/{record_id}/documents").status_code == 403
    assert desk.at("sena").get(f"/plans/{record_id}/documents").status_code == 404


def test_an_address_that_names_no_entry_files_the_document_with_the_pupil(desk: Desk):
    sara = desk.at("sara")
    address = f"/pupils/{desk.cast.pupils['ava']}/documents/add"
    assert sara.send(f"{address}?section=no/such&item=nothing", form(files.pdf())).status_code == 303
    assert filing().item_id is None
    assert "Speech and language" in sara.get(f"/pupils/{desk.cast.pupils['ava']}/documents").text
