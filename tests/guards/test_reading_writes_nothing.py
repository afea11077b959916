"""A GET writes nothing but its view event and, once a minute, when the session was last seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.routing import Rule

from isp.kernel.db import Base
from isp.reviews.models import Review
from tests.cast import Cast
from tests.guards.reaching import Caller, address, app_over, calls
from tests.guards.test_who_reaches_what import MADE, make

THE_TRAIL = {"audit_event", "audit_head"}
LAST_SEEN = {"sign_in_session": {"seen_at"}}
# A code that was never made is counted as a try, whoever sends it: that is how guessing is slowed down.
COUNTED = {"GET /invitation/<code>": {"throttle"}}
AT_ONCE = 25
"""So many addresses between two looks at every table, which take longer than the pages; and what may write
something stands alone."""


def held(cast: Cast) -> dict[str, str]:
    """A digest of every table's rows, the trail's own left out."""
    found: dict[str, str] = {}
    with cast.store.database.reading() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name in THE_TRAIL:
                continue
            columns = [c for c in table.columns if c.name not in LAST_SEEN.get(table.name, ())]
            rows: list[Any] = sorted(map(repr, connection.execute(select(*columns))))
            found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def groups(app: Flask) -> Iterator[list[Rule]]:
    """Every address that can be got, a few at a time."""
    got = [rule for method, rule in calls(app) if method == "GET"]
    counted = [rule for rule in got if f"GET {rule.rule}" in COUNTED]
    others = [rule for rule in got if rule not in counted]
    yield from ([rule] for rule in counted)
    yield from (others[start : start + AT_ONCE] for start in range(0, len(others), AT_ONCE))


@pytest.mark.parametrize("name", ["sara", "tom", "hal", "leo", "dora", "pam", "yan", "olli", "mia", "nora"])
def test_looking_changes_no_table_but_the_trail(fresh_database, name):
    url = fresh_database("reach", make)
    things = MADE[url.partition(":")[0]]
    cast = Cast(url)
    app = app_over(cast)
    caller = Caller(app, name)
    before = held(cast)
    asked = 0
    for group in groups(app):
        for rule in group:
            caller.call("GET", address(rule, things.ids["own"]))
            asked += 1
        after = held(cast)
        changed = {table for table in after if after[table] != before[table]}
        allowed = COUNTED.get(f"GET {group[0].rule}", set()) if len(group) == 1 else set()
        assert changed <= allowed, [rule.rule for rule in group]
        before = after
    cast.close()
    assert asked > 300


def test_a_page_that_writes_is_found(fresh_database):
    url = fresh_database("reach", make)
    cast = Cast(url)
    before = held(cast)
    with cast.making() as unit:
        unit.connection.execute(update(Review).values(row_version=Review.row_version + 1))
    after = held(cast)
    assert {table for table in after if after[table] != before[table]} == {"review"}
    cast.close()
