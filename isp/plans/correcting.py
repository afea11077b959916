"""Whether what a draft changes is a small correction: spelling or a date, of which nobody need agree again.

Pure, and strict, because families are not told of one as of a new plan. Nothing comes or goes; no result,
amount or other choice changes; a text changes by few words, none of which is a number or turns the sense.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from isp.plans.content import SHAPE
from isp.plans.names import name_of
from isp.plans.vocabulary import Configuration
from isp.records import words
from isp.records.changes import Change, Op, changes_between, items_by_id
from isp.records.fields import Kind
from isp.records.shape import Content

FEW_WORDS = 3
"""Words of one text that may be replaced."""
FEW_PLACES = 5
"""Texts and dates that may change in one correction."""
_TEXTS = frozenset({Kind.TEXT, Kind.LINE})
_NUMBER = re.compile(r"[0-9]")
_WORD = re.compile(r"\w")
_WEIGHTY = """
    no not never none nobody nothing without cannot can't don't won't isn't only except unless until
    must may might shall should will would can could always sometimes often rarely usually
    all any every each some most least more less fewer both either neither half
    once twice daily weekly fortnightly monthly termly yearly day days week weeks fortnight fortnights month
    months term terms year years hour hours minute minutes
    zero one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty
    sixty hundred first second third last before after
"""
WEIGHTY = frozenset(_WEIGHTY.split())
"""Words that turn the sense of a sentence, or say how much."""


def why_not_small(before: Content, after: Content, configuration: Configuration) -> list[str]:
    """Why this is more than a small correction, in sentences; empty where it is one.

    How far a section has come is the school's own note, and is not looked at.
    """
    changes = [one for one in changes_between(before, after) if one.op is not Op.STATUS]
    if not changes:
        return ["Nothing is changed since the version in force."]
    found = [sentence for change in changes for sentence in _why_not(before, change, configuration)]
    if len(changes) > FEW_PLACES:
        found.append(f"More than {FEW_PLACES} answers are changed.")
    return list(dict.fromkeys(found))


def _why_not(before: Content, change: Change, configuration: Configuration) -> Iterator[str]:
    section = SHAPE.sections[change.section]
    if change.op is not Op.SET or change.field is None:
        done = {Op.ADD: "added to", Op.REMOVE: "removed from", Op.MOVE: "moved in"}[change.op]
        yield f"An entry is {done} {section.label}."
        return
    held = before["sections"][change.section]
    item = items_by_id(held).get(change.item) if change.item else None
    old = (held["fields"] if change.item is None else item or {}).get(change.field)
    field = SHAPE.field(change.section, change.field)
    place = f"{section.label}: {field.label}"
    if item is not None:
        place = f"{section.label}, “{name_of(section, item, configuration, 'school')}”: {field.label}"
    if old is None or change.value is None:
        yield f"{place} is {'filled in' if old is None else 'emptied'}."
    elif field.kind in _TEXTS:
        yield from _about_words(place, old, change.value)
    elif field.kind is not Kind.DAY:
        yield f"{place} is changed, which is neither a text nor a date."


def _about_words(place: str, old: str, new: str) -> Iterator[str]:
    gone, come = _changed(old, new)
    if max(len(gone), len(come)) > FEW_WORDS:
        yield f"{place} is changed by more than {FEW_WORDS} words."
    for word in (*gone, *come):
        if _NUMBER.search(word) or _plain(word) in WEIGHTY:
            yield f"{place}: “{word}” says how much, or turns the sense."


def _changed(old: str, new: str) -> tuple[list[str], list[str]]:
    """The words that were taken out, and those that were put in."""
    gone: list[str] = []
    come: list[str] = []
    for mark in words.marks(old, new):
        if mark.run != "same":
            side = gone if mark.run == "deleted" else come
            side += [token for token in words.tokens(mark.text) if _WORD.search(token)]
    return gone, come


def _plain(word: str) -> str:
    return word.casefold().replace("’", "'")
