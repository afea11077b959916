"""What documents there are, and who sees which. Pure: facts in; sentences, Conflict or Invalid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from isp.access.gate import Decision
from isp.access.lenses import Label
from isp.access.policy import BY_GRANT, DOCUMENT_LABELS, GRID, LENSES, Permission
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.keys import GENERAL, RESTRICTED

ATTENTION = "Some answers need attention."
REPORT, LETTER, EVIDENCE, PHOTOGRAPH, OLD_PLAN = "report", "letter", "evidence", "photograph", "old_plan"
KINDS: Mapping[str, str] = {
    REPORT: "A report",
    LETTER: "A letter",
    EVIDENCE: "Evidence of work",
    PHOTOGRAPH: "A photograph",
    OLD_PLAN: "An old plan",
}
ADVICE = "advice"
EVERY_KIND: Mapping[str, str] = {**KINDS, ADVICE: "Advice for an EHC needs assessment"}
"""With what is never filed by hand: a report that was given to the authority for an assessment."""
FAMILY_KINDS: Mapping[str, str] = {kind: KINDS[kind] for kind in (REPORT, LETTER, EVIDENCE, PHOTOGRAPH)}
LABELS: Mapping[str, tuple[str, str]] = {
    "S0": ("Shared", "The child’s parents, the young person, and all staff who read documents."),
    "S1": (
        "Health and professionals’ reports",
        (
            "As above, but not the head teacher: the SENCO, the child’s teachers, the SEN administrator, "
            "the safeguarding lead, the parents and the young person."
        ),
    ),
    "S2": (
        "Staff only",
        (
            "The SENCO, the child’s teachers, the head teacher and the safeguarding lead. Never the family. "
            "A worry about a child’s safety goes to the safeguarding lead, not here."
        ),
    ),
    "S3": ("Confidential: where somebody lives or can be reached", "The safeguarding lead, and nobody else."),
}
"""Each label's name, and who sees what bears it."""
SENT_LABEL = "S1"
"""Of what families and advisers send: letters of clinics, for the most part."""
TITLE_LIMIT = 120
WITHDRAWAL_REASONS: Mapping[str, str] = {
    "wrong_child": "It is about the wrong child",
    "third_party": "It holds somebody else's words or details that should not be here",
    "wrong_file": "It is the wrong file",
    "wrong_label": "It should be seen by fewer people",
    "other": "Another reason",
}
REASON_LIMIT = 1000
SCHOOL, FAMILY, ADVISER = "school", "family", "adviser"
MOVED_ON = (
    "Somebody replaced this document after the page you were looking at was made. "
    "Look at the newest version, then do this again."
)


@dataclass(frozen=True, slots=True)
class Type:
    """A type of file that is kept: how it is named, and as what it is served."""

    words: str
    ending: str
    mimetype: str


TYPES: Mapping[str, Type] = {
    "pdf": Type("PDF", "pdf", "application/pdf"),
    "docx": Type("Word", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "odt": Type("OpenDocument", "odt", "application/vnd.oasis.opendocument.text"),
    "jpeg": Type("picture", "jpg", "image/jpeg"),
    "png": Type("picture", "png", "image/png"),
    "txt": Type("text", "txt", "text/plain; charset=utf-8"),
}


def compartment_of(label: str) -> str:
    """Under which of the pupil's keys, and on which of the pupil's chains, a label lies."""
    return GENERAL if label in ("S0", "S1") else RESTRICTED


def labels_written(decision: Decision) -> tuple[str, ...]:
    """The labels somebody may give a document: those that she can read afterwards."""
    held = decision.standings & GRID[Permission.DOCUMENT_WRITE]
    seen = frozenset(label for one in held for label in DOCUMENT_LABELS[one])
    return tuple(label.value for label in sorted(seen & {Label.S0, Label.S1, Label.S2, Label.S3}))


def reads(
    decision: Decision,
    *,
    label: str,
    source: str,
    made_by: UUID,
    withdrawn: bool = False,
    released: bool = False,
    kind: str = "",
) -> bool:
    """THE rule of who reads a version: its sender; else by label, and of what others sent only staff.

    Who sees only what was released to her: what was (``released``). A withdrawn one: only who reads withdrawn
    versions of plans too. Advice for an assessment (``kind``): its sender, and to whom it was released.
    """
    if withdrawn:
        held = decision.standings & GRID[Permission.WITHDRAWN_READ]
        return any(label == one.value for standing in held for one in DOCUMENT_LABELS[standing])
    if made_by == decision.person_id and decision.can(Permission.DOCUMENT_SEND):
        return True
    held = decision.standings & GRID[Permission.DOCUMENT_READ]
    if kind == ADVICE and decision.sources is None:
        return made_by == decision.person_id
    if decision.sources is not None:
        return released and any(label == one.value for standing in held for one in DOCUMENT_LABELS[standing])
    held -= BY_GRANT
    held = held if source == SCHOOL else frozenset(one for one in held if LENSES[one].staff)
    return any(label == one.value for standing in held for one in DOCUMENT_LABELS[standing])


def check_title(title: str) -> str:
    """The title as given, trimmed. Raises Invalid where there is none or it is too long."""
    trimmed = " ".join(title.split())
    if not trimmed:
        raise Invalid(ATTENTION, {"title": "Say in a few words what it is."})
    if len(trimmed) > TITLE_LIMIT:
        over = len(trimmed) - TITLE_LIMIT
        raise Invalid(ATTENTION, {"title": f"Shorten this by {over} characters: it can hold {TITLE_LIMIT}."})
    return trimmed


def check_happened(happened_on: date, today: date) -> None:
    """A document is of today or before, and within living memory of a school career."""
    if happened_on > today:
        raise Invalid(ATTENTION, {"happened_on": "A document is of today or before. Check the date."})
    if happened_on.year < today.year - 30:
        raise Invalid(ATTENTION, {"happened_on": "That is over 30 years ago. Check the year."})


def check_choice(value: str, choices: Mapping[str, object] | tuple[str, ...], field: str) -> None:
    """One of the choices. Raises Invalid otherwise."""
    if value not in choices:
        raise Invalid(ATTENTION, {field: "Choose one of the answers."})


def check_reason(reason: str) -> str:
    """Why it is withdrawn, trimmed. Raises Invalid where it is not said or too long."""
    trimmed = " ".join(reason.split())
    if not trimmed or len(trimmed) > REASON_LIMIT:
        sentence = "Say in a few words what happened." if not trimmed else "Shorten this."
        raise Invalid(ATTENTION, {"reason": sentence})
    return trimmed


def check_newest(shown: int, newest: int) -> None:
    """What is replaced or withdrawn is what the page showed."""
    if shown != newest:
        raise Conflict(MOVED_ON)
