"""Lists over many plans: the tracker of reviews, and the board of those who change phase.

A school sees the plans of the pupils on its roll, by name. An authority sees all of its plans by reference;
the children whose cases somebody has are named to her and open. A page takes a bounded number of statements,
however many plans there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select

from isp.access import gate
from isp.access.listing import grounds_of, record_list
from isp.access.models import Tie
from isp.access.policy import OrganisationPermission, Permission
from isp.access.standing import SCHOOL, live
from isp.audit import Unit
from isp.audit.unit import Denial
from isp.ehcp.models import AnnualReview, PlanSetting, StatutoryPlan
from isp.escalations import upkeep_clock as clock
from isp.escalations.duty import ON_OUR_SIDE, PLAN, REVIEW
from isp.escalations.keeping import DUTIES
from isp.escalations.queries import organisation_names
from isp.escalations.upkeep.rules import IN_FORCE
from isp.escalations.upkeep_clock import AMENDING, DUE, HELD, INVITED, REPORTED, UNDER_WAY, Next
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.people.models import Organisation
from isp.register import pupils
from isp.register.models import Pupil
from isp.register.pupils import PupilName

PLANS, REVIEWS, SETTINGS = table_of(StatutoryPlan), table_of(AnnualReview), table_of(PlanSetting)
PUPILS, ORGANISATIONS = table_of(Pupil), table_of(Organisation)
FILTERS: Mapping[str, str] = {
    "all": "Every plan",
    "term": "Due in the next 12 weeks",
    "late": "Late",
    "unplanned": "No meeting planned",
    INVITED: "Meeting planned",
    HELD: "Meeting held, no report yet",
    REPORTED: "To be decided",
    AMENDING: "Being amended",
}
SOON = timedelta(weeks=12)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody looks from: an authority or a school, and the role that lets her."""

    id: UUID
    kind: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """A plan in the tracker. ``name`` None: not to be named to this reader, and does not open."""

    plan: Any
    review: Any | None
    next: Next | None
    name: PupilName | None
    school: str | None


def places(unit: Unit) -> list[Place]:
    """The authorities and schools whose reviews the actor may list. NotFound where there is none."""
    wanted = OrganisationPermission.EHC_REVIEWS_READ
    found = gate.organisations_where(unit, wanted)
    if not found:
        raise NotFound(gate.NO_PAGE, denial=Denial(wanted.value, "no-standing"))
    query = select(ORGANISATIONS.c.id, ORGANISATIONS.c.kind, ORGANISATIONS.c.name)
    rows = unit.connection.execute(query.where(ORGANISATIONS.c.id.in_(sorted(found)))).all()
    return [
        Place(row.id, row.kind, row.name, gate.require_in_organisation(unit, wanted, row.id).standing)
        for row in sorted(rows, key=lambda one: (one.kind, one.name))
    ]


def place_of(unit: Unit, wanted: UUID | None) -> tuple[Place, list[Place]]:
    """The place asked for among the actor's own, else the first; and all of them."""
    found = places(unit)
    return next((one for one in found if one.id == wanted), found[0]), found


def _of_place(unit: Unit, place: Place) -> ColumnElement[bool]:
    p = PLANS.c
    if place.kind == "authority":
        return p.authority_id == place.id
    return on_roll(unit, p.pupil_id, place.id)


def on_roll(unit: Unit, pupil_id: ColumnElement[UUID], school_id: UUID) -> ColumnElement[bool]:
    """Whether the pupil that a column names is on a school's roll today."""
    here = select(Tie.pupil_id).where(
        Tie.kind == SCHOOL, Tie.organisation_id == school_id, live(Tie, unit.today)
    )
    return pupil_id.in_(here)


def _is_late(place: Place, today: date) -> ColumnElement[bool]:
    """What is past its day: the year, or what is due of the plan and its review (``case_duty``)."""
    r, p, d = REVIEWS.c, PLANS.c, DUTIES.c
    late = select(d.subject_id).where(
        d.subject.in_((PLAN, REVIEW)), d.turn.in_(sorted(ON_OUR_SIDE)), d.due_on < today
    )
    if place.kind == "authority":
        late = late.where(d.authority_id == place.id)
    return or_(
        and_(p.review_due_on < today, or_(r.state.is_(None), r.state != AMENDING)),
        p.id.in_(late),
        r.id.in_(late),
    )


def _filtered(show: str, place: Place, today: date) -> ColumnElement[bool] | None:
    r, p = REVIEWS.c, PLANS.c
    if show == "late":
        return _is_late(place, today)
    if show == "term":
        return p.review_due_on <= today + SOON
    if show == "unplanned":
        return or_(r.state.is_(None), r.state == DUE)
    if show in (INVITED, HELD, REPORTED, AMENDING):
        return r.state == show
    return None


def _tracked(unit: Unit, place: Place) -> Select[Any]:
    r, p = REVIEWS.c, PLANS.c
    under_way = and_(r.plan_id == p.id, r.state.in_(sorted(UNDER_WAY)))
    return (
        select(p.id, r.id.label("review_id"), _day().label("day"))
        .select_from(PLANS.join(REVIEWS, under_way, isouter=True))
        .where(_of_place(unit, place), p.state.in_(sorted(IN_FORCE)))
    )


def _day() -> ColumnElement[date]:
    """A plan without a date of review stands first: somebody must give it one."""
    return func.coalesce(PLANS.c.review_due_on, date(1900, 1, 1))


def tracker(
    unit: Unit,
    place: Place,
    *,
    show: str = "all",
    school_id: UUID | None = None,
    before: tuple[date, UUID] | None = None,
    after: tuple[date, UUID] | None = None,
    limit: int = 50,
) -> list[Tracked]:
    """The plans in force of a place by the day their review is due, the earliest first; one list event.

    ``show``: a key of FILTERS. ``school_id``: of an authority's plans, those of pupils on a school's roll.
    ``after``: what follows this place in the order; ``before``: what lies before it, the nearest first.
    """
    query = _tracked(unit, place)
    condition = _filtered(show, place, unit.today)
    if condition is not None:
        query = query.where(condition)
    if school_id is not None and place.kind == "authority":
        query = query.where(_of_place(unit, Place(school_id, "school", "", "")))
    day, plan_id = _day(), PLANS.c.id
    if after is not None:
        query = query.where(or_(day > after[0], and_(day == after[0], plan_id > after[1])))
    if before is not None:
        query = query.where(or_(day < before[0], and_(day == before[0], plan_id < before[1])))
    order = (day.desc(), plan_id.desc()) if before is not None else (day, plan_id)
    rows = unit.connection.execute(query.order_by(*order).limit(limit)).all()
    return _rows(unit, [(row.id, row.review_id) for row in rows])


def _rows(unit: Unit, found: list[tuple[UUID, UUID | None]]) -> list[Tracked]:
    plan_rows = _by_id(unit, PLANS, (one for one, _ in found))
    review_rows = _by_id(unit, REVIEWS, (one for _, one in found if one is not None))
    pupil_ids = {row.pupil_id for row in plan_rows.values()}
    schools = _schools(unit, pupil_ids)
    named = pupils.names(unit, _own(unit, pupil_ids))
    names = organisation_names(unit, set(schools.values()))
    listed = []
    for plan_id, review_id in found:
        plan, review = plan_rows[plan_id], review_rows.get(review_id) if review_id else None
        school_id = schools.get(plan.pupil_id)
        following = None
        if review is not None:
            following = clock.next_of(review, plan, at_school=school_id is not None, today=unit.today)
        listed.append(
            Tracked(
                plan, review, following, named.get(plan.pupil_id), names.get(school_id) if school_id else None
            )
        )
    return listed


def record_tracker(unit: Unit, place: Place, which: str, listed: Iterable[Tracked | Mover]) -> None:
    """Remember the page of the list that was shown."""
    ids = [one.plan.pupil_id for one in listed]
    record_list(unit, which, ids, grounds_of(place.role, place.id, Permission.EHC_REVIEW_READ))


def _by_id(unit: Unit, table: Any, ids: Iterable[UUID]) -> dict[UUID, Any]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {row.id: row for row in unit.connection.execute(select(table).where(table.c.id.in_(wanted)))}


def _schools(unit: Unit, pupil_ids: Collection[UUID]) -> dict[UUID, UUID]:
    query = select(Tie.pupil_id, Tie.organisation_id).where(
        Tie.pupil_id.in_(sorted(pupil_ids)), Tie.kind == SCHOOL, live(Tie, unit.today)
    )
    return {row.pupil_id: row.organisation_id for row in unit.connection.execute(query)}


def _own(unit: Unit, pupil_ids: Collection[UUID]) -> set[UUID]:
    """Those of these pupils whose reviews the actor may read by a tie of her own."""
    allowed = gate.visible_pupils(unit.actor.person_id, Permission.EHC_REVIEW_READ, unit.today)
    query = select(PUPILS.c.id).where(PUPILS.c.id.in_(sorted(pupil_ids)), PUPILS.c.id.in_(allowed))
    return set(unit.connection.scalars(query))


def counts(unit: Unit, place: Place) -> dict[str, int]:
    """How many plans each filter shows: one statement."""
    r, p = REVIEWS.c, PLANS.c
    under_way = and_(r.plan_id == p.id, r.state.in_(sorted(UNDER_WAY)))
    columns = []
    for show in FILTERS:
        condition = _filtered(show, place, unit.today)
        counted = case((condition, 1)) if condition is not None else p.id
        columns.append(func.count(counted).label(show))
    query = (
        select(*columns)
        .select_from(PLANS.join(REVIEWS, under_way, isouter=True))
        .where(_of_place(unit, place), p.state.in_(sorted(IN_FORCE)))
    )
    row = unit.connection.execute(query).one()
    return {show: getattr(row, show) for show in FILTERS}


# -- changes of phase --------------------------------------------------------------------------------------

STAGES: Mapping[str, str] = {
    "all": "Everybody",
    "not_reviewed": "Not reviewed yet",
    "not_amended": "Reviewed, not amended yet",
    "not_named": "No setting named yet",
    "done": "Amended, with the next setting named",
}


@dataclass(frozen=True, slots=True)
class Mover:
    """A plan on the board of those who change phase."""

    plan: Any
    name: PupilName | None
    school: str | None
    reviewed_on: date | None
    amended_on: date | None
    named: bool


def _cohort(unit: Unit, place: Place, kind: str, year: int) -> ColumnElement[bool]:
    """Those whom an officer put into it, and those whose year group says so where she said nothing."""
    p = PLANS.c
    groups = clock.years_ending(kind, year, unit.today)
    set_so = and_(p.phase_transfer == kind, p.phase_transfer_year == year)
    # What was set for a year that is over says nothing of the years to come.
    silent = or_(p.phase_transfer_year.is_(None), p.phase_transfer_year < unit.today.year)
    by_year = and_(silent, PUPILS.c.year_group.in_(groups)) if groups else false()
    return and_(_of_place(unit, place), p.state.in_(sorted(IN_FORCE)), or_(set_so, by_year))


def _reviewed(year: int) -> Any:
    """The newest decision of a review in the school year before the move."""
    r = REVIEWS.alias("reviewed").c
    begins = date(year - 1, clock.SEPTEMBER, 1)
    return (
        select(func.max(r.decided_on))
        .where(r.plan_id == PLANS.c.id, r.decided_on >= begins)
        .scalar_subquery()
    )


def _amended(year: int) -> Any:
    r = REVIEWS.alias("amended").c
    begins = date(year - 1, clock.SEPTEMBER, 1)
    return (
        select(func.max(r.final_on))
        .where(r.plan_id == PLANS.c.id, r.final_on >= begins, r.amended.is_(True))
        .scalar_subquery()
    )


def _named(year: int) -> ColumnElement[bool]:
    """A setting is named from the summer of the move on, and it is the one that the plan names still."""
    s = SETTINGS.c
    return exists(
        select(s.id).where(
            s.plan_id == PLANS.c.id,
            s.named.is_(True),
            s.entered_on >= date(year, 6, 1),
            s.left_on.is_(None),
        )
    )


def _at_stage(stage: str, year: int) -> ColumnElement[bool] | None:
    if stage == "not_reviewed":
        never: ColumnElement[bool] = _reviewed(year).is_(None)
        return never
    if stage == "not_amended":
        return and_(_reviewed(year).is_not(None), _amended(year).is_(None))
    if stage == "not_named":
        return ~_named(year)
    if stage == "done":
        return and_(_amended(year).is_not(None), _named(year))
    return None


def phase_board(
    unit: Unit,
    place: Place,
    *,
    kind: str,
    year: int,
    stage: str = "all",
    before: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> list[Mover]:
    """Those who change phase in a year, and how far their plans are."""
    p = PLANS.c
    query = (
        select(
            p.id,
            _reviewed(year).label("reviewed_on"),
            _amended(year).label("amended_on"),
            _named(year).label("named"),
        )
        .select_from(PLANS.join(PUPILS, PUPILS.c.id == p.pupil_id))
        .where(_cohort(unit, place, kind, year))
    )
    condition = _at_stage(stage, year)
    if condition is not None:
        query = query.where(condition)
    if after is not None:
        query = query.where(p.id > after)
    if before is not None:
        query = query.where(p.id < before)
    rows = unit.connection.execute(
        query.order_by(p.id.desc() if before is not None else p.id).limit(limit)
    ).all()
    plans = {one.plan.id: one for one in _rows(unit, [(row.id, None) for row in rows])}
    return [
        Mover(
            plans[row.id].plan,
            plans[row.id].name,
            plans[row.id].school,
            row.reviewed_on,
            row.amended_on,
            bool(row.named),
        )
        for row in rows
    ]


def phase_counts(unit: Unit, place: Place, *, kind: str, year: int) -> dict[str, int]:
    """How many stand at each stage: one statement."""
    columns = []
    for stage in STAGES:
        condition = _at_stage(stage, year)
        counted = case((condition, 1)) if condition is not None else PLANS.c.id
        columns.append(func.count(counted).label(stage))
    query = (
        select(*columns)
        .select_from(PLANS.join(PUPILS, PUPILS.c.id == PLANS.c.pupil_id))
        .where(_cohort(unit, place, kind, year))
    )
    row = unit.connection.execute(query).one()
    return {stage: getattr(row, stage) for stage in STAGES}
