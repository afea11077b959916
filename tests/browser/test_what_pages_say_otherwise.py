"""Pages in the states that an address alone does not show: what a file would do, what is not there yet, what
was refused, what cannot be found. Each goes through axe in a wide window and in a narrow one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from isp.people import actions as people
from isp.people import sessions
from isp.people.roles import Role
from isp.plans import actions as plans
from isp.register.importing.mapping import Kind
from isp.register.imports import running, staging
from tests.audit.trail import WHY
from tests.browser.site import enter, faults, serving
from tests.cast import Cast, small_plan, standing_cast
from tests.engines import SQLiteStore
from tests.guards.reaching import app_over
from tests.register.school import UPNS, csv

ZOE = f"{UPNS[0]},Quill,Zoë,03/02/2016,4,K,4 Elm"
ASA = f"{UPNS[1]},Bramble,Asa,21/09/2015,5,N,5 Ash"
FILES = {
    "with faults": csv(
        ZOE, "B801200005009,Wrong,Upn,03/02/2099,Year 99,K,", '"=1+1",Formula,Flo,03/02/2016,4,K,'
    ),
    "with nothing new": csv(ZOE, ASA),
    "with differences": csv(
        f"{UPNS[0]},Quill,Zoë,03/02/2016,4,E,5 Ash",
        f"{UPNS[1]},Bramble,Asa,21/09/2015,5,K,",
        ",Planted,Ava,01/01/2017,4,N,",
    ),
    "with columns of its own": csv("Quill,Zoë,03/02/2016,4", headers="Second name,Called,Born,Stage"),
    "with new pupils": csv(f"{UPNS[2]},Ember,Ivo,11/11/2015,5,N,5 Ash"),
}


@dataclass
class Place:
    """The running pages, who looks at them, and what is there."""

    url: str
    cast: Cast
    browser: Browser
    records: dict[str, UUID] = field(default_factory=dict)
    files: dict[str, UUID] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    def visit(self, name: str, path: str, status: int = 200) -> Page:
        """This person's page at an address that answers so."""
        if name not in self.pages:
            self.pages[name] = enter(self.browser, self.url, name)
        answer = self.pages[name].goto(path)
        assert answer is not None
        assert answer.status == status, (path, answer.status)
        return self.pages[name]

    def press(self, page: Page, button: str, status: int = 200) -> Page:
        """What the page's button leads to."""
        with page.expect_navigation() as answer:
            page.get_by_role("button", name=button, exact=True).first.click()
        assert answer.value is not None
        assert answer.value.status == status, answer.value.status
        return page

    def send(self, page: Page, path: str, fields: dict[str, str], status: int) -> Page:
        """What a form that is no longer on any page leads to."""
        with page.expect_navigation() as answer:
            page.evaluate(
                """([path, fields]) => {
                    const form = document.createElement("form");
                    form.method = "post";
                    form.action = path;
                    const meta = (name) => document.querySelector(`meta[name=${name}]`)?.content ?? "";
                    const all = {csrf_token: meta("csrf-token"), form_stamp: meta("form-stamp"), ...fields};
                    for (const [name, value] of Object.entries(all)) {
                        const box = document.createElement("input");
                        Object.assign(box, {type: "hidden", name, value});
                        form.append(box);
                    }
                    document.body.append(form);
                    form.submit();
                }""",
                [path, fields],
            )
        assert answer.value is not None
        assert answer.value.status == status, answer.value.status
        return page


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Place]:
    store = SQLiteStore(tmp_path_factory.mktemp("databases"))
    with store.fresh() as url:
        cast = standing_cast(url)
        cast.school("Birchfield", "201")
        cast.member("bo", "Birchfield", Role.SENCO)
        records = {
            "ava": cast.plan("ava", "sara", small_plan()),
            "cleo": cast.plan("cleo", "sara", small_plan()),
        }
        with cast.acting("sara") as unit:
            plans.start_draft(unit, records["ava"])
            records["ben"] = plans.start_plan(unit, cast.pupils["ben"], small_plan())
            records["yan"] = plans.start_plan(unit, cast.pupils["yan"], small_plan())
            plans.end_plan(unit, records["yan"], "needs_met", "All is well")
        school = cast.places["oakfield"]
        with cast.acting("sara") as unit:
            running.import_file(unit, school, Kind.PUPILS, csv(ZOE, ASA), apply_it=True)
        with cast.acting("sara") as unit:
            files = {name: staging.stage(unit, school, Kind.PUPILS, data) for name, data in FILES.items()}
        with serving(app_over(cast)) as at:
            yield Place(at, cast, browser, records, files)
        cast.close()


# -- a file, before and after it is brought in -----------------------------------------------------------


def preview(place: Place, name: str, status: int = 200) -> Page:
    return place.visit("sara", f"/imports/{place.files[name]}", status)


def a_file_with_faults(place: Place) -> Page:
    page = preview(place, "with faults")
    expect(page.get_by_role("heading", name="To put right in the file")).to_be_visible()
    return page


def a_file_that_changes_nothing(place: Place) -> Page:
    page = preview(place, "with nothing new")
    expect(page.get_by_role("button", name="Bring it in")).to_have_count(0)
    return page


def a_file_that_differs_and_asks(place: Place) -> Page:
    page = preview(place, "with differences")
    expect(page.get_by_text("Take the file’s word?")).to_be_visible()
    expect(page.get_by_text("On record, and not in the file")).to_be_visible()
    return page


def differences(place: Place) -> Page:
    return place.visit("sara", f"/imports/{place.files['with differences']}/differences")


def somebody_ticked_without_a_last_day(place: Place) -> Page:
    page = a_file_that_differs_and_asks(place)
    page.locator("input[name=left]").first.check()
    return place.press(page, "Bring it in", 422)


def columns_that_are_not_known(place: Place) -> Page:
    return preview(place, "with columns of its own", 422)


def columns_that_are_known(place: Place) -> Page:
    return place.visit("sara", f"/imports/{place.files['with nothing new']}/columns")


def a_file_brought_in(place: Place) -> Page:
    page = preview(place, "with new pupils")
    page = place.press(page, "Bring it in")
    expect(page.locator("h1")).to_have_text("The file is brought in")
    return page


def a_file_that_was_brought_in_before(place: Place) -> Page:
    with place.cast.acting("sara") as unit:
        school = place.cast.places["oakfield"]
        staged = staging.stage(unit, school, Kind.PUPILS, csv(ZOE))
        staging.mark_applied(unit, staging.opened(unit, staged))
    return place.visit("sara", f"/imports/{staged}", 410)


def a_file_that_is_no_list(place: Place) -> Page:
    page = place.visit("sara", "/imports")
    page.set_input_files(
        "input[type=file]", {"name": "pupils.csv", "mimeType": "text/csv", "buffer": b"%PDF-1.7 ..."}
    )
    return place.press(page, "Read it in", 422)


# -- plans that are not there yet, or no more ------------------------------------------------------------


def a_plan_not_yet_shared_as_its_writer(place: Place) -> Page:
    return place.visit("sara", f"/plans/{place.records['ben']}")


def a_plan_not_yet_shared_as_a_teacher(place: Place) -> Page:
    return place.visit("tom", f"/plans/{place.records['ben']}")


def a_child_without_a_plan_as_the_parent(place: Place) -> Page:
    return place.visit("bea", f"/my-child/{place.cast.pupils['ben']}")


def a_plan_without_a_draft(place: Place) -> Page:
    return place.visit("sara", f"/plans/{place.records['cleo']}/edit")


def a_plan_that_has_ended(place: Place) -> Page:
    return place.visit("sara", f"/plans/{place.records['yan']}/edit", 409)


def words_that_were_not_saved(place: Place) -> Page:
    record = place.records["ava"]
    page = place.visit("sara", f"/plans/{record}/edit/about_me")
    page.fill('[name="about_me.interests"]', "Trains, and maps of places nobody has been to")
    fields = page.evaluate("() => Object.fromEntries(new FormData(document.querySelector('main form')))")
    other = place.visit("dan", f"/plans/{record}/draft/discard")
    other.locator("main button[type=submit]").first.click()
    other.wait_for_load_state()
    # The script would say so at once; without one, this is the page.
    page = place.visit("sara", "/account")
    page = place.send(page, f"/plans/{record}/edit/about_me", fields, 409)
    expect(page.locator("h1")).to_have_text("This was not saved")
    expect(page.get_by_text("maps of places")).to_be_visible()
    return page


# -- links that are shown once ---------------------------------------------------------------------------


def a_link_for_a_new_colleague(place: Place) -> Page:
    page = place.visit("sara", f"/staff/{place.cast.places['oakfield']}/invite")
    for label, value in {"given": "Nell", "family": "Park", "email": "nell@cast.example"}.items():
        page.fill(f"input[name={label}]", value)
    page.locator("[name=role]").first.evaluate(
        "box => { if (box.tagName === 'SELECT') box.value = 'class_teacher'; else document.querySelector"
        "('[name=role][value=class_teacher]').checked = true; }"
    )
    page.locator("main button[type=submit]").first.click()
    expect(page.get_by_text("/invitation/")).to_be_visible()
    return page


def an_invitation(place: Place) -> Page:
    person = place.cast.person("ina", account=False)
    with place.cast.making() as unit:
        code = people.invite(unit, WHY, person).code
    return place.visit("anonymous", f"/invitation/{code}")


# -- what was refused ------------------------------------------------------------------------------------


def rejected(path: Callable[[Place], str], name: str = "sara", button: int = 0) -> Callable[[Place], Page]:
    """The form at this address, sent empty."""

    def go(place: Place) -> Page:
        page = place.visit(name, path(place))
        page.evaluate(
            """() => document.querySelectorAll("main form").forEach((form) => {
                for (const box of form.querySelectorAll("input:not([type=hidden]), textarea, select"))
                    if (box.type === "checkbox" || box.type === "radio") box.checked = false;
                    else if (box.tagName === "SELECT") box.selectedIndex = -1;
                    else if (box.type !== "file") box.value = "";
            })"""
        )
        with page.expect_navigation() as answer:
            page.locator("main form button[type=submit], main form button:not([type])").nth(button).click()
        assert answer.value is not None
        assert answer.value.status == 422, answer.value.status
        expect(page.locator(".govuk-error-summary")).to_be_visible()
        return page

    return go


def of_ava(rest: str) -> Callable[[Place], str]:
    return lambda place: f"/pupils/{place.cast.pupils['ava']}{rest}"


def of_the_plan(rest: str) -> Callable[[Place], str]:
    return lambda place: f"/plans/{place.records['cleo']}{rest}"


def at(path: str) -> Callable[[Place], str]:
    return lambda place: path.format(**place.cast.places, **{"4T": place.cast.groups["4T"]})


REJECTED: dict[str, Callable[[Place], Page]] = {
    "sign in": rejected(at("/sign-in"), "anonymous"),
    "choose a password": rejected(at("/account/password")),
    "a new pupil": rejected(at("/pupils/new")),
    "a pupil's details": rejected(of_ava("/details/change")),
    "the last day here": rejected(of_ava("/leave")),
    "a new parent": rejected(of_ava("/people/new")),
    "a responsible authority": rejected(of_ava("/people/authority")),
    "a young person's account": rejected(of_ava("/people/own-account")),
    "a restriction": rejected(of_ava("/restrict"), "leo"),
    "a request for an assessment": rejected(of_ava("/request-assessment")),
    "days in the calendar": rejected(at("/calendar/new")),
    "a new class": rejected(at("/settings/classes/new")),
    "a colleague in a class": rejected(at("/settings/classes/{4T}/staff")),
    "a colleague": rejected(at("/staff/{oakfield}/invite")),
    "an earlier plan": rejected(of_the_plan("/earlier")),
    "why a plan ends": rejected(of_the_plan("/end")),
    "why a version is withdrawn": rejected(of_the_plan("/versions/1/withdraw")),
    "a file": rejected(at("/imports")),
}


def not_found(place: Place) -> Page:
    return place.visit("sara", "/plans/nothing-here", 404)


def not_found_by_nobody_in_particular(place: Place) -> Page:
    return place.visit("anonymous", "/nothing-here", 404)


def not_allowed(place: Place) -> Page:
    return place.visit("tom", f"/pupils/{place.cast.pupils['ava']}/leave", 403)


def changed_since(place: Place) -> Page:
    page = place.visit("sara", "/account")
    return place.send(page, f"/plans/{place.records['cleo']}/draft/discard", {"revision": "1"}, 409)


def lapsed(place: Place) -> Page:
    page = place.visit("sara", "/account")
    return place.send(page, "/account/password", {"csrf_token": "", "form_stamp": ""}, 403)


def signed_out_meanwhile(place: Place) -> Page:
    page = place.visit("dan", "/calendar/new")
    with place.cast.making() as unit:
        sessions.end_all(unit, place.cast.people["dan"])
    page.fill("main input[type=text] >> nth=0", "Autumn")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()
    expect(page.locator("input[name=password]")).to_be_visible()
    del place.pages["dan"]
    return page


def nothing_to_be_had(place: Place) -> Page:
    """The trail cannot be written, so no record is shown."""
    place.visit("sara", "/account")
    with place.cast.store.database.writing() as connection:
        connection.execute(text("ALTER TABLE audit_head RENAME TO audit_head_away"))
    try:
        return place.visit("sara", f"/pupils/{place.cast.pupils['ava']}", 503)
    finally:
        with place.cast.store.database.writing() as connection:
            connection.execute(text("ALTER TABLE audit_head_away RENAME TO audit_head"))


def an_empty_school(place: Place) -> Page:
    return place.visit("bo", "/")


def an_empty_list(place: Place) -> Page:
    return place.visit("bo", "/pupils")


STATES: list[Callable[[Place], Page]] = [
    a_file_with_faults,
    a_file_that_changes_nothing,
    a_file_that_differs_and_asks,
    differences,
    somebody_ticked_without_a_last_day,
    columns_that_are_not_known,
    columns_that_are_known,
    a_file_brought_in,
    a_file_that_was_brought_in_before,
    a_file_that_is_no_list,
    a_plan_not_yet_shared_as_its_writer,
    a_plan_not_yet_shared_as_a_teacher,
    a_child_without_a_plan_as_the_parent,
    a_plan_without_a_draft,
    a_plan_that_has_ended,
    words_that_were_not_saved,
    a_link_for_a_new_colleague,
    an_invitation,
    not_found,
    not_found_by_nobody_in_particular,
    not_allowed,
    changed_since,
    lapsed,
    signed_out_meanwhile,
    nothing_to_be_had,
    an_empty_school,
    an_empty_list,
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_a_page_in_this_state_is_accessible(place: Place, state: Callable[[Place], Page]) -> None:
    assert faults(state(place)) == []


@pytest.mark.parametrize("what", REJECTED)
def test_a_form_sent_empty_says_what_is_missing_and_is_accessible(place: Place, what: str) -> None:
    assert faults(REJECTED[what](place)) == []
