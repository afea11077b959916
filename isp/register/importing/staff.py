"""A row of a staff file, understood. The e-mail address is the key: it is what a colleague signs in with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from isp.register.importing.cells import Cells, Parsed, parse
from isp.register.importing.dates import in_words
from isp.register.importing.reading import Sheet

ROLES = {
    "senco": "SENCO",
    "deputy_senco": "deputy SENCO",
    "sen_administrator": "SEN administrator",
    "class_teacher": "class teacher",
    "teaching_assistant": "teaching assistant",
    "head": "head",
    "safeguarding_lead": "safeguarding lead",
    "school_office": "school office",
    "data_protection_officer": "data protection officer",
}

# These see, or may change, more than a class: a file that gives one of them says so in a sentence of its own.
WIDE_ROLES = frozenset({"senco", "deputy_senco", "head", "safeguarding_lead", "data_protection_officer"})

# Job titles as staff lists write them. A title that only resembles one of these ("head of year", "deputy
# head") stands here only if its holder does that job's work in the plan; else it is not known, and gives
# nothing.
_TITLES = {
    "senco": "senco sendco sencoordinator sendcoordinator specialeducationalneedscoordinator "
    "inclusionmanager inclusionlead inclusionleader directorofinclusion headofsen headofsend "
    "headofinclusion senlead sendlead "
    "specialeducationalneedsanddisabilitiescoordinator",
    "deputy_senco": "deputysenco deputysendco assistantsenco assistantsendco assistantsencoordinator",
    "sen_administrator": "senadministrator sendadministrator senadmin sendadmin sencoassistant sensecretary "
    "inclusionadministrator sencoadministrator senadministrativeassistant",
    "class_teacher": "classteacher teacher subjectteacher qualifiedteacher classroomteacher formtutor tutor "
    "supplyteacher ect earlycareerteacher nqt lecturer mainscaleteacher teachermainscale nurseryteacher "
    "unqualifiedteacher leadpractitioner headofyear headofdepartment yearlead phaseleader phaselead "
    "assistanthead assistantheadteacher keystageleader",
    "teaching_assistant": "teachingassistant ta lsa learningsupportassistant hlta "
    "higherlevelteachingassistant teachingassistanthlta learningsupport classroomassistant nurserynurse "
    "specialneedsassistant sna senassistant senteachingassistant 1to1 1to1ta keyworker "
    "earlyyearspractitioner nurserypractitioner learningmentor learningsupportpractitioner coverassistant",
    "head": "head headteacher principal executivehead executiveheadteacher headofschool actinghead "
    "actingheadteacher interimhead interimheadteacher headofcentre nurserymanager",
    "safeguarding_lead": "safeguardinglead designatedsafeguardinglead dsl safeguardingofficer "
    "designatedsafeguardingofficer childprotectionofficer deputydsl deputysafeguardinglead ddsl "
    "deputydesignatedsafeguardinglead",
    "school_office": "schooloffice office officemanager schooladministrator administrator admin "
    "administrativeassistant adminassistant schoolsecretary secretary receptionist officeadministrator "
    "datamanager datamanagerofficer admissionsofficer clericalassistant adminofficer",
    "data_protection_officer": "dataprotectionofficer dpo dataprotectionlead",
}
_ROLE_OF = {title: role for role, titles in _TITLES.items() for title in titles.split()}
_BETWEEN = re.compile(r"[/;,|+\n]|\s&\s|\band\b")


@dataclass(frozen=True, slots=True)
class StaffRow:
    """What one line says about one colleague. `email` is in small letters; `roles` are keys of ROLES.

    An empty set of roles means that the file names none we know.
    """

    line: int
    name: str
    email: str
    roles: frozenset[str] = frozenset()
    started_on: date | None = None
    left_on: date | None = None


def roles_of(text: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The roles a job title names, and the parts of it that name none: "SENCO / Caretaker"."""
    plain = _plain(text)
    if plain in _ROLE_OF:
        return frozenset({_ROLE_OF[plain]}), ()
    roles: set[str] = set()
    unknown: list[str] = []
    for part in (piece.strip() for piece in _BETWEEN.split(text)):
        if not part:
            continue
        role = _ROLE_OF.get(_plain(part))
        if role:
            roles.add(role)
        else:
            unknown.append(part)
    return frozenset(roles), tuple(unknown)


def _plain(text: str) -> str:
    # "Teacher of Maths" and "Teacher - Year 4" are teachers; what follows does not change who may see what.
    text = re.sub(r"^(class |subject )?teacher\s*(of|-|–|\().*$", "teacher", text.casefold().strip())
    return re.sub(r"[\W_]", "", text).replace("coordinater", "coordinator")


def read_staff(sheet: Sheet, columns: Mapping[str, str | None], *, today: date) -> Parsed[StaffRow]:
    """The colleagues of a sheet. `columns` has passed mapping.check."""
    return parse(sheet, columns, lambda cells: _member(cells, today))


def _member(cells: Cells, today: date) -> StaffRow | None:
    name = _name(cells)
    email = cells.email("email")
    if email is None and not cells.problems:
        cells.refuse("email", "there is no e-mail address, and nobody can sign in without one. Fill it in.")
    roles, unknown = roles_of(cells.word("roles") or "")
    for title in unknown:
        cells.warn("roles", f"“{title}” is not a role we know, so it gives no access. Give one in Settings.")
    started_on, left_on = cells.day("started_on", today=today), cells.day("left_on", today=today)
    if started_on and left_on and left_on < started_on:
        cells.refuse("left_on", f"{in_words(left_on)} is before the start date. One of them is wrong.")
    if cells.problems or name is None or email is None:
        return None
    return StaffRow(cells.line, name, email, roles, started_on, left_on)


def _name(cells: Cells) -> str | None:
    forename, surname, whole = cells.name("forename"), cells.name("surname"), cells.name("name")
    if forename and surname:
        return f"{forename} {surname}"
    if whole:
        # "Surname, Forename" is how payrolls sort people; with two commas or more nobody can tell.
        parts = [part.strip() for part in whole.split(",")]
        return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else whole
    if not cells.problems:
        cells.refuse("surname" if forename else "forename", "the name is not complete. Fill it in.")
    return None
