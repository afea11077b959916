"""The verbs of a round of questions to those who teach or support a pupil: ask, answer, remind, close."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.audit.unit import MOVED_ON
from isp.kernel.clock import civil_day
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.plans import queries as plans
from isp.plans.rules import check_open as check_plan_open
from isp.plans.vocabulary import configuration_on
from isp.records.digest import digest
from isp.reviews import rounds_queries as queries
from isp.reviews import rounds_rules as rules
from isp.reviews.rounds_models import QuestionAnswer, QuestionAsked, QuestionRound
from isp.reviews.rounds_rules import CLOSED, OPEN

_SALT = 16


def ask(unit: Unit, record_id: UUID, questions: Sequence[str], due_on: date) -> UUID:
    """Put four questions, and the outcomes of the version in force, to everybody who teaches the pupil or
    supports him in class.

    The round's id. Raises Invalid; Conflict where no version is in force, nobody teaches him or a round
    is open.
    """
    row, decision = plans.allowed(unit, record_id, Permission.QUESTIONS_ASK)
    check_plan_open(row.status)
    # One at a time for a plan: whoever comes second sees the first one's round.
    unit.connection.execute(
        select(plans.RECORD.c.id).where(plans.RECORD.c.id == record_id).with_for_update(key_share=True)
    )
    if row.current is None:
        raise Conflict(rules.NO_VERSION)
    if any(one.status == OPEN for one in queries.rounds_of(unit, record_id)):
        raise Conflict(rules.HAS_OPEN)
    teachers = queries.asked_about(unit, row.pupil_id)
    if not teachers:
        raise Conflict(rules.NO_TEACHERS)
    held = rules.check_asking(questions, due_on, unit.today)
    round_id = new_id()
    unit.insert(
        QuestionRound,
        id=round_id,
        pupil_id=row.pupil_id,
        record_id=record_id,
        version=row.current,
        asked_by=unit.actor.person_id,
        asked_at=unit.now,
        due_on=due_on,
        status=OPEN,
        closed_at=None,
        closed_by=None,
        sealed=unit.keys.seal(
            KeyOf.pupil(row.pupil_id), queries.questions_place(round_id), {"questions": held}
        ),
    )
    for person_id in teachers:
        unit.insert(
            QuestionAsked,
            round_id=round_id,
            person_id=person_id,
            number=0,
            finished_at=None,
            reminded_at=None,
        )
    _record(
        unit,
        decision,
        Event.QUESTIONS_ASKED,
        round_id,
        row.pupil_id,
        version=row.current,
        count=len(teachers),
        due_on=due_on.isoformat(),
    )
    tell(unit, teachers, "questions_asked", row.pupil_id, about=round_id)
    return round_id


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save: the newest version's number, all the answers now, and what could not be kept."""

    number: int
    answers: Mapping[str, str]
    problems: Mapping[str, str]


def save_answers(unit: Unit, round_id: UUID, typed: Mapping[str, str]) -> Saved:
    """Keep what the actor typed, box by box; other boxes stay as they were. What was there before is kept.

    What cannot be kept comes back in ``problems`` while the rest is saved. Conflict where it is closed.
    """
    row, decision, mine = queries.answering(unit, round_id, lock=True)
    rules.check_open(row.status)
    outcomes = [item for item, _ in queries.outcomes_of(unit, row, decision)]
    codes = [one.code for one in configuration_on(unit.today).options["result"]]
    kept, problems = rules.check_answers(typed, rules.boxes_of(outcomes), codes)
    before = queries.newest_answers(unit, round_id, row.pupil_id, mine.person_id)
    held = before[mine.person_id][1] if mine.person_id in before else {}
    answers = {name: text for name, text in {**held, **kept}.items() if text}
    if answers == held:
        return Saved(mine.number, answers, problems)
    number = mine.number + 1
    unit.change(
        QuestionAsked,
        {"round_id": round_id, "person_id": mine.person_id, "number": mine.number},
        otherwise=MOVED_ON,
        number=number,
    )
    answer_id, salt = new_id(), os.urandom(_SALT)
    fingerprint = digest(salt, answers)
    words = {"salt": base64.b64encode(salt).decode("ascii"), "content": answers}
    unit.insert(
        QuestionAnswer,
        round_id=round_id,
        person_id=mine.person_id,
        number=number,
        id=answer_id,
        at=unit.now,
        digest=fingerprint,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), queries.answer_place(answer_id), words),
    )
    _record(
        unit,
        decision,
        Event.ANSWERS_SAVED,
        round_id,
        row.pupil_id,
        number=number,
        digest=fingerprint.hex(),
    )
    return Saved(number, answers, problems)


def finish(unit: Unit, round_id: UUID) -> None:
    """Say that one has finished; whoever asked is told. Answers may still be changed until it closes."""
    row, decision, mine = queries.answering(unit, round_id, lock=True)
    rules.check_open(row.status)
    if not mine.number:
        raise Invalid(rules.ATTENTION, {"": "Answer at least one question first."})
    if mine.finished_at is not None:
        return
    unit.change(
        QuestionAsked,
        {"round_id": round_id, "person_id": mine.person_id, "finished_at": None},
        otherwise=MOVED_ON,
        finished_at=unit.now,
    )
    _record(unit, decision, Event.ANSWERS_FINISHED, round_id, row.pupil_id, number=mine.number)
    tell(unit, [row.asked_by], "questions_answered", row.pupil_id, about=round_id)


def remind(unit: Unit, round_id: UUID) -> int:
    """Remind whoever has not finished, each at most once a day; how many. Conflict where it is nobody."""
    row, decision = queries.allowed(unit, round_id, Permission.QUESTIONS_ASK, lock=True)
    rules.check_open(row.status)
    late = [
        one
        for one in queries.unfinished(unit, round_id)
        if one.reminded_at is None or civil_day(one.reminded_at) < unit.today
    ]
    if not late:
        raise Conflict("Everybody has finished, or was reminded today already.")
    for one in late:
        unit.change(QuestionAsked, {"round_id": round_id, "person_id": one.person_id}, reminded_at=unit.now)
    _record(unit, decision, Event.TEACHERS_REMINDED, round_id, row.pupil_id, count=len(late))
    tell(unit, [one.person_id for one in late], "questions_due", row.pupil_id, about=round_id)
    return len(late)


def close(unit: Unit, round_id: UUID) -> None:
    """Ask no further: what was answered stays, and nothing more is written. Conflict where it is closed."""
    row, decision = queries.allowed(unit, round_id, Permission.QUESTIONS_ASK, lock=True)
    rules.check_open(row.status)
    asked = unit.connection.execute(
        select(queries.ASKED.c.finished_at).where(queries.ASKED.c.round_id == round_id)
    ).all()
    unit.change(
        QuestionRound,
        {"id": round_id, "status": OPEN},
        otherwise=rules.IS_CLOSED,
        status=CLOSED,
        closed_at=unit.now,
        closed_by=unit.actor.person_id,
    )
    _record(
        unit,
        decision,
        Event.QUESTIONS_CLOSED,
        round_id,
        row.pupil_id,
        answered=sum(one.finished_at is not None for one in asked),
        count=len(asked),
    )


def _record(
    unit: Unit, decision: Decision, event: Event, round_id: UUID, pupil_id: UUID, **detail: Any
) -> None:
    unit.record(decision, event, Chain.pupil(pupil_id), obj=("question_round", round_id), **detail)
