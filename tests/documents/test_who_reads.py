"""Who sees which document: by its label, by who sent it, and by whether it was withdrawn."""

from __future__ import annotations

import pytest

from isp.audit.chains import Chain
from isp.documents import actions, queries
from isp.documents.models import Document
from isp.kernel import clock
from isp.kernel.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from isp.kernel.keys import RESTRICTED
from tests.documents import files
from tests.documents.desk import EVENTS, Desk, form, taken

LABELS = ("S0", "S1", "S2", "S3")
SEES = {
    "sara": {"S0", "S1", "S2"},
    "dan": {"S0", "S1", "S2"},
    "ada": {"S0", "S1"},
    "tom": {"S0", "S1", "S2"},
    "hal": {"S0", "S2"},
    "leo": {"S0", "S1", "S2", "S3"},
    "pam": {"S0", "S1"},
    "carl": set(),
    "dora": set(),
}


@pytest.fixture
def labelled(desk: Desk) -> Desk:
    """One document of each label on Ava's record, filed by the safeguarding lead, who may give them all."""
    for label in LABELS:
        desk.filed(by="leo", label=label, title=label)
    return desk


@pytest.mark.parametrize("name", SEES)
def test_everybody_sees_the_labels_that_the_grid_gives_her_and_no_others(labelled: Desk, name: str):
    assert labelled.seen_by(name) == SEES[name]
    browser = labelled.at(name)
    for row in labelled.rows(Document):
        got = browser.get(f"/documents/{row.id}/versions/1/file")
        assert got.status_code == (200 if row.label in SEES[name] else 404)


@pytest.mark.parametrize("name", ["tia", "olga"])
def test_an_assistant_and_the_office_read_no_documents(labelled: Desk, name: str):
    with pytest.raises(NotAllowed):
        labelled.seen_by(name)


def test_what_is_not_shared_is_told_on_the_restricted_chain_and_sealed_under_its_own_key(desk: Desk):
    document_id = desk.filed(label="S2")
    pupil_id = desk.cast.pupils["ava"]
    with desk.cast.looking("sara") as unit:
        version, key = queries.take(unit, document_id, 1)
    assert version.heading.label == "S2"
    assert key.compartment == RESTRICTED
    on = {row.chain_id for row in desk.rows(EVENTS) if row.act.startswith("document.")}
    assert on == {Chain.restricted(pupil_id).id}
    desk.filed(label="S1")
    on = {row.chain_id for row in desk.rows(EVENTS) if row.act == "document.added"}
    assert on == {Chain.restricted(pupil_id).id, Chain.pupil(pupil_id).id}


def test_a_list_with_something_restricted_on_it_is_told_on_both_chains(labelled: Desk):
    pupil_id = labelled.cast.pupils["ava"]
    labelled.seen_by("pam")
    labelled.seen_by("tom")
    listed = [row for row in labelled.rows(EVENTS) if row.act == "document.listed"]
    chains = {
        name: {row.chain_id for row in listed if row.actor == str(labelled.cast.people[name])}
        for name in ("pam", "tom")
    }
    assert chains["pam"] == {Chain.pupil(pupil_id).id}
    assert chains["tom"] == {Chain.pupil(pupil_id).id, Chain.restricted(pupil_id).id}


# -- a newer version ----------------------------------------------------------------------------------------


def replaced(desk: Desk, document_id, by="sara", shown=1, **changed):
    with desk.cast.acting(by) as unit:
        title = changed.get("title", "The final report")
        return actions.put_newer(unit, document_id, shown, title, clock.today(), taken(files.pdf(pages=2)))


def test_a_newer_version_takes_its_place_and_the_older_one_stays_readable(desk: Desk):
    document_id = desk.filed(title="A first report")
    assert replaced(desk, document_id, by="tom") == 2
    assert desk.seen_by("pam") == {"The final report"}
    pam = desk.at("pam")
    first = pam.get(f"/documents/{document_id}/versions/1/file")
    second = pam.get(f"/documents/{document_id}/versions/2/file")
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.data != second.data
    assert desk.told("tom")[-1][1].keys() == {"paper", "version", "digest"}


def test_what_was_replaced_meanwhile_is_not_replaced_again(desk: Desk):
    document_id = desk.filed()
    replaced(desk, document_id)
    with pytest.raises(Conflict):
        replaced(desk, document_id, by="dan", shown=1)


def test_the_page_keeps_what_was_typed_when_somebody_was_quicker(desk: Desk):
    document_id = desk.filed()
    sara = desk.at("sara")
    page_data = {**form(files.pdf(), title="My newer one"), "shown": "1"}
    replaced(desk, document_id, by="dan")
    answer = sara.send(f"/documents/{document_id}/replace", page_data)
    assert answer.status_code == 422
    assert "My newer one" in answer.text
    assert "newest version" in answer.text
    assert "choose it again" in answer.text


@pytest.mark.parametrize(("name", "why"), [("hal", NotAllowed), ("pam", NotAllowed), ("tess", NotFound)])
def test_whoever_may_not_file_replaces_nothing(desk: Desk, name: str, why: type[Exception]):
    document_id = desk.filed()
    with pytest.raises(why):
        replaced(desk, document_id, by=name)


# -- withdrawing --------------------------------------------------------------------------------------------


def withdrawn(desk: Desk, document_id, number=1, by="sara", why="wrong_child"):
    with desk.cast.acting(by) as unit:
        actions.withdraw(unit, document_id, number, why, "It was filed under the wrong name")


def test_a_withdrawn_version_is_hidden_from_all_but_the_data_protection_officer(desk: Desk):
    document_id = desk.filed(label="S2")
    withdrawn(desk, document_id)
    for name in ("sara", "tom", "leo"):
        assert desk.seen_by(name) == set()
        with pytest.raises(Gone), desk.cast.looking(name) as unit:
            queries.take(unit, document_id, 1)
    with pytest.raises(NotFound), desk.cast.looking("pam") as unit:
        queries.take(unit, document_id, 1)
    assert desk.seen_by("dora") == {"Speech and language"}
    got = desk.at("dora").get(f"/documents/{document_id}/versions/1/file")
    assert got.status_code == 200
    told = ("document.withdrawn", {"paper": "report", "version": 1, "why": "wrong_child"})
    assert told in desk.told("sara")


def test_when_the_newest_is_withdrawn_the_one_before_is_read_again(desk: Desk):
    document_id = desk.filed(title="A first report")
    replaced(desk, document_id)
    withdrawn(desk, document_id, 2)
    assert desk.seen_by("pam") == {"A first report"}
    assert replaced(desk, document_id, title="A better one") == 3


def test_a_version_is_withdrawn_once(desk: Desk):
    document_id = desk.filed()
    replaced(desk, document_id)
    withdrawn(desk, document_id)
    with pytest.raises(Conflict):
        withdrawn(desk, document_id, by="hal")


def test_a_withdrawal_has_a_reason_of_the_list_and_words(desk: Desk):
    document_id = desk.filed()
    with pytest.raises(Invalid):
        withdrawn(desk, document_id, why="because")
    sara = desk.at("sara")
    answer = sara.send(f"/documents/{document_id}/versions/1/withdraw", {"why": "other", "reason": " "})
    assert answer.status_code == 422
    answer = sara.send(f"/documents/{document_id}/versions/1/withdraw", {"why": "other", "reason": "Twice"})
    assert answer.status_code == 303
    assert desk.seen_by("sara") == set()


@pytest.mark.parametrize(("name", "why"), [("tom", NotAllowed), ("pam", NotAllowed), ("tess", NotFound)])
def test_whoever_may_not_withdraw_withdraws_nothing(desk: Desk, name: str, why: type[Exception]):
    document_id = desk.filed()
    with pytest.raises(why):
        withdrawn(desk, document_id, by=name)


def test_nobody_withdraws_what_she_does_not_see(desk: Desk):
    document_id = desk.filed(by="leo", label="S3")
    with pytest.raises(NotFound):
        withdrawn(desk, document_id)
