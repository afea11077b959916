"""From a person of a message to the rows of a case: the other way round of ``deriving``. Pure but for ids.

What a file cannot say stays empty: who decided, why, and any day that it does not give. A request whose
decision it calls historical makes no request here, for its dates are not in the file.

The authority's sight follows from what became of a case (``Rows.sights``): none of what is over, to the end
of the time to appeal after a refusal or where there is to be no plan, and without an end where an appeal was
registered, whose end the file does not tell: an officer records it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from isp.ehcp.steps import StepCode, Subject
from isp.escalations.deadlines import Act, appeal_due, due, rules_on
from isp.escalations.stages import decision_counts
from isp.exchange.deriving import EXPORTED, NOT_SAID, OUTCOMES, PHASES, SOURCES, TRANSFER
from isp.exchange.naming import new_reference
from isp.exchange.sen2.cleaning import NO_CODE
from isp.exchange.sen2.message import (
    ActivePlan,
    Assessment,
    NamedPlan,
    Person,
    Placement,
    PlanDetail,
    Request,
)
from isp.exchange.sen2.years import Year
from isp.kernel.ids import new_id
from isp.register.content import Details
from isp.register.importing.codes import YEAR_GROUPS, nominal_year

SOURCE_OF: Mapping[str, str] = {"1": "parent"} | {code: name for name, code in SOURCES.items() if code != "1"}
OUTCOME_OF: Mapping[str, str] = {code: name for name, code in OUTCOMES.items()}
PHASE_OF: Mapping[tuple[int, int], str] = {day: name for name, day in PHASES.items()}

GAVE_WAY = "conceded"
NO_NAME, NO_BIRTH, NO_RECEIPT, NO_OUTCOME, NO_START, TWICE_OPEN, DISPUTED_YES = (
    "no_name",
    "no_birth",
    "no_receipt",
    "no_outcome",
    "no_start",
    "twice_open",
    "disputed_yes",
)
PROBLEMS: Mapping[str, str] = {
    NO_NAME: "have no surname or no forename, so they are left out",
    NO_BIRTH: "have no date of birth that can be read, so they are left out",
    NO_RECEIPT: "requests have no day of receipt, so they are left out",
    NO_OUTCOME: "requests were decided, and have no day of it or an outcome that is no code, so they "
    "are left out",
    NO_START: "plans have no start date, so they are left out",
    DISPUTED_YES: "requests were agreed, and yet are said to have been disputed; the dispute is left out",
    NO_CODE: "values are no code or number of that year’s form, so they are left empty",
    TWICE_OPEN: "requests or plans are open beside another one of the same child, so they are left out",
}


@dataclass(slots=True)
class Rows:
    """Rows by table, ready to be inserted; ``words`` are to be sealed (by the id of the row, as JSON)."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    assessments: list[dict[str, Any]] = field(default_factory=list)
    plans: list[dict[str, Any]] = field(default_factory=list)
    settings: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    disputes: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    words: dict[UUID, str] = field(default_factory=dict)
    sights: dict[UUID, date | None] = field(default_factory=dict)
    """By the request, the plan or the assessment through which the authority sees the child: until when."""
    problems: Counter[str] = field(default_factory=Counter)

    def is_empty(self) -> bool:
        """Whether there is nothing to insert."""
        return not (self.requests or self.assessments or self.plans)


@dataclass(frozen=True, slots=True)
class Known:
    """What the record has of a child already: so that the same file again changes nothing."""

    received: frozenset[date] = frozenset()
    has_open_request: bool = False
    outcomes: frozenset[date | None] = frozenset()
    """Days on which assessments without a request of ours ended; None of one that is open."""
    started: frozenset[date | None] = frozenset()
    has_open_plan: bool = False
    has_open_assessment: bool = False


NOTHING_KNOWN = Known()
_UNDER_WAY = frozenset({"advising", "drafting"})


def check_person(person: Person) -> str | None:
    """Why a person cannot be brought in at all; None where she can."""
    if not (person.surname and person.forename):
        return NO_NAME
    return NO_BIRTH if person.born_on is None else None


def details_of(person: Person, today: date) -> Details:
    """The register's details. Codes that are none are left empty, for the record keeps to its lists."""
    if person.born_on is None:
        raise ValueError(NO_BIRTH)
    number = nominal_year(person.born_on, today) + 4
    active = [one.active for one in person.requests if one.active is not None]
    needs = {one.rank: one.kind for held in active[-1:] for one in held.needs}
    has_plan = any(one.plan is not None and one.plan.ceased_on is None for one in person.requests)
    return Details(
        legal_given=person.forename or "",
        legal_family=person.surname or "",
        born_on=person.born_on,
        sex=person.sex if person.sex in ("M", "F") else None,
        upn=person.upn,
        uln=person.uln,
        ethnicity=person.ethnicity,
        postcode=person.postcode,
        upn_unknown=person.upn_unknown,
        year_group=YEAR_GROUPS[number] if 0 <= number < len(YEAR_GROUPS) - 1 else None,
        sen_status="E" if has_plan else "N",
        need_primary=_short(needs.get(1)),
        need_secondary=_short(needs.get(2)),
    )


def _short(code: str | None) -> str | None:
    return code[:4] if code else None


class Entering:
    """Makes the rows of one person. ``by``: whose import it is."""

    def __init__(
        self,
        pupil_id: UUID,
        authority_id: UUID,
        year: Year,
        today: date,
        by: UUID,
        known: Known = NOTHING_KNOWN,
    ) -> None:
        self.pupil_id, self.authority_id, self.year = pupil_id, authority_id, year
        self.today, self.by, self.known = today, by, known
        self.rows = Rows()
        self._open_request = known.has_open_request
        self._open_assessment = known.has_open_assessment
        self._open_plan = known.has_open_plan

    def person(self, person: Person) -> Rows:
        """All her requests, with what came of them."""
        for one in person.requests:
            if one.outcome == "H":
                self._historical(one)
            else:
                self._request(one)
        return self.rows

    # -- module 2 --------------------------------------------------------------------------------------------

    def _request(self, one: Request) -> None:
        if one.received_on is None:
            self.rows.problems[NO_RECEIPT] += 1
            return
        if one.received_on in self.known.received:
            return
        if one.outcome not in ("Y", "N", "A", "W") or (one.outcome in ("Y", "N") and one.outcome_on is None):
            self.rows.problems[NO_OUTCOME] += 1
            return
        overturned = bool(one.mediation or one.tribunal) and one.assessment is not None
        status = {"Y": "agreed", "N": "refused", "A": "pending", "W": "withdrawn"}[one.outcome]
        if status == "refused" and overturned:
            status = "agreed"
        if one.outcome == "A" and one.exported_to is not None:
            status = "withdrawn"
        ended_on = self._ended(one, status)
        is_open = status in ("pending", "agreed") and ended_on is None
        if is_open and (self._open_request or self._open_assessment):
            self.rows.problems[TWICE_OPEN] += 1
            return
        made = self._request_row(one, one.received_on, status, ended_on)
        if one.exported_to is not None and status == "withdrawn":
            self._item(made["id"], EXPORTED, one.exported_to)
        self._open_request = self._open_request or is_open
        if status == "agreed":
            self._assessment(one, made)
        elif status == "refused":
            self._see_until_appeal(made, one.outcome_on, appealed=bool(one.tribunal))
        elif status == "pending":
            self.rows.sights[made["id"]] = None

    def _request_row(
        self, one: Request, received_on: date, status: str, ended_on: date | None
    ) -> dict[str, Any]:
        decided_on = one.outcome_on if one.outcome in ("Y", "N") else None
        counts: dict[str, Any] = dict.fromkeys(("days_late", "days_unexcused", "rules"))
        if decided_on is not None:
            counts = decision_counts(received_on, decided_on)
        row: dict[str, Any] = {
            "id": new_id(),
            "reference": new_reference(received_on.year),
            "pupil_id": self.pupil_id,
            "authority_id": self.authority_id,
            "school_id": None,
            "source": SOURCE_OF.get(one.source or "", NOT_SAID),
            "made_by": self.by,
            "received_on": received_on,
            "status": status,
            "officer_id": None,
            "decided_on": decided_on,
            "decided_by": None,
            **counts,
            "sight_until": None,
            # A file says that there was an appeal, not when, nor how it ended: the dispute beside it has
            # that. But after a refusal there is an assessment only where the authority gave way, or had to.
            "appealed_on": None,
            "appeal_closed_on": None,
            "appeal_result": GAVE_WAY if one.outcome == "N" and status == "agreed" else None,
            "ended_on": ended_on,
            "youth_accommodation": one.youth_accommodation,
            "row_version": 1,
        }
        self.rows.requests.append(row)
        self._step(Subject.REQUEST, row["id"], StepCode.ENTERED, self.today)
        self._step(Subject.REQUEST, row["id"], StepCode.REQUESTED, received_on)
        if decided_on is not None:
            code = StepCode.REFUSED if one.outcome == "N" else StepCode.AGREED
            self._step(Subject.REQUEST, row["id"], code, decided_on)
            if one.outcome == "N":
                self._disputes("request", row["id"], "assess", decided_on, one.mediation, one.tribunal)
            elif one.mediation or one.tribunal:
                self.rows.problems[DISPUTED_YES] += 1
        return row

    def _see_until_appeal(self, request: dict[str, Any], decided_on: date | None, *, appealed: bool) -> None:
        """After a decision against the family the sight lasts while an appeal is possible, or under way."""
        if appealed or decided_on is None:
            self.rows.sights[request["id"]] = None
            return
        until = appeal_due(decided_on).on
        request["sight_until"] = until
        if until >= self.today:
            self.rows.sights[request["id"]] = until

    def _ended(self, one: Request, status: str) -> date | None:
        """When the case came to its end; of a withdrawal a file does not say it."""
        if status == "withdrawn":
            return None
        if status == "refused":
            return one.outcome_on
        if one.exported_to is not None:
            return one.outcome_on
        held = one.assessment
        if held is None or held.outcome in ("A", None):
            return None
        if held.outcome == "W":
            return one.outcome_on
        return held.outcome_on

    def _item(self, subject_id: UUID, item: str, value: str) -> None:
        self.rows.items.append(
            {
                "id": new_id(),
                "authority_id": self.authority_id,
                "pupil_id": self.pupil_id,
                "subject_id": subject_id,
                "year": self.year.year,
                "item": item,
                "value": value,
            }
        )

    # -- module 3 --------------------------------------------------------------------------------------------

    def _historical(self, one: Request) -> None:
        held = one.assessment
        if held is None:
            return
        if held.outcome == "H":
            if one.plan is not None:
                self._plan(one.plan, one.active, None, held)
            return
        if held.outcome_on in self.known.outcomes:
            return
        # Its clock began before the period, on a day that the file does not give.
        began = self.year.period_from.replace(year=self.year.period_from.year - 1, month=12, day=31)
        is_open = held.outcome in ("A", None) or (held.outcome == "Y" and held.outcome_on is None)
        if is_open and self._open_assessment:
            self.rows.problems[TWICE_OPEN] += 1
            return
        made = self._assessment_row(one, held, None, began, began)
        if made["state"] in _UNDER_WAY or (made["state"] == "no_plan" and held.tribunal):
            self.rows.sights[made["id"]] = None
        elif made["state"] == "no_plan" and held.outcome_on is not None:
            until = appeal_due(held.outcome_on).on
            if until >= self.today:
                self.rows.sights[made["id"]] = until

    def _assessment(self, one: Request, request: dict[str, Any]) -> None:
        held = one.assessment or Assessment(outcome="A")
        if one.exported_to is not None:
            held = Assessment(outcome="moved")
        began = request["decided_on"]
        made = self._assessment_row(one, held, request["id"], request["received_on"], began)
        if made["state"] == "no_plan":
            self._see_until_appeal(request, held.outcome_on, appealed=bool(held.tribunal))
        elif made["state"] in _UNDER_WAY or made["plan_id"] in self.rows.sights:
            self.rows.sights[request["id"]] = None

    def _assessment_row(
        self, one: Request, held: Assessment, request_id: UUID | None, clock_from: date, began: date
    ) -> dict[str, Any]:
        state = {"N": "no_plan", "W": "withdrawn", "moved": "moved"}.get(held.outcome or "", "advising")
        if held.outcome == "Y":
            state = "final" if held.outcome_on is not None else "drafting"
        known_clock = request_id is not None
        act = {"final": Act.FINAL_PLAN, "no_plan": Act.NO_PLAN}.get(state)
        late = None
        if act is not None and held.outcome_on is not None and known_clock:
            late = due(act, clock_from).days_late(held.outcome_on)
        row: dict[str, Any] = {
            "id": new_id(),
            "pupil_id": self.pupil_id,
            "authority_id": self.authority_id,
            "request_id": request_id,
            "plan_id": None,
            "kind": "first",
            "clock_from": clock_from,
            "order_on": None,
            "begun_on": began,
            "state": state,
            "to_issue_on": (held.outcome_on or began) if held.outcome == "Y" else None,
            "draft_sent_on": None,
            "answers_until": None,
            "outcome_on": held.outcome_on if state in ("final", "no_plan") else None,
            "days_late": late,
            "days_unexcused": 0 if late is not None and held.excepted else late,
            "excused": bool(held.excepted),
            "moved_to": one.exported_to if state == "moved" else None,
            "rules": rules_on(clock_from).version if late is not None else None,
            "decided_by": None,
            "row_version": 1,
        }
        self.rows.assessments.append(row)
        self._open_assessment = self._open_assessment or state in ("advising", "drafting")
        ends = {"final": StepCode.FINAL_ISSUED, "no_plan": StepCode.NO_PLAN}
        if state in ends and held.outcome_on is not None:
            self._step(Subject.ASSESSMENT, row["id"], ends[state], held.outcome_on)
            self._disputes("assessment", row["id"], "issue", held.outcome_on, held.mediation, held.tribunal)
        if one.plan is not None and state == "final":
            row["plan_id"] = self._plan(one.plan, one.active, held.outcome_on, held, late)
        return row

    # -- module 4 --------------------------------------------------------------------------------------------

    def _plan(
        self,
        plan: NamedPlan,
        active: ActivePlan | None,
        first_made_on: date | None,
        held: Assessment,
        late: int | None = None,
    ) -> UUID | None:
        if plan.started_on is None:
            self.rows.problems[NO_START] += 1
            return None
        if plan.started_on in self.known.started:
            return None
        ended = plan.ceased_on if plan.ceased_on is not None and plan.ceased_on <= self.today else None
        if ended is None and self._open_plan:
            self.rows.problems[TWICE_OPEN] += 1
            return None
        self._open_plan = self._open_plan or ended is None
        from_la = active.transferred_from if active is not None else None
        origin = "here" if first_made_on is not None else "transferred" if from_la else "elsewhere"
        last = active.decided_on if active is not None else None
        phase = PHASE_OF.get(_day_of(active.phase_due_on)) if active is not None else None
        leaving = any(one.setting == "NIEC" for one in (active.placements if active is not None else ()))
        row: dict[str, Any] = {
            "id": new_id(),
            "reference": new_reference(plan.started_on.year),
            "pupil_id": self.pupil_id,
            "authority_id": self.authority_id,
            "record_id": None,
            "officer_id": None,
            "origin": origin,
            "from_authority": from_la,
            "transferred_on": None,
            "state": "ended" if ended is not None else "ceasing" if leaving else "in_force",
            "draft_sent_on": None,
            "first_made_on": first_made_on,
            "made_on": plan.started_on,
            "last_review_on": last,
            "review_due_on": due(Act.REVIEW, last or plan.started_on).on if ended is None else None,
            "phase_transfer": phase,
            # A file that names none for an active plan says that there was none in its year.
            "phase_transfer_year": active.phase_due_on.year
            if phase and active and active.phase_due_on
            else self.year.period_to.year
            if active is not None
            else None,
            "residential": plan.residential,
            "work_based": plan.work_based,
            "personal_budget": bool(plan.personal_budget),
            "organised_arrangements": bool(plan.organised),
            "direct_payments": plan.direct_payments,
            "cease_decided_on": None,
            "ended_on": ended,
            "ended_reason": (plan.cease_reason or "9")[:1] if ended is not None else None,
            "days_late": late,
            "days_unexcused": 0 if late is not None and held.excepted else late,
            "excused": bool(held.excepted),
            "sealed": None,
            "row_version": 1,
        }
        self.rows.plans.append(row)
        if ended is None:
            self.rows.sights[row["id"]] = None
        self._step(Subject.PLAN, row["id"], StepCode.PLAN_ENTERED, self.today)
        if ended is not None:
            self._step(Subject.PLAN, row["id"], StepCode.CEASED, ended)
        # A file says that there was mediation or an appeal in the period, and of which plan, but not the day.
        day = max(plan.started_on, self.year.period_from)
        self._disputes("plan", row["id"], "content", day, held.other_mediation, held.other_tribunal)
        for detail in plan.details:
            self._setting(row["id"], detail, named=True)
        if active is not None:
            if from_la:
                self._item(row["id"], TRANSFER, from_la)
            for placement in active.placements:
                self._setting(row["id"], placement, named=False)
            self._review(row["id"], active, phase)
            if active.meeting_on is None and active.decided_on is None and active.phase_final_on is None:
                self._review_row(row["id"], active, None, "due", due(Act.REVIEW, plan.started_on).on)
        plan_id: UUID = row["id"]
        return plan_id

    def _setting(self, plan_id: UUID, one: PlanDetail | Placement, *, named: bool) -> None:
        row: dict[str, Any] = {
            "id": new_id(),
            "plan_id": plan_id,
            "pupil_id": self.pupil_id,
            "named": named,
            "rank": one.rank if one.rank in (1, 2) else 1,
            "school_id": None,
            "urn": one.urn[:6] if one.urn else None,
            "ukprn": one.ukprn[:8] if one.ukprn else None,
            "code": one.setting[:4] if one.setting else None,
            "entered_on": one.entered_on if isinstance(one, Placement) else None,
            "left_on": one.left_on if isinstance(one, Placement) else None,
            "sen_unit": bool(one.sen_unit),
            "resourced": bool(one.resourced),
            "residential": one.residential if isinstance(one, Placement) else None,
            "work_based": one.work_based if isinstance(one, Placement) else None,
            "sealed": None,
        }
        self.rows.settings.append(row)
        if one.setting_other:
            self.rows.words[row["id"]] = one.setting_other

    # -- module 5 --------------------------------------------------------------------------------------------

    def _review(self, plan_id: UUID, active: ActivePlan, phase: str | None) -> None:
        outcome = OUTCOME_OF.get(active.review_outcome or "") if active.decided_on is not None else None
        known = [active.meeting_on, active.decided_on, active.phase_final_on]
        if not any(known):
            return
        state = "held" if active.decided_on is None else "closed"
        if outcome == "amend" and active.phase_final_on is None:
            state = "amending"
        if active.meeting_on is None and active.decided_on is None:
            state = "closed"
        on = next(day for day in known if day is not None)
        row = self._review_row(plan_id, active, phase, state, on, outcome)
        codes = {
            "maintain": StepCode.REVIEW_MAINTAINED,
            "amend": StepCode.REVIEW_AMENDING,
            "cease": StepCode.REVIEW_CEASING,
        }
        for code, day in (
            (StepCode.REVIEW_HELD, active.meeting_on),
            (codes.get(outcome or ""), active.decided_on),
            (StepCode.AMENDMENT_NOTICE, row["notice_on"]),
            (StepCode.AMENDED, row["final_on"]),
        ):
            if code is not None and day is not None:
                self._step(Subject.REVIEW, row["id"], code, day)

    def _review_row(
        self,
        plan_id: UUID,
        active: ActivePlan,
        phase: str | None,
        state: str,
        due_on: date,
        outcome: str | None = None,
    ) -> dict[str, Any]:
        """A review; of one that was held a file does not say when it was due, so its own day stands there."""
        late = None
        if active.meeting_on is not None and active.decided_on is not None:
            late = due(Act.REVIEW_DECISION, active.meeting_on).days_late(active.decided_on)
        row: dict[str, Any] = {
            "id": new_id(),
            "plan_id": plan_id,
            "pupil_id": self.pupil_id,
            "authority_id": self.authority_id,
            "school_id": None,
            "kind": {"post16": "phase_post16", "other": "phase_other"}.get(phase or "", "annual"),
            "state": state,
            "due_on": due_on,
            "invited_on": None,
            "papers_sent_on": None,
            "meeting_on": active.meeting_on,
            "held": active.meeting_on is not None,
            "reported_on": None,
            "decided_on": active.decided_on,
            "outcome": outcome,
            "notice_on": active.review_draft_on if outcome == "amend" else None,
            "final_on": active.phase_final_on if phase else None,
            "amended": True if phase and active.phase_final_on is not None else None,
            "days_late": late,
            "rules": rules_on(active.meeting_on).version if late is not None and active.meeting_on else None,
            "sealed": None,
            "row_version": 1,
        }
        self.rows.reviews.append(row)
        return row

    # -- beside it -------------------------------------------------------------------------------------------

    def _disputes(
        self,
        subject: str,
        subject_id: UUID,
        about: str,
        on: date,
        mediation: bool | None,
        tribunal: bool | None,
    ) -> None:
        """Mediation that took place, an appeal that was registered: on the earliest day it can have been."""
        for kind, said in (("mediation", mediation), ("appeal", tribunal)):
            if not said:
                continue
            self.rows.disputes.append(
                {
                    "id": new_id(),
                    "pupil_id": self.pupil_id,
                    "authority_id": self.authority_id,
                    "kind": kind,
                    "about": about,
                    "subject": subject,
                    "subject_id": subject_id,
                    "state": "closed",
                    "decision_on": on,
                    "asked_on": on,
                    "certificate_on": None,
                    "held_on": on if kind == "mediation" else None,
                    "response_due_on": None,
                    "hearing_on": None,
                    "closed_on": None,
                    "result": None,
                    "sealed": None,
                    "row_version": 1,
                }
            )

    def _step(self, subject: Subject, subject_id: UUID, code: StepCode, on: date) -> None:
        if on > self.today:
            return
        self.rows.steps.append(
            {
                "id": new_id(),
                "pupil_id": self.pupil_id,
                "authority_id": self.authority_id,
                "subject": subject.value,
                "subject_id": subject_id,
                "code": code.value,
                "happened_on": on,
                "recorded_by": self.by,
                "corrects_id": None,
                "sealed": None,
            }
        )


def _day_of(day: date | None) -> tuple[int, int]:
    return (day.month, day.day) if day is not None else (0, 0)


def total(found: Iterable[Rows]) -> Counter[str]:
    """How many rows of each table."""
    counted: Counter[str] = Counter()
    for one in found:
        for name in ("requests", "assessments", "plans", "reviews"):
            counted[name] += len(getattr(one, name))
        counted.update(one.problems)
    return counted
