"""What a groups file would change: dated memberships that only a date or a person ends."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from isp.register.importing.groups import read_groups
from isp.register.importing.mapping import Kind, guess
from isp.register.importing.plan_groups import GroupOnRecord, MembershipOnRecord, Side, plan_groups
from isp.register.importing.reading import read

TODAY = date(2026, 11, 22)
HEAD = "Group,Kind,Subject,Teacher email,UPN,From,To\n"
ROWAN, FERN, ANN = uuid4(), uuid4(), uuid4()
PUPILS = {"B801200005001": ROWAN, "P207000016049": FERN}
STAFF = {"ann@x.example": ANN}
OAK = GroupOnRecord(
    uuid4(),
    "3 Oak",
    "class",
    None,
    (
        MembershipOnRecord(uuid4(), Side.PUPIL, ROWAN, date(2026, 9, 1)),
        MembershipOnRecord(uuid4(), Side.STAFF, ANN, date(2026, 9, 1)),
    ),
)


def plan(text, *on_record, take=()):
    sheet = read((HEAD + text).encode())
    parsed = read_groups(sheet, guess(Kind.GROUPS, sheet.headers), today=TODAY)
    return plan_groups(parsed, on_record, today=TODAY, pupils=PUPILS, staff=STAFF, take=take)


def problems(found):
    return [str(problem) for row in found.refused for problem in row.problems]


def test_a_new_group_comes_with_who_is_in_it_once_each():
    found = plan(
        "7A/Ma,Set,Mathematics,ann@x.example,B801200005001,01/09/2026,\n7a "
        "ma,,,ann@x.example,P207000016049,,\n"
    )
    assert [(new.name, new.kind, new.subject) for new in found.create] == [
        ("7A/Ma", "teaching", "Mathematics")
    ]
    assert [(join.side, join.member_id, join.from_on) for join in found.join] == [
        (Side.PUPIL, ROWAN, date(2026, 9, 1)),
        (Side.STAFF, ANN, None),
        (Side.PUPIL, FERN, None),
    ]
    assert found.summary() == ("1 group new.", "2 pupils added to groups.", "1 colleague added to groups.")


def test_the_same_again_changes_nothing_whether_dated_or_not():
    assert plan("3 Oak,Class,,ann@x.example,B801200005001,,\n", OAK).unchanged == (2,)
    assert plan("3-oak,,,ann@x.example,B801200005001,01/09/2026,\n", OAK).unchanged == (2,)


def test_absence_ends_no_membership_and_a_date_does_once():
    assert plan("3 Oak,,,,P207000016049,,\n", OAK).end == ()
    (end,) = plan("3 Oak,,,,B801200005001,,18/12/2026\n", OAK).end
    assert (end.membership_id, end.on) == (OAK.members[0].membership_id, date(2026, 12, 18))
    ended = MembershipOnRecord(end.membership_id, Side.PUPIL, ROWAN, date(2026, 9, 1), date(2026, 10, 1))
    past = GroupOnRecord(OAK.group_id, "3 Oak", "class", None, (ended,))
    assert plan("3 Oak,,,,B801200005001,,01/10/2026\n", past).unchanged == (2,)
    assert plan("3 Oak,,,,B801200005001,01/09/2026,01/10/2026\n", past).unchanged == (2,)


def test_a_pupil_who_was_in_the_group_before_joins_it_again():
    ended = MembershipOnRecord(uuid4(), Side.PUPIL, ROWAN, date(2025, 9, 1), date(2026, 7, 21))
    past = GroupOnRecord(OAK.group_id, "3 Oak", "class", None, (ended,))
    (join,) = plan("3 Oak,,,,B801200005001,,\n", past).join
    assert (join.group_id, join.member_id) == (OAK.group_id, ROWAN)


def test_a_membership_long_over_is_not_brought_in():
    found = plan("3 Oak,,,,P207000016049,01/09/2024,21/07/2025\n", OAK)
    assert (found.join, found.passed_over) == ((), (2,))


def test_who_is_not_on_record_here_is_refused_in_one_sentence():
    found = plan("3 Oak,,,bob@x.example,C31042400123C,,\n", OAK)
    assert problems(found) == [
        "Line 2: no pupil of this school has the UPN C31042400123C. Bring pupils in first.",
        "Line 2: no colleague of this school has the address bob@x.example. Bring staff in first.",
    ]


def test_a_group_of_two_kinds_and_a_membership_of_two_dates_are_refused():
    found = plan("8B,Set,,,B801200005001,,\n8B,Class,,,P207000016049,,\n")
    assert problems(found) == ["Line 3: 8B has another kind here than on line 2. Give one group one of them."]
    found = plan("8B,,,,B801200005001,01/09/2026,\n8B,,,,B801200005001,02/09/2026,\n")
    assert problems(found) == ["Line 3: the same membership is on line 2 with other dates. Keep one of them."]


def test_a_new_subject_of_a_group_on_record_is_a_change():
    (update,) = plan("3 Oak,,Art,,B801200005001,,\n", OAK).update
    assert [str(change) for change in update.changes] == ["Subject: nothing becomes Art"]


def test_whom_a_person_took_out_today_stays_out_unless_a_person_says_so():
    yesterday = TODAY - timedelta(days=1)
    out = MembershipOnRecord(uuid4(), Side.PUPIL, ROWAN, date(2026, 9, 1), yesterday, ended_today=True)
    group = GroupOnRecord(OAK.group_id, "3 Oak", "class", None, (out,))
    row = "3 Oak,,,,B801200005001,,\n"
    found = plan(row, group)
    assert (found.join, found.unchanged) == ((), ())
    (held,) = found.taken_out
    assert (held.line, held.group, held.member_id, held.taken) == (2, "3 Oak", ROWAN, False)
    assert found.summary() == ("1 membership ended today by hand: left ended.",)
    taken = plan(row, group, take=[held.key])
    assert [join.member_id for join in taken.join] == [ROWAN]
    assert taken.summary() == ("1 pupil added to groups.",)


def test_a_day_to_come_in_the_file_is_another_membership_than_the_one_ended_today():
    out = MembershipOnRecord(uuid4(), Side.PUPIL, ROWAN, date(2026, 9, 1), TODAY, ended_today=True)
    over = replace(out, to_on=TODAY - timedelta(days=1))
    group = GroupOnRecord(OAK.group_id, "3 Oak", "class", None, (over,))
    assert plan("3 Oak,,,,B801200005001,04/01/2027,\n", group).taken_out == ()
    assert len(plan("3 Oak,,,,B801200005001,04/01/2027,\n", group).join) == 1
