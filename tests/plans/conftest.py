"""Each test of this room's pages gets the application over the standing cast, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from tests.cast import Cast, small_plan, standing_copy
from tests.plans.desk import Desk


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
def draft(cast: Cast, plan: UUID) -> UUID:
    """Ava's plan with one version in force, and the next being written."""
    from isp.plans import actions

    with cast.acting("sara") as unit:
        actions.start_draft(unit, plan)
    return plan
