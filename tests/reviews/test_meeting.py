"""The meeting in a browser without scripts: every step, several people, a closed review, and its report."""

from __future__ import annotations

from datetime import timedelta

import pytest

from isp.kernel.ids import new_id
from isp.records.changes import Change, Op
from isp.reviews import actions, rounds
from isp.reviews.rounds_rules import usual_questions
from tests.cast import PASSWORD, small_plan
from tests.plans.desk import form_of, words


def at(review: str, path: str) -> str:
    return f"/reviews/{review}/meeting/{path}"


def test_a_teacher_opens_the_meeting_works_through_it_and_closes_it(desk, plan, review):
    tom = desk.at("tom")
    page = tom.get(f"/reviews/{review}")
    assert "Open the meeting" in page.text
    answer = tom.fill(page, f"/reviews/{review}/open")
    assert answer.status_code == 303
    first = tom.get(tom.get(answer.headers["Location"]).headers["Location"])
    assert "Who is here" in words(first)
    answer = tom.fill(first, at(review, "meeting"), values={"meeting.where": "Room 2"}, do="next")
    assert answer.headers["Location"].endswith("/meeting/views")
    page = tom.get(answer.headers["Location"])
    answer = tom.fill(page, at(review, "views"), values={"views.family": "He reads to his sister"}, do="next")
    item = desk.outcome(review)["id"]
    here = at(review, f"outcomes/{item}")
    assert answer.headers["Location"].endswith(here)
    page = tom.get(here)
    said = words(page)
    assert "Follow a two-step instruction" in said
    assert "Reading" in said
    assert "He reads to his sister" in page.text
    answer = tom.fill(
        page,
        here,
        values={
            f"outcomes.{item}.result": "expected",
            f"outcomes.{item}.next": "continue",
            f"outcomes.{item}.evidence": "Seen in class, 3 of 4 times",
        },
        do="next",
    )
    assert answer.headers["Location"].endswith("/meeting/overall")
    page = tom.get(answer.headers["Location"])
    answer = tom.fill(page, at(review, "overall"), values={"overall.continues": "Reading"}, do="next")
    page = tom.get(answer.headers["Location"])
    answer = tom.fill(
        page,
        at(review, "decision"),
        values={
            "decision.decision": "continue_support",
            "decision.next_review_on-day": "1",
            "decision.next_review_on-month": "7",
            "decision.next_review_on-year": str(desk.today.year + 1),
        },
        do="next",
    )
    assert answer.headers["Location"].endswith("/close")
    page = tom.get(answer.headers["Location"])
    said = words(page)
    assert "What is needed first" not in said
    assert "The next version of the plan" in said
    assert "As expected" in said
    assert "Pam" in said
    answer = tom.fill(page, f"/reviews/{review}/close")
    assert answer.status_code == 303
    page = tom.get(answer.headers["Location"])
    assert "the next version of the plan is drafted" in page.text
    assert "Seen in class, 3 of 4 times" in words(page)
    assert desk.aims(plan)[0]["result"] == "expected"


def test_what_is_missing_is_linked_before_anybody_presses_the_button(desk, held):
    tom = desk.at("tom")
    page = tom.get(f"/reviews/{held}/close")
    assert "Say how outcome 1 went." in words(page)
    answer = tom.fill(page, f"/reviews/{held}/close")
    assert answer.status_code == 422
    assert desk.row(held).status == "open"


def test_a_date_that_is_none_comes_back_and_the_rest_is_saved(desk, held):
    tom = desk.at("tom")
    page = tom.get(at(held, "decision"))
    answer = tom.fill(
        page,
        at(held, "decision"),
        values={"decision.reason": "Going well", "decision.next_review_on-day": "41"},
        do="next",
    )
    assert answer.status_code == 422
    assert "41" in answer.text
    assert desk.report(held)["sections"]["decision"]["fields"]["reason"] == "Going well"


def test_two_people_write_at_once_and_both_are_kept(desk, held):
    tom, sara = desk.at("tom"), desk.at("sara")
    here = at(held, "overall")
    mine, theirs = tom.get(here), sara.get(here)
    assert sara.fill(theirs, here, values={"overall.continues": "The morning group"}).status_code == 303
    assert tom.fill(mine, here, values={"overall.stops": "The reader pen"}).status_code == 303
    fields = desk.report(held)["sections"]["overall"]["fields"]
    assert fields == {"continues": "The morning group", "stops": "The reader pen"}


def test_the_same_words_by_two_are_a_question_with_two_answers(desk, held):
    tom, sara = desk.at("tom"), desk.at("sara")
    here = at(held, "overall")
    mine, theirs = tom.get(here), sara.get(here)
    sara.fill(theirs, here, values={"overall.stops": "The morning group"})
    answer = tom.fill(mine, here, values={"overall.stops": "Nothing"})
    assert answer.headers["Location"].endswith("/settle")
    page = tom.get(answer.headers["Location"])
    assert "The morning group" in words(page)
    assert "Nothing" in words(page)
    form = form_of(page, f"/reviews/{held}/settle")
    assert tom.send(f"/reviews/{held}/settle", {**form, "choice": "mine"}).status_code == 303
    assert desk.report(held)["sections"]["overall"]["fields"]["stops"] == "Nothing"


def test_what_is_typed_is_saved_as_it_is_typed(desk, held):
    tom = desk.at("tom")
    item = desk.outcome(held)["id"]
    page = tom.get(at(held, f"outcomes/{item}"))
    answer = tom.autosave(page, {f"outcomes.{item}.result": "much_more", "views.pupil": "I like maps"})
    assert answer.status_code == 200
    assert desk.outcome(held)["result"] == "much_more"
    assert desk.report(held)["sections"]["views"]["fields"]["pupil"] == "I like maps"


def test_the_plan_s_own_words_and_other_lists_are_not_written_here(desk, held):
    tom = desk.at("tom")
    item = desk.outcome(held)["id"]
    here = at(held, f"outcomes/{item}")
    page = tom.get(here)
    assert tom.autosave(page, {f"outcomes.{item}.aim": "Another aim"}).status_code == 200
    assert tom.fill(page, here, do=f"remove:{item}").status_code == 303
    assert desk.outcome(held)["aim"] == "Follow a two-step instruction"


def test_people_are_added_and_taken_out_of_who_came(desk, held):
    tom = desk.at("tom")
    here = at(held, "meeting")
    answer = tom.fill(tom.get(here), here, do="add")
    item = answer.headers["Location"].partition("#item-")[2]
    tom.fill(tom.get(here), here, values={f"meeting.{item}.name": "Mr Reed", f"meeting.{item}.came": "came"})
    assert desk.report(held)["sections"]["meeting"]["items"][0]["name"] == "Mr Reed"
    tom.fill(tom.get(here), here, do=f"remove:{item}")
    assert desk.report(held)["sections"]["meeting"]["items"] == []


def test_what_was_typed_when_the_review_was_closed_meanwhile_comes_back(desk, held):
    tom = desk.at("tom")
    here = at(held, "overall")
    page = tom.get(here)
    desk.fill(held, by="sara")
    desk.close(held, by="sara")
    answer = tom.fill(page, here, values={"overall.stops": "Words nobody may lose"})
    assert answer.status_code == 409
    assert "Words nobody may lose" in words(answer)
    assert "closed" in words(answer)


def test_what_was_typed_after_the_sign_in_lapsed_comes_back_filled_in(desk, held):
    tom = desk.at("tom")
    here = at(held, "overall")
    page = tom.get(here)
    tom.fill(tom.get("/account"), "/sign-out")
    lapsed = tom.fill(page, here, values={"overall.stops": "Words nobody may lose"})
    assert "what you wrote is kept" in words(lapsed)
    again = tom.fill(lapsed, "/sign-in", email="tom@cast.example", password=PASSWORD)
    assert "Words nobody may lose" in again.text
    assert tom.fill(again, here).status_code == 303
    assert desk.report(held)["sections"]["overall"]["fields"]["stops"] == "Words nobody may lose"


def test_a_family_reads_the_report_once_it_is_finished_and_not_before(desk, held):
    pam = desk.at("pam")
    desk.fill(held)
    desk.write(held, Change(Op.SET, "views", None, "family", "She reads to us"))
    before = words(pam.get(f"/reviews/{held}"))
    assert "being written" in before
    assert "She reads to us" not in before
    assert pam.get(at(held, "views")).status_code == 403
    desk.close(held)
    after = words(pam.get(f"/reviews/{held}"))
    assert "She reads to us" in after
    assert "Going better than we hoped" in after
    assert "More than expected" not in after


@pytest.mark.parametrize("name", ["nora", "tess", "sena", "olli"])
def test_a_stranger_finds_no_review(desk, held, name):
    assert desk.at(name).get(f"/reviews/{held}").status_code in (403, 404)
    assert desk.at(name).get(at(held, "views")).status_code in (403, 404)


def test_a_teacher_who_does_not_lead_it_reads_and_does_not_write(desk, plan):
    review = desk.planned(plan, led_by="sara")
    desk.open(review, by="sara")
    tom = desk.at("tom")
    assert tom.get(f"/reviews/{review}").status_code == 200
    assert tom.get(at(review, "views")).status_code == 403
    assert tom.get(f"/reviews/{review}/close").status_code == 403


def test_every_look_and_every_word_is_on_the_trail(desk, held):
    desk.at("tom").get(at(held, "views"))
    assert desk.acts("ava")[-1] == "review.viewed"
    desk.write(held, Change(Op.SET, "views", None, "family", "Well"))
    assert desk.acts("ava")[-1] == "review.written"
    with desk.cast.acting("sara") as unit:
        actions.cancel_review(unit, held, "Nobody could come", desk.row(held).row_version)
    assert desk.acts("ava")[-1] == "review.cancelled"


def test_a_step_that_was_reviewed_before_is_folded_and_not_asked_about(desk, cast):
    content = small_plan()
    outcomes = content["sections"]["outcomes"]["items"]
    past = (desk.today - timedelta(days=5)).isoformat()
    outcomes.append(
        {
            "id": str(new_id()),
            "order": "b",
            "statement": "One step at a time",
            "under": outcomes[0]["id"],
            "result": "less",
            "due_on": past,
        }
    )
    plan = cast.plan("ava", "sara", content)
    review = desk.planned(plan)
    desk.open(review)
    (asked,) = desk.report(review)["sections"]["outcomes"]["items"]
    assert asked["aim"] == "Follow a two-step instruction"
    page = words(desk.at("tom").get(at(review, f"outcomes/{asked['id']}")))
    assert "Reviewed before (1)" in page
    assert "One step at a time: less than expected" in page
    desk.fill(review)
    desk.close(review)
    old = desk.aims(plan)[1]
    assert (old["result"], old["due_on"]) == ("less", past)  # it stays as it was


def test_what_the_teachers_answered_stands_beside_the_outcome(desk, cast, plan):
    aim = desk.in_force(plan)["sections"]["outcomes"]["items"][0]["id"]
    with cast.acting("sara") as unit:
        asked = rounds.ask(unit, plan, usual_questions(unit.today), desk.today + timedelta(days=9))
    with cast.acting("tom") as unit:
        rounds.save_answers(
            unit, asked, {f"outcome.{aim}.going": "more", f"outcome.{aim}.text": "Two steps, most days"}
        )
    review = desk.planned(plan)
    desk.open(review)
    page = desk.at("tom").get(at(review, f"outcomes/{desk.outcome(review)['id']}"))
    assert "What teachers and assistants say" in words(page)
    assert "Two steps, most days" in words(page)


def test_the_family_finds_the_meeting_and_its_report_on_the_child_s_page(desk, cast, held):
    pam = desk.at("pam")
    home = f"/my-child/{cast.pupils['ava']}"
    assert "when, where, and whether you come" in words(pam.get(home))
    desk.fill(held)
    desk.close(held)
    said = words(pam.get(home))
    assert "What was said and decided at the meeting" in said
    day = desk.row(held).next_on
    assert f"{day.day} {day:%B %Y}" in said
