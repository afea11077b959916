"""Each test of the content gets a ``Desk`` on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.ehcp.world import Desk, build


@pytest.fixture
def desk(fresh_database: Callable[..., str]) -> Iterator[Desk]:
    made = Desk(fresh_database("ehcp_content", build))
    yield made
    made.cast.close()
