"""Filling an empty store with the demonstration, once; and saying who can sign in to it.

Loading is one event at its beginning and one at its end on the installation's chain, so that a store knows
for good that it is a demonstration, and whether it is a whole one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from isp.audit import Chain, Event, Store, looking
from isp.audit.events import BY_COMMAND
from isp.audit.models import AuditEvent
from isp.audit.past import transaction_at
from isp.demonstration.cast import cast
from isp.demonstration.loading import (
    advising,
    banks,
    colleagues,
    families,
    files_in,
    installing,
    papers,
    plans,
    requests,
    reviews,
    statutory,
)
from isp.demonstration.loading.steps import Step, run
from isp.demonstration.loading.world import INSTALLER, World, at, weekday_from
from isp.demonstration.terms import academic_year
from isp.kernel import clock
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict
from isp.people import directory
from isp.people.models import Organisation

EVENTS = table_of(AuditEvent)
HALF = (
    "Loading the demonstration was cut off here, so this database holds half of it. Name an empty one in "
    "ISP_DATABASE_URL, or make this one anew, and start again."
)
NOT_EMPTY = (
    "This database holds records already, and the demonstration is loaded only into an empty one. Name "
    "another in ISP_DATABASE_URL, or another folder in ISP_DATA_DIR."
)


def is_loaded(store: Store) -> bool:
    """Whether the whole demonstration is here."""
    return _has(store, Event.DEMONSTRATION_LOADED)


def is_demonstration(store: Store) -> bool:
    """Whether this store was begun as a demonstration. False where there is no database yet."""
    try:
        return _has(store, Event.DEMONSTRATION_BEGUN)
    except SQLAlchemyError:
        return False


def _has(store: Store, event: Event) -> bool:
    query = select(exists().where(EVENTS.c.chain_id == Chain.installation().id, EVENTS.c.act == event.code))
    with store.database.reading() as connection:
        return bool(connection.scalar(query))


def load(store: Store, settings: Settings, today: date | None = None) -> None:
    """Load everything, dated as it happened up to now. Raises Conflict where the store is not empty."""
    check_empty(store)
    now = clock.now()
    world = World(store, settings, cast(today or clock.civil_day(now)), now)
    first = _first_day(world.cast.today)
    # Set up on the Thursday or Friday before the first files come.
    installed = at(first, 9) - timedelta(days=3)
    with transaction_at(store, INSTALLER, installed) as unit:
        unit.record(BY_COMMAND, Event.DEMONSTRATION_BEGUN, Chain.installation())
    run(world, _steps(world, first, Step(installed, installing.install)))
    with transaction_at(store, INSTALLER, clock.now()) as unit:
        unit.record(BY_COMMAND, Event.DEMONSTRATION_LOADED, Chain.installation())


def check_empty(store: Store) -> None:
    """Raise Conflict, in words, where the store holds anything."""
    with store.database.reading() as connection:
        if connection.scalar(select(exists().where(Organisation.id.is_not(None)))):
            raise Conflict(HALF if _has(store, Event.DEMONSTRATION_BEGUN) else NOT_EMPTY)


def _first_day(today: date) -> date:
    """The first weekday of the academic year in which the first plan was written."""
    return weekday_from(date(academic_year(plans.first_day(today)), 9, 1))


def _steps(world: World, first: date, installed: Step) -> Iterator[Step]:
    yield installed
    yield from files_in.files_in(world, first)
    yield from families.families(world, first)
    yield Step(at(first, 9, 30), installing.calendars)
    yield from installing.accounts(world, at(first, 12))
    yield Step(at(first, 16), banks.fill)
    yield from plans.plans(world)
    yield from requests.requests(world)
    yield from advising.advising(world)
    yield from statutory.statutory(world, first)
    yield from reviews.reviews(world)
    yield from colleagues.colleagues(world)
    yield from papers.papers(world)


def people(store: Store) -> list[dict[str, Any]]:
    """Who can sign in: role, name, email, password, and what this person is here to show."""
    listed = [one for one in cast(clock.today()).accounts if one.listed and one.active]
    with looking(store, INSTALLER) as unit:
        there = directory.find_many_by_email(unit, [one.email for one in listed])
    return [
        {
            "role": one.role,
            "name": one.name,
            "email": one.email,
            "password": one.password,
            "shows": one.shows,
        }
        for one in listed
        if one.email in there
    ]
