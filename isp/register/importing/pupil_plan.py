"""What a pupils' plan consists of, and the picture of the record it starts from. No working out here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from isp.register.importing.planning import Change, Counted, Plan
from isp.register.importing.pupils import PupilRow

LABELS = {
    "upn": "UPN",
    "uln": "ULN",
    "legal_forename": "Legal forename",
    "legal_surname": "Legal surname",
    "preferred_forename": "Preferred forename",
    "preferred_surname": "Preferred surname",
    "born_on": "Date of birth",
    "year_group": "Year group",
    "sex": "Sex",
    "sen_status": "SEN status",
    "primary_need": "Primary need",
    "secondary_need": "Secondary need",
    "class_name": "Class",
    "admitted_on": "Admission date",
    "home_authority": "Home local authority",
}

# The SENCO's own: the file's word is taken where the record has none, else both are shown and a person
# chooses.
SETTLED_BY_A_PERSON = frozenset({"sen_status", "primary_need", "secondary_need"})
# The office's own: the file's word is taken, and shown as a difference as well.
SHOWN_AS_WELL = frozenset({"class_name"})


@dataclass(frozen=True, slots=True)
class PupilOnRecord:
    """A pupil of this school as the record has it, whether still here or left.

    `upn` is the number this school gave for the pupil, whether it is held aside or not.
    """

    pupil_id: UUID
    upn: str | None
    legal_forename: str
    legal_surname: str
    born_on: date
    preferred_forename: str | None = None
    preferred_surname: str | None = None
    uln: str | None = None
    year_group: str | None = None
    sex: str | None = None
    sen_status: str | None = None
    primary_need: str | None = None
    secondary_need: str | None = None
    class_name: str | None = None
    admitted_on: date | None = None
    left_on: date | None = None
    leaving_reason: str | None = None
    destination: str | None = None
    home_authority: str | None = None


@dataclass(frozen=True, slots=True)
class CreatePupil:
    """A new pupil.

    `hold_upn`: another school has this number; keep it aside, attach nothing, show nothing.
    """

    line: int
    row: PupilRow
    hold_upn: bool


@dataclass(frozen=True, slots=True)
class UpdatePupil:
    """A pupil on record with what becomes of which fields. `hold_upn` as for a new pupil."""

    line: int
    pupil_id: UUID
    changes: tuple[Change, ...]
    hold_upn: bool


@dataclass(frozen=True, slots=True)
class PupilLeaves:
    """An enrolment that ends on `on`, by a leaving date (`line`) or by a box ticked (`line` is None)."""

    line: int | None
    pupil_id: UUID
    on: date
    reason: str | None
    destination: str | None


@dataclass(frozen=True, slots=True)
class PupilReturns:
    """A pupil who had left and is admitted again on `on`: a new enrolment, the record goes on."""

    line: int
    pupil_id: UUID
    on: date


@dataclass(frozen=True, slots=True)
class Difference:
    """Where file and record say different things. `taken`: the file's word is part of this plan's changes.

    `key` names it in a form and in `take`; it holds no personal data.
    """

    line: int
    pupil_id: UUID
    field: str
    label: str
    on_record: str
    in_file: str
    taken: bool

    @property
    def key(self) -> str:
        return f"line-{self.line}-{self.field}"


@dataclass(frozen=True, kw_only=True)
class PupilPlan(Plan):
    """`passed_over` are lines of pupils who left before today and were never on record here.

    `absent` are pupils here now whom the file does not name: nothing happens to them unless a box is ticked.
    """

    create: tuple[CreatePupil, ...]
    update: tuple[UpdatePupil, ...]
    leave: tuple[PupilLeaves, ...]
    rejoin: tuple[PupilReturns, ...]
    differences: tuple[Difference, ...]
    passed_over: tuple[int, ...]
    absent: tuple[UUID, ...]

    def counted(self) -> tuple[Counted, ...]:
        return (
            (len(self.create), "{} new.", "pupil"),
            (len(self.update), "{} changed.", "pupil"),
            (len(self.leave), "{} leaving.", "pupil"),
            (len(self.rejoin), "{} coming back.", "pupil"),
            (len(self.unchanged), "{} unchanged.", "pupil"),
            (len(self.passed_over), "{} left before today and never on record: not brought in.", "pupil"),
            (len(self.absent), "{} on record and not in the file: nothing happens to them.", "pupil"),
        )
