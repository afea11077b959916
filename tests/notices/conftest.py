"""Each test of this room gets the standing cast, on both engines, and a mail server that says yes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.cast import Cast, standing_copy
from tests.notices.post import Post, post_office


@pytest.fixture
def cast(fresh_database: Callable[..., str]) -> Iterator[Cast]:
    with standing_copy(fresh_database) as made:
        yield made


@pytest.fixture
def post() -> Iterator[Post]:
    with post_office() as found:
        yield found
