"""Carrying out what a file of classes and teaching groups would change."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from isp.access import ties
from isp.access.gate import Decision
from isp.access.models import GroupStaff
from isp.access.standing import GROUP
from isp.audit import Chain, Event, Unit
from isp.kernel.db import table_of
from isp.kernel.ids import new_id
from isp.people.models import Membership, Organisation
from isp.people.roles import Role
from isp.register.actions.groups import group_row, staff_row
from isp.register.deadlines import school_year_ends
from isp.register.importing.groups import group_key
from isp.register.importing.plan_groups import EndMembership, GroupPlan, Join, MembershipOnRecord, Side
from isp.register.imports.pupils_in import GROUPS

STAFF = table_of(GroupStaff)


class _Group:
    """What ``staff_row`` needs to know of a group."""

    def __init__(self, group_id: UUID, school_id: UUID) -> None:
        self.id = group_id
        self.school_id = school_id


def carry_out(
    unit: Unit,
    school_id: UUID,
    decision: Decision,
    plan: GroupPlan,
    members: dict[UUID, MembershipOnRecord],
) -> tuple[int, int, int]:
    """Write what the plan says; how many groups were created or changed, and memberships opened and ended."""
    made = _groups(unit, school_id, plan)
    opened: Counter[UUID] = Counter(dict.fromkeys(made.values(), 0))
    ended: Counter[UUID] = Counter()
    for group in plan.update:
        opened[group.group_id] += 0
    _pupils_in(unit, decision, [j for j in plan.join if j.side is Side.PUPIL], made, opened)
    _staff_in(unit, school_id, [j for j in plan.join if j.side is Side.STAFF], made, opened)
    _out(unit, decision, plan.end, members, ended)
    for group_id in sorted(set(opened) | set(ended)):
        unit.record(
            decision,
            Event.GROUP_CHANGED,
            Chain.organisation(school_id),
            obj=("teaching_group", group_id),
            group=str(group_id),
            opened=opened[group_id],
            ended=ended[group_id],
        )
    return len(plan.create), len(plan.update) + len(plan.join), len(plan.end)


def _groups(unit: Unit, school_id: UUID, plan: GroupPlan) -> dict[str, UUID]:
    phase = unit.connection.scalar(select(Organisation.phase).where(Organisation.id == school_id))
    usual = "class" if phase in ("nursery", "primary", "special") else "teaching"
    made = {group_key(one.name): new_id() for one in plan.create}
    if plan.create:
        unit.connection.execute(
            insert(GROUPS),
            [
                group_row(
                    unit,
                    school_id,
                    made[group_key(one.name)],
                    one.name[:60],
                    one.kind or usual,
                    (one.subject or "")[:60] or None,
                )
                for one in plan.create
            ],
        )
    for one in plan.update:
        values: dict[str, Any] = {change.field: change.becomes for change in one.changes}
        unit.connection.execute(update(GROUPS).where(GROUPS.c.id == one.group_id).values(**values))
    return made


def _group_of(join: Join, made: dict[str, UUID]) -> UUID:
    return join.group_id or made[group_key(join.group_name)]


def _pupils_in(
    unit: Unit, decision: Decision, joins: list[Join], made: dict[str, UUID], opened: Counter[UUID]
) -> None:
    fresh = [
        ties.NewTie(
            join.member_id,
            GROUP,
            _first_day(join, unit.today),
            valid_to=join.to_on,
            group_id=_group_of(join, made),
        )
        for join in joins
    ]
    ties.open_many(unit, fresh)
    for tie in fresh:
        opened[tie.group_id or tie.id] += 1
        unit.record(
            decision,
            Event.TIE_OPENED,
            Chain.pupil(tie.pupil_id),
            obj=("tie", tie.id),
            kind=GROUP,
            to=tie.valid_to.isoformat() if tie.valid_to else None,
            **{"from": tie.valid_from.isoformat()},
        )


def _first_day(join: Join, today: date) -> date:
    return join.from_on or (min(today, join.to_on) if join.to_on else today)


def _staff_in(
    unit: Unit, school_id: UUID, joins: list[Join], made: dict[str, UUID], opened: Counter[UUID]
) -> None:
    if not joins:
        return
    assistants = set(
        unit.connection.scalars(
            select(Membership.person_id).where(
                Membership.organisation_id == school_id,
                Membership.role == Role.TEACHING_ASSISTANT.value,
                Membership.ended_at.is_(None),
            )
        )
    )
    fresh = []
    for join in joins:
        starts = _first_day(join, unit.today)
        role = Role.TEACHING_ASSISTANT if join.member_id in assistants else Role.CLASS_TEACHER
        group = _Group(_group_of(join, made), school_id)
        ends = join.to_on or school_year_ends(max(starts, unit.today))
        fresh.append(staff_row(unit, group, join.member_id, role.value, starts, ends))
        opened[group.id] += 1
    unit.connection.execute(insert(STAFF), fresh)


def _out(
    unit: Unit,
    decision: Decision,
    ends: tuple[EndMembership, ...],
    members: dict[UUID, MembershipOnRecord],
    ended: Counter[UUID],
) -> None:
    pupils_out = [one for one in ends if members[one.membership_id].side is Side.PUPIL]
    staff_out = [one for one in ends if members[one.membership_id].side is Side.STAFF]
    rows = {
        row.id: row
        for row in unit.connection.execute(
            select(ties.TIES.c.id, ties.TIES.c.group_id).where(
                ties.TIES.c.id.in_([one.membership_id for one in pupils_out])
            )
        )
    }
    last, now = [], []
    for one in pupils_out:
        known = members[one.membership_id]
        if one.on < known.from_on:
            now.append(one.membership_id)
        else:
            last.append((one.membership_id, one.on))
        ended[rows[one.membership_id].group_id] += 1
        unit.record(
            decision,
            Event.TIE_ENDED,
            Chain.pupil(known.member_id),
            obj=("tie", one.membership_id),
            kind=GROUP,
            why="file",
        )
    ties.end_many(unit, last)
    ties.end_now(unit, now)
    if staff_out:
        unit.connection.execute(
            update(STAFF).where(STAFF.c.id == bindparam("of_row")).values(valid_to=bindparam("to_day")),
            [
                {
                    "of_row": one.membership_id,
                    "to_day": max(one.on, members[one.membership_id].from_on),
                }
                for one in staff_out
            ],
        )
