"""Content from outside: into the normal form, or refused in words."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from isp.kernel.errors import Invalid
from isp.records.days import Horizon
from isp.records.fields import Line, Links
from isp.records.loading import load, load_fields
from isp.records.shape import Section, shape_of
from tests.records.contents import SMALL, contents, item_id

ONE = item_id("steps", 1)


def with_step(**values):
    content = SMALL.blank()
    content["sections"]["steps"]["items"] = [{"id": ONE, "order": "i001", **values}]
    return content


def errors_of(content, horizon=None):
    with pytest.raises(Invalid) as refused:
        load(content, SMALL, horizon)
    return refused.value.errors


@given(contents())
def test_what_is_in_normal_form_loads_as_it_is(content):
    assert load(content, SMALL) == content


def test_what_is_sent_is_brought_into_normal_form():
    content = with_step(
        what="  Cafe\u0301\r\nat one \n",
        title="",
        colours=["red", "blue", "red"],
        limited=False,
        after=[],
        entry=None,
    )
    content["sections"]["steps"]["items"].append({"id": item_id("steps", 2).upper(), "order": "h"})
    assert load(content, SMALL)["sections"]["steps"]["items"] == [
        {"id": item_id("steps", 2), "order": "h"},
        {"id": ONE, "order": "i001", "what": "Café\nat one", "colours": ["blue", "red"]},
    ]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("what", 3, "Write this as text."),
        ("what", "a" * 2001, "Shorten this by 1 character: it can hold 2,000."),
        ("what", "a\x00b", "Take out the characters that cannot be shown, and save again."),
        ("what", "a\ud800", "Take out the characters that cannot be shown, and save again."),
        ("title", "a\nb", "Write this on one line."),
        ("colour", "mauve", "Choose one of the answers in the list."),
        ("colours", "red", "Choose from the answers in the list."),
        ("colours", ["red", "mauve"], "Choose from the answers in the list."),
        ("count", "3", "Give a whole number, in figures."),
        ("count", True, "Give a whole number, in figures."),
        ("count", 2.0, "Give a whole number, in figures."),
        ("count", 10, "Give a whole number from 0 to 9."),
        ("price", 1001, "Give an amount from £0 to £10."),
        ("limited", "yes", "Say yes or no."),
        ("after", ONE, "Choose from the items listed."),
        ("after", ["1"], "Choose from the items listed."),
        ("entry", "1", "Choose this again: what it points at was not found."),
        ("stranger", "a", "This part is not known here."),
    ],
)
def test_a_value_that_cannot_be_kept_is_refused_with_what_to_do(field, value, sentence):
    assert errors_of(with_step(**{field: value})) == {f"steps.{ONE}.{field}": sentence}


@pytest.mark.parametrize(
    "day", ["2026-02-30", "20260301", "2026-W10-1", "1/2/2026", 3, "2026-3-1", "٢٠٢٦-03-01"]
)
def test_only_real_dates_are_dates(day):
    content = SMALL.blank()
    content["sections"]["front"]["fields"] = {"begun_on": day}
    assert errors_of(content) == {"front.begun_on": "Give a real date, for example 14/3/2027."}


def test_dates_lie_within_the_pupils_life_and_the_horizon():
    horizon = Horizon(date(2015, 5, 1), date(2036, 11, 22))
    content = SMALL.blank()
    content["sections"]["front"]["fields"] = {"begun_on": "2015-04-30", "clinical": 3}
    assert errors_of(content, horizon) == {
        "front.begun_on": "Give a date on or after 1 May 2015, when the pupil was born.",
        "front.clinical": "Write this as text.",
    }
    content["sections"]["front"]["fields"] = {"begun_on": "2036-11-23"}
    assert errors_of(content, horizon) == {"front.begun_on": "Give a date on or before 22 November 2036."}
    for day in ("2015-05-01", "2036-11-22"):
        content["sections"]["front"]["fields"] = {"begun_on": day}
        assert load(content, SMALL, horizon) == content


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (lambda content: content.pop("schema"), "schema"),
        (lambda content: content.update(extra=1), "extra"),
        (lambda content: content.update(schema="small/2"), "schema"),
        (lambda content: content.update(sections=[]), "sections"),
        (lambda content: content["sections"].pop("front"), "sections.front"),
        (lambda content: content["sections"].update(extra={}), "sections.extra"),
        (lambda content: content["sections"].update(front=3), "front"),
        (lambda content: content["sections"]["front"].pop("status"), "front.status"),
        (lambda content: content["sections"]["front"].update(status="nearly"), "front.status"),
        (lambda content: content["sections"]["front"].update(status=["complete"]), "front.status"),
        (lambda content: content["sections"]["front"].update(items=[]), "front.items"),
        (lambda content: content["sections"]["front"].update(fields=[]), "front"),
        (lambda content: content["sections"]["steps"].update(items={}), "steps"),
        (lambda content: content["sections"]["steps"].update(items=[3]), "steps.0"),
        (lambda content: content["sections"]["steps"].update(items=[{"order": "i"}]), "steps.0"),
        (lambda content: content["sections"]["steps"].update(items=[{"id": ONE}]), f"steps.{ONE}.order"),
        (
            lambda content: content["sections"]["steps"].update(items=[{"id": ONE, "order": "i"}] * 61),
            "steps",
        ),
        (
            lambda content: content["sections"]["papers"].update(items=[{"id": ONE, "order": "i001"}]),
            f"steps.{ONE}",
        ),
    ],
)
def test_a_document_of_another_build_is_refused_where_it_differs(spoil, where):
    content = copy.deepcopy(with_step())
    spoil(content)
    found = errors_of(content)
    assert where in found or where.replace("steps", "papers") in found


@pytest.mark.parametrize("content", [None, [], "plan", 3])
def test_what_is_no_document_is_refused(content):
    assert errors_of(content) == {"document": "This is not a document."}


def test_the_fields_of_one_item_load_alone():
    steps = SMALL.sections["steps"]
    assert load_fields(steps, {"what": " a ", "count": 0, "title": None}, of_item=True) == {
        "what": "a",
        "count": 0,
    }
    with pytest.raises(Invalid) as refused:
        load_fields(steps, {"count": "a"}, of_item=True)
    assert refused.value.errors == {"steps.count": "Give a whole number, in figures."}


class Good(Schema):
    name = Line("Name")


class Plain(Schema):
    name = fields.String()


class Lost(Schema):
    link = Links("Link", targets=("elsewhere",))


@pytest.mark.parametrize(
    "section",
    [
        Section("one", "One", "One", fields=Plain),
        Section("one", "One", "One", fields=Good, items=Good),
        Section("one", "One", "One", items=Lost),
        Section("one", "One", "One", items=Good, title=("nothing",)),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(section):
    with pytest.raises(ValueError, match="one"):
        shape_of("odd/1", (section,))


@given(contents(), contents(), st.sets(st.sampled_from(sorted(SMALL.sections))))
def test_what_loaded_before_loads_the_same_whatever_part_of_it_is_known(content, other, kept):
    mixed = copy.deepcopy(content)
    mixed["sections"].update({name: copy.deepcopy(other["sections"][name]) for name in kept})
    ids = [item["id"] for section in mixed["sections"].values() for item in section.get("items", ())]
    if len(ids) != len(set(ids)):
        for known in (None, content, other):
            with pytest.raises(Invalid) as refused:
                load(mixed, SMALL, loaded_before=known)
            assert "Two entries have the same id." in refused.value.errors.values()
        return
    plainly = load(mixed, SMALL)
    assert load(mixed, SMALL, loaded_before=content) == plainly == load(mixed, SMALL, loaded_before=other)


def test_a_section_that_differs_from_the_known_one_is_judged_field_by_field():
    known = load(with_step(what="Reading"), SMALL)
    with pytest.raises(Invalid):
        load(with_step(what="Reading\x00"), SMALL, loaded_before=known)
    with pytest.raises(Invalid):
        load({**with_step(what="Reading"), "schema": "other/1"}, SMALL, loaded_before=known)
