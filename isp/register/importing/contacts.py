"""A row of a contacts file, understood: one adult, one pupil, and what is between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from isp.register.importing.cells import Cells, Parsed, clean, parse
from isp.register.importing.dates import in_words
from isp.register.importing.identifiers import read_upn
from isp.register.importing.pupils import OLDEST
from isp.register.importing.reading import Sheet


@dataclass(frozen=True, slots=True)
class ContactRow:
    """What one line says about one adult and one pupil; None where it says nothing.

    The pupil is named by `upn`, or by `pupil` (forename, surname, date of birth) where there is no UPN.
    `court_order` is text for a person to read: nothing follows from it by itself.
    """

    line: int
    upn: str | None
    pupil: tuple[str, str, date] | None
    name: str
    relationship: str
    parental_responsibility: bool | None = None
    has_care: bool | None = None
    email: str | None = None
    phone: str | None = None
    address_confidential: bool | None = None
    court_order: str | None = None
    from_on: date | None = None
    to_on: date | None = None


def read_contacts(sheet: Sheet, columns: Mapping[str, str | None], *, today: date) -> Parsed[ContactRow]:
    """The contacts of a sheet. `columns` has passed mapping.check."""
    return parse(sheet, columns, lambda cells: _contact(cells, today))


def _contact(cells: Cells, today: date) -> ContactRow | None:
    upn = cells.read("upn", read_upn)
    pupil = None if upn else _pupil(cells, today)
    name = _name(cells)
    relationship = cells.word("relationship")
    if relationship is None and not clean(cells.raw("relationship")):
        cells.refuse("relationship", "there is no relationship. Write what this person is to the pupil.")
    responsible = cells.yes_or_no("parental_responsibility")
    if responsible is None and not clean(cells.raw("parental_responsibility")):
        cells.warn(
            "parental_responsibility",
            "the file does not say whether this person has parental responsibility. None is assumed.",
        )
    from_on, to_on = cells.day("from_on", today=today), cells.day("to_on", today=today)
    if from_on and to_on and to_on < from_on:
        cells.refuse("to_on", f"{in_words(to_on)} is before the first day. One of them is wrong.")
    has_care = cells.yes_or_no("has_care")
    email, phone = cells.email("email"), _phone(cells)
    confidential, court_order = cells.yes_or_no("address_confidential"), cells.note("court_order")
    if cells.problems or name is None or relationship is None:
        return None
    return ContactRow(
        cells.line, upn, pupil, name, relationship, responsible, has_care, email, phone, confidential,
        court_order, from_on, to_on,
    )  # fmt: skip


def _pupil(cells: Cells, today: date) -> tuple[str, str, date] | None:
    if cells.problems:
        return None
    forename, surname = cells.name("pupil_forename"), cells.name("pupil_surname")
    born_on = cells.born_on("pupil_born_on", today=today, oldest=OLDEST)
    if forename and surname and born_on:
        return forename, surname, born_on
    if not cells.problems:
        cells.refuse(
            "upn", "the pupil cannot be told. Fill in the UPN, or forename, surname and date of birth."
        )
    return None


def _name(cells: Cells) -> str | None:
    whole, forename, surname = cells.name("name"), cells.name("forename"), cells.name("surname")
    if whole:
        return whole
    if forename or surname:
        return " ".join(part for part in (forename, surname) if part)
    if not any(clean(cells.raw(key)) for key in ("name", "forename", "surname")):
        cells.refuse("name" if cells.column("name") else "surname", "the contact has no name. Fill it in.")
    return None


def _phone(cells: Cells) -> str | None:
    """Kept as written: a number with a note ("07700 900123 after 5") is worth more than a tidy one."""
    text = cells.text("phone")
    if text is not None and sum(c.isdigit() for c in text) < 7:
        cells.warn("phone", f"“{text}” does not look like a whole telephone number.")
    return text
