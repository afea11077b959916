"""Whose column is which: whole names, whatever their case, spaces and punctuation; nothing by likeness."""

import json

import pytest

from isp.register.importing.mapping import Kind, check, guess, is_known, label, to_remember

SIMS = [
    "UPN", "Legal Surname", "Legal Forename", "Surname", "Forename", "DOB", "Gender", "Reg Group", "Year",
    "SEN Status", "SEN Need 1", "SEN Need 2", "Date of Admission", "DOL", "Home LA",
]  # fmt: skip
ARBOR = [
    "Unique Pupil Number", "Legal first name", "Legal last name", "Preferred first name",
    "Date of birth", "Sex",
    "Registration form", "Year group", "SEN status", "Primary SEN need", "Enrolment start date",
    "Enrolment end date",
]  # fmt: skip
BROMCOM = [
    "UPN", "First Name", "Last Name", "PreferredName", "DateOfBirth", "Tutor Group", "NC Year",
    "SEN Provision",
    "SEN Type 1", "Leaving_Date", "ReasonForLeaving",
]  # fmt: skip


@pytest.mark.parametrize("headers", [SIMS, ARBOR, BROMCOM])
def test_the_columns_of_the_usual_systems_are_all_found(headers):
    columns = guess(Kind.PUPILS, headers)
    assert {header for header in columns.values() if header} == set(headers)
    assert check(Kind.PUPILS, columns, headers) == []


def test_a_plain_forename_is_the_legal_one_only_where_there_is_no_better():
    sims, bromcom = guess(Kind.PUPILS, SIMS), guess(Kind.PUPILS, BROMCOM)
    assert (sims["legal_forename"], sims["preferred_forename"]) == ("Legal Forename", "Forename")
    assert (bromcom["legal_forename"], bromcom["preferred_forename"]) == ("First Name", "PreferredName")


def test_staff_groups_and_contacts_are_found_as_well():
    for kind, headers in (
        (Kind.STAFF, ["Staff Name", "Work E-mail", "Job Title", "Employment Start", "Employment End"]),
        (Kind.GROUPS, ["Class Name", "Subject", "Teacher Email", "UPN", "Start Date", "End Date"]),
        (
            Kind.CONTACTS,
            ["Pupil UPN", "Contact Name", "Relationship", "Parental Responsibility", "Lives with pupil",
            "E-mail",
             "Mobile", "Confidential address", "Court Order"],
        ),
    ):  # fmt: skip
        columns = guess(kind, headers)
        assert {header for header in columns.values() if header} == set(headers)
        assert check(kind, columns, headers) == []


def test_nothing_is_matched_by_likeness():
    headers = ["Surname of mother", "UPN2", "Year joined", "Local Authority"]
    assert not any(guess(Kind.PUPILS, headers).values())


def test_a_plain_name_in_a_contacts_file_may_be_either_person_and_is_left_to_choose():
    columns = guess(Kind.CONTACTS, ["UPN", "Surname", "Forename", "Relationship"])
    assert (columns["surname"], columns["pupil_surname"]) == (None, None)
    assert check(Kind.CONTACTS, columns, ["UPN", "Surname", "Forename", "Relationship"]) == [
        "Choose the column that has the contact’s name."
    ]


def test_what_a_person_chose_comes_first_and_is_plain_json():
    headers = [*SIMS, "House"]
    chosen = guess(Kind.PUPILS, headers) | {"class_name": "House", "secondary_need": None}
    remembered = json.loads(json.dumps(to_remember(Kind.PUPILS, headers, chosen)))
    again = guess(Kind.PUPILS, headers, remembered)
    assert again == chosen
    assert again["class_name"] == "House"
    assert again["secondary_need"] is None


def test_a_remembered_column_that_is_gone_gives_way_to_a_guess_and_a_new_column_is_guessed():
    headers = ["Surname", "Forename", "DOB", "Year"]
    remembered = to_remember(Kind.PUPILS, headers, guess(Kind.PUPILS, headers)) | {"born_on": "Birth"}
    columns = guess(Kind.PUPILS, [*headers, "SEN Status"], remembered)
    assert columns["born_on"] == "DOB"
    assert columns["sen_status"] == "SEN Status"


def test_what_is_missing_is_asked_for_in_words():
    assert check(Kind.PUPILS, guess(Kind.PUPILS, ["UPN"]), ["UPN"]) == [
        "Choose the column that has the pupil’s surname.",
        "Choose the column that has the pupil’s forename.",
        "Choose the column that has the date of birth.",
        "Choose the column that has the year group.",
    ]
    assert check(Kind.GROUPS, {"group": "Class"}, ["Class"]) == [
        "Choose the column that has who is in the group: the pupil’s UPN, the staff e-mail address, or both."
    ]


def test_a_mapping_that_cannot_be_is_refused_in_words():
    columns = guess(Kind.PUPILS, SIMS) | {"sex": "Sexe", "destination": "DOL", "shoe_size": "Year"}
    assert check(Kind.PUPILS, columns, SIMS) == [
        "Sex: the file has no column “Sexe”.",
        "There is no field “shoe_size” in a file of pupils.",
        "The column “DOL” is chosen for Leaving date and for Destination. Choose it once.",
    ]


def test_a_known_header_is_known_in_any_dress():
    assert is_known(" legal_SURNAME ")
    assert not is_known("Favourite colour")
    assert label(Kind.PUPILS, "upn") == "UPN"
