"""Rules about the person (module 1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from isp.exchange.sen2.message import Person
from isp.exchange.sen2.rules.registry import PERSON, Facts, Finding, of_person, rule
from isp.register.importing.cells import age_on
from isp.register.importing.identifiers import names_known_authority, read_uln, read_upn
from isp.register.importing.problems import NotUnderstood


@of_person(
    "S-001",
    "E",
    "Give the UPN or the ULN, only one of them; or else the reason why neither is known, and that only then.",
)
def _identified(person: Person, _facts: Facts) -> bool:
    numbers = (person.upn is not None) + (person.uln is not None)
    return numbers != 1 if person.upn_unknown is None else numbers > 0


@of_person(
    "S-002", "E", "The UPN is mistyped: its letter, its authority or its length is not right. Copy it again."
)
def _upn(person: Person, _facts: Facts) -> bool:
    if person.upn is None:
        return False
    try:
        return read_upn(person.upn) != person.upn or not names_known_authority(person.upn)
    except NotUnderstood:
        return True


@of_person("S-003", "E", "The ULN is mistyped, or is the number that stands for “not known”. Copy it again.")
def _uln(person: Person, _facts: Facts) -> bool:
    if person.uln is None:
        return False
    try:
        return read_uln(person.uln) != person.uln
    except NotUnderstood:
        return True


@of_person(
    "S-004",
    "Q",
    "Look at the reason for having no UPN: UN1 is for children under 6, UN8 for those new in the last "
    "week of "
    "the period.",
)
def _why_no_upn(person: Person, facts: Facts) -> bool:
    if person.upn_unknown == "UN1":
        return person.born_on is not None and age_on(person.born_on, facts.year.census_on) >= 6
    if person.upn_unknown == "UN8":
        since = facts.year.period_to - timedelta(days=7)
        return any(day < since for day in _first_days(person))
    return False


def _first_days(person: Person) -> Iterator[date]:
    for one in person.requests:
        if one.received_on is not None:
            yield one.received_on
        if one.plan is not None and one.plan.started_on is not None:
            yield one.plan.started_on


@of_person(
    "S-005",
    "E",
    "Give the date of birth (not after the census day), the sex (M or F) and the ethnicity (a code of "
    "the list; "
    "NOBT if it was not yet obtained), and the name.",
)
def _known(person: Person, facts: Facts) -> bool:
    codes = facts.year.codes
    return (
        not person.surname
        or not person.forename
        or person.born_on is None
        or person.born_on > facts.year.census_on
        or person.sex not in codes["Sex"]
        or person.ethnicity not in codes["Ethnicity"]
    )


@of_person(
    "S-006",
    "Q",
    "This person is over 25 on the census day. Check the date of birth, and whether the plan has ended.",
)
def _over_age(person: Person, facts: Facts) -> bool:
    return person.born_on is not None and age_on(person.born_on, facts.year.census_on) > 25


SAME_UPN = rule(
    "S-007", "Q", PERSON, "Two persons have this UPN. Check both; if they are one child, keep one record."
)


class Numbers:
    """The UPNs of a message so far. (The one rule that no person breaks alone.)"""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def again(self, person: Person) -> Finding | None:
        """A finding where another person before this one had its UPN."""
        if person.upn is None:
            return None
        if person.upn in self._seen:
            return Finding(SAME_UPN)
        self._seen.add(person.upn)
        return None
