"""Two documents: a report that the school files beside a need, and a picture that a mother sends."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from textwrap import wrap
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
    """A report in PDF, filed beside the first entry of a section."""

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
            actions.add(unit, world.pupil(unit, words["pupil"]), filing, _report(words))


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
            actions.send(
                unit, world.pupil(unit, pupil), filing, _taken(self.words["lines"], "PNG", "diary.png")
            )


def _report(words: Mapping[str, Any]) -> Taken:
    # Drawn, not typeset: the server begins as a fork of the process that loads this, and a typesetter that
    # has worked before a fork waits for ever after it.
    lines = [words["title"], "", *(part for text in words["text"] for part in (*wrap(text, 62), ""))]
    return _taken(lines, "PDF", "report.pdf")


def _taken(lines: Sequence[str], form: str, name: str) -> Taken:
    """The lines drawn on a page, as a file of that form."""
    drawn = Image.new("RGB", (1100, 120 + 44 * len(lines)), "#fffdf7")
    pen = ImageDraw.Draw(drawn)
    for number, line in enumerate(lines):
        pen.text((60, 60 + 44 * number), line, fill="#222244", font_size=30)
    held = io.BytesIO()
    drawn.save(held, form)
    return take_in(held, name, _MOST)
