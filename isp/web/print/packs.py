"""Documents gathered from plans: the profile, cycles together, packs, the class sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from isp.web.print.paper import (
    Answers,
    Block,
    Box,
    Bullets,
    Heading,
    NewPage,
    Note,
    Paper,
    PartLike,
    Stamp,
    Table,
    Text,
)
from isp.web.print.plan import facts, is_empty, section, sections

Pairs = tuple[tuple[str, str], ...]
Said = tuple[tuple[str, tuple[str, ...]], ...]
SHORT = 170
"""Characters of an answer on a profile that would not fit on its page in full."""
SHORTENED = "Some of this is shortened to fit on one page. The plan has it in full."


@dataclass(frozen=True, slots=True)
class ProfileData:
    """One page about a child: what every adult must know, who she is, what helps, what she is aiming for."""

    kind: str
    caption: str
    stamp: Stamp
    must_know: tuple[str, ...]
    about: Said
    support: Said
    aims: tuple[str, ...]
    headings: tuple[str, str, str, str]
    """Over these four, in this order."""


def profile(data: ProfileData) -> Paper:
    """The profile: in full where that fits on a page in letters that can be read, else shortened."""
    whole = _sides(data, None)
    short = _sides(data, SHORT)
    return Paper(
        data.kind,
        data.stamp,
        tuple(one for side in whole for one in side),
        caption=data.caption,
        layout="profile",
        short=() if short == whole else (*short[:-1], (*short[-1], Note(SHORTENED))),
        full=whole,
    )


def profile_blocks(data: ProfileData) -> tuple[Block, ...]:
    """The same to be read from top to bottom, for a pack."""
    return tuple(one for side in _sides(data, None) for one in side)


def _sides(data: ProfileData, most: int | None) -> tuple[tuple[Block, ...], ...]:
    """Four groups: what must be known, who the child is, what helps, what she is aiming for."""
    know, about, support, aims = data.headings
    return (
        (Box((Heading(know), Bullets(data.must_know))),) if data.must_know else (),
        (Heading(about), Answers(_cut(data.about, most))) if data.about else (),
        (Heading(support), Answers(_cut(data.support, most))) if data.support else (),
        (Heading(aims), Bullets(tuple(cut(aim, most) for aim in data.aims))) if data.aims else (),
    )


def _cut(said: Said, most: int | None) -> Said:
    return tuple((label, tuple(cut(text, most) for text in texts)) for label, texts in said)


def cut(text: str, most: int | None) -> str:
    """The text, or its beginning up to a word, with a sign that it goes on."""
    if most is None or len(text) <= most:
        return text
    kept = text[: most - 1]
    at_word = kept.rsplit(None, 1)[0]
    return (at_word if len(at_word) > most // 2 else kept).rstrip(" ,;:.–-") + "…"


@dataclass(frozen=True, slots=True)
class CycleData:
    """One version: what it is called, its facts, what it changed for the child, and what it says."""

    heading: str
    facts: Pairs
    changed: tuple[tuple[str, tuple[str, ...]], ...]
    parts: Sequence[PartLike] = ()


@dataclass(frozen=True, slots=True)
class CyclesData:
    """Several versions together, the oldest first. ``over``: the heading of the table over all of them."""

    kind: str
    caption: str
    stamp: Stamp
    cycles: tuple[CycleData, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def cycles(data: CyclesData) -> Paper:
    """Cycle after cycle: a table over all of them, then each with what it changed and what it says."""
    rows = tuple(tuple((cell,) for cell in row) for row in data.rows)
    blocks: list[Block] = [Table(data.head, rows, widths=(2, 3, 3, 4)[: len(data.head)])]
    for one in data.cycles:
        blocks += [NewPage(), Heading(one.heading), facts(one.facts)]
        blocks += changed(one.changed, "What changed since the cycle before")
        blocks += sections(one.parts, nothing_under=False, level=3)
    return Paper(data.kind, data.stamp, tuple(blocks), caption=data.caption)


def changed(told: tuple[tuple[str, tuple[str, ...]], ...], heading: str) -> Iterator[Block]:
    """What a version changed, in sentences under the sections they are about."""
    if told:
        yield Heading(heading, 3)
        yield Answers(told)


@dataclass(frozen=True, slots=True)
class PackData:
    """A plan with what goes with it; what was before it comes last, told (``history``) or as a table.

    ``first``: names of the plan's sections that stand before all others, such as the move itself.
    """

    kind: str
    caption: str
    stamp: Stamp
    facts: Pairs
    parts: Sequence[PartLike]
    profile: ProfileData | None = None
    first: tuple[str, ...] = ()
    history_heading: str = ""
    history: tuple[CycleData, ...] = ()
    history_head: tuple[str, ...] = ()
    history_rows: tuple[tuple[str, ...], ...] = ()
    history_note: str = ""


def pack(data: PackData) -> Paper:
    """The plan in force, the profile, what is first for this pack, and the versions before in short."""
    blocks: list[Block] = [facts(data.facts)]
    ahead = [one for name in data.first for one in data.parts if one.name == name and not is_empty(one)]
    for one in ahead:
        blocks += section(one)
    if data.profile is not None:
        # What stands ahead has a page of its own; a page with nothing but facts would be none.
        blocks += [*([NewPage()] if ahead else []), *profile_blocks(data.profile), NewPage()]
    blocks += sections([one for one in data.parts if one not in ahead], nothing_under=False)
    if data.history or data.history_rows:
        blocks.append(Heading(data.history_heading))
        if data.history_rows:
            rows = tuple(tuple((cell,) for cell in row) for row in data.history_rows)
            blocks.append(Table(data.history_head, rows, widths=(1, 2, 5)))
        for cycle in data.history:
            blocks += [Heading(cycle.heading, 3), facts(cycle.facts)]
            if cycle.changed:
                blocks += [Answers(cycle.changed)]
    if data.history_note:
        blocks.append(Note(data.history_note))
    return Paper(data.kind, data.stamp, tuple(blocks), caption=data.caption)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A pupil on a class sheet: the name as it may stand there, and a cell for each column."""

    name: str
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class SheetData:
    """A class on one sheet. ``head`` names the columns after the first."""

    kind: str
    caption: str
    stamp: Stamp
    head: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def class_sheet(data: SheetData) -> Paper:
    """The class as a table, across the page where it has several columns."""
    head = ("Pupil", *data.head)
    rows = tuple(((row.name,), *row.cells) for row in data.rows)
    wide = len(head) > 2
    blocks: tuple[Block, ...] = (Table(head, rows, widths=(3, 6, 8, 4) if wide else (2, 7)),)
    if not rows:
        blocks = (Text("Nobody is in this class at present."),)
    return Paper(data.kind, data.stamp, blocks, caption=data.caption, layout="sheet", landscape=wide)
