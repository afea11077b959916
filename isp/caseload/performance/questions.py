"""The fixed questions of the performance pages: what is counted, on which day it counts, what each means.

The definitions are those of the yearly SEN2 return as the Department publishes them, so that a page here and
the published table can be laid side by side. What is counted is a condition over one base table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, or_, select, true

from isp.ehcp.models import AnnualReview, PlanSetting, StatutoryPlan
from isp.escalations.models import Assessment, AssessmentRequest, Dispute
from isp.kernel.db import table_of

REQUESTS, ASSESSMENTS, DISPUTES = table_of(AssessmentRequest), table_of(Assessment), table_of(Dispute)
PLANS, REVIEWS, SETTINGS = table_of(StatutoryPlan), table_of(AnnualReview), table_of(PlanSetting)
r, a, p, v = REQUESTS.c, ASSESSMENTS.c, PLANS.c, REVIEWS.c

PAST_52_WEEKS = (52 - 20) * 7
"""Days after the twentieth week at which a year has gone by."""


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage: of ``of``, so many are ``part``; both are names of counts."""

    name: str
    label: str
    part: str
    of: str


@dataclass(frozen=True, slots=True)
class Question:
    """One page. ``counts``: name to condition, in the order of the table; the chart shows the first."""

    name: str
    title: str
    definition: str
    base: Table
    day: ColumnElement[Any]
    where: ColumnElement[bool]
    counts: Mapping[str, ColumnElement[bool]]
    labels: Mapping[str, str]
    shares: tuple[Share, ...] = ()
    school: Any = None
    """The school that a row counts for: a column, or a scalar query."""


def _disputed(kind: str) -> ColumnElement[bool]:
    d = DISPUTES.c
    return exists(
        select(d.id).where(d.subject == "request", d.subject_id == r.id, d.kind == kind, d.about == "assess")
    )


_OVERTURNED = and_(r.appeal_result.is_not(None), r.appeal_result.in_(("allowed", "conceded")))
_FIRST_NO = or_(r.status == "refused", and_(r.status == "agreed", _OVERTURNED))
_YES = and_(r.status == "agreed", ~_OVERTURNED)
_ASKED = r.reassesses.is_(None)
"""A request under section 36; a re-assessment is a case too, and none of these."""
_DECIDED = and_(r.decided_on.is_not(None), _ASKED)
_EXCUSED = p.excused.is_(True)
_NAMED = (
    select(SETTINGS.c.school_id)
    .where(SETTINGS.c.plan_id == p.id, SETTINGS.c.named.is_(True), SETTINGS.c.rank == 1)
    # The one that is named now; of a plan that changes phase, the one whose first day comes last.
    .order_by(SETTINGS.c.left_on.is_not(None), SETTINGS.c.entered_on.desc(), SETTINGS.c.id)
    .limit(1)
    .correlate(PLANS)
    .scalar_subquery()
)
_OF_REQUEST = (
    select(r.school_id).where(r.id == a.request_id).limit(1).correlate(ASSESSMENTS).scalar_subquery()
)
_MADE_HERE = and_(p.first_made_on.is_not(None), p.origin != "transferred")
_HELD = and_(v.held.is_(True), v.kind != "change")

QUESTIONS: tuple[Question, ...] = (
    Question(
        "requests",
        "How many EHC needs assessments were requested?",
        "Every request counts on the day on which the authority received it, whoever made it "
        "(SEN2 item 2.2). What became of each is as it stands today: a first decision counts, whatever an "
        "appeal against it led to.",
        REQUESTS,
        r.received_on,
        _ASKED,
        {
            "received": true(),
            "assess": _YES,
            "not_assess": _FIRST_NO,
            "awaiting": r.status == "pending",
            "withdrawn": r.status == "withdrawn",
        },
        {
            "received": "Requests received",
            "assess": "Decided to assess",
            "not_assess": "Decided not to assess",
            "awaiting": "Not decided yet",
            "withdrawn": "Withdrawn before a decision",
        },
        (Share("assess_share", "Decided to assess, of those decided", "assess", "decided"),),
        r.school_id,
    ),
    Question(
        "six-weeks",
        "How many were decided within six weeks?",
        "Of the requests received in the period that have been decided: those whose decision was sent "
        "within six weeks of receipt, by the law’s own day (regulation 5(1)). What excuses a date moves it, "
        "and does not count here.",
        REQUESTS,
        r.received_on,
        _DECIDED,
        {
            "decided": true(),
            "in_six": r.days_late == 0,
            "in_six_moved": r.days_unexcused == 0,
        },
        {
            "decided": "Requests decided",
            "in_six": "Within six weeks",
            "in_six_moved": "Within six weeks, or by the day to which an exception moved it",
        },
        (Share("in_six_share", "Within six weeks", "in_six", "decided"),),
        r.school_id,
    ),
    Question(
        "disputes",
        "How many decisions not to assess were disputed?",
        "Of the requests received in the period: those about which mediation was asked for, and those "
        "appealed to the Tribunal (SEN2 items 2.6 and 2.7).",
        REQUESTS,
        r.received_on,
        and_(_ASKED, or_(_FIRST_NO, _disputed("mediation"), _disputed("appeal"))),
        {
            "refused": _FIRST_NO,
            "mediation": _disputed("mediation"),
            "tribunal": or_(_disputed("appeal"), r.appealed_on.is_not(None)),
        },
        {
            "refused": "Decided not to assess",
            "mediation": "Mediation",
            "tribunal": "Appeals to the Tribunal",
        },
        (),
        r.school_id,
    ),
    Question(
        "no-plan",
        "How many families were told within 16 weeks that there is no plan?",
        "Assessments that ended with a decision to issue no plan, on the day on which the family was told: "
        "those told within 16 weeks of the request (regulation 10(1)), or within an order’s own limit.",
        ASSESSMENTS,
        a.outcome_on,
        and_(a.state == "no_plan", a.kind == "first"),
        {"told": true(), "in_sixteen": a.days_late == 0},
        {"told": "Decided to issue no plan", "in_sixteen": "Told within 16 weeks"},
        (Share("in_sixteen_share", "Told within 16 weeks", "in_sixteen", "told"),),
        _OF_REQUEST,
    ),
    Question(
        "plans",
        "How many EHC plans were issued within 20 weeks?",
        "Plans first made in the period, here or before they came here, without those taken over from "
        "another authority. In time: within 20 weeks of the request, by the law’s own day (regulation "
        "13(2)). Without "
        "exceptions: the cases in which an exception of regulation 13(3) was recorded are left out of both "
        "counts (SEN2 item 3.7).",
        PLANS,
        p.first_made_on,
        _MADE_HERE,
        {
            "issued": true(),
            "in_twenty": p.days_late == 0,
            "no_exception": ~_EXCUSED,
            "in_twenty_no_exception": and_(p.days_late == 0, ~_EXCUSED),
            "past_year": p.days_late > PAST_52_WEEKS,
        },
        {
            "issued": "Plans issued",
            "in_twenty": "Within 20 weeks",
            "no_exception": "Plans without an exception",
            "in_twenty_no_exception": "Of these, within 20 weeks",
            "past_year": "After more than 52 weeks",
        },
        (
            Share("in_twenty_share", "Within 20 weeks, all", "in_twenty", "issued"),
            Share(
                "in_twenty_no_exception_share",
                "Within 20 weeks, without exceptions",
                "in_twenty_no_exception",
                "no_exception",
            ),
            Share("past_year_share", "After more than 52 weeks", "past_year", "issued"),
        ),
        _NAMED,
    ),
    Question(
        "reviews-due",
        "How many annual reviews were due?",
        "Reviews whose day fell in the period: within twelve months of the plan or its last review "
        "(section 44(1)). Held and decided is as it stands today.",
        REVIEWS,
        v.due_on,
        and_(v.state != "cancelled", v.kind != "change"),
        {"due": true(), "held": v.held.is_(True), "decided": v.decided_on.is_not(None)},
        {"due": "Reviews due", "held": "Held since", "decided": "Decided since"},
        (Share("held_share", "Held", "held", "due"),),
        v.school_id,
    ),
    Question(
        "reviews-held",
        "What came of the annual reviews that were held?",
        "Reviews whose meeting was held in the period, and what the authority decided; in time is within "
        "four weeks of the meeting (regulation 20(10)).",
        REVIEWS,
        v.meeting_on,
        _HELD,
        {
            "held": true(),
            "amend": v.outcome == "amend",
            "maintain": v.outcome == "maintain",
            "cease": v.outcome == "cease",
            "none": v.outcome.is_(None),
            "in_four": and_(v.decided_on.is_not(None), v.days_late == 0),
        },
        {
            "held": "Meetings held",
            "amend": "To amend the plan",
            "maintain": "To keep it as it is",
            "cease": "To cease it",
            "none": "Not decided yet",
            "in_four": "Decided within four weeks",
        },
        (Share("in_four_share", "Decided within four weeks, of meetings held", "in_four", "held"),),
        v.school_id,
    ),
)
BY_NAME: Mapping[str, Question] = {one.name: one for one in QUESTIONS}
