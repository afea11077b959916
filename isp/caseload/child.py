"""A child's page for the family: the plan in plain order, what is new, what comes next, whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from isp.access import gate
from isp.access.gate import NO_PAGE, Decision
from isp.access.policy import DIGEST, Permission, Standing
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.caseload import onlookers
from isp.caseload.onlookers import Onlooker, TermOfLooks
from isp.caseload.overview import next_review_on
from isp.caseload.positions import family_of
from isp.documents import queries as documents
from isp.ehcp import queries as ehcp
from isp.escalations.assessments import of_requests, standpoint_of
from isp.escalations.queries import requests_about
from isp.escalations.stages import OVER
from isp.kernel.errors import Gone, NotFound
from isp.people import directory
from isp.plans import queries
from isp.plans.queries import Reading
from isp.plans.sentences import Told, tell
from isp.plans.showing import Part, parts
from isp.plans.vocabulary import configuration_on
from isp.records.diff import diff
from isp.register import pupils
from isp.register.pupils import PupilName
from isp.reviews.queries import reviews_of
from isp.reviews.rules import is_under_way

_ASK = (Standing.SENCO, Standing.DEPUTY_SENCO, Standing.HEAD)


@dataclass(frozen=True, slots=True)
class News:
    """What changed since this reader last looked; ``last`` is the plan she saw then."""

    last: int | None
    told: tuple[Told, ...]

    @property
    def count(self) -> int:
        return sum(len(one.sentences) for one in self.told)


@dataclass(frozen=True, slots=True)
class ChildPage:
    """The page. ``standing`` is the family's own; ``is_me`` where the young person reads herself."""

    name: PupilName
    standing: Standing
    decision: Decision
    record: Any | None
    reading: Reading | None
    parts: tuple[Part, ...]
    news: News
    author: str
    next_review_on: date | None
    helpers: tuple[str, ...]
    """Whom to ask at the school, by name and role."""
    school: str
    only_must_know: bool
    may_see_versions: bool
    is_overdue: bool
    """Whether the day to look at the plan again has gone by."""
    papers: int | None = None
    """How many letters and reports there are to read; None where they are none of this reader's affair."""
    case: str = ""
    """Of requests for an EHC needs assessment: ``live`` where one runs, ``over`` where all are past."""
    meeting: Any | None = None
    """The meeting about the plan that is to come or being held (a review's row)."""
    reported: Any | None = None
    """The meeting that was finished last, whose report can be read."""
    ehc_plan: Any | None = None
    """The row of the EHC plan, from its drafting to its end, for those who read any of its sections."""
    to_write: UUID | None = None
    """The EHC plan that is being written, for those who say in it what they have to say."""

    @property
    def is_me(self) -> bool:
        return self.standing is Standing.YOUNG_PERSON


@dataclass(frozen=True, slots=True)
class Sight:
    """Who can see and who has looked, as far as this reader may know."""

    name: PupilName
    standing: Standing
    decision: Decision
    can_see: tuple[Onlooker, ...]
    looked: tuple[TermOfLooks, ...]

    @property
    def is_me(self) -> bool:
        return self.standing is Standing.YOUNG_PERSON


def child_page(unit: Unit, pupil_id: UUID) -> ChildPage:
    """The page for one of the child's family; the look is recorded. NotFound for anybody else."""
    rows, standing = _family(unit, pupil_id)
    decision = gate.decide(unit, Permission.PUPIL_READ, pupil_id, rows)
    reads = decision.can(Permission.PLAN_READ)
    record = next(iter(queries.plans_of(unit, pupil_id)), None)
    name = pupils.name(unit, pupil_id)
    reading, news = None, News(None, ())
    laid_out: tuple[Part, ...] = ()
    if record is not None and record.current is not None:
        permission = Permission.PLAN_READ if reads else Permission.MUST_KNOW_READ
        through = gate.decide(unit, permission, pupil_id, rows)
        # Before this look is recorded: afterwards it is the last one.
        last = queries.last_seen(unit, record.id)
        reading = queries.reading_of(unit, record, through, int(record.current))
        configuration = configuration_on(queries.stood_since(reading.version))
        laid_out = tuple(p for p in parts(reading.content, configuration, "family") if not p.is_empty)
        if last is not None and reads:
            news = _news(unit, record, through, reading, last)
        unit.record(
            through,
            Event.PLAN_VIEWED,
            Chain.pupil(pupil_id),
            obj=("record", record.id),
            version=reading.version.number,
        )
    else:
        unit.record(decision, Event.PUPIL_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
    review_on = next_review_on(reading) if reads else None
    meeting, reported = _meetings(unit, decision, record)
    if reported is not None and reading is not None and reported.closed_at >= reading.version.recorded_at:
        # What was agreed there is newer than the plan, until the next one is shared.
        review_on = reported.next_on
    asked = [one for one in onlookers.who_can_see(unit, pupil_id) if one.standing in _ASK]
    return ChildPage(
        name=name,
        standing=standing,
        decision=decision,
        record=record,
        reading=reading,
        parts=laid_out,
        news=news,
        author=directory.name(unit, reading.version.author_id).with_role if reading else "",
        next_review_on=review_on,
        is_overdue=review_on is not None and review_on < unit.today,
        helpers=tuple(f"{one.who}, {one.role}" for one in asked[:2]),
        school=asked[0].place if asked else "",
        only_must_know=not reads,
        may_see_versions=decision.can(Permission.PLAN_VERSIONS_READ),
        papers=_papers(unit, decision, pupil_id),
        meeting=meeting,
        reported=reported,
        case=_case(unit, pupil_id) if decision.can(Permission.ASSESSMENT_READ) else "",
        ehc_plan=ehcp.plan_of(unit, pupil_id) if decision.can(Permission.EHCP_READ) else None,
        to_write=_to_write(unit, pupil_id) if decision.can(Permission.EHCP_WRITE) else None,
    )


def _to_write(unit: Unit, pupil_id: UUID) -> UUID | None:
    row = ehcp.plan_of(unit, pupil_id)
    return row.id if row is not None and ehcp.is_being_written(unit, row) else None


def _meetings(unit: Unit, decision: Decision, record: Any | None) -> tuple[Any | None, Any | None]:
    """The meeting about this plan that is to come, and the one that was finished last."""
    if record is None or not decision.can(Permission.REVIEW_READ):
        return None, None
    held = [row for row in reviews_of(unit, record.pupil_id) if row.record_id == record.id]
    finished = [row for row in held if row.closed_at is not None]
    return (
        next((row for row in held if is_under_way(row)), None),
        max(finished, key=lambda row: row.closed_at, default=None),
    )


def sight(unit: Unit, pupil_id: UUID) -> Sight:
    """Who can see the record and who has looked, for one of the family; recorded as a look at History.

    To a parent or carer, nobody else of the family is named: whom the other parent is, and what she reads,
    is between her and the school. The young person is told who of the family can see.
    """
    rows, standing = _family(unit, pupil_id)
    decision = gate.decide(unit, Permission.LOOKS_READ, pupil_id, rows)
    family = onlookers.family_members(unit, pupil_id)
    everybody = onlookers.who_can_see(unit, pupil_id)
    if standing is Standing.YOUNG_PERSON:
        everybody = [one for one in everybody if one.standing is not Standing.YOUNG_PERSON]
    else:
        everybody = [one for one in everybody if one.standing not in onlookers.FAMILY]
    looked = onlookers.who_has_looked(unit, pupil_id, leave_out=family - {unit.actor.person_id})
    name = pupils.name(unit, pupil_id)
    unit.record(decision, Event.HISTORY_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
    return Sight(name, standing, decision, tuple(everybody), tuple(looked))


def _papers(unit: Unit, decision: Decision, pupil_id: UUID) -> int | None:
    if not decision.can(Permission.DOCUMENT_SEND):
        return None
    return documents.count(unit, decision, pupil_id)


def _case(unit: Unit, pupil_id: UUID) -> str:
    """Whether there is a case to ask about; an appeal that is possible still is one."""
    rows = requests_about(unit, pupil_id)
    begun = of_requests(unit, (row.id for row in rows))
    stages = [standpoint_of(row, begun.get(row.id), unit.today).stage for row in rows]
    if not stages:
        return ""
    return "over" if OVER.issuperset(stages) else "live"


def _family(unit: Unit, pupil_id: UUID) -> tuple[list[Any], Standing]:
    """The actor's standings towards her own child, or herself. Others learn nothing, staff included."""
    rows = gate.standings_towards(unit, pupil_id)
    standing = family_of(rows)
    if standing is None:
        obj = ("pupil", pupil_id)
        denial = Denial(Permission.PUPIL_READ.value, "no-standing", obj, policy=DIGEST)
        raise NotFound(NO_PAGE, denial=denial)
    return rows, standing


def _news(unit: Unit, record: Any, decision: Decision, reading: Reading, last: int) -> News:
    """What differs from the plan she saw last, in the family's words; nothing where that was taken away."""
    if last == reading.version.number:
        return News(last, ())
    try:
        before = queries.reading_of(unit, record, decision, last)
    except (Gone, NotFound):
        return News(None, ())
    configuration = configuration_on(queries.stood_since(reading.version))
    difference = diff(before.content, reading.content)
    return News(last, tuple(tell(difference, before.content, reading.content, configuration, "family")))
