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
from isp.people.organisations import AUTHORITY

PAGES = table_of(OrganisationPage)
ORGANISATIONS = table_of(Organisation)
SLUGS: dict[str, str] = {
    "help": "Help",
    "contact": "Contact",
    "privacy": "Privacy notice",
    "accessibility": "Accessibility statement",
}
FOR_LETTERS: dict[str, str] = {
    "sendiass": "For letters: the information and advice service (SENDIASS)",
    "mediation": "For letters: the mediation adviser",
    "disagreement": "For letters: disagreement resolution",
    "schools": "For letters: where schools and colleges are listed",
}
"""What an authority's letters must say about others: name, telephone, address. No page of their own."""
FOR_DECIDING: dict[str, str] = {"criteria": "For officers: your own guidance on when to assess"}
"""Shown beside the legal test, which it never replaces: a local threshold decides nothing."""
WORDED = {**SLUGS, **FOR_LETTERS, **FOR_DECIDING}
"""Everything that an organisation can word itself, with titles."""


def slugs_of(unit: Unit, organisation_id: UUID) -> dict[str, str]:
    """What an organisation words itself, with titles: its pages and, of an authority, what letters say."""
    kind = unit.connection.scalar(select(ORGANISATIONS.c.kind).where(ORGANISATIONS.c.id == organisation_id))
    return dict(WORDED) if kind == AUTHORITY else dict(SLUGS)


def for_letters(unit: Unit, authority_id: UUID) -> dict[str, str]:
    """What an authority's letters say about others, by slug, as plain words; empty where it says nothing."""
    p = PAGES.c
    query = (
        select(p.slug, p.body)
        .where(p.organisation_id == authority_id, p.slug.in_(sorted(FOR_LETTERS)))
        .order_by(p.edition)
    )
    newest = {row.slug: row.body for row in unit.connection.execute(query)}
    return {slug: prose.plainly(newest.get(slug, "")) for slug in FOR_LETTERS}


def guidance(unit: Unit, authority_id: UUID) -> str:
    """An authority's own guidance on when to assess, as plain words; empty where it has none."""
    found = _latest(unit, [authority_id], "criteria")
    return prose.plainly(found[0].body) if found else ""


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
    if slug not in slugs_of(unit, organisation_id):
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
