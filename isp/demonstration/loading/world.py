"""Who and what is who: from the cast's own short ids to the ids that the record gave them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from config import Settings
from isp.audit import Store, Unit
from isp.audit.past import transaction_at
from isp.demonstration.shapes import Cast
from isp.kernel import clock
from isp.kernel.actor import Actor
from isp.people import directory
from isp.register import roll

INSTALLER = Actor(system="demonstration", method="command")


@dataclass
class World:
    """The store being filled, and what is in it by now."""

    store: Store
    settings: Settings
    cast: Cast
    now: datetime
    organisations: dict[str, UUID] = field(default_factory=dict)
    """By a school's key or an authority's code."""
    records: dict[str, UUID] = field(default_factory=dict)
    """The plan of each pupil of the cast."""
    _people: dict[str, UUID] = field(default_factory=dict)
    _pupils: dict[str, UUID] = field(default_factory=dict)

    @contextmanager
    def unit(self, moment: datetime, by: str | None = None) -> Iterator[Unit]:
        """A unit at that moment: by the person of the cast with this address, or by the installer."""
        actor = INSTALLER
        if by is not None:
            actor = Actor(person_id=self._people.get(by) or self._look_up(by), method="password")
        with transaction_at(self.store, actor, min(moment, self.now)) as unit:
            yield unit

    def _look_up(self, email: str) -> UUID:
        with transaction_at(self.store, INSTALLER, self.now) as unit:
            return self.person(unit, email)

    def person(self, unit: Unit, email: str) -> UUID:
        """The person with this address. Raises LookupError."""
        if email not in self._people:
            found = directory.find_by_email(unit, email)
            if found is None:
                raise LookupError(email)
            self._people[email] = found
        return self._people[email]

    def member(self, unit: Unit, staff_id: str) -> UUID:
        """The member of staff with this id in the cast."""
        return self.person(unit, self.cast.member(staff_id).email)

    def guardian(self, unit: Unit, guardian_id: str) -> UUID:
        """The parent or carer with this id in the cast."""
        return self.person(unit, next(one.email for one in self.cast.guardians if one.id == guardian_id))

    def pupil(self, unit: Unit, pupil_id: str) -> UUID:
        """The pupil with this id in the cast. Raises LookupError."""
        if pupil_id not in self._pupils:
            upn = self.cast.pupil(pupil_id).upn
            self._pupils[pupil_id] = roll.holding(unit, [upn])[upn]
        return self._pupils[pupil_id]

    def email(self, staff_id: str) -> str:
        """The address of a member of staff."""
        return self.cast.member(staff_id).email

    def somebody(self, school: str, *roles: str, on: date) -> str:
        """The address of the first who holds one of these roles at the school on that day, in their order."""
        here = [m for m in self.cast.staff if m.place == school and m.starts_on <= on]
        for role in roles:
            for member in here:
                if member.role == role and (member.ends_on is None or on <= member.ends_on):
                    return member.email
        raise LookupError(f"{school} has no {' or '.join(roles)} on {on}")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """That time of day on the clocks of London."""
    return datetime.combine(day, time(hour, minute), clock.LONDON).astimezone(UTC)


def weekday_from(day: date) -> date:
    """That day, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def weekday_before(day: date) -> date:
    """The last weekday before that day."""
    day -= timedelta(days=1)
    return day - timedelta(days=max(0, day.weekday() - 4))
