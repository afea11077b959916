"""The final plan and the authority name one setting: section I is compared with what is chosen."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from isp.ehcp import queries
from isp.ehcp.models import PlanSetting
from isp.escalations.naming import Named
from isp.kernel.db import table_of
from isp.kernel.errors import Invalid
from isp.people.models import Organisation
from tests.escalations.assessed import Assessed
from tests.escalations.world import Affair


@pytest.fixture
def case(affair: Affair) -> Assessed:
    return Assessed(affair)


def setting(**said: Any) -> list[dict[str, Any]]:
    return [{"id": "11111111-2222-4333-8444-555555555555", "order": "a", **said}]


def to_draft(case: Assessed, **said: Any) -> None:
    """A draft was sent; since then section I says this."""
    case.decide()
    case.write(i=setting(**said))
    case.send()


def refused(case: Assessed, named: Named) -> dict[str, str]:
    """By question, why the plan cannot be issued; nothing is left of the attempt."""
    with pytest.raises(Invalid) as failure:
        case.issue(named=named)
    assert case.row.state == "draft_sent"
    plan = case.plan
    with case.cast.making() as unit:
        assert queries.record_of(unit, plan).current is None
        c = table_of(PlanSetting).c
        assert unit.connection.execute(select(c.id).where(c.plan_id == plan.id)).first() is None
    return failure.value.errors


def here(case: Assessed, school: str) -> Named:
    return Named(school_id=case.cast.places[school])


def test_another_school_than_section_i_names_is_refused_in_a_clear_sentence(case: Assessed) -> None:
    to_draft(case, name="Oakfield School", type="mainstream")
    assert refused(case, here(case, "elmfield")) == {
        "school_id": (
            "Section I says “Oakfield School”, and you chose “Elmfield School” here. They must be the same: "
            "choose what section I says, or change section I first."
        )
    }
    case.issue(named=here(case, "oakfield"))
    assert case.row.state == "final"


def test_a_school_is_the_same_however_its_name_is_typed(case: Assessed) -> None:
    to_draft(case, name="OAKFIELD  school.", type="mainstream")
    case.issue(named=here(case, "oakfield"))
    assert case.row.state == "final"


def test_where_both_have_a_number_the_number_decides(case: Assessed) -> None:
    with case.cast.making() as unit:
        unit.change(Organisation, {"id": case.cast.places["oakfield"]}, urn="100001")
        unit.change(Organisation, {"id": case.cast.places["elmfield"]}, urn="100002")
    to_draft(case, name="Oakfield School", urn="100002", type="mainstream")
    assert "school_id" in refused(case, here(case, "oakfield"))
    case.issue(named=here(case, "elmfield"))
    assert case.row.state == "final"


def test_a_school_elsewhere_is_compared_by_its_number_or_name(case: Assessed) -> None:
    to_draft(case, name="Beech College", type="college")
    assert "number 123456" in refused(case, Named(urn="123456"))["urn"]
    assert "urn" in refused(case, Named(urn="123456", name="Birch College"))
    case.issue(named=Named(urn="123456", name="Beech College"))
    assert case.row.state == "final"


def test_a_type_alone_goes_with_no_school(case: Assessed) -> None:
    to_draft(case, type="special")
    said = refused(case, here(case, "oakfield"))["school_id"]
    assert said.startswith("Section I says “Special school” and names no school, and you chose")
    case.issue(named=Named(code="OTH", name="A special school in Northshire"))
    assert case.row.state == "final"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"name": "Oakfield School", "type": "mainstream"}, "EHE"),
        ({"name": "Oakfield School", "type": "mainstream"}, "OLA"),
        ({"type": "mainstream"}, "EYP"),
    ],
)
def test_a_kind_of_arrangement_that_section_i_does_not_say_is_refused(
    case: Assessed, said: dict[str, str], code: str
) -> None:
    to_draft(case, **said)
    assert "code" in refused(case, Named(code=code))


@pytest.mark.parametrize(
    ("said", "code"),
    [({"type": "home_arranged"}, "OLA"), ({"type": "mainstream"}, "EHE"), ({"type": "early_years"}, "EYP")],
)
def test_a_kind_of_arrangement_that_section_i_says_is_taken(
    case: Assessed, said: dict[str, str], code: str
) -> None:
    to_draft(case, **said)
    case.issue(named=Named(code=code))
    assert case.row.state == "final"


def test_the_draft_that_the_family_is_sent_has_an_empty_section_i(case: Assessed) -> None:
    to_draft(case, name="Oakfield School", type="mainstream")
    plan = case.plan
    with case.cast.looking("pam") as unit:
        sent = queries.read_version(unit, plan.id, 1)
    assert sent.version.sort == "draft_sent"
    assert sent.content["sections"]["i"]["items"] == []
