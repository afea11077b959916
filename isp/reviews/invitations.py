"""Who is asked to a review, and what each answered.

The family with parental responsibility, the young person and colleagues are asked by the person they are
here, and told through the outbox; a professional from elsewhere is named in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.policy import GRID, Permission, Standing
from isp.access.standing import onlookers
from isp.audit import Chain, Event, Unit
from isp.kernel.canonical import nfc
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.people import directory
from isp.people.roles import words as role_words
from isp.reviews import queries, rules
from isp.reviews.models import ReviewInvitation

INVITATIONS = table_of(ReviewInvitation)
FAMILY, YOUNG_PERSON, STAFF, PROFESSIONAL = "family", "young_person", "staff", "professional"
ROLE_WORDS = {
    FAMILY: "Family",
    YOUNG_PERSON: "Young person",
    STAFF: "School",
    PROFESSIONAL: "Professional",
}
_ROLES = {Standing.PARENT: FAMILY, Standing.YOUNG_PERSON: YOUNG_PERSON}


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who is asked, by name."""

    id: UUID
    person_id: UUID | None
    role: str
    name: str
    role_words: str
    answer: str | None

    @property
    def is_known(self) -> bool:
        """Whether she can sign in and answer herself."""
        return self.person_id is not None


def invited(unit: Unit, review_id: UUID) -> list[Invited]:
    """Everybody who is asked; the caller has been allowed."""
    rows = _rows(unit, review_id)
    named = directory.names(unit, {row.person_id for row in rows if row.person_id})
    return [_invited(unit, row, named) for row in rows]


def invited_people(unit: Unit, review_id: UUID) -> list[UUID]:
    """Those among them who can be told."""
    return [row.person_id for row in _rows(unit, review_id) if row.person_id is not None]


def attendance(unit: Unit, review_id: UUID) -> list[dict[str, Any]]:
    """Those who are asked, as the report's list of who came begins."""
    found = []
    for one in invited(unit, review_id):
        held = {"name": one.name[:200], "role": one.role_words[:200]}
        if one.answer == "sends_views":
            held["came"] = "sent_views"
        found.append({name: value for name, value in held.items() if value})
    return found


def to_ask(unit: Unit, review_id: UUID, pupil_id: UUID) -> dict[UUID, tuple[str, str]]:
    """Whom one could ask who is known here and not asked yet: by id, the role and the name."""
    rows = onlookers(pupil_id, unit.today).subquery()
    # Nobody is asked to a page that would not open for her.
    able = {one.value for one in GRID[Permission.REVIEW_READ]}
    found = unit.connection.execute(
        select(rows.c.person_id, rows.c.standing).where(rows.c.standing.in_(sorted(able))).distinct()
    ).all()
    asked = set(invited_people(unit, review_id))
    named = directory.names(unit, {row.person_id for row in found})
    listed: dict[UUID, tuple[str, str]] = {}
    for row in found:
        if row.person_id in asked or row.person_id not in named:
            continue
        role = _ROLES.get(Standing(row.standing), STAFF)
        listed[row.person_id] = (role, named[row.person_id].with_role)
    return dict(sorted(listed.items(), key=lambda pair: (pair[1][0] == STAFF, pair[1][1].casefold())))


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """Who was asked to the review before this one: people known here, and professionals by name and role."""

    people: frozenset[UUID] = frozenset()
    professionals: tuple[tuple[str, str], ...] = ()


def asked_before(unit: Unit, row: Any) -> AskedBefore:
    """Those of the plan's last review whom this one does not ask yet; for whoever plans it."""
    earlier = [
        one
        for one in queries.reviews_of(unit, row.pupil_id)
        if one.record_id == row.record_id and one.made_at < row.made_at and one.status == rules.CLOSED
    ]
    if not earlier:
        return AskedBefore()
    now = {(one.name, one.role_words) for one in invited(unit, row.id) if not one.is_known}
    last = invited(unit, earlier[0].id)
    return AskedBefore(
        frozenset(one.person_id for one in last if one.person_id is not None),
        tuple(
            (one.name, one.role_words)
            for one in last
            if not one.is_known and (one.name, one.role_words) not in now
        ),
    )


def invite(unit: Unit, review_id: UUID, people: list[UUID]) -> int:
    """Ask people who are known here; each is told. How many were not asked yet."""
    row, decision = queries.allowed(unit, review_id, Permission.REVIEW_PLAN, lock=True)
    rules.check_planned(row.status)
    able = to_ask(unit, review_id, row.pupil_id)
    asked = set(invited_people(unit, review_id))
    fresh = [one for one in dict.fromkeys(people) if one not in asked]
    if not people or any(one not in able for one in fresh):
        raise Invalid(rules.ATTENTION, {"people": "Choose whom to ask from the list."})
    for person_id in fresh:
        role = able[person_id][0]
        _insert(unit, row, role, person_id=person_id)
        unit.record(
            decision, Event.REVIEW_INVITED, Chain.pupil(row.pupil_id), obj=("review", review_id), role=role
        )
    tell(unit, fresh, "review_invited", row.pupil_id, about=review_id)
    return len(fresh)


def invite_professional(unit: Unit, review_id: UUID, name: str, role: str) -> UUID:
    """Name somebody from elsewhere who is asked by other ways."""
    row, decision = queries.allowed(unit, review_id, Permission.REVIEW_PLAN, lock=True)
    rules.check_planned(row.status)
    given, said = " ".join(nfc(name).split()), " ".join(nfc(role).split())
    errors = {}
    if not given:
        errors["name"] = "Give the person’s name."
    for box, text in (("name", given), ("role", said)):
        if len(text) > 200:
            errors[box] = f"Shorten this by {len(text) - 200} characters: it can hold 200."
    if errors:
        raise Invalid(rules.ATTENTION, errors)
    made = _insert(unit, row, PROFESSIONAL, words={"name": given, "role": said})
    unit.record(
        decision,
        Event.REVIEW_INVITED,
        Chain.pupil(row.pupil_id),
        obj=("review", review_id),
        role=PROFESSIONAL,
    )
    return made


def uninvite(unit: Unit, review_id: UUID, invitation_id: UUID) -> None:
    """Take an invitation back."""
    row, decision = queries.allowed(unit, review_id, Permission.REVIEW_PLAN, lock=True)
    rules.check_planned(row.status)
    held = _one(unit, review_id, invitation_id)
    unit.change(ReviewInvitation, {"id": held.id, "removed_at": None}, removed_at=unit.now)
    unit.record(
        decision,
        Event.REVIEW_UNINVITED,
        Chain.pupil(row.pupil_id),
        obj=("review", review_id),
        role=held.role,
    )


def answer(unit: Unit, review_id: UUID, invitation_id: UUID, said: str) -> None:
    """Answer one's own invitation; or note what somebody said, for whoever plans the review."""
    row, decision = queries.allowed(unit, review_id, Permission.REVIEW_READ, lock=True)
    held = _one(unit, review_id, invitation_id)
    if held.person_id != unit.actor.person_id and not queries.may(
        unit, row, decision, Permission.REVIEW_PLAN
    ):
        raise NotFound(gate.NO_PAGE)
    rules.check_planned(row.status)
    if said not in rules.ANSWERS:
        raise Invalid(rules.ATTENTION, {"answer": "Choose one of the answers."})
    unit.change(
        ReviewInvitation,
        {"id": held.id, "removed_at": None},
        answer=said,
        answered_at=unit.now,
        answered_by=unit.actor.person_id,
    )
    unit.record(
        decision,
        Event.REVIEW_ANSWERED,
        Chain.pupil(row.pupil_id),
        obj=("review", review_id),
        answer=said,
    )


def is_own(unit: Unit, invitation_id: UUID) -> bool:
    """Whether it is the actor who is asked."""
    query = select(INVITATIONS.c.person_id).where(INVITATIONS.c.id == invitation_id)
    return unit.connection.scalar(query) == unit.actor.person_id


def _rows(unit: Unit, review_id: UUID) -> list[Any]:
    query = select(INVITATIONS).where(
        INVITATIONS.c.review_id == review_id, INVITATIONS.c.removed_at.is_(None)
    )
    return list(unit.connection.execute(query.order_by(INVITATIONS.c.made_at, INVITATIONS.c.id)))


def _one(unit: Unit, review_id: UUID, invitation_id: UUID) -> Any:
    row = unit.connection.execute(
        select(INVITATIONS).where(INVITATIONS.c.id == invitation_id, INVITATIONS.c.review_id == review_id)
    ).first()
    if row is None:
        raise NotFound(gate.NO_PAGE)
    if row.removed_at is not None:
        raise Conflict("This invitation was taken back. Open the review’s page to see who is asked.")
    return row


def _insert(
    unit: Unit, row: Any, role: str, *, person_id: UUID | None = None, words: dict[str, str] | None = None
) -> UUID:
    made = new_id()
    place = Place("review_invitation", "sealed", made)
    unit.insert(
        ReviewInvitation,
        id=made,
        review_id=row.id,
        pupil_id=row.pupil_id,
        person_id=person_id,
        role=role,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), place, words) if words else None,
        answer=None,
        answered_at=None,
        answered_by=None,
        made_at=unit.now,
        made_by=unit.actor.person_id,
        removed_at=None,
    )
    return made


def _invited(unit: Unit, row: Any, named: dict[UUID, directory.Named]) -> Invited:
    if row.person_id is not None:
        one = named.get(row.person_id)
        known = one.role_words if one and one.role_words else role_words(_WORDS.get(row.role, row.role))
        name = one.full if one else directory.NOBODY
        return Invited(row.id, row.person_id, row.role, name, known, row.answer)
    place = Place("review_invitation", "sealed", row.id)
    held = unit.keys.open(KeyOf.pupil(row.pupil_id), place, row.sealed) if row.sealed else {}
    return Invited(row.id, None, row.role, held.get("name", ""), held.get("role", ""), row.answer)


_WORDS = {FAMILY: "parent", YOUNG_PERSON: "young_person"}
