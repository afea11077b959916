"""When a letter may be edited, served, put aside, and by whom a served one is read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from isp.ehcp.steps import STEP_WORDS, Happened, StepCode
from isp.escalations.letters.content import Gap
from isp.escalations.letters.recipients import Recipient
from isp.escalations.letters.wording import Letter
from isp.kernel.errors import Conflict, Invalid
from isp.web.filters import date_words

DRAFT, SERVED, PUT_ASIDE = "draft", "served", "put_aside"
HERE, NOT_SENT = "here", "none"
WAYS: Mapping[str, str] = {
    "post": "By post",
    "hand": "By hand",
    "email": "By email, outside this service",
    HERE: "In this service",
}
LIMIT = 20_000
PROOF_LIMIT = 4_000
SHOWN_GONE = "This letter has been served, so nobody can change it any more. Write another one."
ATTENTION = "Some of this needs another look."


class State(Protocol):
    """The columns of a letter that the rules go by."""

    @property
    def state(self) -> str: ...
    @property
    def dated_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Sending:
    """How a letter went to one recipient. ``how``: of WAYS, or NOT_SENT for a copy that was not sent."""

    how: str
    name: str = ""


def check_draft(state: State) -> None:
    """Raise Conflict where a letter can be edited no longer."""
    if state.state == SERVED:
        raise Conflict(SHOWN_GONE)
    if state.state == PUT_ASIDE:
        raise Conflict("This draft was put aside. Begin the letter anew on the page “Letters”.")


def check_words(words: Mapping[str, str], dated_on: date, today: date) -> None:
    """Raise Invalid where what was typed cannot be kept. A draft may lack anything."""
    errors = {
        name: f"Keep this to {LIMIT:,} characters." for name, text in words.items() if len(text) > LIMIT
    }
    if dated_on > today + timedelta(days=60):
        errors["dated_on"] = "This is more than two months ahead. Check the date."
    elif dated_on < date(2014, 9, 1):
        errors["dated_on"] = "The law that these letters come from begins on 1 September 2014."
    if errors:
        raise Invalid(ATTENTION, errors)


def check_on_record(letter: Letter, state: State, case: Any, steps: Sequence[Happened]) -> None:
    """Raise Conflict where a letter tells of something that is not on record, or not so, or not yet then.

    ``steps``: of the case; of a letter about one review those of that review.
    """
    _check_request(letter, case)
    rests_on = [one for one in steps if one.code.value in letter.rests_on]
    if letter.rests_on and not rests_on and not _on_its_row(letter, case):
        told = " or ".join(f"“{STEP_WORDS[StepCode(code)]}”" for code in letter.rests_on)
        raise Conflict(
            f"What this letter tells is not on record: {told}. Record it on the page of the case, then serve "
            "the letter."
        )
    first = min((one.on for one in rests_on), default=None)
    if first is not None and state.dated_on < first:
        raise Conflict(
            f"The letter is dated before what it tells, which was on {date_words(first)}. Check the date on "
            "the letter and the day on record."
        )


def _on_its_row(letter: Letter, case: Any) -> bool:
    """A plan that was put on record as taken over has the day on its row, and no step."""
    return letter.kind == "transfer" and any(one.transferred_on is not None for one in case.plans)


def _check_request(letter: Letter, case: Any) -> None:
    """Of the decision on a request the row of the request says more: what was once decided, too."""
    told = {"refuse_assess": "refused", "will_assess": "agreed"}.get(letter.kind)
    if told is None or not case.requests:
        return
    request = case.requests[0]
    if request.status == "pending":
        raise Conflict(
            "The decision on this request is not recorded yet. Record it on the page of the case, then serve "
            "the letter."
        )
    # After an appeal that was won the refusal is still what was once decided.
    once = "refused" if request.appealed_on is not None else request.status
    if told not in (request.status, once):
        raise Conflict(
            "This is not what was decided on the request. Look at the decision, and at the letter."
        )


def check_service(
    letter: Letter,
    state: State,
    gaps: Iterable[Gap],
    to: Iterable[Recipient],
    sent: Mapping[str, Sending],
    *,
    served_on: date,
    proof: str,
    document_id: UUID | None = None,
    papers: Iterable[UUID] = (),
    today: date,
) -> None:
    """Raise Conflict where something that the law wants is missing from the letter, Invalid where its
    service does not hold together.
    """
    missing = list(gaps)
    if missing:
        listed = " ".join(f"{one.to_do.rstrip('.')}." for one in missing)
        raise Conflict(
            "This letter lacks something that it must contain, so it cannot be served yet. " + listed
        )
    recipients = list(to)
    errors = _check_day(letter, state, served_on, today)
    errors |= _check_proof(proof, sent, has_document=document_id is not None)
    if document_id is not None and document_id not in set(papers):
        errors["document_id"] = "Choose one of the documents shown. They may have changed."
    for one in recipients:
        errors |= _check_sending(one, sent.get(one.key))
    if all(one.is_copy for one in recipients):
        errors[""] = (
            "Nobody of the family is on record who may get this letter. The school can add a parent on the "
            "pupil’s page; then serve it."
        )
    if errors:
        raise Invalid(ATTENTION, errors)


def _check_day(letter: Letter, state: State, served_on: date, today: date) -> dict[str, str]:
    if served_on > today:
        said = "The day cannot be in the future. Record the service once the letter has gone."
    elif served_on < state.dated_on:
        said = "The letter is dated later than this. Check both dates."
    elif letter.days_from_service and served_on != state.dated_on:
        said = (
            "The days that this letter gives begin with the day of its service, and were worked out from the "
            "date on it. Date the letter of the day on which it was served, and send that one."
        )
    else:
        return {}
    return {"served_on": said}


def _check_sending(one: Recipient, sending: Sending | None) -> dict[str, str]:
    how = f"how_{one.key}"
    if sending is None or sending.how not in (*WAYS, NOT_SENT):
        return {how: "Choose how it went."}
    if sending.how == NOT_SENT:
        return {} if one.is_copy else {how: "The letter is for this person: it cannot be served without."}
    if sending.how == HERE and not one.here:
        return {how: "This recipient does not read letters in this service."}
    return {} if one.name or sending.name.strip() else {f"name_{one.key}": "Say to whom it went."}


def _check_proof(proof: str, sent: Mapping[str, Sending], *, has_document: bool) -> dict[str, str]:
    if len(proof) > PROOF_LIMIT:
        return {"proof": f"Keep this to {PROOF_LIMIT:,} characters."}
    if proof.strip():
        return {}
    if any(one.how == NOT_SENT for one in sent.values()):
        return {"proof": "Say why a copy was not sent, and what shows that the others were."}
    if has_document:
        return {}
    return {"proof": "Say what shows that it was sent, and who sent it; or choose a document that does."}


def may_read(side: str, person_id: UUID | None, organisation_id: UUID | None, copies: Iterable[Any]) -> bool:
    """Whether somebody reads a served letter: the authority any of the case, others what went to them."""
    if side == "authority":
        return True
    if side == "family":
        return any(one.person_id == person_id for one in copies if one.person_id is not None)
    return any(one.organisation_id == organisation_id for one in copies if one.organisation_id is not None)
