"""When a deed about a request is possible, who reads why it was made, what would make it stronger. Pure.

*Who* may act is the grid's; here is only what the request's own state, the dates and the words allow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from isp.escalations.stages import OPEN, PENDING, REFUSED, WITHDRAWN, Stage, State, stage_of
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.workdays import months_after

SCHOOL, PARENT, YOUNG_PERSON = "school", "parent", "young_person"
AGREE, REFUSE = "agree", "refuse"
REASONS_LIMIT = 20_000
OLDEST_RECEIPT = timedelta(days=366)
UNDER_AGE = 25
"""Section 36 is about children and young people under 25."""
APPEAL_RESULTS: Mapping[str, str] = {
    "dismissed": "Dismissed by the Tribunal",
    "withdrawn": "Withdrawn by the family",
    "allowed": "Allowed: the Tribunal ordered an assessment",
    "conceded": "The authority gave way and will assess",
}
TO_ASSESS = frozenset({"allowed", "conceded"})


# -- requesting --------------------------------------------------------------------------------------------


def check_request(
    *,
    reasons: str,
    received_on: date,
    release: Collection[UUID],
    releasable: Collection[UUID],
    documents: Collection[UUID] = (),
    documents_releasable: Collection[UUID] = (),
    born_on: date,
    today: date,
) -> None:
    """Raise Invalid where a request cannot be made as it stands.

    An id that is not among the versions shown is refused in the same words whatever it is: another
    pupil's version, a draft, a withdrawn one, nothing at all.
    """
    errors = _check_words("reasons", reasons, "Say why an assessment is needed.")
    if received_on > today:
        errors["received_on"] = "The day cannot be in the future."
    elif received_on < today - OLDEST_RECEIPT:
        errors["received_on"] = "This is more than a year ago. Check the year."
    if not set(release) <= set(releasable):
        errors["release"] = (
            "Choose from the versions shown here. They may have changed: look at the page again."
        )
    if not set(documents) <= set(documents_releasable):
        errors["documents"] = (
            "Choose from the documents shown here. They may have changed: look at the page again."
        )
    if months_after(born_on, UNDER_AGE * 12) <= received_on:
        errors[""] = f"An EHC needs assessment is for children and young people under {UNDER_AGE}."
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def check_none_open(open_statuses: Iterable[str]) -> None:
    """Raise Conflict where a request is open already."""
    if any(status in OPEN for status in open_statuses):
        raise Conflict(
            "An EHC needs assessment has been requested already and that request is still open. "
            "Look at it on the page “EHC needs assessment”."
        )


def check_under_appeal(request: State | None, today: date) -> None:
    """Raise Conflict where the last request is before the Tribunal: two answers to one question."""
    if request is not None and stage_of(request, today) is Stage.APPEAL:
        raise Conflict("The last request is under appeal. Wait for the Tribunal, or close the appeal first.")


# -- deciding ----------------------------------------------------------------------------------------------


def check_pending(request: State) -> None:
    """Raise Conflict unless the request waits for its decision."""
    if request.status == WITHDRAWN:
        raise Conflict("This request has been withdrawn, so there is nothing to decide.")
    if request.status != PENDING:
        raise Conflict("This request has been decided already. Open the case again to see the decision.")


def check_decision(
    request: State,
    *,
    decision: str,
    limb_a: bool,
    limb_b: bool,
    reasons: str,
    decided_on: date,
    today: date,
) -> None:
    """Raise Invalid where a decision does not hold together.

    The legal test (section 36(8), Children and Families Act 2014): the child (a) has or may have special
    educational needs, and (b) it may be necessary for provision to be made in accordance with an EHC plan.
    Both met, the authority must assess; otherwise it has nothing to assess upon.
    """
    errors: dict[str, str] = {}
    if decision not in (AGREE, REFUSE):
        errors["decision"] = "Choose whether to assess."
    elif decision == AGREE and not (limb_a and limb_b):
        errors["decision"] = "To agree, both parts of the legal test must be met. Look at your two answers."
    elif decision == REFUSE and limb_a and limb_b:
        errors["decision"] = (
            "Both parts of the legal test are met, so the authority must assess. Look at your answers."
        )
    errors |= _check_words("reasons", reasons, "Say why. The family and the school read it.")
    errors |= _check_day("decided_on", decided_on, request.received_on, today, "the request was received")
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def check_evidence(released: Mapping[UUID, bytes], standing: Mapping[UUID, bytes]) -> None:
    """Raise Conflict unless each released object is a published version, unaltered since its release.

    ``standing``: every version of those ids that there is, id to digest.
    """
    for version_id, digest in released.items():
        if standing.get(version_id) != digest:
            raise Conflict(
                "What was released for this case is not as it was. Nothing was decided. "
                "Tell whoever runs this service, and ask the school for the plan again."
            )


# -- afterwards --------------------------------------------------------------------------------------------


def check_assignable(request: State, today: date) -> None:
    """Raise Conflict where nobody at the authority works on the case any more."""
    if stage_of(request, today) in (Stage.WITHDRAWN, Stage.REFUSED):
        raise Conflict("This case is closed, so it cannot be given to anybody.")


def check_withdrawable(request: State) -> None:
    """Raise Conflict unless the request still waits for its decision."""
    if request.status == WITHDRAWN:
        raise Conflict("This request has been withdrawn already.")
    if request.status != PENDING:
        raise Conflict(
            "The authority has decided, so the request cannot be withdrawn here. Write to the officer."
        )


def check_appeal(request: State, on: date, today: date) -> None:
    """Raise Conflict or Invalid where an appeal cannot be recorded.

    A late one can: the Tribunal may let it in, and mediation gives the family longer.
    """
    if request.status != REFUSED or request.decided_on is None:
        raise Conflict("There is no refusal here to appeal against.")
    if request.appealed_on is not None:
        raise Conflict("An appeal is on record already.")
    errors = _check_day("on", on, request.decided_on, today, "the decision")
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def check_appeal_closing(request: State, result: str, on: date, today: date) -> None:
    """Raise Conflict or Invalid where an appeal cannot be closed so."""
    if request.appealed_on is None or request.appeal_closed_on is not None:
        raise Conflict("There is no open appeal on record.")
    errors = {} if result in APPEAL_RESULTS else {"result": "Choose how the appeal ended."}
    errors |= _check_day("on", on, request.appealed_on, today, "the appeal was made")
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def reads_reasons(source: str, made_by: UUID, reader: UUID | None, side: str) -> bool:
    """Whether a reader sees why the request was made.

    The authority reads every request. A school's is read by its staff and the family; a parent's or a
    young person's own words by nobody else: neither the other parent nor the school.
    """
    return side == "authority" or source == SCHOOL or made_by == reader


# -- what would make a request stronger --------------------------------------------------------------------

_SECTIONS: Mapping[str, str] = {
    "about_me": "The child’s own views are not in the plan.",
    "family_views": "The family’s views are not in the plan, or may be read by staff only.",
    "needs": "The plan describes no needs.",
    "outcomes": "The plan names no outcomes, so nobody can see how far they were reached.",
    "provision": "The plan names no provision, so nobody can see what has been tried.",
    "advice": "No specialist’s advice is in the plan, such as an educational psychologist’s.",
}


def missing_evidence(content: Mapping[str, Any] | None, versions: int) -> list[str]:
    """What an authority usually asks for and does not find: sentences to point out, never a bar.

    ``content``: the version in force as the requester reads it (None: there is none); ``versions``: how
    many could be released.
    """
    if content is None or versions == 0:
        return ["There is no finalised plan, so there is nothing that shows what has been tried."]
    found = [] if versions > 1 else ["There is only one version of the plan, so it shows no review yet."]
    sections = content["sections"]
    for name, sentence in _SECTIONS.items():
        section = sections.get(name)
        if section is None or not (section.get("fields") or section.get("items")):
            found.append(sentence)
    return found


def _check_words(name: str, words: str, missing: str) -> dict[str, str]:
    if not words.strip():
        return {name: missing}
    if len(words) > REASONS_LIMIT:
        return {name: f"Keep this to {REASONS_LIMIT:,} characters."}
    return {}


def _check_day(name: str, day: date, earliest: date, today: date, what: str) -> dict[str, str]:
    if day > today:
        return {name: "The day cannot be in the future."}
    if day < earliest:
        return {name: f"The day cannot be before {what}."}
    return {}
