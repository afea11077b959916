"""What a pupils' file would change: all rows or none, the same file twice nothing, absence nothing."""

import time
from datetime import date

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from isp.register.importing.identifiers import check_letter
from isp.register.importing.planning import Answer
from tests.register.importing.world import TODAY, World

HEAD = "UPN,Surname,Forename,Known as,DOB,Year,SEN status,Primary need,Class,Admitted,Left,Reason left\n"
ASH = "B801200005001,Ash,Rowan,,03/03/2015,7,K,SLCN,7A,01/09/2026,,\n"
BIRCH = "P207000016049,Birch,Fern,,04/04/2015,7,N,,7A,01/09/2026,,\n"
SAME, ANOTHER = Answer.SAME, Answer.ANOTHER


def upn(serial: int) -> str:
    rest = f"38340002{serial:04d}"
    return check_letter(rest) + rest


def problems(plan):
    return [str(problem) for row in plan.refused for problem in row.problems]


# ------------------------------------------------------------------------------ new, again, changed


def test_pupils_who_are_not_on_record_are_new(world):
    plan = world.plan(HEAD + ASH + BIRCH)
    assert [new.row.legal_forename for new in plan.create] == ["Rowan", "Fern"]
    assert plan.applicable
    assert plan.summary() == ("2 pupils new.",)


def test_the_same_file_twice_changes_nothing(world):
    world.bring(HEAD + ASH + BIRCH)
    plan = world.plan(HEAD + ASH + BIRCH)
    assert plan.unchanged == (2, 3)
    assert plan.summary() == ("2 pupils unchanged.",)


def test_a_change_says_what_it_was_and_what_it_becomes(world):
    world.bring(HEAD + ASH)
    plan = world.plan(HEAD + ASH.replace(",7,", ",8,").replace("7A", "8A").replace("Rowan,,", "Rowan,Ro,"))
    (update,) = plan.update
    assert [str(change) for change in update.changes] == [
        "Preferred forename: nothing becomes Ro",
        "Year group: 7 becomes 8",
        "Class: 7A becomes 8A",
    ]


def test_a_blank_cell_empties_nothing(world):
    world.bring(HEAD + ASH)
    assert world.plan(HEAD + "B801200005001,Ash,Rowan,,03/03/2015,7,,,,,,\n").unchanged == (2,)


def test_a_row_that_says_the_same_twice_counts_once(world):
    plan = world.plan(HEAD + ASH + ASH)
    assert len(plan.create) == 1
    assert [str(warning) for warning in plan.warnings] == [
        "Line 3: this row repeats line 2, and counts once."
    ]


def test_one_refused_row_stops_the_whole_file_and_the_others_are_still_shown(world):
    plan = world.plan(HEAD + ASH + BIRCH.replace("04/04/2015", "31/04/2015"))
    assert not plan.applicable
    assert len(plan.create) == 1
    assert [row.line for row in plan.refused] == [3]
    assert plan.summary()[0] == "1 row cannot be brought in."


# ------------------------------------------------------------------------------ leaving and absence


def test_absence_from_the_file_ends_nothing(world):
    world.bring(HEAD + ASH + BIRCH)
    plan = world.plan(HEAD + ASH)
    assert plan.leave == ()
    assert plan.absent == (world.called("Fern").pupil_id,)
    assert plan.applicable


def test_a_ticked_box_ends_the_enrolment_of_a_pupil_who_is_absent(world):
    world.bring(HEAD + ASH + BIRCH)
    fern = world.called("Fern").pupil_id
    plan = world.plan(HEAD + ASH, ticked={fern: TODAY})
    assert [(leaves.line, leaves.pupil_id, leaves.on) for leaves in plan.leave] == [(None, fern, TODAY)]
    assert plan.absent == ()


def test_a_ticked_box_does_nothing_to_a_pupil_who_is_in_the_file(world):
    world.bring(HEAD + ASH)
    assert world.plan(HEAD + ASH, ticked={world.called("Rowan").pupil_id: TODAY}).leave == ()


def test_a_leaving_date_ends_the_enrolment_once(world):
    world.bring(HEAD + ASH)
    leaving = HEAD + ASH.replace(",,\n", ",20/11/2026,Moved\n")
    plan = world.bring(leaving)
    assert [(leaves.on, leaves.reason) for leaves in plan.leave] == [(date(2026, 11, 20), "Moved")]
    assert world.plan(leaving).unchanged == (2,)


def test_who_left_long_ago_and_was_never_here_is_not_brought_in_unless_asked(world):
    leaver = HEAD + ASH.replace(",,\n", ",20/11/2026,\n")
    assert world.plan(leaver).summary() == ("1 pupil left before today and never on record: not brought in.",)
    assert len(world.plan(leaver, bring_leavers=True).create) == 1


def test_a_pupil_who_had_left_comes_back_by_an_admission_date_after_it(world):
    world.bring(HEAD + ASH)
    world.bring(HEAD + ASH.replace(",,\n", ",02/10/2026,\n"))
    plan = world.plan(HEAD + ASH)
    assert plan.unchanged == (2,)
    assert "2 October 2026 on record, and it is kept" in str(plan.warnings[0])
    back = HEAD + ASH.replace("01/09/2026", "02/11/2026")
    assert [back.on for back in world.bring(back).rejoin] == [date(2026, 11, 2)]
    assert world.plan(back).unchanged == (2,)


# ------------------------------------------------------------------------- who is who: numbers, names


def test_a_upn_on_two_rows_is_refused_on_both(world):
    plan = world.plan(HEAD + ASH + BIRCH.replace("P207000016049", "B801200005001"))
    assert problems(plan) == [
        "Line 2: the UPN B801200005001 is also on line 3. A UPN belongs to one pupil.",
        "Line 3: the UPN B801200005001 is also on line 2. A UPN belongs to one pupil.",
    ]


def test_one_name_and_birthday_on_two_rows_without_numbers_is_refused(world):
    row = ASH.replace("B801200005001", "")
    plan = world.plan(HEAD + row + row.replace("7A", "7B"))
    assert problems(plan)[0] == (
        "Line 2: the same name and date of birth are also on line 3. Give each row its UPN."
    )


def test_one_name_and_birthday_with_two_numbers_may_be_two_children(world):
    plan = world.plan(HEAD + ASH + ASH.replace("B801200005001", upn(1)))
    assert len(plan.create) == 2
    assert len(plan.warnings) == 2


def test_a_pupil_without_a_number_is_known_again_by_name_and_birthday(world):
    world.bring(HEAD + ASH.replace("B801200005001", ""))
    plan = world.bring(HEAD + ASH)
    assert [str(change) for change in plan.update[0].changes] == ["UPN: nothing becomes B801200005001"]
    assert world.plan(HEAD + ASH.replace("B801200005001", "")).unchanged == (2,)


def test_accents_case_and_hyphens_do_not_make_another_child(world):
    world.bring(HEAD + ",O'Hara-Smith,Zoë,,03/03/2015,7,,,,,,\n")
    plan = world.plan(HEAD + ",OHARA SMITH,Zoe,,03/03/2015,7,,,,,,\n")
    assert plan.create == ()


def test_a_temporary_upn_gives_way_to_a_permanent_one_and_never_the_other_way_round(world):
    temporary = ASH.replace("B801200005001", "C31042400123C")
    world.bring(HEAD + temporary)
    plan = world.bring(HEAD + ASH)
    assert [str(change) for change in plan.update[0].changes] == ["UPN: C31042400123C becomes B801200005001"]
    plan = world.plan(HEAD + temporary)
    assert plan.unchanged == (2,)
    assert "the permanent one on record is kept" in str(plan.warnings[0])


def test_a_former_upn_in_the_file_finds_the_pupil_whatever_the_name(world):
    world.bring(HEAD + ASH)
    head = "Former UPN," + HEAD
    row = "B801200005001," + ASH.replace("B801200005001", upn(1)).replace("Ash", "Alder")
    (update,) = world.plan(head + row).update
    assert [change.field for change in update.changes] == ["upn", "legal_surname"]


def test_a_new_surname_under_the_same_number_and_birthday_is_a_change(world):
    world.bring(HEAD + ASH)
    (update,) = world.plan(HEAD + ASH.replace("Ash", "Alder")).update
    assert str(update.changes[0]) == "Legal surname: Ash becomes Alder"


def test_a_new_birthday_under_the_same_number_and_name_is_a_change_with_a_warning(world):
    world.bring(HEAD + ASH)
    plan = world.plan(HEAD + ASH.replace("03/03/2015", "03/04/2015"))
    assert plan.applicable
    assert "was 3 March 2015 and becomes 3 April 2015" in str(plan.warnings[0])


@pytest.mark.parametrize(
    "row", [ASH.replace("Ash,Rowan", "Pine,Sky"), ASH.replace("Ash", "Pine").replace("03/03", "05/05")]
)
def test_a_number_that_the_record_has_for_somebody_else_is_asked_about(world, row):
    world.bring(HEAD + ASH)
    plan = world.plan(HEAD + row)
    assert not plan.applicable
    (question,) = plan.questions
    assert "This UPN is on record for Rowan Ash, born 3 March 2015" in question.message
    assert question.choices == (SAME,)
    assert not world.plan(HEAD + row, answers={question.key: ANOTHER}).applicable
    settled = world.bring(HEAD + row, answers={question.key: SAME})
    assert len(settled.update) == 1
    assert world.plan(HEAD + row).unchanged == (2,)


def test_a_name_and_birthday_on_record_under_another_permanent_number_are_asked_about(world):
    world.bring(HEAD + ASH)
    twin = HEAD + ASH.replace("B801200005001", upn(1))
    plan = world.plan(twin)
    (question,) = plan.questions
    assert (question.key, question.choices) == ("line-2", (SAME, ANOTHER))
    assert not plan.applicable
    assert len(world.plan(twin, answers={"line-2": ANOTHER}).create) == 1
    (update,) = world.plan(twin, answers={"line-2": SAME}).update
    assert [change.field for change in update.changes] == ["upn"]


def test_two_namesakes_on_record_and_no_number_is_refused(world):
    world.bring(HEAD + ASH + ASH.replace("B801200005001", upn(1)))
    plan = world.plan(HEAD + ASH.replace("B801200005001", ""))
    assert "more than one pupil on record has this name and date of birth" in problems(plan)[0]


def test_two_rows_that_lead_to_one_pupil_are_refused(world):
    world.bring(HEAD + ASH)
    plan = world.plan("Former UPN," + HEAD + "," + ASH + "B801200005001," + BIRCH)
    assert problems(plan) == ["Line 3: this is the same pupil as on line 2. Take one of the rows out."]


# --------------------------------------------------------------------------------- known elsewhere


def words(plan):
    """Everything that may be shown of a plan."""
    return (
        plan.applicable,
        plan.summary(),
        [(new.line, new.row) for new in plan.create],
        [(update.line, [str(change) for change in update.changes]) for update in plan.update],
        plan.unchanged,
        [str(problem) for row in plan.refused for problem in row.problems],
        [question.message for question in plan.questions],
        [str(warning) for warning in plan.warnings],
        plan.passed_over,
    )


def test_a_upn_that_another_school_has_reads_like_any_other_and_is_held_aside():
    here, alone = World(elsewhere=frozenset({"B801200005001"})), World()
    plan, control = here.plan(HEAD + ASH + BIRCH), alone.plan(HEAD + ASH + BIRCH)
    assert words(plan) == words(control)
    assert [new.hold_upn for new in plan.create] == [True, False]
    here.apply(plan)
    alone.apply(control)
    assert words(here.plan(HEAD + ASH + BIRCH)) == words(alone.plan(HEAD + ASH + BIRCH))
    assert here.plan(HEAD + ASH + BIRCH).unchanged == (2, 3)


def test_a_number_that_a_pupil_is_given_later_is_held_aside_as_well():
    here, alone = World(elsewhere=frozenset({"B801200005001"})), World()
    for school in (here, alone):
        school.bring(HEAD + ASH.replace("B801200005001", "C31042400123C"))
    plan = here.plan(HEAD + ASH)
    assert words(plan) == words(alone.plan(HEAD + ASH))
    assert plan.update[0].hold_upn


# ------------------------------------------------------------------------------------- differences


def test_sen_status_and_need_on_record_are_shown_beside_the_files_and_kept(world):
    world.bring(HEAD + ASH)
    plan = world.plan(HEAD + ASH.replace("K,SLCN", "E,ASD"))
    assert plan.unchanged == (2,)
    assert [(d.label, d.on_record, d.in_file, d.taken) for d in plan.differences] == [
        ("SEN status", "K", "E", False),
        ("Primary need", "SLCN", "ASD", False),
    ]


def test_the_files_word_is_taken_where_a_person_says_so(world):
    world.bring(HEAD + ASH)
    plan = world.plan(HEAD + ASH.replace("K,SLCN", "E,ASD"), take={"line-2-sen_status"})
    assert [str(change) for change in plan.update[0].changes] == ["SEN status: K becomes E"]
    assert [difference.taken for difference in plan.differences] == [True, False]


def test_where_the_record_has_no_status_the_file_gives_one(world):
    world.bring(HEAD + ASH.replace("K,SLCN", ","))
    plan = world.plan(HEAD + ASH)
    assert plan.differences == ()
    assert [change.field for change in plan.update[0].changes] == ["sen_status", "primary_need"]


def test_a_change_of_class_is_taken_and_shown_as_a_difference(world):
    world.bring(HEAD + ASH)
    plan = world.plan(HEAD + ASH.replace("7A", "7B"))
    assert [(d.label, d.taken) for d in plan.differences] == [("Class", True)]


def test_a_file_with_one_name_column_leaves_the_legal_name_on_record(world):
    world.bring(HEAD + ASH.replace("Rowan,,", "Rowan,Ro,"))
    assert world.plan("UPN,Surname,Forename,DOB,Year\nB801200005001,Ash,Ro,03/03/2015,7\n").unchanged == (2,)


# --------------------------------------------------------------------------------- for any two files

names = st.sampled_from(["Ash", "Birch", "Alder"])
rows = st.builds(
    "{},{},{},{},{},{},{},{},{},{},{},{}\n".format,
    st.sampled_from(["", "B801200005001", "C31042400123C", upn(1), upn(2), upn(3)]),
    names,
    st.sampled_from(["Rowan", "Fern"]),
    st.sampled_from(["", "Ro", "Rowan"]),
    st.sampled_from(["03/03/2015", "04/04/2015"]),
    st.sampled_from(["7", "Year 8"]),
    st.sampled_from(["", "N", "K", "E", "A"]),
    st.sampled_from(["", "SLCN", "ASD"]),
    st.sampled_from(["", "7A", "7B"]),
    st.sampled_from(["", "01/09/2022", "01/09/2024"]),
    st.sampled_from(["", "31/07/2023", "31/07/2027"]),
    st.sampled_from(["", "Moved"]),
)
files = st.lists(rows, min_size=1, max_size=5).map(lambda each: HEAD + "".join(each))


@settings(max_examples=300, deadline=None)
@given(st.lists(files, min_size=1, max_size=3), st.sampled_from([None, SAME, ANOTHER]), st.data())
def test_whatever_was_brought_in_the_same_file_again_changes_nothing_and_no_pupil_is_lost(
    texts, answer, data
):
    world = World(elsewhere=frozenset(data.draw(st.sets(st.sampled_from([upn(1), upn(2), "B801200005001"])))))
    control = World()
    answers = {f"line-{line}": answer for line in range(2, 8)} if answer else {}
    for text in texts:
        plan = world.plan(text, answers=answers)
        assert words(plan) == words(control.plan(text, answers=answers))
        event(f"applicable: {plan.applicable}")
        if not plan.applicable:
            continue
        before = {pupil.pupil_id for pupil in world.pupils}
        world.apply(plan)
        control.bring(text, answers=answers)
        assert before <= {pupil.pupil_id for pupil in world.pupils}
        again = world.plan(text, answers=answers)
        assert (again.create, again.update, again.leave, again.rejoin) == ((), (), (), ())


# ------------------------------------------------------------------------------------------ at size


def test_ten_thousand_rows_are_planned_in_seconds_new_and_again(world):
    text = HEAD + "".join(
        f"{upn(serial)},Surname{serial},Forename{serial},,03/03/2015,7,K,SLCN,7A,01/09/2022,,\n"
        for serial in range(10_000)
    )
    started = time.perf_counter()
    plan = world.plan(text)
    first = time.perf_counter() - started
    assert len(plan.create) == 10_000
    world.apply(plan)
    started = time.perf_counter()
    assert len(world.plan(text).unchanged) == 10_000
    again = time.perf_counter() - started
    print(f"\n10,000 rows read, understood and planned: {first:.2f} s new, {again:.2f} s again")
    assert max(first, again) < 10
