"""Deciding a request: by the legal test, on what was released, in time or late; what ends with a refusal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from isp.escalations import actions, queries
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.test_request import withdraw
from tests.escalations.world import RECEIVED, Affair, on

DAY = timedelta(days=1)


def test_an_officer_agrees_and_goes_on_seeing_what_was_released(affair: Affair) -> None:
    request_id = affair.request()
    affair.decide(request_id, "agree", day=RECEIVED + DAY)
    row = affair.row(request_id)
    assert (row.status, row.decided_on, row.days_late, row.sight_until) == ("agreed", RECEIVED + DAY, 0, None)
    assert row.decided_by == affair.person("olli")
    assert affair.reads("olli", 2, RECEIVED + 500 * DAY) == "yes"


def test_a_manager_may_decide(affair: Affair) -> None:
    request_id = affair.request()
    affair.decide(request_id, by="mia")
    assert affair.row(request_id).decided_by == affair.person("mia")


def test_after_a_refusal_the_sight_ends_with_the_last_day_to_appeal(affair: Affair) -> None:
    request_id = affair.request()
    affair.decide(request_id)
    last = date(2027, 1, 2)
    assert affair.row(request_id).sight_until == last
    for name in ("olli", "mia"):
        assert affair.sees(request_id, name, last) == "yes"
        assert affair.reads(name, 2, last) == "yes"
        assert affair.sees(request_id, name, last + DAY) == "NotFound"
        assert affair.reads(name, 2, last + DAY) == "NotFound"
    assert affair.sees(request_id, "sara", last + DAY) == "yes"
    assert affair.sees(request_id, "pam", last + DAY) == "yes"


def test_a_refusal_recorded_long_after_lets_the_day_be_seen_out(affair: Affair) -> None:
    request_id = affair.request()
    late = RECEIVED + 120 * DAY
    affair.decide(request_id, day=late, decided_on=RECEIVED)
    assert affair.row(request_id).sight_until == late
    assert affair.sees(request_id, "olli", late) == "yes"
    assert affair.sees(request_id, "olli", late + DAY) == "NotFound"


@pytest.mark.parametrize(("days", "late"), [(42, 0), (43, 1), (60, 18)])
def test_lateness_is_kept_with_the_rules_it_was_worked_out_by(affair: Affair, days: int, late: int) -> None:
    request_id = affair.request()
    affair.decide(request_id, "agree", day=RECEIVED + days * DAY)
    row = affair.row(request_id)
    assert (row.days_late, row.rules) == (late, "2014-09-01")


def test_lateness_runs_from_the_day_of_receipt_not_of_recording(affair: Affair) -> None:
    request_id = affair.request(received_on=RECEIVED - 10 * DAY)
    affair.decide(request_id, "agree", day=RECEIVED + 33 * DAY)
    assert affair.row(request_id).days_late == 1


def test_a_request_is_decided_once(affair: Affair) -> None:
    request_id = affair.request()
    affair.decide(request_id, "agree")
    with pytest.raises(Conflict, match="already"):
        affair.decide(request_id, by="mia")
    assert affair.row(request_id).status == "agreed"


def test_a_withdrawn_request_is_not_decided(affair: Affair) -> None:
    request_id = affair.request()
    with on(RECEIVED), affair.cast.acting("sara") as unit:
        actions.withdraw(unit, request_id)
    with pytest.raises(NotFound):
        affair.decide(request_id)


@pytest.mark.parametrize("name", ["sara", "hal", "pam", "dora"])
def test_school_and_family_may_not_decide(affair: Affair, name: str) -> None:
    request_id = affair.request()
    with pytest.raises(NotAllowed):
        affair.decide(request_id, by=name)


@pytest.mark.parametrize("name", ["otis", "sid", "eve", "wes", "nora", "sena"])
def test_a_stranger_cannot_tell_a_case_that_exists(affair: Affair, name: str) -> None:
    request_id = affair.request()
    for wanted in (request_id, affair.plan):
        with pytest.raises(NotFound) as refused:
            affair.decide(wanted, by=name)
        assert refused.value.message == "We cannot find that page."


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("decision", {"decision": "agree", "limb_b": False}),
        ("decision", {"decision": "agree", "limb_a": False, "limb_b": True}),
        ("decision", {"decision": "refuse", "limb_b": True}),
        ("decision", {"decision": "perhaps"}),
        ("reasons", {"reasons": " "}),
        ("decided_on", {"decided_on": RECEIVED + DAY}),
        ("decided_on", {"decided_on": RECEIVED - DAY}),
    ],
)
def test_a_decision_that_does_not_hold_together_is_said_beside_its_field(
    affair: Affair, field: str, said: dict[str, Any]
) -> None:
    request_id = affair.request()
    with pytest.raises(Invalid) as refused:
        affair.decide(request_id, **said)
    assert set(refused.value.errors) == {field}
    assert affair.row(request_id).status == "pending"


def test_a_page_that_is_stale_decides_nothing(affair: Affair) -> None:
    request_id = affair.request()
    shown = affair.row(request_id).row_version
    with on(RECEIVED), affair.cast.acting("mia") as unit:
        actions.assign(unit, request_id, affair.person("otis"))
    with pytest.raises(Conflict):
        affair.decide(request_id, by="mia", shown=shown)
    affair.decide(request_id, by="mia", shown=shown + 1)


def test_the_words_of_the_decision_are_sealed_and_read_by_all_who_may_read_it(affair: Affair) -> None:
    request_id = affair.request()
    affair.decide(request_id)
    assert b"meet these needs" not in affair.row(request_id).sealed
    for name in ("olli", "sara", "pam", "paul"):
        words = affair.case(request_id, name).words
        assert words["decision_reasons"] == "The school can meet these needs."
        assert (words["limb_a"], words["limb_b"]) == (True, False)


def test_the_trail_says_what_was_decided_on_which_evidence(affair: Affair) -> None:
    request_id = affair.request(release=[version.id for version in affair.versions])
    withdraw(affair, 1)
    affair.decide(request_id, day=RECEIVED + 43 * DAY)
    (mine,), (theirs,) = (where("assessment.decided") for where in (affair.on_pupil, affair.on_authority))
    assert mine.detail == theirs.detail
    assert mine.detail == {
        "decision": "refuse",
        "on": (RECEIVED + 43 * DAY).isoformat(),
        "days_late": 1,
        "days_unexcused": 1,
        "rules": "2014-09-01",
        "sight_until": "2027-02-15",
    }
    assert [one["withdrawn"] for one in mine.payload["evidence"]] == [False, True]
    assert mine.payload["evidence"][0]["digest"] == affair.versions[0].digest.hex()
    assert theirs.payload is None
    assert mine.canon["role"] == "authority_officer"


def test_evidence_that_is_not_as_it_was_released_stops_the_decision(
    affair: Affair, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_id = affair.request()
    monkeypatch.setattr(queries, "digests", lambda *_: {affair.versions[0].id: b"another"})
    with pytest.raises(Conflict, match="not as it was"):
        affair.decide(request_id)
    assert affair.row(request_id).status == "pending"


def test_an_earlier_case_of_the_same_child_stays_shut_to_the_next_ones_officer(affair: Affair) -> None:
    first = affair.request()
    affair.decide(first)
    with on(RECEIVED):
        affair.cast.tie(
            "ava", "responsible", organisation_id=affair.cast.places["southshire"], valid_from=RECEIVED
        )
    second = affair.request(release=[affair.versions[1].id])
    assert affair.row(second).authority_id == affair.cast.places["southshire"]
    assert affair.sees(second, "sid") == "yes"
    assert affair.sees(first, "sid") == "NotFound"
    assert affair.sees(second, "olli") == "NotFound"
    assert affair.reads("sid", 1) == "yes"
    assert affair.reads("sid", 2) == "NotFound"
    assert affair.reads("olli", 1) == "NotFound"
