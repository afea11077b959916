"""Which setting a plan names and since when, and where the child truly is: amended, ordered, begun, left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from isp.access.models import Tie
from isp.audit import Chain
from isp.ehcp import checks, queries
from isp.ehcp.steps import StepCode
from isp.escalations import disputing, naming
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.naming import Named
from isp.escalations.upkeep import amending, boards, ceasing, orders, placing
from isp.escalations.upkeep.placing import MAIN, OTHER, SECOND
from isp.exchange import record_out
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from isp.notices.models import Notice
from isp.register.models import Pupil
from tests.escalations.assessed import ISSUED_ON, Assessed, elmfield, write_next
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import Affair, on

NOTICE = date(2026, 12, 14)
SENT = NOTICE + timedelta(weeks=3)
AUTUMN = date(2027, 9, 1)
DAY = timedelta(days=1)


def rows(world: Any, plan_id: UUID, *, named: bool) -> list[Any]:
    """The settings of a plan, the oldest first."""
    with world.cast.making() as unit:
        found = [one for one in naming.of_plan(unit, plan_id) if one.named is named]
    return sorted(found, key=lambda one: (one.entered_on, one.recorded_at))


def days(found: list[Any]) -> list[tuple[Any, Any]]:
    return [(one.entered_on, one.left_on) for one in found]


def school(world: Any, name: str) -> Named:
    return Named(school_id=world.cast.places[name])


# -- named by an amendment ---------------------------------------------------------------------------------


def named_first(upkeep: Upkeep, name: str = "oakfield", by: str = "olli") -> None:
    said: dict[str, Any] = {"named": school(upkeep, name), "from_on": date(2026, 1, 12)}
    upkeep.does(by, placing.say_named, upkeep.plan, **said)


def amended(upkeep: Upkeep, **more: Any) -> None:
    review_id = upkeep.noticed()
    upkeep.does("olli", amending.send_amended, review_id, SENT, on=SENT, answered=False, **more)


def done_with_the_phase(upkeep: Upkeep) -> list[UUID]:
    with on(SENT), upkeep.cast.looking("olli") as unit:
        place, _ = boards.place_of(unit, None)
        found = boards.phase_board(unit, place, kind="other", year=2027, stage="done")
    return [one.plan.id for one in found]


def test_an_amended_plan_names_the_next_school_from_its_first_day_and_the_old_one_till_then(
    upkeep: Upkeep,
) -> None:
    with upkeep.cast.making() as unit:
        unit.change(Pupil, {"id": upkeep.cast.pupils["ava"]}, year_group="6")
    named_first(upkeep)
    assert done_with_the_phase(upkeep) == []
    amended(upkeep, named=school(upkeep, "elmfield"), from_on=AUTUMN)
    assert days(rows(upkeep, upkeep.plan, named=True)) == [
        (date(2026, 1, 12), AUTUMN - DAY),
        (AUTUMN, None),
    ]
    assert done_with_the_phase(upkeep) == [upkeep.plan]
    with upkeep.cast.making() as unit:
        n = table_of(Notice).c
        told = set(unit.connection.scalars(select(n.person_id).where(n.kind == "plan_names_school")))
    assert told == {upkeep.cast.people["sena"]}


def test_an_amendment_that_names_no_other_setting_leaves_it(upkeep: Upkeep) -> None:
    named_first(upkeep)
    amended(upkeep, named=school(upkeep, "oakfield"))
    assert days(rows(upkeep, upkeep.plan, named=True)) == [(date(2026, 1, 12), None)]


@pytest.mark.parametrize("from_on", [SENT - DAY, SENT + timedelta(days=800)])
def test_the_first_day_is_that_of_the_plan_or_a_later_one(upkeep: Upkeep, from_on: date) -> None:
    with pytest.raises(Invalid) as failure:
        amended(upkeep, named=school(upkeep, "elmfield"), from_on=from_on)
    assert "from_on" in failure.value.errors


def test_a_plan_from_elsewhere_is_said_once_to_name_its_setting(upkeep: Upkeep) -> None:
    named_first(upkeep)
    with pytest.raises(Conflict):
        named_first(upkeep, "elmfield")
    for by, failure in (("sara", NotAllowed), ("pam", NotAllowed), ("sid", NotFound)):
        with pytest.raises(failure):
            named_first(upkeep, by=by)


# -- where the content is kept here ------------------------------------------------------------------------


@pytest.fixture
def case(affair: Affair) -> Assessed:
    made = Assessed(affair)
    made.to_draft()
    made.issue()
    return made


def amend(case: Assessed, day: date, **more: Any) -> None:
    plan_id = case.plan.id
    with on(day), case.cast.acting("olli") as unit:
        review_id = amending.propose_change(unit, plan_id, notice_on=day, changes="Section I")
    sent = day + timedelta(weeks=3)
    with on(sent), case.cast.acting("olli") as unit:
        amending.send_amended(unit, review_id, on=sent, answered=False, **more)


def care(case: Assessed, day: date, by: str = "sara") -> bool:
    """Whether a SENCO reads the care sections."""
    plan_id = case.plan.id
    with on(day), case.cast.looking(by) as unit:
        return "d" in queries.read_version(unit, plan_id).content["sections"]


def test_a_child_on_the_roll_of_the_school_that_is_named_is_placed_there_since_she_came(
    case: Assessed,
) -> None:
    plan_id = case.plan.id
    (placed,) = rows(case, plan_id, named=False)
    with case.cast.making() as unit:
        t = table_of(Tie).c
        since = select(t.valid_from).where(t.pupil_id == case.affair.ava, t.kind == "school")
        assert placed.entered_on == unit.connection.execute(since).scalar_one()
    assert placed.entered_on < ISSUED_ON
    assert days(rows(case, plan_id, named=True)) == [(ISSUED_ON, None)]


def test_one_who_is_not_there_yet_is_placed_nowhere_until_she_has_started(affair: Affair) -> None:
    made = Assessed(affair)
    made.decide()
    made.write(i=elmfield())
    made.send()
    made.issue(named=school(made, "elmfield"))
    assert rows(made, made.plan.id, named=False) == []
    (named,) = rows(made, made.plan.id, named=True)
    day = ISSUED_ON + timedelta(weeks=8)
    with on(day), made.cast.acting("olli") as unit:
        placing.start(unit, named.plan_id, setting=str(named.id), other=Named(), on=day - DAY, rank=MAIN)
    (placed,) = rows(made, named.plan_id, named=False)
    assert (placed.school_id, placed.entered_on) == (made.cast.places["elmfield"], day - DAY)


def test_a_changed_section_i_is_not_sent_without_saying_which_setting_it_names(case: Assessed) -> None:
    day = ISSUED_ON + timedelta(weeks=4)
    plan_id = case.plan.id
    write_next(case, day, i=elmfield())
    with pytest.raises(Invalid) as silent:
        amend(case, day)
    assert "Say here which setting" in silent.value.errors["school_id"]
    sent = day + timedelta(weeks=4)
    with on(sent), case.cast.making() as unit:
        (review,) = unit.connection.execute(boards.REVIEWS.select()).all()
    said: dict[str, Any] = {"on": sent, "answered": False}
    with pytest.raises(Invalid) as other, on(sent), case.cast.acting("olli") as unit:
        amending.send_amended(unit, review.id, named=school(case, "oakfield"), **said)
    assert "They must be the same" in other.value.errors["school_id"]
    assert days(rows(case, plan_id, named=True)) == [(ISSUED_ON, None)]
    with on(sent), case.cast.acting("olli") as unit:
        amending.send_amended(unit, review.id, named=school(case, "elmfield"), from_on=sent + DAY, **said)
    assert days(rows(case, plan_id, named=True)) == [(ISSUED_ON, sent), (sent + DAY, None)]


def test_the_care_sections_go_with_the_setting_that_is_named_now(case: Assessed) -> None:
    day = ISSUED_ON + timedelta(weeks=4)
    assert care(case, day)
    write_next(case, day, i=elmfield())
    leaves = day + timedelta(weeks=10)
    amend(case, day, named=school(case, "elmfield"), from_on=leaves + DAY)
    assert care(case, leaves)
    assert not care(case, leaves + DAY)
    with case.cast.making() as unit:
        case.cast._tie(unit, case.affair.ava, "school", organisation_id=case.cast.places["elmfield"])
    assert care(case, leaves + DAY, "sena")


def test_what_the_return_calls_other_has_its_words(affair: Affair) -> None:
    made = Assessed(affair)
    made.decide()
    entry = "11111111-2222-4333-8444-555555555555"
    made.write(i=[{"id": entry, "order": "a", "type": "special"}])
    made.send()
    made.issue(named=Named(code="OTH", name="A special school in Northshire"))
    (named,) = rows(made, made.plan.id, named=True)
    with made.cast.making() as unit:
        held = record_out._held(unit, made.cast.places["northshire"], [affair.ava])[affair.ava]
        assert naming.words_for(unit, named) == "A special school in Northshire"
    assert held.words == {named.id: "A special school in Northshire"}


# -- named as it was ordered -------------------------------------------------------------------------------


def test_an_order_to_name_another_setting_is_done_by_naming_it(upkeep: Upkeep) -> None:
    named_first(upkeep)
    duty_id = upkeep.does("olli", orders.record_order, upkeep.plan, act="order_setting", on=NOW)
    day = NOW + timedelta(days=10)
    with pytest.raises(Conflict, match="which setting the plan names now"):
        upkeep.does("olli", orders.done, upkeep.plan, day, duty_id=duty_id, on=day)
    upkeep.does(
        "olli", orders.done, upkeep.plan, day, duty_id=duty_id, on=day, named=school(upkeep, "elmfield")
    )
    assert days(rows(upkeep, upkeep.plan, named=True)) == [(date(2026, 1, 12), day - DAY), (day, None)]


def test_a_plan_written_here_is_amended_with_what_was_ordered(case: Assessed) -> None:
    day, plan_id = ISSUED_ON + timedelta(weeks=4), case.plan.id
    with on(day), case.cast.acting("pam") as unit:
        dispute = disputing.open_dispute(unit, case.id, Kind.APPEAL, About.SETTING, day)
    with on(day), case.cast.acting("olli") as unit:
        disputing.close(unit, case.id, dispute, Result.SETTING, day)
    said: dict[str, Any] = {"named": school(case, "elmfield")}
    later = day + timedelta(days=7)

    def done() -> None:
        with on(later), case.cast.acting("olli") as unit:
            disputing.order_done(unit, case.id, dispute, later, **said)

    with pytest.raises(Conflict, match="has not been written yet"):
        done()
    write_next(case, later, i=elmfield())
    done()
    with case.cast.making() as unit:
        held = queries.content_in_force(unit, queries.plan_row(unit, plan_id))
    assert held is not None
    assert (held[0].sort, held[0].happened_on) == ("amended", later)
    assert days(rows(case, plan_id, named=True)) == [(ISSUED_ON, later - DAY), (later, None)]


# -- where the child is ------------------------------------------------------------------------------------


def started(upkeep: Upkeep, by: str = "olli", day: date = NOW, **more: Any) -> None:
    said: dict[str, Any] = {
        "setting": OTHER,
        "other": school(upkeep, "elmfield"),
        "on": day,
        "rank": MAIN,
    }
    upkeep.does(by, placing.start, upkeep.plan, day, **{**said, **more})


def placed(upkeep: Upkeep) -> list[Any]:
    return rows(upkeep, upkeep.plan, named=False)


def test_where_a_child_starts_the_placement_before_has_ended_the_day_before(upkeep: Upkeep) -> None:
    named_first(upkeep)
    (first,) = placed(upkeep)
    started(upkeep)
    assert days(placed(upkeep)) == [(first.entered_on, NOW - DAY), (NOW, None)]
    assert upkeep.steps()[-1].code is StepCode.SETTING_CHANGED
    assert upkeep.steps()[-1].words["setting"] == "Elmfield School"
    seen = upkeep.trail(Chain.pupil(upkeep.cast.pupils["ava"]), "ehc_plan.step")[-1]
    assert (seen.detail["step"], seen.detail["on"]) == ("setting_changed", NOW.isoformat())
    with upkeep.cast.making() as unit:
        asked = unit.connection.scalars(select(checks.CHECKS.c.occasion)).all()
    assert asked == ["setting"]  # whether section F is given there too


def test_the_plan_goes_on_naming_a_setting_that_the_child_has_left(upkeep: Upkeep) -> None:
    named_first(upkeep)
    (first,) = placed(upkeep)
    said = {"placement": str(first.id), "on": NOW}
    upkeep.does("olli", placing.leave, upkeep.plan, NOW + DAY, **said)
    assert days(placed(upkeep)) == [(first.entered_on, NOW)]
    assert days(rows(upkeep, upkeep.plan, named=True)) == [(date(2026, 1, 12), None)]
    with pytest.raises(Invalid) as refused:
        upkeep.does("olli", placing.leave, upkeep.plan, NOW + DAY, **(said | {"on": NOW + 2 * DAY}))
    assert sorted(refused.value.errors) == ["on", "placement"]  # both at once, not the one after the other
    started(upkeep, day=NOW + 9 * DAY, other=Named(code="NIEO", name="Waits for a place"))
    (_, now) = placed(upkeep)
    assert (now.code, now.entered_on) == ("NIEO", NOW + 9 * DAY)


def test_a_second_placement_stands_beside_the_main_one(upkeep: Upkeep) -> None:
    started(upkeep)
    started(upkeep, other=Named(urn="100007", name="Beech College"), rank=SECOND)
    assert [(one.rank, one.left_on) for one in placed(upkeep)] == [(1, None), (2, None)]


def test_a_wrong_first_day_is_put_right(upkeep: Upkeep) -> None:
    started(upkeep)
    started(upkeep, on=NOW - 3 * DAY)
    assert days(placed(upkeep)) == [(NOW - 3 * DAY, None)]
    with pytest.raises(Conflict):
        started(upkeep, on=NOW - 3 * DAY)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"on": NOW + DAY}, "on"),
        ({"on": date(1980, 1, 1)}, "on"),
        ({"setting": "somewhere"}, "setting"),
        ({"other": Named()}, "setting"),
        ({"other": Named(urn="12")}, "urn"),
        ({"other": Named(code="XYZ")}, "code"),
        ({"other": Named(code="NIEO")}, "name"),
        ({"rank": 3}, "rank"),
    ],
)
def test_what_cannot_be_is_refused(upkeep: Upkeep, wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as failure:
        upkeep.does("olli", placing.start, upkeep.plan, **{**sensible(upkeep), **wrong})
    assert where in failure.value.errors
    assert placed(upkeep) == []


def sensible(upkeep: Upkeep) -> dict[str, Any]:
    return {"setting": OTHER, "other": school(upkeep, "elmfield"), "on": NOW, "rank": MAIN}


def test_a_child_was_not_at_two_main_settings_on_one_day(upkeep: Upkeep) -> None:
    started(upkeep)
    later = {"other": school(upkeep, "oakfield")}
    with pytest.raises(Invalid) as failure:
        upkeep.does("olli", placing.start, upkeep.plan, **{**sensible(upkeep), **later})
    assert "another setting" in failure.value.errors["on"]


def test_nobody_else_says_where_the_child_is_and_a_stale_page_is_refused(upkeep: Upkeep) -> None:
    for by, failure in (("sara", NotAllowed), ("pam", NotAllowed), ("sid", NotFound), ("nora", NotFound)):
        with pytest.raises(failure):
            started(upkeep, by)
        with pytest.raises(failure):
            upkeep.does(by, placing.leave, upkeep.plan, placement=str(upkeep.plan), on=NOW)
    shown = upkeep.plan_row().row_version
    started(upkeep, shown=shown)
    with pytest.raises(Conflict):
        started(upkeep, other=school(upkeep, "oakfield"), shown=shown)


def test_of_a_plan_that_ended_nothing_is_recorded(upkeep: Upkeep) -> None:
    upkeep.does("olli", ceasing.record_death, upkeep.plan, on=NOW)
    with pytest.raises(DomainError):
        started(upkeep)
