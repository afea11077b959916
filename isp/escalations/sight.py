"""What an authority sees of a pupil, and for how long: ties that rest on one request.

Two kinds: CASE, the authority's own (its managers), and CASELOAD, that of the officer who has the case.
Nothing is recorded here: the deed that opens or ends a sight says so.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from isp.access import grants, ties
from isp.access.standing import CASE, CASELOAD
from isp.audit import Unit


def open_sight(
    unit: Unit,
    request_id: UUID,
    pupil_id: UUID,
    authority_id: UUID,
    officer_id: UUID | None,
    reference: str,
) -> None:
    """Open the authority's sight from today: its own tie, and the officer's where there is one."""
    common: dict[str, Any] = {
        "organisation_id": authority_id,
        "source_id": request_id,
        "words": {"evidence": f"Request for an EHC needs assessment, reference {reference}"},
    }
    ties.open_tie(unit, pupil_id, CASE, unit.today, **common)
    if officer_id is not None:
        ties.open_tie(unit, pupil_id, CASELOAD, unit.today, person_id=officer_id, **common)


def give_to(unit: Unit, row: Any, officer_id: UUID) -> None:
    """The case goes to this officer alone, for as long as the authority sees it."""
    for tie in grants.ties_from(unit, row.id):
        if tie.kind == CASELOAD:
            ties.end_tie(unit, tie.id)
    ties.open_tie(
        unit,
        row.pupil_id,
        CASELOAD,
        unit.today,
        valid_to=row.sight_until,
        organisation_id=row.authority_id,
        person_id=officer_id,
        source_id=row.id,
        words={"evidence": f"Request for an EHC needs assessment, reference {row.reference}"},
    )


def let_end(unit: Unit, request_id: UUID, on: date) -> None:
    """The sight lasts to the end of this day."""
    for tie in grants.ties_from(unit, request_id):
        ties.last_day(unit, tie.id, on)


def keep(unit: Unit, request_id: UUID) -> bool:
    """The sight lasts without an end. False where it had lapsed before today: then nothing is kept."""
    kept = False
    for tie in grants.ties_from(unit, request_id):
        if tie.valid_to is None or tie.valid_to >= unit.today:
            ties.last_day(unit, tie.id, None)
            kept = kept or tie.kind == CASE
    return kept


def end(unit: Unit, request_id: UUID) -> None:
    """The sight ends now: at the next request it is gone."""
    for tie in grants.ties_from(unit, request_id):
        ties.end_tie(unit, tie.id)
