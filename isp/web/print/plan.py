"""The plan on paper: whatever of it has passed the reader's lens, in the reader's order and words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from isp.web.print.paper import (
    Answers,
    Block,
    Box,
    Heading,
    Inside,
    Note,
    Paper,
    PartLike,
    Stamp,
    Table,
    answers_of,
)

BOXED = "must_know"
"""The section that stands first, in a box: nobody reads a plan to find it."""
_OVERVIEW = ("outcomes", "provision")


@dataclass(frozen=True, slots=True)
class PlanData:
    """A version of a plan as one reader may see it.

    ``kind`` is what such a document is called, in the reader's words; ``facts`` say which version it is.
    ``empty_note``: says which sections hold nothing, to those who are told.
    """

    kind: str
    caption: str
    facts: tuple[tuple[str, str], ...]
    parts: Sequence[PartLike]
    stamp: Stamp
    nothing_under: bool = True


def plan(data: PlanData) -> Paper:
    """The whole plan."""
    blocks = (facts(data.facts), *sections(data.parts, nothing_under=data.nothing_under))
    return Paper(data.kind, data.stamp, blocks, caption=data.caption)


def facts(listed: Iterable[tuple[str, str]]) -> Block:
    """Questions with one answer each."""
    return Answers(tuple((label, (text,)) for label, text in listed))


def sections(parts: Sequence[PartLike], *, nothing_under: bool = True, level: int = 2) -> Iterator[Block]:
    """The sections that hold something; what must be known first, in its box."""
    first = [one for one in parts if one.name == BOXED and not is_empty(one)]
    for one in first:
        yield Box(tuple(section(one, level)))
    for one in parts:
        if one not in first and not is_empty(one):
            yield from section(one, level)
    bare = [one.heading for one in parts if is_empty(one) and one.status != "not_needed"]
    if bare and nothing_under:
        yield Note(f"Nothing is written yet under: {'; '.join(bare)}.")


def section(part: PartLike, level: int = 2) -> Iterator[Block]:
    """One section: its heading, its answers, its entries with theirs; steps are set in."""
    yield Heading(part.heading, level)
    yield from answers_of(part.answers)
    for entry in part.entries:
        inner: tuple[Block, ...] = (Heading(entry.title, level + 1), *answers_of(entry.answers))
        if entry.depth:
            yield Inside(inner)
        else:
            yield from inner


def is_empty(part: PartLike) -> bool:
    """Whether a section holds nothing that this reader may see."""
    return not part.answers and not part.entries


__all__ = ["PlanData", "Table", "facts", "is_empty", "plan", "section", "sections"]
