"""The pages about plans in force, in a browser's shoes: a review from its opening to the amended plan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from isp import create_app
from isp.escalations.upkeep import ceasing, reviewing
from isp.kernel import clock
from isp.records.changes import Change, Op
from tests.escalations.upkeep_world import Upkeep
from tests.people.world import Browser, settings
from tests.reviews.desk import Desk as Reviews


class Town:
    """The whole application over plans in force, and browsers in it."""

    def __init__(self, upkeep: Upkeep) -> None:
        self.app = create_app(settings(), upkeep.cast.store)
        self.number = 0

    def signed_in(self, name: str) -> Browser:
        self.number += 1
        browser = Browser(self.app, f"192.0.{self.number}.1")
        browser.arrive(name)
        return browser


@pytest.fixture
def town(upkeep: Upkeep) -> Town:
    return Town(upkeep)


def day(name: str, on: date) -> dict[str, str]:
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


def sent(browser: Browser, path: str, data: Mapping[str, Any]) -> str:
    """A form that is accepted: where it leads."""
    answer = browser.post(path, dict(data))
    assert answer.status_code == 303, re.sub(r"<[^>]+>", " ", answer.text)
    return str(answer.headers["Location"])


def shown(browser: Browser, path: str) -> str:
    """The row version that a form's page shows."""
    found = re.search(r'name="shown" value="(\d+)"', browser.get(path).text)
    assert found is not None
    return found[1]


def test_a_review_from_the_schools_list_to_the_amended_plan(town: Town, upkeep: Upkeep) -> None:
    today = clock.today()
    sara = town.signed_in("sara")
    listed = sara.get("/annual-reviews").text
    home = f"/ehc-plans/{upkeep.plan}/reviews"
    assert "Ava Planted" in listed
    assert home in listed
    assert sent(sara, f"/ehc-plans/{upkeep.plan}/open-review", {"kind": "annual"}) == home
    found = re.search(r"/annual-reviews/[0-9a-f-]{36}", sara.get(home).text)
    assert found is not None
    review = found[0]
    everybody = ["family", "head", "authority", "health", "social_care"]
    meeting = today - timedelta(days=1)
    invited = {
        **day("sent_on", today - timedelta(days=20)),
        **day("meeting_on", meeting),
        "invited": everybody,
    }
    wrong = sara.post(
        f"{review}/invite", {**invited, "invited": ["head"], "shown": shown(sara, f"{review}/invite")}
    )
    assert wrong.status_code == 422
    assert "The family must be invited" in wrong.text
    sent(sara, f"{review}/invite", {**invited, "shown": shown(sara, f"{review}/invite")})
    sent(sara, f"{review}/papers", {**day("sent_on", today - timedelta(days=15))})
    said = {"attended": ["family", "head"], "views": "She likes maps", "progress": "Two of three"}
    sent(sara, f"{review}/meeting", {**day("held_on", meeting), **said})
    sent(sara, f"{review}/report", {**day("sent_on", today), "recommends": "amend", "report": "More minutes"})
    assert "With the authority, to decide" in sara.get(review).text
    assert sara.get(f"{review}/decide").status_code == 403
    olli = town.signed_in("olli")
    assert "Regulation 20(10)" in olli.get(review).text
    stale = olli.post(
        f"{review}/decide",
        {**day("decided_on", today), "outcome": "amend", "reasons": "As reported", "shown": "1"},
    )
    assert stale.status_code == 409
    decision = {**day("decided_on", today), "outcome": "amend", "reasons": "As reported"}
    sent(olli, f"{review}/decide", {**decision, "shown": shown(olli, f"{review}/decide")})
    sent(olli, f"{review}/notice", {**day("notice_on", today), "changes": "Section F"})
    too_soon = olli.post(f"{review}/amended", day("on", today))
    assert too_soon.status_code == 422
    sent(olli, f"{review}/amended", {**day("on", today), "answered": "yes"})
    assert "Amended plan sent" in town.signed_in("pam").get(review).text


def test_the_family_reads_what_becomes_of_the_plan_and_asks_for_a_reassessment(
    town: Town, upkeep: Upkeep
) -> None:
    pam = town.signed_in("pam")
    home = f"/ehc-plans/{upkeep.plan}/reviews"
    page = pam.get(home).text
    assert "The next review" in page
    assert "Ask for a re-assessment" in page
    assert "Record" not in page
    sent(pam, f"/ehc-plans/{upkeep.plan}/reassess", {"reasons": "Much has changed"})
    olli = town.signed_in("olli")
    assert "Much has changed" in olli.get(home).text
    answer = {**day("decided_on", clock.today()), "decision": "refuse", "refusal": "unnecessary"}
    path = f"/ehc-plans/{upkeep.plan}/reassessment-answer"
    sent(olli, path, {**answer, "reasons": "The plan suits", "shown": shown(olli, path)})


def test_a_plan_is_considered_ceased_and_its_end_waits(town: Town, upkeep: Upkeep) -> None:
    olli, today = town.signed_in("olli"), clock.today()
    base = f"/ehc-plans/{upkeep.plan}"
    consider = {**day("considering_on", today), "reason": "2", "why": "The outcomes are reached"}
    sent(olli, f"{base}/consider-ending", consider)
    for who in ("family", "school"):
        sent(olli, f"{base}/ending-answer", {**day("on", today), "who": who, "said": "Agreed"})
    sent(olli, f"{base}/cease", {**day("decided_on", today), "reasons": "The outcomes are reached"})
    assert "The plan is kept until at least" in olli.get(f"{base}/reviews").text
    assert "You can ask a tribunal" in town.signed_in("pam").get(f"{base}/reviews").text
    assert olli.post(f"{base}/end", day("on", today)).status_code == 409


def test_a_plan_handed_over_is_gone_from_the_old_authority(town: Town, upkeep: Upkeep) -> None:
    olli, today = town.signed_in("olli"), clock.today()
    base = f"/ehc-plans/{upkeep.plan}"
    sent(olli, f"{base}/move", {"to_la": "202", **day("known_on", today), **day("moves_on", today)})
    assert sent(olli, f"{base}/hand-over", day("on", today)) == "/annual-reviews"
    assert olli.get(f"{base}/reviews").status_code == 404
    sid = town.signed_in("sid")
    assert "Tell the family of the transfer" in sid.get(f"{base}/reviews").text


def test_an_order_has_its_day_and_is_carried_out(town: Town, upkeep: Upkeep) -> None:
    olli, today = town.signed_in("olli"), clock.today()
    base = f"/ehc-plans/{upkeep.plan}"
    sent(olli, f"{base}/order", {**day("on", today), "act": "order_setting"})
    page = olli.get(f"{base}/reviews").text
    found = re.search(r"/ehc-plans/[0-9a-f-]{36}/orders/[0-9a-f-]{36}/done", page)
    assert found is not None
    told = {**day("on", today), "shown": shown(olli, found[0])}
    assert olli.post(found[0], told).status_code == 409  # which setting does the plan name now?
    sent(olli, found[0], {**told, "school_id": str(upkeep.cast.places["elmfield"])})
    assert "Ordered, and still to be done" not in olli.get(f"{base}/reviews").text


def test_where_the_child_is_and_since_when_is_recorded_on_the_page_of_the_plan(
    town: Town, upkeep: Upkeep
) -> None:
    olli, today = town.signed_in("olli"), clock.today()
    base = f"/ehc-plans/{upkeep.plan}"
    oakfield, elmfield = (str(upkeep.cast.places[name]) for name in ("oakfield", "elmfield"))
    assert "Say which setting the plan names" in olli.get(f"{base}/reviews").text
    sent(olli, f"{base}/setting", {**day("from_on", date(2026, 1, 12)), "school_id": oakfield})
    page = olli.get(f"{base}/reviews").text
    assert "Named in section I" in page
    assert "Say which setting the plan names" not in page
    told = {**day("on", today), "setting": "other", "school_id": elmfield, "rank": "1"}
    assert olli.post(f"{base}/started", {**told, "setting": "", **day("on", today)}).status_code == 422
    sent(olli, f"{base}/started", {**told, "shown": shown(olli, f"{base}/started")})
    form = olli.get(f"{base}/left").text
    assert "Elmfield School" in form
    place = re.search(r'name="placement"[^>]*value="([^"]+)"', form)
    assert place is not None
    sent(olli, f"{base}/left", {**day("on", today), "placement": place[1]})
    assert "Placed there" in olli.get(f"{base}/reviews").text
    for name in ("sara", "pam"):
        seen = town.signed_in(name).get(f"{base}/reviews").text
        assert "Named in section I" not in seen
        assert town.signed_in(name).get(f"{base}/started").status_code == 403


def test_lists_go_to_the_schools_that_have_reviews(town: Town, upkeep: Upkeep) -> None:
    olli, today = town.signed_in("olli"), clock.today()
    term = {**day("term_from", today + timedelta(days=30)), **day("term_to", today + timedelta(days=120))}
    query = "&".join(f"{name}={value}" for name, value in term.items())
    page = olli.get(f"/annual-reviews/lists?{query}").text
    assert "Oakfield School" in page
    school = str(upkeep.cast.places["oakfield"])
    sent(olli, "/annual-reviews/lists", {**term, "school_id": ["no id"]})
    assert "Choose at least one school" in olli.get(f"/annual-reviews/lists?{query}").text
    sent(olli, "/annual-reviews/lists", {**term, "school_id": ["no id", school]})
    assert "Schools that have the list" in olli.get(f"/annual-reviews/lists?{query}").text
    assert "Lists that the authority sent" in town.signed_in("hal").get("/annual-reviews").text
    assert town.signed_in("sara").get("/annual-reviews/lists").status_code == 404


def test_children_out_of_school_from_the_schools_word_to_the_decision(town: Town, upkeep: Upkeep) -> None:
    sara, today = town.signed_in("sara"), clock.today()
    cleo = upkeep.cast.pupils["cleo"]
    said = {"sort": "part_time", "hours": "12", "what": "Mornings only"}
    where = sent(sara, f"/pupils/{cleo}/out-of-school", {**day("since_on", today), **said})
    mia = town.signed_in("mia")
    assert "Cleo Planted" in mia.get("/out-of-school").text
    decision = {**day("decided_on", today), **day("review_on", today + timedelta(weeks=4))}
    path = f"{where}/decide"
    sent(mia, path, {**decision, "decision": "arrange", "reasons": "Tuition", "shown": shown(mia, path)})
    assert "Tuition" in sara.get(where).text
    assert town.signed_in("sid").get(where).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/annual-reviews",
        "/annual-reviews?show=late",
        "/annual-reviews?show=term",
        "/annual-reviews?show=unplanned",
        "/annual-reviews?show=amending",
        "/annual-reviews/phase",
        "/annual-reviews/phase?kind=post16&show=not_named",
        "/annual-reviews/phase?show=done",
        "/out-of-school?show=again",
    ],
)
def test_each_way_to_look_at_a_list_is_a_page(town: Town, path: str) -> None:
    for name in ("olli", "sara"):
        assert town.signed_in(name).get(path).status_code == 200
    assert town.signed_in("nora").get(path).status_code == 404


def test_the_schools_own_report_is_attached_by_its_version_and_the_authority_reads_it(
    town: Town, upkeep: Upkeep
) -> None:
    desk, today = Reviews(upkeep.cast), clock.today()
    review = desk.planned(upkeep.isp, led_by="sara")
    desk.open(review, by="sara")
    desk.fill(review, by="sara")
    desk.write(review, Change(Op.SET, "views", None, "family", "She reads to her brother now"), by="sara")
    version = desk.close(review, by="sara").version
    annual = upkeep.does("sara", reviewing.open_review, upkeep.plan, today)
    upkeep.held(annual, day=today)
    sara = town.signed_in("sara")
    path = f"/annual-reviews/{annual}"
    data = {**day("sent_on", today), "recommends": "maintain"}
    assert sara.post(f"{path}/report", data).status_code == 422
    sent(sara, f"{path}/report", {**data, "version_id": str(version.id)})
    row = upkeep.row(annual)
    assert (row.report_version_id, bytes(row.report_digest)) == (version.id, version.digest)
    olli = town.signed_in("olli")
    assert f"{path}/school-report" in olli.get(path).text
    read = olli.get(f"{path}/school-report").text
    assert "She reads to her brother now" in read
    assert "Unaltered since it was attached" in read
    assert town.signed_in("sid").get(f"{path}/school-report").status_code == 404
    assert town.signed_in("pam").get(f"{path}/school-report").status_code == 404


def test_a_family_disputes_the_end_of_a_plan_on_the_page_of_the_plan(town: Town, upkeep: Upkeep) -> None:
    today = clock.today()
    upkeep.considered(day=today)
    upkeep.does("olli", ceasing.decide, upkeep.plan, today, decided_on=today, reasons="Reached.")
    pam = town.signed_in("pam")
    home = f"/ehc-plans/{upkeep.plan}/disputes"
    assert home in pam.get(f"/ehc-plans/{upkeep.plan}/reviews").text
    said = {"kind": "mediation", "about": "cease"} | day("on", today)
    assert sent(pam, f"{home}/new", said) == home
    found = re.search(rf"{home}/([0-9a-f-]{{36}})/certificate", pam.get(home).text)
    assert found is not None
    base = f"{home}/{found[1]}"
    assert sent(pam, f"{base}/certificate", day("on", today)) == home
    assert "Last day to appeal with it" in pam.get(home).text
    assert pam.get(f"{base}/hearing").status_code == 403
    olli = town.signed_in("olli")
    end = olli.post(f"/ehc-plans/{upkeep.plan}/end", day("on", today) | {"shown": ""})
    assert end.status_code == 409
    assert "Mediation about it is open" in end.text
    assert sent(olli, f"{base}/close", {"result": "no_agreement", "agreed": ""} | day("on", today)) == home
    for stranger in ("sid", "sena", "nora"):
        assert town.signed_in(stranger).get(home).status_code in (403, 404)
    assert olli.get(f"/ehc-plans/{upkeep.plans['eli']}/disputes/{found[1]}/close").status_code == 404


def test_what_a_family_gives_with_an_unknown_decision_is_kept_and_the_date_asked(
    town: Town, upkeep: Upkeep
) -> None:
    pam = town.signed_in("pam")
    answer = pam.post(
        f"/ehc-plans/{upkeep.plan}/disputes/new",
        {"kind": "appeal", "about": "amend"} | day("on", clock.today()),
    )
    assert answer.status_code == 422
    assert "Give the date on the letter" in answer.text
