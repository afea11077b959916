"""A day of a mediation or an appeal put right, with its reason: by a further step, and what hangs on it.

By whoever records how disputes end. The day of an end that has turned the case stays: what came of it since
has days of its own, and those are put right where they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from isp.access import gate
from isp.audit import Event, Unit
from isp.audit.unit import MOVED_ON
from isp.ehcp.steps import Happened, StepCode, correct_step, steps_of
from isp.escalations import assessments, certificates, deadlines, disputes, disputing
from isp.escalations import course as courses
from isp.escalations.deadlines import Act
from isp.escalations.disputed import Disputed, disputes_about, reach
from isp.escalations.disputes import About, Kind, Result, Standing
from isp.escalations.kept import check_shown
from isp.escalations.models import Dispute
from isp.escalations.rows import change_request
from isp.escalations.trail import record
from isp.escalations.upkeep import orders
from isp.kernel.errors import Conflict, Invalid, NotFound

LOOK = "Some of this needs another look."


class Day(StrEnum):
    """A day of a dispute."""

    DECISION = "decision"
    ASKED = "asked"
    CERTIFICATE = "certificate"
    HELD = "held"
    CLOSED = "closed"
    DONE = "done"


DAY_WORDS: Mapping[Day, str] = {
    Day.DECISION: "The date on the decision",
    Day.ASKED: "It began",
    Day.CERTIFICATE: "The certificate was given",
    Day.HELD: "The mediation was held",
    Day.CLOSED: "It ended",
    Day.DONE: "What was ordered or agreed was done",
}
_COLUMNS: Mapping[Day, str] = {
    Day.DECISION: "decision_on",
    Day.ASKED: "asked_on",
    Day.CERTIFICATE: "certificate_on",
    Day.HELD: "held_on",
    Day.CLOSED: "closed_on",
    Day.DONE: "order_done_on",
}
_CODES: Mapping[Day, frozenset[StepCode]] = {
    Day.DECISION: frozenset(),
    Day.ASKED: frozenset({StepCode.MEDIATION_ASKED, StepCode.APPEAL_REGISTERED}),
    Day.CERTIFICATE: frozenset({StepCode.MEDIATION_CERTIFICATE}),
    Day.HELD: frozenset({StepCode.MEDIATION_HELD}),
    Day.CLOSED: frozenset(
        {
            StepCode.APPEAL_DISMISSED,
            StepCode.APPEAL_WITHDRAWN,
            StepCode.APPEAL_CONCEDED,
            StepCode.MEDIATION_CLOSED,
            StepCode.MEDIATION_AGREED,
            StepCode.TRIBUNAL_ORDERED,
        }
    ),
    Day.DONE: frozenset({StepCode.ORDER_DONE}),
}
_TURNS_NOTHING = frozenset({Result.DISMISSED, Result.WITHDRAWN, Result.NO_AGREEMENT, Result.OTHER_AGREEMENT})
_OF_A_COURSE = frozenset({*disputes.REOPENS, About.REASSESS})


def days_of(one: Standing) -> dict[Day, date]:
    """The days of a dispute that can be put right, as they are on record."""
    found: dict[Day, date] = {}
    for day, column in _COLUMNS.items():
        on = getattr(one, column)
        if on is not None:
            found[day] = on
    if one.about in disputes.REOPENS:
        # The case has the date of its own decision, and a deed to put it right.
        del found[Day.DECISION]
    if Day.CLOSED in found and one.about in _OF_A_COURSE and one.result not in _TURNS_NOTHING:
        del found[Day.CLOSED]
    return found


def check(one: Standing, day: Day, on: date, today: date) -> None:
    """Raise Conflict or Invalid where this cannot be the true day: to come, or out of order with others."""
    there = days_of(one)
    if day not in there:
        raise Conflict("This day is not on record, or the case has gone on from it. It stays as it is.")
    errors = {}
    if on > today:
        errors["on"] = "The day cannot be in the future."
    order = (Day.DECISION, Day.ASKED, (Day.CERTIFICATE, Day.HELD), Day.CLOSED, Day.DONE)
    place = next(
        index for index, at in enumerate(order) if at == day or (isinstance(at, tuple) and day in at)
    )
    for index, at in enumerate(order):
        for other in at if isinstance(at, tuple) else (at,):
            known = getattr(one, _COLUMNS[other])
            if known is None or errors:
                continue
            words = f"“{DAY_WORDS[other]}”, on {deadlines.words(known)}"
            if index < place and on < known:
                errors["on"] = f"The day cannot be before {words}."
            elif index > place and on > known:
                errors["on"] = f"The day cannot be after {words}."
    if errors:
        raise Invalid(LOOK, errors)


def correct(
    unit: Unit,
    case_id: UUID,
    dispute_id: UUID,
    *,
    which: str,
    on: date,
    reason: str,
    shown: int | None = None,
) -> None:
    """Give the true day, and why another was recorded. ``case_id``: of a request, or of a plan."""
    of = reach(unit, case_id, lock=True)
    dispute = next((one for one in disputes_about(unit, of) if one.id == dispute_id), None)
    if dispute is None:
        raise NotFound(gate.NO_PAGE)
    disputing.check_decides(unit, of.row, of.may)
    check_shown(dispute, shown)
    one = disputing.standings_of(unit, [dispute])[dispute_id]
    if which not in set(Day):
        raise Invalid(LOOK, {"which": "Choose which day is wrong."})
    day = Day(which)
    check(one, day, on, unit.today)
    if not reason.strip():
        raise Invalid(LOOK, {"reason": "Say why the day is corrected."})
    before = days_of(one)[day]
    if on == before:
        raise Conflict("That is the day on record already. Nothing was changed.")
    step = _step_of(unit, of, dispute, day, before)
    by = of.may.person_id
    if step is not None and by is not None:
        correct_step(unit, step.id, on, reason, by=by)
    _move(unit, of, dispute, one, day, on)
    record(
        unit,
        of.may,
        Event.STEP_CORRECTED,
        of.id,
        of.row.pupil_id,
        of.row.authority_id,
        obj="assessment" if of.request is not None else "ehc_plan",
        payload={"dispute": str(dispute_id), "reason": reason.strip()},
        code=step.code.value if step is not None else f"dispute_{day.value}",
        **{"from": before.isoformat(), "to": on.isoformat()},
    )


def _step_of(unit: Unit, of: Disputed, dispute: Any, day: Day, before: date) -> Happened | None:
    """The step that was noted with the day; None of the date on a decision, or of a case from elsewhere."""
    about = {dispute.id, dispute.subject_id} if day is Day.DONE else {dispute.id}
    return next(
        (
            one
            for one in steps_of(unit, of.row.pupil_id, of.row.authority_id, words=False)
            if one.subject_id in about and one.code in _CODES[day] and one.on == before
        ),
        None,
    )


def _move(unit: Unit, of: Disputed, dispute: Any, one: Standing, day: Day, on: date) -> None:
    """The day on the row, and what follows from it."""
    values: dict[str, Any] = {_COLUMNS[day]: on}
    owed = orders.of_disputes(unit, [dispute.id]).get(dispute.id)
    if day is Day.DONE and owed is not None:
        orders.put_right(unit, owed, done_on=on)
        return
    if day is Day.ASKED and one.kind is Kind.APPEAL:
        values["response_due_on"] = deadlines.due(Act.RESPOND, on, version=one.rules).on
    if day is Day.CLOSED:
        if dispute.order_due_on is not None:
            values["order_due_on"] = deadlines.due(Act.AGREEMENT, on, version=one.rules).on
        if owed is not None:
            orders.put_right(unit, owed, from_on=on)
    where = {"id": dispute.id, "row_version": dispute.row_version}
    unit.change(Dispute, where, MOVED_ON, **values, row_version=dispute.row_version + 1)
    if one.kind is Kind.APPEAL and day in (Day.ASKED, Day.CLOSED):
        _in_the_case(unit, of, one, "appealed_on" if day is Day.ASKED else "appeal_closed_on", on)
    if day in (Day.CERTIFICATE, Day.DECISION) and one.certificate_on is not None:
        certificates.follow(unit, of, one.about, dispute.subject_id)


def _in_the_case(unit: Unit, of: Disputed, one: Standing, name: str, on: date) -> None:
    """The days of an appeal that the request or its assessment keeps as well."""
    moved: dict[str, Any] = {name: on}
    if one.about is About.ASSESS and of.request is not None and getattr(of.request, name) is not None:
        change_request(unit, of.request, **moved)
    elif one.about is About.ISSUE and getattr(of.assessment, name, None) is not None:
        assessments.save(unit, of.assessment, replace(courses.course_of(of.assessment), **moved))
