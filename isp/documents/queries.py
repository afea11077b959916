"""Reading documents: always through the gate, by the one rule of who reads which, and recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.grants import DOCUMENT
from isp.access.policy import GRID, Permission
from isp.audit import Chain, Event, Unit
from isp.documents import bodies, rules
from isp.documents.bodies import Heading
from isp.documents.models import Document, DocumentBody, DocumentVersion, DocumentWithdrawal
from isp.kernel.errors import Gone, NotFound
from isp.kernel.keys import KeyOf

WITHDRAWN = (
    "This version was withdrawn, so it can no longer be read here. The data protection officer can see it."
)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document as somebody may see it."""

    id: UUID
    heading: Heading
    salt: bytes
    pieces: int
    digest: bytes
    made_at: datetime
    withdrawn: str | None

    @property
    def type(self) -> rules.Type:
        """As what it is served."""
        return rules.TYPES[self.heading.type]

    @property
    def file_name(self) -> str:
        """What it is and of when; never whose."""
        kind = self.heading.kind.replace("_", "-")
        return f"{kind}-{self.heading.happened_on.isoformat()}.{self.type.ending}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as somebody may see it; ``versions``: those that she may, newest first."""

    id: UUID
    versions: tuple[Version, ...]

    @property
    def newest(self) -> Version:
        """The one to read."""
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class Papers:
    """A pupil's documents, as far as the reader may see them."""

    decision: Decision
    listed: tuple[Listed, ...]


def let_in(unit: Unit, pupil_id: UUID) -> Decision:
    """The decision of somebody who meets documents at all: reads, sends, or reads what was withdrawn."""
    rows = gate.standings_towards(unit, pupil_id)
    for permission in (Permission.DOCUMENT_READ, Permission.DOCUMENT_SEND, Permission.WITHDRAWN_READ):
        if any(row.standing in GRID[permission] for row in rows):
            return gate.decide(unit, permission, pupil_id, rows)
    return gate.decide(unit, Permission.DOCUMENT_READ, pupil_id, rows)


def list_of(unit: Unit, pupil_id: UUID, *, item_id: UUID | None = None) -> Papers:
    """The pupil's documents, newest first (of one entry of the plan, where that is asked); recorded."""
    decision = let_in(unit, pupil_id)
    listed = seen(unit, decision, pupil_id, item_id=item_id)
    record_list(unit, decision, pupil_id, listed)
    return Papers(decision, listed)


def record_list(unit: Unit, decision: Decision, pupil_id: UUID, listed: Sequence[Listed]) -> None:
    """The look at a list; on the restricted chain too where something of it was on the list."""
    chains = [Chain.pupil(pupil_id)]
    if any(rules.compartment_of(one.newest.heading.label) != "general" for one in listed):
        chains.append(Chain.restricted(pupil_id))
    unit.record(decision, Event.DOCUMENTS_VIEWED, *chains, obj=("pupil", pupil_id))


def seen(
    unit: Unit, decision: Decision, pupil_id: UUID, *, item_id: UUID | None = None
) -> tuple[Listed, ...]:
    """What of a pupil's documents a decision lets see; the caller records the look."""
    query = _select().where(Document.pupil_id == pupil_id)
    if item_id is not None:
        query = query.where(Document.item_id == item_id)
    rows = unit.connection.execute(query.order_by(DocumentVersion.number.desc())).all()
    released = gate.granted(unit, decision, DOCUMENT)
    shown = [row for row in rows if _reads(decision, row, released)]
    unit.keys.fetch({bodies.key_of(pupil_id, row.label) for row in shown})
    found: dict[UUID, list[Version]] = {}
    for row in shown:
        found.setdefault(row.document_id, []).append(_version(unit, row))
    listed = [Listed(document_id, tuple(each)) for document_id, each in found.items()]
    listed.sort(key=lambda one: (one.newest.heading.happened_on, one.newest.made_at), reverse=True)
    return tuple(listed)


def count(unit: Unit, decision: Decision, pupil_id: UUID) -> int:
    """How many documents a decision lets see: for a link, without a title being shown."""
    query = (
        select(
            Document.id,
            Document.kind,
            Document.label,
            Document.source,
            Document.made_by,
            DocumentVersion.id.label("version_id"),
            DocumentWithdrawal.why,
        )
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .join(DocumentWithdrawal, DocumentWithdrawal.version_id == DocumentVersion.id, isouter=True)
        .where(Document.pupil_id == pupil_id)
    )
    released = gate.granted(unit, decision, DOCUMENT) or frozenset()
    return len(
        {
            row.id
            for row in unit.connection.execute(query)
            if rules.reads(
                decision,
                label=row.label,
                source=row.source,
                made_by=row.made_by,
                withdrawn=row.why is not None,
                released=row.version_id in released,
                kind=row.kind,
            )
        }
    )


def digests(unit: Unit, version_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """The digest of each of these versions that there is, as it stands."""
    query = select(DocumentVersion.id, DocumentVersion.digest).where(
        DocumentVersion.id.in_(sorted(version_ids))
    )
    return {row.id: row.digest for row in unit.connection.execute(query)}


def one(unit: Unit, document_id: UUID) -> tuple[Decision, Listed]:
    """One document with the versions that the reader may see. NotFound where there is none."""
    decision, rows = _rows(unit, document_id)
    released = gate.granted(unit, decision, DOCUMENT)
    shown = [row for row in rows if _reads(decision, row, released)]
    if not shown:
        raise _nothing(decision, rows)
    return decision, Listed(document_id, tuple(_version(unit, row) for row in shown))


def take(unit: Unit, document_id: UUID, number: int) -> tuple[Version, KeyOf]:
    """One version to be sent to its reader, and the key it opens with; the download is recorded.

    The bytes are sent when the unit has committed. NotFound, or Gone where it was withdrawn.
    """
    decision, rows = _rows(unit, document_id)
    row = next((one for one in rows if one.number == number), None)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    if not _reads(decision, row, gate.granted(unit, decision, DOCUMENT)):
        raise _nothing(decision, [row])
    version = _version(unit, row)
    record(unit, decision, Event.DOCUMENT_DOWNLOADED, version.heading)
    return version, bodies.key_of(row.pupil_id, row.label)


def record(unit: Unit, decision: Decision, event: Event, heading: Heading, **more: Any) -> None:
    """An event about one version, on the chain that its label names."""
    chain = Chain.pupil(heading.pupil_id)
    if rules.compartment_of(heading.label) != "general":
        chain = Chain.restricted(heading.pupil_id)
    detail = {"paper": heading.kind, "version": heading.number, **more}
    unit.record(decision, event, chain, obj=("document", heading.document_id), **detail)


def _rows(unit: Unit, document_id: UUID) -> tuple[Decision, list[Any]]:
    query = _select().where(Document.id == document_id).order_by(DocumentVersion.number.desc())
    rows = list(unit.connection.execute(query))
    # Of a document that is not there the same is asked as of a stranger's.
    decision = let_in(unit, rows[0].pupil_id if rows else document_id)
    return decision, rows


def _nothing(decision: Decision, rows: list[Any]) -> NotFound | Gone:
    """To whoever could read it but for its withdrawal: that it was. To all others: nothing."""
    # (Of what was released to somebody and then withdrawn, nothing either: as of a plan.)
    if any(row.withdrawn and _reads(decision, row, None, withdrawn=False) for row in rows):
        return Gone(WITHDRAWN)
    return NotFound(gate.NO_PAGE)


def _reads(
    decision: Decision, row: Any, released: frozenset[UUID] | None, *, withdrawn: bool | None = None
) -> bool:
    return rules.reads(
        decision,
        label=row.label,
        source=row.source,
        made_by=row.sent_by,
        withdrawn=row.withdrawn is not None if withdrawn is None else withdrawn,
        released=released is not None and row.id in released,
        kind=row.kind,
    )


def _select() -> Any:
    found = select_versions(DocumentVersion.made_at, DocumentWithdrawal.why.label("withdrawn"))
    return found.join(DocumentWithdrawal, DocumentWithdrawal.version_id == DocumentVersion.id, isouter=True)


def select_versions(*more: Any, untitled_too: bool = False) -> Any:
    """Versions with what ``heading_of`` reads, their sealed titles, and ``more``.

    ``untitled_too``: also where there is no title, which only tampering can bring about.
    """
    titled = and_(DocumentBody.version_id == DocumentVersion.id, DocumentBody.number == 0)
    return (
        select(
            Document.id.label("document_id"),
            Document.pupil_id,
            Document.kind,
            Document.label,
            Document.source,
            Document.section,
            Document.item_id,
            Document.made_by.label("sent_by"),
            DocumentVersion.id,
            DocumentVersion.number,
            DocumentVersion.type,
            DocumentVersion.size,
            DocumentVersion.pieces,
            DocumentVersion.happened_on,
            DocumentVersion.digest,
            DocumentVersion.made_by,
            DocumentBody.sealed,
            *more,
        )
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .join(DocumentBody, titled, isouter=untitled_too)
    )


def _version(unit: Unit, row: Any) -> Version:
    title, salt = bodies.open_words(unit.keys, bodies.key_of(row.pupil_id, row.label), row.id, row.sealed)
    return Version(
        id=row.id,
        heading=heading_of(row, title),
        salt=salt,
        pieces=row.pieces,
        digest=row.digest,
        made_at=row.made_at,
        withdrawn=row.withdrawn,
    )


def heading_of(row: Any, title: str) -> Heading:
    """The heading of a row of a document joined with its version."""
    return Heading(
        document_id=row.document_id,
        pupil_id=row.pupil_id,
        number=row.number,
        kind=row.kind,
        label=row.label,
        source=row.source,
        section=row.section,
        item_id=row.item_id,
        type=row.type,
        size=row.size,
        happened_on=row.happened_on,
        made_by=row.made_by,
        title=title,
    )
