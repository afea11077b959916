"""History: what happened to a child's record and who looked, as this reader may know of it.

The same rows that the record is checked by, so it can never differ from them. What a reader may not know
of is passed over before a page is filled, so that no page is short for a reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, not_, or_, select

from isp.access import apart, gate
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission, Permission
from isp.access.standing import GUARDIAN, SELF
from isp.audit import Chain, Event, Unit
from isp.audit.queries import EVENTS, Seen, of_chain
from isp.caseload import cursors, ties
from isp.caseload.onlookers import FAMILY, family_members
from isp.caseload.sittings import Sitting, sittings
from isp.kernel.clock import LONDON, civil_day
from isp.people import directory
from isp.people.directory import Named
from isp.people.roles import words
from isp.records.models import RecordVersion
from isp.records.shape import Audience

SIZE = 50
_VIEWS = frozenset(event.code for event in Event if event.sort == "view")
KINDS: dict[str, frozenset[str] | None] = {
    "all": None,
    "changes": frozenset(event.code for event in Event if event.sort == "change"),
    "looks": _VIEWS,
    "shared": frozenset(
        event.code
        for event in (
            Event.PLAN_PUBLISHED,
            Event.PLAN_CORRECTED,
            Event.VERSION_WITHDRAWN,
            Event.PLAN_ENDED,
            Event.EARLIER_CYCLE_RECORDED,
        )
    ),
}
"""What a reader may narrow History to."""
_UNTOLD = frozenset(event.code for event in Event if event.code.startswith("restriction."))
_PRIVATE = frozenset({Event.EHCP_ANSWERED.code})
"""Between one of the family and the authority: not told to another of the family, not even that it was."""
_TIES = frozenset(event.code for event in (Event.TIE_OPENED, Event.TIE_CHANGED, Event.TIE_ENDED))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader narrowed History to. Both days are included."""

    person: UUID | None = None
    kind: str = "all"
    since: date | None = None
    until: date | None = None
    cursor: str | None = None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.person or self.since or self.until or self.kind != "all")


@dataclass(frozen=True, slots=True)
class History:
    """A page of History. ``older`` goes on; ``people`` are those to narrow it by."""

    sittings: tuple[Sitting, ...]
    older: str | None
    people: dict[UUID, str]
    audience: Audience = "school"
    decision: Decision | None = None
    is_newest: bool = True

    @property
    def days(self) -> list[tuple[date, list[Sitting]]]:
        """The sittings by the civil day on which each ended, newest first."""
        return [(day, list(on)) for day, on in groupby(self.sittings, lambda one: civil_day(one.until))]


@dataclass(frozen=True, slots=True)
class _Rule:
    """What one reader may know of: a condition for the database, and a question to each event."""

    only: ColumnElement[bool] | None = None
    tells: Callable[[Seen], bool] = field(default=lambda _: True)
    hidden: frozenset[UUID] = frozenset()
    """People who are never named to this reader."""


def of_pupil(unit: Unit, pupil_id: UUID, asked: Asked) -> History:
    """The general chain of a pupil; the look is recorded. NotFound and NotAllowed as the gate says."""
    decision = gate.require(unit, Permission.HISTORY_READ, pupil_id)
    audience: Audience = "family" if decision.standing in FAMILY else "school"
    rule = _rule(unit, pupil_id, decision)
    found = _page(unit, Chain.pupil(pupil_id), asked, rule, audience)
    unit.record(decision, Event.HISTORY_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
    return History(*found, audience, decision, asked.cursor is None)


def of_pupil_apart(unit: Unit, pupil_id: UUID, asked: Asked) -> History:
    """The restricted chain of a pupil; the look is recorded there. NotFound, NotAllowed as the gate says."""
    decision = apart.require(unit, pupil_id)
    chain = Chain.restricted(pupil_id)
    found = _page(unit, chain, asked, _Rule(), "school")
    unit.record(decision, Event.HISTORY_VIEWED, chain, obj=("pupil", pupil_id))
    return History(*found, "school", decision, asked.cursor is None)


def of_organisation(unit: Unit, organisation_id: UUID, asked: Asked) -> History:
    """The chain of a school or an authority: lists, files brought in, staff; the look is recorded."""
    decision = gate.require_in_organisation(
        unit, OrganisationPermission.ORGANISATION_HISTORY_READ, organisation_id
    )
    chain = Chain.organisation(organisation_id)
    found = _page(unit, chain, asked, _Rule(), "school")
    unit.record(decision, Event.HISTORY_VIEWED, chain, obj=("organisation", organisation_id))
    return History(*found, "school", decision, asked.cursor is None)


def _rule(unit: Unit, pupil_id: UUID, decision: Decision) -> _Rule:
    me = unit.actor.name
    conditions: list[ColumnElement[bool]] = []
    if not decision.can(Permission.LOOKS_READ):
        conditions.append(or_(EVENTS.c.act.not_in(_VIEWS), EVENTS.c.actor == me))
    if decision.sources is not None:
        return _by_grant(unit, decision, me, conditions)
    if decision.standing not in FAMILY:
        return _Rule(and_(*conditions) if conditions else None)
    others = family_members(unit, pupil_id) - {unit.actor.person_id}
    # What another member of the family looked at, and who is tied to the child at home, is not told.
    by_others = EVENTS.c.actor.in_([str(one) for one in others])
    conditions += [
        not_(and_(by_others, EVENTS.c.act.in_(_VIEWS | _PRIVATE))),
        EVENTS.c.act.not_in(_UNTOLD),
    ]

    def tells(seen: Seen) -> bool:
        if seen.event is Event.EHCP_ANSWER_FILED:
            # In the name of one of them, by an officer: told to her whose it is.
            return seen.detail.get("person") == me
        return seen.event.code not in _TIES or seen.detail.get("kind") not in (GUARDIAN, SELF)

    return _Rule(and_(*conditions), tells, frozenset(others))


def _by_grant(unit: Unit, decision: Decision, me: str, conditions: list[ColumnElement[bool]]) -> _Rule:
    """An authority or adviser: what opened their sight, the versions it covers, and their own looks."""
    covered = gate.granted(unit, decision) or frozenset()
    sources = sorted(decision.sources or ())
    numbers = _numbers(unit, covered)
    records = sorted({record_id for record_id, _ in numbers})
    published = tuple(
        event.code for event in (Event.PLAN_PUBLISHED, Event.PLAN_CORRECTED, Event.EARLIER_CYCLE_RECORDED)
    )
    conditions.append(
        or_(
            EVENTS.c.object_id.in_(sources) if sources else false(),
            EVENTS.c.actor == me,
            and_(EVENTS.c.act.in_(published), EVENTS.c.object_id.in_(records)) if records else false(),
        )
    )

    def tells(seen: Seen) -> bool:
        if seen.event.code not in published or seen.object_id is None:
            return True
        return (seen.object_id, int(seen.detail["version"])) in numbers

    return _Rule(and_(*conditions), tells)


def _numbers(unit: Unit, version_ids: frozenset[UUID]) -> set[tuple[UUID, int]]:
    if not version_ids:
        return set()
    query = select(RecordVersion.record_id, RecordVersion.number).where(
        RecordVersion.id.in_(sorted(version_ids))
    )
    return {(row.record_id, row.number) for row in unit.connection.execute(query)}


def _page(
    unit: Unit, chain: Chain, asked: Asked, rule: _Rule, audience: Audience
) -> tuple[tuple[Sitting, ...], str | None, dict[UUID, str]]:
    events = _fill(unit, chain, asked, rule)
    older = cursors.write(unit.keyring, chain, events[SIZE - 1].seq) if len(events) > SIZE else None
    events = events[:SIZE]
    wanted = {seen.actor_id for seen in events if seen.actor_id} | ({asked.person} if asked.person else set())
    names = directory.names(unit, wanted - rule.hidden)
    naming = _Naming(unit.actor.person_id, names, audience)
    people = {person_id: naming.plain(person_id) for person_id in names}
    about = ties.named(unit, events, rule.hidden)
    return tuple(sittings(events, naming.of, audience, about)), older, people


def _fill(unit: Unit, chain: Chain, asked: Asked, rule: _Rule) -> list[Seen]:
    """One event more than a page, of those that the reader may know of."""
    before = cursors.read(unit.keyring, chain, asked.cursor)
    found: list[Seen] = []
    while True:
        fetched = of_chain(
            unit,
            chain,
            before=before,
            limit=SIZE + 1,
            actor=str(asked.person) if asked.person else None,
            codes=KINDS.get(asked.kind),
            since=_start(asked.since),
            until=_start(asked.until + timedelta(days=1)) if asked.until else None,
            only=rule.only,
        )
        found += [seen for seen in fetched if rule.tells(seen)]
        if len(found) > SIZE or len(fetched) <= SIZE:
            return found
        before = fetched[-1].seq


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, tzinfo=LONDON) if day else None


@dataclass(frozen=True, slots=True)
class _Naming:
    """People as this reader meets them: by name and role, a family's others by what they are."""

    me: UUID | None
    names: dict[UUID, Named]
    audience: Audience

    def of(self, seen: Seen) -> str:
        person_id = seen.actor_id
        if person_id is None:
            return "The service itself" if seen.actor.startswith("system:") else "Somebody not signed in"
        if person_id == self.me:
            return "You"
        named = self.names.get(person_id)
        if named is None:
            return "Somebody in the family" if seen.role in FAMILY else directory.NOBODY
        role = words(seen.role) if seen.role else named.role_words
        return f"{named.full} ({role})" if role else named.full

    def plain(self, person_id: UUID) -> str:
        return "You" if person_id == self.me else self.names[person_id].with_role
