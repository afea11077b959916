"""Reading what governors may see of a school's reviews: for the head and the SENCO, who show it."""

from __future__ import annotations

import secrets
from uuid import UUID

from sqlalchemy import func, select

from isp.access import gate
from isp.access.models import Tie
from isp.access.policy import OrganisationPermission
from isp.access.standing import SCHOOL, live
from isp.audit import Chain, Event, Unit
from isp.kernel.clock import civil_day
from isp.kernel.errors import NotAllowed
from isp.people.models import Organisation
from isp.plans.vocabulary import configuration_on
from isp.register.content import year_words
from isp.register.models import Pupil
from isp.reviews import rules
from isp.reviews.due import plans_due
from isp.reviews.not_held import NOT_HELD
from isp.reviews.queries import REVIEWS
from isp.reviews.sampling import Figures, PlanFacts, figures

LONGEST = 24


def new_seed() -> str:
    """A draw that nobody chose."""
    return secrets.token_hex(4)


def figures_of_school(unit: Unit, seed: str) -> tuple[str, Figures]:
    """The figures of the first school in which the actor may show them, by name; told on its chain."""
    places = gate.organisations_where(unit, OrganisationPermission.REVIEWS_SAMPLE)
    if not places:
        raise NotAllowed
    school_id = places[0]
    decision = gate.require_in_organisation(unit, OrganisationPermission.REVIEWS_SAMPLE, school_id)
    facts = _facts(unit, school_id)
    unit.record(
        decision,
        Event.REVIEWS_SAMPLED,
        Chain.organisation(school_id),
        obj=("organisation", school_id),
        seed=seed,
    )
    name = unit.connection.scalar(select(Organisation.name).where(Organisation.id == school_id)) or ""
    return name, figures(facts, unit.today, seed)


def _facts(unit: Unit, school_id: UUID) -> list[PlanFacts]:
    on_roll = select(Tie.pupil_id).where(
        Tie.kind == SCHOOL, Tie.organisation_id == school_id, live(Tie, unit.today)
    )
    listed = [
        one for one in plans_due(unit, unit.connection.scalars(on_roll), school_id) if one.version is not None
    ]
    years = {
        row.id: year_words(row.year_group)
        for row in unit.connection.execute(select(Pupil.id, Pupil.year_group).where(Pupil.id.in_(on_roll)))
    }
    closed = unit.connection.execute(
        select(REVIEWS.c.record_id, REVIEWS.c.due_on, REVIEWS.c.closed_at)
        .where(REVIEWS.c.status == rules.CLOSED, REVIEWS.c.pupil_id.in_(on_roll))
        .order_by(REVIEWS.c.closed_at)
    )
    last = {row.record_id: row for row in closed}
    accounts = unit.connection.execute(
        select(NOT_HELD.c.record_id, func.max(NOT_HELD.c.made_at).label("at"))
        .where(NOT_HELD.c.pupil_id.in_(on_roll))
        .group_by(NOT_HELD.c.record_id)
    )
    excused = {row.record_id: civil_day(row.at) for row in accounts}
    configuration = configuration_on(unit.today)
    return [
        PlanFacts(
            due=one,
            year=years.get(one.pupil_id, ""),
            layer=configuration.words("layer", one.layer) if one.layer else "Not said",
            last_due_on=last[one.record_id].due_on if one.record_id in last else None,
            last_closed_on=civil_day(last[one.record_id].closed_at) if one.record_id in last else None,
            excused_on=excused.get(one.record_id),
        )
        for one in listed
    ]
