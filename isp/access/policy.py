"""THE GRID: standing by permission, as pure data. Deny by default: what is not written here is refused.

Rows are the matrix of the protection page (section 5.2) as far as this stage reaches. *Who* may act is
decided here; *when* an act is possible is a rule of the domain concerned. Conditional cells ("assigned",
"if shared") are not conditions here but ties: a teacher stands towards the pupils she teaches and towards
no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum

from isp.access.lenses import Label, Lens
from isp.people.roles import Role


class Standing(StrEnum):
    """How a person stands towards one pupil."""

    SENCO = "senco"
    DEPUTY_SENCO = "deputy_senco"
    SEN_ADMINISTRATOR = "sen_administrator"
    TEACHER = "class_teacher"
    ASSISTANT = "teaching_assistant"
    HEAD = "head"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    SCHOOL_OFFICE = "school_office"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    FORMER_SCHOOL = "former_school"
    PARENT = "parent"
    CARER = "carer"
    YOUNG_PERSON = "young_person"
    OFFICER = "authority_officer"
    AUTHORITY_MANAGER = "authority_manager"
    ADVISER = "psychologist_or_therapist"
    SOCIAL_WORKER = "social_worker"


class Permission(StrEnum):
    """What may be done towards a pupil: noun, then verb."""

    PUPIL_READ = "pupil_read"
    PUPIL_WRITE = "pupil_write"
    TIES_READ = "ties_read"
    TIES_WRITE = "ties_write"
    CONFIDENTIAL_READ = "confidential_read"
    RESTRICTION_WRITE = "restriction_write"
    MUST_KNOW_READ = "must_know_read"
    PLAN_READ = "plan_read"
    PLAN_VERSIONS_READ = "plan_versions_read"
    DRAFT_READ = "draft_read"
    DRAFT_WRITE = "draft_write"
    PLAN_PUBLISH = "plan_publish"
    PLAN_WITHDRAW = "plan_withdraw"
    WITHDRAWN_READ = "withdrawn_read"
    PLAN_END = "plan_end"
    HISTORY_READ = "history_read"
    LOOKS_READ = "looks_read"
    ASSESSMENT_REQUEST = "assessment_request"
    ASSESSMENT_READ = "assessment_read"
    ASSESSMENT_DECIDE = "assessment_decide"
    ASSESSMENT_ASSIGN = "assessment_assign"
    ASSESSMENT_APPEAL = "assessment_appeal"


class OrganisationPermission(StrEnum):
    """What may be done in an organisation, towards no pupil in particular."""

    STAFF_READ = "staff_read"
    STAFF_WRITE = "staff_write"
    HAND_OVER = "hand_over"
    PUPILS_IMPORT = "pupils_import"
    GROUPS_WRITE = "groups_write"
    CALENDAR_WRITE = "calendar_write"
    PAGES_WRITE = "pages_write"
    ORGANISATION_HISTORY_READ = "organisation_history_read"
    CASES_READ = "cases_read"


S, P = Standing, Permission

_PUPIL: dict[Permission, tuple[Standing, ...]] = {
    P.PUPIL_READ: tuple(Standing),
    P.PUPIL_WRITE: (S.SENCO, S.DEPUTY_SENCO, S.SEN_ADMINISTRATOR, S.SAFEGUARDING_LEAD, S.SCHOOL_OFFICE),
    P.TIES_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.SEN_ADMINISTRATOR,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.SCHOOL_OFFICE,
        S.DATA_PROTECTION_OFFICER,
    ),
    P.TIES_WRITE: (S.SENCO, S.DEPUTY_SENCO, S.SEN_ADMINISTRATOR, S.SAFEGUARDING_LEAD, S.SCHOOL_OFFICE),
    P.CONFIDENTIAL_READ: (S.SAFEGUARDING_LEAD,),
    P.RESTRICTION_WRITE: (S.SAFEGUARDING_LEAD, S.HEAD),
    P.MUST_KNOW_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.SEN_ADMINISTRATOR,
        S.TEACHER,
        S.ASSISTANT,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.SCHOOL_OFFICE,
        S.PARENT,
        S.CARER,
        S.YOUNG_PERSON,
    ),
    P.PLAN_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.SEN_ADMINISTRATOR,
        S.TEACHER,
        S.ASSISTANT,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.DATA_PROTECTION_OFFICER,
        S.FORMER_SCHOOL,
        S.PARENT,
        S.YOUNG_PERSON,
        S.OFFICER,
        S.AUTHORITY_MANAGER,
        S.ADVISER,
        S.SOCIAL_WORKER,
    ),
    P.PLAN_VERSIONS_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.SEN_ADMINISTRATOR,
        S.TEACHER,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.DATA_PROTECTION_OFFICER,
        S.FORMER_SCHOOL,
        S.PARENT,
        S.YOUNG_PERSON,
        S.OFFICER,
        S.AUTHORITY_MANAGER,
    ),
    P.DRAFT_READ: (S.SENCO, S.DEPUTY_SENCO, S.TEACHER, S.HEAD, S.SAFEGUARDING_LEAD),
    P.DRAFT_WRITE: (S.SENCO, S.DEPUTY_SENCO, S.TEACHER),
    P.PLAN_PUBLISH: (S.SENCO, S.DEPUTY_SENCO, S.HEAD),
    P.PLAN_WITHDRAW: (S.SENCO, S.DEPUTY_SENCO, S.HEAD, S.DATA_PROTECTION_OFFICER),
    P.WITHDRAWN_READ: (S.DATA_PROTECTION_OFFICER,),
    P.PLAN_END: (S.SENCO, S.DEPUTY_SENCO, S.HEAD),
    P.HISTORY_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.DATA_PROTECTION_OFFICER,
        S.PARENT,
        S.YOUNG_PERSON,
        S.OFFICER,
        S.AUTHORITY_MANAGER,
    ),
    P.LOOKS_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.DATA_PROTECTION_OFFICER,
        S.PARENT,
        S.YOUNG_PERSON,
    ),
    P.ASSESSMENT_REQUEST: (S.SENCO, S.DEPUTY_SENCO, S.HEAD, S.PARENT, S.YOUNG_PERSON),
    P.ASSESSMENT_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.SEN_ADMINISTRATOR,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.DATA_PROTECTION_OFFICER,
        S.PARENT,
        S.YOUNG_PERSON,
        S.OFFICER,
        S.AUTHORITY_MANAGER,
    ),
    P.ASSESSMENT_DECIDE: (S.OFFICER, S.AUTHORITY_MANAGER),
    P.ASSESSMENT_ASSIGN: (S.AUTHORITY_MANAGER,),
    P.ASSESSMENT_APPEAL: (S.PARENT, S.YOUNG_PERSON, S.OFFICER, S.AUTHORITY_MANAGER),
}

GRID: Mapping[Permission, frozenset[Standing]] = {
    permission: frozenset(_PUPIL.get(permission, ())) for permission in Permission
}

R, Q = Role, OrganisationPermission
_LEADERS = (R.SENCO, R.DEPUTY_SENCO, R.HEAD)

ORGANISATION_GRID: Mapping[OrganisationPermission, frozenset[Role]] = {
    Q.STAFF_READ: frozenset(
        {*_LEADERS, R.SEN_ADMINISTRATOR, R.SCHOOL_OFFICE, R.AUTHORITY_MANAGER, R.DATA_PROTECTION_OFFICER}
    ),
    Q.STAFF_WRITE: frozenset({*_LEADERS, R.SCHOOL_OFFICE, R.AUTHORITY_MANAGER}),
    Q.HAND_OVER: frozenset({*_LEADERS, R.AUTHORITY_MANAGER}),
    Q.PUPILS_IMPORT: frozenset({R.SENCO, R.DEPUTY_SENCO, R.SEN_ADMINISTRATOR, R.SCHOOL_OFFICE}),
    Q.GROUPS_WRITE: frozenset({R.SENCO, R.DEPUTY_SENCO, R.SEN_ADMINISTRATOR, R.SCHOOL_OFFICE}),
    Q.CALENDAR_WRITE: frozenset({*_LEADERS, R.SEN_ADMINISTRATOR, R.SCHOOL_OFFICE}),
    Q.PAGES_WRITE: frozenset({*_LEADERS, R.SCHOOL_OFFICE, R.AUTHORITY_MANAGER, R.DATA_PROTECTION_OFFICER}),
    Q.ORGANISATION_HISTORY_READ: frozenset({R.HEAD, R.DATA_PROTECTION_OFFICER, R.AUTHORITY_MANAGER}),
    Q.CASES_READ: frozenset({R.AUTHORITY_OFFICER, R.AUTHORITY_MANAGER}),
}

_SHARED = frozenset({Label.S0})
_DETAIL = frozenset({Label.S0, Label.S1})
_STAFF_ALL = Lens(labels=_DETAIL, staff=True, cost=True)
_STAFF = Lens(labels=_DETAIL, staff=True)
_MUST_KNOW = frozenset({"must_know"})

LENSES: Mapping[Standing, Lens] = {
    S.SENCO: _STAFF_ALL,
    S.DEPUTY_SENCO: _STAFF_ALL,
    S.SEN_ADMINISTRATOR: _STAFF,
    S.TEACHER: _STAFF,
    S.ASSISTANT: Lens(labels=_SHARED, staff=True),
    S.HEAD: Lens(labels=_SHARED, staff=True, cost=True),
    S.SAFEGUARDING_LEAD: _STAFF,
    S.SCHOOL_OFFICE: Lens(labels=_SHARED, staff=True, sections=_MUST_KNOW),
    S.DATA_PROTECTION_OFFICER: _STAFF,
    S.FORMER_SCHOOL: _STAFF,
    S.PARENT: Lens(labels=_DETAIL),
    S.CARER: Lens(labels=_SHARED, sections=_MUST_KNOW),
    S.YOUNG_PERSON: Lens(labels=_DETAIL),
    S.OFFICER: Lens(labels=_DETAIL),
    S.AUTHORITY_MANAGER: Lens(labels=_DETAIL),
    S.ADVISER: Lens(labels=_DETAIL),
    S.SOCIAL_WORKER: Lens(labels=_DETAIL),
}
"""What each standing reads the plan through. Several standings add up to the sum of their lenses."""

BY_GRANT: frozenset[Standing] = frozenset({S.OFFICER, S.AUTHORITY_MANAGER, S.ADVISER, S.SOCIAL_WORKER})
"""Standings that see only the versions granted to what opened their tie (a request, an advice task)."""


def may(standing: Standing, permission: Permission) -> bool:
    """The grid's answer."""
    return standing in GRID[permission]


def may_in_organisation(role: str, permission: OrganisationPermission) -> bool:
    """The grid's answer for an organisation's own affairs."""
    return role in ORGANISATION_GRID[permission]


def as_text() -> str:
    """The grid as a table that a non-programmer can review; the golden file of the tests."""
    lines = ["permission: who (everybody not named is refused)", ""]
    lines += [f"{p.value}: {', '.join(sorted(GRID[p])) or 'nobody'}" for p in sorted(Permission)]
    lines += ["", "in an organisation", ""]
    lines += [f"{p.value}: {', '.join(sorted(ORGANISATION_GRID[p]))}" for p in sorted(OrganisationPermission)]
    lines += ["", "lens: labels, staff-only words, costs, only these sections", ""]
    for standing in sorted(Standing):
        lens = LENSES[standing]
        only = ", ".join(sorted(lens.sections)) if lens.sections is not None else "all"
        lines.append(
            f"{standing.value}: {' '.join(sorted(lens.labels))}, staff words {_yes(lens.staff)}, "
            f"costs {_yes(lens.cost)}, sections {only}"
        )
    return "\n".join(lines) + "\n"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


DIGEST = hashlib.sha256(as_text().encode()).hexdigest()[:16]
"""Names the grid under which an act was allowed; every event carries it."""
