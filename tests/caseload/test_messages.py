"""One's own messages: what happened, when, to whom, where it is; and how one wants to be told."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from isp.access.models import Restriction
from isp.kernel import clock
from isp.kernel.ids import new_id
from isp.notices.actions import tell
from isp.notices.choices import OPTIONAL, Choices, choices_of
from isp.notices.kinds import PLAINLY
from isp.notices.models import Notice
from isp.plans import actions, giving
from isp.records import drafts
from tests.caseload.desk import Desk, words
from tests.cast import small_plan


def tell_of(desk: Desk, name: str, kind: str = "plan_shared", pupil: str | None = "ava") -> None:
    with desk.cast.acting("tess") as unit:
        tell(unit, [desk.cast.people[name]], kind, desk.cast.pupils[pupil] if pupil else None)


def unread(desk: Desk, name: str) -> list[UUID]:
    mine = desk.cast.people[name]
    return [row.id for row in desk.rows(Notice) if row.person_id == mine and row.read_at is None]


def links(page: str) -> list[str]:
    return re.findall(r'href="([^"]+)">Open<', page)


def test_a_parent_reads_what_happened_in_plain_words_and_where(desk):
    tell_of(desk, "pam")
    page = desk.signed_in("pam").get("/messages")
    said = words(page)
    assert "Ava Planted: The plan has changed, and you can read it." in said
    assert "New" in said
    assert links(page.text) == [f"/my-child/{desk.cast.pupils['ava']}"]


def test_a_senco_reads_it_in_a_school_s_words(desk):
    tell_of(desk, "sara")
    tell_of(desk, "sara", "work_given", None)
    page = desk.signed_in("sara").get("/messages")
    assert "Ava Planted: A new version of a support plan has been shared with you." in words(page)
    assert "A colleague's work has been handed over to you." in words(page)
    assert links(page.text) == [f"/pupils/{desk.cast.pupils['ava']}"]


def test_a_section_that_is_finished_is_opened_in_the_draft_and_later_in_the_plan(desk):
    cast = desk.cast
    plan = cast.plan("ava", "sara", small_plan())
    with cast.acting("sara") as unit:
        actions.start_draft(unit, plan)
    with cast.acting("sara") as unit:
        task = giving.give_section(unit, plan, "adjustments", cast.people["tom"], unit.today)
    with cast.acting("tom") as unit:
        giving.finish_section(unit, task)
    sara = desk.signed_in("sara")
    assert f"/plans/{plan}/edit/adjustments" in links(sara.get("/messages").text)
    with cast.acting("sara") as unit:
        actions.publish(unit, plan, drafts.read(unit, plan).revision, "Adjustments")
    assert f"/plans/{plan}#part-adjustments" in links(sara.get("/messages").text)


def test_a_message_leads_to_what_it_is_about(desk):
    thing, ava = new_id(), desk.cast.pupils["ava"]
    expected = {
        "review_invited": f"/reviews/{thing}",
        "review_closed": f"/reviews/{thing}",
        "countersign_given": f"/plans/{thing}/countersign",
        "countersign_refused": f"/plans/{thing}/countersign",
        "questions_answered": f"/questions/{thing}",
        "document_sent": f"/pupils/{ava}/documents",
        "plan_ended": f"/pupils/{ava}",
    }
    for kind in expected:
        with desk.cast.acting("tess") as unit:
            tell(unit, [desk.cast.people["sara"]], kind, ava, about=thing)
    assert links(desk.signed_in("sara").get("/messages").text) == list(expected.values())[::-1]


def test_a_young_person_is_led_to_his_own_plan_and_not_told_his_own_name(desk):
    tell_of(desk, "yan", pupil="yan")
    page = desk.signed_in("yan").get("/messages")
    assert links(page.text) == ["/my-plan"]
    assert "Yan Planted:" not in words(page)


def test_that_pupils_were_named_is_recorded_on_the_school_s_chain(desk):
    tell_of(desk, "sara")
    tell_of(desk, "sara", pupil="ben")
    desk.signed_in("sara").get("/messages")
    (looked,) = [detail for act, detail in desk.told("sara") if act == "list.viewed"]
    assert (looked["list"], looked["count"]) == ("messages", 2)


def test_somebody_to_whom_the_record_was_closed_reads_no_name_and_is_led_nowhere(desk):
    tell_of(desk, "pam")
    with desk.cast.making() as unit:
        unit.insert(
            Restriction,
            id=new_id(),
            pupil_id=desk.cast.pupils["ava"],
            person_id=desk.cast.people["pam"],
            kind="no_access",
            review_on=clock.today(),
            sealed=b"-",
            made_at=unit.now,
            made_by=desk.cast.people["leo"],
        )
    page = desk.signed_in("pam").get("/messages")
    assert "Planted" not in words(page)
    assert links(page.text) == []


def test_nobody_sees_somebody_else_s_messages(desk):
    tell_of(desk, "pam")
    assert "There are no messages" in words(desk.signed_in("paul").get("/messages"))


def test_messages_are_marked_as_read_one_or_all(desk):
    for _ in range(3):
        tell_of(desk, "sara")
    sara = desk.signed_in("sara")
    first = unread(desk, "sara")[0]
    assert sara.post(f"/messages/{first}/read", page="/messages").status_code == 303
    assert len(unread(desk, "sara")) == 2
    assert sara.post(f"/messages/{first}/read", page="/messages").status_code == 404
    answer = sara.post("/messages/read", page="/messages")
    assert answer.status_code == 303
    assert unread(desk, "sara") == []
    assert "All your messages are marked as read." in words(sara.get("/messages"))


def test_nobody_marks_somebody_else_s_message(desk):
    tell_of(desk, "pam")
    paul = desk.signed_in("paul")
    assert paul.post(f"/messages/{unread(desk, 'pam')[0]}/read", page="/messages").status_code == 404
    paul.post("/messages/read", page="/messages")
    assert len(unread(desk, "pam")) == 1


def test_opening_the_page_marks_nothing(desk):
    tell_of(desk, "sara")
    sara = desk.signed_in("sara")
    sara.get("/messages")
    assert len(unread(desk, "sara")) == 1


def test_long_lists_go_on_page_by_page_and_miss_nothing(desk):
    for number in range(45):
        tell_of(desk, "sara", "work_given" if number % 2 else "plan_ended", None if number % 2 else "ava")
    sara = desk.signed_in("sara")
    seen, path = 0, "/messages"
    for _ in range(3):
        page = sara.get(path)
        seen += page.text.count("<time ")
        found = re.search(r'href="(/messages\?from=[^"]+)" rel="next"', page.text)
        path = found[1].replace("&amp;", "&") if found else ""
    assert (seen, path) == (45, "")


def test_the_header_says_that_there_is_something_new_without_asking_once_more(desk):
    desk.app.extensions["isp.web"] = _with_messages(desk)
    sara = desk.signed_in("sara")
    sara.get("/account")
    with desk.counting() as before:
        page = sara.get("/account")
    assert ">Messages</a>" in page.text
    tell_of(desk, "sara")
    with desk.counting() as after:
        page = sara.get("/account")
    assert ">New messages</a>" in page.text
    assert len(after) == len(before)


def test_what_lay_there_before_there_were_messages_to_read_is_nobody_s_news(desk):
    desk.app.extensions["isp.web"] = _with_messages(desk)
    with desk.cast.making() as unit:
        unit.insert(
            Notice,
            id=new_id(),
            person_id=desk.cast.people["sara"],
            pupil_id=None,
            kind="work_given",
            made_at=unit.now,
            read_at=None,
        )
    page = desk.signed_in("sara").get("/messages")
    assert ">Messages</a>" in page.text
    assert "A colleague's work has been handed over to you." in words(page)
    assert "Mark" not in words(page)


def _with_messages(desk: Desk) -> object:
    from dataclasses import replace

    return replace(desk.app.extensions["isp.web"], messages_path="/messages")


# -- how one wants to be told --------------------------------------------------------------------------------


def chosen(desk: Desk, name: str) -> Choices:
    with desk.cast.looking(name) as unit:
        return choices_of(unit, desk.cast.people[name])


def test_a_parent_chooses_what_is_emailed(desk):
    pam = desk.signed_in("pam")
    page = pam.get("/messages/choices")
    assert "The plan has changed, and you can read it" in words(page)
    assert "A case has been given to you" not in words(page)
    answer = pam.post("/messages/choices", {"mail": ["plan_ended"]})
    assert answer.status_code == 303
    offered = set(OPTIONAL) & set(PLAINLY)
    assert offered >= {"plan_shared", "plan_ended"}
    assert chosen(desk, "pam").no_mail == offered - {"plan_ended"}
    told = dict(desk.told("pam"))["account.messages_chosen"]
    assert told == {"texts": False, "without_mail": sorted(offered - {"plan_ended"})}


def test_choosing_what_was_chosen_leaves_no_trace(desk):
    pam = desk.signed_in("pam")
    for _ in range(2):
        pam.post("/messages/choices", {"mail": ["plan_ended"]})
    assert [act for act, _ in desk.told("pam")].count("account.messages_chosen") == 1


@pytest.mark.parametrize("typed", ["07700 900982", "+44 7700 900982", "0044 7700 900 982", "(07700) 900-982"])
def test_a_mobile_number_is_kept_sealed_and_in_one_form(desk, typed):
    sara = desk.signed_in("sara")
    sara.post("/messages/choices", {"mail": [], "number": typed})
    assert chosen(desk, "sara").number == "+447700900982"
    from isp.notices.models import NoticeChoice

    assert b"900982" not in desk.rows(NoticeChoice)[0].sealed


@pytest.mark.parametrize(
    "typed", ["020 7946 0000", "07700", "+33 6 12 34 56 78", "my phone", "07700900982 x"]
)
def test_a_number_that_no_text_reaches_is_said_to_be_none_and_kept_on_the_page(desk, typed):
    sara = desk.signed_in("sara")
    sara.post("/messages/choices", {"mail": [], "number": "07700 900982"})
    answer = sara.post("/messages/choices", {"mail": [], "number": typed})
    assert answer.status_code == 422
    assert "Enter a UK mobile number, like 07700 900 982" in words(answer)
    assert typed in answer.text
    assert chosen(desk, "sara").number == "+447700900982"
