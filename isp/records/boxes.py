"""The boxes of an editor: what each shows of a draft, and what was typed in them as changes.

Every kind of document has its own (``Boxes(SHAPE)``); how they are named, read and compared is the same.

A box's name says where its answer lies: ``about_me.strengths``, ``needs.<item>.barrier``,
``status.about_me``. A date has three boxes, the name with -day, -month and -year. Pure.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from isp.access.lenses import Lens
from isp.records.changes import Change, Op, apply, items_by_id
from isp.records.checking import check_field
from isp.records.days import Horizon
from isp.records.fields import Kind, identifier
from isp.records.project import may_see_field
from isp.records.shape import Content, FieldShape, Shape, Status

Raw: TypeAlias = str | list[str]
"""What a box sends: a text, or one for each tick where several boxes share a name."""

STATUS = "status"
PARTS = ("day", "month", "year")
_MANY = frozenset({Kind.CHOICES, Kind.LINKS})
NOT_TYPED = frozenset({Kind.REFERENCE, Kind.CITED})
"""Kinds that point at something kept elsewhere; they are set from there, never in a box."""
STATUS_WORDS: Mapping[str, str] = {
    Status.NOT_STARTED: "Not started",
    Status.IN_PROGRESS: "In progress",
    Status.COMPLETE: "Complete",
    Status.NOT_NEEDED: "Not needed",
}
_ITEM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PART = re.compile(r"-(?:day|month|year)$")


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a document: a field of a section or of an item, or (``field`` None) a section's status."""

    section: str
    item: str | None
    field: str | None

    @property
    def key(self) -> str:
        """The name of its box."""
        if self.field is None:
            return f"{STATUS}.{self.section}"
        return ".".join(part for part in (self.section, self.item, self.field) if part is not None)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, read: the changes it makes, and by box a sentence for what cannot be kept."""

    changes: tuple[Change, ...] = ()
    shown: tuple[Change, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)


def value_at(content: Content, place: Where) -> Any:
    """What a draft holds at a place; None where it is empty or its item is gone."""
    section = content["sections"].get(place.section)
    if section is None:
        return None
    if place.field is None:
        return section["status"]
    if place.item is None:
        return section["fields"].get(place.field)
    return items_by_id(section).get(place.item, {}).get(place.field)


def applied(content: Content, change: Change) -> Content:
    """The content with one change made, for asking about it."""
    return apply(content, [change])


def mark(raw: Raw) -> str:
    """A short mark of what a box showed, by which a form tells that nobody touched it."""
    return hashlib.sha256(json.dumps(_settled(raw)).encode()).hexdigest()[:12]


def _settled(raw: Raw) -> Raw:
    # A browser sends two characters for a line end, and drops the first one in a text box.
    if isinstance(raw, list):
        return sorted(raw)
    return "\n".join(raw.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()


def touched(answers: Mapping[str, Raw], marks: Mapping[str, str]) -> dict[str, Raw]:
    """The answers that differ from what the page showed."""
    return {key: raw for key, raw in answers.items() if mark(raw) != marks.get(key)}


def _date(key: str, sent: Mapping[str, Raw]) -> str:
    """Three boxes as one text. A whole date pasted into the first one is taken as it is."""
    return " ".join(str(sent.get(f"{key}-{part}", "")).strip() for part in PARTS).strip()


def _nothing(place: Where) -> Raw:
    return Status.NOT_STARTED.value if place.field is None else ""


class Boxes:
    """The boxes of one kind of document."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    def shape_at(self, place: Where) -> FieldShape | None:
        """The field of a place; None for a section's status."""
        return None if place.field is None else self.shape.field(place.section, place.field)

    def kind_at(self, place: Where) -> Kind | None:
        shape = self.shape_at(place)
        return None if shape is None else shape.kind

    def where(self, key: str, lens: Lens) -> Where | None:
        """The place of a box, or None where there is none of that name that this lens may write in."""
        names = key.split(".")
        if len(names) == 2 and names[0] == STATUS:
            return Where(names[1], None, None) if self._may_see(names[1], lens) else None
        section = self.shape.sections.get(names[0])
        if section is None or len(names) not in (2, 3) or not self._may_see(names[0], lens):
            return None
        item = names[1] if len(names) == 3 else None
        if item is not None and not _ITEM.fullmatch(item):
            return None
        described = (section.fields if item is None else section.items or {}).get(names[-1])
        if described is None or described.kind in NOT_TYPED or not may_see_field(described, lens):
            return None
        return Where(names[0], item, names[-1])

    def _may_see(self, section: str, lens: Lens) -> bool:
        known = self.shape.sections.get(section)
        if known is None or (lens.sections is not None and section not in lens.sections):
            return False
        return any(
            may_see_field(one, lens) for one in (*known.fields.values(), *(known.items or {}).values())
        )

    def places(self, content: Content, section: str, lens: Lens) -> Iterator[Where]:
        """Every place of a section that has a box on its page, the status last."""
        shape, held = self.shape.sections[section], content["sections"][section]
        holders = [(None, shape.fields)] + [(i["id"], shape.items or {}) for i in held.get("items", ())]
        for item, fields in holders:
            for name, described in fields.items():
                if described.kind not in NOT_TYPED and may_see_field(described, lens):
                    yield Where(section, item, name)
        yield Where(section, None, None)

    def raw_at(self, content: Content, place: Where) -> Raw:
        """What the box of a place shows, as it would send it back; of a date YYYY-MM-DD."""
        value, shape = value_at(content, place), self.shape_at(place)
        if shape is not None and shape.kind in _MANY:
            return list(value or [])
        if value is None:
            return ""
        if shape is not None and shape.kind is Kind.FLAG:
            return "yes"
        if shape is not None and shape.kind is Kind.PENCE:
            return f"{value // 100}.{value % 100:02d}"
        return str(value)

    def boxes_at(self, content: Content, place: Where) -> dict[str, Raw]:
        """The same by box: a date's three."""
        raw, shape = self.raw_at(content, place), self.shape_at(place)
        if shape is None or shape.kind is not Kind.DAY:
            return {place.key: raw}
        day = date.fromisoformat(str(raw)) if raw else None
        values = (str(day.day), str(day.month), str(day.year)) if day else ("", "", "")
        return {f"{place.key}-{part}": value for part, value in zip(PARTS, values, strict=True)}

    def boxes_of(self, content: Content, section: str, lens: Lens) -> dict[str, Raw]:
        """What every box of a section's page shows."""
        found: dict[str, Raw] = {}
        for place in self.places(content, section, lens):
            found |= self.boxes_at(content, place)
        return found

    def as_sent(self, content: Content, place: Where) -> Raw:
        """What ``gathered`` makes of a box that nobody touched."""
        shape = self.shape_at(place)
        if shape is not None and shape.kind is Kind.DAY:
            return " ".join(str(value) for value in self.boxes_at(content, place).values()).strip()
        return self.raw_at(content, place)

    def marks_of(self, content: Content, section: str, lens: Lens) -> dict[str, str]:
        """The mark of every box on a section's page, by place, as the draft has it."""
        return {
            place.key: mark(self.as_sent(content, place)) for place in self.places(content, section, lens)
        }

    def gathered(self, sent: Mapping[str, Raw], lens: Lens) -> dict[str, Raw]:
        """What was sent, a date's boxes put together, by place; what has no box of ours is left out."""
        found: dict[str, Raw] = {}
        for name, raw in sent.items():
            place = self.where(name, lens)
            if place is not None:
                found[place.key] = self._of_kind(place, raw)
                continue
            place = self.where(_PART.sub("", name), lens)
            if place is not None and self.kind_at(place) is Kind.DAY:
                found[place.key] = _date(place.key, sent)
        return found

    def of_form(self, values: Callable[[str], list[str]], keys: Iterable[str], lens: Lens) -> dict[str, Raw]:
        """The same of a form that showed the boxes ``keys``; ``values`` gives what it sent by a name.

        Ticks that are not sent were taken out; a text that is not sent never arrived, and is left alone.
        """
        sent: dict[str, Raw] = {}
        for key in keys:
            place = self.where(key, lens)
            if place is None:
                continue
            kind = self.kind_at(place)
            if kind is Kind.DAY:
                sent |= {f"{key}-{part}": found[0] for part in PARTS if (found := values(f"{key}-{part}"))}
            elif kind in _MANY:
                sent[key] = values(key)
            elif found := values(key):
                sent[key] = found[0]
            elif kind is Kind.FLAG:
                sent[key] = ""
        return self.gathered(sent, lens)

    def _of_kind(self, place: Where, raw: Raw) -> Raw:
        # A script sends the only tick of a list as a text.
        if self.kind_at(place) in _MANY and isinstance(raw, str):
            return [raw] if raw else []
        return raw

    def read(
        self,
        typed: Mapping[str, Raw],
        shown: Mapping[str, Raw] | None,
        draft: Content,
        lens: Lens,
        horizon: Horizon | None = None,
    ) -> Typed:
        """What was typed, by place, as changes; see ``gathered``.

        ``shown``: what the boxes had shown, by place; a place absent from it was filled by a browser that no
        longer knew, so it counts as having shown nothing. None: the boxes showed the draft at the revision
        sent.
        """
        changes: list[Change] = []
        known: list[Change] = []
        problems: dict[str, str] = {}
        for key, raw in typed.items():
            place = self.where(key, lens)
            if place is None:
                continue
            change, problem = self._change(place, raw, draft, horizon)
            if change is None:
                problems[key] = problem
                continue
            changes.append(change)
            if shown is None:
                continue
            before, unreadable = self._change(place, shown.get(key, _nothing(place)), draft, None)
            # A box that showed what could not be kept (a form sent back) showed nothing of the draft's.
            if before is not None and not unreadable:
                known.append(before)
        return Typed(tuple(changes), tuple(known), problems)

    def _change(
        self, place: Where, raw: Raw, draft: Content, horizon: Horizon | None
    ) -> tuple[Change | None, str]:
        if place.field is None:
            if raw not in list(Status):
                return None, "Say how far this section has come."
            return Change(Op.STATUS, place.section, value=str(raw)), ""
        if self.kind_at(place) is Kind.PARTY:
            return self._party(place, raw)
        checked = check_field(self.shape, place.section, place.field, raw, horizon)
        if checked.problem is not None:
            return None, checked.problem
        value = checked.value
        shape = self.shape_at(place)
        if shape is not None and shape.kind is Kind.LINKS:
            value = self._with_unseen(shape, value, value_at(draft, place), draft)
        return Change(Op.SET, place.section, place.item, place.field, value), ""

    def _party(self, place: Where, raw: Raw) -> tuple[Change | None, str]:
        """Whose words an entry holds. Nothing but an id: whether it is one of this family, others say."""
        if raw == "":
            return Change(Op.SET, place.section, place.item, place.field, None), ""
        try:
            value = identifier(raw)
        except ValueError:
            return None, "Choose one of the answers in the list."
        return Change(Op.SET, place.section, place.item, place.field, value), ""

    def _with_unseen(self, shape: FieldShape, chosen: Any, held: Any, draft: Content) -> Any:
        """Ticks say nothing of links that had no box: an entry that is gone may be put back."""
        offered = {
            item["id"] for target in shape.targets for item in draft["sections"][target].get("items", ())
        }
        unseen = [one for one in held or [] if one not in offered]
        return sorted({*(chosen or []), *unseen}) or None
