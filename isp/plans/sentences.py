"""What changed in a plan, as sentences: in the school's words for staff, in plain ones for families.

Works on a diff of two projected plans, and names only what is in them. A change of a long text is told
by its name; the page shows it word by word from ``Sentence.change``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from isp.plans.content import SHAPE
from isp.plans.names import SHORT, name_of, shorten
from isp.plans.vocabulary import Configuration
from isp.records.changes import is_empty
from isp.records.days import say_day
from isp.records.diff import Diff, Fate, FieldChange, ItemChange, SectionChange
from isp.records.fields import Kind
from isp.records.shape import Audience, Content, FieldShape, Item, SectionShape, Shape

_AMOUNT = ("times", "minutes", "per")
_QUANTIFIED = frozenset({"provision", "f", "g", "h1", "h2"})
"""Sections whose entries say how much: of a plan, and of an EHC plan."""
_STATUS = {
    "not_started": "Marked as not started.",
    "in_progress": "Marked as in progress.",
    "complete": "Marked as complete.",
    "not_needed": "Marked as not needed.",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One change in words. ``change`` is the field's, for its marks; None for an item or an amount."""

    item: str | None
    fate: Fate
    text: str
    change: FieldChange | None = None
    words: bool = False
    """Whether ``change.marks()`` says more than the sentence: a text that was reworded."""


@dataclass(frozen=True, slots=True)
class Told:
    """The changes of one section under its heading."""

    section: str
    heading: str
    sentences: tuple[Sentence, ...]


def tell(
    difference: Diff,
    before: Content,
    after: Content,
    configuration: Configuration,
    audience: Audience = "school",
    *,
    shape: Shape = SHAPE,
) -> list[Told]:
    """A diff of two projected plans in words, in this audience's order of sections.

    A section of which there is nothing to say to this audience (families are not told how far the
    writing has come, or that an entry changed places) is left out.
    """
    teller = _Teller(before, after, configuration, audience, shape)
    changed = {section.section: section for section in difference.sections}
    told = [
        Told(name, shape.sections[name].words(audience), tuple(teller.section(changed[name])))
        for name in configuration.section_order(audience)
        if name in changed
    ]
    return [one for one in told if one.sentences]


def amount(item: Item, configuration: Configuration) -> str:
    """How much of a provision: "2 × 20 minutes a week"; less where less is known; "" for nothing."""
    times, minutes = item.get("times"), item.get("minutes")
    each = f"{minutes} minute{'' if minutes == 1 else 's'}" if minutes else ""
    if times and minutes:
        said = f"{times} × {each}"
    elif times:
        said = "once" if times == 1 else f"{times} times"
    else:
        said = each
    option = configuration.option("per", item["per"]) if "per" in item else None
    return f"{said} {option.say}" if said and option and option.say else said


class _Teller:
    def __init__(
        self, before: Content, after: Content, configuration: Configuration, audience: Audience, shape: Shape
    ) -> None:
        self.configuration, self.audience, self.shape = configuration, audience, shape
        self.before, self.after = before, after
        self._names: dict[str, str] | None = None

    def section(self, change: SectionChange) -> Iterator[Sentence]:
        shape = self.shape.sections[change.section]
        for item in change.items:
            yield from self.item(shape, item)
        for field in change.fields:
            if not self.unsaid(shape, field.field):
                yield self.field(None, "", shape.field(field.field), field)
        if change.status and self.audience == "school":
            yield Sentence(None, "changed", _STATUS[change.status[1]])

    def item(self, shape: SectionShape, change: ItemChange) -> Iterator[Sentence]:
        # What somebody wrote may end in a full stop of its own; the sentence around it has one too.
        name = name_of(shape, change.item, self.configuration, self.audience).removesuffix(".")
        if change.fate == "added":
            much = amount(change.item, self.configuration) if shape.name in _QUANTIFIED else ""
            much = much or ", ".join(self.cited(shape, change.item))
            yield Sentence(change.id, "added", f"Added: {name}{', ' + much if much else ''}.")
            return
        if change.fate == "removed":
            yield Sentence(change.id, "removed", f"No longer included: {name}.")
            return
        told: set[str] = set()
        if shape.name in _QUANTIFIED and any(field.field in _AMOUNT for field in change.fields):
            told.update(_AMOUNT)
            yield Sentence(change.id, "changed", self.amounts(name, change))
        for field in change.fields:
            if field.field not in told and not self.unsaid(shape, field.field):
                titles = field.field == next((one for one in shape.title if one in change.item), None)
                yield self.field(change.id, name, shape.field(field.field), field, titles=titles)
        if change.moved and self.audience == "school":
            yield Sentence(change.id, "changed", f"{name}: moved to another place in the list.")

    def cited(self, shape: SectionShape, item: Item) -> Iterator[str]:
        """What an entry refers to, as it is said: a version and its code."""
        for name, field in (shape.items or {}).items():
            if field.kind is Kind.CITED and item.get(name):
                yield item[name]

    def unsaid(self, shape: SectionShape, field: str) -> bool:
        return self.configuration.is_unsaid(shape.name, field, self.audience)

    def amounts(self, name: str, change: ItemChange) -> str:
        old, new = change.before or {}, change.after or {}
        was, now = amount(old, self.configuration), amount(new, self.configuration)
        if not was or not now:
            return f"{name}: now {now}." if now else f"{name}: no amount is given any more (it was {was})."
        whole = all(part in side for part in ("times", "minutes") for side in (old, new))
        if whole and old.get("per") == new.get("per"):
            now = f"{new['times']} × {new['minutes']}"  # the unit has just been said
        return f"{name}: {was} became {now}."

    def field(
        self, item: str | None, name: str, shape: FieldShape, change: FieldChange, *, titles: bool = False
    ) -> Sentence:
        label = shape.words(self.audience)
        # A field that names its item is not said of the item: its name has just changed.
        head = f"{name}, {_lower(label)}" if name and not titles else label
        long = shape.kind in (Kind.TEXT, Kind.LINE) and any(
            isinstance(side, str) and (len(side) > SHORT or "\n" in side)
            for side in (change.before, change.after)
        )
        if shape.kind is Kind.FLAG:
            text = f"{head}: now {'yes' if change.after else 'no'}."
        elif shape.kind in (Kind.REFERENCE, Kind.PARTY):
            # What it points at lies outside the plan: the page links to it, a sentence cannot name it.
            fate = "added" if is_empty(change.before) else "changed" if change.after else "taken out"
            text = f"{head}: {fate}."
        elif is_empty(change.before):
            text = f"{head}: now {self.value(shape, change.after)}."
        elif is_empty(change.after):
            text = f"{head}: no longer given (it was {self.value(shape, change.before)})."
        elif long:
            text = f"{head}: reworded."
        elif shape.kind is Kind.LINKS:
            text = f"{head}: {self.links(change)}."
        else:
            text = f"{head}: {self.value(shape, change.before)} became {self.value(shape, change.after)}."
        words = shape.kind in (Kind.TEXT, Kind.LINE) and not is_empty(change.before)
        return Sentence(item, "changed", text, change, words and not is_empty(change.after))

    def value(self, shape: FieldShape, value: Any) -> str:
        kind = shape.kind
        if kind in (Kind.TEXT, Kind.LINE, Kind.CITED):
            return f"“{shorten(value)}”"
        if kind is Kind.DAY:
            return say_day(value)
        if kind is Kind.PENCE:
            return f"£{value // 100:,}.{value % 100:02d}"
        if kind is Kind.CHOICE:
            return self.configuration.words(shape.vocabulary or "", value, self.audience)
        if kind is Kind.CHOICES:
            said = [self.configuration.words(shape.vocabulary or "", code, self.audience) for code in value]
            return "; ".join(said)
        if kind is Kind.LINKS:
            return "; ".join(self.named(value))
        if kind is Kind.LINK:
            return "; ".join(self.named([value]))
        return f"{value:,}"

    def links(self, change: FieldChange) -> str:
        added = self.named([one for one in change.after if one not in change.before])
        gone = self.named([one for one in change.before if one not in change.after])
        parts = [f"now also {'; '.join(added)}"] if added else []
        if gone:
            parts.append(f"no longer {'; '.join(gone)}")
        return ", ".join(parts)

    def named(self, ids: list[str]) -> list[str]:
        if self._names is None:
            self._names = {
                item[
                    "id"
                ]: f"“{name_of(self.shape.sections[section], item, self.configuration, self.audience)}”"
                for side in (self.before, self.after)
                for section, held in side["sections"].items()
                for item in held.get("items", ())
            }
        return [self._names.get(one, "an entry that is gone") for one in ids]


def _lower(label: str) -> str:
    """A label inside a sentence; one that begins with initials keeps them."""
    return label[:1].lower() + label[1:] if label[1:2].islower() and not label.startswith("I ") else label
