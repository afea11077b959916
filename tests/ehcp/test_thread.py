"""What in an EHC plan is matched: whatever is written, what nothing stops has provision for every need."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from isp.access.lenses import Label, Lens
from isp.access.policy import EHCP_SECTIONS
from isp.ehcp.content import SHAPE, blank, items_of, load, without_setting
from isp.ehcp.thread import gaps
from isp.ehcp.vocabulary import PACKAGE, SECTIONS, configuration_on
from isp.records.project import project
from isp.records.shape import Content

TODAY = date(2026, 11, 22)
CONFIGURATION = configuration_on(TODAY)


@st.composite
def plans(draw: st.DrawFn) -> Content:
    """A plan with any links between any entries of B, E and F."""
    made = blank()
    ids = {name: [str(uuid4()) for _ in range(draw(st.integers(0, 3)))] for name in "bef"}

    def some(name: str) -> list[str]:
        found: list[str] = draw(st.lists(st.sampled_from(ids[name]), unique=True)) if ids[name] else []
        return found

    def item(one: str, at: int, **fields: Any) -> dict[str, Any]:
        return {"id": one, "order": "abc"[at], **{name: held for name, held in fields.items() if held}}

    made["sections"]["b"]["items"] = [item(one, at, need="A need") for at, one in enumerate(ids["b"])]
    made["sections"]["e"]["items"] = [item(one, at, needs=some("b")) for at, one in enumerate(ids["e"])]
    made["sections"]["f"]["items"] = [
        item(one, at, needs=some("b"), outcomes=some("e")) for at, one in enumerate(ids["f"])
    ]
    return load(made)


@given(plans())
def test_what_nothing_stops_has_provision_and_an_outcome_for_every_need(made: Content) -> None:
    if any(gap.blocks for gap in gaps(made, CONFIGURATION)):
        return
    for need in items_of(made, "b"):
        assert any(need["id"] in one.get("needs", ()) for one in items_of(made, "f"))
        assert any(need["id"] in one.get("needs", ()) for one in items_of(made, "e"))
    for one in items_of(made, "f"):
        assert one.get("needs")


@given(plans(), st.sampled_from(sorted(EHCP_SECTIONS)))
def test_a_reader_is_told_of_no_gap_in_a_section_out_of_sight(made: Content, standing: Any) -> None:
    seen = project(made, Lens(frozenset({Label.S0, Label.S1}), sections=EHCP_SECTIONS[standing]), SHAPE)
    assert {gap.section for gap in gaps(seen, CONFIGURATION, "9")} <= EHCP_SECTIONS[standing]


@given(plans())
def test_a_draft_that_is_sent_names_no_setting(made: Content) -> None:
    sent = without_setting(made)
    assert items_of(sent, "i") == []
    assert {name: held for name, held in sent["sections"].items() if name != "i"} == {
        name: held for name, held in made["sections"].items() if name != "i"
    }


def test_the_sections_are_those_of_the_regulation_in_its_order() -> None:
    assert tuple(SHAPE.sections) == SECTIONS


def test_packages_are_a_proposal_and_none_before_its_day() -> None:
    offered = CONFIGURATION.options[PACKAGE]
    assert len(offered) == 7
    assert all(one.proposed and one.label.endswith("(proposed)") for one in offered)
    assert configuration_on(date(2026, 2, 22)).options[PACKAGE] == ()
