"""History: sentences newest first, as each reader may know of it; narrowed, paged, checked."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, text

from isp.access import apart as apart_by_two
from isp.access import gate
from isp.access.models import Tie
from isp.access.policy import Permission
from isp.audit import Chain, Event
from isp.audit.verify import verify_chain
from isp.caseload import history
from isp.caseload.history import SIZE, Asked
from isp.kernel import clock
from isp.notes import actions as notes
from isp.plans import actions
from isp.records.models import RecordVersion
from isp.register.actions.restricting import restrict
from tests.caseload.desk import changed, full_plan, words
from tests.pages import Page
from tests.people.world import EVENTS


def path(desk, name="ava"):
    return f"/pupils/{desk.cast.pupils[name]}/history"


def older(answer):
    links = [link.get("href") for link in Page(answer.text).all("a") if link.get("rel") == "next"]
    return links[0] if links else None


def test_a_senco_reads_what_happened_and_who_looked(desk):
    desk.plan("ava")
    desk.signed_in("tom").get(f"/pupils/{desk.cast.pupils['ava']}")
    page = words(desk.signed_in("sara").get(path(desk)))
    assert "Tom Example (Class teacher) looked at version 1" in page
    assert "You started a plan, wrote in the draft" in page
    assert page.index("Tom Example (Class") < page.index("You started a plan")


def test_reading_it_is_an_event_itself(desk):
    desk.signed_in("sara").get(path(desk))
    assert desk.told("sara")[-1] == ("history.viewed", {})


def test_it_says_nothing_of_sessions_networks_or_requests(desk):
    desk.plan("ava")
    sara = desk.signed_in("sara")
    first = sara.get(path(desk))
    body = first.text[first.text.index("<main") : first.text.index("</main")]
    rows = desk.rows(EVENTS)
    assert rows
    for row in rows:
        canon = row.canon.decode()
        for key in ("session", "net", "req"):
            for held in re.findall(rf'"{key}":"([^"]+)"', canon):
                assert held not in body


def test_it_is_checked_and_says_so(desk):
    desk.plan("ava")
    assert "Checked Nothing in this history was altered" in words(desk.signed_in("sara").get(path(desk)))


def test_a_history_that_was_altered_says_so(desk):
    desk.plan("ava")
    _alter(desk, Chain.pupil(desk.cast.pupils["ava"]))
    page = words(desk.signed_in("sara").get(path(desk)))
    assert "Something is wrong This history is not as it was written" in page
    assert "its bytes were altered" in page
    family = words(desk.signed_in("pam").get(path(desk)))
    assert "tell the head teacher" in family
    assert "event" not in family


def _alter(desk, chain, was=b"plan.started", becomes=b"plan.stopped"):
    """Somebody with the database in hand changes one stored event."""
    database = desk.cast.store.database
    with database.writing() as connection:
        if database.is_sqlite:
            names = connection.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'")
            ).all()
            for name in names:
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')  # sql: a trigger's own name
        else:
            connection.exec_driver_sql("ALTER TABLE audit_event DISABLE TRIGGER USER")
        table = EVENTS
        where = (table.c.chain_id == chain.id) & (table.c.seq == 1)
        canon = connection.scalar(table.select().with_only_columns(table.c.canon).where(where))
        connection.execute(table.update().where(where).values(canon=canon.replace(was, becomes)))


def test_a_chain_of_nobody_is_whole_and_a_long_one_waits_to_be_asked(desk):
    store = desk.cast.store
    of_nobody = verify_chain(store, Chain.pupil(desk.cast.people["sara"]))
    assert of_nobody is not None
    assert of_nobody.ok
    desk.plan("ava")
    chain = Chain.pupil(desk.cast.pupils["ava"])
    assert verify_chain(store, chain, most_events=2) is None
    report = verify_chain(store, chain)
    assert report is not None
    assert (report.ok, report.events) == (True, 4)


def test_a_chain_whose_last_event_is_gone_is_not_whole(desk):
    desk.plan("ava")
    chain = Chain.pupil(desk.cast.pupils["ava"])
    _alter(desk, chain)
    with desk.cast.store.database.writing() as connection:
        table = EVENTS
        connection.execute(table.delete().where(table.c.chain_id == chain.id))
    report = verify_chain(desk.cast.store, chain)
    assert report is not None
    assert str(report.faults[0].what) == "all of the chain's events are gone"


def test_it_is_narrowed_by_person_kind_and_day(desk):
    desk.plan("ava")
    desk.signed_in("tom").get(f"/pupils/{desk.cast.pupils['ava']}")
    sara = desk.signed_in("sara")
    sara.get(path(desk))
    tom = desk.cast.people["tom"]
    by_tom = words(sara.get(f"{path(desk)}?person={tom}"))
    assert "Tom Example (Class teacher) looked" in by_tom
    assert "You started" not in by_tom
    shared = words(sara.get(f"{path(desk)}?kind=shared"))
    assert "finalised and shared version 1" in shared
    assert "Tom Example (Class" not in shared
    looks = words(sara.get(f"{path(desk)}?kind=looks"))
    assert "You started a plan" not in looks
    day = clock.today() - timedelta(days=1)
    until = f"until-day={day.day}&until-month={day.month}&until-year={day.year}"
    assert "Nothing that fits" in words(sara.get(f"{path(desk)}?{until}"))


@pytest.mark.parametrize(
    "query", ["person=nobody", "kind=everything", "since-day=40&since-month=1&since-year=2027", "from=zzz"]
)
def test_an_address_that_makes_no_sense_narrows_nothing(desk, query):
    desk.plan("ava")
    answer = desk.signed_in("sara").get(f"{path(desk)}?{query}")
    assert answer.status_code in (200, 422)
    assert "You started a plan" in words(answer)


def many_saves(desk, number):
    """As many looks at a pupil's page by the SENCO, straight into the trail."""
    chain = Chain.pupil(desk.cast.pupils["ava"])
    with desk.cast.acting("sara") as unit:
        decision = gate.require(unit, Permission.HISTORY_READ, desk.cast.pupils["ava"])
        for _ in range(number):
            unit.record(decision, Event.PUPIL_VIEWED, chain, obj=("pupil", desk.cast.pupils["ava"]))


def test_pages_lead_from_the_newest_to_the_first_event_without_a_gap(desk):
    many_saves(desk, 2 * SIZE + 20)
    sara = desk.signed_in("sara")
    seen, at = 0, ""
    for _ in range(4):
        with desk.cast.looking("sara") as unit:
            cursor = parse_qs(urlsplit(at).query).get("from", [None])[0]
            found = history.of_pupil(unit, desk.cast.pupils["ava"], Asked(cursor=cursor, kind="changes"))
        seen += sum(len(sitting.lines) for sitting in found.sittings)
        at = f"?from={found.older}" if found.older else ""
        if not at:
            break
    assert seen == 1  # the pupil was added; everything else was a look
    answer = sara.get(path(desk))
    pages = 1
    while older(answer):
        answer = sara.get(path(desk) + older(answer))
        pages += 1
    assert pages == 3
    assert "The service itself added the pupil" in words(answer)


def test_a_page_of_a_long_history_takes_as_many_statements_as_one_of_a_short_one(desk):
    sara = desk.signed_in("sara")
    sara.get(path(desk))
    with desk.counting() as short:
        sara.get(path(desk))
    many_saves(desk, 300)
    with desk.counting() as long:
        sara.get(path(desk))
    assert len(long) == len(short) <= 20


def test_a_parent_reads_it_in_her_own_words_without_the_other_parents_looks(desk):
    desk.plan("ava")
    child = f"/my-child/{desk.cast.pupils['ava']}"
    desk.signed_in("paul").get(child)
    pam = desk.signed_in("pam", network="192.0.2.2")
    pam.get(child)
    page = words(pam.get(path(desk)))
    assert "Sara Example (SENCO) started a plan, worked on the next plan" in page
    assert "You looked at plan 1" in page
    assert page.count("looked at plan 1") == 1


def test_what_a_parent_is_not_told_leaves_no_short_page(desk):
    desk.plan("ava")
    chain = Chain.pupil(desk.cast.pupils["ava"])
    with desk.cast.acting("paul") as unit:
        decision = gate.require(unit, Permission.HISTORY_READ, desk.cast.pupils["ava"])
        for _ in range(3 * SIZE):
            unit.record(decision, Event.PUPIL_VIEWED, chain, obj=("pupil", desk.cast.pupils["ava"]))
    with desk.cast.looking("pam") as unit:
        found = history.of_pupil(unit, desk.cast.pupils["ava"], Asked())
    assert [sitting.who for sitting in found.sittings] == ["Sara Example (SENCO)", "The service itself"]
    assert found.older is None


def test_who_is_tied_to_the_child_at_home_is_not_told_to_a_parent(desk):
    chain = Chain.pupil(desk.cast.pupils["ava"])
    with desk.cast.acting("sara") as unit:
        decision = gate.require(unit, Permission.TIES_WRITE, desk.cast.pupils["ava"])
        for kind in ("guardian", "group"):
            more = {"from": "2026-09-01"}
            unit.record(decision, Event.TIE_OPENED, chain, kind=kind, to=None, **more)
        unit.record(decision, Event.RESTRICTION_ADDED, chain, kind="no_access")
    page = words(desk.signed_in("pam").get(path(desk)))
    assert page.count("noted a place in a class or group") == 1
    assert "parent or carer" not in page
    assert "may see this" not in page
    assert "recorded that somebody is a parent or carer" in words(desk.signed_in("sara").get(path(desk)))


def test_the_school_reads_who_became_a_parent_and_which_class_it_was(desk):
    chain, child = Chain.pupil(desk.cast.pupils["ava"]), desk.cast.pupils["ava"]
    with desk.cast.acting("sara") as unit:
        decision = gate.require(unit, Permission.TIES_WRITE, child)
        rows = unit.connection.execute(select(Tie.id, Tie.kind, Tie.person_id).where(Tie.pupil_id == child))
        for row in rows.all():
            if row.kind == "group" or row.person_id == desk.cast.people["pam"]:
                unit.record(
                    decision, Event.TIE_ENDED, chain, obj=("tie", row.id), kind=row.kind, why="handed_over"
                )
    page = words(desk.signed_in("sara").get(path(desk)))
    assert "recorded that Pam Example is no longer to see this as a parent or carer" in page
    assert "ended the place in 4T" in page
    assert " tie " not in page
    assert "Pam" not in words(desk.signed_in("paul").get(path(desk))).replace("You", "")


def test_history_says_why_a_version_was_withdrawn(desk):
    record = desk.plan("ava", full_plan(), full_plan(strengths="Sings"))
    with desk.cast.acting("sara") as unit:
        actions.withdraw(unit, record, 2, "third_party", "A neighbour is named")
    page = words(desk.signed_in("sara").get(path(desk)))
    assert "withdrew version 2: it holds somebody else's words or details that should not be here" in page
    assert "third_party" not in page
    assert "third party" not in page


def test_an_officer_reads_what_the_request_released_and_no_more(desk):
    first = full_plan()
    record = desk.plan("ava", first, changed(first, strengths="Kind to everyone"))
    with desk.cast.store.database.reading() as connection:
        table = RecordVersion.__table__
        row = connection.execute(
            table.select().where(table.c.record_id == record, table.c.number == 1)
        ).first()
    desk.cast.case("ava", "northshire", "olli", {row.id: row.digest})
    desk.signed_in("tom").get(f"/pupils/{desk.cast.pupils['ava']}")
    page = words(desk.signed_in("olli").get(path(desk)))
    assert "Sara Example (SENCO) finalised and shared version 1" in page
    for hidden in ("version 2", "draft", "Tom", "looked at the pupil"):
        assert hidden not in page


@pytest.mark.parametrize("who", ["tom", "tia", "ada", "olga", "carl"])
def test_who_knows_the_pupil_without_the_right_is_refused(desk, who):
    assert desk.signed_in(who).get(path(desk)).status_code == 403
    assert desk.told(who)[-1][0] == "access.denied"


@pytest.mark.parametrize("who", ["hal", "leo", "dora", "dan"])
def test_those_whom_the_grid_allows_read_it(desk, who):
    assert desk.signed_in(who).get(path(desk)).status_code == 200


# -- what is kept apart -------------------------------------------------------------------------------------


def apart(desk, name="ava"):
    return f"{path(desk, name)}/apart"


def close_to_rex(desk):
    desk.cast.guardian("rex", "ava")
    with desk.cast.acting("leo") as unit:
        restrict(
            unit,
            desk.cast.pupils["ava"],
            desk.cast.people["rex"],
            evidence="zqorder",
            reason="zqreason",
            review_on=clock.today() + timedelta(days=90),
        )


def test_the_safeguarding_lead_reads_what_is_kept_apart_and_that_it_is_whole(desk):
    close_to_rex(desk)
    with desk.cast.acting("sara") as unit:
        notes.write(unit, desk.cast.pupils["ava"], "zqnote")
    leo = desk.signed_in("leo")
    assert apart(desk) in leo.get(path(desk)).text
    page = words(leo.get(apart(desk)))
    assert "What happened that is kept apart?" in page
    assert "Checked Nothing in this history was altered" in page
    assert "You closed the record to an adult" in page
    assert "Sara Example (SENCO) wrote a working note" in page
    assert "zq" not in page


def test_the_look_at_it_is_told_there_and_nowhere_else(desk):
    close_to_rex(desk)
    leo = desk.signed_in("leo")
    leo.get(apart(desk))
    assert "You looked at the history" in words(leo.get(apart(desk)))
    assert "You looked at the history" not in words(leo.get(path(desk)))


def test_what_is_kept_apart_that_was_altered_says_so(desk):
    close_to_rex(desk)
    with desk.cast.acting("sara") as unit:
        plan = notes.write(unit, desk.cast.pupils["ava"], "A note")
        notes.withdraw(unit, plan, "third_party", "A neighbour")
    _alter(desk, Chain.restricted(desk.cast.pupils["ava"]), b"note.written", b"note.spoilt!")
    assert "Something is wrong" in words(desk.signed_in("leo").get(apart(desk)))


@pytest.mark.parametrize("who", ["sara", "dan", "hal", "dora", "tom", "ada", "olga", "pam", "carl"])
def test_nobody_else_reads_what_is_kept_apart_or_is_led_there(desk, who):
    browser = desk.signed_in(who)
    assert browser.get(apart(desk)).status_code == 403
    assert apart(desk) not in browser.get(path(desk)).text


@pytest.mark.parametrize("who", ["sena", "nora", "olli"])
def test_a_stranger_learns_nothing_of_it(desk, who):
    assert desk.signed_in(who).get(apart(desk)).status_code == 404


def test_the_data_protection_officer_asks_and_reads_it_once_the_head_has_agreed(desk):
    close_to_rex(desk)
    dora, hal = desk.signed_in("dora"), desk.signed_in("hal")
    base = f"/pupils/{desk.cast.pupils['ava']}/apart"
    assert "Ask to read what is kept apart" in words(dora.get(path(desk)))
    with desk.cast.acting("dora") as unit:
        sight = apart_by_two.ask(unit, desk.cast.pupils["ava"], "A complaint")
    page = dora.get(path(desk))
    assert "has to agree" in words(page)
    assert f"{base}/ask" not in page.text
    assert f"{base}/{sight}/agree" in hal.get(path(desk)).text
    with desk.cast.acting("hal") as unit:
        apart_by_two.agree(unit, sight)
    assert apart(desk) in dora.get(path(desk)).text
    assert "closed the record to an adult" in words(dora.get(apart(desk)))
    assert apart(desk) not in hal.get(path(desk)).text


def test_a_head_reads_the_history_of_the_school(desk):
    desk.signed_in("sara").get("/")
    page = words(desk.signed_in("hal").get("/history"))
    assert page.startswith("Oakfield School What happened, and who looked?")
    assert "Sara Example (SENCO) looked at a list of 4" in page
    assert desk.told("hal")[-1] == ("history.viewed", {})


@pytest.mark.parametrize(("who", "status"), [("sara", 403), ("tom", 403), ("pam", 404), ("nora", 404)])
def test_nobody_else_reads_the_history_of_a_school(desk, who, status):
    assert desk.signed_in(who).get("/history").status_code == status


def test_nobody_reads_the_history_of_another_school(desk):
    hal = desk.signed_in("hal")
    assert hal.get(f"/history?organisation={desk.cast.places['elmfield']}").status_code == 404
