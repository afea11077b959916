"""Who is told, and who is left alone, when a child's case or plan ends: by a death, a move, a withdrawal.

Of a death those who work on the case are told that it happened and nothing else, so that nobody rings the
family about a meeting. The family is told nothing by this service, and nobody is reminded of anything any
more. Whoever stops seeing the child is told of no name: what she was asked for is simply over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import recipients
from isp.access.models import Tie
from isp.access.standing import GUARDIAN, SELF
from isp.audit import Unit
from isp.ehcp.models import CaseStep, PlanSetting
from isp.ehcp.steps import StepCode
from isp.escalations import parties
from isp.escalations.advice_models import AdviceRequest
from isp.escalations.advice_rules import OPEN
from isp.escalations.models import SettingConsultation
from isp.kernel.db import table_of
from isp.notices.actions import tell
from isp.notices.delivering import Addressed, Withheld
from isp.notices.outbox import Waiting
from isp.notices.reminders import Reminder, Reminding
from isp.people.roles import Role

STEPS, SETTINGS = table_of(CaseStep), table_of(PlanSetting)
ADVICE, CONSULTATIONS = table_of(AdviceRequest), table_of(SettingConsultation)
DIED, NO_LONGER = "child_died", "asked_no_longer"
LEADING = (Role.SENCO, Role.DEPUTY_SENCO, Role.HEAD)


def asked(unit: Unit, pupil_id: UUID, authority_id: UUID) -> list[UUID]:
    """Who waits for nothing yet but was asked: advisers, and the leaders of schools consulted or named.

    Read before their sight is ended. Those of the child's own school are not among them.
    """
    a, c, s = ADVICE.c, CONSULTATIONS.c, SETTINGS.c
    advisers = select(a.adviser_id).where(
        a.pupil_id == pupil_id, a.authority_id == authority_id, a.state.in_(sorted(OPEN))
    )
    found = [one for one in unit.connection.scalars(advisers) if one is not None]
    consulted = select(c.school_id).where(
        c.pupil_id == pupil_id, c.authority_id == authority_id, c.state == "open"
    )
    named = select(s.school_id).where(s.pupil_id == pupil_id, s.named, s.left_on.is_(None))
    own = parties.school_of(unit, pupil_id)
    schools = {*unit.connection.scalars(consulted), *unit.connection.scalars(named)} - {None, own}
    for school_id in sorted(one for one in schools if one is not None):
        found += parties.holders(unit, school_id, *LEADING)
    return found


def tell_no_longer(unit: Unit, people: Iterable[UUID]) -> None:
    """What they were asked for, or their school was named for, is over: no name, for they see no more."""
    tell(unit, people, NO_LONGER)


def tell_of_death(
    unit: Unit, pupil_id: UUID, authority_id: UUID, officers: Iterable[UUID | None], others: Iterable[UUID]
) -> None:
    """The officers and the school are told, with the child; those asked without. Nobody of the family is.

    ``officers``: who have the case or the plan; ``others``: who was asked (``asked``).
    """
    t = table_of(Tie).c
    kin = select(t.person_id).where(t.pupil_id == pupil_id, t.kind.in_((GUARDIAN, SELF)))
    family = set(unit.connection.scalars(kin))
    near = {one for one in officers if one is not None}
    near |= set(parties.holders(unit, authority_id, Role.AUTHORITY_MANAGER))
    near |= set(parties.holders(unit, parties.school_of(unit, pupil_id), *LEADING))
    tell(unit, near - family, DIED, pupil_id)
    tell(unit, set(others) - near - family, DIED)


def dead(unit: Unit, pupil_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these children have died, as a case or a plan of theirs says."""
    wanted = sorted(set(pupil_ids))
    if not wanted:
        return set()
    query = select(STEPS.c.pupil_id).where(STEPS.c.pupil_id.in_(wanted), STEPS.c.code == StepCode.DIED.value)
    return set(unit.connection.scalars(query.distinct()))


def of_the_living(function: Reminding) -> Reminding:
    """The same reminders, but none about a child who has died."""

    def reminding(unit: Unit, today: date) -> Iterator[Reminder]:
        found: Sequence[Reminder] = list(function(unit, today))
        gone = dead(unit, (one.pupil_id for one in found if one.pupil_id is not None))
        return iter([one for one in found if one.pupil_id not in gone])

    return reminding


def recipient(unit: Unit, notice: Waiting, channel: str) -> Addressed | Withheld:
    """As the gate has it; and of a child who has died no message goes out that was still waiting."""
    if _is_silenced(unit, notice):
        return Withheld("died")
    return recipients.recipient(unit, notice, channel)


def _is_silenced(unit: Unit, notice: Any) -> bool:
    about = notice.pupil_id
    return about is not None and notice.kind != DIED and about in dead(unit, [about])
