"""The job that reminds: rooms above say who should be told of what, and each is told once.

A room's function is asked every day and gives everything that calls for a reminder on that day, told or
not; what was told before is known by person, kind, what it is about and its date.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from isp.audit import Store, Unit, transaction
from isp.kernel import clock
from isp.kernel.actor import Actor
from isp.notices.actions import remind

log = logging.getLogger("isp.notices")
JOB = Actor.job("remind")
FROM_HOUR, TO_HOUR = 7, 20
"""In London: a reminder is nothing to wake anybody for."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Somebody should be told. ``about`` and ``on``: the thing and the date it is due, as it stands now.

    A date that was moved is another reminder.
    """

    person_id: UUID
    kind: str
    about: UUID
    on: date
    pupil_id: UUID | None = None


Reminding = Callable[[Unit, date], Iterable[Reminder]]
"""What calls for a reminder on this day. Reads only."""


def remind_all(store: Store, functions: Sequence[Reminding], now: datetime) -> int:
    """Ask every function and tell what was not told yet; how many. One that fails keeps no other from it."""
    if not FROM_HOUR <= clock.london(now).hour < TO_HOUR:
        return 0
    told = 0
    for function in functions:
        try:
            with transaction(store, JOB) as unit:
                told += sum(
                    remind(unit, one.person_id, one.kind, one.about, one.on, one.pupil_id)
                    for one in function(unit, unit.today)
                )
        except Exception as fault:  # noqa: BLE001 one room's fault must not silence the others
            log.error("reminders of %s failed: %s", function.__module__, type(fault).__name__)  # noqa: TRY400 its words quote values
    return told
