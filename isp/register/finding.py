"""Whether a child of whom an authority was told is on record: by exact details alone, and never a list.

An authority may know of a child in its area whom it has no tie to yet. It gives all that it was told (a UPN,
or the whole name and the date of birth) and is told of one child or of nobody; half a name finds nobody.
Callers have asked who may look, and record the look whatever comes of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, or_, select

from isp.access import ties
from isp.access.gate import Decision
from isp.access.models import Tie
from isp.access.standing import RESPONSIBLE, SCHOOL, live
from isp.audit import Chain, Event, Unit
from isp.kernel.ids import new_id
from isp.people.models import Organisation
from isp.register import pupils, rows
from isp.register.content import LABELS, Details, as_told, checked
from isp.register.deadlines import rights_move_on
from isp.register.importing.pupils import name_key
from isp.register.models import Pupil


def find(unit: Unit, authority_id: UUID, details: Details) -> UUID | None:
    """The one child of this authority's area whom these details name exactly, or None: of two, neither.

    In its area: those for whom it is responsible, and those on roll there of whom nobody else is.
    """
    here = _of_area(unit, authority_id)
    if details.upn:
        index = pupils.upn_index(unit.keyring, details.upn)
        found: UUID | None = unit.connection.scalar(here.where(Pupil.upn_index == index))
        if found is None or pupils.name(unit, found).born_on != details.born_on:
            return None
        return found
    # The cohort tells little of the birthday, and brings thousands down to a few hundred.
    cohort = here.where(Pupil.rights_move_on == rights_move_on(details.born_on))
    wanted = name_key(details.legal_given, details.legal_family, details.born_on)
    same = [
        name.pupil_id
        for name in pupils.names(unit, unit.connection.scalars(cohort)).values()
        if wanted in _keys(name)
    ]
    return same[0] if len(same) == 1 else None


def _keys(name: pupils.PupilName) -> Iterable[tuple[str, str, date]]:
    yield name_key(name.legal_given, name.legal_family, name.born_on)
    yield name_key(name.given, name.family, name.born_on)


def _of_area(unit: Unit, authority_id: UUID) -> Select[Any]:
    responsible = select(Tie.id).where(
        Tie.pupil_id == Pupil.id, Tie.kind == RESPONSIBLE, live(Tie, unit.today)
    )
    area = select(Organisation.la_code).where(Organisation.id == authority_id).scalar_subquery()
    on_roll = (
        select(Tie.id)
        .join(Organisation, Organisation.id == Tie.organisation_id)
        .where(
            Tie.pupil_id == Pupil.id,
            Tie.kind == SCHOOL,
            live(Tie, unit.today),
            Organisation.la_code == area,
        )
    )
    return select(Pupil.id).where(
        or_(
            exists(responsible.where(Tie.organisation_id == authority_id)),
            exists(on_roll) & ~exists(responsible),
        )
    )


def add_known_to_authority(
    unit: Unit, decision: Decision, authority_id: UUID, details: Details, since: date, reason: str
) -> UUID:
    """Put a child on record who is on no roll here, tied to the authority alone; the new row's id.

    Raises Invalid with a sentence for each field. Nobody sees the child by this: it gives no sight.
    """
    held = checked(details, unit.today)
    pupil_id = new_id()
    rows.create(unit, authority_id, [(pupil_id, held)])
    ties.open_tie(unit, pupil_id, RESPONSIBLE, since, organisation_id=authority_id, words={"reason": reason})
    told = {"after": as_told(held, tuple(LABELS))}
    obj = ("pupil", pupil_id)
    # The child's details go under the child's own key alone.
    unit.record(decision, Event.PUPIL_ADDED, Chain.pupil(pupil_id), obj=obj, payload=told, source="authority")
    unit.record(decision, Event.PUPIL_ADDED, Chain.organisation(authority_id), obj=obj, source="authority")
    return pupil_id
