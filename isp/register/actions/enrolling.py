"""Pupils come, change, leave and come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate, ties
from isp.access.models import Tie
from isp.access.policy import OrganisationPermission, Permission
from isp.access.standing import GROUP, RESPONSIBLE, SCHOOL, live
from isp.audit import Chain, Event, Unit
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id
from isp.people.models import Organisation
from isp.register import pupils, roll, rows
from isp.register.content import LABELS, Details, as_told, checked, differences
from isp.register.models import Enrolment, TeachingGroup

NAMESAKE = "A pupil of this school has the same name and date of birth."
REASONS = {
    "moved_school": "Moved to another school",
    "moved_area": "Moved away",
    "finished": "Finished here",
    "home_educated": "Educated at home",
    "other": "Another reason",
}
DAY = timedelta(days=1)


def add_pupil(
    unit: Unit,
    school_id: UUID,
    details: Details,
    *,
    admitted_on: date | None = None,
    group_id: UUID | None = None,
    authority_id: UUID | None = None,
    is_another: bool = False,
    source: str = "page",
) -> UUID:
    """Put a pupil on the school's roll and give the new row's id.

    ``is_another``: a person has said that this is not the namesake on record. Raises Invalid with a
    sentence for each field. A UPN that another school's row has changes nothing that can be seen here.
    """
    decision = gate.require_in_organisation(unit, OrganisationPermission.PUPILS_IMPORT, school_id)
    details = checked(details, unit.today)
    day = admitted_on or unit.today
    if day < details.born_on:
        raise Invalid("Check the dates.", {"admitted_on": "This is before the date of birth."})
    roll.hold(unit, school_id)
    check_alone(roll.everybody(unit, school_id), details, is_another=is_another)
    _check_group(unit, school_id, group_id)
    _check_authority(unit, authority_id)
    pupil_id = new_id()
    rows.create(unit, school_id, [(pupil_id, details)])
    rows.admit(unit, school_id, [rows.Admission(pupil_id, day)])
    if group_id:
        ties.open_tie(unit, pupil_id, GROUP, day, group_id=group_id)
    if authority_id:
        ties.open_tie(unit, pupil_id, RESPONSIBLE, day, organisation_id=authority_id)
    told = {"after": as_told(details, tuple(LABELS)), "admitted_on": day.isoformat()}
    obj = ("pupil", pupil_id)
    # The child's details go under the child's own key alone: destroying that key must destroy them all.
    unit.record(decision, Event.PUPIL_ADDED, Chain.pupil(pupil_id), obj=obj, payload=told, source=source)
    unit.record(decision, Event.PUPIL_ADDED, Chain.organisation(school_id), obj=obj, source=source)
    return pupil_id


def check_alone(
    on_roll: list[roll.OnRoll], details: Details, *, is_another: bool, but: UUID | None = None
) -> None:
    """Raise Invalid where this school has this UPN, or an unconfirmed namesake, on another row."""
    others = [one for one in on_roll if one.pupil_id != but]
    if details.upn and any(one.details.upn == details.upn for one in others):
        raise Invalid(
            "This pupil may be here already.",
            {"upn": "Another pupil of this school has this UPN. Check both."},
        )
    same = roll.namesakes(others, details)
    # Two numbers are two children, even where all else agrees.
    unclear = [one for one in same if not (details.upn and one.details.upn)]
    if unclear and not is_another:
        raise Invalid("This pupil may be here already.", {"is_another": NAMESAKE})


def _check_group(unit: Unit, school_id: UUID, group_id: UUID | None) -> None:
    if group_id is None:
        return
    of = unit.connection.scalar(select(TeachingGroup.school_id).where(TeachingGroup.id == group_id))
    if of != school_id:
        raise Invalid("Choose the class again.", {"group_id": "Choose a class of this school."})


def _check_authority(unit: Unit, authority_id: UUID | None) -> None:
    if authority_id is None:
        return
    kind = unit.connection.scalar(select(Organisation.kind).where(Organisation.id == authority_id))
    if kind != "authority":
        raise Invalid(
            "Choose the local authority again.", {"authority_id": "Choose a local authority from the list."}
        )


def change_pupil(
    unit: Unit,
    pupil_id: UUID,
    details: Details,
    row_version: int,
    *,
    is_another: bool = False,
    source: str = "page",
) -> bool:
    """Replace a pupil's details, as they stood at ``row_version``. False: they say so already.

    Raises Conflict where somebody changed them since, Invalid with a sentence for each field.
    """
    decision = gate.require(unit, Permission.PUPIL_WRITE, pupil_id)
    details = checked(details, unit.today)
    school_id = _school_of(unit, pupil_id, decision.organisation_id)
    roll.hold(unit, school_id)
    before_row = pupils.rows_of(unit, [pupil_id])[0]
    before = pupils.open_row(unit, before_row)
    if before_row.row_version != row_version:
        raise Conflict("Somebody else changed these details since you opened the page. Look at them again.")
    details = with_former_upn(before, details)
    changed = differences(before, details)
    if not changed:
        return False
    if {"upn", "legal_given", "legal_family", "preferred_given", "preferred_family", "born_on"} & {*changed}:
        check_alone(roll.everybody(unit, school_id), details, is_another=is_another, but=pupil_id)
    had_index = before_row.upn_index is not None
    rows.rewrite(unit, school_id, [rows.Rewrite(pupil_id, row_version, before, details, had_index)])
    unit.record(
        decision,
        Event.PUPIL_CHANGED,
        Chain.pupil(pupil_id),
        obj=("pupil", pupil_id),
        fields=changed,
        payload={"before": as_told(before, changed), "after": as_told(details, changed)},
        source=source,
    )
    return True


def with_former_upn(before: Details, after: Details) -> Details:
    """The same with the number that was replaced kept among the former ones."""
    former = dict.fromkeys((*after.former_upns, *before.former_upns))
    if before.upn and before.upn != after.upn:
        former[before.upn] = None
    former.pop(after.upn or "", None)
    return replace(after, former_upns=tuple(former))


def _school_of(unit: Unit, pupil_id: UUID, organisation_id: UUID | None) -> UUID:
    """The school on whose roll an act of somebody standing in ``organisation_id`` is."""
    query = (
        select(Enrolment.school_id)
        .where(Enrolment.pupil_id == pupil_id)
        .order_by(Enrolment.admitted_on.desc(), Enrolment.id.desc())
    )
    schools = list(unit.connection.scalars(query))
    if organisation_id in schools:
        return organisation_id
    if not schools:
        raise NotFound
    return schools[0]


# -- leaving and coming back -------------------------------------------------------------------------


def leave(unit: Unit, pupil_id: UUID, on: date, reason: str | None = None) -> None:
    """The pupil's last day at the actor's school is ``on`` (past, today or to come).

    The school's tie and its groups' ties hold to the end of that day; from the day after the school reads
    as a former school. A leaving date on record is replaced.
    """
    decision = gate.require(unit, Permission.PUPIL_WRITE, pupil_id)
    if reason is not None and reason not in REASONS:
        raise Invalid("Choose a reason from the list.", {"reason": "Choose a reason from the list."})
    school_id = _school_of(unit, pupil_id, decision.organisation_id)
    roll.hold(unit, school_id)
    enrolment = _newest_enrolment(unit, pupil_id, school_id)
    if on < enrolment.admitted_on:
        raise Invalid(
            "Check the leaving date.", {"on": "The last day cannot be before the day of admission."}
        )
    if on > unit.today + 366 * DAY:
        raise Invalid("Check the leaving date.", {"on": "This is more than a year away. Check the year."})
    leaving = rows.Leaving(
        pupil_id, enrolment.id, enrolment.tie_id, enrolment.left_on, on, reason or enrolment.left_reason
    )
    rows.end(unit, school_id, [leaving])
    unit.record(
        decision,
        Event.PUPIL_LEFT,
        Chain.pupil(pupil_id),
        Chain.organisation(school_id),
        obj=("pupil", pupil_id),
        on=on.isoformat(),
    )


def _newest_enrolment(unit: Unit, pupil_id: UUID, school_id: UUID) -> Any:
    query = (
        select(Enrolment.__table__)
        .where(Enrolment.pupil_id == pupil_id, Enrolment.school_id == school_id)
        .order_by(Enrolment.admitted_on.desc(), Enrolment.id.desc())
        .limit(1)
    )
    found = unit.connection.execute(query).first()
    if found is None:
        raise NotFound
    return found


def come_back(unit: Unit, school_id: UUID, pupil_id: UUID, on: date, *, group_id: UUID | None = None) -> None:
    """A pupil who had left this school is on its roll again from ``on``: a new enrolment, the same record."""
    decision = gate.require_in_organisation(unit, OrganisationPermission.PUPILS_IMPORT, school_id)
    roll.hold(unit, school_id)
    enrolment = _newest_enrolment(unit, pupil_id, school_id)
    if enrolment.left_on is None:
        raise Conflict("This pupil is on the school's roll already.")
    if on <= enrolment.left_on:
        raise Invalid("Check the date.", {"on": "Give a day after the last day on record."})
    _check_group(unit, school_id, group_id)
    rows.admit_again(unit, school_id, [rows.Admission(pupil_id, on)])
    if group_id:
        ties.open_tie(unit, pupil_id, GROUP, on, group_id=group_id)
    unit.record(
        decision,
        Event.PUPIL_RETURNED,
        Chain.pupil(pupil_id),
        Chain.organisation(school_id),
        obj=("pupil", pupil_id),
        on=on.isoformat(),
    )


def is_on_roll(unit: Unit, pupil_id: UUID, school_id: UUID) -> bool:
    """Whether the pupil is on the school's roll today."""
    query = select(Tie.id).where(
        Tie.pupil_id == pupil_id,
        Tie.kind == SCHOOL,
        Tie.organisation_id == school_id,
        live(Tie, unit.today),
    )
    return unit.connection.scalar(query.limit(1)) is not None
