"""What somebody is here: the roles held today, the children, the own record. Home and menu follow from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.policy import Standing
from isp.access.standing import PERSON, TODAY, live, standings
from isp.audit import Unit
from isp.kernel.prepared import Prepared
from isp.people.models import Account, Membership, Organisation
from isp.people.roles import Role
from isp.people.sessions import SignedIn

FAMILY = (Standing.YOUNG_PERSON, Standing.PARENT, Standing.CARER)
_ORDER = {role.value: number for number, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Post:
    """A role held in an organisation today."""

    role: str
    organisation_id: UUID
    organisation: str
    kind: str
    """school or authority"""


@dataclass(frozen=True, slots=True)
class Positions:
    """Everything one person is here. Empty for somebody who is tied to nobody."""

    posts: tuple[Post, ...]
    children: tuple[UUID, ...]
    """Pupils of whom the person is a parent or carer."""
    own: tuple[UUID, ...]
    """The person's own record, where she sees it herself."""
    is_operator: bool

    def holds(self, *roles: Role) -> bool:
        """Whether one of these roles is held anywhere."""
        return any(post.role in roles for post in self.posts)

    def schools(self, *roles: Role) -> tuple[Post, ...]:
        """The posts in which one of these roles is held, one for each organisation, the first role first."""
        found: dict[UUID, Post] = {}
        for post in self.posts:
            if post.role in roles:
                found.setdefault(post.organisation_id, post)
        return tuple(found.values())

    @property
    def is_empty(self) -> bool:
        return not (self.posts or self.children or self.own or self.is_operator)


def positions(unit: Unit, signed_in: SignedIn | None = None) -> Positions:
    """What the actor is here today: three statements; one or none where it is known what the sign-in says."""
    person_id = unit.actor.person_id
    if person_id is None:
        return Positions((), (), (), is_operator=False)
    if signed_in is not None and signed_in.person_id == person_id:
        known = positions_known(signed_in)
        if known is not None:
            return known
        held = _posts_of(signed_in)
        is_operator = signed_in.is_operator
    else:
        held, is_operator = _posts(unit, person_id), _is_operator(unit, person_id)
    ties = _family_ties.all(unit.connection, {"person": person_id, "today": unit.today})
    own = [row.pupil_id for row in ties if row.standing == Standing.YOUNG_PERSON]
    children = [row.pupil_id for row in ties if row.standing != Standing.YOUNG_PERSON]
    return Positions(
        posts=_in_order(held),
        children=tuple(dict.fromkeys(children)),
        own=tuple(dict.fromkeys(own)),
        is_operator=is_operator,
    )


def positions_known(signed_in: SignedIn) -> Positions | None:
    """What the sign-in itself says that somebody is here; None where the database must be asked for more."""
    if signed_in.also.get("family", True):
        return None
    return Positions(_in_order(_posts_of(signed_in)), (), (), is_operator=signed_in.is_operator)


def _posts_of(signed_in: SignedIn) -> list[Post]:
    return [
        Post(one.role, one.organisation_id, one.organisation_name, one.organisation_kind)
        for one in signed_in.held
    ]


def _in_order(posts: Iterable[Post]) -> tuple[Post, ...]:
    return tuple(sorted(dict.fromkeys(posts), key=lambda post: _ORDER[post.role]))


def _posts(unit: Unit, person_id: UUID) -> list[Post]:
    rows = unit.connection.execute(
        select(Membership.role, Organisation.id, Organisation.name, Organisation.kind)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == person_id, live(Membership, unit.today))
        .order_by(Membership.made_at)
    )
    return [Post(*row) for row in rows]


def _is_operator(unit: Unit, person_id: UUID) -> bool:
    query = select(Account.is_operator).where(Account.person_id == person_id)
    return bool(unit.connection.scalar(query))


# The menu asks it on every page.
_family_ties = Prepared(lambda: standings(PERSON, TODAY, wanted=FAMILY))


def family_of(rows: list[Any]) -> Standing | None:
    """The family's standing among rows of standing towards one pupil: the fullest there is, or None."""
    held = {row.standing for row in rows}
    return next(
        (one for one in (Standing.YOUNG_PERSON, Standing.PARENT, Standing.CARER) if one in held), None
    )
