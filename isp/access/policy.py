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
    PLAN_PRINT = "plan_print"
    DRAFT_READ = "draft_read"
    DRAFT_WRITE = "draft_write"
    PLAN_PUBLISH = "plan_publish"
    PLAN_WITHDRAW = "plan_withdraw"
    WITHDRAWN_READ = "withdrawn_read"
    PLAN_END = "plan_end"
    PLAN_COUNTERSIGN = "plan_countersign"
    SECTION_GIVE = "section_give"
    QUESTIONS_ASK = "questions_ask"
    ANSWERS_READ = "answers_read"
    ANSWERS_WRITE = "answers_write"
    NOTES_READ = "notes_read"
    NOTES_WRITE = "notes_write"
    NOTES_WITHDRAW = "notes_withdraw"
    DOCUMENT_READ = "document_read"
    DOCUMENT_WRITE = "document_write"
    DOCUMENT_SEND = "document_send"
    DOCUMENT_WITHDRAW = "document_withdraw"
    REVIEW_READ = "review_read"
    REVIEW_PLAN = "review_plan"
    REVIEW_WRITE = "review_write"
    REVIEW_CLOSE = "review_close"
    HISTORY_READ = "history_read"
    RESTRICTED_HISTORY_READ = "restricted_history_read"
    RESTRICTED_HISTORY_READ_BY_TWO = "restricted_history_read_by_two"
    RESTRICTED_HISTORY_AGREE = "restricted_history_agree"
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
    SHEET_CONFIRM = "sheet_confirm"
    SHEET_READERS_READ = "sheet_readers_read"
    EARLIER_PLANS_BRING = "earlier_plans_bring"
    CALENDAR_WRITE = "calendar_write"
    PAGES_WRITE = "pages_write"
    ORGANISATION_HISTORY_READ = "organisation_history_read"
    CASES_READ = "cases_read"
    REVIEWS_SAMPLE = "reviews_sample"
    BANK_READ = "bank_read"
    BANK_WRITE = "bank_write"
    COSTS_READ = "costs_read"
    COUNTERSIGN_RULE_WRITE = "countersign_rule_write"


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
    P.PLAN_PRINT: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.SEN_ADMINISTRATOR,
        S.TEACHER,
        S.ASSISTANT,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.PARENT,
        S.YOUNG_PERSON,
        # What was released for the case, and with a purpose code (access.purposes).
        S.OFFICER,
    ),
    P.DRAFT_READ: (S.SENCO, S.DEPUTY_SENCO, S.TEACHER, S.HEAD, S.SAFEGUARDING_LEAD),
    P.DRAFT_WRITE: (S.SENCO, S.DEPUTY_SENCO, S.TEACHER),
    P.PLAN_PUBLISH: (S.SENCO, S.DEPUTY_SENCO, S.HEAD),
    P.PLAN_WITHDRAW: (S.SENCO, S.DEPUTY_SENCO, S.HEAD, S.DATA_PROTECTION_OFFICER),
    P.WITHDRAWN_READ: (S.DATA_PROTECTION_OFFICER,),
    P.PLAN_END: (S.SENCO, S.DEPUTY_SENCO, S.HEAD),
    P.PLAN_COUNTERSIGN: (S.SENCO, S.HEAD),
    P.SECTION_GIVE: (S.SENCO, S.DEPUTY_SENCO),
    P.QUESTIONS_ASK: (S.SENCO, S.DEPUTY_SENCO),
    # A colleague's answers are read by those who answer for the plan, and at a review by whoever leads it.
    P.ANSWERS_READ: (S.SENCO, S.DEPUTY_SENCO, S.HEAD, S.SAFEGUARDING_LEAD),
    # One's own contribution: of those who teach the pupil, and those who support him in class.
    P.ANSWERS_WRITE: (S.TEACHER, S.ASSISTANT),
    P.NOTES_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.TEACHER,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.DATA_PROTECTION_OFFICER,
    ),
    # Whoever may write and not read meets her own notes and nobody else's.
    P.NOTES_WRITE: (S.SENCO, S.DEPUTY_SENCO, S.TEACHER, S.ASSISTANT),
    # Anybody's; her own she takes back by the right to write.
    P.NOTES_WITHDRAW: (S.SENCO, S.DEPUTY_SENCO),
    # By label (DOCUMENT_LABELS), and of what others sent only staff; an authority what was released to it.
    P.DOCUMENT_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.SEN_ADMINISTRATOR,
        S.TEACHER,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.PARENT,
        S.YOUNG_PERSON,
        S.OFFICER,
        S.AUTHORITY_MANAGER,
    ),
    P.DOCUMENT_WRITE: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.SEN_ADMINISTRATOR,
        S.TEACHER,
        S.SAFEGUARDING_LEAD,
    ),
    # One's own: to send it, and to read what one has sent.
    P.DOCUMENT_SEND: (S.PARENT, S.CARER, S.YOUNG_PERSON, S.ADVISER, S.SOCIAL_WORKER),
    P.DOCUMENT_WITHDRAW: (S.SENCO, S.DEPUTY_SENCO, S.HEAD, S.SAFEGUARDING_LEAD),
    P.REVIEW_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.SEN_ADMINISTRATOR,
        S.TEACHER,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.PARENT,
        S.YOUNG_PERSON,
    ),
    # Of a teacher: the reviews that she leads, and no other (reviews.rules).
    P.REVIEW_PLAN: (S.SENCO, S.DEPUTY_SENCO, S.SEN_ADMINISTRATOR, S.TEACHER),
    P.REVIEW_WRITE: (S.SENCO, S.DEPUTY_SENCO, S.TEACHER),
    P.REVIEW_CLOSE: (S.SENCO, S.DEPUTY_SENCO, S.TEACHER),
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
    P.RESTRICTED_HISTORY_READ: (S.SAFEGUARDING_LEAD,),
    # Once somebody who may has agreed, and for as long as it was agreed (isp.access.apart).
    P.RESTRICTED_HISTORY_READ_BY_TWO: (S.DATA_PROTECTION_OFFICER,),
    P.RESTRICTED_HISTORY_AGREE: (S.SAFEGUARDING_LEAD, S.HEAD),
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
    # Of the classes that one teaches or assists in; which those are, the deed asks.
    Q.SHEET_CONFIRM: frozenset({R.CLASS_TEACHER, R.TEACHING_ASSISTANT}),
    Q.SHEET_READERS_READ: frozenset(_LEADERS),
    Q.EARLIER_PLANS_BRING: frozenset({R.SENCO, R.DEPUTY_SENCO}),
    Q.CALENDAR_WRITE: frozenset({*_LEADERS, R.SEN_ADMINISTRATOR, R.SCHOOL_OFFICE}),
    Q.PAGES_WRITE: frozenset({*_LEADERS, R.SCHOOL_OFFICE, R.AUTHORITY_MANAGER, R.DATA_PROTECTION_OFFICER}),
    Q.ORGANISATION_HISTORY_READ: frozenset({R.HEAD, R.DATA_PROTECTION_OFFICER, R.AUTHORITY_MANAGER}),
    Q.CASES_READ: frozenset({R.AUTHORITY_OFFICER, R.AUTHORITY_MANAGER}),
    Q.REVIEWS_SAMPLE: frozenset(_LEADERS),
    Q.BANK_READ: frozenset({*_LEADERS, R.SEN_ADMINISTRATOR, R.CLASS_TEACHER, R.AUTHORITY_MANAGER}),
    Q.BANK_WRITE: frozenset({R.SENCO, R.DEPUTY_SENCO, R.AUTHORITY_MANAGER}),
    Q.COSTS_READ: frozenset({*_LEADERS, R.AUTHORITY_MANAGER}),
    Q.COUNTERSIGN_RULE_WRITE: frozenset({R.HEAD}),
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

_STAFF_NOTES = frozenset({Label.S2})
_DOCUMENTS_BEYOND: Mapping[Standing, frozenset[Label]] = {
    S.SENCO: _STAFF_NOTES,
    S.DEPUTY_SENCO: _STAFF_NOTES,
    S.TEACHER: _STAFF_NOTES,
    S.HEAD: _STAFF_NOTES,
    S.SAFEGUARDING_LEAD: frozenset({Label.S2, Label.S3}),
    S.DATA_PROTECTION_OFFICER: _STAFF_NOTES,
}
DOCUMENT_LABELS: Mapping[Standing, frozenset[Label]] = {
    standing: LENSES[standing].labels | _DOCUMENTS_BEYOND.get(standing, frozenset()) for standing in Standing
}
"""Which labels of document a standing sees, where it reads documents: those of its lens, and a few more that
no plan bears."""

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
    lines += ["", "documents: labels, for those who read or write them", ""]
    handles = GRID[P.DOCUMENT_READ] | GRID[P.DOCUMENT_WRITE] | GRID[P.WITHDRAWN_READ]
    lines += [f"{one.value}: {' '.join(sorted(DOCUMENT_LABELS[one]))}" for one in sorted(handles)]
    return "\n".join(lines) + "\n"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


DIGEST = hashlib.sha256(as_text().encode()).hexdigest()[:16]
"""Names the grid under which an act was allowed; every event carries it."""
