"""The pages of a request, in a browser's shoes: who reaches what, and what each page says."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from isp import create_app
from tests.escalations.world import Affair
from tests.people.world import Browser, settings

RESTS = {"words_a": "The plan shows it", "words_b": "The plan shows it"}


class Town:
    """The whole application over an affair, and browsers in it."""

    def __init__(self, affair: Affair) -> None:
        self.app = create_app(settings(), affair.cast.store)

    def signed_in(self, name: str, network: str = "192.0.2.1") -> Browser:
        browser = Browser(self.app, network)
        browser.arrive(name)
        return browser


@pytest.fixture
def town(affair: Affair) -> Town:
    return Town(affair)


def ask(town: Town, affair: Affair, name: str = "sara", **more: str) -> tuple[Browser, UUID]:
    """A request made by the form; its id."""
    browser = town.signed_in(name)
    path = f"/pupils/{affair.ava}/request-assessment"
    data = {"reasons": "Two cycles\ndid not close the gap", "release": str(affair.versions[0].id), **more}
    if "told_family" not in data:
        data["why_not_told"] = "We meet them on Friday"
    answer = browser.post(path, data)
    assert answer.status_code == 303, answer.text
    with affair.cast.making() as unit:
        from isp.escalations.queries import requests_about

        return browser, requests_about(unit, affair.ava)[0].id


def test_an_officer_without_a_request_meets_a_list_that_says_so(town: Town, affair: Affair) -> None:
    page = town.signed_in("olli").get("/cases")
    assert "No case has been given to you" in page.text
    assert town.signed_in("mia").get("/cases/all").status_code == 200


@pytest.mark.parametrize("path", ["/cases", "/cases/all"])
@pytest.mark.parametrize("name", ["sara", "pam", "eve", "nora"])
def test_others_find_no_cases(town: Town, path: str, name: str) -> None:
    assert town.signed_in(name).get(path).status_code == 404


def test_the_page_that_asks_says_what_is_missing_and_who_will_see(town: Town, affair: Affair) -> None:
    page = town.signed_in("sara").get(f"/pupils/{affair.ava}/request-assessment").text
    assert "The family’s views are not in the plan" in page
    assert "Who will see this" in page
    assert "Northshire Authority" in page


def test_a_request_from_form_to_refusal(town: Town, affair: Affair) -> None:
    sara, request_id = ask(town, affair, told_family="yes")
    assert "Deciding whether to assess" in sara.get(f"/pupils/{affair.ava}/assessment").text
    olli = town.signed_in("olli", network="192.0.2.7")
    listed = olli.get("/cases").text
    assert "Ava Planted" in listed
    page = olli.get(f"/cases/{request_id}").text
    assert "did not close the gap" in page
    links = set(re.findall(r'href="(/plans/[^"]+)"', page))
    assert links == {f"/plans/{affair.plan}/versions/2"}
    assert olli.get(links.pop()).status_code == 200
    wrong = olli.post(
        f"/cases/{request_id}/decide",
        {"limb_a": "yes", "limb_b": "yes", "decision": "refuse", "reasons": "No", **RESTS} | today(affair),
    )
    assert wrong.status_code == 422
    assert "must assess" in wrong.text
    answer = olli.post(
        f"/cases/{request_id}/decide",
        {"limb_a": "yes", "limb_b": "no", "decision": "refuse", "reasons": "The school can", **RESTS}
        | today(affair),
    )
    assert answer.status_code == 303
    decided = olli.get(answer.location).text
    assert "right to appeal to the First-tier Tribunal" in decided
    for name, limit in (
        ("pam", "The last day to ask the tribunal is"),
        ("sara", "The last day to appeal is"),
    ):
        told = town.signed_in(name, network="192.0.2.9").get(f"/cases/{request_id}/decision").text
        assert "The school can" in told
        assert limit in told


def today(affair: Affair) -> dict[str, str]:
    with affair.cast.making() as unit:
        day = unit.today
    return {
        "decided_on-day": str(day.day),
        "decided_on-month": str(day.month),
        "decided_on-year": str(day.year),
    }


def test_nothing_else_of_the_pupil_opens_to_the_officer(town: Town, affair: Affair) -> None:
    ask(town, affair)
    olli = town.signed_in("olli", network="192.0.2.7")
    plan = f"/plans/{affair.plan}"
    assert olli.get(f"{plan}/versions/1").status_code == 404
    assert olli.get(f"/plans/{affair.other_plan}").status_code == 404
    assert olli.get(f"{plan}/draft").status_code in (403, 404)
    assert olli.get(f"{plan}/edit").status_code in (403, 404)
    assert olli.get(f"{plan}/compare?earlier=1&later=2").status_code == 404
    assert f"{plan}/versions/1" not in olli.get(f"{plan}/versions").text
    assert "Draws maps" not in olli.get(f"{plan}/as-of?on-day=8&on-month=9&on-year=2020").text
    assert olli.get(f"/pupils/{affair.cast.pupils['ben']}").status_code == 404


def test_all_cases_name_no_child_and_open_only_ones_own(town: Town, affair: Affair) -> None:
    _, request_id = ask(town, affair)
    for name, opens in (("mia", True), ("olli", True), ("otis", False)):
        page = town.signed_in(name, network="192.0.2.7").get("/cases/all").text
        assert affair.row(request_id).reference in page
        assert "Ava" not in page
        assert "Planted" not in page
        assert (f"/cases/{request_id}" in page) is opens
    assert "EHC-" not in town.signed_in("sid").get("/cases/all").text


def test_lists_and_looks_are_remembered(town: Town, affair: Affair) -> None:
    _, request_id = ask(town, affair)
    olli = town.signed_in("olli", network="192.0.2.7")
    olli.get("/cases")
    (seen,) = affair.on_authority("list.viewed")
    assert seen.detail["count"] == 1
    assert seen.payload["pupils"] == [str(affair.ava)]
    olli.get(f"/cases/{request_id}")
    (looked,) = affair.on_pupil("assessment.viewed")
    assert looked.object_id == request_id
    assert looked.role == "authority_officer"


def test_a_version_of_another_pupil_is_refused_by_the_form(town: Town, affair: Affair) -> None:
    browser = town.signed_in("sara")
    path = f"/pupils/{affair.ava}/request-assessment"
    answer = browser.post(path, {"reasons": "Because", "release": str(affair.others[0].id)})
    assert answer.status_code == 422
    assert "Choose one of the answers shown" in answer.text
    assert affair.on_pupil("assessment.requested") == []


def test_a_rejected_request_comes_back_filled_in(town: Town, affair: Affair) -> None:
    browser = town.signed_in("pam")
    answer = browser.post(f"/pupils/{affair.ava}/request-assessment", {"reasons": ""})
    assert answer.status_code == 422
    assert "Enter why you ask" in answer.text


def test_the_family_reads_where_the_case_is_with_the_officer_and_where_to_get_advice(
    town: Town, affair: Affair
) -> None:
    pam, _ = ask(town, affair, "pam")
    page = pam.get(f"/pupils/{affair.ava}/assessment").text
    for words in ("Where is our case?", "Olli Example", "SENDIASS", "Take the request back", "6 weeks"):
        assert words in page
    paul = town.signed_in("paul", network="192.0.2.9").get(f"/pupils/{affair.ava}/assessment").text
    assert "did not close the gap" not in paul
    assert "Take the request back" not in paul


def test_taking_a_request_back_by_the_page_shuts_it(town: Town, affair: Affair) -> None:
    pam, request_id = ask(town, affair, "pam")
    answer = pam.post(f"/cases/{request_id}/withdraw", {})
    assert answer.status_code == 422
    assert pam.post(f"/cases/{request_id}/withdraw", {"sure": "yes"}).status_code == 303
    assert town.signed_in("olli", network="192.0.2.7").get(f"/cases/{request_id}").status_code == 404


def test_a_manager_gives_the_case_over_by_the_page(town: Town, affair: Affair) -> None:
    _, request_id = ask(town, affair)
    mia = town.signed_in("mia", network="192.0.2.7")
    page = mia.get(f"/cases/{request_id}/assign").text
    assert "Otis Example" in page
    assert (
        mia.post(f"/cases/{request_id}/assign", {"officer_id": str(affair.person("otis"))}).status_code == 303
    )
    assert town.signed_in("otis").get(f"/cases/{request_id}").status_code == 200
    assert town.signed_in("olli").get(f"/cases/{request_id}").status_code == 404
    olli = town.signed_in("otis").get(f"/cases/{request_id}/assign")
    assert olli.status_code == 403


def test_appeal_pages_keep_the_case_open_and_close_it(town: Town, affair: Affair) -> None:
    _, request_id = ask(town, affair)
    with affair.cast.making() as unit:
        day = unit.today
    affair.decide(request_id, day=day)
    pam = town.signed_in("pam", network="192.0.2.9")
    when = {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year)}
    assert pam.post(f"/cases/{request_id}/appeal", when).status_code == 303
    assert "a tribunal is looking at it again" in pam.get(f"/pupils/{affair.ava}/assessment").text
    olli = town.signed_in("olli", network="192.0.2.7")
    answer = olli.post(f"/cases/{request_id}/close-appeal", {"result": "dismissed", **when})
    assert answer.status_code == 303
    assert answer.location == "/cases"
    assert olli.get(f"/cases/{request_id}").status_code == 404


def test_no_title_and_no_address_names_the_child(town: Town, affair: Affair) -> None:
    _, request_id = ask(town, affair)
    olli = town.signed_in("olli", network="192.0.2.7")
    olli.client.forbidden_in_titles = frozenset({"Ava", "Planted"})
    for path in ("/cases", "/cases/all", f"/cases/{request_id}", f"/cases/{request_id}/decide"):
        assert olli.get(path).status_code == 200
