"""Four questions to all of a pupil's teachers: asked, answered, reminded of, closed, read by outcome."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from isp.audit.verify import verify
from isp.kernel import clock, immutable
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.notices.models import Notice
from isp.people.roles import Role
from isp.plans import actions as plan_actions
from isp.records import drafts
from isp.records.changes import changes_between
from isp.reviews import actions as reviews
from isp.reviews import rounds
from isp.reviews import rounds_queries as queries
from isp.reviews import rounds_rules as rules
from isp.reviews.rounds_trail import check_rounds
from tests.cast import small_plan
from tests.notes.desk import Desk as WholeDesk
from tests.notes.desk import words
from tests.pages import hidden
from tests.people.world import HERE
from tests.together import in_one_moment

NOTICES = table_of(Notice)
QUESTIONS = rules.usual_questions(clock.today())


@pytest.fixture
def content():
    return small_plan()


@pytest.fixture
def outcome(content):
    """The id of the plan's one outcome."""
    return content["sections"]["outcomes"]["items"][0]["id"]


@pytest.fixture
def asked_plan(cast, content):
    """Ava's plan; tom and tim teach her, tia assists."""
    cast.member("tim", "oakfield", Role.CLASS_TEACHER)
    cast.teaching_group("Maths", "oakfield", {"tim": Role.CLASS_TEACHER}, ["ava"], kind="teaching")
    return cast.plan("ava", "sara", content)


@pytest.fixture
def site(cast):
    """The whole application over the same cast."""
    return WholeDesk(cast)


def soon(days=7):
    return clock.today() + timedelta(days=days)


def ask(cast, record_id, by="sara", questions=QUESTIONS, due_on=None):
    with cast.acting(by) as unit:
        return rounds.ask(unit, record_id, questions, due_on or soon())


def answer(cast, round_id, by="tom", **typed):
    return save(cast, round_id, {f"question.{name[1:]}": text for name, text in typed.items()}, by)


def save(cast, round_id, typed, by="tom"):
    with cast.acting(by) as unit:
        return rounds.save_answers(unit, round_id, typed)


def finish(cast, round_id, by="tom"):
    with cast.acting(by) as unit:
        rounds.finish(unit, round_id)


def read(cast, round_id, by="sara"):
    with cast.looking(by) as unit:
        return queries.read_round(unit, round_id)


def mine(cast, name):
    with cast.looking(name) as unit:
        return [row.id for row in queries.mine(unit)]


def told(cast, name):
    with cast.store.database.reading() as connection:
        rows = connection.execute(select(NOTICES.c.kind).where(NOTICES.c.person_id == cast.people[name]))
        return [row.kind for row in rows]


# -- asking ------------------------------------------------------------------------------


def test_everybody_who_teaches_or_supports_the_pupil_is_asked_and_told_and_nobody_else(
    cast, site, asked_plan
):
    round_id = ask(cast, asked_plan)
    for name in ("tom", "tim", "tia"):
        assert mine(cast, name) == [round_id]
        assert told(cast, name) == ["questions_asked"]
    for name in ("tess", "dan"):
        assert "questions_asked" not in told(cast, name)
    said = site.trail(restricted=False)[-1]
    assert said.event.code == "questions.asked"
    assert said.detail == {"version": 1, "count": 3, "due_on": soon().isoformat()}


def test_there_are_four_questions_to_begin_with():
    assert len(QUESTIONS) == rules.COUNT
    assert all(len(one) <= rules.QUESTION_LIMIT for one in QUESTIONS)


@pytest.mark.parametrize("name", ["tom", "hal", "ada", "tia", "pam", "leo"])
def test_only_a_senco_asks(cast, asked_plan, name):
    with pytest.raises(NotAllowed):
        ask(cast, asked_plan, by=name)


@pytest.mark.parametrize("name", ["nora", "stan", "tess"])
def test_a_stranger_learns_nothing(cast, asked_plan, name):
    round_id = ask(cast, asked_plan)
    with pytest.raises(NotFound):
        ask(cast, asked_plan, by=name)
    for one in (round_id, uuid4()):
        with pytest.raises(NotFound):
            answer(cast, one, by=name, q1="Mine")
        with pytest.raises(NotFound):
            read(cast, one, by=name)


def test_one_round_at_a_time(cast, asked_plan):
    ask(cast, asked_plan)
    with pytest.raises(Conflict):
        ask(cast, asked_plan, by="dan")


def test_two_who_ask_at_once_ask_once(cast, asked_plan):
    def asking(unit):
        return rounds.ask(unit, asked_plan, QUESTIONS, soon())

    assert isinstance(in_one_moment(cast, asking, asking, ("sara", "dan")), Conflict)
    assert len(mine(cast, "tom")) == 1


def test_nothing_is_asked_without_a_version_or_a_teacher_or_of_a_plan_that_ended(cast):
    draft = cast.plan("ben", "sara")
    with pytest.raises(Conflict) as without:
        ask(cast, draft)
    assert "no version" in without.value.message
    lonely = cast.plan("cleo", "sara", small_plan())
    with pytest.raises(Conflict) as nobody:
        ask(cast, lonely)
    assert "Nobody teaches" in nobody.value.message
    with cast.acting("sara") as unit:
        plan_actions.end_plan(unit, lonely, "needs_met", "All is well")
    with pytest.raises(Conflict):
        ask(cast, lonely)


@pytest.mark.parametrize(
    ("questions", "days", "field"),
    [
        (["One", "Two", "Three", " "], 7, "question_4"),
        (["x" * 301, "Two", "Three", "Four"], 7, "question_1"),
        (["One", "Two"], 7, "question_3"),
        (QUESTIONS, -1, "due_on"),
        (QUESTIONS, 500, "due_on"),
    ],
)
def test_questions_are_four_and_short_and_due_on_a_day_to_come(cast, asked_plan, questions, days, field):
    with pytest.raises(Invalid) as refused:
        ask(cast, asked_plan, questions=questions, due_on=soon(days))
    assert field in refused.value.errors
    assert mine(cast, "tom") == []


# -- answering ---------------------------------------------------------------------------


def test_an_answer_stands_beside_its_outcome_and_its_question(cast, asked_plan, outcome):
    round_id = ask(cast, asked_plan)
    save(
        cast,
        round_id,
        {
            f"outcome.{outcome}.going": "more",
            f"outcome.{outcome}.text": "Two steps most days",
            "question.1": "Maths",
        },
    )
    found = read(cast, round_id)
    (given,) = found.to_outcome[outcome]
    assert (given.who, given.going, given.text) == (
        "Tom Example",
        "More than expected",
        "Two steps most days",
    )
    assert [one.text for one in found.to_question[1]] == ["Maths"]
    assert found.to_question[2] == ()
    assert {one.name: one.state for one in found.teachers} == {
        "Tom Example": "Has begun",
        "Tim Example": "Not begun",
        "Tia Example": "Not begun",
    }


def test_each_save_is_a_version_and_keeps_the_other_boxes(cast, site, asked_plan):
    round_id = ask(cast, asked_plan)
    assert answer(cast, round_id, q1="One").number == 1
    assert answer(cast, round_id, q2="Two").number == 2
    saved = answer(cast, round_id, q1="")
    assert (saved.number, dict(saved.answers)) == (3, {"question.2": "Two"})
    assert answer(cast, round_id, q2=" Two\r\n").number == 3  # nothing new
    codes = [one.event.code for one in site.trail(restricted=False)]
    assert codes.count("questions.answered") == 3


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"question.1": "x" * 1001}, "question.1"),
        ({"question.1": "x" * 1001, "question.2": "Kept"}, "question.1"),
    ],
)
def test_what_cannot_be_kept_is_said_and_the_rest_is_saved(cast, asked_plan, typed, wrong):
    round_id = ask(cast, asked_plan)
    saved = save(cast, round_id, typed)
    assert wrong in saved.problems
    assert wrong not in saved.answers
    assert saved.answers.get("question.2") == typed.get("question.2")


def test_how_it_is_going_is_one_of_five_and_other_boxes_are_left_out(cast, asked_plan, outcome):
    round_id = ask(cast, asked_plan)
    saved = save(
        cast,
        round_id,
        {f"outcome.{outcome}.going": "nonsense", f"outcome.{uuid4()}.text": "Not his", "question.9": "None"},
    )
    assert list(saved.problems) == [f"outcome.{outcome}.going"]
    assert saved.number == 0


def test_somebody_who_was_not_asked_does_not_answer(cast, asked_plan):
    round_id = ask(cast, asked_plan)
    cast.member("tara", "oakfield", Role.CLASS_TEACHER)
    cast.teaching_group("Art", "oakfield", {"tara": Role.CLASS_TEACHER}, ["ava"], kind="teaching")
    with pytest.raises(NotAllowed):
        answer(cast, round_id, by="tara", q1="Mine")
    for name in ("sara", "hal", "pam"):
        with pytest.raises(NotAllowed):
            answer(cast, round_id, by=name, q1="Mine")


def test_an_assistant_answers_what_her_own_sight_of_the_plan_shows(cast, site, asked_plan, outcome):
    round_id = ask(cast, asked_plan)
    tia = site.signed_in("tia")
    at = f"/questions/{round_id}/answer"
    assert at in tia.get("/").text
    assert "To write" in words(tia.get("/"))
    assert "questions to answer" in words(tia.get("/to-write"))
    assert "Follow a two-step instruction" in words(tia.get(at))
    assert tia.post(at, {f"outcome.{outcome}.going": "more", "do": "finish"}).status_code == 303
    (given,) = read(cast, round_id).to_outcome[outcome]
    assert (given.who, given.going) == ("Tia Example", "More than expected")
    # Her own contribution, and no more: neither the others' answers nor the draft.
    assert tia.get(f"/questions/{round_id}").status_code == 403
    assert tia.get(f"/plans/{asked_plan}/edit").status_code == 403


def test_an_assistant_of_another_class_is_not_asked(cast, asked_plan):
    cast.member("tula", "oakfield", Role.TEACHING_ASSISTANT)
    round_id = ask(cast, asked_plan)
    assert mine(cast, "tula") == []
    with pytest.raises(NotFound):
        answer(cast, round_id, by="tula", q1="Mine")


def test_a_teacher_reads_her_own_answers_and_no_colleagues(cast, asked_plan):
    round_id = ask(cast, asked_plan)
    answer(cast, round_id, q1="Mine")
    with cast.looking("tim") as unit:
        _, _, held = queries.read_own(unit, round_id)
    assert held == {}
    with pytest.raises(NotAllowed):
        read(cast, round_id, by="tim")
    for name in ("sara", "dan", "hal", "leo"):
        assert read(cast, round_id, by=name).to_question[1][0].text == "Mine"
    for name in ("pam", "ada", "tia"):
        with pytest.raises(NotAllowed):
            read(cast, round_id, by=name)


def test_reading_answers_is_an_event(cast, site, asked_plan):
    round_id = ask(cast, asked_plan)
    answer(cast, round_id, q1="Mine")
    read(cast, round_id, by="hal")
    said = site.trail(restricted=False)[-1]
    assert (said.event.code, said.detail) == ("questions.viewed", {"count": 1})


def test_finishing_tells_whoever_asked_and_leaves_nothing_to_write(cast, asked_plan):
    round_id = ask(cast, asked_plan)
    with pytest.raises(Invalid):
        finish(cast, round_id)
    answer(cast, round_id, q1="Mine")
    finish(cast, round_id)
    finish(cast, round_id)  # twice is once
    assert mine(cast, "tom") == []
    assert told(cast, "sara").count("questions_answered") == 1
    answer(cast, round_id, q1="Rather this")  # until it closes
    assert read(cast, round_id).to_question[1][0].text == "Rather this"


def test_two_saves_at_once_keep_both_boxes(cast, asked_plan):
    round_id = ask(cast, asked_plan)

    def saving(**typed):
        named = {f"question.{name[1:]}": text for name, text in typed.items()}
        return lambda unit: rounds.save_answers(unit, round_id, named)

    second = in_one_moment(cast, saving(q1="One"), saving(q2="Two"), ("tom", "tom"))
    if isinstance(second, Conflict):
        answer(cast, round_id, q2="Two")
    found = read(cast, round_id)
    assert [one.text for number in (1, 2) for one in found.to_question[number]] == ["One", "Two"]


# -- reminding and closing ---------------------------------------------------------------


def test_those_who_have_not_finished_are_reminded_once_a_day(cast, asked_plan):
    round_id = ask(cast, asked_plan)
    answer(cast, round_id, q1="Mine")
    finish(cast, round_id)
    with cast.acting("sara") as unit:
        assert rounds.remind(unit, round_id) == 2
    assert "questions_due" in told(cast, "tim")
    assert "questions_due" in told(cast, "tia")
    assert "questions_due" not in told(cast, "tom")
    with pytest.raises(Conflict), cast.acting("sara") as unit:
        rounds.remind(unit, round_id)
    with time_machine.travel(clock.now() + timedelta(days=1)), cast.acting("dan") as unit:
        assert rounds.remind(unit, round_id) == 2


def test_only_a_senco_reminds_and_closes(cast, asked_plan):
    round_id = ask(cast, asked_plan)
    for deed in (rounds.remind, rounds.close):
        for name in ("tom", "hal", "pam"):
            with pytest.raises(NotAllowed), cast.acting(name) as unit:
                deed(unit, round_id)


def test_what_is_closed_is_read_and_no_longer_written(cast, site, asked_plan):
    round_id = ask(cast, asked_plan)
    answer(cast, round_id, q1="Mine")
    with cast.acting("sara") as unit:
        rounds.close(unit, round_id)
    assert site.trail(restricted=False)[-1].detail == {"answered": 0, "count": 3}
    assert mine(cast, "tom") == []
    assert read(cast, round_id).to_question[1][0].text == "Mine"
    for deed in (rounds.remind, rounds.close):
        with pytest.raises(Conflict), cast.acting("sara") as unit:
            deed(unit, round_id)
    with pytest.raises(Conflict):
        answer(cast, round_id, q1="Late")
    with pytest.raises(Conflict):
        finish(cast, round_id)
    ask(cast, asked_plan)  # and another may begin


@pytest.mark.parametrize(("days", "people"), [(7, []), (2, ["tim", "tia"])])
def test_the_worker_reminds_whoever_has_not_finished_two_days_before(cast, asked_plan, days, people):
    round_id = ask(cast, asked_plan, due_on=soon(days))
    answer(cast, round_id, q1="Mine")
    finish(cast, round_id)
    with cast.looking("sara") as unit:
        found = [one.person_id for one in queries.reminders(unit, unit.today)]
    assert sorted(found) == sorted(cast.people[name] for name in people)


# -- for the review ----------------------------------------------------------------------


def test_a_meeting_has_the_answers_of_the_newest_round_by_outcome(cast, asked_plan, outcome):
    with cast.looking("tom") as unit:
        assert queries.answers_by_outcome(unit, asked_plan) == {}
    round_id = ask(cast, asked_plan)
    save(cast, round_id, {f"outcome.{outcome}.going": "less"}, by="tim")
    for name in ("sara", "tom", "hal"):
        with cast.looking(name) as unit:
            (said,) = queries.answers_by_outcome(unit, asked_plan)[outcome]
        assert (said.who, said.going) == ("Tim Example", "Less than expected")
    for name in ("pam", "tia"):
        with pytest.raises(NotAllowed), cast.looking(name) as unit:
            queries.answers_by_outcome(unit, asked_plan)


# -- nothing is asked twice --------------------------------------------------------------


STEP, OLD = str(new_id()), str(new_id())


@pytest.fixture
def with_steps(cast, asked_plan):
    """The same plan, with a step that is under way and one that has its result and whose day is past."""
    past = (clock.today() - timedelta(days=5)).isoformat()

    def write(content):
        outcomes = content["sections"]["outcomes"]["items"]
        top = outcomes[0]["id"]
        outcomes += [
            {"id": STEP, "order": "b", "statement": "Two steps together", "under": top},
            {"id": OLD, "order": "c", "statement": "One step", "under": top, "result": "less"}
            | {"due_on": past},
        ]

    with cast.acting("sara") as unit:
        plan_actions.start_draft(unit, asked_plan)
    with cast.acting("sara") as unit:
        draft = drafts.read(unit, asked_plan)
        content = json.loads(json.dumps(draft.content))
        write(content)
        plan_actions.save_draft(unit, asked_plan, 0, changes_between(draft.content, content))
        plan_actions.publish(unit, asked_plan, 1, "Two steps")
    return asked_plan


def test_a_step_that_was_reviewed_and_whose_day_is_past_is_folded_and_not_asked(cast, site, with_steps):
    round_id = ask(cast, with_steps)
    page = site.signed_in("tom").get(f"/questions/{round_id}/answer")
    assert f'name="outcome.{STEP}.text"' in page.text
    assert f'name="outcome.{OLD}.text"' not in page.text
    assert "Reviewed before (1)" in words(page)
    found = read(cast, round_id)
    assert [item for item, _ in found.before] == [OLD]
    assert STEP in {item for item, _ in found.outcomes}
    assert "Reviewed before (1)" in words(site.signed_in("sara").get(f"/questions/{round_id}"))


def test_what_was_answered_about_one_all_the_same_is_kept_and_shown(cast, site, with_steps):
    round_id = ask(cast, with_steps)
    save(cast, round_id, {f"outcome.{OLD}.text": "Still hard in the hall"})
    assert read(cast, round_id).to_outcome[OLD][0].text == "Still hard in the hall"
    assert "Still hard in the hall" in words(site.signed_in("sara").get(f"/questions/{round_id}"))
    assert "Still hard in the hall" in site.signed_in("tom").get(f"/questions/{round_id}/answer").text


def test_a_round_begins_with_the_questions_of_the_one_before(cast, site, asked_plan):
    round_id = ask(cast, asked_plan, questions=["Own one?", "Own two?", "Own three?", "Own four?"])
    with cast.acting("sara") as unit:
        rounds.close(unit, round_id)
    assert "Own three?" in site.signed_in("sara").get(f"/plans/{asked_plan}/questions").text


def test_a_round_is_due_a_week_before_the_meeting_that_is_planned(cast, site, asked_plan):
    on = clock.today() + timedelta(days=30)
    with cast.acting("sara") as unit:
        reviews.plan_review(unit, asked_plan, reviews.When(on=on), None)
    page = site.signed_in("sara").get(f"/plans/{asked_plan}/questions")
    due = on - timedelta(days=7)
    for value in (due.day, due.month, due.year):
        assert f'value="{value}"' in page.text


# -- what a dishonest administrator could do ---------------------------------------------


def test_answers_are_never_altered_and_the_walk_finds_them_whole(cast, asked_plan):
    round_id = ask(cast, asked_plan)
    answer(cast, round_id, q1="One")
    answer(cast, round_id, q1="Two")
    assert verify(cast.store, more=(check_rounds,)).ok
    for statement in ("UPDATE question_answer SET number = 9", "DELETE FROM question_answer"):
        with pytest.raises(DBAPIError), cast.store.database.writing() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM question_answer WHERE number = 2", "gone"),
        ("UPDATE question_answer SET digest = sealed WHERE number = 1", "digest"),
        ("UPDATE question_asked SET number = 1 WHERE number = 2", "saved last"),
    ],
)
def test_answers_that_were_tampered_with_are_named(cast, asked_plan, statement, what):
    round_id = ask(cast, asked_plan)
    answer(cast, round_id, q1="One")
    answer(cast, round_id, q1="Two")
    database = cast.store.database
    with database.writing() as connection:
        for verb in immutable.APPEND_ONLY["question_answer"]:
            on = "" if database.is_sqlite else " ON question_answer"
            connection.execute(text(f"DROP TRIGGER {immutable.trigger_name('question_answer', verb)}{on}"))
        connection.execute(text(statement))
    report = verify(cast.store, more=(check_rounds,))
    assert any(what in fault.what for fault in report.faults)


# -- the rules, whatever is typed --------------------------------------------------------


@given(st.dictionaries(st.sampled_from([*rules.boxes_of(["a"]), "other"]), st.text(max_size=30)))
def test_every_box_is_either_kept_or_said_to_be_wrong(typed):
    known = rules.boxes_of(["a"])
    kept, problems = rules.check_answers(typed, known, ["more", "less"])
    assert set(kept) | set(problems) == set(typed) & set(known)
    assert not set(kept) & set(problems)


# -- the pages ---------------------------------------------------------------------------


def test_the_senco_asks_from_the_pupils_page(cast, site, asked_plan):
    sara = site.signed_in("sara")
    at = f"/plans/{asked_plan}/questions"
    assert at in sara.get(f"/pupils/{site.ava}").text
    page = sara.get(at)
    assert "3 people who teach or support this pupil are asked" in words(page)
    assert QUESTIONS[0] in page.text
    day = soon()
    typed = {f"question_{number}": one for number, one in enumerate(QUESTIONS, start=1)}
    late = sara.post(at, {**typed, "question_1": "", "due_on-day": "1"})
    assert late.status_code == 422
    days = {"due_on-day": str(day.day), "due_on-month": str(day.month), "due_on-year": str(day.year)}
    sent = sara.post(at, {**typed, **days})
    assert sent.status_code == 303
    seen = sara.get(sent.headers["Location"])
    assert "0 of 3 have finished" in words(seen)
    assert "being asked already" in words(sara.get(at))
    assert sara.post(at, {**typed, **days}, page="/account/password").status_code == 409


def test_a_teacher_finds_the_questions_on_her_home_and_answers_on_one_page(cast, site, asked_plan, outcome):
    round_id = ask(cast, asked_plan)
    tom = site.signed_in("tom")
    at = f"/questions/{round_id}/answer"
    assert at in tom.get("/").text
    page = tom.get(at)
    assert "Follow a two-step instruction" in words(page)
    assert "tell Leo Example" in words(page)
    typed = {f"outcome.{outcome}.going": "much_more", "question.2": "Transitions"}
    assert tom.post(at, typed).status_code == 303
    again = tom.get(at)
    assert "Transitions" in again.text
    sent = tom.post(at, {**typed, "do": "finish"})
    assert sent.headers["Location"].endswith("/to-write")
    assert "Nothing at present" in words(tom.get("/to-write"))
    answers = words(site.signed_in("sara").get(f"/questions/{round_id}"))
    assert "1 of 3 have finished" in answers
    assert "Much more than expected" in answers


def test_an_answer_that_is_too_long_comes_back_and_the_rest_is_saved(cast, site, asked_plan):
    round_id = ask(cast, asked_plan)
    tom = site.signed_in("tom")
    page = tom.post(f"/questions/{round_id}/answer", {"question.1": "y" * 1001, "question.2": "Kept"})
    assert page.status_code == 422
    assert "y" * 1001 in page.text
    assert "Shorten this by 1 characters" in words(page)
    assert read(cast, round_id).to_question[2][0].text == "Kept"


def test_finishing_without_an_answer_says_what_to_do(cast, site, asked_plan):
    round_id = ask(cast, asked_plan)
    page = site.signed_in("tom").post(f"/questions/{round_id}/answer", {"do": "finish"})
    assert page.status_code == 422
    assert "Answer at least one question first" in words(page)


def test_what_was_typed_as_the_questions_closed_is_handed_back(cast, site, asked_plan):
    round_id = ask(cast, asked_plan)
    tom = site.signed_in("tom")
    with cast.acting("sara") as unit:
        rounds.close(unit, round_id)
    page = tom.post(f"/questions/{round_id}/answer", {"question.1": "zqlate"})
    assert page.status_code == 409
    assert "zqlate" in page.text
    assert "closed" in words(page)


def script(browser, page, at, body):
    return browser.client.post(
        at,
        data=json.dumps(body),
        content_type="application/json",
        headers={
            **HERE,
            "Accept": "application/json",
            "X-CSRFToken": hidden(page, "csrf_token"),
            "X-Form-Stamp": hidden(page, "form_stamp"),
            "User-Agent": browser.agent,
        },
        **browser.more,
    )


def test_answers_are_saved_as_they_are_typed(cast, site, asked_plan):
    round_id = ask(cast, asked_plan)
    tom = site.signed_in("tom")
    page = tom.get(f"/questions/{round_id}/answer")
    at = f"/questions/{round_id}/answer/save"
    saved = script(tom, page, at, {"revision": 0, "changes": {"question.1": "As I type"}, "shown": {}})
    assert saved.status_code == 200
    assert saved.json["revision"] == 1
    assert saved.json["fields"] == {"question.1": "As I type"}
    long = script(tom, page, at, {"revision": 1, "changes": {"question.1": "x" * 1001}, "shown": {}})
    assert long.status_code == 422
    assert "question.1" in long.json["errors"]
    unread = script(tom, page, at, ["nonsense"])
    assert unread.status_code == 422
    assert read(cast, round_id).to_question[1][0].text == "As I type"


def test_the_senco_reminds_and_closes_from_the_page(cast, site, asked_plan):
    round_id = ask(cast, asked_plan)
    sara = site.signed_in("sara")
    at = f"/questions/{round_id}"
    assert sara.post(f"{at}/remind", page=at).status_code == 303
    assert "3 people are reminded." in words(sara.get(at))
    assert sara.post(f"{at}/close", page=at).status_code == 303
    page = words(sara.get(at))
    assert "Closed on" in page
    assert isinstance(round_id, UUID)


def test_the_senco_s_home_says_what_is_still_with_teachers(cast, site, asked_plan):
    ask(cast, asked_plan)
    assert "questions: 0 of 3 people have finished" in words(site.signed_in("sara").get("/"))
