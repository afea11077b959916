"""A GET writes nothing but its view event and, once a minute, when the session was last seen."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sqlalchemy import select

from isp.kernel.db import Base
from tests.cast import Cast
from tests.guards.reaching import Caller, address, app_over, calls
from tests.guards.test_who_reaches_what import MADE, make

THE_TRAIL = {"audit_event", "audit_head"}
LAST_SEEN = {"sign_in_session": {"seen_at"}}
# A code that was never made is counted as a try, whoever sends it: that is how guessing is slowed down.
COUNTED = {"GET /invitation/<code>": {"throttle"}}


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


@pytest.mark.parametrize("name", ["sara", "tom", "hal", "leo", "dora", "pam", "yan", "olli", "mia", "nora"])
def test_looking_changes_no_table_but_the_trail(fresh_database, name):
    url = fresh_database("reach", make)
    things = MADE[url.partition(":")[0]]
    cast = Cast(url)
    app = app_over(cast)
    caller = Caller(app, name)
    before = held(cast)
    for method, rule in calls(app):
        if method != "GET":
            continue
        caller.call("GET", address(rule, things.ids["own"]))
        after = held(cast)
        changed = {table for table in after if after[table] != before[table]}
        assert changed <= COUNTED.get(f"GET {rule.rule}", set()), rule.rule
        before = after
    cast.close()
