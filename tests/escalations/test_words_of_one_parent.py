"""What a parent says about a plan is read by the authority and by herself, and by nobody else."""

from __future__ import annotations

import pytest

from isp.escalations.upkeep import ceasing, reassessing
from tests.escalations.test_upkeep_pages import Town
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import on

HERS = "His father must not know this."


def page(upkeep: Upkeep, name: str) -> str:
    with on(NOW):
        shown = Town(upkeep).signed_in(name).get(f"/ehc-plans/{upkeep.plan}/reviews")
    assert shown.status_code == 200, name
    return shown.text


@pytest.mark.parametrize(("name", "reads"), [("pam", True), ("olli", True), ("paul", False), ("sara", False)])
def test_why_a_parent_asks_to_assess_again(upkeep: Upkeep, name: str, reads: bool) -> None:
    upkeep.does("pam", reassessing.ask, upkeep.plan, received_on=NOW, reasons=HERS)
    shown = page(upkeep, name)
    assert "A re-assessment was asked for" in shown
    assert (HERS in shown) is reads


@pytest.mark.parametrize(("name", "reads"), [("pam", True), ("sara", True), ("olli", True)])
def test_why_the_school_asks_is_read_by_both_sides(upkeep: Upkeep, name: str, reads: bool) -> None:
    upkeep.does("sara", reassessing.ask, upkeep.plan, received_on=NOW, reasons="Much has changed.")
    assert ("Much has changed." in page(upkeep, name)) is reads


@pytest.mark.parametrize(
    ("name", "reads"), [("olli", True), ("pam", False), ("paul", False), ("sara", False)]
)
def test_what_the_family_answers_to_the_end_of_a_plan(upkeep: Upkeep, name: str, reads: bool) -> None:
    upkeep.does(
        "olli", ceasing.consider, upkeep.plan, reason="2", considering_on=NOW, why="The outcomes are reached."
    )
    upkeep.does("olli", ceasing.record_answer, upkeep.plan, who="family", on=NOW, said=HERS)
    shown = page(upkeep, name)
    assert "The family answered" in shown
    assert (HERS in shown) is reads
