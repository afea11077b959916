"""Whatever is done to a plan, in whatever order: each change is one event, and each event one change.

Deeds are drawn at random, sensible or not, by people who may and people who may not. What the tables
hold is then counted against the trail; a deed that was refused has changed nothing.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from isp.audit import Chain, Unit
from isp.audit.models import AuditEvent
from isp.banks.wording.rules import rules_on
from isp.kernel.db import table_of
from isp.kernel.errors import DomainError
from isp.plans import actions, queries, setting_aside
from isp.plans.models import WordingAside
from isp.plans.wording import hints
from isp.records import drafts
from isp.records.changes import Change, Op
from isp.records.models import Draft, DraftChange, DraftClash, Record, RecordVersion, Withdrawal
from tests.audit.trail import whole
from tests.cast import Cast, small_plan

NUMBERS = itertools.count()
PEOPLE = ("sara", "dan", "tom", "pam", "nora", "dora", "stan")


class Plan:
    """A pupil of this example's own, and whatever becomes of the plan."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.name = f"pupil{next(NUMBERS)}"
        self.pupil_id = cast.pupil(self.name, "oakfield")
        cast.guardian("pam", self.name)
        self.record_id: UUID | None = None
        self.refused: Counter[str] = Counter()
        self.views = 0

    # Each deed is given a unit and two small numbers to choose with.

    def start(self, unit: Unit, one: int, other: int) -> None:
        self.started = actions.start_plan(unit, self.pupil_id, small_plan() if one else None)

    def draft(self, unit: Unit, one: int, other: int) -> None:
        actions.start_draft(unit, self.plan)

    def save(self, unit: Unit, one: int, other: int) -> None:
        shown = max(0, self.revision - one)
        change = Change(
            Op.SET, "about_me", field=("strengths", "hard")[other % 2], value=f"Words {one} {other}"
        )
        actions.save_draft(unit, self.plan, shown, [change])

    def undo(self, unit: Unit, one: int, other: int) -> None:
        actions.undo_save(unit, self.plan, max(1, self.revision - one))

    def settle(self, unit: Unit, one: int, other: int) -> None:
        waiting = drafts.clashes(unit, drafts.read(unit, self.plan))
        if waiting:
            actions.settle_clash(unit, self.plan, waiting[0].id, ("theirs", "mine")[one % 2])

    def set_aside(self, unit: Unit, one: int, other: int) -> None:
        found = hints(drafts.read(unit, self.plan).content, rules_on(unit.today))
        if listed := [hint for shown in found.values() for hint in shown]:
            hint = listed[one % len(listed)]
            setting_aside.set_aside(unit, self.plan, hint.key, hint.kind, hint.mark, "So agreed")

    def take_up(self, unit: Unit, one: int, other: int) -> None:
        row = queries.record_of(unit, self.plan)
        found = setting_aside.hints_of(unit, row, drafts.read(unit, self.plan).content)
        if listed := [hint for shown in found.values() for hint in shown if hint.aside]:
            setting_aside.take_up(unit, self.plan, listed[0].key, listed[0].kind)

    def discard(self, unit: Unit, one: int, other: int) -> None:
        actions.discard_draft(unit, self.plan, self.revision)

    def publish(self, unit: Unit, one: int, other: int) -> None:
        actions.publish(unit, self.plan, self.revision - (one == 3), "Because")

    def bring_back(self, unit: Unit, one: int, other: int) -> None:
        actions.bring_back(unit, self.plan, one, over_draft=self.revision if other else None)

    def withdraw(self, unit: Unit, one: int, other: int) -> None:
        actions.withdraw(unit, self.plan, one, "third_party", "A neighbour's words")

    def end(self, unit: Unit, one: int, other: int) -> None:
        if other == 3:
            actions.end_plan(unit, self.plan, "needs_met", "All is well")

    def view(self, unit: Unit, one: int, other: int) -> None:
        queries.read_version(unit, self.plan, one or None)

    @property
    def plan(self) -> UUID:
        return self.record_id or self.pupil_id

    @property
    def revision(self) -> int:
        found = self.rows(select(Draft.revision).where(Draft.record_id == self.plan, Draft.status == "open"))
        return int(found[0][0]) if found else 0

    def rows(self, query: Any) -> list[Any]:
        with self.cast.store.database.reading() as connection:
            return list(connection.execute(query))

    def do(self, deed: Callable[[Unit, int, int], None], who: str, one: int, other: int, swap: bool) -> None:
        opens = self.cast.looking if swap else self.cast.acting
        before = self.state()
        try:
            with opens(who) as unit:
                deed(unit, one, other)
        except DomainError:
            assert self.state() == before
        else:
            if deed.__name__ == "start":
                self.record_id = self.started

    def state(self) -> dict[str, Any]:
        """All that may change, as stored: if a deed was refused it is what it was."""
        mine = self.rows(select(Record.id).where(Record.pupil_id == self.pupil_id))
        ids = [row.id for row in mine]
        of_mine = select(Draft.id).where(Draft.record_id.in_(ids))
        return {
            table.__tablename__: sorted(map(repr, self.rows(select(table_of(table)).where(condition))))
            for table, condition in (
                (Record, Record.id.in_(ids)),
                (RecordVersion, RecordVersion.record_id.in_(ids)),
                (Withdrawal, Withdrawal.record_id.in_(ids)),
                (Draft, Draft.record_id.in_(ids)),
                (DraftChange, DraftChange.draft_id.in_(of_mine)),
                (DraftClash, DraftClash.draft_id.in_(of_mine)),
                (WordingAside, WordingAside.record_id.in_(ids)),
            )
        }

    def told(self) -> Counter[str]:
        chain = Chain.pupil(self.pupil_id)
        return Counter(
            row.act for row in self.rows(select(AuditEvent.act).where(AuditEvent.chain_id == chain.id))
        )

    def count(self, table: Any, *conditions: Any) -> int:
        return int(self.rows(select(func.count()).select_from(table).where(*conditions))[0][0])

    def check(self) -> None:
        """What the tables hold is what the trail tells."""
        told = self.told()
        ids = [row.id for row in self.rows(select(Record.id).where(Record.pupil_id == self.pupil_id))]
        mine = Draft.record_id.in_(ids)
        of_mine = select(Draft.id).where(mine)
        assert told["pupil.added"] == 1
        assert told["plan.started"] == len(ids)
        assert told["plan.started"] + told["plan.draft_started"] + told["plan.draft_restored"] == self.count(
            Draft, mine
        )
        assert told["plan.draft_saved"] == self.count(DraftChange, DraftChange.draft_id.in_(of_mine))
        assert told["plan.published"] == self.count(RecordVersion, RecordVersion.record_id.in_(ids))
        assert told["plan.published"] == self.count(Draft, mine, Draft.status == "published")
        assert told["plan.version_withdrawn"] == self.count(Withdrawal, Withdrawal.record_id.in_(ids))
        assert told["plan.draft_settled"] == self.count(
            DraftClash, DraftClash.draft_id.in_(of_mine), DraftClash.settled_at.is_not(None)
        )
        asides = self.count(WordingAside, WordingAside.record_id.in_(ids))
        assert told["plan.wording_set_aside"] + told["plan.wording_taken_up"] == asides
        ended = self.count(Record, Record.id.in_(ids), Record.status == "ended")
        assert told["plan.ended"] == ended
        aside = self.count(Draft, mine, Draft.status == "discarded")
        assert told["plan.draft_discarded"] <= aside <= told["plan.draft_discarded"] + ended


DEEDS = st.tuples(
    st.sampled_from(
        [
            Plan.start,
            Plan.draft,
            Plan.save,
            Plan.save,
            Plan.save,
            Plan.undo,
            Plan.settle,
            Plan.set_aside,
            Plan.take_up,
            Plan.discard,
            Plan.publish,
            Plan.publish,
            Plan.bring_back,
            Plan.withdraw,
            Plan.end,
            Plan.view,
        ]
    ),
    st.sampled_from(PEOPLE[:3] * 3 + PEOPLE[3:]),
    st.integers(0, 3),
    st.integers(0, 3),
    st.booleans(),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, min_size=4, max_size=20))
def test_each_change_is_one_event_and_each_event_one_change(cast, deeds):
    plan = Plan(cast)
    plan.do(plan.start, "sara", 1, 0, swap=False)
    for deed, who, one, other, swap in deeds:
        plan.do(getattr(plan, deed.__name__), who, one, other, swap)
    plan.check()


def test_a_whole_life_of_a_plan_is_told(cast):
    """One walk that is known to reach every deed, so that the random ones cannot pass by doing nothing."""
    plan = Plan(cast)
    for deed, who, one, other in (
        (plan.start, "sara", 1, 0),
        (plan.save, "tom", 0, 0),
        (plan.save, "sara", 1, 0),
        (plan.save, "dan", 2, 2),
        (plan.settle, "dan", 1, 0),
        (plan.set_aside, "dan", 0, 0),
        (plan.take_up, "sara", 0, 0),
        (plan.undo, "tom", 3, 0),
        (plan.publish, "sara", 0, 0),
        (plan.view, "pam", 1, 0),
        (plan.view, "nora", 1, 0),
        (plan.draft, "sara", 0, 0),
        (plan.discard, "sara", 0, 0),
        (plan.bring_back, "sara", 1, 0),
        (plan.publish, "sara", 0, 0),
        (plan.withdraw, "dora", 1, 0),
        (plan.bring_back, "sara", 2, 0),
        (plan.end, "sara", 0, 3),
    ):
        plan.do(deed, who, one, other, swap=False)
    told = plan.told()
    missing = {
        "plan.started",
        "plan.draft_started",
        "plan.draft_saved",
        "plan.draft_clashed",
        "plan.draft_settled",
        "plan.wording_set_aside",
        "plan.wording_taken_up",
        "plan.draft_discarded",
        "plan.draft_restored",
        "plan.published",
        "plan.viewed",
        "plan.version_withdrawn",
        "plan.ended",
    } - told.keys()
    assert not missing
    plan.check()
    whole(cast)


def test_the_count_bites(cast):
    """An event that nobody records is missed."""
    plan = Plan(cast)
    plan.do(plan.start, "sara", 1, 0, swap=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "remember_save", lambda *_: None)
        plan.do(plan.save, "sara", 0, 0, swap=False)
    with pytest.raises(AssertionError):
        plan.check()
