"""Each test of this room gets an ``Affair`` on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.escalations.upkeep_world import Upkeep
from tests.escalations.upkeep_world import build as in_force
from tests.escalations.world import Affair, build


@pytest.fixture
def affair(fresh_database: Callable[..., str]) -> Iterator[Affair]:
    made = Affair(fresh_database("escalations", build))
    yield made
    made.cast.close()


@pytest.fixture
def upkeep(fresh_database: Callable[..., str]) -> Iterator[Upkeep]:
    made = Upkeep(fresh_database("upkeep", in_force))
    yield made
    made.cast.close()
