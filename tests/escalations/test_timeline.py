"""The bar of a case's dates: what is to come after a yes, a refusal or an appeal, and from where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from isp.escalations.deadlines import Bound, Circumstance
from isp.escalations.timeline import Kept, Step, Title, steps

RECEIVED = date(2026, 3, 2)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Request:
    """The dates and codes of a request that the bar goes by."""

    status: str = "pending"
    received_on: date = RECEIVED
    decided_on: date | None = None
    days_late: int | None = None
    days_unexcused: int | None = None
    sight_until: date | None = None
    notice_on: date | None = None
    certificate_on: date | None = None
    rules: str | None = None
    reassesses: UUID | None = None
    ended_on: date | None = None
    ended_why: str | None = None
    appealed_on: date | None = None
    appeal_closed_on: date | None = None
    appeal_result: str | None = None


AGREED = Request("agreed", decided_on=date(2026, 4, 1))
REFUSED = Request("refused", decided_on=date(2026, 4, 1), sight_until=date(2026, 6, 1))


def days(found: list[Step]) -> dict[Title, date]:
    return {step.title: step.due.on for step in found if step.due}


def test_a_request_that_waits_has_the_decision_and_the_plan_before_it() -> None:
    found = steps(Request(), RECEIVED)
    assert days(found) == {Title.DECISION: date(2026, 4, 13), Title.FINAL_PLAN: date(2026, 7, 20)}
    assert [step.kept for step in found] == [Kept.DONE, Kept.TO_COME, Kept.TO_COME]


def test_after_a_yes_every_day_up_to_the_plan_is_there() -> None:
    found = steps(AGREED, date(2026, 4, 1))
    assert days(found) == {
        Title.DECISION: date(2026, 4, 13),
        Title.DRAFT_PLAN: date(2026, 6, 8),
        Title.NO_PLAN: date(2026, 6, 22),
        Title.FINAL_PLAN: date(2026, 7, 20),
    }
    assert [step.title for step in found if step.kept is Kept.KEPT] == [Title.DECISION]


def test_what_is_only_usual_by_a_day_is_never_missed_and_a_duty_is() -> None:
    found = {step.title: step for step in steps(AGREED, date(2026, 7, 21))}
    draft = found[Title.DRAFT_PLAN]
    assert draft.due is not None
    assert draft.due.bound is Bound.PRACTICE
    assert draft.kept is Kept.TO_COME
    assert found[Title.FINAL_PLAN].kept is Kept.MISSED
    assert {step.title: step for step in steps(AGREED, date(2026, 7, 20))}[
        Title.FINAL_PLAN
    ].kept is Kept.TO_COME


def test_after_a_refusal_the_family_reads_both_its_days() -> None:
    found = steps(REFUSED, date(2026, 4, 2))
    assert days(found) == {
        Title.DECISION: date(2026, 4, 13),
        Title.ADVISER: date(2026, 6, 1),
        Title.LAST_DAY: date(2026, 6, 1),
    }
    over = steps(REFUSED, date(2026, 6, 2))
    assert [step.kept for step in over[2:]] == [Kept.PAST, Kept.PAST]


def test_in_summer_only_the_day_to_appeal_moves() -> None:
    found = days(steps(replace(REFUSED, decided_on=date(2026, 6, 10)), RECEIVED))
    assert found[Title.ADVISER] == date(2026, 8, 10)
    assert found[Title.LAST_DAY] == date(2026, 9, 1)


def test_a_decision_is_as_late_as_it_was_counted_when_it_was_made() -> None:
    away = Circumstance("absent", RECEIVED + DAY, RECEIVED + 28 * DAY)
    decided = replace(AGREED, decided_on=RECEIVED + 50 * DAY, days_late=8)
    for unexcused, kept, day in (
        (None, Kept.LATE, date(2026, 4, 13)),  # counted before circumstances were
        (8, Kept.LATE, date(2026, 4, 13)),  # recorded afterwards
        (3, Kept.LATE, date(2026, 5, 11)),
        (0, Kept.EXCUSED, date(2026, 5, 11)),
    ):
        step = steps(replace(decided, days_unexcused=unexcused), RECEIVED + 60 * DAY, [away])[1]
        assert step.due is not None
        assert (step.kept, step.days_late, step.due.on) == (kept, 8, day)


def appealed(result: str) -> Request:
    ended = date(2026, 9, 14)
    return Request(
        "agreed",
        decided_on=date(2026, 4, 1),
        appealed_on=date(2026, 5, 1),
        appeal_closed_on=ended,
        appeal_result=result,
    )


def test_after_an_order_its_own_limits_run_and_the_weeks_from_the_request_no_longer() -> None:
    found = steps(appealed("allowed"), date(2026, 9, 15))
    assert days(found) == {
        Title.DECISION: date(2026, 4, 13),
        Title.APPEAL: date(2026, 6, 1),
        Title.BEGINS: date(2026, 9, 28),
        Title.NO_PLAN: date(2026, 11, 23),
        Title.FINAL_PLAN: date(2026, 12, 21),
    }
    sources = {step.title: step.due.source for step in found if step.due}
    assert "44(2)(b)(ii)" in sources[Title.FINAL_PLAN]


def test_where_the_authority_gave_way_the_same_days_run_from_that_day_under_regulation_45() -> None:
    given, ordered = steps(appealed("conceded"), RECEIVED), steps(appealed("allowed"), RECEIVED)
    assert days(given) == days(ordered)
    last = given[-1].due
    assert last is not None
    assert "regulation 45" in last.source
    assert "does not oppose" in last.why


def test_a_request_that_ended_says_why_it_did_and_on_the_day_it_did() -> None:
    ended, recorded = date(2026, 4, 2), date(2026, 4, 9)
    for why, title in (("withdrawn", Title.WITHDRAWN), ("moved", Title.MOVED), ("died", Title.DIED)):
        request = Request("withdrawn", ended_on=ended, ended_why=why, sight_until=recorded)
        found = steps(request, recorded)[-1]
        assert (found.title, found.on) == (title, ended)


def test_a_request_taken_back_before_ends_had_a_day_of_their_own_keeps_the_one_it_has() -> None:
    day = date(2026, 4, 2)
    found = steps(Request("withdrawn", sight_until=day), day)[-1]
    assert (found.title, found.on) == (Title.WITHDRAWN, day)
