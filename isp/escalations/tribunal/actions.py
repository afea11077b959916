"""The verbs of the working document: note what a side proposes, and what became of it."""

from __future__ import annotations

from uuid import UUID

from isp.access.policy import Permission
from isp.audit import Event, Unit
from isp.audit.unit import MOVED_ON
from isp.escalations import subjects
from isp.escalations.case_models import WordingProposal
from isp.escalations.subjects import record
from isp.escalations.tribunal import queries, rules
from isp.escalations.tribunal.working_document import PROPOSED
from isp.kernel.canonical import nfc
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf

NO_PLAN = "No EHC plan is in force in this case, so there is no wording to propose changes to."


def propose(
    unit: Unit,
    case_id: UUID,
    *,
    section: str,
    item_id: UUID | None,
    field: str | None,
    side: str,
    act: str,
    wording: str,
    note: str = "",
) -> UUID:
    """Note what a side proposes for the version in force; the proposal's id.

    ``item_id`` and ``field`` name an answer of the version; without them it is something new in the section.
    """
    case, decision = subjects.allowed(unit, case_id, Permission.DIARY_WRITE)
    found = queries.document_of(unit, case, decision)
    if found.version is None:
        raise Conflict(NO_PLAN)
    here = next((one for one in found.sections if one.name == section), None)
    if here is None:
        raise Invalid(rules.ATTENTION, {"": "Choose the wording on the page of the document."})
    before = None
    if item_id is not None:
        target = (section, item_id, field)
        line = next((one for one in here.lines if one.target == target), None)
        if line is None:
            raise Invalid(rules.ATTENTION, {"": "Choose the wording on the page of the document."})
        before = line.text
    rules.check_proposal(side, act, wording, note, before)
    made = new_id()
    words = {"wording": nfc(wording.strip()), "note": nfc(note.strip())}
    unit.insert(
        WordingProposal,
        id=made,
        pupil_id=case.pupil_id,
        authority_id=case.authority_id,
        subject_id=found.plan_id,
        version_id=found.version.id,
        section=section,
        item_id=item_id,
        field=field,
        side=side,
        act=act,
        state=PROPOSED,
        made_at=unit.now,
        made_by=decision.person_id,
        settled_on=None,
        settled_by=None,
        sealed=unit.keys.seal(KeyOf.pupil(case.pupil_id), queries.place(made, 1), words),
        row_version=1,
    )
    obj = ("wording_proposal", made)
    record(unit, decision, Event.WORDING_PROPOSED, case, obj, side=side, section=section)
    return made


def settle(unit: Unit, case_id: UUID, proposal_id: UUID, state: str) -> None:
    """Note that a proposal was agreed or withdrawn."""
    case, decision = subjects.allowed(unit, case_id, Permission.DIARY_WRITE)
    row, words = queries.proposal_row(unit, case, proposal_id)
    rules.check_settling(row.state, state)
    following = row.row_version + 1
    unit.change(
        WordingProposal,
        {"id": proposal_id, "row_version": row.row_version},
        MOVED_ON,
        state=state,
        settled_on=unit.today,
        settled_by=decision.person_id,
        sealed=unit.keys.seal(KeyOf.pupil(case.pupil_id), queries.place(proposal_id, following), words),
        row_version=following,
    )
    obj = ("wording_proposal", proposal_id)
    record(unit, decision, Event.WORDING_SETTLED, case, obj, side=row.side, state=state)
