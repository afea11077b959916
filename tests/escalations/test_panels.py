"""Panels: planned by a manager, given cases by their officers; they recommend and decide nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from isp.audit import Event
from isp.ehcp.models import CaseStep
from isp.escalations import assessing, panel_queries, panels, queries
from isp.escalations.panel_queries import PAPERS
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.escalations.advice_world import Advising
from tests.escalations.test_evidence import answered, filed, picture, reviewed
from tests.escalations.test_pages import Town
from tests.escalations.world import RECEIVED, Affair, on

DAY = timedelta(days=1)
HELD = RECEIVED + 10 * DAY


class Board:
    """A panel of Northshire on whether to assess, and a request of Ava's that olli has."""

    def __init__(self, affair: Affair, kind: str = "assess", release: dict[str, Any] | None = None) -> None:
        self.affair = affair
        self.case = affair.request(**(release or {}))
        self.panel = self.plan(kind)

    def plan(self, kind: str = "assess", by: str = "mia", held_on: date = HELD) -> UUID:
        with on(RECEIVED), self.affair.cast.acting(by) as unit:
            place = self.affair.cast.places["northshire"]
            return panels.plan_panel(unit, place, kind=kind, held_on=held_on)

    def put(self, by: str = "olli", panel: UUID | None = None, case: UUID | None = None) -> UUID:
        with on(RECEIVED), self.affair.cast.acting(by) as unit:
            return panels.put_before(unit, case or self.case, panel or self.panel)

    def say(self, item: UUID, by: str = "olli", day: date = HELD, **more: Any) -> None:
        said: dict[str, Any] = {"recommendation": "assess", "reasons": "Two cycles changed nothing"}
        with on(day), self.affair.cast.acting(by) as unit:
            panels.recommend(unit, self.panel, item, **{**said, **more})

    def hold(self, by: str = "mia", day: date = HELD, members: tuple[str, ...] = ("manager",)) -> None:
        with on(day), self.affair.cast.acting(by) as unit:
            panels.hold(unit, self.panel, members=members)

    def read(self, by: str, day: date = HELD) -> Any:
        with on(day), self.affair.cast.looking(by) as unit:
            return panel_queries.read_panel(unit, self.panel)


@pytest.fixture
def board(affair: Affair) -> Board:
    return Board(affair)


def test_a_panel_recommends_and_what_lay_before_it_is_kept_by_digest(board: Board) -> None:
    item = board.put()
    board.say(item)
    board.hold(members=("manager", "psychologist"))
    (found,) = board.read("mia").items
    assert (found.row.recommendation, found.reasons) == ("assess", "Two cycles changed nothing")
    version = board.affair.versions[0]
    with board.affair.cast.making() as unit:
        papers = unit.connection.execute(select(PAPERS).where(PAPERS.c.item_id == item)).all()
        assert [(one.object_id, one.sort, one.digest) for one in papers] == [
            (version.id, "version", version.digest)
        ]
        steps = table_of(CaseStep)
        held = select(steps.c.happened_on).where(steps.c.code == "panel_held")
        assert list(unit.connection.scalars(held)) == [HELD]
    with board.affair.cast.making() as unit, pytest.raises(DBAPIError):
        unit.connection.execute(text("DELETE FROM panel_paper"))
    (event,) = board.affair.on_pupil("panel.recommended")
    assert event.payload["reasons"] == "Two cycles changed nothing"
    assert board.affair.on_authority("panel.recommended")[0].payload is None


def test_the_decision_is_the_officers_and_names_the_panel(board: Board) -> None:
    board.say(board.put(), recommendation="not_assess")
    board.affair.decide(board.case, "agree", day=HELD + DAY)
    words = board.affair.case(board.case, "olli", HELD + DAY).words
    assert words["panel"] == {
        "panel": str(board.panel),
        "on": HELD.isoformat(),
        "recommendation": "not_assess",
    }
    assert board.affair.row(board.case).status == "agreed"


def test_a_decision_needs_no_panel(board: Board) -> None:
    board.affair.decide(board.case, "agree")
    assert board.affair.case(board.case, "olli").words["panel"] == {}


def test_accepted_advice_lies_before_the_panel(affair: Affair) -> None:
    advising = Advising(affair)
    advice_id = advising.ask()
    advising.save(advice_id)
    advising.hand_in(advice_id)
    with on(HELD), affair.cast.looking("olli") as unit:
        request = affair.row(advising.case)
        assert panel_queries.pack_of(unit, request).advice == ()
    advising.check(advice_id)
    with on(HELD), affair.cast.looking("olli") as unit:
        (one,) = panel_queries.pack_of(unit, request).advice
    assert one.advice_id == advice_id


def test_the_file_as_which_advice_came_lies_before_the_panel(affair: Affair) -> None:
    advising = Advising(affair)
    advice_id = advising.ask(kind="c", to=None)
    advising.file(advice_id, HELD)
    with on(HELD), affair.cast.looking("olli") as unit:
        ((one, code),) = panel_queries.pack_of(unit, affair.row(advising.case)).filed
    assert (one.heading.title, len(code)) == ("Report of the clinic", 14)
    with on(HELD), affair.cast.looking("mia") as unit:
        assert panel_queries.pack_of(unit, affair.row(advising.case)).papers  # beside what was released


def test_each_reads_the_papers_of_her_own_cases_alone(board: Board) -> None:
    board.put()
    assert board.read("olli").items[0].opens
    assert board.read("mia").items[0].opens
    others = board.read("otis").items[0]
    assert (others.opens, others.pack, others.reasons) == (False, None, "")
    for name in ("sid", "eve", "sara", "pam", "nora"):
        with pytest.raises((NotFound, NotAllowed)):
            board.read(name)


def test_a_case_without_a_panel_is_listed_until_it_has_one(board: Board) -> None:
    def without(by: str) -> list[UUID]:
        with on(RECEIVED), board.affair.cast.looking(by) as unit:
            return [one.request.id for one in panel_queries.without_panel(unit)]

    assert without("olli") == without("mia") == [board.case]
    assert without("otis") == []
    item = board.put()
    assert without("olli") == []
    with on(RECEIVED), board.affair.cast.acting("olli") as unit:
        panels.take_off(unit, board.panel, item)
    assert without("olli") == [board.case]
    board.put()
    with on(RECEIVED), board.affair.cast.acting("mia") as unit:
        panels.call_off(unit, board.panel)
    assert without("olli") == [board.case]


@pytest.mark.parametrize("name", ["olli", "eve"])
def test_only_a_manager_plans_or_closes_a_panel(board: Board, name: str) -> None:
    with pytest.raises(NotAllowed):
        board.plan(by=name)
    board.say(board.put())
    with pytest.raises(NotAllowed):
        board.hold(by=name)


@pytest.mark.parametrize("name", ["otis", "sid", "sara", "nora"])
def test_only_whoever_has_the_case_puts_it_before_a_panel(board: Board, name: str) -> None:
    with pytest.raises((NotFound, NotAllowed)):
        board.put(by=name)


def test_what_is_out_of_order_is_said(board: Board) -> None:
    with pytest.raises(Conflict, match="No case was on the agenda"):
        board.hold()
    item = board.put()
    with pytest.raises(Conflict, match="already"):
        board.put()
    with pytest.raises(Conflict, match="still to come"):
        board.say(item, day=RECEIVED)
    with pytest.raises(Conflict, match="Record first"):
        board.hold()
    with pytest.raises(Invalid) as refused:
        board.say(item, recommendation="issue", reasons=" ")
    assert set(refused.value.errors) == {"recommendation", "reasons"}
    board.say(item)
    with pytest.raises(Conflict):
        board.say(item)
    with pytest.raises(Invalid):
        board.hold(members=("nobody",))
    board.hold()
    with pytest.raises(Conflict, match="held"):
        board.hold()
    with pytest.raises(Invalid):
        board.plan(held_on=RECEIVED + 500 * DAY)


def test_a_decision_for_no_plan_names_the_panel_and_ends_what_advisers_see(affair: Affair) -> None:
    advising = Advising(affair)
    advice_id = advising.ask(release=[affair.versions[0].id])
    board = Board.__new__(Board)
    board.affair, board.case = affair, advising.case
    board.panel = board.plan("issue")
    board.say(board.put(), recommendation="not_issue")
    with on(HELD), affair.cast.acting("olli") as unit:
        assessing.decide_plan(
            unit, advising.case, decision="no_plan", necessary=False, reasons="The school can", on=HELD
        )
    (event,) = affair.on_pupil(Event.PLAN_DECIDED.code)
    assert event.payload["panel"]["recommendation"] == "not_issue"
    assert advising.own(advice_id, "eve", HELD) == "NotFound"


# -- the pack ----------------------------------------------------------------------------------------------


def of_every_sort(affair: Affair) -> tuple[UUID, list[UUID]]:
    """A request that releases a plan, a review report, a document and a teacher's answers; and their ids."""
    review, answer = reviewed(affair), answered(affair)
    document = filed(affair, "Speech report", picture(), "speech.png")
    case = affair.request(documents=[document], reviews=[review], answers=[answer])
    return case, [affair.versions[0].id, review, document, answer]


def test_everything_that_was_released_lies_before_the_panel(affair: Affair) -> None:
    case, released = of_every_sort(affair)
    request = affair.row(case)
    with on(HELD), affair.cast.looking("olli") as unit:
        pack = panel_queries.pack_of(unit, request)
    assert {one.sort for one in pack.papers} == {"version", "review", "document", "answers"}
    assert {one.id for one in pack.papers} == set(released)
    assert [one.number for one in pack.papers] == [1, 2, 3, 4]
    for one in pack.papers:
        assert one.code.replace("-", "").lower() == one.digest.hex()[:12]
        assert one.which


def test_what_lay_before_a_panel_is_kept_by_sort_and_digest_of_each(affair: Affair) -> None:
    with_it: dict[str, Any] = {"reviews": [reviewed(affair)], "answers": [answered(affair)]}
    board = Board(affair, release=with_it)
    item = board.put()
    board.say(item)
    with on(HELD), affair.cast.looking("olli") as unit:
        pack = panel_queries.pack_of(unit, queries.row_of(unit, board.case))
    with affair.cast.making() as unit:
        kept = unit.connection.execute(select(PAPERS).where(PAPERS.c.item_id == item)).all()
    assert {(one.object_id, one.sort, one.digest) for one in kept} == {
        (one.id, one.sort, one.digest) for one in pack.papers
    }
    assert {one.sort for one in kept} == {"version", "review", "answers"}
    with pytest.raises(DBAPIError), affair.cast.making() as unit:
        unit.connection.execute(text("UPDATE panel_paper SET sort = 'advice'"))


def test_every_paper_of_the_pack_opens_from_the_page_of_the_panel(affair: Affair) -> None:
    board = Board(affair, release={"reviews": [reviewed(affair)], "answers": [answered(affair)]})
    board.put()
    with on(HELD):
        olli = Town(affair).signed_in("olli", network="192.0.2.9")
        page = olli.get(f"/panels/{board.panel}").text
        with affair.cast.looking("olli") as unit:
            pack = panel_queries.pack_of(unit, queries.row_of(unit, board.case))
        for one in pack.papers:
            assert one.code in page
        for one in pack.papers[1:]:
            link = f"/cases/{board.case}/evidence/{one.id}"
            assert link in page
            assert olli.get(link).status_code == 200
        assert f"/cases/{board.case}/evidence" in page
