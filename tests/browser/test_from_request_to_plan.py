"""The whole way in a real browser, from a school's request to a reviewed EHC plan, its return and its audit.

Against the whole application over the standing cast, in a server of this process whose clock the test moves:
the request comes in November 2024, the decision is late, the plan is made in February 2025 and reviewed a
year later. Every page on the way goes through axe and is looked at in a narrow window.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from isp import create_app
from isp.exchange import jobs
from isp.people.models import Organisation
from tests.browser.accessible import axe, reflows
from tests.browser.site import serving
from tests.cast import PASSWORD, Cast, small_plan, standing_cast
from tests.engines import SQLiteStore
from tests.people.world import settings

REQUESTED = date(2024, 11, 4)
"""A Monday: six weeks on is 16 December, twenty weeks on 24 March 2025."""
DECIDED = date(2024, 12, 18)
ADVICE_IN = date(2025, 1, 20)
PANEL = date(2025, 1, 27)
SENT = date(2025, 1, 28)
ANSWERED = date(2025, 2, 3)
ISSUED = date(2025, 2, 17)
STARTED = date(2025, 2, 24)
PLANNED = date(2026, 1, 5)
MET = date(2026, 1, 21)
REVIEWED = date(2026, 2, 2)
RETURNED = date(2026, 2, 3)

SPECIFIED = (
    "A programme of two-step instructions, set up by a speech and language therapist, who looks at the notes "
    "of the sessions in the first week of each half term."
)
OUTCOME = (
    "By July 2025 Ava will follow instructions of two steps in lessons, 4 times out of 5, without a repeat."
)
WIDTHS = {"pam": 375}
KIND = """() => [...document.querySelectorAll("h1, h2, h3, legend, label, caption, [role=alert]")]
    .map(one => one.tagName + one.textContent.replace(/\\d+/g, "").trim()).join("|")"""
"""What a page is made of, without its numbers: two pages alike in this are of one kind."""


@dataclass
class Visit:
    """Somebody's browser. What is clicked goes somewhere, and each page it comes to is looked over.

    ``seen``: the kinds of pages that were.
    """

    page: Page
    shot: Callable[..., None]
    seen: set[str]

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def looked(self) -> None:
        expect(self.page.locator("body.govuk-frontend-supported")).to_be_visible()
        kind = self.page.evaluate(KIND)
        if kind not in self.seen:  # axe takes its time: a page of one kind and with the same parts once
            self.seen.add(kind)
            axe(self.page)
            reflows(self.page)

    def go(self, address: str) -> None:
        self.page.goto(address)
        self.looked()

    def click(self, name: str | re.Pattern[str]) -> None:
        """A link or a button by its words; what is beside the main part only where that has none."""
        found = self.main.get_by_role("link", name=name).or_(self.main.get_by_role("button", name=name))
        with self.page.expect_navigation():
            found.first.click()
        self.looked()

    def write(self, **boxes: str) -> None:
        """Fill boxes by the ends of their names: in an editor these begin with the entry they belong to."""
        for name, words in boxes.items():
            box = self.named(name)
            if box.evaluate("box => box.tagName") == "SELECT":
                box.select_option(label=words)
            else:
                box.fill(words)

    def named(self, name: str) -> Locator:
        return self.page.locator(f"main [name='{name}'], main [name$='.{name}']").last

    def tick(self, name: str, *values: str) -> None:
        for value in values or ("",):
            wanted = f"[value='{value}']" if value else ""
            self.page.locator(f"main [name='{name}']{wanted}, main [name$='.{name}']{wanted}").last.check()

    def day(self, name: str, on: date) -> None:
        for part in ("day", "month", "year"):
            self.named(f"{name}-{part}").fill(str(getattr(on, part)))

    def sees(self, *words: str | re.Pattern[str]) -> None:
        for one in words:
            expect(self.main).to_contain_text(one)

    def picture(self, name: str) -> None:
        self.shot(self.page, f"to-plan-{name}", full_page=True)


@dataclass
class World:
    """The server with its clock, and the browsers in it."""

    cast: Cast
    address: str
    browser: Browser
    shot: Callable[..., None]
    clock: ExitStack
    seen: set[str] = field(default_factory=set)
    opened: list[BrowserContext] = field(default_factory=list)

    def at(self, day: date) -> None:
        """From now on it is noon of a day, and going on."""
        self.clock.close()
        self.clock.enter_context(time_machine.travel(f"{day}T12:00:00+00:00", tick=True))

    def enter(self, name: str) -> Visit:
        """A browser of its own with somebody of the cast signed in; what she had open before is gone."""
        context = self.browser.new_context(
            locale="en-GB",
            timezone_id="Europe/London",
            base_url=self.address,
            viewport={"width": WIDTHS.get(name, 1200), "height": 800},
        )
        context.set_default_timeout(10_000)
        self.opened.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("input[name=email]", f"{name}@cast.example")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return Visit(page, self.shot, self.seen)

    def work(self) -> None:
        """What the worker does meanwhile."""
        while jobs.run(self.cast.store):
            pass


@pytest.fixture
def world(tmp_path: Path, browser: Browser, shot: Callable[..., None]) -> Iterator[World]:
    store = SQLiteStore(tmp_path / "databases")
    store.folder.mkdir()
    with ExitStack() as clock, store.fresh() as url:
        clock.enter_context(time_machine.travel(f"{REQUESTED}T11:00:00+00:00", tick=True))
        cast = standing_cast(url)
        with cast.making() as unit:
            unit.change(Organisation, {"id": cast.places["elmfield"]}, urn="100002")
        cast.plan("ava", "sara", small_plan(), small_plan(strengths="Draws maps"))
        with serving(create_app(settings(), cast.store)) as address:
            made = World(cast, address, browser, shot, clock)
            yield made
            for context in made.opened:
                context.close()
        cast.close()


def test_from_a_request_to_a_plan_that_is_reviewed_audited_and_returned(world: World) -> None:
    case = request(world)
    decide_late(world, case)
    get_advice(world, case)
    recommend(world, case)
    plan = write_plan(world, case)
    send_draft(world, case)
    hear_family_and_setting(world, case)
    issue(world, case, plan)
    review(world, plan)
    audit(world)
    make_return(world)


def request(world: World) -> str:
    """The SENCO asks and takes the evidence as a PDF; the family sees the stage. Gives the case's address."""
    world.at(REQUESTED)
    ava = world.cast.pupils["ava"]
    sara = world.enter("sara")
    sara.go(f"/pupils/{ava}/assessment")
    sara.click("Ask for an EHC needs assessment")
    sara.write(reasons="Two cycles of support did not close the gap.")
    sara.tick("told_family")
    sara.click("Send the request")
    sara.sees("Deciding whether to assess", "16 December 2024")
    sara.click("All of it by version and code, and as one PDF")
    sara.tick("purpose", "elsewhere")
    sara.click("Continue")
    with sara.page.expect_download() as taken:
        sara.page.get_by_role("link", name="Download the evidence (PDF)").click()
    assert taken.value.path().read_bytes().startswith(b"%PDF")

    pam = world.enter("pam")
    pam.click("Where is our case?")
    pam.sees("The council is deciding", "Two cycles of support", "You do not have to do anything")
    pam.picture("our-case")

    olli = world.enter("olli")
    olli.go("/cases")
    olli.click(re.compile("Ava Planted"))
    explains_its_dates(olli)
    olli.picture("case")
    return olli.page.url


def explains_its_dates(officer: Visit) -> None:
    """Every date that is due says in words where it comes from, and which regulation says so."""
    told = officer.main.locator("details")
    assert told.count() >= 2
    for one in told.all():
        one.locator("summary").click()
        expect(one).to_contain_text(re.compile("[Rr]egulation|[Ss]ection|paragraph"))
    officer.looked()


def decide_late(world: World, case: str) -> None:
    """Two days late, with what excuses it on record; by both parts of the test; the letter is served."""
    world.at(DECIDED)
    mia = world.enter("mia")
    mia.go("/settings/pages")
    for text in ("SENDIASS", "mediation adviser", "disagreement", "schools and colleges"):
        mia.click(re.compile(f"Change.*{text}", re.DOTALL))
        mia.write(body="Ring 01234 567890, or write to help@northshire.example.")
        mia.click("Save")

    olli = world.enter("olli")
    olli.go(case)
    olli.sees("The last day was 16 December 2024")
    olli.click("Record why a date could not be kept")
    olli.tick("code", "circumstances")
    olli.day("begins", date(2024, 12, 9))
    olli.day("ends", date(2024, 12, 16))
    olli.write(reason="A death in the family: they could not meet us.", evidence="Their letter.")
    olli.click("Record it")
    olli.sees("Excused under the law", "A death in the family")

    olli.click("Record the decision")
    olli.tick("limb_a", "yes")
    olli.tick("limb_b", "yes")
    olli.tick("evidence_a")
    olli.write(words_b="The school’s own means are at an end.", reasons="Both parts of the test are met.")
    olli.tick("decision", "agree")
    olli.click("Record the decision")
    olli.sees("2 days late", "The evidence for each part of the legal test")
    olli.picture("decision")
    olli.go(case)
    olli.sees("On 18 December 2024, 2 days late", "There were exceptional personal circumstances")
    serve(olli, case, "Decision to carry out an EHC needs assessment")
    olli.picture("letter")

    pam = world.enter("pam")
    pam.click("Where is our case?")
    pam.click("What the council has written")
    pam.click(re.compile("Decision to carry out"))


def serve(officer: Visit, case: str, letter: str, **answers: str) -> None:
    """Write a letter that the case calls for, and record that each copy went."""
    officer.go(case)
    officer.click(letter)
    officer.click("Begin the letter")
    officer.write(**answers)
    officer.click("Save the letter")
    officer.click("Record that it was served")
    for one in officer.main.locator("[type=radio][value=post]").all():
        one.check()
    for box in officer.main.get_by_label(re.compile("to whom did it go")).all():
        box.fill("The head of the service")
    officer.write(proof="Certificate of posting; Olli Example took it to the post office.")
    officer.click("Record the service")
    officer.sees("The letter is recorded as served")


def get_advice(world: World, case: str) -> None:
    """All five are asked: one writes here, one sends a letter, one is reminded; what is in is checked."""
    olli = world.enter("olli")
    olli.go(case)
    olli.click("Advice: what was asked, what is in")
    olli.click("Ask for advice")
    olli.write(
        a_adviser_id="Pam Example",
        b_adviser_id="Sara Example, SENCO",
        c_whom="Dr Reed, community paediatrician, Northshire Health",
        d_adviser_id="Eve Example, Educational psychologist or therapist",
        e_adviser_id="Wes Example, Social worker",
    )
    olli.tick("release")
    olli.click("Ask for advice")
    olli.sees("Advice is asked for: 5 requests.", "29 January 2025")

    world.at(ADVICE_IN)
    eve = world.enter("eve")
    eve.looked()
    eve.click("Ava Planted")
    eve.click("Version 2 of the plan")
    eve.sees("Draws maps")
    eve.page.go_back()
    eve.write(
        needs="Ava follows one instruction; of two steps she keeps one.",
        provision="Two-step instructions, three times a week for 20 minutes, one to one.",
        outcomes="By July 2025 she follows two-step instructions in lessons.",
    )
    eve.click("Save, and hand it in")
    eve.sees("Your advice is in", "It is being checked")
    eve.picture("advice")

    olli = world.enter("olli")
    advice = f"{case}/advice"
    olli.go(advice)
    olli.click(re.compile(r"\(c\) Health"))
    olli.click("File advice that came by mail")
    olli.day("received_on", date(2025, 1, 16))
    olli.day("written_on", date(2025, 1, 13))
    olli.write(author="Dr Reed", title="Report of the clinic")
    olli.named("file").set_input_files(
        {"name": "report.txt", "mimeType": "text/plain", "buffer": b"Hearing is within limits.\n"}
    )
    olli.click("File the advice")
    for part in (r"\(c\) Health", r"\(d\) Psychology"):
        olli.go(advice)
        olli.click(re.compile(part))
        olli.click("Check what is in")
        olli.tick("covers", "needs", "provision", "outcomes")
        olli.tick("result", "accept")
        olli.click("Record the check")
        olli.sees("Accepted", "In time")
    olli.go(advice)
    olli.click(re.compile(r"\(e\) Social care"))
    olli.click("Record a reminder")
    olli.write(said="Rang: it comes on Friday.")
    olli.click("Record the reminder")
    olli.sees("Reminded, 20 January 2025")


def recommend(world: World, case: str) -> None:
    """A manager plans a panel, the officer puts the case before it, and it recommends a plan."""
    mia = world.enter("mia")
    mia.go("/panels")
    mia.click("Plan a panel")
    mia.tick("kind", "issue")
    mia.day("held_on", PANEL)
    mia.click("Plan the panel")
    panel = mia.page.url
    olli = world.enter("olli")
    olli.go(case)
    olli.click(re.compile("^Panel: put this case"))
    olli.main.get_by_label(re.compile("27 January 2025")).check()
    olli.click("Put the case before this panel")

    world.at(PANEL)
    mia = world.enter("mia")
    mia.go(panel)
    mia.sees("Advice (d), psychology", "Report of the clinic")
    mia.picture("panel")
    mia.click(re.compile("Record what the panel recommends"))
    mia.tick("recommendation", "issue")
    mia.write(reasons="The provision goes beyond the school’s own means.")
    mia.click("Record the recommendation")
    mia.click("Record who was there")
    mia.tick("members", "manager", "psychologist", "health")
    mia.click("Record that it was held")


def write_plan(world: World, case: str) -> str:
    """The officer decides that there is to be a plan and writes it; vague words stop it until mended."""
    world.at(SENT)
    olli = world.enter("olli")
    olli.go(case)
    olli.click("Decide whether there is to be a plan")
    olli.tick("necessary", "yes")
    olli.tick("decision", "issue")
    olli.write(reasons="The advice asks for provision that a school does not have of its own.")
    olli.click("Record the decision")
    olli.click("Write the draft plan")
    plan = olli.page.url.removesuffix("/edit")

    olli.go(f"{plan}/edit/b")
    olli.click("Add a need")
    olli.write(
        need="Ava finds it hard to follow instructions of two steps.",
        code="Speech, language and communication needs",
        rank="Primary need",
    )
    olli.click("Save and go on")
    olli.go(f"{plan}/edit/e")
    olli.click("Add an outcome")
    olli.write(statement=OUTCOME, baseline="Now once out of 5.", measure="A tally in 2 lessons a week.")
    olli.day("due_on", date(2025, 7, 18))
    olli.tick("needs")
    olli.click("Save and go on")
    olli.click("Add provision")
    olli.write(
        what="Regular access to speech therapy as required.", delivered_by="Speech and language therapist"
    )
    olli.tick("needs")
    olli.tick("outcomes")
    olli.click("Save and go on")
    olli.go(f"{plan}/edit")
    olli.click("What stops a version from being made?")
    olli.sees("“as required”", "how many minutes each time")
    olli.picture("blocked")
    olli.go(case)
    olli.click("Send the draft plan to the family")
    olli.click("Record that it is sent")
    expect(olli.page.get_by_role("alert")).to_contain_text("“as required”")

    olli.go(f"{plan}/edit/f")
    olli.write(what=SPECIFIED, group_size="1", minutes="20", times="3", per="week", weeks="38")
    olli.click("Save and go on")
    olli.go(f"{plan}/ready")
    assert "as required" not in olli.main.inner_text()
    return plan


def send_draft(world: World, case: str) -> None:
    olli = world.enter("olli")
    olli.go(case)
    olli.click("Send the draft plan to the family")
    olli.click("Record that it is sent")
    olli.sees("Draft plan with the family", "11 February 2025")
    serve(olli, case, "Draft EHC plan", enclosed_advice="Psychology (Eve Example), health (Dr Reed).")


def hear_family_and_setting(world: World, case: str) -> None:
    """The parent reads the draft, says what she thinks and which school she wants; the school says yes."""
    world.at(ANSWERED)
    pam = world.enter("pam")
    pam.click("Where is our case?")
    pam.sees("You have 9 days left of your 15")
    pam.click("Read the first form of the plan")
    pam.sees(SPECIFIED, "3 × 20 minutes a week")
    pam.go(f"/pupils/{world.cast.pupils['ava']}/assessment")
    pam.click("Say what you think of it")
    pam.write(said="Section B leaves out her sleep.", setting="Elmfield School, where her cousin goes.")
    pam.click("Send it to the council")
    pam.sees("The council has your answer")

    olli = world.enter("olli")
    olli.go(case)
    olli.sees("Section B leaves out her sleep.", "Elmfield School, where her cousin goes.")
    olli.click("Consult a school or other setting")
    olli.write(school_id="Elmfield School")
    olli.click("Consult it")

    sena = world.enter("sena")
    sena.looked()
    sena.click(re.compile("draft EHC plan the school is asked about"))
    sena.click("Ava Planted")
    sena.sees(SPECIFIED)
    sena.picture("consulted")
    sena.tick("said", "yes")
    sena.write(reasons="A place is free in Year 4.")
    sena.click("Answer the authority")
    sena.sees("The authority has your answer")


def issue(world: World, case: str, plan: str) -> None:
    """The final plan names the school that said yes, is made in time, and the family reads it."""
    world.at(ISSUED)
    olli = world.enter("olli")
    olli.go(case)
    olli.sees("Yes, on 3 February 2025: A place is free in Year 4.")
    olli.go(f"{plan}/edit/i")
    olli.click("Add a setting")
    olli.write(name="Elmfield School", type="Mainstream school")
    olli.click("Save and go on")
    olli.click("Add an arrangement")
    olli.write(
        paid="Direct payment",
        fund="More than one of these together (an integrated budget)",
        what="Swimming on Saturdays, with somebody who knows the programme.",
        amount="960",
    )
    olli.picture("money")
    olli.click("Save and go on")
    olli.go(case)
    olli.click("Issue the final plan")
    olli.write(school_id="Elmfield School (can take the child)", within="In the school’s resourced provision")
    olli.click("Issue the plan")
    olli.sees("EHC plan made", "On 17 February 2025. The last day was")
    olli.picture("issued")
    serve(olli, case, "Final EHC plan")
    pam = world.enter("pam")
    pam.click("The EHC plan")
    pam.sees(SPECIFIED, "Elmfield School")
    pam.picture("plan")


def review(world: World, plan: str) -> None:
    """A year later: opened by the officer, held by the school, decided by the officer within four weeks."""
    world.at(PLANNED)
    olli = world.enter("olli")
    olli.go(f"{plan}")
    olli.click("Reviews, and what becomes of it")
    olli.sees("16 February 2026")
    olli.click("Record that the child has started at a setting")
    olli.main.get_by_role("radio", name=re.compile("Elmfield School")).check()
    olli.day("on", STARTED)
    olli.click("Record it")
    olli.sees("It is recorded.")
    olli.click("Open a review")
    olli.tick("kind", "annual")
    olli.click("Open the review")
    olli.click("Open this review")
    held = olli.page.url
    sara = world.enter("sara")
    sara.go("/annual-reviews")
    sara.click("Ava Planted")
    sara.click("Open this review")
    sara.click("Record the invitations")
    sara.day("meeting_on", MET)
    sara.tick("invited", "family", "head", "authority", "health", "social_care")
    sara.click("Record the invitations")
    sara.click("Record that the advice went round")
    sara.click("Record it")

    world.at(MET)
    sara = world.enter("sara")
    sara.go(held)
    sara.click("Record the meeting")
    sara.day("held_on", MET)
    sara.tick("attended", "family", "head")
    sara.write(views="Ava likes her group.", progress="Two steps in three lessons of five.")
    sara.click("Record the meeting")
    sara.click("Record the report")
    sara.tick("recommends", "maintain")
    sara.write(report="The plan helps. Nothing is to change.")
    sara.click("Send the report")

    world.at(REVIEWED)
    olli = world.enter("olli")
    olli.go(held)
    olli.sees("18 February 2026")
    olli.click(re.compile("^Record the decision"))
    olli.tick("outcome", "maintain")
    olli.write(reasons="It helps, and is still needed.")
    olli.click("Record the decision")
    olli.sees("Finished", "Keep the plan as it is")
    olli.picture("reviewed")


def audit(world: World) -> None:
    """A sample is drawn, and its case is audited; what was found is about a version."""
    world.at(RETURNED)
    mia = world.enter("mia")
    mia.go("/audits")
    mia.click("Draw a sample")
    mia.tick("kind", "assessments")
    mia.day("from_on", REQUESTED)
    mia.day("to_on", ISSUED)
    mia.write(wanted="20")
    for side, name in (("auditor_id", "otis"), ("moderator_id", "mia")):
        mia.tick(side, str(world.cast.people[name]))
    mia.click("Draw the sample")
    otis = world.enter("otis")
    otis.go(mia.page.url)
    otis.click(re.compile("^EHC-"))
    for one in otis.main.locator("[type=radio][value=met]").all():
        one.check()
    for box in otis.main.locator("select").all():
        box.select_option(label="Version 2 of the EHC plan")
    otis.picture("audited")
    otis.click("Save, and finish this case")
    mia.page.reload()
    mia.looked()
    mia.sees("Finished", "1 of 1 cases")


def make_return(world: World) -> None:
    """What is to be mended is listed with a link and mended; the return is made, and keeps to its schema."""
    mia = world.enter("mia")
    check_the_record(world, mia)
    mia.sees("S‑001", "S‑005")
    mia.picture("sen2")
    mia.click("S‑005")
    mia.click("Ava Planted")
    mia.write(
        upn_unknown="Sources differ on name or date of birth, so no match is certain",
        ethnicity="White British",
        postcode="NW1 6XE",
    )
    mia.click("Save")
    mia.sees("The details are saved")
    check_the_record(world, mia)
    mia.sees("Nothing must be mended.")
    mia.click("Make the return")
    for name in ("dmo", "dco", "dsco"):
        mia.tick(name, "Y")
    mia.click("Make the return")
    world.work()
    mia.page.reload()
    mia.looked()
    mia.sees("keeps to the schema of 2026")
    mia.picture("returned")
    olli = world.enter("olli")
    olli.go("/sen2")
    with olli.page.expect_download() as taken:
        olli.main.get_by_role("link", name="The return (XML)").click()
    told = taken.value.path().read_text("utf-8")
    assert "<PB>1</PB><OA>0</OA><DP>I</DP>" in told


def check_the_record(world: World, manager: Visit) -> None:
    manager.go("/sen2")
    manager.click("Check the record now")
    world.work()
    manager.go("/sen2")
