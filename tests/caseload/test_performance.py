"""Performance: what each question counts, exact for a manager and rounded for others, and who may ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from isp import create_app
from isp.caseload.performance import figures
from isp.caseload.performance.chart import bars
from isp.caseload.performance.figures import Figures, rounded
from isp.caseload.performance.questions import BY_NAME, QUESTIONS
from isp.ehcp.models import AnnualReview, StatutoryPlan
from isp.escalations.models import Assessment, AssessmentRequest, Dispute
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.ids import new_id
from isp.people.models import Organisation
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
    with cast.making() as unit:
        unit.insert(
            StatutoryPlan, id=made, reference=f"PLAN-{n}", pupil_id=pupil,
            authority_id=cast.places["northshire"], record_id=None, officer_id=None, origin="here",
            from_authority=None, transferred_on=None, state="in_force", draft_sent_on=None,
            first_made_on=made_on, made_on=made_on, last_review_on=None, review_due_on=None,
            phase_transfer=None, phase_transfer_year=None, residential=None, work_based=None,
            personal_budget=False, organised_arrangements=False, direct_payments=None,
            cease_decided_on=None, ended_on=None, ended_reason=None, days_late=late, days_unexcused=late,
            excused=excused, sealed=None, recorded_at=unit.now, row_version=1, **more,
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


def review(cast: Cast, n: int, plan_id: UUID, meeting: date | None, outcome: str | None, late: int) -> None:
    with cast.making() as unit:
        unit.insert(
            AnnualReview, id=new_id(), plan_id=plan_id, pupil_id=cast.pupils[f"q{n}"],
            authority_id=cast.places["northshire"], school_id=cast.places["oakfield"], kind="annual",
            state="closed" if outcome else "held" if meeting else "due",
            due_on=date(2024, 7, 1), invited_on=None,
            papers_sent_on=None, meeting_on=meeting, held=meeting is not None, reported_on=None,
            decided_on=meeting if outcome else None, outcome=outcome, notice_on=None, final_on=None,
            amended=None, days_late=late if outcome else None, rules=None, sealed=None,
            recorded_at=unit.now, row_version=1,
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
    six = ask(cast, "six-weeks")
    assert counts(six, "2024") == {"decided": 3, "in_six": 2, "in_six_moved": 3}
    assert next(one for one in six.lines if one.heading == "2024").shares == (66.7,)


def test_disputes_about_a_first_decision(cast: Cast) -> None:
    day = date(2024, 3, 4)
    refused = request(cast, 1, "refused", day, decided_on=day, days_late=0)
    request(cast, 2, "refused", day, decided_on=day, days_late=0, appealed_on=day)
    with cast.making() as unit:
        unit.insert(
            Dispute, id=new_id(), pupil_id=cast.pupils["p1"], authority_id=cast.places["northshire"],
            kind="mediation", about="assess", subject="request", subject_id=refused, state="closed",
            decision_on=day, asked_on=day, certificate_on=None, held_on=None, response_due_on=None,
            hearing_on=None, closed_on=None, result=None, sealed=None, recorded_at=unit.now, row_version=1,
        )  # fmt: skip
    assert counts(ask(cast, "disputes"), "2024") == {"refused": 2, "mediation": 1, "tribunal": 1}


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
    assert counts(ask(cast, "reviews-due"), "2024") == {"due": 5, "held": 4, "decided": 3}
    found = ask(cast, "reviews-held")
    assert counts(found, "2024") == {
        "held": 4, "amend": 1, "maintain": 1, "cease": 1, "none": 1, "in_four": 2,
    }  # fmt: skip
    assert next(one for one in found.lines if one.heading == "2024").shares == (50.0,)


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
    assert all(one % 5 == 0 for line in officer.lines for one in line.counts)
    assert [rounded(n) for n in range(9)] == [0, 0, 0, 5, 5, 5, 5, 5, 10]


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
