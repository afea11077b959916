"""Settings are consulted about a draft, and answer: those on this system themselves, others by mail.

Each setting that may be named is consulted with a copy of the draft (sections 39(2) and 40(3)); the Code asks
for an answer within 15 days. A school on this system sees the draft that was sent, and nothing else of the
child's record, from the consultation to its answer: a tie that rests on the consultation and ends with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate, grants, ties
from isp.access.gate import Decision
from isp.access.policy import DIGEST, Permission, Standing
from isp.access.standing import CONSULTED
from isp.audit import Chain, Event, Unit
from isp.audit.unit import MOVED_ON, Denial
from isp.ehcp import content as plan_content
from isp.ehcp.steps import StepCode, Subject
from isp.escalations import assessments, deadlines, kept, parties, plan_rules, queries
from isp.escalations import course as courses
from isp.escalations.deadlines import Act
from isp.escalations.kept import check_shown
from isp.escalations.models import SettingConsultation
from isp.escalations.trail import note, record
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.people.models import Organisation
from isp.people.roles import Role
from isp.records import versions
from isp.records.models import RecordVersion
from isp.records.shape import Content

CONSULTATIONS = table_of(SettingConsultation)
VERSIONS = table_of(RecordVersion)
DRAFT = "ehcp_draft"
"""What a consultation grants: the version of the draft as it was sent."""
ANSWERING = (Role.SENCO, Role.DEPUTY_SENCO, Role.HEAD)
NO_DRAFT_HERE = (
    "The draft was sent from another system, so the school has nothing to read here. Send the draft anew "
    "from here, or send the school a copy yourself and give its name as one that is elsewhere."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A consultation with its words opened: the setting's name, and after the answer its reasons."""

    row: Any
    name: str
    reasons: str


def place(consultation_id: UUID, row_version: int) -> Place:
    """Where a consultation's words lie."""
    return Place("setting_consultation", "sealed", consultation_id, row_version)


def consultations_of(unit: Unit, assessment_id: UUID) -> list[Asked]:
    """The settings consulted in a case, in the order in which they were; after the gate."""
    c = CONSULTATIONS.c
    query = select(CONSULTATIONS).where(c.assessment_id == assessment_id).order_by(c.sent_on, c.id)
    rows = list(unit.connection.execute(query))
    named = queries.organisation_names(unit, {row.school_id for row in rows})
    return [_opened(unit, row, named.get(row.school_id, "")) for row in rows]


def consult(
    unit: Unit,
    request_id: UUID,
    *,
    sent_on: date,
    school_id: UUID | None = None,
    name: str = "",
    shown: int | None = None,
) -> UUID:
    """Consult a setting with a copy of the draft as it was sent; the consultation's id.

    ``school_id``: a school on this system, which answers itself; ``name``: of one elsewhere. Raises Conflict
    where it has been asked and not answered, Invalid for a day before the draft.
    """
    row, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    assessment = assessments.needed(unit, request_id)
    check_shown(assessment, shown)
    course = courses.course_of(assessment)
    courses.check_possible(course, courses.Deed.CONSULT)
    plan_rules.check_setting(name, in_system=school_id is not None)
    _check_day(sent_on, course.draft_sent_on or course.begun_on, unit.today, "sent_on")
    if school_id is not None:
        if school_id not in {one.id for one in schools(unit)}:
            raise Invalid(plan_rules.ATTENTION, {"school_id": "Choose one of the schools shown."})
        if _draft_sent(unit, assessment) is None:
            raise Invalid(plan_rules.ATTENTION, {"school_id": NO_DRAFT_HERE})
        if any(
            one.row.school_id == school_id and one.row.state == "open"
            for one in consultations_of(unit, assessment.id)
        ):
            raise Conflict("This school has been asked already, and has not answered yet.")
    made = new_id()
    words = {"name": name.strip()} if school_id is None else {}
    due = deadlines.due(Act.SETTING_ANSWERS, sent_on, version=assessment.rules)
    unit.insert(
        SettingConsultation,
        id=made,
        assessment_id=assessment.id,
        request_id=request_id,
        pupil_id=row.pupil_id,
        authority_id=row.authority_id,
        school_id=school_id,
        sent_on=sent_on,
        due_on=due.on,
        state="open",
        answered_on=None,
        answered_by=None,
        answer_recorded_at=None,
        recorded_at=unit.now,
        recorded_by=may.person_id,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), place(made, 1), words),
        row_version=1,
    )
    if school_id is not None:
        _open_draft(unit, row, assessment, made, school_id)
    note(unit, may, assessment, StepCode.SETTING_CONSULTED, sent_on, Subject.ASSESSMENT, words or None)
    record(
        unit,
        may,
        Event.SETTING_CONSULTED,
        request_id,
        row.pupil_id,
        row.authority_id,
        payload=words or None,
        school=str(school_id) if school_id else None,
        on=sent_on.isoformat(),
        due_on=due.on.isoformat(),
    )
    return made


def answer(
    unit: Unit, consultation_id: UUID, *, said: str, reasons: str = "", shown: int | None = None
) -> None:
    """A school on this system answers whether it can take the child, today; with that its sight ends."""
    row, may = consulted(unit, consultation_id, lock=True)
    check_shown(row, shown)
    _answered(unit, may, row, said, reasons, unit.today)


def file_answer(
    unit: Unit,
    request_id: UUID,
    consultation_id: UUID,
    *,
    said: str,
    on: date,
    reasons: str = "",
    shown: int | None = None,
) -> None:
    """The officer files the answer of a setting that came by mail, with the day on which it came."""
    _, may = queries.allowed(unit, request_id, Permission.ASSESSMENT_DECIDE, lock=True)
    row = row_of(unit, consultation_id)
    if row is None or row.request_id != request_id:
        raise NotFound(gate.NO_PAGE)
    check_shown(row, shown)
    _check_day(on, row.sent_on, unit.today, "on")
    _answered(unit, may, row, said, reasons, on)


def row_of(unit: Unit, consultation_id: UUID, *, lock: bool = False) -> Any | None:
    """A consultation's row, or None; says nothing of who may see it."""
    query = select(CONSULTATIONS).where(CONSULTATIONS.c.id == consultation_id)
    return unit.connection.execute(query.with_for_update(key_share=True) if lock else query).first()


def consulted(unit: Unit, consultation_id: UUID, *, lock: bool = False) -> tuple[Any, Decision]:
    """A consultation for somebody of the school that was asked, while it is open. Else NotFound."""
    row = row_of(unit, consultation_id, lock=lock)
    pupil_id = row.pupil_id if row is not None else consultation_id
    held = [
        one
        for one in gate.standings_towards(unit, pupil_id)
        if one.standing == Standing.CONSULTED and one.source_id == consultation_id
    ]
    decision = gate.decide(unit, Permission.CONSULTATION_ANSWER, pupil_id, held)
    if row is None or row.state != "open":
        denial = Denial(
            Permission.CONSULTATION_ANSWER.value, "another-consultation", ("pupil", pupil_id), policy=DIGEST
        )
        raise NotFound(gate.NO_PAGE, denial=denial)
    return row, decision


@dataclass(frozen=True, slots=True)
class Shown:
    """What a consulted school reads: the consultation, who asks, and the draft as it was sent."""

    row: Any
    authority: str
    content: Content
    decision: Decision


def read_consultation(unit: Unit, consultation_id: UUID) -> Shown:
    """A consultation with its draft, for the school that was asked; the view is recorded."""
    row, decision = consulted(unit, consultation_id)
    granted = grants.granted_by(unit, consultation_id, DRAFT)
    content: Content = plan_content.blank()
    if granted:
        query = select(VERSIONS.c.record_id, VERSIONS.c.number).where(VERSIONS.c.id == granted[-1].object_id)
        found = unit.connection.execute(query).one()
        content = plan_content.read(versions.read(unit, found.record_id, found.number).content)
    unit.record(
        decision, Event.CONSULTATION_VIEWED, Chain.pupil(row.pupil_id), obj=("consultation", consultation_id)
    )
    named = queries.organisation_names(unit, {row.authority_id})
    return Shown(row, named.get(row.authority_id, ""), content, decision)


def close_all(unit: Unit, assessment_id: UUID) -> None:
    """The case has gone on: whoever was asked and has not answered is asked no longer, and sees no more."""
    c = CONSULTATIONS.c
    query = select(CONSULTATIONS).where(c.assessment_id == assessment_id, c.state == "open")
    for row in list(unit.connection.execute(query)):
        _change(unit, row, words_of(unit, row), state="closed")
        _end_sight(unit, row.id)


def words_of(unit: Unit, row: Any) -> dict[str, Any]:
    """A consultation's words: name of a setting elsewhere, reasons of the answer."""
    return kept.words_of(unit, "setting_consultation", row)


def schools(unit: Unit) -> list[Any]:
    """The schools on this system, by name: (id, name)."""
    query = select(Organisation.id, Organisation.name).where(Organisation.kind == "school")
    return list(unit.connection.execute(query.order_by(Organisation.name, Organisation.id)))


def _opened(unit: Unit, row: Any, name: str) -> Asked:
    words = words_of(unit, row)
    return Asked(row, name or words.get("name", ""), words.get("reasons", ""))


def _open_draft(unit: Unit, row: Any, assessment: Any, consultation_id: UUID, school_id: UUID) -> None:
    """From today the school may read the draft as it was sent, and answer."""
    ties.open_tie(
        unit,
        row.pupil_id,
        CONSULTED,
        unit.today,
        organisation_id=school_id,
        source_id=consultation_id,
        words={"evidence": "Consulted about a draft EHC plan"},
    )
    sent = _draft_sent(unit, assessment)
    if sent is not None:
        grants.grant(unit, row.pupil_id, consultation_id, {sent.id: sent.digest}, DRAFT)
    tell(unit, parties.holders(unit, school_id, *ANSWERING), "consulted", row.pupil_id, about=consultation_id)


def _draft_sent(unit: Unit, assessment: Any) -> Any | None:
    """The newest draft that was sent from here (id, digest); None where it went from another system."""
    plan = assessments.plan_of(unit, assessment)
    if plan is None or plan.record_id is None:
        return None
    c = VERSIONS.c
    query = (
        select(c.id, c.digest)
        .where(c.record_id == plan.record_id, c.sort == versions.DRAFT_SENT)
        .order_by(c.number.desc())
    )
    return unit.connection.execute(query.limit(1)).first()


def _answered(unit: Unit, may: Decision, row: Any, said: str, reasons: str, on: date) -> None:
    if row.state != "open":
        raise Conflict("This setting has answered already, or the case has gone on. Look at the case.")
    plan_rules.check_setting_answer(said, reasons)
    words = words_of(unit, row)
    if reasons.strip():
        words["reasons"] = reasons.strip()
    _change(
        unit,
        row,
        words,
        state=said,
        answered_on=on,
        answered_by=may.person_id,
        answer_recorded_at=unit.now,
    )
    _end_sight(unit, row.id)
    told: dict[str, Any] = {name: words[name] for name in ("name", "reasons") if name in words}
    of = assessments.needed(unit, row.request_id)
    note(unit, may, of, StepCode.SETTING_ANSWERED, on, Subject.ASSESSMENT, {"answer": said, **told})
    record(
        unit,
        may,
        Event.SETTING_ANSWERED,
        row.request_id,
        row.pupil_id,
        row.authority_id,
        payload=told or None,
        answer=said,
        on=on.isoformat(),
    )
    query = select(queries.REQUESTS.c.officer_id).where(queries.REQUESTS.c.id == row.request_id)
    officer_id = unit.connection.scalar(query)
    tell(unit, [officer_id] if officer_id else [], "case_moved_on", row.pupil_id)


def _end_sight(unit: Unit, consultation_id: UUID) -> None:
    for tie in grants.ties_from(unit, consultation_id):
        ties.end_tie(unit, tie.id)


def _change(unit: Unit, row: Any, words: dict[str, Any], **values: Any) -> None:
    following = row.row_version + 1
    unit.change(
        SettingConsultation,
        {"id": row.id, "row_version": row.row_version},
        MOVED_ON,
        **values,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), place(row.id, following), words),
        row_version=following,
    )


def _check_day(on: date, earliest: date, today: date, name: str) -> None:
    if not earliest <= on <= today:
        sentence = f"The day is between {deadlines.words(earliest)} and today."
        raise Invalid(plan_rules.ATTENTION, {name: sentence})
