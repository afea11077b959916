"""Messages for tests: one valid person to change, and any number of others (Hypothesis) in the form we
write.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from isp.exchange.sen2.message import (
    ActivePlan,
    Assessment,
    Header,
    NamedPlan,
    Need,
    Person,
    Placement,
    PlanDetail,
    Request,
)
from isp.exchange.sen2.rules import is_active
from isp.exchange.sen2.years import Year, years
from isp.register.importing.identifiers import check_letter

NORTHSHIRE = "201"
YEAR = years()[2026]
URN = "123456"


def upn_of(number: int) -> str:
    """A UPN that is right, one for each number below ten million."""
    rest = f"201{4000 + number // 100_000:04d}{number // 1000 % 100:02d}{number % 1000:03d}"
    return check_letter(rest) + rest


def uln_of(number: int) -> str:
    """A ULN that is right; numbers that have none move on to the next."""
    nine = 100000000 + number * 11
    while True:
        weighed = (
            sum(int(digit) * weight for digit, weight in zip(str(nine), range(10, 1, -1), strict=True)) % 11
        )
        if weighed != 0:
            return f"{nine}{10 - weighed}"
        nine += 1


def header(year: Year = YEAR, **more: Any) -> Header:
    """A header of Northshire's."""
    given: dict[str, Any] = {
        "year": year.year,
        "reference_date": year.census_on,
        "lea": NORTHSHIRE,
        "serial": 1,
        "made_at": datetime(2026, 1, 20, 9),  # noqa: DTZ001 the message has no zone
        "dmo": "Y",
        "dco": "N",
        "dsco": "R",
    }
    return Header(**given | more)


def valid(**more: Any) -> Person:
    """A child assessed in 2025 within 20 weeks, whose plan is in force and was not yet due for review."""
    given: dict[str, Any] = {
        "surname": "Example",
        "forename": "Ava",
        "born_on": date(2016, 5, 14),
        "sex": "F",
        "ethnicity": "WBRI",
        "postcode": "NW1 6XE",
        "upn": upn_of(1),
        "requests": [assessed()],
    }
    return Person(**given | more)


def assessed(**more: Any) -> Request:
    """A request that led to a plan."""
    given: dict[str, Any] = {
        "received_on": date(2025, 3, 3),
        "source": "2",
        "youth_accommodation": False,
        "outcome_on": date(2025, 4, 10),
        "outcome": "Y",
        "mediation": False,
        "tribunal": False,
        "assessment": Assessment(
            outcome="Y",
            outcome_on=date(2025, 7, 10),
            mediation=False,
            tribunal=False,
            other_mediation=False,
            other_tribunal=False,
            excepted=False,
            plan=plan(),
        ),
        "active": active(),
    }
    return Request(**given | more)


def plan(**more: Any) -> NamedPlan:
    """A plan of July 2025."""
    given: dict[str, Any] = {
        "started_on": date(2025, 7, 10),
        "details": [PlanDetail(urn=URN, rank=1, sen_unit=False, resourced=False)],
        "personal_budget": False,
        "organised": False,
    }
    return NamedPlan(**given | more)


def active(**more: Any) -> ActivePlan:
    """Where the child is, and why."""
    given: dict[str, Any] = {
        "placements": [
            Placement(urn=URN, rank=1, entered_on=date(2025, 9, 1), sen_unit=False, resourced=False)
        ],
        "needs": [Need(kind="ASD", rank=1), Need(kind="SLCN", rank=2)],
    }
    return ActivePlan(**given | more)


def historical(**more: Any) -> Request:
    """A plan from before the period."""
    given: dict[str, Any] = {
        "outcome": "H",
        "assessment": Assessment(
            outcome="H", other_mediation=False, other_tribunal=False, plan=plan(started_on=date(2023, 2, 1))
        ),
        "active": active(meeting_on=date(2025, 2, 3), review_outcome="M", decided_on=date(2025, 2, 24)),
    }
    return Request(**given | more)


# -- any ---------------------------------------------------------------------------------------------------

_NAMES = st.sampled_from(["Ada", "Zoë", "O’Neil", "Smith & Sons", "d'Arcy", "Łukasz", "<Mara>", "Anne-Marie"])
_FLAG = st.booleans()


def _days(first: date, last: date) -> st.SearchStrategy[date]:
    return st.dates(first, max(first, last))


@st.composite
def persons(draw: st.DrawFn, year: Year = YEAR, number: int | None = None) -> Person:
    """A person as the record gives it out: whatever goes in so comes out so."""
    at = number if number is not None else draw(st.integers(0, 9_000_000))
    known = draw(st.sampled_from(["upn", "upn", "uln", "unknown"]))
    return Person(
        surname=draw(_NAMES),
        # What a person is found again by, where there is no number.
        forename=f"{draw(_NAMES)} {at}",
        born_on=draw(st.dates(date(2001, 9, 1), date(2021, 8, 31))),
        sex=draw(st.sampled_from(["M", "F"])),
        ethnicity=draw(st.sampled_from(sorted(year.codes["Ethnicity"]))),
        postcode=draw(st.sampled_from([None, "NW1 6XE", "M1 1AE"])),
        upn=upn_of(at) if known == "upn" else None,
        uln=uln_of(at) if known == "uln" else None,
        upn_unknown=draw(st.sampled_from(sorted(year.codes["UPNunknown"]))) if known == "unknown" else None,
        requests=draw(_requests(year)),
    )


@st.composite
def _requests(draw: st.DrawFn, year: Year) -> list[Request]:
    found: list[Request] = []
    shut = draw(st.lists(st.sampled_from(["W", "N", "exported"]), max_size=2))
    received = draw(
        st.lists(
            _days(year.period_from, year.period_to - timedelta(days=60)), min_size=3, max_size=3, unique=True
        )
    )
    for kind, day in zip(shut, received, strict=False):
        found.append(draw(_shut(kind, day, year)))
    last = draw(st.sampled_from(["A", "Y", "over", "old", "late", "none"]))
    if last in ("A", "Y", "over"):
        found.append(draw(_going_on(last, received[2], year)))
    found.sort(key=lambda one: one.received_on or date.min)
    if last == "old":
        found.append(draw(_old(year)))
    elif last == "late":
        found.append(Request(outcome="H", assessment=draw(_assessments(year.period_from, year))))
    if last == "late" and found[-1].plan is not None:
        found[-1].active = draw(_active(found[-1].plan, year))
    return found or [draw(_old(year))]


def _asked(draw: st.DrawFn, day: date) -> dict[str, Any]:
    return {
        "received_on": day,
        "source": draw(st.sampled_from(["1", "2", "3", "4", "5"])),
        "youth_accommodation": draw(_FLAG),
    }


@st.composite
def _shut(draw: st.DrawFn, kind: str, day: date, year: Year) -> Request:
    asked = _asked(draw, day)
    decided: dict[str, Any] = {
        "mediation": False,
        "tribunal": False,
        "outcome_on": draw(_days(day, year.census_on)),
    }
    if kind == "W":
        return Request(**asked, outcome="W")
    if kind == "exported":
        to = draw(st.sampled_from(["202", "XXX"]))
        return Request(**asked, **decided, outcome="Y", exported_to=to)
    disputed = {"mediation": draw(_FLAG), "tribunal": draw(_FLAG)}
    return Request(**asked | decided | disputed, outcome="N")


@st.composite
def _going_on(draw: st.DrawFn, kind: str, day: date, year: Year) -> Request:
    asked = _asked(draw, day)
    if kind == "A":
        moved = draw(st.sampled_from([None, None, "202"]))
        return Request(**asked, outcome="A", exported_to=moved)
    on = draw(_days(day, year.census_on))
    made = Request(**asked, outcome="Y", outcome_on=on, mediation=False, tribunal=False)
    if kind == "over":
        made.outcome, made.mediation = "N", draw(_FLAG)
        made.tribunal = not made.mediation or draw(_FLAG)
    made.assessment = draw(_assessments(on, year))
    if made.plan is not None:
        made.active = draw(_active(made.plan, year))
    return made


@st.composite
def _assessments(draw: st.DrawFn, since: date, year: Year) -> Assessment:
    outcome = draw(st.sampled_from(["Y", "Y", "undated", "N", "A"]))
    if outcome in ("undated", "A"):
        return Assessment(outcome="Y" if outcome == "undated" else "A")
    on = draw(_days(since, year.census_on))
    made = Assessment(
        outcome=outcome,
        outcome_on=on,
        mediation=draw(_FLAG),
        tribunal=draw(_FLAG),
        other_mediation=False,
        other_tribunal=False,
        excepted=draw(_FLAG),
    )
    if outcome == "Y":
        made.other_mediation, made.other_tribunal = draw(_FLAG), draw(_FLAG)
        made.plan = draw(_plans(on, year))
    return made


@st.composite
def _old(draw: st.DrawFn, year: Year) -> Request:
    began = draw(_days(date(2015, 1, 1), year.period_from))
    named = draw(_plans(began, year))
    return Request(
        outcome="H",
        assessment=Assessment(
            outcome="H", other_mediation=draw(_FLAG), other_tribunal=draw(_FLAG), plan=named
        ),
        active=draw(_active(named, year)),
    )


@st.composite
def _plans(draw: st.DrawFn, began: date, year: Year) -> NamedPlan:
    ended = draw(st.sampled_from([False, False, False, True]))
    ranks = draw(st.sampled_from([(), (1,), (1, 2)]))
    budget = draw(_FLAG)
    return NamedPlan(
        started_on=began,
        details=[draw(_details(rank)) for rank in ranks],
        residential=draw(st.sampled_from([None, "A", "B"])),
        work_based=draw(st.sampled_from([None, "A", "T", "S"])),
        personal_budget=budget,
        organised=budget and draw(_FLAG),
        direct_payments=draw(st.sampled_from([None, "E", "S", "H", "I"])) if budget else None,
        ceased_on=draw(_days(max(began, year.period_from), year.census_on)) if ended else None,
        cease_reason=draw(st.sampled_from("123456789")) if ended else None,
    )


def _where(draw: st.DrawFn, codes: list[str], words: frozenset[str]) -> dict[str, Any]:
    by = draw(st.sampled_from(["urn", "ukprn", "code"]))
    if by == "urn":
        unit = draw(_FLAG)
        return {
            "urn": draw(st.sampled_from([URN, "100001"])),
            "sen_unit": unit,
            "resourced": not unit and draw(_FLAG),
        }
    if by == "ukprn":
        return {"ukprn": "10000001"}
    code = draw(st.sampled_from(codes))
    return {"setting": code, "setting_other": "Waits for a place" if code in words else None}


@st.composite
def _details(draw: st.DrawFn, rank: int) -> PlanDetail:
    return PlanDetail(rank=rank, **_where(draw, ["OLA", "OPA", "EHE", "EYP", "OTH"], frozenset({"OTH"})))


@st.composite
def _active(draw: st.DrawFn, named: NamedPlan, year: Year) -> ActivePlan | None:
    if not is_active(named, year.census_on):
        return None
    placements = draw(st.lists(_placements(year), max_size=3))
    kinds = draw(st.lists(st.sampled_from(sorted(year.codes["SENtype"])), max_size=2, unique=True))
    made = ActivePlan(
        transferred_from=draw(st.sampled_from([None, None, "202"])),
        placements=sorted(placements, key=lambda one: (one.rank or 0, one.entered_on or date.min)),
        needs=[Need(kind=kind, rank=rank) for rank, kind in enumerate(kinds, 1)],
    )
    made.meeting_on = draw(st.none() | _days(date(2016, 1, 1), year.census_on))
    if draw(_FLAG):
        made.decided_on = draw(_days(date(2016, 1, 1), year.census_on))
        made.review_outcome = draw(st.sampled_from(["M", "A", "C"]))
        if made.review_outcome == "A":
            made.review_draft_on = draw(st.none() | _days(made.decided_on, year.census_on))
    if draw(_FLAG):
        at = year.period_to.year
        made.phase_due_on = draw(st.sampled_from([date(at, 2, 15), date(at, 3, 31)]))
        made.phase_final_on = draw(st.none() | _days(year.period_from, year.census_on))
    return made


@st.composite
def _placements(draw: st.DrawFn, year: Year) -> Placement:
    codes = sorted(year.codes["PlacementDetail.SENSetting"])
    entered = draw(_days(date(2015, 9, 1), year.census_on))
    return Placement(
        rank=draw(st.sampled_from([1, 2])),
        entered_on=entered,
        left_on=draw(st.none() | _days(max(entered, year.period_from), year.census_on)),
        residential=draw(st.sampled_from([None, "A"])),
        work_based=draw(st.sampled_from([None, "S"])),
        **_where(draw, codes, frozenset({"OTH", "NIEO"})),
    )
