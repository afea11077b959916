"""Countersigning, where a school wants it: asked, refused, given; and void as soon as anybody writes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from isp.kernel import clock
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.notices.models import Notice
from isp.people.roles import Role
from isp.plans import actions, countersigning
from isp.plans.countersigning import WANTED
from isp.records import drafts
from isp.records.changes import Change, Op
from tests.plans.desk import words
from tests.plans.test_writing_in_a_draft import person_tokens

RULE = "/settings/countersigning"


@pytest.fixture
def wanted(cast):
    """Oakfield wants the head to countersign, from today."""
    with cast.acting("hal") as unit:
        countersigning.set_rule(unit, cast.places["oakfield"], "head", unit.today)


@pytest.fixture
def written(cast, draft, wanted):
    """A draft of Ava's plan, at revision 1."""
    write(cast, draft, "Kind to older children")
    return draft


def write(cast, record, strengths, by="tom"):
    with cast.acting(by) as unit:
        found = cast.draft(unit, record)
        change = Change(Op.SET, "about_me", None, "strengths", strengths)
        actions.save_draft(unit, record, found.revision, [change])


def path_of(record):
    return f"/plans/{record}/countersign"


def ask(cast, record, by="sara", of="hal"):
    with cast.acting(by) as unit:
        countersigning.ask(unit, record, cast.draft(unit, record).revision, cast.people[of])


def answer(cast, record, *, by="hal", **answered):
    with cast.acting(by) as unit:
        countersigning.answer(unit, record, cast.draft(unit, record).revision, **answered)


def publish(cast, record, by="sara"):
    with cast.acting(by) as unit:
        return actions.publish(unit, record, cast.draft(unit, record).revision, "The review")


def notices(cast, kind):
    with cast.store.database.reading() as connection:
        return [row.person_id for row in connection.execute(select(table_of(Notice))) if row.kind == kind]


def test_asked_and_given_the_plan_is_shared_and_only_then_the_family_told(desk, cast, written):
    sara, hal = desk.at("sara"), desk.at("hal")
    finalise = f"/plans/{written}/finalise"
    assert "Your school wants the head to countersign" in words(sara.get(finalise))
    refused = sara.fill(sara.get(finalise), finalise, reason="The review", sort="published")
    assert refused.status_code == 409
    page = sara.get(path_of(written))
    assert sara.fill(page, path_of(written), do="ask").status_code == 303
    assert notices(cast, "countersign_asked") == [cast.people["hal"]]
    page = hal.get(path_of(written))
    assert "Do you agree to this plan?" in words(page)
    assert "became “Kind to older children”" in words(page)
    assert hal.fill(page, path_of(written), do="agree").status_code == 303
    assert "Hal Example, Head teacher agreed to the draft as it is" in words(hal.get(path_of(written)))
    assert notices(cast, "countersign_given") == [cast.people["sara"]]
    assert notices(cast, "plan_shared").count(cast.people["pam"]) == 1  # of version 1
    assert "The draft is countersigned as it is." in words(sara.get(finalise))
    assert publish(cast, written).number == 2
    assert notices(cast, "plan_shared").count(cast.people["pam"]) == 2
    acts = desk.acts("ava")
    told = ["plan.countersign_asked", "plan.countersign_given", "plan.published"]
    assert [one for one in acts if one in told][-3:] == told


def test_refused_with_a_reason_it_goes_back_and_is_asked_anew(desk, cast, written):
    ask(cast, written)
    hal, sara = desk.at("hal"), desk.at("sara")
    page = hal.get(path_of(written))
    empty = hal.send(path_of(written), {**person_tokens(hal), "revision": "1", "do": "refuse"})
    assert empty.status_code == 422
    assert "Say in a few words what should be changed first." in words(empty)
    data = {**person_tokens(hal), "revision": "1", "do": "refuse", "reason": "Say how often"}
    assert hal.send(path_of(written), data).status_code == 303
    assert page.status_code == 200
    assert "sent the draft back" in words(hal.get(path_of(written)))
    assert "Say how often" in words(sara.get(path_of(written)))
    assert notices(cast, "countersign_refused") == [cast.people["sara"]]
    with pytest.raises(Conflict, match="not countersigned as it is"):
        publish(cast, written)
    write(cast, written, "Kind to everybody", by="sara")
    ask(cast, written)
    answer(cast, written, agrees=True)
    assert publish(cast, written).number == 2


def test_an_edit_after_it_was_given_voids_it(desk, cast, written):
    ask(cast, written)
    answer(cast, written, agrees=True)
    write(cast, written, "Kind to nobody")
    with pytest.raises(Conflict, match="changed after the head was asked"):
        publish(cast, written)
    # Taking the edit back is a change too: what was agreed to was that revision, and no other.
    with cast.acting("tom") as unit:
        actions.undo_save(unit, written, 2)
    with pytest.raises(Conflict, match="changed after the head was asked"):
        publish(cast, written)
    ask(cast, written)
    answer(cast, written, agrees=True)
    assert publish(cast, written).number == 2


def test_an_edit_after_it_was_asked_leaves_nothing_to_answer(desk, cast, written):
    ask(cast, written)
    hal = desk.at("hal")
    page = hal.get(path_of(written))
    write(cast, written, "Kind to nobody")
    assert hal.fill(page, path_of(written), do="agree").status_code == 409
    with pytest.raises(Conflict, match="changed after you were asked"):
        answer(cast, written, agrees=True)
    assert "Do you agree" not in words(hal.get(path_of(written)))


def test_only_whoever_was_asked_answers_and_only_once(cast, written):
    cast.member("hanna", "oakfield", Role.HEAD)
    ask(cast, written)
    for name, refusal in (
        ("hanna", NotAllowed),
        ("sara", NotAllowed),
        ("tom", NotAllowed),
        ("sena", NotFound),
    ):
        with pytest.raises(refusal), cast.acting(name) as unit:
            countersigning.answer(unit, written, 1, agrees=True)
    answer(cast, written, agrees=True)
    with pytest.raises(Conflict, match="answered already"):
        answer(cast, written, agrees=False, reason="No")


def test_only_those_in_the_role_are_asked_and_only_by_those_who_write(desk, cast, written):
    for of in ("sara", "leo", "pam", "sena"):
        with pytest.raises(Invalid):
            ask(cast, written, by="tom", of=of)
    for name, status in (("hal", 403), ("leo", 403), ("pam", 403), ("tess", 404), ("sena", 404)):
        person = desk.at(name)
        data = {**person_tokens(person), "revision": "1", "do": "ask", "of": str(cast.people["hal"])}
        assert person.send(path_of(written), data).status_code == status, name
    ask(cast, written, by="tom")


def test_who_holds_the_role_needs_nobody_and_who_does_not_need_is_not_asked(cast, written):
    assert publish(cast, written, by="hal").number == 2
    with cast.acting("hal") as unit:
        countersigning.set_rule(unit, cast.places["oakfield"], "nobody", unit.today)
    with cast.acting("sara") as unit:
        actions.start_draft(unit, written)
    with pytest.raises(Conflict, match="Nobody need countersign"):
        ask(cast, written)


def test_the_rule_begins_on_its_day_and_the_newest_counts(cast, draft):
    school, today = cast.places["oakfield"], clock.today()
    with cast.acting("hal") as unit:
        countersigning.set_rule(unit, school, "senco", today + timedelta(days=7))
    with cast.looking("hal") as unit:
        days = [countersigning.rule_on(unit, school, today + timedelta(days=one)) for one in (0, 6, 7)]
    assert days == ["nobody", "nobody", "senco"]
    assert publish(cast, draft).number == 2
    with pytest.raises(Invalid), cast.acting("hal") as unit:
        countersigning.set_rule(unit, school, "head", today - timedelta(days=1))


def test_the_statement_that_opens_a_draft_knows_the_rule(cast, written):
    with cast.looking("sara") as unit:
        from isp.plans import queries

        row = queries.record_of(unit, written)
        assert drafts.open_beside(unit, row).beside.also[WANTED] == "head"


def test_the_head_says_who_countersigns_and_nobody_else_does(desk, cast):
    hal = desk.at("hal")
    answer = hal.fill(hal.get(RULE), RULE, role="senco")
    assert answer.status_code == 303
    with cast.looking("hal") as unit:
        assert countersigning.rule_on(unit, cast.places["oakfield"], unit.today) == "senco"
    assert hal.fill(hal.get(RULE), RULE, role="teacher").status_code == 422
    for name in ("sara", "tom", "pam", "mia"):
        person = desk.at(name)
        assert person.get(RULE).status_code == 403, name
        school = str(cast.places["oakfield"])
        sent = person.send(RULE, {**person_tokens(person), "school": school, "role": "nobody"})
        assert sent.status_code in (403, 404), name


def test_what_waits_for_the_head_is_listed_until_it_is_answered_or_changed(cast, written):
    def waiting():
        with cast.looking("hal") as unit:
            return [row.record_id for row in countersigning.waiting_for(unit)]

    assert waiting() == []
    ask(cast, written)
    assert waiting() == [written]
    write(cast, written, "Kind to nobody")
    assert waiting() == []
    ask(cast, written)
    answer(cast, written, agrees=True)
    assert waiting() == []
