"""A parent sends a photograph of a letter from her telephone; the school has it, and nobody else."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from isp.documents import actions, queries
from isp.documents.models import Document, DocumentVersion
from isp.kernel import clock
from isp.kernel.errors import NotAllowed, NotFound
from isp.notices.models import Notice
from isp.people.models import Membership
from isp.register.actions.restricting import restrict
from tests.documents import files
from tests.documents.desk import Desk, filing, form, taken


def address(desk: Desk) -> str:
    return f"/pupils/{desk.cast.pupils['ava']}/documents"


def photographed(**changed: object) -> dict[str, object]:
    sent = form(files.photograph(), "IMG_0001.JPG", kind="letter", title="Letter from the clinic")
    sent.pop("label")
    return {**sent, **changed}


def sent(desk: Desk, name: str = "pam"):
    with desk.cast.acting(name) as unit:
        return actions.send(
            unit, desk.cast.pupils["ava"], filing(kind="letter", title="Letter from the clinic"), taken()
        )


def test_a_parent_finds_it_on_her_childs_page_and_sends_a_photograph(desk: Desk):
    pam = desk.at("pam")
    child = pam.get(f"/my-child/{desk.cast.pupils['ava']}")
    assert f"{address(desk)}/send" in child.text
    answer = pam.send(f"{address(desk)}/send", photographed())
    assert answer.status_code == 303
    page = pam.get(answer.location)
    assert "Letter from the clinic" in page.text
    assert "You sent it" in page.text
    assert "Read the one letter or report" in pam.get(f"/my-child/{desk.cast.pupils['ava']}").text
    (document,) = desk.rows(Document)
    assert (document.source, document.label) == ("family", "S1")
    got = pam.get(f"/documents/{document.id}/versions/1/file")
    assert files.SECRET_PLACE.encode() not in got.data
    assert got.headers["Content-Type"] == "image/jpeg"
    assert ".jpg" in got.headers["Content-Disposition"]
    assert "Ava" not in got.headers["Content-Disposition"]
    assert ("document.added", "family") in [(code, detail.get("source")) for code, detail in desk.told("pam")]


def test_the_senco_is_told_and_sees_who_sent_it(desk: Desk):
    sent(desk)
    told = [row for row in desk.rows(Notice) if row.kind == "document_sent"]
    assert [row.person_id for row in told] == [desk.cast.people["sara"]]
    sara = desk.at("sara")
    assert "Pam" in sara.get(address(desk)).text
    assert address(desk) in sara.get("/messages").text


def test_where_there_is_no_senco_a_deputy_is_told(desk: Desk):
    with desk.cast.making() as unit:
        unit.change(
            Membership, {"person_id": desk.cast.people["sara"], "role": "senco"}, ended_at=clock.now()
        )
    sent(desk)
    told = [row.person_id for row in desk.rows(Notice) if row.kind == "document_sent"]
    assert told == [desk.cast.people["dan"]]


@pytest.mark.parametrize(
    ("name", "sees"),
    [("pam", True), ("paul", False), ("carl", False), ("sara", True), ("tom", True), ("hal", False)],
)
def test_it_is_hers_and_the_schools(desk: Desk, name: str, sees: bool):
    document_id = sent(desk)
    assert bool(desk.seen_by(name)) is sees
    got = desk.at(name).get(f"/documents/{document_id}/versions/1/file")
    assert got.status_code == (200 if sees else 404)


@pytest.mark.parametrize("name", ["carl", "paul"])
def test_a_carer_and_the_other_parent_send_and_read_their_own(desk: Desk, name: str):
    sent(desk, name)
    assert desk.seen_by(name) == {"Letter from the clinic"}
    assert desk.seen_by("pam") == set()


def test_a_young_person_sends_her_own(desk: Desk):
    yan = desk.at("yan")
    answer = yan.send(f"/pupils/{desk.cast.pupils['yan']}/documents/send", photographed())
    assert answer.status_code == 303
    assert "Letter from the clinic" in yan.get(answer.location).text


def test_only_its_sender_puts_a_newer_one(desk: Desk):
    document_id = sent(desk)

    def newer(name: str) -> int:
        with desk.cast.acting(name) as unit:
            return actions.put_newer(unit, document_id, 1, "A better photograph", clock.today(), taken())

    with pytest.raises(NotAllowed):
        newer("sara")
    assert newer("pam") == 2
    assert desk.seen_by("sara") == {"A better photograph"}


@pytest.mark.parametrize(("name", "why"), [("sara", NotAllowed), ("tom", NotAllowed), ("bea", NotFound)])
def test_whoever_is_not_of_the_family_sends_nothing(desk: Desk, name: str, why: type[Exception]):
    with pytest.raises(why):
        sent(desk, name)
    assert desk.rows(DocumentVersion) == []


def test_a_parent_from_whom_the_record_is_closed_reads_not_even_her_own(desk: Desk):
    document_id = sent(desk)
    with desk.cast.acting("leo") as unit:
        restrict(
            unit,
            desk.cast.pupils["ava"],
            desk.cast.people["pam"],
            evidence="A court order",
            reason="Told by the court",
            review_on=clock.today() + timedelta(days=90),
        )
    with pytest.raises(NotFound), desk.cast.looking("pam") as unit:
        queries.take(unit, document_id, 1)


def test_what_she_typed_is_kept_when_the_file_is_refused(desk: Desk):
    answer = desk.at("pam").send(
        f"{address(desk)}/send", photographed(file=(io.BytesIO(files.SVG), "drawing.svg"))
    )
    assert answer.status_code == 422
    assert "Letter from the clinic" in answer.text
    assert "SVG" in answer.text
    assert "choose it again" in answer.text
    assert desk.rows(Document) == []
