"""Two who write in an EHC plan at once: both are kept, and one who writes the section chooses."""

from __future__ import annotations

from typing import Any

import pytest

from isp.ehcp import actions, queries
from isp.ehcp.rules import Sort
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.records import drafts, saves
from isp.records.changes import Change, Op
from tests.ehcp.world import Desk, ready_content, with_health


def typed(desk: Desk, who: str, words: str, revision: int, section: str = "g") -> Any:
    """Somebody types in the first entry of a section, on a page of this revision."""
    with desk.cast.acting(who) as unit:
        opened = actions.open_draft(unit, desk.plan)
        item = opened.draft.content["sections"][section]["items"][0]["id"]
        change = Change(Op.SET, section, item, "what", words)
        saved = saves.save(unit, opened.draft, revision, [change])
        actions.remember_save(unit, opened.row, opened.decision, saved)
        return saved


@pytest.fixture
def met(desk: Desk) -> Desk:
    """olli and eve have written other words in the same place of section G."""
    desk.open(with_health(ready_content()))
    revision = desk.revision()
    typed(desk, "olli", "An inhaler, kept in class.", revision)
    assert typed(desk, "eve", "An inhaler, kept by the nurse.", revision).clashes
    return desk


def clash_of(desk: Desk) -> Any:
    with desk.cast.making() as unit:
        row = queries.plan_row(unit, desk.plan)
        assert row is not None
        return drafts.clashes(unit, drafts.read(unit, row.record_id))[0]


def test_a_plan_with_words_to_choose_between_is_not_made(met: Desk) -> None:
    with pytest.raises(Conflict):
        met.publish(Sort.DRAFT_SENT)


def test_who_writes_the_section_chooses_and_nobody_else(met: Desk) -> None:
    waiting = clash_of(met)
    for who in ("wes", "pam", "sara"):
        with pytest.raises(NotAllowed), met.cast.acting(who) as unit:
            actions.settle_clash(unit, met.plan, waiting.id, "mine")
    with pytest.raises(Invalid), met.cast.acting("eve") as unit:
        actions.settle_clash(unit, met.plan, waiting.id, "both")
    with met.cast.acting("eve") as unit:
        settled = actions.settle_clash(unit, met.plan, waiting.id, "mine")
    assert settled.content["sections"]["g"]["items"][0]["what"] == "An inhaler, kept by the nurse."
    with pytest.raises(Conflict), met.cast.acting("eve") as unit:
        actions.settle_clash(unit, met.plan, waiting.id, "mine")
    assert [seen.detail["choice"] for seen in met.trail("ehcp.settled")] == ["mine"]
    assert met.trail("ehcp.clashed")[0].detail["count"] == 1


def test_a_plan_that_ended_is_written_in_by_nobody(desk: Desk) -> None:
    from isp.ehcp.models import StatutoryPlan

    desk.open(ready_content())
    with desk.cast.making() as unit:
        unit.change(StatutoryPlan, {"id": desk.plan}, state="not_made")
    with pytest.raises(Conflict), desk.cast.acting("olli") as unit:
        actions.open_draft(unit, desk.plan)
    with pytest.raises(Conflict):
        desk.publish()
