"""The list of children with EHC plans that an area inspection asks for (Annex A, list 1), from the same walk.

Columns in the order in which they are asked for. Those of ``NOT_HELD`` stay empty: no such thing is
recorded here. What a school's own plan says of attendance or suspensions is the school's, and was not told
to the authority for this; nor is a disability read out of a type of need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.audit import Unit
from isp.exchange.deriving import named_on, placed
from isp.exchange.files import LIST, File, Packed
from isp.exchange.record_out import EARLY_YEARS, Entry
from isp.kernel.db import table_of
from isp.people.models import Organisation
from isp.people.organisations import PHASES, SCHOOL
from isp.register.importing.writing import Cell, write

COLUMNS = (
    "Unique ID",
    "UPN",
    "ULN",
    "Date of birth",
    "Gender",
    "Ethnicity",
    "Date initial EHC plan issued",
    "Date updated EHC plan issued",
    "Date EHC plan last reviewed",
    "SEN primary need",
    "Main education establishment – URN",
    "Main education establishment – phase",
    "Subsidiary education establishment – URN",
    "Subsidiary education establishment – phase (dual registration)",
    "Elective home education",
    "Suspensions",
    "Permanent exclusions",
    "Absence",
    "Pupil Premium",
    "Known to children's social care?",
    "Which children's social care team?",
    "Does the child or young person have a disability?",
)
NOT_HELD = (
    "Suspensions",
    "Permanent exclusions",
    "Absence",
    "Pupil Premium",
    "Known to children's social care?",
    "Which children's social care team?",
    "Does the child or young person have a disability?",
)


class Listing:
    """Rows of those whose plan is in force today. ``pupil_ids``: who is on it."""

    def __init__(self, today: date, phases: Mapping[UUID | str, str]) -> None:
        self.today, self.phases = today, phases
        self.pupil_ids: list[UUID] = []
        self._rows: list[list[Cell]] = []

    def add(self, part: Sequence[Entry]) -> None:
        """The rows of some persons."""
        for entry in part:
            plan = next((one for one in entry.held.plans if one.state in ("in_force", "ceasing")), None)
            if plan is not None:
                self.pupil_ids.append(entry.pupil_id)
                self._rows.append(row_of(entry, plan, self.today, self.phases))

    def done(self) -> File:
        """The file."""
        made = Packed()
        made.write(write(COLUMNS, self._rows).decode())
        return made.done(LIST)


def phases_of(unit: Unit) -> dict[UUID | str, str]:
    """The phase of every school on this service, by its id and by its URN."""
    o = table_of(Organisation).c
    query = select(o.id, o.urn, o.phase).where(o.kind == SCHOOL, o.phase.is_not(None))
    found: dict[UUID | str, str] = {}
    for row in unit.connection.execute(query):
        found |= {key: PHASES[row.phase] for key in (row.id, row.urn) if key and row.phase in PHASES}
    return found


def _phase(one: Any | None, phases: Mapping[UUID | str, str]) -> str | None:
    """The phase of a setting: of the school here, or the one that its number is of, if there is one."""
    if one is None:
        return None
    if one.code == EARLY_YEARS:
        return PHASES["nursery"]
    return phases.get(one.school_id) or phases.get(one.urn)


def row_of(entry: Entry, plan: Any, today: date, phases: Mapping[UUID | str, str]) -> list[Cell]:
    """One child's row: who, when, where as far as it is held."""
    person = entry.person
    ever = placed(entry.held.settings, plan.id)
    here = [one for one in ever if one.left_on is None or one.left_on >= today]
    if not ever:
        here = named_on(entry.held.settings, plan.id, today)
    main = next((one for one in here if one.rank == 1), None)
    second = next((one for one in here if one.rank == 2), None)
    held: dict[str, Any] = {
        "Unique ID": plan.reference,
        "UPN": person.upn,
        "ULN": person.uln,
        "Date of birth": person.born_on,
        "Gender": person.sex,
        "Ethnicity": person.ethnicity,
        "Date initial EHC plan issued": plan.first_made_on or plan.made_on,
        "Date updated EHC plan issued": plan.made_on if plan.made_on != plan.first_made_on else None,
        "Date EHC plan last reviewed": plan.last_review_on,
        "SEN primary need": entry.row.need_primary,
        "Main education establishment – URN": main.urn if main is not None else None,
        "Main education establishment – phase": _phase(main, phases),
        "Subsidiary education establishment – phase (dual registration)": _phase(second, phases),
        "Subsidiary education establishment – URN": second.urn if second is not None else None,
        "Elective home education": "Y" if main is not None and main.code == "EHE" else "N",
    }
    return [held.get(column) for column in COLUMNS]
