"""The office's files: read by the import that users use, without one row refused."""

from __future__ import annotations

from datetime import date

import pytest

from isp.demonstration.cast import cast
from isp.demonstration.files import KINDS, Export, exports
from isp.demonstration.rolls import AUTHORITIES
from isp.register.importing import contacts, groups, mapping, pupils, reading, staff
from isp.register.importing.cells import Parsed
from isp.register.importing.fields import Kind
from tests.demonstration.days import AN_ORDINARY_DAY, AWKWARD

NAMES = {authority.code: authority.name for authority in AUTHORITIES}


def sheet_of(export: Export) -> tuple[reading.Sheet, mapping.Columns]:
    sheet = reading.read(export.content, known=mapping.is_known)
    columns = mapping.guess(Kind(export.kind), sheet.headers)
    assert not sheet.problems
    assert mapping.check(Kind(export.kind), columns, sheet.headers) == []
    return sheet, columns


def export_of(school: str, kind: str, today: date = AN_ORDINARY_DAY) -> Export:
    return next(export for export in exports(today) if (export.school, export.kind) == (school, kind))


SCHOOLS = [school.key for school in cast(AN_ORDINARY_DAY).schools]


def test_every_school_has_every_file() -> None:
    found = [(export.school, export.kind) for export in exports(AN_ORDINARY_DAY)]
    assert found == [(school, kind) for school in SCHOOLS for kind in KINDS]


def test_dialects_differ() -> None:
    read = [reading.read(export_of(school, "pupils").content, known=mapping.is_known) for school in SCHOOLS]
    assert {sheet.delimiter for sheet in read} == {",", ";", "\t"}
    assert {sheet.encoding for sheet in read} == {"UTF-8", "UTF-16", "Windows-1252"}
    assert len({sheet.headers for sheet in read}) == 5


@pytest.mark.parametrize("school", SCHOOLS)
@pytest.mark.parametrize("today", [AN_ORDINARY_DAY, *AWKWARD])
def test_pupils_arrive_as_they_are(school: str, today: date) -> None:
    export = export_of(school, "pupils", today)
    sheet, columns = sheet_of(export)
    read = pupils.read_pupils(sheet, columns, today=today, authorities=NAMES)
    assert not read.refused
    assert not read.warnings
    arrived = {row.upn: row for row in read.records}
    expected = cast(today).pupils_of(school)
    assert len(arrived) == len(expected)
    for pupil in expected:
        row = arrived[pupil.upn]
        assert (row.legal_forename, row.legal_surname) == (pupil.forename, pupil.surname)
        if columns["preferred_forename"]:
            assert row.preferred_forename == (pupil.known_as or None)
        assert (row.born_on, row.sex, row.year_group) == (pupil.born_on, pupil.sex, pupil.year)
        assert (row.sen_status, row.primary_need or "") == (pupil.status, pupil.need)
        assert (row.secondary_need or "", row.home_authority) == (pupil.second_need, pupil.lives_in)
        assert (row.admitted_on, row.left_on) == (pupil.entered_on, pupil.leaves_on)
        assert row.class_name == (None if pupil.has_left(today) else pupil.class_name)


@pytest.mark.parametrize("school", SCHOOLS)
def test_staff_arrive_with_their_role(school: str) -> None:
    sheet, columns = sheet_of(export_of(school, "staff"))
    read = staff.read_staff(sheet, columns, today=AN_ORDINARY_DAY)
    assert not read.refused
    assert not read.warnings
    arrived = {row.email: row for row in read.records}
    expected = [member for member in cast(AN_ORDINARY_DAY).staff if member.place == school]
    assert len(arrived) == len(expected)
    for member in expected:
        row = arrived[member.email]
        assert [staff.ROLES[role] for role in row.roles] == [member.role]
        assert (row.name, row.started_on, row.left_on) == (member.name, member.starts_on, member.ends_on)


@pytest.mark.parametrize("school", SCHOOLS)
def test_groups_arrive_with_everybody_in_them(school: str) -> None:
    sheet, columns = sheet_of(export_of(school, "groups"))
    read = groups.read_groups(sheet, columns, today=AN_ORDINARY_DAY)
    all_taken(read)
    everybody = cast(AN_ORDINARY_DAY)
    for group in everybody.groups:
        if group.school == school:
            rows = [row for row in read.records if row.group == group.name]
            assert {row.upn for row in rows} - {None} == {everybody.pupil(p).upn for p in group.pupils}
            assert {row.email for row in rows} - {None} == {everybody.member(s).email for s in group.staff}
            assert {row.kind for row in rows} <= {"class", "registration", "teaching"}


@pytest.mark.parametrize("school", SCHOOLS)
def test_contacts_arrive_with_their_responsibility(school: str) -> None:
    sheet, columns = sheet_of(export_of(school, "contacts"))
    read = contacts.read_contacts(sheet, columns, today=AN_ORDINARY_DAY)
    all_taken(read)
    everybody = cast(AN_ORDINARY_DAY)
    expected = {
        (everybody.pupil(tie.pupil).upn, guardian.email): tie
        for pupil in everybody.pupils_of(school)
        for guardian, tie in everybody.families_of(pupil.id)
    }
    assert {(row.upn, row.email) for row in read.records} == set(expected)
    for row in read.records:
        tie = expected[row.upn or "", row.email or ""]
        assert (row.parental_responsibility, row.has_care) == (tie.parental_responsibility, tie.care)
        assert (row.court_order or "") == tie.restriction


def test_the_address_that_must_stay_hidden_is_marked() -> None:
    sheet, columns = sheet_of(export_of("tidewater", "contacts"))
    read = contacts.read_contacts(sheet, columns, today=AN_ORDINARY_DAY)
    assert [row.relationship for row in read.records if row.address_confidential] == ["Mother"]


def all_taken(read: Parsed[groups.GroupRow] | Parsed[contacts.ContactRow]) -> None:
    assert not read.refused
    assert not read.warnings
