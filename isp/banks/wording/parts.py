"""What an outcome or a piece of provision needs, and which of it a text and the fields beside it say.

By signs, not by understanding: the signs are in the data file and in ``quantities``. What is said vaguely
counts as said here, since the vague word is named on its own; an amount counts only with a number or a
period.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from isp.banks.wording.quantities import DAYS, LENGTH, MONTH, NUMBER, NUMBERS, TIMES
from isp.banks.wording.rules import RuleSet

OUTCOME_PARTS: Mapping[str, str] = {
    "who": "who (the pupil by name, then “will”)",
    "does": "what the pupil will do that others can see",
    "context": "where or when",
    "measure": "how well, or how it is measured",
    "by_when": "by when",
    "baseline": "what the pupil can do now",
}
PROVISION_PARTS: Mapping[str, str] = {
    "minutes": "how many minutes each time",
    "times": "how many times in each day, week or term",
    "weeks": "for how many weeks, or from when until when",
    "who": "who gives it (the role)",
    "group": "how many pupils together",
}
PART_FIELDS: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "outcomes": {
        "measure": (("measure",), ("target",)),
        "by_when": (("due_on",),),
        "baseline": (("baseline",),),
    },
    "provision": {
        "minutes": (("minutes",),),
        "times": (("times", "per"),),
        "weeks": (("weeks",), ("start_on", "end_on")),
        "who": (("delivered_by",),),
        "group": (("group_size",),),
    },
}
"""The structured fields that say a part: one of these sets, whole."""

_NAMED = re.compile(
    r"(?<![\w-])(?P<who>(?-i:[A-Z])[\w'’-]*|he|she|they|i|we|(?:the |this )?(?:pupil|child|student|learner"
    r"|boy|girl)|friend|peers?)"
    r" (?:will|can|is able|could|should|may|might|would|shall|to|is|must|has|does)\b",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"(?<![\w-])(?P<who>(?-i:[A-Z])[\w'’-]*|he|she|(?:the |this )?(?:pupil|child|student|learner|boy|girl))"
    r" (?:(?:now|always|often|usually|regularly|independently) )?"
    r"(?P<verb>(?-i:[a-z])+s)(?P<rest>(?: [\w'’-]+)*)",
    re.IGNORECASE,
)
_ACTING = re.compile(
    r"(?<![\w-])(?:will|can|could|should|may|might|would|shall|must|to)(?: (?:now|also|always|be able to"
    r"|try to|aim to|regularly|often|usually|sometimes|consistently|independently|start to|begin to"
    r"|learn to|not))*"
    r" (?P<does>[a-z][\w'’ -]*)",
    re.IGNORECASE,
)
_BARE = re.compile(r"^(?:to )?(?P<does>(?-i:[A-Z])?[a-z]+(?: [\w'’-]+)*)", re.IGNORECASE)
_PREPOSITION = (
    r"(?:(?:in|at|during|on|before|after|with|from|throughout|across|between|outside|around|by)(?:[\s,]+[\w'’%-]+){0,5}"
    r"|to(?:\s+(?:the|his|her|their|a))?)\s+$"
)
_IN = re.compile(rf"(?<![\w-]){_PREPOSITION}", re.IGNORECASE)
_WHEN = re.compile(
    r"(?<![\w-])(?:when(?:ever)?|while|whilst|during|instead of) \w+|\bon request\b", re.IGNORECASE
)
_BY_WHEN = re.compile(
    rf"(?<![\w-])(?:by (?:the )?(?:end|start|beginning|middle|\d{{1,2}}(?:st|nd|rd|th)?|{MONTH}|easter"
    r"|christmas|summer|autumn|spring|half|next|mid|this|his|her|their)"
    rf"|(?:with)?in {NUMBER} (?:weeks|terms|months)|before (?:easter|christmas|half[- ]term)|until)\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"(?<![\w-])(?:baseline|current(?:ly)?|at present|presently|at the moment|now|to date|so far|was|were|had"
    rf"|having|up from|compared with|from (?:only )?(?:{NUMBER}|no|none)\b"
    r"|in (?:september|october|november|january) (?:he|she|they))",
    re.IGNORECASE,
)
_NOT_MEASURES = re.compile(r"\b(?:year|y|reception|key stage|ks|level|stage|age|band) ?\d+\b", re.IGNORECASE)


def missing_parts(
    section: str, text: str, fields: Mapping[str, Any], rules: RuleSet, vague: frozenset[str]
) -> list[str]:
    """The codes of the parts that neither text nor fields say. ``vague``: the ids of the rules that spoke."""
    by_fields = PART_FIELDS.get(section, {})
    lacking = []
    for part, says in _SAYS.get(section, {}).items():
        # What a field says is not looked for in the text.
        by_field = any(all(fields.get(name) for name in names) for names in by_fields.get(part, ()))
        if not by_field and not says(text, rules, vague):
            lacking.append(part)
    return lacking


def is_disguise(text: str, rules: RuleSet) -> bool:
    """Whether an outcome says what will be given, and not what the pupil will do."""
    return bool(rules.parts["given"].search(text)) and not rules.parts["not_given"].search(text)


def ideas(text: str, rules: RuleSet) -> int:
    """How many things an outcome wants at once."""
    bare = DAYS.sub("", text)
    actors = re.findall(r"(?<![\w-])will(?![\w-])", bare)
    joined = [match.start() for match in rules.parts["joined"].finditer(bare)]
    if len(actors) > 1:
        return len(actors)
    if len(joined) > 1:
        return len(joined) + 1
    if len(joined) == 1:
        before, after = bare[: joined[0]], bare[joined[0] :]
        both = all(_has_context(side, rules) or NUMBERS.search(side) for side in (before, after))
        return 2 if both else 1
    return 1


def _says_who(text: str, rules: RuleSet) -> bool:
    named = any(not rules.parts["things"].fullmatch(match["who"]) for match in _NAMED.finditer(text))
    return named or _present(text, rules) is not None


def _says_how_well(text: str) -> bool:
    undated = _NOT_MEASURES.sub("", DAYS.sub("", text))
    return "%" in undated or bool(NUMBERS.search(undated))


def _acts(text: str, rules: RuleSet) -> bool:
    """Whether the pupil does something that others can see."""
    acting = _ACTING.search(text)
    if acting and _NAMED.search(text):
        return not rules.parts["vague_verbs"].match(acting["does"].strip())
    present = _present(text, rules)
    if present is not None:
        return not any(rules.parts["vague_verbs"].match(does) for does in present)
    bare = _BARE.match(text)
    if bare is None:
        return False
    does = re.sub(r"^be able to ", "", bare["does"], flags=re.IGNORECASE)
    if not (acting or rules.parts["doing"].match(does)):
        return False
    return not rules.parts["vague_verbs"].match(does)


def _present(text: str, rules: RuleSet) -> list[str] | None:
    """What somebody does, of an outcome in the present ("Leo asks for help"), in its base forms."""
    for match in _PRESENT.finditer(text):
        if rules.parts["things"].fullmatch(match["who"]) or match["who"].lower() in _NOT_WHO:
            continue
        verb = match["verb"].lower()
        bases = _IRREGULAR.get(verb) or [verb[:-1], *([verb[:-2]] if verb.endswith("es") else [])]
        return [base + match["rest"].lower() for base in bases]
    return None


_IRREGULAR: Mapping[str, list[str]] = {"is": ["be"], "has": ["have"], "does": ["do"]}
_NOT_WHO = frozenset(
    {"a", "an", "the", "in", "by", "on", "at", "more", "fewer", "less", "all", "and", "or", "to"}
)


def _has_context(text: str, rules: RuleSet) -> bool:
    if _WHEN.search(text):
        return True
    return any(
        _IN.search(text, max(0, match.start() - 80), match.start())
        for match in rules.parts["contexts"].finditer(text)
    )


VAGUE_WHO = frozenset(
    [
        "setting_will",
        "school_staff",
        "key_adult",
        "an_adult",
        "trained_adult",
        "adult_support",
        "ta_untrained",
        "suitably_qualified",
        "specialist_input",
    ]
)
"""Rules whose words say who, vaguely."""
VAGUE_GROUP = frozenset({"small_group", "small_class_sizes", "small_teaching_groups"})
"""Rules whose words say how many together, vaguely."""

_Says = Callable[[str, RuleSet, frozenset[str]], bool]
_SAYS: Mapping[str, Mapping[str, _Says]] = {
    "outcomes": {
        "who": lambda text, rules, _: _says_who(text, rules),
        "does": lambda text, rules, _: _acts(text, rules),
        "context": lambda text, rules, _: _has_context(text, rules),
        "measure": lambda text, _rules, _: _says_how_well(text),
        "by_when": lambda text, _rules, _: bool(_BY_WHEN.search(text)),
        "baseline": lambda text, _rules, _: bool(_NOW.search(text)),
    },
    "provision": {
        "minutes": lambda text, _rules, _: bool(LENGTH.search(text)),
        "times": lambda text, _rules, _: bool(TIMES.search(text)),
        "weeks": lambda text, rules, _: bool(rules.parts["periods"].search(text)),
        "who": lambda text, rules, vague: bool(vague & VAGUE_WHO or rules.parts["roles"].search(text)),
        "group": lambda text, rules, vague: bool(vague & VAGUE_GROUP or rules.parts["groups"].search(text)),
    },
}
"""How a text says each part, in the order in which they are named."""
