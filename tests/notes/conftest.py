"""Each test of this room gets the application over the standing cast, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.cast import Cast, standing_cast
from tests.notes.desk import Desk

_LAID: dict[str, Cast] = {}


@pytest.fixture
def desk(engine_name: str, fresh_database: Callable[..., str]) -> Iterator[Desk]:
    def build(url: str) -> None:
        laid = standing_cast(url)
        laid.close()
        _LAID[engine_name] = laid

    url = fresh_database("notes_cast", build)
    laid = _LAID[engine_name]
    cast = Cast(
        url,
        people=dict(laid.people),
        places=dict(laid.places),
        pupils=dict(laid.pupils),
        groups=dict(laid.groups),
    )
    yield Desk(cast)
    cast.close()
