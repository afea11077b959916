"""Advice by its pages: asked, written, sent back, accepted; filed from mail; before a panel."""

from __future__ import annotations

import json
import re
from datetime import date
from io import BytesIO

import pytest

from isp.kernel import clock
from tests.escalations.advice_world import Advising
from tests.escalations.test_pages import Town
from tests.escalations.world import Affair


def day_of(name: str, on: date | None = None) -> dict[str, str]:
    """The three boxes of a date; of today where none is given."""
    found = on or clock.today()
    return {f"{name}-day": str(found.day), f"{name}-month": str(found.month), f"{name}-year": str(found.year)}


@pytest.fixture
def town(affair: Affair) -> Town:
    return Town(affair)


@pytest.fixture
def advising(affair: Affair) -> Advising:
    return Advising(affair)


def test_from_asking_to_accepting_by_the_pages(town: Town, affair: Affair, advising: Advising) -> None:
    olli, base = town.signed_in("olli"), f"/cases/{advising.case}/advice"
    assert f'href="{base}"' in olli.get(f"/cases/{advising.case}").text
    page = olli.get(base).text
    assert "Nobody has been asked yet for advice that the law requires" in page
    assert "(d) Psychology" in page
    form = olli.get(f"{base}/ask").text
    assert "regulation 6(1)(e)" in form
    assert "Somebody the family asks for" in form
    assert "Preparing for adulthood" not in form
    empty = olli.post(f"{base}/ask", day_of("asked_on"))
    assert empty.status_code == 422
    wrong = olli.post(f"{base}/ask", {"d_adviser_id": str(affair.person("sena")), **day_of("asked_on")})
    assert wrong.status_code == 422
    sent = {
        "d_adviser_id": str(affair.person("eve")),
        "c_whom": "Paediatric clinic, Northshire",
        "release": str(affair.versions[0].id),
        "representations": "Mornings are hard",
        **day_of("asked_on"),
    }
    assert olli.post(f"{base}/ask", sent).status_code == 303
    page = olli.get(base).text
    assert "(a) The parents" in page
    assert "6 weeks" in page
    assert "Paediatric clinic, Northshire" in page
    assert "Case" in olli.get("/cases/advice").text

    eve = town.signed_in("eve", network="192.0.2.5")
    assert eve.get("/").headers["Location"] == "/advice"
    listed = eve.get("/advice").text
    assert "Ava Planted" in listed
    mine = re.search(r'href="(/advice/[0-9a-f-]{36})"', listed)
    assert mine
    href = mine[1]
    page = eve.get(href).text
    assert "Mornings are hard" in page
    version = re.search(r'href="(/plans/[^"]+)"', page)
    assert version
    assert eve.get(version[1]).status_code == 200
    assert eve.get(f"/cases/{advising.case}").status_code in (403, 404)
    assert eve.get(base).status_code in (403, 404)
    half = eve.post(href, {"needs": "He tires", "do": "hand-in"})
    assert half.status_code == 422
    assert "He tires" in half.text
    assert "Say what provision" in half.text
    words = {"needs": "He tires", "provision": "Breaks, three a day", "outcomes": "Reads on"}
    assert eve.post(href, {**words, "do": "hand-in"}).status_code == 303
    assert "It is being checked" in eve.get(href).text

    advice_id = href.removeprefix("/advice/")
    one = f"/cases/advice/{advice_id}"
    assert "Breaks, three a day" in olli.get(one).text
    check = olli.get(f"{one}/check")
    assert check.status_code == 200
    back = olli.post(f"{one}/check", {"result": "back", "covers": "needs", "missing": "How long each?"})
    assert back.status_code == 303
    assert "How long each?" in eve.get(href).text
    assert eve.post(href, {"provision": "Breaks of five minutes", "do": "hand-in"}).status_code == 303
    every = ["needs", "provision", "outcomes"]
    done = olli.post(f"{one}/check", {"result": "accept", "covers": every})
    assert done.status_code == 303
    assert "Accepted" in olli.get(base).text
    assert eve.get(href).status_code == 404
    over = eve.get("/advice").text
    assert "Ava Planted" not in over
    assert "Over: you no longer see these children" in over


def test_what_is_typed_is_saved_as_it_is_typed(town: Town, advising: Advising) -> None:
    advice_id = advising.ask()
    eve = town.signed_in("eve")
    token = re.search(r'name="csrf-token" content="([^"]+)"', eve.get(f"/advice/{advice_id}").text)
    assert token
    answer = eve.client.post(
        f"/advice/{advice_id}/save",
        data=json.dumps({"revision": 0, "changes": {"needs": "Tires", "other": "x"}, "shown": {"needs": ""}}),
        headers={"X-CSRFToken": token[1], "Content-Type": "application/json"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert answer.json["fields"] == {"needs": "Tires"}
    assert "Tires" in eve.get(f"/advice/{advice_id}").text


def test_advice_by_mail_is_filed_and_every_deed_has_its_page(
    town: Town, affair: Affair, advising: Advising
) -> None:
    advice_id = advising.ask("c", None)
    olli, one = town.signed_in("olli"), f"/cases/advice/{advice_id}"
    for page in ("chase", "file", "declined", "withdraw", "check"):
        assert olli.get(f"{one}/{page}").status_code == 200, page
    chased = olli.post(f"{one}/chase", {"said": "Rang the clinic", **day_of("on")})
    assert chased.status_code == 303
    assert "Rang the clinic" in olli.get(one).text
    sent = {
        "author": "Dr Sample",
        "title": "Clinic report",
        "file": (BytesIO(b"What it says\n"), "report.txt"),
        **day_of("received_on"),
        **day_of("written_on"),
    }
    filed = olli.post(f"{one}/file", sent)
    assert filed.status_code == 303, filed.text
    page = olli.get(one).text
    paper = re.search(r'href="(/documents/[^"]+)"', page)
    assert paper
    assert "Dr Sample" in page
    assert olli.get(paper[1]).status_code == 200
    for name in ("sara", "pam", "eve"):
        assert town.signed_in(name, network="192.0.2.9").get(paper[1]).status_code in (403, 404), name


def test_a_school_and_a_parent_write_on_the_same_page_in_their_own_words(
    town: Town, advising: Advising
) -> None:
    of_school, of_parent = advising.ask("b", "sara"), advising.ask("a", "pam")
    assert "What is your advice?" in town.signed_in("sara").get(f"/advice/{of_school}").text
    pam = town.signed_in("pam", network="192.0.2.9")
    page = pam.get(f"/advice/{of_parent}").text
    assert "What do you want to say to the council?" in page
    assert "provision" not in re.sub(r'(id|name|for|aria-describedby)="[^"]*"', "", page)
    for path in ("report", "decline"):
        assert pam.get(f"/advice/{of_parent}/{path}").status_code == 200


def test_a_panel_by_its_pages(town: Town, affair: Affair, advising: Advising) -> None:
    mia, olli = town.signed_in("mia"), town.signed_in("olli", network="192.0.2.7")
    assert olli.get("/panels/plan").status_code == 403
    assert "Cases without a panel" in mia.get("/panels").text
    made = mia.post("/panels/plan", {"kind": "issue", **day_of("held_on")})
    assert made.status_code == 303, made.text
    panel = made.headers["Location"]
    case = f"/cases/{advising.case}/panel"
    put = olli.post(case, {"panel_id": panel.removeprefix("/panels/")})
    assert put.status_code == 303
    page = olli.get(panel).text
    assert "Ava Planted" in page
    assert re.search(r'href="/plans/[0-9a-f-]+/versions/2">Plan</a>', page)
    assert "Version 2" in page
    item = re.search(rf'href="({panel}/items/[0-9a-f-]+)"', page)
    assert item
    otis = town.signed_in("otis", network="192.0.2.8").get(panel).text
    assert "Ava Planted" not in otis
    assert mia.get(f"{panel}/held").status_code == 200
    early = mia.post(f"{panel}/held", {"members": ["manager"]})
    assert early.status_code == 409
    assert olli.get(item[1]).status_code == 200
    said = olli.post(item[1], {"recommendation": "issue", "reasons": "Support was not enough"})
    assert said.status_code == 303, said.text
    held = mia.post(f"{panel}/held", {"members": ["manager", "psychologist"]})
    assert held.status_code == 303
    page = mia.get(panel).text
    assert "SEN manager, Educational psychologist" in page
    assert "Issue an EHC plan" in olli.get(case).text
    assert town.signed_in("sid", network="192.0.2.10").get(panel).status_code == 404
