"""Reading reviews: always through the gate, the report through the reader's lens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import DIGEST, GRID, Permission, Standing
from isp.access.standing import onlookers
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotAllowed, NotFound
from isp.kernel.keys import KeyOf
from isp.people import directory
from isp.plans.queries import RECORD
from isp.records import drafts, versions
from isp.records.drafts import DraftWords
from isp.records.project import project
from isp.records.shape import Content
from isp.records.versions import Version
from isp.reviews import rules
from isp.reviews.content import SHAPE
from isp.reviews.models import Review

KIND = "review"
REVIEWS = table_of(Review)
_OF_THE_LEADER = frozenset({Permission.REVIEW_PLAN, Permission.REVIEW_WRITE, Permission.REVIEW_CLOSE})
FAMILY = frozenset({Standing.PARENT, Standing.YOUNG_PERSON})
NOT_LED = "Somebody else leads this review. Whoever leads it, or the SENCO, can do this."


@dataclass(frozen=True, slots=True)
class Report:
    """A review with what its report says to this reader: the draft while it is open, the version after."""

    row: Any
    decision: Decision
    content: Content | None
    """None before the meeting is opened, and for a family until the review is closed."""
    draft: DraftWords | None
    version: Version | None


def allowed(
    unit: Unit, review_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[Any, Decision]:
    """The review's row and the decision that lets the actor do this with it.

    A review that is not there and one that is a stranger's give the same answer, after the same work.
    ``lock``: hold the row until the unit ends, so that what the rules see is what is changed.
    """
    query = select(REVIEWS).where(REVIEWS.c.id == review_id)
    row = unit.connection.execute(query.with_for_update(key_share=True) if lock else query).first()
    decision = gate.require(unit, permission, row.pupil_id if row is not None else review_id)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    if not may(unit, row, decision, permission):
        denial = Denial(permission.value, "led-by-another", ("review", review_id), policy=DIGEST)
        raise NotAllowed(NOT_LED, denial=denial)
    return row, decision


def may(unit: Unit, row: Any, decision: Decision, permission: Permission) -> bool:
    """Whether the standings of a decision let the actor do this with this review."""
    if not decision.can(permission):
        return False
    only_own = rules.leads_only_her_own(decision.standings, permission)
    return permission not in _OF_THE_LEADER or not only_own or rules.is_led_by(row, unit.actor.person_id)


def place(review_id: UUID, row_version: int) -> Place:
    """Where a review's own words lie."""
    return Place("review", "sealed", review_id, row_version)


def words_of(unit: Unit, row: Any) -> dict[str, Any]:
    """place, link."""
    held: dict[str, Any] = unit.keys.open(
        KeyOf.pupil(row.pupil_id), place(row.id, row.row_version), row.sealed
    )
    return held


def under_way(unit: Unit, record_id: UUID) -> Any | None:
    """The planned or open review of a plan; says nothing of who may see it."""
    query = select(REVIEWS).where(REVIEWS.c.record_id == record_id)
    return unit.connection.execute(query.where(REVIEWS.c.status.in_((rules.PLANNED, rules.OPEN)))).first()


def reviews_of(unit: Unit, pupil_id: UUID) -> list[Any]:
    """All the pupil's reviews, the newest first."""
    query = select(REVIEWS).where(REVIEWS.c.pupil_id == pupil_id)
    return list(unit.connection.execute(query.order_by(REVIEWS.c.made_at.desc(), REVIEWS.c.id)))


@dataclass(frozen=True, slots=True)
class LastTime:
    """What the review before was like, so that planning the next asks for nothing again."""

    led_by: UUID | None
    """Whom its report names for the next, where that is somebody who may lead; else who led it."""
    minutes: int | None
    place: str
    row: Any


def last_time(unit: Unit, record_id: UUID, able: Mapping[UUID, directory.Named]) -> LastTime | None:
    """The last review of a plan that was closed; for whoever may plan the next."""
    query = select(REVIEWS).where(REVIEWS.c.record_id == record_id, REVIEWS.c.status == rules.CLOSED)
    row = unit.connection.execute(query.order_by(REVIEWS.c.closed_at.desc()).limit(1)).first()
    if row is None:
        return None
    report = versions.read(unit, row.review_record_id, 1).content
    said = " ".join((report["sections"]["decision"]["fields"].get("next_led_by") or "").split()).casefold()
    named = [one for one, name in able.items() if said in (name.full.casefold(), name.with_role.casefold())]
    led_by = named[0] if len(named) == 1 else row.led_by
    words = words_of(unit, row)
    return LastTime(led_by if led_by in able else None, row.minutes, words.get("place", ""), row)


def next_cycle(unit: Unit, record_id: UUID) -> int:
    """The number of a plan's next cycle: one more than the reviews that were closed."""
    closed = select(func.count()).where(REVIEWS.c.record_id == record_id, REVIEWS.c.status == rules.CLOSED)
    return int(unit.connection.scalar(closed) or 0) + 1


def leaders(unit: Unit, pupil_id: UUID) -> dict[UUID, directory.Named]:
    """Who may lead this pupil's reviews: SENCOs, and whoever teaches the pupil; by name."""
    rows = onlookers(pupil_id, unit.today).subquery()
    able = sorted(one.value for one in GRID[Permission.REVIEW_CLOSE])
    found = unit.connection.scalars(select(rows.c.person_id).where(rows.c.standing.in_(able)).distinct())
    named = directory.names(unit, set(found))
    return dict(sorted(named.items(), key=lambda pair: pair[1].full.casefold()))


def record_of(unit: Unit, row: Any) -> Any:
    """The record row of a review's report. NotFound before there is one."""
    if row.review_record_id is None:
        raise NotFound(gate.NO_PAGE)
    return unit.connection.execute(select(RECORD).where(RECORD.c.id == row.review_record_id)).one()


def read_report(unit: Unit, review_id: UUID) -> Report:
    """A review for somebody who may read it; the view is recorded."""
    row, decision = allowed(unit, review_id, Permission.REVIEW_READ)
    found = report_of(unit, row, decision)
    unit.record(decision, Event.REVIEW_VIEWED, Chain.pupil(row.pupil_id), obj=("review", review_id))
    return found


def report_of(unit: Unit, row: Any, decision: Decision) -> Report:
    """The report of a review through a decision that was made; the caller records the view."""
    if row.status == rules.CLOSED:
        read = versions.read(unit, row.review_record_id, 1)
        return Report(row, decision, project(read.content, decision.lens, SHAPE), None, read.version)
    if row.status != rules.OPEN or is_family(decision):
        return Report(row, decision, None, None, None)
    draft = drafts.read(unit, row.review_record_id)
    return Report(row, decision, project(draft.content, decision.lens, SHAPE), draft, None)


def is_family(decision: Decision) -> bool:
    """Whether somebody reads as family: the report once it is finished, and not while it is written."""
    return decision.standing in FAMILY


def named(unit: Unit, people: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """People by name and role; of nobody, or nobody known, a word that says so."""
    wanted = {one for one in people if one is not None}
    found = directory.names(unit, wanted) if wanted else {}
    return {one: found[one].with_role if one in found else directory.NOBODY for one in wanted} | {
        None: "Nobody yet"
    }
