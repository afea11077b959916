"""When a deed about a request is possible, who reads why it was made, what would make it stronger. Pure.

*Who* may act is the grid's; here is only what the request's own state, the dates and the words allow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from isp.access.grants import ANSWERS, DOCUMENT, REVIEW, VERSION
from isp.escalations.advice_rules import check_day
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
FEWEST_CYCLES = 2
LIMBS = ("a", "b")
LIMB_WORDS_LIMIT = 4_000


@dataclass(frozen=True, slots=True)
class Limb:
    """On what the answer to one part of the legal test rests: released items by id, words, or both."""

    items: tuple[UUID, ...] = ()
    words: str = ""


def is_open(row: Any) -> bool:
    """Whether a request's case has not come to its end."""
    return row.status in OPEN and row.ended_on is None


# -- requesting --------------------------------------------------------------------------------------------


FIELDS: Mapping[str, str] = {
    VERSION: "release",
    REVIEW: "reviews",
    DOCUMENT: "documents",
    ANSWERS: "answers",
}
"""Where each sort of evidence is chosen on the page that asks."""
_SHOWN: Mapping[str, str] = {
    VERSION: "versions",
    REVIEW: "review reports",
    DOCUMENT: "documents",
    ANSWERS: "answers",
}


def check_request(
    *,
    reasons: str,
    received_on: date,
    chosen: Mapping[str, Collection[UUID]],
    offered: Mapping[str, Collection[UUID]],
    born_on: date,
    today: date,
    why_not_told: str | None = None,
) -> None:
    """Raise Invalid where a request cannot be made as it stands.

    ``chosen`` and ``offered``: ids by sort of evidence. An id that is not among those shown is refused in the
    same words whatever it is: another pupil's version, a draft, a withdrawn one, nothing at all.
    ``why_not_told``: of a school that has not told the family, why not yet; None where they know.
    """
    errors = _check_words("reasons", reasons, "Say why an assessment is needed.")
    if received_on > today:
        errors["received_on"] = "The day cannot be in the future."
    elif received_on < today - OLDEST_RECEIPT:
        errors["received_on"] = "This is more than a year ago. Check the year."
    for sort, ids in chosen.items():
        if not set(ids) <= set(offered.get(sort, ())):
            errors[FIELDS[sort]] = (
                f"Choose from the {_SHOWN[sort]} shown here. They may have changed: look at the page again."
            )
    if why_not_told is not None:
        missing = "Tick that the family knows, or say why they have not been told yet."
        errors |= _check_words("why_not_told", why_not_told, missing)
    if months_after(born_on, UNDER_AGE * 12) <= received_on:
        errors[""] = f"An EHC needs assessment is for children and young people under {UNDER_AGE}."
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def check_release(chosen: Mapping[str, Collection[UUID]], offered: Mapping[str, Collection[UUID]]) -> None:
    """Raise Invalid where nothing new is chosen, or something that is not offered."""
    errors = {
        FIELDS[
            sort
        ]: f"Choose from the {_SHOWN[sort]} shown here. They may have changed: look at the page again."
        for sort, ids in chosen.items()
        if not set(ids) <= set(offered.get(sort, ()))
    }
    if not errors and not any(chosen.values()):
        errors = {"": "Tick what the authority may read as well."}
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def check_none_open(earlier: Iterable[Any]) -> None:
    """Raise Conflict where a request is open already: rows of the earlier ones."""
    if any(is_open(row) for row in earlier):
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
    rests_on: Mapping[str, Limb],
    released: Collection[UUID],
) -> None:
    """Raise Invalid where a decision does not hold together.

    ``rests_on``: for each part of the test the evidence it was answered by; ``released``: what may be named.

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
    for limb in LIMBS:
        errors |= _check_limb(limb, rests_on.get(limb, Limb()), released)
    errors |= _check_words("reasons", reasons, "Say why. The family and the school read it.")
    errors |= check_day("decided_on", decided_on, request.received_on, today, "the request was received")
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def _check_limb(limb: str, given: Limb, released: Collection[UUID]) -> dict[str, str]:
    if not set(given.items) <= set(released):
        return {f"evidence_{limb}": "Choose from what the request released. Look at the page again."}
    if not given.items and not given.words.strip():
        return {f"evidence_{limb}": f"Name the evidence for part ({limb}): tick what shows it, or say it."}
    if len(given.words) > LIMB_WORDS_LIMIT:
        return {f"words_{limb}": f"Keep this to {LIMB_WORDS_LIMIT:,} characters."}
    return {}


def check_receipt(
    request: State, received_on: date, reason: str, *, born_on: date, recorded_on: date, today: date
) -> None:
    """Raise Invalid or Conflict where the day of receipt cannot be corrected so.

    ``recorded_on``: the day on which the request was entered: it had been received by then.
    """
    if request.status == WITHDRAWN:
        raise Conflict("This request was withdrawn, so its dates stay as they are.")
    if request.reassesses is not None:
        raise Conflict("A re-assessment runs from the notice or the order, and not from a day of receipt.")
    errors = _check_words("reason", reason, "Say why the day is another. Both days are kept, with this.")
    latest = min(recorded_on, request.decided_on or recorded_on)
    if received_on > today:
        errors["received_on"] = "The day cannot be in the future."
    elif received_on > latest:
        errors["received_on"] = (
            "The decision was made before this day. Check both."
            if request.decided_on is not None and received_on > request.decided_on
            else "The request was entered here before this day, so it had been received by then."
        )
    elif received_on < born_on or received_on < recorded_on - 2 * OLDEST_RECEIPT:
        errors["received_on"] = "This is too long ago. Check the year."
    elif received_on == request.received_on:
        errors["received_on"] = "This is the day that is on record already."
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
    errors = check_day("on", on, request.decided_on, today, "the decision")
    if errors:
        raise Invalid("Some of this needs another look.", errors)


def check_appeal_closing(request: State, result: str, on: date, today: date) -> None:
    """Raise Conflict or Invalid where an appeal cannot be closed so."""
    if request.appealed_on is None or request.appeal_closed_on is not None:
        raise Conflict("There is no open appeal on record.")
    errors = {} if result in APPEAL_RESULTS else {"result": "Choose how the appeal ended."}
    errors |= check_day("on", on, request.appealed_on, today, "the appeal was made")
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


def missing_evidence(
    content: Mapping[str, Any] | None, versions: int, *, cycles: int | None = None, reports: int | None = None
) -> list[str]:
    """What an authority usually asks for and does not find: sentences to point out, never a bar.

    ``content``: the version in force as the requester reads it (None: there is none); ``versions``: how
    many could be released; ``cycles`` and ``reports``: how many closed reviews and professionals' reports
    could be, where the requester may know.
    """
    found = []
    if content is None or versions == 0:
        found.append("There is no finalised plan, so there is nothing that shows what has been tried.")
    elif versions == 1 and not cycles:
        found.append("There is only one version of the plan, so it shows no review yet.")
    if cycles is not None and cycles < FEWEST_CYCLES:
        held = "No review has" if cycles == 0 else "Only one review has"
        found.append(f"{held} been held and closed. Authorities usually look for {FEWEST_CYCLES} or more.")
    if content is None:
        return found
    sections = content["sections"]
    for name, sentence in _SECTIONS.items():
        if name == "advice" and reports:
            continue
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
