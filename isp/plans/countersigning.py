"""Countersigning: whom a school asks to agree before a plan is shared, and asking, agreeing, refusing.

An agreement is to exactly one revision of a draft: whatever is written afterwards voids it, without
anybody having to say so. Families are told at finalising and no sooner.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import GRID, OrganisationPermission, Permission
from isp.access.standing import PERSON, TODAY, live, towards_one
from isp.audit import Chain, Event, Unit
from isp.kernel.canonical import nfc
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.kernel.prepared import Prepared
from isp.notices.actions import tell
from isp.people.models import Membership
from isp.plans import queries, rules
from isp.plans.models import CountersignRequest, CountersignRule, PlanCard
from isp.records import drafts, opening
from isp.records.drafts import DraftWords

NOBODY = "nobody"
ROLE_WORDS = {NOBODY: "Nobody", "senco": "The SENCO", "head": "The head"}
ASKED, GIVEN, REFUSED, REPLACED = "asked", "given", "refused", "replaced"
RULES, REQUESTS, CARDS = table_of(CountersignRule), table_of(CountersignRequest), table_of(PlanCard)
WANTED = "countersigned_by"


def _newest_rule() -> Any:
    r = RULES.c
    return select(r.role).order_by(r.valid_from.desc(), r.made_at.desc(), r.id.desc()).limit(1)


def _wanted_of_record(record: Any) -> Any:
    """The role that a record's school wants today, for the statement that opens its draft."""
    query = _newest_rule().join(CARDS, CARDS.c.school_id == RULES.c.school_id)
    return query.where(CARDS.c.record_id == record.c.id, RULES.c.valid_from <= TODAY).correlate(record)


opening.ALSO[WANTED] = _wanted_of_record


def rule_on(unit: Unit, school_id: UUID, day: date) -> str:
    """The role that countersigns at a school on a day: ``nobody`` where it never said."""
    query = _newest_rule().where(RULES.c.school_id == school_id, RULES.c.valid_from <= day)
    return unit.connection.scalar(query) or NOBODY


def set_rule(unit: Unit, school_id: UUID, role: str, valid_from: date) -> None:
    """Say who countersigns from a day on. What was shared before stays as it was."""
    decision = gate.require_in_organisation(unit, OrganisationPermission.COUNTERSIGN_RULE_WRITE, school_id)
    rules.check_choice(role, ROLE_WORDS, "role")
    if valid_from < unit.today:
        raise Invalid("Some answers need attention.", {"valid_from": "Give today or a day to come"})
    unit.insert(
        CountersignRule,
        id=new_id(),
        school_id=school_id,
        role=role,
        valid_from=valid_from,
        made_at=unit.now,
        made_by=unit.actor.person_id,
    )
    unit.record(
        decision,
        Event.COUNTERSIGN_RULE_SET,
        Chain.organisation(school_id),
        obj=("organisation", school_id),
        signer=role,
        **{"from": valid_from.isoformat()},
    )


# -- where it stands ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a draft stands: who is to agree, and the newest request about this draft, if there is one."""

    role: str
    request: Any | None
    reason: str
    revision: int
    by_me: bool
    """Whether whoever looks holds that role herself: her finalising is her agreement."""

    @property
    def is_wanted(self) -> bool:
        return self.role != NOBODY and not self.by_me

    @property
    def is_given(self) -> bool:
        """Whether it was agreed to, exactly as the draft is now."""
        held = self.request
        return held is not None and held.status == GIVEN and held.revision == self.revision

    @property
    def is_void(self) -> bool:
        """Whether it was asked or answered about an earlier revision."""
        held = self.request
        return held is not None and held.revision != self.revision

    @property
    def lacking(self) -> str:
        """Why the draft cannot be finalised yet; empty where it can."""
        if not self.is_wanted or self.is_given:
            return ""
        who = ROLE_WORDS[self.role].lower()
        if self.request is None or self.request.status == REPLACED:
            return f"Your school wants {who} to countersign a plan before it is shared. Ask for that first."
        if self.is_void:
            return f"The draft was changed after {who} was asked, so it is to be signed anew. Ask again."
        if self.request.status == REFUSED:
            return f"It was not countersigned as it is. Change it as {who} says, then ask again."
        return f"{who[:1].upper()}{who[1:]} has been asked to countersign and has not answered yet."


def standing(
    unit: Unit, row: Any, decision: Decision, draft: DraftWords, role: str | None = None
) -> Standing:
    """Where a draft stands, for somebody who was let in. ``role``: where an earlier query brought it."""
    if role is None:
        role = rule_on(unit, _school(unit, row.id), unit.today)
    by_me = role in {one.value for one in decision.standings}
    request, reason = None, ""
    if role != NOBODY and not by_me:
        request = newest(unit, draft.id)
    if request is not None and request.sealed is not None:
        reason = unit.keys.open(KeyOf.pupil(row.pupil_id), _place(request.id), request.sealed)["reason"]
    return Standing(role, request, reason, draft.revision, by_me)


def check_countersigned(
    unit: Unit, row: Any, decision: Decision, draft: DraftWords, role: str | None
) -> None:
    """Raise Conflict where the school wants an agreement to this draft that is not there."""
    if role in (None, NOBODY):
        return
    lacking = standing(unit, row, decision, draft, role).lacking
    if lacking:
        raise Conflict(lacking)


def _school(unit: Unit, record_id: UUID) -> UUID:
    found: UUID = unit.connection.execute(
        select(CARDS.c.school_id).where(CARDS.c.record_id == record_id)
    ).scalar_one()
    return found


def newest(unit: Unit, draft_id: UUID) -> Any | None:
    """The newest request about a draft, or None; for whoever was let in."""
    r = REQUESTS.c
    query = select(REQUESTS).where(r.draft_id == draft_id).order_by(r.asked_at.desc(), r.id.desc())
    return unit.connection.execute(query.limit(1)).first()


def _place(request_id: UUID) -> Place:
    return Place("countersign_request", "sealed", request_id)


# -- asking and answering -----------------------------------------------------------------------------------


def signers(unit: Unit, row: Any, role: str) -> list[UUID]:
    """Who holds the role at the plan's school today and may countersign for this pupil, but the actor."""
    m = table_of(Membership).c
    query = select(m.person_id).where(
        m.organisation_id == _school(unit, row.id), m.role == role, live(m, unit.today)
    )
    people = dict.fromkeys(unit.connection.scalars(query.order_by(m.made_at, m.id)))
    return [one for one in people if one != unit.actor.person_id and _may_sign(unit, one, row.pupil_id)]


def _may_sign(unit: Unit, person_id: UUID, pupil_id: UUID) -> bool:
    asked = {"person": person_id, "pupil": pupil_id, "today": unit.today}
    rows = towards_one.all(unit.connection, asked)
    return any(row.standing in GRID[Permission.PLAN_COUNTERSIGN] for row in rows)


def ask(unit: Unit, record_id: UUID, shown_revision: int, of: UUID) -> UUID:
    """Ask somebody to countersign the draft as the page showed it. A request before it is replaced."""
    row, decision = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
    rules.check_open(row.status)
    draft = drafts.read(unit, record_id)
    now = standing(unit, row, decision, draft)
    if not now.is_wanted:
        raise Conflict("Nobody need countersign this plan, so nobody was asked.")
    _check_shown(draft, shown_revision)
    if now.is_given:
        raise Conflict("The draft is countersigned as it is, so nobody was asked again.")
    if of not in signers(unit, row, now.role):
        raise Invalid("Some answers need attention.", {"of": "Choose who is asked."})
    if now.request is not None and now.request.status == ASKED:
        unit.change(CountersignRequest, {"id": now.request.id, "status": ASKED}, status=REPLACED)
    request_id = new_id()
    unit.insert(
        CountersignRequest,
        id=request_id,
        record_id=record_id,
        pupil_id=row.pupil_id,
        draft_id=draft.id,
        revision=draft.revision,
        role=now.role,
        asked_by=unit.actor.person_id,
        asked_of=of,
        asked_at=unit.now,
        status=ASKED,
        answered_at=None,
        sealed=None,
    )
    unit.record(
        decision,
        Event.COUNTERSIGN_ASKED,
        Chain.pupil(row.pupil_id),
        obj=("record", record_id),
        of=str(of),
        revision=draft.revision,
    )
    tell(unit, [of], "countersign_asked", row.pupil_id, about=record_id)
    return request_id


def answer(unit: Unit, record_id: UUID, shown_revision: int, *, agrees: bool, reason: str = "") -> None:
    """Agree to the draft as the page showed it, or refuse with a reason. Only whoever was asked answers."""
    row, decision = queries.allowed(unit, record_id, Permission.PLAN_COUNTERSIGN)
    rules.check_open(row.status)
    draft = drafts.read(unit, record_id)
    request = newest(unit, draft.id)
    if request is None or request.asked_of != unit.actor.person_id:
        raise NotAllowed("You were not asked to countersign this draft.")
    if request.status != ASKED:
        raise Conflict("This has been answered already.")
    _check_shown(draft, shown_revision)
    if request.revision != draft.revision:
        raise Conflict(
            "The draft was changed after you were asked, so your answer would be about other words. "
            "Whoever writes it will ask you again."
        )
    given = "" if agrees else nfc(rules.check_reason(reason, "what should be changed first"))
    sealed = {"reason": given}
    unit.change(
        CountersignRequest,
        {"id": request.id, "status": ASKED},
        status=GIVEN if agrees else REFUSED,
        answered_at=unit.now,
        sealed=None if agrees else unit.keys.seal(KeyOf.pupil(row.pupil_id), _place(request.id), sealed),
    )
    unit.record(
        decision,
        Event.COUNTERSIGN_GIVEN if agrees else Event.COUNTERSIGN_REFUSED,
        Chain.pupil(row.pupil_id),
        obj=("record", record_id),
        payload=None if agrees else sealed,
        revision=draft.revision,
    )
    kind = "countersign_given" if agrees else "countersign_refused"
    tell(unit, [request.asked_by], kind, row.pupil_id, about=record_id)


def _check_shown(draft: DraftWords, shown_revision: int) -> None:
    if draft.revision != shown_revision:
        raise Conflict(
            "Somebody wrote in this draft after the page you were looking at was made. "
            "Look at what changed, then do this again."
        )


def waiting_for(unit: Unit) -> list[Any]:
    """The drafts that wait for the actor's agreement: rows of record_id and pupil_id, oldest first.

    Only those that are still as they were when she was asked, of pupils for whom she may still agree.
    """
    if unit.actor.person_id is None:
        return []
    return _waiting_for.all(unit.connection, {"person": unit.actor.person_id, "today": unit.today})


def _waiting() -> Any:
    r, d = REQUESTS.c, drafts.DRAFT.c
    mine = gate.visible_pupils(PERSON, Permission.PLAN_COUNTERSIGN, TODAY)
    return (
        select(r.record_id, r.pupil_id, r.asked_at)
        .join(drafts.DRAFT, d.id == r.draft_id)
        .where(r.asked_of == PERSON, r.status == ASKED, r.pupil_id.in_(mine))
        .where(d.status == "open", d.revision == r.revision)
        .order_by(r.asked_at, r.id)
    )


_waiting_for = Prepared(_waiting)
