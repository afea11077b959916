"""A request that came by mail: the child matched exactly or put on record, and what is to be proved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from isp.access.models import Tie
from isp.escalations import filing
from isp.escalations.filing import Filing
from isp.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from isp.register import pupils
from isp.register.content import Details
from isp.register.models import Pupil
from tests.escalations.test_pages import Town
from tests.escalations.world import RECEIVED, Affair, on

BORN = date(2016, 5, 14)
AVA = Details("Ava", "Planted", BORN)
CAME = Filing(
    details=AVA,
    source="health",
    asked_by="Dr Reed, community paediatrician",
    received_on=RECEIVED - timedelta(days=3),
    reasons="Seen in clinic; may need more than the school gives.",
    how="Letter of 30 October",
    why_looked="A letter asks for an assessment",
)


def put(affair: Affair, by: str = "olli", *, is_new: bool = False, **more: Any) -> UUID:
    with on(RECEIVED), affair.cast.acting(by) as unit:
        place = affair.cast.places["northshire"]
        return filing.file_request(unit, place, replace(CAME, **more), is_new=is_new)


def count(affair: Affair) -> int:
    with affair.cast.making() as unit:
        return int(unit.connection.scalar(select(func.count()).select_from(Pupil)) or 0)


def test_an_officer_files_what_came_by_letter_on_the_day_it_came(affair: Affair) -> None:
    request_id = put(affair, youth_accommodation=True)
    row = affair.row(request_id)
    assert (row.pupil_id, row.source, row.received_on) == (affair.ava, "health", CAME.received_on)
    assert (row.officer_id, row.status, row.youth_accommodation) == (affair.person("olli"), "pending", True)
    case = affair.case(request_id, "olli")
    assert case.words["asked_by"].startswith("Dr Reed")
    assert case.now.due is not None
    assert case.now.due.on == CAME.received_on + timedelta(days=42)


def test_filing_shows_nothing_of_the_record(affair: Affair) -> None:
    request_id = put(affair)
    assert affair.case(request_id, "olli").released == ()
    assert affair.reads("olli", 2) == "NotFound"
    assert affair.sees(request_id, "sid") == "NotFound"


@pytest.mark.parametrize("name", ["sara", "pam"])
def test_what_somebody_else_wrote_is_read_by_the_authority_alone(affair: Affair, name: str) -> None:
    request_id = put(affair)
    assert "reasons" not in affair.case(request_id, name).words
    assert affair.case(request_id, "mia").words["reasons"] == CAME.reasons


@pytest.mark.parametrize(
    "details",
    [
        replace(AVA, legal_given="Av"),
        replace(AVA, born_on=date(2016, 5, 15)),
        replace(AVA, legal_family="Planter"),
        Details("Nobody", "Anywhere", BORN),
    ],
)
def test_half_a_match_and_no_child_at_all_are_refused_in_the_same_words(
    affair: Affair, details: Details
) -> None:
    with pytest.raises(Invalid) as refused:
        put(affair, details=details)
    assert refused.value.message == filing.NOBODY
    assert set(refused.value.errors) == {"is_new"}


def test_a_child_of_another_authoritys_area_is_matched_by_nobody(affair: Affair) -> None:
    with on(RECEIVED):
        affair.cast.tie(
            "ava", "responsible", organisation_id=affair.cast.places["southshire"], valid_from=RECEIVED
        )
        with affair.cast.making() as unit:
            for row in unit.connection.execute(
                select(Tie.id).where(
                    Tie.pupil_id == affair.ava,
                    Tie.kind == "responsible",
                    Tie.organisation_id == affair.cast.places["northshire"],
                )
            ).all():
                unit.change(Tie, {"id": row.id}, ended_at=unit.now)
    with pytest.raises(Invalid):
        put(affair)


def test_a_child_in_no_school_here_is_put_on_record_with_the_authority(affair: Affair) -> None:
    before = count(affair)
    request_id = put(affair, is_new=True, details=Details("Zoe", "Newcomer", date(2014, 2, 3)))
    assert count(affair) == before + 1
    row = affair.row(request_id)
    assert row.school_id is None
    with affair.cast.making() as unit:
        assert pupils.name(unit, row.pupil_id).full == "Zoe Newcomer"
    assert affair.sees(request_id, "olli") == "yes"
    assert affair.sees(request_id, "sara") == "NotFound"
    again = replace(CAME, details=Details("Zoe", "Newcomer", date(2014, 2, 3)))
    with on(RECEIVED), affair.cast.acting("olli") as unit:
        assert filing.look_up(unit, row.authority_id, again)


def test_a_child_who_is_on_record_is_never_put_there_twice(affair: Affair) -> None:
    before = count(affair)
    assert affair.row(put(affair, is_new=True)).pupil_id == affair.ava
    assert count(affair) == before


def test_the_look_is_noted_whatever_comes_of_it(affair: Affair) -> None:
    for details in (AVA, replace(AVA, legal_given="Nobody")):
        with on(RECEIVED), affair.cast.acting("olli") as unit:
            filing.look_up(unit, affair.cast.places["northshire"], replace(CAME, details=details))
    assert len(affair.on_authority("authority.child_sought")) == 2
    (seen,) = affair.on_pupil("authority.child_sought")
    assert seen.detail == {"by": "name"}
    assert seen.payload == {"reason": CAME.why_looked}


@pytest.mark.parametrize(
    ("name", "error"), [("sara", NotAllowed), ("pam", NotFound), ("sid", NotFound), ("nora", NotFound)]
)
def test_nobody_outside_the_authority_files_or_looks(affair: Affair, name: str, error: type) -> None:
    with pytest.raises(DomainError) as refused:
        put(affair, name)
    assert refused.type in (error, NotFound)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"source": "rumour"}, "source"),
        ({"asked_by": " "}, "asked_by"),
        ({"why_looked": ""}, "why_looked"),
        ({"received_on": RECEIVED + timedelta(days=1)}, "received_on"),
        ({"reasons": " "}, "reasons"),
        ({"details": replace(AVA, upn="X")}, "upn"),
    ],
)
def test_what_is_wrong_is_said_beside_its_box(affair: Affair, said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        put(affair, **said)
    assert set(refused.value.errors) == {field}


def test_a_second_request_is_not_filed_while_one_is_open(affair: Affair) -> None:
    put(affair)
    with pytest.raises(Conflict, match="still open"):
        put(affair)


def test_what_was_seen_as_proof_is_noted_and_stops_nothing(affair: Affair) -> None:
    request_id = put(affair)
    due = affair.case(request_id, "olli").now.due
    with on(RECEIVED), affair.cast.acting("olli") as unit:
        filing.note_proof(unit, request_id, "identity", "Birth certificate", RECEIVED, shown=1)
    case = affair.case(request_id, "olli")
    assert case.words["proofs"]["identity"]["seen"] == "Birth certificate"
    assert case.now.due == due
    (told,) = affair.on_pupil("assessment.proof_noted")
    assert told.detail == {"what": "identity", "on": RECEIVED.isoformat()}
    with pytest.raises(Conflict), on(RECEIVED), affair.cast.acting("olli") as unit:
        filing.note_proof(unit, request_id, "asker", "A letter", RECEIVED, shown=1)
    for wrong in ({"what": "shoe"}, {"seen": " "}, {"on": RECEIVED + timedelta(days=1)}):
        given: dict[str, Any] = {"what": "asker", "seen": "A letter", "on": RECEIVED, **wrong}
        with pytest.raises(Invalid), on(RECEIVED), affair.cast.acting("olli") as unit:
            filing.note_proof(unit, request_id, **given)


def test_by_the_pages(affair: Affair) -> None:
    with on(RECEIVED):
        olli = Town(affair).signed_in("olli")
        assert "/cases/new" in olli.get("/cases").text
        assert olli.get("/cases/new").status_code == 200
        sent = {
            "received_on-day": "30",
            "received_on-month": "10",
            "received_on-year": "2026",
            "source": "other",
            "asked_by": "A neighbour",
            "how": "By telephone",
            "reasons": "He is at home all day",
            "legal_given": "Zed",
            "legal_family": "Unknown",
            "born_on-day": "1",
            "born_on-month": "3",
            "born_on-year": "2015",
            "why_looked": "A call about this child",
        }
        refused = olli.post("/cases/new", sent)
        assert refused.status_code == 422
        assert "Nobody was matched" in refused.text
        assert "He is at home all day" in refused.text
        answer = olli.post("/cases/new", {**sent, "is_new": "yes"})
        assert answer.status_code == 303
        page = olli.get(answer.location).text
        assert "Still to be proved" in page
        assert "A neighbour" in page
        proof = {"what": "asker", "seen": "Called back", "shown": "1"}
        day = {"on-day": "2", "on-month": "11", "on-year": "2026"}
        assert olli.get(f"{answer.location}/proof").status_code == 200
        assert olli.post(f"{answer.location}/proof", {**proof, **day}).status_code == 303
        assert "Called back" in olli.get(answer.location).text
