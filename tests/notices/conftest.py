"""Each test of this room gets the standing cast, on both engines, and a mail server that says yes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.cast import Cast, standing_cast
from tests.notices.post import Post, post_office

_LAID: dict[str, Cast] = {}


@pytest.fixture
def cast(engine_name: str, fresh_database: Callable[..., str]) -> Iterator[Cast]:
    def build(url: str) -> None:
        laid = standing_cast(url)
        laid.close()
        _LAID[engine_name] = laid

    url = fresh_database("notices_cast", build)
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
def post() -> Iterator[Post]:
    with post_office() as found:
        yield found
