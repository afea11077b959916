"""Every page that anybody can open, in a wide window and a narrow one: axe, and no scrolling sideways.

What there is to open comes from the routes; who opens it from the reviewed table of who reaches what, one
person for each side a page may have (staff, family, authority, nobody signed in). So a new page is looked
at here from the day its line is in that table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from werkzeug.routing import Rule

from isp.access.office import texts
from isp.people.models import Membership
from tests.browser.site import enter, faults, serving
from tests.cast import Cast
from tests.engines import SQLiteStore
from tests.guards.reaching import Things, address, app_over, build, calls
from tests.guards.test_who_reaches_what import reviewed

SIDES = {
    "staff": ("sara", "leo", "hal", "dora", "tom", "ada"),
    "family": ("pam", "yan"),
    "authority": ("olli", "mia", "eva"),
    "nobody signed in": ("anonymous",),
}
NOT_PAGES = {
    "/health/live": "for a watchdog",
    "/health/ready": "the same",
    "/static/<path:filename>": "style sheets and scripts",
    "/reviews/<uuid:review_id>/calendar": "an entry for a calendar",
    "/reviews/<uuid:review_id>/report.pdf": "a file",
    "/reviews/<uuid:review_id>/report.docx": "the same",
    "/classes/<uuid:group_id>/print.pdf": "a file",
    "/sen2/files/<uuid:file_id>": "a file",
    "/documents/<uuid:document_id>/versions/<int:number>/file": "a file",
    "/annual-reviews/<uuid:annual_review_id>/school-report": "nothing is attached to the matrix's review",
    "/cases/<uuid:request_id>/evidence/<uuid:item_id>": "versions and papers alone were released",
    "/cases/<uuid:case_id>/chronology/file": "a file, once it is said what for",
    "/cases/<uuid:case_id>/working-document.docx": "a file",
    "/annual-reviews/lists/<uuid:list_id>/letter.pdf": "a file",
    "/annual-reviews/lists/<uuid:list_id>/letter.docx": "a file",
    "/letters/<uuid:letter_id>/letter.pdf": "a file",
    "/letters/<uuid:letter_id>/letter.docx": "the same",
    "/audits/<uuid:audit_id>/report.csv": "a file",
    "/audits/<uuid:audit_id>/report.pdf": "a file",
    "/audits/<uuid:audit_id>/cases/<uuid:audited_id>": "its auditor's alone; the whole journey goes there",
    "/ehc-plans/<uuid:plan_id>/print/plan.pdf": "a file",
    "/ehc-plans/<uuid:plan_id>/print/plan.docx": "the same",
    **{
        f"/plans/<uuid:record_id>/print/{name}": "a file"
        for name in (
            "plan.pdf",
            "plan.docx",
            "profile.pdf",
            "cycles.pdf",
            "cycles.docx",
            "moving-on.pdf",
            "moving-on.docx",
            "everything.pdf",
        )
    },
}
# Pages that do not answer with 200 in the world that addresses are taken from.
OTHERWISE = {
    "/imports/<uuid:staged_id>": 422,  # what the columns are is to be said first
    "/imports/<uuid:staged_id>/columns": 422,
    "/imports/<uuid:staged_id>/differences": 422,
    "/invitation/<code>": 410,
    "/pupils/<uuid:pupil_id>/plan/start": 409,  # she has a plan
    "/plans/<uuid:record_id>/review/not-held": 409,  # her review is still to come
    "/cases/<uuid:request_id>/reply": 409,  # its authority is on the service
    "/cases/<uuid:request_id>/sent": 409,  # the same
    "/ehc-plans/<uuid:plan_id>/keep/<place>/<hint>": 409,  # the words it names stand in the school's plan
    "/ehc-plans/<uuid:plan_id>/left": 409,  # it is not on record where the child is
    "/pupils/<uuid:pupil_id>/people/<uuid:tie_id>/contact": 409,  # she has an account: hers to change
}
OTHERWISE_FOR = {
    ("olli", "/plans/<uuid:record_id>/compare"): 422,  # one version was released: nothing to compare it with
}


HELP = (
    "The service of this area: 01632 960101, information.advice.and.support.for.families@northshire.example"
)


def visitors(rule: Rule, table: dict[str, dict[str, str]]) -> dict[str, str]:
    """Who opens this page: for each side the first of its people whom the reviewed table lets in."""
    reach = table.get(f"GET {rule.rule}", {})
    found = {}
    for side, people in SIDES.items():
        for name in people:
            if reach.get(name, "-").split()[0] == "yes":
                found[name] = side
                break
    return found


@dataclass
class Site:
    """The running pages, and what addresses can name."""

    url: str
    things: Things
    rules: list[Rule] = field(default_factory=list)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    store = SQLiteStore(tmp_path_factory.mktemp("databases"))
    with store.fresh() as url:
        things = build(url)
        cast = Cast(url)
        cast.people.update(things.people)
        with cast.acting("mia") as unit:
            # One long word on the pages of every family with a case: it must break on a telephone.
            hers = select(Membership.organisation_id).where(Membership.person_id == cast.people["mia"])
            texts.save(unit, unit.session.scalars(hers).one(), "sendiass", HELP, edited=0)
        app = app_over(cast)
        rules = [rule for method, rule in calls(app) if method == "GET"]
        with serving(app) as at:
            yield Site(at, things, rules)
        cast.close()


def test_every_page_has_a_visitor(site: Site) -> None:
    table = reviewed()
    unseen = [rule.rule for rule in site.rules if not visitors(rule, table)]
    assert sorted(set(unseen) - set(NOT_PAGES)) == []
    assert set(NOT_PAGES) <= {rule.rule for rule in site.rules}


@pytest.mark.parametrize("name", [name for people in SIDES.values() for name in people])
def test_every_page_that_somebody_opens_is_accessible(site: Site, browser: Browser, name: str) -> None:
    table = reviewed()
    mine = [rule for rule in site.rules if name in visitors(rule, table) and rule.rule not in NOT_PAGES]
    if not mine:
        pytest.skip("others of this side open all its pages")
    page = enter(browser, site.url, name)
    found = []
    titles: dict[str, str] = {}
    for rule in mine:
        answer = page.goto(address(rule, site.things.ids["own"]))
        assert answer is not None
        expected = OTHERWISE_FOR.get((name, rule.rule), OTHERWISE.get(rule.rule, 200))
        assert answer.status == expected, rule.rule
        found += [f"{name}: {rule.rule}: {fault}" for fault in faults(page)]
        # Of several open tabs, or by ear, a page is known by its title.
        if expected == 200 and titles.setdefault(page.title(), page.url) != page.url:
            found.append(f"{name}: {rule.rule}: has the title of {titles[page.title()]}: {page.title()}")
    page.context.close()
    assert not found, "\n\n".join(found)
