"""What is on record at one school, as the planners look at it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import ties
from isp.access.models import GroupStaff, Tie
from isp.access.standing import GROUP, GUARDIAN, RESPONSIBLE
from isp.audit import Unit
from isp.kernel import clock
from isp.kernel.db import table_of
from isp.people import directory
from isp.people.models import Membership, Organisation
from isp.register import pupils, roll
from isp.register.importing.groups import group_key
from isp.register.importing.plan_contacts import ContactOnRecord
from isp.register.importing.plan_groups import GroupOnRecord, MembershipOnRecord, Side
from isp.register.importing.plan_staff import StaffOnRecord
from isp.register.importing.pupil_plan import PupilOnRecord
from isp.register.importing.staff import ROLES
from isp.register.models import Enrolment, TeachingGroup
from isp.register.rows import DAY

TIES = table_of(Tie)
TEACHING = "teaching"


@dataclass(frozen=True, slots=True)
class PupilPicture:
    """A school's pupils as the planner sees them, and what is needed to write over them."""

    on_record: tuple[PupilOnRecord, ...]
    by_id: dict[UUID, roll.OnRoll]
    class_ties: dict[UUID, list[Any]]
    """Live or coming ties to classes and registration groups, by pupil."""
    authority_ties: dict[UUID, list[Any]]
    groups: dict[UUID, set[str]]
    """The classes and groups, of every kind, that a pupil is in, by their names for comparing."""


def authority_ids(unit: Unit) -> dict[str, tuple[UUID, str]]:
    """The authorities on record: id and name by three-digit code."""
    query = select(Organisation.id, Organisation.la_code, Organisation.name).where(
        Organisation.kind == "authority", Organisation.la_code.is_not(None)
    )
    return {row.la_code: (row.id, row.name) for row in unit.connection.execute(query)}


def of_pupils(unit: Unit, school_id: UUID) -> PupilPicture:
    """Everybody who is or was on the school's roll, in a fixed number of statements."""
    on_roll = roll.everybody(unit, school_id)
    classes = _class_ties(unit, school_id)
    authorities = _authority_ties(unit, school_id)
    left = {one.pupil_id for one in on_roll if one.left_on is not None}
    words = _leaving_words(unit, school_id) if left else {}
    found = []
    for one in on_roll:
        details = one.details
        said = words.get(one.tie_id, {})
        found.append(
            PupilOnRecord(
                pupil_id=one.pupil_id,
                upn=details.upn,
                legal_forename=details.legal_given,
                legal_surname=details.legal_family,
                born_on=details.born_on,
                preferred_forename=details.preferred_given,
                preferred_surname=details.preferred_family,
                uln=details.uln,
                year_group=details.year_group,
                sex=details.sex,
                sen_status=details.sen_status,
                primary_need=details.need_primary,
                secondary_need=details.need_secondary,
                class_name=_class_of(classes.get(one.pupil_id, []), one.left_on, unit.today),
                admitted_on=one.admitted_on,
                left_on=one.left_on,
                leaving_reason=said.get("leaving_reason"),
                destination=said.get("destination"),
                home_authority=_authority_of(authorities.get(one.pupil_id, []), unit.today),
            )
        )
    return PupilPicture(
        tuple(found),
        {one.pupil_id: one for one in on_roll},
        {
            pupil_id: [tie for tie in listed if _lasts(tie, unit.today)]
            for pupil_id, listed in classes.items()
        },
        {
            pupil_id: [tie for tie in listed if _lasts(tie, unit.today)]
            for pupil_id, listed in authorities.items()
        },
        _groups(unit, school_id),
    )


def _groups(unit: Unit, school_id: UUID) -> dict[UUID, set[str]]:
    query = (
        select(Tie.pupil_id, Tie.valid_to, Tie.ended_at, TeachingGroup.name)
        .join(TeachingGroup, TeachingGroup.id == Tie.group_id)
        .where(Tie.kind == GROUP, TeachingGroup.school_id == school_id)
    )
    found: dict[UUID, set[str]] = defaultdict(set)
    for row in unit.connection.execute(query):
        if _lasts(row, unit.today):
            found[row.pupil_id].add(group_key(row.name))
    return found


def _lasts(tie: Any, today: date) -> bool:
    return tie.ended_at is None and (tie.valid_to is None or tie.valid_to >= today)


def _class_of(listed: Sequence[Any], left_on: date | None, today: date) -> str | None:
    # Of a leaver, the class he was in last: his ties ended with his enrolment.
    chosen = [tie for tie in listed if left_on is not None or _lasts(tie, today)]
    return chosen[-1].name if chosen else None


def _class_ties(unit: Unit, school_id: UUID) -> dict[UUID, list[Any]]:
    query = (
        select(
            Tie.id,
            Tie.pupil_id,
            Tie.group_id,
            Tie.valid_from,
            Tie.valid_to,
            Tie.ended_at,
            TeachingGroup.name,
        )
        .join(TeachingGroup, TeachingGroup.id == Tie.group_id)
        .where(Tie.kind == GROUP, TeachingGroup.school_id == school_id, TeachingGroup.kind != TEACHING)
        .order_by(Tie.valid_from, Tie.made_at, Tie.id)
    )
    return _by_pupil(unit.connection.execute(query))


def _authority_ties(unit: Unit, school_id: UUID) -> dict[UUID, list[Any]]:
    here = select(Enrolment.pupil_id).where(Enrolment.school_id == school_id)
    query = (
        select(
            Tie.id,
            Tie.pupil_id,
            Tie.organisation_id,
            Tie.valid_from,
            Tie.valid_to,
            Tie.ended_at,
            Organisation.la_code,
        )
        .join(Organisation, Organisation.id == Tie.organisation_id)
        .where(Tie.kind == RESPONSIBLE, Tie.pupil_id.in_(here))
        .order_by(Tie.valid_from, Tie.made_at, Tie.id)
    )
    return _by_pupil(unit.connection.execute(query))


def _authority_of(listed: Sequence[Any], today: date) -> str | None:
    live = [tie for tie in listed if _lasts(tie, today)]
    code: str | None = live[-1].la_code if live else None
    return code


def _leaving_words(unit: Unit, school_id: UUID) -> dict[UUID, dict[str, Any]]:
    query = (
        select(Tie.id, Tie.pupil_id, Tie.sealed)
        .join(Enrolment, Enrolment.tie_id == Tie.id)
        .where(Enrolment.school_id == school_id, Enrolment.left_on.is_not(None), Tie.sealed.is_not(None))
    )
    return {
        row.id: ties.words_of(unit, row.pupil_id, row.id, row.sealed)
        for row in unit.connection.execute(query).all()
    }


def _by_pupil(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.pupil_id].append(row)
    return found


# -- groups --------------------------------------------------------------------------------------------


def of_groups(unit: Unit, school_id: UUID) -> list[GroupOnRecord]:
    """The school's present groups with everybody who is or was in them."""
    query = select(TeachingGroup.__table__).where(TeachingGroup.school_id == school_id)
    present = [
        row for row in unit.connection.execute(query) if row.valid_to is None or row.valid_to >= unit.today
    ]
    members: dict[UUID, list[MembershipOnRecord]] = defaultdict(list)
    at_school = (
        select(Tie.id, Tie.group_id, Tie.pupil_id, Tie.valid_from, Tie.valid_to, Tie.ended_at)
        .join(TeachingGroup, TeachingGroup.id == Tie.group_id)
        .where(TeachingGroup.school_id == school_id, Tie.kind == GROUP)
    )
    for row in unit.connection.execute(at_school):
        members[row.group_id].append(_member(row, Side.PUPIL, row.pupil_id, unit.today))
    for row in unit.connection.execute(
        select(GroupStaff.__table__).where(GroupStaff.organisation_id == school_id)
    ):
        members[row.group_id].append(_member(row, Side.STAFF, row.person_id, unit.today))
    return [GroupOnRecord(row.id, row.name, row.kind, row.subject, tuple(members[row.id])) for row in present]


def _member(row: Any, side: Side, member_id: UUID, today: date) -> MembershipOnRecord:
    ended_today = row.ended_at is not None and clock.civil_day(row.ended_at) == today
    return MembershipOnRecord(row.id, side, member_id, row.valid_from, _last_day(row), ended_today)


def _last_day(row: Any) -> date | None:
    """The last day of a dated row; of one that somebody ended, the day before that."""
    if row.ended_at is None:
        last: date | None = row.valid_to
        return last
    ended: date = clock.civil_day(row.ended_at) - DAY
    return min(ended, row.valid_to) if row.valid_to else ended


# -- staff ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StaffPicture:
    """A school's colleagues, and their memberships by person."""

    on_record: tuple[StaffOnRecord, ...]
    memberships: dict[UUID, list[Any]]


def of_staff(unit: Unit, school_id: UUID) -> StaffPicture:
    """Everybody who holds or held a role at the school."""
    query = (
        select(Membership.__table__)
        .where(Membership.organisation_id == school_id)
        .order_by(Membership.valid_from, Membership.made_at)
    )
    memberships: dict[UUID, list[Any]] = defaultdict(list)
    for row in unit.connection.execute(query):
        memberships[row.person_id].append(row)
    people = directory.details(unit, list(memberships))
    found = []
    for person_id, listed in memberships.items():
        held = people.get(person_id) or {}
        live = [row for row in listed if _lasts(row, unit.today)]
        ends = [_last_day(row) for row in listed]
        last = None if any(end is None for end in ends) else max(end for end in ends if end is not None)
        found.append(
            StaffOnRecord(
                person_id=person_id,
                name=f"{held.get('given') or ''} {held.get('family') or ''}".strip(),
                email=(held.get("email") or "").casefold(),
                roles=frozenset(row.role for row in live if row.role in ROLES),
                started_on=min(row.valid_from for row in listed),
                left_on=last,
            )
        )
    return StaffPicture(tuple(found), memberships)


def staff_by_email(picture: StaffPicture, today: date) -> dict[str, UUID]:
    """Colleagues who are here, by address in small letters."""
    return {
        one.email: one.person_id
        for one in picture.on_record
        if one.email and (one.left_on is None or one.left_on >= today)
    }


# -- contacts ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ContactPicture:
    """The guardians of a school's pupils, their ties by id, and their details by person."""

    on_record: tuple[ContactOnRecord, ...]
    ties: dict[UUID, Any]
    words: dict[UUID, dict[str, Any]]
    people: dict[UUID, dict[str, Any]]


def of_contacts(unit: Unit, school_id: UUID) -> ContactPicture:
    """Who is or was what to the school's pupils. A tie that somebody ended counts as past, so that no file
    opens it again by itself.
    """
    here = select(Enrolment.pupil_id).where(Enrolment.school_id == school_id)
    query = (
        select(TIES)
        .where(TIES.c.kind == GUARDIAN, TIES.c.pupil_id.in_(here))
        .order_by(TIES.c.valid_from, TIES.c.id)
    )
    rows = unit.connection.execute(query).all()
    pupils.fetch_keys(unit, {row.pupil_id for row in rows})
    people = directory.details(unit, {row.person_id for row in rows})
    words = {row.id: ties.words_of(unit, row.pupil_id, row.id, row.sealed) for row in rows}
    found = []
    for row in rows:
        held, said = people.get(row.person_id, {}), words[row.id]
        email = said.get("email") or held.get("email")
        found.append(
            ContactOnRecord(
                tie_id=row.id,
                pupil_id=row.pupil_id,
                name=f"{held.get('given') or ''} {held.get('family') or ''}".strip(),
                relationship=said.get("relationship") or "",
                parental_responsibility=row.has_responsibility,
                has_care=row.has_care,
                email=email.casefold() if email else None,
                phone=held.get("telephone"),
                address_confidential=bool(held.get("address_confidential")),
                court_order=said.get("court_order"),
                from_on=row.valid_from,
                to_on=_last_day(row),
            )
        )
    return ContactPicture(tuple(found), {row.id: row for row in rows}, words, people)
