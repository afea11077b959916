"""Asking for an EHC needs assessment: who may, what it releases, what it opens and what is remembered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from isp.escalations import actions
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.notices.models import Notice
from isp.people.roles import Role
from isp.plans import actions as plan_actions
from tests.cast import small_plan
from tests.escalations.world import RECEIVED, Affair, on


def test_a_senco_requests_and_the_authority_sees_what_was_released_and_nothing_else(affair: Affair) -> None:
    before = affair.reads("olli", 2)
    request_id = affair.request()
    assert before == "NotFound"
    row = affair.row(request_id)
    assert row.reference.startswith("EHC-2026-")
    assert row.officer_id == affair.person("olli")
    for name in ("olli", "mia"):
        assert affair.sees(request_id, name) == "yes"
        assert affair.reads(name, 2) == "yes"
        assert affair.reads(name, None) == "yes"
        assert affair.reads(name, 1) == "NotFound"
        assert affair.reads(name, 1, record=affair.other_plan) == "NotFound"
    for name in ("otis", "sid", "eve", "wes", "nora"):
        assert affair.sees(request_id, name) == "NotFound"
        assert affair.reads(name, 2) == "NotFound"


@pytest.mark.parametrize("name", ["sara", "dan", "hal", "pam", "paul"])
def test_leaders_and_parents_with_responsibility_may_request(affair: Affair, name: str) -> None:
    request_id = affair.request(name)
    wanted = "parent" if name in ("pam", "paul") else "school"
    assert affair.row(request_id).source == wanted


def test_a_young_person_may_request_for_herself_releasing_nothing(affair: Affair) -> None:
    request_id = affair.request("yan", "yan")
    assert affair.row(request_id).source == "young_person"


@pytest.mark.parametrize("name", ["tom", "tia", "ada", "olga", "leo", "dora", "carl"])
def test_others_around_the_pupil_may_not_request(affair: Affair, name: str) -> None:
    with pytest.raises(NotAllowed):
        affair.request(name)


@pytest.mark.parametrize("name", ["nora", "sena", "stan", "olli", "mia", "sid", "bea"])
def test_a_stranger_cannot_tell_that_the_pupil_exists(affair: Affair, name: str) -> None:
    with pytest.raises(NotFound):
        affair.request(name)


def test_a_second_request_waits_until_the_first_is_closed(affair: Affair) -> None:
    first = affair.request()
    with pytest.raises(Conflict, match="already"):
        affair.request("pam")
    affair.decide(first, day=RECEIVED + timedelta(days=1))
    second = affair.request("pam", day=RECEIVED + timedelta(days=2))
    assert affair.row(second).status == "pending"


def test_a_request_waits_for_an_appeal_to_end(affair: Affair) -> None:
    first = affair.request()
    affair.decide(first)
    affair.appeal(first, RECEIVED)
    with pytest.raises(Conflict, match="under appeal"):
        affair.request()


def test_without_an_authority_on_record_the_sentence_says_how_to_add_it(affair: Affair) -> None:
    affair.cast.pupil("gus", "oakfield")
    with pytest.raises(Conflict, match="The school can add it"):
        affair.request(pupil="gus")


def test_the_authority_is_the_one_where_the_child_lives(affair: Affair) -> None:
    affair.cast.pupil("gus", "oakfield")
    affair.cast.tie("gus", "responsible", organisation_id=affair.cast.places["southshire"])
    request_id = affair.request(pupil="gus")
    assert affair.row(request_id).officer_id == affair.person("sid")
    assert affair.sees(request_id, "mia") == "NotFound"


def test_another_pupils_version_is_refused_in_the_words_of_one_that_is_not_there(affair: Affair) -> None:
    said = []
    for strange in (affair.others[0].id, new_id(), affair.plan):
        with pytest.raises(Invalid) as refused:
            affair.request(release=[affair.versions[0].id, strange])
        said.append((refused.value.message, refused.value.errors))
    assert said[0] == said[1] == said[2]
    assert "release" in said[0][1]
    assert affair.sees(affair.request(), "olli") == "yes"


def test_a_draft_cannot_be_released(affair: Affair) -> None:
    with on(RECEIVED), affair.cast.acting("sara") as unit:
        draft = plan_actions.start_draft(unit, affair.plan)
    draft_id = getattr(draft, "id", draft)
    with pytest.raises(Invalid):
        affair.request(release=[draft_id])


def test_a_withdrawn_version_cannot_be_released(affair: Affair) -> None:
    withdraw(affair, 1)
    with pytest.raises(Invalid):
        affair.request(release=[affair.versions[1].id])


def test_a_released_version_that_is_withdrawn_later_is_shut_to_the_authority(affair: Affair) -> None:
    request_id = affair.request(release=[version.id for version in affair.versions])
    assert affair.reads("olli", 1) == "yes"
    withdraw(affair, 1)
    assert affair.reads("olli", 1) == "NotFound"
    assert affair.reads("olli", 2) == "yes"
    assert [one.withdrawn for one in affair.case(request_id, "olli").released] == [False, True]


def test_a_version_shared_after_the_request_stays_shut(affair: Affair) -> None:
    affair.request()
    with on(RECEIVED):
        with affair.cast.acting("sara") as unit:
            plan_actions.start_draft(unit, affair.plan)
        affair.cast.write(affair.plan, "sara", small_plan(strengths="Sings"))
        with affair.cast.acting("sara") as unit:
            plan_actions.publish(
                unit, affair.plan, affair.cast.draft(unit, affair.plan).revision, "New words"
            )
    assert affair.reads("sara", 3) == "yes"
    assert affair.reads("olli", 3) == "NotFound"
    assert affair.reads("olli", None) == "yes"


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("reasons", {"reasons": "  "}),
        ("reasons", {"reasons": "x" * 20_001}),
        ("received_on", {"received_on": RECEIVED + timedelta(days=1)}),
        ("received_on", {"received_on": date(2024, 1, 1)}),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(affair: Affair, field: str, asked: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(Invalid) as refused:
        affair.request(**asked)
    assert set(refused.value.errors) == {field}


def test_somebody_of_25_is_too_old(affair: Affair) -> None:
    affair.cast.pupil("gus", "oakfield", born_on="2001-11-02")
    affair.cast.tie("gus", "responsible", organisation_id=affair.cast.places["northshire"])
    with pytest.raises(Invalid, match="another look"):
        affair.request(pupil="gus")


def test_the_officer_with_the_fewest_open_cases_gets_it(affair: Affair) -> None:
    given = [affair.request(pupil=pupil) for pupil in ("ava", "ben", "cleo", "yan")]
    officers = [affair.row(request_id).officer_id for request_id in given]
    olli, otis = affair.person("olli"), affair.person("otis")
    assert officers == [olli, otis, olli, otis]


def test_an_officer_is_never_given_her_own_child_nor_a_record_closed_to_her(affair: Affair) -> None:
    affair.cast.guardian("olli", "ava")
    request_id = affair.request()
    assert affair.row(request_id).officer_id == affair.person("otis")


def test_with_no_officer_the_case_waits_for_the_manager(affair: Affair) -> None:
    affair.cast.authority("eastshire", "203")
    affair.cast.member("max", "eastshire", Role.AUTHORITY_MANAGER)
    affair.cast.pupil("gus", "oakfield")
    affair.cast.tie("gus", "responsible", organisation_id=affair.cast.places["eastshire"])
    request_id = affair.request(pupil="gus")
    assert affair.row(request_id).officer_id is None
    assert affair.sees(request_id, "max") == "yes"


def test_the_trail_says_it_on_both_chains_and_nothing_of_the_child_on_the_authoritys(affair: Affair) -> None:
    request_id = affair.request()
    (mine,), (theirs,) = (where("assessment.requested") for where in (affair.on_pupil, affair.on_authority))
    assert mine.detail == theirs.detail
    assert mine.detail == {
        "authority": str(affair.cast.places["northshire"]),
        "received_on": RECEIVED.isoformat(),
        "released": 1,
    }
    assert mine.object_id == theirs.object_id == request_id
    assert mine.payload["versions"] == {str(affair.versions[0].id): affair.versions[0].digest.hex()}
    assert theirs.payload is None
    assert str(affair.ava) not in str(theirs.canon)
    (given,) = affair.on_authority("assessment.assigned")
    assert given.detail == {"officer": str(affair.person("olli"))}


def told(affair: Affair) -> dict[str, set[str]]:
    """Who was told of what, by name."""
    names = {person_id: name for name, person_id in affair.cast.people.items()}
    notices = table_of(Notice)
    found: dict[str, set[str]] = {}
    with affair.cast.making() as unit:
        for row in unit.connection.execute(select(notices).where(notices.c.kind.like("assessment%"))):
            found.setdefault(row.kind, set()).add(names[row.person_id])
    return found


def test_the_school_the_family_and_the_manager_are_told(affair: Affair) -> None:
    affair.request("pam")
    assert told(affair)["assessment_requested"] == {"sara", "dan", "paul", "mia"}


def test_a_family_that_was_not_told_gets_no_message_from_a_machine(affair: Affair) -> None:
    affair.request(told_family=False, why_not_told="We meet them on Friday.")
    assert told(affair)["assessment_requested"] == {"dan", "mia"}


@pytest.mark.parametrize(
    ("by", "readers", "others"),
    [
        ("sara", ("sara", "hal", "pam", "paul", "olli", "mia"), ()),
        ("pam", ("pam", "olli", "mia"), ("paul", "sara", "hal", "leo", "dora")),
    ],
)
def test_whose_words_are_read_by_whom(
    affair: Affair, by: str, readers: tuple[str, ...], others: tuple[str, ...]
) -> None:
    request_id = affair.request(by)
    for name in readers:
        assert affair.case(request_id, name).words["reasons"]
    for name in others:
        assert "reasons" not in affair.case(request_id, name).words


def withdraw(affair: Affair, number: int) -> None:
    with on(RECEIVED), affair.cast.acting("sara") as unit:
        plan_actions.withdraw(unit, affair.plan, number, "wrong_child", "It was another child's")


def test_two_requests_at_the_same_moment_make_one(affair: Affair) -> None:
    import threading

    outcomes: list[str] = []
    start = threading.Barrier(2)

    def ask(name: str) -> None:
        start.wait()
        try:
            with affair.cast.acting(name) as unit:
                actions.request_assessment(
                    unit,
                    affair.ava,
                    received_on=unit.today,
                    reasons="Now",
                    release=[],
                    told_family=True,
                )
            outcomes.append("made")
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("sara", "pam")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "made"]
