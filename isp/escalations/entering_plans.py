"""An EHC plan in force that was made elsewhere comes in, of a child whose case nobody here has.

The authority names the child exactly, as in a request that came by mail, and brings the plan in with its
file, its sections B, E and F and its past days. From then on it sees the child by the plan, and the plan is
one like any other: its review, its checks, the change of phase. With it comes a re-assessment that was asked
for or agreed there. Nothing of the school's record is released by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from isp.access import gate, grants, ties
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission
from isp.access.standing import CASE, CASELOAD
from isp.audit import Chain, Event, Unit
from isp.documents.intake import Taken
from isp.ehcp import bringing
from isp.ehcp import queries as ehcp
from isp.ehcp.bringing import Brought
from isp.escalations import covering, deadlines, filing, parties, queries, rules
from isp.escalations.keeping import follow
from isp.escalations.stages import OPEN
from isp.escalations.upkeep import reassessing
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.kernel.workdays import months_after
from isp.notices.actions import tell
from isp.people.roles import Role
from isp.plans import queries as plans
from isp.register.content import Details, checked
from isp.register.importing.codes import YEAR_GROUPS, nominal_year

EVIDENCE = "EHC plan brought in from another system"
HAS_PLAN = (
    "There is an EHC plan for this child on this service already, so none is brought in. Look for the child "
    "by name and date of birth to see who has the case."
)
HAS_CASE = (
    "A case of this child is open here. Whoever has it brings the plan in from there: look for the child by "
    "name and date of birth."
)
_ATTENTION = "Some of this needs another look."


class PlanWhere(StrEnum):
    """Where a plan in force stood on the other system."""

    IN_FORCE = "in_force"
    ASKED = "reassessment_asked"
    REASSESSING = "reassessing"


PLAN_WHERE_WORDS: Mapping[PlanWhere, tuple[str, str]] = {
    PlanWhere.IN_FORCE: (
        "An EHC plan is in force",
        "The plan itself comes in, with its file. Its next review follows from its days.",
    ),
    PlanWhere.ASKED: (
        "A plan is in force, and a re-assessment was asked for",
        "Whether to assess again has not been answered. The 15 days run from the day of receipt.",
    ),
    PlanWhere.REASSESSING: (
        "A plan is in force, and a re-assessment is under way",
        "It was agreed to assess again. The 14 weeks run from the day on which the family was told so.",
    ),
}


@dataclass(frozen=True, slots=True)
class Again:
    """A re-assessment that was asked for: by whom, when and why, and when it was agreed to, if it was."""

    source: str
    received_on: date | None
    reasons: str
    agreed_on: date | None = None


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """A plan as it stood. ``brought.how``: where it comes from; ``why_looked``: why the child is sought."""

    details: Details
    why_looked: str
    brought: Brought
    where: PlanWhere = PlanWhere.IN_FORCE
    again: Again | None = None


def look_up(unit: Unit, authority_id: UUID, entry: PlanEntry) -> bool:
    """Whether the child is on record by exactly these details; the look is recorded, whatever comes of it.

    Raises Invalid with everything that is wrong with what was said.
    """
    details = _checked(unit, authority_id, entry)
    return filing.look_for(unit, authority_id, details, entry.why_looked)


def enter_plan(
    unit: Unit, authority_id: UUID, entry: PlanEntry, taken: Taken, *, is_new: bool = False
) -> UUID:
    """Put a plan on record as it stands, in force, and open the authority's sight of it; the plan's id.

    ``is_new``: a child who is matched by nobody is put on record. Raises Invalid by field; Conflict where the
    child has a plan here already, or a case that is open.
    """
    decision = gate.require_in_organisation(unit, OrganisationPermission.CASES_FILE, authority_id)
    details = _checked(unit, authority_id, entry)
    brought = entry.brought
    since = brought.transferred_on or brought.first_made_on or brought.made_on
    why = "An EHC plan that was made elsewhere was brought in"
    pupil_id, was_there = filing.matched(
        unit, decision, authority_id, _with_plan(details, unit.today), since, why, is_new=is_new
    )
    if was_there:
        _check_free(unit, pupil_id)
    plan_id = new_id()
    officer_id = filing.officer_of(unit, decision, authority_id, pupil_id)
    _open_sight(unit, plan_id, pupil_id, authority_id, officer_id)
    bringing.bring_in(unit, pupil_id, brought, taken, plan_id=plan_id, officer_id=officer_id)
    if entry.again is not None and entry.again.received_on is not None:
        again = entry.again
        plan = ehcp.plan_row(unit, plan_id)
        reassessing.enter(
            unit,
            decision,
            plan,
            source=again.source,
            reasons=again.reasons,
            received_on=entry.again.received_on,
            agreed_on=again.agreed_on,
        )
    _record(unit, decision, plan_id, pupil_id, authority_id, entry)
    _tell(unit, decision, plan_id, pupil_id, authority_id, officer_id)
    return plan_id


def _checked(unit: Unit, authority_id: UUID, entry: PlanEntry) -> Details:
    """The child's details, put in order. Raises Invalid by field."""
    errors: dict[str, str] = {}
    for name, said, missing in (
        ("how", entry.brought.how, "Say where the plan comes from."),
        ("why_looked", entry.why_looked, "Say why you look for this child."),
    ):
        if not said.strip():
            errors[name] = missing
        elif len(said) > rules.LIMB_WORDS_LIMIT:
            errors[name] = f"Keep this to {rules.LIMB_WORDS_LIMIT:,} characters."
    errors |= _check_again(entry, unit.today)
    details = entry.details
    try:
        details = checked(entry.details, unit.today)
    except Invalid as refused:
        errors = {**errors, **refused.errors}
    first = entry.brought.first_made_on or entry.brought.made_on
    if not errors and first < details.born_on:
        errors["first_made_on" if entry.brought.first_made_on else "made_on"] = (
            "The plan cannot be older than the child. Check the year, and the date of birth."
        )
    elif not errors and months_after(details.born_on, rules.UNDER_AGE * 12) <= first:
        errors["born_on"] = f"EHC plans are made for children and young people under {rules.UNDER_AGE}."
    try:
        bringing.check(entry.brought, unit.today, bringing.own_code(unit, authority_id))
    except Invalid as refused:
        errors = {**refused.errors, **errors}
    if errors:
        raise Invalid(_ATTENTION, errors)
    return details


def _check_again(entry: PlanEntry, today: date) -> dict[str, str]:
    """What is wrong with the re-assessment, by field: none of its days is before its cause."""
    again, first = entry.again, entry.brought.first_made_on or entry.brought.made_on
    if entry.where is PlanWhere.IN_FORCE:
        return {} if again is None else {"": "At this stage no re-assessment was asked for. Choose it anew."}
    if again is None or again.received_on is None:
        return {"asked_on": "Enter the day on which it was asked for."}
    errors: dict[str, str] = {}
    if again.source not in reassessing.SOURCES:
        errors["source"] = "Choose who asked."
    if not again.reasons.strip():
        errors["reasons"] = "Say why a re-assessment is needed."
    elif len(again.reasons) > rules.REASONS_LIMIT:
        errors["reasons"] = f"Keep this to {rules.REASONS_LIMIT:,} characters."
    errors |= _check_order("asked_on", again.received_on, first, today, "the plan was made")
    if entry.where is PlanWhere.ASKED:
        if again.agreed_on is not None:
            errors["agreed_on"] = "At this stage this has not happened yet. Choose the stage anew."
    elif again.agreed_on is None:
        errors["agreed_on"] = "Enter the day on which the family was told that there is a re-assessment."
    else:
        errors |= _check_order("agreed_on", again.agreed_on, again.received_on, today, "it was asked for")
    return errors


def _check_order(name: str, day: date, cause: date, today: date, what: str) -> dict[str, str]:
    if day > today:
        return {name: "The day cannot be in the future."}
    if day < cause:
        return {name: f"The day cannot be before {what}, on {deadlines.words(cause)}. Check both."}
    return {}


def _with_plan(details: Details, today: date) -> Details:
    """Of a child who is put on record: that there is a plan, and the year group of that age."""
    number = nominal_year(details.born_on, today) + 4
    year = YEAR_GROUPS[number] if 0 <= number < len(YEAR_GROUPS) - 1 else None
    return replace(details, sen_status="E", year_group=details.year_group or year)


def _check_free(unit: Unit, pupil_id: UUID) -> None:
    if ehcp.plan_of(unit, pupil_id) is not None:
        raise Conflict(HAS_PLAN)
    open_now = [
        row for row in queries.requests_about(unit, pupil_id) if row.status in OPEN and row.ended_on is None
    ]
    if open_now:
        raise Conflict(HAS_CASE)


def _open_sight(
    unit: Unit, plan_id: UUID, pupil_id: UUID, authority_id: UUID, officer_id: UUID | None
) -> None:
    """The authority sees the child by the plan from today, and its officer."""
    words = {"evidence": EVIDENCE}
    common: dict[str, Any] = {"organisation_id": authority_id, "source_id": plan_id, "words": words}
    ties.open_tie(unit, pupil_id, CASE, unit.today, **common)
    if officer_id is not None:
        opened = ties.open_tie(unit, pupil_id, CASELOAD, unit.today, person_id=officer_id, **common)
        covering.cover_what_was_opened(unit, opened, words)
    unit.session.flush()


def see_by_plan(unit: Unit, _decision: Decision, plan_id: UUID) -> None:
    """Part of bringing in a plan where the child was seen by something else, which may end before it."""
    plan = ehcp.plan_row(unit, plan_id)
    if plan is not None and not grants.ties_from(unit, plan_id):
        _open_sight(unit, plan_id, plan.pupil_id, plan.authority_id, plan.officer_id)


bringing.BROUGHT_IN.append(see_by_plan)


def _record(
    unit: Unit, decision: Decision, plan_id: UUID, pupil_id: UUID, authority_id: UUID, entry: PlanEntry
) -> None:
    """On the child's chain with its past; on the authority's without a word about the child."""
    brought, again = entry.brought, entry.again
    days = {
        "first_made_on": brought.first_made_on,
        "made_on": brought.made_on,
        "last_review_on": brought.last_review_on,
        "transferred_on": brought.transferred_on,
        "asked_on": again.received_on if again else None,
        "agreed_on": again.agreed_on if again else None,
    }
    told = {name: day.isoformat() for name, day in days.items() if day is not None}
    payload = {"from": brought.how.strip(), "days": told}
    detail: dict[str, Any] = {"stage": entry.where.value, "made_on": brought.made_on.isoformat()}
    obj = ("ehc_plan", plan_id)
    unit.record(decision, Event.EHC_PLAN_ENTERED, Chain.pupil(pupil_id), obj=obj, payload=payload, **detail)
    unit.record(decision, Event.EHC_PLAN_ENTERED, Chain.organisation(authority_id), obj=obj, **detail)
    follow(unit, pupil_id, authority_id)


def _tell(
    unit: Unit,
    decision: Decision,
    plan_id: UUID,
    pupil_id: UUID,
    authority_id: UUID,
    officer_id: UUID | None,
) -> None:
    """The family and the school, who work by it from now on; the authority's managers and its officer."""
    school_id = parties.school_of(unit, pupil_id)
    told = plans.told_of(unit, pupil_id)
    told += parties.holders(unit, school_id, Role.SENCO, Role.DEPUTY_SENCO) if school_id else []
    told += parties.holders(unit, authority_id, Role.AUTHORITY_MANAGER)
    told += [officer_id] if officer_id is not None else []
    others = [one for one in told if one != decision.person_id]
    tell(unit, others, "ehc_plan_step", pupil_id, about=plan_id)
