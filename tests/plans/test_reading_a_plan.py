"""Reading a version: through the reader's lens, in the reader's words, and with the view on the trail."""

from __future__ import annotations

from copy import deepcopy

import pytest

from isp.kernel import clock
from isp.plans import actions
from isp.records.changes import Change, Op
from tests.caseload.test_sentences import NEVER
from tests.cast import small_plan
from tests.pages import Page
from tests.plans.desk import words
from tests.statements import statements


def test_a_senco_reads_the_version_in_force(desk, plan):
    page = desk.at("sara").get(f"/plans/{plan}")
    said = words(page)
    assert page.status_code == 200
    assert "Version 1, finalised on" in said
    assert "Kind to younger children" in said
    assert "Towards these outcomes Follow a two-step instruction" in said
    assert "How much 2 × 20 minutes" in said
    assert "Nothing is written yet under: Must know;" in said


def test_a_family_reads_its_own_words(desk, plan):
    said = words(desk.at("pam").get(f"/plans/{plan}"))
    assert "What is in the plan?" in said
    assert "What I am good at Kind to younger children" in said
    assert "How often 2 × 20 minutes" in said
    for word in ("Provision", "Outcomes", "Nothing is written yet", "Withdraw", "Write the next"):
        assert word not in said


def test_what_a_lens_hides_is_not_on_the_page(desk, cast, draft):
    with cast.acting("sara") as unit:
        provision = cast.draft(unit, draft).content["sections"]["provision"]["items"][0]["id"]
        actions.save_draft(
            unit,
            draft,
            0,
            [
                Change(Op.SET, "provision", provision, "cost", 123_456),
                Change(Op.SET, "health_and_care", None, "affects_learning", "Epilepsy, seen by a clinic"),
            ],
        )
    with cast.acting("sara") as unit:
        actions.publish(unit, draft, 1, "Health")
    seen = {
        name: words(desk.at(name).get(f"/plans/{draft}")) for name in ("sara", "tom", "tia", "hal", "pam")
    }
    assert {name for name, said in seen.items() if "1,234.56" in said} == {"sara", "hal"}
    assert {name for name, said in seen.items() if "Epilepsy" in said} == {"sara", "tom", "pam"}


def test_the_view_is_on_the_trail(desk, plan):
    desk.at("tom").get(f"/plans/{plan}")
    last = desk.told("ava")[-1]
    assert last.event.code == "plan.viewed"
    assert last.actor_id == desk.cast.people["tom"]
    assert last.detail == {"version": 1}


@pytest.mark.parametrize("name", ["nora", "sena", "bea", "olli", "tess"])
def test_a_stranger_cannot_tell_a_plan_that_exists_from_one_that_does_not(desk, plan, name):
    stranger = desk.at(name)
    theirs = stranger.get(f"/plans/{plan}")
    none = stranger.get("/plans/01900000-0000-7000-8000-000000000000")
    assert theirs.status_code == none.status_code == 404
    assert words(theirs) == words(none)
    assert "access.denied" in desk.acts_of(name)
    assert "plan.viewed" not in desk.acts("ava")


def test_the_office_reads_no_plan(desk, plan):
    assert desk.at("olga").get(f"/plans/{plan}").status_code == 403


def test_a_plan_of_which_nothing_is_in_force(desk, cast):
    record = cast.plan("ava", "sara")
    assert "No version has been finalised and shared yet." in words(desk.at("sara").get(f"/plans/{record}"))
    said = words(desk.at("pam").get(f"/plans/{record}"))
    assert "The school is still writing the plan." in said
    assert "draft" not in said.casefold()


def test_an_older_version_says_that_it_is_not_in_force(desk, cast):
    record = cast.plan("ava", "sara", small_plan(), small_plan(strengths="Sings"))
    sara = desk.at("sara")
    said = words(sara.get(f"/plans/{record}/versions/1"))
    assert "What did version 1 say?" in said
    assert "This is not the version in force." in said
    assert "Kind to younger children" in said
    assert sara.get(f"/plans/{record}/versions/3").status_code == 404


@pytest.mark.parametrize("who", ["sara", "pam"])
def test_what_an_entry_is_about_is_said_whole_and_once(desk, cast, who):
    some_lines = "Builds " + "very " * 40 + "tall towers"
    content = small_plan()
    content["sections"]["needs"]["items"][0]["barrier"] = some_lines
    record = cast.plan("ava", "sara", content)
    page = desk.at(who).get(f"/plans/{record}")
    headings = [heading.words.strip() for heading in Page(page.text).all("h3")]
    assert some_lines in headings
    assert words(page).count(some_lines) == 1


def test_of_a_very_long_text_the_heading_says_the_beginning_and_the_rest_follows_below(desk, cast):
    page_long = "Builds " + "very " * 80 + "tall towers"
    content = small_plan()
    content["sections"]["needs"]["items"][0]["barrier"] = page_long
    record = cast.plan("ava", "sara", content)
    page = desk.at("sara").get(f"/plans/{record}")
    assert page_long in words(page)
    assert not any(page_long in heading.words for heading in Page(page.text).all("h3"))


def test_families_read_what_is_done_and_not_from_which_budget(desk, cast):
    content = small_plan()
    support = content["sections"]["provision"]["items"][0]
    support |= {"funding": "notional_sen", "cost": 12_000, "delivered_by": "Therapist"}
    record = cast.plan("ava", "sara", content)
    asked = words(desk.at("pam").get(f"/plans/{record}"))
    assert "Therapist" in asked
    assert "Notional SEN budget" not in asked
    assert "£120" not in asked
    assert "Notional SEN budget" in words(desk.at("sara").get(f"/plans/{record}"))


def test_a_family_is_not_told_that_the_budget_changed(desk, cast):
    first = small_plan()
    second = deepcopy(first)
    second["sections"]["provision"]["items"][0]["funding"] = "notional_sen"
    record = cast.plan("ava", "sara", first, second)
    compared = f"/plans/{record}/compare?earlier=1&later=2"
    assert "Notional" not in words(desk.at("pam").get(compared))
    assert "funding source: now Notional SEN budget" in words(desk.at("sara").get(compared))


def test_markup_is_words(desk, cast):
    record = cast.plan("ava", "sara", small_plan(strengths="<script>alert(1)</script> & <b>bold</b>"))
    page = desk.at("sara").get(f"/plans/{record}")
    assert "<script>alert(1)" not in page.text
    assert "<script>alert(1)</script> & <b>bold</b>" in words(page)


def test_reading_costs_a_fixed_number_of_statements(desk, plan):
    tom = desk.at("tom")
    tom.get(f"/plans/{plan}")
    with statements(desk.cast.store.database) as said:
        assert tom.get(f"/plans/{plan}").status_code == 200
    assert len(said) <= 16, "\n".join(said)


@pytest.mark.parametrize(
    "path",
    ["", "/versions", "/versions/1", "/compare", "/as-of", "/as-of?on=2020-01-01", "/as-of?on={today}"],
)
def test_no_page_of_a_plan_speaks_to_families_in_the_schools_words(desk, cast, plan, path):
    with cast.acting("sara") as unit:
        actions.start_draft(unit, plan)
    with cast.acting("sara") as unit:
        actions.publish(unit, plan, 0, "Agreed in our meeting")
    page = desk.at("pam").get(f"/plans/{plan}{path.format(today=clock.today().isoformat())}")
    assert page.status_code == 200
    assert not NEVER.findall(words(page))


def test_a_family_comes_back_to_its_own_page(desk, cast, plan):
    pam = desk.at("pam")
    for path in ("", "/versions"):
        links = [one.get("href") or "" for one in Page(pam.get(f"/plans/{plan}{path}").text).all("a")]
        assert f"/my-child/{cast.pupils['ava']}" in links
        assert not any(link.startswith("/pupils/") for link in links)


def test_one_plan_has_nothing_to_be_compared_with_in_a_familys_words(desk, plan):
    answer = desk.at("pam").get(f"/plans/{plan}/compare")
    assert answer.status_code == 422
    assert "There is only one plan so far" in words(answer)
