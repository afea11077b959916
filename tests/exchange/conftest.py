"""Each test of this room gets the standing cast on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.cast import Cast, standing_copy


@pytest.fixture
def cast(fresh_database: Callable[..., str]) -> Iterator[Cast]:
    with standing_copy(fresh_database) as made:
        yield made
