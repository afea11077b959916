"""What each school's office would export: pupils, staff, groups and contacts as the bytes of CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from isp.demonstration.cast import cast
from isp.demonstration.dialects import DIALECTS, Dialect
from isp.demonstration.shapes import Cast, School

KINDS = ("pupils", "staff", "groups", "contacts")
"""In the order in which they are imported: a group names pupils and staff, a contact names a pupil."""


@dataclass(frozen=True)
class Export:
    """One file of one school, as it lies on the office's desk."""

    school: str
    kind: str
    name: str
    content: bytes


def exports(today: date) -> tuple[Export, ...]:
    """The files of all schools, each school's in the order of `KINDS`."""
    everybody = cast(today)
    return tuple(export(everybody, school, kind) for school in everybody.schools for kind in KINDS)


def export(everybody: Cast, school: School, kind: str) -> Export:
    """One file of one school: what its office would export of this cast, as of the cast's day."""
    return Export(school.key, kind, f"{school.key}-{kind}.csv", _bytes(everybody, school, kind))


def _bytes(everybody: Cast, school: School, kind: str) -> bytes:
    dialect = DIALECTS[school.dialect]
    rows = {"pupils": _pupils, "staff": _staff, "groups": _groups, "contacts": _contacts}[kind]
    return _written(dialect, kind, school, everybody.today, rows(everybody, school, dialect))


def _written(
    dialect: Dialect, kind: str, school: School, today: date, rows: Iterable[dict[str, str]]
) -> bytes:
    """Columns in the dialect's order; what a dialect has no column for is left out, as offices do."""
    headers = dialect.headers[kind]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator="\r\n")
    if dialect.titled:
        writer.writerow([f"{school.name}: {kind}, printed on {dialect.day(today)}"])
    writer.writerow(headers.values())
    for row in rows:
        writer.writerow(row.get(key, "") for key in headers)
    return text.getvalue().encode(dialect.encoding)


def _pupils(everybody: Cast, school: School, dialect: Dialect) -> Iterator[dict[str, str]]:
    for pupil in sorted(everybody.pupils_of(school.key), key=lambda p: (p.class_name, p.surname, p.id)):
        gone = pupil.has_left(everybody.today)
        yield {
            "admission_number": pupil.admission_number,
            "upn": pupil.upn,
            "forename": pupil.forename,
            "middle": pupil.middle,
            "surname": pupil.surname,
            "full_name": f"{pupil.surname}, {pupil.forename}",
            "known_as": pupil.known_as,
            "born_on": dialect.day(pupil.born_on),
            "sex": dialect.sexes[pupil.sex],
            "year": dialect.years(pupil.year),
            "class_name": "" if gone else pupil.class_name,
            "status": dialect.statuses[pupil.status],
            "need": dialect.needs(pupil.need),
            "second_need": dialect.needs(pupil.second_need),
            "entered_on": dialect.day(pupil.entered_on),
            "leaves_on": dialect.day(pupil.leaves_on) if pupil.leaves_on else "",
            "leaving_reason": "Moved to another area" if pupil.leaves_on else "",
            "lives_in": pupil.lives_in,
        }


def _staff(everybody: Cast, school: School, dialect: Dialect) -> Iterator[dict[str, str]]:
    for member in everybody.staff:
        if member.place == school.key:
            yield {
                "title": member.title,
                "forename": member.forename,
                "surname": member.surname,
                "name": member.name,
                "post": member.post,
                "email": member.email,
                "starts_on": dialect.day(member.starts_on),
                "ends_on": dialect.day(member.ends_on) if member.ends_on else "",
            }


def _groups(everybody: Cast, school: School, dialect: Dialect) -> Iterator[dict[str, str]]:
    """A line for each pupil, with the group's first adult, and a line for each further adult."""
    for group in everybody.groups:
        if group.school != school.key:
            continue
        shared = {
            "name": group.name,
            "kind": dialect.kinds[group.kind],
            "subject": group.subject,
            "starts_on": dialect.day(group.starts_on),
        }
        adults = [everybody.member(staff).email for staff in group.staff]
        for pupil in group.pupils:
            if everybody.pupil(pupil).has_left(everybody.today):
                continue
            yield {**shared, "upn": everybody.pupil(pupil).upn, "email": adults[0]}
        for adult in adults[1:]:
            yield {**shared, "email": adult}


def _contacts(everybody: Cast, school: School, dialect: Dialect) -> Iterator[dict[str, str]]:
    def flag(answer: bool) -> str:
        return dialect.yes if answer else dialect.no

    for pupil in everybody.pupils_of(school.key):
        family = everybody.families_of(pupil.id)
        # Where one parent is kept away by an order, the other's address is not to be given out.
        hidden = any(tie.restriction for _, tie in family)
        for guardian, tie in family:
            yield {
                "upn": pupil.upn,
                "priority": str(tie.priority),
                "title": guardian.title,
                "forename": guardian.forename,
                "surname": guardian.surname,
                "name": guardian.name,
                "relationship": tie.relationship,
                "parental_responsibility": flag(tie.parental_responsibility),
                "care": flag(tie.care),
                "email": guardian.email,
                "telephone": guardian.telephone,
                "address": guardian.address,
                "confidential": flag(hidden and not tie.restriction),
                "restriction": tie.restriction,
            }
