"""What the law wants at once, or by an age, while something else is next about the same row. Pure.

Each stands in the trays beside what is next, and so has an id of its own: ``row_id``, always the same for the
same row and act.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from isp.escalations import ages, deadlines
from isp.escalations.beside import Beside
from isp.escalations.deadlines import Act
from isp.escalations.duty import (
    ADMISSION,
    AGE,
    AUTHORITY,
    DISPUTE,
    MOVE,
    NOTICE,
    PROVISION,
    SCHOOL,
    Duty,
    dated,
)
from isp.escalations.stages import PENDING
from isp.kernel.clock import civil_day

_IN_FORCE = frozenset({"in_force", "ceasing"})


def row_id(of: UUID, act: Act) -> UUID:
    """The id under which such a duty about a row is kept."""
    return uuid5(of, act.value)


def of_notice(row: Any, noticed: Collection[UUID]) -> Duty | None:
    """Of a request: the family, the health body, social care and the head are told of it (regulation 4).

    At once, and until it is decided: from then on the decision tells them.
    """
    if row.status != PENDING or row.ended_on is not None or row.reassesses is not None or row.id in noticed:
        return None
    due = deadlines.due(Act.CONSULT, row.received_on, version=row.rules)
    return Duty(
        NOTICE,
        row_id(row.id, Act.CONSULT),
        stage="to_tell",
        turn=AUTHORITY,
        case_id=row.id,
        officer_id=row.officer_id,
        reference=row.reference,
        **dated(due),
    )


def of_health(row: Any, version: str) -> Duty | None:
    """Of a mediation about health provision too: the health body is told what is to be mediated."""
    if row.kind != "mediation" or row.state != "open" or not row.health or row.health_told_on is not None:
        return None
    due = deadlines.due(Act.TELL_HEALTH, row.asked_on, version=version)
    named = row_id(row.id, Act.TELL_HEALTH)
    return Duty(DISPUTE, named, stage="mediation_health", turn=AUTHORITY, **dated(due))


def of_plans(plans: Mapping[UUID, Any], rows: Beside, today: date) -> list[tuple[Duty, Any]]:
    """What is due of the plans in force from their day on, or by age, each with its plan's row."""
    found = []
    for plan in plans.values():
        if plan.state not in _IN_FORCE:
            continue
        settings = [one for one in rows.settings if one.plan_id == plan.id]
        checks = [one for one in rows.checks if one.plan_id == plan.id]
        found += [
            (held, plan)
            for held in (
                of_admission(plan, settings),
                of_provision(plan, checks, is_owed=plan.id in rows.owed),
                of_age(plan, rows.born_on, today),
                of_closing(plan, settings, rows.closing),
                of_placing(plan, settings, rows.placed.get(plan.id)),
            )
            if held is not None
        ]
    return found


def of_admission(plan: Any, settings: Sequence[Any]) -> Duty | None:
    """Of a school that the plan names: it admits the child (section 43), from the day it is named for.

    Until the first day there is on record. Of a plan that came from elsewhere with its school nothing is
    asked: the child was there before the plan was here.
    """
    named = [
        one
        for one in settings
        if one.named and one.left_on is None and (one.school_id is not None or one.urn is not None)
    ]
    if not named:
        return None
    one = min(named, key=lambda row: (row.rank, row.recorded_at))
    start = one.entered_on or plan.made_on or plan.first_made_on
    if start is None or (plan.origin != "here" and start <= civil_day(plan.recorded_at)):
        return None
    if any(_is_there(each, one, start) for each in settings if not each.named):
        return None
    due = deadlines.due(Act.ADMIT, start)
    return Duty(ADMISSION, row_id(plan.id, Act.ADMIT), stage="to_admit", turn=SCHOOL, **dated(due))


def _is_there(placed: Any, named: Any, start: date) -> bool:
    """Whether the child has been at the setting since it is named, or has begun at another one since."""
    if placed.left_on is None and placed.entered_on is not None and placed.entered_on >= start:
        return True
    same = (placed.school_id is not None and placed.school_id == named.school_id) or (
        placed.urn is not None and placed.urn == named.urn
    )
    return same and (placed.left_on is None or placed.left_on >= start)


def of_provision(plan: Any, checks: Sequence[Any], *, is_owed: bool) -> Duty | None:
    """Of section F: it is secured from the day of the plan (section 42).

    Until somebody has looked it has the day by which that is asked; what was found wanting is late since the
    plan was made, and stands until a check finds it given.
    """
    made_on = plan.made_on or plan.first_made_on
    named = row_id(plan.id, Act.SECURE)
    if is_owed and made_on is not None:
        due = dated(deadlines.due(Act.SECURE, made_on))
        return Duty(PROVISION, named, stage="provision_owed", turn=AUTHORITY, **due)
    if not checks:
        return None
    by = {"due_on": min(one.due_on for one in checks), "act": Act.SECURE.value}
    return Duty(PROVISION, named, stage="to_secure", turn=AUTHORITY, **by)


def of_age(plan: Any, born_on: date | None, today: date) -> Duty | None:
    """Of a plan whose young person is in the academic year of the 25th birthday: it can be kept to its end.

    From the first day of that year, so that there is time for what comes first: the letter, the answers, the
    decision and the two months to appeal.
    """
    if born_on is None or plan.state != "in_force" or today < ages.year_begins(born_on):
        return None
    due = ages.kept_until(born_on)
    return Duty(AGE, row_id(plan.id, Act.AGE), stage="ends_by_age", turn=AUTHORITY, **dated(due))


def of_placing(plan: Any, settings: Sequence[Any], since: datetime | None) -> Duty | None:
    """Of a child who attends another setting since a move until the plan is amended (regulation 15(6)).

    ``since``: when that was recorded. The law names no day; it ends when the plan names a setting anew.
    """
    if since is None or any(one.named and one.recorded_at > since for one in settings):
        return None
    named = uuid5(plan.id, "placed_for_now")
    return Duty(MOVE, named, stage="placed_for_now", turn=AUTHORITY, **dated(None))


def of_closing(plan: Any, settings: Sequence[Any], closing: Mapping[UUID, date]) -> Duty | None:
    """Of a plan that names a school which closes: it names another by then, where section F is checked."""
    days = [closing[one.school_id] for one in settings if _is_named(one) and one.school_id in closing]
    if not days:
        return None
    due: dict[str, Any] = {"due_on": min(days), "act": None}
    return Duty(PROVISION, uuid5(plan.id, "closing"), stage="setting_closes", turn=AUTHORITY, **due)


def _is_named(row: Any) -> bool:
    return bool(row.named and row.left_on is None)
