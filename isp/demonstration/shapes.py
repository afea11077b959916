"""What the demonstration is made of: plain frozen dataclasses, no session, no clock.

Ids are short and stable for one cast ("F07", "T-SEN"); they are the demonstration's own and are never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from isp.demonstration.terms import SchoolYear


@dataclass(frozen=True)
class Authority:
    """A local authority. The code and name are real (a public body); everybody in it is invented."""

    code: str
    name: str
    email: str
    telephone: str


@dataclass(frozen=True)
class School:
    """A setting. `kind` is nursery, primary, junior, secondary or college; `urn` and `ukprn` may be missing;
    `dialect` names the school system whose exports its office sends (see `files`).
    """

    key: str
    name: str
    kind: str
    authority: str
    urn: str | None
    ukprn: str | None
    email: str
    telephone: str
    dialect: str
    calendar: tuple[SchoolYear, SchoolYear, SchoolYear]


@dataclass(frozen=True)
class Staff:
    """Somebody who works at a school (`place` is its key), for an authority (`place` is its code) or runs the
    installation (`place` is empty). `ends_on` is set for somebody who has left.
    """

    id: str
    place: str
    title: str
    forename: str
    surname: str
    role: str
    post: str
    email: str
    groups: tuple[str, ...]
    starts_on: date
    ends_on: date | None

    @property
    def name(self) -> str:
        return f"{self.forename} {self.surname}"

    @property
    def signed(self) -> str:
        """As a plan names a member of staff."""
        return f"{self.title} {self.surname}"


@dataclass(frozen=True)
class Group:
    """A class (registration group) or a teaching group of one school this academic year."""

    school: str
    name: str
    kind: str
    """`class` or `teaching group`."""
    subject: str
    staff: tuple[str, ...]
    pupils: tuple[str, ...]
    starts_on: date


@dataclass(frozen=True)
class Pupil:
    """A pupil of the cast. `year` is the national curriculum year as exports write it (N1, N2, R, 1 to 14);
    `status` is N, K or E; `need` and `second_need` are census codes or empty. `profile` and `story` say which
    plan is written for the pupil (see `plans`); `family` is the family's part in the demonstration.
    """

    id: str
    school: str
    admission_number: str
    upn: str
    forename: str
    middle: str
    surname: str
    known_as: str
    sex: str
    born_on: date
    year: str
    class_name: str
    entered_on: date
    leaves_on: date | None
    status: str
    need: str
    second_need: str
    lives_in: str
    """Code of the authority in whose area the pupil lives, which is the one responsible."""
    profile: str
    story: str
    family: str

    @property
    def called(self) -> str:
        """What the pupil is called in the pages of a plan."""
        return self.known_as or self.forename

    def has_left(self, today: date) -> bool:
        return self.leaves_on is not None and self.leaves_on < today


@dataclass(frozen=True)
class Guardian:
    """A parent or carer. `staff` is set where the same person also works at a school of the cast."""

    id: str
    title: str
    forename: str
    surname: str
    email: str
    telephone: str
    address: str
    staff: str | None = None

    @property
    def name(self) -> str:
        return f"{self.forename} {self.surname}"


@dataclass(frozen=True)
class Guardianship:
    """The dated tie of a guardian to a pupil; `restriction` says in words what a court has limited."""

    guardian: str
    pupil: str
    relationship: str
    parental_responsibility: bool
    care: bool
    starts_on: date
    evidence: str
    priority: int
    restriction: str = ""


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in. `person` is the id of a member of staff, a guardian or a pupil; `shows` says
    what this person is in the demonstration to show; only `listed` ones are printed for a newcomer.
    `active` is false for somebody who has left and whose work is to be handed over.
    """

    role: str
    name: str
    email: str
    password: str
    shows: str
    place: str
    person: str
    listed: bool
    active: bool = True


@dataclass(frozen=True)
class Cast:
    """Everybody, for one day."""

    today: date
    authorities: tuple[Authority, ...]
    schools: tuple[School, ...]
    staff: tuple[Staff, ...]
    groups: tuple[Group, ...]
    pupils: tuple[Pupil, ...]
    guardians: tuple[Guardian, ...]
    guardianships: tuple[Guardianship, ...]
    accounts: tuple[Account, ...]

    def school(self, key: str) -> School:
        return next(school for school in self.schools if school.key == key)

    def pupil(self, pupil_id: str) -> Pupil:
        return next(pupil for pupil in self.pupils if pupil.id == pupil_id)

    def member(self, staff_id: str) -> Staff:
        return next(member for member in self.staff if member.id == staff_id)

    def pupils_of(self, school: str) -> tuple[Pupil, ...]:
        return tuple(pupil for pupil in self.pupils if pupil.school == school)

    def families_of(self, pupil_id: str) -> tuple[tuple[Guardian, Guardianship], ...]:
        """A pupil's guardians with their ties, the first contact first."""
        people = {guardian.id: guardian for guardian in self.guardians}
        ties = sorted((t for t in self.guardianships if t.pupil == pupil_id), key=lambda t: t.priority)
        return tuple((people[tie.guardian], tie) for tie in ties)
