"""The golden thread on the pages where a plan is written: seen from both ends, linked and unlinked there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.access.lenses import Label, Lens
from isp.plans.chips import THREAD, threads
from isp.plans.linking import link_change
from isp.plans.thread import gaps
from isp.records.changes import apply, items_by_id
from tests.pages import Page
from tests.plans.desk import words
from tests.plans.invented import (
    ADJUSTMENT,
    CONFIGURATION,
    NEED,
    OUTCOME,
    READING,
    STEP,
    add,
    plan,
    put,
    uuid,
)

OTHER = uuid(50)
STAFF = Lens(labels=frozenset(Label), cost=True)


def woven(content, section):
    return threads(content, section, gaps(content, CONFIGURATION), CONFIGURATION)


def linked(content, section, item):
    return {(chip.section, chip.item) for chip in woven(content, section)[item].linked}


def pressed(deed, content):
    """The change that a button makes."""
    found = link_change(deed, content, STAFF)
    assert found is not None
    return found[0]


def page_of(draft, section):
    return f"/plans/{draft}/edit/{section}"


def items(desk, draft, section):
    return desk.content(draft)["sections"][section]["items"]


def chips(page, item):
    (place,) = [one for one in Page(page.text).all("div") if one.get("data-hints") == f"thread.{item}"]
    return place.words


def deeds(page):
    found = [one.get("value") for one in Page(page.text).all("button") if one.get("name") == "do"]
    return [one for one in found if one.startswith(("link:", "unlink:"))]


def press(person, draft, section, deed, **typed):
    path = page_of(draft, section)
    return person.fill(person.get(path), path, values={"do": deed} | typed)


# -- pure


def test_a_need_is_seen_from_everything_that_is_for_it():
    assert linked(plan(), "needs", NEED) == {
        ("outcomes", OUTCOME),
        ("adjustments", ADJUSTMENT),
        ("provision", READING),
    }


def test_an_outcome_is_seen_with_its_needs_its_steps_and_its_provision():
    assert linked(plan(), "outcomes", OUTCOME) == {
        ("needs", NEED),
        ("outcomes", STEP),
        ("provision", READING),
    }
    assert linked(plan(), "outcomes", STEP) == {("outcomes", OUTCOME)}
    assert linked(plan(), "provision", READING) == {("outcomes", OUTCOME), ("needs", NEED)}
    assert linked(plan(), "adjustments", ADJUSTMENT) == {("needs", NEED)}


def test_only_what_no_box_of_its_own_holds_is_linked_by_a_button():
    assert [chip.deed for chip in woven(plan(), "provision")[READING].linked] == ["", ""]
    by_item = {chip.item: chip.deed for chip in woven(plan(), "needs")[NEED].linked}
    assert by_item[OUTCOME] == f"unlink:outcomes.{OUTCOME}.needs:{NEED}"
    assert {chip.item for chip in woven(plan(), "needs")[NEED].offered} == {STEP}


def test_what_is_gone_is_no_chip():
    gone = apply(plan(), [put("provision", "outcomes", [OTHER], READING)])
    assert linked(gone, "provision", READING) == {("needs", NEED)}


def test_the_thread_runs_through_four_sections_only():
    for section in ("about_me", "family_views", "advice", "review"):
        assert woven(plan(), section) == {}


@given(st.data())
def test_every_button_that_is_offered_links_and_its_other_half_undoes_it(data):
    content = apply(plan(), [add("needs", OTHER, "i002", barrier="Waiting for a turn")])
    section = data.draw(st.sampled_from(THREAD))
    item = data.draw(st.sampled_from(sorted(items_by_id(content["sections"][section]))))
    thread = woven(content, section)[item]
    for chip in thread.offered:
        change = pressed(chip.deed, content)
        after = apply(content, [change])
        assert (chip.section, chip.item) in linked(after, section, item)
        back = next(one for one in woven(after, section)[item].linked if one.item == chip.item and one.deed)
        undone = pressed(back.deed, after)
        assert apply(after, [undone]) == content


@pytest.mark.parametrize(
    "deed",
    [
        "",
        "add",
        "link:",
        f"link:about_me.hard:{NEED}",
        f"link:outcomes.{OUTCOME}.statement:{NEED}",
        "next:needs",
    ],
)
def test_what_is_no_link_changes_nothing(deed):
    assert link_change(deed, plan(), STAFF) is None


# -- on the pages


def test_what_is_not_linked_stands_beside_the_section_and_on_its_card(desk, draft):
    sara = desk.at("sara")
    need, outcome = items(desk, draft, "needs")[0]["id"], items(desk, draft, "outcomes")[0]["id"]
    press(sara, draft, "needs", f"unlink:outcomes.{outcome}.needs:{need}")
    page = sara.get(page_of(draft, "needs"))
    assert "2 things not linked" in words(page)
    assert "Not linked No outcome is linked to the need" in chips(page, need)
    assert "Here No outcome is linked to the need" in words(page)
    assert "In other sections The outcome “Follow a two-step instruction” is not linked" in words(page)
    assert "In other sections No outcome is linked" in words(sara.get(page_of(draft, "provision")))


def test_a_need_shows_what_is_for_it_and_links_and_unlinks_it(desk, draft):
    sara = desk.at("sara")
    need, outcome = items(desk, draft, "needs")[0]["id"], items(desk, draft, "outcomes")[0]["id"]
    page = sara.get(page_of(draft, "needs"))
    assert "Outcome Follow a two-step instruction" in chips(page, need)
    assert "Provision Reading" in chips(page, need)
    unlink = f"unlink:outcomes.{outcome}.needs:{need}"
    assert unlink in deeds(page)
    answer = press(sara, draft, "needs", unlink)
    assert answer.location.endswith(f"{page_of(draft, 'needs')}#item-{need}")
    assert "needs" not in items(desk, draft, "outcomes")[0]
    link = f"link:outcomes.{outcome}.needs:{need}"
    assert link in deeds(sara.get(page_of(draft, "needs")))
    press(sara, draft, "needs", link)
    assert items(desk, draft, "outcomes")[0]["needs"] == [need]
    assert "plan.draft_saved" in desk.acts("ava")


def test_what_was_typed_beside_the_button_is_saved_with_it(desk, draft):
    sara = desk.at("sara")
    need, outcome = items(desk, draft, "needs")[0]["id"], items(desk, draft, "outcomes")[0]["id"]
    deed = f"unlink:outcomes.{outcome}.needs:{need}"
    press(sara, draft, "needs", deed, **{f"needs.{need}.evidence": "Seen in class"})
    assert items(desk, draft, "needs")[0]["evidence"] == "Seen in class"
    assert "needs" not in items(desk, draft, "outcomes")[0]


def test_two_people_who_link_different_things_at_once_both_get_their_way(desk, draft):
    sara, tom = desk.at("sara"), desk.at("tom")
    sara.fill(sara.get(page_of(draft, "needs")), page_of(draft, "needs"), values={"do": "add"})
    first, second = (one["id"] for one in items(desk, draft, "needs"))
    outcome = items(desk, draft, "outcomes")[0]["id"]
    page = sara.get(page_of(draft, "needs"))
    press(tom, draft, "needs", f"unlink:outcomes.{outcome}.needs:{first}")
    path = page_of(draft, "needs")
    answer = sara.fill(page, path, values={"do": f"link:outcomes.{outcome}.needs:{second}"})
    assert answer.location.endswith(f"#item-{second}")
    assert items(desk, draft, "outcomes")[0]["needs"] == [second]


def test_linking_what_a_colleague_removed_says_so_and_keeps_what_was_typed(desk, draft):
    sara, tom = desk.at("sara"), desk.at("tom")
    need, outcome = items(desk, draft, "needs")[0]["id"], items(desk, draft, "outcomes")[0]["id"]
    page, path = sara.get(page_of(draft, "needs")), page_of(draft, "needs")
    tom.fill(
        tom.get(page_of(draft, "outcomes")), page_of(draft, "outcomes"), values={"do": f"remove:{outcome}"}
    )
    values = {"do": f"link:outcomes.{outcome}.needs:{need}", f"needs.{need}.evidence": "Seen in class"}
    answer = sara.fill(page, path, values=values)
    assert answer.status_code == 409
    assert "Seen in class" in answer.text


def test_a_save_by_the_script_brings_the_chips_and_what_stands_beside(desk, draft):
    sara = desk.at("sara")
    need, outcome = items(desk, draft, "needs")[0]["id"], items(desk, draft, "outcomes")[0]["id"]
    page = sara.get(page_of(draft, "outcomes"))
    key = f"outcomes.{outcome}.needs"
    said = sara.autosave(page, {key: []}, shown={key: [need]}).json["hints"]
    assert "Not linked" in said[f"thread.{outcome}"]
    assert said["thread-count"] == "2 things not linked"
    assert "No outcome is linked to the need" in said["thread"]


def test_a_parent_and_an_assistant_cannot_link(desk, draft):
    need, outcome = items(desk, draft, "needs")[0]["id"], items(desk, draft, "outcomes")[0]["id"]
    for name in ("pam", "tia"):
        assert desk.at(name).get(page_of(draft, "needs")).status_code == 403
    assert items(desk, draft, "outcomes")[0]["needs"] == [need]
    assert outcome
