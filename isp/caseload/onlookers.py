"""Who can see a child's record, who has looked, and why: short, by person, role and term."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from isp.access import standing
from isp.access.models import Tie
from isp.access.policy import GRID, LENSES, Permission, Standing
from isp.access.standing import GROUP, GUARDIAN, SELF
from isp.audit import Chain, Event, Unit
from isp.audit.queries import EVENTS
from isp.kernel.clock import civil_day
from isp.people import directory
from isp.people.directory import Named
from isp.people.models import Organisation
from isp.people.roles import words
from isp.register.models import TeachingGroup

FAMILY = frozenset({Standing.PARENT, Standing.CARER, Standing.YOUNG_PERSON})
_LOOKS = tuple(sorted(event.code for event in Event if event.sort == "view"))
A_YEAR = timedelta(days=365)
MOST_LOOKS = 2000
"""Looks read for the page, newest first: many times what a year of one child's record brings."""


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Somebody who can see, and on what it rests."""

    person_id: UUID
    who: str
    standing: Standing
    place: str
    """The school or authority; "" for a family."""
    through: tuple[str, ...]
    """Classes and groups taught."""
    until: date | None
    """The last day, where it ends by itself."""

    @property
    def role(self) -> str:
        return words(self.standing)

    @property
    def reads_plan(self) -> bool:
        return self.standing in GRID[Permission.PLAN_READ]

    @property
    def reads_all(self) -> bool:
        """Whether health and clinical detail is among what this role reads."""
        return LENSES[self.standing].sections is None and len(LENSES[self.standing].labels) > 1


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody who has looked in a term, and when last."""

    who: str
    last_on: date


@dataclass(frozen=True, slots=True)
class TermOfLooks:
    """The looks of one term, the newest first."""

    term: str
    by: tuple[Looked, ...]


def who_can_see(unit: Unit, pupil_id: UUID) -> list[Onlooker]:
    """Everybody who stands towards the pupil today, one line for each person and standing.

    The caller has passed the gate, and leaves out whom the reader may not be told of.
    """
    rows = unit.connection.execute(standing.onlookers(pupil_id, unit.today)).all()
    ties = {
        row.id: row
        for row in unit.connection.execute(
            select(Tie.id, Tie.kind, Tie.valid_to, TeachingGroup.name.label("group"))
            .join(TeachingGroup, TeachingGroup.id == Tie.group_id, isouter=True)
            .where(Tie.pupil_id == pupil_id)
        )
    }
    places = _places(unit, {row.organisation_id for row in rows if row.organisation_id})
    names = directory.names(unit, {row.person_id for row in rows})
    found: dict[tuple[UUID, str], Onlooker] = {}
    for row in rows:
        tie = ties.get(row.tie_id)
        if tie is None or row.person_id not in names:
            continue
        key = (row.person_id, row.standing)
        before = found.get(key)
        through = (tie.group,) if tie.kind == GROUP and tie.group else ()
        if before is not None:
            through = tuple(dict.fromkeys((*before.through, *through)))
        found[key] = Onlooker(
            person_id=row.person_id,
            who=names[row.person_id].full,
            standing=Standing(row.standing),
            place=places.get(row.organisation_id, "") if row.organisation_id else "",
            through=through,
            until=_later(before.until if before else tie.valid_to, tie.valid_to),
        )
    order = list(Standing)
    return sorted(found.values(), key=lambda one: (order.index(one.standing), one.who))


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def _places(unit: Unit, ids: set[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(sorted(ids)))
    return {row.id: row.name for row in unit.connection.execute(query)}


def family_members(unit: Unit, pupil_id: UUID) -> frozenset[UUID]:
    """Everybody who is or was tied to the pupil as family: what they do by themselves is their own."""
    query = select(Tie.person_id).where(
        Tie.pupil_id == pupil_id, Tie.kind.in_((GUARDIAN, SELF)), Tie.person_id.is_not(None)
    )
    return frozenset(one for one in unit.connection.scalars(query) if one is not None)


def who_has_looked(unit: Unit, pupil_id: UUID, *, leave_out: Iterable[UUID] = ()) -> list[TermOfLooks]:
    """Who looked at the record in the last year, by term, each person once a term, the newest term first.

    From the trail itself. The actor's own looks are told as "You".
    """
    query = (
        select(EVENTS.c.actor, EVENTS.c.at)
        .where(
            EVENTS.c.chain_id == Chain.pupil(pupil_id).id,
            EVENTS.c.act.in_(_LOOKS),
            EVENTS.c.at >= unit.now - A_YEAR,
            EVENTS.c.actor.not_in([str(one) for one in leave_out]),
        )
        .order_by(EVENTS.c.seq.desc())
        .limit(MOST_LOOKS)
    )
    last: dict[tuple[str, str], datetime] = {}
    for row in unit.connection.execute(query):
        last.setdefault((term_of(civil_day(row.at)), row.actor), row.at)
    people = {actor: _uuid(actor) for _, actor in last}
    names = directory.names(unit, {one for one in people.values() if one})
    terms: dict[str, list[Looked]] = {}
    for (term, actor), at in last.items():
        terms.setdefault(term, []).append(Looked(_who(unit, people[actor], names), civil_day(at)))
    return [TermOfLooks(term, tuple(by)) for term, by in terms.items()]


def _who(unit: Unit, person_id: UUID | None, names: dict[UUID, Named]) -> str:
    if person_id is None:
        return "The service itself"
    if person_id == unit.actor.person_id:
        return "You"
    named = names.get(person_id)
    return named.with_role if named else directory.NOBODY


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def term_of(day: date) -> str:
    """The term a day falls in as people say it, near enough without any one school's calendar."""
    if day.month >= 9:
        return f"Autumn term {day.year}"
    return f"Spring term {day.year}" if day.month < 4 else f"Summer term {day.year}"
