"""A row of a pupils' file, understood."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from isp.register.importing import codes
from isp.register.importing.authorities import Authorities
from isp.register.importing.cells import Cells, Parsed, parse
from isp.register.importing.dates import in_words
from isp.register.importing.identifiers import names_known_authority, read_uln, read_upn
from isp.register.importing.reading import Sheet

OLDEST = 25  # years: the Children and Families Act 2014 ends at the 25th birthday, colleges export late
_FAR_FROM_USUAL = 2  # years above or below the usual year group that deserve a second look


@dataclass(frozen=True, slots=True)
class PupilRow:
    """What one line says about one pupil. None means that the file says nothing, never that there is nothing.

    `upn` is permanent or temporary; without one, name and date of birth are the key. `year_group` is one of
    codes.YEAR_GROUPS, and None only for a leaver. `sen_status` is N, K or E, needs are of codes.NEEDS,
    `home_authority` is a three-digit code. `left_on` may be to come.
    """

    line: int
    upn: str | None
    legal_forename: str
    legal_surname: str
    born_on: date
    year_group: str | None = None
    preferred_forename: str | None = None
    preferred_surname: str | None = None
    former_upn: str | None = None
    uln: str | None = None
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


def name_key(forename: str, surname: str, born_on: date) -> tuple[str, str, date]:
    """What makes two rows the same child where no number does: letters of the names, without accents or
    case.
    """
    return _letters(forename), _letters(surname), born_on


def _letters(name: str) -> str:
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name)
    # Without letters that fold to nothing a name in another script would equal every other: keep what is
    # left.
    return "".join(c for c in name.casefold() if c.isalnum())


def read_pupils(
    sheet: Sheet, columns: Mapping[str, str | None], *, today: date, authorities: Mapping[str, str]
) -> Parsed[PupilRow]:
    """The pupils of a sheet.

    `authorities` are names by three-digit code; `columns` has passed mapping.check.
    """
    known = Authorities.of(authorities)
    return parse(sheet, columns, lambda cells: _pupil(cells, today, known))


def _pupil(cells: Cells, today: date, authorities: Authorities) -> PupilRow | None:
    upn = cells.read("upn", read_upn)
    if upn is not None and not names_known_authority(upn):
        cells.warn("upn", f"{upn} names an authority we do not know ({upn[1:4]}). Check it.")
    names = _names(cells)
    born_on = cells.born_on("born_on", today=today, oldest=OLDEST)
    if born_on is None and not cells.raw("born_on").strip():
        cells.refuse("born_on", "there is no date of birth. Fill it in.")
    left_on = cells.day("left_on", today=today)
    admitted_on = cells.day("admitted_on", today=today)
    year_group = _year_group(cells, born_on, left_on, today)
    sen_status, primary, secondary = _sen(cells)
    if born_on and admitted_on and admitted_on < born_on:
        cells.refuse(
            "admitted_on", f"{in_words(admitted_on)} is before the date of birth. One of them is wrong."
        )
    if admitted_on and left_on and left_on < admitted_on:
        cells.refuse("left_on", f"{in_words(left_on)} is before the admission date. One of them is wrong.")
    row = {
        "former_upn": cells.read("former_upn", read_upn),
        "uln": cells.read("uln", read_uln),
        "sex": cells.read("sex", codes.read_sex),
        "class_name": cells.word("class_name"),
        "leaving_reason": cells.text("leaving_reason"),
        "destination": cells.text("destination"),
        "home_authority": cells.read("home_authority", authorities.read),
    }
    if cells.problems or names is None or born_on is None:
        return None
    return PupilRow(
        line=cells.line,
        upn=upn,
        legal_forename=names[0],
        legal_surname=names[1],
        preferred_forename=names[2],
        preferred_surname=names[3],
        born_on=born_on,
        year_group=year_group,
        admitted_on=admitted_on,
        left_on=left_on,
        sen_status=sen_status,
        primary_need=primary,
        secondary_need=secondary,
        **row,
    )


def _names(cells: Cells) -> tuple[str, str, str | None, str | None] | None:
    preferred_forename, preferred_surname = cells.name("preferred_forename"), cells.name("preferred_surname")
    forename, surname = cells.name("legal_forename"), cells.name("legal_surname")
    if (forename is None or surname is None) and (whole := cells.name("full_name")):
        parts = _parted(whole, surname or preferred_surname, forename)
        if parts is None:
            cells.refuse(
                "full_name",
                f"“{whole}” does not say which part is the surname. Write “Surname, Forename”, "
                "or export the two in columns of their own.",
            )
            return None
        surname, forename = surname or parts[0], forename or parts[1]
    # The only name that is given is the name; whether it is the legal one, the record may know better.
    if forename is None:
        forename, preferred_forename = preferred_forename, None
    if surname is None:
        surname, preferred_surname = preferred_surname, None
    if forename is None and not _faulty(cells, "legal_forename", "preferred_forename", "full_name"):
        cells.refuse("legal_forename", "there is no forename. Fill it in.")
    if surname is None and not _faulty(cells, "legal_surname", "preferred_surname", "full_name"):
        cells.refuse("legal_surname", "there is no surname. Fill it in.")
    if forename is None or surname is None:
        return None
    return forename, surname, preferred_forename, preferred_surname


def _parted(whole: str, surname: str | None, forename: str | None) -> tuple[str, str] | None:
    """Surname and forename of one whole name: by its comma, else by the one of the two that is known."""
    parts = [part.strip() for part in whole.split(",")]
    if len(parts) == 2 and all(parts):
        return parts[0], parts[1]
    if len(parts) != 1:
        return None
    words = whole.split()
    for known, is_surname in ((surname, True), (forename, False)):
        own = known.casefold().split() if known else []
        if not own or len(own) >= len(words):
            continue
        folded = [word.casefold() for word in words]
        if folded[-len(own) :] == own:
            rest = " ".join(words[: -len(own)])
        elif folded[: len(own)] == own:
            rest = " ".join(words[len(own) :])
        else:
            continue
        return (known or "", rest) if is_surname else (rest, known or "")
    return None


def _faulty(cells: Cells, *keys: str) -> bool:
    columns = {cells.column(key) for key in keys} - {None}
    return any(problem.column in columns for problem in cells.problems)


def _year_group(cells: Cells, born_on: date | None, left_on: date | None, today: date) -> str | None:
    year_group = cells.read(
        "year_group", lambda text: codes.read_year_group(text, born_on=born_on, today=today)
    )
    if year_group is None:
        if left_on is None and not cells.raw("year_group").strip():
            cells.refuse("year_group", "there is no year group. Write N1, N2, R, 1 to 14, or X.")
        return year_group
    if born_on is not None and left_on is None:
        apart = codes.years_from_usual(year_group, born_on, today)
        if apart is not None and abs(apart) >= _FAR_FROM_USUAL:
            side = "above" if apart > 0 else "below"
            cells.warn(
                "year_group",
                f"year {year_group} is {abs(apart)} years {side} the usual one for this date of birth. "
                "Check both.",
            )
    return year_group


def _sen(cells: Cells) -> tuple[str | None, str | None, str | None]:
    understood = cells.read("sen_status", codes.read_sen_status)
    status = None
    if understood:
        status, old = understood
        if old:
            cells.warn(
                "sen_status",
                f"“{cells.raw('sen_status').strip()}” is a status from before 2014, taken as {status} "
                f"({codes.SEN_STATUSES[status]}).",
            )
    primary = cells.read("primary_need", codes.read_need)
    secondary = cells.read("secondary_need", codes.read_need)
    if status == "N" and (primary or secondary):
        cells.warn(
            "primary_need" if primary else "secondary_need", "a need is given, and the SEN status is N."
        )
    if status == "E" and "NSA" in (primary, secondary):
        cells.warn(
            "primary_need" if primary == "NSA" else "secondary_need",
            "NSA (no specialist assessment) does not go with an EHC plan. Choose the need the plan names.",
        )
    if primary is not None and primary == secondary:
        cells.warn("secondary_need", f"{secondary} is the primary need already; no second one is taken.")
        secondary = None
    return status, primary, secondary
