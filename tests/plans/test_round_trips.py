"""How many statements the hot deeds send: a trip to the database costs more than what it asks."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from isp.audit import Unit
from isp.kernel.errors import NotFound
from isp.plans import actions, queries
from isp.records.changes import Change, Op
from tests.cast import Cast, small_plan
from tests.plans.desk import Desk
from tests.statements import statements


def sent(cast: Cast, name: str, deed: Callable[[Unit], object]) -> int:
    """Statements of a deed in a unit that looks first, as this person."""
    with statements(cast.store.database) as said, cast.looking(name) as unit:
        deed(unit)
    return len(said)


def test_a_look_at_a_plan_is_the_door_the_words_and_the_event(cast: Cast, plan: UUID) -> None:
    # On SQLite, where a statement is no trip, the event is: the head, its move, the row.
    most = 5 if cast.store.database.is_sqlite else 3
    for name in ("sara", "tom", "pam"):
        assert sent(cast, name, lambda unit: queries.read_version(unit, plan)) == most, name


def test_comparing_costs_one_more(cast: Cast, plan: UUID) -> None:
    with cast.acting("sara") as unit:
        actions.start_draft(unit, plan)
    with cast.acting("sara") as unit:
        actions.publish(unit, plan, 0, "As agreed")
    most = 6 if cast.store.database.is_sqlite else 4
    assert sent(cast, "sara", lambda unit: queries.compare(unit, plan, 1, 2)) == most


def test_a_save_of_the_draft_is_three_trips(cast: Cast, draft: UUID) -> None:
    change = Change(Op.SET, "about_me", field="strengths", value="Brave")
    most = 7 if cast.store.database.is_sqlite else 3
    assert sent(cast, "sara", lambda unit: actions.save_draft(unit, draft, 0, [change])) == most


def test_finalising_is_three_trips(cast: Cast, draft: UUID) -> None:
    deed = sent(cast, "sara", lambda unit: actions.publish(unit, draft, 0, "As agreed"))
    # On SQLite every row that is written is a statement of its own.
    assert deed == (12 if cast.store.database.is_sqlite else 3)


def test_the_same_plan_with_many_versions_costs_the_same(cast: Cast) -> None:
    long = cast.plan("ben", "sara", *(small_plan(strengths=str(one)) for one in range(4)))
    most = 5 if cast.store.database.is_sqlite else 3
    assert sent(cast, "sara", lambda unit: queries.read_version(unit, long)) == most


def test_the_plans_page_brings_its_authors_name_in_the_same_trip(desk: Desk, plan: UUID) -> None:
    sara = desk.at("sara")
    sara.get(f"/plans/{plan}")
    with statements(desk.cast.store.database) as said:
        assert sara.get(f"/plans/{plan}").status_code == 200
    # The session, the door, the words with their author, the event. Who is nobody's parent costs no menu.
    assert len(said) == (6 if desk.cast.store.database.is_sqlite else 4)


def test_a_stranger_and_a_plan_that_is_not_there_cost_the_same(cast: Cast, plan: UUID) -> None:
    counted = []
    # The first refusal also begins Nora's own chain, so it is not counted.
    for asked in (plan, plan, cast.pupils["finn"]):
        with statements(cast.store.database) as said:
            try:
                with cast.looking("nora") as unit:
                    queries.read_version(unit, asked)
            except NotFound:
                counted.append(len(said))
    assert len(counted) == 3
    assert counted[1] == counted[2]


def test_content_is_fetched_after_the_decision(cast: Cast, plan: UUID) -> None:
    with statements(cast.store.database) as said:
        try:
            with cast.looking("nora") as unit:
                queries.read_version(unit, plan)
        except NotFound:
            pass
    assert not [one for one in said if "version_body" in one]
