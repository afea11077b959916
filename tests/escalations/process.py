"""The whole process as the law has it, in plain states, and beside it the deeds that carry it out.

``Model`` is written from the statute (the Children and Families Act 2014, the regulations of 2014) and knows
nothing of the program: its states are

    none -> considering -> refused | assessing -> no_plan | drafting -> draft_issued -> final
    plan: in_force -> ceasing -> ended; a review beside it: due -> invited -> held -> reported -> amending
    -> noticed; a re-assessment is a case of its own; mediation and appeals are records beside all of it.

A ``Deed`` says in which of these states it may be done, what must have happened before it (``CAUSES``), what
the model is afterwards, and what the program must have noted and recorded: its steps in the chronology and
its events on the child's chain. What is done, by whom and through which action, is in ``World``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from isp.ehcp.steps import StepCode as S
from isp.escalations.deadlines import appeal_due
from isp.escalations.disputes import About

if TYPE_CHECKING:
    from tests.escalations.process_world import World

DAY = timedelta(days=1)

CAUSES: Mapping[S, tuple[S, ...]] = {
    # The request: nothing is decided, considered or given up before it was received.
    S.REQUESTED: (),
    S.AGREED: (S.REQUESTED,),
    S.REFUSED: (S.REQUESTED,),
    S.REQUEST_WITHDRAWN: (S.REQUESTED,),
    S.PANEL_HELD: (S.REQUESTED,),
    # The assessment: from the yes, the Tribunal's order, the agreement or the authority's giving way.
    S.ASSESSMENT_BEGUN: (S.TRIBUNAL_ORDERED, S.APPEAL_CONCEDED, S.MEDIATION_AGREED),
    S.ADVICE_ASKED: (S.AGREED, S.REASSESSMENT_AGREED),
    S.ADVICE_CHASED: (S.ADVICE_ASKED,),
    S.ADVICE_RECEIVED: (S.ADVICE_ASKED,),
    S.ADVICE_ACCEPTED: (S.ADVICE_RECEIVED,),
    S.ADVICE_SENT_BACK: (S.ADVICE_RECEIVED,),
    S.ADVICE_DECLINED: (S.ADVICE_ASKED,),
    S.ADVICE_WITHDRAWN: (S.ADVICE_ASKED,),
    S.ADVICE_SUFFICES: (),
    S.TO_ISSUE: (S.AGREED, S.TRIBUNAL_ORDERED, S.APPEAL_CONCEDED, S.MEDIATION_AGREED),
    S.TO_CHANGE: (S.REASSESSMENT_AGREED, S.TRIBUNAL_ORDERED, S.APPEAL_CONCEDED),
    S.NO_PLAN: (
        S.AGREED,
        S.TO_ISSUE,
        S.DRAFT_SENT,
        S.TRIBUNAL_ORDERED,
        S.APPEAL_CONCEDED,
        S.MEDIATION_AGREED,
    ),
    S.REASSESSED_SAME: (S.REASSESSMENT_AGREED, S.TO_CHANGE, S.DRAFT_SENT),
    S.DRAFT_SENT: (
        S.TO_ISSUE,
        S.TO_CHANGE,
        S.DRAFT_SENT,
        S.TRIBUNAL_ORDERED,
        S.APPEAL_CONCEDED,
        S.MEDIATION_AGREED,
    ),
    S.REPRESENTATIONS: (S.DRAFT_SENT, S.CEASE_CONSIDERED),
    S.MEETING_HELD: (S.DRAFT_SENT,),
    S.SETTING_CONSULTED: (S.DRAFT_SENT,),
    S.SETTING_ANSWERED: (S.SETTING_CONSULTED,),
    S.FINAL_ISSUED: (S.DRAFT_SENT,),
    S.REASSESSED: (S.DRAFT_SENT,),
    S.ASSESSMENT_WITHDRAWN: (S.AGREED, S.REASSESSMENT_AGREED),
    S.ASSESSMENT_MOVED: (S.REQUESTED, S.REASSESSMENT_AGREED),
    S.DIED: (S.REQUESTED,),
    # The review of a plan: each after the one before it.
    S.REVIEW_DUE: (S.FINAL_ISSUED,),
    S.REVIEW_INVITED: (S.FINAL_ISSUED,),
    S.REVIEW_PAPERS: (),
    S.REVIEW_HELD: (S.REVIEW_INVITED, S.FINAL_ISSUED),
    S.REVIEW_REPORTED: (S.REVIEW_HELD,),
    S.REVIEW_MAINTAINED: (S.REVIEW_HELD, S.REVIEW_REPORTED),
    S.REVIEW_AMENDING: (S.REVIEW_HELD, S.REVIEW_REPORTED),
    S.REVIEW_CEASING: (S.REVIEW_HELD, S.REVIEW_REPORTED),
    S.REVIEW_CANCELLED: (),
    S.AMENDMENT_NOTICE: (S.REVIEW_AMENDING, S.FINAL_ISSUED),
    S.AMENDED: (S.AMENDMENT_NOTICE,),
    S.NOT_AMENDED: (S.AMENDMENT_NOTICE,),
    # Assessed again.
    S.REASSESSMENT_ASKED: (S.FINAL_ISSUED,),
    S.REASSESSMENT_AGREED: (S.REASSESSMENT_ASKED,),
    S.REASSESSMENT_REFUSED: (S.REASSESSMENT_ASKED,),
    # The end, and another authority.
    S.CEASE_CONSIDERED: (S.FINAL_ISSUED,),
    S.CEASE_DECIDED: (S.CEASE_CONSIDERED, S.REPRESENTATIONS),
    S.CEASE_DROPPED: (S.CEASE_CONSIDERED,),
    S.CEASED: (S.FINAL_ISSUED,),
    S.MOVE_KNOWN: (),
    S.MOVE_OFF: (S.MOVE_KNOWN,),
    S.PLAN_MOVED_OUT: (S.MOVE_KNOWN,),
    S.PLAN_MOVED_IN: (S.PLAN_MOVED_OUT,),
    S.MOVE_TOLD: (S.PLAN_MOVED_IN,),
    # Beside it all: disputes, and what is ordered in them. The decision disputed is the model's own.
    S.MEDIATION_ASKED: (),
    S.MEDIATION_CERTIFICATE: (S.MEDIATION_ASKED,),
    S.MEDIATION_HELD: (S.MEDIATION_ASKED,),
    S.MEDIATION_AGREED: (S.MEDIATION_ASKED, S.MEDIATION_HELD, S.MEDIATION_CERTIFICATE),
    S.MEDIATION_CLOSED: (S.MEDIATION_ASKED, S.MEDIATION_HELD, S.MEDIATION_CERTIFICATE),
    S.APPEAL_REGISTERED: (),
    S.APPEAL_DISMISSED: (S.APPEAL_REGISTERED,),
    S.APPEAL_WITHDRAWN: (S.APPEAL_REGISTERED,),
    S.APPEAL_CONCEDED: (S.APPEAL_REGISTERED,),
    S.TRIBUNAL_ORDERED: (S.APPEAL_REGISTERED,),
    S.ORDER_DONE: (S.TRIBUNAL_ORDERED, S.APPEAL_CONCEDED, S.MEDIATION_AGREED),
}
"""What each step follows from: it is never before the last of these that there was."""


@dataclass
class Model:
    """Where one child's case and plan stand, and all that was ever done."""

    case: str = "none"
    again: bool = False
    """The case is a re-assessment of the plan in force."""
    settled: bool = False
    """A plan was ordered, agreed or given way to: it cannot be decided any more that there is none."""
    told: bool = True
    plan: str = "none"
    review: str = ""
    change: bool = False
    """The amendment is one outside a review (regulation 28)."""
    ending: str = ""
    heard: frozenset[str] = frozenset()
    """Who has answered that the plan might end."""
    asked_again: str = ""
    move: str = ""
    where: str = "northshire"
    support: bool = True
    """The school's own plan is in force, and would take the place of an EHC plan that ends."""
    advice: dict[str, str] = field(default_factory=dict)
    unanswered: int = 0
    paper: bool = False
    consulted: dict[str, str] = field(default_factory=dict)
    panel: str = ""
    appeals: dict[About, str] = field(default_factory=dict)
    mediations: dict[About, str] = field(default_factory=dict)
    certified: dict[About, date] = field(default_factory=dict)
    decisions: dict[About, date] = field(default_factory=dict)
    owed: set[str] = field(default_factory=set)
    seen_until: date = date.min
    dead: bool = False
    answer_on: date | None = None
    """The family's first answer to the draft that it has."""
    asker: str = ""
    draft: str = ""
    begun_on: date = date.min
    turned_on: date = date.min
    """The day of the order, the agreement or the giving way by which the case goes on."""
    panel_on: date = date.min
    left: set[str] = field(default_factory=set)
    """An earlier refusal, against which the family may still appeal."""
    made_on: date = date.min
    content_on: date = date.min
    considered_on: date = date.min
    known_on: date = date.min
    handed_on: date = date.min
    paper_on: date = date.min
    advice_on: dict[str, date] = field(default_factory=dict)
    consulted_on: dict[str, date] = field(default_factory=dict)
    heard_on: dict[str, date] = field(default_factory=dict)
    began: dict[tuple[str, About], date] = field(default_factory=dict)
    ordered: dict[str, date] = field(default_factory=dict)
    beside: dict[tuple[str, About], date] = field(default_factory=dict)
    """Of each dispute, the last day of it."""
    days: dict[S, date] = field(default_factory=dict)
    """The last day of each step that still counts."""
    noted: list[tuple[str, date]] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)

    # -- what the law asks of a state ------------------------------------------------------------------

    def limit(self, about: About) -> date:
        """The last day to appeal against a decision (rule 20 of the Tribunal's)."""
        return appeal_due(self.decisions[about], self.certified.get(about)).on

    def earliest(self, *codes: S) -> date:
        """The first day on which these steps can have been: not before what they follow from."""
        causes = {cause for code in codes for cause in CAUSES[code]}
        return max((self.days[one] for one in causes if one in self.days), default=date.min)

    def sees(self, today: date) -> bool:
        """Whether the authority sees the case: a refusal ends it with the time to appeal."""
        for state, about in (("refused", About.ASSESS), ("no_plan", About.ISSUE)):
            if self.case == state and not self.again:
                if self.appeals.get(about) == "over":
                    return False
                if self.appeals.get(about) != "open":
                    return today <= self.limit(about) or today <= self.seen_until
        return self.case != "ended" or self.plan in ("in_force", "ceasing")

    @property
    def held(self) -> bool:
        """A plan is in force: one that is to cease still is."""
        return self.plan in ("in_force", "ceasing")

    @property
    def owes_in_the_case(self) -> bool:
        """Something was agreed beside a refusal, and is still to be done."""
        return any(one.startswith("case ") for one in self.owed)

    @property
    def live(self) -> bool:
        """An assessment is under way."""
        return self.case in ("assessing", "drafting", "draft_issued")

    @property
    def running(self) -> bool:
        """A case is open: one at a time for a child."""
        return self.live or self.case == "considering"

    def duties(self, today: date) -> tuple[set[str], set[str]]:
        """What somebody must do next, by subject; and what may stand beside it: a family's time to appeal."""
        must, may = self._of_the_case()
        if self.held:
            mine, beside = self._of_the_plan(today)
            must, may = must | mine, may | beside
        standing = {about for about, state in self.appeals.items() if state == "open"}
        standing |= {about for about, state in self.mediations.items() if state != "over"}
        of_case = standing & {About.ASSESS, About.ISSUE}
        if of_case or (standing and self.plan != "ended") or self.owes_in_the_case:
            must.add("dispute")
        return must, may

    def _of_the_case(self) -> tuple[set[str], set[str]]:
        must: set[str] = set()
        may = set(self.left)
        if self.case == "considering":
            # The decision, and meanwhile telling those concerned that it is considered (regulation 4).
            must |= {"request", "notice"}
        if self.live:
            must.add("assessment")
            if {"asked", "sent_back"} & set(self.advice.values()):
                must.add("advice")
        if self.case == "refused" and About.ASSESS not in self.appeals:
            may.add("request")
        if self.case == "no_plan" and (self.again or About.ISSUE not in self.appeals):
            may.add("assessment")
        return must, may

    def _of_the_plan(self, today: date) -> tuple[set[str], set[str]]:
        """Of a plan in force. Of the school it is asked, when it is issued, whether section F is given."""
        must = {"provision"}
        may: set[str] = set()
        if self.plan == "in_force":
            must.add("review" if self.review else "plan")
        else:
            over = today > self.limit(About.CEASE)
            disputed = self.appeals.get(About.CEASE) == "open" or (over and About.CEASE in self.mediations)
            (may if disputed else must).add("plan")
        if self.asked_again:
            (must if self.asked_again == "pending" else may).add("reassessment")
        if self.move:
            must.add("move")
        if any(not one.startswith("case ") for one in self.owed):
            must.add("order")
        return must, may

    @property
    def over(self) -> bool:
        """A clear end: nothing of the case and no plan is left that anybody must do something about."""
        return not self.running and not self.held

    def state(self) -> dict[str, Any]:
        """Where it stands, for a comparison with what the program has stored."""
        return {
            "case": self.case,
            "again": self.again,
            "plan": self.plan,
            "review": self.review,
            "ending": self.ending,
            "heard": set(self.heard) if self.ending else set(),
            "asked again": self.held and self.asked_again == "pending",
            "move": self.move if self.held else "",
            "where": self.where,
            "advice": self.advice,
            "consulted": self.consulted,
            "appeals": {about for about, state in self.appeals.items() if state == "open"},
            "mediations": {about for about, state in self.mediations.items() if state != "over"},
            "owed": {one for one in self.owed if self.held or one.startswith("case ")},
        }

    # -- what a deed leaves ----------------------------------------------------------------------------

    def note(self, on: date, *codes: S) -> None:
        for code in codes:
            self.noted.append((code.value, on))
            self.days[code] = on

    def forget(self, *codes: S) -> None:
        """These are of what is over: nothing that comes follows from them."""
        for code in codes:
            self.days.pop(code, None)

    def leave(self) -> None:
        """Another case begins: of the one before there may be time to appeal left."""
        self.left |= {"request"} if self.case == "refused" else set()
        self.left |= {"assessment"} if self.case == "no_plan" else set()
        self.unanswered = len(self.waited_for())
        self.advice = {}

    def waited_for(self) -> list[str]:
        """Advice that is still to come, or to be checked: of this case, and of ones that ended without it."""
        here = [one for one, state in self.advice.items() if state in ("asked", "in", "sent_back")]
        return here + ["earlier"] * self.unanswered

    def close_advice(self) -> None:
        """The plan is made, or goes to another authority: nobody is waited for any more."""
        self.advice |= {one: "withdrawn" for one in self.waited_for() if one != "earlier"}
        self.unanswered = 0

    def decide(self, about: About, on: date) -> None:
        """A decision that can be disputed; a certificate about an earlier one is not about it."""
        self.decisions[about] = on
        self.certified.pop(about, None)

    def close_beside(self) -> None:
        """The case is at an end: whoever was consulted is asked no longer."""
        self.consulted = {one: "closed" if said == "open" else said for one, said in self.consulted.items()}


@dataclass(frozen=True)
class Deed:
    """One thing that can be done, in the law's words.

    ``when``: whether it may be done in a state; None where the law has nothing to say, and it is not tried.
    ``steps``: what is noted in the chronology, on the day of the deed; ``events``: what the child's chain
    then holds more (None: an event for each step, as is the house's way for what is done about a plan).
    ``on``: the day is said with it, and may be past; otherwise it is today's. ``since``: what else it is not
    before. ``fit``: what else the day must answer to.
    """

    name: str
    when: Callable[[Model, date], bool | None]
    do: Callable[[World, date], None]
    then: Callable[[Model, date], None]
    steps: Callable[[Model], tuple[S, ...]]
    events: Callable[[Model], tuple[str, ...]]
    on: bool = True
    since: Callable[[Model], date] = lambda _: date.min
    fit: Callable[[Model, date, date], bool] = lambda _m, _on, _today: True
    own: bool = False
    """What it follows from is ``since`` alone: of several threads at once, that one's."""
    today: Callable[[Model], tuple[S, ...]] = lambda _: ()
    """What is noted beside it, on the day of the record."""
    planned: Callable[[Model, date], tuple[tuple[S, date], ...]] = lambda _m, _on: ()
    """What is noted beside it on a day that was set before."""
    one_hand: bool = True
    """One person does all of it."""
    aside: bool = False
    """Nothing else follows from its day."""

    def may(self, model: Model, on: date, today: date) -> bool:
        """Whether the law has it done on this day."""
        if not self.when(model, today) or on > today:
            return False
        return on >= self.first(model) and self.fit(model, on, today)

    def first(self, model: Model) -> date:
        """The first day on which it can have been: that of the last of what it follows from."""
        if not self.on:
            return date.min
        earliest = self.since(model)
        return earliest if self.own else max(earliest, model.earliest(*self.steps(model)))

    def leaves(self, model: Model, on: date, today: date) -> None:
        """What is so once it is done."""
        steps, beside = self.steps(model), self.beside(model, on, today)
        model.events.update(self.events(model))
        before = dict(model.days)
        model.note(on, *steps)
        if self.aside:
            model.days = before
        self.then(model, on)
        model.noted += [(code.value, day) for code, day in beside]

    def beside(self, model: Model, on: date, today: date) -> list[tuple[S, date]]:
        """What is noted with it on other days than its own."""
        return [*((code, today) for code in self.today(model)), *self.planned(model, on)]


DEEDS: dict[str, Deed] = {}


def deed(
    name: str,
    when: Callable[[Model, date], bool | None],
    do: Callable[[World, date], None],
    then: Callable[[Model, date], None] = lambda _m, _on: None,
    *,
    steps: tuple[S, ...] | Callable[[Model], tuple[S, ...]] = (),
    events: tuple[str, ...] | Callable[[Model], tuple[str, ...]] | None = None,
    **more: Any,
) -> None:
    """Add one to the table."""

    def told(model: Model) -> tuple[S, ...]:
        return steps(model) if callable(steps) else steps

    def said(model: Model) -> tuple[str, ...]:
        if events is None:
            return tuple(f"ehc_plan.step:{code.value}" for code in told(model))
        return events(model) if callable(events) else events

    DEEDS[name] = Deed(name, when, do, then, told, said, **more)
