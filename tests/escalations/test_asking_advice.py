"""Asking for advice: of whom, by when, what it opens, and what is still missing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from isp.escalations import advice, advice_queries, sight
from isp.escalations.deadlines import Circumstance
from isp.escalations.excusing import record_circumstance
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.advice_world import AGREED, DAY, SIX_WEEKS, Advising
from tests.escalations.world import RECEIVED, Affair, on


@pytest.fixture
def advising(affair: Affair) -> Advising:
    return Advising(affair)


def test_an_officer_asks_a_psychologist_who_then_sees_what_was_released_for_it(advising: Advising) -> None:
    affair = advising.affair
    version = affair.versions[0].id
    assert affair.reads("eve", 2, AGREED) == "NotFound"
    advice_id = advising.ask(release=[version], representations="She says that mornings are hard")
    row = advising.row(advice_id)
    assert (row.kind, row.state, row.asked_on, row.due_on) == ("d", "asked", AGREED, AGREED + SIX_WEEKS)
    assert row.sight_until == date(2027, 5, 9)
    assert affair.reads("eve", 2, AGREED) == "yes"
    assert affair.reads("eve", 1, AGREED) == "NotFound"
    own = advising.own(advice_id, "eve")
    assert own.asked.words["representations"] == "She says that mornings are hard"
    assert [one.version_id for one in own.released] == [version]
    assert advising.steps() == [("advice_asked", AGREED)]
    (event,) = affair.on_pupil("advice.asked")
    assert event.payload["versions"].keys() == {str(version)}
    assert affair.on_authority("advice.asked")


def test_the_sight_of_an_adviser_lapses_after_six_months(advising: Advising) -> None:
    advice_id = advising.ask(release=[advising.affair.versions[0].id])
    last = advising.row(advice_id).sight_until
    assert advising.affair.reads("eve", 2, last) == "yes"
    assert advising.affair.reads("eve", 2, last + DAY) == "NotFound"
    assert advising.own(advice_id, "eve", last + DAY) == "NotFound"


def test_each_sees_only_her_own_and_the_officer_all(advising: Advising) -> None:
    mine, his = advising.ask("d", "eve"), advising.ask("e", "wes")
    assert advising.own(mine, "eve").asked.row.id == mine
    for advice_id, name in ((his, "eve"), (mine, "wes"), (mine, "olli"), (mine, "sid"), (mine, "nora")):
        assert advising.own(advice_id, name) in ("NotFound", "NotAllowed")
    assert len(advising.overview().asked) == 2
    for name in ("otis", "sid", "eve", "nora", "sena"):
        with pytest.raises((NotFound, NotAllowed)):
            advising.overview(name)


def test_the_page_says_which_kind_is_missing_until_it_is_asked(advising: Advising) -> None:
    assert advising.overview().missing == ("a", "b", "c", "d", "e")
    advising.ask("d", "eve")
    advising.ask("c", None)
    assert advising.overview().missing == ("a", "b", "e")


def test_withdrawn_or_declined_it_is_missing_again(advising: Advising) -> None:
    advice_id = advising.ask("d", "eve")
    with on(AGREED), advising.affair.cast.acting("olli") as unit:
        advice.withdraw(unit, advice_id, reason="Another psychologist knows her")
    assert "d" in advising.overview().missing
    assert advising.own(advice_id, "eve") == "NotFound"
    second = advising.ask("d", "eve")
    with on(AGREED), advising.affair.cast.acting("eve") as unit:
        advice.decline(unit, second, reason="I am her neighbour")
    assert "d" in advising.overview().missing
    assert [code for code, _ in advising.steps()] == [
        "advice_asked",
        "advice_withdrawn",
        "advice_asked",
        "advice_declined",
    ]
    found = advising.overview().asked[-1]
    assert found.said[-1]["words"] == "I am her neighbour"


def test_the_school_and_the_parents_can_be_asked_where_they_have_an_account(advising: Advising) -> None:
    for kind, name in (("a", "pam"), ("b", "sara")):
        advice_id = advising.ask(kind, name)
        assert advising.own(advice_id, name).asked.row.kind == kind
        assert advising.row(advice_id).sight_until is None
        assert advising.own(advice_id, "paul") == "NotFound"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("adviser_id", {"kind": "d", "to": "sena"}),
        ("adviser_id", {"kind": "e", "to": "eve"}),
        ("adviser_id", {"kind": "d", "to": "sid"}),
        ("whom", {"to": None, "whom": " "}),
        ("whom", {"whom": "Somebody as well"}),
        ("asked_on", {"asked_on": AGREED + DAY}),
        ("asked_on", {"asked_on": AGREED - DAY}),
        ("kind", {"kind": "z"}),
        ("release", {"release": [RECEIVED]}),
    ],
)
def test_what_cannot_be_asked_so_is_said_beside_its_field(
    advising: Advising, field: str, said: dict[str, Any]
) -> None:
    if "release" in said:
        said = {"release": [advising.affair.others[0].id]}
    with pytest.raises(Invalid) as refused:
        advising.ask(**said)
    assert set(refused.value.errors) == {field}


def test_advice_is_asked_for_once_and_only_after_a_yes(affair: Affair) -> None:
    advising = Advising(affair)
    advising.ask("d", "eve")
    with pytest.raises(Conflict, match="already"):
        advising.ask("d", "eve")
    other = affair.request(pupil="ben")
    officer = next(name for name in ("olli", "otis") if affair.person(name) == affair.row(other).officer_id)
    eve = affair.person("eve")
    with on(AGREED), affair.cast.acting(officer) as unit, pytest.raises(Conflict, match="decided to assess"):
        advice.ask(unit, other, kind="d", asked_on=AGREED, adviser_id=eve)


@pytest.mark.parametrize("name", ["sara", "pam", "dora"])
def test_school_and_family_may_not_ask(advising: Advising, name: str) -> None:
    with pytest.raises(NotAllowed):
        advising.ask(by=name)


@pytest.mark.parametrize("name", ["otis", "sid", "eve", "nora"])
def test_a_stranger_cannot_tell_that_there_is_a_case(advising: Advising, name: str) -> None:
    with pytest.raises(NotFound) as refused:
        advising.ask(by=name)
    assert refused.value.message == "We cannot find that page."


def test_a_missed_appointment_moves_the_day_and_leaves_the_duty(advising: Advising) -> None:
    advice_id = advising.ask()
    day = AGREED + 10 * DAY
    with on(day), advising.affair.cast.acting("olli") as unit:
        told = Circumstance("appointment_missed", day - 2 * DAY, day)
        record_circumstance(
            unit, advising.case, told, reason="The test could not be done", evidence="A letter"
        )
    (found,) = advising.overview(day=day).asked
    assert found.row.due_on == AGREED + SIX_WEEKS
    assert found.due.on == AGREED + SIX_WEEKS + 3 * DAY
    assert "regulation 8(2)" in found.due.why
    assert advising.row(advice_id).due_on == AGREED + SIX_WEEKS


def test_a_reminder_is_recorded_and_tells_whoever_is_asked(advising: Advising) -> None:
    advice_id = advising.ask()
    day = AGREED + timedelta(days=36)

    def to_chase() -> list[bool]:
        with on(day), advising.affair.cast.looking("olli") as unit:
            return [one.to_chase for one in advice_queries.waiting(unit)]

    assert to_chase() == [True]
    with on(day), advising.affair.cast.acting("olli") as unit:
        advice.chase(unit, advice_id, on=day, said="Rang; it is being typed", shown=1)
    row = advising.row(advice_id)
    assert (row.chases, row.chased_on) == (1, day)
    assert to_chase() == [False]
    assert advising.steps()[-1] == ("advice_chased", day)
    with pytest.raises(Conflict), on(day), advising.affair.cast.acting("olli") as unit:
        advice.chase(unit, advice_id, on=day, said="Again", shown=1)


def test_the_list_to_chase_is_of_ones_own_cases(advising: Advising) -> None:
    advising.ask()
    with on(AGREED), advising.affair.cast.looking("otis") as unit:
        assert advice_queries.waiting(unit) == []
    with on(AGREED), advising.affair.cast.looking("mia") as unit:
        assert len(advice_queries.waiting(unit)) == 1


def test_a_withdrawn_request_ends_what_its_advisers_see(affair: Affair) -> None:
    advising = Advising(affair)
    advice_id = advising.ask(release=[affair.versions[0].id])
    with on(AGREED), affair.cast.acting("olli") as unit:
        sight.end(unit, advising.case)
    assert advising.own(advice_id, "eve") == "NotFound"
