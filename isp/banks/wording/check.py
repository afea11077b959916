"""An item of a plan, read: what is vague in its texts, what is missing, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from isp.banks.wording import parts
from isp.banks.wording.rules import Rule, RuleSet
from isp.banks.wording.terms import vague_words

TEXTS: Mapping[str, tuple[str, ...]] = {
    "outcomes": ("statement", "target", "measure"),
    "adjustments": ("what",),
    "provision": ("what", "delivered_by"),
}
"""The fields that are read, the one that says what it is about first. An outcome's own words are not."""

_WHO_ONLY = frozenset({"delivered_by"})
DISGUISE, IDEAS, MISSING = "disguise", "ideas", "missing"


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing to look at again: under which field, what it is, the words that it is about, the sentence."""

    field: str
    kind: str
    """A rule's id, or ``disguise``, ``ideas``, ``missing``."""
    category: str
    sentence: str
    words: str = ""
    start: int = -1
    parts: tuple[str, ...] = ()
    """Of what is missing: the codes of the parts."""
    offer: tuple[str, ...] = ()
    """The fields of the item in which it can be said exactly."""


def check(section: str, fields: Mapping[str, Any], rules: RuleSet) -> list[Hint]:
    """The hints for an item of a section, by field; none for a section that is not read."""
    names = TEXTS.get(section, ())
    return [hint for at, name in enumerate(names) for hint in _of_text(section, name, fields, rules, at == 0)]


def _of_text(
    section: str, name: str, fields: Mapping[str, Any], rules: RuleSet, whole: bool
) -> Iterator[Hint]:
    text = fields.get(name)
    if not isinstance(text, str) or not text.strip():
        return
    found = vague_words(text, section, fields, rules)
    if name in _WHO_ONLY:
        found = [one for one in found if one.rule.category == "who"]
    for one in found:
        words = text[one.start : one.end]
        yield Hint(
            name,
            one.rule.id,
            one.rule.category,
            _said(words, one.rule),
            words,
            one.start,
            (),
            _offer(section, one.rule),
        )
    if not whole:
        return
    if section == "outcomes":
        if parts.is_disguise(text, rules):
            yield Hint(name, DISGUISE, DISGUISE, _DISGUISE)
            return
        if parts.ideas(text, rules) > 1:
            yield Hint(name, IDEAS, IDEAS, _IDEAS)
    lacking = parts.missing_parts(section, text, fields, rules, frozenset(one.rule.id for one in found))
    if lacking:
        yield _missing(section, name, lacking)


_DISGUISE = (
    "This says what will be given, not what the pupil will do. Write what the pupil will do because of it,"
    " and put the support under Provision."
)
_IDEAS = "This holds more than one idea. Give each an outcome of its own, so that each can be reviewed."


def _said(words: str, rule: Rule) -> str:
    return f"“{' '.join(words.split())}”: {rule.why} Write instead: {_lower(rule.instead)}"


def _lower(text: str) -> str:
    return text if text[:1] in "“‘" or text[:2].isupper() else text[:1].lower() + text[1:]


def _missing(section: str, name: str, lacking: list[str]) -> Hint:
    words = parts.OUTCOME_PARTS if section == "outcomes" else parts.PROVISION_PARTS
    by_field = parts.PART_FIELDS[section]
    offer = tuple(dict.fromkeys(f for part in lacking for names in by_field.get(part, ())[:1] for f in names))
    sentence = f"Not said yet: {'; '.join(words[part] for part in lacking)}."
    return Hint(name, MISSING, MISSING, sentence, parts=tuple(lacking), offer=offer)


def _offer(section: str, rule: Rule) -> tuple[str, ...]:
    """The structured fields in which a vague term of provision can be said exactly."""
    if section != "provision":
        return ()
    if rule.id in parts.VAGUE_GROUP:
        return ("group_size",)
    if rule.category == "who":
        return ("delivered_by", "qualification")
    if rule.category == "amount":
        return ("minutes", "times", "per", "weeks")
    return ()
