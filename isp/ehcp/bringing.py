"""An EHC plan that was made elsewhere comes in: its file, and entries for sections B, E and F.

It is in force from the day on it, and no rule stops it: it says what it says. The next version that is made
here is held to them.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate, grants, ties
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.access.standing import CASE, CASELOAD
from isp.audit import Chain, Event, Unit
from isp.documents import actions as documents
from isp.documents.actions import Filing
from isp.documents.intake import Taken
from isp.documents.models import DocumentVersion
from isp.documents.rules import OLD_PLAN
from isp.ehcp import actions, queries, rules
from isp.ehcp import content as plan_content
from isp.ehcp.content import new_item
from isp.ehcp.models import StatutoryPlan
from isp.ehcp.rules import Sort
from isp.ehcp.steps import StepCode, Subject, note_step
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.kernel.ids import new_id
from isp.kernel.workdays import months_after
from isp.records import order
from isp.records.shape import Content, Item
from isp.register import roll

VERSIONS = table_of(DocumentVersion)
LABELS = ("S0", "S1")
HAS_PLAN = "There is an EHC plan for this child already. Open it instead of bringing another in."
_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ23456789"
_TEXT = {"b": "need", "e": "statement", "f": "what"}


@dataclass(frozen=True, slots=True)
class Brought:
    """What is said of a plan that comes in; each text holds an entry between empty lines."""

    made_on: date
    first_made_on: date | None
    last_review_on: date | None
    from_authority: str
    needs: str
    outcomes: str
    provision: str
    label: str


def may_bring_in(unit: Unit, pupil_id: UUID) -> Decision:
    """The decision that lets an officer bring a plan in, of a child towards whom she stands already."""
    return gate.require(unit, Permission.EHCP_ISSUE, pupil_id)


def bring_in(unit: Unit, pupil_id: UUID, brought: Brought, taken: Taken) -> UUID:
    """Bring a plan in: its row, in force; its content as the first version; its file. Gives the plan's id.

    Conflict where the child has a plan that was not ended. The file is read by the authority that brought it
    in, and by those at school and at home whom its label lets.
    """
    decision = may_bring_in(unit, pupil_id)
    roll.hold_pupil(unit, pupil_id)
    person_id, authority_id = unit.actor.person_id, decision.organisation_id
    if person_id is None or authority_id is None:
        raise NotAllowed
    if queries.plan_of(unit, pupil_id) is not None:
        raise Conflict(HAS_PLAN)
    _check(brought, unit.today)
    content = _content(brought)
    plan_id = new_id()
    first = brought.first_made_on or brought.made_on
    unit.insert(
        StatutoryPlan,
        id=plan_id,
        reference=reference(unit),
        pupil_id=pupil_id,
        authority_id=authority_id,
        record_id=None,
        officer_id=person_id,
        origin="transferred" if brought.from_authority else "elsewhere",
        from_authority=brought.from_authority or None,
        transferred_on=None,
        state="in_force",
        draft_sent_on=None,
        first_made_on=first,
        made_on=brought.made_on,
        last_review_on=brought.last_review_on,
        # Twelve months that begin with the day: the day before its return is the last.
        review_due_on=months_after(brought.last_review_on or first, 12) - timedelta(days=1),
        phase_transfer=None,
        phase_transfer_year=None,
        residential=None,
        work_based=None,
        direct_payments=None,
        cease_decided_on=None,
        ended_on=None,
        ended_reason=None,
        days_late=None,
        days_unexcused=None,
        sealed=None,
        recorded_at=unit.now,
        row_version=1,
    )
    # Her sight of the plan rests on the plan from now on, whatever becomes of the case by which she came.
    sight: dict[str, Any] = {
        "organisation_id": authority_id,
        "source_id": plan_id,
        "words": {"evidence": "EHC plan, brought in from another system"},
    }
    ties.open_tie(unit, pupil_id, CASE, unit.today, **sight)
    ties.open_tie(unit, pupil_id, CASELOAD, unit.today, person_id=person_id, **sight)
    unit.session.flush()
    actions.open_content(unit, plan_id, content)
    actions.publish(unit, plan_id, Sort.BROUGHT_IN, brought.made_on, "Brought in from another system")
    title = "EHC plan, as it was made elsewhere"
    filing = Filing(OLD_PLAN, brought.label, title, brought.made_on)
    _grant(unit, decision, pupil_id, documents.file_for(unit, decision, filing, taken))
    note_step(
        unit,
        pupil_id,
        authority_id,
        Subject.PLAN,
        plan_id,
        StepCode.PLAN_ENTERED,
        brought.made_on,
        by=person_id,
    )
    unit.record(
        decision,
        Event.EHCP_BROUGHT_IN,
        Chain.pupil(pupil_id),
        obj=("ehcp", plan_id),
        made_on=brought.made_on.isoformat(),
        authority=brought.from_authority or None,
    )
    return plan_id


def reference(unit: Unit) -> str:
    """A new plan's reference, which says nothing of anybody."""
    taken = table_of(StatutoryPlan).c.reference
    while True:
        found = f"P-{unit.today.year}-{''.join(secrets.choice(_LETTERS) for _ in range(6))}"
        if unit.connection.scalar(select(taken).where(taken == found)) is None:
            return found


def _check(brought: Brought, today: date) -> None:
    rules.check_day(brought.made_on, today, "made_on")
    errors = {}
    if brought.first_made_on and brought.first_made_on > brought.made_on:
        errors["first_made_on"] = "The first plan cannot be later than this one. Check the two dates."
    if brought.last_review_on and brought.last_review_on > today:
        errors["last_review_on"] = "This is a day to come. Give the day on which it happened."
    if brought.label not in LABELS:
        errors["label"] = "Choose one of the answers."
    if not (brought.needs.strip() and brought.provision.strip()):
        where = "needs" if not brought.needs.strip() else "provision"
        errors[where] = "Type or paste what this section says: the school works by it."
    if errors:
        raise Invalid(rules.ATTENTION, errors)


def _content(brought: Brought) -> Content:
    made = plan_content.blank()
    for section, text in (("b", brought.needs), ("e", brought.outcomes), ("f", brought.provision)):
        items = list(_entries(section, text))
        if items:
            made["sections"][section] = {**made["sections"][section], "items": items, "status": "complete"}
    return made


def _entries(section: str, text: str) -> list[Item]:
    """An entry for each stretch between empty lines; Invalid, by its box, where one is too long."""
    items: list[Item] = []
    for words in re.split(r"\n[^\S\n]*\n+", text.replace("\r\n", "\n")):
        if not words.strip():
            continue
        try:
            items.append(new_item(section, new_id(), order.at_end(items), {_TEXT[section]: words.strip()}))
        except Invalid as failure:
            box = {"b": "needs", "e": "outcomes", "f": "provision"}[section]
            said = next(iter(failure.errors.values()), failure.message)
            raise Invalid(rules.ATTENTION, {box: f"Entry {len(items) + 1}: {said}"}) from failure
    return items


def _grant(unit: Unit, decision: Decision, pupil_id: UUID, document_id: UUID) -> None:
    """The authority reads the file that it brought in, through each case that it sees the child by."""
    query = select(VERSIONS.c.id, VERSIONS.c.digest).where(VERSIONS.c.document_id == document_id)
    given: dict[UUID, Any] = {row.id: row.digest for row in unit.connection.execute(query)}
    for source in sorted(decision.sources or ()):
        grants.grant(unit, pupil_id, source, given, grants.DOCUMENT)


__all__ = ["Brought", "bring_in", "may_bring_in", "reference"]
