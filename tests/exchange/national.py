"""The published figures of England for 2024 as SEN2 returns of one invented authority, whole or in part.

Department for Education, SEN2 2025: requests and what became of them, six and twenty weeks, annual
reviews, and
the plans of January 2025. A ``scale`` of 1000 makes one in a thousand: of what adds up to a whole the
parts are cut so that they still do. The share of decisions within four weeks is taken of the meetings held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from isp.exchange.sen2.message import ActivePlan as Active
from isp.exchange.sen2.message import Assessment, NamedPlan, Need, Person, Placement, PlanDetail, Request
from isp.exchange.sen2.years import years
from tests.exchange.messages import upn_of

YEAR = years()[2025]
REQUESTS = {"assess": 101_045, "not_assess": 38_889, "awaiting": 12_038, "withdrawn": 2_517}
MEDIATION, TRIBUNAL = 10_507, 4_655
IN_SIX, IN_TWENTY, IN_TWENTY_NO_EXCEPTION, PAST_A_YEAR = 0.848, 0.459, 0.464, 0.072
ISSUED = 97_700
"""How many plans were issued is not among the figures at hand; of so many the shares come out as
published.
"""
PLANS = 638_745
REVIEWS = {"amend": 219_538, "maintain": 135_264, "cease": 4_087, "none": 94_872}
EXPECTED = 524_654
IN_FOUR = 0.444
_NEEDS = ("ASD", "SLCN", "SEMH", "MLD", "SLD", "SPLD", "PD", "HI")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    """The figures, in counts: what the record must give back."""

    requests: Mapping[str, int]
    mediation: int
    tribunal: int
    in_six: int
    issued: int
    in_twenty: int
    excepted: int
    past_a_year: int
    plans: int
    reviews: Mapping[str, int]
    expected: int
    in_four: int

    @property
    def received(self) -> int:
        """Requests in all."""
        return sum(self.requests.values())

    @property
    def held(self) -> int:
        """Meetings in all."""
        return sum(self.reviews.values())


def parted(whole: Mapping[str, int], scale: int) -> dict[str, int]:
    """The parts at a scale: their sum is that of the whole at it (the largest remainders are rounded up)."""
    target = round(sum(whole.values()) / scale)
    found = {name: count // scale for name, count in whole.items()}
    by_rest = sorted(whole, key=lambda name: (-(whole[name] % scale), name))
    for name in by_rest[: target - sum(found.values())]:
        found[name] += 1
    return found


def figures(scale: int = 1000) -> Figures:
    """The figures at a scale; 1 is all of England."""
    requests, reviews = parted(REQUESTS, scale), parted(REVIEWS, scale)
    issued = round(ISSUED / scale)
    in_twenty = round(IN_TWENTY * issued)
    return Figures(
        requests=requests,
        mediation=round(MEDIATION / scale),
        tribunal=round(TRIBUNAL / scale),
        in_six=round(IN_SIX * (requests["assess"] + requests["not_assess"])),
        issued=issued,
        in_twenty=in_twenty,
        excepted=issued - round(in_twenty / IN_TWENTY_NO_EXCEPTION),
        past_a_year=round(PAST_A_YEAR * issued),
        plans=round(PLANS / scale),
        reviews=reviews,
        expected=round(EXPECTED / scale),
        in_four=round(IN_FOUR * sum(reviews.values())),
    )


def shown(of: Figures) -> dict[str, dict[str, int]]:
    """What the performance pages say of the year once the figures are in the record: question, count."""
    return {
        "requests": {"received": of.received, **of.requests},
        "six-weeks": {
            "decided": of.requests["assess"] + of.requests["not_assess"],
            "in_six": of.in_six,
        },
        "disputes": {"refused": of.requests["not_assess"], "mediated": of.mediation, "tribunal": of.tribunal},
        "plans": {
            "issued": of.issued,
            "in_twenty": of.in_twenty,
            "no_exception": of.issued - of.excepted,
            "past_year": of.past_a_year,
        },
        "reviews-due": {"due": of.expected},
        "reviews-held": {"held": of.held, **of.reviews, "in_four": of.in_four},
    }


def people(of: Figures) -> Iterator[Person]:
    """The persons of the return, in any number, one after the other."""
    number = 0
    for number, requests in enumerate(_all(of)):
        yield Person(
            surname="Example",
            forename=f"Child {number}",
            born_on=date(2008, 9, 1) + number % 4300 * _DAY,
            sex="F" if number % 3 == 0 else "M",
            ethnicity="NOBT",
            postcode="NW1 6XE",
            upn=upn_of(number),
            requests=[requests],
        )


def _all(of: Figures) -> Iterator[Request]:
    yield from _requests(of)
    yield from _over_a_year(of)
    yield from _old(of)


def _requests(of: Figures) -> Iterator[Request]:
    """Those received in 2024. The first of those decided were decided in time."""
    in_time = iter(range(of.requests["assess"] + of.requests["not_assess"]))
    issued = of.issued - of.past_a_year
    for place in range(of.requests["assess"]):
        one = _asked(place, "Y", in_time=next(in_time) < of.in_six)
        if place >= issued:
            one.assessment = Assessment(outcome="A")
        else:
            # Late ones last; of those the first are excused.
            late = place - of.in_twenty
            excepted = 0 <= late < of.excepted
            _issue(one, 130 if late < 0 else 175, place, excepted=excepted)
        yield one
    for place in range(of.requests["not_assess"]):
        one = _asked(place, "N", in_time=next(in_time) < of.in_six)
        one.mediation, one.tribunal = place < of.mediation, place < of.tribunal
        yield one
    for place in range(of.requests["awaiting"]):
        yield _received(date(2024, 12, 1) + place % 30 * _DAY, "A")
    for place in range(of.requests["withdrawn"]):
        yield _received(date(2024, 5, 1) + place % 90 * _DAY, "W")


def _received(on: date, outcome: str) -> Request:
    return Request(received_on=on, source="2", youth_accommodation=False, outcome=outcome)


def _asked(place: int, outcome: str, *, in_time: bool) -> Request:
    one = _received(date(2024, 1, 8) + place % 160 * _DAY, outcome)
    assert one.received_on is not None
    one.outcome_on = one.received_on + (35 if in_time else 60) * _DAY
    one.mediation = one.tribunal = False
    return one


def _issue(one: Request, days: int, place: int, *, excepted: bool) -> None:
    assert one.received_on is not None
    on = one.received_on + days * _DAY
    one.assessment = Assessment(
        outcome="Y",
        outcome_on=on,
        mediation=False,
        tribunal=False,
        other_mediation=False,
        other_tribunal=False,
        excepted=excepted,
        plan=_plan(on),
    )
    one.active = _active(place)


def _over_a_year(of: Figures) -> Iterator[Request]:
    """Requests of 2023 that were decided, and led to a plan, in 2024."""
    for place in range(of.past_a_year):
        one = _received(date(2023, 6, 1) + place % 30 * _DAY, "Y")
        one.outcome_on, one.mediation, one.tribunal = date(2024, 1, 5), False, False
        _issue(one, 500, place, excepted=False)
        yield one


def _old(of: Figures) -> Iterator[Request]:
    """Plans from before 2024: reviewed in it, due in it and not reviewed, or neither."""
    outcomes = iter(name for name, count in of.reviews.items() for _ in range(count))
    codes = {"amend": "A", "maintain": "M", "cease": "C"}
    for place in range(of.plans - of.issued):
        active = _active(place)
        began = date(2019, 3, 4) + place % 700 * _DAY
        if place < of.held:
            outcome = next(outcomes)
            active.meeting_on = date(2024, 2, 5) + place % 220 * _DAY
            if outcome in codes:
                active.review_outcome = codes[outcome]
                active.decided_on = active.meeting_on + (21 if place < of.in_four else 50) * _DAY
        elif place < of.expected:
            began = date(2023, 1, 9) + place % 340 * _DAY
        else:
            began = date(2022, 1, 10) + place % 300 * _DAY
        yield Request(
            outcome="H",
            assessment=Assessment(
                outcome="H", other_mediation=False, other_tribunal=False, plan=_plan(began)
            ),
            active=active,
        )


def _plan(on: date) -> NamedPlan:
    where: dict[str, Any] = {"urn": "123456", "rank": 1, "sen_unit": False, "resourced": False}
    return NamedPlan(started_on=on, details=[PlanDetail(**where)], personal_budget=False, organised=False)


def _active(place: int) -> Active:
    where: dict[str, Any] = {"urn": "123456", "rank": 1, "sen_unit": False, "resourced": False}
    return Active(
        placements=[Placement(entered_on=date(2023, 9, 4), **where)],
        needs=[Need(kind=_NEEDS[place % len(_NEEDS)], rank=1)],
    )
