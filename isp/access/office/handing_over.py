"""A leaver's work passes to a colleague in one deed: roles, groups taught, cases.

It holds from the next request of either. Working notes and drafts belong to the pupil's record and need no
handing over: whoever has the role has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import ties
from isp.access.gate import Decision, require_in_organisation
from isp.access.models import GroupStaff, Restriction, Tie
from isp.access.office import staffing
from isp.access.policy import OrganisationPermission
from isp.access.standing import ADVISER, CASELOAD, GUARDIAN, live
from isp.audit import Chain, Event, Unit
from isp.kernel.errors import Conflict, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.people import actions as people

ALSO_HANDED_OVER: list[Callable[[Unit, Decision, UUID, UUID, UUID], None]] = []
"""What higher rooms pass on with the ties: called with the organisation, the leaver and the successor."""
FOR_A_TIME: list[Callable[[Unit, Iterable[UUID]], frozenset[UUID]]] = []
"""Which of these ties somebody has only in place of a colleague, as higher rooms know: they end with her."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How much passed on, and whether the leaver's account was closed."""

    roles: int
    groups: int
    cases: int
    closed: bool


def hand_over(unit: Unit, organisation_id: UUID, leaver_id: UUID, successor_id: UUID) -> HandedOver:
    """Everything that the leaver holds in this organisation becomes the successor's, and the leaver leaves.

    But not what she had in a colleague's place, nor a child whom the successor must not be given: that case
    is left for somebody else to be given.

    The successor must work here already. Raises NotFound, NotAllowed (a role that is not the actor's to
    give), Conflict (one's own work, or a successor who is the leaver).
    """
    decision = require_in_organisation(unit, OrganisationPermission.HAND_OVER, organisation_id)
    if leaver_id == successor_id:
        raise Conflict("Choose a colleague other than the one who leaves.")
    if leaver_id == unit.actor.person_id:
        raise Conflict("You cannot hand over your own work. Ask a colleague to do it.")
    leaving = staffing.open_memberships(unit, organisation_id, leaver_id)
    staying = staffing.open_memberships(unit, organisation_id, successor_id)
    if not leaving or not staying:
        raise NotFound
    staffing.require_giving(unit, organisation_id, {row.role for row in leaving})
    roles = _roles(unit, decision, organisation_id, successor_id, leaving, {row.role for row in staying})
    groups = _groups(unit, decision, organisation_id, leaver_id, successor_id)
    cases = _cases(unit, decision, organisation_id, leaver_id, successor_id)
    for pass_on in ALSO_HANDED_OVER:
        pass_on(unit, decision, organisation_id, leaver_id, successor_id)
    unit.record(
        decision,
        Event.WORK_HANDED_OVER,
        Chain.organisation(organisation_id),
        Chain.person(leaver_id),
        Chain.person(successor_id),
        obj=("person", leaver_id),
        to=str(successor_id),
        count=roles + groups + cases,
        **{"from": str(leaver_id)},
    )
    closed = staffing.leave(unit, decision, organisation_id, leaver_id)
    tell(unit, [successor_id], "work_given")
    return HandedOver(roles, groups, cases, closed)


def barred(unit: Unit, person_id: UUID) -> frozenset[UUID]:
    """The pupils whom this person must not be given: own children, and those whose record is closed."""
    closed = select(Restriction.pupil_id).where(
        Restriction.person_id == person_id, Restriction.lifted_at.is_(None)
    )
    own = select(Tie.pupil_id).where(Tie.person_id == person_id, Tie.kind == GUARDIAN, live(Tie, unit.today))
    return frozenset([*unit.connection.scalars(closed), *unit.connection.scalars(own)])


def _roles(
    unit: Unit,
    decision: Decision,
    organisation_id: UUID,
    successor_id: UUID,
    leaving: list[Any],
    already: set[str],
) -> int:
    count = 0
    for row in leaving:
        if row.role in already:
            continue
        already.add(row.role)
        people.give_role(
            unit,
            decision,
            successor_id,
            organisation_id,
            row.role,
            valid_from=max(row.valid_from, unit.today),
            valid_to=row.valid_to,
        )
        count += 1
    return count


def _groups(
    unit: Unit, decision: Decision, organisation_id: UUID, leaver_id: UUID, successor_id: UUID
) -> int:
    def taught(person_id: UUID) -> list[Any]:
        return list(
            unit.session.scalars(
                select(GroupStaff).where(
                    GroupStaff.person_id == person_id,
                    GroupStaff.organisation_id == organisation_id,
                    GroupStaff.ended_at.is_(None),
                    (GroupStaff.valid_to.is_(None)) | (GroupStaff.valid_to >= unit.today),
                )
            )
        )

    already = {(row.group_id, row.role) for row in taught(successor_id)}
    count = 0
    for row in taught(leaver_id):
        unit.change(GroupStaff, {"id": row.id, "ended_at": None}, ended_at=unit.now)
        opened = (row.group_id, row.role) not in already
        if opened:
            already.add((row.group_id, row.role))
            unit.insert(
                GroupStaff,
                id=new_id(),
                group_id=row.group_id,
                organisation_id=organisation_id,
                person_id=successor_id,
                role=row.role,
                valid_from=max(row.valid_from, unit.today),
                valid_to=row.valid_to,
                ended_at=None,
                made_at=unit.now,
            )
            count += 1
        unit.record(
            decision,
            Event.GROUP_CHANGED,
            Chain.organisation(organisation_id),
            obj=("group", row.group_id),
            group=str(row.group_id),
            opened=int(opened),
            ended=1,
        )
    return count


def _cases(unit: Unit, decision: Decision, organisation_id: UUID, leaver_id: UUID, successor_id: UUID) -> int:
    def held(person_id: UUID) -> list[Tie]:
        return list(
            unit.session.scalars(
                select(Tie).where(
                    Tie.person_id == person_id,
                    Tie.organisation_id == organisation_id,
                    Tie.kind.in_((CASELOAD, ADVISER)),
                    live(Tie, unit.today),
                )
            )
        )

    passing, theirs = held(leaver_id), held(successor_id)
    lent = frozenset().union(*(known(unit, [one.id for one in (*passing, *theirs)]) for known in FOR_A_TIME))
    closed = barred(unit, successor_id)
    already = {(tie.pupil_id, tie.kind, tie.source_id) for tie in theirs if tie.id not in lent}
    count = 0
    unit.keys.fetch([KeyOf.pupil(tie.pupil_id) for tie in passing])
    for tie in passing:
        ties.end_tie(unit, tie.id)
        chain = Chain.pupil(tie.pupil_id)
        unit.record(decision, Event.TIE_ENDED, chain, obj=("tie", tie.id), kind=tie.kind, why="handed_over")
        if tie.id in lent or tie.pupil_id in closed:
            continue
        count += 1
        if (tie.pupil_id, tie.kind, tie.source_id) in already:
            continue
        fresh = ties.open_tie(
            unit,
            tie.pupil_id,
            tie.kind,
            unit.today,
            valid_to=tie.valid_to,
            organisation_id=organisation_id,
            person_id=successor_id,
            source_id=tie.source_id,
            words=ties.words_of(unit, tie.pupil_id, tie.id, tie.sealed) or None,
        )
        unit.record(
            decision,
            Event.TIE_OPENED,
            chain,
            obj=("tie", fresh),
            kind=tie.kind,
            to=tie.valid_to.isoformat() if tie.valid_to else None,
            **{"from": unit.today.isoformat()},
        )
    return count
