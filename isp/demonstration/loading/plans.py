"""The plans, written as people write them: begun, saved, finalised, read, ended."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from isp.audit import Unit
from isp.demonstration.chance import seeded
from isp.demonstration.earlier import EarlierPlan
from isp.demonstration.loading.steps import Step
from isp.demonstration.loading.world import World, at
from isp.demonstration.plans import PlanDraft, PlanEnd, PlanStory, PlanVersion, plan_stories
from isp.plans import actions, queries
from isp.records import drafts
from isp.records.changes import changes_between
from isp.records.shape import Content

# A plan is written in a few sittings on the afternoon on which it is finalised.
_SITTINGS = (timedelta(minutes=-95), timedelta(minutes=-50), timedelta(minutes=-12))
_MOTHERS_WHO_MISSED_THE_LAST = ("F07",)


def plans(world: World) -> Iterator[Step]:
    """The steps of every story."""
    for story in plan_stories(world.cast.today):
        yield from _steps(world, story)


def first_day(today: date) -> date:
    """The earliest day on which something happened to a plan."""
    days = []
    for story in plan_stories(today):
        days += [version.published_at.date() for version in story.versions]
        days += [story.earlier.recorded_on] if story.earlier else []
        days += [story.draft.started_on] if story.draft else []
    return min(days)


def _steps(world: World, story: PlanStory) -> Iterator[Step]:
    if story.earlier:
        yield Step(at(story.earlier.recorded_on, 10, 20), _Earlier(story.pupil, story.earlier))
    for version in story.versions:
        for number, before in enumerate(_SITTINGS):
            part = (number + 1, len(_SITTINGS))
            yield Step(
                version.published_at + before,
                _Write(story.pupil, version.author, version.content, version.parties, part),
            )
        yield Step(version.published_at, _Publish(story.pupil, version))
        yield from _looks(world, story, version)
    if story.draft:
        yield Step(at(story.draft.started_on, 15, 10), _draft(story.pupil, story.draft))
    if story.end:
        yield Step(at(story.end.on, 16, 40), _End(story.pupil, story.end))


class _Write:
    """One sitting: from where the draft is, the part of the way to what was published that day."""

    def __init__(
        self,
        pupil: str,
        author: str,
        content: Content,
        parties: Mapping[str, str],
        part: tuple[int, int] = (1, 1),
    ) -> None:
        self.pupil, self.author, self.content, self.parties, self.part = pupil, author, content, parties, part

    def __call__(self, world: World, moment: datetime) -> None:
        with world.unit(moment, world.email(self.author)) as unit:
            record_id = _open(world, unit, self.pupil)
            draft = drafts.read(unit, record_id)
            wanted = with_parties(world, unit, self.content, self.parties)
            changes = changes_between(draft.content, wanted)
            done, of = self.part
            until = len(changes) if done == of else len(changes) // (of - done + 1)
            if changes[:until]:
                actions.save_draft(unit, record_id, draft.revision, changes[:until])


def _draft(pupil: str, draft: PlanDraft) -> _Write:
    return _Write(pupil, draft.author, draft.content, draft.parties)


class _Publish:
    def __init__(self, pupil: str, version: PlanVersion) -> None:
        self.pupil, self.version = pupil, version

    def __call__(self, world: World, moment: datetime) -> None:
        with world.unit(moment, world.email(self.version.author)) as unit:
            record_id = world.records[self.pupil]
            revision = drafts.read(unit, record_id).revision
            actions.publish(unit, record_id, revision, self.version.reason)


class _Earlier:
    def __init__(self, pupil: str, plan: EarlierPlan) -> None:
        self.pupil, self.plan = pupil, plan

    def __call__(self, world: World, moment: datetime) -> None:
        with world.unit(moment, world.email(self.plan.recorded_by)) as unit:
            record_id = _open(world, unit, self.pupil)
            actions.record_earlier(
                unit, record_id, self.plan.happened_on, self.plan.content, self.plan.source
            )


class _End:
    def __init__(self, pupil: str, end: PlanEnd) -> None:
        self.pupil, self.end = pupil, end

    def __call__(self, world: World, moment: datetime) -> None:
        with world.unit(moment, world.email(self.end.by)) as unit:
            actions.end_plan(unit, world.records[self.pupil], self.end.why, self.end.reason, self.end.on)


def _open(world: World, unit: Unit, pupil: str) -> UUID:
    """The pupil's plan with a draft to write in: started where there is none."""
    record_id = world.records.get(pupil)
    if record_id is None:
        record_id = world.records[pupil] = actions.start_plan(unit, world.pupil(unit, pupil))
    elif drafts.find(unit, record_id) is None:
        actions.start_draft(unit, record_id)
    return record_id


def with_parties(world: World, unit: Unit, content: Content, parties: Mapping[str, str]) -> Content:
    """The content, each item of the family's words marked with whose they are."""
    if not parties:
        return content
    marked: dict[str, Any] = copy.deepcopy(dict(content))
    for section in marked["sections"].values():
        for item in section.get("items", ()):
            if item["id"] in parties:
                item["given_by"] = str(world.guardian(unit, parties[item["id"]]))
    return marked


# -- who has looked ----------------------------------------------------------------------------------------


def _looks(world: World, story: PlanStory, version: PlanVersion) -> Iterator[Step]:
    """In the evenings after, parents read it; one has not seen the last version yet."""
    last = version is story.versions[-1]
    listed = {account.email for account in world.cast.accounts if account.listed}
    for guardian, tie in world.cast.families_of(story.pupil):
        reads = tie.parental_responsibility and not tie.restriction and not guardian.staff
        if not reads or guardian.email not in listed:
            continue
        if last and tie.relationship == "Mother" and story.pupil in _MOTHERS_WHO_MISSED_THE_LAST:
            continue
        drawn = seeded(f"look {guardian.id} {version.number}")
        evening = version.published_at + timedelta(days=drawn.randrange(1, 6), hours=drawn.randrange(3, 6))
        if evening < world.now:
            yield Step(evening, _Look(story.pupil, guardian.email))


class _Look:
    def __init__(self, pupil: str, email: str) -> None:
        self.pupil, self.email = pupil, email

    def __call__(self, world: World, moment: datetime) -> None:
        with world.unit(moment, self.email) as unit:
            queries.read_version(unit, world.records[self.pupil])
