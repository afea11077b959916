"""A letter on paper: who writes to whom about what, its parts in order, and the law of each locked one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from isp.web.print.paper import Block, Heading, Note, Paper, Stamp, Text
from isp.web.print.plan import facts


class PartLike(Protocol):
    """A part of a letter."""

    @property
    def heading(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True, slots=True)
class LetterData:
    """A letter as it goes to one reader. ``facts``: authority, reference, date and to whom it goes."""

    title: str
    caption: str
    stamp: Stamp
    facts: tuple[tuple[str, str], ...]
    parts: Sequence[PartLike]
    foot: str = ""


def letter(data: LetterData) -> Paper:
    """The whole letter. Its title and its name hold no child's name; the caption does."""
    blocks: list[Block] = [facts(data.facts)]
    for part in data.parts:
        if part.heading:
            blocks.append(Heading(part.heading))
        blocks.append(Text(part.text))
        if part.source:
            blocks.append(Note(f"{part.source[:1].upper()}{part.source[1:]}."))
    if data.foot:
        blocks.append(Note(data.foot))
    return Paper(data.title, data.stamp, tuple(blocks), caption=data.caption)
