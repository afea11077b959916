"""Who is around a child: the adults and the young person with their ties, who teaches, who is responsible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate, ties
from isp.access.gate import Decision
from isp.access.models import GroupStaff, Restriction, Tie
from isp.access.policy import Permission
from isp.access.standing import GROUP, GUARDIAN, RESPONSIBLE, SELF, live
from isp.audit import Unit
from isp.kernel.db import table_of
from isp.people import directory
from isp.people.directory import Named
from isp.people.models import Account, Organisation
from isp.people.roles import words
from isp.register import pupils
from isp.register.actions import restricting
from isp.register.models import TeachingGroup
from isp.register.pupils import PupilFacts

TIES = table_of(Tie)


@dataclass(frozen=True, slots=True)
class Adult:
    """A guardian as the page shows him; ``contact`` is empty where the reader may not see it."""

    tie_id: UUID
    person_id: UUID
    name: str
    relationship: str
    has_responsibility: bool
    has_care: bool
    evidence: str | None
    court_order: str | None
    valid_from: date
    valid_to: date | None
    ended: bool
    contact: Mapping[str, str]
    is_confidential: bool
    way_in: str
    """none (never invited), invited, signs_in, closed"""
    is_restricted: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """A restriction in force. ``words`` (evidence, reason) only for those who may write restrictions."""

    id: UUID
    person: str
    kind: str
    review_on: date
    made_by: str
    made_at: datetime
    lift_asked_by: UUID | None
    lift_asked_by_name: str | None
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Around:
    """Everything the page "Who is around this child" shows."""

    decision: Decision
    facts: PupilFacts
    guardians: list[Adult]
    before: list[Adult]
    own: list[Adult]
    teaching: list[tuple[str, str, str]]
    authorities: list[tuple[str, date, date | None, str]]
    restrictions: list[Closed]
    may_restrict: bool


def around(unit: Unit, pupil_id: UUID) -> Around:
    """Who is around a child, for whoever may read ties."""
    decision = gate.require(unit, Permission.TIES_READ, pupil_id)
    facts = pupils.facts(unit, pupil_id)
    rows = unit.connection.execute(
        select(TIES)
        .where(TIES.c.pupil_id == pupil_id, TIES.c.kind.in_((GUARDIAN, SELF, RESPONSIBLE)))
        .order_by(TIES.c.valid_from, TIES.c.made_at, TIES.c.id)
    ).all()
    people = directory.details(unit, {row.person_id for row in rows if row.person_id})
    closed = _restrictions(unit, pupil_id)
    named = directory.names(
        unit,
        {r.person_id for r in closed}
        | {r.made_by for r in closed}
        | {r.lift_asked_by for r in closed if r.lift_asked_by},
    )
    may_restrict = decision.can(Permission.RESTRICTION_WRITE)
    shut = {row.person_id for row in closed}
    ways = _ways_in(unit, set(people))
    adults = [
        _adult(unit, decision, row, people.get(row.person_id, {}), ways, shut)
        for row in rows
        if row.kind != RESPONSIBLE
    ]
    kinds = {row.id: row.kind for row in rows}
    return Around(
        decision=decision,
        facts=facts,
        guardians=[one for one in adults if kinds[one.tie_id] == GUARDIAN and not one.ended],
        before=[one for one in adults if kinds[one.tie_id] == GUARDIAN and one.ended],
        own=[one for one in adults if kinds[one.tie_id] == SELF and not one.ended],
        teaching=_teaching(unit, pupil_id),
        authorities=_authorities(unit, pupil_id, [row for row in rows if row.kind == RESPONSIBLE]),
        restrictions=[_closed(unit, row, named, opened=may_restrict) for row in closed],
        may_restrict=may_restrict,
    )


def _adult(
    unit: Unit,
    decision: Decision,
    row: Any,
    held: Mapping[str, Any],
    ways: Mapping[UUID, str],
    shut: set[UUID],
) -> Adult:
    said = ties.words_of(unit, row.pupil_id, row.id, row.sealed)
    confidential = bool(held.get("address_confidential"))
    contact: dict[str, str] = {}
    if not confidential or decision.can(Permission.CONFIDENTIAL_READ):
        shown = {
            "Email": said.get("email") or held.get("email"),
            "Telephone": held.get("telephone"),
            "Address": held.get("address"),
        }
        contact = {key: value for key, value in shown.items() if value}
    return Adult(
        tie_id=row.id,
        person_id=row.person_id,
        name=f"{held.get('given') or ''} {held.get('family') or ''}".strip(),
        relationship=said.get("relationship") or "",
        has_responsibility=row.has_responsibility,
        has_care=row.has_care,
        evidence=said.get("evidence"),
        court_order=said.get("court_order"),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        ended=row.ended_at is not None or (row.valid_to is not None and row.valid_to < unit.today),
        contact=contact,
        is_confidential=confidential,
        way_in=ways.get(row.person_id, "none"),
        is_restricted=row.person_id in shut,
    )


def _ways_in(unit: Unit, people: set[UUID]) -> dict[UUID, str]:
    query = select(Account.person_id, Account.password_hash, Account.closed_at).where(
        Account.person_id.in_(sorted(people))
    )
    found = {}
    for row in unit.connection.execute(query):
        way = "signs_in" if row.password_hash else "invited"
        found[row.person_id] = "closed" if row.closed_at else way
    return found


def _teaching(unit: Unit, pupil_id: UUID) -> list[tuple[str, str, str]]:
    """Staff in the pupil's classes and groups: name, what they do, where."""
    query = (
        select(GroupStaff.person_id, GroupStaff.role, TeachingGroup.name)
        .join(TeachingGroup, TeachingGroup.id == GroupStaff.group_id)
        .join(Tie, Tie.group_id == TeachingGroup.id)
        .where(
            Tie.pupil_id == pupil_id,
            Tie.kind == GROUP,
            live(Tie, unit.today),
            live(GroupStaff, unit.today),
        )
        .order_by(TeachingGroup.name, GroupStaff.role)
    )
    rows = unit.connection.execute(query).all()
    named = directory.names(unit, {row.person_id for row in rows})
    return [(named[row.person_id].full, words(row.role), row.name) for row in rows if row.person_id in named]


def _authorities(unit: Unit, pupil_id: UUID, rows: list[Any]) -> list[tuple[str, date, date | None, str]]:
    """Authorities responsible, newest first: name, from, to, reason."""
    ids = {row.organisation_id for row in rows}
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(sorted(ids)))
    names = {row.id: row.name for row in unit.connection.execute(query)} if ids else {}
    found = []
    for row in reversed(rows):
        if row.ended_at is None:
            reason = ties.words_of(unit, pupil_id, row.id, row.sealed).get("reason") or ""
            found.append((names[row.organisation_id], row.valid_from, row.valid_to, reason))
    return found


def _restrictions(unit: Unit, pupil_id: UUID) -> list[Any]:
    query = (
        select(Restriction.__table__)
        .where(Restriction.pupil_id == pupil_id, Restriction.lifted_at.is_(None))
        .order_by(Restriction.made_at)
    )
    return list(unit.connection.execute(query))


def _closed(unit: Unit, row: Any, named: Mapping[UUID, Named], *, opened: bool) -> Closed:
    def name(person_id: UUID | None) -> str:
        one = named.get(person_id) if person_id else None
        return one.with_role if one else directory.NOBODY

    return Closed(
        id=row.id,
        person=name(row.person_id),
        kind=restricting.KINDS.get(row.kind, row.kind),
        review_on=row.review_on,
        made_by=name(row.made_by),
        made_at=row.made_at,
        lift_asked_by=row.lift_asked_by,
        lift_asked_by_name=name(row.lift_asked_by) if row.lift_asked_by else None,
        words=restricting.words_of(unit, row) if opened else {},
    )
