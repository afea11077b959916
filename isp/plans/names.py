"""What an item of a plan is called, in a heading or a sentence: its own words, shortened."""

from __future__ import annotations

from isp.plans.vocabulary import Configuration
from isp.records.fields import Kind
from isp.records.shape import Audience, Item, SectionShape

SHORT = 60
"""Characters of an item's name in a sentence."""


def shorten(text: str, limit: int = SHORT) -> str:
    """The text on one line, cut at a word where it is longer than ``limit`` characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > limit // 2 else cut).rstrip(" ,;:.–-") + "…"


def name_of(section: SectionShape, item: Item, configuration: Configuration, audience: Audience) -> str:
    """An item's name; where nothing names it yet, what such an item is called."""
    for field in section.title:
        value = item.get(field)
        if not value:
            continue
        shape = section.field(field)
        if shape.kind is Kind.CHOICE and shape.vocabulary:
            return configuration.words(shape.vocabulary, value, audience)
        return shorten(value)
    return section.item_words(audience)
