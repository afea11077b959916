"""Performance: what each question counts, exact for a manager and rounded for others, and who may ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from isp import create_app
from isp.access import gate
from isp.access.listing import grounds_of
from isp.access.policy import OrganisationPermission
from isp.audit import Chain, Event
from isp.audit.queries import of_chain
from isp.caseload.performance import figures
from isp.caseload.performance.chart import bars
from isp.caseload.performance.figures import Figures
from isp.caseload.performance.questions import BY_NAME, QUESTIONS
from isp.caseload.performance.rounding import OTHERS, rounded, total_of, without_small
from isp.ehcp.models import AnnualReview, PlanSetting, StatutoryPlan
from isp.escalations.disputes import MEDIATED, Result
from isp.escalations.models import Assessment, AssessmentRequest, Dispute
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.ids import new_id
from isp.people.models import Organisation
from isp.register.models import Pupil
from tests.cast import Cast, standing_cast
from tests.escalations.world import on
from tests.people.world import Browser, settings
from tests.statements import statements

TODAY = date(2025, 1, 15)
ORGANISATIONS = table_of(Organisation)


@pytest.fixture
def cast(fresh_database: Any) -> Iterator[Cast]:
    made = standing_cast(fresh_database())
    yield made
    made.close()


def request(cast: Cast, n: int, status: str, received: date, **more: Any) -> UUID:
    made, pupil = new_id(), cast.pupil(f"p{n}", "oakfield")
    values: dict[str, Any] = {
        "decided_on": None, "decided_by": None, "days_late": None, "days_unexcused": None, "rules": None,
        "sight_until": None, "appealed_on": None, "appeal_closed_on": None, "appeal_result": None,
        "ended_on": None, "youth_accommodation": None,
    }  # fmt: skip
    with cast.making() as unit:
        unit.insert(
            AssessmentRequest, id=made, reference=f"EHC-T-{n}", pupil_id=pupil,
            authority_id=cast.places["northshire"], school_id=cast.places["oakfield"], source="school",
            made_by=cast.people["sara"], received_on=received, recorded_at=unit.now, status=status,
            officer_id=None, sealed=b"\x00", row_version=1, **{**values, **more},
        )  # fmt: skip
    return made


def plan(cast: Cast, n: int, made_on: date, late: int, excused: bool | None = False, **more: Any) -> UUID:
    made, pupil = new_id(), cast.pupil(f"q{n}", "oakfield")
    values: dict[str, Any] = {
        "record_id": None, "officer_id": None, "origin": "here", "from_authority": None,
        "transferred_on": None, "state": "in_force", "draft_sent_on": None, "first_made_on": made_on,
        "made_on": made_on, "last_review_on": None, "review_due_on": None, "phase_transfer": None,
        "phase_transfer_year": None, "residential": None, "work_based": None, "personal_budget": False,
        "organised_arrangements": False, "direct_payments": None, "cease_decided_on": None,
        "ended_on": None, "ended_reason": None, "sealed": None, "row_version": 1,
    }  # fmt: skip
    with cast.making() as unit:
        unit.insert(
            StatutoryPlan, id=made, reference=f"PLAN-{n}", pupil_id=pupil,
            authority_id=cast.places["northshire"], days_late=late, days_unexcused=late, excused=excused,
            recorded_at=unit.now, **{**values, **more},
        )  # fmt: skip
        unit.session.flush()
        if excused is not None:
            unit.connection.execute(
                insert(Assessment.__table__).values(  # type: ignore[arg-type]
                    id=new_id(), pupil_id=pupil, authority_id=cast.places["northshire"], plan_id=made,
                    kind="first", clock_from=made_on - timedelta(days=140 + late), begun_on=made_on,
                    state="final", outcome_on=made_on, excused=excused, recorded_at=unit.now, row_version=1,
                )
            )  # fmt: skip
    return made


def review(
    cast: Cast, n: int, plan_id: UUID, meeting: date | None, outcome: str | None, late: int, **more: Any
) -> None:
    values: dict[str, Any] = {
        "kind": "annual", "state": "closed" if outcome else "held" if meeting else "due",
        "due_on": date(2024, 7, 1), "invited_on": None, "papers_sent_on": None, "reported_on": None,
        "notice_on": None, "final_on": None, "amended": None, "rules": None, "sealed": None,
    }  # fmt: skip
    with cast.making() as unit:
        unit.insert(
            AnnualReview, id=new_id(), plan_id=plan_id, pupil_id=cast.pupils[f"q{n}"],
            authority_id=cast.places["northshire"], school_id=cast.places["oakfield"],
            meeting_on=meeting, held=meeting is not None, decided_on=meeting if outcome else None,
            outcome=outcome, days_late=late if outcome else None, recorded_at=unit.now, row_version=1,
            **{**values, **more},
        )  # fmt: skip


def ask(cast: Cast, name: str, by: str = "year", who: str = "mia", year: int | None = None) -> Figures:
    with on(TODAY), cast.looking(who) as unit:
        return figures.answer(unit, BY_NAME[name], by, year)


def counts(found: Figures, heading: str) -> dict[str, int]:
    line = next(one for one in found.lines if one.heading == heading)
    return dict(zip(found.question.counts, line.counts, strict=True))


def test_requests_by_what_became_of_them(cast: Cast) -> None:
    day = date(2024, 3, 4)
    request(cast, 1, "agreed", day, decided_on=day, days_late=0, days_unexcused=0)
    request(cast, 2, "refused", day, decided_on=day, days_late=3, days_unexcused=0)
    won = {"appealed_on": day, "appeal_closed_on": day, "appeal_result": "allowed"}
    request(cast, 3, "agreed", day, decided_on=day, days_late=0, days_unexcused=0, **won)
    request(cast, 4, "pending", day)
    request(cast, 5, "withdrawn", day)
    request(cast, 6, "pending", date(2023, 12, 31))
    found = ask(cast, "requests")
    assert counts(found, "2024") == {
        "received": 5, "assess": 1, "not_assess": 2, "awaiting": 1, "withdrawn": 1,
    }  # fmt: skip
    assert counts(found, "2023")["received"] == 1
    assert found.total.counts[0] == 6


def test_six_weeks_with_and_without_exceptions(cast: Cast) -> None:
    day = date(2024, 3, 4)
    for n, (late, unexcused) in enumerate([(0, 0), (3, 0), (9, 4), (5, 5)]):
        request(cast, n, "refused", day, decided_on=day, days_late=late, days_unexcused=unexcused)
    request(cast, 8, "agreed", day, decided_on=day)
    request(cast, 9, "pending", day)
    found = ask(cast, "six-weeks")
    assert counts(found, "2024") == {
        "decided": 5, "in_six": 1, "in_six_moved": 2, "no_exception": 3, "in_six_no_exception": 1,
    }  # fmt: skip
    assert next(one for one in found.lines if one.heading == "2024").shares == (20.0, 33.3)


def no_plan(cast: Cast, n: int, told: date, late: int | None, *, excused: bool | None) -> None:
    pupil = cast.pupil(f"n{n}", "oakfield")
    with cast.making() as unit:
        unit.insert(
            Assessment, id=new_id(), pupil_id=pupil,
            authority_id=cast.places["northshire"], plan_id=None, kind="first", clock_from=told,
            begun_on=told, state="no_plan", outcome_on=told, days_late=late, days_unexcused=late,
            excused=excused, recorded_at=unit.now, row_version=1,
        )  # fmt: skip


def test_sixteen_weeks_with_and_without_exceptions(cast: Cast) -> None:
    for n, (late, excused) in enumerate([(0, False), (0, None), (8, True), (8, False), (None, None)]):
        no_plan(cast, n, date(2024, 3, 4), late, excused=excused)
    found = ask(cast, "no-plan")
    assert counts(found, "2024") == {
        "told": 5, "in_sixteen": 2, "no_exception": 4, "in_sixteen_no_exception": 2,
    }  # fmt: skip
    assert next(one for one in found.lines if one.heading == "2024").shares == (40.0, 50.0)


def dispute(cast: Cast, pupil: str, subject_id: UUID, kind: str, on: date, **more: Any) -> None:
    values: dict[str, Any] = {
        "about": "assess", "subject": "request", "state": "open", "decision_on": on, "asked_on": on,
        "certificate_on": None, "held_on": None, "response_due_on": None, "hearing_on": None,
        "closed_on": None, "result": None, "sealed": None,
    }  # fmt: skip
    if more.get("result"):
        more |= {"state": "closed", "closed_on": on}
    with cast.making() as unit:
        unit.insert(
            Dispute, id=new_id(), pupil_id=cast.pupils[pupil], authority_id=cast.places["northshire"],
            kind=kind, subject_id=subject_id, recorded_at=unit.now, row_version=1, **{**values, **more},
        )  # fmt: skip


def test_disputes_about_a_first_decision_tell_asked_from_held_and_certified(cast: Cast) -> None:
    day = date(2024, 3, 4)
    asked, met, certified = (request(cast, n, "refused", day, decided_on=day, days_late=0) for n in (1, 2, 3))
    request(cast, 4, "refused", day, decided_on=day, days_late=0, appealed_on=day)
    dispute(cast, "p1", asked, "mediation", day)
    dispute(cast, "p2", met, "mediation", day, held_on=day, result="no_agreement")
    dispute(cast, "p3", certified, "mediation", day, certificate_on=day)
    dispute(cast, "p3", certified, "appeal", day)
    assert counts(ask(cast, "disputes"), "2024") == {
        "refused": 4, "mediation": 3, "mediated": 1, "certificate": 1, "tribunal": 2,
    }  # fmt: skip


def test_mediation_counts_on_the_day_it_was_asked_for_and_by_how_it_ended(cast: Cast) -> None:
    day = date(2024, 3, 4)
    made = request(cast, 1, "refused", date(2023, 3, 4), decided_on=day, days_late=0)
    for result in ("agreement", "other_agreement", "no_agreement", None):
        dispute(cast, "p1", made, "mediation", day, held_on=day, result=result)
    dispute(cast, "p1", made, "mediation", day, certificate_on=day, result="no_agreement")
    dispute(cast, "p1", made, "mediation", day, state="closed")
    dispute(cast, "p1", made, "appeal", day)
    found = ask(cast, "mediation")
    assert counts(found, "2024") == {
        "asked": 6, "certificate": 1, "mediated": 4, "agreement": 2, "no_agreement": 2, "open": 1,
        "unknown": 1,
    }  # fmt: skip
    assert counts(found, "2023")["asked"] == 0


def test_appeals_count_on_the_day_they_were_registered_and_each_end_is_one_of_them(cast: Cast) -> None:
    day = date(2024, 3, 4)
    made = request(cast, 1, "refused", day, decided_on=day, days_late=0)
    for ended in Result:
        if ended not in MEDIATED:
            dispute(cast, "p1", made, "appeal", day, result=ended.value)
    dispute(cast, "p1", made, "appeal", day)
    dispute(cast, "p1", made, "appeal", day, state="closed")
    dispute(cast, "p1", made, "mediation", day, result="agreement")
    found = counts(ask(cast, "appeals"), "2024")
    orders = len(Result) - len(MEDIATED) - 3
    assert found == {
        "registered": orders + 5, "ordered": orders, "conceded": 1, "dismissed": 1, "given_up": 1, "open": 1,
        "unknown": 1,
    }  # fmt: skip
    assert sum(found.values()) == 2 * found["registered"]


def test_a_dispute_counts_for_the_school_of_what_is_disputed(cast: Cast) -> None:
    day = date(2024, 3, 4)
    dispute(cast, "p1", request(cast, 1, "refused", day, decided_on=day, days_late=0), "appeal", day)
    planned = plan(cast, 1, day, 0)
    name(cast, 1, planned)
    dispute(cast, "q1", planned, "appeal", day, about="content", subject="plan")
    found = ask(cast, "appeals", "school", year=2024)
    assert [(line.heading, line.counts[0]) for line in found.lines] == [("Oakfield School", 2)]


def name(cast: Cast, n: int, plan_id: UUID) -> None:
    """Oakfield is the school that section I names."""
    with cast.making() as unit:
        unit.insert(
            PlanSetting, id=new_id(), plan_id=plan_id, pupil_id=cast.pupils[f"q{n}"], named=True, rank=1,
            school_id=cast.places["oakfield"], urn=None, ukprn=None, code=None, entered_on=None,
            left_on=None, sen_unit=False, resourced=False, residential=None, work_based=None, sealed=None,
            recorded_at=unit.now,
        )  # fmt: skip


def test_plans_within_twenty_weeks_with_and_without_exceptions(cast: Cast) -> None:
    day = date(2024, 5, 6)
    plan(cast, 1, day, 0)
    plan(cast, 2, day, 10, excused=True)
    plan(cast, 3, day, 225)
    plan(cast, 4, day, 224)
    found = ask(cast, "plans")
    assert counts(found, "2024") == {
        "issued": 4, "in_twenty": 1, "no_exception": 3, "in_twenty_no_exception": 1, "past_year": 1,
    }  # fmt: skip
    assert next(one for one in found.lines if one.heading == "2024").shares == (25.0, 33.3, 25.0)


def test_reviews_due_held_decided_and_what_came_of_them(cast: Cast) -> None:
    meeting = date(2024, 6, 3)
    for n, (held, outcome, late) in enumerate(
        [
            (meeting, "amend", 0),
            (meeting, "maintain", 5),
            (meeting, "cease", 0),
            (meeting, None, 0),
            (None, None, 0),
        ]
    ):
        review(cast, n, plan(cast, n, date(2023, 6, 1), 0), held, outcome, late)
    assert counts(ask(cast, "reviews-due"), "2024") == {
        "due": 5, "held": 4, "not_held": 1, "unopened": 0, "decided": 3, "in_four": 2,
    }  # fmt: skip
    found = ask(cast, "reviews-held")
    assert counts(found, "2024") == {
        "held": 4, "amend": 1, "maintain": 1, "cease": 1, "none": 1, "in_four": 2,
    }  # fmt: skip
    assert next(one for one in found.lines if one.heading == "2024").shares == (50.0,)


JULY = date(2024, 7, 1)


def due(cast: Cast) -> tuple[int, int, int]:
    """Reviews due in 2024: how many, of these held, and how many that nobody opened."""
    found = counts(ask(cast, "reviews-due"), "2024")
    return found["due"], found["held"], found["unopened"]


def test_a_review_that_nobody_opened_counts_as_due_and_not_held(cast: Cast) -> None:
    plan(cast, 1, date(2023, 7, 2), 0, review_due_on=JULY)
    plan(cast, 2, date(2023, 7, 2), 0, review_due_on=JULY, state="ceasing")
    plan(cast, 3, date(2024, 7, 2), 0, review_due_on=date(2025, 7, 1))
    assert due(cast) == (2, 0, 2)
    assert counts(ask(cast, "reviews-due"), "2024")["not_held"] == 2


def test_a_review_that_was_opened_counts_once_and_on_its_own_day(cast: Cast) -> None:
    review(cast, 1, plan(cast, 1, date(2023, 7, 2), 0, review_due_on=JULY), None, None, 0)
    early = plan(cast, 2, date(2023, 7, 2), 0, review_due_on=JULY)
    review(cast, 2, early, None, None, 0, kind="early", due_on=date(2023, 12, 1))
    assert due(cast) == (1, 0, 0)
    assert counts(ask(cast, "reviews-due"), "2023")["due"] == 1


def test_one_plan_has_the_reviews_of_its_history_and_the_one_that_was_missed(cast: Cast) -> None:
    made = plan(
        cast, 1, date(2022, 1, 10), 0, last_review_on=date(2023, 2, 1), review_due_on=date(2024, 1, 31)
    )
    review(cast, 1, made, date(2023, 1, 9), "amend", 0, due_on=date(2023, 1, 9), state="amending")
    found = ask(cast, "reviews-due")
    assert (counts(found, "2023")["due"], counts(found, "2023")["held"]) == (1, 1)
    assert due(cast) == (1, 0, 1)


def test_a_review_called_off_leaves_the_duty_and_an_amendment_outside_one_is_none(cast: Cast) -> None:
    made = plan(cast, 1, date(2023, 7, 2), 0, review_due_on=JULY)
    review(cast, 1, made, None, None, 0, state="cancelled")
    review(cast, 1, made, None, None, 0, state="amending", kind="change")
    assert due(cast) == (1, 0, 1)


def test_a_plan_that_had_ended_by_the_day_was_not_due_and_one_that_ended_later_was(cast: Cast) -> None:
    for n, ended in enumerate((JULY, JULY - timedelta(days=1), JULY + timedelta(days=1))):
        more: dict[str, Any] = {"state": "ended", "ended_on": ended, "ended_reason": "2"}
        plan(cast, n, date(2023, 7, 2), 0, review_due_on=JULY, **more)
    plan(cast, 5, date(2023, 7, 2), 0, review_due_on=JULY, state="drafting")
    assert due(cast) == (1, 0, 1)


def test_reviews_due_count_for_the_school_that_holds_them_or_that_the_plan_names(cast: Cast) -> None:
    name(cast, 1, plan(cast, 1, date(2023, 7, 2), 0, review_due_on=JULY))
    review(cast, 2, plan(cast, 2, date(2023, 7, 2), 0, review_due_on=JULY), None, None, 0)
    found = ask(cast, "reviews-due", "school", year=2024)
    assert [(line.heading, line.counts[0]) for line in found.lines] == [("Oakfield School", 2)]


def test_by_month_need_phase_and_school_the_parts_make_the_whole(cast: Cast) -> None:
    for n in range(3):
        request(cast, n, "pending", date(2024, 11, 4 + n))
    for by in ("month", "need", "phase", "school"):
        found = ask(cast, "requests", by)
        assert sum(line.counts[0] for line in found.lines) == found.total.counts[0] == 3, by
    assert len(ask(cast, "requests").lines) == 10
    assert len(ask(cast, "requests", "month").lines) == 13
    assert len(ask(cast, "requests", "month", year=2024).lines) == 12
    assert [line.heading for line in ask(cast, "requests", "school").lines] == ["Oakfield School"]


def test_an_authority_with_more_schools_than_any_page_had_loses_none_of_them(cast: Cast) -> None:
    made = request(cast, 1, "pending", date(2024, 11, 4))
    table = table_of(AssessmentRequest)
    with cast.making() as unit:
        row = dict(unit.connection.execute(select(table).where(table.c.id == made)).mappings().one())
        rows = [
            row
            | {
                "id": new_id(),
                "reference": f"EHC-S-{n}",
                "school_id": new_id(),
                "ended_on": row["received_on"],
            }
            for n in range(450)
        ]
        places = [
            {"id": one["school_id"], "kind": "school", "la_code": "201", "phase": "primary"} for one in rows
        ]
        sealed = dict(
            unit.connection.execute(
                select(ORGANISATIONS).where(ORGANISATIONS.c.id == cast.places["oakfield"])
            )
            .mappings()
            .one()
        )
        unit.connection.execute(
            insert(ORGANISATIONS),
            [sealed | one | {"name": f"School {n}", "urn": None} for n, one in enumerate(places)],
        )
        unit.connection.execute(insert(table), rows)
    found = ask(cast, "requests", "school")
    assert len(found.lines) == 451
    assert found.total.counts[0] == 451


def test_months_and_years_count_a_day_once_and_each_in_its_own(cast: Cast) -> None:
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 31), date(2024, 1, 31), date(2024, 2, 29))
    for n, day in enumerate(days):
        request(cast, n, "pending", day)
    months = ask(cast, "requests", "month", year=2024)
    assert [line.counts[0] for line in months.lines[:3]] == [3, 1, 0]
    assert months.total.counts[0] == 4
    years = ask(cast, "requests", "year")
    assert (counts(years, "2023")["received"], counts(years, "2024")["received"]) == (1, 4)


def test_whoever_may_not_see_exact_counts_sees_them_rounded_to_five(cast: Cast) -> None:
    for n in range(4):
        request(cast, n, "pending", date(2024, 11, 4))
    manager, officer = ask(cast, "requests"), ask(cast, "requests", who="olli")
    assert (manager.exact, manager.total.counts[0]) == (True, 4)
    assert (officer.exact, officer.total.counts[0]) == (False, 5)
    assert counts(officer, "2024")["received"] == 5
    assert all(one % 5 == 0 for line in officer.lines for one in line.counts)
    assert [rounded(n) for n in range(9)] == [0, 0, 0, 5, 5, 5, 5, 5, 10]


def test_a_group_too_few_to_be_named_stands_among_others_for_whoever_sees_rounded_counts(cast: Cast) -> None:
    for n in range(8):
        request(cast, n, "pending", date(2024, 11, 4))
    few = {"MLD": 1, "ASD": 2, "SEMH": 5}
    with cast.making() as unit:
        ids = iter([cast.pupils[f"p{n}"] for n in range(8)])
        for need, many in few.items():
            for pupil_id in (next(ids) for _ in range(many)):
                unit.connection.execute(
                    update(table_of(Pupil)).where(table_of(Pupil).c.id == pupil_id).values(need_primary=need)
                )
    manager, officer = ask(cast, "requests", "need"), ask(cast, "requests", "need", who="olli")
    assert [(one.heading, one.counts[0]) for one in manager.lines] == [("SEMH", 5), ("ASD", 2), ("MLD", 1)]
    assert [(one.heading, one.counts[0]) for one in officer.lines] == [("SEMH", 5), (OTHERS, 5)]
    assert officer.total.counts[0] == 10


def test_lines_that_are_rounded_stand_by_their_heading_and_not_by_what_is_in_them() -> None:
    rows = [("Oak", (12, 0)), ("Elm", (4, 3)), ("Yew", (2, 2)), ("ash", (7, 0)), ("Box", (1, 0))]
    assert without_small(rows) == [("ash", (7, 0)), ("Elm", (4, 3)), ("Oak", (12, 0)), (OTHERS, [3, 2])]
    assert without_small([]) == []


@pytest.mark.parametrize("lines", [1, 2, 3, 4, 5])
def test_from_a_rounded_table_and_its_total_no_line_can_be_told_nearer_than_it_is_rounded(lines: int) -> None:
    told: dict[Any, list[tuple[int, ...]]] = {}
    for held in product(range(8), repeat=lines):
        shown = tuple(map(rounded, held))
        told.setdefault((shown, total_of(shown, sum(held))), []).append(held)
    for (shown, _), those in told.items():
        for place, one in enumerate(shown):
            may_be = {held[place] for held in those}
            assert may_be == {n for n in range(8) if rounded(n) == one}, (shown, may_be)


def test_a_total_is_rounded_by_itself_where_its_lines_leave_room_for_that() -> None:
    assert total_of([0] * 13, 26) == 20  # the most that thirteen lines can hold: all but full would say so
    assert total_of([0] * 13, 18) == 20
    assert total_of([5, 5, 5, 5], 28) == 25  # 30 would say that there are seven in each
    assert total_of([100, 200, 50, 45], 397) == 395
    assert total_of([], 0) == 0


def test_months_to_come_with_nothing_in_them_do_not_count_as_room(cast: Cast) -> None:
    request(cast, 1, "pending", date(2025, 1, 6))
    request(cast, 2, "pending", date(2025, 1, 7))
    for n in range(3, 7):
        request(cast, n, "pending", date(2025, 1, 8))
    found = ask(cast, "requests", "month", who="olli", year=2025)
    assert [one.counts[0] for one in found.lines] == [5] + [0] * 11
    assert found.total.counts[0] == 5


def test_another_authoritys_count_nothing_of_it_and_others_find_nothing(cast: Cast) -> None:
    request(cast, 1, "pending", date(2024, 11, 4))
    assert ask(cast, "requests", who="sid").total.counts[0] == 0
    for name in ("sara", "pam", "nora", "dora"):
        with pytest.raises(NotFound):
            ask(cast, "requests", who=name)


def test_each_question_is_one_grouped_query(cast: Cast) -> None:
    for question in QUESTIONS:
        for by in figures.BY:
            with cast.looking("mia") as unit, statements(cast.store.database) as said:
                figures.counted(unit, cast.places["northshire"], question, by, date(2024, 1, 1), TODAY)
            assert len(said) == 1, (question.name, by)


def test_a_chart_has_a_bar_for_each_point_and_none_for_fewer_than_three() -> None:
    made = bars([("Jan 2024", 10.0), ("Feb 2024", 5.0), ("Mar 2024", None)])
    assert made is not None
    assert [bar.value for bar in made.bars] == ["10", "5", "–"]
    assert made.bars[0].height == 2 * made.bars[1].height
    assert all(bar.y + bar.height == made.base for bar in made.bars)
    assert bars([("a", 1.0), ("b", 2.0)]) is None
    assert bars([("a", 0.0), ("b", 0.0), ("c", None)]) is None


def test_the_pages_and_the_file_say_the_same_and_the_view_is_remembered(cast: Cast) -> None:
    for n in range(3):
        request(cast, n, "pending", date(2026, 1, 5))
    app = create_app(settings(), cast.store)
    mia, sara = Browser(app), Browser(app, "192.0.2.7")
    mia.sign_in("mia")
    sara.sign_in("sara")
    assert "How many EHC needs assessments were requested?" in mia.get("/performance").text
    for question in QUESTIONS:
        for by in figures.BY:
            page = mia.get(f"/performance/{question.name}?by={by}&year=2026")
            assert page.status_code == 200, (question.name, by)
            assert question.definition[:20] in page.text
    answer = mia.get("/performance/requests.csv?by=month&year=2026")
    assert answer.mimetype == "text/csv"
    assert b"Jan 2026,3,0,0,3,0," in answer.data
    assert b"All,3,0,0,3,0," in answer.data
    assert mia.get("/performance/nothing").status_code == 404
    assert mia.get("/performance/requests?by=nonsense&year=9").status_code == 200
    assert sara.get("/performance").status_code == 404
    assert sara.get("/performance/requests").status_code == 404


def test_each_look_of_an_authority_over_its_lists_and_figures_says_what_it_was_for(cast: Cast) -> None:
    request(cast, 1, "pending", date(2026, 1, 5))
    mia = Browser(create_app(settings(), cast.store))
    mia.sign_in("mia")
    for path in (
        "/cases",
        "/cases/all",
        "/cases/forecast",
        "/cases/advice",
        "/annual-reviews",
        "/out-of-school",
    ):
        assert mia.get(path).status_code == 200, path
    mia.get("/performance/requests")
    mia.get("/performance/requests.csv")
    with cast.making() as unit:
        found = of_chain(unit, Chain.organisation(cast.places["northshire"]), limit=500, open_payloads=True)
    looks = [seen for seen in reversed(found) if seen.event in (Event.LIST_VIEWED, Event.PERFORMANCE_VIEWED)]
    assert len(looks) >= 4
    assert {seen.canon["purpose"] for seen in looks} == {"duties"}
    assert [one.detail["form"] for one in looks if one.event is Event.PERFORMANCE_VIEWED] == ["page", "csv"]


def test_a_school_looks_at_its_own_lists_for_no_purpose_that_the_law_asks_for(cast: Cast) -> None:
    with cast.looking("sara") as unit:
        places = gate.organisations_where(unit, OrganisationPermission.STAFF_READ)
        may = gate.require_in_organisation(unit, OrganisationPermission.STAFF_READ, places[0])
    assert may.purpose is None
    assert grounds_of("senco", places[0]).purpose is None
