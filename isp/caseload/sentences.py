"""What the trail tells, as sentences: for the school as the events have them, for families in theirs.

``say`` never fails on an event it does not know how to put: every one has words for both. Names of people
come in as ``who``; the detail holds only numbers, codes and dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isp.audit.events import Event
from isp.records.days import say_day
from isp.records.shape import Audience

_E = Event

FAMILY: Mapping[Event, str] = {
    _E.LIST_VIEWED: "{who} looked at a list with names in it",
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
    _E.EARLIER_CYCLE_RECORDED: "{who} added an older plan, from {happened_on}",
    _E.PLAN_EXPORTED: "{who} took a copy of plan {version}",
    _E.HISTORY_VIEWED: "{who} looked at this list of what happened",
    _E.ASSESSMENT_REQUESTED: "{who} asked the council to find out what the child needs",
    _E.ASSESSMENT_VIEWED: "{who} looked at what the council was asked",
    _E.OFFICER_ASSIGNED: "{who} had this given to somebody at the council",
    _E.ASSESSMENT_DECIDED: "{who} answered for the council: {decision}",
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
_CODES: Mapping[str, Mapping[str, str]] = {
    "decision": {
        "agreed": "yes",
        "refused": "no",
        "assess": "yes",
        "not_assess": "no",
        "withdrawn": "taken back",
    },
    "kind": TIE_KINDS,
}
_MORE: Mapping[Event, str] = {
    _E.TIE_OPENED: " ({kind})",
    _E.TIE_CHANGED: " ({kind})",
    _E.TIE_ENDED: " ({kind})",
    _E.PUPIL_LEFT: " on {on}",
    _E.PUPIL_RETURNED: " on {on}",
    _E.LIST_VIEWED: " of {count}",
    _E.IMPORT_APPLIED: ": {created} new, {changed} changed, {ended} ended",
    _E.APPEAL_RECORDED: " made on {on}",
}
"""What the school's sentence adds from the detail."""
_DAYS = frozenset({"on", "happened_on", "received_on", "sight_until", "from", "to"})


def say(event: Event, who: str, detail: Mapping[str, Any], audience: Audience = "school") -> str:
    """One event as a sentence without its full stop."""
    return _filled(template(event, audience), who, detail)


def predicate(event: Event, detail: Mapping[str, Any], audience: Audience = "school") -> str:
    """The same without the person: what comes after the name."""
    return _filled(template(event, audience), "", detail).strip()


def template(event: Event, audience: Audience) -> str:
    """The sentence with its braces."""
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
