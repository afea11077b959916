"""Reading letters: the authority its own, a parent what went to her, a school what the law sends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.office import texts
from isp.access.policy import DIGEST, Permission
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.ehcp.steps import Happened, StepCode, steps_of
from isp.escalations import deadlines, subjects
from isp.escalations import queries as requests
from isp.escalations.case_models import CaseLetter, LetterCopy
from isp.escalations.letters import carrying, rules
from isp.escalations.letters.content import Composed, Facts, Gap, Part, Words, compose, parts_of
from isp.escalations.letters.keeping_rules import keeps
from isp.escalations.letters.wording import Letter, Wording, wording_on, wordings
from isp.escalations.queries import organisation_names, side_of
from isp.escalations.stages import PENDING
from isp.escalations.subjects import CaseFile
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.keys import KeyOf
from isp.kernel.workdays import HorizonPassed
from isp.people import directory
from isp.register import pupils

LETTERS = table_of(CaseLetter)
COPIES = table_of(LetterCopy)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a served letter; ``name`` and ``proof`` for the authority alone."""

    row: Any
    name: str
    proof: str

    @property
    def how(self) -> str:
        """In words."""
        return rules.WAYS.get(self.row.how, "Not sent")


@dataclass(frozen=True, slots=True)
class Reading:
    """A letter as one reader may see it."""

    row: Any
    case: CaseFile
    decision: Decision
    side: str
    title: str
    authority: str
    child: str
    reference: str
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...]
    copies: tuple[Copy, ...]
    words: Words

    @property
    def code(self) -> str:
        """Of a served letter: the beginning of its digest, by which an altered copy is found out."""
        return self.row.digest.hex()[:12] if self.row.digest else ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A letter in a list."""

    row: Any
    title: str


@dataclass(frozen=True, slots=True)
class Owed:
    """A letter that a step of the case calls for and that is not served yet. ``draft_id``: one is begun.

    ``by``: the day by which it is to go, where the law has one; ``about_id`` and ``whom``: what it carries
    out, and to whom.
    """

    letter: Letter
    step: str
    on: date
    draft_id: UUID | None
    by: date | None = None
    about_id: UUID | None = None
    whom: str = ""


def place(letter_id: UUID, row_version: int) -> Place:
    """Where a letter's words lie."""
    return Place("case_letter", "sealed", letter_id, row_version)


def copy_place(copy_id: UUID) -> Place:
    """Where a copy's words lie."""
    return Place("letter_copy", "sealed", copy_id, 1)


def sealed_of(unit: Unit, row: Any) -> dict[str, Any]:
    """What is sealed of a letter."""
    found: dict[str, Any] = unit.keys.open(
        KeyOf.pupil(row.pupil_id), place(row.id, row.row_version), row.sealed
    )
    return found


def words_in(sealed: Mapping[str, Any]) -> Words:
    """What the officer wrote of it."""
    return Words(sealed["opening"], sealed["reasons"], sealed["closing"], sealed["particulars"])


def wording_of(row: Any) -> tuple[Wording, Letter]:
    """The letters under which this one was made, and its kind among them."""
    wording = wordings().called(row.rules)
    return wording, wording.letters[row.kind]


def allowed(
    unit: Unit, letter_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[Any, CaseFile, Decision]:
    """A letter's row with its case, and the decision. One that is not there answers as a stranger's."""
    query = select(LETTERS).where(LETTERS.c.id == letter_id)
    row = unit.connection.execute(query.with_for_update(key_share=True) if lock else query).first()
    case, decision = subjects.allowed(unit, row.subject_id if row is not None else letter_id, permission)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    if decision.sources is not None and row.authority_id != case.authority_id:
        denial = Denial(permission.value, "another-authority", ("pupil", row.pupil_id), policy=DIGEST)
        raise NotFound(gate.NO_PAGE, denial=denial)
    return row, case, decision


def facts(unit: Unit, case: CaseFile, dated_on: date, version: str | None = None) -> Facts:
    """What letters of this case can say today. ``version``: of the limits that its days keep (``keeps``)."""
    others = texts.for_letters(unit, case.authority_id)
    return Facts(
        authority=organisation_names(unit, [case.authority_id]).get(case.authority_id, ""),
        child=pupils.name(unit, case.pupil_id).full,
        dated=dated_on,
        received=case.received_on,
        contact=contact_of(unit, case.officer_id),
        rules=version,
        **others,
    )


def contact_of(unit: Unit, officer_id: UUID | None) -> str:
    """How somebody at the authority is reached, as letters say it; empty where nobody has it."""
    if officer_id is None:
        return ""
    named = directory.names(unit, [officer_id]).get(officer_id)
    if named is None:
        return ""
    reach = directory.details(unit, [officer_id]).get(officer_id, {})
    return ", ".join(one for one in (named.with_role, reach.get("telephone"), reach.get("email")) if one)


def read(unit: Unit, letter_id: UUID) -> Reading:
    """A letter for a page; the look is recorded. Drafts only for whoever writes them."""
    row, case, decision = allowed(unit, letter_id, Permission.LETTER_READ)
    found = _reading(unit, row, case, decision)
    record_view(unit, found)
    return found


def reading_of(unit: Unit, letter_id: UUID, permission: Permission) -> Reading:
    """The same for a deed that records itself, or for paper."""
    row, case, decision = allowed(unit, letter_id, permission)
    return _reading(unit, row, case, decision)


def record_view(unit: Unit, found: Reading) -> None:
    """That somebody looked at it."""
    row = found.row
    chain = Chain.pupil(row.pupil_id)
    unit.record(found.decision, Event.LETTER_VIEWED, chain, obj=("letter", row.id), letter=row.kind)


def _reading(unit: Unit, row: Any, case: CaseFile, decision: Decision) -> Reading:
    side = side_of(decision)
    query = select(COPIES).where(COPIES.c.letter_id == row.id).order_by(COPIES.c.made_at, COPIES.c.id)
    copies = list(unit.connection.execute(query))
    reads = row.state == rules.SERVED and rules.may_read(
        side, decision.person_id, decision.organisation_id, copies
    )
    if side != "authority" and not reads:
        denial = Denial(decision.permission, "another-persons-letter", ("pupil", row.pupil_id), policy=DIGEST)
        raise NotFound(gate.NO_PAGE, denial=denial)
    sealed = sealed_of(unit, row)
    words = words_in(sealed)
    if row.state == rules.SERVED:
        text = sealed["text"]
        return Reading(
            row, case, decision, side, text["title"], text["authority"], text["child"], text["reference"],
            parts_of(text), (), _copies(unit, copies, side, decision.person_id), words,
        )  # fmt: skip
    version = keeps(unit, case, wording_of(row)[1], row.subject_id)
    known = facts(unit, case, row.dated_on, version)
    made = composed(row, known, words)
    return Reading(
        row, case, decision, side, made.title, known.authority, known.child, case.reference, made.parts,
        made.gaps, (), words,
    )  # fmt: skip


def composed(row: Any, known: Facts, words: Words) -> Composed:
    """A draft as it would go out today."""
    wording, letter = wording_of(row)
    return compose(wording, letter, known, words)


def _copies(unit: Unit, rows: Iterable[Any], side: str, person_id: UUID | None) -> tuple[Copy, ...]:
    """To whom it went. Of the family everybody sees her own copy alone; a school sees no names."""
    found = []
    for row in rows:
        if side == "authority" or (side == "family" and row.person_id == person_id):
            said = unit.keys.open(KeyOf.pupil(row.pupil_id), copy_place(row.id), row.sealed)
            found.append(Copy(row, said["name"], said["proof"] if side == "authority" else ""))
    return tuple(found)


def letters_of(unit: Unit, case: CaseFile, decision: Decision) -> list[Listed]:
    """The letters of a case that are drafts or served, newest first; the look is recorded."""
    found = _rows(unit, case)
    record_list_view(unit, case, decision)
    return [Listed(row, wording_of(row)[1].title) for row in found]


def record_list_view(unit: Unit, case: CaseFile, decision: Decision) -> None:
    """That somebody looked at the letters of a case, or at which could be begun."""
    unit.record(decision, Event.LETTERS_VIEWED, Chain.pupil(case.pupil_id), obj=("pupil", case.pupil_id))


def _rows(unit: Unit, case: CaseFile) -> list[Any]:
    c = LETTERS.c
    query = (
        select(LETTERS)
        .where(
            c.subject_id.in_(sorted(case.ids)),
            c.authority_id == case.authority_id,
            c.state != rules.PUT_ASIDE,
        )
        .order_by(c.dated_on.desc(), c.made_at.desc(), c.id)
    )
    return list(unit.connection.execute(query))


def served_of(unit: Unit, case: CaseFile) -> list[tuple[Listed, tuple[str, ...]]]:
    """A case's served letters with to whom each went and how: for the chronology, after the gate."""
    rows = [row for row in _rows(unit, case) if row.state == rules.SERVED]
    query = select(COPIES).where(COPIES.c.letter_id.in_([row.id for row in rows])).order_by(COPIES.c.id)
    copies = _copies(unit, unit.connection.execute(query), "authority", None)
    return [
        (
            Listed(row, wording_of(row)[1].title),
            tuple(f"{one.name}: {one.how.lower()}" for one in copies if one.row.letter_id == row.id),
        )
        for row in rows
    ]


def received(unit: Unit, pupil_id: UUID) -> tuple[Decision, list[Listed]]:
    """The letters that went to the reader, or to her school, newest first; the look is recorded."""
    decision = gate.require(unit, Permission.LETTER_READ, pupil_id)
    c, k = LETTERS.c, COPIES.c
    side = side_of(decision)
    whose = {
        "family": k.person_id == decision.person_id,
        "school": k.organisation_id == decision.organisation_id,
        "authority": and_(
            c.subject_id.in_(sorted(decision.sources or ())), c.authority_id == decision.organisation_id
        ),
    }[side]
    query = (
        select(LETTERS)
        .distinct()
        .join(COPIES, k.letter_id == c.id)
        .where(c.pupil_id == pupil_id, c.state == rules.SERVED, whose)
        .order_by(c.served_on.desc(), c.made_at.desc())
    )
    rows = list(unit.connection.execute(query))
    unit.record(decision, Event.LETTERS_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
    return decision, [Listed(row, wording_of(row)[1].title) for row in rows]


def owed(unit: Unit, case: CaseFile) -> list[Owed]:
    """The letters that a case calls for and that nobody has served, the oldest first.

    Those that its steps call for, and those by which somebody who is not on this service is asked.
    """
    rows = _rows(unit, case)
    wording = wording_on(unit.today)
    found: dict[str, Owed] = {}
    steps = steps_here(unit, case)
    for step in _from_here(steps, case):
        for letter in wording.after(step.code.value):
            mine = [row for row in rows if row.kind == letter.kind]
            if any(row.state == rules.SERVED and row.served_on >= step.on for row in mine):
                found.pop(letter.kind, None)
                continue
            by = _by(letter, step, steps, keeps(unit, case, letter, step.subject_id))
            found[letter.kind] = Owed(letter, step.title, step.on, _draft(mine), by)
    outside = []
    for one in carrying.carried(unit, case):
        mine = [row for row in rows if (row.kind, row.about_id) == (one.kind, one.about_id)]
        if one.is_owed and one.kind in wording.letters and all(row.state == rules.DRAFT for row in mine):
            letter, draft_id = wording.letters[one.kind], _draft(mine)
            outside.append(Owed(letter, one.words, one.on, draft_id, one.by, one.about_id, one.whom))
    return sorted((*found.values(), *outside), key=lambda one: (one.on, one.letter.kind, one.whom))


def _draft(rows: Iterable[Any]) -> UUID | None:
    return next((row.id for row in rows if row.state == rules.DRAFT), None)


def _by(letter: Letter, step: Happened, steps: Iterable[Happened], version: str | None) -> date | None:
    """The last lawful day of a letter that a step calls for; None where the law names none."""
    if letter.same_day:
        return step.on
    if letter.by is None:
        return None
    act, begins = letter.by
    starts = [one.on for one in steps if one.code.value == begins and one.on <= step.on]
    if not starts:
        return None
    try:
        return deadlines.due(act, max(starts), version=version).on
    except HorizonPassed:
        return None


def steps_here(unit: Unit, case: CaseFile) -> list[Happened]:
    """What happened in a case, the oldest first, without what was said of it."""
    found = steps_of(unit, case.pupil_id, case.authority_id, words=False)
    return [one for one in found if one.subject_id in case.ids]


def _from_here(steps: list[Happened], case: CaseFile) -> list[Happened]:
    """Without what happened on another system, whose letters went from there (``entering``).

    The request is left while it waits: whether those concerned were told of it is to be seen to. So is the
    move of a plan that came from another authority, for it is the new one that tells the family.
    """
    came = {one.subject_id: one.recorded_at for one in steps if one.code is StepCode.PLAN_ENTERED}
    steps = [
        one
        for one in steps
        if one.subject_id not in came
        or one.recorded_at > came[one.subject_id]
        or one.code is StepCode.PLAN_MOVED_IN
    ]
    brought = [one.recorded_at for one in steps if one.code is StepCode.ENTERED]
    if not brought:
        return steps
    waits = {row.id for row in case.requests if row.status == PENDING}
    return [one for one in steps if one.recorded_at > max(brought) or one.subject_id in waits]


def begin_with(unit: Unit, case: CaseFile, letter: Letter) -> tuple[date, str]:
    """The date and the reasons that a letter begins with: those of the step that calls for it."""
    steps = [
        one
        for one in steps_of(unit, case.pupil_id, case.authority_id)
        if one.subject_id in case.ids and one.code.value in letter.after
    ]
    if letter.kind in ("refuse_assess", "will_assess") and case.requests:
        row = case.requests[0]
        if row.decided_on is not None:
            return row.decided_on, str(requests.words_of(unit, row).get("decision_reasons", ""))
    if steps and not letter.begins_today:
        return steps[-1].on, str(steps[-1].words.get("reasons", ""))
    return unit.today, ""
