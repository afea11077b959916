"""Authorities and schools: how they come to be, and the keys they come with.

The local authorities of England come from a bundled table (``data/authorities.csv``: code, ONS code, name,
region), derived from tables that the Department for Education publishes: contains public sector
information licensed under the Open Government Licence v3.0.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from isp.audit import Chain, Event, Unit
from isp.kernel.db import table_of
from isp.kernel.errors import Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.people.models import Organisation

AUTHORITY, SCHOOL = "authority", "school"
PHASES = {
    "nursery": "Nursery",
    "primary": "Primary",
    "secondary": "Secondary",
    "all_through": "All-through",
    "special": "Special",
    "college": "College",
}
CLOSES_ON = "closes_on"
"""Of a school's settings: its last day, or its last on this service."""
ORGANISATIONS = table_of(Organisation)
_SHAPES = {
    "la_code": (re.compile(r"\d{3}"), "A local authority's code has three digits."),
    "urn": (re.compile(r"[1-9]\d{5}"), "A URN has six digits and does not begin with 0."),
    "ukprn": (re.compile(r"1\d{7}"), "A UKPRN has eight digits and begins with 1."),
}


@cache
def known_authorities() -> Mapping[str, str]:
    """The names of England's local authorities by their three-digit codes."""
    text = files("isp.people").joinpath("data/authorities.csv").read_text(encoding="utf-8")
    return {row["la_code"]: row["la_name"] for row in csv.DictReader(text.splitlines())}


def add_authority(unit: Unit, grounds: Any, la_code: str, name: str | None = None) -> UUID:
    """An authority with its key; ``name`` is the table's where it knows the code. Its id.

    Raises Invalid where the code is on record, or is none and no name is given.
    """
    called = (name or known_authorities().get(la_code, "")).strip()
    _check(unit, called, {"la_code": la_code}, None)
    if la_code in _codes_on_record(unit):
        raise Invalid(
            "This authority is on record.", {"la_code": f"There is an authority {la_code} already."}
        )
    return _add(unit, grounds, [_row(unit, AUTHORITY, called, la_code=la_code)])[0]


def add_known_authorities(unit: Unit, grounds: Any) -> int:
    """Every authority of the table that is not on record yet, with its key. How many came to be."""
    there = _codes_on_record(unit)
    rows = [
        _row(unit, AUTHORITY, name, la_code=code)
        for code, name in known_authorities().items()
        if code not in there
    ]
    return len(_add(unit, grounds, rows))


def add_school(
    unit: Unit,
    grounds: Any,
    name: str,
    phase: str,
    *,
    la_code: str | None = None,
    urn: str | None = None,
    ukprn: str | None = None,
) -> UUID:
    """A school, nursery or college with its key; ``la_code`` is that of the area it lies in. Its id.

    Nurseries and colleges have a UKPRN or no number at all. Raises Invalid with a sentence for each field.
    """
    called = name.strip()
    _check(unit, called, {"la_code": la_code, "urn": urn, "ukprn": ukprn}, phase)
    row = _row(unit, SCHOOL, called, phase=phase, la_code=la_code, urn=urn, ukprn=ukprn)
    return _add(unit, grounds, [row])[0]


def _check(unit: Unit, name: str, numbers: Mapping[str, str | None], phase: str | None) -> None:
    errors = {}
    if not name:
        errors["name"] = "Give the name."
    elif len(name) > 200:
        errors["name"] = "Keep the name to 200 letters."
    if phase is not None and phase not in PHASES:
        errors["phase"] = f"Give one of {', '.join(PHASES)}."
    for key, value in numbers.items():
        shape, sentence = _SHAPES[key]
        if value is not None and not shape.fullmatch(value):
            errors[key] = sentence
    for key in ("urn", "ukprn"):
        value = numbers.get(key)
        if value and key not in errors:
            column = ORGANISATIONS.c[key]
            if unit.connection.scalar(select(ORGANISATIONS.c.id).where(column == value).limit(1)):
                errors[key] = f"There is an organisation with the number {value} already."
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def _codes_on_record(unit: Unit) -> set[str | None]:
    query = select(ORGANISATIONS.c.la_code).where(ORGANISATIONS.c.kind == AUTHORITY)
    return set(unit.connection.scalars(query))


def _row(unit: Unit, kind: str, name: str, **more: Any) -> dict[str, Any]:
    blank = {"phase": None, "la_code": None, "urn": None, "ukprn": None}
    return {**blank, **more, "id": new_id(), "kind": kind, "name": name, "settings": {}, "made_at": unit.now}


def _add(unit: Unit, grounds: Any, rows: list[dict[str, Any]]) -> list[UUID]:
    if not rows:
        return []
    unit.session.flush()
    unit.keys.create_many([(KeyOf.organisation(row["id"]), None) for row in rows])
    unit.connection.execute(insert(ORGANISATIONS), rows)
    for row in rows:
        made = row["id"]
        unit.record(grounds, Event.ORGANISATION_MADE, Chain.organisation(made), obj=("organisation", made))
    return [row["id"] for row in rows]


def authorities(unit: Unit) -> dict[UUID, tuple[str, str]]:
    """Every authority on record: its code and name, by id, in order of name."""
    o = ORGANISATIONS.c
    query = select(o.id, o.la_code, o.name).where(o.kind == AUTHORITY).order_by(o.name)
    return {row.id: (row.la_code or "", row.name) for row in unit.connection.execute(query)}


def find_school(unit: Unit, named: str) -> UUID | None:
    """The school with this URN, UKPRN or id, or None."""
    o = ORGANISATIONS.c
    named = named.strip()
    column: Any = o.urn if len(named) == 6 else o.ukprn
    value: str | UUID = named
    if len(named) > 8:
        try:
            column, value = o.id, UUID(named)
        except ValueError:
            return None
    found: UUID | None = unit.connection.scalar(select(o.id).where(column == value, o.kind == SCHOOL))
    return found


def names(unit: Unit, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of organisations by id."""
    o = ORGANISATIONS.c
    query = select(o.id, o.name).where(o.id.in_(sorted(set(ids))))
    return {row.id: row.name for row in unit.connection.execute(query)}


def closing(unit: Unit, ids: Iterable[UUID]) -> dict[UUID, date]:
    """The last day of those of these schools that close."""
    o = ORGANISATIONS.c
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = unit.connection.execute(select(o.id, o.settings).where(o.id.in_(wanted)))
    return {row.id: date.fromisoformat(row.settings[CLOSES_ON]) for row in rows if CLOSES_ON in row.settings}
