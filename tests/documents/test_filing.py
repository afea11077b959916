"""A document is filed, listed, downloaded, and told of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from isp.documents import actions, bodies
from isp.documents.models import Document, DocumentBody, DocumentVersion
from isp.kernel import clock
from isp.kernel.errors import Invalid, NotAllowed, NotFound
from isp.web.files import FILE_POLICY
from tests.documents import files
from tests.documents.desk import Desk, filing, form, taken


def address(desk: Desk, pupil: str = "ava") -> str:
    return f"/pupils/{desk.cast.pupils[pupil]}/documents"


def test_the_senco_adds_a_report_sees_it_on_the_list_and_downloads_the_same_bytes(desk: Desk):
    sara, data = desk.at("sara"), files.pdf(pages=3)
    answer = sara.send(f"{address(desk)}/add", form(data))
    assert answer.status_code == 303
    page = sara.get(answer.location)
    assert "Speech and language" in page.text
    (version,) = desk.rows(DocumentVersion)
    got = sara.get(f"/documents/{version.document_id}/versions/1/file")
    assert got.data == data
    assert [code for code, _ in desk.told("sara")] == [
        "document.added",
        "document.listed",
        "document.downloaded",
    ]
    assert desk.told("sara")[0][1] == {
        "paper": "report",
        "version": 1,
        "digest": version.digest.hex(),
        "source": "school",
    }


def test_a_download_is_an_attachment_under_headers_of_its_own(desk: Desk):
    document_id = desk.filed()
    got = desk.at("sara").get(f"/documents/{document_id}/versions/1/file")
    day = (clock.today() - timedelta(days=7)).isoformat()
    assert got.headers["Content-Type"] == "application/pdf"
    assert got.headers["Content-Disposition"] == f'attachment; filename="report-{day}.pdf"'
    assert got.headers["Content-Security-Policy"] == FILE_POLICY
    assert "default-src 'none'" in FILE_POLICY
    assert "sandbox" in FILE_POLICY
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cache-Control"] == "no-store"
    assert got.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert got.headers["Content-Length"] == str(len(got.data))


def test_a_large_file_lies_in_pieces_of_a_megabyte_and_comes_back_whole(desk: Desk):
    data = ("Ein Wort und noch eins\n" * 150_000).encode()
    document_id = desk.filed(file=taken(data, "notes.txt"))
    (version,) = desk.rows(DocumentVersion)
    pieces = desk.rows(DocumentBody)
    assert version.pieces == 4
    assert len(pieces) == 5
    assert max(len(row.sealed) for row in pieces) < bodies.PIECE + 100
    got = desk.at("sara").get(f"/documents/{document_id}/versions/1/file")
    assert got.data == data
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_what_was_typed_is_kept_when_something_is_missing_and_the_file_is_asked_for_again(desk: Desk):
    answer = desk.at("sara").send(f"{address(desk)}/add", form(files.pdf(), title=""))
    assert answer.status_code == 422
    assert "choose it again" in answer.text
    assert 'value="report" checked' in " ".join(answer.text.split())
    assert desk.rows(Document) == []


def test_a_form_without_a_file_says_so(desk: Desk):
    answer = desk.at("sara").send(f"{address(desk)}/add", form(None))
    assert answer.status_code == 422
    assert "Speech and language" in answer.text


@pytest.mark.parametrize("name", ["tia", "hal", "pam", "carl", "olga", "dora"])
def test_whoever_may_not_file_is_refused(desk: Desk, name: str):
    with pytest.raises(NotAllowed), desk.cast.acting(name) as unit:
        actions.add(unit, desk.cast.pupils["ava"], filing(), taken())
    assert desk.rows(Document) == []


@pytest.mark.parametrize("name", ["nora", "tess", "sena", "sid"])
def test_to_a_stranger_the_pupil_is_not_there(desk: Desk, name: str):
    document_id = desk.filed()
    with pytest.raises(NotFound), desk.cast.acting(name) as unit:
        actions.add(unit, desk.cast.pupils["ava"], filing(), taken())
    stranger = desk.at(name)
    assert stranger.get(address(desk)).status_code == 404
    assert stranger.get(f"/documents/{document_id}/versions/1/file").status_code == 404


def test_a_day_to_come_and_a_day_long_gone_are_refused(desk: Desk):
    today = clock.today()
    for day in (today + timedelta(days=1), today.replace(year=today.year - 31, day=1)):
        with pytest.raises(Invalid) as refused, desk.cast.acting("sara") as unit:
            actions.add(unit, desk.cast.pupils["ava"], filing(happened_on=day), taken())
        assert refused.value.errors.keys() == {"happened_on"}


def test_nobody_gives_a_label_that_she_could_not_read(desk: Desk):
    for name, label in (("ada", "S2"), ("sara", "S3"), ("tom", "S3"), ("leo", "S2!")):
        with pytest.raises(Invalid) as refused, desk.cast.acting(name) as unit:
            actions.add(unit, desk.cast.pupils["ava"], filing(label=label), taken())
        assert refused.value.errors.keys() == {"label"}
    assert desk.rows(Document) == []
