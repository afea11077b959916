"""Advice as it comes in: drafts that nobody else sees, versions that cannot be altered, the check."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from isp.documents import queries as documents
from isp.escalations import advice_in, advice_queries
from isp.kernel.errors import Conflict, DomainError, Invalid, NotFound
from tests.escalations.advice_world import AGREED, DAY, SIX_WEEKS, WORDS, Advising, paper
from tests.escalations.world import Affair, on


@pytest.fixture
def advising(affair: Affair) -> Advising:
    return Advising(affair)


def test_a_draft_is_kept_box_by_box_and_read_by_its_author_alone(advising: Advising) -> None:
    advice_id = advising.ask()
    assert advising.save(advice_id, needs="Tires").number == 1
    saved = advising.save(advice_id, outcomes="Reads")
    assert (saved.number, dict(saved.words)) == (2, {"needs": "Tires", "outcomes": "Reads"})
    assert advising.save(advice_id, outcomes="Reads").number == 2
    assert advising.own(advice_id, "eve").draft == {"needs": "Tires", "outcomes": "Reads"}
    assert advising.overview().asked[0].versions == ()
    for name in ("olli", "wes", "sara", "pam"):
        with pytest.raises(DomainError):
            advising.save(advice_id, by=name)


def test_what_is_too_long_is_named_and_the_rest_is_saved(advising: Advising) -> None:
    saved = advising.save(advising.ask(), needs="x" * 20_001, provision="Breaks")
    assert set(saved.problems) == {"needs"}
    assert dict(saved.words) == {"provision": "Breaks"}


def test_what_is_handed_in_covers_needs_provision_and_outcomes(advising: Advising) -> None:
    advice_id = advising.ask()
    advising.save(advice_id, needs="Tires", provision=" ")
    with pytest.raises(Invalid) as refused:
        advising.hand_in(advice_id)
    assert set(refused.value.errors) == {"provision", "outcomes"}


def test_a_version_cannot_be_altered_and_follows_what_is_sent_back(advising: Advising) -> None:
    advice_id = advising.ask()
    advising.save(advice_id)
    assert advising.hand_in(advice_id) == 1
    assert advising.row(advice_id).state == "in"
    with pytest.raises(Conflict, match="being checked"):
        advising.save(advice_id, needs="More")
    advising.check(advice_id, accept=False, covers=(), missing="How often?")
    assert advising.row(advice_id).state == "sent_back"
    assert advising.own(advice_id, "eve").asked.missing == "How often?"
    advising.save(advice_id, provision="Breaks every ten minutes")
    assert advising.hand_in(advice_id, day=AGREED + DAY) == 2
    first, second = advising.versions(advice_id)
    assert first.digest != second.digest
    with advising.affair.cast.making() as unit, pytest.raises(DBAPIError):
        unit.connection.execute(text("UPDATE advice_version SET number = 3 WHERE number = 1"))
    assert [code for code, _ in advising.steps()] == [
        "advice_asked",
        "advice_received",
        "advice_sent_back",
        "advice_received",
    ]


def test_accepted_it_ends_what_the_adviser_sees(advising: Advising) -> None:
    affair = advising.affair
    advice_id = advising.ask(release=[affair.versions[0].id])
    advising.save(advice_id)
    advising.hand_in(advice_id)
    advising.check(advice_id)
    assert advising.row(advice_id).state == "accepted"
    assert affair.reads("eve", 2, AGREED) == "NotFound"
    assert advising.own(advice_id, "eve") == "NotFound"
    with on(AGREED), affair.cast.looking("eve") as unit:
        (listed,) = advice_queries.asked_of_me(unit)
        assert listed.pupil is None
    with on(AGREED), affair.cast.looking("olli") as unit:
        found, _ = advice_queries.read_one(unit, advice_id)
    assert found.versions[0].words == WORDS


@pytest.mark.parametrize(("days", "late"), [(0, 0), (1, 1), (20, 20)])
def test_lateness_is_kept_with_the_rules(advising: Advising, days: int, late: int) -> None:
    advice_id = advising.ask("c", None)
    advising.file(advice_id, AGREED + SIX_WEEKS + timedelta(days=days))
    row = advising.row(advice_id)
    assert (row.days_late, row.days_unexcused, row.rules) == (late, late, "2014-09-01")


def test_advice_by_mail_is_filed_with_the_day_it_truly_came(advising: Advising) -> None:
    advice_id = advising.ask("c", None)
    day = AGREED + 20 * DAY
    advising.file(advice_id, day, received_on=day - 3 * DAY, written_on=AGREED)
    row = advising.row(advice_id)
    assert (row.state, row.received_on) == ("in", day - 3 * DAY)
    assert advising.steps()[-1] == ("advice_received", day - 3 * DAY)
    with on(day), advising.affair.cast.looking("olli") as unit:
        found, _ = advice_queries.read_one(unit, advice_id)
    (version,) = found.versions
    assert version.words["author"] == "Dr Sample, paediatrician"
    assert version.document is not None
    assert version.document.digest == version.row.document_digest
    for name, sees in (("olli", True), ("mia", True), ("sara", False), ("pam", False), ("tom", False)):
        with on(day), advising.affair.cast.looking(name) as unit:
            ids = {one.id for one in documents.list_of(unit, advising.affair.ava).listed}
        assert (version.document.heading.document_id in ids) is sees


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("author", {"author": " "}),
        ("received_on", {"received_on": AGREED - DAY}),
        ("received_on", {"received_on": AGREED + 99 * DAY}),
        ("title", {"title": " "}),
    ],
)
def test_what_cannot_be_filed_so_is_said(advising: Advising, field: str, said: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        advising.file(advising.ask("c", None), AGREED + DAY, **said)
    assert set(refused.value.errors) == {field}


def test_a_report_is_handed_in_and_read_by_its_author_and_the_officer(advising: Advising) -> None:
    advice_id = advising.ask()
    with on(AGREED), advising.affair.cast.acting("eve") as unit:
        advice_in.hand_in_report(unit, advice_id, title="Report", written_on=AGREED, taken=paper())
    own = advising.own(advice_id, "eve")
    assert own.asked.versions[0].document is not None
    (version,) = advising.versions(advice_id)
    assert (version.sort, version.number) == ("report", 1)


def test_a_child_who_sees_or_hears_little_needs_a_qualified_teachers_advice(affair: Affair) -> None:
    with affair.cast.making() as unit:
        unit.connection.execute(text("UPDATE pupil SET need_primary = 'HI'"))
    advising = Advising(affair)
    advice_id = advising.ask("b", "sara")
    assert advising.row(advice_id).qualified
    advising.save(advice_id, by="sara")
    advising.hand_in(advice_id, by="sara")
    with pytest.raises(Invalid) as refused:
        advising.check(advice_id, qualified=False)
    assert "regulation 6(2)" in refused.value.errors["qualified"]
    advising.check(advice_id, qualified=True)
    assert advising.row(advice_id).state == "accepted"


def test_what_does_not_cover_everything_is_not_accepted(advising: Advising) -> None:
    advice_id = advising.ask()
    advising.save(advice_id)
    advising.hand_in(advice_id)
    with pytest.raises(Invalid) as refused:
        advising.check(advice_id, covers=("needs",))
    assert "provision, outcomes" in refused.value.errors["covers"]
    with pytest.raises(Invalid):
        advising.check(advice_id, accept=False, covers=(), missing=" ")


def test_what_was_checked_is_not_checked_again_and_a_stale_page_is_told(advising: Advising) -> None:
    advice_id = advising.ask()
    with pytest.raises(Conflict, match="nothing here to check"):
        advising.check(advice_id)
    advising.save(advice_id)
    advising.hand_in(advice_id)
    with pytest.raises(Conflict):
        advising.check(advice_id, shown=1)
    advising.check(advice_id, shown=2)
    with pytest.raises(Conflict):
        advising.check(advice_id)


@pytest.mark.parametrize("name", ["otis", "sid", "eve", "nora"])
def test_a_stranger_checks_nothing(advising: Advising, name: str) -> None:
    advice_id = advising.ask("e", "wes")
    with pytest.raises(NotFound):
        advising.check(advice_id, by=name)
