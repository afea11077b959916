"""Pupils: what a file would change.

A row is matched to a pupil on record by UPN, by the former UPN it gives, else by name and date of birth.
Where number and name point to different children, a person is asked. A UPN that another school holds as
well is *held aside* by whoever applies the plan: the pupil is created like any other, nothing of the other
record is attached, and no sentence or count here differs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from isp.register.importing.cells import Parsed
from isp.register.importing.dates import in_words
from isp.register.importing.identifiers import is_temporary
from isp.register.importing.planning import Answer, Change, Notes, lines
from isp.register.importing.pupil_changes import (
    called,
    change,
    name_changes,
    name_keys,
    names_agree,
    number_changes,
)
from isp.register.importing.pupil_plan import (
    LABELS,
    SETTLED_BY_A_PERSON,
    SHOWN_AS_WELL,
    CreatePupil,
    Difference,
    PupilLeaves,
    PupilOnRecord,
    PupilPlan,
    PupilReturns,
    UpdatePupil,
)
from isp.register.importing.pupils import PupilRow, name_key

_PLAIN = ("uln", "born_on", "year_group", "sex", "class_name", "admitted_on", "home_authority")


def plan_pupils(
    parsed: Parsed[PupilRow],
    on_record: Sequence[PupilOnRecord],
    *,
    today: date,
    upns_elsewhere: Collection[str] = (),
    answers: Mapping[str, Answer] | None = None,
    take: Collection[str] = (),
    ticked: Mapping[UUID, date] | None = None,
    bring_leavers: bool = False,
) -> PupilPlan:
    """What the file would change.

    `upns_elsewhere`: those of the file's UPNs that a pupil of another school has. `answers` by Question.key.
    `take`: keys of differences where the file's SEN status or need is to replace the record's. `ticked`:
    pupils absent from the file whom a person ends, with the day. `bring_leavers`: create also who left
    before today.
    """
    planner = _Planner(on_record, today, frozenset(upns_elsewhere), frozenset(take), Notes(answers or {}))
    planner.notes.carry(parsed.refused, parsed.warnings)
    planner.walk(_without_repeats(parsed.records, planner.notes), bring_leavers=bring_leavers)
    return planner.plan(ticked or {})


def _without_repeats(rows: Sequence[PupilRow], notes: Notes) -> list[PupilRow]:
    """Rows that say the same twice count once; rows about one pupil that differ are refused, all of them."""
    first: dict[PupilRow, int] = {}
    kept: list[PupilRow] = []
    for row in rows:
        bare = replace(row, line=0)
        if bare in first:
            notes.warn(row.line, f"this row repeats line {first[bare]}, and counts once.")
            continue
        first[bare] = row.line
        kept.append(row)
    by_upn: dict[str, list[PupilRow]] = defaultdict(list)
    by_name: dict[tuple[str, str, date], list[PupilRow]] = defaultdict(list)
    for row in kept:
        if row.upn:
            by_upn[row.upn].append(row)
        by_name[name_key(row.legal_forename, row.legal_surname, row.born_on)].append(row)
    for upn, same in by_upn.items():
        _refuse_each(same, notes, f"the UPN {upn} is also on {{}}. A UPN belongs to one pupil.")
    for same in by_name.values():
        # Two children may share a name and a birthday, if each has a number of its own.
        if any(row.upn is None for row in same):
            _refuse_each(
                same, notes, "the same name and date of birth are also on {}. Give each row its UPN."
            )
        elif len({row.upn for row in same}) > 1:
            for row in same:
                others = lines(other.line for other in same if other is not row)
                notes.warn(row.line, f"{others} have the same name and date of birth, with another UPN.")
    return [row for row in kept if not notes.is_refused(row.line)]


def _refuse_each(rows: list[PupilRow], notes: Notes, message: str) -> None:
    if len(rows) > 1:
        for row in rows:
            others = lines(other.line for other in rows if other is not row)
            notes.refuse(row.line, message.format(others))


class _Planner:
    """The picture of what is on record, and the plan as it grows. Used once."""

    def __init__(
        self,
        on_record: Sequence[PupilOnRecord],
        today: date,
        elsewhere: frozenset[str],
        take: frozenset[str],
        notes: Notes,
    ) -> None:
        self.on_record, self.today, self.elsewhere, self.take = on_record, today, elsewhere, take
        self.notes = notes
        self.by_upn = {pupil.upn: pupil for pupil in on_record if pupil.upn}
        self.by_name: dict[tuple[str, str, date], list[PupilOnRecord]] = defaultdict(list)
        for pupil in on_record:
            for key in name_keys(pupil):
                self.by_name[key].append(pupil)
        self.matched: dict[UUID, int] = {}
        self.create: list[CreatePupil] = []
        self.update: list[UpdatePupil] = []
        self.leave: list[PupilLeaves] = []
        self.rejoin: list[PupilReturns] = []
        self.differences: list[Difference] = []
        self.passed_over: list[int] = []

    def walk(self, rows: list[PupilRow], *, bring_leavers: bool) -> None:
        # Numbers first: whom a number names is nobody else's namesake.
        pairs: dict[int, PupilOnRecord] = {}
        for row in rows:
            pupil = self.by_upn.get(row.upn or "") or self.by_upn.get(row.former_upn or "")
            if pupil is not None:
                self._claim(pupil, row, pairs)
        for row in rows:
            if row.line in pairs:
                if self._is_the_same(row, pairs[row.line]):
                    self._compare(row, pairs[row.line])
            elif not self.notes.is_refused(row.line):
                self._by_name_or_new(row, pairs, bring_leavers=bring_leavers)

    def _claim(self, pupil: PupilOnRecord, row: PupilRow, pairs: dict[int, PupilOnRecord]) -> bool:
        other = self.matched.setdefault(pupil.pupil_id, row.line)
        if other != row.line:
            self.notes.refuse(
                row.line, f"this is the same pupil as on line {other}. Take one of the rows out."
            )
            return False
        pairs[row.line] = pupil
        return True

    def _is_the_same(self, row: PupilRow, pupil: PupilOnRecord) -> bool:
        """Whether the child whom the number names is the child the row describes."""
        forename, surname = names_agree(row, pupil)
        born = row.born_on == pupil.born_on
        if born and (forename or surname):
            return True
        if forename and surname:
            self.notes.warn(
                row.line,
                f"the date of birth of {called(pupil)} was {in_words(pupil.born_on)} and becomes "
                f"{in_words(row.born_on)}.",
            )
            return True
        answer = self.notes.ask(
            row.line,
            f"This UPN is on record for {called(pupil)}, born {in_words(pupil.born_on)}; the file gives it "
            f"to {row.legal_forename} {row.legal_surname}, born {in_words(row.born_on)}. Is this one child, "
            "whose name or date of birth has changed? If not, correct the UPN in the file.",
            Answer.SAME,
        )
        return answer is Answer.SAME

    def _by_name_or_new(self, row: PupilRow, pairs: dict[int, PupilOnRecord], *, bring_leavers: bool) -> None:
        key = name_key(row.legal_forename, row.legal_surname, row.born_on)
        namesakes = [pupil for pupil in self.by_name.get(key, ()) if pupil.pupil_id not in self.matched]
        if len(namesakes) > 1:
            self.notes.refuse(
                row.line,
                "more than one pupil on record has this name and date of birth, and the UPN does not tell "
                "which. Give the UPN as it is on record.",
            )
            return
        if namesakes and self._is_the_namesake(row, namesakes[0]):
            if self._claim(namesakes[0], row, pairs):
                self._compare(row, namesakes[0])
            return
        if any(question.line == row.line for question in self.notes.questions):
            return
        if row.left_on is not None and row.left_on <= self.today and not bring_leavers:
            self.passed_over.append(row.line)
            return
        self.create.append(CreatePupil(row.line, row, row.upn in self.elsewhere))

    def _is_the_namesake(self, row: PupilRow, pupil: PupilOnRecord) -> bool:
        if row.upn is None or pupil.upn is None or is_temporary(pupil.upn):
            return True
        if is_temporary(row.upn):
            self.notes.warn(
                row.line,
                f"the file has a temporary UPN for {called(pupil)}, and the permanent one on record is kept.",
            )
            return True
        answer = self.notes.ask(
            row.line,
            f"{called(pupil)}, born {in_words(pupil.born_on)}, is on record with the UPN {pupil.upn}; the "
            f"file has {row.upn}. Is this the same child, whose UPN is to be replaced, or another one?",
            Answer.SAME,
            Answer.ANOTHER,
        )
        return answer is Answer.SAME

    def _compare(self, row: PupilRow, pupil: PupilOnRecord) -> None:
        changes = [*number_changes(row, pupil), *name_changes(row, pupil)]
        returns = (
            row.left_on is None
            and pupil.left_on is not None
            and row.admitted_on is not None
            and row.admitted_on > pupil.left_on
        )
        for name in _PLAIN:
            if name == "admitted_on" and returns:
                continue
            changes += change(name, getattr(pupil, name), getattr(row, name))
        changes += self._settle(row, pupil)
        hold = any(change.field == "upn" and change.becomes in self.elsewhere for change in changes)
        if changes:
            self.update.append(UpdatePupil(row.line, pupil.pupil_id, tuple(changes), hold))
        stays = not self._goes_or_comes(row, pupil, returns=returns)
        if not changes and stays:
            self.notes.unchanged.append(row.line)

    def _settle(self, row: PupilRow, pupil: PupilOnRecord) -> list[Change]:
        """The changes among the fields that are shown side by side; every difference is noted."""
        changes: list[Change] = []
        for name in ("sen_status", "primary_need", "secondary_need", "class_name"):
            was, says = getattr(pupil, name), getattr(row, name)
            if says is None or was is None or was == says:
                if name in SETTLED_BY_A_PERSON:
                    changes += change(name, was, says)
                continue
            difference = Difference(
                row.line, pupil.pupil_id, name, LABELS[name], was, says, taken=name in SHOWN_AS_WELL
            )
            if name in SETTLED_BY_A_PERSON and difference.key in self.take:
                difference = replace(difference, taken=True)
                changes += change(name, was, says)
            self.differences.append(difference)
        return changes

    def _goes_or_comes(self, row: PupilRow, pupil: PupilOnRecord, *, returns: bool) -> bool:
        if row.left_on is not None:
            reason, destination = row.leaving_reason, row.destination
            if (
                row.left_on == pupil.left_on
                and reason in (None, pupil.leaving_reason)
                and destination in (None, pupil.destination)
            ):
                return False
            self.leave.append(
                PupilLeaves(
                    row.line,
                    pupil.pupil_id,
                    row.left_on,
                    reason or pupil.leaving_reason,
                    destination or pupil.destination,
                )
            )
            return True
        if returns and row.admitted_on is not None:
            self.rejoin.append(PupilReturns(row.line, pupil.pupil_id, row.admitted_on))
            return True
        if pupil.left_on is not None:
            self.notes.warn(
                row.line,
                f"{called(pupil)} has the leaving date {in_words(pupil.left_on)} on record, and it is kept. "
                "To bring a pupil back, give an admission date after it.",
            )
        return False

    def plan(self, ticked: Mapping[UUID, date]) -> PupilPlan:
        absent = [
            pupil
            for pupil in self.on_record
            if pupil.pupil_id not in self.matched and (pupil.left_on is None or pupil.left_on > self.today)
        ]
        ended = [pupil for pupil in absent if pupil.pupil_id in ticked]
        leave = [
            *self.leave,
            *(PupilLeaves(None, pupil.pupil_id, ticked[pupil.pupil_id], None, None) for pupil in ended),
        ]
        return PupilPlan(
            create=tuple(self.create),
            update=tuple(self.update),
            leave=tuple(leave),
            rejoin=tuple(self.rejoin),
            differences=tuple(self.differences),
            passed_over=tuple(self.passed_over),
            absent=tuple(pupil.pupil_id for pupil in absent if pupil.pupil_id not in ticked),
            unchanged=tuple(self.notes.unchanged),
            refused=self.notes.refused(),
            questions=tuple(self.notes.questions),
            warnings=self.notes.all_warnings(),
        )
