"""Each test of this room gets the standing cast, on both engines; those of pages the whole application."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.cast import Cast, standing_copy
from tests.register.school import Office


@pytest.fixture
def cast(fresh_database: Callable[..., str]) -> Iterator[Cast]:
    with standing_copy(fresh_database) as made:
        yield made


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office(cast)
