"""Deeds dated in the past belong to the demonstration: no other room may name what dates them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.guards.tree import Source, imports, sources

PAST = "isp.audit.past"


def dates_in_the_past(source: Source) -> Iterator[str]:
    if source.path.parts[:2] == ("isp", "demonstration"):
        return
    for name, line in imports(source):
        if name == PAST or name.startswith(PAST + "."):
            yield f"{source.path}:{line} imports {name}"


def test_only_the_demonstration_dates_deeds_in_the_past():
    assert [breach for source in sources("isp") for breach in dates_in_the_past(source)] == []


def test_a_planted_use_is_seen():
    planted = "from isp.audit.past import transaction_at"
    assert list(dates_in_the_past(Source(Path("isp/plans/actions.py"), planted)))
    assert list(dates_in_the_past(Source(Path("isp/plans/actions.py"), "from isp.audit import past")))
    assert not list(dates_in_the_past(Source(Path("isp/demonstration/load.py"), planted)))
