"""A request to an authority that is not on this service: sent, answered by letter, and counted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from isp.escalations import elsewhere, parties
from isp.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from isp.people.models import Membership
from isp.people.organisations import known_authorities
from tests.escalations.test_pages import Town
from tests.escalations.world import RECEIVED, Affair, on

DAY = timedelta(days=1)
CODE = "330"
"""Birmingham: on no list of this world."""


@pytest.fixture
def away(affair: Affair) -> UUID:
    """A request about Ava to an authority where nobody is."""
    with on(RECEIVED), affair.cast.acting("sara") as unit:
        elsewhere.name_authority(unit, affair.ava, CODE)
    return affair.request()


def sent(affair: Affair, request_id: UUID, by: str = "sara", **more: Any) -> None:
    given: dict[str, Any] = {"on": RECEIVED, "how": "post", "received_on": RECEIVED + 2 * DAY, **more}
    with on(RECEIVED + 5 * DAY), affair.cast.acting(by) as unit:
        elsewhere.record_sent(unit, request_id, **given)


def reply(
    affair: Affair, request_id: UUID, code: str, day: date, by: str = "sara", said: str = "As it says"
) -> None:
    with on(day), affair.cast.acting(by) as unit:
        elsewhere.file_reply(unit, request_id, code, day, said)


def test_any_of_the_authorities_can_be_named_once_and_again(affair: Affair) -> None:
    assert len(known_authorities()) >= 150
    with on(RECEIVED), affair.cast.acting("sara") as unit:
        first = elsewhere.name_authority(unit, affair.ava, CODE)
    with on(RECEIVED), affair.cast.acting("sara") as unit:
        assert elsewhere.name_authority(unit, affair.cast.pupils["ben"], CODE) == first
    with on(RECEIVED), affair.cast.looking("sara") as unit:
        held = parties.responsible(unit, affair.ava)
        assert held is not None
        assert held.name == known_authorities()[CODE]
    with pytest.raises(Invalid), on(RECEIVED), affair.cast.acting("sara") as unit:
        elsewhere.name_authority(unit, affair.ava, "000")


@pytest.mark.parametrize(("name", "error"), [("pam", NotAllowed), ("hal", NotAllowed), ("sena", NotFound)])
def test_only_who_ties_the_pupil_names_the_authority(affair: Affair, name: str, error: type) -> None:
    with pytest.raises(error), on(RECEIVED), affair.cast.acting(name) as unit:
        elsewhere.name_authority(unit, affair.ava, CODE)


def test_a_request_goes_by_mail_and_the_clock_runs_from_its_receipt(affair: Affair, away: UUID) -> None:
    assert affair.row(away).officer_id is None
    sent(affair, away)
    row = affair.row(away)
    assert row.received_on == RECEIVED + 2 * DAY
    now = affair.case(away, "sara").now
    assert now.due is not None
    assert now.due.on == RECEIVED + 44 * DAY
    (told,) = affair.on_pupil("assessment.sent")
    assert told.detail == {"on": RECEIVED.isoformat(), "how": "post"}


def test_a_refusal_by_letter_is_counted_and_its_appeal_runs(affair: Affair, away: UUID) -> None:
    reply(affair, away, "considering", RECEIVED + 3 * DAY)
    late = RECEIVED + 50 * DAY
    reply(affair, away, "refused", late, said="The school can meet these needs.")
    row = affair.row(away)
    assert (row.status, row.decided_on, row.days_late) == ("refused", late, 8)
    case = affair.case(away, "pam", late)
    assert case.now.stage == "may_appeal"
    assert case.words["decision_reasons"] == "The school can meet these needs."
    with on(late), affair.cast.looking("sara") as unit:
        found = elsewhere.letters_of(unit, row)
    assert [one.code for one in found] == ["considering_told", "refused"]
    assert [one.on for one in found] == [RECEIVED + 3 * DAY, late]


def test_a_yes_a_draft_and_the_plan_come_by_letter(affair: Affair, away: UUID) -> None:
    day = RECEIVED + 40 * DAY
    for code in ("agreed", "draft", "final"):
        reply(affair, away, code, day)
        day += 10 * DAY
        stage = affair.case(away, "sara", day).now.stage
        assert stage == {"agreed": "assessing", "draft": "draft_sent", "final": "plan_made"}[code]
    row = affair.row(away)
    assert (row.status, row.days_late, row.ended_on) == ("agreed", 0, RECEIVED + 60 * DAY)
    assert [one.detail["reply"] for one in affair.on_pupil("assessment.reply_filed")] == [
        "agreed",
        "draft",
        "final",
    ]


def test_a_letter_that_there_will_be_no_plan_lets_the_appeal_run(affair: Affair, away: UUID) -> None:
    day = RECEIVED + 40 * DAY
    reply(affair, away, "agreed", day)
    reply(affair, away, "no_plan", day + 90 * DAY)
    case = affair.case(away, "pam", day + 90 * DAY)
    assert case.now.stage == "no_plan_may_appeal"
    with pytest.raises(Conflict):
        reply(affair, away, "final", day + 91 * DAY)


@pytest.mark.parametrize("code", ["draft", "final", "no_plan"])
def test_a_letter_that_does_not_fit_is_refused(affair: Affair, away: UUID, code: str) -> None:
    with pytest.raises(Conflict, match="does not fit"):
        reply(affair, away, code, RECEIVED)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"how": "pigeon"}, "how"),
        ({"on": RECEIVED + 9 * DAY, "received_on": RECEIVED + 9 * DAY}, None),
        ({"received_on": RECEIVED - DAY}, "received_on"),
    ],
)
def test_what_cannot_be_is_said_beside_its_box(
    affair: Affair, away: UUID, said: dict[str, Any], field: str | None
) -> None:
    with pytest.raises(Invalid) as refused:
        sent(affair, away, **said)
    assert field is None or field in refused.value.errors
    assert affair.row(away).received_on == RECEIVED


def test_a_letter_has_its_date_and_its_words(affair: Affair, away: UUID) -> None:
    with pytest.raises(Invalid) as refused, on(RECEIVED), affair.cast.acting("sara") as unit:
        elsewhere.file_reply(unit, away, "agreed", RECEIVED + DAY, " ")
    assert set(refused.value.errors) == {"on", "said"}


def test_a_stale_page_files_nothing(affair: Affair, away: UUID) -> None:
    sent(affair, away)
    with pytest.raises(Conflict), on(RECEIVED + 9 * DAY), affair.cast.acting("sara") as unit:
        elsewhere.file_reply(unit, away, "agreed", RECEIVED + 9 * DAY, "Yes", shown=1)


def test_an_authority_that_is_here_keeps_its_own_letters(affair: Affair) -> None:
    request_id = affair.request()
    with pytest.raises(Conflict, match="on this service"):
        reply(affair, request_id, "agreed", RECEIVED)
    with affair.cast.making() as unit:
        assert unit.connection.scalar(select(Membership.id).limit(1)) is not None


@pytest.mark.parametrize("name", ["pam", "olli", "sena", "nora"])
def test_who_did_not_make_the_request_files_nothing(affair: Affair, away: UUID, name: str) -> None:
    with pytest.raises(DomainError):
        reply(affair, away, "agreed", RECEIVED, by=name)
    assert affair.row(away).status == "pending"


def test_a_parent_keeps_her_own_request(affair: Affair) -> None:
    with on(RECEIVED), affair.cast.acting("sara") as unit:
        elsewhere.name_authority(unit, affair.ava, CODE)
    request_id = affair.request("pam")
    with pytest.raises(NotAllowed):
        reply(affair, request_id, "agreed", RECEIVED)
    reply(affair, request_id, "agreed", RECEIVED, by="pam")
    assert affair.row(request_id).status == "agreed"


def test_by_the_pages(affair: Affair) -> None:
    with on(RECEIVED):
        town = Town(affair)
        sara = town.signed_in("sara")
        path = f"/pupils/{affair.ava}/request-assessment/authority"
        assert sara.get(path).status_code == 200
        assert sara.post(path, {"la_code": CODE}).status_code == 303
        request_id = affair.request()
        page = sara.get(f"/pupils/{affair.ava}/assessment").text
        assert "is not on this service" in page
        day = {"day": "2", "month": "11", "year": "2026"}
        mail = {f"{name}-{part}": value for name in ("on", "received_on") for part, value in day.items()}
        assert sara.get(f"/cases/{request_id}/sent").status_code == 200
        assert (
            sara.post(f"/cases/{request_id}/sent", {**mail, "how": "email", "shown": "1"}).status_code == 303
        )
        assert sara.get(f"/cases/{request_id}/reply").status_code == 200
        letter = {f"on-{part}": value for part, value in day.items()}
        letter |= {"reply": "refused", "said": "The school can", "shown": "1"}
        assert sara.post(f"/cases/{request_id}/reply", letter).status_code == 303
        assert "Decided not to assess" in sara.get(f"/pupils/{affair.ava}/assessment").text
        pam = town.signed_in("pam", network="192.0.2.4")
        assert "Letters to and from the council" in pam.get(f"/pupils/{affair.ava}/assessment").text
        assert pam.get(f"/cases/{request_id}/decision").status_code == 200
        assert pam.get(f"/cases/{request_id}/reply").status_code in (403, 409)
