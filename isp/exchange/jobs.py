"""What the worker does for the return: what was asked for, one thing at a time, and each authority's
daily check.

A job is taken by a lease that is renewed as it goes on. Whoever asked is asked again whether she may,
when the job begins and when what it made is stored: between the two a role may have ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, update

from isp.access.listing import record_list
from isp.access.policy import OrganisationPermission
from isp.audit import Chain, Event, Grounds, Store, Unit, transaction
from isp.ehcp.models import StatutoryPlan
from isp.escalations.models import AssessmentRequest
from isp.exchange import bringing
from isp.exchange.actions import (
    DONE,
    FAILED,
    FILES,
    IMPORT,
    JOBS,
    LOOK,
    RUNNING,
    WAITING,
    allowed,
    authority_code,
    insert_job,
)
from isp.exchange.files import UPLOAD, place_of
from isp.exchange.making import CHECK, CHILDREN, RETURN, Made, walk
from isp.exchange.models import ExchangeFile, ExchangeJob, Sen2Finding
from isp.exchange.sen2.message import Header
from isp.exchange.sen2.years import Year, year_for, years
from isp.kernel import clock
from isp.kernel.actor import Actor
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, DomainError
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf

LEASE = timedelta(minutes=10)
DAILY = timedelta(hours=20)
NAME = "sen2"
FINDINGS = table_of(Sen2Finding)
FAULT = "Something went wrong while this was made, and nothing was changed. Ask for it again."
HALF_WAY = (
    "Something went wrong before the whole file was in. What is in is complete, child by child. Bring it in "
    "again: what is there already stays as it is. Or throw the file away."
)
GAVE_UP = "The worker stopped at this three times, so it is not tried again. The file may be too large."
MOST_TRIES = 3
_NEEDS = {CHECK: OrganisationPermission.SEN2_READ}


@dataclass(slots=True)
class _Job:
    """A job that this worker holds."""

    store: Store
    row: Any
    actor: Actor

    def allow(self, unit: Unit) -> Any:
        """The decision that whoever asked may; the worker's own daily check asks nobody."""
        if self.row.asked_by is None:
            return Grounds(rule="daily-check", organisation_id=self.row.authority_id)
        needed = _NEEDS.get(self.row.kind, OrganisationPermission.SEN2_MAKE)
        return allowed(unit, self.row.authority_id, needed)

    def tell(self, done: int, total: int | None = None) -> None:
        """Say how far it is, and hold on to it."""
        with transaction(self.store, self.actor) as unit:
            self.told(unit, done, total)

    def told(self, unit: Unit, done: int, total: int | None = None) -> None:
        """The same within a unit that is open."""
        values: dict[str, Any] = {"done": done, "leased_until": unit.now + LEASE}
        if total is not None:
            values["total"] = total
        unit.change(ExchangeJob, {"id": self.row.id, "state": RUNNING}, **values)

    def end(self, unit: Unit, result: dict[str, Any], **more: Any) -> None:
        """It is done."""
        unit.change(
            ExchangeJob,
            {"id": self.row.id, "state": RUNNING},
            state=DONE,
            result=result,
            finished_at=unit.now,
            leased_until=None,
            **more,
        )


def run(store: Store) -> str | None:
    """Do the oldest thing that was asked for, if there is one. A sentence if there was."""
    job = _taken(store)
    if job is None:
        return None
    try:
        with transaction(store, job.actor) as unit:
            job.allow(unit)
        _check_tries(job)
        _DO[job.row.kind](job)
    except DomainError as refused:
        _fail(job, refused.message)
    except Exception:
        _fail(job, HALF_WAY if job.row.kind == IMPORT else FAULT)
        raise
    return f"One thing that was asked for about the SEN2 return was done ({job.row.kind})."


def _check_tries(job: _Job) -> None:
    """Conflict for a job at which every worker so far was killed: the next would be as well."""
    if job.row.tries >= MOST_TRIES:
        raise Conflict(GAVE_UP)


def ask_daily(store: Store) -> str | None:
    """Have every authority that has a case checked once a day. A sentence if one was due."""
    with transaction(store, Actor.job(NAME)) as unit:
        year = year_for(unit.today).year
        at = set(unit.connection.scalars(select(AssessmentRequest.authority_id).distinct()))
        at |= set(unit.connection.scalars(select(StatutoryPlan.authority_id).distinct()))
        query = (
            select(JOBS.c.authority_id, func.max(JOBS.c.asked_at))
            .where(JOBS.c.kind.in_((CHECK, RETURN)), JOBS.c.year == year)
            .group_by(JOBS.c.authority_id)
        )
        last = {row[0]: row[1] for row in unit.connection.execute(query)}
        due = sorted(one for one in at if one not in last or last[one] < unit.now - DAILY)
        for authority_id in due:
            insert_job(unit, authority_id, CHECK, year, None)
    return f"{len(due)} authorities’ records are to be checked for the SEN2 return." if due else None


def _taken(store: Store) -> _Job | None:
    """The oldest job that nobody does, now held by this worker."""
    with transaction(store, Actor.job(NAME)) as unit:
        query = (
            select(JOBS)
            .where(or_(JOBS.c.state == WAITING, (JOBS.c.state == RUNNING) & (JOBS.c.leased_until < unit.now)))
            .order_by(JOBS.c.asked_at, JOBS.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = unit.connection.execute(query).first()
        if row is None:
            return None
        unit.change(
            ExchangeJob,
            {"id": row.id, "state": row.state, "leased_until": row.leased_until},
            state=RUNNING,
            tries=row.tries + 1,
            leased_until=unit.now + LEASE,
        )
    actor = Actor.job(NAME)
    return _Job(store, row, actor.acting_for(row.asked_by) if row.asked_by else actor)


def _fail(job: _Job, why: str) -> None:
    with transaction(job.store, Actor.job(NAME)) as unit:
        unit.connection.execute(
            update(JOBS)
            .where(JOBS.c.id == job.row.id, JOBS.c.state == RUNNING)
            .values(state=FAILED, problem=why[:300], finished_at=unit.now, leased_until=None)
        )


# -- checking and making -----------------------------------------------------------------------------------


def _make(job: _Job) -> None:
    """A check, a return or a list: one walk, then all that it made in one transaction."""
    row = job.row
    year = years()[row.year]
    with transaction(job.store, job.actor) as unit:
        header = _header(unit, row, year)
        today = unit.today
    made = walk(
        job.store,
        job.actor,
        row.authority_id,
        year,
        header,
        kind=row.kind,
        today=today,
        tell=job.tell,
    )
    with transaction(job.store, job.actor) as unit:
        decision = job.allow(unit)
        if row.kind != CHILDREN:
            _store_findings(unit, row, made)
        for file in made.files:
            _store_file(unit, row, file)
        job.end(unit, made.as_result(), total=len(made.pupil_ids))
        if row.kind != CHECK:
            _record(unit, decision.grounds, row, made)


def _record(unit: Unit, grounds: Grounds, row: Any, made: Made) -> None:
    """That it was made, and who is in it: one event each, however many."""
    record_list(unit, NAME, made.pupil_ids, grounds)
    unit.record(
        grounds,
        Event.SEN2_MADE,
        Chain.organisation(row.authority_id),
        obj=("return", row.id),
        kind=row.kind,
        year=row.year,
        serial=row.serial,
        persons=len(made.pupil_ids),
        digest=made.files[0].digest,
    )


def _header(unit: Unit, row: Any, year: Year) -> Header:
    answers = row.answers
    local = clock.london(unit.now)
    return Header(
        year=year.year,
        reference_date=year.census_on,
        lea=authority_code(unit, row.authority_id),
        serial=row.serial or 0,
        made_at=local.replace(microsecond=0, tzinfo=None),
        release="1",
        dmo=answers.get("dmo"),
        dco=answers.get("dco"),
        dsco=answers.get("dsco"),
    )


def _store_findings(unit: Unit, row: Any, made: Made) -> None:
    """What is to be mended, in place of what the last check found."""
    unit.connection.execute(
        delete(FINDINGS).where(FINDINGS.c.authority_id == row.authority_id, FINDINGS.c.year == row.year)
    )
    values = [
        {
            "id": new_id(),
            "authority_id": row.authority_id,
            "year": row.year,
            "rule": one.rule,
            "pupil_id": one.pupil_id,
            "request_id": one.request_id,
            "plan_id": one.plan_id,
        }
        for one in made.found
    ]
    for start in range(0, len(values), 2000):
        unit.connection.execute(insert(FINDINGS), values[start : start + 2000])


def _store_file(unit: Unit, row: Any, file: Any) -> None:
    made = new_id()
    unit.insert(
        ExchangeFile,
        id=made,
        job_id=row.id,
        kind=file.kind,
        size=file.size,
        sealed=unit.keys.seal_bytes(KeyOf.organisation(row.authority_id), place_of(made), file.packed),
        made_at=unit.now,
    )


# -- files -------------------------------------------------------------------------------------------------


def _packed(job: _Job) -> tuple[bytes, str, Any]:
    with transaction(job.store, job.actor) as unit:
        job.allow(unit)
        query = select(FILES.c.id, FILES.c.sealed).where(FILES.c.job_id == job.row.id, FILES.c.kind == UPLOAD)
        file = unit.connection.execute(query).first()
        if file is None:
            raise Conflict("This file is gone. Read it in again.")
        key = KeyOf.organisation(job.row.authority_id)
        packed = unit.keys.open_bytes(key, place_of(file.id), file.sealed)
        return packed, authority_code(unit, job.row.authority_id), unit.today


def _look(job: _Job) -> None:
    packed, code, today = _packed(job)
    found = bringing.look(packed, code, today, job.tell)
    with transaction(job.store, job.actor) as unit:
        job.allow(unit)
        seen = sum(found.counts[one] for one in ("persons", "no_name", "no_birth"))
        job.end(unit, found.as_result(), year=found.year, done=seen, total=seen)


def _import(job: _Job) -> None:
    packed, code, _ = _packed(job)
    year, counts = bringing.bring_in(
        job.store, job.actor, job.row.authority_id, code, packed, allowed=job.allow, tell=job.told
    )
    with transaction(job.store, job.actor) as unit:
        decision = job.allow(unit)
        unit.connection.execute(delete(FILES).where(FILES.c.job_id == job.row.id, FILES.c.kind == UPLOAD))
        looked = job.row.result or {}
        job.end(unit, {**looked, "brought": dict(counts)})
        unit.record(
            decision,
            Event.SEN2_FILE_DONE,
            Chain.organisation(job.row.authority_id),
            obj=("return", job.row.id),
            year=year.year,
            persons=counts["persons_new"],
            requests=counts["requests"],
            plans=counts["plans"],
        )


_DO: dict[str, Callable[[_Job], None]] = {
    CHECK: _make,
    RETURN: _make,
    CHILDREN: _make,
    LOOK: _look,
    IMPORT: _import,
}


def run_until(store: Store, job_id: UUID) -> Any:
    """Work until this job has ended, and give its row: for a command that waits."""
    while True:
        with store.database.reading() as connection:
            row = connection.execute(select(JOBS).where(JOBS.c.id == job_id)).one()
        if row.state not in (WAITING, RUNNING):
            return row
        if run(store) is None:
            return row
