"""Classes and teaching groups: dated, because they are what "teaches this pupil" means.

Staff are in a group until 31 August unless another day is given, so that nobody goes on seeing last
year's class; pupils until somebody moves them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from isp.access import gate, ties
from isp.access.gate import Decision
from isp.access.models import GroupStaff, Tie
from isp.access.policy import OrganisationPermission
from isp.access.standing import GROUP, SCHOOL, live
from isp.audit import Chain, Event, Unit
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id
from isp.people.models import Membership
from isp.people.roles import Role
from isp.register.deadlines import school_year_ends
from isp.register.importing.groups import GROUP_KINDS, group_key
from isp.register.models import TeachingGroup

GROUP_ROLES = (Role.CLASS_TEACHER, Role.TEACHING_ASSISTANT)
EVERY = "Give each class or group a name of its own."


def add_group(
    unit: Unit,
    school_id: UUID,
    name: str,
    kind: str = "class",
    subject: str | None = None,
    *,
    valid_from: date | None = None,
) -> UUID:
    """A new class or group; Invalid where a present one has its name."""
    decision = gate.require_in_organisation(unit, OrganisationPermission.GROUPS_WRITE, school_id)
    name, subject = _checked(unit, school_id, name, kind, subject)
    group_id = new_id()
    unit.insert(TeachingGroup, **group_row(unit, school_id, group_id, name, kind, subject, valid_from))
    _record(unit, decision, school_id, group_id)
    return group_id


def group_row(
    unit: Unit,
    school_id: UUID,
    group_id: UUID,
    name: str,
    kind: str,
    subject: str | None,
    valid_from: date | None = None,
) -> dict[str, Any]:
    """The values of a group."""
    return {
        "id": group_id,
        "school_id": school_id,
        "name": name,
        "kind": kind,
        "subject": subject,
        "valid_from": valid_from or unit.today,
        "valid_to": None,
        "made_at": unit.now,
    }


def change_group(unit: Unit, group_id: UUID, name: str, kind: str, subject: str | None = None) -> None:
    """Rename a group, or say better what it is."""
    group = _group(unit, group_id)
    decision = gate.require_in_organisation(unit, OrganisationPermission.GROUPS_WRITE, group.school_id)
    name, subject = _checked(unit, group.school_id, name, kind, subject, but=group_id)
    unit.change(TeachingGroup, {"id": group_id}, name=name, kind=kind, subject=subject)
    _record(unit, decision, group.school_id, group_id)


def end_group(unit: Unit, group_id: UUID) -> None:
    """The group is no more: today is its last day, and nobody is in it or teaches it from this instant."""
    group = _group(unit, group_id)
    decision = gate.require_in_organisation(unit, OrganisationPermission.GROUPS_WRITE, group.school_id)
    if group.valid_to is not None:
        raise Conflict("This class or group has ended already.")
    pupils = unit.connection.execute(
        select(Tie.id, Tie.pupil_id).where(Tie.group_id == group_id, Tie.kind == GROUP, live(Tie, unit.today))
    ).all()
    for tie in pupils:
        ties.end_tie(unit, tie.id)
        _record_out(unit, decision, tie.pupil_id, tie.id)
    staff = list(
        unit.connection.scalars(
            select(GroupStaff.id).where(GroupStaff.group_id == group_id, GroupStaff.ended_at.is_(None))
        )
    )
    for row_id in staff:
        unit.change(GroupStaff, {"id": row_id, "ended_at": None}, ended_at=unit.now)
    unit.change(TeachingGroup, {"id": group_id, "valid_to": None}, valid_to=unit.today)
    _record(unit, decision, group.school_id, group_id, ended=len(pupils) + len(staff))


def add_staff(
    unit: Unit,
    group_id: UUID,
    person_id: UUID,
    role: str,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> UUID:
    """A colleague teaches or assists in the group, until 31 August unless another day is given."""
    group = _group(unit, group_id)
    decision = gate.require_in_organisation(unit, OrganisationPermission.GROUPS_WRITE, group.school_id)
    starts = valid_from or unit.today
    ends = valid_to or school_year_ends(starts)
    errors = {}
    if role not in GROUP_ROLES:
        errors["role"] = "Choose whether this colleague teaches or assists."
    if ends < starts:
        errors["valid_to"] = "The last day cannot be before the first."
    if not _works_here(unit, group.school_id, person_id):
        errors["person_id"] = "Choose a colleague of this school."
    if errors:
        raise Invalid("Some of this needs another look.", errors)
    already = select(GroupStaff.id).where(
        GroupStaff.group_id == group_id,
        GroupStaff.person_id == person_id,
        GroupStaff.role == role,
        GroupStaff.ended_at.is_(None),
        or_(GroupStaff.valid_to.is_(None), GroupStaff.valid_to >= starts),
    )
    if unit.connection.scalar(already.limit(1)):
        raise Conflict("This colleague is with this class or group already.")
    row = staff_row(unit, group, person_id, role, starts, ends)
    unit.insert(GroupStaff, **row)
    _record(unit, decision, group.school_id, group_id, opened=1, people=[person_id])
    made: UUID = row["id"]
    return made


def staff_row(
    unit: Unit, group: Any, person_id: UUID, role: str, starts: date, ends: date | None
) -> dict[str, Any]:
    """The values of a colleague's place in a group (``group``: anything with its id and school_id)."""
    return {
        "id": new_id(),
        "group_id": group.id,
        "organisation_id": group.school_id,
        "person_id": person_id,
        "role": role,
        "valid_from": starts,
        "valid_to": ends,
        "ended_at": None,
        "made_at": unit.now,
    }


def end_staff(unit: Unit, group_staff_id: UUID) -> None:
    """The colleague is with the group no longer, from the next request on."""
    row = unit.connection.execute(select(GroupStaff.__table__).where(GroupStaff.id == group_staff_id)).first()
    if row is None:
        raise NotFound
    decision = gate.require_in_organisation(unit, OrganisationPermission.GROUPS_WRITE, row.organisation_id)
    unit.change(
        GroupStaff,
        {"id": group_staff_id, "ended_at": None},
        "This colleague was taken out of the group already.",
        ended_at=unit.now,
    )
    _record(unit, decision, row.organisation_id, row.group_id, ended=1, people=[row.person_id])


def put_pupils(
    unit: Unit, group_id: UUID, pupil_ids: Iterable[UUID], *, valid_from: date | None = None
) -> int:
    """Put pupils of the school into the group; those in it already stay as they are. How many came in."""
    group = _group(unit, group_id)
    decision = gate.require_in_organisation(unit, OrganisationPermission.GROUPS_WRITE, group.school_id)
    wanted = sorted(set(pupil_ids))
    if not wanted:
        raise Invalid("Choose at least one pupil.", {"pupils": "Choose at least one pupil."})
    here = set(
        unit.connection.scalars(
            select(Tie.pupil_id).where(
                Tie.pupil_id.in_(wanted),
                Tie.kind == SCHOOL,
                Tie.organisation_id == group.school_id,
                Tie.ended_at.is_(None),
                or_(Tie.valid_to.is_(None), Tie.valid_to >= unit.today),
            )
        )
    )
    if here != set(wanted):
        raise NotFound
    starts = valid_from or unit.today
    inside = set(
        unit.connection.scalars(
            select(Tie.pupil_id).where(
                Tie.group_id == group_id,
                Tie.kind == GROUP,
                Tie.ended_at.is_(None),
                or_(Tie.valid_to.is_(None), Tie.valid_to >= starts),
            )
        )
    )
    fresh = [ties.NewTie(one, GROUP, starts, group_id=group_id) for one in wanted if one not in inside]
    ties.open_many(unit, fresh)
    for tie in fresh:
        unit.record(
            decision,
            Event.TIE_OPENED,
            Chain.pupil(tie.pupil_id),
            obj=("tie", tie.id),
            kind=GROUP,
            to=None,
            **{"from": starts.isoformat()},
        )
    if fresh:
        _record(unit, decision, group.school_id, group_id, opened=len(fresh))
    return len(fresh)


def take_out(unit: Unit, tie_id: UUID) -> None:
    """The pupil is in the group no longer, from the next request on."""
    query = (
        select(Tie.id, Tie.pupil_id, Tie.group_id, TeachingGroup.school_id)
        .join(TeachingGroup, TeachingGroup.id == Tie.group_id)
        .where(Tie.id == tie_id, Tie.kind == GROUP)
    )
    tie = unit.connection.execute(query).first()
    if tie is None:
        raise NotFound
    decision = gate.require_in_organisation(unit, OrganisationPermission.GROUPS_WRITE, tie.school_id)
    ties.end_tie(unit, tie_id)
    _record_out(unit, decision, tie.pupil_id, tie_id)
    _record(unit, decision, tie.school_id, tie.group_id, ended=1)


def _record_out(unit: Unit, decision: Decision, pupil_id: UUID, tie_id: UUID) -> None:
    unit.record(
        decision,
        Event.TIE_ENDED,
        Chain.pupil(pupil_id),
        obj=("tie", tie_id),
        kind=GROUP,
        why="recorded",
    )


def _record(
    unit: Unit,
    decision: Decision,
    school_id: UUID,
    group_id: UUID,
    *,
    opened: int = 0,
    ended: int = 0,
    people: Sequence[UUID] = (),
) -> None:
    unit.record(
        decision,
        Event.GROUP_CHANGED,
        Chain.organisation(school_id),
        *(Chain.person(person_id) for person_id in people),
        obj=("teaching_group", group_id),
        group=str(group_id),
        opened=opened,
        ended=ended,
    )


def _group(unit: Unit, group_id: UUID) -> Any:
    """A group, kept from others until the unit ends: whoever is put in twice at once is put in once."""
    found = unit.connection.execute(
        select(TeachingGroup.__table__).where(TeachingGroup.id == group_id).with_for_update(key_share=True)
    ).first()
    if found is None:
        raise NotFound
    return found


def _works_here(unit: Unit, school_id: UUID, person_id: UUID) -> bool:
    query = select(Membership.id).where(
        Membership.organisation_id == school_id,
        Membership.person_id == person_id,
        live(Membership, unit.today),
    )
    return unit.connection.scalar(query.limit(1)) is not None


def _checked(
    unit: Unit, school_id: UUID, name: str, kind: str, subject: str | None, *, but: UUID | None = None
) -> tuple[str, str | None]:
    name, subject = " ".join(name.split()), " ".join((subject or "").split()) or None
    errors = {}
    if not group_key(name):
        errors["name"] = EVERY
    elif len(name) > 60:
        errors["name"] = "Keep the name to 60 letters."
    if kind not in GROUP_KINDS:
        errors["kind"] = "Choose what kind of group it is."
    if subject and len(subject) > 60:
        errors["subject"] = "Keep the subject to 60 letters."
    if not errors:
        query = select(TeachingGroup.id, TeachingGroup.name).where(
            TeachingGroup.school_id == school_id,
            or_(TeachingGroup.valid_to.is_(None), TeachingGroup.valid_to >= unit.today),
        )
        for other in unit.connection.execute(query):
            if other.id != but and group_key(other.name) == group_key(name):
                errors["name"] = f"There is a group called “{other.name}” already. {EVERY}"
    if errors:
        raise Invalid("Some of this needs another look.", errors)
    return name, subject
