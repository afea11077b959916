"""A letter put together: its locked parts with the facts of the case, around what the officer wrote. Pure.

What the law wants and is not there yet is told as gaps, each with what to do; a letter with a gap is shown
as a draft and never served.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from isp.escalations import deadlines
from isp.escalations.letters.wording import CLOSING, OPENING, REASONS, Block, Letter, Wording
from isp.kernel.canonical import canonical
from isp.kernel.workdays import HorizonPassed
from isp.web.filters import date_words

BLANK = "…"
"""Stands in a draft where a fact is not known yet."""
SLOT_NAMES: Mapping[str, str] = {OPENING: "opening", REASONS: "reasons", CLOSING: "closing"}
HEADINGS: Mapping[str, str] = {OPENING: "", REASONS: "Our reasons", CLOSING: ""}
_SETTINGS = "under Settings, “Your own pages”"
_DAY_OF: Mapping[str, str] = {
    "asked": "asked_on",
    "meeting": "meeting_on",
    "moves": "moves_on",
    "known": "known_on",
    "registered": "registered_on",
    "ordered": "ordered_on",
}
"""From which particular a day runs that is worked out."""
UNKNOWN: Mapping[str, str] = {
    "received": "The day on which the request was received is not on record for this case.",
    "contact": "No officer has this case, so the letter cannot say whom to reach. Give the case to somebody.",
    "sendiass": f"How to reach the information and advice service (SENDIASS) is not on record. A manager can "
    f"write it {_SETTINGS}.",
    "mediation": f"How to reach a mediation adviser is not on record. A manager can write it {_SETTINGS}.",
    "disagreement": f"How to reach disagreement resolution is not on record. A manager can write it "
    f"{_SETTINGS}.",
    "reviews": "No review that is still to be finished is on this list.",
    "term": "The days of the term are not on record.",
    "send_by": "The days of the term are not on record.",
    "schools": f"Where to find information about schools and colleges is not on record. A manager can write "
    f"it {_SETTINGS}.",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case, for its letters. ``dated``: the date on the letter."""

    authority: str
    child: str
    dated: date
    received: date | None = None
    contact: str = ""
    sendiass: str = ""
    mediation: str = ""
    disagreement: str = ""
    schools: str = ""
    term: str = ""
    reviews: str = ""
    send_by: str = ""
    """Of the list of a term's reviews alone."""
    rules: str | None = None
    """The version of the limits that the case keeps, under which days are worked out; None: of that day."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the officer wrote: around the locked parts, and the particulars (days as ISO text)."""

    opening: str = ""
    reasons: str = ""
    closing: str = ""
    particulars: Mapping[str, str] = field(default_factory=dict)

    def slot(self, name: str) -> str:
        """What stands in one of the places that the officer writes."""
        return str(getattr(self, SLOT_NAMES[name])).strip()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a letter as it is read. ``source``: of a locked one, the law that it comes from."""

    code: str
    heading: str
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that the law wants in the letter and that is not there. ``field``: where it is filled in."""

    words: str
    source: str
    to_do: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter as it would go out today, and what is still missing."""

    title: str
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...]


def compose(wording: Wording, letter: Letter, facts: Facts, words: Words) -> Composed:
    """The letter with all its parts; unknown facts are left blank and told among the gaps."""
    known, wrong = _facts(wording, letter, facts, words)
    parts, gaps = [], []
    held: set[str] = set()
    for one in letter.parts:
        if isinstance(one, Block):
            lost = sorted(name for name in one.names if not known.get(name))
            parts.append(_locked(one, known))
            gaps += [_gap(one, name, wrong, letter, wording) for name in lost]
            if not lost:
                held.update(one.holds)
        elif text := words.slot(one):
            parts.append(Part(SLOT_NAMES[one], HEADINGS[one], text))
            if one == REASONS:
                held.add("reasons")
    for required in letter.must:
        if required.code == "reasons" and "reasons" not in held:
            todo = "Write the reasons for the decision."
            gaps.append(Gap(required.words, required.source, todo, "reasons"))
    unique = {one.to_do: one for one in gaps}
    return Composed(letter.title, tuple(parts), tuple(unique.values()))


def _locked(block: Block, known: Mapping[str, str]) -> Part:
    text = block.text.format_map({name: known.get(name) or BLANK for name in block.names})
    return Part(block.code, block.heading, text, block.source)


def _facts(
    wording: Wording, letter: Letter, facts: Facts, words: Words
) -> tuple[dict[str, str], dict[str, str]]:
    """What each name in a text stands for, and what is wrong with those that cannot be worked out."""
    filled, days = {}, {"dated": facts.dated, "received": facts.received}
    for one in letter.particulars:
        said = words.particulars.get(one.code, "").strip()
        if one.sort == "date" and said:
            days[one.code] = date.fromisoformat(said)
            said = date_words(days[one.code])
        filled[one.code] = said
    days |= {start: days.get(particular) for start, particular in _DAY_OF.items()}
    known = {
        "authority": facts.authority,
        "child": facts.child,
        "dated": date_words(facts.dated),
        "received": date_words(facts.received) if facts.received else "",
        "contact": facts.contact.strip(),
        "sendiass": facts.sendiass.strip(),
        "mediation": facts.mediation.strip(),
        "disagreement": facts.disagreement.strip(),
        "schools": facts.schools.strip(),
        "appeal_about": letter.appeal,
        "term": facts.term,
        "reviews": facts.reviews,
        "send_by": facts.send_by,
        **filled,
    }
    wrong: dict[str, str] = {}
    wanted = {name for block in letter.blocks for name in block.names}
    for name in sorted(wanted & wording.dates.keys()):
        worked = wording.dates[name]
        start = days.get(worked.start)
        if start is None:
            continue
        try:
            known[name] = date_words(_due(worked.act, start, facts.rules))
        except HorizonPassed as failure:
            wrong[name] = failure.message
    return known, wrong


def _due(act: deadlines.Act, start: date, version: str | None) -> date:
    if act is deadlines.Act.APPEAL:
        return deadlines.appeal_due(start, version=version).on
    return deadlines.due(act, start, version=version).on


def _gap(block: Block, name: str, wrong: Mapping[str, str], letter: Letter, wording: Wording) -> Gap:
    particular = next((one for one in letter.particulars if one.code == name), None)
    if particular is not None:
        return Gap(block.heading, block.source, f"Answer “{particular.label}”", particular.code)
    if name in wrong:
        return Gap(block.heading, block.source, wrong[name], "dated_on")
    if name in wording.dates:
        start = wording.dates[name].start
        asked = _DAY_OF.get(start, "")
        if asked:
            named = next((one.label for one in letter.particulars if one.code == asked), "")
            return Gap(block.heading, block.source, f"Answer “{named}”", asked)
        return Gap(block.heading, block.source, UNKNOWN["received"])
    return Gap(block.heading, block.source, UNKNOWN[name])


# -- a letter that was served ------------------------------------------------------------------------------


def kept(composed: Composed, facts: Facts, reference: str) -> dict[str, Any]:
    """The letter as it is stored once it is served: nothing in it is worked out again."""
    return {
        "title": composed.title,
        "authority": facts.authority,
        "child": facts.child,
        "reference": reference,
        "dated_on": facts.dated.isoformat(),
        "parts": [
            {"code": one.code, "heading": one.heading, "text": one.text, "source": one.source}
            for one in composed.parts
        ],
    }


def digest_of(text: Mapping[str, Any], salt: bytes) -> bytes:
    """The salted digest of a letter's whole text."""
    return hashlib.sha256(salt + canonical(text)).digest()


def parts_of(text: Mapping[str, Any]) -> tuple[Part, ...]:
    """The parts of a stored letter."""
    return tuple(Part(**one) for one in text["parts"])
