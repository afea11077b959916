"""Two people write in one draft: what does not touch merges; the rest is one question with three sides."""

from __future__ import annotations

import pytest

from tests.plans.desk import form_of, words


def path_of(draft, section="about_me"):
    return f"/plans/{draft}/edit/{section}"


def about(desk, draft):
    return desk.content(draft)["sections"]["about_me"]["fields"]


def items(desk, draft, section="needs"):
    return desk.content(draft)["sections"][section]["items"]


@pytest.fixture
def clash(desk, draft):
    """Tom wrote over Sara's page: Sara's words wait."""
    sara, tom = desk.at("sara"), desk.at("tom")
    page = sara.get(path_of(draft))
    tom.fill(tom.get(path_of(draft)), path_of(draft), values={"about_me.strengths": "Sings all day"})
    answer = sara.fill(page, path_of(draft), values={"about_me.strengths": "Kind to everybody"})
    assert answer.headers["Location"] == f"/plans/{draft}/settle"
    return sara, tom


def test_different_boxes_merge(desk, draft):
    sara, tom = desk.at("sara"), desk.at("tom")
    hers, his = sara.get(path_of(draft)), tom.get(path_of(draft))
    sara.fill(hers, path_of(draft), values={"about_me.interests": "Trains"})
    tom.fill(his, path_of(draft), values={"about_me.hard": "Assembly"})
    assert about(desk, draft) == {
        "strengths": "Kind to younger children",
        "interests": "Trains",
        "hard": "Assembly",
    }


def test_both_add_an_entry_and_both_stay(desk, draft):
    sara, tom = desk.at("sara"), desk.at("tom")
    hers, his = sara.get(path_of(draft, "needs")), tom.get(path_of(draft, "needs"))
    sara.fill(hers, path_of(draft, "needs"), do="add")
    tom.fill(his, path_of(draft, "needs"), do="add")
    assert len(items(desk, draft)) == 3


def test_the_same_box_asks_and_says_whose_words_are_whose(desk, draft, clash):
    sara, _ = clash
    assert about(desk, draft)["strengths"] == "Sings all day"
    page = sara.get(f"/plans/{draft}/settle")
    said = words(page)
    assert "As it was Kind to younger children" in said
    assert "Tom Example, Class teacher" in said
    assert "Sings all day" in said
    assert "Kind to everybody" in said
    assert desk.acts("ava").count("plan.draft_clashed") == 1


@pytest.mark.parametrize(
    ("choice", "third", "stands"),
    [
        ("theirs", "", "Sings all day"),
        ("mine", "", "Kind to everybody"),
        ("third", "Kind to everybody, and sings", "Kind to everybody, and sings"),
    ],
)
def test_a_choice_is_kept(desk, draft, clash, choice, third, stands):
    sara, _ = clash
    settle = f"/plans/{draft}/settle"
    answer = sara.fill(sara.get(settle), settle, choice=choice, third=third)
    assert answer.status_code == 303
    assert answer.headers["Location"] == path_of(draft)
    assert about(desk, draft)["strengths"] == stands
    assert sara.get(settle).status_code == 303
    settled = [one for one in desk.told("ava") if one.event.code == "plan.draft_settled"]
    assert [one.detail["choice"] for one in settled] == [choice]


def test_no_choice_and_no_other_words_are_asked_for(desk, draft, clash):
    sara, _ = clash
    settle = f"/plans/{draft}/settle"
    answer = sara.fill(sara.get(settle), settle, third="Something new")
    assert answer.status_code == 422
    assert "Choose which words stay." in words(answer)
    assert "Something new" in answer.text
    answer = sara.fill(answer, settle, choice="third", third="")
    assert answer.status_code == 422
    assert "Write the words that should stand." in words(answer)
    answer = sara.fill(answer, settle, choice="third", third="x" * 2001)
    assert answer.status_code == 422
    assert "Shorten this by 1 character" in words(answer)
    assert about(desk, draft)["strengths"] == "Sings all day"


def test_what_is_settled_is_not_settled_twice(desk, draft, clash):
    sara, tom = clash
    settle = f"/plans/{draft}/settle"
    page, his = sara.get(settle), tom.get(settle)
    assert "Sara Example" in words(his)
    sara.fill(page, settle, choice="mine")
    assert tom.fill(his, settle, choice="theirs").status_code == 409
    assert about(desk, draft)["strengths"] == "Kind to everybody"


def test_a_draft_with_words_to_choose_between_is_not_finalised(desk, draft, clash):
    sara, _ = clash
    finalise = f"/plans/{draft}/finalise"
    page = sara.get(finalise)
    assert "settle that first" in words(page)
    answer = sara.fill(page, finalise, reason="The autumn review")
    assert answer.status_code == 409
    assert "The autumn review" in answer.text


def test_the_script_is_told_and_typing_on_adds_to_the_same_question(desk, draft):
    sara, tom = desk.at("sara"), desk.at("tom")
    page = sara.get(path_of(draft))
    was = {"about_me.strengths": "Kind to younger children"}
    tom.fill(tom.get(path_of(draft)), path_of(draft), values={"about_me.strengths": "Sings all day"})
    first = sara.autosave(page, {"about_me.strengths": "Kind"}, shown=was)
    assert first.json["unsettled"] == 1
    assert first.json["fields"]["about_me.strengths"] == "Sings all day"
    second = sara.autosave(
        page,
        {"about_me.strengths": "Kind to all"},
        shown={"about_me.strengths": "Kind"},
        revision=first.json["revision"],
    )
    assert second.json["unsettled"] == 1
    said = words(sara.get(f"/plans/{draft}/settle"))
    assert "Kind to all" in said
    assert "As it was Kind to younger children" in said
    assert "places are left" not in said
    other = sara.autosave(
        page, {"about_me.hard": "Assembly"}, shown={"about_me.hard": ""}, revision=second.json["revision"]
    )
    assert other.json["unsettled"] == 1
    assert about(desk, draft)["hard"] == "Assembly"


def test_a_box_in_which_somebody_stood_while_the_page_moved_on_overwrites_nobody(desk, draft):
    sara, tom = desk.at("sara"), desk.at("tom")
    page = sara.get(path_of(draft))
    tom.fill(tom.get(path_of(draft)), path_of(draft), values={"about_me.strengths": "Sings all day"})
    # Another box is saved: the page's revision is now past Tom's words, while the box still shows hers.
    moved = sara.autosave(page, {"about_me.hard": "Assembly"}, shown={"about_me.hard": ""})
    assert moved.json["unsettled"] == 0
    was = {"about_me.strengths": "Kind to younger children"}
    late = sara.autosave(page, {"about_me.strengths": "Kind"}, shown=was, revision=moved.json["revision"])
    assert late.json["unsettled"] == 1
    assert about(desk, draft)["strengths"] == "Sings all day"


def test_the_form_of_such_a_page_overwrites_nobody_either(desk, draft):
    sara, tom = desk.at("sara"), desk.at("tom")
    page = sara.get(path_of(draft))
    tom.fill(tom.get(path_of(draft)), path_of(draft), values={"about_me.strengths": "Sings all day"})
    moved = sara.autosave(page, {"about_me.hard": "Assembly"}, shown={"about_me.hard": ""})
    now = str(moved.json["revision"])
    shown = '{"about_me.strengths": "Kind to younger children", "about_me.hard": "Assembly"}'
    untouched = sara.fill(
        page, path_of(draft), revision=now, values={"_shown_now": shown, "about_me.hard": "Assembly"}
    )
    assert untouched.headers["Location"] == path_of(draft)
    assert about(desk, draft)["strengths"] == "Sings all day"
    typed = sara.fill(
        page,
        path_of(draft),
        revision=now,
        values={"_shown_now": shown, "about_me.hard": "Assembly", "about_me.strengths": "Kind"},
    )
    assert typed.headers["Location"] == f"/plans/{draft}/settle"
    assert about(desk, draft)["strengths"] == "Sings all day"


def test_typing_in_an_entry_that_somebody_removed_is_a_question(desk, draft):
    sara, tom = desk.at("sara"), desk.at("tom")
    need = items(desk, draft)[0]["id"]
    box = f"needs.{need}.barrier"
    page = sara.get(path_of(draft, "needs"))
    tom.fill(tom.get(path_of(draft, "needs")), path_of(draft, "needs"), do=f"remove:{need}")
    answer = sara.fill(page, path_of(draft, "needs"), values={box: "Long instructions, and noise"})
    assert answer.headers["Location"] == f"/plans/{draft}/settle"
    settle = f"/plans/{draft}/settle"
    asked = sara.get(settle)
    assert "The entry is removed." in words(asked)
    assert "third" not in form_of(asked, settle)
    sara.fill(asked, settle, choice="mine")
    assert items(desk, draft)[0]["barrier"] == "Long instructions, and noise"


def test_the_same_on_a_page_whose_revision_is_past_the_removal(desk, draft):
    sara, tom = desk.at("sara"), desk.at("tom")
    need = items(desk, draft)[0]["id"]
    box = f"needs.{need}.barrier"
    page = sara.get(path_of(draft, "needs"))
    tom.fill(tom.get(path_of(draft, "needs")), path_of(draft, "needs"), do=f"remove:{need}")
    answer = sara.autosave(
        page, {box: "Noise"}, shown={box: "Following long instructions"}, revision=desk.draft(draft).revision
    )
    assert answer.status_code == 200
    assert answer.json["unsettled"] == 1
    settle = f"/plans/{draft}/settle"
    sara.fill(sara.get(settle), settle, choice="theirs")
    assert items(desk, draft) == []


def test_words_whose_entry_has_gone_meanwhile_can_be_let_go(desk, draft):
    sara, tom = desk.at("sara"), desk.at("tom")
    need = items(desk, draft)[0]["id"]
    box = f"needs.{need}.barrier"
    page = sara.get(path_of(draft, "needs"))
    tom.fill(tom.get(path_of(draft, "needs")), path_of(draft, "needs"), values={box: "Noise"})
    sara.fill(page, path_of(draft, "needs"), values={box: "Crowds"})
    tom.fill(tom.get(path_of(draft, "needs")), path_of(draft, "needs"), do=f"remove:{need}")
    settle = f"/plans/{draft}/settle"
    assert sara.fill(sara.get(settle), settle, choice="mine").status_code == 409
    assert sara.fill(sara.get(settle), settle, choice="theirs").status_code == 303


def test_a_browser_that_no_longer_knows_what_a_box_showed_lets_the_person_choose(desk, draft):
    sara = desk.at("sara")
    answer = sara.autosave(sara.get(path_of(draft)), {"about_me.strengths": "Older words"}, shown={})
    assert answer.json["unsettled"] == 1
    assert about(desk, draft)["strengths"] == "Kind to younger children"


def test_one_marks_complete_while_another_begins_to_write(desk, draft):
    sara, tom = desk.at("sara"), desk.at("tom")
    hers, his = sara.get(path_of(draft)), tom.get(path_of(draft))
    sara.fill(hers, path_of(draft), values={"status.about_me": "complete"})
    tom.fill(his, path_of(draft), values={"about_me.hard": "Assembly"})
    assert desk.content(draft)["sections"]["about_me"]["status"] == "complete"
    assert about(desk, draft)["hard"] == "Assembly"
