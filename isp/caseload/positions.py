"""What somebody is here: the roles held today, the children, the own record. Home and menu follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.policy import Standing
from isp.access.standing import live, standings
from isp.audit import Unit
from isp.people.models import Account, Membership, Organisation
from isp.people.roles import Role

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


def positions(unit: Unit) -> Positions:
    """What the actor is here today: three statements, whoever it is."""
    person_id = unit.actor.person_id
    if person_id is None:
        return Positions((), (), (), is_operator=False)
    held = unit.connection.execute(
        select(Membership.role, Organisation.id, Organisation.name, Organisation.kind)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == person_id, live(Membership, unit.today))
        .order_by(Membership.made_at)
    ).all()
    posts = tuple(dict.fromkeys(Post(*row) for row in held))
    ties = unit.connection.execute(standings(person_id, unit.today, wanted=FAMILY)).all()
    own = [row.pupil_id for row in ties if row.standing == Standing.YOUNG_PERSON]
    children = [row.pupil_id for row in ties if row.standing != Standing.YOUNG_PERSON]
    return Positions(
        posts=tuple(sorted(posts, key=lambda post: _ORDER[post.role])),
        children=tuple(dict.fromkeys(children)),
        own=tuple(dict.fromkeys(own)),
        is_operator=bool(
            unit.connection.scalar(select(Account.is_operator).where(Account.person_id == person_id))
        ),
    )


def family_of(rows: list[Any]) -> Standing | None:
    """The family's standing among rows of standing towards one pupil: the fullest there is, or None."""
    held = {row.standing for row in rows}
    return next(
        (one for one in (Standing.YOUNG_PERSON, Standing.PARENT, Standing.CARER) if one in held), None
    )
