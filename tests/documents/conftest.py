"""Each test of this room gets the whole application over the standing cast, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.cast import standing_copy
from tests.documents.desk import Desk


@pytest.fixture
def desk(fresh_database: Callable[..., str]) -> Iterator[Desk]:
    with standing_copy(fresh_database) as cast:
        yield Desk(cast)
