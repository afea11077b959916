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
    CONSULTED = "consulted_setting"
    """The leaders of a school that is asked, with a draft EHC plan, whether it can take the child."""
    AUDITOR = "quality_auditor"
    """Whoever audits or moderates a case that was drawn, for the days of the audit."""


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
    DISPUTE_DECIDE = "dispute_decide"
    CASE_AUDIT = "case_audit"
    ASSESSMENT_REPRESENT = "assessment_represent"
    CONSULTATION_ANSWER = "consultation_answer"
    EHC_REVIEW_READ = "ehc_review_read"
    EHC_REVIEW_WRITE = "ehc_review_write"
    EHC_REVIEW_DECIDE = "ehc_review_decide"
    EHC_REASSESSMENT_REQUEST = "ehc_reassessment_request"
    OUT_OF_SCHOOL_READ = "out_of_school_read"
    OUT_OF_SCHOOL_REPORT = "out_of_school_report"
    OUT_OF_SCHOOL_DECIDE = "out_of_school_decide"
    SEN2_WRITE = "sen2_write"
    EHCP_READ = "ehcp_read"
    EHCP_VERSIONS_READ = "ehcp_versions_read"
    EHCP_PRINT = "ehcp_print"
    EHCP_DRAFT_READ = "ehcp_draft_read"
    EHCP_WRITE = "ehcp_write"
    EHCP_SIGN = "ehcp_sign"
    EHCP_ISSUE = "ehcp_issue"
    EHCP_CHECK_READ = "ehcp_check_read"
    EHCP_CHECK = "ehcp_check"
    EHCP_WORRY = "ehcp_worry"
    EHCP_AGREE = "ehcp_agree"
    EHCP_AGREEMENTS_READ = "ehcp_agreements_read"
    EHCP_AGREEMENT_FILE = "ehcp_agreement_file"
    EVIDENCE_PRINT = "evidence_print"
    ADVICE_READ = "advice_read"
    ADVICE_ASK = "advice_ask"
    ADVICE_GIVE = "advice_give"
    LETTER_READ = "letter_read"
    LETTER_WRITE = "letter_write"
    DIARY_READ = "diary_read"
    DIARY_WRITE = "diary_write"
    CASE_DISCLOSE = "case_disclose"


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
    CONSULTATIONS_READ = "consultations_read"
    CASES_FILE = "cases_file"
    EHC_REVIEWS_READ = "ehc_reviews_read"
    EHC_REVIEWS_SEND = "ehc_reviews_send"
    WORK_MANAGE = "work_manage"
    FRONT_DOOR_SEARCH = "front_door_search"
    PERFORMANCE_READ = "performance_read"
    EXACT_COUNTS_READ = "exact_counts_read"
    AUDITS_HOLD = "audits_hold"
    AUDITS_READ = "audits_read"
    PANELS_READ = "panels_read"
    PANELS_WRITE = "panels_write"
    REVIEWS_SAMPLE = "reviews_sample"
    BANK_READ = "bank_read"
    BANK_WRITE = "bank_write"
    COSTS_READ = "costs_read"
    COUNTERSIGN_RULE_WRITE = "countersign_rule_write"
    SEN2_READ = "sen2_read"
    SEN2_MAKE = "sen2_make"
    SEN2_TAKE = "sen2_take"


S, P = Standing, Permission

_PUPIL: dict[Permission, tuple[Standing, ...]] = {
    # A consulted school has the draft and no page of the child.
    P.PUPIL_READ: tuple(one for one in Standing if one is not S.CONSULTED),
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
        S.AUDITOR,
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
        S.AUDITOR,
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
        # What was released for the advice that is asked, and nothing else.
        S.ADVISER,
        S.SOCIAL_WORKER,
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
    # A case of the sample, for the days of the audit.
    P.CASE_AUDIT: (S.AUDITOR,),
    P.ASSESSMENT_DECIDE: (S.OFFICER, S.AUTHORITY_MANAGER),
    P.ASSESSMENT_ASSIGN: (S.AUTHORITY_MANAGER,),
    # What a request released, as one document: of one's own request, and of the case that one has.
    P.EVIDENCE_PRINT: (S.SENCO, S.DEPUTY_SENCO, S.PARENT, S.YOUNG_PERSON, S.OFFICER),
    # To begin mediation or an appeal, and to give its days; how it ended and what follows, the authority.
    P.ASSESSMENT_APPEAL: (S.PARENT, S.YOUNG_PERSON, S.OFFICER, S.AUTHORITY_MANAGER),
    P.DISPUTE_DECIDE: (S.OFFICER, S.AUTHORITY_MANAGER),
    # What the family says of a draft plan; the officer files what came by mail.
    P.ASSESSMENT_REPRESENT: (S.PARENT, S.YOUNG_PERSON, S.OFFICER, S.AUTHORITY_MANAGER),
    P.CONSULTATION_ANSWER: (S.CONSULTED,),
    # What becomes of an EHC plan in force: the school holds the review, the authority decides.
    P.EHC_REVIEW_READ: (
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
    P.EHC_REVIEW_WRITE: (S.SENCO, S.DEPUTY_SENCO, S.HEAD, S.OFFICER, S.AUTHORITY_MANAGER),
    P.EHC_REVIEW_DECIDE: (S.OFFICER, S.AUTHORITY_MANAGER),
    # Of an authority: one that came by mail, or from the health body.
    P.EHC_REASSESSMENT_REQUEST: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.HEAD,
        S.PARENT,
        S.YOUNG_PERSON,
        S.OFFICER,
        S.AUTHORITY_MANAGER,
    ),
    P.OUT_OF_SCHOOL_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.PARENT,
        S.YOUNG_PERSON,
        S.OFFICER,
        S.AUTHORITY_MANAGER,
    ),
    P.OUT_OF_SCHOOL_REPORT: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.OFFICER,
        S.AUTHORITY_MANAGER,
    ),
    P.OUT_OF_SCHOOL_DECIDE: (S.OFFICER, S.AUTHORITY_MANAGER),
    # What only the return asks for: numbers, ethnicity, postcode, sex.
    P.SEN2_WRITE: (S.OFFICER, S.AUTHORITY_MANAGER),
    # An EHC plan: of whom each reads and writes which sections stands below (EHCP_SECTIONS, EHCP_WRITES).
    P.EHCP_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.TEACHER,
        S.ASSISTANT,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.PARENT,
        S.YOUNG_PERSON,
        S.OFFICER,
        S.AUTHORITY_MANAGER,
        S.ADVISER,
        S.SOCIAL_WORKER,
        S.AUDITOR,
    ),
    P.EHCP_VERSIONS_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.HEAD,
        S.SAFEGUARDING_LEAD,
        S.PARENT,
        S.YOUNG_PERSON,
        S.OFFICER,
        S.AUTHORITY_MANAGER,
        S.AUDITOR,
    ),
    P.EHCP_PRINT: (S.SENCO, S.DEPUTY_SENCO, S.PARENT, S.YOUNG_PERSON, S.OFFICER, S.AUTHORITY_MANAGER),
    P.EHCP_DRAFT_READ: (S.OFFICER, S.AUTHORITY_MANAGER),
    P.EHCP_WRITE: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.PARENT,
        S.CARER,
        S.YOUNG_PERSON,
        S.OFFICER,
        S.ADVISER,
        S.SOCIAL_WORKER,
    ),
    # Their own body's agreement to its sections; the officer files a letter in which it was given.
    P.EHCP_SIGN: (S.OFFICER, S.ADVISER, S.SOCIAL_WORKER),
    P.EHCP_ISSUE: (S.OFFICER, S.AUTHORITY_MANAGER),
    P.EHCP_CHECK_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.HEAD,
        S.PARENT,
        S.YOUNG_PERSON,
        S.OFFICER,
        S.AUTHORITY_MANAGER,
    ),
    P.EHCP_CHECK: (S.SENCO, S.DEPUTY_SENCO, S.HEAD, S.OFFICER),
    P.EHCP_WORRY: (S.SENCO, S.DEPUTY_SENCO, S.HEAD, S.PARENT, S.YOUNG_PERSON, S.OFFICER),
    # Whether one agrees with a version, each for herself: between her and the authority, and no other parent.
    P.EHCP_AGREE: (S.PARENT, S.YOUNG_PERSON),
    P.EHCP_AGREEMENTS_READ: (S.OFFICER, S.AUTHORITY_MANAGER),
    # What one of the family said of it by post or telephone, filed in her name and shown to her.
    P.EHCP_AGREEMENT_FILE: (S.OFFICER, S.AUTHORITY_MANAGER),
    P.ADVICE_READ: (S.OFFICER, S.AUTHORITY_MANAGER),
    P.ADVICE_ASK: (S.OFFICER, S.AUTHORITY_MANAGER),
    # One's own: what somebody is asked for herself, and no other's (escalations.advice_queries).
    P.ADVICE_GIVE: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.HEAD,
        S.PARENT,
        S.YOUNG_PERSON,
        S.ADVISER,
        S.SOCIAL_WORKER,
    ),
    # Of the family: what went to oneself; of a school: what the law sends it a copy of (escalations.letters).
    P.LETTER_READ: (
        S.SENCO,
        S.DEPUTY_SENCO,
        S.SEN_ADMINISTRATOR,
        S.HEAD,
        S.PARENT,
        S.YOUNG_PERSON,
        S.OFFICER,
        S.AUTHORITY_MANAGER,
    ),
    P.LETTER_WRITE: (S.OFFICER, S.AUTHORITY_MANAGER),
    # The diary, and with it the chronology, the disclosures and the working document: the authority's own.
    P.DIARY_READ: (S.OFFICER, S.AUTHORITY_MANAGER),
    P.DIARY_WRITE: (S.OFFICER, S.AUTHORITY_MANAGER),
    P.CASE_DISCLOSE: (S.OFFICER, S.AUTHORITY_MANAGER),
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
    Q.CONSULTATIONS_READ: frozenset(_LEADERS),
    Q.CASES_READ: frozenset({R.AUTHORITY_OFFICER, R.AUTHORITY_MANAGER}),
    # A request that came by mail, with an exact look for the child it is about.
    Q.CASES_FILE: frozenset({R.AUTHORITY_OFFICER, R.AUTHORITY_MANAGER}),
    Q.EHC_REVIEWS_READ: frozenset({*_LEADERS, R.SEN_ADMINISTRATOR, R.AUTHORITY_OFFICER, R.AUTHORITY_MANAGER}),
    Q.EHC_REVIEWS_SEND: frozenset({R.AUTHORITY_OFFICER, R.AUTHORITY_MANAGER}),
    # Who covers for whom, whose day it is, and a leaver's caseload.
    Q.WORK_MANAGE: frozenset({R.AUTHORITY_MANAGER}),
    # By a name with a date of birth and a reason, of children whom the authority is responsible for.
    Q.FRONT_DOOR_SEARCH: frozenset({R.AUTHORITY_OFFICER, R.AUTHORITY_MANAGER}),
    Q.PERFORMANCE_READ: frozenset({R.AUTHORITY_OFFICER, R.AUTHORITY_MANAGER}),
    # Whoever may not, meets counts rounded to five.
    Q.EXACT_COUNTS_READ: frozenset({R.AUTHORITY_MANAGER}),
    Q.AUDITS_HOLD: frozenset({R.AUTHORITY_MANAGER}),
    Q.AUDITS_READ: frozenset({R.AUTHORITY_OFFICER, R.AUTHORITY_MANAGER}),
    Q.PANELS_READ: frozenset({R.AUTHORITY_OFFICER, R.AUTHORITY_MANAGER}),
    Q.PANELS_WRITE: frozenset({R.AUTHORITY_MANAGER}),
    Q.REVIEWS_SAMPLE: frozenset(_LEADERS),
    Q.BANK_READ: frozenset({*_LEADERS, R.SEN_ADMINISTRATOR, R.CLASS_TEACHER, R.AUTHORITY_MANAGER}),
    Q.BANK_WRITE: frozenset({R.SENCO, R.DEPUTY_SENCO, R.AUTHORITY_MANAGER}),
    Q.COSTS_READ: frozenset({*_LEADERS, R.AUTHORITY_MANAGER}),
    Q.COUNTERSIGN_RULE_WRITE: frozenset({R.HEAD}),
    # Officers mend what the return's rules find, and take the return to send it, each copy for its purpose
    # and in the trail. A manager has it made, and the list of every child; she alone brings one in.
    Q.SEN2_READ: frozenset({R.AUTHORITY_OFFICER, R.AUTHORITY_MANAGER}),
    Q.SEN2_MAKE: frozenset({R.AUTHORITY_MANAGER}),
    Q.SEN2_TAKE: frozenset({R.AUTHORITY_OFFICER, R.AUTHORITY_MANAGER}),
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
    S.CONSULTED: Lens(labels=frozenset(), sections=frozenset()),
    S.AUDITOR: Lens(labels=_DETAIL),
}
"""What each standing reads the plan through. Several standings add up to the sum of their lenses."""

_EVERY = frozenset({"a", "b", "c", "d", "e", "f", "g", "h1", "h2", "i", "j", "k"})
_CARE_SECTIONS = frozenset({"d", "h1", "h2"})
_OF_THE_FAMILY = frozenset({"j", "k"})
"""The personal budget with its payments, and the advice: the family's and the authority's, no school's."""
_HEALTH_SECTIONS = frozenset({"c", "g"})
_TAUGHT_BY = frozenset({"a", "b", "e", "f"})
_ADVISED = frozenset({"a", "b", "c", "d", "e", "f", "g", "h1", "h2", "i"})

EHCP_SECTIONS: Mapping[Standing, frozenset[str]] = {
    S.SENCO: _EVERY - _CARE_SECTIONS - _OF_THE_FAMILY,
    S.DEPUTY_SENCO: _EVERY - _CARE_SECTIONS - _OF_THE_FAMILY,
    S.TEACHER: _TAUGHT_BY,
    S.ASSISTANT: _TAUGHT_BY,
    S.HEAD: _TAUGHT_BY | {"i"},
    S.SAFEGUARDING_LEAD: _ADVISED,
    S.PARENT: _EVERY,
    S.YOUNG_PERSON: _EVERY,
    S.OFFICER: _EVERY,
    S.AUTHORITY_MANAGER: _EVERY,
    S.ADVISER: _ADVISED,
    S.SOCIAL_WORKER: _ADVISED,
    # Whether provision is specified and needs are met is asked of every section but the payments.
    S.AUDITOR: _ADVISED,
}
"""Which sections of an EHC plan a standing reads. A standing that is not named reads none."""

EHCP_CARE_BY_NAMING: frozenset[Standing] = frozenset({S.SENCO, S.DEPUTY_SENCO})
"""Read care sections too, once section I names their school: the plan is sent to it (regulation 13(2))."""

EHCP_WRITES: Mapping[Standing, frozenset[str]] = {
    S.SENCO: frozenset({"a"}),
    S.DEPUTY_SENCO: frozenset({"a"}),
    S.PARENT: frozenset({"a"}),
    S.CARER: frozenset({"a"}),
    S.YOUNG_PERSON: frozenset({"a"}),
    S.OFFICER: _EVERY,
    S.ADVISER: _HEALTH_SECTIONS,
    S.SOCIAL_WORKER: _CARE_SECTIONS,
}
"""Which sections of the draft of an EHC plan a standing writes."""

EHCP_SIGNS_BY_NAMING: Mapping[Standing, str] = {S.ADVISER: "health", S.SOCIAL_WORKER: "care"}
"""Agree for a body to its sections only where the authority has named them for it on the plan."""

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

AT_AUTHORITY: frozenset[Standing] = frozenset({S.OFFICER, S.AUTHORITY_MANAGER})
"""Who stands towards a child for the authority that decides, by a role in it."""
BY_GRANT: frozenset[Standing] = AT_AUTHORITY | {
    S.ADVISER,
    S.SOCIAL_WORKER,
    S.CONSULTED,
    S.AUDITOR,
}
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
    lines += ["", "EHC plan: sections read, sections written", ""]
    for standing in sorted(EHCP_SECTIONS):
        reads = " ".join(sorted(EHCP_SECTIONS[standing]))
        named = ", and care once their school is named" if standing in EHCP_CARE_BY_NAMING else ""
        writes = " ".join(sorted(EHCP_WRITES.get(standing, frozenset()))) or "none"
        part = EHCP_SIGNS_BY_NAMING.get(standing)
        writes += f"; agrees for {part} once the authority has named them for its body" if part else ""
        lines.append(f"{standing.value}: {reads}{named}; writes {writes}")
    return "\n".join(lines) + "\n"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


DIGEST = hashlib.sha256(as_text().encode()).hexdigest()[:16]
"""Names the grid under which an act was allowed; every event carries it."""
