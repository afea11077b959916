"""The pages from an assessment to a plan, as officer, parent and consulted school meet them."""

from __future__ import annotations

from datetime import date

import pytest

from isp import create_app
from tests.escalations.assessed import DAY, DECIDED_ON, ISSUED_ON, SENT_ON, Assessed
from tests.escalations.world import Affair, on
from tests.people.world import Browser, settings


class Town:
    """The whole application over a case, and browsers in it."""

    def __init__(self, case: Assessed) -> None:
        self.app = create_app(settings(), case.cast.store)
        self.last = 0

    def signed_in(self, name: str) -> Browser:
        self.last += 1
        browser = Browser(self.app, f"192.0.2.{self.last}")
        assert browser.sign_in(name).status_code == 303
        return browser


@pytest.fixture
def case(affair: Affair) -> Assessed:
    return Assessed(affair)


def day(of: date, name: str = "on") -> dict[str, str]:
    return {f"{name}-day": str(of.day), f"{name}-month": str(of.month), f"{name}-year": str(of.year)}


def test_the_whole_way_by_the_pages(case: Assessed) -> None:
    town = Town(case)
    href = f"/cases/{case.id}"
    with on(DECIDED_ON):
        olli = town.signed_in("olli")
        assert "Decide whether there is to be a plan" in olli.get(href).text
        page = olli.get(f"{href}/plan-decision")
        assert "Section 37(1)" in page.text
        wrong = olli.post(
            f"{href}/plan-decision",
            {"necessary": "yes", "decision": "no_plan", "reasons": "It is."} | day(DECIDED_ON),
        )
        assert (wrong.status_code, "must make a plan" in wrong.text) == (422, True)
        said = {"necessary": "yes", "decision": "issue", "reasons": "The advice says so."}
        assert olli.post(f"{href}/plan-decision", said | day(DECIDED_ON)).status_code == 303
        assert "The advice says so." in olli.get(f"{href}/decision").text
        missing = olli.post(f"{href}/send-draft", day(DECIDED_ON))
        assert (missing.status_code, "Section B holds no need yet" in missing.text) == (422, True)
    case.write()
    with on(SENT_ON):
        olli = town.signed_in("olli")
        assert olli.post(f"{href}/send-draft", day(SENT_ON)).status_code == 303
        asked = olli.post(
            f"{href}/consult", {"school_id": str(case.cast.places["elmfield"])} | day(SENT_ON, "sent_on")
        )
        assert asked.status_code == 303
        assert "No answer yet" in olli.get(href).text
    with on(SENT_ON + DAY):
        pam = town.signed_in("pam")
        family = pam.get(f"/pupils/{case.affair.ava}/assessment").text
        assert "Say what you think of it" in family
        answered = pam.post(f"{href}/answer-draft", {"said": "Sleep is missing.", "setting": "Elmfield"})
        assert answered.status_code == 303
        sena = town.signed_in("sena")
        assert "the school is asked about" in sena.get("/").text
        tray = sena.get("/consultations").text
        assert "Ava Planted" in tray
        consultation = f"/consultations/{case.consultation()}"
        shown = sena.get(consultation).text
        assert "follow instructions of two steps" in shown
        assert "Oakfield School" not in shown
        assert sena.get(f"/pupils/{case.affair.ava}").status_code == 403
        no = sena.post(consultation, {"said": "no"})
        assert (no.status_code, "section 39(4)" in no.text) == (422, True)
        assert sena.post(consultation, {"said": "yes"}).status_code == 303
        assert sena.get(consultation).status_code == 404
    with on(ISSUED_ON):
        olli = town.signed_in("olli")
        told = olli.get(href).text
        assert "Sleep is missing." in told
        nothing = olli.post(f"{href}/final", day(ISSUED_ON))
        assert (nothing.status_code, "Name one setting" in nothing.text) == (422, True)
        assert "Elmfield School (can take the child)" in olli.get(f"{href}/final").text
        other = olli.post(f"{href}/final", {"school_id": str(case.cast.places["elmfield"])} | day(ISSUED_ON))
        assert (other.status_code, "They must be the same" in other.text) == (422, True)
        named = {"school_id": str(case.cast.places["oakfield"])}
        odd = olli.post(f"{href}/final", named | {"within": "attic"} | day(ISSUED_ON))
        assert odd.status_code == 422
        place = {"within": "sen_unit", "residential": "A"}
        assert olli.post(f"{href}/final", named | place | day(ISSUED_ON)).status_code == 303
        reviews = olli.get(f"/ehc-plans/{case.plan.id}/reviews").text
        assert "In the school’s SEN unit, Residential, 38 to 51 weeks a year" in reviews
        assert "EHC plan made" in olli.get(href).text
        assert "Read the EHC plan" in town.signed_in("pam").get(f"/pupils/{case.affair.ava}/assessment").text


def test_mediation_and_an_appeal_by_the_pages(case: Assessed) -> None:
    town = Town(case)
    case.decide("no_plan")
    href = f"/cases/{case.id}/disputes"
    with on(DECIDED_ON + DAY):
        pam = town.signed_in("pam")
        assert "Nothing is on record" in pam.get(href).text
        begun = {"kind": "mediation", "about": "issue"} | day(DECIDED_ON + DAY)
        assert pam.post(f"{href}/new", begun).status_code == 303
        assert "30 days" not in pam.get(href).text
        olli = town.signed_in("olli")
        page = olli.get(href).text
        assert "Record the certificate" in page


def test_a_day_is_put_right_by_the_page(case: Assessed) -> None:
    town = Town(case)
    case.decide()
    with on(DECIDED_ON):
        olli = town.signed_in("olli")
        page = olli.get(f"/cases/{case.id}/correct").text
        assert "Decided to issue an EHC plan" in page
        step = case.step("to_issue")
        sent = {"step_id": str(step), "reason": "The letter has the day before."} | day(DECIDED_ON - DAY)
        assert olli.post(f"/cases/{case.id}/correct", sent).status_code == 303
    assert case.row.to_issue_on == DECIDED_ON - DAY


def test_a_case_is_ended_by_the_page(case: Assessed) -> None:
    town = Town(case)
    with on(DECIDED_ON):
        olli = town.signed_in("olli")
        assert "End this case" in olli.get(f"/cases/{case.id}/end").text
        wrong = olli.post(f"/cases/{case.id}/end", {"why": "moved"} | day(DECIDED_ON))
        assert wrong.status_code == 422
        sent = {"why": "moved", "moved_to": "330"} | day(DECIDED_ON)
        assert olli.post(f"/cases/{case.id}/end", sent).status_code == 303
        assert olli.get(f"/cases/{case.id}").status_code == 404
    assert (case.row.state, case.row.moved_to) == ("moved", "330")
