"""The deeds of a review: from the list sent to a head, through its meeting and report, to the decision."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from isp.access import gate, grants
from isp.access.policy import OrganisationPermission, Permission
from isp.audit import Chain, Event, Unit
from isp.ehcp.models import AnnualReview, StatutoryPlan
from isp.ehcp.steps import StepCode, Subject
from isp.escalations import deadlines, parties
from isp.escalations import upkeep_clock as clock
from isp.escalations.deadlines import Act
from isp.escalations.models import ReviewList
from isp.escalations.upkeep import ceasing, doors, due_lists, reports, rules
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.notices.actions import tell
from isp.people.roles import Role
from isp.register import pupils

TABLE = "annual_review"


def send_list(unit: Unit, authority_id: UUID, school_id: UUID, term_from: date, term_to: date) -> UUID:
    """Send a head the list of the reviews that are due in a term, and open those that are not open yet.

    By the authority. Raises Invalid for a term that ends before it begins; Conflict where the school has the
    list of this term, or none of its plans is due in it.
    """
    may = gate.require_in_organisation(unit, OrganisationPermission.EHC_REVIEWS_SEND, authority_id)
    if not term_from <= term_to or (term_to - term_from).days > 200:
        raise Invalid(rules.LOOK, {"term_to": "A term ends after it begins, within half a year."})
    if due_lists.sent(unit, authority_id, [school_id], term_from):
        raise Conflict("This school has the list of this term already.")
    due = due_lists.due_at(unit, authority_id, school_id, term_to)
    if not due:
        raise Conflict("No review is due in this term at this school.")
    list_id = new_id()
    unit.insert(
        ReviewList,
        id=list_id,
        authority_id=authority_id,
        school_id=school_id,
        term_from=term_from,
        term_to=term_to,
        sent_on=unit.today,
        sent_by=may.person_id,
        reviews=len(due),
        recorded_at=unit.now,
    )
    for plan, review in due:
        if review is None:
            insert_review(unit, plan, clock.ANNUAL, plan.review_due_on, school_id, list_id=list_id)
        elif review.list_id is None:
            doors.change(unit, AnnualReview, review, list_id=list_id, school_id=school_id)
        detail = {"list": str(list_id), "due_on": plan.review_due_on.isoformat()}
        chain = Chain.pupil(plan.pupil_id)
        unit.record(may, Event.EHC_REVIEW_LISTED, chain, obj=("ehc_plan", plan.id), **detail)
    detail = {"list": str(list_id), "count": len(due), "from": term_from.isoformat()}
    for organisation_id in (authority_id, school_id):
        chain = Chain.organisation(organisation_id)
        unit.record(may, Event.EHC_REVIEW_LIST_SENT, chain, obj=("review_list", list_id), **detail)
    heads = parties.holders(unit, school_id, Role.HEAD, Role.SENCO, Role.DEPUTY_SENCO, Role.SEN_ADMINISTRATOR)
    tell(unit, heads, "ehc_review_list")
    return list_id


def open_review(unit: Unit, plan_id: UUID, *, kind: str = clock.ANNUAL, due_on: date | None = None) -> UUID:
    """Open a review of a plan; its id. ``due_on``: where it is to be sooner than the law has it.

    By the school or the authority. Raises Conflict where one is under way or the plan is not in force.
    """
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_WRITE, lock=True)
    rules.check_to_open(plan, doors.under_way(unit, plan_id), kind)
    lawful = clock.review_due(plan)
    limits = [lawful.on] if lawful else []
    phases = {clock.PHASE_16: clock.POST_16, clock.PHASE_OTHER: clock.OTHER_PHASE}
    if kind in phases:
        # A year that is over is that of an earlier change of phase.
        year = max(plan.phase_transfer_year or 0, clock.transfer_year(unit.today))
        limits.append(clock.phase_due(phases[kind], year).on)
    if due_on is not None:
        if limits and due_on > min(limits):
            raise Invalid(rules.LOOK, {"due_on": "The law has it earlier: choose a day no later than that."})
        limits.append(due_on)
    if not limits:
        raise Conflict("The plan has no date from which the year of its review runs.")
    school_id = parties.school_of(unit, plan.pupil_id)
    review_id = insert_review(unit, plan, kind, min(limits), school_id)
    about = {"subject": Subject.REVIEW, "subject_id": review_id}
    words = {"kind": kind, "due_on": min(limits).isoformat()}
    doors.note(unit, may, plan, StepCode.REVIEW_DUE, unit.today, words=words, **about)  # type: ignore[arg-type]
    doors.tell_all(unit, plan, school_id)
    return review_id


def insert_review(
    unit: Unit,
    plan: Any,
    kind: str,
    due_on: date,
    school_id: UUID | None,
    *,
    list_id: UUID | None = None,
    state: str = clock.DUE,
    words: dict[str, Any] | None = None,
    **more: Any,
) -> UUID:
    """A row of ``annual_review``, and its id: part of a deed that has asked and that records it."""
    made = new_id()
    sealed = doors.seal(unit, TABLE, made, plan.pupil_id, 1, words) if words else None
    blank: dict[str, Any] = dict.fromkeys(
        (
            "invited_on",
            "papers_sent_on",
            "meeting_on",
            "reported_on",
            "decided_on",
            "outcome",
            "notice_on",
            "final_on",
            "amended",
            "days_late",
            "rules",
            "report_version_id",
            "report_digest",
            "final_days_late",
        )
    )
    values = blank | {
        "id": made,
        "plan_id": plan.id,
        "pupil_id": plan.pupil_id,
        "authority_id": plan.authority_id,
        "school_id": school_id,
        "kind": kind,
        "state": state,
        "due_on": due_on,
        "held": False,
        "list_id": list_id,
        "recorded_at": unit.now,
        "sealed": sealed,
        "row_version": 1,
    }
    unit.insert(AnnualReview, **{**values, **more})
    return made


def invite(
    unit: Unit,
    review_id: UUID,
    *,
    meeting_on: date,
    sent_on: date,
    invited: Collection[str],
    not_invited: str = "",
    why_short: str = "",
    shown: int | None = None,
) -> None:
    """The invitations went out: for which day, when, to whom, and why not to others (regulation 20(2), (3)).

    The day of a meeting that was planned already moves so as well.
    """
    row, plan, may = doors.allowed_review(unit, review_id, Permission.EHC_REVIEW_WRITE, lock=True)
    doors.check_shown(row, shown)
    rules.check_invitation(
        row,
        meeting_on=meeting_on,
        sent_on=sent_on,
        invited=invited,
        not_invited=not_invited,
        why_short=why_short,
        at_school=row.school_id is not None,
        today=unit.today,
        made_on=plan.first_made_on,
    )
    words = {
        "invited": sorted(invited),
        "not_invited": not_invited.strip(),
        "why_short": why_short.strip(),
    }
    version = clock.version_of(row, sent_on)
    late = deadlines.due(Act.INVITE, meeting_on, version=version).days_late(sent_on)
    values = {"state": clock.INVITED, "invited_on": sent_on, "meeting_on": meeting_on, "papers_sent_on": None}
    doors.change(unit, AnnualReview, row, words, **values)
    said = words | {"meeting_on": meeting_on.isoformat()}
    doors.note_review(unit, may, plan, row, StepCode.REVIEW_INVITED, sent_on, words=said, days_late=late)
    doors.tell_all(unit, plan, row.school_id)


def send_papers(
    unit: Unit,
    review_id: UUID,
    *,
    sent_on: date,
    missing: str = "",
    why_late: str = "",
    shown: int | None = None,
) -> None:
    """The advice went round to all who are invited. ``missing``: whose did not come (regulation 20(4))."""
    row, plan, may = doors.allowed_review(unit, review_id, Permission.EHC_REVIEW_WRITE, lock=True)
    doors.check_shown(row, shown)
    rules.check_papers(row, sent_on=sent_on, why_late=why_late, today=unit.today)
    words = {"papers_missing": missing.strip(), "papers_late": why_late.strip()}
    late = deadlines.due(Act.CIRCULATE, row.meeting_on, version=clock.version_of(row)).days_late(sent_on)
    doors.change(unit, AnnualReview, row, words, papers_sent_on=sent_on)
    doors.note_review(unit, may, plan, row, StepCode.REVIEW_PAPERS, sent_on, words=words, days_late=late)


def hold(
    unit: Unit,
    review_id: UUID,
    *,
    held_on: date,
    attended: Collection[str],
    views: str,
    progress: str,
    adulthood: str = "",
    shown: int | None = None,
) -> None:
    """The meeting was held: who came, what was said, what progress there was (regulations 19 and 20)."""
    row, plan, may = doors.allowed_review(unit, review_id, Permission.EHC_REVIEW_WRITE, lock=True)
    doors.check_shown(row, shown)
    year = pupils.name(unit, plan.pupil_id).year_group
    rules.check_meeting(
        row,
        held_on=held_on,
        attended=attended,
        views=views,
        progress=progress,
        adulthood=adulthood,
        needs_adulthood=clock.is_year_nine_or_beyond(year),
        today=unit.today,
        made_on=plan.first_made_on,
    )
    words = {
        "attended": sorted(attended),
        "views": views.strip(),
        "progress": progress.strip(),
        "adulthood": adulthood.strip(),
    }
    doors.change(unit, AnnualReview, row, words, state=clock.HELD, held=True, meeting_on=held_on)
    doors.note_review(unit, may, plan, row, StepCode.REVIEW_HELD, held_on)
    doors.tell_all(unit, plan, row.school_id)


def send_report(
    unit: Unit,
    review_id: UUID,
    *,
    sent_on: date,
    recommends: str,
    report: str = "",
    version_id: UUID | None = None,
    shown: int | None = None,
) -> None:
    """The report went to the authority and to all who were invited (regulation 20(7) and (8), or 21).

    ``version_id``: the report of the school's own review of its plan, which then is the report or a part of
    it: it is referred to by version and digest, and the authority may read that version. Only a school can
    attach one.
    """
    row, plan, may = doors.allowed_review(unit, review_id, Permission.EHC_REVIEW_WRITE, lock=True)
    doors.check_shown(row, shown)
    attached = None
    if version_id is not None:
        offered = {one.version_id: one for one in reports.attachable(unit, plan.pupil_id, may)}
        attached = offered.get(version_id)
        if attached is None:
            raise Invalid(rules.LOOK, {"version_id": "Choose from the reports shown here."})
    rules.check_report(
        row,
        sent_on=sent_on,
        recommends=recommends,
        report=report,
        attached=attached is not None,
        today=unit.today,
    )
    words = {"recommends": recommends, "report": report.strip()}
    late = deadlines.due(Act.REPORT, row.meeting_on, version=clock.version_of(row)).days_late(sent_on)
    doors.change(
        unit,
        AnnualReview,
        row,
        words,
        state=clock.REPORTED,
        reported_on=sent_on,
        report_version_id=attached.version_id if attached else None,
        report_digest=attached.digest if attached else None,
    )
    if attached is not None:
        grants.grant(unit, plan.pupil_id, plan.id, {attached.version_id: attached.digest})
    said: dict[str, Any] = {"recommends": recommends}
    if attached is not None:
        said["version"] = f"{attached.version_id} {attached.digest.hex()}"
    doors.note_review(unit, may, plan, row, StepCode.REVIEW_REPORTED, sent_on, words=said, days_late=late)
    doors.tell_all(unit, plan, row.school_id)


_DECIDED = {
    rules.MAINTAIN: StepCode.REVIEW_MAINTAINED,
    rules.AMEND: StepCode.REVIEW_AMENDING,
    rules.CEASE: StepCode.REVIEW_CEASING,
}


def decide(
    unit: Unit, review_id: UUID, *, outcome: str, reasons: str, decided_on: date, shown: int | None = None
) -> None:
    """The authority's decision, on the day it was sent: the review ends on it, and the next year begins.

    To cease, the end must have been considered with the family and the school before (regulation 31).
    """
    row, plan, may = doors.allowed_review(unit, review_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    doors.check_shown(row, shown)
    rules.check_outcome(row, outcome=outcome, reasons=reasons, decided_on=decided_on, today=unit.today)
    version = clock.version_of(row)
    late = deadlines.due(Act.REVIEW_DECISION, row.meeting_on, version=version).days_late(decided_on)
    ending = ceasing.open_ceasing(unit, plan.id)
    if outcome == rules.CEASE:
        ceasing.check_decidable(ending)
    doors.change(
        unit,
        AnnualReview,
        row,
        {"reasons": reasons.strip()},
        state=clock.AMENDING if outcome == rules.AMEND else clock.CLOSED,
        outcome=outcome,
        decided_on=decided_on,
        days_late=late,
        rules=version,
    )
    _conclude(unit, plan, decided_on)
    said = {"reasons": reasons.strip()}
    doors.note_review(unit, may, plan, row, _DECIDED[outcome], decided_on, words=said, days_late=late)
    if outcome == rules.CEASE:
        ceasing.decide(unit, plan.id, decided_on=decided_on, reasons=reasons)
    doors.tell_all(unit, plan, row.school_id)


def _conclude(unit: Unit, plan: Any, on: date) -> None:
    """The review ended on this day; an older one recorded late moves nothing back."""
    latest = max(on, plan.last_review_on or on)
    due = deadlines.due(Act.REVIEW, latest).on
    doors.change(unit, StatutoryPlan, plan, last_review_on=latest, review_due_on=due)


def cancel(unit: Unit, review_id: UUID, *, reason: str, shown: int | None = None) -> None:
    """Call a review off before its decision: the plan ends, or it was opened by mistake. The duty stays."""
    row, plan, may = doors.allowed_review(unit, review_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    doors.check_shown(row, shown)
    rules.check_cancel(row, reason=reason)
    doors.change(unit, AnnualReview, row, {"cancelled": reason.strip()}, state=clock.CANCELLED)
    doors.note_review(
        unit, may, plan, row, StepCode.REVIEW_CANCELLED, unit.today, words={"reason": reason.strip()}
    )
    doors.tell_all(unit, plan, row.school_id)
