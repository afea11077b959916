"""When an act on the content of an EHC plan is possible. Pure: facts in; Conflict or Invalid out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from isp.ehcp.content import CARE, HEALTH, items_of
from isp.ehcp.thread import Gap
from isp.kernel.canonical import undirected
from isp.kernel.errors import Conflict, Invalid
from isp.records.shape import Content

ATTENTION = "Some answers need attention."
LIVE = frozenset({"drafting", "draft_sent", "in_force", "ceasing"})
IN_FORCE = frozenset({"in_force", "ceasing"})
REASON_LIMIT = 1000
HEALTH_PART, CARE_PART = "health", "care"
PARTS: Mapping[str, tuple[str, ...]] = {HEALTH_PART: HEALTH, CARE_PART: CARE}
PART_WORDS: Mapping[str, str] = {
    HEALTH_PART: "The health body (sections C and G)",
    CARE_PART: "Social care (sections D, H1 and H2)",
}
CHECKED: Mapping[str, str] = {"e": "outcomes", "f": "provision"}
"""Sections whose wording stops a plan, and as which section of the school's plan each is read."""


class Sort(StrEnum):
    """What a version of the plan is: of the sorts of ``records.versions``."""

    DRAFT_SENT = "draft_sent"
    FINAL = "final"
    AMENDED = "amended"
    BROUGHT_IN = "brought_in"


SORT_WORDS: Mapping[str, str] = {
    Sort.DRAFT_SENT: "Draft, as it was sent",
    Sort.FINAL: "Final plan",
    Sort.AMENDED: "Amended plan",
    Sort.BROUGHT_IN: "Brought in from elsewhere",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that stops a version from being made, and where it is mended.

    ``override``: of words that the wording check stops, the box and the rule; they may stay for a reason.
    """

    section: str
    item: str | None
    sentence: str
    override: tuple[str, str] | None = None


def check_live(state: str) -> None:
    """A plan that ended, or was never made, is read and not written."""
    if state not in LIVE:
        raise Conflict("This EHC plan is not kept any more, so it is not written in. It can still be read.")


def check_in_force(state: str) -> None:
    """Of what is asked only while a plan is in force."""
    if state not in IN_FORCE:
        raise Conflict("This EHC plan is not in force, so there is no provision to check.")


def check_settled(count: int) -> None:
    """A draft with words still to be chosen between is made into nothing."""
    if count:
        raise Conflict(
            "Two people wrote in the same place and it is still to be settled which words stay. "
            "Settle that first."
        )


def check_reason(reason: str, what: str) -> str:
    """The reason as given, trimmed. Invalid where there is none or it is too long."""
    trimmed = " ".join(undirected(reason).split())
    if not trimmed:
        raise Invalid(ATTENTION, {"reason": f"Say in a few words {what}."})
    if len(trimmed) > REASON_LIMIT:
        over = len(trimmed) - REASON_LIMIT
        raise Invalid(ATTENTION, {"reason": f"Shorten this by {over} characters."})
    return trimmed


def check_day(day: date, today: date, field: str) -> None:
    """What happened is of today or before, and within the law's life."""
    if day > today:
        raise Invalid(ATTENTION, {field: "This is a day to come. Give the day on which it happened."})
    if day < date(2014, 9, 1):
        raise Invalid(ATTENTION, {field: "There were no EHC plans before 1 September 2014. Check the year."})


def troubles(
    content: Content,
    gaps: Collection[Gap],
    stopped: Collection[Trouble],
    signed: Collection[str],
    sort: Sort,
) -> list[Trouble]:
    """Everything that stops a version of this sort, in the order of the sections.

    ``stopped``: words that the wording check stops; ``signed``: the parts whose bodies agreed to them as they
    are. A plan that was made elsewhere is kept as it was made.
    """
    if sort is Sort.BROUGHT_IN:
        return []
    found = [*_empty(content), *(Trouble(one.section, one.item, one.sentence) for one in gaps if one.blocks)]
    found += stopped
    if sort is not Sort.DRAFT_SENT:
        found += [*_setting(content), *_unsigned(content, signed)]
    order = {name: at for at, name in enumerate(content["sections"])}
    return sorted(found, key=lambda one: order[one.section])


def _empty(content: Content) -> Iterator[Trouble]:
    for section, what in (("b", "need"), ("e", "outcome"), ("f", "provision")):
        if not items_of(content, section):
            yield Trouble(section, None, f"Section {section.upper()} holds no {what} yet.")
    for section, field in (("b", "need"), ("e", "statement"), ("f", "what")):
        for item in items_of(content, section):
            if not item.get(field):
                yield Trouble(section, item["id"], f"An entry of section {section.upper()} says nothing yet.")


def _setting(content: Content) -> Iterator[Trouble]:
    """Section 39 and 40: the name and type of a setting, or the type."""
    settings = items_of(content, "i")
    if not any(one.get("type") for one in settings):
        yield Trouble("i", None, "Section I names no type of setting yet: name and type, or the type alone.")


def _unsigned(content: Content, signed: Collection[str]) -> Iterator[Trouble]:
    for part, sections in PARTS.items():
        written = [one for one in sections if items_of(content, one)]
        if written and part not in signed:
            letters = " and ".join(one.upper() for one in written)
            source = " (regulation 12(2))" if part == HEALTH_PART else ""
            yield Trouble(
                written[0],
                None,
                f"{PART_WORDS[part].split(' (')[0]} has not agreed to {letters} as they stand now{source}.",
            )


def check_ready(found: Collection[Trouble]) -> None:
    """Invalid, by place, where something stops the version."""
    if found:
        errors = {f"{at}.{one.section}": one.sentence for at, one in enumerate(found)}
        raise Invalid("The plan is not ready. Mend what is listed, then do this again.", errors)


# -- whether the family agrees -------------------------------------------------------------------------------

YES, IN_PART, NO = "yes", "part", "no"
AGREEMENT_WORDS: Mapping[str, str] = {
    YES: "Agrees",
    IN_PART: "Agrees in part",
    NO: "Does not agree",
}
MY_ANSWERS: Mapping[str, str] = {YES: "Yes", IN_PART: "With some of it", NO: "No"}
"""The same as the family meets them."""
CAME_BY: Mapping[str, str] = {
    "post": "By post",
    "email": "By email",
    "telephone": "By telephone",
    "person": "In person",
}
"""How an answer came that was not given on this service."""
WORDS_LIMIT = 4000


def is_answerable(state: str, *, is_draft: bool, is_newest: bool, in_force: bool) -> bool:
    """Whether a version can be answered to: a draft until another version is made, a plan while in force."""
    if is_draft:
        return state in LIVE and is_newest
    return state in IN_FORCE and in_force


def check_answerable(can_be: bool) -> None:
    """Conflict unless this version is the one to answer to."""
    if not can_be:
        raise Conflict(
            "There is a newer form of the EHC plan, or it has ended, so no more can be said of this one. "
            "Open the EHC plan to see how it stands now."
        )


def check_agreement(answer: str, words: str) -> None:
    """Invalid, by field, where an answer is none or says too much."""
    errors = {}
    if answer not in AGREEMENT_WORDS:
        errors["answer"] = "Choose one of the answers."
    if len(words) > WORDS_LIMIT:
        errors["words"] = f"Keep this to {WORDS_LIMIT:,} characters."
    if errors:
        raise Invalid(ATTENTION, errors)


def check_filed_agreement(
    answer: str,
    words: str,
    *,
    is_of_family: bool,
    came_on: date,
    version_on: date,
    today: date,
    how: str,
    proof: str,
) -> None:
    """Invalid, by field, where an answer that came otherwise cannot have come so. ``version_on``: its day."""
    errors: dict[str, str] = {}
    try:
        check_agreement(answer, words)
    except Invalid as failure:
        errors |= failure.errors
    if not is_of_family:
        errors["person_id"] = "Choose one of the people shown: nobody else answers for the family."
    if came_on > today:
        errors["came_on"] = "The day cannot be in the future."
    elif came_on < version_on:
        errors["came_on"] = "This version had not been made by then, so no answer to it came. Check the day."
    if how not in CAME_BY:
        errors["how"] = "Choose how it came."
    if not proof:
        errors["proof"] = "Say what shows it: where the letter is kept, or who took the call."
    elif len(proof) > REASON_LIMIT:
        errors["proof"] = f"Keep this to {REASON_LIMIT:,} characters."
    if errors:
        raise Invalid(ATTENTION, errors)


# -- whether what section F promises is given --------------------------------------------------------------

ISSUE, SETTING, YEARLY, WORRY = "issue", "setting", "yearly", "worry"
OCCASION_WORDS: Mapping[str, str] = {
    ISSUE: "The plan was issued",
    SETTING: "The school or other setting changed",
    YEARLY: "The yearly check",
    WORRY: "Somebody is worried",
}
IN_PLACE, PARTLY, NOT_GIVEN = "in_place", "partly", "not"
FINDING_WORDS: Mapping[str, str] = {
    IN_PLACE: "Yes, all of it",
    PARTLY: "In part",
    NOT_GIVEN: "No",
}
OWED = frozenset({PARTLY, NOT_GIVEN})


def check_finding(finding: str, since: date | None, evidence: str, today: date) -> None:
    """A finding says since when, and how it is known. Invalid, by field."""
    errors = {}
    if finding not in FINDING_WORDS:
        errors["finding"] = "Choose one of the answers."
    if since is not None and since > today:
        errors["since"] = "This is a day to come. Give the day since which it is so."
    if not evidence.strip():
        errors["evidence"] = "Say how it is known."
    if errors:
        raise Invalid(ATTENTION, errors)
