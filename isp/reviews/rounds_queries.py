"""Reading rounds of questions: what somebody is asked, what she answered, and all answers side by side.

Whoever is asked reads her own answers; a colleague's are for those who may read answers, and for the
meeting that reviews the plan, whose own gate has let its reader through.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import GRID, Permission, Standing
from isp.access.standing import PERSON, onlookers
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.kernel.clock import civil_day
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotAllowed, NotFound
from isp.kernel.keys import KeyOf
from isp.kernel.prepared import Prepared, among
from isp.notices.reminders import Reminder
from isp.people import directory
from isp.people.directory import NOBODY
from isp.plans import content as plan_content
from isp.plans import queries as plans
from isp.plans.cycle import is_reviewed_before
from isp.plans.names import name_of
from isp.plans.vocabulary import configuration_on
from isp.records import versions
from isp.records.project import project
from isp.reviews import rounds_rules as rules
from isp.reviews.rounds_models import QuestionAnswer, QuestionAsked, QuestionRound
from isp.reviews.rounds_rules import GOING, OPEN, TEXT

ROUNDS, ASKED, ANSWERS = table_of(QuestionRound), table_of(QuestionAsked), table_of(QuestionAnswer)
REMIND_BEFORE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Teacher:
    """One of those asked, and how far she is."""

    person_id: UUID
    name: str
    number: int
    finished_at: datetime | None
    reminded_at: datetime | None

    @property
    def state(self) -> str:
        """In words."""
        if self.finished_at is not None:
            return "Finished"
        return "Has begun" if self.number else "Not begun"


@dataclass(frozen=True, slots=True)
class Given:
    """What one teacher answered to one thing. ``going``: of an outcome, in words."""

    who: str
    text: str
    going: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """A round as its reader may see it. ``outcomes``: id and words, as her lens on the plan shows them.

    ``before``: the same of steps that were reviewed before the round was asked, and so are not asked about.
    """

    row: Any
    decision: Decision
    questions: tuple[str, ...]
    outcomes: tuple[tuple[str, str], ...]
    before: tuple[tuple[str, str], ...] = ()
    teachers: tuple[Teacher, ...] = ()
    to_outcome: Mapping[str, tuple[Given, ...]] = field(default_factory=dict)
    to_question: Mapping[int, tuple[Given, ...]] = field(default_factory=dict)

    @property
    def finished(self) -> int:
        return sum(one.finished_at is not None for one in self.teachers)

    @property
    def is_open(self) -> bool:
        return bool(self.row.status == OPEN)


def questions_place(round_id: UUID) -> Place:
    """Where a round's questions lie."""
    return Place("question_round", "sealed", round_id)


def answer_place(answer_id: UUID) -> Place:
    """Where a version of somebody's answers lies."""
    return Place("question_answer", "sealed", answer_id)


def allowed(
    unit: Unit, round_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[Any, Decision]:
    """A round's row and the decision. One that is not there and a stranger's give the same answer."""
    query = select(ROUNDS).where(ROUNDS.c.id == round_id)
    row = unit.connection.execute(query.with_for_update(key_share=True) if lock else query).first()
    decision = gate.require(unit, permission, row.pupil_id if row is not None else round_id)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    return row, decision


def answering(unit: Unit, round_id: UUID, *, lock: bool = False) -> tuple[Any, Decision, Any]:
    """The round, the decision and the actor's own place in it. NotAllowed for whoever was not asked."""
    row, decision = allowed(unit, round_id, Permission.ANSWERS_WRITE, lock=lock)
    mine = unit.connection.execute(
        select(ASKED).where(ASKED.c.round_id == round_id, ASKED.c.person_id == unit.actor.person_id)
    ).first()
    if mine is None:
        denial = Denial(Permission.ANSWERS_WRITE.value, "not-asked", ("question_round", round_id))
        raise NotAllowed(rules.NOT_ASKED, denial=denial)
    return row, decision, mine


def asked_about(unit: Unit, pupil_id: UUID) -> list[UUID]:
    """Who teaches the pupil today, or supports him in class: those to be asked."""
    return sorted(_of_class(unit, pupil_id, GRID[Permission.ANSWERS_WRITE]))


def teachers_of(unit: Unit, pupil_id: UUID) -> list[UUID]:
    """Who teaches the pupil today."""
    return sorted(_of_class(unit, pupil_id, {Standing.TEACHER}))


def _of_class(unit: Unit, pupil_id: UUID, standings: Container[str]) -> set[UUID]:
    rows = unit.connection.execute(onlookers(pupil_id, unit.today))
    return {row.person_id for row in rows if row.standing in standings}


def rounds_of(unit: Unit, record_id: UUID) -> list[Any]:
    """The rows of a plan's rounds, newest first; callers have passed the gate."""
    query = select(ROUNDS).where(ROUNDS.c.record_id == record_id)
    return list(unit.connection.execute(query.order_by(ROUNDS.c.asked_at.desc(), ROUNDS.c.id.desc())))


def questions_of(unit: Unit, row: Any) -> tuple[str, ...]:
    """What was asked."""
    held = unit.keys.open(KeyOf.pupil(row.pupil_id), questions_place(row.id), row.sealed)
    return tuple(held["questions"])


def outcomes_of(unit: Unit, row: Any, decision: Decision) -> tuple[tuple[str, str], ...]:
    """The outcomes of the version asked about, as the decision's lens shows them: id and words."""
    return tuple((item, name) for item, name, _ in _outcomes(unit, row, decision))


def _outcomes(unit: Unit, row: Any, decision: Decision) -> list[tuple[str, str, bool]]:
    """Each with whether it had been reviewed by the day on which the round was asked."""
    words = versions.read(unit, row.record_id, row.version, withdrawn_too=True)
    if words.version.withdrawn and not decision.can(Permission.WITHDRAWN_READ):
        return []
    content = project(plan_content.read(words.content), decision.lens, plan_content.SHAPE)
    shape, configuration = plan_content.SHAPE.sections["outcomes"], configuration_on(unit.today)
    items = content["sections"].get("outcomes", {}).get("items", ())
    asked_on = civil_day(row.asked_at)
    return [
        (
            one["id"],
            # Whole: who is asked how it goes has not the plan before her.
            one.get("statement") or name_of(shape, one, configuration, "school"),
            is_reviewed_before(one, asked_on),
        )
        for one in items
    ]


def _apart(
    outcomes: Iterable[tuple[str, str, bool]], answered: Container[str]
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Those that are asked about, and those reviewed before; what has an answer is always the former."""
    asked: list[tuple[str, str]] = []
    before: list[tuple[str, str]] = []
    for item, name, is_before in outcomes:
        (before if is_before and item not in answered else asked).append((item, name))
    return tuple(asked), tuple(before)


def _answered(answers: Mapping[str, str]) -> set[str]:
    """The outcomes that boxes with an answer are about."""
    return {name.split(".")[1] for name in answers if name.startswith("outcome.")}


def newest_answers(
    unit: Unit, round_id: UUID, pupil_id: UUID, person_id: UUID | None = None
) -> dict[UUID, Any]:
    """What each of those asked (or this one) answers now, by person: (row, answers by box)."""
    a, q = ANSWERS.c, ASKED.c
    query = (
        select(ANSWERS)
        .join(ASKED, and_(q.round_id == a.round_id, q.person_id == a.person_id, q.number == a.number))
        .where(a.round_id == round_id)
    )
    if person_id is not None:
        query = query.where(a.person_id == person_id)
    return {row.person_id: (row, opened(unit, pupil_id, row)) for row in unit.connection.execute(query)}


def opened(unit: Unit, pupil_id: UUID, row: Any) -> dict[str, str]:
    """What a version of somebody's answers says, by box; callers have passed the gate."""
    held: dict[str, str] = unit.keys.open(KeyOf.pupil(pupil_id), answer_place(row.id), row.sealed)["content"]
    return held


def read_round(unit: Unit, round_id: UUID) -> Round:
    """A round with everybody's answers, for those who may read them; the look is recorded."""
    row, decision = allowed(unit, round_id, Permission.ANSWERS_READ)
    found = _whole(unit, row, decision)
    _record_look(unit, decision, row, sum(1 for one in found.teachers if one.number))
    return found


def read_own(unit: Unit, round_id: UUID) -> tuple[Round, Any, dict[str, str]]:
    """What the actor is asked, her place in the round, and her answers as they are; the look is recorded."""
    row, decision, mine = answering(unit, round_id)
    held = newest_answers(unit, round_id, row.pupil_id, unit.actor.person_id)
    answers = held[mine.person_id][1] if mine.person_id in held else {}
    unit.record(
        decision,
        Event.PLAN_VIEWED,
        Chain.pupil(row.pupil_id),
        obj=("record", row.record_id),
        version=row.version,
    )
    asked, before = _apart(_outcomes(unit, row, decision), _answered(answers))
    return Round(row, decision, questions_of(unit, row), asked, before), mine, answers


def answers_by_outcome(unit: Unit, record_id: UUID) -> dict[str, tuple[Given, ...]]:
    """What teachers say of each outcome (by its id) in the newest round about this plan; {} where none was.

    For the page of a review meeting: whoever may read the plan's draft there may read these. The look
    is recorded where there is something to see.
    """
    record, decision = plans.allowed(unit, record_id, Permission.DRAFT_READ)
    rows = rounds_of(unit, record.id)
    if not rows:
        return {}
    found = _whole(unit, rows[0], decision)
    count = sum(1 for one in found.teachers if one.number)
    if count:
        _record_look(unit, decision, rows[0], count)
    return dict(found.to_outcome)


def _record_look(unit: Unit, decision: Decision, row: Any, count: int) -> None:
    unit.record(
        decision,
        Event.ANSWERS_VIEWED,
        Chain.pupil(row.pupil_id),
        obj=("question_round", row.id),
        count=count,
    )


def _whole(unit: Unit, row: Any, decision: Decision) -> Round:
    asked = unit.connection.execute(select(ASKED).where(ASKED.c.round_id == row.id)).all()
    named = directory.names(unit, {one.person_id for one in asked})
    names = {one.person_id: named[one.person_id].full if one.person_id in named else NOBODY for one in asked}
    questions = questions_of(unit, row)
    answers = newest_answers(unit, row.id, row.pupil_id)
    answered = {item for _, held in answers.values() for item in _answered(held)}
    outcomes, before = _apart(_outcomes(unit, row, decision), answered)
    in_order = sorted(answers, key=lambda person_id: names.get(person_id, ""))
    configuration = configuration_on(unit.today)

    def given(person_id: UUID, text: str, code: str = "") -> Given:
        going = configuration.words("result", code) if code else ""
        return Given(names.get(person_id, NOBODY), text, going, answers[person_id][0].at)

    to_outcome, to_question = {}, {}
    for item, _ in outcomes:
        held = [
            (
                one,
                answers[one][1].get(f"outcome.{item}.{TEXT}", ""),
                answers[one][1].get(f"outcome.{item}.{GOING}", ""),
            )
            for one in in_order
        ]
        to_outcome[item] = tuple(given(*one) for one in held if one[1] or one[2])
    for number in range(1, len(questions) + 1):
        said = [(one, answers[one][1].get(f"question.{number}", "")) for one in in_order]
        to_question[number] = tuple(given(*one) for one in said if one[1])
    teachers = sorted(
        (
            Teacher(one.person_id, names[one.person_id], one.number, one.finished_at, one.reminded_at)
            for one in asked
        ),
        key=lambda one: one.name,
    )
    return Round(row, decision, questions, outcomes, before, tuple(teachers), to_outcome, to_question)


# -- what is with whom ---------------------------------------------------------------------------------------


_with_one = Prepared(
    lambda: (
        select(ROUNDS)
        .join(ASKED, ASKED.c.round_id == ROUNDS.c.id)
        .where(ASKED.c.person_id == PERSON, ASKED.c.finished_at.is_(None), ROUNDS.c.status == OPEN)
        .order_by(ROUNDS.c.due_on, ROUNDS.c.id)
    )
)
_FINISHED = func.count(ASKED.c.finished_at)
_unfinished_about_some = Prepared(
    lambda: (
        select(
            ROUNDS.c.id,
            ROUNDS.c.pupil_id,
            ROUNDS.c.due_on,
            func.count().label("asked"),
            _FINISHED.label("finished"),
        )
        .join(ASKED, ASKED.c.round_id == ROUNDS.c.id)
        .where(ROUNDS.c.status == OPEN, among(ROUNDS.c.pupil_id, "pupils"))
        .group_by(ROUNDS.c.id, ROUNDS.c.pupil_id, ROUNDS.c.due_on)
        .having(func.count() > _FINISHED)
        .order_by(ROUNDS.c.due_on, ROUNDS.c.id)
    )
)


def mine(unit: Unit) -> list[Any]:
    """The open rounds that the actor has not finished and may still answer, the soonest first: rows."""
    if unit.actor.person_id is None:
        return []
    rows = _with_one.all(unit.connection, {"person": unit.actor.person_id})
    if not rows:
        return []
    writes = gate.visible_pupils(unit.actor.person_id, Permission.ANSWERS_WRITE, unit.today)
    able = set(unit.connection.scalars(writes))
    return [row for row in rows if row.pupil_id in able]


def with_colleagues(unit: Unit, pupil_ids: Collection[UUID]) -> Sequence[Any]:
    """The open rounds about these pupils that somebody has not finished.

    Rows of id, pupil_id, due_on, asked, finished; the soonest first.
    """
    return _unfinished_about_some.all(unit.connection, {"pupils": pupil_ids})


def unfinished(unit: Unit, round_id: UUID) -> list[Any]:
    """The places of those who have not finished."""
    query = select(ASKED).where(ASKED.c.round_id == round_id, ASKED.c.finished_at.is_(None))
    return list(unit.connection.execute(query.order_by(ASKED.c.person_id)))


def reminders(unit: Unit, today: date) -> Iterator[Reminder]:
    """Rounds due within two days, or overdue: whoever has not finished is reminded once."""
    rows = unit.connection.execute(
        select(ROUNDS.c.id, ROUNDS.c.due_on, ROUNDS.c.pupil_id, ASKED.c.person_id)
        .join(ASKED, ASKED.c.round_id == ROUNDS.c.id)
        .where(
            ROUNDS.c.status == OPEN,
            ROUNDS.c.due_on <= today + REMIND_BEFORE,
            ASKED.c.finished_at.is_(None),
        )
    )
    for row in rows:
        yield Reminder(row.person_id, "questions_due", row.id, row.due_on, row.pupil_id)
