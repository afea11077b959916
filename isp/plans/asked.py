"""The questions of a section's page, each with its box as templates draw it (``web/macros.html``, ``field``).

Pure: which boxes there are follows from the content's shape, what may be chosen from the configuration and
the draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from isp.access.lenses import Lens
from isp.plans.boxes import BOXES, PARTS, STATUS_WORDS, Raw, Where
from isp.plans.chips import Thread
from isp.plans.names import name_of
from isp.plans.vocabulary import Configuration
from isp.plans.wording import Shown
from isp.records.boxes import Boxes
from isp.records.changes import items_by_id
from isp.records.fields import Kind
from isp.records.shape import Content, FieldShape, Item

NOT_SAID = "Not said yet"
_ROWS = {600: 3, 1000: 4}
_KINDS: Mapping[Kind, str] = {
    Kind.TEXT: "textarea",
    Kind.DAY: "date",
    Kind.CHOICE: "select",
    Kind.LINK: "select",
    Kind.PARTY: "select",
    Kind.CHOICES: "checkboxes",
    Kind.LINKS: "checkboxes",
    Kind.FLAG: "checkbox",
}
_WIDTHS = {Kind.WHOLE: 4, Kind.PENCE: 10}


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose from."""

    value: str
    text: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with what its box shows: as drafted, or as typed where that could not be kept."""

    key: str
    kind: str
    label: str
    hint: str
    raw: Raw
    boxes: Mapping[str, str]
    choices: Sequence[Option] = ()
    limit: int | None = None
    error: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)
    part_at_fault: str | None = None
    hints: Sequence[Shown] | None = None
    """What the wording check says under it; None where nothing reads its words."""

    @property
    def name(self) -> str:
        return self.key

    @property
    def id(self) -> str:
        return self.key

    @property
    def first_id(self) -> str:
        """Where the error summary leads."""
        return f"{self.key}-day" if self.kind == "date" else self.key

    @property
    def text(self) -> str:
        return self.raw if isinstance(self.raw, str) else ""

    @property
    def parts(self) -> Mapping[str, str]:
        """Of a date: the three boxes."""
        return self.boxes

    @property
    def chosen(self) -> list[str]:
        """What is ticked or selected: nothing, where the box is empty."""
        return ([self.raw] if self.raw else []) if isinstance(self.raw, str) else list(self.raw)


@dataclass(frozen=True, slots=True)
class Card:
    """One item of a list with its questions."""

    id: str
    title: str
    questions: tuple[Asked, ...]
    first: bool
    last: bool
    thread: Thread | None = None
    """What it is linked to, and what not; None in a section that the golden thread does not run through."""


class Asking:
    """The questions about one draft, for somebody who writes in it through ``lens``; ``of`` its boxes.

    ``family``: who may have said the family's words, by person id. ``typed`` and ``problems``: what was
    sent and could not be kept, by place. ``hints``: about wording, by place.
    """

    def __init__(
        self,
        content: Content,
        lens: Lens,
        configuration: Configuration,
        *,
        family: Mapping[str, str] | None = None,
        typed: Mapping[str, Raw] | None = None,
        typed_boxes: Mapping[str, Raw] | None = None,
        problems: Mapping[str, str] | None = None,
        hints: Mapping[str, Sequence[Shown]] | None = None,
        of: Boxes = BOXES,
    ) -> None:
        self.boxes = of
        self.content, self.lens, self.configuration = content, lens, configuration
        self.family, self.hints = family or {}, hints or {}
        self.typed, self.typed_boxes, self.problems = typed or {}, typed_boxes or {}, problems or {}

    def status(self, section: str) -> Asked:
        """How far the section has come."""
        place = Where(section, None, None)
        return Asked(
            key=place.key,
            kind="radios",
            label="How far is this section?",
            hint="",
            raw=self.boxes.raw_at(self.content, place),
            boxes={},
            choices=[Option(code, words) for code, words in STATUS_WORDS.items()],
            error=self.problems.get(place.key, ""),
        )

    def questions(self, section: str) -> list[Asked]:
        """Those that are asked once."""
        return [
            self.question(place)
            for place in self.boxes.places(self.content, section, self.lens)
            if place.field is not None and place.item is None
        ]

    def cards(self, section: str, threads: Mapping[str, Thread] | None = None) -> list[Card]:
        """The items of a list; ``threads`` says by item what it is linked to."""
        shape = self.boxes.shape.sections[section]
        items: list[Item] = self.content["sections"][section].get("items", [])
        asked: dict[str, list[Asked]] = {item["id"]: [] for item in items}
        for place in self.boxes.places(self.content, section, self.lens):
            if place.item is not None:
                asked[place.item].append(self.question(place))
        return [
            Card(
                id=item["id"],
                title=name_of(shape, item, self.configuration, "school"),
                questions=tuple(asked[item["id"]]),
                first=index == 0,
                last=index == len(items) - 1,
                thread=(threads or {}).get(item["id"]),
            )
            for index, item in enumerate(items)
        ]

    def question(self, place: Where) -> Asked:
        """One question."""
        shape = self.boxes.shape_at(place)
        if shape is None:
            return self.status(place.section)
        problem = self.problems.get(place.key, "")
        raw = (
            self.typed[place.key]
            if problem and place.key in self.typed
            else self.boxes.raw_at(self.content, place)
        )
        kind = _KINDS.get(shape.kind, "input")
        choices, hint = self.choices(shape, place), shape.hint
        if kind == "checkboxes" and not choices:
            hint = f"Nothing to choose from yet: {self._lacking(shape)}."
        limit = shape.limit if shape.kind is Kind.TEXT else None
        return Asked(
            key=place.key,
            kind=kind,
            label=shape.label,
            hint=hint,
            raw=raw,
            boxes=self._parts(place, shape, problem),
            choices=choices,
            limit=limit,
            error=problem,
            meta={"rows": _ROWS.get(limit or 0, 5), "width": _WIDTHS.get(shape.kind), "spellcheck": True},
            hints=self.hints.get(place.key),
        )

    def _parts(self, place: Where, shape: FieldShape, problem: str) -> dict[str, str]:
        if shape.kind is not Kind.DAY:
            return {}
        shown = self.boxes.boxes_at(self.content, place)
        source = self.typed_boxes if problem else shown
        return {part: str(source.get(f"{place.key}-{part}", "")) for part in PARTS}

    def choices(self, shape: FieldShape, place: Where) -> list[Option]:
        """What can be chosen; what the draft holds is always among it, however old."""
        if shape.kind in (Kind.CHOICE, Kind.CHOICES):
            offered = self.configuration.options[shape.vocabulary or ""]
            listed = [Option(one.code, one.label, one.hint or None) for one in offered]
            held = self.boxes.raw_at(self.content, place)
            known = {one.value for one in listed}
            older = [
                code for code in ([held] if isinstance(held, str) else held) if code and code not in known
            ]
            words = self.configuration.words
            return listed + [Option(code, words(shape.vocabulary or "", code)) for code in older]
        if shape.kind in (Kind.LINKS, Kind.LINK):
            return self._items(shape, place)
        if shape.kind is Kind.PARTY:
            return [Option(person, name) for person, name in self.family.items()]
        return []

    def _items(self, shape: FieldShape, place: Where) -> list[Option]:
        return [
            Option(item["id"], name_of(self.boxes.shape.sections[target], item, self.configuration, "school"))
            for target in shape.targets
            if target in self.content["sections"]
            for item in items_by_id(self.content["sections"][target]).values()
            if item["id"] != place.item
        ]

    def _lacking(self, shape: FieldShape) -> str:
        words = [self.boxes.shape.sections[target].label.lower() for target in shape.targets]
        return f"there are no entries under {' or '.join(words)}"
