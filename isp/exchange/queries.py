"""Reading what was made and what is to be mended: for the return's pages. That names were seen is
recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from isp.access import gate
from isp.access.listing import record_list
from isp.access.policy import OrganisationPermission, Permission
from isp.audit import Chain, Event, Unit
from isp.ehcp.models import StatutoryPlan
from isp.escalations.models import AssessmentRequest
from isp.exchange.actions import DONE, FILES, IMPORT, JOBS, LOOK, allowed, of_job, writes
from isp.exchange.files import UPLOAD
from isp.exchange.making import CHECK, CHILDREN, RETURN
from isp.exchange.models import Sen2Finding
from isp.exchange.sen2.rules import BY_NUMBER, Rule
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.register import pupils
from isp.register.pupils import PupilFacts

FINDINGS = table_of(Sen2Finding)
REQUESTS, PLANS = table_of(AssessmentRequest), table_of(StatutoryPlan)
_LATELY = 12


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that the record breaks, and how many children's records do."""

    rule: Rule
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The return's page: what is to be mended, and what was asked for lately."""

    authority_id: UUID
    authority: str
    year: int
    may_make: bool
    may_take: bool
    checked_at: datetime | None
    counts: dict[str, int]
    """Of the last check or return: persons, requests, plans, active."""
    errors: tuple[Broken, ...]
    queries: tuple[Broken, ...]
    under_way: tuple[Any, ...]
    made: tuple[tuple[Any, tuple[Any, ...]], ...]
    """Returns and lists with their files, the newest first."""
    brought: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Mending:
    """A child whose record breaks a rule; ``name`` is None for somebody who does not see the child."""

    id: UUID
    pupil_id: UUID
    name: str | None
    request_id: UUID | None
    plan_id: UUID | None
    reference: str


def authority_of(unit: Unit, named: UUID | None = None) -> UUID:
    """The authority that a page is about: the one named, else the first where the actor reads the return."""
    if named is not None:
        allowed(unit, named, OrganisationPermission.SEN2_READ)
        return named
    return gate.require_somewhere(unit, OrganisationPermission.SEN2_READ)[1]


def overview(unit: Unit, authority_id: UUID, year: int, name: str) -> Overview:
    """Everything the return's page says about a year. Counts and dates; no child is named."""
    allowed(unit, authority_id, OrganisationPermission.SEN2_READ)
    f, j = FINDINGS.c, JOBS.c
    query = (
        select(f.rule, func.count(func.distinct(f.pupil_id)))
        .where(f.authority_id == authority_id, f.year == year)
        .group_by(f.rule)
    )
    broken = [
        Broken(BY_NUMBER[row[0]], row[1]) for row in unit.connection.execute(query) if row[0] in BY_NUMBER
    ]
    broken.sort(key=lambda one: (-one.count, one.rule.id))
    recent = list(
        unit.connection.execute(
            select(JOBS)
            .where(j.authority_id == authority_id, j.year.in_((year, 0)) | j.kind.in_((LOOK, IMPORT)))
            .order_by(j.asked_at.desc(), j.id.desc())
            .limit(_LATELY * 4)
        )
    )
    checked = next((one for one in recent if one.kind in (CHECK, RETURN) and one.state == DONE), None)
    made = [one for one in recent if one.kind in (RETURN, CHILDREN)][:_LATELY]
    files = _files(unit, [one.id for one in made])
    places = gate.organisations_where(unit, OrganisationPermission.SEN2_MAKE)
    return Overview(
        authority_id=authority_id,
        authority=name,
        year=year,
        may_make=authority_id in places,
        may_take=authority_id in gate.organisations_where(unit, OrganisationPermission.SEN2_TAKE),
        checked_at=checked.finished_at if checked is not None else None,
        counts=dict((checked.result or {}).get("counts", {})) if checked is not None else {},
        errors=tuple(one for one in broken if one.rule.severity == "E"),
        queries=tuple(one for one in broken if one.rule.severity == "Q"),
        under_way=tuple(one for one in recent if one.state in ("waiting", "running")),
        made=tuple((one, files.get(one.id, ())) for one in made),
        brought=tuple(one for one in recent if one.kind in (LOOK, IMPORT) and one.state != "aside")[:_LATELY],
    )


def _files(unit: Unit, job_ids: Sequence[UUID]) -> dict[UUID, tuple[Any, ...]]:
    if not job_ids:
        return {}
    f = FILES.c
    query = select(f.id, f.job_id, f.kind, f.size).where(f.job_id.in_(job_ids), f.kind != UPLOAD)
    found: dict[UUID, tuple[Any, ...]] = {}
    # "xml" before "csv": what is sent comes first.
    for row in unit.connection.execute(query.order_by(f.kind.desc())):
        found[row.job_id] = (*found.get(row.job_id, ()), row)
    return found


def job(unit: Unit, job_id: UUID) -> tuple[Any, tuple[Any, ...]]:
    """One thing that was asked for, and its files."""
    row, _ = of_job(unit, job_id, OrganisationPermission.SEN2_READ)
    return row, _files(unit, [job_id]).get(job_id, ())


def mending(
    unit: Unit,
    authority_id: UUID,
    year: int,
    rule: str,
    *,
    before: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> list[Mending]:
    """The children whose records break a rule, by id; ``after``: the nearest above, for paging back.

    Somebody who does not see a child gets the reference of the case and no name.
    """
    decision = allowed(unit, authority_id, OrganisationPermission.SEN2_READ)
    if rule not in BY_NUMBER:
        raise NotFound
    f = FINDINGS.c
    query = (
        select(FINDINGS, REQUESTS.c.reference.label("case"), PLANS.c.reference.label("plan"))
        .outerjoin(REQUESTS, REQUESTS.c.id == f.request_id)
        .outerjoin(PLANS, PLANS.c.id == f.plan_id)
        .where(f.authority_id == authority_id, f.year == year, f.rule == rule)
    )
    if before is not None:
        query = query.where(f.id > before)
    if after is not None:
        query = query.where(f.id < after)
    order = f.id.desc() if after is not None else f.id
    rows = list(unit.connection.execute(query.order_by(order).limit(limit)))
    seen = _visible(unit, [row.pupil_id for row in rows])
    named = pupils.names(unit, seen)
    record_list(unit, "sen2", seen, decision.grounds)
    return [
        Mending(
            id=row.id,
            pupil_id=row.pupil_id,
            name=named[row.pupil_id].full if row.pupil_id in named else None,
            request_id=row.request_id,
            plan_id=row.plan_id,
            reference=row.case or row.plan or "",
        )
        for row in rows
    ]


def _visible(unit: Unit, pupil_ids: Sequence[UUID]) -> set[UUID]:
    if not pupil_ids or unit.actor.person_id is None:
        return set()
    rule = gate.visible_pupils(unit.actor.person_id, Permission.SEN2_WRITE, unit.today)
    query = select(pupils.PUPILS.c.id).where(
        pupils.PUPILS.c.id.in_(sorted(set(pupil_ids))), pupils.PUPILS.c.id.in_(rule)
    )
    return set(unit.connection.scalars(query))


@dataclass(frozen=True, slots=True)
class Child:
    """What the return asks of one child: the details, what may be written of them, and what is to be
    mended.
    """

    facts: PupilFacts
    writes: tuple[str, ...]
    findings: tuple[tuple[Rule, UUID | None, UUID | None], ...]


def child(unit: Unit, pupil_id: UUID) -> Child:
    """One child for somebody who may mend what the return says of it; the view is recorded."""
    decision = gate.require(unit, Permission.SEN2_WRITE, pupil_id)
    facts = pupils.facts(unit, pupil_id)
    f = FINDINGS.c
    query = select(f.rule, f.request_id, f.plan_id).where(
        f.pupil_id == pupil_id, f.authority_id == decision.organisation_id
    )
    found = {(row.rule, row.request_id, row.plan_id) for row in unit.connection.execute(query)}
    unit.record(decision, Event.PUPIL_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
    ordered = sorted(found, key=lambda one: (one[0], str(one[1]), str(one[2])))
    return Child(
        facts=facts,
        writes=writes(unit, pupil_id),
        findings=tuple(
            (BY_NUMBER[rule], request, plan) for rule, request, plan in ordered if rule in BY_NUMBER
        ),
    )
