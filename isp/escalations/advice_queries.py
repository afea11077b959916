"""Reading advice: of a case for its officer, one's own for whoever is asked, what is to be chased.

An officer reaches it through the case that it was asked in. Whoever is asked reaches her own and nobody
else's: one that is another's and one that is not there give the same answer. Drafts are their author's alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from isp.access import gate, grants
from isp.access.gate import Decision
from isp.access.listing import grounds_of, record_list
from isp.access.policy import BY_GRANT, DIGEST, GRID, Permission, Standing
from isp.access.purposes import ASSESSMENT
from isp.access.standing import onlookers, standings
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.documents import queries as documents
from isp.documents.queries import Version as DocumentVersion
from isp.escalations import advice_rules as rules
from isp.escalations import deadlines, kept, lists, parties, queries
from isp.escalations.advice_models import AdviceDraft, AdviceRequest, AdviceVersion
from isp.escalations.deadlines import Act, Circumstance, Due
from isp.escalations.queries import REQUESTS, Released
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.keys import KeyOf
from isp.people.models import Account
from isp.people.roles import Role
from isp.register import pupils
from isp.register.pupils import PupilName

ADVICE, DRAFTS, VERSIONS = table_of(AdviceRequest), table_of(AdviceDraft), table_of(AdviceVersion)
_ACCOUNTS = table_of(Account)
_AT_THE_AUTHORITY: Mapping[str, tuple[Role, ...]] = {
    "c": (Role.PSYCHOLOGIST_OR_THERAPIST,),
    "d": (Role.PSYCHOLOGIST_OR_THERAPIST,),
    "e": (Role.SOCIAL_WORKER,),
    "f": (Role.PSYCHOLOGIST_OR_THERAPIST, Role.SOCIAL_WORKER),
    "g": (Role.PSYCHOLOGIST_OR_THERAPIST, Role.SOCIAL_WORKER),
    "h": (Role.PSYCHOLOGIST_OR_THERAPIST, Role.SOCIAL_WORKER),
}
_OF_THE_FAMILY = frozenset({Standing.PARENT, Standing.YOUNG_PERSON})
_OF_THE_SCHOOL = frozenset({Standing.HEAD, Standing.SENCO, Standing.DEPUTY_SENCO})
_AROUND: Mapping[str, frozenset[Standing]] = {
    "a": _OF_THE_FAMILY,
    "b": _OF_THE_SCHOOL,
    "f": _OF_THE_SCHOOL,
    "g": _OF_THE_SCHOOL,
    "h": _OF_THE_SCHOOL,
}


@dataclass(frozen=True, slots=True)
class Version:
    """A version of advice with what it says; ``document``: its file, as far as the reader may see it."""

    row: Any
    words: Mapping[str, Any]
    document: DocumentVersion | None

    @property
    def code(self) -> str:
        """The short form of its digest."""
        text = self.row.digest.hex()[:12].upper()
        return f"{text[:4]}-{text[4:8]}-{text[8:]}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for advice, for the officer or for whoever is asked, without anybody's draft."""

    row: Any
    words: Mapping[str, Any]
    kind: rules.Kind
    due: Due | None
    """By regulation 8(1), moved by what excuses it; None where nothing was asked."""
    versions: tuple[Version, ...] = ()

    @property
    def said(self) -> list[dict[str, Any]]:
        """What was said at each step, oldest first: step, on, words."""
        return [{**one, "on": date.fromisoformat(one["on"])} for one in self.words["said"]]

    @property
    def missing(self) -> str:
        """What the last check found missing, where it was sent back."""
        back = [one["words"] for one in self.said if one["step"] == rules.SENT_BACK]
        return str(back[-1]) if back and self.row.state == rules.SENT_BACK else ""


@dataclass(frozen=True, slots=True)
class OfCase:
    """The advice of one case: what was asked and what must still be asked."""

    row: Any
    decision: Decision
    pupil: PupilName
    asked: tuple[Asked, ...]
    wanted: tuple[str, ...]
    missing: tuple[str, ...]
    complete: bool
    seek: Due | None
    """By when advice is to be sought at all; None before the authority has agreed."""


@dataclass(frozen=True, slots=True)
class Own:
    """What somebody is asked, what was released for it, and what she has written so far."""

    asked: Asked
    decision: Decision
    pupil: PupilName
    authority: str
    draft: Mapping[str, str]
    released: tuple[Released, ...]
    documents: tuple[DocumentVersion, ...]

    @property
    def is_mine_to_write(self) -> bool:
        """Whether it is her turn."""
        return self.asked.row.state in rules.WITH_ADVISER


# -- who may -----------------------------------------------------------------------------------------------


def allowed(
    unit: Unit, advice_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[Any, Decision]:
    """The row, and the decision by which the authority may do this with it: through its case."""
    row = _row(unit, advice_id, lock=lock)
    decision = gate.require(unit, permission, row.pupil_id if row is not None else advice_id)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    if decision.sources is not None and row.request_id not in decision.sources:
        raise _another(permission, row)
    return row, decision


def giving(unit: Unit, advice_id: UUID, *, lock: bool = False) -> tuple[Any, Decision]:
    """The row, and the decision of whoever is asked herself. NotFound for all others.

    ``lock``: for a deed, which needs a case that goes on.
    """
    row = _row(unit, advice_id, lock=lock)
    decision = gate.require(unit, Permission.ADVICE_GIVE, row.pupil_id if row is not None else advice_id)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    rests = decision.sources is None or row.id in decision.sources
    if row.adviser_id != unit.actor.person_id or not rests:
        raise _another(Permission.ADVICE_GIVE, row)
    if lock:
        ended = unit.connection.scalar(select(REQUESTS.c.ended_on).where(REQUESTS.c.id == row.request_id))
        rules.check_goes_on(ended)
    return row, decision


def _another(permission: Permission, row: Any) -> NotFound:
    denial = Denial(permission.value, "another-persons-advice", ("pupil", row.pupil_id), policy=DIGEST)
    return NotFound(gate.NO_PAGE, denial=denial)


def _row(unit: Unit, advice_id: UUID, *, lock: bool) -> Any | None:
    query = select(ADVICE).where(ADVICE.c.id == advice_id)
    return unit.connection.execute(query.with_for_update(key_share=True) if lock else query).first()


# -- words -------------------------------------------------------------------------------------------------


def place(advice_id: UUID, row_version: int) -> Place:
    """Where the words of a request for advice lie."""
    return Place("advice_request", "sealed", advice_id, row_version)


def words_of(unit: Unit, row: Any) -> dict[str, Any]:
    """What was said about it: whom, note, representations, said."""
    return kept.words_of(unit, "advice_request", row)


def draft_place(draft_id: UUID) -> Place:
    """Where a draft lies."""
    return Place("advice_draft", "sealed", draft_id)


def version_place(version_id: UUID) -> Place:
    """Where a version's words lie."""
    return Place("advice_version", "sealed", version_id)


def draft_of(unit: Unit, row: Any) -> dict[str, str]:
    """What its author has written so far, by box; for her alone."""
    if not row.drafted:
        return {}
    query = select(DRAFTS).where(DRAFTS.c.advice_id == row.id, DRAFTS.c.number == row.drafted)
    held = unit.connection.execute(query).one()
    found: dict[str, str] = unit.keys.open(KeyOf.pupil(row.pupil_id), draft_place(held.id), held.sealed)[
        "content"
    ]
    return found


# -- of a case ---------------------------------------------------------------------------------------------


def rows_of_case(unit: Unit, request_id: UUID) -> list[Any]:
    """The rows of a case in the order of the regulation: for rules, after the gate."""
    query = select(ADVICE).where(ADVICE.c.request_id == request_id)
    return list(unit.connection.execute(query.order_by(ADVICE.c.kind, ADVICE.c.recorded_at, ADVICE.c.id)))


def asked_since(unit: Unit, request_id: UUID) -> list[date]:
    """The days on which advice was asked for that is still to come: what excuses it can be recorded."""
    c = ADVICE.c
    query = select(c.asked_on).where(c.request_id == request_id, c.state.in_(sorted(rules.OPEN))).distinct()
    return sorted(day for day in unit.connection.scalars(query) if day is not None)


def of_case(unit: Unit, request_id: UUID) -> OfCase:
    """Everything asked in one case, for its officer; the view is recorded."""
    row, decision = queries.allowed(unit, request_id, Permission.ADVICE_READ)
    found = gathered(unit, row, decision)
    unit.record(decision, Event.ADVICE_VIEWED, Chain.pupil(row.pupil_id), obj=("assessment", request_id))
    return found


def gathered(unit: Unit, row: Any, decision: Decision) -> OfCase:
    """The same for somebody whom the gate has let through; the caller records the view."""
    told = queries.circumstances(unit, [row.id])[row.id]
    pupil = pupils.name(unit, row.pupil_id)
    rows = rows_of_case(unit, row.id)
    wanted = rules.required(pupil.year_group, pupil.born_on, unit.today) if row.status == "agreed" else ()
    agreed_on = agreed(row)
    return OfCase(
        row=row,
        decision=decision,
        pupil=pupil,
        asked=tuple(_asked(unit, one, told) for one in rows),
        wanted=wanted,
        missing=tuple(rules.missing(wanted, rows)),
        complete=bool(wanted) and rules.is_complete(wanted, rows),
        seek=deadlines.due(Act.SEEK_ADVICE, agreed_on, version=row.rules) if agreed_on is not None else None,
    )


def agreed(row: Any) -> date | None:
    """The day on which the authority agreed to assess, or was brought to; None where it has not."""
    if row.status != "agreed":
        return None
    found: date | None = row.appeal_closed_on or row.decided_on
    return found


def read_one(unit: Unit, advice_id: UUID) -> tuple[Asked, Decision]:
    """One request for advice with its versions, for the officer; the view is recorded."""
    row, decision = allowed(unit, advice_id, Permission.ADVICE_READ)
    told = queries.circumstances(unit, [row.request_id])[row.request_id]
    found = _asked(unit, row, told, versions_of(unit, row, decision))
    unit.record(decision, Event.ADVICE_VIEWED, Chain.pupil(row.pupil_id), obj=("assessment", row.request_id))
    return found, decision


def _asked(unit: Unit, row: Any, told: Collection[Circumstance], versions: tuple[Version, ...] = ()) -> Asked:
    due = rules.due(row.asked_on, row.rules, told) if row.asked_on is not None else None
    return Asked(row, words_of(unit, row), rules.KINDS[row.kind], due, versions)


def versions_of(unit: Unit, row: Any, decision: Decision) -> tuple[Version, ...]:
    """Every version of one request's advice, newest first. The caller records the view."""
    query = select(VERSIONS).where(VERSIONS.c.advice_id == row.id).order_by(VERSIONS.c.number.desc())
    rows = list(unit.connection.execute(query))
    papers = _papers(unit, decision, row.pupil_id, {one.document_version_id for one in rows})
    key = KeyOf.pupil(row.pupil_id)
    return tuple(
        Version(
            one,
            unit.keys.open(key, version_place(one.id), one.sealed)["content"],
            papers.get(one.document_version_id),
        )
        for one in rows
    )


def _papers(
    unit: Unit, decision: Decision, pupil_id: UUID, wanted: Iterable[UUID | None]
) -> dict[UUID | None, DocumentVersion]:
    """Those documents that the reader may see, by version; the look at their titles is recorded."""
    ids = {one for one in wanted if one is not None}
    if not ids:
        return {}
    listed = [
        one
        for one in documents.seen(unit, decision, pupil_id)
        if any(each.id in ids for each in one.versions)
    ]
    if listed:
        documents.record_list(unit, decision, pupil_id, listed)
    return {each.id: each for one in listed for each in one.versions if each.id in ids and not each.withdrawn}


# -- one's own ---------------------------------------------------------------------------------------------


def read_own(unit: Unit, advice_id: UUID) -> Own:
    """What the actor is asked, with her draft; the view is recorded."""
    row, decision = giving(unit, advice_id)
    told = queries.circumstances(unit, [row.request_id])[row.request_id]
    given = {one.object_id for one in grants.granted_by(unit, row.id, grants.DOCUMENT)}
    papers = _papers(unit, decision, row.pupil_id, given)
    found = Own(
        asked=_asked(unit, row, told, versions_of(unit, row, decision)),
        decision=decision,
        pupil=pupils.name(unit, row.pupil_id),
        authority=queries.organisation_names(unit, {row.authority_id}).get(row.authority_id, ""),
        draft=draft_of(unit, row),
        released=tuple(one for one in queries.released(unit, row.id) if not one.withdrawn),
        documents=tuple(papers.values()),
    )
    unit.record(decision, Event.ADVICE_VIEWED, Chain.pupil(row.pupil_id), obj=("advice", advice_id))
    return found


@dataclass(frozen=True, slots=True)
class InMyList:
    """A row of "Advice asked of me"; ``pupil`` None where the actor sees the child no more."""

    row: Any
    pupil: PupilName | None
    due: Due
    authority: str


def asked_of_me(unit: Unit, *, most: int = 100) -> list[InMyList]:
    """What is asked of the actor and open, by the day it is due, then what was closed lately, unnamed.

    What is listed with a name is what opens: the standing that lets it open is asked here too.
    """
    c = ADVICE.c
    query = (
        select(ADVICE)
        .where(c.adviser_id == unit.actor.person_id, c.asked_on.is_not(None))
        .order_by(c.closed_on.is_not(None), c.closed_on.desc(), c.due_on, c.id)
    )
    rows = list(unit.connection.execute(query.limit(most)))
    open_rows = [row for row in rows if row.state in rules.OPEN]
    seen = set(
        unit.connection.scalars(
            select(ADVICE.c.pupil_id).where(
                c.id.in_([row.id for row in open_rows]),
                c.pupil_id.in_(gate.visible_pupils(unit.actor.person_id, Permission.ADVICE_GIVE, unit.today)),
            )
        )
    )
    named = pupils.names(unit, seen) if seen else {}
    if seen:
        grounds = grounds_of("adviser", None, Permission.ADVICE_GIVE, purpose=ASSESSMENT)
        record_list(unit, "advice-asked", seen, grounds)
    told = queries.circumstances(unit, {row.request_id for row in rows})
    places = queries.organisation_names(unit, {row.authority_id for row in rows})
    return [
        InMyList(
            row,
            named.get(row.pupil_id) if row.state in rules.OPEN else None,
            rules.due(row.asked_on, row.rules, told[row.request_id]),
            places.get(row.authority_id, ""),
        )
        for row in rows
    ]


def count_asked_of(unit: Unit, person_id: UUID | None) -> int:
    """How many requests for advice wait for somebody."""
    c = ADVICE.c
    query = select(func.count()).where(c.adviser_id == person_id, c.state.in_(sorted(rules.WITH_ADVISER)))
    return int(unit.connection.scalar(query) or 0)


# -- what is to be chased ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToChase:
    """A row of the officer's list: what is with an adviser, or in and to be checked."""

    row: Any
    reference: str
    due: Due
    to_chase: bool


def waiting(
    unit: Unit,
    *,
    beyond: tuple[date, UUID] | None = None,
    back_from: tuple[date, UUID] | None = None,
    limit: int = 50,
) -> list[ToChase]:
    """Open advice of the cases that the actor has, by the day it is due: a page of it.

    ``beyond``: what comes after this day and id; ``back_from``: what comes before, the nearest first.

    What is listed is what opens: the ties that open a case bring it here.
    """
    c = ADVICE.c
    wanted = GRID[Permission.ADVICE_READ] & BY_GRANT
    ours = standings(unit.actor.person_id, unit.today, wanted=wanted).subquery("ours")
    query = (
        select(ADVICE, REQUESTS.c.reference)
        .join(REQUESTS, REQUESTS.c.id == c.request_id)
        .where(c.request_id.in_(select(ours.c.source_id)), c.state.in_(sorted(rules.OPEN)))
    )
    if back_from is not None:
        on, last = back_from
        query = query.where(or_(c.due_on < on, and_(c.due_on == on, c.id < last)))
    if beyond is not None:
        on, last = beyond
        query = query.where(or_(c.due_on > on, and_(c.due_on == on, c.id > last)))
    order = (c.due_on.desc(), c.id.desc()) if back_from else (c.due_on, c.id)
    rows = list(unit.connection.execute(query.order_by(*order).limit(limit)))
    told = queries.circumstances(unit, {row.request_id for row in rows})
    found = []
    for row in rows:
        due = rules.due(row.asked_on, row.rules, told[row.request_id])
        chase = rules.is_to_chase(row.state, due.on, row.chased_on, unit.today)
        found.append(ToChase(row, row.reference, due, chase))
    return found


# -- whom to ask, and what to send -------------------------------------------------------------------------


def advisers_for(unit: Unit, row: Any, kind: str) -> list[UUID]:
    """Who may be asked for a kind of advice in a case: with an account, and not barred from the record."""
    found: list[UUID] = []
    if roles := _AT_THE_AUTHORITY.get(kind):
        found += parties.officers_for(unit, row.authority_id, row.pupil_id, *roles)
    if standings := _AROUND.get(kind):
        towards = onlookers(row.pupil_id, unit.today).subquery("towards")
        wanted = sorted(one.value for one in standings & GRID[Permission.ADVICE_GIVE])
        query = select(towards.c.person_id).where(towards.c.standing.in_(wanted)).distinct()
        found += sorted(unit.connection.scalars(query))
    usable = select(_ACCOUNTS.c.person_id).where(
        _ACCOUNTS.c.person_id.in_(found), _ACCOUNTS.c.closed_at.is_(None)
    )
    there = set(unit.connection.scalars(usable)) if found else set()
    return [one for one in dict.fromkeys(found) if one in there]


def is_at_authority(unit: Unit, row: Any, person_id: UUID) -> bool:
    """Whether somebody is asked as one of the authority's own: then a tie must open the record to her."""
    roles = (Role.PSYCHOLOGIST_OR_THERAPIST, Role.SOCIAL_WORKER)
    return person_id in parties.holders(unit, row.authority_id, *roles)


def check_officer(unit: Unit) -> None:
    """Raise NotFound for somebody who works on no authority's cases."""
    lists.authorities(unit)


def record_waiting(unit: Unit, shown: Iterable[ToChase]) -> None:
    """Remember the page of the list that was shown, once for each authority."""
    listed = list(shown)
    for authority_id, role in lists.authorities(unit).items():
        ids = [one.row.pupil_id for one in listed if one.row.authority_id == authority_id]
        record_list(unit, "advice-waiting", ids, grounds_of(role, authority_id, Permission.ADVICE_READ))
