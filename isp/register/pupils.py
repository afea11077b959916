"""Who pupils are: their sealed details opened, one or many at a time. Nothing here asks who may know.

Callers have passed the gate, or list what ``gate.visible_pupils`` gave them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.models import Tie
from isp.access.standing import GROUP, RESPONSIBLE, live
from isp.audit import Unit
from isp.kernel.crypto import Keyring, Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.keys import KeyOf
from isp.kernel.prepared import Prepared, among
from isp.people.models import Organisation
from isp.register.content import Details, details_of, sort_key, year_words
from isp.register.models import Enrolment, Pupil, TeachingGroup

PUPILS = table_of(Pupil)
_rows_of = Prepared(lambda: select(PUPILS).where(among(PUPILS.c.id, "pupils")))


@dataclass(frozen=True, slots=True)
class PupilName:
    """A pupil as lists and captions show him: ``given`` and ``family`` are the names people use."""

    pupil_id: UUID
    given: str
    family: str
    legal_given: str
    legal_family: str
    born_on: date
    year_group: str | None
    sen_status: str
    need_primary: str | None
    need_secondary: str | None

    @property
    def full(self) -> str:
        """The name people use."""
        return f"{self.given} {self.family}"

    @property
    def legal(self) -> str:
        """The name on formal papers."""
        return f"{self.legal_given} {self.legal_family}"

    @property
    def year(self) -> str:
        """The year group in words."""
        return year_words(self.year_group)

    @property
    def sort_key(self) -> tuple[str, str]:
        """Order in a list: by surname."""
        return sort_key(self.family, self.given)


@dataclass(frozen=True, slots=True)
class Schooling:
    """A stretch of a pupil's schooling."""

    school_id: UUID
    school: str
    admitted_on: date
    left_on: date | None
    left_reason: str | None


@dataclass(frozen=True, slots=True)
class PupilFacts:
    """What the head of a pupil's page says. ``enrolments`` newest first; ``authority`` where he lives."""

    name: PupilName
    details: Details
    row_version: int
    enrolments: tuple[Schooling, ...]
    groups: tuple[tuple[UUID, str, str], ...]
    authority: str | None
    rights_move_on: date
    keep_until: date
    is_young_person: bool
    """Whether compulsory school age is over, so that rights are the young person's own."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes and registration groups he is in today."""
        return tuple(name for _, name, kind in self.groups if kind != "teaching")


def upn_index(keyring: Keyring, upn: str) -> bytes:
    """The blind index under which a UPN is found again (32 bytes)."""
    return keyring.blind_index("pupil.upn", upn)


def sealed_place(pupil_id: UUID, row_version: int) -> Place:
    """Where a pupil's sealed details lie."""
    return Place("pupil", "sealed", pupil_id, row_version)


def seal(unit: Unit, pupil_id: UUID, row_version: int, details: Details) -> bytes:
    """A pupil's details, sealed for their row."""
    return unit.keys.seal(KeyOf.pupil(pupil_id), sealed_place(pupil_id, row_version), details.sealed())


def open_row(unit: Unit, row: Any) -> Details:
    """The details of a row of ``pupil``. Fetch the keys of many ahead with ``unit.keys.fetch``."""
    held = unit.keys.open(KeyOf.pupil(row.id), sealed_place(row.id, row.row_version), row.sealed)
    return details_of(held, row)


def rows_of(unit: Unit, pupil_ids: Iterable[UUID]) -> list[Any]:
    """The rows of these pupils, their keys fetched; ids that name nobody are left out."""
    wanted = sorted(set(pupil_ids))
    rows = _rows_of.all(unit.connection, {"pupils": wanted}) if wanted else []
    fetch_keys(unit, (row.id for row in rows))
    return rows


def fetch_keys(unit: Unit, pupil_ids: Iterable[UUID]) -> None:
    """Open the keys of many pupils ahead."""
    unit.keys.fetch([KeyOf.pupil(pupil_id) for pupil_id in pupil_ids])


def name_of(pupil_id: UUID, details: Details) -> PupilName:
    """A pupil's name from his details."""
    return PupilName(
        pupil_id=pupil_id,
        given=details.given,
        family=details.family,
        legal_given=details.legal_given,
        legal_family=details.legal_family,
        born_on=details.born_on,
        year_group=details.year_group,
        sen_status=details.sen_status,
        need_primary=details.need_primary,
        need_secondary=details.need_secondary,
    )


def names(unit: Unit, pupil_ids: Iterable[UUID]) -> dict[UUID, PupilName]:
    """Names by id; three statements, however many pupils. Ids that name nobody are left out."""
    return {row.id: name_of(row.id, open_row(unit, row)) for row in rows_of(unit, pupil_ids)}


def name(unit: Unit, pupil_id: UUID) -> PupilName:
    """One pupil's name. NotFound where there is no such pupil."""
    found = names(unit, [pupil_id])
    if pupil_id not in found:
        raise NotFound
    return found[pupil_id]


def facts(unit: Unit, pupil_id: UUID) -> PupilFacts:
    """Everything the register knows of one pupil. NotFound where there is no such pupil."""
    rows = rows_of(unit, [pupil_id])
    if not rows:
        raise NotFound
    row = rows[0]
    details = open_row(unit, row)
    return PupilFacts(
        name=name_of(row.id, details),
        details=details,
        row_version=row.row_version,
        enrolments=enrolments(unit, pupil_id),
        groups=groups(unit, pupil_id),
        authority=authority(unit, pupil_id),
        rights_move_on=row.rights_move_on,
        keep_until=row.keep_until,
        is_young_person=unit.today >= row.rights_move_on,
    )


def enrolments(unit: Unit, pupil_id: UUID) -> tuple[Schooling, ...]:
    """Where the pupil is and was on roll, newest first."""
    query = (
        select(
            Enrolment.school_id,
            Organisation.name,
            Enrolment.admitted_on,
            Enrolment.left_on,
            Enrolment.left_reason,
        )
        .join(Organisation, Organisation.id == Enrolment.school_id)
        .where(Enrolment.pupil_id == pupil_id)
        .order_by(Enrolment.admitted_on.desc(), Enrolment.id.desc())
    )
    return tuple(Schooling(*row) for row in unit.connection.execute(query))


def groups(unit: Unit, pupil_id: UUID) -> tuple[tuple[UUID, str, str], ...]:
    """The classes and groups the pupil is in today: id, name, kind."""
    query = (
        select(TeachingGroup.id, TeachingGroup.name, TeachingGroup.kind)
        .join(Tie, Tie.group_id == TeachingGroup.id)
        .where(Tie.pupil_id == pupil_id, Tie.kind == GROUP, live(Tie, unit.today))
        .order_by(TeachingGroup.kind, TeachingGroup.name)
    )
    return tuple((row.id, row.name, row.kind) for row in unit.connection.execute(query))


def authority(unit: Unit, pupil_id: UUID) -> str | None:
    """The name of the authority responsible for the pupil today, if it is on record."""
    query = (
        select(Organisation.name)
        .join(Tie, Tie.organisation_id == Organisation.id)
        .where(Tie.pupil_id == pupil_id, Tie.kind == RESPONSIBLE, live(Tie, unit.today))
        .order_by(Tie.valid_from.desc(), Tie.id.desc())
        .limit(1)
    )
    found: str | None = unit.connection.scalar(query)
    return found
