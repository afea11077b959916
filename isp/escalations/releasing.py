"""What a school does about a request after it was made: it tells the family, and releases more evidence.

A request that came from a parent, or by mail, releases nothing of the school's. The school adds what it
chooses, each item by version and digest as at the beginning; nothing that was released is taken back by this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from isp.access import grants
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Event, Unit
from isp.audit.unit import Denial
from isp.escalations import evidence, queries, rules, trail
from isp.escalations.kept import check_shown
from isp.escalations.rows import change_request
from isp.escalations.trail import record
from isp.kernel.errors import Conflict, NotAllowed
from isp.notices.actions import tell
from isp.plans import queries as plans


def may_release(row: Any, decision: Decision) -> bool:
    """Whether a reader may add to what a request released: the school of the pupil, while the case runs."""
    return (
        decision.can(Permission.ASSESSMENT_REQUEST)
        and queries.side_of(decision) == "school"
        and decision.organisation_id == row.school_id
        and rules.is_open(row)
    )


def release_more(
    unit: Unit, request_id: UUID, chosen: Mapping[str, Iterable[UUID]], *, shown: int | None = None
) -> int:
    """Let the authority read these items as well, by sort of evidence. Gives how many are new to it.

    Raises Invalid where nothing is chosen or what is not offered; Conflict once the case is over.
    """
    row, decision = _of_the_school(unit, request_id, shown)
    if not rules.is_open(row):
        raise Conflict("This case is over, so nothing can be added to it.")
    offered = evidence.offer(unit, row.pupil_id, decision).digests
    held = {one.object_id for one in grants.all_granted_by(unit, request_id)}
    wanted = {sort: [one for one in dict.fromkeys(ids) if one not in held] for sort, ids in chosen.items()}
    rules.check_release(wanted, offered)
    given = {sort: {one: offered[sort][one] for one in ids} for sort, ids in wanted.items()}
    for sort, items in given.items():
        grants.grant(unit, row.pupil_id, request_id, items, sort)
    change_request(unit, row)
    count = sum(len(items) for items in given.values())
    record(
        unit,
        decision,
        Event.EVIDENCE_RELEASED,
        request_id,
        row.pupil_id,
        row.authority_id,
        payload={
            trail.NAMES[sort]: {str(one): digest.hex() for one, digest in items.items()}
            for sort, items in given.items()
        },
        released=count,
    )
    tell(unit, [row.officer_id] if row.officer_id else [], "evidence_released", row.pupil_id)
    return count


def tell_family(unit: Unit, request_id: UUID, *, shown: int | None = None) -> None:
    """The family knows of the school's request now, and is sent the message. Conflict where it did."""
    row, decision = _of_the_school(unit, request_id, shown)
    words = queries.words_of(unit, row)
    if row.source != rules.SCHOOL or words.get("told_family"):
        raise Conflict("The family knows of this request already.")
    words = {name: said for name, said in words.items() if name != "why_not_told"}
    change_request(unit, row, {**words, "told_family": True})
    record(unit, decision, Event.FAMILY_TOLD, request_id, row.pupil_id, row.authority_id)
    tell(unit, plans.told_of(unit, row.pupil_id), "assessment_requested", row.pupil_id)


def _of_the_school(unit: Unit, request_id: UUID, shown: int | None) -> tuple[Any, Decision]:
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_REQUEST, lock=True)
    if queries.side_of(decision) != "school" or decision.organisation_id != row.school_id:
        denial = Denial(Permission.ASSESSMENT_REQUEST.value, "another-place", ("pupil", row.pupil_id))
        raise NotAllowed("The school where the child is on roll can do this.", denial=denial)
    check_shown(row, shown)
    return row, decision
