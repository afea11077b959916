"""What the trail tells, as sentences: for the school as the events have them, for families in theirs.

``say`` never fails on an event it does not know how to put: every one has words for both. Names of people
come in as ``who``; the detail holds only numbers, codes and dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isp.audit.events import Event
from isp.caseload import ties
from isp.documents.rules import EVERY_KIND
from isp.documents.rules import WITHDRAWAL_REASONS as DOCUMENT_REASONS
from isp.ehcp.steps import STEP_WORDS
from isp.notes.rules import WITHDRAWAL_REASONS as NOTE_WITHDRAWAL_REASONS
from isp.plans.content import SHAPE as PLAN
from isp.plans.rules import WITHDRAWAL_REASONS
from isp.records.days import say_day
from isp.records.shape import Audience

_E = Event

FAMILY: Mapping[Event, str] = {
    _E.LIST_VIEWED: "{who} looked at a list with names in it",
    _E.CODE_ASKED_FOR: "{who} had an invitation to sign in sent by email",
    _E.PUPIL_ADDED: "{who} put the child's name on the school's list",
    _E.PUPIL_CHANGED: "{who} changed the child's details",
    _E.PUPIL_LEFT: "{who} noted that the child left the school",
    _E.PUPIL_RETURNED: "{who} noted that the child came back to the school",
    _E.PUPIL_VIEWED: "{who} looked at the child's page",
    _E.TIE_OPENED: "{who} noted who works with the child",
    _E.TIE_CHANGED: "{who} changed who works with the child",
    _E.TIE_ENDED: "{who} noted that somebody stopped working with the child",
    _E.RESTRICTION_ADDED: "{who} changed who may see this",
    _E.RESTRICTION_LIFT_ASKED: "{who} asked to change who may see this",
    _E.RESTRICTION_LIFTED: "{who} changed who may see this",
    _E.PLAN_STARTED: "{who} started a plan",
    _E.DRAFT_STARTED: "{who} started work on the next plan",
    _E.DRAFT_SAVED: "{who} worked on the next plan",
    _E.DRAFT_CLASHED: "{who} worked on the next plan at the same time as somebody else",
    _E.DRAFT_SETTLED: "{who} chose between two people's words for the next plan",
    _E.WORDING_SET_ASIDE: "{who} worked on the next plan",
    _E.WORDING_TAKEN_UP: "{who} worked on the next plan",
    _E.DRAFT_DISCARDED: "{who} put the next plan aside, so the plan stays as it is",
    _E.DRAFT_RESTORED: "{who} went back to the words of plan {version} for the next plan",
    _E.DRAFT_VIEWED: "{who} looked at the next plan",
    _E.PLAN_PUBLISHED: "{who} shared plan {version} with you",
    _E.PLAN_VIEWED: "{who} looked at plan {version}",
    _E.VERSIONS_VIEWED: "{who} looked at the list of plans",
    _E.PLAN_COMPARED: "{who} looked at what changed from plan {earlier} to plan {later}",
    _E.PLAN_READ_AS_OF: "{who} looked at the plan as it was on {on}",
    _E.VERSION_WITHDRAWN: "{who} took plan {version} away, because it should not have been shared",
    _E.PLAN_ENDED: "{who} ended the plan",
    _E.PLAN_CORRECTED: "{who} made a small correction: plan {version}",
    _E.TEMPLATE_TAKEN: "{who} used plan {version} as a model for others; nothing about the child is in it",
    _E.TEMPLATE_USED: "{who} began the plan from a model that the school keeps",
    _E.COUNTERSIGN_ASKED: "{who} asked a colleague to agree to the next plan",
    _E.COUNTERSIGN_GIVEN: "{who} agreed, for the school, to the next plan",
    _E.COUNTERSIGN_REFUSED: "{who} asked for changes before the next plan is shared",
    _E.EARLIER_CYCLE_RECORDED: "{who} added an older plan, from {happened_on}",
    _E.PLAN_EXPORTED: "{who} took a copy of plan {version}",
    _E.PLAN_PRINTED: "{who} printed or downloaded {document}: plan {version}",
    _E.REVIEW_PLANNED: "{who} planned a meeting about the plan for {on}",
    _E.REVIEW_MOVED: "{who} changed the day of a meeting, or who leads it",
    _E.REVIEW_CANCELLED: "{who} called off a meeting",
    _E.REVIEW_NOT_HELD: "{who} wrote down why the meeting due on {due_on} did not take place",
    _E.REVIEW_INVITED: "{who} asked somebody to a meeting",
    _E.REVIEW_UNINVITED: "{who} took back that somebody was asked to a meeting",
    _E.REVIEW_ANSWERED: "{who} noted who comes to a meeting",
    _E.REVIEW_OPENED: "{who} began a meeting about plan {plan_version}",
    _E.REVIEW_WRITTEN: "{who} wrote down what was said about the plan",
    _E.REVIEW_CLASHED: "{who} wrote down what was said at the same time as somebody else",
    _E.REVIEW_SETTLED: "{who} chose between two people's words about the plan",
    _E.REVIEW_CLOSED: "{who} finished the meeting about plan {plan_version}: {decision}",
    _E.REVIEW_VIEWED: "{who} looked at a meeting about the plan",
    _E.REVIEW_PRINTED: "{who} printed or downloaded what was said about the plan",
    _E.CYCLES_VIEWED: "{who} looked at how the plans went on",
    _E.DOCUMENT_ADDED: "{who} added {paper}",
    _E.DOCUMENT_REPLACED: "{who} put a newer one in place of {paper}",
    _E.DOCUMENT_WITHDRAWN: "{who} took {paper} away, because it should not have been here",
    _E.DOCUMENTS_VIEWED: "{who} looked at the list of letters and reports",
    _E.DOCUMENT_DOWNLOADED: "{who} downloaded {paper}",
    _E.SECTION_GIVEN: "{who} asked a colleague to write a part of the next plan",
    _E.SECTION_DONE: "{who} finished writing a part of the next plan",
    _E.SECTION_TAKEN_BACK: "{who} no longer needs a colleague to write a part of the next plan",
    _E.QUESTIONS_ASKED: "{who} asked the child’s teachers how things are going",
    _E.ANSWERS_SAVED: "{who} wrote down how things are going",
    _E.ANSWERS_FINISHED: "{who} finished saying how things are going",
    _E.TEACHERS_REMINDED: "{who} reminded teachers to say how things are going",
    _E.QUESTIONS_CLOSED: "{who} finished asking the teachers how things are going",
    _E.ANSWERS_VIEWED: "{who} looked at what teachers say about how things are going",
    _E.HISTORY_VIEWED: "{who} looked at this list of what happened",
    _E.SEN2_BROUGHT_IN: "{who} took over from the council's papers of {year} what they say of the "
    "child's help",
    _E.SEN2_ASKED: "{who} asked for the council's yearly numbers to be made",
    _E.SEN2_MADE: "The yearly numbers that {who} asked for were made",
    _E.SEN2_TAKEN: "{who} took a copy of the council's yearly numbers",
    _E.SEN2_FILE_READ: "{who} read in the council's yearly numbers to look at",
    _E.SEN2_FILE_DONE: "{who} took over the council's yearly numbers",
    _E.SEN2_FILE_ASIDE: "{who} threw away a file that had been read in",
    _E.ASSESSMENT_REQUESTED: "{who} asked the council to find out what the child needs",
    _E.ASSESSMENT_VIEWED: "{who} looked at what the council was asked",
    _E.OFFICER_ASSIGNED: "{who} had this given to somebody at the council",
    _E.ASSESSMENT_DECIDED: "{who} answered for the council: {decision}",
    _E.CIRCUMSTANCE_RECORDED: "{who} noted why the council could not keep a day that the law sets",
    _E.CIRCUMSTANCE_TAKEN_BACK: "{who} took back why the council could not keep a day that the law sets",
    _E.APPEAL_RECORDED: "{who} noted that you are asking a tribunal to look at the council's answer",
    _E.APPEAL_CLOSED: "{who} noted that the tribunal has finished",
    _E.RECEIPT_CORRECTED: "{who} put right the day on which the council got the request: {to}, not {from}",
    _E.LATENESS_RECOUNTED: "{who} counted again how many days late the council's answer was",
    _E.EVIDENCE_VIEWED: "{who} looked at something that the council was shown",
    _E.EVIDENCE_PRINTED: "{who} downloaded what the council was shown as one document",
    _E.EVIDENCE_RELEASED: "{who} let the council read more",
    _E.FAMILY_TOLD: "{who} noted that you know what the council was asked",
    _E.REQUEST_SENT: "{who} noted that the council was written to on {on}",
    _E.REPLY_FILED: "{who} noted a letter of the council of {on}: {reply}",
    _E.PROOF_NOTED: "{who} noted what the council has seen: {what}",
    _E.CASE_STEP: "{who} noted what happened on {on}: {code}",
    _E.STEP_CORRECTED: "{who} put right a day that was noted wrongly",
    _E.PLAN_DECIDED: "{who} said for the council if there is to be a plan that it must carry out: {decision}",
    _E.DRAFT_PLAN_SENT: "{who} sent you the first form of the plan; you have until {answers_until}",
    _E.FINAL_PLAN_ISSUED: "{who} sent the finished plan that the council must carry out",
    _E.ASSESSMENT_ENDED: "{who} noted that the council has stopped: {why_ended}",
    _E.SETTING_CONSULTED: "{who} asked a school if it can take the child",
    _E.CONSULTATION_VIEWED: "{who} looked at what a school was asked",
    _E.SETTING_ANSWERED: "{who} noted what a school answered: {answer}",
    _E.DISPUTE_OPENED: "{who} noted that you do not agree with the council",
    _E.DISPUTE_CLOSED: "{who} noted how it ended that you did not agree with the council",
    _E.CASE_ENTERED: "{who} brought in what the council had on record about the child’s case",
    _E.EHC_PLAN_ENTERED: "{who} brought in an EHC plan from {made_on} that the council had on record",
    _E.CHILD_SOUGHT: "{who} looked for the child by {by}: the council was asked what is needed",
    _E.AUDITED_CASE_VIEWED: "{who} checked how well the council did its work for the child",
    _E.AUDIT_FINDINGS_SAVED: "{who} wrote down how well the council did its work for the child",
    _E.ASSESSMENT_WITHDRAWN: "{who} took back what the council was asked",
    _E.EHC_PLAN_STEP: "{who} wrote down about the EHC plan: {step}",
    _E.EHC_REVIEWS_VIEWED: "{who} looked at what happens with the EHC plan",
    _E.EHC_REVIEW_LISTED: "{who} told the school that the EHC plan is to be looked at again by {due_on}",
    _E.OUT_OF_SCHOOL_STEP: "{who} wrote down about not being in school, or only for a part: {step}",
    _E.OUT_OF_SCHOOL_VIEWED: "{who} looked at what is done about not being in school",
    _E.EHCP_OPENED: "{who} began to write the EHC plan",
    _E.EHCP_CLOSED: "{who} closed the EHC plan: it can be read, and nobody writes in it any more",
    _E.EHCP_DRAFT_STARTED: "{who} began to write what the EHC plan says next",
    _E.EHCP_WRITTEN: "{who} wrote in the EHC plan",
    _E.EHCP_CLASHED: "{who} wrote in the EHC plan at the same time as somebody else",
    _E.EHCP_SETTLED: "{who} chose between two people's words in the EHC plan",
    _E.EHCP_TAKEN_OVER: "{who} took words from the school's plan {version} into the EHC plan",
    _E.EHCP_ADVICE_NAMED: "{who} wrote into the EHC plan which advice it rests on: {letter}",
    _E.EHCP_WORDING_KEPT: "{who} kept words in the EHC plan and gave the reason",
    _E.EHCP_AGREER_NAMED: "{who} noted who agrees to a part of the EHC plan for {part}",
    _E.EHCP_SIGNED: "{who} noted that {part} agreed to its part of the EHC plan",
    _E.EHCP_VERSION_MADE: "{who} made EHC plan {version}: {sort}",
    _E.EHCP_BROUGHT_IN: "{who} put in an EHC plan from {made_on}",
    _E.EHCP_VIEWED: "{who} looked at EHC plan {version}",
    _E.EHCP_DRAFT_VIEWED: "{who} looked at what is being written in the EHC plan",
    _E.EHCP_VERSIONS_VIEWED: "{who} looked at the list of EHC plans",
    _E.EHCP_COMPARED: "{who} looked at what changed from EHC plan {earlier} to {later}",
    _E.EHCP_PRINTED: "{who} printed or downloaded EHC plan {version}",
    _E.EHCP_ANSWERED: "{who} said whether EHC plan {version} is right",
    _E.EHCP_ANSWER_FILED: "{who} wrote down what you said of EHC plan {version} on {came_on}",
    _E.EHCP_ANSWERS_VIEWED: "{who} looked at what the family says of EHC plan {version}",
    _E.PROVISION_CHECK_RAISED: "{who} asked whether the help in the EHC plan is given",
    _E.PROVISION_FOUND: "{who} noted whether some help in the EHC plan is given: {finding}",
    _E.PROVISION_CHECK_CLOSED: "{who} finished looking at whether the help in the EHC plan is given",
    _E.PROVISION_CHECKS_VIEWED: "{who} looked at whether the help in the EHC plan is given",
    _E.ADVICE_ASKED: "{who} asked somebody for advice, for the council: {letter}",
    _E.ADVICE_VIEWED: "{who} looked at advice for the council",
    _E.ADVICE_CHASED: "{who} reminded somebody of advice for the council: {letter}",
    _E.ADVICE_SAVED: "{who} worked on advice for the council",
    _E.ADVICE_RECEIVED: "{who} gave or filed advice for the council: {letter}",
    _E.ADVICE_SENT_BACK: "{who} sent advice back, because something was missing: {letter}",
    _E.ADVICE_ACCEPTED: "{who} checked advice for the council and took it: {letter}",
    _E.ADVICE_DECLINED: "{who} noted that somebody cannot give advice: {letter}",
    _E.ADVICE_WITHDRAWN: "{who} no longer asks somebody for advice: {letter}",
    _E.ADVICE_SUFFICES: "{who} noted that all agree to use advice that is there already: {letter}",
    _E.PANEL_PLANNED: "{who} planned a meeting at the council",
    _E.PANEL_CANCELLED: "{who} called off a meeting at the council",
    _E.PANEL_CASE_ADDED: "{who} put this before a meeting at the council",
    _E.PANEL_CASE_REMOVED: "{who} took this off the list of a meeting at the council",
    _E.PANEL_RECOMMENDED: "{who} noted what a meeting at the council advises",
    _E.PANEL_HELD: "{who} noted that a meeting at the council took place",
    _E.PANEL_VIEWED: "{who} looked at what a meeting at the council reads",
    _E.LETTERS_VIEWED: "{who} looked at the council’s letters",
    _E.LETTER_DRAFTED: "{who} began a letter",
    _E.LETTER_SAVED: "{who} worked on a letter",
    _E.LETTER_PUT_ASIDE: "{who} put a letter aside that was not finished",
    _E.LETTER_SERVED: "{who} sent a letter, on {on}",
    _E.LETTER_VIEWED: "{who} looked at a letter",
    _E.LETTER_PRINTED: "{who} printed or downloaded a letter",
    _E.DIARY_VIEWED: "{who} looked at the council’s notes of calls and visits",
    _E.DIARY_ENTERED: "{who} noted a call, a visit or a letter of {on}",
    _E.DIARY_CORRECTED: "{who} put right a note of a call, a visit or a letter",
    _E.CHRONOLOGY_VIEWED: "{who} looked at what happened, day by day",
    _E.CHRONOLOGY_PRINTED: "{who} printed or downloaded what happened, day by day",
    _E.DISCLOSED: "{who} gave something to somebody, for a reason that the law names, on {on}",
    _E.DISCLOSURES_VIEWED: "{who} looked at what was given to whom",
    _E.WORDING_PROPOSED: "{who} noted words that somebody wants in the plan",
    _E.WORDING_SETTLED: "{who} noted what became of words that somebody wanted in the plan",
    _E.WORKING_DOCUMENT_VIEWED: "{who} looked at what each side wants in the plan",
    _E.WORKING_DOCUMENT_PRINTED: "{who} downloaded what each side wants in the plan",
}
"""Everything that can stand on a child's own chain. Other events reach no family; their words are plain."""

TIE_KINDS: Mapping[str, str] = {
    "school": "on the school's roll",
    "former_school": "a former school's",
    "group": "in a class or group",
    "guardian": "a parent or carer",
    "self": "the young person's own sight",
    "case": "a case at the authority",
    "caseload": "a case officer",
    "adviser": "an adviser",
    "audit": "a quality assurance audit",
    "consulted": "a school that is asked about a draft plan",
    "responsible": "the responsible authority",
}
WITHDRAWAL_WORDS: Mapping[str, str] = {
    code: words[:1].lower() + words[1:]
    for code, words in {**DOCUMENT_REASONS, **NOTE_WITHDRAWAL_REASONS, **WITHDRAWAL_REASONS}.items()
}
PAPERS: Mapping[str, str] = {code: words[:1].lower() + words[1:] for code, words in EVERY_KIND.items()}
ADVICE_ABOUT: Mapping[str, str] = {
    "a": "the family’s",
    "b": "education",
    "c": "health",
    "d": "psychology",
    "e": "social care",
    "f": "somebody the council thinks can help",
    "g": "preparing for adulthood",
    "h": "somebody the family asked for",
}
_CODES: Mapping[str, Mapping[str, str]] = {
    "document": {
        "plan": "the plan",
        "profile": "the one-page profile",
        "class": "the class sheet",
        "cover": "the class sheet for cover",
        "cycles": "the last four cycles",
        "moving_on": "the pack for moving on",
        "everything": "everything that the family can read",
    },
    "paper": PAPERS,
    "form": {"pdf": "as PDF", "docx": "as Word"},
    "size": {"standard": "", "large": "in large print"},
    "section": {name: f"“{shape.label}”" for name, shape in PLAN.sections.items()},
    "decision": {
        "agreed": "yes",
        "refused": "no",
        "assess": "yes",
        "not_assess": "no",
        "issue": "yes",
        "no_plan": "no",
        "withdrawn": "taken back",
        "continue_support": "the support goes on",
        "change_layer": "the support goes on at another layer",
        "end": "the plan is no longer needed",
        "consider_assessment": "the support goes on, and an EHC needs assessment is considered",
    },
    "step": {code.value: words[:1].lower() + words[1:] for code, words in STEP_WORDS.items()}
    | {"reported": "told the council", "decided": "decided", "reviewed": "looked at again", "closed": "over"},
    "sort": {
        "draft_sent": "the draft that is sent",
        "final": "the final plan",
        "amended": "an amended plan",
        "brought_in": "a plan brought in from elsewhere",
    },
    "part": {"health": "the health body", "care": "social care"},
    "occasion": {
        "issue": "the plan was issued",
        "setting": "the setting changed",
        "yearly": "the yearly check",
        "worry": "somebody was worried",
    },
    "finding": {"in_place": "given", "partly": "given in part", "not": "not given"},
    "letter": ADVICE_ABOUT,
    "kind": {**TIE_KINDS, "mediation": "mediation", "appeal": "an appeal"},
    "code": {
        one.value: words if words[1].isupper() else words[:1].lower() + words[1:]
        for one, words in STEP_WORDS.items()
    },
    "answer": {"yes": "yes, it can take the child", "no": "no"},
    "why_ended": {
        "withdrawn": "the request was withdrawn",
        "moved": "the child moved to another authority",
        "died": "the child or young person has died",
    },
    "why": WITHDRAWAL_WORDS,
}
_MORE: Mapping[Event, str] = {
    _E.PUPIL_LEFT: " on {on}",
    _E.PUPIL_RETURNED: " on {on}",
    _E.LIST_VIEWED: " of {count}",
    _E.VERSION_WITHDRAWN: ": {why}",
    _E.NOTE_WITHDRAWN: ": {why}",
    _E.PLAN_PRINTED: " {form} {size}",
    _E.REVIEW_PRINTED: " {form} {size}",
    _E.DOCUMENT_WITHDRAWN: ": {why}",
    _E.IMPORT_APPLIED: ": {created} new, {changed} changed, {ended} ended",
    _E.APPEAL_RECORDED: " made on {on}",
    _E.EHC_PLAN_STEP: ", on {on}",
    _E.OUT_OF_SCHOOL_STEP: ", on {on}",
}
"""What the school's sentence adds from the detail."""
_DAYS = frozenset(
    {
        "on",
        "answers_until",
        "due_on",
        "next_on",
        "happened_on",
        "received_on",
        "sight_until",
        "from",
        "to",
        "made_on",
        "agreed_on",
        "came_on",
    }
)


def say(
    event: Event, who: str, detail: Mapping[str, Any], audience: Audience = "school", what: str = ""
) -> str:
    """One event as a sentence without its full stop. ``what``: of a tie, whom or what it is about."""
    return _filled(template(event, audience, detail.get("kind"), what), who, detail)


def predicate(event: Event, detail: Mapping[str, Any], audience: Audience = "school", what: str = "") -> str:
    """The same without the person: what comes after the name."""
    return say(event, "", detail, audience, what).strip()


def template(event: Event, audience: Audience, kind: object = None, what: str = "") -> str:
    """The sentence with its braces; of a tie, by its kind."""
    of_tie = ties.sentence(event, kind, what, audience)
    if of_tie is not None:
        return of_tie
    if audience == "family":
        return FAMILY.get(event) or event.value.sentence
    return str(event.value.sentence) + _MORE.get(event, "")


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _filled(text: str, who: str, detail: Mapping[str, Any]) -> str:
    words = _Words({key: _word(key, value) for key, value in detail.items()}, who=who)
    return " ".join(text.format_map(words).split())


def _word(key: str, value: Any) -> str:
    if value is None:
        return "no plan" if key == "version" else "no date"
    if key in _DAYS and isinstance(value, str):
        try:
            return say_day(value)
        except ValueError:
            return value
    if isinstance(value, str):
        return _CODES.get(key, {}).get(value, value.replace("_", " "))
    return str(value)
