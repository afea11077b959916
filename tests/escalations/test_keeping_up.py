"""The worker's jobs beside cases: they hold nobody up who writes, and do all there is, a part at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from isp.cli.working import JOBS, Worker
from isp.escalations import keeping
from isp.escalations.work import finding
from isp.kernel import clock
from tests.escalations.world import Affair
from tests.people.world import settings

NAMES = ("keep-duties", "mark-names")


def run(affair: Affair) -> list[str]:
    jobs = tuple(job for job in JOBS if job.name in NAMES)
    return Worker(affair.cast.store, settings(), jobs).do_due(clock.now())


@contextmanager
def writers(affair: Affair, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[None]]:
    """One for each transaction that writes."""
    opened: list[None] = []
    writing = affair.cast.store.database.writing

    def counted() -> Any:
        opened.append(None)
        return writing()

    with monkeypatch.context() as patch:
        patch.setattr(affair.cast.store.database, "writing", counted)
        yield opened


def forget(affair: Affair) -> None:
    """As rows are that a file brought in: nothing due is on record, and no name is marked."""
    with affair.cast.making() as unit:
        unit.connection.execute(delete(keeping.DUTIES))
        unit.connection.execute(delete(finding.MARKS))


def test_where_all_is_on_record_nobody_who_writes_is_held_up(
    affair: Affair, monkeypatch: pytest.MonkeyPatch
) -> None:
    affair.request()
    run(affair)
    with writers(affair, monkeypatch) as opened:
        assert run(affair) == []
    assert opened == []


def test_what_came_at_once_is_worked_off_at_once_a_part_at_a_time(
    affair: Affair, monkeypatch: pytest.MonkeyPatch
) -> None:
    affair.request()
    affair.request(pupil="ben", release=[])
    run(affair)
    with affair.cast.making() as unit:
        marks = unit.connection.scalar(select(func.count()).select_from(finding.MARKS))
        children = len(set(unit.connection.scalars(select(finding.MARKS.c.pupil_id))))
    forget(affair)
    monkeypatch.setattr(keeping, "AT_ONCE", 1)
    monkeypatch.setattr(finding, "AT_ONCE", 1)
    with writers(affair, monkeypatch) as opened:
        assert run(affair) == [
            "What is due was worked out for 2 children.",
            f"The names of {children} children can be found at the front door.",
        ]
    assert len(opened) == 2 + children
    with affair.cast.making() as unit:
        assert len(set(unit.connection.scalars(select(keeping.DUTIES.c.pupil_id)))) == 2
        assert unit.connection.scalar(select(func.count()).select_from(finding.MARKS)) == marks
