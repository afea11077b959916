"""Looking at what a staged file would change, and carrying it out."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from isp.access.listing import record_list
from isp.audit import Chain, Event, Unit
from isp.kernel.canonical import canonical
from isp.kernel.errors import Conflict, Invalid
from isp.people import directory
from isp.register import pupils, roll
from isp.register.content import sort_key
from isp.register.importing import mapping
from isp.register.importing.cells import Parsed
from isp.register.importing.contacts import read_contacts
from isp.register.importing.groups import group_key, read_groups
from isp.register.importing.mapping import Kind
from isp.register.importing.plan_contacts import ContactPlan, plan_contacts
from isp.register.importing.plan_groups import GroupPlan, Side, plan_groups
from isp.register.importing.plan_pupils import plan_pupils
from isp.register.importing.plan_staff import StaffPlan, plan_staff
from isp.register.importing.planning import Answer, Plan
from isp.register.importing.problems import Problem
from isp.register.importing.pupil_plan import SETTLED_BY_A_PERSON, PupilPlan
from isp.register.importing.pupils import read_pupils
from isp.register.importing.staff import read_staff
from isp.register.imports import contacts_in, groups_in, picture, pupils_in, staff_in, staging
from isp.register.imports.staging import Staged

NOT_READY = (
    "Nothing was brought in: some rows need another look first. A file is brought in whole or not at all."
)
CHANGED = "The record changed since you looked at this file. Look at what it would do now, then confirm."


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person said while looking at a file.

    ``answers`` by question key, ``take``: differences where the file's word is to count, ``ticked``:
    absent pupils or colleagues who have left, with the day.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    take: Collection[str] = ()
    ticked: Mapping[UUID, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a staged file would change. ``plan`` is None while columns are ``missing``."""

    staged: Staged
    missing: tuple[str, ...]
    plan: Plan | None
    names: Mapping[UUID, str]
    """Names of the pupils and colleagues that differences and absences speak of, in the order to show."""

    @property
    def applicable(self) -> bool:
        """Whether it could be brought in as it stands."""
        return self.plan is not None and self.plan.applicable

    @property
    def changes_nothing(self) -> bool:
        """Whether the record says all this already."""
        return self.plan is not None and not any(counts_of(self.plan))

    @property
    def asks(self) -> bool:
        """Whether a person's answer or tick could make the file change something more."""
        plan = self.plan
        if plan is None:
            return False
        differ = any(one.field != "class_name" for one in getattr(plan, "differences", ()))
        return bool(plan.questions or differ or getattr(plan, "absent", ()) or getattr(plan, "taken_out", ()))

    def pupils_named(self) -> list[UUID]:
        """The pupils among ``names``."""
        if isinstance(self.plan, PupilPlan):
            return list(self.names)
        if isinstance(self.plan, GroupPlan):
            return [one.member_id for one in self.plan.taken_out if one.side is Side.PUPIL]
        return []

    def errors(self) -> list[Problem]:
        """Why rows cannot be brought in, in the order of the file."""
        return [] if self.plan is None else [p for row in self.plan.refused for p in row.problems]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file: ``sentences`` say it; ``applied`` whether the record was changed.

    ``applicable``: whether it could have been, where nobody asked for it.
    """

    applied: bool
    sentences: tuple[str, ...]
    problems: tuple[str, ...] = ()
    applicable: bool = False


def preview(unit: Unit, staged_id: UUID, choices: Choices | None = None) -> Preview:
    """What the file would change if it were brought in now. The view of the pupils it names is recorded."""
    staged = staging.opened(unit, staged_id)
    seen = _look(unit, staged, choices or Choices())
    shown = seen.pupils_named()
    if shown:
        record_list(unit, "import", shown, staged.decision.grounds)
    return seen


def _look(unit: Unit, staged: Staged, choices: Choices) -> Preview:
    missing = tuple(mapping.check(staged.kind, staged.columns, staged.sheet.headers))
    if missing:
        return Preview(staged, missing, None, {})
    plan, held = _plan(unit, staged, choices)
    return Preview(staged, (), plan, _names(unit, plan, held))


def _plan(unit: Unit, staged: Staged, choices: Choices) -> tuple[Plan, Any]:
    sheet, columns, today, school_id = staged.sheet, staged.columns, unit.today, staged.school_id
    match staged.kind:
        case Kind.PUPILS:
            known = {code: name for code, (_, name) in picture.authority_ids(unit).items()}
            parsed = read_pupils(sheet, columns, today=today, authorities=known)
            of_pupils = picture.of_pupils(unit, school_id)
            for_pupils = plan_pupils(
                parsed,
                of_pupils.on_record,
                today=today,
                answers=choices.answers,
                take=choices.take,
                ticked=choices.ticked,
            )
            return _in_another_class_as_well(for_pupils, of_pupils), of_pupils
        case Kind.STAFF:
            of_staff = picture.of_staff(unit, school_id)
            plan = plan_staff(
                _untitled(read_staff(sheet, columns, today=today)),
                of_staff.on_record,
                today=today,
                answers=choices.answers,
                ticked=choices.ticked,
            )
            return plan, of_staff
        case Kind.GROUPS:
            of_groups = picture.of_groups(unit, school_id)
            by_upn = {
                one.details.upn: one.pupil_id
                for one in roll.everybody(unit, school_id)
                if one.details.upn and (one.left_on is None or one.left_on >= today)
            }
            staff = picture.staff_by_email(picture.of_staff(unit, school_id), today)
            parsed_groups = read_groups(sheet, columns, today=today)
            return (
                plan_groups(
                    parsed_groups,
                    of_groups,
                    today=today,
                    pupils=by_upn,
                    staff=staff,
                    answers=choices.answers,
                    take=choices.take,
                ),
                of_groups,
            )
        case Kind.CONTACTS:
            of_contacts = picture.of_contacts(unit, school_id)
            found = plan_contacts(
                _untitled(read_contacts(sheet, columns, today=today)),
                of_contacts.on_record,
                today=today,
                pupils=picture.of_pupils(unit, school_id).on_record,
                answers=choices.answers,
            )
            return _without_the_past(found, of_contacts, today), of_contacts


def _untitled(parsed: Parsed[Any]) -> Parsed[Any]:
    """The same with Mr and Mrs taken off: a file with titles and one without name the same people."""
    return replace(
        parsed,
        records=tuple(replace(row, name=staff_in.untitled(row.name)) for row in parsed.records),
    )


def _in_another_class_as_well(plan: PupilPlan, held: picture.PupilPicture) -> PupilPlan:
    """A pupil in several classes or groups who is in the file's one of them is where the file says."""

    def is_there(pupil_id: UUID, name: object) -> bool:
        return group_key(str(name)) in held.groups.get(pupil_id, ())

    kept, said = [], set(plan.unchanged)
    moves = {one.line for one in plan.leave} | {one.line for one in plan.rejoin}
    for one in plan.update:
        changes = tuple(
            each
            for each in one.changes
            if each.field != "class_name" or not is_there(one.pupil_id, each.becomes)
        )
        if changes:
            kept.append(replace(one, changes=changes))
        elif one.line not in moves:
            said.add(one.line)
    different = tuple(
        one
        for one in plan.differences
        if one.field != "class_name" or not is_there(one.pupil_id, one.in_file)
    )
    return replace(plan, update=tuple(kept), differences=different, unchanged=tuple(sorted(said)))


def _without_the_past(plan: ContactPlan, held: picture.ContactPicture, today: date) -> ContactPlan:
    """A tie that is over is not changed by a file: what was, was."""
    over = {one.tie_id for one in held.on_record if one.to_on is not None and one.to_on < today}
    kept = tuple(one for one in plan.update if one.tie_id not in over)
    ends = tuple(one for one in plan.end if one.tie_id not in over)
    said = {one.line for one in plan.update if one.tie_id in over}
    said |= {one.line for one in plan.end if one.tie_id in over}
    return replace(plan, update=kept, end=ends, unchanged=tuple(sorted({*plan.unchanged, *said})))


def _names(unit: Unit, plan: Plan, held: Any) -> dict[UUID, str]:
    found: dict[UUID, tuple[tuple[str, str], str]] = {}
    if isinstance(plan, PupilPlan):
        for pupil_id in (*plan.absent, *(d.pupil_id for d in plan.differences)):
            details = held.by_id[pupil_id].details
            name = pupils.name_of(pupil_id, details)
            found[pupil_id] = name.sort_key, name.full
    elif isinstance(plan, StaffPlan):
        by_id = {one.person_id: one.name for one in held.on_record}
        for person_id in plan.absent:
            _, given, family = staff_in.split_name(by_id[person_id])
            found[person_id] = sort_key(family, given), by_id[person_id]
    elif isinstance(plan, GroupPlan):
        out = {side: [one.member_id for one in plan.taken_out if one.side is side] for side in Side}
        for pupil_id, pupil in pupils.names(unit, out[Side.PUPIL]).items():
            found[pupil_id] = pupil.sort_key, pupil.full
        for person_id, person in directory.names(unit, out[Side.STAFF]).items():
            found[person_id] = sort_key(person.full, ""), person.full
    return {one: name for one, (_, name) in sorted(found.items(), key=lambda item: item[1])}


def counts_of(plan: Plan) -> tuple[int, int, int]:
    """How many a plan creates, changes and ends."""
    match plan:
        case PupilPlan():
            return len(plan.create), len(plan.update) + len(plan.rejoin), len(plan.leave)
        case StaffPlan():
            return len(plan.create), len(plan.update) + len(plan.rejoin), len(plan.leave)
        case GroupPlan():
            return len(plan.create), len(plan.update) + len(plan.join), len(plan.end)
        case ContactPlan():
            return len(plan.create), len(plan.update), len(plan.end)
    raise TypeError(type(plan).__name__)


def apply(unit: Unit, staged_id: UUID, choices: Choices | None = None, *, seen: str | None = None) -> Outcome:
    """Bring a file in: all rows or none. Raises Invalid where a row is refused or a question open.

    ``seen``: what ``fingerprint`` gave for the preview that was confirmed; Conflict where the file would
    do something else now.
    """
    staged = staging.opened(unit, staged_id)
    roll.hold(unit, staged.school_id)
    staged = staging.opened(unit, staged_id)
    look = _Held(unit, staged, choices or Choices())
    if look.missing:
        raise Invalid(" ".join(look.missing))
    plan = look.plan
    if not plan.applicable:
        raise Invalid(NOT_READY)
    if seen is not None and seen != fingerprint(plan, choices):
        raise Conflict(CHANGED)
    counts = look.carry_out()
    staging.mark_applied(unit, staged)
    unit.record(
        staged.decision,
        Event.IMPORT_APPLIED,
        Chain.organisation(staged.school_id),
        obj=("staged_file", staged_id),
        kind=staged.kind.value,
        created=counts[0],
        changed=counts[1],
        ended=counts[2],
    )
    return Outcome(applied=True, sentences=plan_sentences(plan))


class _Held:
    """A plan worked out under the lock, with the picture it rests on."""

    def __init__(self, unit: Unit, staged: Staged, choices: Choices) -> None:
        self.unit, self.staged = unit, staged
        self.missing = tuple(mapping.check(staged.kind, staged.columns, staged.sheet.headers))
        if not self.missing:
            self.plan, self.picture = _plan(unit, staged, choices)

    def carry_out(self) -> tuple[int, int, int]:
        unit, school_id, decision = self.unit, self.staged.school_id, self.staged.decision
        unit.session.flush()
        match self.plan:
            case PupilPlan():
                return pupils_in.carry_out(unit, school_id, decision, self.plan, self.picture)
            case StaffPlan():
                return staff_in.carry_out(unit, school_id, decision, self.plan, self.picture)
            case GroupPlan():
                members = {m.membership_id: m for group in self.picture for m in group.members}
                return groups_in.carry_out(unit, school_id, decision, self.plan, members)
            case ContactPlan():
                return contacts_in.carry_out(unit, decision, self.plan, self.picture)
        raise TypeError(type(self.plan).__name__)


def fingerprint(plan: Plan, choices: Choices | None = None) -> str:
    """A short text that differs where a plan would do something else to the record.

    What a person's own answers decide is left out, so that answering is no change. No personal data.
    """
    chosen = choices or Choices()
    open_lines = {one.line for one in plan.questions} | {
        int(key.removeprefix("line-")) for key in chosen.answers
    }
    absent: set[UUID] = set(getattr(plan, "absent", ()))
    if isinstance(plan, GroupPlan):
        open_lines |= {one.line for one in plan.taken_out}
    if isinstance(plan, PupilPlan):
        open_lines |= {one.line for one in plan.differences if one.field in SETTLED_BY_A_PERSON}
    parts: list[Any] = []
    for name in ("create", "update", "join", "leave", "rejoin", "end"):
        steps = getattr(plan, name, ())
        parts.append(sorted(step.line for step in steps if step.line and step.line not in open_lines))
        absent |= {
            step.pupil_id if name == "leave" and isinstance(plan, PupilPlan) else step.person_id
            for step in steps
            if name == "leave" and step.line is None
        }
    parts.append(sorted(row.line for row in plan.refused))
    parts.append(sorted(str(one) for one in absent))
    return hashlib.sha256(canonical(parts)).hexdigest()[:32]


def plan_sentences(plan: Plan) -> tuple[str, ...]:
    """What a plan does, a sentence each."""
    return plan.summary()


def import_file(
    unit: Unit, school_id: UUID, kind: Kind | str, data: bytes | BinaryIO, *, apply_it: bool
) -> Outcome:
    """Stage a file, look at it and, if asked to and if nothing stands in the way, bring it in.

    For the command line. Raises Unreadable (an Invalid) where the file as a whole cannot be read. A file
    that was only to be looked at is thrown away again; one that was to be brought in and could not waits
    its day, so that its questions can be answered on its page.
    """
    staged_id = staging.stage(unit, school_id, Kind(kind), data)
    look = preview(unit, staged_id)
    if not apply_it:
        staging.put_aside(unit, staged_id)
    if look.plan is None:
        return Outcome(applied=False, sentences=look.missing)
    problems = tuple(str(problem) for problem in look.errors())
    questions = tuple(f"Line {one.line}: {one.message}" for one in look.plan.questions)
    warnings = tuple(str(problem) for problem in look.plan.warnings)
    sentences = plan_sentences(look.plan)
    if not look.applicable:
        return Outcome(False, (*sentences, NOT_READY), (*problems, *questions))
    if not apply_it:
        return Outcome(False, sentences, warnings, applicable=True)
    return Outcome(True, apply(unit, staged_id).sentences, warnings, applicable=True)
