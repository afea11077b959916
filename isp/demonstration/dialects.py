"""How five offices export the same things: each school system has its own headers, dates and marks.

No two are alike on purpose, so that the demonstration tries what a real import meets: a byte order mark,
Windows-1252, UTF-16, commas, semicolons and tabs, a title above the headers, five ways to write a date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Dialect:
    """How one system writes. `headers` are by kind of file and our name for the column, in the file's order;
    `years` turns a year group into the system's words, `statuses` N, K and E.
    """

    encoding: str
    delimiter: str
    day: Callable[[date], str]
    headers: Mapping[str, Mapping[str, str]]
    years: Callable[[str], str]
    statuses: Mapping[str, str]
    sexes: Mapping[str, str]
    yes: str
    no: str
    kinds: Mapping[str, str]
    needs: Callable[[str], str] = str
    titled: bool = False


def _slashes(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _month_in_letters(day: date) -> str:
    return f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year}"


def _dots(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def _with_midnight(day: date) -> str:
    return f"{day.isoformat()} 00:00:00"


def _words(year: str) -> str:
    return {"R": "Reception", "N1": "Nursery 1", "N2": "Nursery 2"}.get(year, f"Year {year}")


def _short(year: str) -> str:
    return {"R": "Rec"}.get(year, f"Yr {year}")


def _with_label(code: str) -> str:
    labels = {"SPLD": "Specific learning difficulty", "SEMH": "Social, emotional and mental health"}
    return f"{code} - {labels[code]}" if code in labels else code


_LETTERS = {"M": "M", "F": "F"}
_WORDS_OF_SEX = {"M": "Male", "F": "Female"}
_CODES = {"N": "N", "K": "K", "E": "E"}

DIALECTS: dict[str, Dialect] = {
    # Headers as in SIMS reports; the mark that Excel asks for.
    "sims": Dialect(
        encoding="utf-8-sig",
        delimiter=",",
        day=_slashes,
        headers={
            "pupils": {
                "admission_number": "Adno",
                "upn": "UPN",
                "surname": "Legal Surname",
                "forename": "Legal Forename",
                "middle": "Middle Name(s)",
                "known_as": "Preferred Forename",
                "born_on": "DOB",
                "sex": "Gender",
                "year": "Year taught in",
                "class_name": "Reg Group",
                "status": "SEN Status",
                "need": "SEN Type 1",
                "second_need": "SEN Type 2",
                "entered_on": "DOA",
                "leaves_on": "DOL",
                "leaving_reason": "Reason for leaving",
                "lives_in": "Home LA",
            },
            "staff": {
                "surname": "Surname",
                "forename": "Forename",
                "title": "Title",
                "post": "Post",
                "email": "Work Email",
                "starts_on": "Employment Start",
                "ends_on": "Employment End",
            },
            "groups": {
                "name": "Class",
                "kind": "Group Type",
                "email": "Teacher email",
                "upn": "UPN",
                "starts_on": "Start Date",
            },
            "contacts": {
                "upn": "UPN",
                "priority": "Priority",
                "title": "Contact Title",
                "forename": "Contact Forename",
                "surname": "Contact Surname",
                "relationship": "Relationship",
                "parental_responsibility": "Parental Responsibility",
                "care": "Lives with",
                "email": "Contact Email",
                "telephone": "Contact Telephone",
                "address": "Contact Address",
                "confidential": "Address confidential",
                "restriction": "Court Order",
            },
        },
        years=str,
        statuses=_CODES,
        sexes=_LETTERS,
        yes="Y",
        no="N",
        kinds={"class": "Registration", "teaching group": "Set"},
    ),
    # Headers as in Arbor's custom reports; no mark, ISO dates, words for codes.
    "arbor": Dialect(
        encoding="utf-8",
        delimiter=",",
        day=date.isoformat,
        headers={
            "pupils": {
                "forename": "Legal first name",
                "surname": "Legal last name",
                "known_as": "Preferred first name",
                "upn": "Unique Pupil Number",
                "born_on": "Date of birth",
                "sex": "Legal sex",
                "year": "Year group",
                "class_name": "Registration form",
                "status": "SEN status",
                "need": "SEN need 1",
                "second_need": "SEN need 2",
                "entered_on": "Enrolment start date",
                "leaves_on": "Enrolment end date",
                "leaving_reason": "Leaving reason",
                "lives_in": "Home local authority",
            },
            "staff": {
                "forename": "Legal first name",
                "surname": "Legal last name",
                "email": "Default email",
                "post": "Business role",
                "starts_on": "Start date",
                "ends_on": "End date",
            },
            "groups": {
                "name": "Course",
                "kind": "Type",
                "subject": "Subject",
                "email": "Lead teacher email",
                "upn": "Student UPN",
                "starts_on": "From",
            },
            "contacts": {
                "upn": "Student UPN",
                "forename": "Guardian first name",
                "surname": "Guardian last name",
                "relationship": "Relationship to student",
                "parental_responsibility": "Legal responsibility",
                "care": "Lives with student",
                "email": "Primary email",
                "telephone": "Mobile number",
                "confidential": "Confidential address",
                "restriction": "Court order notes",
            },
        },
        years=_words,
        statuses={"N": "No SEN", "K": "SEN support", "E": "Education, health and care plan"},
        sexes=_WORDS_OF_SEX,
        yes="Yes",
        no="No",
        kinds={"class": "Form", "teaching group": "Course"},
    ),
    # Headers as in Bromcom's list reports, saved by a spreadsheet set to European ways.
    "bromcom": Dialect(
        encoding="cp1252",
        delimiter=";",
        day=_month_in_letters,
        headers={
            "pupils": {
                "surname": "Student Surname",
                "forename": "Student Forename",
                "known_as": "Known as",
                "born_on": "Date of Birth",
                "upn": "Student UPN",
                "sex": "Sex",
                "year": "Yr Grp",
                "class_name": "Tutor Grp",
                "status": "SEN Code",
                "need": "SEN Type Rank 1",
                "second_need": "SEN Type Rank 2",
                "entered_on": "Date joined",
                "leaves_on": "Date left",
                "lives_in": "Home LA code",
            },
            "staff": {
                "name": "Staff Name",
                "post": "Job title",
                "email": "Staff Email",
                "starts_on": "Service start date",
                "ends_on": "Service end date",
            },
            "groups": {
                "name": "Class name",
                "kind": "Class type",
                "email": "Tutor email",
                "upn": "Student UPN",
                "starts_on": "Member from",
            },
            "contacts": {
                "upn": "Student UPN",
                "name": "Contact full name",
                "relationship": "Contact type",
                "parental_responsibility": "PR",
                "care": "Same address",
                "email": "Contact email",
                "telephone": "Contact phone",
                "restriction": "Court orders",
            },
        },
        years=_short,
        statuses=_CODES,
        sexes=_LETTERS,
        yes="TRUE",
        no="FALSE",
        kinds={"class": "Tutor group", "teaching group": "Set"},
        needs=_with_label,
    ),
    # A list kept by hand: a title above the headers, words throughout.
    "nursery": Dialect(
        encoding="utf-8",
        delimiter=",",
        day=_dots,
        headers={
            "pupils": {
                "full_name": "Name",
                "upn": "UPN",
                "born_on": "Birthday",
                "sex": "Sex",
                "year": "Year group",
                "class_name": "Class",
                "status": "SEN",
                "need": "SEN need",
                "second_need": "SEN need 2",
                "entered_on": "Start date",
                "leaves_on": "Leaving date",
                "lives_in": "Home authority",
            },
            "staff": {
                "name": "Name",
                "post": "Role",
                "email": "Email",
                "starts_on": "Started",
                "ends_on": "Left",
            },
            "groups": {
                "name": "Group",
                "kind": "Kind",
                "email": "Staff email",
                "upn": "UPN",
                "starts_on": "From",
            },
            "contacts": {
                "upn": "Child UPN",
                "name": "Parent name",
                "relationship": "Relationship to pupil",
                "parental_responsibility": "PR",
                "care": "Lives with child",
                "email": "Parent email",
                "telephone": "Phone",
            },
        },
        years=_words,
        statuses={"N": "None", "K": "SEN Support", "E": "EHCP"},
        sexes={"M": "Boy", "F": "Girl"},
        yes="yes",
        no="no",
        kinds={"class": "Class", "teaching group": "Set"},
        titled=True,
    ),
    # What a spreadsheet calls "Unicode text", with the midnight that databases add to a day.
    "college": Dialect(
        encoding="utf-16",
        delimiter="\t",
        day=_with_midnight,
        headers={
            "pupils": {
                "surname": "Learner last name",
                "forename": "Learner first name",
                "known_as": "Chosen first name",
                "born_on": "Date of birth",
                "upn": "UPN",
                "sex": "Legal sex",
                "year": "NC year actual",
                "class_name": "Tutor group",
                "status": "SEN provision",
                "need": "Primary SEN type",
                "second_need": "Secondary SEN type",
                "entered_on": "Enrolment start date",
                "leaves_on": "Enrolment end date",
                "lives_in": "Home LA",
            },
            "staff": {
                "forename": "First name",
                "surname": "Last name",
                "post": "Post title",
                "email": "Email address",
                "starts_on": "Contract start date",
                "ends_on": "Contract end date",
            },
            "groups": {
                "name": "Group code",
                "kind": "Group kind",
                "email": "Tutor email",
                "upn": "UPN",
                "starts_on": "Effective from",
            },
            "contacts": {
                "upn": "UPN",
                "forename": "Contact first name",
                "surname": "Contact last name",
                "relationship": "Relationship",
                "parental_responsibility": "Has parental responsibility",
                "care": "Shared residence",
                "email": "Contact email address",
                "telephone": "Contact mobile",
            },
        },
        years=str,
        statuses=_CODES,
        sexes=_WORDS_OF_SEX,
        yes="1",
        no="0",
        kinds={"class": "Tutor group", "teaching group": "Set"},
    ),
}
