"""A small correction: spelling or a date, of which nobody is asked to agree again. The rule is strict."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isp.audit.verify import verify
from isp.kernel.db import table_of
from isp.kernel.errors import Invalid
from isp.notices.models import Notice
from isp.plans import actions
from isp.plans.content import SHAPE
from isp.plans.correcting import FEW_PLACES, FEW_WORDS, WEIGHTY, why_not_small
from isp.plans.vocabulary import configuration_on
from isp.records import words as compared
from isp.records.changes import Change, Op, apply, changes_between
from isp.records.fields import Kind
from isp.records.trail import check_records
from tests.cast import small_plan
from tests.plans.desk import words
from tests.plans.invented import ADJUSTMENT, NEED, OUTCOME, READING, heavy_plan, plan
from tests.records.contents import pairs

TODAY = configuration_on(date(2026, 11, 22))


def why(*changes, before=None):
    base = before or plan()
    return why_not_small(base, apply(base, changes), TODAY)


def put(section, field, value, item=None):
    return Change(Op.SET, section, item, field, value)


@pytest.mark.parametrize(
    "change",
    [
        put("needs", "barrier", "Reading words she has not seen before", NEED),
        put("about_me", "strengths", "Bulding, and making people laugh"),
        put("review", "next_review_on", "2027-03-21"),
        put("adjustments", "what", "Read the questions aloud to her", ADJUSTMENT),
    ],
)
def test_spelling_and_a_date_are_small(change):
    assert why(change) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change(Op.REMOVE, "needs", NEED), "An entry is removed from Needs."),
        (Change(Op.ADD, "needs", OUTCOME, value={"barrier": "x"}, order="z"), "An entry is added to Needs."),
        (put("provision", "minutes", 40, READING), "neither a text nor a date"),
        (put("provision", "times", 3, READING), "neither a text nor a date"),
        (put("outcomes", "result", "expected", OUTCOME), "is filled in"),
        (put("outcomes", "needs", None, OUTCOME), "is emptied"),
        (put("about_me", "strengths", None), "is emptied"),
        (put("about_me", "interests", "Snails"), "is filled in"),
        (put("outcomes", "target", "Twelve books", OUTCOME), "says how much"),
        (put("outcomes", "statement", "Never reads for pleasure", OUTCOME), "turns the sense"),
        (put("layer", "reason", "Reads 3 years behind her age."), "says how much"),
        (put("about_me", "strengths", "Singing, painting and telling long stories"), "more than 3 words"),
    ],
)
def test_what_is_more_than_small_says_why(change, said):
    base = plan()
    if change.field == "minutes":
        base = apply(base, [put("provision", "minutes", 20, READING)])
    found = why(change, before=base)
    assert any(said in sentence for sentence in found), found


def test_many_small_ones_are_not_small():
    base = heavy_plan()
    dates = [
        put(name, field, "2027-03-15")
        for name, section in SHAPE.sections.items()
        for field, shape in section.fields.items()
        if shape.kind is Kind.DAY
    ]
    assert why(*dates[:FEW_PLACES], before=base) == []
    assert why(*dates[: FEW_PLACES + 1], before=base) == ["More than 5 answers are changed."]


def test_no_change_is_no_correction():
    assert why() == ["Nothing is changed since the version in force."]
    assert why(Change(Op.STATUS, "needs", value="complete")) == [
        "Nothing is changed since the version in force."
    ]


@given(pairs(SHAPE))
@settings(max_examples=150, deadline=None)
def test_whatever_passes_changes_nothing_but_few_words_and_dates(pair):
    before, after = pair
    if why_not_small(before, after, TODAY):
        return
    changes = [one for one in changes_between(before, after) if one.op is not Op.STATUS]
    assert 0 < len(changes) <= FEW_PLACES
    for change in changes:
        assert change.op is Op.SET
        assert change.field is not None
        assert SHAPE.field(change.section, change.field).kind in (Kind.TEXT, Kind.LINE, Kind.DAY)
    for name, section in before["sections"].items():
        ids = [[item["id"] for item in one.get("items", ())] for one in (section, after["sections"][name])]
        assert ids[0] == ids[1]


WORDS = st.lists(st.sampled_from(["reads", "aloud", "twice", "20", "not", "with", "Ms", "Oak"]), max_size=8)


@given(WORDS, WORDS)
@settings(max_examples=300, deadline=None)
def test_a_text_that_passes_keeps_its_numbers_and_its_weighty_words(old, new):
    base = apply(plan(), [put("about_me", "strengths", " ".join(["It", *old]))])
    after = apply(base, [put("about_me", "strengths", " ".join(["It", *new]))])
    if why_not_small(base, after, TODAY):
        return

    def heavy(text):
        return [one for one in compared.tokens(text) if one.isdigit() or one.casefold() in WEIGHTY]

    assert heavy(" ".join(old)) == heavy(" ".join(new))
    assert abs(len(old) - len(new)) <= FEW_WORDS


# -- on the page --------------------------------------------------------------------------------------------


def write(cast, record, field, value):
    with cast.acting("sara") as unit:
        draft = cast.draft(unit, record)
        actions.save_draft(unit, record, draft.revision, [put("about_me", field, value)])


def shared(cast):
    with cast.store.database.reading() as connection:
        return [row.kind for row in connection.execute(table_of(Notice).select())].count("plan_shared")


def test_a_correction_is_shared_without_word_to_the_family_and_says_what_it_is(desk, cast, draft):
    before = shared(cast)
    write(cast, draft, "strengths", "Kind to younger chidren")
    sara = desk.at("sara")
    path = f"/plans/{draft}/finalise"
    page = sara.get(path)
    assert "A small correction" in words(page)
    answer = sara.fill(page, path, reason="Spelling", sort="correction")
    assert answer.status_code == 303
    assert "Version 2 is a small correction" in words(sara.get(answer.headers["Location"]))
    assert shared(cast) == before
    assert desk.acts("ava").count("plan.corrected") == 1
    assert desk.acts("ava").count("plan.published") == 1
    pam = desk.at("pam")
    assert "A small correction was made" in words(pam.get(f"/plans/{draft}"))
    assert "Kind to younger chidren" in words(pam.get(f"/plans/{draft}"))


def test_what_is_more_is_offered_as_a_new_version_and_says_why(desk, cast, draft):
    write(cast, draft, "interests", "Snails")
    sara = desk.at("sara")
    path = f"/plans/{draft}/finalise"
    page = sara.get(path)
    assert "Why this is not just a small correction" in words(page)
    assert "is filled in" in words(page)
    answer = sara.fill(page, path, reason="Spelling", sort="correction")
    assert answer.status_code == 422
    assert "This is more than a small correction." in words(answer)
    assert sara.fill(page, path, reason="The review").status_code == 303
    assert desk.acts("ava").count("plan.published") == 2


def test_a_first_version_corrects_nothing(cast):
    record = cast.plan("ben", "sara")
    cast.write(record, "sara", small_plan())
    with pytest.raises(Invalid, match="attention") as failure, cast.acting("sara") as unit:
        actions.publish(unit, record, cast.draft(unit, record).revision, "Spelling", correction=True)
    assert "nothing to correct" in failure.value.errors["sort"]


def test_a_correction_can_be_withdrawn_like_any_version(desk, cast, draft):
    write(cast, draft, "strengths", "Kind to younger chidren")
    with cast.acting("sara") as unit:
        actions.publish(unit, draft, 1, "Spelling", correction=True)
    with cast.acting("sara") as unit:
        actions.withdraw(unit, draft, 2, "other", "It was right before")
    assert "Kind to younger children" in words(desk.at("pam").get(f"/plans/{draft}"))


def test_the_trail_answers_for_a_correction(cast, draft):
    write(cast, draft, "strengths", "Kind to younger chidren")
    with cast.acting("sara") as unit:
        actions.publish(unit, draft, 1, "Spelling", correction=True)
    report = verify(cast.store, more=(check_records,))
    assert report.ok, [str(fault) for fault in report.faults]
