"""A request that came to the authority by mail, telephone or in person: filed by its officer as received.

Anybody may bring a child to an authority's notice (sections 23, 24 and 36 of the Children and Families Act
2014), and a request is received on the day it comes in, whatever is still to be proved. The child is found by
exact details or put on record anew; nothing of a record is released by filing, that is the school's or the
family's to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission, Permission
from isp.audit import Chain, Event, Unit
from isp.escalations import actions, parties, queries, rows, rules
from isp.escalations.kept import check_shown
from isp.escalations.trail import record
from isp.kernel.errors import Conflict, Invalid
from isp.notices.actions import tell
from isp.people.roles import Role
from isp.register import finding, roll
from isp.register.content import Details, checked

SOURCES: Mapping[str, str] = {
    rules.PARENT: "A parent or carer",
    rules.YOUNG_PERSON: "The young person",
    rules.SCHOOL: "A school, nursery or college",
    "health": "Somebody who works in health",
    "social_care": "Somebody who works in social care",
    "other": "Somebody else",
}
"""Who asked, or brought the child to notice; the codes are those of the SEN2 return's request source."""
PROOFS: Mapping[str, str] = {
    "identity": "Who the child or young person is",
    "asker": "That whoever asked may ask",
    "lives_here": "That the child or young person lives in the area",
}
"""What an authority looks into while the request runs, and none of it stops the clock."""
NOBODY = (
    "Nobody was matched by exactly these details. Check the spelling, the date of birth and the UPN. If they "
    "are right, say that this child is to be put on record."
)


@dataclass(frozen=True, slots=True)
class Filing:
    """A request as it came in. ``asked_by``: who asked, as the letter says; ``how``: how it came."""

    details: Details
    source: str
    asked_by: str
    received_on: date
    reasons: str
    how: str
    why_looked: str
    youth_accommodation: bool = False


def authorities(unit: Unit) -> list[UUID]:
    """Where the actor may file a request, in the order in which the roles were given."""
    return gate.organisations_where(unit, OrganisationPermission.CASES_FILE)


def look_up(unit: Unit, authority_id: UUID, filing: Filing) -> bool:
    """Whether the child is on record by exactly these details; the look is recorded, whatever comes of it.

    Raises Invalid where the details or the reason are none.
    """
    return look_for(unit, authority_id, check(unit, filing), filing.why_looked)


def look_for(unit: Unit, authority_id: UUID, details: Details, why: str) -> bool:
    """The same of details that were put in order. By who may file at this authority."""
    decision = gate.require_in_organisation(unit, OrganisationPermission.CASES_FILE, authority_id)
    found = finding.find(unit, authority_id, details)
    chains = [Chain.organisation(authority_id)] + ([Chain.pupil(found)] if found else [])
    unit.record(
        decision,
        Event.CHILD_SOUGHT,
        *chains,
        payload={"reason": why.strip()},
        by="upn" if details.upn else "name",
    )
    return found is not None


def file_request(unit: Unit, authority_id: UUID, filing: Filing, *, is_new: bool = False) -> UUID:
    """Put a request on record as it came in, and open the authority's sight of the case; its id.

    ``is_new``: a child who is matched by nobody is put on record. Raises Invalid; Conflict where a request
    is open already.
    """
    decision = gate.require_in_organisation(unit, OrganisationPermission.CASES_FILE, authority_id)
    details = check(unit, filing)
    rules.check_request(
        reasons=filing.reasons,
        received_on=filing.received_on,
        chosen={},
        offered={},
        born_on=details.born_on,
        today=unit.today,
    )
    why = "A request for an EHC needs assessment came to this authority"
    since = min(filing.received_on, unit.today)
    pupil_id = child_of(unit, decision, authority_id, details, since, why, is_new=is_new)
    words: dict[str, Any] = {
        "reasons": filing.reasons.strip(),
        "told_family": filing.source in (rules.PARENT, rules.YOUNG_PERSON),
        "asked_by": filing.asked_by.strip(),
        "how": filing.how.strip(),
        "proofs": {},
    }
    school_id = parties.school_of(unit, pupil_id)
    entered = actions.enter(
        unit,
        decision,
        pupil_id=pupil_id,
        authority_id=authority_id,
        school_id=school_id,
        source=filing.source,
        received_on=filing.received_on,
        words=words,
        given={},
        officer_id=officer_of(unit, decision, authority_id, pupil_id),
        youth_accommodation=filing.youth_accommodation,
    )
    told = parties.holders(unit, school_id, Role.SENCO, Role.DEPUTY_SENCO) if school_id else []
    told += parties.holders(unit, authority_id, Role.AUTHORITY_MANAGER)
    tell(unit, [one for one in told if one != decision.person_id], "assessment_requested", pupil_id)
    if entered.officer_id is not None and entered.officer_id != decision.person_id:
        tell(unit, [entered.officer_id], "case_given", pupil_id)
    return entered.request_id


def child_of(
    unit: Unit,
    decision: Decision,
    authority_id: UUID,
    details: Details,
    since: date,
    why: str,
    *,
    is_new: bool,
) -> UUID:
    """The child whom exact details name, held for a new case, or put on record where ``is_new``; the id.

    Raises Invalid where nobody is matched; Conflict where a request is open already, or under appeal.
    """
    pupil_id, was_there = matched(unit, decision, authority_id, details, since, why, is_new=is_new)
    if was_there:
        earlier = queries.requests_about(unit, pupil_id)
        rules.check_none_open(earlier)
        rules.check_under_appeal(earlier[0] if earlier else None, unit.today)
    return pupil_id


def matched(
    unit: Unit,
    decision: Decision,
    authority_id: UUID,
    details: Details,
    since: date,
    why: str,
    *,
    is_new: bool,
) -> tuple[UUID, bool]:
    """The child whom exact details name, held until the unit ends, and whether she was on record.

    Put on record where ``is_new``; otherwise raises Invalid where nobody is matched.
    """
    pupil_id = finding.find(unit, authority_id, details)
    if pupil_id is not None:
        # One at a time for a pupil: whoever comes second sees what the first one made.
        roll.hold_pupil(unit, pupil_id)
        return pupil_id, True
    if not is_new:
        raise Invalid(NOBODY, {"is_new": "Check the details above, or tick this box."})
    pupil_id = finding.add_known_to_authority(unit, decision, authority_id, details, since, why)
    unit.session.flush()
    return pupil_id, False


def note_proof(
    unit: Unit, request_id: UUID, what: str, seen: str, on: date, *, shown: int | None = None
) -> None:
    """Note what was seen as proof, and when. The clock has run all along. Invalid, or Conflict if stale."""
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    check_shown(row, shown)
    words = queries.words_of(unit, row)
    errors = {}
    if what not in PROOFS:
        errors["what"] = "Choose what was proved."
    if not seen.strip() or len(seen) > rules.LIMB_WORDS_LIMIT:
        errors["seen"] = "Say in a few words what was seen, such as a birth certificate."
    if on > unit.today:
        errors["on"] = "The day cannot be in the future."
    elif on < row.received_on - rules.OLDEST_RECEIPT:
        errors["on"] = "This is too long ago. Check the year."
    if errors:
        raise Invalid("Some of this needs another look.", errors)
    if "proofs" not in words:
        raise Conflict("The school on this service made this request, so nothing is to be proved.")
    noted = {"seen": seen.strip(), "on": on.isoformat(), "by": str(decision.person_id)}
    rows.change_request(unit, row, {**words, "proofs": {**words["proofs"], what: noted}})
    record(
        unit,
        decision,
        Event.PROOF_NOTED,
        request_id,
        row.pupil_id,
        row.authority_id,
        payload={"seen": seen.strip()},
        what=what,
        on=on.isoformat(),
    )


def check(unit: Unit, filing: Filing) -> Details:
    """The child's details, put in order. Raises Invalid with everything that is wrong with what was said."""
    errors: dict[str, str] = {}
    if filing.source not in SOURCES:
        errors["source"] = "Choose who asked."
    for name, said, missing in (
        ("asked_by", filing.asked_by, "Say who asked, as the letter has it."),
        ("how", filing.how, "Say how it came, such as by letter or by telephone."),
        ("why_looked", filing.why_looked, "Say why you look for this child."),
    ):
        if not said.strip():
            errors[name] = missing
        elif len(said) > rules.LIMB_WORDS_LIMIT:
            errors[name] = f"Keep this to {rules.LIMB_WORDS_LIMIT:,} characters."
    try:
        details = checked(filing.details, unit.today)
    except Invalid as refused:
        raise Invalid(refused.message, {**errors, **refused.errors}) from None
    if errors:
        raise Invalid("Some of this needs another look.", errors)
    return details


def officer_of(unit: Unit, decision: Decision, authority_id: UUID, pupil_id: UUID) -> UUID | None:
    """Whoever files it where she is an officer who may have it; else the officer with the fewest cases."""
    if decision.person_id in parties.officers_for(unit, authority_id, pupil_id):
        return decision.person_id
    return parties.least_busy(unit, authority_id, pupil_id)
