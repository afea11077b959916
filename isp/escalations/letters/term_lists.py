"""The letter of a term's reviews to the head of a school: written, served with proof, kept as it went out.

Of no single case, so it lies beside the list that it tells of and not among the letters of cases. It names
each child: whoever writes it must have all of them before her, as an authority's manager has. The lines about
the children are sealed under each child's own key, whatever else the letter says under the authority's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.listing import grounds_of, record_list
from isp.access.policy import OrganisationPermission, Permission
from isp.audit import Chain, Event, Unit
from isp.audit.unit import MOVED_ON
from isp.ehcp.models import AnnualReview, StatutoryPlan
from isp.escalations import upkeep_clock as clock
from isp.escalations.letters import content, rules
from isp.escalations.letters.content import Composed, Facts, Gap, Part, Words
from isp.escalations.letters.queries import contact_of
from isp.escalations.letters.wording import Letter, Wording, wording_on, wordings
from isp.escalations.models import ReviewList, ReviewListLetter
from isp.escalations.queries import organisation_names
from isp.kernel.canonical import nfc
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.register import pupils
from isp.register.models import Pupil
from isp.web.filters import date_words

LISTS, LETTERS = table_of(ReviewList), table_of(ReviewListLetter)
REVIEWS, PLANS, PUPILS = table_of(AnnualReview), table_of(StatutoryPlan), table_of(Pupil)
KIND = "review_list"
SALT = 16
NOT_YOURS = (
    "Some children on this list are not in a case of yours, so you cannot name them. A manager of the "
    "authority writes and serves this letter."
)


@dataclass(frozen=True, slots=True)
class ListLetter:
    """The letter of a list as its authority reads it; ``row`` is None before anything of it was written."""

    about: Any
    row: Any | None
    decision: Decision
    authority: str
    school: str
    dated_on: date
    words: Words
    title: str
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...]
    pupil_ids: tuple[UUID, ...]
    service: Mapping[str, str]
    """Of a served letter: to whom, how, and what shows it."""

    @property
    def is_served(self) -> bool:
        return self.row is not None and self.row.served_on is not None

    @property
    def shown(self) -> int:
        """The version of what the page shows; 0 before anything was written."""
        return self.row.row_version if self.row is not None else 0

    @property
    def code(self) -> str:
        """Of a served letter: the beginning of its digest."""
        return self.row.digest.hex()[:12] if self.row is not None and self.row.digest else ""


def read(unit: Unit, list_id: UUID) -> ListLetter:
    """The letter of a list, for a page; that its children were named is recorded like any list of them."""
    found = _read(unit, list_id)
    _record_names(unit, found)
    return found


def print_it(unit: Unit, list_id: UUID, form: str, size: str) -> ListLetter:
    """The same for paper: the printing is recorded too."""
    found = _read(unit, list_id)
    _record_names(unit, found)
    chain = Chain.organisation(found.about.authority_id)
    obj = ("review_list", list_id)
    unit.record(found.decision, Event.LETTER_PRINTED, chain, obj=obj, letter=KIND, form=form, size=size)
    return found


def write(unit: Unit, list_id: UUID, *, dated_on: date, opening: str, closing: str, shown: int) -> None:
    """Keep the words around the list, and the date on the letter."""
    found = _to_change(unit, list_id, shown)
    rules.check_words({"opening": opening, "closing": closing}, dated_on, unit.today)
    words = {"opening": nfc(opening.strip()), "closing": nfc(closing.strip())}
    _store(unit, found, words, dated_on=dated_on)
    _recorded(unit, found, Event.LETTER_SAVED)


def serve(unit: Unit, list_id: UUID, *, served_on: date, how: str, name: str, proof: str, shown: int) -> None:
    """The letter has gone to the head: on which day, how, to whom, and what shows it. Nobody alters it."""
    found = _to_change(unit, list_id, shown)
    if found.gaps:
        listed = " ".join(gap.to_do for gap in found.gaps)
        raise Conflict(f"This letter cannot be served yet. {listed}")
    _check_service(found, served_on, how, name, proof, unit.today)
    salt = os.urandom(SALT)
    lines = _lines(unit, found.about)
    text = text_of(found)
    digest = content.digest_of(text, salt)
    words = {
        "opening": found.words.opening,
        "closing": found.words.closing,
        "name": nfc(name.strip()),
        "proof": nfc(proof.strip()),
        "salt": salt.hex(),
        "parts": [
            {"code": one.code, "heading": one.heading, "source": one.source,
             "text": "" if one.code == _LISTED else one.text}
            for one in found.parts
        ],
        "lines": {
            str(review_id): {
                "pupil": str(pupil_id),
                "sealed": unit.keys.seal(KeyOf.pupil(pupil_id), _line_place(review_id), {"line": line}).hex(),
            }
            for review_id, (pupil_id, line) in lines.items()
        },
    }  # fmt: skip
    _store(
        unit,
        found,
        words,
        served_on=served_on,
        how=how,
        served_by=unit.actor.person_id,
        recorded_at=unit.now,
        digest=digest,
    )
    _recorded(unit, found, Event.LETTER_SERVED, on=served_on.isoformat(), copies=1, digest=digest.hex())


def _check_service(found: ListLetter, served_on: date, how: str, name: str, proof: str, today: date) -> None:
    errors = {}
    if served_on > today:
        errors["served_on"] = "The day cannot be in the future. Record the service once the letter has gone."
    elif served_on < found.dated_on:
        errors["served_on"] = "The letter is dated later than this. Check both dates."
    if how not in rules.WAYS or how == rules.HERE:
        errors["how"] = "Choose how it went."
    if not name.strip():
        errors["name"] = "Say to whom it went."
    if not proof.strip():
        errors["proof"] = "Say what shows that it was sent, and who sent it."
    elif len(proof) > rules.PROOF_LIMIT:
        errors["proof"] = f"Keep this to {rules.PROOF_LIMIT:,} characters."
    if errors:
        raise Invalid(rules.ATTENTION, errors)


# -- reading ---------------------------------------------------------------------------------------------

_LISTED = "term_list"


def _allowed(unit: Unit, list_id: UUID, *, lock: bool = False) -> tuple[Any, Decision]:
    query = select(LISTS).where(LISTS.c.id == list_id)
    about = unit.connection.execute(query.with_for_update(key_share=True) if lock else query).first()
    place = about.authority_id if about is not None else list_id
    decision = gate.require_in_organisation(unit, OrganisationPermission.EHC_REVIEWS_SEND, place)
    if about is None:
        raise NotFound(gate.NO_PAGE)
    return about, decision


def _read(unit: Unit, list_id: UUID, *, lock: bool = False) -> ListLetter:
    about, decision = _allowed(unit, list_id, lock=lock)
    row = unit.connection.execute(select(LETTERS).where(LETTERS.c.list_id == list_id)).first()
    sealed = _sealed_of(unit, row) if row is not None else {}
    named = organisation_names(unit, {about.authority_id, about.school_id})
    wording, letter = _wording(unit, row)
    found = ListLetter(
        about=about,
        row=row,
        decision=decision,
        authority=named.get(about.authority_id, ""),
        school=named.get(about.school_id, ""),
        dated_on=row.dated_on if row is not None else unit.today,
        words=Words(opening=sealed.get("opening", ""), closing=sealed.get("closing", "")),
        title=letter.title,
        parts=(),
        gaps=(),
        pupil_ids=(),
        service={},
    )
    if row is not None and found.is_served:
        return _as_served(unit, found, row, sealed, wording, letter)
    return _as_it_is(unit, found, wording, letter)


def _wording(unit: Unit, row: Any | None) -> tuple[Wording, Letter]:
    wording = wordings().called(row.rules) if row is not None else wording_on(unit.today)
    return wording, wording.letters[KIND]


def _as_it_is(unit: Unit, found: ListLetter, wording: Wording, letter: Letter) -> ListLetter:
    lines = _lines(unit, found.about)
    mine = _mine(unit, found.about)
    known = _facts(unit, found, "\n".join(line for pupil_id, line in lines.values() if pupil_id in mine))
    made: Composed = content.compose(wording, letter, known, found.words)
    gaps = made.gaps
    if any(pupil_id not in mine for pupil_id, _ in lines.values()):
        source = letter.must[0].source
        gaps = (Gap("every child on the list", source, NOT_YOURS), *gaps)
    return replace(
        found, parts=made.parts, gaps=gaps, pupil_ids=tuple(one for one, _ in lines.values() if one in mine)
    )


def _as_served(
    unit: Unit, found: ListLetter, row: Any, sealed: Mapping[str, Any], wording: Wording, letter: Letter
) -> ListLetter:
    """As it went out. Of a child who is not in a case of the reader's the line is not opened."""
    mine = _mine(unit, found.about)
    lines, shown = [], []
    for review_id, held in sealed["lines"].items():
        pupil_id = UUID(held["pupil"])
        if pupil_id in mine:
            place = _line_place(UUID(review_id))
            lines.append(
                str(unit.keys.open(KeyOf.pupil(pupil_id), place, bytes.fromhex(held["sealed"]))["line"])
            )
            shown.append(pupil_id)
        else:
            lines.append("A child who is not in a case of yours")
    filled = content.compose(wording, letter, _facts(unit, found, "\n".join(lines)), Words())
    listed = next(one.text for one in filled.parts if one.code == _LISTED)
    parts = tuple(
        Part(one["code"], one["heading"], listed if one["code"] == _LISTED else one["text"], one["source"])
        for one in sealed["parts"]
    )
    service = {"to": sealed["name"], "how": rules.WAYS[row.how], "proof": sealed["proof"]}
    return replace(found, parts=parts, pupil_ids=tuple(shown), service=service)


def _facts(unit: Unit, found: ListLetter, lines: str) -> Facts:
    sender = found.row.served_by if found.is_served and found.row is not None else unit.actor.person_id
    return Facts(
        authority=found.authority,
        child="",
        dated=found.dated_on,
        contact=contact_of(unit, sender),
        term=_term(found.about),
        reviews=lines,
        send_by=date_words(clock.list_due(found.about.term_from)),
    )


def _term(about: Any) -> str:
    return f"from {date_words(about.term_from)} to {date_words(about.term_to)}"


def _lines(unit: Unit, about: Any) -> dict[UUID, tuple[UUID, str]]:
    """By review, the child and the line about it, the first due first: what is still to be finished.

    Of this authority's own: a review that went to another with its child is on no list of the old one's.
    """
    r, p = REVIEWS.c, PLANS.c
    query = (
        select(r.id, r.pupil_id, r.due_on, p.reference)
        .join(PLANS, p.id == r.plan_id)
        .where(
            r.list_id == about.id,
            r.authority_id == about.authority_id,
            r.state.in_(sorted(clock.UNDER_WAY)),
        )
        .order_by(r.due_on, r.id)
    )
    rows = unit.connection.execute(query).all()
    named = pupils.names(unit, {row.pupil_id for row in rows})
    return {
        row.id: (
            row.pupil_id,
            f"{named[row.pupil_id].full}, plan {row.reference}: by {date_words(row.due_on)}",
        )
        for row in rows
    }


def _mine(unit: Unit, about: Any) -> set[UUID]:
    """Those on the list whose reviews the actor may read by a tie of her own."""
    allowed = gate.visible_pupils(unit.actor.person_id, Permission.EHC_REVIEW_READ, unit.today)
    listed = select(REVIEWS.c.pupil_id).where(REVIEWS.c.list_id == about.id)
    query = select(PUPILS.c.id).where(PUPILS.c.id.in_(listed), PUPILS.c.id.in_(allowed))
    return set(unit.connection.scalars(query))


def text_of(found: ListLetter) -> Any:
    """The whole text, which a served letter's digest is of."""
    return nfc(
        {
            "title": found.title,
            "authority": found.authority,
            "school": found.school,
            "dated_on": found.dated_on.isoformat(),
            "parts": [
                {"code": one.code, "heading": one.heading, "text": one.text, "source": one.source}
                for one in found.parts
            ],
        }
    )


# -- changing --------------------------------------------------------------------------------------------


def _to_change(unit: Unit, list_id: UUID, shown: int) -> ListLetter:
    found = _read(unit, list_id, lock=True)
    if found.is_served:
        raise Conflict("This letter has been served, so nobody can change it any more.")
    if found.shown != shown:
        raise Conflict(MOVED_ON)
    return found


def _store(unit: Unit, found: ListLetter, words: dict[str, Any], **values: Any) -> None:
    following = found.shown + 1
    about = found.about
    letter_id = found.row.id if found.row is not None else new_id()
    sealed = unit.keys.seal(KeyOf.organisation(about.authority_id), _place(letter_id, following), words)
    if found.row is not None:
        where = {"list_id": about.id, "row_version": found.shown}
        unit.change(ReviewListLetter, where, MOVED_ON, **values, sealed=sealed, row_version=following)
        return
    blank: dict[str, Any] = dict.fromkeys(("served_on", "how", "served_by", "recorded_at", "digest"))
    first = blank | {
        "list_id": about.id,
        "id": letter_id,
        "authority_id": about.authority_id,
        "school_id": about.school_id,
        "dated_on": found.dated_on,
        "made_at": unit.now,
        "made_by": unit.actor.person_id,
        "rules": wording_on(unit.today).version,
        "sealed": sealed,
        "row_version": following,
    }
    unit.insert(ReviewListLetter, **(first | values))


def _recorded(unit: Unit, found: ListLetter, event: Event, **detail: Any) -> None:
    chain = Chain.organisation(found.about.authority_id)
    unit.record(found.decision, event, chain, obj=("review_list", found.about.id), letter=KIND, **detail)


def _record_names(unit: Unit, found: ListLetter) -> None:
    place = grounds_of(found.decision.standing, found.about.authority_id, Permission.EHC_REVIEW_READ)
    record_list(unit, "review-list-letter", found.pupil_ids, place)


def _sealed_of(unit: Unit, row: Any) -> dict[str, Any]:
    found: dict[str, Any] = unit.keys.open(
        KeyOf.organisation(row.authority_id), _place(row.id, row.row_version), row.sealed
    )
    return found


def _place(letter_id: UUID, row_version: int) -> Place:
    return Place("review_list_letter", "sealed", letter_id, row_version)


def _line_place(review_id: UUID) -> Place:
    return Place("review_list_letter", "line", review_id, 1)
