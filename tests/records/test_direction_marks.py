"""Marks that turn the direction of writing: gone from whatever is typed, whatever script it is typed in."""

from __future__ import annotations

import pytest
from marshmallow import fields

from isp.kernel.canonical import undirected
from isp.plans import rules
from isp.plans.content import check_field, load
from isp.web.asking import FormSchema, asks
from isp.web.forms import Form
from tests.cast import small_plan

MARKS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
WRITTEN = [
    "مریم اردو میں پڑھتی ہے، 20 منٹ",
    "می\u200cخواهم",  # Persian, with a joiner that the spelling needs
    "(\u200fשלום\u200f) 14/3",  # Hebrew in brackets, with the mark that its keyboard types
    "\u061c٣ مرات",
    "عبد الله plays chess",
]


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_gone_from_an_answer_of_a_plan(mark):
    checked = check_field("about_me", "preferred_name", f"A{mark}va")
    assert (checked.value, checked.problem) == ("Ava", None)


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_gone_from_what_comes_from_outside(mark):
    content = small_plan(strengths=f"Kind{mark} to all")
    assert load(content)["sections"]["about_me"]["fields"]["strengths"] == "Kind to all"


@pytest.mark.parametrize("text", WRITTEN)
def test_arabic_urdu_persian_and_hebrew_stay_as_they_are_typed(text):
    assert undirected(text) == text
    assert check_field("about_me", "strengths", text).value == text


def test_a_form_loses_the_marks_and_nothing_else():
    class Naming(FormSchema):
        name = fields.String(required=True, metadata=asks("Surname"))

    assert Form(Naming(), {"name": f"{MARKS}Ali عبد{MARKS}"}).values == {"name": "Ali عبد"}
    assert "name" in Form(Naming(), {"name": MARKS}).errors


def test_a_reason_loses_them_too():
    assert rules.check_reason("Spelling\u202e", "why") == "Spelling"
