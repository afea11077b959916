"""What the worker does for the return: taken up again after a kill, refused once a right ended, daily."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from isp.audit import transaction
from isp.exchange import actions, bringing, jobs
from isp.exchange.actions import JOBS
from isp.exchange.bringing import take_in
from isp.exchange.record_out import PLANS
from isp.exchange.sen2.writing import as_xml
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.people.models import Membership
from tests.cast import Cast
from tests.exchange.messages import YEAR, header, historical, upn_of, valid

OFFICERS = {"dmo": "Y", "dco": "N", "dsco": "R"}


def ask(cast: Cast, by: str = "mia", year: int = 2026, **more: Any) -> UUID:
    with cast.acting(by) as unit:
        return actions.ask_return(unit, cast.places["northshire"], year, {**OFFICERS, **more})


def row(cast: Cast, job_id: UUID) -> Any:
    with cast.making() as unit:
        return unit.connection.execute(select(JOBS).where(JOBS.c.id == job_id)).one()


def read_in(cast: Cast, count: int) -> UUID:
    found = [valid(forename=f"Child {one}", upn=upn_of(one), requests=[historical()]) for one in range(count)]
    body = "".join(as_xml(header(), found, YEAR)).encode()
    with cast.acting("mia") as unit:
        job_id = actions.read_in(unit, cast.places["northshire"], take_in(io.BytesIO(body)))
    jobs.run_until(cast.store, job_id)
    with cast.acting("mia") as unit:
        actions.bring_in(unit, job_id)
    return job_id


def test_what_a_killed_worker_left_is_taken_up_once_its_lease_is_over(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = read_in(cast, 6)
    monkeypatch.setattr("isp.exchange.record_in.AT_ONCE", 2)
    held = jobs._taken(cast.store)
    assert held is not None
    packed, code, _ = jobs._packed(held)
    told: list[int] = []

    def killed(unit: Any, done: int) -> None:
        if told:
            raise KeyboardInterrupt
        told.append(done)
        held.told(unit, done)

    with pytest.raises(KeyboardInterrupt):
        bringing.bring_in(
            cast.store, held.actor, held.row.authority_id, code, packed, allowed=held.allow, tell=killed
        )
    # Nobody else takes it while it is held; then the next worker goes on and does nothing twice.
    assert jobs.run(cast.store) is None
    with cast.making() as unit:
        assert unit.connection.scalar(select(func.count()).select_from(PLANS)) == 2
        past = unit.now - timedelta(minutes=1)
        unit.connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(leased_until=past))
    assert jobs.run(cast.store) is not None
    done = row(cast, job_id)
    assert done.state == "done"
    assert done.result["brought"]["persons_known"] == 2
    with cast.making() as unit:
        assert unit.connection.scalar(select(func.count()).select_from(PLANS)) == 6


def test_a_right_that_ended_meanwhile_stops_the_job(cast: Cast) -> None:
    job_id = ask(cast)
    with cast.making() as unit:
        members = table_of(Membership)
        unit.connection.execute(
            update(members).where(members.c.person_id == cast.people["mia"]).values(ended_at=unit.now)
        )
    jobs.run(cast.store)
    failed = row(cast, job_id)
    assert failed.state == "failed"
    assert failed.problem


def test_one_return_at_a_time_and_each_with_the_next_number(cast: Cast) -> None:
    first = ask(cast)
    with pytest.raises(Conflict):
        ask(cast)
    jobs.run_until(cast.store, first)
    assert row(cast, first).serial == 1
    assert row(cast, ask(cast)).serial == 2


def test_who_may_not_and_what_is_not_answered(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        ask(cast, "olli")
    with pytest.raises(NotFound):
        ask(cast, "sara")
    with pytest.raises(Invalid) as refused:
        ask(cast, dsco="perhaps")
    assert set(refused.value.errors) == {"dsco"}
    with pytest.raises(Invalid):
        ask(cast, year=1999)


def test_every_authority_with_a_case_is_checked_once_a_day(cast: Cast) -> None:
    assert jobs.ask_daily(cast.store) is None
    jobs.run_until(cast.store, read_in(cast, 1))
    assert jobs.ask_daily(cast.store) is not None
    assert jobs.ask_daily(cast.store) is None
    assert jobs.run(cast.store) is not None
    with transaction(cast.store, cast.actor("mia")) as unit:
        checked = unit.connection.execute(select(JOBS).where(JOBS.c.kind == "check")).one()
    assert (checked.state, checked.asked_by) == ("done", None)
