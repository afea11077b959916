"""The return as a stream from the record: some hundred pupils at a time, in a fixed number of
statements each.

Nothing here asks who may: jobs ask before. Every child that an authority's requests, assessments and
plans are about is looked at; whether there is anything to report of it, ``deriving`` says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import Table, or_, select, union

from isp.audit import Unit
from isp.ehcp.budgets import BUDGETS
from isp.ehcp.models import AnnualReview, PlanSetting, StatutoryPlan
from isp.escalations.models import Assessment, AssessmentRequest, Dispute
from isp.escalations.upkeep.ceasing_rules import OTHER_AUTHORITY
from isp.escalations.upkeep_models import PlanMove
from isp.exchange.deriving import Held, Subject, person_of, requests_of
from isp.exchange.models import Sen2Item
from isp.exchange.sen2.message import Person
from isp.exchange.sen2.years import Year
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.keys import KeyOf
from isp.people.models import Organisation
from isp.register import pupils

REQUESTS, ASSESSMENTS, DISPUTES = table_of(AssessmentRequest), table_of(Assessment), table_of(Dispute)
PLANS, SETTINGS, REVIEWS = table_of(StatutoryPlan), table_of(PlanSetting), table_of(AnnualReview)
ITEMS, MOVES = table_of(Sen2Item), table_of(PlanMove)
AT_ONCE = 400
EARLY_YEARS = "EYP"
"""An early years provider without a number of its own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A person of the return, whose record it is, and which rows each request of it speaks of."""

    pupil_id: UUID
    person: Person
    subjects: tuple[Subject, ...]
    row: Any
    """The pupil's row, for lists that need more than the return does."""
    held: Held


def pupils_of(unit: Unit, authority_id: UUID, year: Year) -> list[UUID]:
    """Everybody of whom there may be something to report, in the order of their ids."""
    r, a, p = REQUESTS.c, ASSESSMENTS.c, PLANS.c
    since = year.period_from
    of_requests = select(r.pupil_id).where(
        r.authority_id == authority_id,
        # A re-assessment is a case here, and no request of the return's.
        r.reassesses.is_(None),
        r.received_on <= year.period_to,
        or_(r.received_on >= since, r.decided_on.is_(None), r.decided_on >= since, r.ended_on >= since),
    )
    of_assessments = select(a.pupil_id).where(
        a.authority_id == authority_id, or_(a.outcome_on.is_(None), a.outcome_on >= since)
    )
    of_plans = select(p.pupil_id).where(
        p.authority_id == authority_id,
        p.state.in_(("in_force", "ceasing", "ended")),
        or_(p.ended_on.is_(None), p.ended_on >= since),
    )
    m = MOVES.c
    of_moves = select(m.pupil_id).where(m.from_authority_id == authority_id, m.transferred_on >= since)
    return sorted(unit.connection.scalars(union(of_requests, of_assessments, of_plans, of_moves)))


def entries(
    new_unit: Callable[[], Unit] | Unit, authority_id: UUID, year: Year, pupil_ids: Sequence[UUID]
) -> Iterator[list[Entry]]:
    """The persons of these pupils in parts. ``new_unit``: a unit, or what gives one for each part.

    A unit keeps the keys it opened: of a whole authority that would be many, so a job gives a new one.
    """
    for start in range(0, len(pupil_ids), AT_ONCE):
        unit = new_unit() if callable(new_unit) else new_unit
        yield part_of(unit, authority_id, year, pupil_ids[start : start + AT_ONCE])


def part_of(unit: Unit, authority_id: UUID, year: Year, pupil_ids: Sequence[UUID]) -> list[Entry]:
    """The persons of at most ``AT_ONCE`` pupils; whoever has nothing to report is left out."""
    rows = sorted(pupils.rows_of(unit, pupil_ids), key=lambda one: one.id)
    held = _held(unit, authority_id, pupil_ids)
    found = []
    for row in rows:
        details = pupils.open_row(unit, row)
        made = requests_of(held[row.id], details, year, unit.today)
        if made:
            requests = [one for one, _ in made]
            subjects = tuple(subject for _, subject in made)
            found.append(Entry(row.id, person_of(details, requests), subjects, row, held[row.id]))
    return found


def _held(unit: Unit, authority_id: UUID, pupil_ids: Sequence[UUID]) -> dict[UUID, Held]:
    found: dict[UUID, Held] = defaultdict(Held)
    wanted = list(pupil_ids)

    def rows(table: Table, *, of_authority: bool = True) -> Iterable[Any]:
        query = select(table).where(table.c.pupil_id.in_(wanted))
        if of_authority:
            query = query.where(table.c.authority_id == authority_id)
        return unit.connection.execute(query)

    for table, name in (
        (REQUESTS, "requests"),
        (ASSESSMENTS, "assessments"),
        (PLANS, "plans"),
        (DISPUTES, "disputes"),
        (ITEMS, "items"),
    ):
        for row in rows(table):
            getattr(found[row.pupil_id], name).append(row)
    for gone in _gone_elsewhere(unit, authority_id, wanted):
        found[gone.pupil_id].plans.append(gone)
    # Of a plan that was taken over the earlier reviews are the former authority's; they are told with it.
    for row in _of_plans(found, rows(REVIEWS, of_authority=False)):
        found[row.pupil_id].reviews.append(row)
    for row in _of_plans(found, rows(BUDGETS, of_authority=False)):
        found[row.pupil_id].budgets.append(row)
    words: dict[UUID, str] = {}
    settings = list(_of_plans(found, rows(SETTINGS, of_authority=False)))
    numbered = _numbers(unit, settings)
    for row in settings:
        held = found[row.pupil_id]
        held.settings.append(numbered.get(row.id, row))
        if row.sealed is not None:
            said = unit.keys.open(KeyOf.pupil(row.pupil_id), setting_place(row.id), row.sealed)
            if said.get("words"):
                words[row.id] = said["words"]
        held.words = words
    return found


def _numbers(unit: Unit, settings: Iterable[Any]) -> dict[UUID, Any]:
    """Settings that are schools here and stand without a number, by id, with the one the school has now.

    A college has a UKPRN and no URN; an early years provider may have neither, and a code of its own (4.7c).
    """
    bare = [one for one in settings if one.school_id and not (one.urn or one.ukprn or one.code)]
    if not bare:
        return {}
    o = table_of(Organisation).c
    query = select(o.id, o.urn, o.ukprn, o.phase).where(o.id.in_({one.school_id for one in bare}))
    schools = {row.id: row for row in unit.connection.execute(query)}
    found = {}
    for one in bare:
        school = schools[one.school_id]
        number = {"urn": school.urn} if school.urn else {"ukprn": school.ukprn}
        if not (school.urn or school.ukprn) and school.phase == "nursery":
            number = {"code": EARLY_YEARS}
        found[one.id] = SimpleNamespace(**dict(zip(one._fields, one, strict=True)) | number)
    return found


def _of_plans(found: Mapping[UUID, Held], rows: Iterable[Any]) -> Iterator[Any]:
    """Those rows whose plan is one of the authority's."""
    plans = {plan.id for held in found.values() for plan in held.plans}
    return (row for row in rows if row.plan_id in plans)


def _gone_elsewhere(unit: Unit, authority_id: UUID, pupil_ids: Sequence[UUID]) -> list[Any]:
    """Plans that this authority handed to another one on this system: for it they ended on that day.

    The row itself is the other's by now; here it stands as it was, ceased for a move (4.6: reason 5).
    """
    m = MOVES.c
    query = (
        select(PLANS, m.transferred_on.label("handed_over_on"))
        .join(MOVES, m.plan_id == PLANS.c.id)
        .where(
            PLANS.c.pupil_id.in_(pupil_ids),
            m.from_authority_id == authority_id,
            m.to_authority_id.is_not(None),
            m.transferred_on.is_not(None),
            PLANS.c.authority_id != authority_id,
        )
    )
    newest: dict[UUID, Any] = {}
    for row in unit.connection.execute(query.order_by(m.transferred_on)):
        newest[row.id] = SimpleNamespace(
            **{one.name: getattr(row, one.name) for one in PLANS.c}
            | {
                "state": "ended",
                "ended_on": row.handed_over_on,
                "ended_reason": OTHER_AUTHORITY,
                "transferred_on": None,
            }
        )
    return list(newest.values())


def setting_place(setting_id: UUID) -> Place:
    """Where the words of a setting lie."""
    return Place("plan_setting", "sealed", setting_id)
