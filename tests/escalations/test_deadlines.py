"""The statutory clock: two hundred dated cases in ``deadline_cases.tsv``, and what holds for every day.

The dates of the table were worked out apart from the program: weeks, days and months by a database's
calendar, working days by a list of bank holidays written by hand.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.escalations import deadlines
from isp.escalations.deadlines import (
    Act,
    Bound,
    age_due,
    appeal_due,
    due,
    phase_due,
    rule_sets,
    rules_on,
    transfer_due,
    work_out,
)
from isp.escalations.deadlines.limits import read
from isp.kernel import workdays
from isp.kernel.workdays import HorizonPassed, months_after

FIRST = date(2014, 9, 1)
# Two months and a shift must stay within the bank holidays that are known.
DECIDED = st.dates(FIRST, workdays.horizon() - timedelta(days=100))
OF_THE_YEAR = {Act.PHASE, Act.PHASE_POST_16, Act.AGE}


def table() -> list[dict[str, str]]:
    with Path(__file__).with_name("deadline_cases.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("case", table(), ids=lambda case: f"{case['act']} from {case['start']}")
def test_a_day_is_the_one_worked_out_apart(case: dict[str, str]) -> None:
    found = due(Act(case["act"]), date.fromisoformat(case["start"]))
    assert found.on == date.fromisoformat(case["day"])
    assert found.source.startswith(case["where it is written"])


def test_the_table_has_every_limit_and_two_hundred_cases() -> None:
    cases = table()
    assert len(cases) >= 200
    elsewhere = OF_THE_YEAR | {Act.APPEAL, Act.APPEAL_CERTIFICATE}
    assert {Act(case["act"]) for case in cases} == set(Act) - elsewhere


@pytest.mark.parametrize(
    ("decided", "last", "said"),
    [
        (date(2026, 11, 2), date(2027, 1, 2), "2 November 2026"),  # a Saturday, and no day that shifts
        (
            date(2026, 10, 24),
            date(2026, 12, 24),
            "2 months from the day of the notice of the decision, 24 October 2026",
        ),
        (date(2026, 10, 25), date(2027, 1, 4), "25 December 2026"),  # 1 January is a holiday, then a weekend
        (date(2026, 11, 1), date(2027, 1, 4), "1 January 2027"),
        (date(2026, 6, 1), date(2026, 9, 1), "first working day of September"),
        (date(2026, 6, 30), date(2026, 9, 1), "30 August 2026"),
        (date(2024, 6, 30), date(2024, 9, 2), "30 August 2024"),  # 1 September was a Sunday
        (date(2026, 12, 31), date(2027, 2, 28), "31 December 2026"),
        (date(2027, 12, 31), date(2028, 2, 29), "31 December 2027"),
        (date(2026, 7, 31), date(2026, 9, 30), "31 July 2026"),
        (date(2026, 5, 31), date(2026, 7, 31), "31 May 2026"),
    ],
)
def test_a_family_appeals_within_two_months_and_never_in_the_holidays(
    decided: date, last: date, said: str
) -> None:
    found = appeal_due(decided)
    assert (found.on, found.act, found.who) == (last, Act.APPEAL, "family")
    assert said in found.why
    assert "rule 20" in found.source


@pytest.mark.parametrize(
    ("decided", "certificate", "last"),
    [
        (date(2026, 2, 2), date(2026, 2, 10), date(2026, 4, 2)),  # the two months are longer
        (date(2026, 2, 2), date(2026, 3, 20), date(2026, 4, 20)),  # the month is
        (date(2026, 2, 2), date(2026, 3, 2), date(2026, 4, 2)),  # both the same
        (date(2026, 5, 20), date(2026, 7, 6), date(2026, 9, 1)),  # the month ends in August
        (date(2026, 10, 1), date(2026, 11, 27), date(2027, 1, 4)),  # and here at Christmas
        (date(2026, 6, 10), date(2026, 8, 3), date(2026, 9, 3)),  # August is over by then
        (date(2027, 12, 1), date(2028, 1, 30), date(2028, 2, 29)),  # a short month, in a leap year
    ],
)
def test_a_certificate_gives_at_least_a_month_from_its_date(
    decided: date, certificate: date, last: date
) -> None:
    assert appeal_due(decided, certificate).on == last


@pytest.mark.parametrize(
    ("act", "year", "last"),
    [
        (Act.PHASE, 2027, date(2027, 2, 14)),
        (Act.PHASE, 2028, date(2028, 2, 14)),
        (Act.PHASE_POST_16, 2027, date(2027, 3, 30)),
        (Act.PHASE_POST_16, 2028, date(2028, 3, 30)),
    ],
)
def test_a_plan_is_ready_before_the_day_of_the_next_phase(act: Act, year: int, last: date) -> None:
    found = phase_due(act, year)
    assert found.on == last
    assert found.days_late(last) == 0
    assert found.days_late(last + timedelta(days=1)) == 1
    assert f"before {last.day + 1} {last:%B %Y}" in found.why
    with pytest.raises(ValueError, match="day of the year"):
        due(act, date(year, 1, 1))
    with pytest.raises(ValueError, match="not a day of the year"):
        phase_due(Act.REVIEW, year)


@pytest.mark.parametrize(
    ("birthday", "last"),
    [
        (date(2026, 9, 1), date(2027, 7, 31)),
        (date(2027, 1, 1), date(2027, 7, 31)),
        (date(2027, 7, 31), date(2027, 7, 31)),
        (date(2027, 8, 1), date(2028, 7, 31)),
        (date(2028, 2, 29), date(2028, 7, 31)),
    ],
)
def test_a_plan_can_be_kept_to_the_end_of_the_academic_year_of_the_twenty_fifth_birthday(
    birthday: date, last: date
) -> None:
    found = age_due(birthday)
    assert (found.on, found.act, found.source) == (
        last,
        Act.AGE,
        "section 46, Children and Families Act 2014",
    )
    assert work_out(Act.AGE, birthday) == found
    assert found.days_late(last + timedelta(days=9)) == 0, "it may be kept so long, and need not end then"


@pytest.mark.parametrize(
    ("moves", "known", "day"),
    [
        (date(2026, 6, 1), date(2026, 5, 1), date(2026, 6, 1)),  # in good time
        (date(2026, 6, 1), date(2026, 5, 8), date(2026, 6, 1)),  # 15 working days, over a bank holiday
        (date(2026, 6, 1), date(2026, 5, 11), date(2026, 6, 1)),  # one less, and 15 days give the same day
        (date(2026, 6, 1), date(2026, 5, 12), date(2026, 6, 2)),
        (date(2026, 6, 1), date(2026, 6, 1), date(2026, 6, 19)),  # on the day of the move
        (date(2026, 6, 1), date(2026, 7, 4), date(2026, 7, 24)),  # long after, on a Saturday
        (date(2026, 12, 31), date(2026, 12, 21), date(2027, 1, 13)),  # over Christmas
        (date(2027, 4, 5), date(2027, 3, 24), date(2027, 4, 15)),  # over Easter
    ],
)
def test_a_plan_goes_on_the_day_of_the_move_or_15_working_days_after_it_was_known(
    moves: date, known: date, day: date
) -> None:
    found = transfer_due(moves, known)
    assert found.on == day
    assert "15(2)" in found.source


@pytest.mark.parametrize(
    ("transferred", "made", "day"),
    [
        (date(2026, 6, 1), date(2026, 1, 10), date(2027, 1, 9)),  # the year is later
        (date(2026, 6, 1), date(2025, 7, 10), date(2026, 8, 31)),  # three months are
        (date(2026, 6, 1), date(2025, 9, 1), date(2026, 8, 31)),  # both the same
        (date(2027, 11, 30), date(2026, 12, 1), date(2028, 2, 29)),  # a month without that day
    ],
)
def test_a_new_authority_reviews_within_the_year_or_three_months(
    transferred: date, made: date, day: date
) -> None:
    assert deadlines.review_after_transfer_due(transferred, made).on == day


@given(st.dates(FIRST, date(2100, 1, 1)))
def test_the_weeks_are_whole_and_their_day_is_the_last_that_keeps_them(received: date) -> None:
    found = due(Act.DECIDE, received)
    assert found.on - received == timedelta(days=42)
    assert found.days_late(found.on) == 0
    assert found.days_late(found.on + timedelta(days=1)) == 1
    assert found.days_late(received) == 0
    assert found.days_left(found.on) == 0
    assert due(Act.FINAL_PLAN, received).on - received == timedelta(days=140)
    assert "regulation 5(1)" in found.source


@given(st.sampled_from(sorted(set(Act) - OF_THE_YEAR)), st.dates(FIRST, date(2027, 6, 1)), st.integers(0, 60))
def test_what_begins_later_is_never_due_earlier(act: Act, start: date, more: int) -> None:
    assert due(act, start + timedelta(days=more)).on >= due(act, start).on


@given(st.sampled_from(sorted(set(Act) - OF_THE_YEAR)), st.dates(FIRST, date(2027, 6, 1)))
def test_every_day_says_where_it_comes_from(act: Act, start: date) -> None:
    found = due(act, start)
    assert deadlines.counting.words(start) in found.why
    assert all((found.source, found.who, found.what))
    limit = rules_on(start).limit(act, start)
    assert limit.length in found.why
    if found.bound is not Bound.AT_MOST:
        assert found.days_late(date(2100, 1, 1)) == 0


@given(DECIDED)
def test_the_last_day_to_appeal_is_never_before_two_months_nor_in_the_holidays(decided: date) -> None:
    found = appeal_due(decided)
    plain = months_after(decided, 2)
    assert found.on >= plain
    assert found.on.month != 8
    assert not (found.on.month == 12 and found.on.day >= 25)
    assert (found.on.month, found.on.day) != (1, 1)
    if found.on != plain:
        assert workdays.is_working_day(found.on)
        assert found.on.month in (1, 9)
        assert (found.on - plain).days <= 40
        # No working day of that month was passed over.
        first = found.on.replace(day=1)
        assert not any(workdays.is_working_day(first + timedelta(days=n)) for n in range(found.on.day - 1))


@given(DECIDED, st.integers(0, 400))
def test_a_later_decision_never_has_an_earlier_last_day(decided: date, more: int) -> None:
    later = min(decided + timedelta(days=more), workdays.horizon() - timedelta(days=100))
    if later >= decided:
        assert appeal_due(later).on >= appeal_due(decided).on


def test_beyond_the_known_bank_holidays_a_day_is_an_error_and_no_guess() -> None:
    beyond = date(workdays.horizon().year + 1, 6, 15)
    with pytest.raises(HorizonPassed):
        appeal_due(beyond)
    with pytest.raises(HorizonPassed):
        due(Act.RESPOND, beyond)
    # What counts no working days needs no table.
    assert due(Act.DECIDE, beyond).on == beyond + timedelta(days=42)


def test_rule_sets_are_in_order_and_each_limit_names_where_it_is_written() -> None:
    for rules in rule_sets():
        assert rules_on(rules.effective_from) is rules
        assert rule_sets().called(rules.version) is rules
        assert set(rules.limits) == set(Act)
        for limit in (limit for listed in rules.limits.values() for limit in listed):
            assert all((limit.source, limit.what, limit.who, limit.start))
    with pytest.raises(ValueError, match="no rules"):
        rules_on(FIRST - timedelta(days=1))


def test_a_case_keeps_the_rules_it_started_under() -> None:
    version = rule_sets()[0].version
    assert due(Act.DECIDE, date(2026, 3, 2), version=version).on == date(2026, 4, 13)
    with pytest.raises(KeyError):
        due(Act.DECIDE, date(2026, 3, 2), version="1900-01-01")


def _file(**row: object) -> dict[str, object]:
    plain = {"act": "decide", "what": "decide", "who": "authority", "source": "somewhere", "start": "a day"}
    return {"version": "1", "effective_from": FIRST, "limits": [{**plain, **row}]}


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"weeks": 6}, "no limit for"),
        ({"weeks": 6, "days": 1}, "so many of one unit"),
        ({"weeks": 0}, "so many of one unit"),
        ({"weeks": 6, "before_day": [2, 15]}, "a day of the year or a length"),
        ({"weeks": 6, "excuses": ["absent"]}, "says where it is excused"),
        ({"weeks": 6, "bound": "perhaps"}, "perhaps"),
        ({"weeks": 6, "excuses": ["busy"], "excused_by": "nobody"}, "what nobody knows: busy"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(row: dict[str, object], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        read(_file(**row))
