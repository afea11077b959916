"""What no file tells: a record closed to a parent, and a young person's own account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from isp.demonstration.loading.steps import Step
from isp.demonstration.loading.world import World, at, weekday_from
from isp.demonstration.shapes import Guardianship
from isp.register.actions.families import give_own_sight
from isp.register.actions.restricting import restrict


def families(world: World, first: date) -> Iterator[Step]:
    """The steps for restrictions and for accounts of young people."""
    for tie in world.cast.guardianships:
        if tie.restriction:
            day = max(first, world.cast.pupil(tie.pupil).entered_on)
            # The same morning: nobody signs in before the record is closed.
            yield Step(at(weekday_from(day), 9, 10), _Restrict(tie))
    for account in world.cast.accounts:
        if account.role == "young person":
            day = max(first, world.cast.pupil(account.person).entered_on) + timedelta(days=20)
            yield Step(at(weekday_from(day), 11), _OwnSight(account.person, account.email))


class _Restrict:
    def __init__(self, tie: Guardianship) -> None:
        self.tie = tie

    def __call__(self, world: World, moment: datetime) -> None:
        school = world.cast.pupil(self.tie.pupil).school
        with world.unit(moment, world.somebody(school, "safeguarding lead", on=moment.date())) as unit:
            restrict(
                unit,
                world.pupil(unit, self.tie.pupil),
                world.guardian(unit, self.tie.guardian),
                kind="no_contact",
                evidence=self.tie.evidence,
                reason=self.tie.restriction,
                review_on=max(unit.today, world.cast.today) + timedelta(days=90),
            )


class _OwnSight:
    def __init__(self, pupil: str, email: str) -> None:
        self.pupil, self.email = pupil, email

    def __call__(self, world: World, moment: datetime) -> None:
        school = world.cast.pupil(self.pupil).school
        with world.unit(moment, world.somebody(school, "SENCO", on=moment.date())) as unit:
            give_own_sight(unit, world.pupil(unit, self.pupil), self.email)
