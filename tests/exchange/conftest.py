"""Each test of this room gets the standing cast, or a case at its authority, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.cast import Cast, standing_copy
from tests.escalations.world import Affair, build


@pytest.fixture
def cast(fresh_database: Callable[..., str]) -> Iterator[Cast]:
    with standing_copy(fresh_database) as made:
        yield made


@pytest.fixture
def affair(fresh_database: Callable[..., str]) -> Iterator[Affair]:
    made = Affair(fresh_database("escalations", build))
    yield made
    made.cast.close()
