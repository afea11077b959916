"""Pupils come, change, leave and come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from isp.access import gate, ties
from isp.access.models import Tie
from isp.access.policy import OrganisationPermission, Permission
from isp.access.standing import FORMER_SCHOOL, GROUP, RESPONSIBLE, SCHOOL, live
from isp.audit import Chain, Event, Unit
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import CONTACT, GENERAL, RESTRICTED, KeyOf
from isp.people.models import Organisation
from isp.register import pupils, roll
from isp.register.content import LABELS, Details, as_told, checked, differences
from isp.register.deadlines import KEEP_YEARS, keep_until, rights_move_on
from isp.register.models import Enrolment, Pupil, TeachingGroup

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
    create_rows(unit, school_id, [(pupil_id, details)])
    ties_opened = [
        school := ties.NewTie(pupil_id, SCHOOL, day, organisation_id=school_id),
        *([ties.NewTie(pupil_id, GROUP, day, group_id=group_id)] if group_id else []),
        *([ties.NewTie(pupil_id, RESPONSIBLE, day, organisation_id=authority_id)] if authority_id else []),
    ]
    ties.open_many(unit, ties_opened)
    unit.insert(Enrolment, **enrolment_row(unit, pupil_id, school_id, day, school.id))
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


def create_rows(unit: Unit, school_id: UUID, fresh: list[tuple[UUID, Details]]) -> None:
    """Keys and rows for new pupils. A UPN that some row is found by already stays inside ``sealed`` only."""
    unit.keys.create_many(
        (KeyOf.pupil(pupil_id, part), school_id)
        for pupil_id, _ in fresh
        for part in (GENERAL, RESTRICTED, CONTACT)
    )
    roll.hold_upns(unit)
    taken = set(roll.holding(unit, [details.upn for _, details in fresh if details.upn]))
    years = keep_years(unit, school_id)
    rows = []
    for pupil_id, details in fresh:
        found_by = details.upn if details.upn not in taken else None
        if found_by:
            taken.add(found_by)
        rows.append(
            {
                "id": pupil_id,
                "sealed": pupils.seal(unit, pupil_id, 1, details),
                "row_version": 1,
                "upn_index": pupils.upn_index(unit.keyring, found_by) if found_by else None,
                **details.clear(),
                "rights_move_on": rights_move_on(details.born_on),
                "keep_until": keep_until(details.born_on, years),
                "made_at": unit.now,
            }
        )
    if rows:
        unit.session.flush()
        unit.connection.execute(pupils.PUPILS.insert(), rows)


def keep_years(unit: Unit, school_id: UUID) -> int:
    """How many years from birth this school keeps a pupil's record."""
    settings: Any = unit.connection.scalar(select(Organisation.settings).where(Organisation.id == school_id))
    years = (settings or {}).get("keep_years", KEEP_YEARS)
    return years if isinstance(years, int) and years >= KEEP_YEARS else KEEP_YEARS


def enrolment_row(
    unit: Unit, pupil_id: UUID, school_id: UUID, admitted_on: date, tie_id: UUID, left_on: date | None = None
) -> dict[str, Any]:
    """The values of an enrolment."""
    return {
        "id": new_id(),
        "pupil_id": pupil_id,
        "school_id": school_id,
        "admitted_on": admitted_on,
        "left_on": left_on,
        "left_reason": None,
        "tie_id": tie_id,
        "made_at": unit.now,
    }


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
    write_details(unit, school_id, before_row, before, details)
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


def write_details(unit: Unit, school_id: UUID, row: Any, before: Details, details: Details) -> None:
    """Write new details over a row of ``pupil`` that was read in this unit. Records nothing."""
    version = row.row_version + 1
    values: dict[str, Any] = {
        "sealed": pupils.seal(unit, row.id, version, details),
        "row_version": version,
        **details.clear(),
        "rights_move_on": rights_move_on(details.born_on),
        "keep_until": keep_until(details.born_on, keep_years(unit, school_id)),
    }
    if details.upn != before.upn:
        values["upn_index"] = None
        if details.upn:
            roll.hold_upns(unit)
            if not {*roll.holding(unit, [details.upn]).values()} - {row.id}:
                values["upn_index"] = pupils.upn_index(unit.keyring, details.upn)
    unit.change(Pupil, {"id": row.id, "row_version": row.row_version}, **values)


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
    end_enrolment(unit, enrolment, on, reason)
    unit.record(
        decision,
        Event.PUPIL_LEFT,
        Chain.pupil(pupil_id),
        Chain.organisation(school_id),
        obj=("pupil", pupil_id),
        on=on.isoformat(),
    )


def end_enrolment(unit: Unit, enrolment: Any, on: date, reason: str | None) -> None:
    """End an enrolment and the ties that rest on it. Records nothing."""
    pupil_id, school_id, was = enrolment.pupil_id, enrolment.school_id, enrolment.left_on
    unit.change(
        Enrolment,
        {"id": enrolment.id, "left_on": was},
        left_on=on,
        left_reason=reason or enrolment.left_reason,
    )
    ties.last_day(unit, enrolment.tie_id, on)
    for tie in _group_ties(unit, pupil_id, school_id, on, was):
        if tie.valid_from > on:
            ties.end_tie(unit, tie.id)
        else:
            ties.last_day(unit, tie.id, on)
    for former in _former_ties(unit, pupil_id, school_id):
        ties.end_tie(unit, former.id)
    ties.open_tie(unit, pupil_id, FORMER_SCHOOL, on + DAY, organisation_id=school_id, source_id=enrolment.id)


def _group_ties(unit: Unit, pupil_id: UUID, school_id: UUID, on: date, was: date | None) -> list[Any]:
    """Ties to the school's groups that last beyond ``on``, or that an earlier leaving date had ended."""
    ends = [Tie.valid_to.is_(None), Tie.valid_to > on]
    if was is not None:
        ends.append(Tie.valid_to == was)
    query = (
        select(Tie.id, Tie.valid_from)
        .join(TeachingGroup, TeachingGroup.id == Tie.group_id)
        .where(
            Tie.pupil_id == pupil_id,
            Tie.kind == GROUP,
            TeachingGroup.school_id == school_id,
            Tie.ended_at.is_(None),
            or_(*ends),
        )
    )
    return list(unit.connection.execute(query))


def _former_ties(unit: Unit, pupil_id: UUID, school_id: UUID) -> list[Any]:
    query = select(Tie.id, Tie.valid_from).where(
        Tie.pupil_id == pupil_id,
        Tie.kind == FORMER_SCHOOL,
        Tie.organisation_id == school_id,
        Tie.ended_at.is_(None),
        or_(Tie.valid_to.is_(None), Tie.valid_to >= unit.today),
    )
    return list(unit.connection.execute(query))


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
    admit_again(unit, pupil_id, school_id, on)
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


def admit_again(unit: Unit, pupil_id: UUID, school_id: UUID, on: date) -> None:
    """A further enrolment; the tie as a former school ends the day before. Records nothing."""
    for former in _former_ties(unit, pupil_id, school_id):
        if former.valid_from < on:
            ties.last_day(unit, former.id, on - DAY)
        else:
            ties.end_tie(unit, former.id)
    tie_id = ties.open_tie(unit, pupil_id, SCHOOL, on, organisation_id=school_id)
    unit.insert(Enrolment, **enrolment_row(unit, pupil_id, school_id, on, tie_id))


def is_on_roll(unit: Unit, pupil_id: UUID, school_id: UUID) -> bool:
    """Whether the pupil is on the school's roll today."""
    query = select(Tie.id).where(
        Tie.pupil_id == pupil_id,
        Tie.kind == SCHOOL,
        Tie.organisation_id == school_id,
        live(Tie, unit.today),
    )
    return unit.connection.scalar(query.limit(1)) is not None
