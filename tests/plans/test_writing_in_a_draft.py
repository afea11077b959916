"""Writing a section by its form, without scripts: saved, merged, and nothing that was typed is lost."""

from __future__ import annotations

import re

import pytest

from isp.plans import actions
from tests.pages import hidden
from tests.plans.desk import form_of, words


def about(draft):
    return f"/plans/{draft}/edit/about_me"


def needs(draft):
    return f"/plans/{draft}/edit/needs"


def fields(desk, draft, section="about_me"):
    return desk.content(draft)["sections"][section]["fields"]


def items(desk, draft, section="needs"):
    return desk.content(draft)["sections"][section]["items"]


def test_a_senco_writes_and_it_is_saved(desk, draft):
    sara = desk.at("sara")
    answer = sara.fill(
        sara.get(about(draft)), about(draft), values={"about_me.interests": "Trains\r\nand maps"}
    )
    assert answer.status_code == 303
    assert fields(desk, draft)["interests"] == "Trains\nand maps"
    page = sara.get(about(draft))
    assert "Saved at" in words(page)
    assert "Trains\nand maps" in page.text


def test_a_teacher_of_the_child_writes_too(desk, draft):
    tom = desk.at("tom")
    answer = tom.fill(tom.get(about(draft)), about(draft), values={"about_me.hard": "Assembly"})
    assert answer.status_code == 303
    assert fields(desk, draft)["hard"] == "Assembly"


def test_writing_begins_a_section(desk, draft):
    sara = desk.at("sara")
    sara.fill(sara.get(about(draft)), about(draft), values={"about_me.hard": "Assembly"})
    assert desk.content(draft)["sections"]["about_me"]["status"] == "in_progress"


def test_a_form_that_nobody_touched_changes_nothing(desk, draft):
    sara = desk.at("sara")
    for section in ("about_me", "needs", "outcomes", "provision", "family_views", "review", "context"):
        path = f"/plans/{draft}/edit/{section}"
        assert sara.fill(sara.get(path), path).status_code == 303
    assert desk.draft(draft).revision == 0


def test_a_box_that_nobody_ticked_is_not_ticked_and_stays_so(desk, draft):
    """Else the family's words would be kept from the family the next time that somebody saves the page."""
    sara, address = desk.at("sara"), f"/plans/{draft}/edit/family_views"
    sara.fill(sara.get(address), address, do="add")

    def ticks() -> list[bool]:
        found = re.findall(r'<input[^>]*name="[^"]*limited_to_staff"[^>]*>', sara.get(address).text)
        return ["checked" in one for one in found]

    assert ticks() == [False]
    sara.fill(sara.get(address), address)
    (view,) = items(desk, draft, "family_views")
    assert "limited_to_staff" not in view
    sara.fill(sara.get(address), address, values={f"family_views.{view['id']}.limited_to_staff": "yes"})
    assert items(desk, draft, "family_views")[0]["limited_to_staff"] is True
    assert ticks() == [True]


def test_every_kind_of_answer_is_kept(desk, draft):
    sara = desk.at("sara")
    path = f"/plans/{draft}/edit/provision"
    one = items(desk, draft, "provision")[0]["id"]
    box = f"provision.{one}"
    answer = sara.fill(
        sara.get(path),
        path,
        values={
            f"{box}.delivered_by": "Teaching assistant",
            f"{box}.minutes": "30",
            f"{box}.per": "week",
            f"{box}.start_on-day": "4",
            f"{box}.start_on-month": "January",
            f"{box}.start_on-year": "2027",
            f"{box}.cost": "£1,250.50",
            f"{box}.needs": [],
        },
    )
    assert answer.status_code == 303
    stored = items(desk, draft, "provision")[0]
    assert stored["delivered_by"] == "Teaching assistant"
    assert stored["minutes"] == 30
    assert stored["per"] == "week"
    assert stored["start_on"] == "2027-01-04"
    assert stored["cost"] == 125_050
    assert "needs" not in stored


def test_what_cannot_be_kept_comes_back_and_the_rest_is_saved(desk, draft):
    sara = desk.at("sara")
    path = f"/plans/{draft}/edit/review"
    answer = sara.fill(
        sara.get(path),
        path,
        values={
            "review.next_review_on-day": "31",
            "review.next_review_on-month": "2",
            "review.next_review_on-year": "2027",
            "review.led_by": "Sara",
        },
    )
    assert answer.status_code == 422
    assert fields(desk, draft, "review")["led_by"] == "Sara"
    sent = form_of(answer, path)
    assert [sent[f"review.next_review_on-{part}"] for part in ("day", "month", "year")] == ["31", "2", "2027"]
    assert "Give a real date" in words(answer)
    assert 'href="#review.next_review_on-day"' in answer.text
    # Sent again as it came back, it is still not kept, and still not lost.
    again = sara.fill(answer, path)
    assert again.status_code == 422
    assert form_of(again, path)["review.next_review_on-month"] == "2"
    mended = sara.fill(again, path, values={"review.next_review_on-month": "3"})
    assert mended.status_code == 303
    assert fields(desk, draft, "review")["next_review_on"] == "2027-03-31"


def test_a_text_beyond_its_limit_comes_back_whole(desk, draft):
    sara = desk.at("sara")
    long = "word " * 500
    answer = sara.fill(sara.get(about(draft)), about(draft), values={"about_me.hard": long})
    assert answer.status_code == 422
    assert "Shorten this by 499 characters: it can hold 2,000." in words(answer)
    assert long.strip() in answer.text


def test_an_entry_is_added_moved_removed_and_put_back(desk, draft):
    sara = desk.at("sara")
    first = items(desk, draft)[0]["id"]
    added = sara.fill(sara.get(needs(draft)), needs(draft), do="add")
    second = next(item["id"] for item in items(desk, draft) if item["id"] != first)
    assert added.headers["Location"].endswith(f"#item-{second}")
    sara.fill(
        sara.get(needs(draft)), needs(draft), do=f"up:{second}", values={f"needs.{second}.barrier": "Noise"}
    )
    assert [item["id"] for item in items(desk, draft)] == [second, first]
    assert items(desk, draft)[0]["barrier"] == "Noise"
    sara.fill(sara.get(needs(draft)), needs(draft), do=f"down:{second}")
    assert [item["id"] for item in items(desk, draft)] == [first, second]
    removed = sara.fill(sara.get(needs(draft)), needs(draft), do=f"remove:{first}")
    assert [item["id"] for item in items(desk, draft)] == [second]
    page = sara.get(removed.headers["Location"])
    assert "The entry was removed." in words(page)
    revision = desk.draft(draft).revision
    assert f'value="undo:{revision}"' in page.text
    assert sara.fill(page, needs(draft), do=f"undo:{revision}").status_code == 303
    assert [item["id"] for item in items(desk, draft)] == [first, second]


def test_somebody_elses_save_is_not_taken_back(desk, draft):
    sara, dan = desk.at("sara"), desk.at("dan")
    dan.fill(dan.get(about(draft)), about(draft), values={"about_me.hard": "Assembly"})
    answer = sara.fill(sara.get(about(draft)), about(draft), do="undo:1")
    assert answer.status_code == 409
    assert fields(desk, draft)["hard"] == "Assembly"


@pytest.mark.parametrize("number", ["9", "9" * 20, "9" * 5000, "-1", "\u00b2", ""])
def test_a_save_that_never_was_is_not_taken_back(desk, draft, number):
    sara = desk.at("sara")
    assert sara.fill(sara.get(about(draft)), about(draft), do=f"undo:{number}").status_code == 409


def test_marks_that_cannot_be_read_lose_nothing(desk, draft):
    sara = desk.at("sara")
    sent = {**form_of(sara.get(about(draft)), about(draft)), "_shown": "[" * 100_000}
    assert sara.send(about(draft), sent).status_code < 500
    assert fields(desk, draft)["strengths"]


def test_an_earlier_save_is_taken_back_and_later_ones_stay(desk, draft):
    sara = desk.at("sara")
    sara.fill(sara.get(about(draft)), about(draft), values={"about_me.hard": "Assembly"})
    sara.fill(sara.get(about(draft)), about(draft), values={"about_me.interests": "Trains"})
    assert sara.fill(sara.get(about(draft)), about(draft), do="undo:1").status_code == 303
    assert "hard" not in fields(desk, draft)
    assert fields(desk, draft)["interests"] == "Trains"


def test_a_list_that_is_full_takes_no_more(desk, draft):
    sara = desk.at("sara")
    path = f"/plans/{draft}/edit/must_know"
    for _ in range(12):
        sara.fill(sara.get(path), path, do="add")
    answer = sara.fill(sara.get(path), path, do="add", values={"must_know.checked": "x"})
    assert answer.status_code == 409
    assert "as many as it can" in words(answer)
    assert len(items(desk, draft, "must_know")) == 12


def test_boxes_that_are_none_of_the_pages_are_ignored(desk, draft):
    tom = desk.at("tom")
    one = items(desk, draft, "provision")[0]["id"]
    path = f"/plans/{draft}/edit/provision"
    page = tom.get(path)
    assert ".cost" not in page.text
    marks = form_of(page, path)["_shown"].replace("}", f',"provision.{one}.cost":"x","pupil.name":"x"}}')
    answer = tom.fill(
        page,
        path,
        values={
            "_shown": marks,
            f"provision.{one}.cost": "9.99",
            f"provision.{one}.id": "x",
            "pupil.name": "Eve",
            "record.status": "ended",
            "author_id": "me",
        },
    )
    assert answer.status_code == 303
    assert desk.draft(draft).revision == 0


def test_whose_words_they_are_is_somebody_of_this_family(desk, draft):
    sara = desk.at("sara")
    path = f"/plans/{draft}/edit/family_views"
    sara.fill(sara.get(path), path, do="add")
    view = items(desk, draft, "family_views")[0]["id"]
    pam, bea = (str(desk.cast.people[name]) for name in ("pam", "bea"))
    page = sara.get(path)
    assert pam in page.text
    assert bea not in page.text
    stranger = sara.fill(page, path, values={f"family_views.{view}.given_by": bea})
    assert stranger.status_code == 422
    assert sara.fill(page, path, values={f"family_views.{view}.given_by": pam}).status_code == 303
    assert items(desk, draft, "family_views")[0]["given_by"] == pam


def test_a_form_for_a_draft_that_is_gone_gives_the_words_back(desk, draft):
    sara, dan = desk.at("sara"), desk.at("dan")
    page = sara.get(about(draft))
    discard = f"/plans/{draft}/draft/discard"
    dan.fill(dan.get(discard), discard)
    answer = sara.fill(page, about(draft), values={"about_me.hard": "The long corridor"})
    assert answer.status_code == 409
    assert "The long corridor" in words(answer)
    # Nor does it write into the draft that somebody starts next, whose revisions begin anew.
    dan.send(f"/plans/{draft}/edit", form_of(dan.get(f"/plans/{draft}/edit"), f"/plans/{draft}/edit"))
    again = sara.fill(page, about(draft), values={"about_me.hard": "The long corridor"})
    assert again.status_code == 409
    assert "The long corridor" in words(again)
    assert "hard" not in fields(desk, draft)


def test_a_revision_that_never_was_is_refused_with_the_words(desk, draft):
    sara = desk.at("sara")
    page = sara.get(about(draft))
    answer = sara.fill(page, about(draft), revision="99", values={"about_me.hard": "Assembly"})
    assert answer.status_code == 409
    assert "Assembly" in words(answer)
    assert sara.fill(page, about(draft), revision="none").status_code == 422


def test_those_who_may_not_write_do_not(desk, draft):
    sara = desk.at("sara")
    sent = form_of(sara.get(about(draft)), about(draft))
    for name in ("hal", "tia", "pam", "leo", "olga", "dora"):
        person = desk.at(name)
        assert person.get(about(draft)).status_code == 403, name
        answer = person.send(about(draft), {**person_tokens(person), **own(sent)})
        assert answer.status_code == 403, name
    for name in ("nora", "sena", "olli", "bea", "tess"):
        person = desk.at(name)
        assert person.get(about(draft)).status_code == 404, name
        answer = person.send(about(draft), {**person_tokens(person), **own(sent)})
        assert answer.status_code == 404, name
    assert desk.draft(draft).revision == 0


def own(sent):
    """The form without the other person's token and stamp."""
    return {name: value for name, value in sent.items() if name not in ("csrf_token", "form_stamp")}


def person_tokens(person):
    page = person.get("/account")
    return {name: hidden(page, name) for name in ("csrf_token", "form_stamp")}


def test_a_section_that_is_none_is_not_found(desk, draft):
    sara = desk.at("sara")
    assert sara.get(f"/plans/{draft}/edit/nothing").status_code == 404


def test_an_ended_plan_is_not_written(desk, draft):
    from isp.plans import actions

    sara = desk.at("sara")
    page = sara.get(about(draft))
    with desk.cast.acting("sara") as unit:
        actions.end_plan(unit, draft, "needs_met", "They are met.")
    answer = sara.fill(page, about(draft), values={"about_me.hard": "Assembly"})
    assert answer.status_code == 409
    assert "Assembly" in words(answer)


def test_the_trail_says_who_wrote_and_where(desk, draft):
    sara = desk.at("sara")
    sara.fill(sara.get(about(draft)), about(draft), values={"about_me.hard": "Assembly"})
    saved = [one for one in desk.told("ava") if one.event.code == "plan.draft_saved"][-1]
    assert saved.actor_id == desk.cast.people["sara"]
    assert saved.detail["revision"] == 1
    assert saved.detail["sections"] == ["about_me"]
    assert "Assembly" not in str(saved.canon)


def test_a_blank_draft_offers_its_sections_first_and_nothing_to_finalise(desk, cast):
    with cast.acting("sara") as unit:
        record = actions.start_plan(unit, cast.pupils["ben"])
    sara = desk.at("sara")
    page = sara.get(f"/plans/{record}/edit")
    assert "Nothing is written yet" in words(page)
    for absent in ("Finalise and share", "What changed since the last version", "Read it as a whole"):
        assert absent not in page.text, absent
    assert page.text.index(f"{record}/edit/about_me") < page.text.index("Put this draft aside")
    assert "Nothing is written yet." in words(sara.get(f"/plans/{record}/finalise"))
    path = f"/plans/{record}/edit/about_me"
    sara.fill(sara.get(path), path, values={"about_me.hard": "Assembly"})
    begun = sara.get(f"/plans/{record}/edit")
    assert "Finalise and share" in begun.text
    assert "What changed since the last version" not in begun.text
    assert "since the last version" not in sara.get(f"/plans/{record}/draft").text


def test_a_draft_that_nobody_has_changed_offers_nothing_to_finalise(desk, draft):
    sara = desk.at("sara")
    page = sara.get(f"/plans/{draft}/edit")
    assert "Nothing is changed yet since version 1" in words(page)
    assert "Finalise and share" not in page.text
    sara.fill(sara.get(about(draft)), about(draft), values={"about_me.hard": "Assembly"})
    page = sara.get(f"/plans/{draft}/edit")
    assert "Finalise and share" in page.text
    assert "What changed since the last version" in page.text
