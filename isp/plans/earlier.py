"""A plan that was written elsewhere, as content: outcomes and provision as items, the rest as pasted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from isp.kernel.errors import Invalid
from isp.kernel.ids import new_id
from isp.plans.content import SHAPE, blank, load
from isp.records import order
from isp.records.shape import Content, Item, Status

PASTED = "The plan as it was written"


def content_of(happened_on: date, source: str, *, outcomes: str, provision: str, text: str) -> Content:
    """One item for each line of outcomes and provision; the text under advice, in pieces where it is long.

    Advice is where words of others are kept, with who and when. Raises Invalid where nothing was given, or
    there are more lines than a list holds.
    """
    lists = {
        "outcomes": [{"statement": line} for line in _lines("outcomes", "statement", outcomes)],
        "provision": [_provision(line) for line in _lines("provision", "what", provision)],
        "advice": [
            {"role": PASTED, "organisation": source, "given_on": happened_on.isoformat(), "summary": piece}
            for piece in _pieces(text)
        ],
    }
    if not any(lists.values()):
        raise Invalid(
            "Some answers need attention.", {"outcomes": "Enter at least one outcome, or paste what it says."}
        )
    content = blank()
    for name, items in lists.items():
        most = SHAPE.sections[name].most_items
        if len(items) > most:
            raise Invalid(
                "Some answers need attention.",
                {name if name != "advice" else "text": f"Keep this to {most} lines: there are {len(items)}."},
            )
        keys = order.spread(len(items))
        held: list[Item] = [
            {"id": str(new_id()), "order": key, **item} for key, item in zip(keys, items, strict=True)
        ]
        section = content["sections"][name]
        content["sections"][name] = section | {
            "items": held,
            "status": Status.COMPLETE.value if held else section["status"],
        }
    return load(content)


def _lines(name: str, field: str, text: str) -> list[str]:
    limit = SHAPE.field(name, field).limit or 0
    lines = [line.strip(" \t-•*") for line in text.splitlines()]
    found = [line for line in lines if line]
    for line in found:
        if len(line) > limit:
            over = len(line) - limit
            raise Invalid(
                "Some answers need attention.",
                {name: f"Shorten one line by {over:,} characters: it can hold {limit:,}."},
            )
    return found


def _provision(line: str) -> dict[str, str]:
    """A short line is a name; a long one says what is done."""
    return {"name": line} if len(line) <= (SHAPE.field("provision", "name").limit or 0) else {"what": line}


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces that fit, cut at the end of a line or of a word where there is one."""
    limit = SHAPE.field("advice", "summary").limit or 0
    rest = text.strip()
    while len(rest) > limit:
        ends = (rest.rfind(end, limit // 2, limit) for end in ("\n", " "))
        at = next((cut for cut in ends if cut > 0), limit)
        yield rest[:at].strip()
        rest = rest[at:].strip()
    if rest:
        yield rest
