"""Who agrees for the health or the care body: the person whom the authority has named, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from isp.ehcp import agreeing, queries
from isp.ehcp.rules import HEALTH_PART
from isp.kernel.clock import today
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.notices.models import Notice
from tests.ehcp.world import Desk, ready_content, with_health

CARE = "care"


@pytest.fixture
def drafted(desk: Desk) -> Desk:
    desk.open(with_health(ready_content()))
    return desk


def test_an_adviser_whom_nobody_named_does_not_agree_for_the_health_body(drafted: Desk) -> None:
    with pytest.raises(NotAllowed):
        drafted.sign()
    drafted.name()
    drafted.sign(body="Another body")
    with drafted.cast.looking("olli") as unit:
        row, _, draft = queries.read_draft(unit, drafted.plan)
        signed = queries.sign_offs(unit, row, draft.content)[HEALTH_PART]
    assert (signed.body, signed.way, signed.holds) == ("Northshire ICB", "own", True)


def test_another_named_in_her_place_agrees_and_she_no_longer(drafted: Desk) -> None:
    drafted.name()
    with pytest.raises(Conflict):
        drafted.name()
    drafted.name(body="Southshire ICB", by="mia")
    with drafted.cast.making() as unit:
        now = agreeing.agreer(unit, drafted.plan, HEALTH_PART)
        rows = unit.connection.execute(agreeing.AGREERS.select()).all()
    assert now is not None
    assert now.body == "Southshire ICB"
    assert len(rows) == 2


def test_a_page_that_shows_another_naming_replaces_none(drafted: Desk) -> None:
    drafted.name(shown=agreeing.NOBODY)
    with drafted.cast.making() as unit:
        first = agreeing.shown_of(agreeing.agreer(unit, drafted.plan, HEALTH_PART))
    for stale in (agreeing.NOBODY, "", drafted.plan.hex):
        with pytest.raises(Conflict) as failure:
            drafted.name(body="Southshire ICB", by="mia", shown=stale)
        assert "Somebody else changed this" in failure.value.message
    drafted.name(body="Southshire ICB", by="mia", shown=first)
    with pytest.raises(Conflict):
        drafted.name(shown=first)


def test_where_the_body_changes_nobody_agrees_before_somebody_is_named(drafted: Desk) -> None:
    drafted.name()
    with drafted.cast.making() as unit:
        agreeing.lapse(unit, drafted.plan, HEALTH_PART)
    with pytest.raises(NotAllowed):
        drafted.sign()


def test_a_letter_of_the_body_does_as_well(drafted: Desk) -> None:
    drafted.sign(by="olli", agreed_on=today(), words="Letter of the ICB")


@pytest.mark.parametrize(
    ("field", "more"), [("body", {"body": " "}), ("person_id", {"who": "pam"}), ("person_id", {"part": CARE})]
)
def test_who_is_named_works_with_the_child_in_that_field(
    drafted: Desk, field: str, more: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as failure:
        drafted.name(**more)
    assert set(failure.value.errors) == {field}


def test_only_the_authority_names(drafted: Desk) -> None:
    for name, failure in (("eve", NotAllowed), ("sara", NotAllowed), ("pam", NotAllowed), ("sid", NotFound)):
        with pytest.raises(failure):
            drafted.name(by=name)


def test_it_is_on_the_trail_and_she_is_told(drafted: Desk) -> None:
    drafted.name()
    (seen,) = drafted.trail("ehcp.agreer_named")
    assert seen.detail["part"] == HEALTH_PART
    with drafted.cast.making() as unit:
        table = Notice.__table__
        told = unit.connection.execute(table.select().where(table.c.kind == "agreement_asked")).one()
    assert told.person_id == drafted.cast.people["eve"]
