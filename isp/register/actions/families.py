"""Who is what to a child: guardians, the young person's own sight, the authority responsible.

A change of parental responsibility, care or relationship is a new tie with its evidence; the old one ends
and stays, so that what was done under it can still be explained. The school records, it does not judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate, ties
from isp.access.gate import Decision
from isp.access.models import Tie
from isp.access.office.reach import may_be_given_a_code
from isp.access.policy import Permission
from isp.access.standing import GUARDIAN, RESPONSIBLE, SELF, live
from isp.audit import Chain, Event, Unit
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.people import directory
from isp.people.actions import ACCOUNT, Invited, NewPerson, add_person, change_details, invite, mail_code
from isp.people.models import Account, Membership, Organisation
from isp.register import pupils, roll, rows
from isp.register.models import Enrolment

TIE_KIND_WORDS = {
    GUARDIAN: "parent or carer",
    SELF: "the young person's own account",
    RESPONSIBLE: "the local authority responsible",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardianship:
    """What an adult is to a child, from when, and on what evidence, in words.

    ``has_responsibility``: parental responsibility (Children Act 1989 s.3); ``has_care``: care of the
    child (Education Act 1996 s.576). ``court_order`` is for a person to read: nothing follows from it.
    """

    relationship: str
    has_responsibility: bool
    has_care: bool
    evidence: str | None = None
    court_order: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def words(self) -> dict[str, Any]:
        """The part that is sealed."""
        held = {
            "relationship": self.relationship.strip(),
            "evidence": (self.evidence or "").strip() or None,
            "court_order": (self.court_order or "").strip() or None,
        }
        return {key: value for key, value in held.items() if value is not None}


def add_guardian(unit: Unit, pupil_id: UUID, person: NewPerson | UUID, what: Guardianship) -> UUID:
    """Tie an adult to the pupil and give the tie's id. ``person``: somebody new, or on record already.

    Raises Invalid with a sentence for each field; Conflict where the adult is tied already.
    """
    decision = gate.require(unit, Permission.TIES_WRITE, pupil_id)
    _check(what, unit.today)
    if isinstance(person, NewPerson):
        _check_name(person)
        person_id = add_person(unit, decision, person)
    else:
        person_id = person
        _refuse_second(unit, pupil_id, person_id)
    return _open(unit, decision, pupil_id, person_id, what)


def change_guardian(unit: Unit, tie_id: UUID, what: Guardianship) -> UUID:
    """What the adult is to the child has changed: a new tie from now on, and the old one ends. Its id."""
    tie = _tie(unit, tie_id, GUARDIAN)
    decision = gate.require(unit, Permission.TIES_WRITE, tie.pupil_id)
    _check(what, unit.today)
    ties.end_tie(unit, tie_id)
    unit.record(
        decision,
        Event.TIE_CHANGED,
        Chain.pupil(tie.pupil_id),
        obj=("tie", tie_id),
        payload={"before": _told(unit, tie)},
        kind=GUARDIAN,
    )
    return _open(unit, decision, tie.pupil_id, tie.person_id, what)


def end_guardian(unit: Unit, tie_id: UUID, reason: str) -> None:
    """The adult stands towards the child no longer, from the next request on."""
    tie = _tie(unit, tie_id, GUARDIAN)
    decision = gate.require(unit, Permission.TIES_WRITE, tie.pupil_id)
    if not reason.strip():
        raise Invalid("Say why.", {"reason": "Say in a few words why this ends."})
    ties.end_tie(unit, tie_id)
    unit.record(
        decision,
        Event.TIE_ENDED,
        Chain.pupil(tie.pupil_id),
        obj=("tie", tie_id),
        payload={"reason": reason.strip()},
        kind=GUARDIAN,
        why="recorded",
    )


def change_contact(unit: Unit, tie_id: UUID, **changes: Any) -> None:
    """How a guardian is reached (fields of NewPerson). Only while he cannot sign in: then it is his own.

    An address that is confidential stays so: lifting it is the safeguarding lead's.
    """
    tie = _tie(unit, tie_id, GUARDIAN)
    decision = gate.require(unit, Permission.TIES_WRITE, tie.pupil_id)
    held = directory.detail(unit, tie.person_id)
    _check_changeable(unit, decision, tie.person_id, held)
    if held.get("address_confidential"):
        changes = {**changes, "address_confidential": True}
    change_details(unit, decision, tie.person_id, **changes)


def contact_of(unit: Unit, tie_id: UUID) -> dict[str, Any]:
    """How a guardian is reached, for whoever may change it. Conflict where it is confidential."""
    tie = _tie(unit, tie_id, GUARDIAN)
    decision = gate.require(unit, Permission.TIES_WRITE, tie.pupil_id)
    held = directory.detail(unit, tie.person_id)
    _check_changeable(unit, decision, tie.person_id, held)
    return held


def _check_changeable(unit: Unit, decision: Decision, person_id: UUID, held: Mapping[str, Any]) -> None:
    if held.get("address_confidential") and not may_see_confidential(decision):
        raise Conflict("These details are confidential. The safeguarding lead can change them.")
    uses_it = select(Account.person_id).where(
        Account.person_id == person_id, Account.password_hash.is_not(None)
    )
    if unit.connection.scalar(uses_it) is not None:
        raise Conflict("This adult signs in here, so these details are theirs to change.")


def may_see_confidential(decision: Decision) -> bool:
    """Whether somebody with this decision may see where an adult lives whose address is confidential."""
    return decision.can(Permission.CONFIDENTIAL_READ)


def _open(unit: Unit, decision: Decision, pupil_id: UUID, person_id: UUID, what: Guardianship) -> UUID:
    starts = what.valid_from or unit.today
    tie_id = ties.open_tie(
        unit,
        pupil_id,
        GUARDIAN,
        starts,
        valid_to=what.valid_to,
        person_id=person_id,
        has_responsibility=what.has_responsibility,
        has_care=what.has_care,
        words=what.words(),
    )
    _record_opened(
        unit, decision, pupil_id, tie_id, GUARDIAN, starts, what.valid_to, _as_told(person_id, what)
    )
    return tie_id


def _record_opened(
    unit: Unit,
    decision: Decision,
    pupil_id: UUID,
    tie_id: UUID,
    kind: str,
    starts: date,
    ends: date | None,
    payload: Mapping[str, Any],
) -> None:
    unit.record(
        decision,
        Event.TIE_OPENED,
        Chain.pupil(pupil_id),
        obj=("tie", tie_id),
        payload=dict(payload),
        kind=kind,
        to=ends.isoformat() if ends else None,
        **{"from": starts.isoformat()},
    )


def _as_told(person_id: UUID, what: Guardianship) -> dict[str, Any]:
    return {
        "person": str(person_id),
        "has_responsibility": what.has_responsibility,
        "has_care": what.has_care,
        **what.words(),
    }


def _told(unit: Unit, tie: Any) -> dict[str, Any]:
    return {
        "person": str(tie.person_id),
        "has_responsibility": tie.has_responsibility,
        "has_care": tie.has_care,
        **ties.words_of(unit, tie.pupil_id, tie.id, tie.sealed),
    }


def _check(what: Guardianship, today: date) -> None:
    errors: dict[str, str] = {}
    if not what.relationship.strip():
        errors["relationship"] = "Say what this adult is to the child, such as mother or foster carer."
    elif len(what.relationship) > 100:
        errors["relationship"] = "Keep this to 100 letters."
    if what.valid_to and what.valid_to < (what.valid_from or today):
        errors["valid_to"] = "The last day cannot be before the first."
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def _check_name(person: NewPerson) -> None:
    errors = {
        name: sentence
        for name, sentence in (("given", "Enter the forename."), ("family", "Enter the surname."))
        if not getattr(person, name).strip()
    }
    if person.email and "@" not in person.email:
        errors["email"] = "This is not an email address. It looks like name@example.org."
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def _refuse_second(unit: Unit, pupil_id: UUID, person_id: UUID) -> None:
    query = select(Tie.id).where(
        Tie.pupil_id == pupil_id,
        Tie.person_id == person_id,
        Tie.kind == GUARDIAN,
        live(Tie, unit.today),
    )
    if unit.connection.scalar(query.limit(1)):
        raise Conflict(
            "This adult is already recorded as a parent or carer. Change what is recorded instead."
        )


def _tie(unit: Unit, tie_id: UUID, kind: str) -> Any:
    """A tie of this kind that nobody has ended. NotFound otherwise."""
    query = select(Tie.__table__).where(Tie.id == tie_id, Tie.kind == kind)
    found = unit.connection.execute(query).first()
    if found is None:
        raise NotFound
    return found


# -- accounts for families -----------------------------------------------------------------------------


def invite_guardian(unit: Unit, tie_id: UUID) -> Invited:
    """A single-use code for a parent or carer; the invitation names no child until it is taken."""
    tie = _tie(unit, tie_id, GUARDIAN)
    decision = gate.require(unit, Permission.TIES_WRITE, tie.pupil_id)
    return _invite(unit, decision, tie)


def invite_young_person(unit: Unit, tie_id: UUID) -> Invited:
    """A single-use code for the young person's own account."""
    tie = _tie(unit, tie_id, SELF)
    decision = gate.require(unit, Permission.TIES_WRITE, tie.pupil_id)
    return _invite(unit, decision, tie)


def mail_invitation(unit: Unit, tie_id: UUID, *, is_own: bool) -> None:
    """The same for either by mail to their own address: the code is shown to nobody.

    Raises Conflict as inviting does, and where the person can sign in already.
    """
    tie = _tie(unit, tie_id, SELF if is_own else GUARDIAN)
    decision = gate.require(unit, Permission.TIES_WRITE, tie.pupil_id)
    _check_invitable(unit, decision, tie)
    in_use = select(Account.person_id).where(
        Account.person_id == tie.person_id, Account.password_hash.is_not(None)
    )
    if unit.connection.scalar(in_use) is not None:
        raise Conflict("This person can already sign in, with the password they have.")
    mail_code(unit, decision, tie.person_id, Chain.pupil(tie.pupil_id), pupil_id=tie.pupil_id)


def _invite(unit: Unit, decision: Decision, tie: Any) -> Invited:
    _check_invitable(unit, decision, tie)
    return invite(unit, decision, tie.person_id, ACCOUNT, Chain.pupil(tie.pupil_id))


def _check_invitable(unit: Unit, decision: Decision, tie: Any) -> None:
    if tie.ended_at is not None or (tie.valid_to is not None and tie.valid_to < unit.today):
        raise Conflict("This adult is no longer tied to the pupil, so there is nothing to invite to.")
    if decision.organisation_id is None or not _may_hold_a_code(unit, tie, decision.organisation_id):
        raise Conflict(
            "A code for this person cannot be made here. The people who run this service can have one sent "
            "to the person's own email address."
        )


def _may_hold_a_code(unit: Unit, tie: Any, organisation_id: UUID) -> bool:
    """Whoever makes a code could use it, so only the school may that named the person first."""
    if may_be_given_a_code(unit, tie.person_id, organisation_id):
        return True
    elsewhere = select(Membership.id).where(
        Membership.person_id == tie.person_id, Membership.organisation_id != organisation_id
    )
    if unit.connection.scalar(elsewhere.limit(1)) is not None:
        return False
    first = (
        select(Tie.pupil_id)
        .where(Tie.person_id == tie.person_id, Tie.kind.in_((GUARDIAN, SELF)))
        .order_by(Tie.made_at, Tie.id)
        .limit(1)
    )
    here = select(Enrolment.id).where(
        Enrolment.pupil_id == first.scalar_subquery(), Enrolment.school_id == organisation_id
    )
    return unit.connection.scalar(here.limit(1)) is not None


def give_own_sight(unit: Unit, pupil_id: UUID, email: str) -> UUID:
    """Let the young person sign in and read his own record: a person of his own and a SELF tie. Its id.

    Open from secondary age on; rights of decision move only on ``rights_move_on``.
    """
    decision = gate.require(unit, Permission.TIES_WRITE, pupil_id)
    roll.hold_pupil(unit, pupil_id)
    if "@" not in email:
        raise Invalid(
            "Check the address.", {"email": "This is not an email address. It looks like name@example.org."}
        )
    name = pupils.name(unit, pupil_id)
    query = select(Tie.id).where(Tie.pupil_id == pupil_id, Tie.kind == SELF, live(Tie, unit.today))
    if unit.connection.scalar(query.limit(1)):
        raise Conflict("This pupil has an account already.")
    person_id = add_person(unit, decision, NewPerson(given=name.given, family=name.family, email=email))
    tie_id = ties.open_tie(unit, pupil_id, SELF, unit.today, person_id=person_id)
    told = {"person": str(person_id)}
    _record_opened(unit, decision, pupil_id, tie_id, SELF, unit.today, None, told)
    return tie_id


def end_own_sight(unit: Unit, tie_id: UUID, reason: str) -> None:
    """The young person's account reads this record no longer, from the next request on."""
    tie = _tie(unit, tie_id, SELF)
    decision = gate.require(unit, Permission.TIES_WRITE, tie.pupil_id)
    ties.end_tie(unit, tie_id)
    unit.record(
        decision,
        Event.TIE_ENDED,
        Chain.pupil(tie.pupil_id),
        obj=("tie", tie_id),
        payload={"reason": reason.strip() or None},
        kind=SELF,
        why="recorded",
    )


# -- the authority responsible -------------------------------------------------------------------------


def set_authority(
    unit: Unit, pupil_id: UUID, authority_id: UUID, reason: str, *, from_on: date | None = None
) -> UUID:
    """The authority responsible for the child from a day on, and why: it follows where the child lives.

    The tie before it ends the day before. Gives the new tie's id.
    """
    decision = gate.require(unit, Permission.TIES_WRITE, pupil_id)
    roll.hold_pupil(unit, pupil_id)
    kind = unit.connection.scalar(select(Organisation.kind).where(Organisation.id == authority_id))
    errors = {}
    if kind != "authority":
        errors["authority_id"] = "Choose a local authority from the list."
    if not reason.strip():
        errors["reason"] = "Say why, such as “lives there” or “in the care of this authority”."
    starts = from_on or unit.today
    if starts > unit.today + timedelta(days=366):
        errors["from_on"] = "This is more than a year away. Check the year."
    if errors:
        raise Invalid("Some of this needs another look.", errors)
    tie_id = move_authority(unit, pupil_id, authority_id, starts, reason.strip())
    told = {"authority": str(authority_id), "reason": reason.strip()}
    _record_opened(unit, decision, pupil_id, tie_id, RESPONSIBLE, starts, None, told)
    return tie_id


def move_authority(unit: Unit, pupil_id: UUID, authority_id: UUID, starts: date, reason: str) -> UUID:
    """Open the tie to an authority and end the one before it. Records nothing."""
    query = select(Tie.id, Tie.valid_from, Tie.valid_to, Tie.organisation_id).where(
        Tie.pupil_id == pupil_id, Tie.kind == RESPONSIBLE, Tie.ended_at.is_(None)
    )
    for old in unit.connection.execute(query).all():
        if old.valid_to is not None and old.valid_to < starts:
            continue
        if old.organisation_id == authority_id and old.valid_from <= starts and old.valid_to is None:
            raise Conflict("This authority is on record as responsible already.")
        if old.valid_from < starts:
            ties.last_day(unit, old.id, starts - timedelta(days=1))
        else:
            ties.end_tie(unit, old.id)
    rows.tell_changed(unit, [pupil_id])
    return ties.open_tie(
        unit, pupil_id, RESPONSIBLE, starts, organisation_id=authority_id, words={"reason": reason}
    )
