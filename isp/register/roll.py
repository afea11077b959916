"""A school's roll: who is and was on it, and the locks that keep it true while it changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from isp.audit import Unit
from isp.people.models import Organisation
from isp.register import pupils
from isp.register.content import Details
from isp.register.importing.pupils import name_key
from isp.register.models import Enrolment, Pupil

_UPN_LOCK = 0x15B0_0001
"""The number of the advisory lock under which a UPN is given to a row; any number nobody else uses."""


@dataclass(frozen=True, slots=True)
class OnRoll:
    """A pupil with his newest enrolment at the school asked for."""

    pupil_id: UUID
    row_version: int
    has_index: bool
    details: Details
    enrolment_id: UUID
    admitted_on: date
    left_on: date | None
    tie_id: UUID


def hold(unit: Unit, school_id: UUID) -> None:
    """Let nobody else change this school's roll until the unit ends: two files sent at once take turns."""
    unit.connection.execute(
        select(Organisation.id).where(Organisation.id == school_id).with_for_update(key_share=True)
    )


def hold_pupil(unit: Unit, pupil_id: UUID) -> None:
    """Let nobody else tie somebody to this pupil, or start a plan, until the unit ends: two take turns."""
    unit.connection.execute(
        select(pupils.PUPILS.c.id).where(pupils.PUPILS.c.id == pupil_id).with_for_update(key_share=True)
    )


def hold_upns(unit: Unit) -> None:
    """Let nobody else give a UPN to a row until the unit ends: two schools may name one child at once.

    On SQLite the unit is the only writer as it is.
    """
    if not unit.store.database.is_sqlite:
        unit.connection.execute(select(func.pg_advisory_xact_lock(_UPN_LOCK)))


def everybody(unit: Unit, school_id: UUID) -> list[OnRoll]:
    """All who are or were on this school's roll, opened: three statements, whatever their number."""
    query = (
        select(
            *pupils.PUPILS.c,
            Enrolment.id.label("enrolment_id"),
            Enrolment.admitted_on,
            Enrolment.left_on,
            Enrolment.tie_id,
        )
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .where(Enrolment.school_id == school_id)
        .order_by(Enrolment.admitted_on, Enrolment.id)
    )
    newest = {row.id: row for row in unit.connection.execute(query)}
    pupils.fetch_keys(unit, newest)
    return [
        OnRoll(
            pupil_id=row.id,
            row_version=row.row_version,
            has_index=row.upn_index is not None,
            details=pupils.open_row(unit, row),
            enrolment_id=row.enrolment_id,
            admitted_on=row.admitted_on,
            left_on=row.left_on,
            tie_id=row.tie_id,
        )
        for row in newest.values()
    ]


def holding(unit: Unit, upns: Iterable[str]) -> dict[str, UUID]:
    """Which of these UPNs a row anywhere is found by, with that row's id. For deciding, never for showing."""
    by_index = {pupils.upn_index(unit.keyring, upn): upn for upn in set(upns)}
    found: dict[str, UUID] = {}
    wanted = sorted(by_index)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        query = select(Pupil.upn_index, Pupil.id).where(Pupil.upn_index.in_(part))
        found |= {by_index[row.upn_index]: row.id for row in unit.connection.execute(query)}
    return found


def namesakes(roll: list[OnRoll], details: Details) -> list[OnRoll]:
    """Those on a roll with the same name and date of birth."""
    wanted = name_key(details.given, details.family, details.born_on)
    legal = name_key(details.legal_given, details.legal_family, details.born_on)
    return [
        one
        for one in roll
        if {
            name_key(one.details.given, one.details.family, one.details.born_on),
            name_key(one.details.legal_given, one.details.legal_family, one.details.born_on),
        }
        & {wanted, legal}
    ]
