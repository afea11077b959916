"""One row through the eyes of a mapping: each field asked for by name, each fault noted with its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from isp.kernel.canonical import undirected
from isp.register.importing.dates import in_words, read_date
from isp.register.importing.problems import NotUnderstood, Problem, Refused
from isp.register.importing.reading import Row, Sheet

T = TypeVar("T")

_FORMULA_STARTS = ("=", "+", "-", "@")
_NOTHING = frozenset({"-", "–", "—"})  # what people type to say that there is nothing
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
# No letter of a name; an operator's terminal would obey some of them. What is white space stays white space.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))  # part of how some scripts are written: kept
_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\]+@[^@\s\"(),:;<>\[\]\\.]+(\.[^@\s\"(),:;<>\[\]\\.]+)+")
_YES = frozenset({"yes", "y", "true", "t", "1"})
_NO = frozenset({"no", "n", "false", "f", "0"})
MAX_NAME = 100
MAX_TEXT = 4_000


@dataclass(frozen=True)
class Parsed(Generic[T]):
    """A sheet's rows, understood: `records` in the order of the file, and the rows that were not."""

    records: tuple[T, ...]
    refused: tuple[Refused, ...]
    warnings: tuple[Problem, ...]


def clean(text: str) -> str:
    """One form for a cell: composed letters, single spaces, nothing invisible; a lone dash is nothing."""
    if not text.isascii():
        text = undirected(unicodedata.normalize("NFC", text)).translate(_INVISIBLE)
    if not text.isprintable():
        text = _CONTROL.sub("", text)
    text = " ".join(text.split())
    return "" if text in _NOTHING else text


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would calculate this cell."""
    return text.startswith(_FORMULA_STARTS)


@dataclass
class Cells:
    """The cells of one row, by our field names.

    Blank cells and fields without a column are alike: nothing said.
    """

    line: int
    _cells: tuple[str, ...]
    _places: Mapping[str, int]
    _headers: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def column(self, key: str) -> str | None:
        place = self._places.get(key)
        return None if place is None else self._headers[place]

    def refuse(self, key: str | None, message: str) -> None:
        self.problems.append(Problem(self.line, self.column(key) if key else None, message))

    def warn(self, key: str | None, message: str) -> None:
        self.warnings.append(Problem(self.line, self.column(key) if key else None, message))

    def raw(self, key: str) -> str:
        place = self._places.get(key)
        return "" if place is None else self._cells[place]

    def text(self, key: str) -> str | None:
        """Text on one line, as it is; what looks like a formula stays text."""
        text = clean(self.raw(key))
        if len(text) > MAX_TEXT:
            self.refuse(key, _too_long(text, MAX_TEXT))
            return None
        return text or None

    def note(self, key: str) -> str | None:
        """Text that may run over several lines."""
        lines = [" ".join(line.split()) for line in unicodedata.normalize("NFC", self.raw(key)).splitlines()]
        text = "\n".join(line for line in lines if line)
        if len(text) > MAX_TEXT:
            self.refuse(key, _too_long(text, MAX_TEXT))
            return None
        return None if text in _NOTHING else text or None

    def word(self, key: str) -> str | None:
        """A short text that names something: no formula, nothing unprintable, at most 100 characters."""
        text = clean(self.raw(key))
        if not text:
            return None
        if looks_like_formula(text):
            self.refuse(
                key,
                f"“{text[:60]}” begins with “{text[0]}”, as a spreadsheet formula does. "
                "Nothing was calculated. Type the words themselves.",
            )
        elif len(text) > MAX_NAME:
            self.refuse(key, _too_long(text, MAX_NAME))
        elif not text.translate(_JOINERS).isprintable():
            self.refuse(key, "this cell has a character that cannot be printed. Type it again.")
        else:
            return text
        return None

    def name(self, key: str) -> str | None:
        """A person's name or a part of it: a word with at least one letter in it."""
        text = self.word(key)
        if text is not None and not any(c.isalpha() for c in text):
            self.refuse(key, f"“{text}” is not a name: it has no letter in it.")
            return None
        return text

    def read(self, key: str, reader: Callable[[str], T | None]) -> T | None:
        """What `reader` makes of the cell; its NotUnderstood becomes this row's problem."""
        text = self.word(key)
        if text is None:
            return None
        try:
            return reader(text)
        except NotUnderstood as error:
            self.refuse(key, str(error))
            return None

    def day(self, key: str, *, today: date) -> date | None:
        return self.read(key, lambda text: read_date(text, today=today))

    def email(self, key: str) -> str | None:
        """An e-mail address in small letters."""
        return self.read(key, _read_email)

    def yes_or_no(self, key: str) -> bool | None:
        return self.read(key, _read_yes_or_no)

    def born_on(self, key: str, *, today: date, oldest: int) -> date | None:
        """A date of birth: not to come, and not of anybody older than `oldest` years."""
        day = self.day(key, today=today)
        if day is None:
            return None
        if day > today:
            self.refuse(key, f"{in_words(day)} is still to come, so nobody was born on it. Check the year.")
            return None
        if age_on(day, today) > oldest:
            self.refuse(
                key,
                f"{in_words(day)} makes this pupil {age_on(day, today)} years old, and {oldest} is the most. "
                "Check the year.",
            )
            return None
        return day


def age_on(born_on: date, day: date) -> int:
    """Whole years from birth to `day`; who was born on 29 February has the birthday on 1 March in other
    years.
    """
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _too_long(text: str, most: int) -> str:
    return f"this cell has {len(text):,} characters, and {most:,} is the most. Shorten it."


def _read_email(text: str) -> str:
    email = text.removeprefix("mailto:").casefold()
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        raise NotUnderstood(f"“{text}” is not an e-mail address. It looks like name@school.example.")
    return email


def _read_yes_or_no(text: str) -> bool:
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise NotUnderstood(f"“{text}” is neither yes nor no. Write Yes or No, or leave the cell blank.")


def parse(
    sheet: Sheet, columns: Mapping[str, str | None], understand: Callable[[Cells], T | None]
) -> Parsed[T]:
    """Each row of the sheet through `understand`. A row with a problem is refused, whatever came of it.

    The rows that did not fit their headers are refused with them, in the order of the file.
    """
    at = {header: place for place, header in enumerate(sheet.headers)}
    places = {key: at[header] for key, header in columns.items() if header is not None and header in at}
    records: list[T] = []
    warnings: list[Problem] = []
    refused = [Refused(problem.line or 0, (problem,)) for problem in sheet.problems]
    for row in sheet.rows:
        cells = _cells(row, places, sheet.headers)
        record = understand(cells)
        warnings += cells.warnings
        if cells.problems:
            refused.append(Refused(row.line, tuple(cells.problems)))
        elif record is not None:
            records.append(record)
    refused.sort(key=lambda row: row.line)
    return Parsed(tuple(records), tuple(refused), tuple(warnings))


def _cells(row: Row, places: Mapping[str, int], headers: tuple[str, ...]) -> Cells:
    return Cells(row.line, row.cells, places, headers)
