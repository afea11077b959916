"""The EHC plan's pages in a browser's shoes: who reaches what, and the journey from draft to a check."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import pytest

from isp import create_app
from isp.ehcp import actions, queries
from isp.ehcp.rules import Sort
from isp.records import drafts
from tests.ehcp.world import Desk, ready_content, with_health
from tests.people.world import Browser, settings


class Office:
    """The whole application over a desk, and browsers in it."""

    def __init__(self, desk: Desk) -> None:
        self.app = create_app(settings(sign_in_tries=1000), desk.cast.store)
        self.desk = desk
        self.base = f"/ehc-plans/{desk.plan}"
        self.browsers: dict[str, Browser] = {}

    def as_(self, name: str) -> Browser:
        if name not in self.browsers:
            browser = Browser(self.app, f"192.0.2.{len(self.browsers) + 1}")
            assert browser.sign_in(name).status_code == 303
            self.browsers[name] = browser
        return self.browsers[name]

    def draft(self) -> Any:
        with self.desk.cast.making() as unit:
            row = queries.plan_row(unit, self.desk.plan)
            assert row is not None
            return drafts.read(unit, row.record_id)

    def form(self, path: str, name: str) -> dict[str, Any]:
        """The hidden fields of an editor's page."""
        page = self.as_(name).get(path).text
        found = dict(re.findall(r'name="(revision|_draft|_shown)" value="([^"]*)"', page))
        return {key: value.replace("&#34;", '"').replace("&quot;", '"') for key, value in found.items()}


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


def test_the_officer_opens_writes_and_meets_what_is_not_matched(office: Office) -> None:
    olli = office.as_("olli")
    assert "has not been opened" in olli.get(office.base).text
    assert "Open the plan for writing" in olli.get(f"{office.base}/edit").text
    assert olli.post(f"{office.base}/edit", {}).status_code == 303
    assert "What is still to be written" in olli.get(f"{office.base}/edit").text
    here = f"{office.base}/edit/b"
    assert olli.post(here, {**office.form(here, "olli"), "do": "add"}).status_code == 303
    item = office.draft().content["sections"]["b"]["items"][0]["id"]
    sent = {**office.form(here, "olli"), f"b.{item}.need": "Two-step instructions are hard"}
    assert olli.post(here, sent).status_code == 303
    page = olli.get(here).text
    assert "Two-step instructions are hard" in page
    assert "Each need is matched by provision" in page
    for path in ("draft", "draft/changes", "ready", "edit/f", "edit/j", "edit/k"):
        assert olli.get(f"{office.base}/{path}").status_code == 200, path


def test_the_officer_says_of_an_arrangement_in_section_j_whose_money_it_is(office: Office) -> None:
    office.desk.open(ready_content())
    olli, here = office.as_("olli"), f"{office.base}/edit/j"
    assert olli.post(here, {**office.form(here, "olli"), "do": "add"}).status_code == 303
    item = office.draft().content["sections"]["j"]["items"][0]["id"]
    page = olli.get(here).text
    assert "More than one of these together (an integrated budget)" in page
    sent = {f"j.{item}.what": "Swimming.", f"j.{item}.paid": "direct", f"j.{item}.fund": "health"}
    assert olli.post(here, {**office.form(here, "olli"), **sent}).status_code == 303
    kept = office.draft().content["sections"]["j"]["items"][0]
    assert (kept["paid"], kept["fund"]) == ("direct", "health")
    office.desk.publish()
    assert "Paid from" in olli.get(office.base).text


def test_what_is_typed_saves_itself_and_vague_words_are_named(office: Office) -> None:
    vague = ready_content()
    item = vague["sections"]["f"]["items"][0]
    office.desk.open(vague)
    olli, draft = office.as_("olli"), office.draft()
    key = f"f.{item['id']}.what"
    body = {
        "revision": draft.revision,
        "changes": {key: "Regular support as appropriate."},
        "shown": {key: item["what"]},
    }
    answer = olli.client.post(
        f"{office.base}/draft?draft={draft.id}",
        data=json.dumps(body),
        content_type="application/json",
        headers={"X-CSRF-Token": token(olli, f"{office.base}/edit/f"), "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert "These words stop the plan" in answer.json["hints"][key]
    assert "Regular support" in olli.get(f"{office.base}/edit/f").text
    assert "Section F" in olli.get(f"{office.base}/ready").text


def token(browser: Browser, path: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', browser.get(path).text)
    return found[1] if found else ""


def test_words_are_kept_with_a_reason(office: Office) -> None:
    vague = ready_content()
    vague["sections"]["f"]["items"][0]["what"] = "Regular support."
    office.desk.open(vague)
    olli, item = office.as_("olli"), vague["sections"]["f"]["items"][0]["id"]
    here = f"{office.base}/keep/f.{item}.what/missing"
    page = olli.get(here)
    if page.status_code == 409:  # the amount stands in the fields: another rule speaks
        rule = re.search(rf'value="keep:f\.{item}\.what:(\w+)"', olli.get(f"{office.base}/edit/f").text)
        assert rule is not None
        here = f"{office.base}/keep/f.{item}.what/{rule[1]}"
        page = olli.get(here)
    mark = re.search(r'name="mark" value="(\w+)"', page.text)
    assert mark is not None
    looks = len(office.desk.trail("ehcp.draft_viewed"))
    olli.get(here)
    assert len(office.desk.trail("ehcp.draft_viewed")) == looks + 1
    assert olli.post(here, {"mark": mark[1], "reason": ""}).status_code == 422
    assert olli.post(here, {"mark": mark[1], "reason": "Agreed in mediation"}).status_code == 303
    assert "Agreed in mediation" in olli.get(f"{office.base}/edit/f").text
    assert office.as_("sara").get(here).status_code == 403


def test_a_parent_writes_her_own_words_and_meets_nobody_elses(office: Office) -> None:
    office.desk.open(ready_content())
    pam, paul = office.as_("pam"), office.as_("paul")
    here = f"{office.base}/edit/a"
    for who, words in ((pam, "She loves maps and trains"), (paul, "He hopes for college")):
        name = "pam" if who is pam else "paul"
        assert who.post(here, {**office.form(here, name), "do": "add"}).status_code == 303
        item = office.draft().content["sections"]["a"]["items"][-1]
        assert item["said_by"] == str(office.desk.cast.people[name])
        assert who.post(here, {**office.form(here, name), f"a.{item['id']}.words": words}).status_code == 303
    assert "maps and trains" in pam.get(here).text
    assert "college" not in pam.get(here).text
    assert "maps and trains" not in paul.get(here).text
    theirs = office.draft().content["sections"]["a"]["items"][-1]["id"]
    stolen = office.form(here, "pam") | {f"a.{theirs}.words": "Other words", "do": f"remove:{theirs}"}
    pam.post(here, stolen)
    assert office.draft().content["sections"]["a"]["items"][-1]["words"] == "He hopes for college"
    assert pam.get(f"{office.base}/edit/b").status_code == 403
    assert pam.post(f"{office.base}/edit/b", {**office.form(here, "pam"), "do": "add"}).status_code == 403
    assert "He hopes for college" in office.as_("olli").get(here).text


def test_a_parent_is_not_told_what_the_other_one_does_and_the_authority_is(office: Office) -> None:
    desk, here = office.desk, f"{office.base}/edit/a"
    desk.open(ready_content())
    desk.in_force()
    with desk.cast.acting("olli") as unit:
        actions.start_draft(unit, desk.plan)
    pam, paul, olli = office.as_("pam"), office.as_("paul"), office.as_("olli")
    assert paul.post(here, {**office.form(here, "paul"), "do": "add"}).status_code == 303
    assert paul.post(f"{office.base}/checks/new", {"words": "No therapist since May"}).status_code == 303
    for path in (f"{office.base}/edit", here, f"{office.base}/checks"):
        assert "Paul" not in pam.get(path).text, path
        assert "Paul" in paul.get(path).text, path
        assert "Paul" in olli.get(path).text, path
    assert "Last written" not in pam.get(here).text
    assert "Asked by" in pam.get(f"{office.base}/checks").text  # what the school or the officer asked


def test_health_writes_its_sections_agrees_and_is_asked_again(office: Office) -> None:
    office.desk.open(with_health(ready_content()))
    eve = office.as_("eve")
    assert eve.get(f"{office.base}/edit/c").status_code == 200
    assert eve.get(f"{office.base}/edit/d").status_code == 403
    assert eve.get(f"{office.base}/edit/f").status_code == 403
    here = f"{office.base}/agree/health"
    assert eve.get(here).status_code == 403  # nobody has named her for the health body
    naming = f"{office.base}/agreeing/health"
    assert eve.get(naming).status_code == 403
    olli = office.as_("olli")
    who = str(office.desk.cast.people["eve"])
    assert 'name="shown" value="nobody"' in olli.get(naming).text
    named = {"person_id": who, "body": "Northshire ICB", "shown": "nobody"}
    assert olli.post(naming, named | {"body": ""}).status_code == 422
    assert olli.post(naming, named).status_code == 303
    stale = olli.post(naming, named | {"body": "Southshire ICB"})
    assert stale.status_code == 409
    assert "Southshire ICB" in stale.text
    assert 'name="shown" value="nobody"' in stale.text
    assert "agrees for Northshire ICB" in olli.get(here).text
    page = eve.get(here).text
    assert "You agree for Northshire ICB" in page
    assert "Asthma" in page
    shown = re.search(r'name="shown" value="(\d+)"', page)
    assert shown is not None
    assert [seen.actor_id for seen in office.desk.trail("ehcp.draft_viewed")][-1:] == [
        office.desk.cast.people["eve"]
    ]
    assert eve.post(here, {"shown": shown[1], "words": ""}).status_code == 303
    assert "Agreed" in office.as_("olli").get(f"{office.base}/edit").text
    assert eve.get(f"{office.base}/agree/care").status_code == 403
    assert office.as_("olli").get(f"{office.base}/agree/care").status_code == 200
    assert office.as_("pam").get(here).status_code == 403


def test_entries_come_over_from_the_schools_plan_as_references(office: Office) -> None:
    desk = office.desk
    desk.open(ready_content(b=[]))
    olli, here = office.as_("olli"), f"{office.base}/edit/b/take-over"
    assert "no version of the school’s plan that you can read" in olli.get(here).text
    with desk.cast.making() as unit:
        from isp.records import versions

        version = versions.page(unit, desk.isp)[0]
    desk.cast.case("ava", "northshire", "olli", {version.id: version.digest})
    page = olli.get(here).text
    entry = re.search(r'name="entries"[^>]*value="([^"]+)"', page)
    assert entry is not None
    assert olli.post(here, {"shown": "1", "entries": entry[1]}).status_code == 303
    item = office.draft().content["sections"]["b"]["items"][0]
    assert (item["from_item"], item["from_digest"]) == (entry[1], version.digest.hex())
    assert "Following long instructions" in item["need"]
    assert "See version 1" in olli.get(f"{office.base}/edit/b").text
    assert desk.trail("ehcp.taken_over")[0].detail["count"] == 1
    assert olli.post(here, {"shown": "1", "entries": entry[1]}).status_code in (409, 422)


def test_the_plan_is_read_compared_and_taken_as_pdf_and_word(office: Office) -> None:
    desk = office.desk
    desk.open(ready_content())
    desk.in_force()
    with desk.cast.acting("olli") as unit:
        actions.start_draft(unit, desk.plan)
    changed = office.draft().content
    sections = dict(changed["sections"])
    sections["b"] = {
        **sections["b"],
        "items": [{**sections["b"]["items"][0], "need": "Instructions of three steps are hard."}],
    }
    desk.write({**changed, "sections": sections})
    desk.publish(Sort.AMENDED, reason="After the annual review")
    pam = office.as_("pam")
    assert "What is in the EHC plan?" in pam.get(office.base).text
    assert "After the annual review" in pam.get(f"{office.base}/versions").text
    assert "three" in pam.get(f"{office.base}/compare").text
    assert pam.get(f"{office.base}/versions/1").status_code == 200
    assert pam.get(f"{office.base}/versions/9").status_code == 404
    assert pam.get(f"{office.base}/print").status_code == 200
    pdf = pam.get(f"{office.base}/print/plan.pdf")
    assert (pdf.status_code, pdf.data[:5]) == (200, b"%PDF-")
    assert pam.get(f"{office.base}/print/plan.docx").status_code == 200
    olli = office.as_("olli")
    assert olli.get(f"{office.base}/print/plan.pdf").status_code == 303  # for which purpose?
    assert olli.get(f"{office.base}/print/plan.pdf?purpose=assessment").status_code == 200
    assert office.as_("tom").get(f"{office.base}/print/plan.pdf").status_code == 403
    assert "Asthma" not in office.as_("tom").get(office.base).text
    for name in ("nora", "sid", "stan"):
        assert office.as_(name).get(office.base).status_code == 404, name


def test_provision_is_checked_and_what_is_owed_is_listed(office: Office) -> None:
    desk = office.desk
    desk.open(ready_content())
    desk.in_force()
    sara, pam = office.as_("sara"), office.as_("pam")
    page = sara.get(f"{office.base}/checks").text
    assert "The plan was issued" in sara.get("/provision-checks").text
    found = re.search(r'href="(/provision-checks/[0-9a-f-]+)"', page)
    assert found is not None  # the plan was issued: its check is open
    check = sara.get(found[1]).text
    item = re.search(r'name="([0-9a-f-]{36})-finding"', check)
    assert item is not None
    assert sara.post(found[1], {"do": "close"}).status_code == 409
    told = {f"{item[1]}-finding": "partly", f"{item[1]}-evidence": ""}
    assert sara.post(found[1], told).status_code == 422
    told = {f"{item[1]}-finding": "partly", f"{item[1]}-evidence": "The therapist comes every other week"}
    assert sara.post(found[1], {**told, "do": "close"}).status_code == 303
    assert "every other week" in office.as_("olli").get(f"{office.base}/checks").text
    seen = pam.get(f"{office.base}/checks").text
    assert "In part" in seen
    assert "every other week" not in seen
    assert "The yearly check" in seen
    assert "Ava Planted" in sara.get("/provision-checks").text
    assert "Ava Planted" in office.as_("olli").get("/provision-checks").text
    assert "Ava" not in office.as_("sena").get("/provision-checks").text
    assert pam.get("/provision-checks").status_code == 403
    assert pam.get(found[1]).status_code == 403
    assert pam.post(f"{office.base}/checks/new", {"words": ""}).status_code == 422
    assert pam.post(f"{office.base}/checks/new", {"words": "No therapist since May"}).status_code == 303
    assert "No therapist since May" in sara.get(f"{office.base}/checks").text
    for name in ("sara", "olli", "hal"):
        assert "worried that provision in an EHC plan" in office.as_(name).get("/messages").text
    assert "worried that provision" not in office.as_("paul").get("/messages").text
    assert "No therapist since May" not in office.as_("paul").get(f"{office.base}/checks").text
    assert office.as_("tom").get(f"{office.base}/checks").status_code == 403
    assert [seen.detail["owed"] for seen in desk.trail("ehcp.check_closed")] == [1]


def test_a_plan_from_elsewhere_comes_in_as_its_file_and_entries(office: Office) -> None:
    desk = office.desk
    desk.cast.case("ben", "northshire", "olli", {})
    olli, here = office.as_("olli"), f"/pupils/{desk.cast.pupils['ben']}/bring-ehc-plan"
    assert "Which EHC plan do you bring in?" in olli.get(here).text
    told = {
        "made_on-day": "3",
        "made_on-month": "3",
        "made_on-year": "2025",
        "from_authority": "",
        "needs": "Ben finds reading hard.\n\nBen tires quickly.",
        "outcomes": "Ben reads a page.",
        "provision": "Reading with a teacher.",
        "label": "S1",
    }
    assert olli.post(here, {**told, "needs": "", "file": (BytesIO(b"A plan"), "p.txt")}).status_code == 422
    answer = olli.post(here, {**told, "file": (BytesIO(b"A plan"), "plan.txt")})
    assert answer.status_code == 303, answer.text
    where = answer.headers["Location"]
    page = olli.get(where).text
    assert "Brought in from elsewhere" in page
    assert "Ben tires quickly." in page
    assert "3 March 2025" in page
    assert "Reading with a teacher." in office.as_("bea").get(where).text
    assert olli.get(here).status_code == 302
    for name, status in (("sara", 403), ("nora", 404), ("sid", 404), ("bea", 403)):
        assert office.as_(name).get(here).status_code == status, name
