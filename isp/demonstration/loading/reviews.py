"""Two reviews: one to come, to which people are invited, and one that was held and drafted the next plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from isp.audit import Unit
from isp.demonstration.lately import lately
from isp.demonstration.loading.recent import days_ago, has_version, school_day_from
from isp.demonstration.loading.steps import Step
from isp.demonstration.loading.world import World
from isp.records import saves
from isp.records.changes import Change, Op
from isp.reviews import actions, invitations
from isp.reviews.actions import When, remember_save
from isp.reviews.saving import open_report

_GOING = ("expected", "more", "expected", "less")


def reviews(world: World) -> Iterator[Step]:
    """The steps of both."""
    coming, held = lately()["planned"], lately()["closed"]
    if has_version(world, coming["pupil"]):
        yield Step(days_ago(world, coming["pupil"], 7), _Planned(coming))
    if has_version(world, held["pupil"]):
        ago = held["planned_days_ago"], held["held_days_ago"]
        on = days_ago(world, held["pupil"], ago[1], nth=1)
        review = _Held(held, on)
        yield Step(days_ago(world, held["pupil"], ago[0]), review.plan)
        yield Step(on, review.hold)


def _invite_the_usual(unit: Unit, world: World, review_id: UUID, pupil: str, *also: str) -> None:
    """The family, and these members of staff."""
    able = invitations.to_ask(unit, review_id, world.pupil(unit, pupil))
    family = [one for one, (role, _) in able.items() if role == invitations.FAMILY]
    invitations.invite(unit, review_id, [*family, *(world.member(unit, one) for one in also)])


class _Planned:
    """Planned by the SENCO, to be led by the class teacher; the first of the family has said yes."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self.words = words

    def __call__(self, world: World, moment: datetime) -> None:
        pupil = self.words["pupil"]
        wanted = world.cast.today + timedelta(days=self.words["days_ahead"])
        when = When(
            on=school_day_from(world, pupil, wanted),
            starts=time.fromisoformat(self.words["starts"]),
            minutes=self.words["minutes"],
            place=self.words["place"],
        )
        senco = world.somebody(world.cast.pupil(pupil).school, "SENCO", on=moment.date())
        with world.unit(moment, senco) as unit:
            leader = world.member(unit, self.words["leader"])
            review_id = actions.plan_review(unit, world.records[pupil], when, leader)
            _invite_the_usual(unit, world, review_id, pupil, self.words["leader"])
            invitations.invite_professional(unit, review_id, *self.words["professional"])
        first = world.cast.families_of(pupil)[0][0]
        with world.unit(moment + timedelta(hours=3), first.email) as unit:
            person_id = world.guardian(unit, first.id)
            asked = invitations.invited(unit, review_id)
            mine = next(one.id for one in asked if one.person_id == person_id)
            invitations.answer(unit, review_id, mine, "coming")


class _Held:
    """Planned, opened, written in and closed by the class teacher who led it."""

    def __init__(self, words: Mapping[str, Any], on: datetime) -> None:
        self.words, self.on = words, on

    def plan(self, world: World, moment: datetime) -> None:
        pupil = self.words["pupil"]
        with world.unit(moment, world.email(self.words["leader"])) as unit:
            when = When(on=self.on.date(), place=self.words["place"])
            self.review_id = actions.plan_review(unit, world.records[pupil], when, None)
            _invite_the_usual(unit, world, self.review_id, pupil, self.words["also"])

    def hold(self, world: World, moment: datetime) -> None:
        leader = world.email(self.words["leader"])
        with world.unit(moment, leader) as unit:
            actions.open_meeting(unit, self.review_id)
            self._write(unit, self.review_id)
        with world.unit(moment + timedelta(minutes=10), leader) as unit:
            actions.close_review(unit, self.review_id, open_report(unit, self.review_id).draft.revision)

    def _write(self, unit: Unit, review_id: UUID) -> None:
        opened = open_report(unit, review_id)
        changes = list(self._said(opened.draft.content["sections"]))
        saved = saves.save(unit, opened.draft, opened.draft.revision, changes)
        remember_save(unit, opened.row, opened.decision, saved)

    def _said(self, sections: Mapping[str, Any]) -> Iterator[Change]:
        for item in sections["meeting"]["items"]:
            yield Change(Op.SET, "meeting", item["id"], "came", "came")
        said = {
            "views": {
                "family": self.words["family"],
                "family_gathered": "meeting",
                "pupil": self.words["pupil_said"],
            },
            "overall": {name: self.words[name] for name in ("continues", "changes", "stops")},
            "decision": {"decision": "continue_support", "reason": self.words["reason"]},
        }
        for section, fields in said.items():
            for name, text in fields.items():
                yield Change(Op.SET, section, None, name, text)
        for number, item in enumerate(sections["outcomes"]["items"]):
            evidence = self.words["evidence"]
            answers = {
                "result": _GOING[number % len(_GOING)],
                "evidence": evidence[number % len(evidence)],
                "next": "continue" if number else "change",
            }
            if not number:
                answers["wording"] = self.words["wording"]
            for name, text in answers.items():
                yield Change(Op.SET, "outcomes", item["id"], name, text)
