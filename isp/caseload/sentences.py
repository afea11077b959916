"""What the trail tells, as sentences: for the school as the events have them, for families in theirs.

``say`` never fails on an event it does not know how to put: every one has words for both. Names of people
come in as ``who``; the detail holds only numbers, codes and dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isp.audit.events import Event
from isp.caseload import ties
from isp.documents.rules import KINDS
from isp.documents.rules import WITHDRAWAL_REASONS as DOCUMENT_REASONS
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
    _E.ASSESSMENT_REQUESTED: "{who} asked the council to find out what the child needs",
    _E.ASSESSMENT_VIEWED: "{who} looked at what the council was asked",
    _E.OFFICER_ASSIGNED: "{who} had this given to somebody at the council",
    _E.ASSESSMENT_DECIDED: "{who} answered for the council: {decision}",
    _E.CIRCUMSTANCE_RECORDED: "{who} noted why the council could not keep a day that the law sets",
    _E.CIRCUMSTANCE_TAKEN_BACK: "{who} took back why the council could not keep a day that the law sets",
    _E.APPEAL_RECORDED: "{who} noted that you are asking a tribunal to look at the council's answer",
    _E.APPEAL_CLOSED: "{who} noted that the tribunal has finished",
    _E.ASSESSMENT_WITHDRAWN: "{who} took back what the council was asked",
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
    "responsible": "the responsible authority",
}
WITHDRAWAL_WORDS: Mapping[str, str] = {
    code: words[:1].lower() + words[1:]
    for code, words in {**DOCUMENT_REASONS, **NOTE_WITHDRAWAL_REASONS, **WITHDRAWAL_REASONS}.items()
}
PAPERS: Mapping[str, str] = {code: words[:1].lower() + words[1:] for code, words in KINDS.items()}
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
        "withdrawn": "taken back",
        "continue_support": "the support goes on",
        "change_layer": "the support goes on at another layer",
        "end": "the plan is no longer needed",
        "consider_assessment": "the support goes on, and an EHC needs assessment is considered",
    },
    "kind": TIE_KINDS,
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
}
"""What the school's sentence adds from the detail."""
_DAYS = frozenset({"on", "due_on", "next_on", "happened_on", "received_on", "sight_until", "from", "to"})


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
