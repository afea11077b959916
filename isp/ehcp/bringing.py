"""An EHC plan that was made elsewhere comes in: its file, and entries for sections B, E and F.

It is in force from the day on it, and no rule stops it: it says what it says. The next version that is made
here is held to them. Its days are steps of their own, recorded now: issued, amended, and brought in today.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
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
from isp.ehcp.models import PlanSetting, StatutoryPlan
from isp.ehcp.rules import Sort
from isp.ehcp.steps import StepCode, Subject, note_step
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.kernel.ids import new_id
from isp.people import organisations
from isp.people.models import Organisation
from isp.records import order
from isp.records.shape import Content, Item
from isp.register import roll

VERSIONS = table_of(DocumentVersion)
LABELS = ("S0", "S1")
HAS_PLAN = "There is an EHC plan for this child already. Open it instead of bringing another in."
_URN = re.compile(r"[1-9]\d{5}", re.ASCII)
ORGANISATIONS = table_of(Organisation)
_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ23456789"
_TEXT = {"b": "need", "e": "statement", "f": "what"}
BROUGHT_IN: list[Callable[[Unit, Decision, UUID], None]] = []
"""What higher rooms do about a plan that came in: called with its id, within the deed."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What is said of a plan that comes in; each text holds an entry between empty lines.

    ``from_authority``: three digits, and ``transferred_on`` since when the plan is this authority's, where
    another had it. ``how``: where it comes from. ``urn``: of the school that section I names.
    """

    made_on: date
    first_made_on: date | None
    last_review_on: date | None
    from_authority: str
    needs: str
    outcomes: str
    provision: str
    label: str
    transferred_on: date | None = None
    how: str = ""
    urn: str = ""


def may_bring_in(unit: Unit, pupil_id: UUID) -> Decision:
    """The decision that lets an officer bring a plan in, of a child towards whom she stands already."""
    return gate.require(unit, Permission.EHCP_ISSUE, pupil_id)


def bring_in(
    unit: Unit,
    pupil_id: UUID,
    brought: Brought,
    taken: Taken,
    *,
    plan_id: UUID | None = None,
    officer_id: UUID | None = None,
) -> UUID:
    """Bring a plan in: its row, in force; its content as the first version; its file. Gives the plan's id.

    Conflict where the child has a plan that was not ended. The file is read by the authority that brought it
    in, and by those at school and at home whom its label lets. ``plan_id``: of one through which the
    authority sees the child already; ``officer_id``: who has it, if not whoever brings it in.
    """
    decision = may_bring_in(unit, pupil_id)
    roll.hold_pupil(unit, pupil_id)
    person_id, authority_id = unit.actor.person_id, decision.organisation_id
    if person_id is None or authority_id is None:
        raise NotAllowed
    if queries.plan_of(unit, pupil_id) is not None:
        raise Conflict(HAS_PLAN)
    check(brought, unit.today, own_code(unit, authority_id))
    content = _content(brought)
    plan_id = plan_id or new_id()
    first = brought.first_made_on or brought.made_on
    unit.insert(
        StatutoryPlan,
        id=plan_id,
        reference=reference(unit),
        pupil_id=pupil_id,
        authority_id=authority_id,
        record_id=None,
        officer_id=officer_id or person_id,
        origin="transferred" if brought.from_authority else "elsewhere",
        from_authority=brought.from_authority or None,
        transferred_on=brought.transferred_on,
        state="in_force",
        draft_sent_on=None,
        first_made_on=first,
        made_on=brought.made_on,
        last_review_on=brought.last_review_on,
        # Those who keep the dates of the law say it, once it is in.
        review_due_on=None,
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
        excused=None,
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
    _grant(unit, decision, pupil_id, plan_id, documents.file_for(unit, decision, filing, taken))
    if brought.urn:
        _name(unit, pupil_id, plan_id, brought)
    _note(unit, pupil_id, authority_id, plan_id, brought, person_id)
    for follow in BROUGHT_IN:
        follow(unit, decision, plan_id)
    unit.record(
        decision,
        Event.EHCP_BROUGHT_IN,
        Chain.pupil(pupil_id),
        obj=("ehcp", plan_id),
        made_on=brought.made_on.isoformat(),
        authority=brought.from_authority or None,
    )
    return plan_id


def _note(unit: Unit, pupil_id: UUID, authority_id: UUID, plan_id: UUID, brought: Brought, by: UUID) -> None:
    """What happened to the plan before, on its own days, and that it was brought in today."""
    first = brought.first_made_on or brought.made_on
    steps = [(StepCode.FINAL_ISSUED, first)]
    if brought.made_on > first:
        steps.append((StepCode.AMENDED, brought.made_on))
    said = {"said": brought.how.strip()} if brought.how.strip() else None
    for code, on in (*steps, (StepCode.PLAN_ENTERED, unit.today)):
        words = said if code is StepCode.PLAN_ENTERED else None
        note_step(unit, pupil_id, authority_id, Subject.PLAN, plan_id, code, on, by=by, words=words)


def _name(unit: Unit, pupil_id: UUID, plan_id: UUID, brought: Brought) -> None:
    """The school that section I names; where it is on this service, that school."""
    o = ORGANISATIONS.c
    here = select(o.id).where(o.urn == brought.urn, o.kind == organisations.SCHOOL)
    unit.insert(
        PlanSetting,
        id=new_id(),
        plan_id=plan_id,
        pupil_id=pupil_id,
        named=True,
        rank=1,
        school_id=unit.connection.scalar(here),
        urn=brought.urn,
        ukprn=None,
        code=None,
        entered_on=brought.made_on,
        left_on=None,
        sen_unit=False,
        resourced=False,
        residential=None,
        work_based=None,
        sealed=None,
        recorded_at=unit.now,
    )


def own_code(unit: Unit, authority_id: UUID) -> str | None:
    """The three digits of an authority here."""
    return unit.connection.scalar(select(ORGANISATIONS.c.la_code).where(ORGANISATIONS.c.id == authority_id))


def reference(unit: Unit) -> str:
    """A new plan's reference, which says nothing of anybody."""
    taken = table_of(StatutoryPlan).c.reference
    while True:
        found = f"P-{unit.today.year}-{''.join(secrets.choice(_LETTERS) for _ in range(6))}"
        if unit.connection.scalar(select(taken).where(taken == found)) is None:
            return found


def check(brought: Brought, today: date, own: str | None) -> None:
    """Raise Invalid with everything that is wrong with it. ``own``: the authority's three digits."""
    rules.check_day(brought.made_on, today, "made_on")
    errors = {}
    first = brought.first_made_on or brought.made_on
    if first > brought.made_on:
        errors["first_made_on"] = "The first plan cannot be later than this one. Check the two dates."
    elif brought.first_made_on is not None:
        rules.check_day(first, today, "first_made_on")
    if brought.last_review_on and brought.last_review_on > today:
        errors["last_review_on"] = "This is a day to come. Give the day on which it happened."
    elif brought.last_review_on and brought.last_review_on < first:
        errors["last_review_on"] = "A review is not before the plan was made. Check the two dates."
    errors |= _check_transfer(brought, first, today, own)
    if brought.urn and not _URN.fullmatch(brought.urn):
        errors["urn"] = "A URN has six figures and does not begin with 0."
    if brought.label not in LABELS:
        errors["label"] = "Choose one of the answers."
    if not (brought.needs.strip() and brought.provision.strip()):
        where = "needs" if not brought.needs.strip() else "provision"
        errors[where] = "Type or paste what this section says: the school works by it."
    if errors:
        raise Invalid(rules.ATTENTION, errors)


def _check_transfer(brought: Brought, first: date, today: date, own: str | None) -> dict[str, str]:
    """That what is said of another authority holds together."""
    came, code = brought.transferred_on, brought.from_authority
    if not code:
        said = "Give the number of the authority that had the plan, or leave this empty."
        return {"from_authority": said} if came is not None else {}
    if code == own:
        return {"from_authority": "This is your own authority. Leave it empty, and the day as well."}
    if code not in organisations.known_authorities():
        return {"from_authority": "No authority in England has this number. Check the three figures."}
    if came is None:
        return {"transferred_on": "Give the day on which the plan became your authority’s."}
    if came > today:
        return {"transferred_on": "This is a day to come. Give the day on which it happened."}
    if came < first:
        return {"transferred_on": "A plan is not transferred before it was made. Check the two dates."}
    return {}


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


def _grant(unit: Unit, decision: Decision, pupil_id: UUID, plan_id: UUID, document_id: UUID) -> None:
    """The authority reads the file that it brought in, through the plan and each case that it sees by now."""
    query = select(VERSIONS.c.id, VERSIONS.c.digest).where(VERSIONS.c.document_id == document_id)
    given: dict[UUID, Any] = {row.id: row.digest for row in unit.connection.execute(query)}
    for source in sorted({plan_id, *(decision.sources or ())}):
        grants.grant(unit, pupil_id, source, given, grants.DOCUMENT)


__all__ = ["BROUGHT_IN", "Brought", "bring_in", "check", "may_bring_in", "own_code", "reference"]
