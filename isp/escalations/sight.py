"""What an authority sees of a pupil, and for how long: ties that rest on one request.

Two kinds: CASE, the authority's own (its managers), and CASELOAD, that of the officer who has the case.
Nothing is recorded here: the deed that opens or ends a sight says so.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import grants, ties
from isp.access.standing import ADVISER, AUDIT, CASE, CASELOAD
from isp.audit import Unit
from isp.escalations import covering, parties
from isp.escalations.advice_models import AdviceRequest
from isp.escalations.advice_rules import OPEN
from isp.kernel.db import table_of

ADVICE = table_of(AdviceRequest)


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
        opened = ties.open_tie(unit, pupil_id, CASELOAD, unit.today, person_id=officer_id, **common)
        covering.cover_what_was_opened(unit, opened, common["words"])


def give_to(unit: Unit, row: Any, officer_id: UUID) -> None:
    """The case goes to this officer alone, for as long as the authority sees it."""
    for tie in grants.ties_from(unit, row.id):
        if tie.kind == CASELOAD:
            ties.end_tie(unit, tie.id)
    words = {"evidence": f"Request for an EHC needs assessment, reference {row.reference}"}
    opened = ties.open_tie(
        unit,
        row.pupil_id,
        CASELOAD,
        unit.today,
        valid_to=row.sight_until,
        organisation_id=row.authority_id,
        person_id=officer_id,
        source_id=row.id,
        words=words,
    )
    covering.cover_what_was_opened(unit, opened, words)


def let_end(unit: Unit, request_id: UUID, on: date) -> None:
    """The sight lasts to the end of this day; a cover's no longer than the absence.

    Whoever was asked for advice sees no more of it from now on.
    """
    for advice_id in unit.connection.scalars(select(ADVICE.c.id).where(ADVICE.c.request_id == request_id)):
        end_of_adviser(unit, advice_id)
    let_ties_end(unit, request_id, on)


def let_ties_end(unit: Unit, source_id: UUID, on: date, *, auditors: bool = False) -> None:
    """The authority's ties from one source (a request, a plan, a report) last to the end of this day.

    What would begin only later is ended, and what has lapsed already stays so; a cover lasts no longer than
    its absence. An auditor's tie from the same case has days of its own; ``auditors``: it ends by then too.
    """
    found = _held(unit, source_id, (CASE, CASELOAD, AUDIT) if auditors else (CASE, CASELOAD))
    covers = covering.covers(unit, (tie.id for tie in found))
    for tie in found:
        bounded = tie.id in covers or tie.kind == AUDIT
        if tie.valid_from > on:
            ties.end_tie(unit, tie.id)
        elif not bounded or tie.valid_to is None or tie.valid_to > on:
            ties.last_day(unit, tie.id, on)


def _held(unit: Unit, source_id: UUID, kinds: tuple[str, ...] = (CASE, CASELOAD)) -> list[Any]:
    """The ties from a source of these kinds, the authority's own, that nobody ended and have not lapsed."""
    return [
        tie
        for tie in grants.ties_from(unit, source_id)
        if tie.kind in kinds and (tie.valid_to is None or tie.valid_to >= unit.today)
    ]


def keep(unit: Unit, request_id: UUID) -> bool:
    """The sight lasts without an end. False where it had lapsed before today: then nothing is kept."""
    kept = False
    found = _held(unit, request_id)
    covers = covering.covers(unit, (tie.id for tie in found))
    for tie in found:
        if tie.id not in covers:
            ties.last_day(unit, tie.id, None)
            kept = kept or tie.kind == CASE
    return kept


def keep_or_open(unit: Unit, row: Any) -> None:
    """The authority goes on seeing what was released; where that had lapsed, it sees it anew from today."""
    if keep(unit, row.id):
        return
    able = parties.officers_for(unit, row.authority_id, row.pupil_id)
    officer_id = row.officer_id
    if officer_id not in able:
        officer_id = parties.least_busy(unit, row.authority_id, row.pupil_id)
    open_sight(unit, row.id, row.pupil_id, row.authority_id, officer_id, row.reference)


def end(unit: Unit, request_id: UUID) -> None:
    """The sight ends now: at the next request it is gone, and that of whoever was asked for advice in it."""
    asked = select(ADVICE.c.id).where(ADVICE.c.request_id == request_id)
    for source_id in (request_id, *unit.connection.scalars(asked)):
        for tie in grants.ties_from(unit, source_id):
            ties.end_tie(unit, tie.id)


def open_to_adviser(
    unit: Unit, advice_id: UUID, pupil_id: UUID, authority_id: UUID, person_id: UUID, until: date
) -> None:
    """Open what was released for advice to whoever is asked, from today to a last day."""
    ties.open_tie(
        unit,
        pupil_id,
        ADVISER,
        unit.today,
        valid_to=until,
        organisation_id=authority_id,
        person_id=person_id,
        source_id=advice_id,
        words={"evidence": "Asked for advice for an EHC needs assessment"},
    )


def open_again_to_advisers(unit: Unit, request_id: UUID) -> None:
    """The case goes on: who is still asked for advice in it sees again what was released to her, as long."""
    a = ADVICE.c
    query = select(ADVICE).where(
        a.request_id == request_id,
        a.state.in_(sorted(OPEN)),
        a.adviser_id.is_not(None),
        a.sight_until >= unit.today,
    )
    for row in unit.connection.execute(query.order_by(a.id)).all():
        if not _held(unit, row.id, (ADVISER,)):
            open_to_adviser(unit, row.id, row.pupil_id, row.authority_id, row.adviser_id, row.sight_until)


def end_of_adviser(unit: Unit, advice_id: UUID) -> None:
    """Whoever was asked sees nothing of it from now on."""
    for tie in grants.ties_from(unit, advice_id):
        ties.end_tie(unit, tie.id)


def end_of_advisers(unit: Unit, pupil_id: UUID, authority_id: UUID) -> None:
    """Nobody whom this authority asked for advice about the pupil sees anything of it from now on."""
    t = ties.TIES.c
    query = select(t.id).where(
        t.pupil_id == pupil_id, t.organisation_id == authority_id, t.kind == ADVISER, t.ended_at.is_(None)
    )
    for tie_id in unit.connection.scalars(query.order_by(t.id)).all():
        ties.end_tie(unit, tie_id)
