"""What is with colleagues: questions to teachers, a section given away, notes, a draft to be signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from isp.audit import Unit
from isp.banks.wording.rules import rules_on
from isp.demonstration.lately import lately
from isp.demonstration.loading.recent import days_ago, has_version
from isp.demonstration.loading.steps import Step
from isp.demonstration.loading.world import World
from isp.notes import actions as notes
from isp.plans import actions as plans
from isp.plans import countersigning, giving, setting_aside
from isp.plans.wording import hints, standing
from isp.records import drafts
from isp.records.changes import Change, Op
from isp.reviews import rounds, rounds_queries

_Do = Callable[[World, datetime, Mapping[str, Any]], None]


def colleagues(world: World) -> Iterator[Step]:
    """The steps, each some days ago."""
    found = lately()
    deeds: tuple[tuple[_Do, list[Mapping[str, Any]]], ...] = (
        (_ask, found["rounds"]),
        (_give, [found["given"]]),
        (_set_aside, [found["aside"]]),
        (_countersign, [found["countersigned"]]),
        (_note, found["notes"]),
    )
    for number, (do, listed) in enumerate(deeds):
        for words in listed:
            if has_version(world, words["pupil"]):
                moment = days_ago(
                    world, words["pupil"], words["days_ago"], number, whole_school=do is _countersign
                )
                yield Step(moment, _Deed(do, words))


class _Deed:
    def __init__(self, do: _Do, words: Mapping[str, Any]) -> None:
        self.do, self.words = do, words

    def __call__(self, world: World, moment: datetime) -> None:
        self.do(world, moment, self.words)


def _ask(world: World, moment: datetime, words: Mapping[str, Any]) -> None:
    """Four questions to everybody who teaches the pupil: somebody has finished, somebody has begun."""
    with world.unit(moment, world.email(words["asked_by"])) as unit:
        due_on = world.cast.today + timedelta(days=words["due_in"])
        round_id = rounds.ask(unit, world.records[words["pupil"]], lately()["questions"], due_on)
        asked = {one.person_id for one in rounds_queries.unfinished(unit, round_id)}
        # On the first day of a year the teaching groups begin, and until then they teach nobody.
        answering = [one for one in words["finished"] + words["begun"] if world.member(unit, one) in asked]
    for number, teacher in enumerate(answering, start=1):
        with world.unit(moment + timedelta(hours=number), world.email(teacher)) as unit:
            outcomes = rounds_queries.read_own(unit, round_id)[0].outcomes
            rounds.save_answers(unit, round_id, _answers(outcomes, whole=teacher in words["finished"]))
            if teacher in words["finished"]:
                rounds.finish(unit, round_id)


def _answers(outcomes: tuple[tuple[str, str], ...], *, whole: bool) -> dict[str, str]:
    said = lately()["answers"]
    first = outcomes[0][0]
    answers = {f"outcome.{first}.going": "expected", f"outcome.{first}.text": said["to_outcome"]}
    if whole:
        answers |= {f"outcome.{item}.going": "more" for item, _ in outcomes[1:]}
    questions = said["questions"] if whole else said["questions"][:1]
    return answers | {f"question.{number}": text for number, text in enumerate(questions, start=1)}


def _opened(unit: Unit, world: World, pupil: str) -> drafts.DraftWords:
    record_id = world.records[pupil]
    if drafts.find(unit, record_id) is None:
        plans.start_draft(unit, record_id)
    return drafts.read(unit, record_id)


def _give(world: World, moment: datetime, words: Mapping[str, Any]) -> None:
    school = world.cast.pupil(words["pupil"]).school
    with world.unit(moment, world.somebody(school, "SENCO", on=moment.date())) as unit:
        _opened(unit, world, words["pupil"])
        due_on = world.cast.today + timedelta(days=words["due_in"])
        person_id = world.member(unit, words["to"])
        record_id = world.records[words["pupil"]]
        giving.give_section(unit, record_id, words["section"], person_id, due_on, words["note"])


def _set_aside(world: World, moment: datetime, words: Mapping[str, Any]) -> None:
    """The first hint about the wording of the provision; the others still stand under their boxes."""
    with world.unit(moment, world.email(words["by"])) as unit:
        record_id = world.records[words["pupil"]]
        draft = _opened(unit, world, words["pupil"])
        shown = standing(hints(draft.content, rules_on(unit.today)))
        hint = next(one for one in shown if one.where.section == "provision")
        setting_aside.set_aside(unit, record_id, hint.key, hint.kind, hint.mark, words["reason"])


def _countersign(world: World, moment: datetime, words: Mapping[str, Any]) -> None:
    """The head has the SENCO countersign; the deputy, who wrote a draft, asks her to."""
    school = world.cast.pupil(words["pupil"]).school
    with world.unit(moment, world.somebody(school, "head", on=moment.date())) as unit:
        countersigning.set_rule(unit, world.organisations[school], "senco", unit.today)
    with world.unit(moment, world.email(words["by"])) as unit:
        record_id = world.records[words["pupil"]]
        draft = _opened(unit, world, words["pupil"])
        item = draft.content["sections"]["provision"]["items"][0]
        longer = Change(Op.SET, "provision", item["id"], "minutes", item["minutes"] + words["minutes_more"])
        plans.save_draft(unit, record_id, draft.revision, [longer])
    with world.unit(moment, world.email(words["by"])) as unit:
        revision = drafts.read(unit, record_id).revision
        countersigning.ask(unit, record_id, revision, world.member(unit, words["of"]))


def _note(world: World, moment: datetime, words: Mapping[str, Any]) -> None:
    with world.unit(moment, world.email(words["by"])) as unit:
        notes.write(unit, world.pupil(unit, words["pupil"]), words["text"])
