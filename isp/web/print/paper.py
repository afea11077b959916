"""A document before it is typeset: a heading, blocks in order, and what stands at the foot of each page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from isp.web.filters import moment_words


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: 2 for a section, 3 for an entry in it; 1 is the document's own. Levels are never skipped.

    ``anchor``: a name of our own by which a ``Contents`` finds its page; never anything that somebody wrote.
    """

    text: str
    level: int = 2
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, or several with empty lines between; line ends are the writer's own."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark in smaller letters."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """Questions, each with one text or several."""

    answers: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading row; ``row_heads``: the first cell of a row is what the row is about.

    A cell is one text or several. ``widths`` are shares of the line, equal where not given.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]
    widths: tuple[int, ...] = ()
    row_heads: bool = True


@dataclass(frozen=True, slots=True)
class Contents:
    """A table of what follows: the anchor of each and its cells, to which its page is added."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a paragraph and how it is marked."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """A paragraph of which parts are marked, such as wording that somebody proposes."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Inside:
    """Blocks that belong to what stands above them, set in."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Blocks that nobody may miss."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins a page."""


Block: TypeAlias = (
    Heading | Text | Note | Bullets | Answers | Table | Contents | Marked | Inside | Box | NewPage
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stands at the foot of each page. ``what`` holds the pupil's initials, version and code."""

    initials: str
    what: str
    by: str
    at: datetime

    @property
    def printed(self) -> str:
        """Who printed it, and when in London."""
        return f"Printed by {self.by} on {moment_words(self.at)}"


CARE = "About a child: keep it safe, then shred it."
"""Stands at the foot of each page."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document. ``kind`` and the initials make its title; ``caption`` is the child's name, on the page.

    ``layout`` names the template: document, profile or sheet.
    """

    kind: str
    stamp: Stamp
    blocks: tuple[Block, ...]
    caption: str | None = None
    layout: str = "document"
    landscape: bool = False
    full: tuple[tuple[Block, ...], ...] = ()
    """Of a profile: its four groups in full."""
    short: tuple[tuple[Block, ...], ...] = ()
    """Of a profile: the same shortened, where that differs."""

    @property
    def title(self) -> str:
        """What a reader's window shows; never the child's name."""
        return f"{self.kind}, {self.stamp.initials}" if self.stamp.initials else self.kind


def deeper(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The same a level further down, for a document within a document."""
    found: list[Block] = []
    for one in blocks:
        if isinstance(one, Heading):
            found.append(Heading(one.text, one.level + 1, one.anchor))
        elif isinstance(one, (Inside, Box)):
            found.append(type(one)(deeper(one.blocks)))
        else:
            found.append(one)
    return tuple(found)


class AnswerLike(Protocol):
    """A question with its answer."""

    @property
    def label(self) -> str: ...
    @property
    def texts(self) -> tuple[str, ...]: ...


class EntryLike(Protocol):
    """One item of a section; ``depth`` is 1 for a step under another entry."""

    @property
    def title(self) -> str: ...
    @property
    def answers(self) -> Sequence[AnswerLike]: ...
    @property
    def depth(self) -> int: ...


class PartLike(Protocol):
    """A section of a plan laid out for reading."""

    @property
    def name(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def answers(self) -> Sequence[AnswerLike]: ...
    @property
    def entries(self) -> Sequence[EntryLike]: ...


def answers_of(listed: Iterable[AnswerLike]) -> tuple[Block, ...]:
    """Questions and answers as one block; nothing where there are none."""
    found = tuple((one.label, one.texts) for one in listed)
    return (Answers(found),) if found else ()
