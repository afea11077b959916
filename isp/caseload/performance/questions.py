"""The fixed questions of the performance pages: what is counted, on which day it counts, what each means.

The definitions are those of the yearly SEN2 return as the Department publishes them, so that a page here and
the published table can be laid side by side. What is counted is a condition over one base table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    true,
)

from isp.ehcp.models import AnnualReview, PlanSetting, StatutoryPlan
from isp.escalations.disputes import MEDIATED, Kind, Result
from isp.escalations.models import Assessment, AssessmentRequest, Dispute
from isp.kernel.db import table_of

REQUESTS, ASSESSMENTS, DISPUTES = table_of(AssessmentRequest), table_of(Assessment), table_of(Dispute)
PLANS, REVIEWS, SETTINGS = table_of(StatutoryPlan), table_of(AnnualReview), table_of(PlanSetting)
r, a, p, v, d = REQUESTS.c, ASSESSMENTS.c, PLANS.c, REVIEWS.c, DISPUTES.c

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
class Rows:
    """Rows of another table that a question counts as well, each by the same names as its own."""

    base: Table
    day: ColumnElement[Any]
    where: ColumnElement[bool]
    counts: Mapping[str, ColumnElement[bool]]
    school: Any


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
    also: tuple[Rows, ...] = ()
    """Grouped by themselves in the same statement: to make the rows of two tables one first takes longer."""


def _disputed(kind: str, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    about = (d.subject == "request", d.subject_id == r.id, d.kind == kind, d.about == "assess")
    return exists(select(d.id).where(*about, *more))


_OVERTURNED = and_(r.appeal_result.is_not(None), r.appeal_result.in_(("allowed", "conceded")))
_FIRST_NO = or_(r.status == "refused", and_(r.status == "agreed", _OVERTURNED))
_YES = and_(r.status == "agreed", ~_OVERTURNED)
_ASKED = r.reassesses.is_(None)
"""A request under section 36; a re-assessment is a case too, and none of these."""
_DECIDED = and_(r.decided_on.is_not(None), _ASKED)
_EXCUSED = p.excused.is_(True)
_MOVED = and_(r.days_unexcused.is_not(None), r.days_unexcused < r.days_late)
"""An exception of regulation 5(4) was recorded, and the decision is late but for it."""


def _named(plan_id: ColumnElement[Any], base: Table) -> Any:
    """The school that the plan of a row names now; of a plan that changes phase, the one to come last."""
    return (
        select(SETTINGS.c.school_id)
        .where(SETTINGS.c.plan_id == plan_id, SETTINGS.c.named.is_(True), SETTINGS.c.rank == 1)
        .order_by(SETTINGS.c.left_on.is_not(None), SETTINGS.c.entered_on.desc(), SETTINGS.c.id)
        .limit(1)
        .correlate(base)
        .scalar_subquery()
    )


_OF_REQUEST = (
    select(r.school_id).where(r.id == a.request_id).limit(1).correlate(ASSESSMENTS).scalar_subquery()
)
_MADE_HERE = and_(p.first_made_on.is_not(None), p.origin != "transferred")
_HELD = and_(v.held.is_(True), v.kind != "change")
_COUNTED = and_(v.state != "cancelled", v.kind != "change")
_STILL_OPEN = exists(
    select(v.id).where(
        v.plan_id == p.id,
        _COUNTED,
        v.state != "closed",
        or_(v.decided_on.is_(None), v.due_on == p.review_due_on),
    )
)
_MISSED = and_(
    p.review_due_on.is_not(None),
    p.state.in_(("in_force", "ceasing", "ended")),
    or_(p.ended_on.is_(None), p.ended_on > p.review_due_on),
    ~_STILL_OPEN,
)
"""Of a plan that was in force on the day on which its review was due, where nobody has opened one."""
_OF_DISPUTE = func.coalesce(
    select(r.school_id).where(r.id == d.subject_id).correlate(DISPUTES).scalar_subquery(),
    select(r.school_id)
    .join(ASSESSMENTS, a.request_id == r.id)
    .where(a.id == d.subject_id)
    .correlate(DISPUTES)
    .scalar_subquery(),
    select(v.school_id).where(v.id == d.subject_id).correlate(DISPUTES).scalar_subquery(),
    _named(d.subject_id, DISPUTES),
)


def _ended(*results: Result) -> ColumnElement[bool]:
    return and_(d.state == "closed", d.result.in_([one.value for one in results]))


_GIVEN = frozenset({*MEDIATED, Result.DISMISSED, Result.WITHDRAWN, Result.CONCEDED})
_ORDERED = tuple(one for one in Result if one not in _GIVEN)
_GOES_ON = d.state == "open"
_ENDED_SOMEHOW = and_(d.state == "closed", d.result.is_(None))

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
        "within six weeks of receipt, by the law’s own day (regulation 5(1)). Without exceptions: the late "
        "decisions that an exception of regulation 5(4) excuses, in whole or in part, are left out of both "
        "counts.",
        REQUESTS,
        r.received_on,
        _DECIDED,
        {
            "decided": true(),
            "in_six": r.days_late == 0,
            "in_six_moved": r.days_unexcused == 0,
            "no_exception": ~_MOVED,
            "in_six_no_exception": and_(r.days_late == 0, ~_MOVED),
        },
        {
            "decided": "Requests decided",
            "in_six": "Within six weeks",
            "in_six_moved": "Within six weeks, or by the day to which an exception moved it",
            "no_exception": "Decisions without an exception",
            "in_six_no_exception": "Of these, within six weeks",
        },
        (
            Share("in_six_share", "Within six weeks, all", "in_six", "decided"),
            Share(
                "in_six_no_exception_share",
                "Within six weeks, without exceptions",
                "in_six_no_exception",
                "no_exception",
            ),
        ),
        r.school_id,
    ),
    Question(
        "disputes",
        "How many decisions not to assess were disputed?",
        "Of the requests received in the period that were first refused, or that anybody disputed: those "
        "about which mediation was asked for, those about which it took place (SEN2 item 2.6), those with a "
        "mediation certificate, and those about which an appeal was registered (SEN2 item 2.7).",
        REQUESTS,
        r.received_on,
        and_(_ASKED, or_(_FIRST_NO, _disputed("mediation"), _disputed("appeal"))),
        {
            "refused": _FIRST_NO,
            "mediation": _disputed("mediation"),
            "mediated": _disputed("mediation", d.held_on.is_not(None)),
            "certificate": _disputed("mediation", d.certificate_on.is_not(None)),
            "tribunal": or_(_disputed("appeal"), r.appealed_on.is_not(None)),
        },
        {
            "refused": "Decided not to assess",
            "mediation": "Mediation asked for",
            "mediated": "Mediation took place",
            "certificate": "Mediation certificate issued",
            "tribunal": "Appeal registered",
        },
        (),
        r.school_id,
    ),
    Question(
        "mediation",
        "What came of the mediation that was asked for?",
        "Mediation asked for in the period, about any decision that can be appealed (section 52): whether a "
        "certificate was issued and a meeting took place since, and how it ended, as it stands today. An end "
        "without an agreement includes that mediation was not wanted after all (regulation 34).",
        DISPUTES,
        d.asked_on,
        d.kind == Kind.MEDIATION.value,
        {
            "asked": true(),
            "certificate": d.certificate_on.is_not(None),
            "mediated": d.held_on.is_not(None),
            "agreement": _ended(Result.AGREEMENT, Result.OTHER_AGREEMENT),
            "no_agreement": _ended(Result.NO_AGREEMENT),
            "open": _GOES_ON,
            "unknown": _ENDED_SOMEHOW,
        },
        {
            "asked": "Mediation asked for",
            "certificate": "Certificate issued",
            "mediated": "Took place",
            "agreement": "Ended with an agreement",
            "no_agreement": "Ended without one, or was not wanted",
            "open": "Still going on",
            "unknown": "Ended, how is not on record",
        },
        (),
        _OF_DISPUTE,
    ),
    Question(
        "appeals",
        "How did the appeals to the Tribunal end?",
        "Appeals registered in the period, about any decision that can be appealed (section 51), and how "
        "each ended, as it stands today. Where the authority gave way the Tribunal decided nothing.",
        DISPUTES,
        d.asked_on,
        d.kind == Kind.APPEAL.value,
        {
            "registered": true(),
            "ordered": _ended(*_ORDERED),
            "conceded": _ended(Result.CONCEDED),
            "dismissed": _ended(Result.DISMISSED),
            "given_up": _ended(Result.WITHDRAWN),
            "open": _GOES_ON,
            "unknown": _ENDED_SOMEHOW,
        },
        {
            "registered": "Appeals registered",
            "ordered": "The Tribunal ordered something",
            "conceded": "The authority gave way",
            "dismissed": "Dismissed",
            "given_up": "Withdrawn by the family",
            "open": "Still going on",
            "unknown": "Ended, how is not on record",
        },
        (),
        _OF_DISPUTE,
    ),
    Question(
        "no-plan",
        "How many families were told within 16 weeks that there is no plan?",
        "Assessments that ended with a decision to issue no plan, on the day on which the family was told: "
        "those told within 16 weeks of the request (regulation 10(1)), or within an order’s own limit. "
        "Without exceptions: the cases in which an exception of regulation 10(4) was recorded and counted "
        "are left out of both counts.",
        ASSESSMENTS,
        a.outcome_on,
        and_(a.state == "no_plan", a.kind == "first"),
        {
            "told": true(),
            "in_sixteen": a.days_late == 0,
            "no_exception": a.excused.is_not(True),
            "in_sixteen_no_exception": and_(a.days_late == 0, a.excused.is_not(True)),
        },
        {
            "told": "Decided to issue no plan",
            "in_sixteen": "Told within 16 weeks",
            "no_exception": "Decisions without an exception",
            "in_sixteen_no_exception": "Of these, told within 16 weeks",
        },
        (
            Share("in_sixteen_share", "Told within 16 weeks, all", "in_sixteen", "told"),
            Share(
                "in_sixteen_no_exception_share",
                "Told within 16 weeks, without exceptions",
                "in_sixteen_no_exception",
                "no_exception",
            ),
        ),
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
        _named(p.id, PLANS),
    ),
    Question(
        "reviews-due",
        "How many annual reviews were due?",
        "Every plan whose review had to be over by a day in the period, within twelve months of the plan or "
        "of its last review (section 44(1)), whether anybody opened a review or not. A plan whose review was "
        "missed counts as due and not held. What was held and decided is as it stands today; in time is "
        "within four weeks of the meeting (regulation 20(10)).",
        REVIEWS,
        v.due_on,
        _COUNTED,
        {
            "due": true(),
            "held": v.held.is_(True),
            "not_held": v.held.is_not(True),
            "unopened": false(),
            "decided": v.decided_on.is_not(None),
            "in_four": and_(v.decided_on.is_not(None), v.days_late == 0),
        },
        {
            "due": "Reviews due",
            "held": "Held since",
            "not_held": "Not held",
            "unopened": "Of these, no review opened",
            "decided": "Decided since",
            "in_four": "Decided within four weeks",
        },
        (
            Share("held_share", "Held, of those due", "held", "due"),
            Share("in_four_share", "Decided within four weeks, of those due", "in_four", "due"),
        ),
        func.coalesce(v.school_id, _named(v.plan_id, REVIEWS)),
        (
            Rows(
                PLANS,
                p.review_due_on,
                _MISSED,
                {
                    "due": true(),
                    "held": false(),
                    "not_held": true(),
                    "unopened": true(),
                    "decided": false(),
                    "in_four": false(),
                },
                _named(p.id, PLANS),
            ),
        ),
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
