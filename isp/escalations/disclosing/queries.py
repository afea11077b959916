"""What was disclosed of a case, and what of it somebody could disclose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate, grants
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.documents import queries as documents
from isp.escalations import parties, subjects
from isp.escalations.case_models import CaseLetter, DisclosedObject, Disclosure
from isp.escalations.disclosing.purposes import lists
from isp.escalations.letters.rules import SERVED
from isp.escalations.letters.wording import wordings
from isp.escalations.subjects import CaseFile
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.keys import KeyOf
from isp.people import directory
from isp.people.directory import NOBODY
from isp.people.roles import Role
from isp.records.models import RecordVersion, Withdrawal
from isp.web.filters import date_words

DISCLOSURES = table_of(Disclosure)
OBJECTS = table_of(DisclosedObject)
VERSIONS = table_of(RecordVersion)
PLAN, VERSION, DOCUMENT, LETTER = "plan", "version", "document", "letter"
TYPE_WORDS = {
    PLAN: "EHC plan, version {number}",
    VERSION: "The school’s plan, version {number}",
    DOCUMENT: "A document, version {number}",
    LETTER: "A letter",
}


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that can be disclosed: exactly this version of it. ``key``: of the form's choices."""

    key: str
    sort: str
    id: UUID
    number: int | None
    digest: bytes
    words: str


@dataclass(frozen=True, slots=True)
class Given:
    """Something that was disclosed, as it was named then."""

    words: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A disclosure as the authority reads it."""

    row: Any
    purpose: str
    source: str
    to_whom: str
    reason: str
    consent: str
    authorised_by: str
    objects: tuple[Given, ...]


def place(disclosure_id: UUID) -> Place:
    """Where a disclosure's words lie."""
    return Place("disclosure", "sealed", disclosure_id, 1)


def read_disclosures(unit: Unit, case_id: UUID) -> tuple[CaseFile, Decision, list[Disclosed]]:
    """The disclosures of a case, newest first; the look is recorded."""
    case, decision = subjects.allowed(unit, case_id, Permission.DIARY_READ)
    record_view(unit, case, decision)
    return case, decision, list(reversed(disclosures_of(unit, case)))


def record_view(unit: Unit, case: CaseFile, decision: Decision) -> None:
    """That somebody looked at what can be or was disclosed."""
    unit.record(decision, Event.DISCLOSURES_VIEWED, Chain.pupil(case.pupil_id), obj=("case", case.id))


def disclosures_of(unit: Unit, case: CaseFile) -> list[Disclosed]:
    """The disclosures of a case, oldest first: for whoever the gate has let through."""
    c = DISCLOSURES.c
    query = (
        select(DISCLOSURES)
        .where(
            c.pupil_id == case.pupil_id,
            c.authority_id == case.authority_id,
            c.subject_id.in_(sorted(case.ids)),
        )
        .order_by(c.made_on, c.recorded_at, c.id)
    )
    rows = list(unit.connection.execute(query))
    ids = [row.id for row in rows]
    objects = list(
        unit.connection.execute(
            select(OBJECTS).where(OBJECTS.c.disclosure_id.in_(ids)).order_by(OBJECTS.c.id)
        )
    )
    named = directory.names(unit, {row.authorised_by for row in rows})
    found = []
    for row in rows:
        words = unit.keys.open(KeyOf.pupil(row.pupil_id), place(row.id), row.sealed)
        purpose = lists().called(row.rules).listed[row.purpose]
        who = named.get(row.authorised_by)
        found.append(
            Disclosed(
                row,
                purpose.words,
                purpose.source,
                words["to_whom"],
                words["reason"],
                words.get("consent", ""),
                who.with_role if who else NOBODY,
                tuple(
                    Given(TYPE_WORDS[one.object_type].format(number=one.number), one.digest)
                    for one in objects
                    if one.disclosure_id == row.id
                ),
            )
        )
    return found


def things(unit: Unit, case: CaseFile) -> list[Thing]:
    """What of the case the actor can see and give: each by its version and digest, newest first."""
    return [*_plans(unit, case), *_released(unit, case), *_documents(unit, case), *_letters(unit, case)]


def authorisers(unit: Unit, case: CaseFile) -> dict[UUID, str]:
    """Who can authorise a disclosure: the officers and managers of the authority who may have the case."""
    able = parties.officers_for(
        unit, case.authority_id, case.pupil_id, Role.AUTHORITY_OFFICER, Role.AUTHORITY_MANAGER
    )
    named = directory.names(unit, able)
    return {person: named[person].with_role for person in able if person in named}


def _plans(unit: Unit, case: CaseFile) -> list[Thing]:
    ids = [one.record_id for one in case.plans if one.record_id is not None]
    return _versions(unit, PLAN, VERSIONS.c.record_id.in_(ids)) if ids else []


def _released(unit: Unit, case: CaseFile) -> list[Thing]:
    ids = {one.object_id for each in case.requests for one in grants.granted_by(unit, each.id)}
    return _versions(unit, VERSION, VERSIONS.c.id.in_(sorted(ids))) if ids else []


def _versions(unit: Unit, sort: str, which: Any) -> list[Thing]:
    v = VERSIONS.c
    query = (
        select(v.id, v.number, v.digest, v.stands_from)
        .join(Withdrawal, Withdrawal.version_id == v.id, isouter=True)
        .where(which, Withdrawal.version_id.is_(None))
        .order_by(v.stands_from.desc(), v.number.desc())
    )
    return [
        Thing(
            f"{sort}.{row.id}",
            sort,
            row.id,
            row.number,
            row.digest,
            f"{TYPE_WORDS[sort].format(number=row.number)}, of {date_words(row.stands_from)}",
        )
        for row in unit.connection.execute(query)
    ]


def _documents(unit: Unit, case: CaseFile) -> list[Thing]:
    decision = gate.require(unit, Permission.DOCUMENT_READ, case.pupil_id)
    listed = documents.seen(unit, decision, case.pupil_id)
    if listed:
        documents.record_list(unit, decision, case.pupil_id, listed)
    return [
        Thing(
            f"{DOCUMENT}.{one.newest.id}",
            DOCUMENT,
            one.newest.id,
            one.newest.heading.number,
            one.newest.digest,
            f"{one.newest.heading.title}, of {date_words(one.newest.heading.happened_on)}",
        )
        for one in listed
        if not one.newest.withdrawn
    ]


def _letters(unit: Unit, case: CaseFile) -> list[Thing]:
    c = table_of(CaseLetter).c
    query = select(c.id, c.kind, c.rules, c.dated_on, c.digest).where(
        c.subject_id.in_(sorted(case.ids)), c.authority_id == case.authority_id, c.state == SERVED
    )
    return [
        Thing(
            f"{LETTER}.{row.id}",
            LETTER,
            row.id,
            None,
            row.digest,
            f"{wordings().called(row.rules).letters[row.kind].title}, of {date_words(row.dated_on)}",
        )
        for row in unit.connection.execute(query.order_by(c.dated_on.desc(), c.id))
    ]
