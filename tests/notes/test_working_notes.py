"""Writing, correcting and withdrawing a working note: who may, when, and what the trail keeps of it."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.notes import actions, queries
from isp.notes.rules import LIMIT
from isp.plans.queries import open_plan
from isp.records import versions
from tests.cast import small_plan
from tests.together import in_one_moment

FAMILY = ("pam", "paul", "carl")


# -- writing ----------------------------------------------------------------------------------------------


def test_a_teacher_writes_a_note_and_the_senco_the_head_and_the_safeguarding_lead_read_it(desk):
    desk.note("Reads better after lunch")
    for name in ("tom", "sara", "dan", "hal", "leo", "dora"):
        assert desk.texts(name) == ["Reads better after lunch"], name


def test_a_teaching_assistant_writes_notes_and_reads_her_own_alone(desk):
    desk.note("Tom’s own", by="tom")
    mine = desk.note("Counted to forty with me", by="tia")
    assert desk.texts("tia") == ["Counted to forty with me"]
    assert len(desk.texts("sara")) == 2
    with desk.cast.looking("tia") as unit:
        note, said, _ = queries.read_note(unit, mine)
    assert note.may_correct
    assert [one.number for one in said] == [1]


def test_a_teaching_assistant_cannot_tell_a_colleagues_note_from_none(desk):
    theirs = desk.note(by="tom")
    for note_id in (theirs, uuid4()):
        with pytest.raises(NotFound), desk.cast.looking("tia") as unit:
            queries.read_note(unit, note_id)


@pytest.mark.parametrize("name", [*FAMILY, "ada", "olga"])
def test_families_and_those_in_the_office_neither_read_nor_write_them(desk, name):
    desk.note()
    with pytest.raises(NotAllowed):
        desk.texts(name)
    with pytest.raises(NotAllowed):
        desk.note("Mine", by=name)
    assert {one["permission"] for one in desk.denials(name)} == {"notes_write"}


def test_an_officer_who_has_the_case_reads_no_working_note(desk):
    record_id = desk.cast.plan("ava", "sara", small_plan())
    with desk.cast.making() as unit:
        first = versions.facts(unit, record_id, 1)
    desk.cast.case("ava", "northshire", "olli", {first.id: first.digest})
    desk.note()
    for name in ("olli", "mia"):
        with pytest.raises(NotAllowed):
            desk.texts(name)


@pytest.mark.parametrize("name", ["tess", "sena", "nora", "otis"])
def test_a_stranger_cannot_tell_that_there_are_notes(desk, name):
    note_id = desk.note()
    with pytest.raises(NotFound):
        desk.texts(name)
    with pytest.raises(NotFound):
        desk.note("Mine", by=name)
    with pytest.raises(NotFound):
        desk.withdraw(note_id, by=name)


@pytest.mark.parametrize("name", ["hal", "leo", "dora"])
def test_whoever_only_reads_them_writes_none(desk, name):
    with pytest.raises(NotAllowed):
        desk.note("Mine", by=name)


@pytest.mark.parametrize(
    ("typed", "says"),
    [("", "Write the note"), (" \r\n ", "Write the note"), ("x" * (LIMIT + 3), "by 3 characters")],
)
def test_a_note_has_words_and_not_too_many(desk, typed, says):
    with pytest.raises(Invalid) as refused:
        desk.note(typed)
    assert says in refused.value.errors["text"]
    assert desk.texts("sara") == []


def test_a_note_may_be_about_an_entry_of_the_plan_in_force(desk):
    content = small_plan()
    record_id = desk.cast.plan("ava", "sara", content)
    (outcome,) = content["sections"]["outcomes"]["items"]
    desk.note(about=UUID(outcome["id"]))
    (note,) = desk.read("sara")
    assert note.row.record_id == record_id
    assert str(note.row.item_id) == outcome["id"]


def test_a_note_is_about_no_entry_that_the_writer_cannot_see(desk):
    desk.cast.plan("ava", "sara", small_plan())
    with pytest.raises(Invalid) as refused:
        desk.note(about=uuid4())
    assert "no longer holds" in refused.value.errors["about"]
    with pytest.raises(Invalid):
        desk.note(pupil="ben", about=uuid4())  # who has no plan


def test_two_who_write_the_first_note_at_once_both_keep_theirs(desk):
    def writing(words):
        return lambda unit: actions.write(unit, desk.ava, words)

    kept = in_one_moment(desk.cast, writing("By Tom"), writing("By Tia"), ("tom", "tia"))
    assert isinstance(kept, UUID)
    assert sorted(str(one) for one in desk.texts("sara")) == ["By Tia", "By Tom"]
    assert desk.walk().ok


# -- what the trail says ----------------------------------------------------------------------------------


def test_all_of_it_stands_on_the_restricted_chain_and_nothing_on_the_one_families_read(desk):
    note_id = desk.note()
    desk.correct(note_id, "Reads best before lunch")
    desk.withdraw(note_id)
    assert desk.restricted_acts() == ["note.written", "note.corrected", "note.withdrawn"]
    assert desk.told_of_notes() == []
    written = desk.trail()[0]
    assert written.object_id == note_id
    assert written.detail["version"] == 1
    assert written.detail["pointed"] is False


def test_what_is_hashed_holds_no_word_of_a_note(desk):
    note_id = desk.note("zqcanary in a note")
    desk.withdraw(note_id)
    assert all("zqcanary" not in str(one.canon) for one in desk.trail())


def test_a_family_s_history_has_nothing_of_a_note_and_no_gap(desk):
    before = len(desk.trail(restricted=False))
    desk.note()
    desk.signed_in("sara").get(f"/pupils/{desk.ava}/notes")
    assert len(desk.trail(restricted=False)) == before
    page = desk.signed_in("pam").get(f"/pupils/{desk.ava}/history")
    assert page.status_code == 200
    assert "note" not in page.text.lower().replace("noted", "")


def test_reading_notes_is_an_event(desk):
    desk.note()
    desk.signed_in("hal").get(f"/pupils/{desk.ava}/notes")
    seen = desk.trail()[-1]
    assert seen.event.code == "note.viewed"
    assert seen.actor_id == desk.cast.people["hal"]
    assert seen.detail == {"count": 1}


# -- correcting -------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_version_and_what_it_said_is_kept(desk):
    note_id = desk.note("Reads better after lunch")
    assert desk.correct(note_id, "Reads better before lunch") == 2
    with desk.cast.looking("sara") as unit:
        _, said, _ = queries.read_note(unit, note_id)
    assert [(one.number, one.text) for one in said] == [
        (2, "Reads better before lunch"),
        (1, "Reads better after lunch"),
    ]


def test_the_same_words_again_are_no_correction(desk):
    note_id = desk.note("Reads better after lunch")
    assert desk.correct(note_id, " Reads better after lunch\r\n") == 1
    assert desk.restricted_acts() == ["note.written"]


def test_a_correction_of_what_has_moved_on_is_refused(desk):
    note_id = desk.note()
    desk.correct(note_id, "Second")
    with pytest.raises(Conflict):
        desk.correct(note_id, "Third", shown=1)
    assert desk.texts("sara") == ["Second"]


def test_nobody_corrects_a_colleagues_note_not_even_the_senco(desk):
    note_id = desk.note(by="tom")
    with pytest.raises(NotAllowed):
        desk.correct(note_id, "Otherwise", by="sara")
    assert desk.denials("sara")[-1]["why"] == "a-colleagues-note"


def test_a_withdrawn_note_is_not_corrected(desk):
    note_id = desk.note()
    desk.withdraw(note_id)
    with pytest.raises(Conflict):
        desk.correct(note_id, "Again")


# -- withdrawing ------------------------------------------------------------------------------------------


def test_a_withdrawn_note_is_read_by_the_data_protection_officer_alone(desk):
    note_id = desk.note("About the wrong child")
    desk.withdraw(note_id, why="wrong_child")
    for name in ("tom", "sara", "hal", "leo"):
        assert desk.texts(name) == [None], name
    (note,) = desk.read("dora")
    assert note.says is not None
    assert note.says.text == "About the wrong child"
    assert note.reason == "It was another day"


def test_the_senco_withdraws_anybodys_and_others_their_own_alone(desk):
    theirs = desk.note(by="tom")
    with pytest.raises(NotFound):
        desk.withdraw(theirs, by="tia")
    for name in ("hal", "leo", "dora"):
        with pytest.raises(NotAllowed):
            desk.withdraw(theirs, by=name)
    desk.withdraw(theirs, by="sara")
    mine = desk.note(by="tia")
    desk.withdraw(mine, by="tia")


def test_a_note_is_withdrawn_once(desk):
    note_id = desk.note()
    desk.withdraw(note_id)
    with pytest.raises(Conflict):
        desk.withdraw(note_id, by="sara")


@pytest.mark.parametrize(
    ("why", "reason", "field"),
    [("nonsense", "Because", "why"), ("other", "  ", "reason"), ("other", "x" * 501, "reason")],
)
def test_a_withdrawal_has_a_reason(desk, why, reason, field):
    note_id = desk.note()
    with pytest.raises(Invalid) as refused, desk.cast.acting("tom") as unit:
        actions.withdraw(unit, note_id, why, reason)
    assert field in refused.value.errors
    assert desk.texts("sara") == ["Reads better after lunch"]


# -- what a dishonest administrator could do --------------------------------------------------------------


def test_the_database_refuses_to_alter_what_was_noted(desk):
    desk.note()
    for statement in (
        "UPDATE working_note_version SET number = 2",
        "DELETE FROM working_note_version",
        "DELETE FROM working_note",
    ):
        with pytest.raises(DBAPIError), desk.cast.store.database.writing() as connection:
            connection.execute(text(statement))


def test_notes_as_they_were_written_pass_the_walk(desk):
    note_id = desk.note()
    desk.correct(note_id, "Otherwise")
    desk.withdraw(note_id, by="sara")
    desk.note("Another", by="tia")
    assert desk.walk().ok


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM working_note_version WHERE number = 2", "gone"),
        ("UPDATE working_note_version SET digest = sealed WHERE number = 1", "digest"),
        ("UPDATE working_note SET number = 1", "head"),
        ("UPDATE working_note SET withdrawn_at = NULL, withdrawn_by = NULL, sealed = NULL", "withdrawn"),
    ],
)
def test_a_note_that_was_tampered_with_is_named(desk, statement, what):
    note_id = desk.note()
    desk.correct(note_id, "Otherwise")
    desk.withdraw(note_id)
    assert desk.sql(statement)
    report = desk.walk()
    assert not report.ok
    assert any(what in fault.what for fault in report.faults)


def test_two_notes_whose_words_were_exchanged_are_named(desk):
    first, second = desk.note("One"), desk.note("Two")
    kept = {row.note_id: row.sealed for row in desk.rows(queries.VERSIONS)}
    desk.sql(
        "UPDATE working_note_version SET sealed = :sealed WHERE note_id = :note",
        sealed=kept[second],
        note=first.hex if desk.cast.store.database.is_sqlite else first,
    )
    assert any("do not open" in fault.what for fault in desk.walk().faults)


def test_an_open_plan_is_not_needed_for_a_note(desk):
    with desk.cast.looking("sara") as unit:
        assert open_plan(unit, desk.ava) is None
    desk.note()
