"""What people do about the return: ask for it to be made, take a copy, bring a file in, mend a child's
details.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission, Permission
from isp.access.purposes import PURPOSES
from isp.audit import Chain, Event, Unit
from isp.exchange.files import LIST, UPLOAD, opened, place_of
from isp.exchange.making import CHECK, CHILDREN, RETURN
from isp.exchange.models import ExchangeFile, ExchangeJob
from isp.exchange.sen2.years import years
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.people.models import Organisation
from isp.register import pupils, roll, rows
from isp.register.content import Details, as_told, checked, differences

JOBS, FILES = table_of(ExchangeJob), table_of(ExchangeFile)
LOOK, IMPORT = "look", "import"
WAITING, RUNNING, DONE, FAILED, ASIDE = "waiting", "running", "done", "failed", "aside"
OFFICERS = ("dmo", "dco", "dsco")
ANSWERS: Mapping[str, str] = {"Y": "Yes", "N": "No", "R": "Not yet: being recruited"}
WRITTEN = (
    "upn",
    "uln",
    "upn_unknown",
    "ethnicity",
    "postcode",
    "sex",
    "need_primary",
    "need_secondary",
)
"""What an authority writes of a child's details, and no more: the rest is the school's."""
OF_THE_SCHOOL = frozenset({"upn", "sex", "need_primary", "need_secondary"})
"""Of these what the school writes, of whoever is on its roll."""
BUSY = "This is being made already. Look at it again in a moment."


def allowed(unit: Unit, authority_id: UUID, permission: OrganisationPermission) -> Decision:
    """The decision that lets the actor do this at an authority, or what the gate raises."""
    return gate.require_in_organisation(unit, permission, authority_id)


# -- asking ------------------------------------------------------------------------------------------------


def ask_check(unit: Unit, authority_id: UUID, year: int) -> UUID:
    """Have the record checked against the rules of a year's return. Gives the job's id.

    One that waits or runs already is that one.
    """
    decision = allowed(unit, authority_id, OrganisationPermission.SEN2_READ)
    _check_year(year)
    roll.hold(unit, authority_id)
    under_way = unit.connection.scalar(
        select(JOBS.c.id).where(
            JOBS.c.authority_id == authority_id,
            JOBS.c.kind == CHECK,
            JOBS.c.year == year,
            JOBS.c.state.in_((WAITING, RUNNING)),
        )
    )
    if under_way is not None:
        found: UUID = under_way
        return found
    return _ask(unit, decision, authority_id, CHECK, year, {})


def ask_return(unit: Unit, authority_id: UUID, year: int, officers: Mapping[str, str]) -> UUID:
    """Have the return of a year made. ``officers``: dmo, dco, dsco, each Y, N or R. Gives the job's id.

    The first has the serial number 1, every further one the next. Raises Invalid for what is not answered.
    """
    decision = allowed(unit, authority_id, OrganisationPermission.SEN2_MAKE)
    _check_year(year)
    errors = {one: "Choose an answer." for one in OFFICERS if officers.get(one) not in ANSWERS}
    if errors:
        raise Invalid("Some of this needs another look.", errors)
    roll.hold(unit, authority_id)
    _check_idle(unit, authority_id, RETURN)
    last = unit.connection.scalar(
        select(func.max(JOBS.c.serial)).where(
            JOBS.c.authority_id == authority_id, JOBS.c.kind == RETURN, JOBS.c.year == year
        )
    )
    answers = {one: officers[one] for one in OFFICERS}
    return _ask(unit, decision, authority_id, RETURN, year, answers, serial=(last or 0) + 1)


def ask_children(unit: Unit, authority_id: UUID, year: int, purpose: str) -> UUID:
    """Have the list of children with plans made, as an inspection asks for it. ``purpose``: of the
    closed list.
    """
    decision = allowed(unit, authority_id, OrganisationPermission.SEN2_MAKE)
    _check_year(year)
    _check_purpose(purpose)
    roll.hold(unit, authority_id)
    _check_idle(unit, authority_id, CHILDREN)
    return _ask(unit, replace(decision, purpose=purpose), authority_id, CHILDREN, year, {"purpose": purpose})


def _check_year(year: int) -> None:
    if year not in years():
        raise Invalid("Choose a year from the list.", {"year": "Choose a year from the list."})


def _check_purpose(purpose: str) -> None:
    if purpose not in PURPOSES:
        raise Invalid("Choose what it is for.", {"purpose": "Choose what it is for."})


def _check_idle(unit: Unit, authority_id: UUID, kind: str) -> None:
    busy = unit.connection.scalar(
        select(JOBS.c.id).where(
            JOBS.c.authority_id == authority_id, JOBS.c.kind == kind, JOBS.c.state.in_((WAITING, RUNNING))
        )
    )
    if busy is not None:
        raise Conflict(BUSY)


def insert_job(
    unit: Unit,
    authority_id: UUID,
    kind: str,
    year: int,
    asked_by: UUID | None,
    answers: Mapping[str, str] | None = None,
    serial: int | None = None,
) -> UUID:
    """A job that waits, of which nothing is done; its id. ``asked_by``: None of what is done every day."""
    made = new_id()
    unit.insert(
        ExchangeJob,
        id=made,
        authority_id=authority_id,
        kind=kind,
        year=year,
        state=WAITING,
        asked_by=asked_by,
        asked_at=unit.now,
        answers=dict(answers or {}),
        serial=serial,
        total=None,
        done=0,
        tries=0,
        leased_until=None,
        finished_at=None,
        result=None,
        problem=None,
    )
    return made


def _ask(
    unit: Unit,
    decision: Decision,
    authority_id: UUID,
    kind: str,
    year: int,
    answers: Mapping[str, str],
    serial: int | None = None,
) -> UUID:
    made = insert_job(unit, authority_id, kind, year, unit.actor.person_id, answers, serial)
    unit.record(
        decision,
        Event.SEN2_ASKED,
        Chain.organisation(authority_id),
        obj=("return", made),
        kind=kind,
        year=year,
    )
    return made


# -- bringing in -------------------------------------------------------------------------------------------


def read_in(unit: Unit, authority_id: UUID, packed: bytes) -> UUID:
    """Keep a file, or the tables of a return, sealed, and have it looked at. Gives the job's id.

    Nothing is brought in yet. ``packed``: as ``bringing.take_in`` gives it, before this unit: packing a large
    one takes its time, and nobody else should have to wait meanwhile.
    """
    decision = allowed(unit, authority_id, OrganisationPermission.SEN2_MAKE)
    made = new_id()
    job = _ask(unit, decision, authority_id, LOOK, 0, {})
    unit.insert(
        ExchangeFile,
        id=made,
        job_id=job,
        kind=UPLOAD,
        size=len(packed),
        sealed=unit.keys.seal_bytes(KeyOf.organisation(authority_id), place_of(made), packed),
        made_at=unit.now,
    )
    unit.record(
        decision,
        Event.SEN2_FILE_READ,
        Chain.organisation(authority_id),
        obj=("return", job),
        digest=hashlib.sha256(packed).hexdigest(),
    )
    return job


def bring_in(unit: Unit, job_id: UUID) -> None:
    """Have a file that was looked at brought in, or go on where that failed. Raises Conflict where it was not
    looked at, or is gone.
    """
    job, decision = of_job(unit, job_id, OrganisationPermission.SEN2_MAKE)
    if (job.kind, job.state) not in ((LOOK, DONE), (IMPORT, FAILED)):
        raise Conflict("This file is not ready to be brought in. Look at it again.")
    unit.change(
        ExchangeJob,
        {"id": job_id, "kind": job.kind, "state": job.state},
        BUSY,
        kind=IMPORT,
        state=WAITING,
        asked_by=unit.actor.person_id,
        tries=0,
        problem=None,
        total=job.total if job.kind == IMPORT else job.done,
        done=0,
        leased_until=None,
        finished_at=None,
    )
    unit.record(
        decision,
        Event.SEN2_ASKED,
        Chain.organisation(job.authority_id),
        obj=("return", job_id),
        kind=IMPORT,
        year=job.year,
    )


def put_aside(unit: Unit, job_id: UUID) -> None:
    """Throw a file away that was not brought in, or not to its end: its contents are gone at once."""
    job, decision = of_job(unit, job_id, OrganisationPermission.SEN2_MAKE)
    if (job.kind, job.state) not in ((LOOK, DONE), (LOOK, FAILED), (IMPORT, FAILED)):
        raise Conflict("This file is being read or was brought in, so it cannot be put aside now.")
    unit.change(ExchangeJob, {"id": job_id, "state": job.state}, BUSY, state=ASIDE, finished_at=unit.now)
    unit.connection.execute(FILES.delete().where(FILES.c.job_id == job_id))
    unit.record(decision, Event.SEN2_FILE_ASIDE, Chain.organisation(job.authority_id), obj=("return", job_id))


def of_job(unit: Unit, job_id: UUID, permission: OrganisationPermission) -> tuple[Any, Decision]:
    """A job's row and the decision; one of another authority is answered like one that is not there."""
    job = unit.connection.execute(select(JOBS).where(JOBS.c.id == job_id)).first()
    decision = allowed(unit, job.authority_id if job is not None else job_id, permission)
    if job is None:
        raise NotFound(gate.NO_PAGE)
    return job, decision


# -- taking a copy -----------------------------------------------------------------------------------------


def take(unit: Unit, file_id: UUID, purpose: str) -> tuple[Any, Any, Any]:
    """A file as it is handed out: its row, its job's, and its pieces. That it was taken is recorded.

    The return by an officer or a manager; the list of every child by whoever may have it made.
    """
    query = select(FILES.c.id, FILES.c.job_id, FILES.c.kind, FILES.c.size, FILES.c.sealed).where(
        FILES.c.id == file_id, FILES.c.kind != UPLOAD
    )
    row = unit.connection.execute(query).first()
    needed = OrganisationPermission.SEN2_TAKE
    if row is not None and row.kind == LIST:
        needed = OrganisationPermission.SEN2_MAKE
    job, decision = of_job(unit, row.job_id if row is not None else file_id, needed)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    _check_purpose(purpose)
    packed = unit.keys.open_bytes(KeyOf.organisation(job.authority_id), place_of(row.id), row.sealed)
    unit.record(
        replace(decision, purpose=purpose),
        Event.SEN2_TAKEN,
        Chain.organisation(job.authority_id),
        obj=("return", job.id),
        kind=row.kind,
        year=job.year,
        serial=job.serial,
        digest=hashlib.sha256(packed).hexdigest(),
    )
    return row, job, opened(row.kind, packed)


# -- mending -----------------------------------------------------------------------------------------------


def change_details(unit: Unit, pupil_id: UUID, said: Mapping[str, str | None], shown: int) -> bool:
    """Write what the return asks of a child and no other deed writes (``WRITTEN``), as far as it is said.
    False: it says so already.

    Raises Invalid with a sentence for each field, Conflict where somebody changed the details since
    ``shown``.
    """
    decision = gate.require(unit, Permission.SEN2_WRITE, pupil_id)
    row = pupils.rows_of(unit, [pupil_id])[0]
    before = pupils.open_row(unit, row)
    if row.row_version != shown:
        raise Conflict("Somebody else changed these details since you opened the page. Look at them again.")
    after = _with(before, {name: said[name] or None for name in writes(unit, pupil_id) if name in said}, unit)
    names = differences(before, after)
    if not names:
        return False
    roll.hold(unit, decision.organisation_id or pupil_id)
    change = rows.Rewrite(pupil_id, shown, before, after, row.upn_index is not None)
    rows.rewrite(unit, decision.organisation_id or pupil_id, [change])
    unit.record(
        decision,
        Event.PUPIL_CHANGED,
        Chain.pupil(pupil_id),
        obj=("pupil", pupil_id),
        fields=names,
        payload={"before": as_told(before, names), "after": as_told(after, names)},
        source="sen2",
    )
    return True


def writes(unit: Unit, pupil_id: UUID) -> tuple[str, ...]:
    """What an authority may write of this child: of one on a school's roll not what that school keeps."""
    at_school = bool(pupils.enrolments(unit, pupil_id))
    return tuple(name for name in WRITTEN if not (at_school and name in OF_THE_SCHOOL))


def _with(before: Details, said: Mapping[str, str | None], unit: Unit) -> Details:
    changes: dict[str, Any] = dict(said)
    after = checked(replace(before, **changes), unit.today)
    known = after.upn or after.uln
    return replace(after, upn_unknown=None) if known else after


def authority_code(unit: Unit, authority_id: UUID) -> str:
    """An authority's three digits."""
    code: str | None = unit.connection.scalar(
        select(Organisation.la_code).where(Organisation.id == authority_id)
    )
    return code or ""
