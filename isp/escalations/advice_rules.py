"""What advice the law asks for, when a deed about it is possible, and what is still missing. Pure.

The letters are those of regulation 6(1) of the Special Educational Needs and Disability Regulations 2014.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from isp.escalations import deadlines
from isp.escalations.deadlines import Act, Circumstance, Due
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.workdays import months_after

ASKED, IN, SENT_BACK = "asked", "in", "sent_back"
ACCEPTED, DECLINED, WITHDRAWN, SUFFICES = "accepted", "declined", "withdrawn", "suffices"
WITH_ADVISER = frozenset({ASKED, SENT_BACK})
OPEN = frozenset({ASKED, IN, SENT_BACK})
DONE = frozenset({ACCEPTED, SUFFICES})
WRITTEN, REPORT, FILED, EXISTING = "written", "report", "filed", "existing"
BOXES = ("needs", "provision", "outcomes")
"""What advice must cover."""
TEXT_LIMIT = 20_000
WHOM_LIMIT = 200
SIGHT_MONTHS = 6
CHASE_AHEAD = timedelta(days=7)
ATTENTION = "Some of this needs another look."
SENSES = frozenset({"VI", "HI", "MSI"})
"""Census codes of need under which education advice is to come from, or after, a qualified teacher."""
_YEAR_9_AGE = 13


@dataclass(frozen=True, slots=True)
class Kind:
    """A letter of regulation 6(1). ``roles``: whose accounts are offered first."""

    code: str
    title: str
    of: str
    always: bool = False

    @property
    def source(self) -> str:
        """Where it is written."""
        return f"regulation 6(1)({self.code})"


KINDS: Mapping[str, Kind] = {
    one.code: one
    for one in (
        Kind("a", "The parents’ or young person’s advice", "the child’s parent or the young person", True),
        Kind(
            "b",
            "Education",
            "the head or principal, or the early years provider; where there is none, somebody the authority "
            "thinks qualified",
            True,
        ),
        Kind("c", "Health", "a health care professional whom the responsible body names", True),
        Kind("d", "Psychology", "an educational psychologist", True),
        Kind("e", "Social care", "social care", True),
        Kind(
            "f", "Somebody the authority thinks appropriate", "anybody else the authority thinks appropriate"
        ),
        Kind("g", "Preparing for adulthood", "somebody who knows of preparation for adulthood", False),
        Kind("h", "Somebody the family asks for", "anybody whom the family reasonably asks for"),
    )
}

STATE_WORDS: Mapping[str, str] = {
    ASKED: "Asked",
    IN: "In, to be checked",
    SENT_BACK: "Sent back",
    ACCEPTED: "Accepted",
    DECLINED: "Declined",
    WITHDRAWN: "No longer asked",
    SUFFICES: "Advice already there is enough",
}
SORT_WORDS: Mapping[str, str] = {
    WRITTEN: "Written here",
    REPORT: "A report",
    FILED: "Filed by the authority",
    EXISTING: "Already there",
}


class Asked(Protocol):
    """What the rules read of a row of ``advice_request``."""

    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def asked_on(self) -> date | None: ...
    @property
    def number(self) -> int: ...


# -- what is required --------------------------------------------------------------------------------------


def is_year_9_on(year_group: str | None, born_on: date, today: date) -> bool:
    """Whether a child is in or beyond year 9: by the year group, or by age where none is followed.

    By age: thirteen on the 31 August before the school year of ``today``.
    """
    if year_group is not None and year_group.isdecimal():
        return int(year_group) >= 9
    if year_group not in (None, "X"):
        return False
    august = date(today.year if today.month >= 9 else today.year - 1, 8, 31)
    return months_after(born_on, _YEAR_9_AGE * 12) <= august


def required(year_group: str | None, born_on: date, today: date) -> tuple[str, ...]:
    """The letters under which the authority must seek advice for this child."""
    found = [code for code, kind in KINDS.items() if kind.always]
    if is_year_9_on(year_group, born_on, today):
        found.append("g")
    return tuple(found)


def missing(wanted: Iterable[str], asked: Iterable[Asked]) -> list[str]:
    """The letters that must be sought and that nothing asked, in hand or agreed to suffice stands for."""
    there = {one.kind for one in asked if one.state in OPEN | DONE}
    return [code for code in wanted if code not in there]


def needs_qualified_teacher(kind: str, needs: Iterable[str | None]) -> bool:
    """Regulation 6(2): education advice about a child with a visual or hearing impairment."""
    return kind == "b" and bool(SENSES & {need for need in needs if need})


def is_complete(wanted: Iterable[str], asked: Collection[Asked]) -> bool:
    """Whether all that must be sought is accepted or suffices, and nothing else is still open."""
    done = {one.kind for one in asked if one.state in DONE}
    return set(wanted) <= done and not any(one.state in OPEN for one in asked)


# -- asking ------------------------------------------------------------------------------------------------


def check_case(status: str, ended_on: date | None) -> None:
    """Raise Conflict unless the authority has agreed to assess, and the case goes on."""
    if status != "agreed":
        raise Conflict("Advice is asked for once it has been decided to assess.")
    if ended_on is not None:
        raise Conflict("This case has come to its end, so no advice is asked for in it.")


def check_goes_on(ended_on: date | None) -> None:
    """Raise Conflict where the case that advice was asked in has come to its end."""
    if ended_on is not None:
        raise Conflict("This case has come to its end, so nothing can be written or handed in here.")


def check_asking(
    *,
    kind: str,
    has_account: bool,
    whom: str,
    asked_on: date,
    agreed_on: date,
    today: date,
    representations: str = "",
) -> None:
    """Raise Invalid where advice cannot be asked for so."""
    errors: dict[str, str] = {}
    if kind not in KINDS:
        errors["kind"] = "Choose what kind of advice it is."
    if has_account and whom.strip():
        errors["whom"] = "Choose a person, or write who else is asked; not both."
    elif not has_account and not whom.strip():
        errors["whom"] = "Choose a person, or write who is asked and where."
    elif len(whom) > WHOM_LIMIT:
        errors["whom"] = f"Keep this to {WHOM_LIMIT} characters."
    if len(representations) > TEXT_LIMIT:
        errors["representations"] = f"Keep this to {TEXT_LIMIT:,} characters."
    errors |= check_day("asked_on", asked_on, agreed_on, today, "the decision to assess")
    if errors:
        raise Invalid(ATTENTION, errors)


def check_none_of_kind(kind: str, asked: Iterable[Asked]) -> None:
    """Raise Conflict where advice is open under a letter that is asked of one alone: (a), (b), (d), (g)."""
    if kind in ("a", "b", "d", "g") and any(one.kind == kind and one.state in OPEN for one in asked):
        raise Conflict(
            f"Advice under {KINDS[kind].source} is asked for already. Withdraw that first, or go on with it."
        )


def check_suffices(
    *,
    kind: str,
    asked: Iterable[Asked],
    author: str,
    agreed: Mapping[str, date | None],
    written_on: date,
    today: date,
) -> None:
    """Raise Invalid or Conflict unless author, authority and family agree (regulation 6(4)).

    ``agreed``: the days on which the three did, by the name of the form's field.
    """
    if any(one.kind == kind and one.state in OPEN | DONE for one in asked):
        raise Conflict(
            f"Something is asked for or in under {KINDS[kind].source} already. Withdraw that first."
            if kind in KINDS
            else "Choose what kind of advice it is."
        )
    errors: dict[str, str] = {}
    if kind not in KINDS:
        errors["kind"] = "Choose what kind of advice it is."
    if not author.strip():
        errors["author"] = "Say who wrote it: name and role."
    elif len(author) > WHOM_LIMIT:
        errors["author"] = f"Keep this to {WHOM_LIMIT} characters."
    who = {
        "author_agreed_on": "its author",
        "authority_agreed_on": "the authority",
        "family_agreed_on": "the parent or young person",
    }
    for name, words in who.items():
        on = agreed.get(name)
        if on is None:
            errors[name] = (
                f"All three must agree. Enter the day on which {words} did; else ask for new advice."
            )
        else:
            errors |= check_day(name, on, written_on, today, "the advice was written")
    if errors:
        raise Invalid(ATTENTION, errors)


# -- what comes of it --------------------------------------------------------------------------------------


def check_with_adviser(row: Asked) -> None:
    """Raise Conflict unless it is the adviser's turn."""
    if row.state == IN:
        raise Conflict(
            "Your advice is in and is being checked. Should anything be missing, it comes back to you."
        )
    if row.state not in WITH_ADVISER:
        raise Conflict("This advice is no longer asked for, so nothing can be written here.")


def check_open(row: Asked) -> None:
    """Raise Conflict where nothing of it can change any more."""
    if row.state not in OPEN:
        raise Conflict(f"This is closed already: {STATE_WORDS[row.state].lower()}.")


def check_to_check(row: Asked) -> None:
    """Raise Conflict unless a version waits to be checked."""
    if row.state != IN:
        raise Conflict("There is nothing here to check: no advice is in, or it has been checked already.")


def check_kept(
    typed: Mapping[str, str], boxes: Collection[str] = BOXES
) -> tuple[dict[str, str], dict[str, str]]:
    """What of a draft can be kept, and what cannot and why, both by box."""
    kept: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name, text in typed.items():
        if name not in boxes:
            continue
        if len(text) > TEXT_LIMIT:
            problems[name] = (
                f"Shorten this by {len(text) - TEXT_LIMIT:,} characters: it can hold {TEXT_LIMIT:,}."
            )
        else:
            kept[name] = text
    return kept, problems


_UNSAID = {
    "needs": "Say what the child’s needs are.",
    "provision": "Say what provision they call for.",
    "outcomes": "Say which outcomes the provision is for.",
}


def check_covers(words: Mapping[str, str]) -> None:
    """Raise Invalid unless needs, provision and outcomes are all covered."""
    errors = {name: _UNSAID[name] for name in BOXES if not words.get(name, "").strip()}
    if errors:
        raise Invalid(ATTENTION, errors)


def check_received(received_on: date, asked_on: date, today: date) -> None:
    """Raise Invalid for a day on which it cannot have come."""
    if errors := check_day("received_on", received_on, asked_on, today, "the advice was asked for"):
        raise Invalid(ATTENTION, errors)


def check_checking(
    *, accept: bool, missing_words: str, covers: Collection[str], qualified: bool | None
) -> None:
    """Raise Invalid where the check of a version does not hold together.

    ``covers``: which of BOXES it covers. ``qualified``: None where regulation 6(2) does not ask.
    """
    errors: dict[str, str] = {}
    lacking = [name for name in BOXES if name not in covers]
    if accept and lacking:
        errors["covers"] = (
            f"Advice must cover needs, provision and outcomes. Send it back for: {', '.join(lacking)}."
        )
    if accept and qualified is False:
        errors["qualified"] = (
            "For a child with a visual or hearing impairment it must come from a qualified teacher, or after "
            "one was consulted: regulation 6(2). Send it back for that."
        )
    if not accept and not missing_words.strip():
        errors["missing"] = "Say what is missing. The adviser reads it."
    elif len(missing_words) > TEXT_LIMIT:
        errors["missing"] = f"Keep this to {TEXT_LIMIT:,} characters."
    if errors:
        raise Invalid(ATTENTION, errors)


def check_said(name: str, words: str, unsaid: str) -> str:
    """The words, trimmed. Raises Invalid where there are none or too many."""
    if not words.strip():
        raise Invalid(ATTENTION, {name: unsaid})
    if len(words) > TEXT_LIMIT:
        raise Invalid(ATTENTION, {name: f"Keep this to {TEXT_LIMIT:,} characters."})
    return words.strip()


def check_day(name: str, day: date, earliest: date, today: date, what: str) -> dict[str, str]:
    """The sentence about a day that is to come, or before something; empty for any other."""
    if day > today:
        return {name: "The day cannot be in the future."}
    if day < earliest:
        return {name: f"The day cannot be before {what}."}
    return {}


def due(asked_on: date, version: str | None, told: Collection[Circumstance]) -> Due:
    """By when it is to be given (regulation 8(1)), moved by what of its case excuses it (8(2)).

    ``version``: the rules that the case keeps.
    """
    return deadlines.moved(deadlines.due(Act.ADVICE, asked_on, version=version), asked_on, told)


def is_to_chase(state: str, due_on: date | None, chased_on: date | None, today: date) -> bool:
    """Whether a reminder is called for: due within a week or late, and none sent in the last seven days."""
    if state not in WITH_ADVISER or due_on is None or due_on > today + CHASE_AHEAD:
        return False
    return chased_on is None or chased_on <= today - CHASE_AHEAD


def sight_until(asked_on: date, today: date) -> date:
    """The last day on which an adviser sees what was released: six months after it was asked."""
    return max(months_after(asked_on, SIGHT_MONTHS), today)
