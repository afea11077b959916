"""Each test of this room gets the pages over the standing cast, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.caseload.desk import Desk
from tests.cast import standing_copy


@pytest.fixture
def desk(fresh_database: Callable[..., str]) -> Iterator[Desk]:
    with standing_copy(fresh_database) as cast:
        yield Desk(cast)
