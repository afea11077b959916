"""Reading what becomes of one plan: its reviews, what is owed about it, its end and its moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.ehcp.steps import Happened, steps_of
from isp.escalations import ages, deadlines, naming, parties
from isp.escalations import course as courses
from isp.escalations import upkeep_clock as clock
from isp.escalations.deadlines import Act, Due
from isp.escalations.queries import circumstances, organisation_names, side_of
from isp.escalations.rules import reads_reasons
from isp.escalations.upkeep import (
    ceasing,
    ceasing_rules,
    doors,
    excusing,
    moving,
    orders,
    plainly,
    reassessing,
    transferring,
)
from isp.escalations.upkeep_clock import Next
from isp.register import pupils
from isp.register.pupils import PupilName

_MOST = 60
"""Reviews of one plan: one a year, and some."""


@dataclass(frozen=True, slots=True)
class Told:
    """A review with its words, and what is to be done next about it."""

    row: Any
    words: Mapping[str, Any]
    next: Next


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the plan, what it is called, and what kind of place it is."""

    row: Any
    words: str
    place: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A plan in force as one reader may see it."""

    plan: Any
    decision: Decision
    side: str
    pupil: PupilName
    authority: str
    school: str | None
    due: Due | None
    suggested: Due | None
    kept_until: Due | None
    """Where its end by age is near, or considered: the last day to which it can be kept (section 46)."""
    phase: tuple[str, int] | None
    """The change of phase: as the officer set it, else by the year group."""
    phase_due: Due | None
    now: Told | None
    """The review under way."""
    past: tuple[Told, ...]
    ending: Any | None
    ending_words: Mapping[str, Any]
    asked: Any | None
    """The request for a re-assessment that waits for its answer."""
    asked_words: Mapping[str, Any]
    asked_due: Due | None
    move: Any | None
    college: Any | None
    """The move to another college that the plan is still to name."""
    college_words: Mapping[str, Any]
    health: Any | None
    """The change of the health body of which the new one is still to be told."""
    health_words: Mapping[str, Any]
    to_tell: Any | None
    """The move by which the plan came, while the family has not been told of it."""
    to_tell_due: Due | None
    duties: tuple[tuple[Any, Due], ...]
    """What was ordered and is still to be done, with its day as circumstances have moved it."""
    reassessment: Any | None
    """The re-assessment under way."""
    reassessment_due: Due | None
    told: tuple[excusing.Told, ...]
    """What excuses dates about the plan."""
    settings: tuple[Setting, ...] = ()
    """Named or placed, the newest first: for whoever keeps them, and for nobody else."""

    @property
    def named(self) -> tuple[Setting, ...]:
        """What the plan names, or is going to."""
        return tuple(one for one in self.settings if one.row.named and one.row.left_on is None)

    @property
    def placed(self) -> tuple[Setting, ...]:
        """Where the child is."""
        return tuple(one for one in self.settings if not one.row.named and one.row.left_on is None)

    @property
    def in_force(self) -> bool:
        return bool(self.plan.state in ("in_force", "ceasing"))


def read_plan(unit: Unit, plan_id: UUID) -> Standing:
    """What becomes of a plan, for somebody who may read it; the view is recorded."""
    plan, decision = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_READ)
    found = _standing(unit, plan, decision)
    obj = ("ehc_plan", plan_id)
    unit.record(decision, Event.EHC_REVIEWS_VIEWED, Chain.pupil(plan.pupil_id), obj=obj)
    return found


def plan_of(unit: Unit, pupil_id: UUID) -> Any | None:
    """The pupil's plan in force, or the newest that was; None. For those whom the gate let through."""
    p = doors.PLANS.c
    query = select(doors.PLANS).where(p.pupil_id == pupil_id, p.state.in_(("in_force", "ceasing", "ended")))
    rows = unit.connection.execute(query.order_by(p.recorded_at.desc(), p.id.desc())).all()
    return next((row for row in rows if row.state != "ended"), rows[0] if rows else None)


def plainly_of(found: Standing, today: date) -> plainly.Plainly | None:
    """What becomes of a plan, as a family reads it; None while there is nothing to say yet."""
    if not found.in_force and found.plan.state != "ended":
        return None
    at_school = found.school is not None
    now = found.now.row if found.now else None
    return plainly.of_plan(found.plan, now, today, at_school=at_school, ending=found.ending)


def _standing(unit: Unit, plan: Any, decision: Decision) -> Standing:
    reviews = _reviews(unit, plan, decision)
    under_way = [one for one in reviews if one.row.state in clock.UNDER_WAY]
    ending = ceasing.open_ceasing(unit, plan.id)
    asked = reassessing.pending(unit, plan.id)
    came = transferring.last_move(unit, plan.id)
    if came is not None and (came.told_on is not None or came.to_authority_id != plan.authority_id):
        came = None
    reassessment = excusing.reassessment_under_way(unit, plan.id)
    told = excusing.told(unit, plan.id, side_of(decision))
    holding = [one.held for one in told]
    college, health = moving.open_college_move(unit, plan.id), moving.open_change(unit, plan.id)
    pupil = pupils.name(unit, plan.pupil_id)
    now = under_way[0] if under_way else None
    school_id = now.row.school_id if now else parties.school_of(unit, plan.pupil_id)
    names = organisation_names(unit, {plan.authority_id, school_id})
    phase = clock.phase_for(plan, pupil.year_group, unit.today)
    running, side = plan.state in ("in_force", "ceasing"), side_of(decision)
    return Standing(
        plan=plan,
        decision=decision,
        side=side,
        pupil=pupil,
        authority=names.get(plan.authority_id, ""),
        school=names.get(school_id) if school_id else None,
        due=clock.review_due(plan) if running else None,
        suggested=clock.suggested(plan, pupil.born_on) if running else None,
        kept_until=_kept_until(ending, pupil.born_on, unit.today) if running else None,
        phase=phase if running else None,
        phase_due=clock.phase_due(*phase) if running and phase else None,
        now=now,
        past=tuple(one for one in reviews if one.row.state not in clock.UNDER_WAY),
        ending=ending,
        ending_words=_ending_words(unit, ending, side) if ending is not None else {},
        asked=asked,
        asked_words=_asked_words(unit, asked, side) if asked is not None else {},
        asked_due=deadlines.due(Act.REASSESS, asked.received_on) if asked is not None else None,
        move=transferring.open_move(unit, plan.id),
        college=college,
        college_words=doors.words_of(unit, moving.COLLEGES.name, college) if college is not None else {},
        health=health,
        health_words=doors.words_of(unit, moving.HEALTH.name, health) if health is not None else {},
        to_tell=came,
        to_tell_due=transferring.to_tell(came) if came is not None else None,
        duties=tuple((one, orders.due_of(one, holding)) for one in orders.owed(unit, plan.id)),
        reassessment=reassessment,
        reassessment_due=_reassessed_by(unit, reassessment),
        told=tuple(told),
        settings=_settings(unit, plan, decision),
    )


def _asked_words(unit: Unit, asked: Any, side: str) -> Mapping[str, Any]:
    """Why a re-assessment is asked for: a parent's own words are not for the other parent, nor the school."""
    if not reads_reasons(asked.source, asked.made_by, unit.actor.person_id, side):
        return {}
    return doors.words_of(unit, reassessing.TABLE, asked)


def _kept_until(ending: Any | None, born_on: date, today: date) -> Due | None:
    by_age = ending is not None and ending.reason == ceasing_rules.TOO_OLD
    return ages.kept_until(born_on) if by_age or today >= ages.year_begins(born_on) else None


def _ending_words(unit: Unit, ending: Any, side: str) -> Mapping[str, Any]:
    """What is said of the end of a plan: what the family or the school answered, to the authority alone."""
    words = doors.words_of(unit, ceasing.TABLE, ending)
    return words if side == "authority" else {key: words[key] for key in words if key not in _ANSWERS}


_ANSWERS = frozenset({"family", "school"})


def _reassessed_by(unit: Unit, row: Any | None) -> Due | None:
    """By when the next thing in a re-assessment is to be done."""
    if row is None:
        return None
    told = circumstances(unit, [row.request_id])[row.request_id]
    duty = courses.duty(courses.course_of(row), unit.today, told)
    return duty.due if duty is not None else None


def _settings(unit: Unit, plan: Any, decision: Decision) -> tuple[Setting, ...]:
    if not decision.can(Permission.EHC_REVIEW_DECIDE):
        return ()
    return tuple(
        Setting(row, naming.words_for(unit, row), naming.words_of_place(row))
        for row in naming.of_plan(unit, plan.id)
    )


def _reviews(unit: Unit, plan: Any, decision: Decision) -> list[Told]:
    r = doors.REVIEWS.c
    query = select(doors.REVIEWS).where(r.plan_id == plan.id)
    rows = unit.connection.execute(query.order_by(r.due_on.desc(), r.recorded_at.desc()).limit(_MOST)).all()
    return [told(unit, row, plan, decision) for row in rows]


def told(unit: Unit, row: Any, plan: Any, decision: Decision) -> Told:
    """A review with what it says to this reader: what the authority notes for itself stays there."""
    words = doors.words_of(unit, "annual_review", row)
    if side_of(decision) == "family":
        words = {key: value for key, value in words.items() if key in _FOR_FAMILIES}
    at_school = row.school_id is not None
    return Told(row, words, clock.next_of(row, plan, at_school=at_school, today=unit.today))


_FOR_FAMILIES = frozenset(
    {"views", "progress", "adulthood", "recommends", "report", "reasons", "changes", "not_amended", "invited"}
)


def read_review(unit: Unit, review_id: UUID) -> tuple[Told, Standing]:
    """One review with its plan, for somebody who may read it; the view is recorded."""
    row, plan, decision = doors.allowed_review(unit, review_id, Permission.EHC_REVIEW_READ)
    found = _standing(unit, plan, decision)
    obj = ("ehc_plan", plan.id)
    unit.record(decision, Event.EHC_REVIEWS_VIEWED, Chain.pupil(plan.pupil_id), obj=obj)
    return told(unit, row, plan, decision), found


def chronology(unit: Unit, plan: Any) -> list[Happened]:
    """The steps of this plan with the authority that has it, newest first, without what was said of them."""
    return steps_of(unit, plan.pupil_id, plan.authority_id, words=False)[::-1]
