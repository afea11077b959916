"""Which case an id belongs to: of a request, an assessment, an EHC plan or a review, all of one affair.

A case goes on from a request to an assessment, to a plan and to its reviews; whoever works on it reaches
what belongs to any of them (letters, diary, chronology) by the id of any of them. An earlier request of the
same child that led to nothing is another affair, and stays shut; and so does what another authority kept of
the same child before the plan was handed over (regulation 15): the plan goes, the file does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import DIGEST, GRID, Permission
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.documents import queries as documents
from isp.documents.queries import Listed as Paper
from isp.ehcp.models import AnnualReview, StatutoryPlan
from isp.escalations.models import Assessment, AssessmentRequest, Dispute
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound

REQUESTS = table_of(AssessmentRequest)
ASSESSMENTS = table_of(Assessment)
PLANS = table_of(StatutoryPlan)
REVIEWS = table_of(AnnualReview)
DISPUTES = table_of(Dispute)
_TABLES = {"request": REQUESTS, "assessment": ASSESSMENTS, "plan": PLANS, "review": REVIEWS}


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case as it was reached: ``kind`` and ``row`` are what the id names; then all that belongs to it."""

    id: UUID
    kind: str
    row: Any
    pupil_id: UUID
    authority_id: UUID
    requests: tuple[Any, ...]
    assessments: tuple[Any, ...]
    plans: tuple[Any, ...]
    reviews: tuple[Any, ...]
    disputes: tuple[Any, ...]

    @property
    def ids(self) -> frozenset[UUID]:
        """The ids of everything that belongs to it."""
        every = (*self.requests, *self.assessments, *self.plans, *self.reviews, *self.disputes)
        return frozenset({self.id, *(one.id for one in every)})

    @property
    def reference(self) -> str:
        """By which the case is known in letters: the request's, else the plan's."""
        named = [*self.requests, *self.plans]
        return str(named[0].reference) if named else ""

    @property
    def officer_id(self) -> UUID | None:
        """Who has it now: the plan's officer before the request's."""
        held = [one.officer_id for one in (*self.plans, *self.requests) if one.officer_id is not None]
        return held[0] if held else None

    @property
    def received_on(self) -> date | None:
        """The day from which the weeks of a first assessment run."""
        return self.requests[0].received_on if self.requests else None

    @property
    def school_id(self) -> UUID | None:
        """The school that asked for it, or that the newest review is held at."""
        held = [one.school_id for one in (*self.reviews, *self.requests) if one.school_id is not None]
        return held[0] if held else None

    @property
    def home(self) -> str:
        """The page of the case."""
        if self.requests:
            return f"/cases/{self.requests[0].id}"
        plan_id = self.plans[0].id if self.plans else self.id
        return f"/ehc-plans/{plan_id}"

    def of(self, kind: str) -> tuple[Any, ...]:
        """The rows of one kind, the newest first; ``dispute``: the appeals that are open."""
        return {
            "request": self.requests,
            "assessment": self.assessments,
            "plan": self.plans,
            "review": self.reviews,
            "case": self.requests or self.assessments,
            "dispute": tuple(one for one in self.disputes if one.kind == "appeal" and one.state == "open"),
        }.get(kind, ())


def allowed(
    unit: Unit, case_id: UUID, permission: Permission, *, purpose: str | None = None
) -> tuple[CaseFile, Decision]:
    """The case that an id belongs to, and the decision that lets the actor do this with it.

    An id that names nothing and one of a stranger's give the same answer, after the same work.
    """
    kind, row = _find(unit, case_id)
    decision = gate.require(unit, permission, row.pupil_id if row is not None else case_id, purpose=purpose)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    case = _gathered(unit, kind, row)
    if decision.sources is not None and not _is_tied(unit, permission, case):
        denial = Denial(permission.value, "another-case", ("pupil", row.pupil_id), policy=DIGEST)
        raise NotFound(gate.NO_PAGE, denial=denial)
    return case, decision


def _is_tied(unit: Unit, permission: Permission, case: CaseFile) -> bool:
    """Of an authority's people the tie must be this authority's, and come from this very case."""
    return any(
        row.standing in GRID[permission]
        and row.organisation_id == case.authority_id
        and row.source_id in case.ids
        for row in gate.standings_towards(unit, case.pupil_id)
    )


def record(
    unit: Unit,
    may: Decision,
    event: Event,
    case: CaseFile,
    obj: tuple[str, UUID],
    *,
    payload: dict[str, Any] | None = None,
    **detail: Any,
) -> None:
    """On the pupil's chain, with what it rests on; on the authority's without a word about the child."""
    unit.record(may, event, Chain.pupil(case.pupil_id), obj=obj, payload=payload, **detail)
    unit.record(may, event, Chain.organisation(case.authority_id), obj=obj, **detail)


def papers(unit: Unit, case: CaseFile) -> list[Paper]:
    """The documents of the child that the writer can see: what an entry is about, or proof of sending."""
    decision = gate.require(unit, Permission.DOCUMENT_READ, case.pupil_id)
    listed = documents.seen(unit, decision, case.pupil_id)
    if listed:
        documents.record_list(unit, decision, case.pupil_id, listed)
    return list(listed)


def _find(unit: Unit, case_id: UUID) -> tuple[str, Any]:
    """Of what sort an id is, and its row. All four are asked, found or not."""
    found: tuple[str, Any] = ("", None)
    for kind, table in _TABLES.items():
        row = unit.connection.execute(select(table).where(table.c.id == case_id)).first()
        if row is not None:
            found = (kind, row)
    return found


def _gathered(unit: Unit, kind: str, row: Any) -> CaseFile:
    def rows(table: Any, *ways: Any) -> tuple[Any, ...]:
        mine = (table.c.pupil_id == row.pupil_id, table.c.authority_id == row.authority_id)
        query = select(table).where(*mine, or_(*ways))
        return tuple(unit.connection.execute(query.order_by(table.c.recorded_at.desc(), table.c.id.desc())))

    a, p = ASSESSMENTS.c, PLANS.c
    plan_ids = {row.id} if kind == "plan" else {row.plan_id} if kind == "review" else set()
    ways = [a.id == row.id]
    if kind == "request":
        ways = [a.request_id == row.id]
    elif plan_ids:
        ways = [a.plan_id.in_(plan_ids)]
    assessments = rows(ASSESSMENTS, *ways)
    plan_ids |= {one.plan_id for one in assessments if one.plan_id}
    if plan_ids and kind not in ("plan", "review"):
        # A re-assessment of the plan belongs to it as well.
        assessments = rows(ASSESSMENTS, *ways, a.plan_id.in_(plan_ids))
    request_ids = {one.request_id for one in assessments if one.request_id}
    request_ids |= {row.id} if kind == "request" else set()
    requests = rows(REQUESTS, REQUESTS.c.id.in_(request_ids)) if request_ids else ()
    plans = rows(PLANS, p.id.in_(plan_ids)) if plan_ids else ()
    reviews = rows(REVIEWS, REVIEWS.c.plan_id.in_(plan_ids)) if plan_ids else ()
    about = {row.id, *(one.id for one in (*requests, *assessments, *plans, *reviews))}
    return CaseFile(
        id=row.id,
        kind=kind,
        row=row,
        pupil_id=row.pupil_id,
        authority_id=row.authority_id,
        requests=requests,
        assessments=assessments,
        plans=plans,
        reviews=reviews,
        disputes=rows(DISPUTES, DISPUTES.c.subject_id.in_(about)),
    )
