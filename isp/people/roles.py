"""The roles a person may hold in an organisation, and the sentence each is shown as. Pure data."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A role held by membership; standing towards a pupil follows from it and a tie, in ``access``."""

    SENCO = "senco"
    DEPUTY_SENCO = "deputy_senco"
    SEN_ADMINISTRATOR = "sen_administrator"
    CLASS_TEACHER = "class_teacher"
    TEACHING_ASSISTANT = "teaching_assistant"
    HEAD = "head"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    SCHOOL_OFFICE = "school_office"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    COLLEAGUE = "colleague"
    """On the school's staff, with no sight of any record."""
    AUTHORITY_OFFICER = "authority_officer"
    AUTHORITY_MANAGER = "authority_manager"
    PSYCHOLOGIST_OR_THERAPIST = "psychologist_or_therapist"
    SOCIAL_WORKER = "social_worker"


WORDS: dict[str, str] = {
    Role.SENCO: "SENCO",
    Role.DEPUTY_SENCO: "Deputy SENCO",
    Role.SEN_ADMINISTRATOR: "SEN administrator",
    Role.CLASS_TEACHER: "Class teacher",
    Role.TEACHING_ASSISTANT: "Teaching assistant",
    Role.HEAD: "Head teacher",
    Role.SAFEGUARDING_LEAD: "Safeguarding lead",
    Role.SCHOOL_OFFICE: "School office",
    Role.DATA_PROTECTION_OFFICER: "Data protection officer",
    Role.COLLEAGUE: "Colleague",
    Role.AUTHORITY_OFFICER: "SEN case officer",
    Role.AUTHORITY_MANAGER: "SEN manager",
    Role.PSYCHOLOGIST_OR_THERAPIST: "Educational psychologist or therapist",
    Role.SOCIAL_WORKER: "Social worker",
    "parent": "Parent or carer",
    "carer": "Carer",
    "young_person": "Young person",
    "quality_auditor": "Quality assurance auditor",
    "operator": "Operator",
}

SCHOOL_ROLES: frozenset[Role] = frozenset(
    {
        Role.SENCO,
        Role.DEPUTY_SENCO,
        Role.SEN_ADMINISTRATOR,
        Role.CLASS_TEACHER,
        Role.TEACHING_ASSISTANT,
        Role.HEAD,
        Role.SAFEGUARDING_LEAD,
        Role.SCHOOL_OFFICE,
        Role.DATA_PROTECTION_OFFICER,
        Role.COLLEAGUE,
    }
)
AUTHORITY_ROLES: frozenset[Role] = frozenset(
    {
        Role.AUTHORITY_OFFICER,
        Role.AUTHORITY_MANAGER,
        Role.PSYCHOLOGIST_OR_THERAPIST,
        Role.SOCIAL_WORKER,
        Role.DATA_PROTECTION_OFFICER,
    }
)


def words(role: str) -> str:
    """How a role (or a standing of the same name) is shown to people."""
    return WORDS.get(role, role.replace("_", " ").capitalize())
