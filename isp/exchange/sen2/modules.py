"""The return as one table a module, in the shape in which COLLECT hands it back (the Blade export).

Columns are the tags in small letters, then the row's own id, its order, where it came from, and its parent's
id. A day is written as ``2022-Sep-28 00:00:00``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from isp.exchange.sen2.message import Header, Person, fields_of
from isp.exchange.sen2.writing import as_text
from isp.exchange.sen2.years import Year

MODULES: Mapping[str, tuple[str, str | None]] = {
    "sen2": ("Header", None),
    "person": ("Person", "sen2"),
    "requests": ("Requests", "person"),
    "assessment": ("Assessment", "requests"),
    "namedplan": ("NamedPlan", "assessment"),
    "plandetail": ("PlanDetail", "namedplan"),
    "activeplans": ("ActivePlans", "requests"),
    "placementdetail": ("PlacementDetail", "activeplans"),
    "senneed": ("SENneed", "activeplans"),
}
"""Module, its element, and the module it hangs off."""
_MODULE_OF = {element: module for module, (element, _) in MODULES.items()}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Text(Protocol):
    """What a table is written to."""

    def write(self, text: str, /) -> object: ...


def file_name(module: str, on: date) -> str:
    """What COLLECT calls a module's file."""
    return f"Blade-Export_{on.strftime('%d-%m-%Y')}_{module}.csv"


def columns(module: str, year: Year) -> list[str]:
    """The columns of a module's table."""
    element, parent = MODULES[module]
    tags = [tag.lower() for tag in _leaves(element, year)]
    if module == "sen2":
        tags = ["collection", *tags[:2], "sourcelevel", *tags[2:]]
    made = [*tags, f"{module}tableid", "NativeId", f"{module}orderseqcolumn", "sourceid"]
    return [*made, f"{parent}tableid"] if parent else made


def _leaves(element: str, year: Year) -> Iterator[str]:
    kinds = {one.tag: one.kind for one in fields_of(element)}
    return (tag for tag in year.order[element] if kinds[tag] not in ("one", "many"))


class Tables:
    """Writes persons into nine tables as they come. ``begin`` first; ``outputs`` by module."""

    def __init__(self, outputs: Mapping[str, Text], year: Year) -> None:
        self._writers = {module: csv.writer(outputs[module]) for module in MODULES}
        self._year = year
        self._count = dict.fromkeys(MODULES, 0)
        self._source = ""
        self._shapes = {element: self._shape(element) for element, _ in MODULES.values()}

    def _shape(self, element: str) -> tuple[Sequence[str], Sequence[str]]:
        """The names of an element's values in the year's order, and of the elements within it."""
        by_tag = {one.tag: one for one in fields_of(element)}
        held = [by_tag[tag] for tag in self._year.order[element]]
        leaves = [one.name for one in held if one.kind not in ("one", "many")]
        return leaves, [f"{one.tag}:{one.name}" for one in held if one.kind in ("one", "many")]

    def begin(self, header: Header) -> None:
        """Headings, and the table of the header itself."""
        for module, writer in self._writers.items():
            writer.writerow(columns(module, self._year))
        self._source = header.lea
        self._count["sen2"] = 1
        leaves, _ = self._shapes["Header"]
        values = [_cell(getattr(header, name)) for name in leaves]
        values[leaves.index("serial")] = f"{header.serial:03d}"
        self._writers["sen2"].writerow(["SEN2", *values[:2], "L", *values[2:], 1, 1, 1, self._source])

    def add(self, persons: Iterable[Person]) -> None:
        """The rows of some persons."""
        for place, person in enumerate(persons, self._count["person"] + 1):
            self._row("Person", person, place, 1)

    def _row(self, element: str, value: Any, place: int, parent: int) -> None:
        module = _MODULE_OF[element]
        self._count[module] += 1
        own = self._count[module]
        leaves, parts = self._shapes[element]
        cells = [_cell(getattr(value, name)) for name in leaves]
        self._writers[module].writerow([*cells, own, own, place, self._source, parent])
        for part in parts:
            tag, _, name = part.partition(":")
            held = getattr(value, name)
            if held is None:
                continue
            for number, one in enumerate(held if isinstance(held, list) else [held], 1):
                self._row(tag, one, number, own)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if type(value) is date:
        return f"{value.year}-{MONTHS[value.month - 1]}-{value.day:02d} 00:00:00"
    return _harmless(as_text(value))


def _harmless(text: str) -> str:
    """No table program takes it for a formula."""
    return "'" + text if text[:1] in "=+-@\t\r" else text
