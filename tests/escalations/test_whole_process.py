"""The whole process, from a request to the end of a plan, by people who do anything in any order.

Beside it a model of the law (``process``), which knows nothing of the program. After every step the rows are
what the model says; each state has a duty on record or is an end; every step is in the chronology and on the
child's chain, and nothing else is; no day is before its cause. What the law does not have is refused, and
leaves nothing. At the end of the file each of these checks is shown to bite.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, text, update

from isp.audit import Chain, Event, Grounds
from isp.ehcp.models import AnnualReview
from isp.ehcp.steps import Happened, Subject
from isp.ehcp.steps import StepCode as S
from isp.escalations import advice_queries, queries
from isp.escalations.consulting import CONSULTATIONS
from isp.escalations.disputed import DISPUTES
from isp.escalations.disputes import About
from isp.escalations.keeping import DUTIES
from isp.escalations.upkeep import ceasing, doors, orders, reassessing, transferring
from isp.kernel.db import table_of
from isp.kernel.errors import DomainError
from tests.escalations.process import CAUSES, DEEDS, Deed, Model
from tests.escalations.process_deeds import CASE
from tests.escalations.process_world import EVENTS, World
from tests.escalations.world import BUILT, RECEIVED, build

DAY = timedelta(days=1)
Fresh = Callable[..., str]

# -- where a walk begins -----------------------------------------------------------------------------------

TO_A_PLAN = (
    "the school asks", 30, "the authority agrees to assess", "advice is asked for (d)", 40,
    "the psychologist hands advice in", "advice is accepted (d)", "it is decided that there is to be a plan",
    "the plan is written", 10, "the draft is sent to the family", "a setting is consulted (elmfield)", 5,
    "the family says what it thinks", 5, "the final plan is sent", 20,
)  # fmt: skip
STARTS: dict[str, tuple[str | int, ...]] = {
    "nothing": (),
    "draft": TO_A_PLAN[:12],
    "no_plan": (
        "a parent asks", 30, "the authority agrees to assess", "advice is asked for (d)", 20,
        "it is decided that there is no plan", 3,
    ),
    "refused": ("a parent asks", 30, "the authority refuses to assess", 3),
    "plan": TO_A_PLAN,
    "reviewed": (
        *TO_A_PLAN, 100, "a review is opened", "the school invites to the review", 20,
        "the review meeting is held", 5, "the report of the review is sent", 5,
        "it is considered that the plan ceases", "the family is heard on that", "the school is heard on that",
    ),
    "refused_again": (
        *TO_A_PLAN, 60, "a parent asks to assess again", 5, "the authority refuses to assess again", 3,
    ),
    "moved": (*TO_A_PLAN, 60, "a move to authority 202 becomes known", 5, "the plan is handed over", 3),
    "ceasing": (
        *TO_A_PLAN, 100, "it is considered that the plan ceases", "the family is heard on that",
        "the school is heard on that", 5, "it is decided that the plan ceases", 1,
    ),
    "again": (
        *TO_A_PLAN, 100, "a parent asks to assess again", 5, "the authority agrees to assess again", 5,
    ),
}  # fmt: skip
"""Each is walked once, kept as a database, and copied for whoever goes on from there."""
_LAID: dict[tuple[str, str], tuple[Any, Model, date, int]] = {}


def prepared(fresh: Fresh, name: str) -> World:
    """A world that stands where a walk begins."""

    def lay(url: str) -> None:
        engine = url.partition(":")[0]
        held = BUILT.get(engine)
        build(url)
        world = World(url)
        walk(world, *STARTS[name])
        _LAID[(name, engine)] = BUILT[engine], world.model, world.today, world.moments
        world.close()
        if held is not None:
            BUILT[engine] = held

    url = fresh(f"process_{name}", lay)
    laid, model, today, moments = _LAID[(name, url.partition(":")[0])]
    world = World(url, deepcopy(model), today, laid)
    world.moments = moments
    return world


def walk(world: World, *done: str | int) -> None:
    """These deeds, each on the day that it is; a number is days that pass."""
    for one in done:
        if isinstance(one, int):
            days_pass(world, one)
        else:
            assert DEEDS[one].may(world.model, world.today, world.today), one
            try_to(world, DEEDS[one], world.today)


def days_pass(world: World, days: int) -> None:
    world.today += days * DAY
    world.nights_work()


def try_to(world: World, deed: Deed, on: date) -> bool:
    """Do it: it succeeds exactly where the law has it; and where it does not, nothing is there of it."""
    may = deed.may(world.model, on, world.today)
    before = None if may else world.everything()
    try:
        deed.do(world, on)
    except DomainError as refusal:
        if may:
            raise AssertionError(f"{deed.name} on {on}: the law has it, and it was refused") from refusal
        assert left_behind(world, before) == [], f"{deed.name}: refused, and something was left of it"
        return False
    assert may, f"{deed.name} on {on}: the law does not have it, and it was done"
    deed.leaves(world.model, on, world.today)
    return True


# -- what is so after every step ---------------------------------------------------------------------------


def check_state(world: World) -> None:
    """The program's state is the model's."""
    assert world.state() == world.model.state()


def check_duties(world: World) -> None:
    """The rows that the trays read have all that is to be done next, by somebody; an end has none."""
    held = world.duties()
    stored = {row.subject for row in held}
    must, may = world.model.duties(world.today)
    assert must <= stored, f"nobody is asked for: {sorted(must - stored)}"
    assert stored <= must | may, f"asked for, and there is no such duty: {sorted(stored - must - may)}"
    assert must or world.model.over or may
    assert all(row.turn != "nobody" for row in held)
    where = world.cast.places[world.model.where]
    assert all(row.authority_id == where for row in held if row.subject in must)


def check_nothing_is_lost(world: World) -> None:
    """Each step that was done is in the chronology on its day, each event on the chain, and nothing else."""
    steps = Counter((one.code.value, one.on) for one in world.steps())
    assert steps == Counter(world.model.noted)
    assert world.events() == world.model.events


CASE_CODES = frozenset(
    {
        S.AGREED, S.TO_ISSUE, S.TO_CHANGE, S.DRAFT_SENT, S.REPRESENTATIONS, S.TRIBUNAL_ORDERED,
        S.APPEAL_CONCEDED, S.MEDIATION_AGREED,
    }
)  # fmt: skip
"""Of one case alone: nothing in the next follows from them."""
THREADS: dict[S, Callable[[Happened], Any]] = (
    dict.fromkeys(
        (
            S.REVIEW_INVITED, S.REVIEW_PAPERS, S.REVIEW_HELD, S.REVIEW_REPORTED, S.REVIEW_MAINTAINED,
            S.REVIEW_AMENDING, S.REVIEW_CEASING, S.AMENDMENT_NOTICE, S.AMENDED, S.NOT_AMENDED,
            S.MEDIATION_CERTIFICATE, S.MEDIATION_HELD, S.MEDIATION_AGREED, S.MEDIATION_CLOSED,
            S.APPEAL_DISMISSED, S.APPEAL_WITHDRAWN, S.APPEAL_CONCEDED, S.TRIBUNAL_ORDERED,
            S.REPRESENTATIONS,
        ),
        lambda one: one.subject_id,
    )
    | dict.fromkeys(
        (S.ADVICE_CHASED, S.ADVICE_RECEIVED, S.ADVICE_ACCEPTED, S.ADVICE_SENT_BACK, S.ADVICE_DECLINED),
        lambda one: one.words.get("letter"),
    )
    | {S.SETTING_ANSWERED: lambda one: one.words.get("name")}
)  # fmt: skip
"""What runs several times at once: a step follows from those of its own review, dispute, letter, setting."""


FOUNDATIONS = frozenset({S.REQUESTED, S.FINAL_ISSUED})
"""What all threads follow from."""


def before_their_cause(steps: list[Happened], disputes: dict[Any, About]) -> list[tuple[Happened, Happened]]:
    """Steps with a cause that is on a later day. ``steps``: in the order in which they were recorded."""
    found, of_case = [], 0
    for number, step in enumerate(steps):
        if step.code in (S.REQUESTED, S.REASSESSMENT_AGREED):
            of_case = number
        thread = THREADS.get(step.code)
        for cause in CAUSES[step.code]:
            first = of_case if cause in CASE_CODES else 0
            earlier = [
                one
                for one in steps[first:number]
                if one.code is cause
                and (thread is None or cause in FOUNDATIONS or thread(one) == thread(step))
                and (
                    thread is not None
                    or one.subject is not Subject.DISPUTE
                    or disputes[one.subject_id] in CASE
                )
            ]
            if earlier and earlier[-1].on > step.on and step.code is not S.ORDER_DONE:
                found.append((step, earlier[-1]))
    return found


ROWS: list[tuple[Any, str, tuple[str, ...]]] = [
    (queries.REQUESTS, "decided_on", ("received_on",)),
    (queries.REQUESTS, "certificate_on", ("decided_on",)),
    (queries.REQUESTS, "appealed_on", ("decided_on",)),
    (queries.REQUESTS, "appeal_closed_on", ("appealed_on",)),
    (queries.REQUESTS, "sight_until", ("decided_on",)),
    (queries.REQUESTS, "ended_on", ("received_on",)),
    (doors.ASSESSMENTS, "begun_on", ("clock_from",)),
    (doors.ASSESSMENTS, "told_on", ("begun_on",)),
    (doors.ASSESSMENTS, "to_issue_on", ("begun_on", "order_on")),
    (doors.ASSESSMENTS, "draft_sent_on", ("to_issue_on", "order_on")),
    (doors.ASSESSMENTS, "answers_until", ("draft_sent_on",)),
    (doors.ASSESSMENTS, "answered_on", ("draft_sent_on",)),
    (doors.ASSESSMENTS, "outcome_on", ("begun_on",)),
    (doors.ASSESSMENTS, "certificate_on", ("outcome_on",)),
    (doors.ASSESSMENTS, "appealed_on", ("outcome_on",)),
    (doors.ASSESSMENTS, "appeal_closed_on", ("appealed_on",)),
    (advice_queries.ADVICE, "due_on", ("asked_on",)),
    (advice_queries.ADVICE, "chased_on", ("asked_on",)),
    (advice_queries.ADVICE, "received_on", ("asked_on",)),
    (advice_queries.ADVICE, "closed_on", ("asked_on", "received_on")),
    (CONSULTATIONS, "due_on", ("sent_on",)),
    (CONSULTATIONS, "answered_on", ("sent_on",)),
    (doors.PLANS, "made_on", ("first_made_on",)),
    (doors.PLANS, "first_made_on", ("draft_sent_on",)),
    (doors.PLANS, "last_review_on", ("first_made_on",)),
    (doors.PLANS, "review_due_on", ("first_made_on",)),
    (doors.PLANS, "transferred_on", ("first_made_on",)),
    (doors.PLANS, "cease_decided_on", ("first_made_on",)),
    (doors.PLANS, "cease_certificate_on", ("cease_decided_on",)),
    (doors.PLANS, "ended_on", ("first_made_on",)),
    (doors.REVIEWS, "meeting_on", ("invited_on", "papers_sent_on")),
    (doors.REVIEWS, "reported_on", ("meeting_on",)),
    (doors.REVIEWS, "decided_on", ("meeting_on", "reported_on")),
    (doors.REVIEWS, "notice_on", ("meeting_on", "decided_on")),
    (doors.REVIEWS, "final_on", ("notice_on",)),
    (ceasing.CEASING, "family_answered_on", ("considering_on",)),
    (ceasing.CEASING, "school_answered_on", ("considering_on",)),
    (ceasing.CEASING, "decided_on", ("considering_on", "family_answered_on", "school_answered_on")),
    (ceasing.CEASING, "keep_until", ("decided_on",)),
    (reassessing.REQUESTS, "decided_on", ("received_on",)),
    (DISPUTES, "asked_on", ("decision_on",)),
    (DISPUTES, "response_due_on", ("asked_on",)),
    (DISPUTES, "certificate_on", ("asked_on",)),
    (DISPUTES, "held_on", ("asked_on",)),
    (DISPUTES, "closed_on", ("asked_on", "certificate_on", "held_on")),
    (DISPUTES, "order_done_on", ("closed_on",)),
    (transferring.MOVES, "due_on", ("moves_on",)),
    (transferring.MOVES, "transferred_on", ("known_on", "moves_on")),
    (transferring.MOVES, "told_on", ("transferred_on",)),
    (orders.DUTIES, "due_on", ("from_on",)),
    (orders.DUTIES, "done_on", ("from_on",)),
]
"""What each stored day follows from, in its own row."""


def check_causes(world: World) -> None:
    """No day on record is before what it follows from: neither of a step nor in a row."""
    assert before_their_cause(world.steps(), world.disputes()) == []
    for table in {table for table, _, _ in ROWS}:
        rows = world.rows(table)
        for _, later, earlier in (one for one in ROWS if one[0] is table):
            for row in rows:
                day = getattr(row, later)
                causes = [getattr(row, name) for name in earlier]
                assert day is None or all(one is None or one <= day for one in causes), (table.name, later)


def check_all(world: World) -> None:
    for check in (check_state, check_duties, check_nothing_is_lost, check_causes):
        check(world)


def check_chain(world: World) -> None:
    """The child's chain is whole."""
    assert world.faults() == []


# -- anything, in any order --------------------------------------------------------------------------------


class Process(RuleBasedStateMachine):
    """Whatever the law has, on any day that it has; and, among it, what it does not have."""

    fresh: Fresh
    world: World

    @initialize(start=st.sampled_from(sorted(STARTS)))
    def begin(self, start: str) -> None:
        self.world = prepared(self.fresh, start)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                check_chain(self.world)
            finally:
                self.world.close()

    @rule(days=st.integers(1, 45))
    def days_pass(self, days: int) -> None:
        days_pass(self.world, days)

    def named(self, wanted: Callable[[Deed], bool | None]) -> list[str]:
        return [name for name, deed in DEEDS.items() if wanted(deed)]

    @precondition(lambda self: self.named(lambda deed: deed.when(self.world.model, self.world.today)))
    @rule(data=st.data(), back=st.sampled_from([0, 0, 0, 0, 1, 6, 40]))
    def something_is_done(self, data: st.DataObject, back: int) -> None:
        world = self.world
        name = data.draw(st.sampled_from(self.named(lambda deed: deed.when(world.model, world.today))))
        deed = DEEDS[name]
        try_to(world, deed, world.today - back * DAY if deed.on else world.today)

    @rule(data=st.data())
    def something_is_tried_that_the_law_does_not_have(self, data: st.DataObject) -> None:
        world = self.world
        out_of_turn = self.named(lambda deed: deed.when(world.model, world.today) is False)
        name = data.draw(st.sampled_from(out_of_turn))
        assert not try_to(world, DEEDS[name], world.today)

    @precondition(lambda self: self.named(lambda deed: deed.when(self.world.model, self.world.today)))
    @rule(data=st.data(), who=st.sampled_from(["nora", "stan", "tia"]))
    def somebody_tries_whose_it_is_not(self, data: st.DataObject, who: str) -> None:
        world = self.world
        can = self.named(lambda deed: deed.one_hand and deed.when(world.model, world.today))
        if can:
            refused_to(world, DEEDS[data.draw(st.sampled_from(can))], who)

    @invariant()
    def all_is_as_the_model_has_it(self) -> None:
        if hasattr(self, "world"):
            check_all(self.world)


def refused_to(world: World, deed: Deed, who: str) -> None:
    """Somebody whose it is not is refused, and nothing is left of it."""
    before = world.everything()
    world.instead = who
    try:
        with pytest.raises(DomainError):
            deed.do(world, world.today)
    finally:
        world.instead = None
    assert left_behind(world, before) == [], f"{deed.name}: refused to {who}, and something was left of it"


def left_behind(world: World, before: dict[str, Any] | None) -> list[str]:
    """Which tables are not as they were, the child's chain among them."""
    after = world.everything()
    return [name for name in after if before is not None and after[name] != before[name]]


def run(fresh: Fresh, examples: int, steps: int, **more: Any) -> None:
    machine = type("Fresh", (Process,), {"fresh": staticmethod(fresh)})
    given = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )
    run_state_machine_as_test(machine, settings=given)


def test_whatever_is_done_in_any_order_the_program_is_where_the_law_is(fresh_database: Fresh) -> None:
    # Not made shorter when it fails: a walk of twenty steps reads as it is, and that would take minutes.
    run(fresh_database, examples=12, steps=20, phases=(Phase.explicit, Phase.reuse, Phase.generate))


@pytest.mark.soak
def test_the_same_for_longer(fresh_database: Fresh) -> None:
    run(fresh_database, examples=400, steps=50, derandomize=False)


ENDINGS = (
    *(name for name in DEEDS if "dies" in name or "moves before" in name),
    "whoever asked takes it back", "the family withdraws the request", "the plan ends",
    "the plan is handed over", "the school ends its own plan", "the plan goes on after all",
)  # fmt: skip
"""After which there is less to be done: not the first things that a walk looks for."""


def test_every_deed_of_the_process_is_done_somewhere(fresh_database: Fresh) -> None:
    """Walks that go where something has not been done yet, until nothing is left: the same every time.

    Each deed is first tried with the day before what it follows from.
    """
    chance = random.Random(20)  # noqa: S311 nothing is secret about it
    done: Counter[str] = Counter()
    for turn in range(5 * len(STARTS)):
        world = prepared(fresh_database, sorted(STARTS)[turn % len(STARTS)])
        for number in range(22):
            can = [name for name, deed in DEEDS.items() if deed.may(world.model, world.today, world.today)]
            late = number > 17 or turn >= 2 * len(STARTS)
            can = [name for name in can if name not in ENDINGS or (late and not done[name])] or can
            if not can:
                break
            name = chance.choice([one for one in can if not done[one]] or can)
            first = DEEDS[name].first(world.model)
            if not done[name] and first > date.min:
                assert not try_to(world, DEEDS[name], first - DAY)
            assert try_to(world, DEEDS[name], world.today)
            done[name] += 1
            check_all(world)
            if chance.random() < 0.25:
                days_pass(world, chance.choice([3, 16, 70]))
                check_all(world)
        check_chain(world)
        world.close()
        if all(done[name] for name in DEEDS):
            return
    raise AssertionError(f"never done: {sorted(name for name in DEEDS if not done[name])}")


# -- that each check bites ---------------------------------------------------------------------------------


@contextmanager
def at(fresh: Fresh, start: str) -> Iterator[World]:
    """A world that stands somewhere, and in which all is well."""
    world = prepared(fresh, start)
    try:
        check_all(world)
        check_chain(world)
        yield world
    finally:
        world.close()


def spoilt(world: World, statement: Any) -> None:
    """A row is changed behind the program's back."""
    with world.cast.store.database.writing() as connection:
        connection.execute(statement)
    world.read.clear()


@pytest.mark.parametrize("start", [one for one in STARTS if one not in ("nothing", "no_plan", "refused")])
def test_a_duty_that_is_dropped_is_missed(fresh_database: Fresh, start: str) -> None:
    with at(fresh_database, start) as world:
        spoilt(world, delete(DUTIES).where(DUTIES.c.pupil_id == world.ava))
        with pytest.raises(AssertionError, match="nobody is asked for"):
            check_duties(world)


def test_a_duty_that_is_nobodys_any_more_is_seen(fresh_database: Fresh) -> None:
    with at(fresh_database, "plan") as world:
        spoilt(world, update(DUTIES).where(DUTIES.c.pupil_id == world.ava).values(subject="review"))
        with pytest.raises(AssertionError):
            check_duties(world)
        spoilt(
            world, update(DUTIES).where(DUTIES.c.pupil_id == world.ava).values(subject="plan", turn="nobody")
        )
        with pytest.raises(AssertionError):
            check_duties(world)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (doors.PLANS, {"state": "in_force", "cease_decided_on": None}),
        (ceasing.CEASING, {"state": "dropped"}),
        (ceasing.CEASING, {"family_answered_on": None}),
        (advice_queries.ADVICE, {"state": "in"}),
        (CONSULTATIONS, {"state": "open"}),
        (doors.ASSESSMENTS, {"state": "draft_sent"}),
    ],
    ids=str,
)
def test_a_state_that_is_not_the_laws_is_seen(
    fresh_database: Fresh, table: Any, values: dict[str, Any]
) -> None:
    with at(fresh_database, "ceasing") as world:
        spoilt(world, update(table).where(table.c.pupil_id == world.ava).values(**values))
        with pytest.raises(AssertionError):
            check_state(world)


def test_an_event_too_many_is_seen(fresh_database: Fresh) -> None:
    with at(fresh_database, "plan") as world:
        with world.by("officer") as unit:
            unit.record(Grounds(rule="test"), Event.ASSESSMENT_VIEWED, Chain.pupil(world.ava))
        with pytest.raises(AssertionError):
            check_nothing_is_lost(world)


def test_a_deed_of_which_nothing_is_remembered_is_seen(fresh_database: Fresh) -> None:
    with at(fresh_database, "plan") as world:
        world.model.note(world.today, S.MOVE_KNOWN)
        with pytest.raises(AssertionError):
            check_nothing_is_lost(world)
        world.model.noted.pop()
        world.model.events["assessment.decided"] += 1
        with pytest.raises(AssertionError):
            check_nothing_is_lost(world)


@pytest.mark.parametrize("place", range(len(ROWS)), ids=[f"{table.name}.{day}" for table, day, _ in ROWS])
def test_each_day_of_a_row_is_held_against_its_causes(place: int) -> None:
    table, later, earlier = ROWS[place]
    assert later in table.c
    assert set(earlier) <= set(table.c.keys())


def test_a_day_of_a_row_that_is_moved_before_its_cause_is_seen(fresh_database: Fresh) -> None:
    with at(fresh_database, "reviewed") as world:
        long_ago = RECEIVED - 400 * DAY
        for table, later in (
            (AnnualReview, "reported_on"),
            (AnnualReview, "meeting_on"),
            (doors.PLANS, "made_on"),
            (ceasing.CEASING, "school_answered_on"),
            (advice_queries.ADVICE, "received_on"),
            (doors.ASSESSMENTS, "draft_sent_on"),
            (queries.REQUESTS, "decided_on"),
        ):
            held = table if hasattr(table, "c") else table_of(table)
            (row,) = world.rows(held)
            mine = held.c.id == row.id
            spoilt(world, update(held).where(mine).values({later: long_ago}))
            with pytest.raises(AssertionError, match=later):
                check_causes(world)
            spoilt(world, update(held).where(mine).values({later: getattr(row, later)}))
            check_causes(world)


def test_a_step_before_its_cause_is_seen(fresh_database: Fresh) -> None:
    with at(fresh_database, "reviewed") as world:
        steps = world.steps()
        for number, step in enumerate(steps):
            moved = [*steps]
            object.__setattr__(one := deepcopy_of(step), "on", RECEIVED - DAY)
            moved[number] = one
            has_cause = any(CAUSES[step.code]) and before_their_cause(moved, world.disputes())
            assert has_cause or step.code is S.REQUESTED, step.code


def deepcopy_of(step: Happened) -> Happened:
    """The same step, to be given another day."""
    return Happened(**{name: getattr(step, name) for name in Happened.__slots__})


def test_a_refusal_that_leaves_something_is_seen(fresh_database: Fresh) -> None:
    with at(fresh_database, "plan") as world:
        before = world.everything()
        assert left_behind(world, before) == []
        spoilt(
            world, update(doors.PLANS).where(doors.PLANS.c.pupil_id == world.ava).values(personal_budget=True)
        )
        assert left_behind(world, before) == ["statutory_plan"]
        with world.by("officer") as unit:
            unit.record(Grounds(rule="test"), Event.ASSESSMENT_VIEWED, Chain.pupil(world.ava))
        assert set(left_behind(world, before)) == {"statutory_plan", "chain"}


def test_what_the_law_does_not_have_and_is_done_is_seen(fresh_database: Fresh) -> None:
    with at(fresh_database, "plan") as world:
        world.model.plan = "ended"
        with pytest.raises(AssertionError, match="the law does not have it"):
            try_to(world, DEEDS["a review is opened"], world.today)


def test_a_chain_that_was_altered_is_seen(fresh_database: Fresh) -> None:
    with at(fresh_database, "plan") as world:
        chain = Chain.pupil(world.ava).id
        with world.cast.store.database.writing() as connection:
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'"
            if world.cast.store.database.is_sqlite:
                for name in list(connection.scalars(text(names))):
                    connection.execute(text(f"DROP TRIGGER {name}"))
            else:
                connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
            gone = (EVENTS.c.chain_id == chain) & (EVENTS.c.seq == 5)
            connection.execute(delete(EVENTS).where(gone))
        with pytest.raises(AssertionError):
            check_chain(world)
