"""Each test of this room gets the application over the standing cast, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.cast import Cast, standing_copy
from tests.people.world import Town


@pytest.fixture
def cast(fresh_database: Callable[..., str]) -> Iterator[Cast]:
    with standing_copy(fresh_database) as made:
        yield made


@pytest.fixture
def town(cast: Cast) -> Town:
    return Town(cast)
