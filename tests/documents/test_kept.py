"""What lies in the database: sealed, in place, vouched for by the trail; and nothing half done."""

from __future__ import annotations

import io
import os
import resource
import signal
import sqlite3
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from isp.audit.verify import verify
from isp.documents import actions, bodies, queries
from isp.documents.models import Document, DocumentBody, DocumentVersion, DocumentWithdrawal
from isp.documents.trail import check_documents
from isp.kernel.crypto import SealError
from isp.kernel.db import table_of
from isp.kernel.immutable import APPEND_ONLY, trigger_name
from tests.cast import Cast
from tests.documents.desk import Desk, filing, form, taken

BODIES, VERSIONS = table_of(DocumentBody), table_of(DocumentVersion)


def faults(desk: Desk) -> list[str]:
    return [fault.what for fault in verify(desk.cast.store, more=(check_documents,)).faults]


def planted(desk: Desk):
    """Two documents, one with two versions and one withdrawn, with a name planted in all they hold."""
    data = "\n".join(["Planted-in-the-text"] * 120_000).encode()
    first = desk.filed(title="Planted-in-the-title", file=taken(data, "Planted-name.txt"))
    with desk.cast.acting("sara") as unit:
        actions.put_newer(unit, first, 1, "Planted-again", filing().happened_on, taken())
    second = desk.filed(label="S2", title="Planted-too")
    with desk.cast.acting("sara") as unit:
        actions.withdraw(unit, second, 1, "other", "Planted-in-the-reason")
    return first, second


def test_an_untouched_record_verifies(desk: Desk):
    planted(desk)
    assert faults(desk) == []


def test_nothing_that_a_document_says_lies_in_the_raw_database(desk: Desk):
    planted(desk)
    if not desk.cast.store.database.is_sqlite:
        rows = [repr(tuple(row)) for table in (Document, DocumentVersion, DocumentBody, DocumentWithdrawal)
                for row in desk.rows(table)]  # fmt: skip
        assert "Planted" not in "".join(rows)
        return
    desk.cast.close()
    path = Path(desk.cast.url.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = path.read_bytes()
    assert b"Planted" not in raw
    assert "Planted".encode("utf-16-le") not in raw


def tampered(desk: Desk, sql: str) -> list[str]:
    """What verify says after somebody with the database alone has done this."""
    with desk.cast.store.database.writing() as connection:
        for table, verbs in APPEND_ONLY.items():
            for verb in (*verbs, "TRUNCATE"):
                if not table.startswith("document"):
                    continue
                on = "" if desk.cast.store.database.is_sqlite else f" ON {table}"
                connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger_name(table, verb)}{on}"))
        connection.execute(text(sql))
    return faults(desk)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE document SET label = 'S1' WHERE label = 'S0'", "does not answer its digest"),
        ("UPDATE document SET label = 'S0' WHERE label = 'S2'", "does not open"),
        ("UPDATE document SET source = 'family'", "does not answer its digest"),
        ("UPDATE document_version SET happened_on = '2020-01-01'", "does not answer its digest"),
        ("UPDATE document_version SET type = 'odt' WHERE number = 2", "does not answer its digest"),
        ("DELETE FROM document_body WHERE number = 2", "does not open"),
        ("DELETE FROM document_body WHERE number = 0", "title is gone"),
        ("UPDATE document_body SET number = number + 10 WHERE number > 0", "does not open"),
        ("UPDATE document_version SET pieces = 1 WHERE pieces > 1", "does not answer its digest"),
        ("DELETE FROM document_withdrawal", "a withdrawal, and it is gone"),
    ],
)
def test_what_somebody_alters_in_the_database_is_told(desk: Desk, sql: str, words: str):
    planted(desk)
    found = tampered(desk, sql)
    assert any(words in one for one in found), found


def test_a_version_that_is_gone_or_that_nobody_told_of_is_told(desk: Desk):
    planted(desk)
    gone = "(SELECT id FROM document_version WHERE number = 2)"
    with desk.cast.store.database.writing() as connection:
        for verb in ("DELETE",):
            on = "" if desk.cast.store.database.is_sqlite else " ON document_body"
            connection.execute(text(f"DROP TRIGGER {trigger_name('document_body', verb)}{on}"))
        connection.execute(text(f"DELETE FROM document_body WHERE version_id IN {gone}"))
    found = tampered(desk, "DELETE FROM document_version WHERE number = 2")
    assert any("and it is gone" in one for one in found)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE document SET label = 'S0'",
        "DELETE FROM document",
        "UPDATE document_version SET size = 1",
        "DELETE FROM document_version",
        "DELETE FROM document_body",
        "UPDATE document_withdrawal SET why = 'other'",
        "DELETE FROM document_withdrawal",
    ],
)
def test_the_database_refuses_to_alter_what_was_kept(desk: Desk, statement: str):
    planted(desk)
    with pytest.raises(DBAPIError), desk.cast.store.database.writing() as connection:
        connection.execute(text(statement))


def test_two_pieces_that_were_exchanged_do_not_open(desk: Desk):
    first, _ = planted(desk)
    rows = [row for row in desk.rows(DocumentBody) if row.number in (1, 2)]
    one, other = max(rows, key=lambda row: row.number), next(row for row in rows if row.number == 1)
    with desk.cast.store.database.writing() as connection:
        for row, put in ((one, other), (other, one)):
            where = (BODIES.c.version_id == row.version_id) & (BODIES.c.number == row.number)
            connection.execute(update(BODIES).where(where).values(sealed=put.sealed))
    with desk.cast.looking("sara") as unit:
        version, key = queries.take(unit, first, 1)
    sent = bodies.pieces(desk.cast.store.database.reading, unit.keys, key, version.id, version.pieces)
    with pytest.raises(SealError):
        list(sent)


# -- size ---------------------------------------------------------------------------------------------------


def test_60_megabytes_are_refused_before_they_are_read(desk: Desk):
    sara = desk.at("sara")
    stream = Unread()
    answer = sara.browser.client.post(
        f"/pupils/{desk.cast.pupils['ava']}/documents/add",
        headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        content_type="multipart/form-data; boundary=x",
        input_stream=stream,
        environ_overrides={"CONTENT_LENGTH": str(60 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "too large" in answer.text
    assert stream.most <= 1 << 20
    assert desk.rows(Document) == []


def test_60_megabytes_come_back_as_the_form_with_what_was_typed(desk: Desk):
    address = f"/pupils/{desk.cast.pupils['ava']}/documents/add"
    said = {"title": "Kept as typed", "kind": "letter", "happened_on-year": "2025", "label": "S1"}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in said.items()]
    file = 'Content-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf'
    begun = "".join([*parts, f"--x\r\n{file}\r\n\r\n%PDF-1.7\r\n"]).encode()
    stream = Unread(begun)
    answer = desk.at("sara").browser.client.post(
        address,
        headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        content_type="multipart/form-data; boundary=x",
        input_stream=stream,
        environ_overrides={"CONTENT_LENGTH": str(60 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "at most 20 MB" in answer.text
    assert "Kept as typed" in answer.text
    assert 'value="2025"' in answer.text
    assert 'value="letter" checked' in " ".join(answer.text.split())
    assert "choose it again" in answer.text
    assert stream.most <= 1 << 20
    assert desk.rows(Document) == []


class Unread(io.RawIOBase):
    """60 MB that are there for the asking; notes how much is held at once."""

    most = 0

    def __init__(self, begun: bytes = b"") -> None:
        super().__init__()
        self.begun, self.left = begun, 60 * 1024 * 1024 - len(begun)

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return 0

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def read(self, size: int = -1) -> bytes:
        if self.begun:
            given, self.begun = self.begun[:size], self.begun[size:]
            return given
        size = self.left if size < 0 else min(size, self.left)
        self.most = max(self.most, size)
        self.left -= size
        return b"x" * size


def test_one_byte_over_the_limit_is_refused_in_words(desk: Desk):
    small = Desk(desk.cast, upload_bytes=1024 * 1024)
    answer = small.at("sara").send(
        f"/pupils/{desk.cast.pupils['ava']}/documents/add",
        form(b"a" * (1024 * 1024 + 1), "notes.txt", title="Kept as typed"),
    )
    assert answer.status_code == 422
    assert "at most 1 MB" in answer.text
    assert "Kept as typed" in answer.text


def test_a_download_of_20_megabytes_holds_a_few_at_a_time(desk: Desk):
    data = os.urandom(3_000_000).hex().encode() * 3
    document_id = desk.filed(file=taken(data, "notes.txt"))
    with desk.cast.looking("sara") as unit:
        version, key = queries.take(unit, document_id, 1)
    sent = bodies.pieces(desk.cast.store.database.reading, unit.keys, key, version.id, version.pieces)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(len(piece) for piece in sent) == len(data)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 12_000  # kilobytes; two pieces sealed and open, and what the allocator keeps


# -- killed -------------------------------------------------------------------------------------------------


def _upload_and_die(url: str, people: dict[str, UUID], pupils: dict[str, UUID], after: int) -> None:
    cast = Cast(url, people=people, pupils=pupils)
    written = 0
    real = bodies.cut

    def counted(stream):
        nonlocal written
        for piece in real(stream):
            written += 1
            if written > after:
                os.kill(os.getpid(), signal.SIGKILL)
            yield piece

    bodies.cut = counted
    with cast.acting("sara") as unit:
        data = b"a line of it\n" * 400_000
        actions.add(unit, cast.pupils["ava"], filing(), taken(data, "notes.txt"))
        if after == 99:
            unit.finish()
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("after", [0, 3, 7, 9, 99])
def test_a_process_killed_in_the_middle_of_an_upload_leaves_nothing_half_done(desk: Desk, after: int):
    """Pieces are cut twice: once for the digest and once to be sealed; 99 dies before the commit."""
    cast = desk.cast
    process = get_context("fork").Process(
        target=_upload_and_die, args=(cast.url, dict(cast.people), dict(cast.pupils), after)
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    for table in (Document, DocumentVersion, DocumentBody):
        assert desk.rows(table) == []
    assert desk.told("sara") == []
    assert faults(desk) == []
    desk.filed()
    assert desk.seen_by("sara") == {"Speech and language"}
