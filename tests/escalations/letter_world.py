"""A case with everything that letters are about, laid out: an assessment, a plan, a review."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.office import texts
from isp.access.policy import Permission
from isp.ehcp.models import AnnualReview, StatutoryPlan
from isp.ehcp.steps import StepCode, Subject, note_step
from isp.escalations import deadlines
from isp.escalations.letters import actions, queries
from isp.escalations.letters.content import Words
from isp.escalations.letters.recipients import Recipient, recipients
from isp.escalations.letters.rules import Sending
from isp.escalations.letters.wording import wording_on
from isp.escalations.models import Assessment, Dispute
from isp.kernel.db import table_of
from isp.kernel.ids import new_id
from tests.escalations.world import RECEIVED, Affair, on

CONTACTS = {
    "sendiass": "Northshire SENDIASS, telephone 01632 960001",
    "mediation": "Fair Mediation, telephone 01632 960002",
    "disagreement": "Fair Resolution, telephone 01632 960003",
    "schools": "The Local Offer: [our list](https://northshire.example/schools)",
}
PARTICULARS = {
    "setting_name": "Hilltop School",
    "adviser_name": "Dr Eve Example, educational psychologist",
    "advice_part": "psychological advice under regulation 6(1)(d)",
    "asked_on": "2026-11-02",
    "meeting_on": "2026-12-07",
    "meeting_where": "10 o’clock, at the school",
    "transferred_on": "2026-11-01",
    "whether_assess": "We will not carry out an EHC needs assessment.",
    "review_by": "2027-02-01",
    "moves_on": "2027-09-01",
    "old_body": "NHS Northshire",
    "new_body": "NHS Southshire",
    "changes_on": "2026-12-01",
    "known_on": "2026-11-02",
    "amendments": "Section F: 25 hours in place of 20.",
    "evidence": "The report of Dr Eve Example.",
    "enclosed_advice": "Dr Eve Example, educational psychologist, 1 October 2026",
    "review_due_on": "2027-03-01",
    "told_on": "2026-10-30",
    "new_authority": "Eastshire Council, 01632 960005",
    "appealed_decision": "The decision not to assess, of 2 November 2026",
    "ordered_on": "2026-10-26",
    "registered_on": "2026-11-02",
    "represented_by": "Ms Law Example, 1 Sample Street, law@northshire.example",
    "whether_opposed": "We oppose the appeal in part.",
    "child_views": "Ava wants to stay at Oakfield.",
}


def settle_contacts(affair: Affair, **changed: str) -> None:
    """What the authority's letters say about others, written by its manager."""
    for slug, body in (CONTACTS | changed).items():
        with affair.cast.acting("mia") as unit:
            edited = texts.edition(unit, affair.cast.places["northshire"], slug).number
            texts.save(unit, affair.cast.places["northshire"], slug, body, edited=edited)


def lay_out(affair: Affair, request_id: UUID) -> dict[str, UUID]:
    """An assessment from the request, the plan that came of it, and a review of that plan: plain rows."""
    made = {name: new_id() for name in ("assessment", "plan", "review")}
    common: dict[str, Any] = {
        "pupil_id": affair.ava,
        "authority_id": affair.cast.places["northshire"],
        "row_version": 1,
    }
    with on(RECEIVED), affair.cast.making() as unit:
        common["recorded_at"] = unit.now
        unit.insert(
            StatutoryPlan, id=made["plan"], reference=f"PLAN-{made['plan'].hex[:8]}", origin="here",
            state="in_force", officer_id=affair.person("olli"), personal_budget=False,
            organised_arrangements=False, **common,
        )  # fmt: skip
        a = table_of(Assessment)
        opened = unit.connection.scalar(select(a.c.id).where(a.c.request_id == request_id))
        if opened is not None:
            made["assessment"] = opened
            unit.change(Assessment, {"id": opened}, plan_id=made["plan"], state="final")
        else:
            unit.insert(
            Assessment, id=made["assessment"], request_id=request_id, plan_id=made["plan"], kind="first",
            clock_from=RECEIVED, begun_on=RECEIVED, state="final", **common,
        )  # fmt: skip
        unit.insert(
            AnnualReview, id=made["review"], plan_id=made["plan"], kind="annual", state="held",
            due_on=date(2027, 9, 1), held=True, school_id=affair.cast.places["oakfield"], **common,
        )  # fmt: skip
    return made


def put_on_record(affair: Affair, made: dict[str, UUID], kind: str, day: date = RECEIVED) -> None:
    """Note the step that a letter rests on, about what the letter is about."""
    letter = wording_on(day).letters[kind]
    if not letter.rests_on or kind in ("refuse_assess", "will_assess"):
        return
    subject = letter.subject if letter.subject in made else "plan"
    with on(day), affair.cast.making() as unit:
        note_step(
            unit, affair.ava, affair.cast.places["northshire"], Subject(subject), made[subject],
            StepCode(letter.rests_on[0]), day, by=affair.person("olli"),
        )  # fmt: skip


def lay_appeal(affair: Affair, made: dict[str, UUID], day: date = RECEIVED, **given: Any) -> UUID:
    """An appeal about the plan that was registered, with its step."""
    values: dict[str, Any] = {
        "id": new_id(), "pupil_id": affair.ava, "authority_id": affair.cast.places["northshire"],
        "kind": "appeal", "about": "content", "subject": "plan", "subject_id": made["plan"],
        "state": "open", "decision_on": day, "asked_on": day,
        "response_due_on": deadlines.due(deadlines.Act.RESPOND, day).on, "row_version": 1,
        **dict.fromkeys(("certificate_on", "held_on", "hearing_on", "closed_on", "result", "sealed")),
    } | given  # fmt: skip
    with on(day), affair.cast.making() as unit:
        unit.insert(Dispute, **values, recorded_at=unit.now)
        note_step(
            unit, affair.ava, values["authority_id"], Subject.DISPUTE, values["id"],
            StepCode.APPEAL_REGISTERED, day, by=affair.person("olli"),
        )  # fmt: skip
    appeal: UUID = values["id"]
    return appeal


def begin(affair: Affair, case: UUID, kind: str, by: str = "olli", day: date = RECEIVED, **more: Any) -> UUID:
    """A letter with every particular said and reasons written."""
    with on(day), affair.cast.acting(by) as unit:
        letter_id = actions.begin(unit, case, kind, dated_on=day, **more)
    write(affair, letter_id, by=by, day=day)
    return letter_id


def write(affair: Affair, letter_id: UUID, *, by: str = "olli", day: date = RECEIVED, **words: Any) -> None:
    said: dict[str, Any] = {
        "opening": "Thank you for speaking to us.",
        "reasons": "The school gives what is needed.",
        "closing": "Yours sincerely",
        "particulars": PARTICULARS,
    }
    with on(day), affair.cast.acting(by) as unit:
        actions.write(unit, letter_id, Words(**(said | words)), dated_on=day)


def to_whom(affair: Affair, letter_id: UUID, day: date = RECEIVED) -> list[Recipient]:
    with on(day), affair.cast.looking("olli") as unit:
        found = queries.reading_of(unit, letter_id, Permission.LETTER_WRITE)
        return recipients(unit, found.case, queries.wording_of(found.row)[1], found.words.particulars)


def serve(affair: Affair, letter_id: UUID, by: str = "olli", day: date = RECEIVED, **more: Any) -> None:
    """By post to everybody; ``sent`` replaces ways by key."""
    sent = {one.key: Sending("post", "Somebody there") for one in to_whom(affair, letter_id, day)}
    said: dict[str, Any] = {"served_on": day, "proof": "Posted by the office, recorded delivery AB 1."} | more
    said["sent"] = sent | more.get("sent", {})
    with on(day), affair.cast.acting(by) as unit:
        actions.serve(unit, letter_id, **said)
