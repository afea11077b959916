"""The same for what lies beside the plan: documents, working notes, questions to teachers, reviews.

Triggers are dropped first, and where a row points at another that is to go, foreign keys as well: an owner
of the database can do both.
"""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from isp.cli.trails import CHECKS
from isp.documents import actions as documents
from isp.documents.actions import Filing
from isp.documents.intake import Taken, take_in
from isp.kernel import clock
from isp.notes import actions as notes
from isp.reviews import rounds, rounds_rules
from tests.audit.test_tampering import World, flipped
from tests.cast import Cast, small_plan, standing_cast
from tests.reviews.desk import Desk


def build(url: str) -> None:
    """Ava with a plan, two documents, two notes, a round with two answers and a review that was closed."""
    cast = standing_cast(url)
    plan = cast.plan("ava", "sara", small_plan())
    file_documents(cast)
    with cast.acting("tom") as unit:
        first = notes.write(unit, cast.pupils["ava"], "Reads better after lunch")
        notes.write(unit, cast.pupils["ava"], "Tired on Mondays")
    with cast.acting("tom") as unit:
        notes.correct(unit, first, 1, "Reads better in the morning")
    with cast.acting("tom") as unit:
        notes.withdraw(unit, first, "mistaken", "It was somebody else")
    with cast.acting("sara") as unit:
        questions = rounds_rules.usual_questions(unit.today)
        asked = rounds.ask(unit, plan, questions, unit.today + timedelta(days=7))
    for said in ("Slowly", "Better than before"):
        with cast.acting("tom") as unit:
            rounds.save_answers(unit, asked, {"question.1": said})
    desk = Desk(cast)
    review = desk.planned(plan)
    desk.open(review)
    desk.fill(review)
    desk.close(review)
    cast.close()


def file_documents(cast: Cast) -> None:
    """Two of Ava's, the first in two versions and two pieces, the second withdrawn; one of Ben's."""
    day = clock.today() - timedelta(days=7)
    large = b"Reads, and reads again.\n" * 50_000

    def taken(data: bytes) -> Taken:
        return take_in(io.BytesIO(data), "notes.txt", 20_000_000)

    def filed(pupil: str, label: str, data: bytes) -> UUID:
        with cast.acting("sara") as unit:
            filing = Filing("report", label, "Speech and language", day)
            return documents.add(unit, cast.pupils[pupil], filing, taken(data))

    first = filed("ava", "S0", large)
    second = filed("ava", "S2", b"For staff")
    filed("ben", "S0", large)
    with cast.acting("sara") as unit:
        documents.put_newer(unit, first, 1, "Again", day, taken(b"Newer"))
    with cast.acting("sara") as unit:
        documents.withdraw(unit, second, 1, "wrong_file", "Another report")


@pytest.fixture
def world(fresh_database: Callable[..., str]) -> Iterator[World]:
    made = World(fresh_database("rooms", build))
    yield made
    made.cast.close()


def without_foreign_keys(world: World, statement: str, **values: object) -> None:
    if not world.database.is_sqlite:
        with world.database.writing() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            assert connection.execute(text(statement), values).rowcount
        return
    with sqlite3.connect(world.cast.url.removeprefix("sqlite:///")) as connection:
        assert connection.execute(statement, values).rowcount


def large(world: World) -> list[Any]:
    """The ids of the two versions that lie in two pieces: Ava's, Ben's."""
    rows = world.sql(
        "SELECT v.id FROM document_version v JOIN document d ON d.id = v.document_id WHERE v.pieces = 2 "
        "ORDER BY (SELECT count(*) FROM document_version w WHERE w.document_id = d.id) DESC"
    )
    assert len(rows) == 2
    return [row.id for row in rows]


def piece(world: World, version: Any, number: int) -> bytes:
    where = "WHERE version_id = :v AND number = :n"
    return bytes(world.sql(f"SELECT sealed FROM document_body {where}", v=version, n=number)[0].sealed)


def put_piece(world: World, version: Any, number: int, sealed: bytes) -> None:
    where = "WHERE version_id = :v AND number = :n"
    assert world.sql(f"UPDATE document_body SET sealed = :s {where}", s=sealed, v=version, n=number) == 1


def add_a_piece_that_no_version_counts(world: World) -> None:
    ava, _ = large(world)
    world.sql(
        "INSERT INTO document_body (version_id, number, sealed) SELECT version_id, 3, sealed "
        "FROM document_body WHERE version_id = :v AND number = 2",
        v=ava,
    )


def add_a_piece_before_the_first(world: World) -> None:
    ava, _ = large(world)
    world.sql(
        "INSERT INTO document_body (version_id, number, sealed) SELECT version_id, -1, sealed "
        "FROM document_body WHERE version_id = :v AND number = 2",
        v=ava,
    )


def leave_pieces_of_a_version_that_is_not_there(world: World) -> None:
    ava, _ = large(world)
    other = world.sql("SELECT document_id FROM document_version WHERE id = :v", v=ava)[0].document_id
    without_foreign_keys(
        world,
        "INSERT INTO document_body (version_id, number, sealed) SELECT :d, number, sealed "
        "FROM document_body WHERE version_id = :v",
        d=other,
        v=ava,
    )


def remove_a_piece(world: World) -> None:
    ava, _ = large(world)
    world.sql("DELETE FROM document_body WHERE version_id = :v AND number = 2", v=ava)


def remove_a_title(world: World) -> None:
    ava, _ = large(world)
    world.sql("DELETE FROM document_body WHERE version_id = :v AND number = 0", v=ava)


def flip_a_piece(world: World) -> None:
    ava, _ = large(world)
    put_piece(world, ava, 2, flipped(piece(world, ava, 2), 60))


def exchange_the_pieces_of_a_document(world: World) -> None:
    ava, _ = large(world)
    one, other = piece(world, ava, 1), piece(world, ava, 2)
    put_piece(world, ava, 1, other)
    put_piece(world, ava, 2, one)


def exchange_pieces_of_two_documents(world: World) -> None:
    ava, ben = large(world)
    one, other = piece(world, ava, 1), piece(world, ben, 1)
    put_piece(world, ava, 1, other)
    put_piece(world, ben, 1, one)


def put_the_earlier_version_of_a_document_last(world: World) -> None:
    rows = world.sql(
        "SELECT id, number FROM document_version WHERE document_id IN "
        "(SELECT document_id FROM document_version WHERE number = 2)"
    )
    for shift in (10, None):
        for row in rows:
            number = row.number + shift if shift else 3 - row.number
            assert world.sql("UPDATE document_version SET number = :n WHERE id = :i", n=number, i=row.id) == 1


def remove_the_newest_version_of_a_document(world: World) -> None:
    newest = world.sql("SELECT id FROM document_version WHERE number = 2")[0].id
    world.sql("DELETE FROM document_body WHERE version_id = :v", v=newest)
    world.sql("DELETE FROM document_version WHERE id = :v", v=newest)


def withdraw_the_newest_version_in_the_table_alone(world: World) -> None:
    world.sql(
        "INSERT INTO document_withdrawal (version_id, document_id, why, sealed, made_at, made_by) "
        "SELECT v.id, v.document_id, w.why, w.sealed, w.made_at, w.made_by "
        "FROM document_version v, document_withdrawal w WHERE v.number = 2"
    )


def undo_the_withdrawal_of_a_document(world: World) -> None:
    assert world.sql("DELETE FROM document_withdrawal") == 1


def say_another_reason_of_a_withdrawal(world: World) -> None:
    assert world.sql("UPDATE document_withdrawal SET why = 'other'") == 1


def spoil_the_words_of_a_withdrawal(world: World) -> None:
    sealed = bytes(world.sql("SELECT sealed FROM document_withdrawal")[0].sealed)
    world.sql("UPDATE document_withdrawal SET sealed = :s", s=flipped(sealed, 40))


def take_a_document_for_ones_own(world: World) -> None:
    ava, _ = large(world)
    actor = world.sql("SELECT person_id FROM account ORDER BY person_id DESC")[0].person_id
    of_ava = "(SELECT document_id FROM document_version WHERE id = :v)"
    assert world.sql(f"UPDATE document SET made_by = :p WHERE id = {of_ava}", p=actor, v=ava) == 1


def move_a_document_to_another_child(world: World) -> None:
    rows = world.sql("SELECT DISTINCT pupil_id FROM document ORDER BY pupil_id")
    assert world.sql("UPDATE document SET pupil_id = :p WHERE label = 'S0'", p=rows[0].pupil_id) == 2


def file_a_version_under_another_child(world: World) -> None:
    rows = world.sql("SELECT DISTINCT pupil_id FROM document ORDER BY pupil_id")
    world.sql("UPDATE document_version SET pupil_id = :p", p=rows[0].pupil_id)


def show_staffs_documents_to_families(world: World) -> None:
    assert world.sql("UPDATE document SET label = 'S0' WHERE label = 'S2'") == 1


def tie_a_document_to_an_entry_of_the_plan(world: World) -> None:
    world.sql("UPDATE document SET section = 'outcomes', item_id = id WHERE label = 'S0'")


def add_a_document_without_a_version(world: World) -> None:
    ava, _ = large(world)
    world.sql(
        "INSERT INTO document (id, pupil_id, kind, label, source, section, item_id, made_at, made_by) "
        "SELECT v.id, d.pupil_id, d.kind, d.label, d.source, NULL, NULL, d.made_at, d.made_by "
        "FROM document d JOIN document_version v ON v.document_id = d.id WHERE v.id = :v",
        v=ava,
    )


def flip_the_words_of_a_note(world: World) -> None:
    row = world.sql("SELECT id, sealed FROM working_note_version ORDER BY number DESC LIMIT 1")[0]
    sealed = flipped(bytes(row.sealed), 40)
    world.sql("UPDATE working_note_version SET sealed = :s WHERE id = :i", s=sealed, i=row.id)


def exchange_the_words_of_two_notes(world: World) -> None:
    one, other = world.sql("SELECT id, sealed FROM working_note_version WHERE number = 1")
    for row, put in ((one, other), (other, one)):
        sealed = bytes(put.sealed)
        world.sql("UPDATE working_note_version SET sealed = :s WHERE id = :i", s=sealed, i=row.id)


def put_the_earlier_words_of_a_note_in_force(world: World) -> None:
    assert world.sql("UPDATE working_note SET number = 1 WHERE number = 2") == 1


def remove_the_correction_of_a_note(world: World) -> None:
    assert world.sql("DELETE FROM working_note_version WHERE number = 2") == 1
    world.sql("UPDATE working_note SET number = 1")


def undo_the_withdrawal_of_a_note(world: World) -> None:
    values = "withdrawn_at = NULL, withdrawn_by = NULL, withdrawn_why = NULL, sealed = NULL"
    assert world.sql(f"UPDATE working_note SET {values} WHERE withdrawn_at IS NOT NULL") == 1


def flip_somebodys_answers(world: World) -> None:
    row = world.sql("SELECT id, sealed FROM question_answer ORDER BY number DESC LIMIT 1")[0]
    sealed = flipped(bytes(row.sealed), 40)
    world.sql("UPDATE question_answer SET sealed = :s WHERE id = :i", s=sealed, i=row.id)


def put_the_earlier_answers_in_force(world: World) -> None:
    assert world.sql("UPDATE question_asked SET number = 1 WHERE number = 2") == 1


def remove_the_later_answers(world: World) -> None:
    assert world.sql("DELETE FROM question_answer WHERE number = 2") == 1
    world.sql("UPDATE question_asked SET number = 1 WHERE number = 2")


def give_somebodys_answers_to_another(world: World) -> None:
    world.sql("UPDATE question_answer SET person_id = round_id")


def flip_a_report(world: World) -> None:
    row = report(world)
    sealed = flipped(bytes(row.sealed), 40)
    assert world.sql("UPDATE version_body SET sealed = :s WHERE version_id = :v", s=sealed, v=row.id) == 1


def remove_a_report(world: World) -> None:
    row = report(world)
    world.sql("DELETE FROM version_body WHERE version_id = :v", v=row.id)
    world.sql("DELETE FROM record_version WHERE id = :v", v=row.id)


def remove_what_was_written_in_a_meeting(world: World) -> None:
    row = report(world)
    world.sql(
        "DELETE FROM draft_change WHERE draft_id IN (SELECT id FROM draft WHERE record_id = :r)",
        r=row.record_id,
    )


def report(world: World) -> Any:
    return world.sql(
        "SELECT v.id, v.record_id, b.sealed FROM record_version v JOIN version_body b ON b.version_id = v.id "
        "JOIN review r ON r.review_record_id = v.record_id"
    )[0]


CAUGHT = [
    add_a_piece_that_no_version_counts,
    add_a_piece_before_the_first,
    leave_pieces_of_a_version_that_is_not_there,
    remove_a_piece,
    remove_a_title,
    flip_a_piece,
    exchange_the_pieces_of_a_document,
    exchange_pieces_of_two_documents,
    put_the_earlier_version_of_a_document_last,
    remove_the_newest_version_of_a_document,
    withdraw_the_newest_version_in_the_table_alone,
    undo_the_withdrawal_of_a_document,
    say_another_reason_of_a_withdrawal,
    spoil_the_words_of_a_withdrawal,
    take_a_document_for_ones_own,
    move_a_document_to_another_child,
    file_a_version_under_another_child,
    show_staffs_documents_to_families,
    tie_a_document_to_an_entry_of_the_plan,
    add_a_document_without_a_version,
    flip_the_words_of_a_note,
    exchange_the_words_of_two_notes,
    put_the_earlier_words_of_a_note_in_force,
    remove_the_correction_of_a_note,
    undo_the_withdrawal_of_a_note,
    flip_somebodys_answers,
    put_the_earlier_answers_in_force,
    remove_the_later_answers,
    give_somebodys_answers_to_another,
    flip_a_report,
    remove_a_report,
    remove_what_was_written_in_a_meeting,
]


def test_untouched_rooms_raise_no_alarm(world):
    report = world.walk()
    assert report.ok, [str(fault) for fault in report.faults]


@pytest.mark.parametrize("tamper", CAUGHT, ids=lambda case: case.__name__)
def test_the_walk_catches(world, tamper):
    tamper(world)
    report = world.walk()
    assert not report.ok
    assert str(report.faults[0])


def test_every_rooms_check_is_part_of_the_walk():
    """A room with a ``trail`` that nobody asks would be believed unseen."""
    root = Path(__file__).parents[2]
    found = set()
    for path in root.glob("isp/*/*trail.py"):
        module = import_module(".".join(path.relative_to(root).with_suffix("").parts))
        found |= {one for name, one in vars(module).items() if name.startswith("check_")}
    assert found == set(CHECKS)
