"""Carrying out what a file of staff would change. Nobody is invited by a file."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, update

from isp.access.gate import Decision
from isp.audit import Chain, Event, Unit
from isp.people import directory
from isp.people.actions import NewPerson, add_people, change_details, change_role_dates, give_role
from isp.people.roles import Role
from isp.register.importing.plan_staff import CreateStaff, StaffPlan, UpdateStaff
from isp.register.imports.groups_in import STAFF
from isp.register.imports.picture import StaffPicture

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr"})


def untitled(whole: str) -> str:
    """A name in one piece without Mr, Mrs and the like, as it is kept and compared."""
    _, given, family = split_name(whole)
    return f"{given} {family}".strip()


def split_name(whole: str) -> tuple[str | None, str, str]:
    """Title, forenames and surname of a name in one piece; the last word is the surname."""
    words = whole.split()
    title = words.pop(0) if len(words) > 1 and words[0].casefold().rstrip(".") in _TITLES else None
    return title, " ".join(words[:-1]), words[-1] if words else ""


def carry_out(
    unit: Unit, school_id: UUID, decision: Decision, plan: StaffPlan, picture: StaffPicture
) -> tuple[int, int, int]:
    """Write what the plan says; how many colleagues were created, changed and ended."""
    _create(unit, school_id, decision, plan.create)
    back = {one.person_id: one.on for one in plan.rejoin}
    for one in plan.update:
        _update(unit, school_id, decision, one, picture, back.get(one.person_id))
    for person_id, on in back.items():
        for role in _roles_given(plan, person_id) or [Role.COLLEAGUE.value]:
            give_role(unit, decision, person_id, school_id, role, valid_from=on)
    for gone in plan.leave:
        _leave(unit, school_id, decision, picture, gone.person_id, gone.on)
    return len(plan.create), len(plan.update) + len(plan.rejoin), len(plan.leave)


def _create(unit: Unit, school_id: UUID, decision: Decision, wanted: tuple[CreateStaff, ...]) -> None:
    known = directory.find_many_by_email(unit, {one.row.email for one in wanted})
    fresh = []
    for one in wanted:
        if one.row.email not in known:
            title, given, family = split_name(one.row.name)
            person = NewPerson(given=given, family=family, email=one.row.email, title=title)
            known[one.row.email] = person.id
            fresh.append(person)
    add_people(unit, decision, fresh)
    for one in wanted:
        person_id = known[one.row.email]
        starts = one.row.started_on or min(unit.today, one.row.left_on or unit.today)
        # A title we do not know gives a place in the school and no sight of anything.
        for role in sorted(one.row.roles) or [Role.COLLEAGUE.value]:
            give_role(
                unit,
                decision,
                person_id,
                school_id,
                role,
                valid_from=starts,
                valid_to=one.row.left_on,
            )


def _roles_given(plan: StaffPlan, person_id: UUID) -> list[str]:
    for one in plan.update:
        if one.person_id == person_id:
            return _added(one)
    return []


def _added(one: UpdateStaff) -> list[str]:
    for change in one.changes:
        if change.field == "roles":
            was, becomes = change.was, change.becomes
            if isinstance(was, frozenset) and isinstance(becomes, frozenset):
                return sorted(becomes - was)
    return []


def _update(
    unit: Unit,
    school_id: UUID,
    decision: Decision,
    one: UpdateStaff,
    picture: StaffPicture,
    back_on: date | None,
) -> None:
    for change in one.changes:
        if change.field == "name":
            _, given, family = split_name(str(change.becomes))
            change_details(unit, decision, one.person_id, given=given, family=family)
        elif change.field == "started_on" and isinstance(change.becomes, date):
            for row in _standing(picture, one.person_id, unit.today):
                if row.valid_to is None or row.valid_to >= change.becomes:
                    change_role_dates(
                        unit, decision, row.id, valid_from=change.becomes, valid_to=row.valid_to
                    )
    if back_on is None:
        for role in _added(one):
            give_role(unit, decision, one.person_id, school_id, role)


def _standing(picture: StaffPicture, person_id: UUID, today: date) -> list[Any]:
    return [
        row
        for row in picture.memberships[person_id]
        if row.ended_at is None and (row.valid_to is None or row.valid_to >= today)
    ]


def _leave(
    unit: Unit,
    school_id: UUID,
    decision: Decision,
    picture: StaffPicture,
    person_id: UUID,
    on: date,
) -> None:
    for row in picture.memberships[person_id]:
        # Roles that end with the person's last day; those that ended before it stay as they were.
        if row.ended_at is None and (row.valid_to is None or row.valid_to > on or row.valid_to >= unit.today):
            change_role_dates(unit, decision, row.id, valid_from=min(row.valid_from, on), valid_to=on)
    _leave_groups(unit, school_id, decision, person_id, on)


def _leave_groups(unit: Unit, school_id: UUID, decision: Decision, person_id: UUID, on: date) -> None:
    """Groups end with the person's last day; those that were to begin after it end before they begin."""
    columns = STAFF.c
    mine = and_(columns.organisation_id == school_id, columns.person_id == person_id)
    begun = and_(mine, columns.valid_from <= on, or_(columns.valid_to.is_(None), columns.valid_to > on))
    to_come = and_(mine, columns.valid_from > on, columns.ended_at.is_(None))
    ended = Counter(unit.connection.scalars(select(columns.group_id).where(or_(begun, to_come))))
    unit.connection.execute(update(STAFF).where(begun).values(valid_to=on))
    unit.connection.execute(update(STAFF).where(to_come).values(ended_at=unit.now))
    for group_id, count in sorted(ended.items()):
        unit.record(
            decision,
            Event.GROUP_CHANGED,
            Chain.organisation(school_id),
            Chain.person(person_id),
            obj=("teaching_group", group_id),
            group=str(group_id),
            opened=0,
            ended=count,
        )
