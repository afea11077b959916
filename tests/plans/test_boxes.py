"""The boxes of the editor: what each shows, and what was typed in them as changes. No database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.access.policy import LENSES, Standing
from isp.plans import boxes
from isp.plans.boxes import Where
from isp.plans.content import SHAPE, blank
from isp.records.changes import Change, Op, apply
from isp.records.shape import Content
from tests.plans.invented import NEED, OUTCOME, READING, plan

SENCO, TEACHER = LENSES[Standing.SENCO], LENSES[Standing.TEACHER]


def untouched(content: Content, section: str, lens=SENCO):
    """What a form sends when nobody touched it."""
    shown = boxes.boxes_of(content, section, lens)
    marks = boxes.marks_of(content, section, lens)

    def values(name: str) -> list[str]:
        raw = shown.get(name)
        return list(raw) if isinstance(raw, list) else ([] if raw is None else [raw])

    return boxes.touched(boxes.of_form(values, marks, lens), marks)


@pytest.mark.parametrize("section", list(SHAPE.sections))
@pytest.mark.parametrize("content", [blank(), plan()], ids=["blank", "full"])
def test_a_form_that_nobody_touched_is_empty(content, section):
    assert untouched(content, section) == {}


@pytest.mark.parametrize("section", list(SHAPE.sections))
def test_what_the_boxes_show_reads_back_as_what_is_there(section):
    content = plan()
    answers = boxes.gathered(boxes.boxes_of(content, section, SENCO), SENCO)
    read = boxes.read(answers, None, content, SENCO)
    assert read.problems == {}
    assert apply(content, read.changes) == content


@pytest.mark.parametrize(
    "name",
    [
        "about_me", "about_me.", "about_me.nothing", "nothing.strengths", "status", "status.nothing",
        f"needs.{NEED}", f"needs.{NEED}.nothing", "needs.not-an-id.barrier", f"needs.{NEED}.id",
        f"needs.{NEED}.order", f"provision.{READING}.bank_entry", f"needs.{NEED}.barrier.more", "",
    ],
)  # fmt: skip
def test_what_is_no_box_has_no_place(name):
    assert boxes.where(name, SENCO) is None


def test_a_lens_bounds_what_can_be_written():
    assert boxes.where(f"provision.{READING}.cost", SENCO) == Where("provision", READING, "cost")
    assert boxes.where(f"provision.{READING}.cost", TEACHER) is None
    office = LENSES[Standing.SCHOOL_OFFICE]
    assert boxes.where("about_me.strengths", office) is None
    assert boxes.where("status.about_me", office) is None


def test_a_link_without_a_box_stays_when_others_are_ticked():
    content = plan()
    gone = "00000000-0000-0000-0000-0000000000ff"
    change = Change(Op.SET, "outcomes", OUTCOME, "needs", sorted([NEED, gone]))
    content = apply(content, [change])
    key = f"outcomes.{OUTCOME}.needs"
    read = boxes.read({key: []}, None, content, SENCO)
    assert read.changes[0].value == [gone]


def test_a_whole_date_may_be_pasted_into_the_first_box():
    sent = {"review.next_review_on-day": "14 March 2027", "review.next_review_on-month": ""}
    read = boxes.read(boxes.gathered(sent, SENCO), None, blank(), SENCO)
    assert read.changes[0].value == "2027-03-14"


def test_half_a_date_is_said():
    sent = {
        "review.next_review_on-day": "14",
        "review.next_review_on-month": "3",
        "review.next_review_on-year": "",
    }
    read = boxes.read(boxes.gathered(sent, SENCO), None, blank(), SENCO)
    assert "Give a real date" in read.problems["review.next_review_on"]


def test_a_text_that_never_arrived_is_left_alone():
    marks = boxes.marks_of(plan(), "about_me", SENCO)
    assert boxes.of_form(lambda _name: [], marks, SENCO).get("about_me.strengths") is None


@given(st.dictionaries(st.text(max_size=40), st.one_of(st.text(max_size=40), st.lists(st.text(max_size=10)))))
def test_whatever_is_sent_is_read_or_left_out(sent):
    read = boxes.read(boxes.gathered(sent, SENCO), boxes.gathered(sent, SENCO), plan(), SENCO)
    assert isinstance(read.changes, tuple)


@given(st.text(max_size=200))
def test_line_ends_and_edges_do_not_count_as_typing(text):
    sent = text.replace("\r\n", "\n").replace("\r", "\n")
    assert boxes.mark(sent.replace("\n", "\r\n")) == boxes.mark(sent)
