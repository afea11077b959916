"""Pages that an organisation words itself: help, contact, privacy, accessibility. Changes are editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from isp.access.gate import require_in_organisation
from isp.access.models import Tie
from isp.access.policy import OrganisationPermission, Permission
from isp.access.standing import SCHOOL, live, visible
from isp.audit import Chain, Event, Unit
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id
from isp.people import prose
from isp.people.holding import MEMBERSHIPS, held
from isp.people.models import Organisation, OrganisationPage

PAGES = table_of(OrganisationPage)
ORGANISATIONS = table_of(Organisation)
SLUGS: dict[str, str] = {
    "help": "Help",
    "contact": "Contact",
    "privacy": "Privacy notice",
    "accessibility": "Accessibility statement",
}


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of an organisation's page; an empty body means the page that comes with the service."""

    organisation_id: UUID
    organisation_name: str
    slug: str
    number: int
    body: str
    made_at: datetime | None = None


def edition(unit: Unit, organisation_id: UUID, slug: str) -> Edition:
    """The present edition, number 0 and empty where none was written. Raises NotFound for an unknown page."""
    if slug not in SLUGS:
        raise NotFound
    name = unit.connection.scalar(select(ORGANISATIONS.c.name).where(ORGANISATIONS.c.id == organisation_id))
    found = _latest(unit, [organisation_id], slug)
    return found[0] if found else Edition(organisation_id, name or "", slug, 0, "")


def save(unit: Unit, organisation_id: UUID, slug: str, body: str, *, edited: int) -> int:
    """Write the next edition and give its number. ``edited``: the edition that the writer had before her.

    An empty body brings back the page that comes with the service. Raises Conflict where somebody else
    wrote one meanwhile, Invalid where it is too long.
    """
    decision = require_in_organisation(unit, OrganisationPermission.PAGES_WRITE, organisation_id)
    if len(body) > prose.LONGEST:
        raise Invalid(
            "The text is too long.", {"body": f"The text must have {prose.LONGEST:,} characters or fewer"}
        )
    before = edition(unit, organisation_id, slug)
    if before.number != edited:
        raise Conflict("Somebody else has changed this page since you opened it. Open it again to see it.")
    unit.insert(
        OrganisationPage,
        id=new_id(),
        organisation_id=organisation_id,
        slug=slug,
        edition=before.number + 1,
        body=body.strip(),
        made_by=unit.actor.person_id,
        made_at=unit.now,
    )
    unit.record(
        decision,
        Event.PAGE_EDITED,
        Chain.organisation(organisation_id),
        obj=("organisation", organisation_id),
        payload={"before": before.body, "after": body.strip()},
        page=slug,
    )
    return before.number + 1


def worded_for_reader(unit: Unit, slug: str) -> list[Edition]:
    """What the reader's own organisations say on a page, where they say anything.

    Staff: where they work. Families: the schools of the children they can see, and no others: a place that
    is kept from somebody is kept from her here too. Signed out: the one organisation, where there is one.
    """
    person_id = unit.actor.person_id
    if person_id is None:
        alone = unit.connection.scalars(select(ORGANISATIONS.c.id).limit(2)).all()
        organisations = list(alone) if len(alone) == 1 else []
    else:
        working = select(MEMBERSHIPS.c.organisation_id).where(
            MEMBERSHIPS.c.person_id == person_id, held(unit.today)
        )
        organisations = list(unit.connection.scalars(working))
        if not organisations:
            organisations = list(
                unit.connection.scalars(
                    select(Tie.organisation_id).where(
                        Tie.kind == SCHOOL,
                        live(Tie, unit.today),
                        Tie.pupil_id.in_(visible(person_id, Permission.PUPIL_READ, unit.today)),
                    )
                )
            )
    return [each for each in _latest(unit, organisations, slug) if each.body]


def _latest(unit: Unit, organisations: list[UUID], slug: str) -> list[Edition]:
    if not organisations:
        return []
    p = PAGES.c
    newest = (
        select(p.organisation_id, func.max(p.edition).label("edition"))
        .where(p.organisation_id.in_(set(organisations)), p.slug == slug)
        .group_by(p.organisation_id)
        .subquery()
    )
    query = (
        select(PAGES, ORGANISATIONS.c.name)
        .join(
            newest,
            (newest.c.organisation_id == p.organisation_id) & (newest.c.edition == p.edition),
        )
        .join(ORGANISATIONS, ORGANISATIONS.c.id == p.organisation_id)
        .where(p.slug == slug)
        .order_by(ORGANISATIONS.c.name, p.organisation_id)
    )
    return [
        Edition(row.organisation_id, row.name, slug, row.edition, row.body, row.made_at)
        for row in unit.connection.execute(query)
    ]
