"""The officer makes a version of an EHC plan: what stops her, what is kept, what the trail says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from isp.ehcp import actions, checks, queries
from isp.ehcp.rules import HEALTH_PART, Sort
from isp.kernel import clock
from isp.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from isp.plans.wording import mark_of
from tests.ehcp.world import Desk, ready_content, with_health


def stopped(desk: Desk, sort: Sort = Sort.FINAL) -> list[str]:
    with pytest.raises(Invalid) as refused:
        desk.publish(sort)
    return list(refused.value.errors.values())


def test_the_officer_makes_the_final_plan_and_the_trail_names_its_digest(desk: Desk) -> None:
    desk.open(ready_content())
    version = desk.publish(on=clock.today() - timedelta(days=2))
    assert (version.number, version.sort) == (1, "final")
    assert version.happened_on == clock.today() - timedelta(days=2)
    told = desk.trail("ehcp.version_made")[-1].detail
    assert (told["digest"], told["sort"]) == (version.digest.hex(), "final")
    with desk.cast.looking("pam") as unit:
        assert queries.read_version(unit, desk.plan).version.number == 1
    with desk.cast.acting("olli") as unit:
        actions.start_draft(unit, desk.plan)
    desk.write(ready_content())
    assert desk.publish(Sort.AMENDED, reason="After the review").number == 2
    # The plan was issued, and the setting in section I is another entry now: both ask for a check.
    with desk.cast.making() as unit:
        found = unit.connection.scalars(
            select(checks.CHECKS.c.occasion).order_by(checks.CHECKS.c.recorded_at)
        )
        assert list(found) == ["issue", "setting"]


def test_a_draft_is_sent_without_a_setting_and_goes_on_being_written(desk: Desk) -> None:
    desk.open(ready_content())
    version = desk.publish(Sort.DRAFT_SENT)
    with desk.cast.looking("pam") as unit:
        sent = queries.read_version(unit, desk.plan, version.number)
    assert sent.content["sections"]["i"]["items"] == []
    assert sent.content["sections"]["f"]["items"]
    assert desk.sections("sara", version.number) == "NotFound"
    assert desk.sections("pam") == "NotFound"  # nothing is in force yet
    assert desk.publish().number == 2


def test_what_is_not_matched_or_empty_stops_the_plan(desk: Desk) -> None:
    desk.open(ready_content(f=[], i=[]))
    said = " ".join(stopped(desk))
    assert "Section F holds no provision yet." in said
    assert "No provision in F is for the need" in said
    assert "Section I names no type of setting" in said
    assert "Section I" not in " ".join(stopped(desk, Sort.DRAFT_SENT))


def test_vague_provision_stops_the_plan_until_the_officer_keeps_it_for_a_reason(desk: Desk) -> None:
    vague = ready_content()
    vague["sections"]["f"]["items"][0]["what"] = "Regular support from an adult as appropriate."
    desk.open(vague)
    assert any("Section F" in one for one in stopped(desk))
    with desk.cast.looking("olli") as unit:
        row, _, draft = queries.read_draft(unit, desk.plan)
        open_yet = [one for found in queries.wording_of(unit, row, draft.content).values() for one in found]
    words = vague["sections"]["f"]["items"][0]["what"]
    for one in open_yet:
        with desk.cast.acting("olli") as unit:
            actions.keep_words(unit, desk.plan, one.key, one.kind, mark_of(words), "Agreed in mediation")
    assert desk.publish().number == 1
    kept = desk.trail("ehcp.wording_kept")
    assert len(kept) == len(open_yet)
    assert kept[0].payload is not None
    assert kept[0].payload["reason"] == "Agreed in mediation"


def test_words_need_a_reason_to_be_kept_and_only_the_authority_keeps_them(desk: Desk) -> None:
    vague = ready_content()
    vague["sections"]["f"]["items"][0]["what"] = "Regular support."
    desk.open(vague)
    item = vague["sections"]["f"]["items"][0]["id"]
    given = (desk.plan, f"f.{item}.what", "missing", mark_of("Regular support."))
    with pytest.raises(Invalid), desk.cast.acting("olli") as unit:
        actions.keep_words(unit, *given, "  ")
    with pytest.raises(NotAllowed), desk.cast.acting("sara") as unit:
        actions.keep_words(unit, *given, "I like it")
    with pytest.raises(Conflict), desk.cast.acting("olli") as unit:
        actions.keep_words(unit, *given[:3], mark_of("Other words"), "A reason")


def test_words_that_the_tribunal_ordered_pass(desk: Desk) -> None:
    ordered = ready_content()
    ordered["sections"]["f"]["items"][0] |= {
        "what": "Regular support as appropriate.",
        "wording_ordered": True,
    }
    desk.open(ordered)
    assert desk.publish().number == 1


def test_from_year_9_something_prepares_for_adulthood(desk: Desk) -> None:
    from isp.register.models import Pupil

    desk.open(ready_content())
    with desk.cast.making() as unit:
        unit.change(Pupil, {"id": desk.ava}, year_group="9")
    assert any("regulation 12(3)" in one for one in stopped(desk))
    ready = ready_content()
    ready["sections"]["f"]["items"][0]["adulthood"] = ["living"]
    desk.write(ready)
    assert desk.publish().number == 1


def test_the_health_body_agrees_to_its_sections_as_they_stand(desk: Desk) -> None:
    desk.open(with_health(ready_content()))
    assert any("has not agreed to C and G" in one for one in stopped(desk))
    assert desk.publish(Sort.DRAFT_SENT).number == 1
    with pytest.raises(NotAllowed):
        desk.sign()
    desk.name()
    desk.sign()
    with desk.cast.looking("olli") as unit:
        row, _, draft = queries.read_draft(unit, desk.plan)
        assert queries.sign_offs(unit, row, draft.content)[HEALTH_PART].holds
    changed = dict(draft.content)
    changed["sections"] = {**changed["sections"]}
    changed["sections"]["g"] = {
        **changed["sections"]["g"],
        "items": [{**one, "what": "Two inhalers."} for one in changed["sections"]["g"]["items"]],
    }
    desk.write(changed)
    assert any("has not agreed" in one for one in stopped(desk))  # an edit asks anew
    desk.sign(by="olli", agreed_on=clock.today() - timedelta(days=3), words="Letter of the ICB")
    assert desk.publish().number == 2
    ways = [seen.detail["way"] for seen in desk.trail("ehcp.signed")]
    assert ways == ["own", "letter"]


def test_nobody_agrees_for_another_body_nor_to_what_was_not_shown(desk: Desk) -> None:
    desk.open(with_health(ready_content()))
    with pytest.raises(NotAllowed):
        desk.sign(by="wes")
    with pytest.raises(NotAllowed):
        desk.sign(by="pam")
    desk.name()
    with pytest.raises(Conflict):
        desk.sign(shown=0)
    with pytest.raises(Invalid):
        desk.sign(by="olli", agreed_on=clock.today() + timedelta(days=1))


@pytest.mark.parametrize(
    ("who", "error"),
    [("sara", NotAllowed), ("pam", NotAllowed), ("eve", NotAllowed), ("sid", NotFound), ("nora", NotFound)],
)
def test_only_the_plans_own_authority_makes_a_version(desk: Desk, who: str, error: type[DomainError]) -> None:
    desk.open(ready_content())
    with pytest.raises(error):
        desk.publish(by=who)


def test_an_officer_of_another_authority_is_a_stranger_to_the_plan(desk: Desk) -> None:
    desk.open(ready_content())
    desk.cast.case("ava", "southshire", "sid", {})
    with pytest.raises(NotFound):
        desk.publish(by="sid")


def test_a_stale_page_and_a_day_to_come_are_refused(desk: Desk) -> None:
    desk.open(ready_content())
    with pytest.raises(Conflict), desk.cast.acting("olli") as unit:
        actions.publish(unit, desk.plan, Sort.FINAL, clock.today(), "Now", shown_revision=0)
    with pytest.raises(Invalid):
        desk.publish(on=clock.today() + timedelta(days=1))
    with pytest.raises(Invalid):
        desk.publish(reason=" ")
