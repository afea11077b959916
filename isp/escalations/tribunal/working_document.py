"""The working document: a version's wording with what each side proposes, in the customary marks. Pure.

Bold is the parents' or young person's wording, italic the authority's, underlined what is agreed; what a side
wants to go is struck through, in that side's letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from isp.records.words import marks
from isp.web.print.paper import Block, Heading, Marked, Note, Run, Text

PARENTS, AUTHORITY = "parents", "authority"
SIDES: Mapping[str, str] = {
    PARENTS: "The parents or the young person",
    AUTHORITY: "The local authority",
}
ADD, DELETE, REPLACE = "add", "delete", "replace"
ACTS: Mapping[str, str] = {
    REPLACE: "Other words in place of these",
    DELETE: "These words are to go",
    ADD: "Something new in this section",
}
PROPOSED, AGREED, WITHDRAWN = "proposed", "agreed", "withdrawn"
KEY = (
    Run("Bold", bold=True),
    Run(": wording that the parents or the young person propose. "),
    Run("Italic", italic=True),
    Run(": wording that the local authority proposes. "),
    Run("Underlined", underline=True),
    Run(": agreed. "),
    Run("Struck through", strike=True),
    Run(": wording that a side wants to go, in that side’s letters."),
)


@dataclass(frozen=True, slots=True)
class Words:
    """One answer of an entry, as the version has it."""

    field: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class EntryWords:
    """One entry of a section."""

    id: UUID
    answers: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class SectionWords:
    """One section of the version."""

    name: str
    heading: str
    entries: tuple[EntryWords, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a side proposes. ``item_id`` and ``field`` None: something new at the end of the section."""

    id: UUID
    section: str
    item_id: UUID | None
    field: str | None
    side: str
    act: str
    state: str
    wording: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One answer with its marks: a paragraph for each proposal about it; ``target``: what can be proposed."""

    label: str
    text: str
    target: tuple[str, UUID | None, str | None]
    marked: tuple[tuple[Proposal | None, tuple[Run, ...]], ...]


@dataclass(frozen=True, slots=True)
class MarkedSection:
    """A section with its lines, and what is new in it."""

    name: str
    heading: str
    lines: tuple[Line, ...]
    new: tuple[tuple[Proposal, tuple[Run, ...]], ...]


def marked_sections(sections: Iterable[SectionWords], proposals: Sequence[Proposal]) -> list[MarkedSection]:
    """Every section with its wording marked; what was withdrawn leaves no mark."""
    live = [one for one in proposals if one.state != WITHDRAWN]
    return [_section(one, [each for each in live if each.section == one.name]) for one in sections]


def _section(section: SectionWords, proposals: Sequence[Proposal]) -> MarkedSection:
    lines = []
    for entry in section.entries:
        for words in entry.answers:
            mine = [one for one in proposals if one.item_id == entry.id and one.field == words.field]
            marked: list[tuple[Proposal | None, tuple[Run, ...]]] = [
                (one, runs_of(words.text, one)) for one in mine
            ]
            target = (section.name, entry.id, words.field)
            lines.append(
                Line(words.label, words.text, target, tuple(marked) or ((None, (Run(words.text),)),))
            )
    new = tuple((one, runs_of("", one)) for one in proposals if one.item_id is None)
    return MarkedSection(section.name, section.heading, tuple(lines), new)


def runs_of(before: str, proposal: Proposal) -> tuple[Run, ...]:
    """The wording with one proposal marked in it, word by word."""
    if proposal.act == DELETE:
        return (_in_letters_of(proposal, Run(before, strike=True)),)
    if proposal.act == ADD or not before:
        return (_in_letters_of(proposal, Run(proposal.wording)),)
    found = []
    for mark in marks(before, proposal.wording):
        if mark.run == "same":
            found.append(Run(mark.text))
        else:
            found.append(_in_letters_of(proposal, Run(mark.text, strike=mark.run == "deleted")))
    return tuple(found)


def _in_letters_of(proposal: Proposal, run: Run) -> Run:
    if proposal.state == AGREED:
        return replace(run, underline=True)
    return replace(run, bold=proposal.side == PARENTS, italic=proposal.side == AUTHORITY)


def blocks_of(sections: Iterable[MarkedSection]) -> Iterator[Block]:
    """The document, after its facts: the key to the marks, then section after section."""
    yield Marked(KEY)
    for section in sections:
        yield Heading(section.heading)
        for line in section.lines:
            yield Note(line.label)
            for proposal, runs in line.marked:
                yield from _told(proposal, runs)
        for proposal, runs in section.new:
            yield Note("New")
            yield from _told(proposal, runs)
        if not section.lines and not section.new:
            yield Text("Nothing is written here.")


def _told(proposal: Proposal | None, runs: tuple[Run, ...]) -> Iterator[Block]:
    yield Marked(runs)
    if proposal is not None:
        said = f"{SIDES[proposal.side]}, {'agreed' if proposal.state == AGREED else 'proposed'}"
        yield Note(f"{said}. {proposal.note}".strip())
