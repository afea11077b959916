"""A moderator in a real browser: a sample is drawn, two look at it, she settles, and the report says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Browser

from isp import create_app
from isp.people.roles import Role
from tests.browser.site import serving
from tests.browser.test_from_request_to_plan import Visit, World
from tests.cast import standing_cast
from tests.engines import SQLiteStore
from tests.escalations.test_twenty_cases import QUESTIONS, decided
from tests.escalations.world import RECEIVED
from tests.people.world import settings

LISTED, DRAWN = 6, 2


@pytest.fixture
def office(tmp_path: Path, browser: Browser, shot: Callable[..., None]) -> Iterator[World]:
    """An authority with six decided requests, olli's; mara is a manager beside mia."""
    store = SQLiteStore(tmp_path / "databases")
    store.folder.mkdir()
    with ExitStack() as clock, store.fresh() as url:
        clock.enter_context(time_machine.travel(f"{RECEIVED}T11:00:00+00:00", tick=True))
        cast = standing_cast(url)
        cast.member("mara", "northshire", Role.AUTHORITY_MANAGER)
        for number in range(LISTED):
            decided(cast, number)
        with serving(create_app(settings(), cast.store)) as address:
            made = World(cast, address, browser, shot, clock)
            yield made
            for context in made.opened:
                context.close()
        cast.close()


def fill(visit: Visit, answer: str, *, first: str = "") -> None:
    """Every question answered alike, apart from the first; the case is finished."""
    for one in visit.main.locator(f"[type=radio][value={answer}]").all():
        one.check()
    if first:
        visit.main.locator(f"[type=radio][value={first}]").first.check()
    visit.click("Save, and finish this case")


def test_a_moderator_settles_what_two_saw_otherwise_and_the_report_counts_it(office: World) -> None:
    mia = office.enter("mia")
    mia.go("/audits")
    mia.click("Draw a sample")
    mia.picture("audit-new")
    mia.tick("kind", "decisions")
    mia.day("from_on", RECEIVED)
    mia.day("to_on", RECEIVED)
    mia.write(wanted=str(DRAWN), seed="browser1")
    for side, name in (("auditor_id", "otis"), ("moderator_id", "mara")):
        mia.tick(side, str(office.cast.people[name]))
    mia.click("Draw the sample")
    audit = mia.page.url
    otis, mara = office.enter("otis"), office.enter("mara")
    for number in range(DRAWN):
        for visit, first in ((otis, ""), (mara, "partly")):
            visit.go(audit)
            case = visit.main.get_by_role("link", name=re.compile("^EHC-")).nth(number)
            visit.go(str(case.get_attribute("href")))
            fill(visit, "met", first=first)
    mara.click(re.compile("^EHC-"))
    mara.sees("What stands where you differ?", "Auditor: Met", "Moderator: Partly met")
    mara.picture("audit-settling")
    mara.click("Settle")
    mara.sees("Say what stands here.")
    mara.tick(f"{QUESTIONS[0].name}-answer", "not_met")
    mara.write(**{f"{QUESTIONS[0].name}-words": "Nobody asked the family."})
    mara.click("Settle")
    mia.go(audit)
    mia.sees("2 of 6 cases", "with the seed browser1", "the same cases", "0 of 2", "2 of 2")
    settled = mia.main.get_by_role("row", name=re.compile(re.escape(QUESTIONS[0].text))).last
    assert settled.locator("td").all_inner_texts() == ["0", "0", "1", "0", "1"]
    mia.picture("audit-report")
    printed = mia.page.request.get(f"{audit}/report.pdf")
    assert printed.ok
    assert printed.body().startswith(b"%PDF")
