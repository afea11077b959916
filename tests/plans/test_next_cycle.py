"""From last cycle: what a new cycle sets back is said first, and then done as one save of the draft."""

from __future__ import annotations

from datetime import date

import pytest

from isp.kernel.errors import Conflict
from isp.kernel.ids import new_id
from isp.kernel.workdays import SchoolCalendar, Term
from isp.plans import actions, starting
from isp.plans.content import load
from isp.plans.cycle import is_reviewed_before, next_cycle, next_review
from isp.plans.deadlines import Due
from isp.plans.vocabulary import configuration_on
from isp.records.changes import Change, Op, apply
from tests.cast import small_plan
from tests.plans.desk import words
from tests.plans.test_writing_in_a_draft import person_tokens

TODAY = date(2027, 1, 11)
CALENDAR = SchoolCalendar(
    (
        Term("Autumn", date(2026, 9, 2), date(2026, 12, 18)),
        Term("Spring", date(2027, 1, 4), date(2027, 3, 25)),
        Term("Summer", date(2027, 4, 12), date(2027, 7, 21)),
        Term("Autumn", date(2027, 9, 2), date(2027, 12, 17)),
        Term("Spring", date(2028, 1, 4), date(2028, 3, 31)),
    )
)


def reviewed(**review):
    """A plan at its review: a long-term outcome with a result, a step that was reached, one that was not."""
    content = small_plan()
    outcomes = content["sections"]["outcomes"]["items"]
    top = outcomes[0]
    top |= {"result": "less", "result_note": "Twice in ten", "due_on": "2027-01-08"}
    outcomes += [
        {
            "id": str(new_id()),
            "order": "b",
            "statement": "One step",
            "under": top["id"],
            "result": "expected",
        },
        {"id": str(new_id()), "order": "c", "statement": "Two steps", "under": top["id"], "result": "less"},
        {"id": str(new_id()), "order": "d", "statement": "Far ahead", "due_on": "2028-07-20"},
    ]
    content["sections"]["review"]["fields"] = {"next_review_on": "2027-01-14", "interval": "termly", **review}
    return load(content)


def after(content, today=TODAY):
    steps = next_cycle(content, configuration_on(today), today, CALENDAR)
    return steps, apply(content, [change for step in steps for change in step.changes])


def test_results_are_cleared_steps_reached_set_aside_and_dates_moved():
    steps, made = after(reviewed())
    said = [step.sentence for step in steps]
    assert said == [
        "The next review is set to 11 May 2027.",
        "The step “One step” was reached, so it is set aside.",
        "“Follow a two-step instruction”: the result is cleared and it is due by 11 May 2027.",
        "“Two steps”: the result is cleared.",
    ]
    items = {one["statement"]: one for one in made["sections"]["outcomes"]["items"]}
    assert set(items) == {"Follow a two-step instruction", "Two steps", "Far ahead"}
    assert not any("result" in one or "result_note" in one for one in items.values())
    assert items["Far ahead"]["due_on"] == "2028-07-20"
    assert [one["name"] for one in made["sections"]["provision"]["items"]] == ["Reading"]


def test_a_long_term_outcome_that_was_reached_stays_for_a_person_to_decide():
    content = reviewed()
    content["sections"]["outcomes"]["items"][0]["result"] = "much_more"
    _, made = after(content)
    assert "Follow a two-step instruction" in {
        one["statement"] for one in made["sections"]["outcomes"]["items"]
    }


def test_a_cycle_started_twice_changes_nothing_more():
    _, made = after(reviewed())
    assert after(made)[0] == []


@pytest.mark.parametrize(
    ("standing", "today", "expected"),
    [
        ("2027-05-11", date(2027, 1, 11), date(2027, 5, 11)),  # well ahead: it stays
        ("2027-01-20", date(2027, 1, 11), date(2027, 5, 11)),  # the review that ends this cycle
        (None, date(2026, 10, 31), date(2027, 2, 26)),  # 28 February 2027 is a Sunday
        (None, date(2027, 10, 31), date(2028, 2, 29)),  # a leap year: the last day there is
        (None, date(2027, 1, 15), date(2027, 5, 14)),  # 15 May 2027 is a Saturday
        (None, date(2027, 4, 30), date(2027, 7, 21)),  # the summer holidays: before them, not after
    ],
)
def test_the_review_that_ends_the_new_cycle(standing, today, expected):
    fields = {"interval": "termly"} | ({"next_review_on": standing} if standing else {})
    content = small_plan()
    content["sections"]["review"]["fields"] = fields
    assert next_review(content, configuration_on(today), today, CALENDAR) == Due(expected)


@pytest.mark.parametrize(
    ("calendar", "why"),
    [
        (None, "The school’s calendar has no terms yet."),
        (SchoolCalendar(CALENDAR.terms[:2]), "The school’s calendar ends before the next review."),
    ],
)
def test_where_the_calendar_does_not_say_the_day_is_left_to_a_person(calendar, why):
    steps = next_cycle(reviewed(), configuration_on(TODAY), TODAY, calendar)
    assert steps[0].sentence.startswith(f"The day of the next review is left for you to say. {why}")
    made = apply(reviewed(), [change for step in steps for change in step.changes if not change.item])
    assert "next_review_on" not in made["sections"]["review"]["fields"]
    assert not any(change.field == "due_on" for step in steps for change in step.changes)


def test_the_interval_of_the_plan_is_kept_to():
    content = reviewed(interval="half_termly")
    assert next_review(content, configuration_on(TODAY), TODAY, CALENDAR) == Due(date(2027, 3, 11))


@pytest.mark.parametrize(
    ("outcome", "folded"),
    [
        ({"under": "a", "result": "less", "due_on": "2027-01-10"}, True),
        ({"under": "a", "result": "less", "due_on": "2027-01-11"}, False),  # its day is today
        ({"under": "a", "due_on": "2027-01-10"}, False),  # nobody said how it went
        ({"under": "a", "result": "expected"}, True),  # reached, and no day to wait for
        ({"under": "a", "result": "less"}, False),
        ({"result": "expected", "due_on": "2027-01-10"}, False),  # a long-term outcome is always asked about
    ],
)
def test_a_step_with_its_result_whose_day_has_passed_is_not_asked_about_again(outcome, folded):
    assert is_reviewed_before(outcome, TODAY) is folded


def path_of(record):
    return f"/plans/{record}/next"


@pytest.fixture
def cycle(cast):
    """Ava's plan at its review, in force."""
    return cast.plan("ava", "sara", reviewed())


def test_a_senco_reads_what_changes_and_starts_the_next_cycle(desk, cycle):
    sara = desk.at("sara")
    page = sara.get(path_of(cycle))
    said = words(page)
    assert "The step “One step” was reached, so it is set aside." in said
    assert "the result is cleared" in said
    answer = sara.send(path_of(cycle), {**person_tokens(sara), "version": "1"})
    assert answer.status_code == 303
    draft = desk.draft(cycle)
    assert draft.revision == 1
    assert "One step" not in [one["statement"] for one in draft.content["sections"]["outcomes"]["items"]]
    assert desk.acts("ava")[-2:] == ["plan.draft_started", "plan.draft_saved"]
    assert "Finalise and share" in words(sara.get(answer.headers["Location"]))


def test_what_a_cycle_set_back_can_be_taken_back(desk, cast, cycle):
    with cast.acting("sara") as unit:
        starting.start_cycle(unit, cycle, 1)
    with cast.acting("sara") as unit:
        actions.undo_save(unit, cycle, 1)
    assert "One step" in [one["statement"] for one in desk.content(cycle)["sections"]["outcomes"]["items"]]


def test_a_page_that_is_old_by_now_starts_nothing(desk, cast, cycle):
    with cast.acting("sara") as unit:
        actions.start_draft(unit, cycle)
    cast.write(cycle, "sara", small_plan())
    with cast.acting("sara") as unit:
        actions.publish(unit, cycle, 1, "Another one")
    sara = desk.at("sara")
    answer = sara.send(path_of(cycle), {**person_tokens(sara), "version": "1"})
    assert answer.status_code == 409
    assert "Another version has been finalised" in words(answer)


def test_with_a_draft_open_no_second_one_is_started(desk, cast, cycle):
    with cast.acting("tom") as unit:
        actions.start_draft(unit, cycle)
    sara = desk.at("sara")
    assert sara.send(path_of(cycle), {**person_tokens(sara), "version": "1"}).status_code == 409
    with pytest.raises(Conflict, match="open already"), cast.acting("sara") as unit:
        starting.start_cycle(unit, cycle, 1)


# -- in a draft that is open already --------------------------------------------------------------------


OTHER = str(new_id())


@pytest.fixture
def opened(cast, cycle):
    """The same, its next draft opened by Tom to add one thing."""
    with cast.acting("tom") as unit:
        actions.start_draft(unit, cycle)
        value = {"name": "Paired reading"}
        actions.save_draft(unit, cycle, 0, [Change(Op.ADD, "provision", OTHER, value=value, order="z")])
    return cycle


def outcome(content, statement):
    return next(
        (one for one in content["sections"]["outcomes"]["items"] if one["statement"] == statement), None
    )


def in_the_draft(desk, who, record, **fields):
    """What the page's button sends, as the page was made now."""
    draft = desk.draft(record)
    sent = {"version": "1", "draft": str(draft.id), "revision": str(draft.revision)} | fields
    person = desk.at(who)
    return person.send(path_of(record), {**person_tokens(person), **sent})


def write(cast, who, record, *changes):
    with cast.acting(who) as unit:
        actions.save_draft(unit, record, cast.draft(unit, record).revision, changes)


def test_with_a_draft_open_the_next_cycle_is_offered_in_it(desk, opened):
    page = desk.at("sara").get(path_of(opened))
    said = words(page)
    assert "A draft is open already, last written in by Tom Example" in said
    assert "The step “One step” was reached, so it is set aside." in said
    assert "Make these changes in the draft" in said
    assert desk.acts("ava")[-2:] == ["plan.viewed", "plan.draft_viewed"]


def test_its_changes_are_made_in_the_draft_as_one_save_and_told(desk, opened):
    answer = in_the_draft(desk, "sara", opened)
    assert answer.status_code == 200
    said = words(answer)
    assert "What was changed in the draft?" in said
    assert "The step “One step” was reached, so it is set aside." in said
    draft = desk.draft(opened)
    assert draft.revision == 2
    assert outcome(draft.content, "One step") is None
    assert "result" not in outcome(draft.content, "Follow a two-step instruction")
    assert OTHER in {one["id"] for one in draft.content["sections"]["provision"]["items"]}
    assert desk.acts("ava")[-1] == "plan.draft_saved"


def test_they_can_be_taken_back(desk, opened):
    page = in_the_draft(desk, "sara", opened)
    sara = desk.at("sara")
    path = f"/plans/{opened}/edit/outcomes"
    assert 'value="undo:2"' in page.text
    answer = sara.send(path, {**person_tokens(sara), "do": "undo:2"})
    assert answer.status_code == 303
    content = desk.content(opened)
    assert outcome(content, "One step")
    assert OTHER in {one["id"] for one in content["sections"]["provision"]["items"]}


def test_made_twice_they_change_nothing_more(desk, opened):
    in_the_draft(desk, "sara", opened)
    answer = in_the_draft(desk, "sara", opened)
    assert answer.status_code == 409
    assert "nothing of the last cycle left" in words(answer)
    assert "nothing of the last cycle left" in words(desk.at("sara").get(path_of(opened)))


def test_what_somebody_wrote_in_the_draft_is_left_and_told(desk, cast, opened):
    content = desk.content(opened)
    kept = outcome(content, "Two steps")["id"]
    aside = outcome(content, "One step")["id"]
    write(
        cast,
        "tom",
        opened,
        Change(Op.SET, "outcomes", kept, "result", "more"),
        Change(Op.SET, "outcomes", aside, "statement", "One step and a half"),
        Change(Op.SET, "review", None, "next_review_on", "2027-01-15"),
    )
    said = words(desk.at("sara").get(path_of(opened)))
    for left in ("“Two steps”", "“One step and a half”"):
        assert f"{left}: somebody wrote in it in the draft, so it stays." in said
    in_the_draft(desk, "sara", opened)
    content = desk.content(opened)
    assert outcome(content, "Two steps")["result"] == "more"
    assert outcome(content, "One step and a half")
    assert content["sections"]["review"]["fields"]["next_review_on"] == "2027-01-15"
    assert "result" not in outcome(content, "Follow a two-step instruction")


def test_what_somebody_wrote_in_the_same_place_since_is_chosen_between(desk, cast, opened):
    draft = desk.draft(opened)
    top = outcome(draft.content, "Follow a two-step instruction")["id"]
    write(cast, "tom", opened, Change(Op.SET, "outcomes", top, "result", "much_more"))
    answer = in_the_draft(desk, "sara", opened, revision=str(draft.revision))
    assert answer.status_code == 303
    assert answer.location.endswith("/settle")
    assert outcome(desk.content(opened), "Follow a two-step instruction")["result"] == "much_more"


def test_what_somebody_wrote_elsewhere_since_stays(desk, cast, opened):
    before = desk.draft(opened)
    write(cast, "tom", opened, Change(Op.SET, "about_me", None, "interests", "Trains"))
    assert in_the_draft(desk, "sara", opened, revision=str(before.revision)).status_code == 200
    content = desk.content(opened)
    assert content["sections"]["about_me"]["fields"]["interests"] == "Trains"
    assert outcome(content, "One step") is None


@pytest.mark.parametrize("fields", [{"draft": str(new_id())}, {"draft": "x"}, {"version": "2"}])
def test_a_page_of_another_draft_or_version_changes_nothing(desk, opened, fields):
    before = desk.draft(opened).revision
    assert in_the_draft(desk, "sara", opened, **fields).status_code == 409
    assert desk.draft(opened).revision == before


def test_a_draft_before_the_first_version_has_no_last_cycle(desk, cast):
    record = cast.plan("ben", "sara")
    assert desk.at("sara").get(path_of(record)).status_code == 302
    assert in_the_draft(desk, "sara", record).status_code == 409


def test_who_does_not_write_makes_no_changes_in_the_draft(desk, opened):
    for name, status in (("hal", 403), ("pam", 403), ("tess", 404), ("sena", 404)):
        assert in_the_draft(desk, name, opened).status_code == status, name
    assert outcome(desk.content(opened), "One step")


def test_who_does_not_write_starts_no_cycle(desk, cycle):
    for name, status in (("hal", 403), ("pam", 403), ("tess", 404), ("sena", 404)):
        person = desk.at(name)
        assert person.get(path_of(cycle)).status_code == status, name
        assert person.send(path_of(cycle), {**person_tokens(person), "version": "1"}).status_code == status


def test_a_plan_that_ended_has_no_next_cycle(desk, cast, cycle):
    with cast.acting("sara") as unit:
        actions.end_plan(unit, cycle, "left", "Moved away")
    sara = desk.at("sara")
    assert "This plan has ended" in words(sara.get(path_of(cycle)))
    assert sara.send(path_of(cycle), {**person_tokens(sara), "version": "1"}).status_code == 409
