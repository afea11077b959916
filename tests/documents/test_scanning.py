"""A virus scanner beside the service: what it finds is not kept, and without its word nothing is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config import NotConfigured
from isp.documents.intake import Scanner, scanning, take_in
from isp.documents.models import Document
from isp.kernel.errors import Invalid
from tests.documents import files
from tests.documents.clamd_double import EICAR, Clamd, clamd
from tests.documents.desk import MOST, Desk, form
from tests.people.world import settings


@pytest.fixture(params=["socket", "port"])
def there(request, tmp_path: Path) -> Iterator[Clamd]:
    with clamd(tmp_path / "clamd.ctl" if request.param == "socket" else None) as found:
        yield found


def take(data: bytes, name: str, found: Clamd) -> bytes:
    return take_in(io.BytesIO(data), name, MOST, Scanner.at(found.address)).stream.read()


def refusal(data: bytes, name: str, address: str) -> str:
    with pytest.raises(Invalid) as refused:
        take_in(io.BytesIO(data), name, MOST, Scanner.at(address))
    return refused.value.errors["file"]


def test_what_is_kept_is_what_the_scanner_was_shown(there):
    large = b"a line of it\n" * 40_000
    assert take(large, "notes.txt", there) == large
    kept = take(files.photograph(), "me.jpg", there)
    assert there.shown == [large, kept]


def test_what_it_finds_is_refused_in_words(there):
    assert refusal(EICAR, "eicar.txt", there.address) == scanning.FOUND


@pytest.mark.parametrize(
    "manner",
    [{"drops": True}, {"stalls": True}, {"most": 5}, {"says": b"stream: broken ERROR\0"}, {"says": b"\0"}],
)
def test_without_a_word_that_can_be_relied_on_nothing_is_kept(there, manner, monkeypatch):
    monkeypatch.setattr(scanning, "SECONDS", 0.3)
    for name, value in manner.items():
        setattr(there, name, value)
    assert refusal(b"ten letters and more", "notes.txt", there.address) == scanning.NOT_NOW


def test_a_scanner_that_is_not_there_keeps_everything_out(tmp_path: Path):
    assert refusal(b"letters", "notes.txt", str(tmp_path / "none.ctl")) == scanning.NOT_NOW
    assert not Scanner(str(tmp_path / "none.ctl")).answers()


def test_the_operator_can_ask_whether_it_is_there(there):
    assert Scanner(there.address).answers()


def test_the_settings_take_a_path_or_a_port_and_nothing_else():
    for address in ("", "/run/clamav/clamd.ctl", "127.0.0.1:3310", "[::1]:3310"):
        replace(settings(), scanner=address).check()
    with pytest.raises(NotConfigured, match="ISP_SCANNER"):
        replace(settings(), scanner="clamd").check()


def test_the_page_keeps_what_was_typed_and_files_nothing(desk: Desk):
    with clamd() as there:
        scanned = Desk(desk.cast, scanner=there.address)
        path = f"/pupils/{desk.cast.pupils['ava']}/documents/add"
        answer = scanned.at("sara").send(path, form(EICAR, "notes.txt", title="Kept as typed"))
        assert answer.status_code == 422
        assert "virus scanner found" in answer.text
        assert "Kept as typed" in answer.text
        assert desk.rows(Document) == []
        assert scanned.at("sara").send(path, form(b"Well", "notes.txt")).status_code == 303
    assert len(desk.rows(Document)) == 1
