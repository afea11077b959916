"""What a contacts file would change: these ties decide who reads the plan, so nothing is assumed."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from isp.register.importing.contacts import read_contacts
from isp.register.importing.mapping import Kind, guess
from isp.register.importing.plan_contacts import ContactOnRecord, plan_contacts
from isp.register.importing.planning import Answer
from isp.register.importing.pupil_plan import PupilOnRecord
from isp.register.importing.reading import read

TODAY = date(2026, 11, 22)
HEAD = "UPN,Contact name,Relationship,PR,Lives with,Email,Address confidential,Court order,From,To\n"
ROWAN = PupilOnRecord(uuid4(), "B801200005001", "Rowan", "Ash", date(2015, 3, 3))
JO = ContactOnRecord(
    uuid4(),
    ROWAN.pupil_id,
    "Jo Ash",
    "Mother",
    parental_responsibility=True,
    has_care=True,
    email="jo@x.example",
)
ROW = "B801200005001,Jo Ash,Mother,Yes,Yes,jo@x.example,,,,\n"


def plan(text, *on_record, pupils=(ROWAN,), **options):
    sheet = read((HEAD + text).encode())
    parsed = read_contacts(sheet, guess(Kind.CONTACTS, sheet.headers), today=TODAY)
    return plan_contacts(parsed, on_record, today=TODAY, pupils=pupils, **options)


def test_a_contact_who_is_not_on_record_is_new():
    found = plan(ROW)
    assert [(new.pupil_id, new.row.name) for new in found.create] == [(ROWAN.pupil_id, "Jo Ash")]
    assert found.summary() == ("1 contact new.",)


def test_the_same_again_changes_nothing():
    assert plan(ROW, JO).unchanged == (2,)
    assert plan("B801200005001,JO ASH,Mother,,,,,,,\n", replace(JO, name="JO ASH")).unchanged == (2,)


def test_absence_ends_no_tie_and_a_date_does():
    assert plan("B801200005001,Sam Ash,Father,Yes,,sam@x.example,,,,\n", JO).end == ()
    (end,) = plan(ROW.replace(",,,,\n", ",,,,20/11/2026\n"), JO).end
    assert (end.tie_id, end.on) == (JO.tie_id, date(2026, 11, 20))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (ROW.replace("Yes,Yes", "No,Yes"), "Jo Ash: the file takes parental responsibility away"),
        (ROW.replace("Yes,Yes", "Yes,No"), "the pupil no longer lives with this person"),
        (ROW.replace("example,,", "example,Yes,"), "the address becomes confidential"),
        (ROW.replace("example,,,", "example,,Prohibited steps,"), "a new note of a court order"),
    ],
)
def test_what_changes_who_may_see_is_said_aloud(row, says):
    found = plan(row, JO)
    assert len(found.update) == 1
    assert says in str(found.warnings[0])


def test_an_address_marked_confidential_stays_so_whatever_the_file_says():
    found = plan(ROW.replace("example,,", "example,No,"), replace(JO, address_confidential=True))
    assert found.unchanged == (2,)
    assert "is confidential on record and stays so" in str(found.warnings[0])


def test_a_shared_address_does_not_make_the_second_parent_the_first_renamed():
    second = "B801200005001,Sam Ash,Father,Yes,Yes,jo@x.example,,,,\n"
    both = plan(second + ROW, JO)
    assert [new.row.name for new in both.create] == ["Sam Ash"]
    assert both.unchanged == (3,)


def test_another_name_under_the_same_address_alone_is_asked_about():
    second = "B801200005001,Sam Ash,Father,Yes,Yes,jo@x.example,,,,\n"
    found = plan(second, JO)
    assert not found.applicable
    assert "Jo Ash is on record for this pupil with the address jo@x.example" in found.questions[0].message
    assert len(plan(second, JO, answers={"line-2": Answer.ANOTHER}).create) == 1
    (update,) = plan(second, JO, answers={"line-2": Answer.SAME}).update
    assert [change.field for change in update.changes] == ["name", "relationship"]


def test_a_tie_that_had_ended_begins_again_only_by_a_date_after_it():
    ended = replace(JO, to_on=date(2026, 1, 1))
    kept = plan(ROW, ended)
    assert kept.unchanged == (2,)
    assert "is on record until 1 January 2026, and that is kept" in str(kept.warnings[0])
    assert len(plan(ROW.replace(",,,,\n", ",,,01/09/2026,\n"), ended).create) == 1


def test_a_tie_long_over_is_not_brought_in():
    assert plan(ROW.replace(",,,,\n", ",,,,01/09/2025\n")).passed_over == (2,)


def test_a_repeated_row_counts_once_and_a_contradicting_one_is_refused():
    assert len(plan(ROW + ROW).create) == 1
    assert [row.line for row in plan(ROW + ROW.replace("Yes,Yes", "No,Yes")).refused] == [2, 3]


def test_a_father_and_a_son_of_one_name_are_told_apart_by_address():
    son = replace(JO, tie_id=uuid4(), email="junior@x.example", relationship="Brother")
    found = plan(ROW + ROW.replace("jo@", "junior@").replace("Mother", "Brother"), JO, son)
    assert found.unchanged == (2, 3)


def test_a_pupil_who_is_not_this_schools_is_refused_in_one_sentence():
    found = plan(ROW.replace("B801200005001", "P207000016049"))
    assert str(found.refused[0].problems[0]) == (
        "Line 2: no pupil of this school has the UPN P207000016049. Bring pupils in first."
    )


def test_a_pupil_named_by_name_must_be_the_only_one():
    head = "Pupil forename,Pupil surname,Pupil DOB,Contact name,Relationship,PR\n"
    sheet = read((head + "Rowan,Ash,03/03/2015,Jo Ash,Mother,Yes\n").encode())
    parsed = read_contacts(sheet, guess(Kind.CONTACTS, sheet.headers), today=TODAY)
    twin = replace(ROWAN, pupil_id=uuid4(), upn=None)
    assert len(plan_contacts(parsed, [], today=TODAY, pupils=[ROWAN]).create) == 1
    assert plan_contacts(parsed, [], today=TODAY, pupils=[ROWAN, twin]).refused
    assert plan_contacts(parsed, [], today=TODAY, pupils=[]).refused
