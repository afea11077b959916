"""The family's own words in section A: written by themselves, taken as they are, and marked as theirs."""

from __future__ import annotations

from typing import Any

import pytest

from isp.ehcp import printing, queries, taking_over
from isp.kernel.ids import new_id
from isp.plans import actions as plans
from isp.records import versions
from tests.cast import small_plan
from tests.ehcp.test_pages import Office
from tests.ehcp.world import Desk, ready_content
from tests.people.world import Browser

MARK = "written here by themselves"


@pytest.fixture
def office(desk: Desk) -> Office:
    desk.open(ready_content())
    return Office(desk)


def here(office: Office) -> str:
    return f"{office.base}/edit/a"


def write(office: Office, who: str, words: str) -> dict[str, Any]:
    """Somebody adds her own words in section A; the entry as it is kept."""
    path = here(office)
    browser: Browser = office.as_(who)
    assert browser.post(path, {**office.form(path, who), "do": "add"}).status_code == 303
    made = entries(office)[-1]["id"]
    sent = {**office.form(path, who), f"a.{made}.words": words}
    assert browser.post(path, sent).status_code == 303
    return entries(office)[-1]


def entries(office: Office) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.draft().content["sections"]["a"]["items"]
    return found


def with_family_views(desk: Desk) -> Any:
    """The school's plan goes on with what the mother said; its newest version."""
    content = small_plan()
    said = {"id": str(new_id()), "order": "a", "views": "He sleeps badly"}
    content["sections"]["family_views"]["items"] = [said | {"given_by": str(desk.cast.people["pam"])}]
    with desk.cast.acting("sara") as unit:
        plans.start_draft(unit, desk.isp)
    desk.cast.write(desk.isp, "sara", content)
    with desk.cast.acting("sara") as unit:
        plans.publish(unit, desk.isp, desk.cast.draft(unit, desk.isp).revision, "What the family says")
        return versions.page(unit, desk.isp)[0]


@pytest.mark.parametrize("who", ["pam", "carl"])
def test_a_parent_or_carer_writes_her_own_words_and_they_are_marked_as_hers(office: Office, who: str) -> None:
    made = write(office, who, "She loves maps")
    assert (made["said_by"], made["came"]) == (str(office.desk.cast.people[who]), MARK)
    assert made["gathered_on"]
    assert office.desk.trail("ehcp.written")[-1].actor_id == office.desk.cast.people[who]


def test_a_carer_meets_section_a_and_nothing_else_of_the_plan(office: Office) -> None:
    carl = office.as_("carl")
    write(office, "pam", "Pam's words")
    assert carl.get(f"{office.base}/edit").status_code == 200
    assert "Pam&#39;s words" not in carl.get(here(office)).text
    for path in ("", "/edit/b", "/draft", "/versions", "/versions/1", "/print"):
        assert carl.get(f"{office.base}{path}").status_code in (403, 404), path
    assert f"{office.base}/edit/a" in carl.get(f"/my-child/{office.desk.ava}").text


def test_nobody_else_types_in_them_and_the_officer_reads_whose_they_are(office: Office) -> None:
    made = write(office, "pam", "She loves maps")
    for who in ("olli", "sara", "paul"):
        stolen = {**office.form(here(office), who), f"a.{made['id']}.words": "Other words"}
        office.as_(who).post(here(office), stolen)
        assert entries(office)[-1] == made
    page = office.as_("olli").get(here(office)).text
    assert "The words of Pam Example" in page
    assert f'name="a.{made["id"]}.words"' not in page
    assert "She loves maps" in page
    changed = {**office.form(here(office), "pam"), f"a.{made['id']}.words": "She loves trains"}
    office.as_("pam").post(here(office), changed)
    assert entries(office)[-1]["words"] == "She loves trains"


def test_the_officer_leaves_them_out_and_the_school_does_not(office: Office) -> None:
    made = write(office, "pam", "She loves maps")
    leave = {"do": f"remove:{made['id']}"}
    for who in ("sara", "paul"):
        office.as_(who).post(here(office), {**office.form(here(office), who), **leave})
        assert made in entries(office)
    assert f'value="remove:{made["id"]}"' not in office.as_("sara").get(here(office)).text
    office.as_("olli").post(here(office), {**office.form(here(office), "olli"), **leave})
    assert made not in entries(office)


def test_the_plan_says_whose_words_they_are_and_names_no_parent_to_the_other(office: Office) -> None:
    write(office, "pam", "She loves maps")
    office.desk.in_force()
    shown = {who: office.as_(who).get(office.base).text for who in ("olli", "tom", "pam", "paul")}
    for who, page in shown.items():
        assert MARK in page, who
        # Her own page has her name on top.
        assert ("Pam Example" in page) is (who != "paul")
    assert "Somebody else in the family" in shown["paul"]
    assert "Somebody else in the family" not in shown["pam"]
    with office.desk.cast.looking("paul") as unit:
        paper, _ = printing.plan_paper(unit, office.desk.plan, None, "pdf", large=False)
    assert MARK in str(paper)
    assert "Pam Example" not in str(paper)


def test_words_of_the_schools_plan_are_taken_by_version_and_stay_as_they_are(office: Office) -> None:
    desk = office.desk
    version = with_family_views(desk)
    desk.cast.case("ava", "northshire", "olli", {version.id: version.digest})
    with desk.cast.looking("olli") as unit:
        offered = taking_over.offered(unit, desk.plan, "a")[2]
    assert offered is not None
    with desk.cast.acting("olli") as unit:
        taking_over.take_over(
            unit, desk.plan, "a", offered.record_id, offered.number, [offered.entries[0][0]]
        )
    made = entries(office)[-1]
    assert made["came"] == f"taken from the school’s plan, version {offered.number}, code {offered.code}"
    stolen = {**office.form(here(office), "olli"), f"a.{made['id']}.words": "Other words"}
    office.as_("olli").post(here(office), stolen)
    assert entries(office)[-1] == made
    assert "He sleeps badly" in office.as_("olli").get(here(office)).text


def test_a_stranger_writes_nothing(office: Office) -> None:
    before = entries(office)
    for who in ("nora", "stan", "yan"):
        answer = office.as_(who).post(here(office), {"revision": "1", "do": "add"})
        assert answer.status_code == 404
    for who in ("tom", "hal", "leo", "mia"):
        assert office.as_(who).post(here(office), {"revision": "1", "do": "add"}).status_code == 403
    assert entries(office) == before


def test_while_nothing_is_written_there_is_nowhere_to_write(office: Office) -> None:
    office.desk.in_force()
    assert f"{office.base}/edit/a" not in office.as_("pam").get(f"/my-child/{office.desk.ava}").text
    assert "Nothing is being written now" in office.as_("carl").get(f"{office.base}/edit").text
    with office.desk.cast.looking("pam") as unit:
        assert queries.read_version(unit, office.desk.plan).version.number == 1
