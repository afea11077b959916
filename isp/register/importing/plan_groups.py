"""Classes and teaching groups: what a file would change.

A membership is what "teaches this pupil" means, so it is dated and ends only by a date in the file or by a
person. Pupils and colleagues must be on record first; a UPN that is not this school's is answered in one
sentence, whoever else may have it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from isp.register.importing.cells import Parsed
from isp.register.importing.groups import GroupRow, group_key
from isp.register.importing.planning import Answer, Change, Counted, Notes, Plan


class Side(StrEnum):
    """Which side of a group somebody is on."""

    PUPIL = "pupil"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class MembershipOnRecord:
    """Somebody in a group. `member_id` is a pupil's or a person's id; `to_on` None while it lasts.

    `ended_today`: a person took him out today. A file that was exported before knows nothing of it.
    """

    membership_id: UUID
    side: Side
    member_id: UUID
    from_on: date
    to_on: date | None = None
    ended_today: bool = False


@dataclass(frozen=True, slots=True)
class GroupOnRecord:
    """A group of this school with all its memberships, past ones as well."""

    group_id: UUID
    name: str
    kind: str
    subject: str | None = None
    members: tuple[MembershipOnRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class CreateGroup:
    """A new group. `kind` is None where the file does not say: the caller's default."""

    line: int
    name: str
    kind: str | None
    subject: str | None


@dataclass(frozen=True, slots=True)
class UpdateGroup:
    """A group on record whose kind or subject changes."""

    line: int
    group_id: UUID
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """Somebody comes into a group. `group_id` is None for a group of this plan's `create`, found by
    `group_name`.

    `from_on` None: from the day the plan is carried out.
    """

    line: int
    group_id: UUID | None
    group_name: str
    side: Side
    member_id: UUID
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True, slots=True)
class EndMembership:
    """A membership that ends on `on`, the last day of it."""

    line: int
    membership_id: UUID
    on: date


@dataclass(frozen=True, slots=True)
class TakenOut:
    """Somebody whom a person took out of the group today, and whom the file has in it.

    He stays out unless a person says so: `taken` then, and the membership is part of this plan's `join`.
    `key` names it in a form and in `take`; it holds no personal data.
    """

    line: int
    group: str
    side: Side
    member_id: UUID
    taken: bool

    @property
    def key(self) -> str:
        return f"line-{self.line}-{self.side}"


@dataclass(frozen=True, kw_only=True)
class GroupPlan(Plan):
    """`passed_over` are lines of memberships that ended before today and were never on record."""

    create: tuple[CreateGroup, ...]
    update: tuple[UpdateGroup, ...]
    join: tuple[Join, ...]
    end: tuple[EndMembership, ...]
    passed_over: tuple[int, ...]
    taken_out: tuple[TakenOut, ...] = ()

    def counted(self) -> tuple[Counted, ...]:
        sides = [join.side for join in self.join]
        return (
            (len(self.create), "{} new.", "group"),
            (len(self.update), "{} changed.", "group"),
            (sides.count(Side.PUPIL), "{} added to groups.", "pupil"),
            (sides.count(Side.STAFF), "{} added to groups.", "colleague"),
            (len(self.end), "{} ending.", "membership"),
            (len(self.unchanged), "{} unchanged.", "row"),
            (
                len(self.passed_over),
                "{} ended before today and never on record: not brought in.",
                "membership",
            ),
            (
                sum(not one.taken for one in self.taken_out),
                "{} ended today by hand: left ended.",
                "membership",
            ),
        )


def plan_groups(
    parsed: Parsed[GroupRow],
    on_record: Sequence[GroupOnRecord],
    *,
    today: date,
    pupils: Mapping[str, UUID],
    staff: Mapping[str, UUID],
    answers: Mapping[str, Answer] | None = None,
    take: Collection[str] = (),
) -> GroupPlan:
    """What the file would change.

    `pupils` are this school's by UPN, `staff` its colleagues by address in small letters; `take` names
    those `taken_out` who are to come in again.
    """
    planner = _Planner(on_record, today, pupils, staff, Notes(answers or {}), take)
    planner.notes.carry(parsed.refused, parsed.warnings)
    for row in parsed.records:
        planner.take(row)
    return planner.plan()


@dataclass
class _Group:
    """A group as it will be: on record or about to be made."""

    line: int
    on_record: GroupOnRecord | None
    name: str
    kind: str | None
    subject: str | None


class _Planner:
    def __init__(
        self,
        on_record: Sequence[GroupOnRecord],
        today: date,
        pupils: Mapping[str, UUID],
        staff: Mapping[str, UUID],
        notes: Notes,
        taken: Collection[str],
    ) -> None:
        self.taken = taken
        self.taken_out: list[TakenOut] = []
        self.today, self.pupils, self.staff, self.notes = today, pupils, staff, notes
        self.groups = {group_key(group.name): _Group(0, group, group.name, None, None) for group in on_record}
        self.memberships: dict[tuple[UUID, Side, UUID], list[MembershipOnRecord]] = {}
        for group in on_record:
            for member in group.members:
                key = (group.group_id, member.side, member.member_id)
                self.memberships.setdefault(key, []).append(member)
        self.asked: dict[tuple[str, Side, UUID], GroupRow] = {}
        self.join: list[Join] = []
        self.end: list[EndMembership] = []
        self.passed_over: list[int] = []

    def take(self, row: GroupRow) -> None:
        group = self._group(row)
        before = self._said()
        if row.upn is not None:
            pupil = self.pupils.get(row.upn)
            if pupil is None:
                self.notes.refuse(
                    row.line, f"no pupil of this school has the UPN {row.upn}. Bring pupils in first."
                )
            else:
                self._place(row, group, Side.PUPIL, pupil)
        if row.email is not None:
            person = self.staff.get(row.email)
            if person is None:
                self.notes.refuse(
                    row.line,
                    f"no colleague of this school has the address {row.email}. Bring staff in first.",
                )
            else:
                self._place(row, group, Side.STAFF, person)
        if self._said() == before and not self.notes.is_refused(row.line):
            self.notes.unchanged.append(row.line)

    def _said(self) -> int:
        return len(self.join) + len(self.end) + len(self.passed_over) + len(self.taken_out)

    def _group(self, row: GroupRow) -> _Group:
        key = group_key(row.group)
        group = self.groups.setdefault(key, _Group(row.line, None, row.group, None, None))
        for name in ("kind", "subject"):
            says, so_far = getattr(row, name), getattr(group, name)
            if says is None or says == so_far:
                continue
            if so_far is not None:
                self.notes.refuse(
                    row.line,
                    f"{row.group} has another {'kind' if name == 'kind' else 'subject'} here than on "
                    f"line {group.line}. Give one group one of them.",
                )
                continue
            group.line = group.line or row.line
            setattr(group, name, says)
        return group

    def _place(self, row: GroupRow, group: _Group, side: Side, member_id: UUID) -> None:
        # Where one row names a pupil and a teacher, its dates are the pupil's.
        dated = side is Side.PUPIL or row.upn is None
        from_on, to_on = (row.from_on, row.to_on) if dated else (None, None)
        key = (group_key(row.group), side, member_id)
        first = self.asked.setdefault(key, row)
        if first is not row:
            if dated and (first.from_on, first.to_on) != (from_on, to_on):
                self.notes.refuse(
                    row.line,
                    f"the same membership is on line {first.line} with other dates. Keep one of them.",
                )
            return
        known = self._on_record(group, side, member_id, from_on, to_on)
        if known is not None:
            if to_on is not None and known.to_on != to_on:
                self.end.append(EndMembership(row.line, known.membership_id, to_on))
        elif to_on is not None and to_on < self.today:
            self.passed_over.append(row.line)
        elif self._stays_out(row, group, side, member_id, from_on):
            self.taken_out.append(TakenOut(row.line, group.name, side, member_id, taken=False))
        else:
            group_id = group.on_record.group_id if group.on_record else None
            self.join.append(Join(row.line, group_id, group.name, side, member_id, from_on, to_on))

    def _stays_out(
        self, row: GroupRow, group: _Group, side: Side, member_id: UUID, from_on: date | None
    ) -> bool:
        """Whether a person ended this membership today, and nobody has said that the file's word counts."""
        if group.on_record is None or (from_on is not None and from_on > self.today):
            return False
        held = self.memberships.get((group.on_record.group_id, side, member_id), [])
        if not any(membership.ended_today for membership in held):
            return False
        one = TakenOut(row.line, group.name, side, member_id, taken=True)
        if one.key not in self.taken:
            return True
        self.taken_out.append(one)
        return False

    def _on_record(
        self, group: _Group, side: Side, member_id: UUID, from_on: date | None, to_on: date | None
    ) -> MembershipOnRecord | None:
        """The membership on record that the row speaks of: the one that lasts, else one with the same
        dates.
        """
        if group.on_record is None:
            return None
        found = self.memberships.get((group.on_record.group_id, side, member_id), [])
        for membership in found:
            if membership.to_on is None or membership.to_on >= self.today:
                return membership
        for membership in found:
            if to_on is not None and membership.to_on == to_on and from_on in (None, membership.from_on):
                return membership
            if from_on is not None and membership.from_on == from_on:
                return membership
        return None

    def plan(self) -> GroupPlan:
        create: list[CreateGroup] = []
        update: list[UpdateGroup] = []
        for group in self.groups.values():
            if group.on_record is None:
                create.append(CreateGroup(group.line, group.name, group.kind, group.subject))
                continue
            changes = tuple(
                Change(name, label, was, says)
                for name, label, was, says in (
                    ("kind", "Kind of group", group.on_record.kind, group.kind),
                    ("subject", "Subject", group.on_record.subject, group.subject),
                )
                if says is not None and says != was
            )
            if changes:
                update.append(UpdateGroup(group.line, group.on_record.group_id, changes))
        changed_lines = {group.line for group in create} | {group.line for group in update}
        return GroupPlan(
            create=tuple(create),
            update=tuple(update),
            join=tuple(self.join),
            end=tuple(self.end),
            passed_over=tuple(self.passed_over),
            taken_out=tuple(self.taken_out),
            unchanged=tuple(line for line in self.notes.unchanged if line not in changed_lines),
            refused=self.notes.refused(),
            questions=tuple(self.notes.questions),
            warnings=self.notes.all_warnings(),
        )
