"""Parents and carers with their ties to pupils: most families drawn, the telling ones by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from isp.demonstration.chance import seeded
from isp.demonstration.rolls import plain, rows
from isp.demonstration.shapes import Guardian, Guardianship, Pupil, Staff

_STREETS = (
    "Bramble Row",
    "Curlew Close",
    "Old Ferry Lane",
    "Weir Street",
    "Larch Avenue",
    "Mill Race",
    "Tern Terrace",
    "Orchard Walk",
    "Plover Crescent",
    "Sallow Gardens",
    "Beck Side",
    "Heather View",
)
# Which year's birth certificate, order or letter the office has seen; shown to those who may see it.
_CERTIFICATE = "Birth certificate seen by the school office"


@dataclass
class _Families:
    """The families as they grow: guardians are numbered in the order of the pupils' list."""

    guardians: list[Guardian] = field(default_factory=list)
    ties: list[Guardianship] = field(default_factory=list)
    taken: Counter[str] = field(default_factory=Counter)

    def person(
        self, title: str, forename: str, surname: str, address: str, staff: Staff | None = None
    ) -> Guardian:
        number = len(self.guardians) + 1
        base = f"{plain(forename)}.{plain(surname)}"
        self.taken[base] += 1
        email = f"{base}{self.taken[base] if self.taken[base] > 1 else ''}@example.org"
        guardian = Guardian(
            id=f"G{number:03d}",
            title=title,
            forename=forename,
            surname=surname,
            email=staff.email if staff else email,
            # 07700 900000 to 900999 is kept for drama.
            telephone=f"07700 900{(number * 37) % 1000:03d}",
            address=address,
            staff=staff.id if staff else None,
        )
        self.guardians.append(guardian)
        return guardian

    def tie(
        self,
        guardian: Guardian,
        pupil: Pupil,
        relationship: str,
        priority: int,
        *,
        responsible: bool = True,
        care: bool = True,
        since: date | None = None,
        evidence: str = _CERTIFICATE,
        restriction: str = "",
    ) -> None:
        self.ties.append(
            Guardianship(
                guardian.id,
                pupil.id,
                relationship,
                responsible,
                care,
                since or pupil.born_on,
                evidence,
                priority,
                restriction,
            )
        )


def families(
    today: date, pupils: Iterable[Pupil], staff: Iterable[Staff]
) -> tuple[tuple[Guardian, ...], tuple[Guardianship, ...]]:
    """Everybody's parents and carers. Siblings (family `sibling:<id>`) share theirs."""
    made = _Families()
    members = {member.id: member for member in staff}
    everyone = list(pupils)
    by_id = {pupil.id: pupil for pupil in everyone}
    done: set[str] = set()
    for pupil in everyone:
        if pupil.id in done:
            continue
        children = [pupil]
        if pupil.family.startswith("sibling:"):
            children.append(by_id[pupil.family.removeprefix("sibling:")])
        done.update(child.id for child in children)
        _family_of(made, children, today, members)
    return tuple(made.guardians), tuple(made.ties)


def _family_of(made: _Families, children: list[Pupil], today: date, members: dict[str, Staff]) -> None:
    pupil = children[0]
    rng = seeded(f"family {pupil.id}")
    women, men = _names_for(pupil.id)
    mother, father = rng.choice(women), rng.choice(men)
    home, second_home = _address(pupil.id, 1), _address(pupil.id, 2)
    title = rng.choice(("Mrs", "Ms", "Miss"))

    if pupil.family == "separated":
        one = made.person("Ms", mother, pupil.surname, home)
        two = made.person("Mr", father, _FATHERS_OF_SEPARATED.get(pupil.id, pupil.surname), second_home)
        made.tie(one, pupil, "Mother", 1)
        made.tie(two, pupil, "Father", 2, care=pupil.id != "H14")
    elif pupil.family == "foster":
        placed = today - timedelta(days=430)
        order = "Care order shown by the social worker; the authority shares parental responsibility"
        carer = made.person("Mrs", "Winifred", "Larchwood", second_home)
        made.tie(
            carer,
            pupil,
            "Foster carer",
            1,
            responsible=False,
            since=placed,
            evidence="Placement letter from the authority",
        )
        birth = made.person("Ms", mother, pupil.surname, home)
        made.tie(birth, pupil, "Mother", 2, care=False, evidence=order)
    elif pupil.family == "grandmother":
        grandmother = made.person("Mrs", "Maureen", "Heathland", home)
        made.tie(
            grandmother,
            pupil,
            "Grandmother",
            1,
            responsible=False,
            since=today - timedelta(days=700),
            evidence="Letter from the mother: he lives with his grandmother",
        )
        absent = made.person("Miss", mother, pupil.surname, second_home)
        made.tie(absent, pupil, "Mother", 2, care=False)
    elif pupil.family == "restricted":
        one = made.person("Ms", mother, pupil.surname, home)
        made.tie(one, pupil, "Mother", 1)
        two = made.person("Mr", father, "Harrowgate-Shrike", second_home)
        made.tie(
            two,
            pupil,
            "Father",
            2,
            care=False,
            evidence="Sealed copy of the order in the safeguarding file",
            restriction="Child arrangements and prohibited steps order: letters twice a year through school; "
            "not to be told where the child lives, when she is where, or who takes her home",
        )
    elif pupil.family == "teacher":
        one = made.person("Mrs", "Marian", "Bilberry", home, members["F-T3"])
        two = made.person("Mr", father, pupil.surname, home)
        made.tie(one, pupil, "Mother", 1)
        made.tie(two, pupil, "Father", 2)
    else:
        _ordinary(made, children, rng, title, mother, father, home)


def _ordinary(
    made: _Families, children: list[Pupil], rng: Random, title: str, mother: str, father: str, home: str
) -> None:
    """One or two parents; now and then a step-parent who cares without parental responsibility."""
    draw = rng.random()
    surname = children[0].surname
    one = (
        made.person(title, mother, surname, home) if draw < 0.93 else made.person("Mr", father, surname, home)
    )
    first = "Mother" if draw < 0.93 else "Father"
    two = made.person("Mr", father, surname, home) if draw < 0.62 else None
    step = 0.56 < draw < 0.62
    for child in children:
        made.tie(one, child, first, 1)
        if two is None:
            continue
        if step:
            evidence = "The mother's word; no agreement or order seen"
            made.tie(
                two, child, "Stepfather", 2, responsible=False, since=child.entered_on, evidence=evidence
            )
        else:
            made.tie(two, child, "Father", 2)


_FATHERS_OF_SEPARATED = {
    "F07": "Dąbek",
    "F15": "Sandmartin",
    "T17": "Avocet",
    "H08": "Stoneycroft",
    "H14": "Cobnut",
}


def _names_for(pupil_id: str) -> tuple[list[str], list[str]]:
    for row in rows("parents.csv"):
        if pupil_id in row["pupils"].split() or row["culture"] == "british":
            return row["women"].split(";"), row["men"].split(";")
    raise LookupError(pupil_id)


def _address(pupil_id: str, house: int) -> str:
    """An address in no town: ZZ99 is the prefix that registers use where there is no postcode."""
    rng = seeded(f"address {pupil_id} {house}")
    return (
        f"{rng.randrange(1, 96)} {rng.choice(_STREETS)}, ZZ99 {rng.randrange(1, 9)}{rng.choice('ABDEFGH')}W"
    )
