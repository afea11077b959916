"""Running the job that reminds on a day, and who was told of what."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from isp.access.recipients import recipient
from isp.audit import transaction
from isp.kernel import clock
from isp.kernel.db import table_of
from isp.notices.delivering import Addressed
from isp.notices.models import Notice
from isp.notices.outbox import MAIL, Waiting
from isp.notices.reminders import JOB, Reminding, remind_all
from tests.cast import Cast
from tests.escalations.world import on

NOTICES = table_of(Notice)


def reminded(cast: Cast, job: Reminding, day: date) -> set[tuple[str, str]]:
    """The job at noon of a day: (who, of what), of what it told that had not been told."""
    before = {row.id for row in _rows(cast)}
    names = {person: name for name, person in cast.people.items()}
    with on(day):
        count = remind_all(cast.store, [job], clock.now())
        fresh = [row for row in _rows(cast) if row.id not in before]
        assert count == len(fresh)
        assert remind_all(cast.store, [job], clock.now()) == 0
    return {(names[row.person_id], row.kind) for row in fresh}


def mailed(cast: Cast, kind: str, day: date) -> set[str]:
    """Who of those told of a kind would have a mail of it on a day, as she chose and as the gate allows."""
    names = {person: name for name, person in cast.people.items()}
    found = set()
    with on(day):
        for row in _rows(cast):
            if row.kind == kind:
                with transaction(cast.store, JOB) as unit:
                    waiting = Waiting(row.id, row.person_id, row.pupil_id, row.kind, row.made_at, row.read_at)
                    if isinstance(recipient(unit, waiting, MAIL), Addressed):
                        found.add(names[row.person_id])
    return found


def _rows(cast: Cast) -> list[Notice]:
    with cast.store.database.reading() as connection:
        return list(connection.execute(select(NOTICES)))  # type: ignore[arg-type]
