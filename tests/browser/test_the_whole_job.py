"""The whole job on the real server with the demonstration in it, from the office's file to the trail.

One child, whom only this test knows, goes all the way: brought in, planned for, read at home, put before the
authority. Every page on the way goes through axe and is looked at in a narrow window. The four pictures of
the README are taken here, so they show what a plan looks like that somebody wrote, not a made-up page.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from isp.kernel import clock
from isp.register.importing.identifiers import check_letter
from tests.browser.accessible import axe, reflows
from tests.server import Server

SENCO = "philippa.dovecote@foxglove.example"
OFFICERS = "@north-yorkshire.example"
"""Where the officers of the authority responsible have their addresses; the next line is its code."""
AUTHORITY = "815"
GIVEN, FAMILY = "Tansy", "Hedgerow"
MOTHER, ADDRESS = "Rosemary Hedgerow", "rosemary.hedgerow@example.org"
PASSWORD = "seven kettles under the viaduct"
WIDE = {"width": 1280, "height": 800}

GROUP = "Talking group"
BARRIER = "Tansy follows one instruction at a time and loses the second one"
OUTCOME = "Tansy carries out two instructions given together, in four lessons out of five"
STRENGTHS = "Builds anything out of cardboard. Notices when somebody is left out."
STAFF_WORDS = re.compile(r"version|provision|cohort|baseline", re.IGNORECASE)
"""What a family should not have to know to read a plan."""


def upn(serial: int) -> str:
    """A unique pupil number as a school of this authority would have given it in 2023."""
    rest = f"{AUTHORITY}201423{serial:03d}"
    return check_letter(rest) + rest


UPN = upn(417)


def birthday(today: date) -> date:
    """Of a child in the middle of Year 4."""
    year = today.year if today.month >= 9 else today.year - 1
    return date(year - 8, 3, 12)


def sheet(name: str, row: dict[str, str]) -> FilePayload:
    """A file of one line as a school's office exports it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, row)
    writer.writeheader()
    writer.writerow(row)
    return {"name": name, "mimeType": "text/csv", "buffer": text.getvalue().encode()}


def look_over(page: Page) -> None:
    """What every page must pass, the scripts being at work."""
    expect(page.locator("body.govuk-frontend-supported")).to_be_visible()
    axe(page)
    reflows(page)


@dataclass
class Visit:
    """Somebody's browser. ``click`` goes somewhere by a link or a button, and looks the page over."""

    page: Page
    name: str = ""

    def looked(self) -> None:
        look_over(self.page)

    def click(self, name: str | re.Pattern[str], role: Any = "link") -> None:
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name).first.click()
        self.looked()

    def press(self, name: str | re.Pattern[str]) -> None:
        self.click(name, "button")

    def box(self, label: str) -> Locator:
        return self.page.locator("main").get_by_label(label, exact=True)

    def write(self, answers: dict[str, str], chosen: dict[str, str] | None = None) -> None:
        """Fill boxes by their labels, and wait until the page says that all of it is saved."""
        for label, text in answers.items():
            self.box(label).fill(text)
        for label, option in (chosen or {}).items():
            self.box(label).select_option(label=option)
        self.saved()

    def tick(self, *labels: str) -> None:
        for label in labels:  # an entry is called by its first words, as far as they fit
            self.page.get_by_role("checkbox", name=label[:30]).check()
        self.saved()

    def saved(self) -> None:
        status = self.page.locator("[data-save-status]")
        self.page.keyboard.press("Tab")  # leaving a box saves at once
        expect(status).to_contain_text("Saved at", timeout=20_000)
        expect(status).to_have_attribute("data-state", "saved", timeout=20_000)

    def day(self, name: str, on: date) -> None:
        for part in ("day", "month", "year"):
            self.page.locator(f'[name="{name}-{part}"]').fill(str(getattr(on, part)))
        self.saved()


def test_from_the_offices_file_to_the_trail(
    live_server: Server,
    cast: Sequence[dict[str, Any]],
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[..., dict[str, Any]],
    phone: Page,
    shot: Callable[..., None],
) -> None:
    senco = Visit(new_context(viewport=WIDE).new_page())
    sign_in(senco.page, email=SENCO)
    bring_in(senco)
    officers = []
    for person in cast:
        if person["role"] == "authority officer" and person["email"].endswith(OFFICERS):
            officer = Visit(new_context(viewport=WIDE).new_page(), person["name"])
            sign_in(officer.page, email=person["email"])
            officer.page.goto("/cases")
            officers.append(officer)
    has_none = [one for one in officers if one.page.get_by_text("No case has been given to you").is_visible()]
    assert has_none, "the demonstration should leave an officer without a case"
    has_none[0].looked()
    for officer in officers:
        assert FAMILY not in officer.page.content()

    pupil = start_plan(senco)
    write_plan(senco, shot)
    plan = finalise(senco, 1, "The first plan, made with Tansy and her mother in October.")
    change_amount(senco)
    assert finalise(senco, 2, "Twice a week was too far apart for Tansy to keep it up.") == plan
    compare(senco)
    link = invite(senco, pupil)
    read_at_home(Visit(phone), link, shot)
    request(senco, pupil)
    given_to = read_the_case(officers, plan, shot)
    read_the_trail(senco, pupil, given_to, shot)

    verified = live_server.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "OK" in verified.stdout


def bring_in(senco: Visit) -> None:
    """The pupils' file, then the contacts': each is shown first, and then brought in."""
    today = clock.today()
    born = birthday(today)
    senco.looked()
    senco.page.goto("/settings")
    senco.looked()
    senco.click("Bring pupils and staff in")
    pupils = {
        "UPN": UPN,
        "Legal Forename": GIVEN,
        "Legal Surname": FAMILY,
        "DOB": f"{born:%d/%m/%Y}",
        "Year Group": "4",
        "Gender": "F",
        "SEN Status": "K",
        "Primary Need": "SLCN",
        "Admission Date": f"{today - timedelta(days=400):%d/%m/%Y}",
        "Home LA": AUTHORITY,
    }
    contacts = {
        "UPN": UPN,
        "Contact Name": MOTHER,
        "Relationship": "Mother",
        "Parental Responsibility": "Yes",
        "Lives With": "Yes",
        "Email": ADDRESS,
    }
    for kind, row in (("Pupils", pupils), ("Contacts", contacts)):
        senco.box(kind).check()
        senco.page.locator("input[name=file]").set_input_files(sheet(f"{kind}.csv".lower(), row))
        senco.press("Read it in")
        expect(senco.page.locator("h1")).to_have_text("What would this file do?")
        senco.press("Bring it in")
        expect(senco.page.locator("h1")).to_have_text("The file is brought in")
        if kind == "Pupils":
            senco.click("Bring in another file")


def start_plan(senco: Visit) -> str:
    """Find the child as one does, and start; returns the address of the child's page."""
    senco.page.goto("/")
    senco.page.get_by_label("Find a pupil").press_sequentially(FAMILY.lower())
    senco.page.locator("#hits a", has_text=FAMILY).click()
    senco.page.wait_for_url(re.compile(r"/pupils/[0-9a-f-]+$"))
    senco.looked()
    pupil = senco.page.url
    senco.press("Start a plan")
    senco.press("Start the plan")
    return pupil


def write_plan(senco: Visit, shot: Callable[..., None]) -> None:
    """What a plan of some extra support needs, section by section, saved as it is typed."""
    page = senco.page
    senco.click("About the pupil")
    senco.write({"Strengths": STRENGTHS, "Interests": "Bridges, snails and the school radio."})
    page.reload()
    expect(senco.box("Strengths")).to_have_value(STRENGTHS)

    senco.click("Needs")
    senco.press("Add a need")
    senco.write(
        {
            "Barrier, in plain words": BARRIER,
            "What it looks like in the setting": "Starts at once, then looks round at what the others do.",
        },
        {"Census code of need": "Speech, language and communication needs"},
    )
    senco.click("Layer")
    senco.write(
        {"Reason": "One barrier, which a small group and good habits in class can meet."},
        {"Layer (proposed)": "Targeted"},
    )
    senco.click("Outcomes")
    senco.press("Add an outcome")
    senco.write({"Outcome": OUTCOME, "Target": "Four lessons out of five, by the spring review."})
    senco.tick(BARRIER)
    senco.click(re.compile("^Provision"))
    senco.press("Add provision")
    senco.write(
        {
            "Name": GROUP,
            "What is done": "Listening games with two steps, then three; at first with a picture for each.",
            "Delivered by (role)": "Teaching assistant",
            "Group size": "4",
            "Minutes each time": "20",
            "Times": "2",
        },
        {"In each": "week"},
    )
    senco.tick(OUTCOME)
    senco.click("Adjustments and strategies")
    senco.press("Add an adjustment")
    senco.write({"What adults do or change": "Say her name first. One instruction, wait, then the next."})
    senco.tick(BARRIER)
    senco.click(re.compile("^Review$"))
    senco.day("review.next_review_on", clock.today() + timedelta(days=110))

    senco.click("About the pupil")
    senco.write(
        {
            "Preferred name": GIVEN,
            "How they communicate, and how when distressed": (
                "In short sentences, and with her hands. When it is too much she goes quiet and draws."
            ),
            "What matters to them": "Being asked. Sitting near Bryony. Finishing what I started.",
        }
    )
    page.evaluate("window.scrollTo(0, 0)")
    shot(page, "writing")
    page.get_by_label("Complete").check()
    senco.saved()
    senco.press("Save and go on")
    senco.click("All sections")


def finalise(senco: Visit, number: int, why: str) -> str:
    """Share the draft, from the list of its sections; returns the plan's address."""
    senco.press("Finalise and share")
    expect(senco.page.locator("h1")).to_contain_text(f"version {number}?")
    expect(senco.page.locator("main")).to_contain_text(MOTHER)
    senco.page.locator("[name=reason]").fill(why)
    senco.press("Finalise and share")
    expect(senco.page.get_by_text(f"Version {number} is finalised and shared.")).to_be_visible()
    return senco.page.url


def change_amount(senco: Visit) -> None:
    senco.press("Write the next version")
    senco.click(re.compile("^Provision"))
    senco.write({"Times": "3"})
    senco.click("All sections")


def compare(senco: Visit) -> None:
    senco.click("What changed since the one before")
    told = senco.page.locator("main")
    expect(told).to_contain_text(f"{GROUP}: 2 × 20 minutes a week became 3 × 20.")
    expect(told.locator(".isp-change")).to_have_count(1)


def invite(senco: Visit, pupil: str) -> str:
    """The link, which the page shows once."""
    senco.page.goto(pupil)
    senco.click("Parents, carers and who may see this record")
    senco.press(f"Invite {MOTHER}")
    return senco.box("The link").input_value()


def read_at_home(mother: Visit, link: str, shot: Callable[..., None]) -> None:
    """On a phone: a password of her own, then the plan in words that need no explaining."""
    page = mother.page
    page.goto(link)
    mother.looked()
    assert FAMILY not in page.content()
    page.locator("input[name=password]").fill(PASSWORD)
    mother.press("Set my password and sign in")
    expect(page.locator("h1")).to_have_text("How is my child helped?")
    page.goto("/")  # again, without the banner that tells of the password
    mother.looked()
    words = page.locator("main")
    for expected in (BARRIER, OUTCOME, GROUP, STRENGTHS, "3 × 20 minutes a week"):
        expect(words).to_contain_text(expected)
    found = STAFF_WORDS.search(page.locator("body").inner_text())
    assert found is None, found
    page.evaluate("window.scrollTo(0, 0)")
    shot(page, "parent")
    used = page.request.get(link)
    assert used.status == 410


def request(senco: Visit, pupil: str) -> None:
    """The first version, and not the second, goes to the authority."""
    senco.page.goto(pupil)
    senco.click("Request an EHC needs assessment")
    form = senco.page.locator("main")
    form.get_by_label(re.compile("Version 2")).uncheck()
    form.get_by_label(re.compile("Version 1")).check()
    form.get_by_label("Why is an assessment needed?").fill(
        "A small group three times a week has not carried over into lessons. A speech and language therapist "
        "has not been able to see Tansy. We need to know what lies behind this."
    )
    form.get_by_label("The family knows that we are asking").check()
    senco.press("Send the request")
    expect(form).to_contain_text("North Yorkshire")


def read_the_case(officers: Sequence[Visit], plan: str, shot: Callable[..., None]) -> str:
    """One of them has it: the version that was released, and of the other not even that it is there.

    Returns the officer's name.
    """
    for officer in officers:
        officer.page.reload()
    having = [one for one in officers if one.page.get_by_role("link", name=FAMILY).count()]
    assert len(having) == 1
    officer = having[0]
    officer.looked()
    officer.click(re.compile(FAMILY))
    case = officer.page.url
    assert "Version 2" not in officer.page.locator("main").inner_text()
    shot(officer.page, "case")
    officer.click(re.compile("Version 1 of the plan"))
    expect(officer.page.locator("main")).to_contain_text(BARRIER)
    expect(officer.page.locator("main")).to_contain_text("2 × 20 minutes a week")
    closed = officer.page.goto(f"{plan}/versions/2")
    assert closed is not None
    assert closed.status == 404
    for other in officers:
        if other is not officer:
            answer = other.page.goto(case)
            assert answer is not None
            assert answer.status == 404
    return officer.name


def read_the_trail(senco: Visit, pupil: str, officer: str, shot: Callable[..., None]) -> None:
    senco.page.goto(pupil)
    senco.click("History: what happened and who looked")
    expect(senco.page.get_by_text("Nothing in this history was altered")).to_be_visible()
    shot(senco.page, "history")
    told = senco.page.locator("main").text_content() or ""
    while senco.page.get_by_role("link", name="Older").count():
        senco.click("Older")
        told += senco.page.locator("main").text_content() or ""
    for expected in (
        "You added the pupil",
        "You started a plan",
        "You finalised and shared version 1",
        "You finalised and shared version 2",
        "You compared version 1 with version 2",
        "You made an invitation",
        f"{MOTHER} (Parent or carer) looked at version 2",
        "You requested an EHC needs assessment",
    ):
        assert expected in told, f"{expected!r} is not in: {told}"
    assert re.search(rf"{re.escape(officer)} \([^)]*\) looked at version 1", told), told
    assert not re.search(rf"{re.escape(officer)} \([^)]*\) looked at version 2", told), told
