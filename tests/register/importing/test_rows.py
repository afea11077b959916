"""Rows of pupils, staff, groups and contacts: what they mean, each fault in words with line and column."""

from datetime import date

import pytest

from isp.register.importing.cells import clean
from isp.register.importing.codes import read_need, read_sen_status, read_sex, read_year_group
from isp.register.importing.contacts import ContactRow, read_contacts
from isp.register.importing.groups import GroupRow, read_groups
from isp.register.importing.mapping import Kind, guess
from isp.register.importing.problems import NotUnderstood
from isp.register.importing.pupils import PupilRow, read_pupils
from isp.register.importing.reading import read
from isp.register.importing.staff import StaffRow, read_staff, roles_of

TODAY = date(2026, 11, 22)
AUTHORITIES = {
    "201": "City of London", "383": "Leeds", "330": "Birmingham", "213": "Westminster",
    "801": "Bristol, City of", "884": "Herefordshire, County of", "810": "Kingston upon Hull, City of",
    "839": "Bournemouth, Christchurch and Poole", "873": "Cambridgeshire", "314": "Kingston upon Thames",
}  # fmt: skip


def pupils(text: str):
    sheet = read(text.encode())
    return read_pupils(sheet, guess(Kind.PUPILS, sheet.headers), today=TODAY, authorities=AUTHORITIES)


def staff(text: str):
    sheet = read(text.encode())
    return read_staff(sheet, guess(Kind.STAFF, sheet.headers), today=TODAY)


def groups(text: str):
    sheet = read(text.encode())
    return read_groups(sheet, guess(Kind.GROUPS, sheet.headers), today=TODAY)


def contacts(text: str):
    sheet = read(text.encode())
    return read_contacts(sheet, guess(Kind.CONTACTS, sheet.headers), today=TODAY)


def said(parsed):
    return [str(problem) for row in parsed.refused for problem in row.problems]


def warned(parsed):
    return [str(problem) for problem in parsed.warnings]


# ---------------------------------------------------------------------------------------- pupils


def test_a_whole_pupil_is_understood():
    parsed = pupils(
        "UPN,Former UPN,ULN,Legal Surname,Legal Forename,Preferred Forename,DOB,Year,Sex,SEN "
        "Status,Need 1,Need 2,"
        "Class,Admission date,Leaving date,Leaving reason,Destination,Home LA,Ethnicity,Postcode\n"
        "p207000016049,C31042400123C,9276308686,  O’Hara-Smith ,Zoë,Zo,3 Mar 2018,Year 4,Female,SEN support,"
        "SLCN - Speech,semh,4 Elm,01/09/2022,21/07/2027,Moving,Another school,Leeds City "
        "Council,WBRI,LS1 1AA\n"
    )
    assert parsed.refused == ()
    assert parsed.records == (
        PupilRow(
            line=2,
            upn="P207000016049",
            former_upn="C31042400123C",
            uln="9276308686",
            legal_forename="Zoë",
            legal_surname="O’Hara-Smith",
            preferred_forename="Zo",
            born_on=date(2018, 3, 3),
            year_group="4",
            sex="F",
            sen_status="K",
            primary_need="SLCN",
            secondary_need="SEMH",
            class_name="4 Elm",
            admitted_on=date(2022, 9, 1),
            left_on=date(2027, 7, 21),
            leaving_reason="Moving",
            destination="Another school",
            home_authority="383",
        ),
    )


HEAD = (
    "UPN,Surname,Forename,Date of birth,Year group,SEN status,Primary need,"
    "Secondary need,Admitted,Left,Home LA\n"
)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            "B801200005001,Ash,Rowan,31/02/2015,7,,,,,,",
            (
                "Line 2, Date of birth: 31/02/2015 is not a real date: February 2015 has 28 days. "
                "Write the day first, like 28/02/2015."
            ),
        ),
        (
            "B801200005001,Ash,Rowan,23/11/2026,7,,,,,,",
            (
                "Line 2, Date of birth: 23 November 2026 is still to come, so nobody was born on it. "
                "Check the year."
            ),
        ),
        (
            "B801200005001,Ash,Rowan,01/01/1999,7,,,,,,",
            (
                "Line 2, Date of birth: 1 January 1999 makes this pupil 27 years old, and 25 is the most. "
                "Check the year."
            ),
        ),
        ("B801200005001,Ash,Rowan,,7,,,,,,", "Line 2, Date of birth: there is no date of birth. Fill it in."),
        (
            "B801200005001,Ash,Rowan,03/03/2015,15,,,,,,",
            "Line 2, Year group: “15” is not a year group we know. Write N1, N2, R, 1 to 14, or X.",
        ),
        (
            "B801200005001,Ash,Rowan,03/03/2015,,,,,,,",
            "Line 2, Year group: there is no year group. Write N1, N2, R, 1 to 14, or X.",
        ),
        (
            "A801200005001,Ash,Rowan,03/03/2015,7,,,,,,",
            (
                "Line 2, UPN: “A801200005001” is mistyped somewhere: its first letter does not "
                "match the rest. "
                "Copy it again from your school's system."
            ),
        ),
        (
            "B801200005001,=1+1,Rowan,03/03/2015,7,,,,,,",
            (
                "Line 2, Surname: “=1+1” begins with “=”, as a spreadsheet formula does. Nothing "
                "was calculated. "
                "Type the words themselves."
            ),
        ),
        (
            '"=""B801200005001""",Ash,Rowan,03/03/2015,7,,,,,,',
            (
                'Line 2, UPN: “="B801200005001"” begins with “=”, as a spreadsheet formula does. '
                "Nothing was calculated. Type the words themselves."
            ),
        ),
        ("B801200005001,,Rowan,03/03/2015,7,,,,,,", "Line 2, Surname: there is no surname. Fill it in."),
        ("B801200005001,Ash,-,03/03/2015,7,,,,,,", "Line 2, Forename: there is no forename. Fill it in."),
        (
            "B801200005001,123,Rowan,03/03/2015,7,,,,,,",
            "Line 2, Surname: “123” is not a name: it has no letter in it.",
        ),
        (
            "B801200005001,Ash,Rowan,03/03/2015,7,Z,,,,,",
            (
                "Line 2, SEN status: “Z” is not an SEN status we know. "
                "Write N (no SEN), K (SEN support) or E (EHC plan)."
            ),
        ),
        (
            "B801200005001,Ash,Rowan,03/03/2015,7,K,BESD,,,,",
            (
                "Line 2, Primary need: “BESD” has not been a type of need since 2014, and no new "
                "one follows from it. "
                "Write the need as it is now, perhaps SEMH."
            ),
        ),
        (
            "B801200005001,Ash,Rowan,03/03/2015,7,,,,01/09/2014,,",
            "Line 2, Admitted: 1 September 2014 is before the date of birth. One of them is wrong.",
        ),
        (
            "B801200005001,Ash,Rowan,03/03/2015,7,,,,01/09/2022,31/08/2022,",
            "Line 2, Left: 31 August 2022 is before the admission date. One of them is wrong.",
        ),
        (
            "B801200005001,Ash,Rowan,03/03/2015,7,,,,,,Atlantis",
            (
                "Line 2, Home LA: “Atlantis” is not a local authority we know. "
                "Write its name or its three-digit code."
            ),
        ),
    ],
)
def test_each_fault_of_a_pupil_is_said_with_its_line_and_column(row, says):
    parsed = pupils(HEAD + row + "\n")
    assert said(parsed) == [says]
    assert parsed.records == ()


def test_every_fault_of_a_row_is_said_at_once_and_the_other_rows_are_understood():
    parsed = pupils(HEAD + "x,=a,b,99/99/2015,77,?,,,,,\nB801200005001,Ash,Rowan,03/03/2015,7,,,,,,\n")
    assert [problem.column for problem in parsed.refused[0].problems] == [
        "UPN", "Surname", "Date of birth", "Year group", "SEN status",
    ]  # fmt: skip
    assert [row.line for row in parsed.records] == [3]


def test_a_pupil_without_a_upn_is_known_by_name_and_date_of_birth():
    (row,) = pupils(HEAD + ",Ash,Rowan,03/03/2023,Nursery,,,,,,\n").records
    assert (row.upn, row.year_group) == (None, "N2")


def test_a_leaver_needs_no_year_group():
    (row,) = pupils(HEAD + ",Ash,Rowan,03/03/2010,,,,,,21/07/2026,\n").records
    assert (row.year_group, row.left_on) == (None, date(2026, 7, 21))


def test_one_column_for_the_name_is_read_where_a_comma_parts_it():
    parsed = pupils('Name,DOB,Year\n"Ash, Rowan",3/3/15,7\nRowan Ash,3/3/15,7\n')
    assert (parsed.records[0].legal_surname, parsed.records[0].legal_forename) == ("Ash", "Rowan")
    assert said(parsed) == [
        (
            "Line 3, Name: “Rowan Ash” does not say which part is the surname. Write “Surname, Forename”, "
            "or export the two in columns of their own."
        )
    ]


def test_the_whole_name_says_the_legal_names_beside_the_preferred_ones():
    parsed = pupils('Name,Preferred name,DOB,Year\n"Ash, Rowan",Ro,3/3/15,7\n')
    (row,) = parsed.records
    assert (row.legal_forename, row.legal_surname, row.preferred_forename) == ("Rowan", "Ash", "Ro")


@pytest.mark.parametrize("whole", ["Rowan King Ash", "King Ash Rowan"])
def test_a_whole_name_without_a_comma_is_parted_by_the_surname_in_a_column_of_its_own(whole):
    parsed = pupils(f"Name,Legal surname,Preferred name,DOB,Year\n{whole},King Ash,Ro,3/3/15,7\n")
    (row,) = parsed.records
    assert (row.legal_forename, row.legal_surname, row.preferred_forename) == ("Rowan", "King Ash", "Ro")


def test_a_whole_name_that_cannot_be_parted_is_not_replaced_by_the_preferred_one():
    parsed = pupils("Name,Preferred name,DOB,Year\nRowan Ash,Ro,3/3/15,7\n")
    assert parsed.records == ()
    assert "does not say which part is the surname" in said(parsed)[0]


def test_what_is_odd_but_possible_is_a_warning():
    parsed = pupils(
        HEAD
        + "B801200005001,Ash,Rowan,03/03/2015,3,S,MLD,MLD,,,\n"
        + "F92000021007Z,Birch,Fern,03/03/2015,7,N,ASD,,,,\n"
        + ",Cedar,Fern,03/03/2015,7,E,NSA,,,,\n"
    )
    assert parsed.refused == ()
    assert warned(parsed) == [
        "Line 2, Year group: year 3 is 4 years below the usual one for this date of birth. Check both.",
        "Line 2, SEN status: “S” is a status from before 2014, taken as E (EHC plan).",
        "Line 2, Secondary need: MLD is the primary need already; no second one is taken.",
        "Line 3, UPN: F92000021007Z names an authority we do not know (920). Check it.",
        "Line 3, Primary need: a need is given, and the SEN status is N.",
        (
            "Line 4, Primary need: NSA (no specialist assessment) does not go with an EHC plan. "
            "Choose the need the plan names."
        ),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("N1", "N1"), ("Nursery 2", "N2"), ("FS1", "N2"), ("FS2", "R"), ("Reception", "R"), ("YR", "R"),
        ("Year R", "R"), ("0", "R"), ("Year 0", "R"), ("1", "1"), ("01", "1"), ("Y7", "7"), ("Yr 7", "7"),
        ("Year 7", "7"), ("year seven", "7"), ("NCY 10", "10"), ("NC Year 13", "13"), ("Year Group 14", "14"),
        ("Curriculum Year  8", "8"), ("X", "X"), ("E2", "E2"), ("9th Year", "9"),
    ],
)  # fmt: skip
def test_year_groups_are_understood_as_schools_write_them(text, code):
    assert read_year_group(text, born_on=None, today=TODAY) == code


@pytest.mark.parametrize(("born_on", "code"), [(date(2023, 1, 1), "N2"), (date(2023, 10, 1), "N1")])
def test_a_bare_nursery_is_told_by_age(born_on, code):
    assert read_year_group("Nursery", born_on=born_on, today=TODAY) == code


@pytest.mark.parametrize(
    "text", ["15", "7A", "Sixth form", "Grade 7", "-1", "Year", "KS2", "7/8", "1/2", "1-2"]
)
def test_a_year_group_that_is_not_known_is_not_guessed(text):
    with pytest.raises(NotUnderstood):
        read_year_group(text, born_on=date(2015, 3, 3), today=TODAY)


@pytest.mark.parametrize(
    ("text", "status", "old"),
    [
        ("N", "N", False), ("No SEN", "N", False), ("k", "K", False), ("SEN Support", "K", False),
        ("K - SEN Support", "K", False), ("E", "E", False), ("EHCP", "E", False),
        ("Education, Health and Care Plan", "E", False), ("A", "K", True), ("P", "K", True),
        ("School Action Plus", "K", True), ("S", "E", True), ("Statement", "E", True),
    ],
)  # fmt: skip
def test_sen_statuses_old_and_new_are_understood(text, status, old):
    assert read_sen_status(text) == (status, old)


@pytest.mark.parametrize("text", ["Q", "Y", "Yes", "EAL"])
def test_a_status_that_is_not_known_is_not_guessed(text):
    with pytest.raises(NotUnderstood):
        read_sen_status(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SpLD", "SPLD"), ("Autistic Spectrum Disorder", "ASD"), ("HI (Hearing Impairment)", "HI"),
        ("Speech, Language & Communication Needs", "SLCN"), ("DS", "DS"), ("oth", "OTH"), ("NSA: none",
        "NSA"),
        ("PMLD - Profound & Multiple Learning Difficulty", "PMLD"),
    ],
)  # fmt: skip
def test_needs_are_understood_by_code_or_name(text, code):
    assert read_need(text) == code


def test_sex_is_m_or_f_or_not_known():
    assert [read_sex(text) for text in ("M", "female", "Boy", "2", "0", "Unknown")] == [
        "M",
        "F",
        "M",
        "F",
        None,
        None,
    ]
    with pytest.raises(NotUnderstood):
        read_sex("Z")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("383", "383"), ("Leeds", "383"), ("LEEDS CITY COUNCIL", "383"), ("383 - Leeds", "383"),
        ("City of London", "201"), ("Bristol", "801"), ("Bristol City Council", "801"), ("Hull", None),
        ("Bournemouth, Christchurch & Poole", "839"), ("Cambridgeshire County Council", "873"),
        ("Royal Borough of Kingston upon Thames", "314"), ("London", None), ("999", None),
    ],
)  # fmt: skip
def test_authorities_are_understood_by_code_or_name(text, code):
    parsed = pupils(HEAD + f'B801200005001,Ash,Rowan,03/03/2015,7,,,,,,"{text}"\n')
    assert [row.home_authority for row in parsed.records] == ([code] if code else [])


def test_an_authority_that_the_file_says_is_outside_is_none():
    assert pupils(HEAD + "B801200005001,Ash,Rowan,03/03/2015,7,,,,,,XXX\n").records[0].home_authority is None


def test_letters_of_two_pieces_are_one_letter():
    (row,) = pupils(HEAD + "B801200005001,Ash,Zoe\u0308,03/03/2015,7,,,,,,\n").records
    assert row.legal_forename == "Zoë"


# ----------------------------------------------------------------------------------------- staff


def test_a_colleague_is_understood():
    parsed = staff(
        "Forename,Surname,Work Email,Job title,Start date,Leaving date\n"
        "Philippa,Dovecote,P.Dovecote@Foxglove.example,SENCO / Class Teacher,01/09/2020,\n"
    )
    assert parsed.records == (
        StaffRow(
            2, "Philippa Dovecote", "p.dovecote@foxglove.example", frozenset({"senco", "class_teacher"}),
            date(2020, 9, 1), None,
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "roles"),
    [
        ("SENDCo", {"senco"}), ("Assistant SENCO", {"deputy_senco"}), ("SEN Admin", {"sen_administrator"}),
        ("Teacher of Maths", {"class_teacher"}), ("Class Teacher - Year 4", {"class_teacher"}),
        ("Teaching Assistant (HLTA)", {"teaching_assistant"}), ("HLTA", {"teaching_assistant"}),
        ("Headteacher and DSL", {"head", "safeguarding_lead"}),
        ("Data Protection Officer", {"data_protection_officer"}),
        ("Office Manager", {"school_office"}), ("Caretaker", set()), ("Deputy Head", set()),
    ],
)  # fmt: skip
def test_job_titles_become_roles_and_unknown_ones_give_nothing(title, roles):
    assert roles_of(title)[0] == roles


def test_an_unknown_job_title_is_a_warning_and_gives_no_access():
    parsed = staff('Name,Email,Role\n"Dovecote, Philippa",p@x.example,Caretaker/TA\n')
    assert parsed.records[0].roles == {"teaching_assistant"}
    assert parsed.records[0].name == "Philippa Dovecote"
    assert warned(parsed) == [
        "Line 2, Role: “Caretaker” is not a role we know, so it gives no access. Give one in Settings."
    ]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            "Ann Ash,,TA,,",
            "Line 2, Email: there is no e-mail address, and nobody can sign in without one. Fill it in.",
        ),
        (
            "Ann Ash,ann at x,TA,,",
            "Line 2, Email: “ann at x” is not an e-mail address. It looks like name@school.example.",
        ),
        (",a@x.example,TA,,", "Line 2: the name is not complete. Fill it in."),
        (
            "Ann Ash,a@x.example,TA,01/09/2022,01/08/2022",
            "Line 2, Leaving date: 1 August 2022 is before the start date. One of them is wrong.",
        ),
        (
            "Ann Ash,a@x.example,=cmd,,",
            (
                "Line 2, Role: “=cmd” begins with “=”, as a spreadsheet formula does. Nothing "
                "was calculated. "
                "Type the words themselves."
            ),
        ),
    ],
)
def test_each_fault_of_a_colleague_is_said(row, says):
    assert said(staff("Name,Email,Role,Start date,Leaving date\n" + row + "\n")) == [says]


# ---------------------------------------------------------------------------------------- groups


def test_memberships_are_understood():
    parsed = groups(
        "Group,Kind,Subject,Teacher email,UPN,From,To\n"
        "7A/Ma1,Teaching group,Mathematics,T@x.example,B801200005001,01/09/2026,\n"
        "3 Oak,Class,,t@x.example,,,\n"
    )
    assert parsed.records == (
        GroupRow(
            2, "7A/Ma1", "teaching", "Mathematics", "t@x.example", "B801200005001", date(2026, 9, 1), None
        ),
        GroupRow(3, "3 Oak", "class", None, "t@x.example", None, None, None),
    )


def test_each_fault_of_a_membership_is_said():
    parsed = groups(
        "Group,Kind,Teacher email,UPN,From,To\n"
        "3 Oak,,,,,\n"
        ",,t@x.example,,,\n"
        "3 Oak,choir,t@x.example,,,\n"
        "3 Oak,,t@x.example,,02/09/2026,01/09/2026\n"
        "+3 Oak,,t@x.example,,,\n"
    )
    assert [text.split(": ")[0] for text in said(parsed)] == [
        "Line 2, UPN", "Line 3, Group", "Line 4, Kind", "Line 5, To", "Line 6, Group",
    ]  # fmt: skip


# -------------------------------------------------------------------------------------- contacts


def test_a_contact_is_understood():
    parsed = contacts(
        "UPN,Contact name,Relationship,Parental responsibility,Lives with,Email,Phone,Address "
        "confidential,Court order\n"
        'B801200005001,Jo Ash,Mother,Yes,True,Jo@x.example,+44 7700 900123,N,"No contact\nafter 8 pm"\n'
    )
    assert parsed.records == (
        ContactRow(
            2, "B801200005001", None, "Jo Ash", "Mother", True, True, "jo@x.example",
            "+44 7700 900123", False,
            "No contact\nafter 8 pm",
        ),
    )  # fmt: skip


def test_a_contact_may_name_the_pupil_by_name_and_date_of_birth():
    parsed = contacts(
        "Pupil forename,Pupil surname,Pupil DOB,Contact forename,Contact surname,Relationship,PR\n"
        "Rowan,Ash,03/03/2015,Jo,Ash,Mother,1\n"
    )
    assert parsed.records[0].pupil == ("Rowan", "Ash", date(2015, 3, 3))
    assert parsed.records[0].name == "Jo Ash"


def test_each_fault_of_a_contact_is_said_and_silence_about_responsibility_is_a_warning():
    parsed = contacts(
        "UPN,Contact name,Relationship,PR\n"
        ",Jo Ash,Mother,Yes\n"
        "B801200005001,,Mother,Yes\n"
        "B801200005001,Jo Ash,,Yes\n"
        "B801200005001,Jo Ash,Mother,perhaps\n"
        "B801200005001,Jo Ash,Mother,\n"
    )
    assert said(parsed) == [
        "Line 2, UPN: the pupil cannot be told. Fill in the UPN, or forename, surname and date of birth.",
        "Line 3, Contact name: the contact has no name. Fill it in.",
        "Line 4, Relationship: there is no relationship. Write what this person is to the pupil.",
        "Line 5, PR: “perhaps” is neither yes nor no. Write Yes or No, or leave the cell blank.",
    ]
    assert warned(parsed) == [
        "Line 6, PR: the file does not say whether this person has parental responsibility. None is assumed."
    ]
    assert parsed.records[0].parental_responsibility is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\x1b[31mAda\x07", "[31mAda"),
        ("Ada\x7f\x9b", "Ada"),
        ("\u202eadA", "adA"),
        ("Ada\u2066\tKing\u2069", "Ada King"),
        ("Ada\x85King", "Ada King"),
        ("\x1b-\x1b", ""),
    ],
)
def test_a_cell_keeps_no_character_that_commands_a_terminal_or_turns_a_page(typed: str, kept: str) -> None:
    assert clean(typed) == kept
