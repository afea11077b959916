"""What a rule is, how one is kept, and how a person is held against all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from isp.exchange.sen2.message import Person, Request
from isp.exchange.sen2.years import Year
from isp.people.organisations import known_authorities

PERSON, REQUEST, ASSESSMENT, PLAN, ACTIVE = "person", "request", "assessment", "plan", "active"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its number, E or Q, the module it looks at, and what to mend."""

    id: str
    severity: str
    module: str
    mend: str
    dfe_rule: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a person breaks; ``place`` is that of the request it is about, None for the person."""

    rule: Rule
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at besides the person. ``cease_noted``: a notice to cease was recorded, if known."""

    year: Year
    authority: str
    cease_noted: bool | None = None


OfPerson = Callable[[Person, Facts], bool]
OfRequest = Callable[[Request, Person, Facts], bool]
RULES: dict[str, Rule] = {}
_OF_PERSON: list[tuple[Rule, OfPerson]] = []
_OF_REQUEST: list[tuple[Rule, OfRequest]] = []


def rule(number: str, severity: str, module: str, mend: str) -> Rule:
    """Keep a rule that is asked of something else than one person."""
    made = Rule(number, severity, module, mend)
    RULES[number] = made
    return made


def of_person(number: str, severity: str, mend: str) -> Callable[[OfPerson], OfPerson]:
    """Keep a rule about the person: the function says whether it is broken."""

    def keep(broken: OfPerson) -> OfPerson:
        _OF_PERSON.append((rule(number, severity, PERSON, mend), broken))
        return broken

    return keep


def of_request(number: str, severity: str, module: str, mend: str) -> Callable[[OfRequest], OfRequest]:
    """Keep a rule that is asked of each request, with what came of it."""

    def keep(broken: OfRequest) -> OfRequest:
        _OF_REQUEST.append((rule(number, severity, module, mend), broken))
        return broken

    return keep


def findings(person: Person, facts: Facts) -> Iterator[Finding]:
    """What one person breaks. Whether two persons have one UPN, ``Numbers`` says."""
    for held, of_person in _OF_PERSON:
        if of_person(person, facts):
            yield Finding(held)
    for place, request in enumerate(person.requests):
        for held, of_request in _OF_REQUEST:
            if of_request(request, person, facts):
                yield Finding(held, place)


def days(first: date | None, last: date | None) -> int:
    """Days from one day to another; 0 where one of them is not known."""
    return (last - first).days if first is not None and last is not None else 0


def is_other(code: str, facts: Facts) -> bool:
    """Whether a code is that of another authority, or of none that is known."""
    return code == "XXX" or (code in known_authorities() and code != facts.authority)
