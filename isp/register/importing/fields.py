"""The fields we can take from a file, and the names their columns go by in the systems schools use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a file is a list of."""

    PUPILS = "pupils"
    STAFF = "staff"
    GROUPS = "groups"
    CONTACTS = "contacts"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing we can take from a file. `names` are the column names it goes by, the likeliest first."""

    key: str
    label: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """At least one of these fields needs a column; `sentence` says so."""

    any_of: tuple[str, ...]
    sentence: str


def plain(text: str) -> str:
    """A header without case, spaces and punctuation: "Legal Surname" and "legal_surname" are one."""
    return re.sub(r"[\W_]", "", text.casefold())


def _field(key: str, label: str, names: str) -> Field:
    return Field(key, label, tuple(dict.fromkeys((plain(label), *(plain(n) for n in names.split(","))))))


# Names seen in exports of SIMS, Arbor, Bromcom, ScholarPack, iSAMS, ESS and in the DfE's own tables.
FIELDS: dict[Kind, tuple[Field, ...]] = {
    Kind.PUPILS: (
        _field("upn", "UPN", "unique pupil number, current upn, pupil upn, student upn, permanent upn"),
        _field("former_upn", "Former UPN", "previous upn, old upn, temporary upn"),
        _field("uln", "ULN", "unique learner number"),
        _field(
            "legal_forename",
            "Legal forename",
            "legal first name, legal given name, forename, forenames, first name, first names, given name,"
            "pupil forename, student forename, pupil first name, student first name, learner first name",
        ),
        _field(
            "legal_surname",
            "Legal surname",
            "legal last name, legal family name, surname, last name, family name, pupil surname,"
            "student surname, pupil last name, student last name, learner last name",
        ),
        _field(
            "preferred_forename",
            "Preferred forename",
            "preferred first name, preferred name, preferred given name,"
            "chosen name, chosen first name, known as,"
            "known name, forename, first name",
        ),
        _field(
            "preferred_surname",
            "Preferred surname",
            "preferred last name, preferred family name, chosen surname,chosen last name, surname, last name",
        ),
        _field(
            "full_name",
            "Full name (surname, forename)",
            "full name, name, pupil, pupil name,"
            "student, student name, learner name, legal name, legal full name",
        ),
        _field("born_on", "Date of birth", "dob, d o b, birth date, birthdate, birthday, date birth, born"),
        _field(
            "year_group",
            "Year group",
            "year, yr, yr grp, year grp, ncy, nc year, nc year actual, ncyactual, ncyearactual,"
            "national curriculum year, national curriculum year group, curriculum year, year taught in,"
            "current year group, actual nc year, nat curr year, current nc year",
        ),
        _field("sex", "Sex", "gender, legal sex, sex at birth, gendercurrent, m f"),
        _field(
            "sen_status",
            "SEN status",
            "sen, sen provision, senprovision, sen code,"
            "sen status code, current sen status, send status, send,"
            "sen stage, sen category, sen provision code, sen provision type, special needs status",
        ),
        _field(
            "primary_need",
            "Primary need",
            "sen primary need, primary sen need, primary sen type,"
            "primary sen, sen type, sen type 1, sentype1,"
            "sen need, sen need 1, need type, need type 1, need 1, sen need type, primary sen need type,"
            "sen type rank 1, sen needs, primary type of need, primary special need, sen primary need type",
        ),
        _field(
            "secondary_need",
            "Secondary need",
            "sen secondary need, secondary sen need, secondary sen type,"
            "secondary sen, sen type 2, sentype2,"
            "sen need 2, need type 2, need 2,"
            "secondary sen need type, sen type rank 2, secondary type of need,"
            "secondary special need, sen secondary need type",
        ),
        _field(
            "class_name",
            "Class or registration group",
            "reg group, registration group, registration form, reg, reg form, form, form group, form class,"
            "tutor group, class, class name, current class, registration class, reg grp, tutor grp",
        ),
        _field(
            "admitted_on",
            "Admission date",
            "date of admission, doa, admitted, admitted on,"
            "date admitted, entry date, date of entry, enrolment date,"
            "enrolment start date, start date, date joined, joined, date started, enrolled from",
        ),
        _field(
            "left_on",
            "Leaving date",
            "date of leaving, dol, leave date, left,"
            "left on, date left, leaver date, end date, enrolment end date,"
            "date of exit, exit date, enrolled until",
        ),
        _field(
            "leaving_reason", "Leaving reason", "reason for leaving,reason left, leaver reason, leaving code"
        ),
        _field(
            "destination",
            "Destination",
            "destination school, destination establishment, next school, new school, leaving destination,"
            "destination after leaving, school leaving to",
        ),
        _field(
            "home_authority",
            "Home local authority",
            "home la, home lea, home la code, home authority, home local authority code, home la name,"
            "responsible authority, responsible la, la of residence, home address la",
        ),
    ),
    Kind.STAFF: (
        _field(
            "name", "Name", "full name, staff name, staff member, employee name, teacher name, display name"
        ),
        _field(
            "forename",
            "Forename",
            "first name, given name, preferred forename, preferred first name, preferred name, known as,"
            "staff forename, legal forename, legal first name, employee forename, chosen first name",
        ),
        _field(
            "surname",
            "Surname",
            "last name, family name, preferred surname, preferred last name, staff surname, legal surname,"
            "legal last name, employee surname, chosen surname",
        ),
        _field(
            "email",
            "E-mail",
            "email address, work email, work email address,"
            "school email, staff email, email work, main email,"
            "primary email, default email, employee email",
        ),
        _field(
            "roles",
            "Role",
            "roles, job title, post, post title, position, job, current role, staff role, role in school,"
            "business role, responsibility, responsibilities, job role, user role",
        ),
        _field(
            "started_on",
            "Start date",
            "started, started on, date started,"
            "employment start date, employment start, date of employment,"
            "contract start date, date joined, service start date, post start date",
        ),
        _field(
            "left_on",
            "Leaving date",
            "leave date, date of leaving, left, left on, end date, employment end date, employment end,"
            "contract end date, date left, service end date, post end date",
        ),
    ),
    Kind.GROUPS: (
        _field(
            "group",
            "Group",
            "group name, class, class name, teaching group, teaching group name, class code, set, set name,"
            "course, course name, reg group, registration group, group code, class group",
        ),
        _field("kind", "Kind of group", "kind, group type, type, class type, group kind"),
        _field("subject", "Subject", "subject name, curriculum subject, course subject"),
        _field(
            "email",
            "Staff e-mail",
            "staff email, staff email address, teacher email, teacher email address, main teacher email,"
            "class teacher email, email, email address, tutor email, supervisor email, lead teacher email",
        ),
        _field("upn", "UPN", "unique pupil number, pupil upn, student upn, current upn"),
        _field(
            "from_on",
            "From",
            "from date, start date, start, date from,membership start, member from, effective from, joined",
        ),
        _field(
            "to_on",
            "To",
            "to date, until, end date, end, date to, membership end, member to, effective to, date left",
        ),
    ),
    Kind.CONTACTS: (
        _field(
            "upn", "Pupil’s UPN", "upn, pupil upn, student upn, unique pupil number, child upn, current upn"
        ),
        _field(
            "pupil_forename",
            "Pupil’s forename",
            "pupil forename, pupil first name, student forename, student first name, child forename,"
            "child first name, legal forename, legal first name, pupil legal forename",
        ),
        _field(
            "pupil_surname",
            "Pupil’s surname",
            "pupil surname, pupil last name, student surname, student last name, child surname,"
            "child last name, legal surname, legal last name, pupil legal surname",
        ),
        _field(
            "pupil_born_on",
            "Pupil’s date of birth",
            "date of birth, dob, pupil dob,"
            "student dob, pupil date of birth, student date of birth, child dob",
        ),
        _field(
            "name",
            "Contact’s name",
            "contact name, contact full name, contact,"
            "parent name, carer name, guardian name, parent carer name,"
            "parent guardian name, full contact name, contact salutation name",
        ),
        _field(
            "forename",
            "Contact’s forename",
            "contact forename, contact first name, parent forename, parent first name, guardian first name,"
            "contact given name, guardian forename",
        ),
        _field(
            "surname",
            "Contact’s surname",
            "contact surname, contact last name, parent surname, parent last name, guardian last name,"
            "contact family name, guardian surname",
        ),
        _field(
            "relationship",
            "Relationship",
            "relation, relationship to pupil,"
            "relationship to student, relation to pupil, contact relationship,"
            "relation to student, relation to child,"
            "contact type, relationship type, contact relationship type",
        ),
        _field(
            "parental_responsibility",
            "Parental responsibility",
            "pr, has parental responsibility, parental resp,"
            "has pr, legal responsibility, parental responsib,"
            "parental responsibility flag, contact parental responsibility",
        ),
        _field(
            "has_care",
            "Pupil lives with them",
            "lives with, has care, resident with pupil, lives with pupil, lives with student, same address,"
            "shares address, at same address, resides with, contact lives with, lives with child,"
            "contact lives with pupil, shared residence",
        ),
        _field(
            "email",
            "E-mail",
            "email address, contact email, contact email address, primary email, main email, home email,"
            "parent email, contact primary email, parent email address",
        ),
        _field(
            "phone",
            "Telephone",
            "phone, phone number, telephone number, mobile, mobile number, mobile phone, contact telephone,"
            "contact phone, contact mobile, main telephone, primary phone, home telephone, day telephone,"
            "contact phone number, primary telephone",
        ),
        _field(
            "address_confidential",
            "Address is confidential",
            "address confidential, confidential address, confidential, address withheld, withhold address,"
            "do not disclose address, address not to be disclosed, address restricted",
        ),
        _field(
            "court_order",
            "Court order",
            "court order notes, court order note, court orders, court order details, legal notes,"
            "has court order, legal restrictions, contact court order, court order information",
        ),
        _field(
            "from_on", "From", "from date, start date,effective from, date from, contact from, contact start"
        ),
        _field("to_on", "To", "to date, end date, effective to, date to, until, contact to, contact end"),
    ),
}

REQUIRED: dict[Kind, tuple[Requirement, ...]] = {
    Kind.PUPILS: (
        Requirement(("legal_surname", "preferred_surname", "full_name"), "the pupil’s surname"),
        Requirement(("legal_forename", "preferred_forename", "full_name"), "the pupil’s forename"),
        Requirement(("born_on",), "the date of birth"),
        Requirement(("year_group",), "the year group"),
    ),
    Kind.STAFF: (
        Requirement(("name", "surname"), "the person’s name"),
        Requirement(("name", "forename"), "the person’s forename"),
        Requirement(("email",), "the e-mail address"),
    ),
    Kind.GROUPS: (
        Requirement(("group",), "the group’s name"),
        Requirement(
            ("upn", "email"), "who is in the group: the pupil’s UPN, the staff e-mail address, or both"
        ),
    ),
    Kind.CONTACTS: (
        Requirement(("upn", "pupil_surname"), "the pupil’s UPN (or name and date of birth)"),
        Requirement(("upn", "pupil_forename"), "the pupil’s UPN (or name and date of birth)"),
        Requirement(("upn", "pupil_born_on"), "the pupil’s UPN (or name and date of birth)"),
        Requirement(("name", "surname"), "the contact’s name"),
        Requirement(("relationship",), "the relationship to the pupil"),
    ),
}


def label(kind: Kind, key: str) -> str:
    """What we call a field, for pages and sentences."""
    return next(field.label for field in FIELDS[kind] if field.key == key)
