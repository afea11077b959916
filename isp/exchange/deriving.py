"""From the rows of one child's case to the persons of the return. Pure: rows in, message out.

What is reported is what happened in the period, what is still open, and every plan in force on the census
day; each as it stood on that day, so that a return made late says the same. A plan or a decision from
before the period is historical (H). A refusal that was overturned stays a refusal, with the dispute
beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from isp.ehcp import budgets
from isp.escalations import upkeep_clock as clock
from isp.exchange.sen2.message import (
    ActivePlan,
    Assessment,
    NamedPlan,
    Need,
    Person,
    Placement,
    PlanDetail,
    Request,
)
from isp.exchange.sen2.rules import is_active
from isp.exchange.sen2.years import Year
from isp.register.content import Details

SOURCES: Mapping[str, str] = {
    "parent": "1",
    "young_person": "1",
    "school": "2",
    "health": "3",
    "social_care": "4",
    "other": "5",
}
OUTCOMES: Mapping[str, str] = {"maintain": "M", "amend": "A", "cease": "C"}
PHASES: Mapping[str, tuple[int, int]] = {"post16": (3, 31), "other": (2, 15)}
"""Month and day by which a plan is amended for a transfer (regulation 18)."""
MADE = frozenset({"in_force", "ceasing", "ended"})
TRANSFER, EXPORTED, NOT_SAID = "TransferLA", "Exported", "unknown"


@dataclass(slots=True)
class Held:
    """Everything that the record has of one child's case at one authority: rows as the tables have them."""

    requests: list[Any] = field(default_factory=list)
    assessments: list[Any] = field(default_factory=list)
    plans: list[Any] = field(default_factory=list)
    settings: list[Any] = field(default_factory=list)
    reviews: list[Any] = field(default_factory=list)
    disputes: list[Any] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    budgets: list[Any] = field(default_factory=list)
    """What section J of each version of a plan comes to, by day."""
    words: Mapping[UUID, str] = field(default_factory=dict)
    """By setting: what a code leaves open."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Which rows a request of the message speaks of."""

    request_id: UUID | None = None
    plan_id: UUID | None = None
    cease_noted: bool = False


def person_of(details: Details, requests: list[Request]) -> Person:
    """Module 1: the UPN, else the ULN, else why neither is known."""
    uln = details.uln if not details.upn else None
    return Person(
        surname=details.legal_family,
        forename=details.legal_given,
        born_on=details.born_on,
        sex=details.sex,
        ethnicity=details.ethnicity,
        postcode=details.postcode,
        upn=details.upn,
        uln=uln,
        upn_unknown=details.upn_unknown if not (details.upn or uln) else None,
        requests=requests,
    )


def requests_of(
    held: Held, details: Details, year: Year, today: date | None = None
) -> list[tuple[Request, Subject]]:
    """Modules 2 to 5 of one child: what is to be reported of a year, the requests in their order.

    ``today``: on which the child is in the year group of ``details``; None: as on the census day.
    """
    return _Case(held, details, year, today or year.census_on).all()


class _Case:
    def __init__(self, held: Held, details: Details, year: Year, today: date) -> None:
        self.held, self.details, self.year, self.today = held, details, year, today
        self.plans = {one.id: one for one in held.plans}
        self.told: set[UUID] = set()

    def all(self) -> list[tuple[Request, Subject]]:
        found = []
        by_request = {one.request_id: one for one in self.held.assessments if one.request_id is not None}
        asked = [one for one in self.held.requests if one.reassesses is None]
        for row in sorted(asked, key=lambda one: (one.received_on, one.id)):
            assessment = by_request.get(row.id)
            made = self._request(row, assessment)
            if made is not None:
                found.append(self._told(made, row.id, assessment.plan_id if assessment is not None else None))
        found += [
            self._told(self._historical(one), None, one.plan_id)
            for one in self.held.assessments
            if one.request_id is None and one.kind == "first" and self._concerns(one)
        ]
        # Only now: which plans are left is known once all that came of an assessment are told.
        left = [one for one in self.held.plans if one.id not in self.told and self._reported(one)]
        found += [self._told(self._by_plan(one), None, one.id) for one in left]
        return found

    def _told(self, made: Request, request_id: UUID | None, plan_id: UUID | None) -> tuple[Request, Subject]:
        plan = self.plans.get(plan_id) if plan_id is not None and made.plan is not None else None
        if plan is not None:
            self.told.add(plan.id)
            made.active = self._active(plan, made.plan)
        noted = plan is not None and (plan.cease_decided_on is not None or plan.state == "ceasing")
        return made, Subject(request_id, plan.id if plan is not None else None, noted)

    # -- module 2 --------------------------------------------------------------------------------------------

    def _known(self, day: date | None) -> bool:
        return day is not None and day <= self.year.census_on

    def _later(self, day: date | None) -> bool:
        """Whether it happened after the census day: as at that day, it had not."""
        return day is not None and day > self.year.census_on

    def _of_period(self, day: date | None) -> bool:
        return day is not None and self.year.period_from <= day <= self.year.census_on

    def _request(self, row: Any, assessment: Any | None) -> Request | None:
        if row.received_on > self.year.period_to:
            return None
        came = row.received_on >= self.year.period_from
        common: dict[str, Any] = {
            "received_on": row.received_on,
            "source": SOURCES.get(row.source),
            "youth_accommodation": bool(row.youth_accommodation),
        }
        if row.status == "withdrawn" and not self._later(row.ended_on):
            if not (came or self._of_period(row.ended_on)):
                return None
            moved = self._item(row.id, EXPORTED) or (row.moved_to if row.ended_why == "moved" else None)
            return Request(**common, outcome="A" if moved else "W", exported_to=moved)
        if not self._known(row.decided_on):
            return Request(**common, outcome="A")
        if row.decided_on < self.year.period_from:
            # Decided before: only what came of it since is reported.
            return (
                self._historical(assessment)
                if assessment is not None and self._concerns(assessment)
                else None
            )
        about = [one for one in self.held.disputes if one.subject_id == row.id and one.about == "assess"]
        tribunal = row.appealed_on is not None or any(one.kind == "appeal" for one in about)
        mediated = any(one.kind == "mediation" and self._known(one.held_on) for one in about)
        overturned = row.appeal_result in ("allowed", "conceded")
        refused = row.status == "refused" or overturned or bool(about) or row.appealed_on is not None
        made = Request(
            **common,
            outcome="N" if refused else "Y",
            outcome_on=row.decided_on,
            mediation=mediated,
            tribunal=tribunal,
        )
        if assessment is not None:
            if assessment.state == "moved" and not self._later(assessment.outcome_on):
                made.exported_to = assessment.moved_to
            else:
                made.assessment = self._assessment(assessment)
        return made

    def _historical(self, assessment: Any) -> Request:
        return Request(outcome="H", assessment=self._assessment(assessment))

    def _by_plan(self, plan: Any) -> Request:
        held = Assessment(outcome="H", plan=self._named(plan))
        held.other_mediation, held.other_tribunal = self._others(plan.id)
        return Request(outcome="H", assessment=held)

    def _item(self, subject_id: UUID, item: str) -> str | None:
        year = self.year.year
        for one in self.held.items:
            if one.subject_id == subject_id and one.item == item and one.year == year:
                value: str = one.value
                return value
        return None

    # -- module 3 --------------------------------------------------------------------------------------------

    def _concerns(self, row: Any) -> bool:
        """Whether an assessment is open, ended in the period, or led to a plan that is reported."""
        if row.state == "moved":
            return self._later(row.outcome_on)
        if row.outcome_on is None or row.outcome_on >= self.year.period_from:
            return row.outcome_on is not None or row.state not in ("withdrawn", "ended")
        return False

    def _assessment(self, row: Any) -> Assessment:
        if row.state in ("withdrawn", "ended") and not self._later(row.outcome_on):
            return Assessment(outcome="W")
        if row.state in ("final", "no_plan") and self._known(row.outcome_on):
            other_mediation, other_tribunal = self._others(row.plan_id)
            made = Assessment(
                outcome="Y" if row.state == "final" else "N",
                outcome_on=row.outcome_on,
                other_mediation=other_mediation,
                other_tribunal=other_tribunal,
                excepted=bool(row.excused),
            )
            made.mediation, made.tribunal = self._about(row.id, "issue")
            plan = self.plans.get(row.plan_id)
            if row.state == "final" and plan is not None and plan.state in MADE:
                made.plan = self._named(plan)
            return made
        if self._known(row.to_issue_on):
            return Assessment(outcome="Y")
        return Assessment(outcome="A")

    def _about(self, subject_id: UUID, about: str) -> tuple[bool, bool]:
        found = [one for one in self.held.disputes if one.subject_id == subject_id and one.about == about]
        return _sorts(found)

    def _others(self, plan_id: UUID | None) -> tuple[bool, bool]:
        """Mediation and appeals of the period about anything but whether to assess or to issue."""
        found = [
            one
            for one in self.held.disputes
            if one.about not in ("assess", "issue")
            and self._of_period(one.asked_on)
            and (one.subject_id == plan_id or one.subject == "review")
        ]
        return _sorts(found)

    # -- module 4 --------------------------------------------------------------------------------------------

    def _reported(self, plan: Any) -> bool:
        if plan.state not in MADE or not self._known(plan.first_made_on or plan.made_on):
            return False
        if self._later(plan.transferred_on):
            return False  # on that day it was still the former authority's
        return plan.ended_on is None or plan.ended_on >= self.year.period_from

    def _named(self, plan: Any) -> NamedPlan:
        # A plan amended since the census day: the date that it had is no longer on its row.
        started = plan.made_on if self._known(plan.made_on) else plan.first_made_on
        ended = plan.ended_on if self._known(plan.ended_on) else None
        day = ended or self.year.census_on
        named = named_on(self.held.settings, plan.id, day)
        # What a file told of a plan counts until section I names a setting here, and a version is made here.
        place = next((one for one in named if one.entered_on is not None), plan)
        money = budgets.on_day((one for one in self.held.budgets if one.plan_id == plan.id), day)
        return NamedPlan(
            started_on=started,
            details=[
                PlanDetail(
                    urn=one.urn,
                    ukprn=one.ukprn,
                    setting=one.code,
                    setting_other=self.held.words.get(one.id),
                    rank=one.rank,
                    sen_unit=one.sen_unit if one.urn else None,
                    resourced=one.resourced if one.urn else None,
                )
                for one in named[:2]
            ],
            residential=place.residential,
            work_based=place.work_based,
            personal_budget=money.personal_budget if money else plan.personal_budget,
            organised=money.organised if money else plan.organised_arrangements,
            direct_payments=_one_letter((money or plan).direct_payments),
            ceased_on=ended,
            cease_reason=plan.ended_reason if ended else None,
        )

    # -- module 5 --------------------------------------------------------------------------------------------

    def _active(self, plan: Any, named: NamedPlan | None) -> ActivePlan | None:
        if named is None or not is_active(named, self.year.census_on):
            return None
        made = ActivePlan(
            transferred_from=self._came_from(plan),
            placements=[
                self._placement(one) for one in placed(self.held.settings, plan.id) if self._there(one)
            ],
            needs=_needs(self.details),
        )
        self._reviewed(made, plan)
        return made

    def _came_from(self, plan: Any) -> str | None:
        if plan.transferred_on is None:
            return self._item(plan.id, TRANSFER)
        code: str | None = plan.from_authority
        return code if self._of_period(plan.transferred_on) else None

    def _there(self, one: Any) -> bool:
        begun = one.entered_on is None or one.entered_on <= self.year.census_on
        return begun and (one.left_on is None or one.left_on >= self.year.period_from)

    def _placement(self, one: Any) -> Placement:
        return Placement(
            urn=one.urn,
            ukprn=one.ukprn,
            setting=one.code,
            setting_other=self.held.words.get(one.id),
            rank=one.rank,
            entered_on=one.entered_on,
            left_on=one.left_on if self._known(one.left_on) else None,
            sen_unit=one.sen_unit if one.urn else None,
            resourced=one.resourced if one.urn else None,
            residential=one.residential,
            work_based=one.work_based,
        )

    def _reviewed(self, made: ActivePlan, plan: Any) -> None:
        """The latest meeting, and the latest decision with what came of it, over all reviews of the plan."""
        reviews = [one for one in self.held.reviews if one.plan_id == plan.id and one.kind != "change"]
        made.meeting_on = _latest(
            one.meeting_on for one in reviews if one.held and self._known(one.meeting_on)
        )
        decided = [one for one in reviews if self._known(one.decided_on)]
        if decided:
            last = max(decided, key=lambda one: (one.decided_on, one.id))
            made.decided_on, made.review_outcome = last.decided_on, OUTCOMES.get(last.outcome or "")
            if last.outcome == "amend" and self._known(last.notice_on):
                made.review_draft_on = last.notice_on
        self._transfer(made, plan, reviews)

    def _transfer(self, made: ActivePlan, plan: Any, reviews: Sequence[Any]) -> None:
        """The change of phase of the year, as a person set it, else as the child's year group tells it.

        A plan that was made only after its day was not there to be amended for it.
        """
        moved_in = self.year.period_to.year
        phase = clock.phase_in(plan, self.details.year_group, moved_in, self.today)
        if phase is None or phase not in PHASES:
            return
        due_on, said = date(moved_in, *PHASES[phase]), plan.phase_transfer_year == moved_in
        if not said and (plan.first_made_on is None or plan.first_made_on >= due_on):
            return
        kinds = {f"phase_{phase}"} if said else {f"phase_{phase}", clock.ANNUAL, clock.EARLY}
        made.phase_due_on = due_on
        made.phase_final_on = _latest(
            one.final_on
            for one in reviews
            if one.kind in kinds and self._of_transfer(one, moved_in) and self._known(one.final_on)
        )

    def _of_transfer(self, review: Any, moved_in: int) -> bool:
        """Whether the plan was amended after a review in the school year at whose end the child moved."""
        begins, ends = date(moved_in - 1, clock.SEPTEMBER, 1), date(moved_in, clock.SEPTEMBER, 1)
        if review.amended is False or review.final_on is None or review.final_on < begins:
            return False
        return bool(review.kind.startswith("phase_") or review.final_on < ends)


def placed(settings: Sequence[Any], plan_id: UUID) -> list[Any]:
    """Where a child was placed, as is on record. Where section I says it is to be, it may not have been."""
    return _in_order(one for one in settings if one.plan_id == plan_id and not one.named)


def named_on(settings: Sequence[Any], plan_id: UUID, day: date) -> list[Any]:
    """What section I named on a day; of a plan that was issued later, what it names first."""
    held = [one for one in settings if one.plan_id == plan_id and one.named]
    first = min((one.entered_on for one in held if one.entered_on is not None), default=None)
    day = max(day, first) if first is not None else day
    return _in_order(
        one
        for one in held
        if (one.entered_on is None or one.entered_on <= day) and (one.left_on is None or one.left_on >= day)
    )


def _in_order(settings: Iterable[Any]) -> list[Any]:
    return sorted(settings, key=lambda one: (one.rank, one.entered_on or date.min, one.id))


def _sorts(found: Sequence[Any]) -> tuple[bool, bool]:
    mediated = any(one.kind == "mediation" and one.held_on is not None for one in found)
    return mediated, any(one.kind == "appeal" for one in found)


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _one_letter(letters: str | None) -> str | None:
    """Item 4.4c has one letter: payments from more than one purse are integrated."""
    if not letters:
        return None
    return letters if len(letters) == 1 else "I"


def _needs(details: Details) -> list[Need]:
    kinds = [kind for kind in (details.need_primary, details.need_secondary) if kind and kind != "NSA"]
    return [Need(kind=kind, rank=rank) for rank, kind in enumerate(kinds, 1)]
