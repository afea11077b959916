"""Each test of this room's pages gets the application over the standing cast, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from tests.cast import Cast, small_plan, standing_cast
from tests.plans.desk import Desk

# The cast is laid out once per engine and process; every test gets a copy of that database.
_LAID: dict[str, Cast] = {}


@pytest.fixture
def cast(engine_name: str, fresh_database: Callable[..., str]) -> Iterator[Cast]:
    def build(url: str) -> None:
        laid = standing_cast(url)
        laid.close()
        _LAID[engine_name] = laid

    url = fresh_database("plans_cast", build)
    laid = _LAID[engine_name]
    made = Cast(
        url,
        people=dict(laid.people),
        places=dict(laid.places),
        pupils=dict(laid.pupils),
        groups=dict(laid.groups),
    )
    yield made
    made.close()


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
