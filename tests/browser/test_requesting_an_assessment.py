"""A request in a real browser: the SENCO asks, the officer sees what it released and refuses it.

Against the whole application over the standing cast, in a server of this process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from isp import create_app
from tests.browser.accessible import axe, reflows
from tests.browser.site import serving
from tests.cast import PASSWORD, Cast, small_plan, standing_cast
from tests.engines import SQLiteStore
from tests.people.world import settings

Enter = Callable[..., Page]


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    store = SQLiteStore(tmp_path / "databases")
    store.folder.mkdir()
    with store.fresh() as url:
        made = standing_cast(url)
        made.plan("ava", "sara", small_plan(), small_plan(strengths="Draws maps"))
        yield made
        made.close()


@pytest.fixture
def address(cast: Cast) -> Iterator[str]:
    with serving(create_app(settings(), cast.store)) as address:
        yield address


@pytest.fixture
def enter(browser: Browser, address: str) -> Iterator[Enter]:
    """``enter(name)``: a browser of its own with somebody of the cast signed in."""
    opened: list[BrowserContext] = []

    def go(name: str, *, width: int = 1200) -> Page:
        context = browser.new_context(
            locale="en-GB",
            timezone_id="Europe/London",
            base_url=address,
            viewport={"width": width, "height": 800},
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("input[name=email]", f"{name}@cast.example")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield go
    for context in opened:
        context.close()


def look_over(page: Page) -> None:
    """What every page must pass."""
    expect(page.locator("body.govuk-frontend-supported")).to_be_visible()
    axe(page)
    reflows(page)


def test_a_request_from_the_school_to_a_refusal_the_parent_reads(
    cast: Cast, enter: Enter, shot: Callable[..., None]
) -> None:
    olli = enter("olli")
    olli.goto("/cases")
    expect(olli.get_by_text("No case has been given to you")).to_be_visible()
    look_over(olli)

    sara = enter("sara")
    sara.goto(f"/pupils/{cast.pupils['ava']}/assessment")
    look_over(sara)
    sara.get_by_role("link", name="Ask for an EHC needs assessment").click()
    look_over(sara)
    sara.get_by_role("button", name="Send the request").click()
    expect(sara.get_by_role("alert")).to_contain_text("Enter why an assessment is needed")
    look_over(sara)
    sara.get_by_label("Why is an assessment needed?").fill("Two cycles did not close the gap.")
    expect(sara.get_by_label(re.compile("Version 2"))).to_be_checked()
    sara.get_by_label("The family knows that we are asking").check()
    sara.get_by_role("button", name="Send the request").click()
    expect(sara.get_by_text("The request has gone to the local authority.")).to_be_visible()
    expect(sara.get_by_text("Deciding whether to assess").first).to_be_visible()
    look_over(sara)
    shot(sara, "request")

    sara.get_by_role("link", name="All of it by version and code, and as one PDF").click()
    look_over(sara)
    sara.get_by_label("To send to an authority that is not on this service").check()
    sara.get_by_role("button", name="Continue").click()
    look_over(sara)
    with sara.expect_download() as taken:
        sara.get_by_role("link", name="Download the evidence (PDF)").click()
    assert taken.value.path().read_bytes().startswith(b"%PDF")

    olli.reload()
    look_over(olli)
    # The notice that it is considered goes at once, and so stands on top; the decision stands below.
    now = olli.get_by_role("region", name="Going out of timescale")
    now.get_by_role("link", name="Ava Planted").click()
    look_over(olli)
    olli.get_by_text(re.compile("Where this date comes from: Decision")).click()
    expect(olli.get_by_text("regulation 5(1)").first).to_be_visible()
    look_over(olli)
    shot(olli, "case")
    case = olli.url
    olli.get_by_role("link", name=re.compile("Version 2 of the plan")).click()
    expect(olli.get_by_text("Draws maps").first).to_be_visible()
    earlier = olli.goto(olli.url.replace("/versions/2", "/versions/1"))
    assert earlier is not None
    assert earlier.status == 404

    olli.goto(case)
    olli.get_by_role("button", name="Record the decision").click()
    look_over(olli)
    yes_no = [olli.get_by_role("group", name=re.compile(rf"Legal test \({part}\)")) for part in "ab"]
    yes_no[0].get_by_label("Yes").check()
    yes_no[1].get_by_label("Yes").check()
    olli.get_by_role("group", name=re.compile(r"shows your answer to part \(a\)")).get_by_label(
        re.compile("Version 2")
    ).check()
    olli.get_by_label(re.compile(r"answer to part \(b\) rest on")).fill("The head said so on the telephone.")
    olli.get_by_label("Do not carry out an assessment").check()
    olli.get_by_label("What are the reasons?").fill("The school can meet these needs.")
    olli.get_by_role("button", name="Record the decision").click()
    expect(olli.get_by_role("alert")).to_contain_text("the authority must assess")
    look_over(olli)
    yes_no[1].get_by_label("No").check()
    olli.get_by_role("button", name="Record the decision").click()
    expect(olli.get_by_role("heading", name="The right to appeal")).to_be_visible()
    look_over(olli)

    pam = enter("pam", width=375)
    pam.goto(f"/pupils/{cast.pupils['ava']}/assessment")
    expect(pam.get_by_role("heading", name="Where is our case?")).to_be_visible()
    expect(pam.get_by_text("SENDIASS").first).to_be_visible()
    expect(pam.get_by_role("img", name=re.compile("The weeks since the council was asked"))).to_be_visible()
    expect(pam.get_by_role("table", name="Each step and its days")).to_be_visible()
    look_over(pam)
    shot(pam, "our-case")
    pam.get_by_role("link", name="Read what the council said, and why").click()
    expect(pam.get_by_text("The school can meet these needs.")).to_be_visible()
    look_over(pam)


def test_a_manager_gives_a_case_over_and_the_list_by_reference_names_nobody(cast: Cast, enter: Enter) -> None:
    pam = enter("pam", width=375)
    pam.goto(f"/pupils/{cast.pupils['ava']}/request-assessment")
    look_over(pam)
    pam.get_by_label("Why do you ask?").fill("It is still very hard.")
    pam.get_by_role("button", name="Send the request").click()
    pam.get_by_role("link", name="Take the request back").click()
    look_over(pam)
    mia = enter("mia")
    mia.goto("/cases/all")
    look_over(mia)
    assert "Planted" not in mia.content()
    mia.get_by_role("link", name=re.compile("EHC-")).click()
    mia.get_by_role("link", name="Give the case to another officer").click()
    look_over(mia)
    mia.get_by_label(re.compile("Otis")).check()
    mia.get_by_role("button", name="Give the case over").click()
    expect(mia.get_by_text("The case has been given over.")).to_be_visible()
    mia.goto(mia.url + "/decide")
    mia.get_by_role("group", name=re.compile("Legal test .a.")).get_by_label("No").check()
    mia.get_by_role("group", name=re.compile("Legal test .b.")).get_by_label("No").check()
    for part in "ab":
        mia.get_by_label(re.compile(rf"answer to part \({part}\) rest on")).fill("Nothing was sent.")
    mia.get_by_label("Do not carry out an assessment").check()
    mia.get_by_label("What are the reasons?").fill("No special educational needs are described.")
    mia.get_by_role("button", name="Record the decision").click()
    mia.wait_for_url(re.compile("/decision$"))
    pam.goto(f"/pupils/{cast.pupils['ava']}/assessment")
    pam.get_by_role("link", name="Tell us that a tribunal has been asked").click()
    look_over(pam)
    mia.goto(mia.url.removesuffix("/decision") + "/appeal")
    look_over(mia)


def test_a_letter_about_a_child_in_no_school_becomes_a_case(
    cast: Cast, enter: Enter, shot: Callable[..., None]
) -> None:
    olli = enter("olli")
    olli.goto("/cases")
    olli.get_by_role("link", name="File a request that came by mail").click()
    look_over(olli)
    olli.get_by_label("Somebody who works in health").check()
    olli.get_by_label("Name, and how to reach them").fill("Dr Reed, community paediatrician")
    olli.get_by_label("How did it come?").fill("Letter")
    olli.get_by_label("What does it say?").fill("He may need more than a school can give.")
    olli.get_by_label("Forename of the child or young person").fill("Zed")
    olli.get_by_label("Surname of the child or young person").fill("Unknown")
    born = olli.get_by_role("group", name=re.compile("Date of birth"))
    for name, value in (("Day", "1"), ("Month", "3"), ("Year", "2015")):
        born.get_by_label(name).fill(value)
    olli.get_by_label("Why do you look for this child?").fill("A letter asks for an assessment")
    olli.get_by_role("button", name="File the request").click()
    expect(olli.get_by_role("alert")).to_contain_text("Check the details above, or tick this box")
    look_over(olli)
    shot(olli, "filing")
    olli.get_by_label("The details are right: put this child on record").check()
    olli.get_by_role("button", name="File the request").click()
    expect(olli.get_by_text("The request is filed.")).to_be_visible()
    expect(olli.get_by_text("Still to be proved").first).to_be_visible()
    look_over(olli)
    olli.get_by_role("link", name="Note what was seen as proof").click()
    look_over(olli)
    olli.get_by_label("Who the child or young person is").check()
    olli.get_by_label("What was seen?").fill("Birth certificate")
    olli.get_by_role("button", name="Note it").click()
    expect(olli.get_by_text("What was seen is noted.")).to_be_visible()
    olli.get_by_role("link", name="Correct the day on which the request was received").click()
    look_over(olli)


def test_a_school_keeps_a_request_to_an_authority_that_is_elsewhere(cast: Cast, enter: Enter) -> None:
    ben = cast.pupils["ben"]
    sara = enter("sara")
    sara.goto(f"/pupils/{ben}/request-assessment/authority")
    look_over(sara)
    sara.get_by_label("Which local authority does the child live in?").select_option("330")
    sara.get_by_role("button", name="Continue").click()
    sara.get_by_label("Why is an assessment needed?").fill("Two cycles did not close the gap.")
    sara.get_by_role("button", name="Send the request").click()
    expect(sara.get_by_role("alert")).to_contain_text("or say why they have not been told yet")
    look_over(sara)
    sara.get_by_label(re.compile("If they do not know yet")).fill("We meet them on Friday.")
    sara.get_by_role("button", name="Send the request").click()
    expect(sara.get_by_text("is not on this service").first).to_be_visible()
    look_over(sara)
    sara.get_by_role("link", name="Say when the request was sent").click()
    look_over(sara)
    sara.get_by_label("By email").check()
    sara.get_by_role("button", name="Note it").click()
    sara.get_by_role("link", name="File a letter of the authority").click()
    look_over(sara)
    sara.get_by_label("It will not assess").check()
    letter = sara.get_by_role("group", name=re.compile("date on the letter"))
    today = sara.evaluate(
        "() => { const d = new Date(); return [d.getDate(), d.getMonth() + 1, d.getFullYear()] }"
    )
    for name, value in zip(("Day", "Month", "Year"), today, strict=True):
        letter.get_by_label(name).fill(str(value))
    sara.get_by_label("What are its words?").fill("The school can meet these needs.")
    sara.get_by_role("button", name="File the letter").click()
    expect(sara.get_by_text("Refused, and an appeal is possible").first).to_be_visible()
    look_over(sara)
    sara.get_by_role("link", name="Read the decision and its reasons").click()
    look_over(sara)
