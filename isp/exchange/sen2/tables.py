"""Reading the message from one table a module, as COLLECT hands it back and as ``modules`` writes it.

The same as ``reading`` gives: persons one after the other, with what departs from the form as variances. Rows
find each other by their numbers (``persontableid`` and so on), in whatever order the tables have them. The
tables that hang off a person are held in memory, as the rows that they are.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from isp.exchange.sen2.message import ELEMENTS, Field, Person, field_by_tag, fields_of
from isp.exchange.sen2.modules import MODULES, MONTHS
from isp.exchange.sen2.reading import MAX_TEXT, OTHERWISE, Message, NotSen2, value_of

MAX_BYTES = 250_000_000
"""Of all nine tables as they are unpacked: of an authority with ten times the largest one's persons."""
_NAME = re.compile(r"(?:^|[_\-/\\ ])([a-z0-9]+)\.csv$", re.IGNORECASE)
_COLLECT_DAY = re.compile(r"^(\d{4})-([A-Za-z]{3})-(\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?$")
_MONTHS = {name.lower(): number for number, name in enumerate(MONTHS, 1)}
# A number that int() reads: what others call digits (a superscript two) and what is too long, it refuses.
_PLACE = re.compile(r"[0-9]{1,18}")
_FORMULA = re.compile(r"^'(?=[=+\-@\t\r])")


def module_of(name: str) -> str | None:
    """The module whose table a file is, by its name: ``Blade-Export_20-01-2026_person.csv``; else None."""
    found = _NAME.search(name)
    module = found[1].lower() if found else ""
    return module if module in MODULES else None


def packed_tables(given: Mapping[str, bytes]) -> bytes:
    """Tables by module as one archive."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for module in MODULES:
            if module in given:
                archive.writestr(zipfile.ZipInfo(f"{module}.csv"), given[module], zipfile.ZIP_DEFLATED)
    return into.getvalue()


def persons(packed: bytes, message: Message) -> Iterator[Person]:
    """The persons of an archive that ``packed_tables`` made; ``message`` fills as they come.

    Raises NotSen2 where there is no table of persons, or one cannot be read as a table at all.
    """
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        there = {name.removesuffix(".csv"): archive.read(name) for name in archive.namelist()}
    if "person" not in there:
        raise NotSen2("There is no table of persons among these: a file whose name ends in “person.csv”.")
    tables = {module: _Table(module, there.get(module), message) for module in MODULES}
    _header(tables["sen2"], message)
    for module in MODULES:
        if module not in there and module != "sen2":
            message.vary(f"there is no table “{module}”: nothing of it is read")
    held = {module: tables[module].by_parent() for module, (_, parent) in MODULES.items() if _below(parent)}
    for row in tables["person"].rows():
        yield _made("Person", row, held, message)
    for module, left in held.items():
        for rows in left.values():
            for _ in rows:
                message.vary(
                    f"a row of “{module}” belongs to no row of “{MODULES[module][1]}”, and is left out"
                )


def _below(parent: str | None) -> bool:
    return parent is not None and parent != "sen2"


def _made(element: str, row: _Row, held: Mapping[str, dict[str, list[_Row]]], message: Message) -> Any:
    made = ELEMENTS[element]()
    for name, value in row.values:
        setattr(made, name, value)
    for one in fields_of(element):
        if one.kind not in ("one", "many"):
            continue
        module = _MODULE_OF[one.tag]
        parts = [_made(one.tag, part, held, message) for part in held[module].pop(row.own, ())]
        if one.kind == "many":
            setattr(made, one.name, parts)
        elif parts:
            if len(parts) > 1:
                message.vary(f"{one.tag} stands twice in one {element}: the last counts")
            setattr(made, one.name, parts[-1])
    return made


_MODULE_OF = {element: module for module, (element, _) in MODULES.items()}


def _header(table: _Table, message: Message) -> None:
    for row in table.rows():
        tags = {one.name: one.tag for one in fields_of("Header")}
        message.header.update({tags[name]: value for name, value in row.values})
        return


@dataclass(slots=True)
class _Row:
    """One row: its number, its parent's, its place among its kind, and its values by name."""

    own: str
    parent: str
    place: str
    values: list[tuple[str, Any]]


@dataclass(slots=True)
class _Table:
    """A module's table, read a row at a time."""

    module: str
    raw: bytes | None
    message: Message
    _columns: list[Field | None] = field(default_factory=list)
    _own: int = -1
    _parent: int = -1
    _place: int = -1

    def rows(self) -> Iterator[_Row]:
        """Its rows in the order of the file."""
        if self.raw is None:
            return
        lines = csv.reader(io.StringIO(self._text(self.raw), newline=""), strict=True)
        try:
            head = next(lines, None)
            if head is None:
                raise NotSen2(f"The table “{self.module}” is empty: not even its headings are there.")
            self._heads(head)
            for cells in lines:
                if any(cell.strip() for cell in cells):
                    yield self._row(cells)
        except csv.Error:
            raise NotSen2(
                f"The table “{self.module}” cannot be read at line {lines.line_num}: it is damaged or no CSV."
            ) from None

    def by_parent(self) -> dict[str, list[_Row]]:
        """Its rows by the number of the row that each belongs to, in their order."""
        found: dict[str, list[_Row]] = {}
        for row in self.rows():
            found.setdefault(row.parent, []).append(row)
        for rows in found.values():
            if all(_PLACE.fullmatch(row.place) for row in rows):
                rows.sort(key=lambda row: int(row.place))
        return found

    def _text(self, raw: bytes) -> str:
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.message.vary(f"the table “{self.module}” is not in UTF-8, and is read as Windows text")
            return raw.decode("cp1252", errors="replace")

    def _heads(self, head: Sequence[str]) -> None:
        element, parent = MODULES[self.module]
        known = field_by_tag(element)
        beside = {"nativeid", "sourceid", "collection", "sourcelevel"}
        for place, cell in enumerate(head):
            small = cell.strip().lower()
            if small == f"{self.module}tableid":
                self._own = place
            elif small == f"{self.module}orderseqcolumn":
                self._place = place
            elif parent is not None and small == f"{parent}tableid":
                self._parent = place
            one = known.get(OTHERWISE.get(small, small))
            if one is not None and one.kind in ("one", "many"):
                one = None
            if one is None and small and small not in beside and not _binds(small):
                self.message.vary(
                    f"the column “{cell.strip()[:40]}” of “{self.module}” is no item of the return, "
                    "and is passed over"
                )
            elif one is not None and small != one.tag.lower():
                self.message.vary(f"“{cell.strip()[:40]}” is read as {one.tag}")
            self._columns.append(one)
        if self._own < 0 and element in _HOLDING:
            raise NotSen2(f"The table “{self.module}” has no column “{self.module}tableid”.")
        if self._parent < 0 and _below(parent):
            raise NotSen2(f"The table “{self.module}” has no column “{parent}tableid”.")

    def _row(self, cells: Sequence[str]) -> _Row:
        if len(cells) != len(self._columns):
            self.message.vary(f"a row of “{self.module}” has more or fewer cells than the headings")
        values = []
        for one, cell in zip(self._columns, cells, strict=False):
            if one is None:
                continue
            text = _FORMULA.sub("", cell.strip())
            if len(text) > MAX_TEXT:
                raise NotSen2(f"“{one.tag}” is longer than {MAX_TEXT} characters, which no item is.")
            value = value_of(_day(text) if one.kind == "date" else text, one, self.message)
            if value is not None:
                values.append((one.name, value))
        return _Row(_at(cells, self._own), _at(cells, self._parent), _at(cells, self._place), values)


_HOLDING = frozenset(
    element for element in ELEMENTS if any(one.kind in ("one", "many") for one in fields_of(element))
)


def _binds(name: str) -> bool:
    """Whether a column only ties rows together or orders them."""
    return any(name in (f"{module}tableid", f"{module}orderseqcolumn") for module in MODULES)


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if 0 <= place < len(cells) else ""


def _day(text: str) -> str:
    """A day as COLLECT writes it (2022-Sep-28 00:00:00) as ccyy-mm-dd; anything else as it is."""
    found = _COLLECT_DAY.match(text)
    month = _MONTHS.get(found[2].lower()) if found else None
    return f"{found[1]}-{month:02d}-{found[3]}" if found and month else text
