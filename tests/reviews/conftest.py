"""Each test of this room gets its pages over the standing cast, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from tests.cast import Cast, small_plan, standing_copy
from tests.reviews.desk import Desk


@pytest.fixture
def cast(fresh_database: Callable[..., str]) -> Iterator[Cast]:
    with standing_copy(fresh_database) as made:
        yield made


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


@pytest.fixture
def plan(cast: Cast) -> UUID:
    """Ava's plan with one version in force."""
    return cast.plan("ava", "sara", small_plan())


@pytest.fixture
def review(desk: Desk, plan: UUID) -> UUID:
    """Its review: planned, led by tom, who teaches Ava."""
    return desk.planned(plan, led_by="tom")


@pytest.fixture
def held(desk: Desk, review: UUID) -> UUID:
    """The same, its meeting opened by tom."""
    desk.open(review)
    return review
