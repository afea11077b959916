"""Every kind of event: its code, the exact keys of its detail, and the sentence that people read.

The detail holds numbers, codes and ids, never a name or free text: those go into the sealed payload.
A code once used keeps its meaning for ever; a retired one stays here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Kind:
    """``code`` is what is hashed; ``sort`` is change, view, denial or account."""

    code: str
    sort: str
    sentence: str
    detail: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why an act was allowed: the standing exercised, the tie it rests on, the rule and the grid's digest."""

    role: str | None = None
    tie_id: UUID | None = None
    organisation_id: UUID | None = None
    rule: str | None = None
    policy: str | None = None
    purpose: str | None = None

    @property
    def grounds(self) -> Grounds:
        """Itself, so that a decision and bare grounds can be passed alike."""
        return self


OWN_ACCOUNT = Grounds(rule="own-account")
BY_COMMAND = Grounds(role="operator", rule="command")


def _kind(code: str, sort: str, sentence: str, *detail: str) -> Kind:
    return Kind(code, sort, sentence, frozenset(detail))


class Event(Enum):
    """The events. ``{who}`` is the person by name and role; other braces are keys of the detail."""

    # accounts
    SIGNED_IN = _kind("account.signed_in", "account", "{who} signed in")
    SIGN_IN_FAILED = _kind(
        "account.sign_in_failed", "account", "Someone tried to sign in and could not", "why"
    )
    SIGNED_OUT = _kind("account.signed_out", "account", "{who} signed out")
    SESSION_ENDED = _kind("account.session_ended", "account", "{who} ended a session", "count")
    PASSWORD_CHANGED = _kind("account.password_changed", "account", "{who} changed the password")
    ACCOUNT_MADE = _kind("account.made", "account", "{who} added a person", "person")
    INVITED = _kind("account.invited", "account", "{who} made an invitation", "person", "purpose")
    INVITATION_TAKEN = _kind("account.invitation_taken", "account", "{who} used an invitation", "purpose")
    CODE_ASKED_FOR = _kind(
        "account.code_asked_for",
        "account",
        "{who} had a link for choosing a password sent to the person's own email address",
        "person",
        "purpose",
    )
    MESSAGES_CHOSEN = _kind(
        "account.messages_chosen",
        "account",
        "{who} chose how to be told of things",
        "texts",
        "without_mail",
    )
    MESSAGES_RETRIED = _kind(
        "messages.retried",
        "change",
        "{who} had messages tried again that had been given up",
        "channel",
        "count",
    )
    ACCOUNT_REOPENED = _kind("account.reopened", "account", "{who} opened a closed account again", "person")
    PERSON_CHANGED = _kind("person.changed", "change", "{who} changed somebody's details", "person")
    DEACTIVATED = _kind("account.deactivated", "account", "{who} closed an account", "person")
    ACCESS_DENIED = _kind("access.denied", "denial", "{who} was refused", "permission", "why")
    KEYS_WRAPPED_ANEW = _kind("keys.wrapped_anew", "change", "{who} replaced the root key", "count")
    DEMONSTRATION_BEGUN = _kind(
        "demonstration.begun", "change", "{who} began to load the demonstration: nobody here is real"
    )
    DEMONSTRATION_LOADED = _kind("demonstration.loaded", "change", "{who} loaded the whole demonstration")
    # organisations
    ORGANISATION_MADE = _kind("organisation.made", "change", "{who} set up the organisation")
    ORGANISATION_CHANGED = _kind("organisation.changed", "change", "{who} changed the settings")
    SCHOOL_CLOSES = _kind("school.closes", "change", "{who} recorded when the school closes", "closes_on")
    MEMBERSHIP_STARTED = _kind(
        "membership.started", "change", "{who} gave someone a role", "person", "held_role"
    )
    MEMBERSHIP_CHANGED = _kind(
        "membership.changed",
        "change",
        "{who} changed the days of a role",
        "person",
        "held_role",
        "from",
        "to",
    )
    MEMBERSHIP_ENDED = _kind("membership.ended", "change", "{who} ended a role", "person", "held_role")
    WORK_HANDED_OVER = _kind(
        "membership.handed_over", "change", "{who} handed over a colleague's work", "from", "to", "count"
    )
    ABSENCE_COVERED = _kind(
        "work.absence_covered",
        "change",
        "{who} recorded that an officer is away, and who covers",
        "person",
        "covered_by",
        "from",
        "to",
        "count",
    )
    ABSENCE_ENDED = _kind(
        "work.absence_ended", "change", "{who} recorded that an officer is back", "person", "covered_by"
    )
    DUTY_SET = _kind("work.duty_set", "change", "{who} named the duty officer of a day", "person", "on")
    FRONT_DOOR_SEARCHED = _kind(
        "work.front_door_searched",
        "view",
        "{who} looked for a child by name and date of birth, with a reason",
        "count",
        "digest",
    )
    AUDIT_HELD = _kind(
        "quality_audit.held",
        "change",
        "{who} drew a sample of cases for a quality assurance audit",
        "kind",
        "method",
        "seed",
        "frame",
        "count",
    )
    AUDIT_READ = _kind("quality_audit.read", "view", "{who} read a quality assurance audit of cases", "count")
    AUDIT_PRINTED = _kind(
        "quality_audit.printed",
        "view",
        "{who} printed the report of a quality assurance audit",
        "count",
        "size",
    )
    AUDIT_CLOSED = _kind("quality_audit.closed", "change", "{who} closed a quality assurance audit", "count")
    AUDITED_CASE_VIEWED = _kind(
        "quality_audit.case_viewed", "view", "{who} looked at the case for a quality assurance audit", "side"
    )
    AUDIT_FINDINGS_SAVED = _kind(
        "quality_audit.findings_saved",
        "change",
        "{who} wrote down what a quality assurance audit found in the case",
        "side",
        "count",
        "finished",
    )
    PERFORMANCE_VIEWED = _kind(
        "performance.viewed",
        "view",
        "{who} looked at the authority's figures",
        "question",
        "by",
        "exact",
        "form",
    )
    PAGE_EDITED = _kind("organisation.page_edited", "change", "{who} edited a page", "page")
    CALENDAR_CHANGED = _kind("organisation.calendar_changed", "change", "{who} changed the calendar", "days")
    GROUP_CHANGED = _kind(
        "group.changed", "change", "{who} changed who is in a class or group", "group", "opened", "ended"
    )
    IMPORT_STAGED = _kind("import.staged", "change", "{who} read in a file to look at", "kind", "rows")
    IMPORT_APPLIED = _kind(
        "import.applied", "change", "{who} brought in a file", "kind", "created", "changed", "ended"
    )
    IMPORT_DISCARDED = _kind("import.discarded", "change", "{who} put a file aside", "kind")
    SEN2_BROUGHT_IN = _kind(
        "sen2.brought_in",
        "change",
        "{who} brought this in from the authority's SEN2 return of {year}",
        "year",
        "requests",
        "plans",
    )
    SEN2_ASKED = _kind(
        "sen2.asked", "change", "{who} asked for something to be made for the SEN2 return", "kind", "year"
    )
    SEN2_MADE = _kind(
        "sen2.made",
        "change",
        "The SEN2 return that {who} asked for was made",
        "kind",
        "year",
        "serial",
        "persons",
        "digest",
    )
    SEN2_TAKEN = _kind(
        "sen2.taken", "view", "{who} took a copy of the SEN2 return", "kind", "year", "serial", "digest"
    )
    SEN2_FILE_READ = _kind("sen2.file_read", "change", "{who} read in a SEN2 return to look at", "digest")
    SEN2_FILE_DONE = _kind(
        "sen2.file_done",
        "change",
        "{who} brought in a SEN2 return",
        "year",
        "persons",
        "requests",
        "plans",
    )
    SEN2_FILE_ASIDE = _kind("sen2.file_aside", "change", "{who} put a SEN2 return aside")
    BANK_ENTRY_ADDED = _kind("bank.entry_added", "change", "{who} added an entry to a bank", "bank")
    BANK_ENTRY_CHANGED = _kind(
        "bank.entry_changed", "change", "{who} changed an entry of a bank", "bank", "number"
    )
    BANK_ENTRY_RETIRED = _kind("bank.entry_retired", "change", "{who} retired an entry of a bank", "bank")
    COUNTERSIGN_RULE_SET = _kind(
        "organisation.countersigning_set",
        "change",
        "{who} said who countersigns plans before they are shared",
        "signer",
        "from",
    )
    LIST_VIEWED = _kind("list.viewed", "view", "{who} looked at a list", "list", "count", "digest")
    # pupils and those around them
    PUPIL_ADDED = _kind("pupil.added", "change", "{who} added the pupil", "source")
    PUPIL_CHANGED = _kind("pupil.changed", "change", "{who} changed the pupil's details", "source")
    PUPIL_LEFT = _kind("pupil.left", "change", "{who} recorded that the pupil left", "on")
    PUPIL_RETURNED = _kind("pupil.returned", "change", "{who} recorded that the pupil came back", "on")
    PUPIL_VIEWED = _kind("pupil.viewed", "view", "{who} looked at the pupil's page")
    TIE_OPENED = _kind("tie.opened", "change", "{who} recorded a tie to the pupil", "kind", "from", "to")
    TIE_CHANGED = _kind("tie.changed", "change", "{who} changed a tie to the pupil", "kind")
    TIE_ENDED = _kind("tie.ended", "change", "{who} ended a tie to the pupil", "kind", "why")
    RESTRICTION_ADDED = _kind("restriction.added", "change", "{who} closed the record to an adult", "kind")
    RESTRICTION_LIFT_ASKED = _kind(
        "restriction.lift_asked", "change", "{who} asked for a restriction to be lifted"
    )
    RESTRICTION_KEPT = _kind(
        "restriction.kept", "change", "{who} looked at a restriction again, and it stays", "review_on"
    )
    RESTRICTION_LIFTED = _kind("restriction.lifted", "change", "{who} agreed that a restriction be lifted")
    RESTRICTED_HISTORY_ASKED = _kind(
        "restricted_history.asked", "change", "{who} asked to read what is kept apart"
    )
    RESTRICTED_HISTORY_AGREED = _kind(
        "restricted_history.agreed",
        "change",
        "{who} agreed that what is kept apart is read until {sight_until}",
        "sight_until",
    )
    # the plan
    PLAN_STARTED = _kind("plan.started", "change", "{who} started a plan")
    DRAFT_STARTED = _kind("plan.draft_started", "change", "{who} started the next draft", "from_version")
    DRAFT_SAVED = _kind(
        "plan.draft_saved", "change", "{who} wrote in the draft", "revision", "changes", "sections"
    )
    DRAFT_CLASHED = _kind(
        "plan.draft_clashed",
        "change",
        "{who} wrote where somebody else had just written; both were kept",
        "count",
    )
    DRAFT_SETTLED = _kind("plan.draft_settled", "change", "{who} chose between two people's words", "choice")
    WORDING_SET_ASIDE = _kind(
        "plan.wording_set_aside",
        "change",
        "{who} set a hint about wording aside",
        "section",
        "rule",
    )
    WORDING_TAKEN_UP = _kind(
        "plan.wording_taken_up",
        "change",
        "{who} took back that a hint about wording was set aside",
        "section",
        "rule",
    )
    DRAFT_DISCARDED = _kind("plan.draft_discarded", "change", "{who} put the draft aside", "revision")
    DRAFT_RESTORED = _kind(
        "plan.draft_restored", "change", "{who} brought back version {version} as a new draft", "version"
    )
    DRAFT_VIEWED = _kind("plan.draft_viewed", "view", "{who} looked at the draft")
    PLAN_PUBLISHED = _kind(
        "plan.published",
        "change",
        "{who} finalised and shared version {version}",
        "version",
        "digest",
        "sections",
    )
    PLAN_VIEWED = _kind("plan.viewed", "view", "{who} looked at version {version}", "version")
    VERSIONS_VIEWED = _kind("plan.versions_viewed", "view", "{who} looked at the list of versions")
    PLAN_COMPARED = _kind(
        "plan.compared", "view", "{who} compared version {earlier} with version {later}", "earlier", "later"
    )
    PLAN_READ_AS_OF = _kind(
        "plan.read_as_of", "view", "{who} looked at the plan as it stood on {on}", "on", "version"
    )
    VERSION_WITHDRAWN = _kind(
        "plan.version_withdrawn", "change", "{who} withdrew version {version}", "version", "why"
    )
    PLAN_ENDED = _kind("plan.ended", "change", "{who} ended the plan", "why", "on")
    PLAN_CORRECTED = _kind(
        "plan.corrected",
        "change",
        "{who} made a small correction: version {version}",
        "version",
        "digest",
        "sections",
    )
    TEMPLATE_TAKEN = _kind(
        "plan.template_taken",
        "change",
        "{who} made a template of version {version}, without what is about the pupil",
        "version",
        "entry",
    )
    TEMPLATE_USED = _kind(
        "plan.template_used", "change", "{who} began the plan from a template", "entry", "number"
    )
    COUNTERSIGN_ASKED = _kind(
        "plan.countersign_asked",
        "change",
        "{who} asked a colleague to countersign the draft",
        "of",
        "revision",
    )
    COUNTERSIGN_GIVEN = _kind("plan.countersign_given", "change", "{who} countersigned the draft", "revision")
    COUNTERSIGN_REFUSED = _kind(
        "plan.countersign_refused", "change", "{who} would not countersign the draft as it was", "revision"
    )
    EARLIER_CYCLE_RECORDED = _kind(
        "plan.earlier_recorded",
        "change",
        "{who} recorded an earlier plan from {happened_on}",
        "version",
        "digest",
        "happened_on",
    )
    PLAN_EXPORTED = _kind(
        "plan.exported", "view", "{who} took a copy of version {version}", "version", "form"
    )
    PLAN_PRINTED = _kind(
        "plan.printed",
        "view",
        "{who} printed or downloaded {document}, version {version}",
        "version",
        "document",
        "form",
        "size",
    )
    # reviews
    REVIEW_PLANNED = _kind(
        "review.planned", "change", "{who} planned a review for {on}", "cycle", "on", "due_on", "led_by"
    )
    REVIEW_MOVED = _kind(
        "review.moved", "change", "{who} changed when a review is, or who leads it", "on", "led_by"
    )
    REVIEW_CANCELLED = _kind("review.cancelled", "change", "{who} cancelled a review")
    REVIEW_NOT_HELD = _kind(
        "review.not_held",
        "change",
        "{who} recorded why the review due on {due_on} was not held",
        "due_on",
        "next_on",
    )
    REVIEW_INVITED = _kind("review.invited", "change", "{who} asked somebody to a review", "role")
    REVIEW_UNINVITED = _kind(
        "review.uninvited", "change", "{who} took back that somebody was asked to a review", "role"
    )
    REVIEW_ANSWERED = _kind(
        "review.answered", "change", "{who} noted an answer about coming to a review", "answer"
    )
    REVIEW_OPENED = _kind(
        "review.opened",
        "change",
        "{who} opened the review of version {plan_version}",
        "plan_version",
        "report",
    )
    REVIEW_WRITTEN = _kind(
        "review.written", "change", "{who} wrote in the review", "revision", "changes", "sections"
    )
    REVIEW_CLASHED = _kind(
        "review.clashed",
        "change",
        "{who} wrote in the review where somebody else had just written; both were kept",
        "count",
    )
    REVIEW_SETTLED = _kind(
        "review.settled", "change", "{who} chose between two people's words in the review", "choice"
    )
    REVIEW_CLOSED = _kind(
        "review.closed",
        "change",
        "{who} closed the review of version {plan_version}: {decision}",
        "version",
        "digest",
        "plan_version",
        "decision",
        "next_on",
        "clashes",
    )
    REVIEW_VIEWED = _kind("review.viewed", "view", "{who} looked at a review")
    REVIEW_PRINTED = _kind(
        "review.printed",
        "view",
        "{who} printed or downloaded the report of a review",
        "document",
        "form",
        "size",
    )
    CYCLES_VIEWED = _kind("review.cycles_viewed", "view", "{who} looked at the cycles of support")
    REVIEWS_SAMPLED = _kind(
        "review.sampled", "view", "{who} opened the figures and the sample of reviews for governors", "seed"
    )
    # documents
    DOCUMENT_ADDED = _kind(
        "document.added", "change", "{who} added {paper}", "paper", "version", "digest", "source"
    )
    DOCUMENT_REPLACED = _kind(
        "document.replaced",
        "change",
        "{who} replaced {paper}: version {version}",
        "paper",
        "version",
        "digest",
    )
    DOCUMENT_WITHDRAWN = _kind(
        "document.withdrawn", "change", "{who} withdrew {paper}, version {version}", "paper", "version", "why"
    )
    DOCUMENTS_VIEWED = _kind("document.listed", "view", "{who} looked at the list of documents")
    DOCUMENT_DOWNLOADED = _kind(
        "document.downloaded", "view", "{who} downloaded {paper}, version {version}", "paper", "version"
    )
    HISTORY_VIEWED = _kind("history.viewed", "view", "{who} looked at the history")
    # what is with colleagues
    SECTION_GIVEN = _kind(
        "plan.section_given",
        "change",
        "{who} gave the section {section} to a colleague, due on {due_on}",
        "section",
        "person",
        "due_on",
    )
    SECTION_DONE = _kind(
        "plan.section_done", "change", "{who} finished the section {section}", "section", "person"
    )
    SECTION_TAKEN_BACK = _kind(
        "plan.section_taken_back",
        "change",
        "{who} took the section {section} back from a colleague",
        "section",
        "person",
    )
    QUESTIONS_ASKED = _kind(
        "questions.asked",
        "change",
        "{who} put questions to {count} teachers, due on {due_on}",
        "version",
        "count",
        "due_on",
    )
    ANSWERS_SAVED = _kind(
        "questions.answered", "change", "{who} wrote answers to the questions", "number", "digest"
    )
    ANSWERS_FINISHED = _kind(
        "questions.finished", "change", "{who} finished answering the questions", "number"
    )
    TEACHERS_REMINDED = _kind(
        "questions.reminded", "change", "{who} reminded {count} teachers of the questions", "count"
    )
    QUESTIONS_CLOSED = _kind(
        "questions.closed",
        "change",
        "{who} closed the questions: {answered} of {count} teachers had finished",
        "answered",
        "count",
    )
    ANSWERS_VIEWED = _kind("questions.viewed", "view", "{who} looked at teachers’ answers", "count")
    SHEET_READ = _kind(
        "sheet.read", "change", "{who} said that a class sheet has been read", "group", "digest"
    )
    # staff's working notes: on the restricted chain
    NOTE_WRITTEN = _kind(
        "note.written", "change", "{who} wrote a working note", "version", "digest", "pointed"
    )
    NOTE_CORRECTED = _kind(
        "note.corrected", "change", "{who} corrected a working note", "version", "digest", "pointed"
    )
    NOTE_WITHDRAWN = _kind("note.withdrawn", "change", "{who} withdrew a working note", "version", "why")
    NOTES_VIEWED = _kind("note.viewed", "view", "{who} looked at working notes", "count")
    # the statutory side
    ASSESSMENT_REQUESTED = _kind(
        "assessment.requested",
        "change",
        "{who} requested an EHC needs assessment",
        "authority",
        "received_on",
        "released",
    )
    ASSESSMENT_VIEWED = _kind("assessment.viewed", "view", "{who} looked at the request")
    OFFICER_ASSIGNED = _kind(
        "assessment.assigned", "change", "{who} had the case given to an officer", "officer"
    )
    ASSESSMENT_DECIDED = _kind(
        "assessment.decided",
        "change",
        "{who} decided the request: {decision}",
        "decision",
        "on",
        "days_late",
        "days_unexcused",
        "rules",
        "sight_until",
    )
    CIRCUMSTANCE_RECORDED = _kind(
        "assessment.excused",
        "change",
        "{who} recorded why a date of the law could not be kept",
        "code",
        "from",
        "to",
    )
    CIRCUMSTANCE_TAKEN_BACK = _kind(
        "assessment.not_excused",
        "change",
        "{who} took back why a date of the law could not be kept",
        "code",
    )
    APPEAL_RECORDED = _kind("assessment.appealed", "change", "{who} recorded an appeal", "on", "sight_until")
    APPEAL_CLOSED = _kind(
        "assessment.appeal_closed", "change", "{who} recorded the end of an appeal", "result"
    )
    RECEIPT_CORRECTED = _kind(
        "assessment.receipt_corrected",
        "change",
        "{who} corrected the day on which the request was received, from {from} to {to}",
        "from",
        "to",
    )
    LATENESS_RECOUNTED = _kind(
        "assessment.recounted",
        "change",
        "{who} had the days by which the decision was late counted again",
        "days_late",
        "days_unexcused",
        "before",
        "before_unexcused",
        "rules",
    )
    EVIDENCE_VIEWED = _kind(
        "assessment.evidence_viewed", "view", "{who} looked at something that the request released", "sort"
    )
    EVIDENCE_PRINTED = _kind(
        "assessment.evidence_printed",
        "view",
        "{who} downloaded the evidence of the request as one document",
        "items",
        "for",
    )
    EVIDENCE_RELEASED = _kind(
        "assessment.evidence_released",
        "change",
        "{who} released more to the authority, {released} in all",
        "released",
    )
    FAMILY_TOLD = _kind(
        "assessment.family_told", "change", "{who} noted that the family knows of the request"
    )
    REQUEST_SENT = _kind(
        "assessment.sent", "change", "{who} noted that the request was sent by mail on {on}", "on", "how"
    )
    REPLY_FILED = _kind(
        "assessment.reply_filed",
        "change",
        "{who} filed a letter of the authority, of {on}: {reply}",
        "reply",
        "on",
    )
    PROOF_NOTED = _kind(
        "assessment.proof_noted", "change", "{who} noted what was seen as proof: {what}", "what", "on"
    )
    CHILD_SOUGHT = _kind(
        "authority.child_sought",
        "view",
        "{who} looked whether the child of a request is on record, by {by}",
        "by",
    )
    CASE_STEP = _kind("case.step", "change", "{who} recorded a step of the case: {code}", "code", "on")
    STEP_CORRECTED = _kind(
        "case.corrected", "change", "{who} corrected a day of the case: {code}", "code", "from", "to"
    )
    PLAN_DECIDED = _kind(
        "assessment.plan_decided",
        "change",
        "{who} decided whether there is to be an EHC plan: {decision}",
        "decision",
        "on",
        "days_late",
        "days_unexcused",
        "rules",
        "sight_until",
    )
    DRAFT_PLAN_SENT = _kind(
        "assessment.draft_sent", "change", "{who} sent the draft plan to the family", "on", "answers_until"
    )
    FINAL_PLAN_ISSUED = _kind(
        "assessment.final_issued",
        "change",
        "{who} issued the final EHC plan",
        "on",
        "days_late",
        "days_unexcused",
        "rules",
    )
    ASSESSMENT_ENDED = _kind(
        "assessment.ended", "change", "{who} ended the case: {why_ended}", "why_ended", "on", "moved_to"
    )
    SETTING_CONSULTED = _kind(
        "consultation.sent", "change", "{who} consulted a school or other setting", "school", "on", "due_on"
    )
    CONSULTATION_VIEWED = _kind(
        "consultation.viewed", "view", "{who} looked at what a school was asked about a draft plan"
    )
    SETTING_ANSWERED = _kind(
        "consultation.answered",
        "change",
        "{who} recorded what a school or other setting answered: {answer}",
        "answer",
        "on",
    )
    DISPUTE_OPENED = _kind(
        "dispute.opened", "change", "{who} recorded {kind} about the case", "kind", "about", "on"
    )
    DISPUTE_CLOSED = _kind(
        "dispute.closed", "change", "{who} recorded how {kind} ended: {result}", "kind", "result", "on"
    )
    CASE_ENTERED = _kind(
        "case.entered", "change", "{who} brought in a case from another system", "stage", "received_on"
    )
    EHC_PLAN_ENTERED = _kind(
        "ehc_plan.entered",
        "change",
        "{who} brought in a case with an EHC plan of {made_on} from another system",
        "stage",
        "made_on",
    )
    # what becomes of an EHC plan in force
    EHC_PLAN_STEP = _kind(
        "ehc_plan.step", "change", "{who} recorded about the EHC plan: {step}", "step", "on", "days_late"
    )
    EHC_REVIEWS_VIEWED = _kind(
        "ehc_plan.reviews_viewed", "view", "{who} looked at what becomes of the EHC plan"
    )
    EHC_REVIEW_LISTED = _kind(
        "ehc_plan.review_listed",
        "change",
        "{who} put the review due on {due_on} on the list of a term’s reviews",
        "list",
        "due_on",
    )
    EHC_REVIEW_LIST_SENT = _kind(
        "ehc_plan.review_list_sent",
        "change",
        "{who} sent a school the list of the reviews of a term: {count}",
        "list",
        "count",
        "from",
    )
    OUT_OF_SCHOOL_STEP = _kind(
        "out_of_school.step",
        "change",
        "{who} recorded about being out of school, or there part time: {step}",
        "step",
        "on",
    )
    OUT_OF_SCHOOL_VIEWED = _kind(
        "out_of_school.viewed", "view", "{who} looked at what is done about being out of school"
    )
    ASSESSMENT_WITHDRAWN = _kind("assessment.withdrawn", "change", "{who} withdrew the request")
    # the content of an EHC plan
    EHCP_OPENED = _kind("ehcp.opened", "change", "{who} opened the EHC plan for writing")
    EHCP_CLOSED = _kind(
        "ehcp.closed", "change", "{who} closed the EHC plan, so nobody writes in it any more", "draft"
    )
    EHCP_DRAFT_STARTED = _kind(
        "ehcp.draft_started", "change", "{who} started the next draft of the EHC plan", "from_version"
    )
    EHCP_WRITTEN = _kind(
        "ehcp.written", "change", "{who} wrote in the EHC plan", "revision", "changes", "sections"
    )
    EHCP_CLASHED = _kind(
        "ehcp.clashed",
        "change",
        "{who} wrote in the EHC plan where somebody else had just written; both were kept",
        "count",
    )
    EHCP_SETTLED = _kind(
        "ehcp.settled", "change", "{who} chose between two people's words in the EHC plan", "choice"
    )
    EHCP_TAKEN_OVER = _kind(
        "ehcp.taken_over",
        "change",
        "{who} took {count} entries over from version {version} of the school's plan",
        "version",
        "version_id",
        "section",
        "count",
    )
    EHCP_ADVICE_NAMED = _kind(
        "ehcp.advice_named",
        "change",
        "{who} named advice of the case in section K of the EHC plan: {letter}",
        "advice",
        "number",
        "digest",
        "letter",
    )
    EHCP_WORDING_KEPT = _kind(
        "ehcp.wording_kept",
        "change",
        "{who} kept words in the EHC plan that the wording check stopped",
        "section",
        "rule",
    )
    EHCP_SIGNED = _kind(
        "ehcp.signed",
        "change",
        "{who} recorded that {part} agreed to its sections of the EHC plan",
        "part",
        "way",
        "agreed_on",
        "revision",
        "digest",
    )
    EHCP_AGREER_NAMED = _kind(
        "ehcp.agreer_named", "change", "{who} named who agrees to sections of the EHC plan for {part}", "part"
    )
    EHCP_VERSION_MADE = _kind(
        "ehcp.version_made",
        "change",
        "{who} made version {version} of the EHC plan: {sort}",
        "version",
        "digest",
        "sort",
        "happened_on",
        "sections",
    )
    EHCP_BROUGHT_IN = _kind(
        "ehcp.brought_in", "change", "{who} brought in an EHC plan made on {made_on}", "made_on", "authority"
    )
    EHCP_VIEWED = _kind("ehcp.viewed", "view", "{who} looked at version {version} of the EHC plan", "version")
    EHCP_DRAFT_VIEWED = _kind("ehcp.draft_viewed", "view", "{who} looked at the draft of the EHC plan")
    EHCP_VERSIONS_VIEWED = _kind(
        "ehcp.versions_viewed", "view", "{who} looked at the versions of the EHC plan"
    )
    EHCP_COMPARED = _kind(
        "ehcp.compared",
        "view",
        "{who} compared version {earlier} of the EHC plan with version {later}",
        "earlier",
        "later",
    )
    EHCP_PRINTED = _kind(
        "ehcp.printed",
        "view",
        "{who} printed or downloaded version {version} of the EHC plan",
        "version",
        "form",
        "size",
    )
    EHCP_ANSWERED = _kind(
        "ehcp.answered",
        "change",
        "{who} said whether version {version} of the EHC plan is right",
        "version",
        "digest",
    )
    EHCP_ANSWER_FILED = _kind(
        "ehcp.answer_filed",
        "change",
        "{who} filed what one of the family says of version {version} of the EHC plan, come on {came_on}",
        "version",
        "digest",
        "person",
        "came_on",
        "how",
    )
    EHCP_ANSWERS_VIEWED = _kind(
        "ehcp.answers_viewed",
        "view",
        "{who} looked at what the family says of version {version} of the EHC plan",
        "version",
    )
    PROVISION_CHECK_RAISED = _kind(
        "ehcp.check_raised",
        "change",
        "{who} asked whether the provision in section F is given: {occasion}",
        "occasion",
        "due_on",
    )
    PROVISION_FOUND = _kind(
        "ehcp.provision_found",
        "change",
        "{who} recorded whether an entry of section F is given: {finding}",
        "item",
        "finding",
        "since",
    )
    PROVISION_CHECK_CLOSED = _kind(
        "ehcp.check_closed",
        "change",
        "{who} closed a check of section F: {owed} not given in full",
        "owed",
    )
    PROVISION_CHECKS_VIEWED = _kind(
        "ehcp.checks_viewed", "view", "{who} looked at whether the provision in section F is given"
    )
    ADVICE_ASKED = _kind(
        "advice.asked",
        "change",
        "{who} asked for advice for the assessment: {letter}",
        "letter",
        "due_on",
        "released",
    )
    ADVICE_VIEWED = _kind("advice.viewed", "view", "{who} looked at advice for the assessment")
    ADVICE_CHASED = _kind("advice.chased", "change", "{who} reminded somebody of advice: {letter}", "letter")
    ADVICE_SAVED = _kind(
        "advice.saved", "change", "{who} worked on advice for the assessment", "number", "digest"
    )
    ADVICE_RECEIVED = _kind(
        "advice.received",
        "change",
        "{who} handed in or filed advice for the assessment: {letter}",
        "letter",
        "sort",
        "number",
        "on",
        "digest",
        "days_late",
        "days_unexcused",
        "rules",
    )
    ADVICE_SENT_BACK = _kind(
        "advice.sent_back",
        "change",
        "{who} sent advice back to be completed: {letter}",
        "letter",
        "number",
    )
    ADVICE_ACCEPTED = _kind(
        "advice.accepted",
        "change",
        "{who} accepted advice for the assessment: {letter}",
        "letter",
        "number",
    )
    ADVICE_DECLINED = _kind(
        "advice.declined", "change", "{who} recorded that advice cannot be given: {letter}", "letter"
    )
    ADVICE_WITHDRAWN = _kind(
        "advice.withdrawn", "change", "{who} asked for advice no longer: {letter}", "letter"
    )
    ADVICE_SUFFICES = _kind(
        "advice.suffices",
        "change",
        "{who} recorded that all agree that advice already there is enough: {letter}",
        "letter",
        "digest",
    )
    PANEL_PLANNED = _kind("panel.planned", "change", "{who} planned a panel", "kind", "on")
    PANEL_CANCELLED = _kind("panel.cancelled", "change", "{who} called a panel off", "on")
    PANEL_CASE_ADDED = _kind("panel.case_added", "change", "{who} put the case before a panel", "on")
    PANEL_CASE_REMOVED = _kind(
        "panel.case_removed", "change", "{who} took the case off a panel's agenda", "on"
    )
    PANEL_RECOMMENDED = _kind(
        "panel.recommended",
        "change",
        "{who} recorded what a panel recommends",
        "on",
        "recommendation",
        "papers",
    )
    PANEL_HELD = _kind("panel.held", "change", "{who} recorded that a panel was held", "on", "count")
    PANEL_VIEWED = _kind("panel.viewed", "view", "{who} looked at what is before a panel", "on")

    # letters, the diary, disclosures, and wording before a Tribunal
    LETTERS_VIEWED = _kind("letters.viewed", "view", "{who} looked at the letters of the case")
    LETTER_DRAFTED = _kind("letter.drafted", "change", "{who} began a letter", "letter")
    LETTER_SAVED = _kind("letter.saved", "change", "{who} worked on a letter", "letter")
    LETTER_PUT_ASIDE = _kind("letter.put_aside", "change", "{who} put aside the draft of a letter", "letter")
    LETTER_SERVED = _kind(
        "letter.served", "change", "{who} had a letter served on {on}", "letter", "on", "copies", "digest"
    )
    LETTER_VIEWED = _kind("letter.viewed", "view", "{who} looked at a letter", "letter")
    LETTER_PRINTED = _kind(
        "letter.printed", "view", "{who} printed or downloaded a letter", "letter", "form", "size"
    )
    DIARY_VIEWED = _kind("diary.viewed", "view", "{who} looked at the diary of the case")
    DIARY_ENTERED = _kind("diary.entered", "change", "{who} wrote in the diary of the case", "entry", "on")
    DIARY_CORRECTED = _kind(
        "diary.corrected", "change", "{who} corrected the diary of the case", "entry", "on", "corrects"
    )
    CHRONOLOGY_VIEWED = _kind("chronology.viewed", "view", "{who} looked at the chronology of the case")
    CHRONOLOGY_PRINTED = _kind(
        "chronology.printed", "view", "{who} printed or downloaded the chronology of the case", "form", "size"
    )
    DISCLOSED = _kind(
        "case.disclosed", "change", "{who} gave something of the case to somebody", "on", "objects", "rules"
    )
    DISCLOSURES_VIEWED = _kind("disclosures.viewed", "view", "{who} looked at what was given to whom")
    WORDING_PROPOSED = _kind(
        "wording.proposed", "change", "{who} noted wording proposed for the plan", "side", "section"
    )
    WORDING_SETTLED = _kind(
        "wording.settled", "change", "{who} noted what became of proposed wording", "side", "state"
    )
    WORKING_DOCUMENT_VIEWED = _kind(
        "working_document.viewed", "view", "{who} looked at the working document for the Tribunal"
    )
    WORKING_DOCUMENT_PRINTED = _kind(
        "working_document.printed", "view", "{who} downloaded the working document for the Tribunal"
    )

    @property
    def code(self) -> str:
        """What is hashed."""
        return str(self.value.code)

    @property
    def sort(self) -> str:
        """change, view, denial or account."""
        return str(self.value.sort)

    def check_detail(self, detail: Mapping[str, Any]) -> None:
        """Raise TypeError unless ``detail`` has exactly this event's keys, with values fit to be hashed."""
        if detail.keys() != self.value.detail:
            raise TypeError(f"{self.code} takes exactly {sorted(self.value.detail)}, not {sorted(detail)}")
        for value in detail.values():
            if not isinstance(value, str | int | bool | type(None) | list):
                raise TypeError(f"{self.code}: {type(value).__name__} cannot be hashed")


BY_CODE: dict[str, Event] = {event.code: event for event in Event}
