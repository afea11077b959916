"""Closing a child's record to an adult, at once and by one person; opening it again by two.

The day of review asks for a review and nothing else: a restriction holds until two people have lifted it.
What is done here is kept on the child's restricted chain, which families' histories do not show.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.models import Restriction, Tie
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import RESTRICTED, KeyOf
from isp.people.models import Membership

KINDS = {
    "no_access": "Sees nothing of the record",
    "no_contact": "Sees nothing of the record, and is not to be contacted",
}
RESTRICTIONS = table_of(Restriction)


def words_place(restriction_id: UUID) -> Place:
    """Where a restriction's evidence and reason lie."""
    return Place("restriction", "sealed", restriction_id)


def words_of(unit: Unit, row: Any) -> dict[str, Any]:
    """Evidence and reason of a row of ``restriction``: for those who may write them."""
    found: dict[str, Any] = unit.keys.open(
        KeyOf.pupil(row.pupil_id, RESTRICTED), words_place(row.id), row.sealed
    )
    return found


def restrict(
    unit: Unit,
    pupil_id: UUID,
    person_id: UUID,
    *,
    kind: str = "no_access",
    evidence: str,
    reason: str,
    review_on: date,
) -> UUID:
    """Close the record to one adult, from the next request on. The restriction's id."""
    decision = gate.require(unit, Permission.RESTRICTION_WRITE, pupil_id)
    errors = {}
    if kind not in KINDS:
        errors["kind"] = "Choose from the list."
    if not evidence.strip():
        errors["evidence"] = "Say what was seen or received, and when: an order, a decision, a letter."
    if not reason.strip():
        errors["reason"] = "Say in a few words why."
    if review_on <= unit.today:
        errors["review_on"] = "Give a day to come. Nothing opens on that day: it only asks for a review."
    if errors:
        raise Invalid("Some of this needs another look.", errors)
    _check_known(unit, pupil_id, person_id, decision.organisation_id)
    if _in_force(unit, pupil_id, person_id):
        raise Conflict("The record is closed to this adult already.")
    made = new_id()
    owner = KeyOf.pupil(pupil_id, RESTRICTED)
    words = {"evidence": evidence.strip(), "reason": reason.strip()}
    unit.insert(
        Restriction,
        id=made,
        pupil_id=pupil_id,
        person_id=person_id,
        kind=kind,
        review_on=review_on,
        sealed=unit.keys.seal(owner, words_place(made), words),
        made_at=unit.now,
        made_by=unit.actor.person_id,
        lift_asked_by=None,
        lift_asked_at=None,
        lifted_by=None,
        lifted_at=None,
    )
    unit.record(
        decision,
        Event.RESTRICTION_ADDED,
        Chain.restricted(pupil_id),
        obj=("restriction", made),
        payload={"person": str(person_id), **words, "review_on": review_on.isoformat()},
        kind=kind,
    )
    return made


def _check_known(unit: Unit, pupil_id: UUID, person_id: UUID, organisation_id: UUID | None) -> None:
    """The adult is tied to the child, or works where the actor does; NotFound otherwise."""
    tied = select(Tie.id).where(Tie.pupil_id == pupil_id, Tie.person_id == person_id)
    works = select(Membership.id).where(
        Membership.organisation_id == organisation_id, Membership.person_id == person_id
    )
    if unit.connection.scalar(tied.limit(1)) is None and unit.connection.scalar(works.limit(1)) is None:
        raise NotFound


def _in_force(unit: Unit, pupil_id: UUID, person_id: UUID) -> bool:
    query = select(Restriction.id).where(
        Restriction.pupil_id == pupil_id,
        Restriction.person_id == person_id,
        Restriction.lifted_at.is_(None),
    )
    return unit.connection.scalar(query.limit(1)) is not None


def ask_to_lift(unit: Unit, restriction_id: UUID, reason: str) -> None:
    """The first of two: ask that the record be opened again. Nothing opens yet."""
    row = _restriction(unit, restriction_id)
    decision = gate.require(unit, Permission.RESTRICTION_WRITE, row.pupil_id)
    if row.lifted_at is not None:
        raise Conflict("This restriction has been lifted already.")
    if row.lift_asked_at is not None:
        raise Conflict("Somebody has asked for this already. It waits for a second person to agree.")
    if not reason.strip():
        raise Invalid("Say why.", {"reason": "Say what has changed."})
    unit.change(
        Restriction,
        {"id": restriction_id, "lift_asked_by": None, "lifted_at": None},
        lift_asked_by=unit.actor.person_id,
        lift_asked_at=unit.now,
    )
    unit.record(
        decision,
        Event.RESTRICTION_LIFT_ASKED,
        Chain.restricted(row.pupil_id),
        obj=("restriction", restriction_id),
        payload={"reason": reason.strip()},
    )


def agree_to_lift(unit: Unit, restriction_id: UUID) -> None:
    """The second of two: open the record to the adult again, from the next request on."""
    row = _restriction(unit, restriction_id)
    decision = gate.require(unit, Permission.RESTRICTION_WRITE, row.pupil_id)
    if row.lifted_at is not None:
        raise Conflict("This restriction has been lifted already.")
    if row.lift_asked_by is None:
        raise Conflict("Nobody has asked for this to be lifted. One person asks, and another agrees.")
    if row.lift_asked_by == unit.actor.person_id:
        raise Conflict("You asked for this yourself. Somebody else has to agree.")
    unit.change(
        Restriction,
        {"id": restriction_id, "lift_asked_by": row.lift_asked_by, "lifted_at": None},
        lifted_by=unit.actor.person_id,
        lifted_at=unit.now,
    )
    unit.record(
        decision,
        Event.RESTRICTION_LIFTED,
        Chain.restricted(row.pupil_id),
        obj=("restriction", restriction_id),
    )


def keep(unit: Unit, restriction_id: UUID, review_on: date) -> None:
    """Say after a review that the restriction stays, or turn down a request to lift it; next review then."""
    row = _restriction(unit, restriction_id)
    decision = gate.require(unit, Permission.RESTRICTION_WRITE, row.pupil_id)
    if row.lifted_at is not None:
        raise Conflict("This restriction has been lifted already.")
    if review_on <= unit.today:
        raise Invalid("Check the date.", {"review_on": "Give a day to come."})
    unit.change(
        Restriction,
        {"id": restriction_id, "lift_asked_by": row.lift_asked_by, "lifted_at": None},
        review_on=review_on,
        lift_asked_by=None,
        lift_asked_at=None,
    )
    unit.record(
        decision,
        Event.RESTRICTION_KEPT,
        Chain.restricted(row.pupil_id),
        obj=("restriction", restriction_id),
        review_on=review_on.isoformat(),
    )


def _restriction(unit: Unit, restriction_id: UUID) -> Any:
    found = unit.connection.execute(select(RESTRICTIONS).where(RESTRICTIONS.c.id == restriction_id)).first()
    if found is None:
        raise NotFound
    return found
