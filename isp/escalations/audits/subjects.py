"""What a sample is drawn from, by kind of case, and what there is to look at in one: its days and its items.

A decision or an assessment is seen through its request; everything that becomes of a plan through the plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, null, select

from isp.audit import Unit
from isp.ehcp.models import AnnualReview, StatutoryPlan
from isp.escalations import queries as cases
from isp.escalations import upkeep_clock as clock
from isp.escalations.audits.content import (
    AMENDMENTS,
    ASSESSMENTS,
    CEASING,
    DECISIONS,
    FINAL_PLANS,
    REASSESSING,
    REVIEWS,
)
from isp.escalations.models import Assessment, CaseLetter, PlanCeasing, ReassessmentRequest
from isp.escalations.upkeep import ceasing_rules, doors
from isp.kernel.canonical import canonical
from isp.kernel.db import table_of
from isp.records import versions
from isp.records.models import RecordVersion
from isp.web.filters import date_words

REQUESTS, PLANS = cases.REQUESTS, table_of(StatutoryPlan)
_ASSESSMENTS, _REVIEWS = table_of(Assessment), table_of(AnnualReview)
_AGAIN, _CEASING = table_of(ReassessmentRequest), table_of(PlanCeasing)
_LETTERS, _VERSIONS = table_of(CaseLetter), table_of(RecordVersion)
_TABLES: Mapping[str, Table] = {
    REVIEWS: _REVIEWS,
    AMENDMENTS: _REVIEWS,
    REASSESSING: _AGAIN,
    CEASING: _CEASING,
}
_OUTCOMES: Mapping[str, str] = {
    "maintain": "Keep the plan as it is",
    "amend": "Amend the plan",
    "cease": "Cease the plan",
}
_AGAIN_WORDS: Mapping[str, str] = {
    "pending": "Not decided",
    "agreed": "To assess again",
    "refused": "Not to assess again",
}


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a finding can be about, as it stands: by id and digest."""

    type: str
    id: UUID
    digest: bytes
    label: str
    href: str | None = None

    @property
    def code(self) -> str:
        """How a form names it."""
        return f"{self.type}:{self.id}"


@dataclass(frozen=True, slots=True)
class Subject:
    """A case as it is laid before an auditor. ``facts``: its days and what was decided, each with a label.

    ``said``: what was written in it, under headings. ``items``: what a finding can be about, first the
    decision itself.
    """

    reference: str
    facts: tuple[tuple[str, str], ...]
    said: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]


# -- the frame ---------------------------------------------------------------------------------------------


def frame(kind: str, authority_id: UUID, first: date, last: date) -> Select[Any]:
    """The cases of a kind in these days: subject_id, pupil_id, request_id, plan_id, officer_id."""
    if kind == DECISIONS:
        return _decisions(authority_id, first, last)
    if kind == ASSESSMENTS:
        return _assessments(authority_id, first, last)
    return _of_plans(kind, authority_id, first, last)


def _decisions(authority_id: UUID, first: date, last: date) -> Select[Any]:
    r = REQUESTS.c
    return select(
        r.id.label("subject_id"),
        r.pupil_id,
        r.id.label("request_id"),
        null().label("plan_id"),
        r.officer_id,
    ).where(r.authority_id == authority_id, r.decided_on.between(first, last), r.reassesses.is_(None))


def _assessments(authority_id: UUID, first: date, last: date) -> Select[Any]:
    r, a = REQUESTS.c, _ASSESSMENTS.c
    found = select(a.id.label("subject_id"), a.pupil_id, a.request_id, null().label("plan_id"), r.officer_id)
    return found.join(REQUESTS, r.id == a.request_id).where(
        a.authority_id == authority_id,
        a.kind == "first",
        a.state.in_(("final", "no_plan")),
        a.outcome_on.between(first, last),
    )


def _of_plans(kind: str, authority_id: UUID, first: date, last: date) -> Select[Any]:
    """Of plans that are this authority's still: of one that went to another, nobody here sees anything."""
    p = PLANS.c
    if kind == FINAL_PLANS:
        # Made here: of one that was made elsewhere its making is not this authority's to answer for.
        query = select(p.id.label("subject_id")).where(
            p.origin == "here", p.first_made_on.between(first, last)
        )
    else:
        table = _TABLES[kind]
        days: Mapping[str, Any] = {
            REVIEWS: _REVIEWS.c.meeting_on,
            AMENDMENTS: _REVIEWS.c.notice_on,
            REASSESSING: _AGAIN.c.decided_on,
            CEASING: _CEASING.c.decided_on,
        }
        query = (
            select(table.c.id.label("subject_id"))
            .join(PLANS, p.id == table.c.plan_id)
            .where(table.c.authority_id == authority_id, days[kind].between(first, last))
        )
        if kind == REVIEWS:
            query = query.where(_REVIEWS.c.held.is_(True), _REVIEWS.c.kind != clock.CHANGE)
    return query.add_columns(
        p.pupil_id, null().label("request_id"), p.id.label("plan_id"), p.officer_id
    ).where(p.authority_id == authority_id)


# -- one case ----------------------------------------------------------------------------------------------


def subject_of(unit: Unit, kind: str, row: Any) -> Subject:
    """A case of the sample as it stands. ``row``: of ``audited_case``. Asks nothing: the caller has."""
    if row.plan_id is None:
        return _of_request(unit, row)
    plan = unit.connection.execute(select(PLANS).where(PLANS.c.id == row.plan_id)).one()
    if kind == FINAL_PLANS:
        return _plan(unit, plan)
    table = _TABLES[kind]
    held = unit.connection.execute(select(table).where(table.c.id == row.subject_id)).one()
    if kind in (REVIEWS, AMENDMENTS):
        return _review(unit, plan, held)
    return _again(unit, plan, held) if kind == REASSESSING else _ceasing(unit, plan, held)


def _of_request(unit: Unit, row: Any) -> Subject:
    """The decision, what was released for it; of an assessment its outcome and the plan that came of it."""
    request = unit.connection.execute(select(REQUESTS).where(REQUESTS.c.id == row.request_id)).one()
    words = cases.words_of(unit, request)
    kept = {key: words[key] for key in sorted(words) if isinstance(words[key], str | bool)}
    decision = _digest(request, ("status", "received_on", "decided_on", "days_late", "rules"), kept)
    items = [Item("decision", request.id, decision, "The decision whether to assess")]
    items += [
        Item("version", one.version_id, one.digest, f"Version {one.number} of the school’s plan", one.href)
        for one in cases.released(unit, request.id)
    ]
    facts = [
        ("Received", _day(request.received_on)),
        ("Decided", _day(request.decided_on, request.days_late)),
        ("May have special needs (a)", "Met" if words.get("limb_a") else "Not met"),
        ("May need a plan (b)", "Met" if words.get("limb_b") else "Not met"),
    ]
    if row.subject_id != request.id:
        query = select(_ASSESSMENTS).where(_ASSESSMENTS.c.id == row.subject_id)
        held = unit.connection.execute(query).one()
        outcome = _digest(held, ("state", "outcome_on", "days_late", "rules"))
        items.insert(0, Item("assessment", held.id, outcome, "What the assessment came to"))
        facts.append(
            (
                "Plan sent" if held.state == "final" else "Told of no plan",
                _day(held.outcome_on, held.days_late),
            )
        )
        if held.plan_id is not None:
            items += _versions(unit, held.plan_id, newest_only=True)
    said = (("Reasons", str(words.get("decision_reasons") or "")),)
    return Subject(request.reference, tuple(facts), said, tuple(items))


def _plan(unit: Unit, plan: Any) -> Subject:
    making = _digest(plan, ("draft_sent_on", "first_made_on", "days_late", "days_unexcused"))
    items = [
        *_versions(unit, plan.id),
        Item("making", plan.id, making, "The making of the plan: its days"),
        *_letters(unit, plan.id),
    ]
    facts = [
        ("Draft sent", _day(plan.draft_sent_on)),
        ("Plan made", _day(plan.first_made_on, plan.days_late)),
        ("As it stands, of", _day(plan.made_on)),
    ]
    return Subject(plan.reference, tuple(facts), (), tuple(items))


_OF_REVIEW = (
    "kind", "state", "due_on", "invited_on", "papers_sent_on", "meeting_on", "reported_on", "decided_on",
    "outcome", "notice_on", "final_on", "amended", "days_late", "final_days_late", "rules",
)  # fmt: skip


def _review(unit: Unit, plan: Any, held: Any) -> Subject:
    words = doors.words_of(unit, "annual_review", held)
    label = clock.KIND_WORDS[held.kind]
    items = [Item("review", held.id, _digest(held, _OF_REVIEW, words), f"{label}: its days and its decision")]
    if held.report_version_id is not None:
        items.append(Item("version", held.report_version_id, held.report_digest, "The school’s report of it"))
    items += [*_versions(unit, plan.id), *_letters(unit, held.id)]
    facts = [
        ("Sort", label),
        ("Due", _day(held.due_on)),
        ("Invitations sent", _day(held.invited_on)),
        ("Advice sent round", _day(held.papers_sent_on)),
        ("Meeting", _day(held.meeting_on)),
        ("Report sent", _day(held.reported_on)),
        ("Decided", _day(held.decided_on, held.days_late)),
        ("Decision", _OUTCOMES.get(held.outcome or "", "None yet")),
        ("Notice of amendments", _day(held.notice_on)),
    ]
    if held.notice_on is not None:
        ended = "Said not to be amended" if held.amended is False else "Amended plan sent"
        facts.append((ended, _day(held.final_on, held.final_days_late)))
    headings = {
        "progress": "Progress",
        "views": "Views",
        "report": "The report",
        "reasons": "Reasons of the decision",
        "changes": "What was to change",
        "not_amended": "Why it was not amended",
    }
    return Subject(plan.reference, tuple(facts), _said(words, headings), tuple(items))


def _again(unit: Unit, plan: Any, held: Any) -> Subject:
    words = doors.words_of(unit, "reassessment_request", held)
    facts_of_it = ("source", "received_on", "state", "decided_on", "refusal", "days_late", "rules")
    digest = _digest(held, facts_of_it, words)
    items = [
        Item("reassessment", held.id, digest, "The decision whether to assess again"),
        *_versions(unit, plan.id),
        *_letters(unit, held.id, plan.id),
    ]
    facts = [
        ("Asked", _day(held.received_on)),
        ("Decided", _day(held.decided_on, held.days_late)),
        ("Decision", _AGAIN_WORDS[held.state]),
    ]
    if held.assessment_id is not None:
        query = select(_ASSESSMENTS).where(_ASSESSMENTS.c.id == held.assessment_id)
        made = unit.connection.execute(query).first()
        if made is not None:
            outcome = _digest(made, ("state", "outcome_on", "days_late", "rules"))
            items.insert(1, Item("assessment", made.id, outcome, "What the re-assessment came to"))
            facts.append(("Ended", _day(made.outcome_on, made.days_late)))
    headings = {"reasons": "Why it was asked for", "decision_reasons": "Reasons of the decision"}
    return Subject(plan.reference, tuple(facts), _said(words, headings), tuple(items))


def _ceasing(unit: Unit, plan: Any, held: Any) -> Subject:
    words = doors.words_of(unit, "plan_ceasing", held)
    facts_of_it = (
        "state", "ground", "reason", "considering_on", "family_answered_on", "school_answered_on",
        "decided_on", "keep_until",
    )  # fmt: skip
    digest = _digest(held, facts_of_it, words)
    items = [
        Item("ceasing", held.id, digest, "The decision to cease the plan"),
        *_versions(unit, plan.id),
        *_letters(unit, held.id, plan.id),
    ]
    facts = [
        ("Ground", ceasing_rules.GROUND_WORDS[held.ground]),
        ("Why", ceasing_rules.REASONS[held.reason]),
        ("Said to be considered", _day(held.considering_on)),
        ("The family answered", _day(held.family_answered_on)),
        ("The school answered", _day(held.school_answered_on)),
        ("Decided", _day(held.decided_on)),
        ("Kept in force until", _day(held.keep_until)),
        ("Ended", _day(plan.ended_on)),
    ]
    headings = {
        "why": "Why it was considered",
        "family": "What the family said",
        "school": "What the school said",
        "reasons": "Reasons of the decision",
    }
    return Subject(plan.reference, tuple(facts), _said(words, headings), tuple(items))


def _versions(unit: Unit, plan_id: UUID, *, newest_only: bool = False) -> Iterator[Item]:
    """Every version of an EHC plan that there has been, the newest first."""
    v = _VERSIONS.c
    query = (
        select(v.id, v.number, v.digest, v.sort)
        .join(PLANS, PLANS.c.record_id == v.record_id)
        .where(PLANS.c.id == plan_id)
        .order_by(v.number.desc())
    )
    for row in unit.connection.execute(query.limit(1) if newest_only else query).all():
        at = f"/ehc-plans/{plan_id}/versions/{row.number}"
        # A draft as it was sent is the family's and the officer's: its digest stands here, not its words.
        href = at if row.sort != versions.DRAFT_SENT else None
        yield Item("ehc_plan", row.id, row.digest, f"Version {row.number} of the EHC plan", href)


def _letters(unit: Unit, *about: UUID) -> Iterator[Item]:
    """The letters about it that were served, each as it went out."""
    c = _LETTERS.c
    query = select(c.id, c.digest, c.dated_on).where(c.subject_id.in_(about), c.state == "served")
    for row in unit.connection.execute(query.order_by(c.dated_on, c.id)).all():
        yield Item("letter", row.id, row.digest, f"The letter of {date_words(row.dated_on)}")


def _said(words: Mapping[str, Any], headings: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((text, str(words[key])) for key, text in headings.items() if words.get(key))


def _day(on: date | None, late: int | None = None) -> str:
    if on is None:
        return "Not on record"
    days = f", {late} day{'' if late == 1 else 's'} after the law’s own day" if late else ""
    return f"{date_words(on)}{days}"


def _digest(row: Any, names: tuple[str, ...], words: Mapping[str, Any] | None = None) -> bytes:
    facts: dict[str, Any] = {}
    for name in names:
        value = getattr(row, name)
        facts[name] = value.isoformat() if isinstance(value, date) else value
    if words is not None:
        facts["words"] = dict(words)
    return hashlib.sha256(canonical(facts)).digest()
