"""Schools, staff, classes and pupils, from the lists in `data/`, with every date drawn from today."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files

from stdnum.gb import upn as upn_number

from isp.demonstration.chance import seeded
from isp.demonstration.shapes import Authority, Group, Pupil, School, Staff
from isp.demonstration.terms import academic_year, school_years, terms_until

# Two neighbouring authorities, so that a pupil can live in one and go to school in the other.
AUTHORITIES = (
    Authority("815", "North Yorkshire", "send@north-yorkshire.example", "01632 960100"),
    Authority("816", "York", "send@york.example", "01632 960200"),
)

# key, name, kind, authority, URN, UKPRN, telephone, dialect. URNs from 900001 and UKPRNs from 19990001
# are not given out to anybody.
_SCHOOLS = (
    ("foxglove", "Foxglove Demonstration Primary School", "primary", "816", "900001", None, "0301", "sims"),
    (
        "tidewater",
        "Tidewater Demonstration Academy",
        "secondary",
        "815",
        "900002",
        "19990002",
        "0302",
        "arbor",
    ),
    ("acorns", "Little Acorns Demonstration Nursery", "nursery", "816", None, None, "0303", "nursery"),
    (
        "marlowe",
        "Marlowe Bridge Demonstration College",
        "college",
        "815",
        None,
        "19990004",
        "0304",
        "college",
    ),
    ("heron", "Heron Meadow Demonstration Junior School", "junior", "815", "900005", None, "0305", "bromcom"),
)
_KEY_OF = {"F": "foxglove", "T": "tidewater", "L": "acorns", "M": "marlowe", "H": "heron"}

# Establishment numbers in invented UPNs: 99xx is given to no school.
_ESTABLISHMENTS = {
    "foxglove": ("9901",),
    "tidewater": ("9911", "9912", "9913"),
    "acorns": ("9903",),
    "marlowe": ("9912", "9914"),
    "heron": ("9905", "9915"),
}

_CLASSES = {
    "foxglove": {
        "R": "Acorn",
        "1": "Beech",
        "2": "Cherry",
        "3": "Damson",
        "4": "Elm",
        "5": "Fir",
        "6": "Gorse",
    },
    "acorns": {"N1": "Seedlings", "N2": "Saplings"},
    "heron": {"3": "3 Kingfisher", "4": "4 Lapwing", "5": "5 Moorhen", "6": "6 Nuthatch"},
}
_TUTOR_GROUPS = {
    "M01": "12A",
    "M02": "12B",
    "M03": "12A",
    "M04": "12B",
    "M05": "14S",
    "M06": "12A",
    "M07": "13A",
    "M08": "13A",
    "M09": "13A",
    "M10": "13A",
    "M11": "14S",
    "M12": "14S",
}
_FIRST_ADMISSION = {"foxglove": 4100, "tidewater": 20050, "acorns": 610, "marlowe": 300700, "heron": 1500}
_FIRST_YEAR = {"foxglove": 0, "tidewater": 7, "marlowe": 12, "heron": 3}
_AGE_OF = {"N1": 2, "N2": 3, "R": 4}


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a hand-written list in `data/`."""
    text = (files("isp.demonstration") / "data" / name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def plain(text: str) -> str:
    """A name in lower-case ASCII letters, for an address."""
    # Letters that do not come apart into a base letter and a mark.
    for letter, base in (("ł", "l"), ("Ł", "L"), ("ø", "o"), ("ı", "i")):
        text = text.replace(letter, base)
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if c.isascii() and c.isalnum()).lower()


def schools(today: date) -> tuple[School, ...]:
    return tuple(
        School(
            key,
            name,
            kind,
            authority,
            urn,
            ukprn,
            f"office@{key}.example",
            f"01632 96{telephone}",
            dialect,
            school_years(today, kind, variant),
        )
        for variant, (key, name, kind, authority, urn, ukprn, telephone, dialect) in enumerate(_SCHOOLS)
    )


def variant_of(school: str) -> int:
    """The number that makes this school's calendar its own."""
    return [row[0] for row in _SCHOOLS].index(school)


def kind_of(school: str) -> str:
    return next(row[2] for row in _SCHOOLS if row[0] == school)


def last_term_ended(today: date, school: str) -> date:
    """The last day of the last term that was over before today."""
    ends = [term.ends_on for _, term in terms_until(today, kind_of(school), variant_of(school))]
    return max(day for day in ends if day < today)


def next_term_ends(today: date, school: str) -> date:
    """The last day of the term that goes on today, or of the next one in the holidays."""
    years = school_years(today, kind_of(school), variant_of(school))
    return min(term.ends_on for year in years for term in year.terms if term.ends_on > today)


def staff(today: date) -> tuple[Staff, ...]:
    domains = {"815": "north-yorkshire.example", "816": "york.example", "": "operations.example"}
    people = []
    this = academic_year(today)
    for row in rows("staff.csv"):
        place, years = row["place"], int(row["years"])
        ends_on = last_term_ended(today, place) if row["note"] == "left" else None
        starts_on = date(this - years, 9, 1) if years else last_term_ended(today, place) + timedelta(days=1)
        domain = domains.get(place, f"{place}.example")
        email = f"{plain(row['forename'])}.{plain(row['surname'])}@{domain}"
        people.append(
            Staff(
                row["id"],
                place,
                row["title"],
                row["forename"],
                row["surname"],
                row["role"],
                row["post"],
                email,
                tuple(row["groups"].split(";")) if row["groups"] else (),
                starts_on,
                ends_on,
            )
        )
    return tuple(people)


def pupils(today: date) -> tuple[Pupil, ...]:
    serials: Counter[str] = Counter()
    found = []
    for row in rows("pupils.csv"):
        pupil_id, year, family = row["id"], row["year"], row["family"]
        school = _KEY_OF[pupil_id[0]]
        leaves_on = None
        if family == "left":
            leaves_on = last_term_ended(today, school)
        elif family == "leaving":
            leaves_on = next_term_ends(today, school)
        # A leaver was in the year group of the list when he left.
        starts = academic_year(leaves_on if family == "left" and leaves_on else today)
        number = int(pupil_id[1:])
        found.append(
            Pupil(
                id=pupil_id,
                school=school,
                admission_number=str(_FIRST_ADMISSION[school] + 7 * number),
                upn=_upn(
                    school, pupil_id, _reception(year, starts), serials, temporary=family == "temporary"
                ),
                forename=row["forename"],
                middle=row["middle"],
                surname=row["surname"],
                known_as=row["known_as"],
                sex=row["sex"],
                born_on=_born(pupil_id, year, starts),
                year=year,
                class_name=_class_of(school, pupil_id, year),
                entered_on=_entered(school, year, family, starts, today),
                leaves_on=leaves_on,
                status=row["status"],
                need=row["need"],
                second_need=row["second"],
                lives_in=_lives_in(school, family),
                profile=row["profile"],
                story=row["story"],
                family=family,
            )
        )
    return tuple(found)


def groups(today: date) -> tuple[Group, ...]:
    """Classes and teaching groups of this academic year; a pupil who left in an earlier one is in none."""
    this = date(academic_year(today), 9, 1)
    everybody = pupils(today)
    workers = staff(today)
    found = []
    names = {(member.place, group) for member in workers for group in member.groups}
    for school, name in sorted(names):
        members = [p for p in everybody if p.school == school and not (p.leaves_on and p.leaves_on < this)]
        if is_class := any(p.class_name == name for p in members):
            inside = [p for p in members if p.class_name == name]
        else:
            inside = [p for p in members if p.year == name.split()[0]]
        found.append(
            Group(
                school=school,
                name=name,
                kind="class" if is_class else "teaching group",
                subject="" if is_class else name.split(maxsplit=1)[1],
                staff=tuple(m.id for m in workers if m.place == school and name in m.groups),
                pupils=tuple(p.id for p in inside),
                starts_on=this,
            )
        )
    return tuple(found)


def _reception(year: str, starts: int) -> int:
    """The autumn in which a pupil now in `year` comes or came to Reception."""
    return starts + 4 - _AGE_OF[year] if year in _AGE_OF else starts - int(year)


def _born(pupil_id: str, year: str, starts: int) -> date:
    """A birthday that puts the pupil in `year`; the young person of sixteen turns 17 only in August."""
    first = date(_reception(year, starts) - 5, 9, 1)
    if pupil_id == "M01":
        return date(first.year + 1, 8, 29)
    return first + timedelta(days=seeded(f"born {pupil_id}").randrange(3, 358))


def _entered(school: str, year: str, family: str, starts: int, today: date) -> date:
    if family == "temporary":
        begun = [term.starts_on for _, term in terms_until(today, kind_of(school), variant_of(school))]
        return begun[-1]
    if family == "moved":
        # Came from another school last year.
        return date(starts - 1, 9, 1)
    if school == "acorns":
        return date(starts if year == "N1" else starts - 1, 9, 1)
    return date(_reception(year, starts) + _FIRST_YEAR[school], 9, 1)


def _class_of(school: str, pupil_id: str, year: str) -> str:
    if school in _CLASSES:
        return _CLASSES[school][year]
    if school == "marlowe":
        return _TUTOR_GROUPS[pupil_id]
    return f"{year}{'TW'[(int(pupil_id[1:]) - 1) % 8 // 4]}"


def _lives_in(school: str, family: str) -> str:
    home = next(row[3] for row in _SCHOOLS if row[0] == school)
    other = {"815": "816", "816": "815"}
    return other[home] if family == "otherla" else home


def _upn(school: str, pupil_id: str, reception: int, serials: Counter[str], *, temporary: bool) -> str:
    """A number with a right check letter, of no real establishment, given to nobody else here."""
    authority = next(row[3] for row in _SCHOOLS if row[0] == school)
    establishments = _ESTABLISHMENTS[school]
    # Children get their number in Reception, or in the nursery class that they came to before.
    given = reception - 1 if school == "acorns" else reception
    stem = f"{authority}{establishments[int(pupil_id[1:]) % len(establishments)]}{given % 100:02d}"
    serials[stem] += 1
    serial = seeded(stem).randrange(1, 40) + 3 * serials[stem]
    body = f"{stem}{serial % 100:02d}R" if temporary else f"{stem}{serial:03d}"
    return f"{upn_number.calc_check_digit(body)}{body}"
