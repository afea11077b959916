"""Contacts: what a file would change about who is what to a pupil.

These ties decide who reads a child's plan, so a person is asked where a name does not settle who is meant,
every change of parental responsibility, care or confidentiality has a sentence of its own, and an address
once marked confidential stays so whatever a file says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from isp.register.importing.cells import Parsed
from isp.register.importing.contacts import ContactRow
from isp.register.importing.dates import in_words
from isp.register.importing.planning import Answer, Change, Counted, Notes, Plan, lines
from isp.register.importing.pupil_changes import name_keys
from isp.register.importing.pupil_plan import PupilOnRecord
from isp.register.importing.pupils import name_key


@dataclass(frozen=True, slots=True)
class ContactOnRecord:
    """An adult's tie to a pupil as the record has it, past ones as well."""

    tie_id: UUID
    pupil_id: UUID
    name: str
    relationship: str
    parental_responsibility: bool = False
    has_care: bool = False
    email: str | None = None
    phone: str | None = None
    address_confidential: bool = False
    court_order: str | None = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class CreateContact:
    """A new tie.

    What the row leaves open (None) is taken as "no"; `from_on` None: from the day it is made.
    """

    line: int
    pupil_id: UUID
    row: ContactRow


@dataclass(frozen=True, slots=True)
class UpdateContact:
    """A tie on record with what changes."""

    line: int
    tie_id: UUID
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class EndContact:
    """A tie that ends on `on`, the last day of it."""

    line: int
    tie_id: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class ContactPlan(Plan):
    """`passed_over` are lines of ties that ended before today and were never on record."""

    create: tuple[CreateContact, ...]
    update: tuple[UpdateContact, ...]
    end: tuple[EndContact, ...]
    passed_over: tuple[int, ...]

    def counted(self) -> tuple[Counted, ...]:
        return (
            (len(self.create), "{} new.", "contact"),
            (len(self.update), "{} changed.", "contact"),
            (len(self.end), "{} ending.", "contact"),
            (len(self.unchanged), "{} unchanged.", "contact"),
            (len(self.passed_over), "{} ended before today and never on record: not brought in.", "contact"),
        )


def plan_contacts(
    parsed: Parsed[ContactRow],
    on_record: Sequence[ContactOnRecord],
    *,
    today: date,
    pupils: Sequence[PupilOnRecord],
    answers: Mapping[str, Answer] | None = None,
) -> ContactPlan:
    """What the file would change. `pupils` are this school's; `answers` by Question.key."""
    planner = _Planner(on_record, today, pupils, Notes(answers or {}))
    planner.notes.carry(parsed.refused, parsed.warnings)
    planner.walk(parsed.records)
    return ContactPlan(
        create=tuple(planner.create),
        update=tuple(planner.update),
        end=tuple(planner.end),
        passed_over=tuple(planner.passed_over),
        unchanged=tuple(planner.notes.unchanged),
        refused=planner.notes.refused(),
        questions=tuple(planner.notes.questions),
        warnings=planner.notes.all_warnings(),
    )


class _Planner:
    def __init__(
        self, on_record: Sequence[ContactOnRecord], today: date, pupils: Sequence[PupilOnRecord], notes: Notes
    ) -> None:
        self.today, self.notes = today, notes
        self.by_upn = {pupil.upn: pupil.pupil_id for pupil in pupils if pupil.upn}
        self.by_name: dict[tuple[str, str, date], set[UUID]] = defaultdict(set)
        for pupil in pupils:
            for key in name_keys(pupil):
                self.by_name[key].add(pupil.pupil_id)
        self.ties: dict[UUID, list[ContactOnRecord]] = defaultdict(list)
        for tie in on_record:
            self.ties[tie.pupil_id].append(tie)
        self.create: list[CreateContact] = []
        self.update: list[UpdateContact] = []
        self.end: list[EndContact] = []
        self.passed_over: list[int] = []

    def walk(self, rows: Sequence[ContactRow]) -> None:
        placed = self._without_repeats([(row, pupil) for row in rows if (pupil := self._pupil(row))])
        # Names first: a shared family address must not make the second parent the first one renamed.
        by_line: dict[int, ContactOnRecord] = {}
        taken: set[UUID] = set()
        for row, pupil in placed:
            tie = self._named_alike(row, pupil)
            if tie is not None and tie.tie_id not in taken:
                by_line[row.line] = tie
                taken.add(tie.tie_id)
        for row, pupil in placed:
            known = by_line.get(row.line)
            if known is None:
                answer, known = self._under_another_name(row, pupil, taken)
                if answer is None:
                    continue
            if known is None or self._begins_again(row, known):
                self._new(row, pupil)
            else:
                self._compare(row, known)

    def _pupil(self, row: ContactRow) -> UUID | None:
        if row.upn is not None:
            pupil = self.by_upn.get(row.upn)
            if pupil is None:
                self.notes.refuse(
                    row.line, f"no pupil of this school has the UPN {row.upn}. Bring pupils in first."
                )
            return pupil
        found = self.by_name.get(name_key(*row.pupil), set()) if row.pupil else set()
        if len(found) == 1:
            return next(iter(found))
        self.notes.refuse(
            row.line,
            "more than one pupil has this name and date of birth. Give the UPN."
            if found
            else "no pupil of this school has this name and date of birth. Bring pupils in first.",
        )
        return None

    def _without_repeats(self, placed: list[tuple[ContactRow, UUID]]) -> list[tuple[ContactRow, UUID]]:
        same: dict[tuple[UUID, str, str | None], list[ContactRow]] = defaultdict(list)
        for row, pupil in placed:
            same[pupil, _letters(row.name), row.email].append(row)
        kept: list[tuple[ContactRow, UUID]] = []
        for row, pupil in placed:
            rows = same[pupil, _letters(row.name), row.email]
            if len({replace(each, line=0) for each in rows}) > 1:
                others = lines(other.line for other in rows if other is not row)
                self.notes.refuse(
                    row.line,
                    f"{row.name} is also on {others} for this pupil, with other details. Keep one row.",
                )
            elif row is rows[0]:
                kept.append((row, pupil))
            else:
                self.notes.warn(row.line, f"this row repeats line {rows[0].line}, and counts once.")
        return kept

    def _named_alike(self, row: ContactRow, pupil: UUID) -> ContactOnRecord | None:
        alike = [tie for tie in self.ties[pupil] if _letters(tie.name) == _letters(row.name)]
        # A father and a son of one name are told apart by address; then the tie that lasts comes before
        # past ones.
        alike.sort(key=lambda tie: (tie.email != row.email, not self._lasts(tie), tie.from_on or date.min))
        if len(alike) > 1 and row.email and alike[0].email != row.email and self._lasts(alike[1]):
            return None
        return alike[0] if alike else None

    def _lasts(self, tie: ContactOnRecord) -> bool:
        return tie.to_on is None or tie.to_on >= self.today

    def _under_another_name(
        self, row: ContactRow, pupil: UUID, taken: set[UUID]
    ) -> tuple[Answer | None, ContactOnRecord | None]:
        """Somebody on record with the same address and another name: one person or two? None while
        unanswered.
        """
        candidates = [
            tie
            for tie in self.ties[pupil]
            if row.email and tie.email == row.email and tie.tie_id not in taken and self._lasts(tie)
        ]
        if not candidates:
            return Answer.ANOTHER, None
        tie = candidates[0]
        answer = self.notes.ask(
            row.line,
            f"{tie.name} is on record for this pupil with the address {row.email}; the file gives it to "
            f"{row.name}. Is this one person, whose name has changed, or another one?",
            Answer.SAME,
            Answer.ANOTHER,
        )
        if answer is Answer.SAME:
            taken.add(tie.tie_id)
            return answer, tie
        return answer, None

    def _begins_again(self, row: ContactRow, tie: ContactOnRecord) -> bool:
        return (
            not self._lasts(tie)
            and tie.to_on is not None
            and row.from_on is not None
            and row.from_on > tie.to_on
        )

    def _new(self, row: ContactRow, pupil: UUID) -> None:
        if row.to_on is not None and row.to_on < self.today:
            self.passed_over.append(row.line)
            return
        self.create.append(CreateContact(row.line, pupil, row))

    def _compare(self, row: ContactRow, tie: ContactOnRecord) -> None:
        changes = [
            Change(name, label, was, says)
            for name, label in _LABELS.items()
            if (says := getattr(row, name)) is not None and says != (was := getattr(tie, name))
        ]
        if row.address_confidential is False and tie.address_confidential:
            changes = [change for change in changes if change.field != "address_confidential"]
            self.notes.warn(
                row.line,
                f"the address of {tie.name} is confidential on record and stays so. "
                "Only a person can lift that, on the pupil’s page.",
            )
        for change in changes:
            if change.field in _SAID_ALOUD:
                self.notes.warn(row.line, f"{tie.name}: {_SAID_ALOUD[change.field][bool(change.becomes)]}.")
        if changes:
            self.update.append(UpdateContact(row.line, tie.tie_id, tuple(changes)))
        if row.to_on is not None and row.to_on != tie.to_on:
            self.end.append(EndContact(row.line, tie.tie_id, row.to_on))
        elif not changes:
            self.notes.unchanged.append(row.line)
        if row.to_on is None and not self._lasts(tie) and tie.to_on is not None:
            self.notes.warn(
                row.line,
                f"{tie.name} is on record until {in_words(tie.to_on)}, and that is kept. To begin again, "
                "give a date from which it holds.",
            )


_LABELS = {
    "name": "Name",
    "relationship": "Relationship",
    "parental_responsibility": "Parental responsibility",
    "has_care": "Pupil lives with them",
    "email": "E-mail",
    "phone": "Telephone",
    "address_confidential": "Address is confidential",
    "court_order": "Court order",
}
# What becomes of it when the answer is no, and when it is yes.
_SAID_ALOUD = {
    "parental_responsibility": (
        "the file takes parental responsibility away, and with it what only a parent may see",
        "the file gives parental responsibility, and with it what only a parent may see",
    ),
    "has_care": (
        "the file says that the pupil no longer lives with this person",
        "the file says that the pupil lives with this person",
    ),
    "address_confidential": ("", "the address becomes confidential"),
    "court_order": ("", "there is a new note of a court order. Read it before anything is sent"),
}


def _letters(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
