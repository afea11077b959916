"""Two documents: a report that the school files beside a need, and a picture that a mother sends."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw

from isp.demonstration.lately import lately
from isp.demonstration.loading.recent import days_ago, has_version
from isp.demonstration.loading.steps import Step
from isp.demonstration.loading.world import World
from isp.documents import actions, rules
from isp.documents.actions import Filing
from isp.documents.intake import Taken, take_in
from isp.plans import queries
from isp.web.print.paper import Paper, Stamp, Text
from isp.web.print.pdf import as_pdf

_MOST = 1024 * 1024


def papers(world: World) -> Iterator[Step]:
    """The steps, each some days ago."""
    for words in lately()["papers"]:
        if has_version(world, words["pupil"]):
            yield Step(days_ago(world, words["pupil"], words["days_ago"]), _File(words))
    for words in lately()["pictures"]:
        if has_version(world, words["pupil"]):
            yield Step(days_ago(world, words["pupil"], words["days_ago"]), _Send(words))


class _File:
    """A report in PDF, as our own printing makes it, filed beside the first entry of a section."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self.words = words

    def __call__(self, world: World, moment: datetime) -> None:
        words = self.words
        with world.unit(moment, world.email(words["by"])) as unit:
            plan = queries.read_version(unit, world.records[words["pupil"]])
            first = plan.content["sections"][words["section"]]["items"][0]["id"]
            filing = Filing(
                words["kind"], words["label"], words["title"], moment.date(), words["section"], UUID(first)
            )
            actions.add(unit, world.pupil(unit, words["pupil"]), filing, _report(words, moment))


class _Send:
    """A picture that one of the family sends from home."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self.words = words

    def __call__(self, world: World, moment: datetime) -> None:
        pupil = self.words["pupil"]
        sender = next(
            one for one, tie in world.cast.families_of(pupil) if tie.relationship == self.words["by"]
        )
        with world.unit(moment, sender.email) as unit:
            filing = Filing(rules.EVIDENCE, rules.SENT_LABEL, self.words["title"], moment.date())
            actions.send(unit, world.pupil(unit, pupil), filing, _picture(self.words["lines"]))


def _report(words: Mapping[str, Any], moment: datetime) -> Taken:
    stamp = Stamp("", "An invented report", "the demonstration", moment)
    paper = Paper(words["title"], stamp, tuple(Text(one) for one in words["text"]))
    return take_in(io.BytesIO(as_pdf(paper)), "report.pdf", _MOST)


def _picture(lines: list[str]) -> Taken:
    drawn = Image.new("RGB", (900, 120 + 60 * len(lines)), "#fdf6e3")
    pen = ImageDraw.Draw(drawn)
    for number, line in enumerate(lines):
        pen.text((60, 60 + 60 * number), line, fill="#333366", font_size=34)
    held = io.BytesIO()
    drawn.save(held, "PNG")
    return take_in(held, "diary.png", _MOST)
