"""The bytes of a version: cut in pieces, each sealed in its own place, and vouched for by a salted digest.

A piece holds a megabyte at most, so that memory stays bounded however large the file. Its place names the
version and the piece's number: one that was moved, exchanged or repeated does not open.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import IO, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Connection

from isp.audit import Unit
from isp.documents.models import DocumentBody
from isp.documents.rules import compartment_of
from isp.kernel.canonical import canonical
from isp.kernel.crypto import Place, SealError
from isp.kernel.db import table_of
from isp.kernel.keys import KeyChest, KeyOf

PIECE = 1_000_000
SALT = 16
BODIES = table_of(DocumentBody)
Reading = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Heading:
    """What a version says it is, besides its bytes: all of it is vouched for by the digest."""

    document_id: UUID
    pupil_id: UUID
    number: int
    kind: str
    label: str
    source: str
    section: str | None
    item_id: UUID | None
    type: str
    size: int
    happened_on: date
    made_by: UUID
    title: str

    def as_bytes(self) -> bytes:
        """In the one canonical form."""
        return canonical(
            {
                "document": str(self.document_id),
                "pupil": str(self.pupil_id),
                "number": self.number,
                "kind": self.kind,
                "label": self.label,
                "source": self.source,
                "section": self.section,
                "item": str(self.item_id) if self.item_id else None,
                "type": self.type,
                "size": self.size,
                "happened_on": self.happened_on.isoformat(),
                "made_by": str(self.made_by),
                "title": self.title,
            }
        )


def key_of(pupil_id: UUID, label: str) -> KeyOf:
    """The key that seals a document of this label."""
    return KeyOf.pupil(pupil_id, compartment_of(label))


def place(version_id: UUID, number: int) -> Place:
    """Where a piece lies."""
    return Place("document_body", "sealed", version_id, number + 1)


def digest(salt: bytes, heading: Heading, pieces: Iterable[bytes]) -> bytes:
    """HMAC-SHA256 under the salt, of the heading's length, the heading and the bytes."""
    head = heading.as_bytes()
    told = hmac.new(salt, len(head).to_bytes(8, "big") + head, "sha256")
    for piece in pieces:
        told.update(piece)
    return told.digest()


def cut(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream from its beginning, in pieces."""
    stream.seek(0)
    while piece := stream.read(PIECE):
        yield piece


def new_salt() -> bytes:
    """A fresh one."""
    return os.urandom(SALT)


def store(unit: Unit, version_id: UUID, heading: Heading, salt: bytes, stream: IO[bytes]) -> None:
    """Insert the pieces; part of adding a version, whose row is there already."""
    owner = key_of(heading.pupil_id, heading.label)
    words = {"title": heading.title, "salt": base64.b64encode(salt).decode("ascii")}
    unit.insert(
        DocumentBody,
        version_id=version_id,
        number=0,
        sealed=unit.keys.seal(owner, place(version_id, 0), words),
    )
    for number, piece in enumerate(cut(stream), start=1):
        sealed = unit.keys.seal_bytes(owner, place(version_id, number), piece)
        unit.insert(DocumentBody, version_id=version_id, number=number, sealed=sealed)


def open_words(keys: KeyChest, owner: KeyOf, version_id: UUID, sealed: bytes) -> tuple[str, bytes]:
    """Title and salt. Raises SealError if they were altered."""
    held: dict[str, Any] = keys.open(owner, place(version_id, 0), sealed)
    return str(held["title"]), base64.b64decode(held["salt"])


def pieces(reading: Reading, keys: KeyChest, owner: KeyOf, version_id: UUID, count: int) -> Iterator[bytes]:
    """The bytes, piece by piece, over a connection that is held for one piece at a time.

    Raises SealError where one is missing or was altered.
    """
    for number in range(1, count + 1):
        with reading() as connection:
            keys.move_to(connection)
            sealed = connection.scalar(
                select(BODIES.c.sealed).where(BODIES.c.version_id == version_id, BODIES.c.number == number)
            )
            if sealed is None:
                raise SealError(f"piece {number} is gone")
            piece = keys.open_bytes(owner, place(version_id, number), sealed)
        yield piece
