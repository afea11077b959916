"""What governors see: numbers and a sample, in which no child can be known."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.plans.deadlines import Due
from isp.reviews.due import PlanDue
from isp.reviews.sampling import FEWEST, PlanFacts, figures
from tests.cast import small_plan
from tests.plans.desk import words

TODAY = date(2026, 11, 22)


def facts(number: int, year: str = "Year 4", layer: str = "Targeted", over: int | None = -10) -> PlanFacts:
    on = None if over is None else TODAY - timedelta(days=over)
    due = PlanDue(UUID(int=number), UUID(int=1000 + number), 1, None, Due(on))
    return PlanFacts(due, year, layer)


def test_a_small_number_is_not_told():
    found = figures([facts(n, over=3 if n < 3 else -10) for n in range(20)], TODAY, "a")
    assert (found.plans, found.overdue, found.undated) == (20, None, 0)
    assert dict(found.bands)["1 to 14 days"] is None
    assert dict(found.bands)["Over 90 days"] == 0


def test_of_few_plans_there_is_no_sample():
    found = figures([facts(n) for n in range(9)], TODAY, "a")
    assert found.too_few
    assert found.sample == ()


def test_the_same_number_draws_the_same_sample_and_another_draws_another():
    listed = [facts(n, over=n - 200) for n in range(400)]
    assert figures(listed, TODAY, "a") == figures(listed[::-1], TODAY, "a")
    assert figures(listed, TODAY, "a").sample != figures(listed, TODAY, "b").sample


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Year 1", "Year 2", "Year 6"]), st.sampled_from(["Targeted", "Specialist"])
        ),
        max_size=60,
    ),
    st.text("abc123", min_size=1, max_size=8),
)
def test_nobody_in_the_sample_has_a_year_or_a_layer_that_few_share(kinds, seed):
    listed = [facts(number, year, layer) for number, (year, layer) in enumerate(kinds)]
    found = figures(listed, TODAY, seed)
    for one in found.sample:
        alike = [known for known in kinds if one.year in ("", known[0]) and one.layer in ("", known[1])]
        assert len(alike) >= FEWEST
    for _, count in found.bands:
        assert count is None or count == 0 or count >= FEWEST
    assert len(found.sample) * 2 <= max(len(kinds), 0) or not found.sample


@pytest.mark.parametrize("name", ["sara", "hal", "dan"])
def test_the_page_names_no_child(desk, cast, name):
    for number in range(12):
        pupil = cast.pupil(f"zq{number}", "oakfield")
        assert pupil
        cast.plan(f"zq{number}", "sara", small_plan())
    answer = desk.at(name).get("/reviews/sample")
    assert answer.status_code == 200
    said = words(answer)
    assert "Open plans 12" in said
    assert "Year 4" in said
    for told in ("Zq", "Planted", *(str(one) for one in cast.pupils.values())):
        assert told not in answer.text
    assert desk.acts_of(name)[-1] == "review.sampled"


@pytest.mark.parametrize("name", ["tom", "pam", "olga", "leo", "mia"])
def test_nobody_else_opens_it(desk, name):
    assert desk.at(name).get("/reviews/sample").status_code == 403
