"""The compare-and-swap at the end of a unit that reads: all of it or nothing, in one statement."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from isp.audit import Chain, Event, swap
from isp.audit.swap import Computed
from isp.kernel import clock
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict
from isp.kernel.ids import new_id
from isp.people.models import Account, Person
from isp.plans import actions, queries
from isp.records.changes import Change, Op
from tests.audit.trail import PERSON, WHY, acts, bump, head, row_version, whole
from tests.cast import small_plan
from tests.statements import statements

ACCOUNT = table_of(Account)
postgres_only = pytest.mark.parametrize("engine_name", ["postgresql"])


def someone(cast, **changed):
    """The row of a person who is not there yet."""
    made = {"id": new_id(), "sealed": b"x", "row_version": 1, "email_index": None, "made_at": clock.now()}
    return {**made, **changed}


def people(cast) -> int:
    with cast.store.database.reading() as connection:
        return int(connection.scalar(select(func.count()).select_from(PERSON)) or 0)


def test_what_met_a_moved_head_is_done_again(cast):
    sara = cast.people["sara"]
    chain = Chain.pupil(cast.pupils["ava"])
    before = head(cast, chain)
    with cast.looking("sara") as unit:
        unit.know_head(chain, before.seq, before.hash, before.at)
        bump(unit, sara, 1, [chain])
        with cast.looking("tom") as other:
            other.record(WHY, Event.HISTORY_VIEWED, chain)
    assert row_version(cast) == 2
    assert acts(cast, chain)[-2:] == ["history.viewed", "person.changed"]
    assert head(cast, chain).seq == before.seq + 2
    whole(cast)


def test_a_look_at_what_others_look_at_too_reads_the_head_anew_and_takes_no_lock(cast, engine_name):
    chain = Chain.pupil(cast.pupils["ava"])
    before = head(cast, chain)
    with statements(cast.store.database) as said, cast.looking("sara") as unit:
        unit.know_head(chain, before.seq, before.hash, before.at)
        unit.record(WHY, Event.HISTORY_VIEWED, chain)
        with cast.looking("tom") as other:
            other.record(WHY, Event.HISTORY_VIEWED, chain)
        read = len(said)
    if engine_name == "postgresql":
        assert [one.split()[0] for one in said[read:]] == ["WITH", "SELECT", "WITH"]
    assert not any("FOR UPDATE" in one for one in said)
    assert acts(cast, chain)[-2:] == ["history.viewed"] * 2
    assert head(cast, chain).seq == before.seq + 2
    whole(cast)


def test_a_chain_without_a_head_begins_one(cast):
    chain = Chain.organisation(new_id())
    with cast.looking("sara") as unit:
        unit.record(WHY, Event.HISTORY_VIEWED, chain)
    assert head(cast, chain).seq == 0
    whole(cast)


@pytest.mark.parametrize("first", ["insert", "change"])
def test_a_moved_guard_does_nothing_at_all(cast, first):
    sara, count = cast.people["sara"], people(cast)
    row = someone(cast)

    def insert(unit):
        unit.insert(Person, **row)

    def change(unit):
        bump(unit, sara, 1)

    steps = [insert, change] if first == "insert" else [change, insert]
    with pytest.raises(Conflict, match="the same moment"), cast.looking("sara") as unit:  # noqa: PT012 the unit raises where it ends
        for step in steps:
            step(unit)
        with cast.acting("tom") as other:
            bump(other, sara, 1)
    assert row_version(cast) == 2
    assert people(cast) == count
    assert acts(cast, Chain.person(sara)) == ["person.changed"]
    whole(cast)


def test_a_guard_of_two_that_moved_undoes_the_one_that_held(cast):
    sara, tom = cast.people["sara"], cast.people["tom"]
    with pytest.raises(Conflict), cast.looking("sara") as unit:  # noqa: PT012 the unit raises where it ends
        bump(unit, sara, 1)
        bump(unit, tom, 5)
    assert (row_version(cast, "sara"), row_version(cast, "tom")) == (1, 1)
    assert acts(cast, Chain.person(sara)) == []


def test_a_guard_on_an_empty_column_holds_while_it_is_empty(cast):
    sara, moment = cast.people["sara"], clock.now()
    for again in (False, True):
        try:
            with cast.looking("sara") as unit:
                unit.change(Account, {"person_id": sara, "closed_at": None}, closed_at=moment)
        except Conflict:
            assert again
        else:
            assert not again


def test_an_update_that_hits_several_rows_is_a_conflict(cast):
    with pytest.raises(Conflict), cast.looking("sara") as unit:
        unit.change(Person, {"row_version": 1}, row_version=2)
    assert row_version(cast) == 1


def test_the_two_paths_store_the_same(cast):
    """A save through the swap and one under locks differ in nothing but their ids and times."""
    record_id = cast.plan("ava", "sara", small_plan())
    with cast.acting("sara") as unit:
        actions.start_draft(unit, record_id)
    for opens, words in ((cast.looking, "One"), (cast.acting, "Two")):
        with opens("sara") as unit:
            draft = actions.open_draft(unit, record_id).draft
            change = Change(Op.SET, "about_me", field="strengths", value=words)
            actions.save_draft(unit, record_id, draft.revision, [change])
    with cast.looking("sara") as unit:
        draft = actions.open_draft(unit, record_id).draft
    assert draft.revision == 2
    assert draft.content["sections"]["about_me"]["fields"]["strengths"] == "Two"
    assert acts(cast, Chain.pupil(cast.pupils["ava"]))[-2:] == ["plan.draft_saved"] * 2
    whole(cast)


def _more(bind):
    return PERSON.c.row_version + bind("more")


def test_a_value_that_the_database_works_out_goes_either_way(cast, engine_name):
    """From the row as it stands; the statement is kept, and the next one's values are its own."""
    sara, chain = cast.people["sara"], Chain.pupil(cast.pupils["ava"])
    for opens, more, now in ((cast.looking, 2, 3), (cast.looking, 3, 6), (cast.acting, 4, 10)):
        with statements(cast.store.database) as said, opens("sara") as unit:
            unit.change(Person, {"id": sara}, row_version=Computed(_more, {"more": more}))
            unit.record(WHY, Event.PERSON_CHANGED, chain, person=str(sara))
        assert row_version(cast) == now
        if engine_name == "postgresql" and opens == cast.looking:
            assert not any("FOR UPDATE" in one or "FOR NO KEY UPDATE" in one for one in said)
    whole(cast)


def test_a_view_is_remembered_by_one_statement(cast, engine_name):
    """PostgreSQL: one trip for head and event together. SQLite: one short transaction."""
    record_id = cast.plan("ava", "sara", small_plan())
    with statements(cast.store.database) as said, cast.looking("pam") as unit:
        queries.read_version(unit, record_id)
        read = len(said)
    written = said[read:]
    writes = [one for one in written if "INSERT" in one or "UPDATE" in one]
    assert not any("INSERT" in one or "UPDATE audit" in one for one in said[:read])
    if engine_name == "postgresql":
        assert len(writes) == 1
        assert "INSERT INTO audit_event" in writes[0]
        assert "UPDATE audit_head" in writes[0]
        assert len(written) <= 2  # the head is read just before, where no query brought it along
    else:
        assert len(writes) == 2
    assert acts(cast, Chain.pupil(cast.pupils["ava"]))[-1] == "plan.viewed"


def test_a_view_whose_head_is_known_is_one_statement_in_all(cast, engine_name):
    chain = Chain.pupil(cast.pupils["ava"])
    known = head(cast, chain)
    with statements(cast.store.database) as said, cast.looking("sara") as unit:
        unit.know_head(chain, known.seq, known.hash, known.at)
        unit.record(WHY, Event.HISTORY_VIEWED, chain)
    assert len(said) == (1 if engine_name == "postgresql" else 3)
    whole(cast)


@pytest.mark.postgres
@postgres_only
def test_a_row_in_the_way_is_no_and_a_broken_reference_an_error(cast):
    sara, count = cast.people["sara"], people(cast)
    row = someone(cast)
    update = (PERSON, {"row_version": 2}, {"id": sara, "row_version": 1})
    with cast.store.database.reading() as connection:
        assert not swap.execute(connection, [update, (PERSON, {**row, "id": sara}, None)])
        with pytest.raises(IntegrityError):
            swap.execute(connection, [update, (ACCOUNT, account(new_id()), None)])
        assert (row_version(cast), people(cast)) == (1, count)
        assert swap.execute(connection, [update, (PERSON, row, None)])
    assert (row_version(cast), people(cast)) == (2, count + 1)


def account(person_id):
    moment = clock.now()
    return {
        "person_id": person_id,
        "password_hash": "x",
        "made_at": moment,
        "password_at": moment,
        "closed_at": None,
        "is_operator": False,
    }


def test_what_is_sent_ahead_is_there_when_the_unit_has_ended(cast):
    chain = Chain.pupil(cast.pupils["ava"])
    before = head(cast, chain)
    with cast.looking("sara") as unit:
        unit.record(WHY, Event.HISTORY_VIEWED, chain)
        unit.send_ahead()
    assert acts(cast, chain)[-1] == "history.viewed"
    assert head(cast, chain).seq == before.seq + 1
    whole(cast)


def test_what_was_sent_ahead_to_a_moved_head_is_done_again(cast):
    chain = Chain.pupil(cast.pupils["ava"])
    before = head(cast, chain)
    with cast.looking("sara") as unit:
        unit.know_head(chain, before.seq, before.hash, before.at)
        unit.record(WHY, Event.HISTORY_VIEWED, chain)
        with cast.looking("tom") as other:
            other.record(WHY, Event.HISTORY_VIEWED, chain)
        unit.send_ahead()
    assert head(cast, chain).seq == before.seq + 2
    whole(cast)


def test_what_was_sent_ahead_and_did_not_hold_is_refused_when_the_unit_ends(cast):
    sara = cast.people["sara"]
    with pytest.raises(Conflict), cast.looking("sara") as unit:  # noqa: PT012 the unit raises where it ends
        bump(unit, sara, 5)
        unit.send_ahead()
    assert row_version(cast) == 1
    assert acts(cast, Chain.person(sara)) == []
    whole(cast)


@postgres_only
def test_a_unit_that_has_sent_takes_and_asks_no_more(cast):
    chain = Chain.pupil(cast.pupils["ava"])
    with cast.looking("sara") as unit:
        unit.record(WHY, Event.HISTORY_VIEWED, chain)
        unit.send_ahead()
        with pytest.raises(RuntimeError, match="has been sent"):
            unit.record(WHY, Event.HISTORY_VIEWED, chain)
        with pytest.raises(RuntimeError, match="has been sent"):
            unit.insert(Person, **someone(cast))
        with pytest.raises(RuntimeError, match="waits for an answer"):
            queries.told_of(unit, cast.pupils["ava"])
    assert acts(cast, chain)[-1] == "history.viewed"
    whole(cast)


def test_a_page_that_fails_after_it_sent_leaves_its_connection_in_order(cast):
    chain = Chain.pupil(cast.pupils["ava"])
    for _ in range(30):  # more than the pool holds
        with pytest.raises(ZeroDivisionError), cast.looking("sara") as unit:  # noqa: PT012 as a page would
            unit.record(WHY, Event.HISTORY_VIEWED, chain)
            unit.send_ahead()
            raise ZeroDivisionError
    with cast.looking("sara") as unit:
        unit.record(WHY, Event.HISTORY_VIEWED, chain)
        unit.send_ahead()
    assert acts(cast, chain)[-1] == "history.viewed"
    whole(cast)
