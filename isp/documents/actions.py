"""The verbs of a document: add, send, put a newer one, withdraw.

Each: who (the gate), when (rules), what, memory, tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import Permission, Standing
from isp.access.standing import onlookers
from isp.audit import Event, Unit
from isp.documents import bodies, queries, rules
from isp.documents.bodies import Heading
from isp.documents.intake import Taken
from isp.documents.models import Document, DocumentVersion, DocumentWithdrawal
from isp.kernel.canonical import nfc, undirected
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.notices.actions import tell

_FAMILY = frozenset({Standing.PARENT, Standing.CARER, Standing.YOUNG_PERSON})


@dataclass(frozen=True, slots=True)
class Filing:
    """What is said of a file when it is added."""

    kind: str
    label: str
    title: str
    happened_on: date
    section: str | None = None
    item_id: UUID | None = None


def add(unit: Unit, pupil_id: UUID, filing: Filing, taken: Taken) -> UUID:
    """A document filed by somebody of the school; its id."""
    decision = gate.require(unit, Permission.DOCUMENT_WRITE, pupil_id)
    rules.check_choice(filing.kind, rules.KINDS, "kind")
    rules.check_choice(filing.label, rules.labels_written(decision), "label")
    return _add(unit, decision, filing, taken, rules.SCHOOL)


def file_for(unit: Unit, decision: Decision, filing: Filing, taken: Taken) -> UUID:
    """A document that comes with a deed that was allowed in its own right; its id.

    The decision is that deed's: an authority files what belongs to its case, and nothing else.
    """
    rules.check_choice(filing.kind, rules.KINDS, "kind")
    rules.check_choice(filing.label, tuple(rules.LABELS), "label")
    return _add(unit, decision, filing, taken, rules.SCHOOL)


def send(unit: Unit, pupil_id: UUID, filing: Filing, taken: Taken) -> UUID:
    """A document that one of the family, or somebody who gives advice, sends to the school; its id.

    Staff read it; of the family nobody but its sender does. The SENCO is told.
    """
    decision = gate.require(unit, Permission.DOCUMENT_SEND, pupil_id)
    rules.check_choice(filing.kind, rules.FAMILY_KINDS, "kind")
    source = rules.FAMILY if decision.standing in _FAMILY else rules.ADVISER
    document_id = _add(unit, decision, replace(filing, label=rules.SENT_LABEL), taken, source)
    tell(unit, _sencos(unit, pupil_id), "document_sent", pupil_id, about=document_id)
    return document_id


def file_advice(unit: Unit, decision: Decision, title: str, happened_on: date, taken: Taken) -> UUID:
    """A report given to an authority for an assessment, by its author or the officer to whom it came; its id.

    For a deed that has been allowed (``decision``): neither school nor family reads it here. Whoever may is
    granted it by that deed.
    """
    filing = Filing(rules.ADVICE, rules.SENT_LABEL, title, happened_on)
    return _add(unit, decision, filing, taken, rules.ADVISER)


def _sencos(unit: Unit, pupil_id: UUID) -> list[UUID]:
    """The SENCO of the pupil's school; where there is none, the deputies; else the head."""
    towards = onlookers(pupil_id, unit.today).subquery()
    query = select(towards.c.standing, towards.c.person_id).distinct()
    rows = unit.connection.execute(query).all()
    for standing in (Standing.SENCO, Standing.DEPUTY_SENCO, Standing.HEAD):
        found = [row.person_id for row in rows if row.standing == standing]
        if found:
            return found
    return []


def _add(unit: Unit, decision: Decision, filing: Filing, taken: Taken, source: str) -> UUID:
    pupil_id, document_id = decision.pupil_id, new_id()
    if pupil_id is None:
        raise NotFound
    title = _checked(unit, filing.title, filing.happened_on)
    person_id = _person(unit)
    unit.insert(
        Document,
        id=document_id,
        pupil_id=pupil_id,
        kind=filing.kind,
        label=filing.label,
        source=source,
        section=filing.section,
        item_id=filing.item_id,
        made_at=unit.now,
        made_by=person_id,
    )
    heading = Heading(
        document_id=document_id,
        pupil_id=pupil_id,
        number=1,
        kind=filing.kind,
        label=filing.label,
        source=source,
        section=filing.section,
        item_id=filing.item_id,
        type=taken.type,
        size=taken.size,
        happened_on=filing.happened_on,
        made_by=person_id,
        title=title,
    )
    digest = _add_version(unit, heading, taken)
    queries.record(unit, decision, Event.DOCUMENT_ADDED, heading, digest=digest, source=source)
    return document_id


def put_newer(unit: Unit, document_id: UUID, shown: int, title: str, happened_on: date, taken: Taken) -> int:
    """A newer version, by the school or by whoever sent the document; its number. The older ones stay."""
    decision, document = _for_change(unit, document_id, shown)
    if not may_replace(decision, document):
        raise NotAllowed
    newest = document.newest.heading
    heading = Heading(
        document_id=document_id,
        pupil_id=newest.pupil_id,
        number=_last_number(unit, document_id) + 1,
        kind=newest.kind,
        label=newest.label,
        source=newest.source,
        section=newest.section,
        item_id=newest.item_id,
        type=taken.type,
        size=taken.size,
        happened_on=happened_on,
        made_by=_person(unit),
        title=_checked(unit, title, happened_on),
    )
    digest = _add_version(unit, heading, taken)
    queries.record(unit, decision, Event.DOCUMENT_REPLACED, heading, digest=digest)
    return heading.number


def may_replace(decision: Decision, document: queries.Listed) -> bool:
    """Whether somebody may put a newer version: of what she sent, or as the school of what is its own."""
    heading = document.newest.heading
    if document.newest.withdrawn:
        return False
    if heading.source != rules.SCHOOL:
        return heading.made_by == decision.person_id and decision.can(Permission.DOCUMENT_SEND)
    return heading.label in rules.labels_written(decision)


def withdraw(unit: Unit, document_id: UUID, number: int, why: str, reason: str) -> None:
    """Hide a version from all but the data protection officer, with a reason. It is never removed."""
    decision, document = _held(unit, document_id)
    decision = gate.require(unit, Permission.DOCUMENT_WITHDRAW, document.newest.heading.pupil_id)
    rules.check_choice(why, rules.WITHDRAWAL_REASONS, "why")
    given = nfc(rules.check_reason(reason))
    version = next((one for one in document.versions if one.heading.number == number), None)
    if version is None:
        raise Conflict("This version has been withdrawn already, or never was. Look at the list again.")
    owner = bodies.key_of(version.heading.pupil_id, version.heading.label)
    unit.insert(
        DocumentWithdrawal,
        version_id=version.id,
        document_id=document_id,
        why=why,
        sealed=unit.keys.seal(owner, Place("document_withdrawal", "sealed", version.id), {"reason": given}),
        made_at=unit.now,
        made_by=_person(unit),
    )
    queries.record(unit, decision, Event.DOCUMENT_WITHDRAWN, version.heading, why=why)


def _add_version(unit: Unit, heading: Heading, taken: Taken) -> str:
    """Insert a version with its pieces; its digest in hexadecimal.

    Two passes over the bytes: the row, which never changes, has their digest.
    """
    version_id, salt = new_id(), bodies.new_salt()
    digest = bodies.digest(salt, heading, bodies.cut(taken.stream))
    unit.insert(
        DocumentVersion,
        id=version_id,
        document_id=heading.document_id,
        pupil_id=heading.pupil_id,
        number=heading.number,
        type=heading.type,
        size=heading.size,
        pieces=-(-heading.size // bodies.PIECE),
        happened_on=heading.happened_on,
        digest=digest,
        made_at=unit.now,
        made_by=heading.made_by,
    )
    bodies.store(unit, version_id, heading, salt, taken.stream)
    return digest.hex()


def _held(unit: Unit, document_id: UUID) -> tuple[Decision, queries.Listed]:
    """The document; its row is kept from others until the unit ends."""
    queries.one(unit, document_id)
    rows = table_of(Document)
    unit.connection.execute(select(rows.c.id).where(rows.c.id == document_id).with_for_update())
    return queries.one(unit, document_id)


def _for_change(unit: Unit, document_id: UUID, shown: int) -> tuple[Decision, queries.Listed]:
    decision, document = _held(unit, document_id)
    rules.check_newest(shown, document.newest.heading.number)
    return decision, document


def _last_number(unit: Unit, document_id: UUID) -> int:
    """Of all versions, those that the reader may not see among them."""
    rows = table_of(DocumentVersion)
    query = select(rows.c.number).where(rows.c.document_id == document_id)
    return int(max(unit.connection.scalars(query)))


def _checked(unit: Unit, title: str, happened_on: date) -> str:
    rules.check_happened(happened_on, unit.today)
    return str(nfc(rules.check_title(undirected(title))))


def _person(unit: Unit) -> UUID:
    if unit.actor.person_id is None:
        raise Conflict("Only a person can do this.")
    return unit.actor.person_id
