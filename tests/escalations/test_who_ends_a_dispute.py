"""How a dispute ended is the authority's to record: what a family tells of it waits to be confirmed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from isp.escalations import actions, assessments, disputed, disputing, elsewhere
from isp.escalations.disputes import About, Kind, Result
from isp.kernel.errors import Conflict, DomainError, NotAllowed
from tests.escalations.assessed import DAY, DECIDED_ON, ISSUED_ON, Assessed, write_next
from tests.escalations.test_planning_pages import Town, day
from tests.escalations.world import RECEIVED, Affair, on

BEGUN = RECEIVED + 5 * DAY


@pytest.fixture
def refused(affair: Affair) -> UUID:
    request_id = affair.request()
    affair.decide(request_id)
    return request_id


def begin(
    affair: Affair,
    case: UUID,
    kind: Kind,
    about: About,
    by: str = "pam",
    day: date = BEGUN,
    decided: date | None = None,
) -> UUID:
    with on(day), affair.cast.acting(by) as unit:
        return disputing.open_dispute(unit, case, kind, about, day, decided)


def does(affair: Affair, by: str, deed: Any, *given: Any, day: date = BEGUN, **more: Any) -> None:
    with on(day), affair.cast.acting(by) as unit:
        deed(unit, *given, **more)


def dispute(affair: Affair, case: UUID) -> Any:
    with affair.cast.making() as unit:
        return disputed.disputes_of(unit, case, assessments.of_request(unit, case))[0]


def test_a_parent_who_says_that_mediation_agreed_starts_no_assessment(affair: Affair, refused: UUID) -> None:
    town = town_of(affair)
    with on(BEGUN):
        pam = town("pam")
        href = f"/cases/{refused}/disputes"
        assert (
            pam.post(f"{href}/new", {"kind": "mediation", "about": "assess"} | day(BEGUN)).status_code == 303
        )
        close = f"{href}/{dispute(affair, refused).id}/close"
        assert "Tell the council" in pam.get(close).text
        said = {"result": "agreement", "agreed": "They will assess."} | day(BEGUN)
        assert pam.post(close, said).status_code == 303
        assert affair.row(refused).status == "refused"
        assert (dispute(affair, refused).state, dispute(affair, refused).told_result) == ("open", "agreement")
        assert "You told the council" in pam.get(href).text
        olli = town("olli")
        assert "The family says" in olli.get(href).text
        assert "The family says: Agreed on what could be appealed" in olli.get(close).text
        assert olli.post(close, said).status_code == 303
    assert affair.row(refused).status == "agreed"


def test_what_the_family_says_of_an_appeal_waits_for_the_officer(affair: Affair, refused: UUID) -> None:
    affair.appeal(refused, BEGUN)
    town = town_of(affair)
    with on(BEGUN):
        pam = town("pam")
        for result in ("allowed", "conceded"):
            assert (
                pam.post(f"/cases/{refused}/close-appeal", {"result": result} | day(BEGUN)).status_code == 303
            )
            assert (affair.row(refused).status, affair.row(refused).appeal_closed_on) == ("refused", None)
        assert "The authority gave way" in town("olli").get(f"/cases/{refused}/close-appeal").text
    (_, told) = [one for one in affair.on_pupil("case.step") if one.detail["code"] == "outcome_told"]
    assert told.role == "parent"


@pytest.mark.parametrize("result", ["allowed", "conceded", "dismissed"])
def test_the_deed_refuses_a_parent_as_well(affair: Affair, refused: UUID, result: str) -> None:
    affair.appeal(refused, BEGUN)
    with pytest.raises(NotAllowed):
        does(affair, "pam", actions.close_appeal, refused, result, BEGUN)


def test_only_whoever_appealed_gives_it_up(affair: Affair, refused: UUID) -> None:
    affair.appeal(refused, BEGUN, by="pam")
    with pytest.raises(NotAllowed):
        does(affair, "paul", actions.close_appeal, refused, "withdrawn", BEGUN)
    assert affair.sees(refused, "olli", BEGUN) == "yes"
    does(affair, "pam", actions.close_appeal, refused, "withdrawn", BEGUN)
    assert affair.row(refused).appeal_result == "withdrawn"


def test_the_other_parent_ends_no_appeal_against_no_plan(affair: Affair) -> None:
    case = Assessed(affair)
    case.decide("no_plan")
    begun = DECIDED_ON + DAY
    appeal = begin(affair, case.id, Kind.APPEAL, About.ISSUE, day=begun)
    town = town_of(affair)
    with on(begun):
        sent = {"result": "withdrawn", "agreed": ""} | day(begun)
        assert town("paul").post(f"/cases/{case.id}/disputes/{appeal}/close", sent).status_code == 303
        assert (dispute(affair, case.id).state, dispute(affair, case.id).told_result) == ("open", "withdrawn")
        assert affair.sees(case.id, "olli", begun) == "yes"
        assert town("pam").post(f"/cases/{case.id}/disputes/{appeal}/close", sent).status_code == 303
    assert dispute(affair, case.id).state == "closed"


@pytest.mark.parametrize(
    ("kind", "about", "result"),
    [
        (Kind.MEDIATION, About.CEASE, Result.AGREEMENT),
        (Kind.MEDIATION, About.REASSESS, Result.AGREEMENT),
        (Kind.APPEAL, About.CONTENT, Result.AMEND),
        (Kind.APPEAL, About.REASSESS, Result.CONCEDED),
    ],
)
def test_a_parent_turns_nothing_in_a_plan_in_force(
    affair: Affair, kind: Kind, about: About, result: Result
) -> None:
    case = Assessed(affair)
    case.to_draft()
    case.issue()
    begun = ISSUED_ON + DAY
    made = begin(affair, case.id, kind, about, day=begun, decided=ISSUED_ON)
    with pytest.raises(NotAllowed):
        does(affair, "pam", disputing.close, case.id, made, result, begun, day=begun)
    does(affair, "pam", disputing.tell_outcome, case.id, made, result, begun, day=begun)
    assert case.row.state == "final"
    assert dispute(affair, case.id).order_due_on is None


def test_the_hearing_and_what_was_done_are_not_the_familys_to_record(affair: Affair) -> None:
    case = Assessed(affair)
    case.to_draft()
    case.issue()
    begun = ISSUED_ON + DAY
    made = begin(affair, case.id, Kind.APPEAL, About.CONTENT, day=begun)
    town = town_of(affair)
    with on(begun):
        pam, olli = town("pam"), town("olli")
        href = f"/cases/{case.id}/disputes/{made}"
        assert "Record the day of the hearing" not in pam.get(f"/cases/{case.id}/disputes").text
        assert pam.get(f"{href}/hearing").status_code == 403
        assert pam.post(f"{href}/hearing", day(begun)).status_code == 403
        assert olli.post(f"{href}/hearing", day(begun)).status_code == 303
        assert olli.post(f"{href}/close", {"result": "amend", "agreed": ""} | day(begun)).status_code == 303
        assert pam.post(f"{href}/done", day(begun)).status_code == 403
        # The plan's own page asks it, and the plan as it was ordered is written first.
        there = olli.get(f"{href}/done").headers["Location"]
        assert olli.post(there, day(begun)).status_code == 409
        write_next(case, begun)
        assert olli.post(there, day(begun)).status_code == 303


def test_where_the_authority_is_not_here_the_family_keeps_it(affair: Affair) -> None:
    with on(RECEIVED), affair.cast.acting("sara") as unit:
        elsewhere.name_authority(unit, affair.ava, "330")
    away = affair.request()
    with on(BEGUN), affair.cast.acting("sara") as unit:
        elsewhere.file_reply(unit, away, "refused", BEGUN, "As it says")
    affair.appeal(away, BEGUN)
    does(affair, "pam", actions.close_appeal, away, "allowed", BEGUN)
    assert affair.row(away).status == "agreed"


@pytest.mark.parametrize("name", ["sara", "otis", "nora"])
def test_nobody_else_tells(affair: Affair, refused: UUID, name: str) -> None:
    made = begin(affair, refused, Kind.MEDIATION, About.ASSESS)
    with pytest.raises(DomainError):
        does(affair, name, disputing.tell_outcome, refused, made, Result.AGREEMENT, BEGUN)


def test_whoever_may_record_the_end_is_not_told_by_herself(affair: Affair, refused: UUID) -> None:
    made = begin(affair, refused, Kind.MEDIATION, About.ASSESS)
    with pytest.raises(Conflict):
        does(affair, "olli", disputing.tell_outcome, refused, made, Result.AGREEMENT, BEGUN)


# -- what one of the family tells is hers ------------------------------------------------------------------


@pytest.fixture
def told(affair: Affair, refused: UUID) -> UUID:
    """Mediation that olli recorded; pam has told how it ended. The id of the dispute."""
    made = begin(affair, refused, Kind.MEDIATION, About.ASSESS, by="olli")
    does(affair, "pam", disputing.tell_outcome, refused, made, Result.AGREEMENT, BEGUN)
    return made


@pytest.mark.parametrize(
    ("name", "reads"), [("pam", "You told the council"), ("paul", ""), ("olli", "The family says")]
)
def test_what_one_parent_told_is_shown_to_her_and_to_the_council(
    affair: Affair, refused: UUID, told: UUID, name: str, reads: str
) -> None:
    with on(BEGUN):
        page = town_of(affair)(name).get(f"/cases/{refused}/disputes").text
    assert ("Agreed on what could be appealed" in page) is bool(reads)
    assert "You told the council" not in page or name == "pam"
    assert reads in page


def test_the_other_parent_does_not_write_over_it(affair: Affair, refused: UUID, told: UUID) -> None:
    with pytest.raises(Conflict) as failure:
        does(affair, "paul", disputing.tell_outcome, refused, told, Result.NO_AGREEMENT, BEGUN)
    assert "Somebody else of the family has told the council already" in failure.value.message
    with on(BEGUN):
        paul = town_of(affair)("paul")
        close = f"/cases/{refused}/disputes/{told}/close"
        assert close not in paul.get(f"/cases/{refused}/disputes").text
        assert "Somebody else of the family" in paul.get(close).text
        sent = {"result": "no_agreement", "agreed": "He never came."} | day(BEGUN)
        page = paul.post(close, sent)
    assert page.status_code == 409
    assert "Somebody else of the family" in page.text
    assert "He never came." in page.text
    found = dispute(affair, refused)
    assert (found.told_result, found.told_by) == ("agreement", affair.person("pam"))


def test_she_can_tell_it_otherwise_herself(affair: Affair, refused: UUID, told: UUID) -> None:
    does(affair, "pam", disputing.tell_outcome, refused, told, Result.NO_AGREEMENT, BEGUN)
    assert dispute(affair, refused).told_result == "no_agreement"


def test_the_same_of_an_appeal_against_a_refusal(affair: Affair, refused: UUID) -> None:
    affair.appeal(refused, BEGUN, by="olli")
    does(affair, "pam", disputing.tell_appeal_outcome, refused, "dismissed", BEGUN)
    with pytest.raises(Conflict):
        does(affair, "paul", disputing.tell_appeal_outcome, refused, "withdrawn", BEGUN)
    assert dispute(affair, refused).told_result == "dismissed"


def test_who_began_it_still_gives_it_up_whatever_the_other_parent_told(affair: Affair, refused: UUID) -> None:
    made = begin(affair, refused, Kind.MEDIATION, About.ASSESS, by="pam")
    does(affair, "paul", disputing.tell_outcome, refused, made, Result.AGREEMENT, BEGUN)
    close = f"/cases/{refused}/disputes/{made}/close"
    with on(BEGUN):
        pam = town_of(affair)("pam")
        assert close in pam.get(f"/cases/{refused}/disputes").text
        assert "Only you can give up what you began yourself" in pam.get(close).text
        sent = {"result": "no_agreement", "agreed": ""} | day(BEGUN)
        assert pam.post(close, sent).status_code == 303
    assert dispute(affair, refused).state == "closed"


# -- a page that was opened before something else happened -------------------------------------------------


def shown_by(page: Any) -> str:
    found = re.search(r'name="shown" value="([0-9]+)"', page.text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("by_plan", [False, True])
def test_a_stale_page_is_refused_until_it_is_opened_anew(affair: Affair, by_plan: bool) -> None:
    case = Assessed(affair)
    case.to_draft()
    case.issue()
    begun = ISSUED_ON + DAY
    made = begin(affair, case.id, Kind.MEDIATION, About.CONTENT, by="olli", day=begun)
    root = f"/ehc-plans/{case.plan.id}" if by_plan else f"/cases/{case.id}"
    close = f"{root}/disputes/{made}/close"
    sent = {"result": "no_agreement", "agreed": "They did not meet."} | day(begun)
    with on(begun):
        olli = town_of(affair)("olli")
        sent["shown"] = shown_by(olli.get(close))
        does(affair, "pam", disputing.tell_outcome, case.id, made, Result.AGREEMENT, begun, day=begun)
        for _ in range(2):
            refused = olli.post(close, sent)
            assert refused.status_code == 409
            assert "Somebody else changed this" in refused.text
            assert "They did not meet." in refused.text
            assert f'href="{close}"' in refused.text
            # Pressed again, it carries what the first page showed, and is refused again.
            assert shown_by(refused) == sent["shown"]
        assert dispute(affair, case.id).state == "open"
        anew = olli.get(close)
        assert "The family says: Agreed on what could be appealed" in anew.text
        assert olli.post(close, sent | {"shown": shown_by(anew)}).status_code == 303
    assert dispute(affair, case.id).state == "closed"


@pytest.mark.parametrize("by_plan", [False, True])
@pytest.mark.parametrize("name", ["certificate", "held", "hearing", "correct", "close"])
def test_every_page_of_a_dispute_carries_what_it_shows(affair: Affair, name: str, by_plan: bool) -> None:
    case = Assessed(affair)
    case.to_draft()
    case.issue()
    begun = ISSUED_ON + DAY
    kind = Kind.APPEAL if name == "hearing" else Kind.MEDIATION
    made = begin(affair, case.id, kind, About.CONTENT, by="olli", day=begun)
    root = f"/ehc-plans/{case.plan.id}" if by_plan else f"/cases/{case.id}"
    page = f"{root}/disputes/{made}/{name}"
    sent = day(begun) | {"shown": "7", "which": "asked", "reason": "So.", "result": "no_agreement"}
    with on(begun):
        olli = town_of(affair)("olli")
        assert shown_by(olli.get(page)) == "1"
        assert olli.post(page, sent).status_code == 409
    assert dispute(affair, case.id).row_version == 1


def test_a_form_with_a_fault_in_it_carries_what_it_was_sent_with(affair: Affair, refused: UUID) -> None:
    made = begin(affair, refused, Kind.MEDIATION, About.ASSESS, by="olli")
    held = f"/cases/{refused}/disputes/{made}/held"
    with on(BEGUN):
        olli = town_of(affair)("olli")
        shown = shown_by(olli.get(held))
        does(affair, "pam", disputing.tell_outcome, refused, made, Result.AGREEMENT, BEGUN)
        faulty = olli.post(held, day(BEGUN - 30 * DAY) | {"shown": "2"})
        assert (faulty.status_code, shown_by(faulty)) == (422, "2")
        faulty = olli.post(held, {"shown": shown})
        assert (faulty.status_code, shown_by(faulty)) == (422, shown)


def test_the_end_of_an_appeal_against_a_refusal_is_refused_from_a_stale_page(
    affair: Affair, refused: UUID
) -> None:
    affair.appeal(refused, BEGUN, by="olli")
    close = f"/cases/{refused}/close-appeal"
    with on(BEGUN):
        olli = town_of(affair)("olli")
        sent = {"result": "dismissed", "shown": shown_by(olli.get(close))} | day(BEGUN)
        does(affair, "pam", disputing.tell_appeal_outcome, refused, "conceded", BEGUN)
        for _ in range(2):
            stale = olli.post(close, sent)
            assert (stale.status_code, shown_by(stale)) == (409, sent["shown"])
        assert affair.row(refused).appeal_closed_on is None
        anew = olli.get(close)
        assert "The family says: The authority gave way" in anew.text
        assert olli.post(close, sent | {"shown": shown_by(anew)}).status_code == 303
    assert affair.row(refused).appeal_result == "dismissed"


def town_of(affair: Affair) -> Any:
    """Signs people in."""
    case = object.__new__(Assessed)
    case.cast = affair.cast
    return Town(case).signed_in
