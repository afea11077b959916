"""Everything that happened in a case, in order of the days, for an Ombudsman or a Tribunal.

Each line has two dates, when it happened and when it was recorded, and what was corrected with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.access.purposes import PURPOSES
from isp.audit import Chain, Event, Unit
from isp.ehcp import agreement
from isp.ehcp.agreement import Said
from isp.ehcp.rules import AGREEMENT_WORDS, CAME_BY
from isp.ehcp.steps import Happened, steps_of
from isp.escalations import subjects
from isp.escalations.deadlines import EXCUSES
from isp.escalations.diary import queries
from isp.escalations.diary.queries import Entry
from isp.escalations.disclosing import queries as disclosures
from isp.escalations.disclosing.queries import Disclosed
from isp.escalations.letters import queries as letters
from isp.escalations.letters.queries import Listed
from isp.escalations.queries import circumstances_of
from isp.escalations.subjects import CaseFile
from isp.kernel.errors import Invalid
from isp.people import directory
from isp.plans.printing import Form, printed_by
from isp.register import pupils
from isp.web.filters import date_words, initials
from isp.web.print.paper import Block, Note, Paper, Stamp, Table
from isp.web.print.plan import facts

STEP, DIARY, LETTER, EXCUSE, DISCLOSURE = "Step", "Diary", "Letter", "Excuse", "Disclosure"
FAMILY = "Family"
HEAD = ("Happened", "What", "Recorded")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, what in words, further words, and what was corrected."""

    on: date
    recorded_at: datetime
    by: UUID | None
    sort: str
    title: str
    words: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chronology:
    """A case's whole story as one reader may see it."""

    case: CaseFile
    decision: Decision
    lines: tuple[Line, ...]
    child: str
    authority: str
    named: Mapping[UUID, str]


def read_chronology(unit: Unit, case_id: UUID) -> Chronology:
    """For the page; the look is recorded."""
    case, decision = subjects.allowed(unit, case_id, Permission.DIARY_READ)
    found = _gathered(unit, case, decision)
    unit.record(decision, Event.CHRONOLOGY_VIEWED, Chain.pupil(case.pupil_id), obj=("case", case.id))
    return found


def chronology_paper(unit: Unit, case_id: UUID, purpose: str, form: Form, *, large: bool) -> Paper:
    """For paper, with the purpose for which it leaves the authority; recorded. Invalid without one."""
    case, decision = subjects.allowed(unit, case_id, Permission.DIARY_READ)
    if purpose not in PURPOSES:
        raise Invalid("Say what the copy is for.", {"purpose": "Choose what the copy is for."})
    decision = replace(decision, purpose=purpose)
    found = _gathered(unit, case, decision)
    unit.record(
        decision,
        Event.CHRONOLOGY_PRINTED,
        Chain.pupil(case.pupil_id),
        obj=("case", case.id),
        form=form.value,
        size="large" if large else "standard",
    )
    letters_of_name = initials(found.child)
    blocks: list[Block] = [
        facts(
            (
                ("From", found.authority),
                ("Our reference", case.reference),
                ("For", PURPOSES[purpose]),
                ("As recorded on", date_words(unit.today)),
            )
        )
    ]
    if found.lines:
        blocks.append(Table(HEAD, tuple(_row(line, found.named) for line in found.lines), widths=(2, 6, 3)))
    else:
        blocks.append(Note("Nothing is recorded in this case yet."))
    stamp = Stamp(
        initials=letters_of_name,
        what=f"{letters_of_name}, {case.reference}",
        by=printed_by(unit, decision),
        at=unit.now,
    )
    return Paper("Case chronology", stamp, tuple(blocks), caption=found.child)


def _row(line: Line, named: Mapping[UUID, str]) -> tuple[tuple[str, ...], ...]:
    told = tuple(f"Corrected: {one}" for one in line.corrections)
    by = named.get(line.by, "") if line.by is not None else ""
    recorded = (date_words(line.recorded_at), *((by,) if by else ()))
    return (date_words(line.on),), (f"{line.sort}: {line.title}", *line.words, *told), recorded


def _gathered(unit: Unit, case: CaseFile, decision: Decision) -> Chronology:
    steps = [one for one in steps_of(unit, case.pupil_id, case.authority_id) if one.subject_id in case.ids]
    lines = [
        *_steps(steps),
        *_diary(queries.entries_of(unit, case)),
        *_letters(letters.served_of(unit, case)),
        *_excuses(circumstances_of(unit, [one.id for one in case.requests])),
        *_disclosures(disclosures.disclosures_of(unit, case)),
        *_answers(unit, agreement.of_plans(unit, case.plans)),
    ]
    lines.sort(key=lambda one: (one.on, one.recorded_at, one.sort))
    people = {one.by for one in lines if one.by is not None}
    named = {person: one.with_role for person, one in directory.names(unit, people).items()}
    return Chronology(
        case,
        decision,
        tuple(lines),
        pupils.name(unit, case.pupil_id).full,
        letters.facts(unit, case, unit.today).authority,
        named,
    )


def _steps(steps: Iterable[Happened]) -> list[Line]:
    return [
        Line(
            one.on,
            one.recorded_at,
            one.recorded_by,
            STEP,
            one.title,
            tuple(str(text) for text in one.words.values() if isinstance(text, str) and text.strip()),
            tuple(
                f"{date_words(each.was)} to {date_words(each.now)}, recorded on "
                f"{date_words(each.recorded_at)}: {each.reason}"
                for each in one.corrections
            ),
        )
        for one in steps
    ]


def _diary(entries: Iterable[Entry]) -> list[Line]:
    found = []
    for one in entries:
        told = []
        later = one.now
        for before in one.before:
            was = f"{before.title} of {date_words(before.on)}, {before.who}: {before.what}"
            told.append(f"on {date_words(later.recorded_at)}, {later.reason}. Before: {was}")
            later = before
        now = one.now
        # It was first recorded with the entry that all the others correct.
        first = one.before[-1] if one.before else now
        found.append(
            Line(
                now.on,
                first.recorded_at,
                first.recorded_by,
                DIARY,
                f"{now.title}, {now.who}",
                (now.what,),
                tuple(told),
            )
        )
    return found


def _letters(served: Iterable[tuple[Listed, tuple[str, ...]]]) -> list[Line]:
    return [
        Line(
            one.row.served_on,
            one.row.recorded_at,
            one.row.served_by,
            LETTER,
            f"{one.title}, dated {date_words(one.row.dated_on)}, served",
            copies,
        )
        for one, copies in served
    ]


def _excuses(told: Iterable[Any]) -> list[Line]:
    return [
        Line(
            one.held.begins,
            one.recorded_at,
            one.recorded_by,
            EXCUSE,
            f"{EXCUSES[one.held.code].title}, to {date_words(one.held.ends)}",
            tuple(text for text in (one.words.get("reason", ""), one.words.get("evidence", "")) if text),
        )
        for one in told
    ]


def _disclosures(found: Iterable[Disclosed]) -> list[Line]:
    return [
        Line(
            one.row.made_on,
            one.row.recorded_at,
            one.row.recorded_by,
            DISCLOSURE,
            f"{one.to_whom}: {one.purpose}",
            (*(each.words for each in one.objects), one.reason),
        )
        for one in found
    ]


def _answers(unit: Unit, found: Iterable[Said]) -> list[Line]:
    """On the day on which it was said; recorded by whoever said it here, or entered it as it came."""
    said = list(found)
    whose = directory.names(unit, {one.person_id for one in said if one.filed is not None})
    lines = []
    for one in said:
        text = f"{AGREEMENT_WORDS[one.answer]} with version {one.number} of the EHC plan"
        words = (one.words,) if one.words else ()
        by = one.person_id
        if one.filed is not None:
            name = whose[one.person_id].with_role if one.person_id in whose else directory.NOBODY
            by = one.filed.by
            text = f"{name}, {CAME_BY[one.filed.how].lower()}: {text[:1].lower()}{text[1:]}"
            words = (*words, one.filed.proof)
        lines.append(Line(one.on, one.at, by, FAMILY, text, words))
    return lines
