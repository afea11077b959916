"""The letters as they stand in the data: what each must contain, its locked parts, and when it is owed."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from isp.ehcp.steps import StepCode
from isp.escalations.deadlines import Act
from isp.kernel.dated import Versions, head_of, load

OPENING, REASONS, CLOSING = "@opening", "@reasons", "@closing"
SLOTS = (OPENING, REASONS, CLOSING)
FAMILY = "family"
RECIPIENTS = (FAMILY, "head", "health", "social_care", "setting", "adviser", "tribunal")
CASE, DISPUTE = "case", "dispute"
LIST = "list"
SUBJECTS = ("request", "assessment", "plan", "review", CASE, DISPUTE, LIST)
"""``list``: of no case, a term's reviews at one school; ``case``: the request, or the assessment of a plan in
force; ``dispute``: what an appeal is about."""
EACH = ("advice", "consultation", DISPUTE)
"""Of what a letter may carry out one: each of them is owed one, where its other side is not here."""
STARTS = ("dated", "received", "asked", "meeting", "registered", "moves", "known", "ordered")
GIVEN = frozenset(
    {
        "authority", "child", "dated", "received", "contact", "sendiass", "mediation", "disagreement",
        "schools", "appeal_about", "term", "reviews", "send_by",
    }
)  # fmt: skip
"""Facts that are known without being worked out or filled in."""


@dataclass(frozen=True, slots=True)
class Required:
    """Something that a letter may have to contain, and where that is written."""

    code: str
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Block:
    """A locked part: its heading, the contents that it gives, its text with names of facts, its source."""

    code: str
    heading: str
    holds: tuple[str, ...]
    source: str
    text: str

    @property
    def names(self) -> frozenset[str]:
        """The facts that its text asks for."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.text) if name)


@dataclass(frozen=True, slots=True)
class Worked:
    """A day that a letter names: by which limit, from which day."""

    name: str
    act: Act
    start: str


@dataclass(frozen=True, slots=True)
class Particular:
    """Something that only the officer knows and the letter must say. ``sort``: text, long or date."""

    code: str
    label: str
    hint: str
    sort: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A kind of letter. ``after``: codes of steps that make it owed; ``to`` and ``copies``: recipients.

    ``rests_on``: codes of steps, one of which must be on record before it is served. ``each``: of EACH, or
    empty. ``by``: the limit within which it must go, and the step from which that runs; ``same_day``: it goes
    on the day of the step itself.
    """

    kind: str
    title: str
    subject: str
    after: tuple[str, ...]
    to: str
    copies: tuple[str, ...]
    must: tuple[Required, ...]
    parts: tuple[str | Block, ...]
    particulars: tuple[Particular, ...]
    appeal: str
    optional_reasons: bool
    days_from_service: bool
    begins_today: bool = False
    rests_on: tuple[str, ...] = ()
    each: str = ""
    by: tuple[Act, str] | None = None
    same_day: bool = False

    @property
    def slots(self) -> tuple[str, ...]:
        """What of it the officer writes."""
        return tuple(one for one in self.parts if isinstance(one, str))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Its locked parts."""
        return tuple(one for one in self.parts if isinstance(one, Block))


@dataclass(frozen=True, eq=False)
class Wording:
    """A version of the letters; its name is stored with every letter made under it."""

    version: str
    effective_from: date
    effective_to: date | None
    letters: Mapping[str, Letter]
    dates: Mapping[str, Worked]

    def after(self, step: str) -> tuple[Letter, ...]:
        """The letters that are owed once a step has been taken."""
        return tuple(one for one in self.letters.values() if step in one.after)


@cache
def wordings() -> Versions[Wording]:
    """Every version of the letters there has been."""
    return load("isp.escalations", "letters", read, "letters")


def wording_on(day: date) -> Wording:
    """The letters as they are on a day."""
    return wordings().on_or_first(day)


def read(data: Mapping[str, Any]) -> Wording:
    """The letters from their file. KeyError or ValueError where something is missing or contradicts."""
    required = {row["code"]: Required(row["code"], row["words"], row["source"]) for row in data["contents"]}
    blocks = {row["code"]: _block(row, required) for row in data["blocks"]}
    dates = {
        row["name"]: Worked(row["name"], Act(row["act"]), _one_of(row["start"], STARTS))
        for row in data["dates"]
    }
    filled = {
        row["code"]: Particular(
            row["code"], row["label"], row.get("hint", ""), _one_of(row["sort"], ("text", "long", "date"))
        )
        for row in data["particulars"]
    }
    letters: dict[str, Letter] = {}
    for row in data["letters"]:
        letter = _letter(row, required, blocks, filled)
        if letter.kind in letters:
            raise ValueError(f"the letter {letter.kind} is there twice")
        known = GIVEN | dates.keys() | {one.code for one in letter.particulars}
        for block in letter.blocks:
            if lost := block.names - known:
                raise ValueError(f"{letter.kind} names {sorted(lost)}, which nobody gives")
        letters[letter.kind] = letter
    return Wording(**head_of(data), letters=letters, dates=dates)


def _block(row: Mapping[str, Any], required: Mapping[str, Required]) -> Block:
    holds = tuple(row["holds"])
    if unknown := set(holds) - required.keys():
        raise ValueError(f"{row['code']} holds {sorted(unknown)}, which no letter needs")
    if not row["source"].strip() or not row["text"].strip():
        raise ValueError(f"{row['code']} has no text or no source")
    return Block(row["code"], row["heading"], holds, row["source"], row["text"].strip())


def _letter(
    row: Mapping[str, Any],
    required: Mapping[str, Required],
    blocks: Mapping[str, Block],
    filled: Mapping[str, Particular],
) -> Letter:
    parts = tuple(one if one in SLOTS else blocks[one] for one in row["parts"])
    held = {code for one in parts if isinstance(one, Block) for code in one.holds}
    if REASONS in parts:
        held.add("reasons")
    must = tuple(required[code] for code in row["must"])
    if lost := {one.code for one in must} - held:
        raise ValueError(f"no part of {row['kind']} gives {sorted(lost)}")
    for one in (row["to"], *row["copies"]):
        _one_of(one, RECIPIENTS)
    if ("appeal" in held) != bool(row.get("appeal")):
        raise ValueError(f"{row['kind']} must say what may be appealed, or give no right of appeal")
    return Letter(
        kind=row["kind"],
        title=row["title"],
        subject=_one_of(row["subject"], SUBJECTS),
        after=tuple(row["after"]),
        to=row["to"],
        copies=tuple(row["copies"]),
        must=must,
        parts=parts,
        particulars=tuple(filled[code] for code in row.get("particulars", ())),
        appeal=row.get("appeal", ""),
        optional_reasons=row.get("reasons") == "optional",
        days_from_service=bool(row.get("days_from_service")),
        begins_today=bool(row.get("begins_today")),
        rests_on=tuple(StepCode(code).value for code in row.get("rests_on", row["after"])),
        each=_one_of(row.get("each", ""), ("", *EACH)),
        by=(Act(row["by"]["act"]), StepCode(row["by"]["from"]).value) if "by" in row else None,
        same_day=bool(row.get("same_day")),
    )


def _one_of(value: str, choices: Iterable[str]) -> str:
    if value not in choices:
        raise ValueError(f"{value} is none of {', '.join(choices)}")
    return value


__all__ = [
    "CASE",
    "CLOSING",
    "DISPUTE",
    "EACH",
    "FAMILY",
    "GIVEN",
    "LIST",
    "OPENING",
    "REASONS",
    "SLOTS",
    "Block",
    "Letter",
    "Particular",
    "Required",
    "Wording",
    "Worked",
    "read",
    "wording_on",
    "wordings",
]
