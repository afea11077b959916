"""Each test of this room gets the whole application over the standing cast, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.cast import Cast, standing_cast
from tests.documents.desk import Desk

_MADE: dict[str, Cast] = {}
"""The cast of each engine's template: its ids are those of every copy."""


@pytest.fixture
def desk(engine_name: str, fresh_database: Callable[..., str]) -> Iterator[Desk]:
    def build(url: str) -> None:
        _MADE[engine_name] = made = standing_cast(url)
        made.close()

    url = fresh_database("documents_cast", build)
    made, cast = _MADE[engine_name], Cast(url)
    for named in ("people", "places", "pupils", "groups"):
        setattr(cast, named, dict(getattr(made, named)))
    yield Desk(cast)
    cast.close()
