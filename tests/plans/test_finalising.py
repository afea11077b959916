"""Finalise and share: what changes, what is missing, who is told; then an immutable version."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from isp.kernel.db import table_of
from isp.notices.models import Notice
from isp.plans import actions
from isp.records.changes import Change, Op
from tests.cast import small_plan
from tests.plans.desk import form_of, words
from tests.plans.test_writing_in_a_draft import own, person_tokens


def path_of(record):
    return f"/plans/{record}/finalise"


@pytest.fixture
def written(desk, cast, draft):
    """A draft in which something was written."""
    with cast.acting("sara") as unit:
        change = Change(Op.SET, "about_me", None, "strengths", "Kind to older children")
        actions.save_draft(unit, draft, 0, [change])
    return draft


def test_a_senco_finalises_and_the_family_is_told(desk, cast, written):
    sara = desk.at("sara")
    page = sara.get(path_of(written))
    said = words(page)
    assert "Do you want to finalise and share version 2?" in said
    assert "Strengths: “Kind to younger children” became “Kind to older children”." in said
    assert "Pam Example" in said
    assert "Carl Example" not in said
    answer = sara.fill(page, path_of(written), reason="The autumn  review")
    assert answer.status_code == 303
    page = sara.get(answer.headers["Location"])
    assert "Version 2 is finalised and shared." in words(page)
    assert "The autumn review" in words(page)
    assert "Kind to older children" in words(page)
    published = [one for one in desk.told("ava") if one.event.code == "plan.published"][-1]
    assert published.detail["version"] == 2
    assert published.detail["sections"] == ["about_me"]
    with cast.store.database.reading() as connection:
        told = [row for row in connection.execute(select(table_of(Notice))) if row.kind == "plan_shared"]
    assert {row.person_id for row in told} == {cast.people["pam"], cast.people["paul"]}


def test_no_reason_no_version(desk, written):
    sara = desk.at("sara")
    answer = sara.fill(sara.get(path_of(written)), path_of(written), reason="  ")
    assert answer.status_code == 422
    assert "Enter what changes and why" in words(answer)
    assert desk.draft(written).revision == 1


def test_a_page_that_is_old_by_now_finalises_nothing_and_keeps_the_reason(desk, cast, written):
    sara = desk.at("sara")
    page = sara.get(path_of(written))
    with cast.acting("tom") as unit:
        change = Change(Op.SET, "about_me", None, "hard", "Assembly")
        actions.save_draft(unit, written, 1, [change])
    answer = sara.fill(page, path_of(written), reason="The autumn review")
    assert answer.status_code == 409
    assert "Somebody wrote in this draft" in words(answer)
    assert "The autumn review" in answer.text
    assert "plan.published" not in desk.acts("ava")[-3:]
    # The page that came back shows the draft as it is now, and finalises that.
    assert "Assembly" in words(answer)
    assert sara.fill(answer, path_of(written)).status_code == 303


def test_a_draft_that_is_gone_is_said(desk, cast, written):
    sara = desk.at("sara")
    page = sara.get(path_of(written))
    with cast.acting("dan") as unit:
        actions.discard_draft(unit, written, 1)
    answer = sara.fill(page, path_of(written), reason="The autumn review")
    assert answer.status_code == 409
    # Nor is the next draft finalised by a page that showed the last one.
    with cast.acting("dan") as unit:
        actions.start_draft(unit, written)
    with cast.acting("dan") as unit:
        actions.save_draft(unit, written, 0, [Change(Op.SET, "about_me", None, "hard", "Assembly")])
    answer = sara.fill(page, path_of(written), reason="The autumn review")
    assert answer.status_code == 409
    assert "another draft" in words(answer)


def test_what_the_configuration_asks_for_is_said_and_stops_it(desk, cast):
    content = small_plan()
    content["sections"]["layer"]["fields"] = {"layer": "specialist", "reason": "Much support"}
    record = cast.plan("ava", "sara")
    cast.write(record, "sara", content)
    sara = desk.at("sara")
    page = sara.get(path_of(record))
    said = words(page)
    assert "What is needed first" in said
    assert "Outcomes, Follow a two-step instruction: fill in “Target”." in said
    answer = sara.fill(page, path_of(record), reason="The first plan")
    assert answer.status_code == 422
    assert "The first plan" in answer.text
    assert desk.draft(record).revision == 1


def test_what_is_not_linked_is_shown_and_stops_only_where_the_configuration_says_so(desk, cast):
    content = small_plan()
    del content["sections"]["provision"]["items"][0]["outcomes"]
    record = cast.plan("ava", "sara")
    cast.write(record, "sara", content)
    sara = desk.at("sara")
    page = sara.get(path_of(record))
    assert "The provision “Reading” is not linked to an outcome." in words(page)
    assert sara.fill(page, path_of(record), reason="The first plan").status_code == 303


def test_those_who_may_not_finalise(desk, written):
    sent = own(form_of(desk.at("sara").get(path_of(written)), path_of(written)))
    for name, status in (
        ("tom", 403),
        ("tia", 403),
        ("pam", 403),
        ("leo", 403),
        ("nora", 404),
        ("sena", 404),
    ):
        person = desk.at(name)
        assert person.get(path_of(written)).status_code == status, name
        answer = person.send(path_of(written), {**person_tokens(person), **sent, "reason": "Mine"})
        assert answer.status_code == status, name
    assert desk.draft(written).revision == 1


def test_a_head_finalises_too(desk, written):
    hal = desk.at("hal")
    answer = hal.fill(hal.get(path_of(written)), path_of(written), reason="Agreed")
    assert answer.status_code == 303
