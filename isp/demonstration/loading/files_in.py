"""The offices bring their files in: when the service begins, and whenever somebody came or went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from isp.audit import Unit
from isp.demonstration import files
from isp.demonstration.loading.steps import Step
from isp.demonstration.loading.world import World, at, weekday_before, weekday_from
from isp.demonstration.shapes import Cast, School
from isp.register.importing.mapping import Kind
from isp.register.importing.pupil_plan import PupilPlan
from isp.register.imports import running, staging


class FileRefused(RuntimeError):
    """A file of the demonstration could not be brought in: a fault of this project, said in full."""


def files_in(world: World, first: date) -> Iterator[Step]:
    """Every import of every school. The last, of late, is the files as they are today."""
    for school in world.cast.schools:
        days = days_of(world.cast, school, first)
        for number, day in enumerate(days):
            step = _BringIn(school, last=day == days[-1])
            yield Step(at(day, 8, 20 + number % 30), step)


def days_of(cast: Cast, school: School, first: date) -> list[date]:
    """The days on which this office brings its files in: in order, none twice."""
    news = {pupil.entered_on for pupil in cast.pupils_of(school.key)}
    news |= {group.starts_on for group in cast.groups if group.school == school.key}
    for member in cast.staff:
        if member.place == school.key:
            news |= {member.starts_on, *({member.ends_on} if member.ends_on else ())}
    news |= {pupil.leaves_on for pupil in cast.pupils_of(school.key) if pupil.leaves_on}
    latest = max(first, weekday_before(cast.today))
    days = {min(weekday_from(day), latest) for day in news if first < day <= latest}
    return sorted({first, latest} | days)


def as_known_on(cast: Cast, day: date) -> Cast:
    """The cast as an office knew it on an earlier day: those who had come, and nobody's leaving yet."""
    pupils = tuple(
        replace(one, leaves_on=one.leaves_on if one.leaves_on and one.leaves_on <= day else None)
        for one in cast.pupils
        if one.entered_on <= day
    )
    staff = tuple(
        replace(one, ends_on=one.ends_on if one.ends_on and one.ends_on <= day else None)
        for one in cast.staff
        if one.starts_on <= day
    )
    here, working = {one.id for one in pupils}, {one.id for one in staff}
    groups = tuple(
        replace(
            one,
            pupils=tuple(each for each in one.pupils if each in here),
            staff=tuple(each for each in one.staff if each in working),
        )
        for one in cast.groups
        if one.starts_on <= day
    )
    return replace(
        cast,
        today=day,
        pupils=pupils,
        staff=staff,
        groups=groups,
        guardianships=tuple(tie for tie in cast.guardianships if tie.pupil in here),
    )


class _BringIn:
    """One office's morning with its files."""

    def __init__(self, school: School, *, last: bool) -> None:
        self.school, self.last = school, last

    def __call__(self, world: World, moment: datetime) -> None:
        day = moment.date()
        known = world.cast if self.last else as_known_on(world.cast, day)
        office = world.somebody(self.school.key, "school office", on=day)
        for kind in files.KINDS:
            if not self._has_rows(known, kind):
                continue
            file = files.export(known, self.school, kind)
            with world.unit(moment, office) as unit:
                bring_in(unit, world.organisations[self.school.key], file)

    def _has_rows(self, known: Cast, kind: str) -> bool:
        """Whether this office has anything to export: at first a nursery's children of today had not come."""
        here = {pupil.id for pupil in known.pupils_of(self.school.key)}
        if kind == "groups":
            return any(group.school == self.school.key and here & set(group.pupils) for group in known.groups)
        return kind == "staff" or bool(here)


def bring_in(unit: Unit, school_id: UUID, file: files.Export) -> tuple[str, ...]:
    """One file, as the import page does it: stage, look, confirm. Where they differ the file counts."""
    staged = staging.stage(unit, school_id, Kind(file.kind), file.content)
    seen = running.preview(unit, staged)
    if seen.plan is None or not seen.applicable:
        questions = [one.message for one in seen.plan.questions] if seen.plan else []
        raise FileRefused(file.name, *seen.missing, *map(str, seen.errors()), *questions)
    if seen.changes_nothing and not _differences(seen):
        staging.put_aside(unit, staged)
        return ()
    choices = running.Choices(take=_differences(seen))
    return running.apply(unit, staged, choices).sentences


def _differences(seen: running.Preview) -> tuple[str, ...]:
    return tuple(one.key for one in seen.plan.differences) if isinstance(seen.plan, PupilPlan) else ()
