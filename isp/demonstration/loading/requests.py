"""One request for an assessment that is with an authority; all others are still to be made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from isp.access import gate
from isp.access.policy import Permission
from isp.demonstration.loading.journey import send_letter
from isp.demonstration.loading.steps import Step
from isp.demonstration.loading.world import World, at, weekday_before
from isp.demonstration.plans import plan_stories
from isp.escalations import actions, parties, queries

PUPIL, SCHOOL, OFFICER, MANAGER = "T17", "tidewater", "A1-OF1", "A1-MAN"
_RELEASED = 2
REASONS = (
    "Three terms of support planned with the family and an educational psychologist have kept her in school "
    "and have not been enough: she attends four days in five, manages two lessons in a row and then has to "
    "leave. We believe that she may need provision that a mainstream school cannot make from its own means."
)


def requests(world: World) -> Iterator[Step]:
    """The school asks a little over two weeks ago, or as soon as its last version stood."""
    story = next(one for one in plan_stories(world.cast.today) if one.pupil == PUPIL)
    if story.versions:
        after = story.versions[-1].published_at + timedelta(days=1)
        usual = at(weekday_before(world.cast.today - timedelta(days=16)), 10, 5)
        moment = min(max(after, usual), world.now - timedelta(hours=2))
        yield Step(moment, _request)
        yield Step(moment + timedelta(hours=1), _assign)
        yield Step(min(moment + timedelta(days=1), world.now - timedelta(minutes=30)), _tell)


def _request(world: World, moment: datetime) -> None:
    with world.unit(moment, world.somebody(SCHOOL, "SENCO", on=moment.date())) as unit:
        pupil_id = world.pupil(unit, PUPIL)
        decision = gate.require(unit, Permission.ASSESSMENT_REQUEST, pupil_id)
        newest = parties.releasable(unit, pupil_id, decision)[:_RELEASED]
        actions.request_assessment(
            unit,
            pupil_id,
            received_on=unit.today,
            reasons=REASONS,
            release=[version.id for version in newest],
            told_family=True,
        )


def _assign(world: World, moment: datetime) -> None:
    """The manager gives it to the officer who has this school, where chance gave it to another."""
    with world.unit(moment, world.email(MANAGER)) as unit:
        made = queries.requests_about(unit, world.pupil(unit, PUPIL))[0]
        officer_id = world.member(unit, OFFICER)
        if made.officer_id != officer_id:
            actions.assign(unit, made.id, officer_id)


def _tell(world: World, moment: datetime) -> None:
    """The family and whom the law names beside it are told that the authority is considering it."""
    with world.unit(moment, world.email(OFFICER)) as unit:
        made = queries.requests_about(unit, world.pupil(unit, PUPIL))[0]
        send_letter(unit, made.id, "considering", unit.today)
