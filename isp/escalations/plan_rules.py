"""When a decision about a plan, an answer to its draft or the naming of a setting holds together. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from isp.escalations.rules import REASONS_LIMIT
from isp.kernel.errors import Invalid

ATTENTION = "Some of this needs another look."
ISSUE, NO_PLAN = "issue", "no_plan"
_URN = 6


def check_plan_decision(decision: str, *, necessary: bool, reasons: str) -> None:
    """Raise Invalid where a decision under section 37(1) does not hold together."""
    errors: dict[str, str] = {}
    if not reasons.strip():
        errors["reasons"] = "Say why. The family and the school read it."
    elif len(reasons) > REASONS_LIMIT:
        errors["reasons"] = f"Keep this to {REASONS_LIMIT:,} characters."
    if decision not in (ISSUE, NO_PLAN):
        errors["decision"] = "Choose whether there is to be a plan."
    elif (decision == ISSUE) != necessary:
        errors["decision"] = (
            "It is necessary, so the authority must make a plan. Look at your two answers."
            if necessary
            else "A plan is made where it is necessary. Look at your two answers."
        )
    if errors:
        raise Invalid(ATTENTION, errors)


def check_ending(why: str, moved_to: str | None) -> None:
    """Raise Invalid where it is not said to which authority the child moved, or said without need."""
    if (why == "moved") == (moved_to is None):
        sentence = "Choose the authority to which the child moved; leave it empty otherwise."
        raise Invalid(ATTENTION, {"moved_to": sentence})


def check_draft_answer(said: str, setting: str, *, meeting: bool) -> None:
    """Raise Invalid where a family's answer to a draft says nothing, or too much at once."""
    errors = {}
    for name, words in (("said", said), ("setting", setting)):
        if len(words) > REASONS_LIMIT:
            errors[name] = f"Keep this to {REASONS_LIMIT:,} characters."
    if not (said.strip() or setting.strip() or meeting):
        errors["said"] = "Say what you think of the draft, name a school, or ask for a meeting."
    if errors:
        raise Invalid(ATTENTION, errors)


SETTING_CODES: Mapping[str, str] = {
    "OLA": "Arrangements made by the authority outside a school or college",
    "OPA": "Arrangements made by the parents outside a school or college",
    "EHE": "Elective home education",
    "EYP": "A nursery or other early years provider",
    "OTH": "Something else",
}
"""Codes of the SEN2 return for a setting without a number of its own."""
PLACED_CODES: Mapping[str, str] = {
    **SETTING_CODES,
    "NEET": "Not in education, employment or training (16 to 25)",
    "NIEC": "Not in education: notice that the plan is to cease was given",
    "NIEO": "Not in education, for another reason",
}
"""Those for where a child is in fact, which may be nowhere."""


WITHIN: Mapping[str, str] = {
    "sen_unit": "In the school’s SEN unit",
    "resourced": "In the school’s resourced provision",
}
"""A place at a school that is not one in its classes alone: one or the other, never both."""
RESIDENTIAL: Mapping[str, str] = {
    "A": "Residential, 38 to 51 weeks a year",
    "B": "Residential, 52 weeks a year",
}
WORK_BASED: Mapping[str, str] = {
    "A": "An apprenticeship",
    "T": "A traineeship",
    "S": "A supported internship",
}
"""Items 4.2 and 4.3 of the SEN2 return, and 5.2 and 5.3 of where the child is in fact."""
NONE = "none"
"""Said of a place that is none of these, where it is not left as it was."""


def check_named(
    urn: str | None,
    code: str | None,
    name: str,
    *,
    in_system: bool,
    codes: Mapping[str, str] = SETTING_CODES,
) -> None:
    """Raise Invalid unless exactly one setting, or type of setting, is named. ``codes``: what may be."""
    given = sum((in_system, bool(urn), bool(code)))
    errors = {}
    if given != 1:
        errors["setting"] = (
            "Name one setting: one that was consulted, one elsewhere by its number, or a kind of arrangement."
        )
    if urn and not (urn.isascii() and urn.isdigit() and len(urn) == _URN):
        errors["urn"] = "A school’s number (URN) has six digits."
    if code and code not in codes:
        errors["code"] = "Choose one of those shown."
    if code in ("OTH", "NIEO") and not name.strip():
        errors["name"] = "Say what it is."
    if errors:
        raise Invalid(ATTENTION, errors)


def check_place(within: str, residential: str, work_based: str, *, is_school: bool) -> None:
    """Raise Invalid where what is said of a place is not to be chosen, or not of such a setting."""
    errors = {}
    said = (("within", within, WITHIN), ("residential", residential, RESIDENTIAL))
    for name, code, known in (*said, ("work_based", work_based, WORK_BASED)):
        if code and code != NONE and code not in known:
            errors[name] = "Choose one of those shown."
    if within in WITHIN and not is_school:
        errors["within"] = "Only a school has these. Choose the school, or “Neither” here."
    if errors:
        raise Invalid(ATTENTION, errors)


_OF_TYPE: Mapping[str, frozenset[str]] = {
    "OLA": frozenset({"home_arranged", "alternative"}),
    "EYP": frozenset({"early_years"}),
}
"""Which types of section I a kind of arrangement is; a kind that is not here is of any type."""
_NO_SCHOOL = frozenset({"OPA", "EHE"})
"""Kinds of arrangement in which section I says a type of setting alone."""


def check_section_i(
    entries: Collection[Mapping[str, Any]],
    *,
    field: str,
    name: str,
    urn: str | None,
    code: str | None,
    types: Mapping[str, str],
) -> None:
    """Raise Invalid unless one of section I's entries is the setting that was chosen.

    ``field``: the question by which it was chosen, and of a school its ``name`` and ``urn``. Numbers decide
    where both sides have one, else names. ``types``: what the types of section I are called.
    """
    if any(_is_chosen(one, name, urn, code) for one in entries):
        return
    said = ", ".join(
        one.get("name") or (f"number {one['urn']}" if one.get("urn") else types.get(one.get("type", ""), ""))
        for one in entries
    )
    chosen = SETTING_CODES[code] if code else name or f"number {urn}"
    if code and name.strip():
        chosen = f"{chosen} ({name.strip()})"
    alone = not any(one.get("name") or one.get("urn") for one in entries)
    sentence = (
        f"Section I says “{said}”{' and names no school' if alone and not code else ''}, and you chose "
        f"“{chosen}” here. They must be the same: choose what section I says, or change section I first."
    )
    raise Invalid(ATTENTION, {field: sentence})


def _is_chosen(entry: Mapping[str, Any], name: str, urn: str | None, code: str | None) -> bool:
    named = bool(entry.get("name") or entry.get("urn"))
    if code is None:
        if entry.get("urn") and urn:
            return bool(entry["urn"] == urn)
        return bool(entry.get("name")) and _plain(entry["name"]) == _plain(name)
    if code in _NO_SCHOOL:
        return not named
    if code in _OF_TYPE and entry.get("type") not in _OF_TYPE[code]:
        return False
    return not (entry.get("name") and name.strip()) or _plain(entry["name"]) == _plain(name)


def _plain(name: str) -> str:
    """A name as it is compared: neither case, nor spaces, nor marks between words make another school."""
    return "".join(one for one in name.casefold() if one.isalnum())


def check_setting(name: str, *, in_system: bool) -> None:
    """Raise Invalid unless one setting is consulted: one of this system, or one elsewhere by its name."""
    if in_system == bool(name.strip()):
        sentence = "Choose a school here, or give the name of a setting elsewhere: one of the two."
        raise Invalid(ATTENTION, {"school_id": sentence})


def check_setting_answer(answer: str, reasons: str) -> None:
    """Raise Invalid where a setting's answer is none, or a no without its reasons."""
    errors = {}
    if answer not in ("yes", "no"):
        errors["answer"] = "Choose whether the setting can take the child."
    if answer == "no" and not reasons.strip():
        errors["reasons"] = (
            "Say why not: unsuitable for the child, or incompatible with the education of others or with the "
            "efficient use of resources (section 39(4))."
        )
    elif len(reasons) > REASONS_LIMIT:
        errors["reasons"] = f"Keep this to {REASONS_LIMIT:,} characters."
    if errors:
        raise Invalid(ATTENTION, errors)
