"""Staff: what a file would change.

A colleague is matched by e-mail address, which is the account; a file never changes that address. Roles in
a file are added, never taken away: job titles there are the payroll's, and who is SENCO is decided in
Settings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from isp.register.importing.cells import Parsed
from isp.register.importing.dates import in_words
from isp.register.importing.planning import Answer, Change, Counted, Notes, Plan, lines
from isp.register.importing.staff import ROLES, WIDE_ROLES, StaffRow


@dataclass(frozen=True, slots=True)
class StaffOnRecord:
    """A colleague at this school, whether still here or left. `roles` are keys of staff.ROLES."""

    person_id: UUID
    name: str
    email: str
    roles: frozenset[str] = frozenset()
    started_on: date | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class CreateStaff:
    """A colleague new to this school.

    Whether the address has an account elsewhere is for the caller to see to.
    """

    line: int
    row: StaffRow


@dataclass(frozen=True, slots=True)
class UpdateStaff:
    """A colleague on record with what changes. A change of `roles` carries two frozensets."""

    line: int
    person_id: UUID
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class StaffLeaves:
    """A membership that ends on `on`, by a leaving date or (`line` is None) by a box ticked."""

    line: int | None
    person_id: UUID
    on: date


@dataclass(frozen=True, slots=True)
class StaffReturns:
    """A colleague who had left and starts again on `on`. Roles of before do not come back by themselves."""

    line: int
    person_id: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class StaffPlan(Plan):
    """`passed_over`: lines of people who left before today and were never on record.

    `absent` as for pupils.
    """

    create: tuple[CreateStaff, ...]
    update: tuple[UpdateStaff, ...]
    leave: tuple[StaffLeaves, ...]
    rejoin: tuple[StaffReturns, ...]
    passed_over: tuple[int, ...]
    absent: tuple[UUID, ...]

    def counted(self) -> tuple[Counted, ...]:
        return (
            (len(self.create), "{} new.", "colleague"),
            (len(self.update), "{} changed.", "colleague"),
            (len(self.leave), "{} leaving.", "colleague"),
            (len(self.rejoin), "{} coming back.", "colleague"),
            (len(self.unchanged), "{} unchanged.", "colleague"),
            (len(self.passed_over), "{} left before today and never on record: not brought in.", "colleague"),
            (len(self.absent), "{} on record and not in the file: nothing happens to them.", "colleague"),
        )


def plan_staff(
    parsed: Parsed[StaffRow],
    on_record: Sequence[StaffOnRecord],
    *,
    today: date,
    answers: Mapping[str, Answer] | None = None,
    ticked: Mapping[UUID, date] | None = None,
) -> StaffPlan:
    """What the file would change.

    `answers` by Question.key; `ticked`: absent colleagues to end, with the day.
    """
    notes = Notes(answers or {})
    notes.carry(parsed.refused, parsed.warnings)
    known = {member.email.casefold(): member for member in on_record}
    names = {_letters(member.name): member for member in on_record if not _gone(member, today)}
    create: list[CreateStaff] = []
    update: list[UpdateStaff] = []
    leave: list[StaffLeaves] = []
    rejoin: list[StaffReturns] = []
    passed_over: list[int] = []
    seen: set[UUID] = set()
    for row in _merged(parsed.records, notes):
        member = known.get(row.email)
        if member is None:
            if row.left_on is not None and row.left_on <= today:
                passed_over.append(row.line)
                continue
            if _letters(row.name) in names:
                notes.warn(
                    row.line,
                    f"{row.name} is on record with another e-mail address. If this is one person, change the "
                    "address in Settings first, or there will be two.",
                )
            _warn_of_wide_roles(row.line, row.name, row.roles, notes)
            create.append(CreateStaff(row.line, row))
            continue
        seen.add(member.person_id)
        if not _is_the_same(row, member, notes):
            continue
        before = len(update) + len(leave) + len(rejoin)
        _compare(row, member, notes, update, leave, rejoin, today=today)
        if len(update) + len(leave) + len(rejoin) == before:
            notes.unchanged.append(row.line)
    absent = [m for m in on_record if m.person_id not in seen and not _gone(m, today)]
    chosen = ticked or {}
    leave += [StaffLeaves(None, m.person_id, chosen[m.person_id]) for m in absent if m.person_id in chosen]
    return StaffPlan(
        create=tuple(create),
        update=tuple(update),
        leave=tuple(leave),
        rejoin=tuple(rejoin),
        passed_over=tuple(passed_over),
        absent=tuple(m.person_id for m in absent if m.person_id not in chosen),
        unchanged=tuple(notes.unchanged),
        refused=notes.refused(),
        questions=tuple(notes.questions),
        warnings=notes.all_warnings(),
    )


def _gone(member: StaffOnRecord, today: date) -> bool:
    return member.left_on is not None and member.left_on <= today


def _merged(rows: Sequence[StaffRow], notes: Notes) -> list[StaffRow]:
    """One row a person: a list with a line for each post gives the roles of all; any other conflict is
    refused.
    """
    by_email: dict[str, list[StaffRow]] = defaultdict(list)
    for row in rows:
        by_email[row.email].append(row)
    merged: list[StaffRow] = []
    for same in by_email.values():
        first = same[0]
        if len({replace(row, line=0, roles=frozenset()) for row in same}) > 1:
            for row in same:
                others = lines(other.line for other in same if other is not row)
                notes.refuse(
                    row.line,
                    f"the same e-mail address is on {others} with another name or other dates. "
                    "Give each person one row.",
                )
            continue
        roles = frozenset[str]().union(*(row.roles for row in same))
        if len(same) > 1:
            notes.warn(
                first.line, f"the same person is also on {lines(row.line for row in same[1:])}; one is made."
            )
        merged.append(replace(first, roles=roles))
    return merged


def _is_the_same(row: StaffRow, member: StaffOnRecord, notes: Notes) -> bool:
    """An address handed to a successor (office@, head@) must not hand over the account with it."""
    if _parts(row.name) & _parts(member.name):
        return True
    answer = notes.ask(
        row.line,
        f"The address {row.email} is on record for {member.name}; the file gives it to {row.name}. Is this "
        "one person, whose name has changed? If not, give each person an address of their own.",
        Answer.SAME,
    )
    return answer is Answer.SAME


def _compare(
    row: StaffRow,
    member: StaffOnRecord,
    notes: Notes,
    update: list[UpdateStaff],
    leave: list[StaffLeaves],
    rejoin: list[StaffReturns],
    *,
    today: date,
) -> None:
    changes: list[Change] = []
    if row.name != member.name:
        changes.append(Change("name", "Name", member.name, row.name))
    returns = (
        row.left_on is None
        and member.left_on is not None
        and row.started_on is not None
        and row.started_on > member.left_on
    )
    # The list goes on naming what a leaver once was: that gives her nothing.
    if row.roles - member.roles and (returns or not _gone(member, today)):
        _warn_of_wide_roles(row.line, row.name, row.roles - member.roles, notes)
        changes.append(Change("roles", "Role", member.roles, member.roles | row.roles))
    if row.started_on is not None and row.started_on != member.started_on and not returns:
        changes.append(Change("started_on", "Start date", member.started_on, row.started_on))
    if changes:
        update.append(UpdateStaff(row.line, member.person_id, tuple(changes)))
    if row.left_on is not None and row.left_on != member.left_on:
        leave.append(StaffLeaves(row.line, member.person_id, row.left_on))
    elif returns and row.started_on is not None:
        rejoin.append(StaffReturns(row.line, member.person_id, row.started_on))
    elif row.left_on is None and member.left_on is not None:
        notes.warn(
            row.line,
            f"{member.name} has the leaving date {in_words(member.left_on)} on record, and it is kept. "
            "To bring a colleague back, give a start date after it.",
        )


def _warn_of_wide_roles(line: int, name: str, roles: frozenset[str], notes: Notes) -> None:
    for role in sorted(roles & WIDE_ROLES):
        notes.warn(line, f"this gives {name} the role of {ROLES[role]}. Check that it is right.")


def _letters(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


_COURTESY = frozenset({"", "mr", "mrs", "ms", "miss", "mx", "dr"})


def _parts(name: str) -> set[str]:
    return {_letters(part) for part in name.replace("-", " ").split()} - _COURTESY
