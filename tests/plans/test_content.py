"""What a plan holds."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings

from isp.access.lenses import Label
from isp.kernel.errors import Invalid
from isp.plans.content import SHAPE, blank, check_field, load, new_item, read
from isp.plans.content.document import UPGRADES, upgraded
from isp.plans.vocabulary import configurations
from isp.records.fields import Kind
from tests.plans.invented import NEED, heavy_plan, plan
from tests.records.contents import contents

FIELDS = [
    (section, field)
    for section in SHAPE.sections.values()
    for field in (*section.fields.values(), *(section.items or {}).values())
]

# What the page on a plan's content asks for, section by section; a field may be added, none may go.
ASKED = {
    "about_me": (
        "preferred_name communication strengths interests matters hard sensory too_much masking "
        "after_school best_support aspirations gathered_how gathered_on gathered_by"
    ),
    "must_know": "what subject review_on",
    "family_views": (
        "views hopes works_at_home family_will_do gathered_how gathered_on from_whom limited_to_staff"
    ),
    "needs": (
        "barrier in_setting evidence identified_on diagnosis waiting_since code rank area_2015 area_proposed"
    ),
    "context": (
        "attendance attendance_from attendance_to suspensions suspensions_from suspensions_to "
        "part_time part_time_from part_time_to name taken_on score assessor"
    ),
    "layer": "layer reason since",
    "adjustments": "needs what where by_whom",
    "outcomes": (
        "level under ehcp_outcome needs statement own_words baseline target measure measured_by "
        "due_on owner result"
    ),
    "provision": (
        "outcomes needs name bank_entry what delivered_by qualification provider group_size minutes "
        "times per weeks place start_on end_on funding evidence_base cost"
    ),
    "advice": "role name organisation given_on summary recommendations adopted document",
    "health_and_care": "affects_learning care_involved sort review_on",
    "exam_access": "arrangement evidence approved_on expires_on",
    "transition": "to_what when what owner due_on",
    "review": "interval next_review_on led_by who",
}


def test_every_section_and_field_that_was_asked_for_is_there():
    assert SHAPE.sections.keys() == ASKED.keys()
    for name, fields in ASKED.items():
        section = SHAPE.sections[name]
        assert set(fields.split()) <= {*section.fields, *(section.items or {})}, name


def test_health_and_advice_are_not_for_everybody_and_cost_is_for_few():
    labels = {name: section.sensitivity for name, section in SHAPE.sections.items()}
    assert {name for name, label in labels.items() if label is Label.S1} == {"advice", "health_and_care"}
    assert SHAPE.field("context", "assessor").sensitivity is Label.S1
    assert SHAPE.field("context", "score").sensitivity is Label.S0
    assert [(section.name, field.name) for section, field in FIELDS if field.cost] == [("provision", "cost")]


def test_no_working_notes_or_safeguarding_are_part_of_a_plan():
    assert {field.sensitivity for _, field in FIELDS} == {Label.S0, Label.S1}


# Words each side never reads on its pages.
FAMILIES_NEVER = r"\b(provision|outcome|version|deliver|restricted|dissent|user|entity|invalid)"
SCHOOLS_NEVER = r"\b(escalat|publish|merge|shortfall|concern|user|entity|invalid)"


def test_families_read_their_own_words():
    said = [
        (f"{section.name}.{field.name}", field.family_label, field.family_hint) for section, field in FIELDS
    ]
    said += [
        (section.name, section.family_label, section.family_item_label) for section in SHAPE.sections.values()
    ]
    for where, *words in said:
        assert not re.search(FAMILIES_NEVER, " ".join(words), re.IGNORECASE), (where, words)


def test_schools_read_theirs():
    for section, field in FIELDS:
        words = f"{section.label} {section.item_label} {field.label} {field.hint}"
        assert not re.search(SCHOOLS_NEVER, words, re.IGNORECASE), (section.name, field.name)


def test_every_text_has_a_limit_and_every_list_of_choices_exists():
    for section, field in FIELDS:
        if field.kind in (Kind.TEXT, Kind.LINE):
            assert field.limit
        if field.kind in (Kind.CHOICE, Kind.CHOICES):
            assert all(field.vocabulary in one.options for one in configurations()), (
                section.name,
                field.name,
            )


def test_every_field_says_how_it_is_asked_for():
    assert {field.widget for _, field in FIELDS} == {
        "textarea", "text", "date", "number", "money", "choice", "checkboxes", "checkbox", "hidden",
    }  # fmt: skip


def test_a_blank_plan_is_a_plan():
    assert load(blank()) == blank()
    assert all(section["status"] == "not_started" for section in blank()["sections"].values())


@given(contents(SHAPE))
@settings(max_examples=30)
def test_any_plan_in_normal_form_loads_as_it_is(content):
    assert load(content) == content


def test_a_heavy_plan_loads_and_is_about_as_heavy_as_is_said():
    content = heavy_plan()
    size = len(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
    assert 55_000 < size < 70_000
    assert load(content) == content


def test_a_new_item_is_checked_and_in_normal_form():
    item = new_item("needs", NEED.upper(), "i001", {"barrier": " Reading ", "diagnosis": ""})
    assert item == {"id": NEED, "order": "i001", "barrier": "Reading"}
    with pytest.raises(Invalid) as refused:
        new_item("needs", NEED, "i001", {"code": "ABC", "colour": "red"})
    assert refused.value.errors == {
        "needs.code": "Choose one of the answers in the list.",
        "needs.colour": "This part is not known here.",
    }
    with pytest.raises(ValueError, match="not a list"):
        new_item("layer", NEED, "i001", {})
    with pytest.raises(ValueError, match="order key"):
        new_item("needs", NEED, "", {})


def test_an_answer_is_judged_as_typed():
    assert check_field("provision", "start_on", "14/3/27").value == "2027-03-14"
    assert check_field("provision", "cost", "£1,200.50").value == 120_050
    assert check_field("layer", "layer", "middling").problem == "Choose one of the answers in the list."


def test_a_stored_plan_reads_and_one_from_a_later_time_is_refused_in_words():
    assert read(plan()) == plan()
    with pytest.raises(Invalid, match="isp/9, which this installation cannot read"):
        read(plan() | {"schema": "isp/9"})


def test_an_old_plan_is_brought_up_step_by_step():
    steps = {
        "isp/1": lambda content: content | {"schema": "isp/2", "first": True},
        "isp/2": lambda content: content | {"schema": "isp/3", "second": True},
    }
    assert upgraded(blank(), "isp/3", steps) == blank() | {"schema": "isp/3", "first": True, "second": True}
    assert upgraded(blank(), "isp/1", UPGRADES) == blank()
    with pytest.raises(Invalid):
        upgraded(blank(), "isp/4", {"isp/1": lambda content: content})


def test_no_list_of_fields_exists_twice():
    assert all(
        field.name in section.fields or field.name in (section.items or {}) for section, field in FIELDS
    )
    assert all(
        SHAPE.sections[section.name].marshmallow(field.name).kind is field.kind for section, field in FIELDS
    )
