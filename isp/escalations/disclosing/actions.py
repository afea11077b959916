"""The verb of a disclosure: something of a case is given to somebody, for a purpose that the law names."""

from __future__ import annotations

from uuid import UUID

from isp.access.policy import Permission
from isp.audit import Event, Unit
from isp.ehcp.steps import StepCode, Subject, note_step
from isp.escalations import subjects
from isp.escalations.case_models import DisclosedObject, Disclosure
from isp.escalations.disclosing import queries, rules
from isp.escalations.disclosing.purposes import purposes_on
from isp.escalations.disclosing.rules import Told
from isp.escalations.subjects import record
from isp.kernel.canonical import nfc
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf


def disclose(unit: Unit, case_id: UUID, told: Told) -> UUID:
    """Record what was given to whom, for which purpose, and on whose authority; its id.

    Each thing is named by the version that it is now and its digest. Raises Invalid beside each field.
    """
    known = purposes_on(unit.today)
    purpose = told.purpose if told.purpose in known.listed else None
    case, decision = subjects.allowed(unit, case_id, Permission.CASE_DISCLOSE, purpose=purpose)
    offered = {one.key: one for one in queries.things(unit, case)}
    rules.check(told, known, offered, queries.authorisers(unit, case), unit.today)
    disclosure_id = new_id()
    words = {"to_whom": told.to_whom.strip(), "reason": told.reason.strip(), "consent": told.consent.strip()}
    unit.insert(
        Disclosure,
        id=disclosure_id,
        pupil_id=case.pupil_id,
        authority_id=case.authority_id,
        subject_id=case.id,
        purpose=told.purpose,
        made_on=told.made_on,
        recorded_at=unit.now,
        recorded_by=decision.person_id,
        authorised_by=told.authorised_by,
        rules=known.version,
        sealed=unit.keys.seal(KeyOf.pupil(case.pupil_id), queries.place(disclosure_id), nfc(words)),
    )
    given = {}
    for key in dict.fromkeys(told.objects):
        one = offered[key]
        unit.insert(
            DisclosedObject,
            id=new_id(),
            disclosure_id=disclosure_id,
            object_type=one.sort,
            object_id=one.id,
            number=one.number,
            digest=one.digest,
        )
        given[key] = one.digest.hex()
    if decision.person_id is not None:
        note_step(
            unit,
            case.pupil_id,
            case.authority_id,
            Subject(case.kind),
            case.id,
            StepCode.DISCLOSED,
            told.made_on,
            by=decision.person_id,
        )
    record(
        unit,
        decision,
        Event.DISCLOSED,
        case,
        ("disclosure", disclosure_id),
        payload={"given": given, "purpose": told.purpose, "to_whom": words["to_whom"]},
        on=told.made_on.isoformat(),
        objects=len(given),
        rules=known.version,
    )
    return disclosure_id
