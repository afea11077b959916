"""The list of children with EHC plans that an area inspection asks for (Annex A, list 1), from the same walk.

Columns in the order in which they are asked for. Those of ``NOT_HELD`` stay empty: no such thing is
recorded here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from isp.exchange.deriving import named_on, placed
from isp.exchange.files import LIST, File, Packed
from isp.exchange.record_out import Entry
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
    "Main education establishment – phase",
    "Subsidiary education establishment – phase (dual registration)",
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

    def __init__(self, today: date) -> None:
        self.today = today
        self.pupil_ids: list[UUID] = []
        self._rows: list[list[Cell]] = []

    def add(self, part: Sequence[Entry]) -> None:
        """The rows of some persons."""
        for entry in part:
            plan = next((one for one in entry.held.plans if one.state in ("in_force", "ceasing")), None)
            if plan is not None:
                self.pupil_ids.append(entry.pupil_id)
                self._rows.append(row_of(entry, plan, self.today))

    def done(self) -> File:
        """The file."""
        made = Packed()
        made.write(write(COLUMNS, self._rows).decode())
        return made.done(LIST)


def row_of(entry: Entry, plan: Any, today: date) -> list[Cell]:
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
        "Subsidiary education establishment – URN": second.urn if second is not None else None,
        "Elective home education": "Y" if main is not None and main.code == "EHE" else "N",
    }
    return [held.get(column) for column in COLUMNS]
