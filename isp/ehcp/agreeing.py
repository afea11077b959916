"""Who agrees to the health or the care sections of a plan for its body: named by the authority, on the plan.

Health care in a plan must be agreed by the body that is responsible for it (regulation 12(2)). Any adviser of
the child could agree for it before; now it is the one whom the authority has named, from among those who work
with the child in that field. A letter of the body, filed by the officer, does as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.gate import Decision
from isp.access.policy import EHCP_SIGNS_BY_NAMING, Permission, Standing
from isp.access.standing import onlookers
from isp.audit import Chain, Event, Unit
from isp.audit.unit import MOVED_ON
from isp.ehcp import queries, rules
from isp.ehcp.plan_models import SectionAgreer
from isp.kernel.canonical import nfc
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell

AGREERS = table_of(SectionAgreer)
BODY_LIMIT = 200
NOBODY = "nobody"
STANDING_OF: dict[str, Standing] = {part: standing for standing, part in EHCP_SIGNS_BY_NAMING.items()}


@dataclass(frozen=True, slots=True)
class Agreer:
    """Somebody named for a part of a plan, and the body for which she agrees."""

    id: UUID
    person_id: UUID
    body: str


def agreer(unit: Unit, plan_id: UUID, part: str) -> Agreer | None:
    """Who is named for a part, or None. Says nothing of who may know."""
    c = AGREERS.c
    query = select(AGREERS).where(c.plan_id == plan_id, c.part == part, c.ended_at.is_(None))
    row = unit.connection.execute(query).first()
    if row is None:
        return None
    held = unit.keys.open(KeyOf.pupil(row.pupil_id), _place(row.id), row.sealed)
    return Agreer(row.id, row.person_id, held["body"])


def candidates(unit: Unit, row: Any, part: str) -> list[UUID]:
    """Who works with the child in this field today: for health advisers, for care social workers."""
    seen = onlookers(row.pupil_id, unit.today).subquery("seen")
    query = select(seen.c.person_id).where(seen.c.standing == STANDING_OF[part].value).distinct()
    return sorted(unit.connection.scalars(query))


def agrees_for(unit: Unit, plan_id: UUID, part: str, decision: Decision) -> Agreer | None:
    """The naming by which this person agrees for a body; None where she is not the one named."""
    if STANDING_OF[part] not in decision.standings:
        return None
    found = agreer(unit, plan_id, part)
    return found if found is not None and found.person_id == decision.person_id else None


def parts_of(unit: Unit, plan_id: UUID, decision: Decision) -> frozenset[str]:
    """For which parts somebody can record an agreement: an officer a letter, of others who is named."""
    if decision.standing == Standing.OFFICER:
        return frozenset(STANDING_OF)
    return frozenset(part for part in STANDING_OF if agrees_for(unit, plan_id, part, decision) is not None)


def lapse(unit: Unit, plan_id: UUID, part: str) -> None:
    """Another body is responsible: nobody agrees for it before she is named. Part of a deed that records."""
    before = agreer(unit, plan_id, part)
    if before is not None:
        unit.change(SectionAgreer, {"id": before.id, "ended_at": None}, ended_at=unit.now)


def shown_of(found: Agreer | None) -> str:
    """What a page about a part carries of the naming that it shows."""
    return str(found.id) if found is not None else NOBODY


def name(
    unit: Unit, plan_id: UUID, part: str, *, person_id: UUID, body: str, shown: str | None = None
) -> None:
    """Name who agrees to these sections for the body, in the place of whoever did. By the authority.

    ``shown``: which naming the page showed (``shown_of``); Conflict where there is another by now.
    """
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_ISSUE, lock=True)
    rules.check_live(row.state)
    before = agreer(unit, plan_id, part)
    if shown is not None and shown != shown_of(before):
        raise Conflict(MOVED_ON)
    errors: dict[str, str] = {}
    named = nfc(" ".join(body.split()))
    if not named or len(named) > BODY_LIMIT:
        errors["body"] = f"Say which body it is, in at most {BODY_LIMIT} characters."
    if person_id not in candidates(unit, row, part):
        errors["person_id"] = "Choose somebody who works with the child in this field today."
    if errors:
        raise Invalid(rules.ATTENTION, errors)
    if before is not None and (before.person_id, before.body) == (person_id, named):
        raise Conflict("This is on record already.")
    if before is not None:
        unit.change(SectionAgreer, {"id": before.id, "ended_at": None}, ended_at=unit.now)
    made = new_id()
    unit.insert(
        SectionAgreer,
        id=made,
        plan_id=plan_id,
        pupil_id=row.pupil_id,
        part=part,
        person_id=person_id,
        named_by=decision.person_id,
        named_at=unit.now,
        ended_at=None,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), _place(made), {"body": named}),
    )
    unit.record(
        decision,
        Event.EHCP_AGREER_NAMED,
        Chain.pupil(row.pupil_id),
        obj=("ehcp", plan_id),
        payload={"person": str(person_id), "body": named},
        part=part,
    )
    tell(unit, [person_id], "agreement_asked", row.pupil_id, about=plan_id)


def _place(agreer_id: UUID) -> Place:
    return Place("section_agreer", "sealed", agreer_id)
