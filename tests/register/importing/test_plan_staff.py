"""What a staff file would change: roles are added and never taken away, an address is never handed over."""

from datetime import date
from uuid import uuid4

from isp.register.importing.mapping import Kind, guess
from isp.register.importing.plan_staff import StaffOnRecord, plan_staff
from isp.register.importing.planning import Answer
from isp.register.importing.reading import read
from isp.register.importing.staff import read_staff

TODAY = date(2026, 11, 22)
HEAD = "Name,Email,Role,Start date,Leaving date\n"
ANN = StaffOnRecord(
    uuid4(), "Ann Ash", "ann@x.example", frozenset({"senco", "class_teacher"}), date(2020, 9, 1), None
)


def plan(text, *on_record, **options):
    sheet = read((HEAD + text).encode())
    parsed = read_staff(sheet, guess(Kind.STAFF, sheet.headers), today=TODAY)
    return plan_staff(parsed, on_record, today=TODAY, **options)


def test_a_colleague_who_is_not_on_record_is_new():
    found = plan("Ben Birch,ben@x.example,TA,,\n")
    assert found.create[0].row.roles == {"teaching_assistant"}
    assert found.summary() == ("1 colleague new.",)


def test_the_same_again_changes_nothing_and_a_blank_says_nothing():
    assert plan("Ann Ash,ANN@x.example,,,\n", ANN).unchanged == (2,)
    assert plan("Ann Ash,ann@x.example,SENCO,01/09/2020,\n", ANN).unchanged == (2,)


def test_a_role_in_the_file_is_added_and_none_is_taken_away():
    found = plan("Ann Ash,ann@x.example,Head,,\n", ANN)
    (change,) = found.update[0].changes
    assert change.becomes == {"senco", "class_teacher", "head"}
    assert str(found.warnings[0]) == "Line 2: this gives Ann Ash the role of head. Check that it is right."
    assert plan("Ann Ash,ann@x.example,Teacher,,\n", ANN).unchanged == (2,)


def test_a_leaving_date_ends_absence_does_not_and_a_ticked_box_does():
    found = plan("Ann Ash,ann@x.example,,,21/11/2026\n", ANN)
    assert [leaves.on for leaves in found.leave] == [date(2026, 11, 21)]
    absent = plan("Ben Birch,ben@x.example,TA,,\n", ANN)
    assert (absent.leave, absent.absent) == ((), (ANN.person_id,))
    ticked = plan("Ben Birch,ben@x.example,TA,,\n", ANN, ticked={ANN.person_id: TODAY})
    assert [(leaves.line, leaves.on) for leaves in ticked.leave] == [(None, TODAY)]


def test_who_left_before_today_and_was_never_here_is_passed_over():
    found = plan("Ben Birch,ben@x.example,TA,,21/11/2026\n")
    assert (found.create, found.passed_over) == ((), (2,))


def test_a_colleague_who_had_left_comes_back_by_a_start_date_after_it():
    gone = StaffOnRecord(ANN.person_id, ANN.name, ANN.email, ANN.roles, ANN.started_on, date(2026, 7, 31))

    assert [back.on for back in plan("Ann Ash,ann@x.example,,01/09/2026,\n", gone).rejoin] == [
        date(2026, 9, 1)
    ]
    kept = plan("Ann Ash,ann@x.example,,,\n", gone)
    assert kept.unchanged == (2,)
    assert "31 July 2026 on record, and it is kept" in str(kept.warnings[0])


def test_a_list_with_a_line_for_each_post_makes_one_person_with_all_roles():
    found = plan("Ben Birch,ben@x.example,TA,,\nBen Birch,ben@x.example,Admin,,\n")
    assert found.create[0].row.roles == {"teaching_assistant", "school_office"}


def test_one_address_for_two_people_is_refused():
    found = plan("Ben Birch,office@x.example,Admin,,\nCora Cedar,office@x.example,Admin,,\n")
    assert [row.line for row in found.refused] == [2, 3]
    assert not found.applicable


def test_an_address_handed_to_a_successor_is_asked_about():
    found = plan("Ben Birch,ann@x.example,SENCO,,\n", ANN)
    assert not found.applicable
    assert found.questions[0].choices == (Answer.SAME,)
    settled = plan("Ann Birch-Ash,ann@x.example,,,\n", ANN)
    assert str(settled.update[0].changes[0]) == "Name: Ann Ash becomes Ann Birch-Ash"
    renamed = plan("Ben Birch,ann@x.example,,,\n", ANN, answers={"line-2": Answer.SAME})
    assert renamed.applicable


def test_a_known_name_under_another_address_is_a_warning_and_never_changes_the_address():
    found = plan("Ann Ash,ann.ash@x.example,TA,,\n", ANN)
    assert len(found.create) == 1
    assert "on record with another e-mail address" in str(found.warnings[0])


def test_a_list_that_still_names_a_leaver_with_her_role_gives_it_back_to_nobody():
    gone = StaffOnRecord(ANN.person_id, ANN.name, ANN.email, frozenset(), ANN.started_on, date(2026, 7, 31))
    found = plan("Ann Ash,ann@x.example,SENCO,01/09/2020,31/07/2026\n", gone)
    assert (found.update, found.leave, found.unchanged) == ((), (), (2,))
