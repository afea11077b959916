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
    HISTORY_VIEWED = _kind("history.viewed", "view", "{who} looked at the history")
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
        "rules",
        "sight_until",
    )
    APPEAL_RECORDED = _kind("assessment.appealed", "change", "{who} recorded an appeal", "on", "sight_until")
    APPEAL_CLOSED = _kind(
        "assessment.appeal_closed", "change", "{who} recorded the end of an appeal", "result"
    )
    ASSESSMENT_WITHDRAWN = _kind("assessment.withdrawn", "change", "{who} withdrew the request")

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
