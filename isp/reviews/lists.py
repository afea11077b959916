"""Lists of reviews: a school's, each plan in it with a day or a reason, and those that somebody leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.listing import grounds_of, record_list
from isp.access.models import Tie
from isp.access.policy import Permission, Standing, may
from isp.access.standing import PERSON, SCHOOL, SCHOOL_ID, TODAY, live
from isp.audit import Unit
from isp.kernel.errors import NotAllowed
from isp.kernel.prepared import Prepared
from isp.people import directory
from isp.people.models import Membership, Organisation
from isp.people.roles import Role
from isp.register import pupils
from isp.register.pupils import PupilName
from isp.reviews import rules
from isp.reviews.due import PlanDue, plans_due
from isp.reviews.queries import REVIEWS
from isp.web.paging import Page, page_in_memory

SHOWN = 50
"""Plans on a page of the list."""
SOON = timedelta(days=14)
LATELY = timedelta(days=60)
READERS = (
    Role.SENCO,
    Role.DEPUTY_SENCO,
    Role.HEAD,
    Role.SEN_ADMINISTRATOR,
    Role.SAFEGUARDING_LEAD,
)
"""Roles that have a school's reviews before them."""


_mine = Prepared(
    lambda: select(Tie.pupil_id).where(
        Tie.kind == SCHOOL,
        Tie.organisation_id == SCHOOL_ID,
        live(Tie, TODAY),
        Tie.pupil_id.in_(gate.visible_pupils(PERSON, Permission.REVIEW_READ, TODAY)),
    )
)
"""Pupils on a school's roll whose reviews somebody may read."""


@dataclass(frozen=True, slots=True)
class SchoolReviews:
    """A page of a school's open plans by when their review is due; every plan is in exactly one list."""

    school_id: UUID
    school: str
    overdue: tuple[PlanDue, ...]
    soon: tuple[PlanDue, ...]
    undated: tuple[PlanDue, ...]
    later: tuple[PlanDue, ...]
    counts: dict[str, int]
    """How many there are of each of the four, on all pages."""
    missed: int
    """How many of those overdue a version was shared over, without a review or a word why not."""
    page: Page[PlanDue]
    names: dict[UUID, PupilName]
    people: dict[UUID, str]
    plans: bool
    """Whether the reader may say when one of these reviews is."""
    accounts: bool
    """Whether the reader may record why one was not held."""


def school_reviews(unit: Unit, cursor: str | None = None) -> list[SchoolReviews]:
    """Every school in which the actor has its reviews before her, a page of each. NotAllowed for others.

    ``cursor``: where a page of one of them goes on; the others give their first.
    """
    rows = unit.connection.execute(
        select(Organisation.id, Organisation.name, Membership.role)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.person_id == unit.actor.person_id,
            Membership.role.in_([role.value for role in READERS]),
            live(Membership, unit.today),
        )
        .order_by(Membership.made_at)
    )
    schools: dict[UUID, Any] = {}
    for row in rows:
        schools.setdefault(row.id, row)
    if not schools:
        raise NotAllowed
    return [_of_school(unit, row, cursor) for row in schools.values()]


def _of_school(unit: Unit, school: Any, cursor: str | None) -> SchoolReviews:
    person_id = unit.actor.person_id
    if person_id is None:
        raise NotAllowed
    asked = {"person": person_id, "today": unit.today, "school": school.id}
    # Whose they are first: joined to every plan there is, the rule is worked out for other schools' too.
    mine = [row.pupil_id for row in _mine.all(unit.connection, asked)]
    sorted_out = _sorted_out(plans_due(unit, mine, school.id), unit.today)
    page = page_in_memory(
        [one for listed in sorted_out.values() for one in listed],
        lambda one: one.record_id,
        scope=f"reviews.{school.id}",
        size=SHOWN,
        cursor=cursor,
    )
    found = pupils.names(unit, [one.pupil_id for one in page.items]) if page.items else {}
    leaders = {one.led_by for one in page.items if one.led_by is not None}
    named = directory.names(unit, leaders) if leaders else {}
    record_list(unit, "reviews", found, grounds_of(school.role, school.id, Permission.REVIEW_READ))
    shown = {one.record_id for one in page.items}
    standing = Standing(school.role)
    return SchoolReviews(
        school.id,
        school.name,
        **{
            name: tuple(one for one in listed if one.record_id in shown)
            for name, listed in sorted_out.items()
        },
        counts={name: len(listed) for name, listed in sorted_out.items()},
        missed=sum(one.is_missed for one in sorted_out["overdue"]),
        page=page,
        names=found,
        people={person: name.full for person, name in named.items()},
        plans=may(standing, Permission.REVIEW_PLAN),
        accounts=may(standing, Permission.REVIEW_CLOSE),
    )


def _sorted_out(listed: list[PlanDue], today: date) -> dict[str, list[PlanDue]]:
    """The four lists in the order of the page: what is overdue comes first, and what may wait last."""
    found: dict[str, list[PlanDue]] = {"overdue": [], "soon": [], "undated": [], "later": []}
    for one in listed:
        if one.on is None:
            which = "undated"
        elif one.on < today:
            which = "overdue"
        else:
            which = "soon" if one.falls_by(today + SOON) else "later"
        found[which].append(one)
    return found


@dataclass(frozen=True, slots=True)
class Led:
    """What somebody leads: under way in order of its day, and what she closed lately."""

    under_way: tuple[Any, ...]
    closed: tuple[Any, ...]
    names: dict[UUID, PupilName]


def led_by_me(unit: Unit) -> Led:
    """The reviews that the actor leads, of pupils whose reviews she may write today; one list event."""
    person_id = unit.actor.person_id
    if person_id is None:
        raise NotAllowed
    visible = gate.visible_pupils(person_id, Permission.REVIEW_WRITE, unit.today)
    rows = unit.connection.execute(
        select(REVIEWS)
        .where(REVIEWS.c.led_by == person_id, REVIEWS.c.pupil_id.in_(visible))
        .order_by(REVIEWS.c.planned_on, REVIEWS.c.made_at)
    ).all()
    under_way = tuple(row for row in rows if rules.is_under_way(row))
    closed = tuple(row for row in rows if row.closed_at is not None and row.closed_at > unit.now - LATELY)
    shown = {row.pupil_id for row in (*under_way, *closed)}
    names = pupils.names(unit, shown) if shown else {}
    if names:
        record_list(unit, "reviews_led", names, grounds_of(Standing.TEACHER, None, Permission.REVIEW_WRITE))
    return Led(under_way, closed[::-1], names)
