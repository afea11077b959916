"""Whether the family, or the young person, agrees with a version of the plan: said, and read.

Each answers for herself and reads her own; it lies between her and the authority, and nobody else of the
family learns of it. An answer is to one version, as its digest was then. It changes nothing about the plan's
force: the authority must make the provision whether or not anybody agrees, and no right is given up.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.gate import Decision
from isp.access.policy import Permission, Standing
from isp.access.standing import onlookers
from isp.audit import Chain, Event, Unit
from isp.ehcp import queries, rules
from isp.ehcp.plan_models import PlanAgreement
from isp.kernel.canonical import nfc, undirected
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotAllowed
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.records.versions import Version

AGREEMENTS = table_of(PlanAgreement)
MOST = 200
"""Far above what a family says of one plan in its life."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of one version. ``stands``: she has said nothing else of it since."""

    number: int
    person_id: UUID
    standing: str
    answer: str
    words: str
    at: datetime
    holds: bool
    """Whether the version is still the one, word for word, that she answered to."""
    stands: bool = True


def say(unit: Unit, plan_id: UUID, number: int, answer: str, words: str = "") -> None:
    """Say of a version whether one agrees with it, by one of the family for herself.

    Invalid where no answer is chosen; Conflict where the version is not, or no longer, the one to answer to.
    """
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_AGREE)
    reading = queries.reading_of(unit, row, decision, number)
    rules.check_answerable(_is_open(unit, row, reading.version))
    said = nfc(undirected(words).strip())
    rules.check_agreement(answer, said)
    made = new_id()
    person_id = decision.person_id
    if person_id is None:
        raise NotAllowed
    unit.insert(
        PlanAgreement,
        id=made,
        plan_id=plan_id,
        pupil_id=row.pupil_id,
        version_id=reading.version.id,
        number=number,
        version_digest=reading.version.digest,
        standing=decision.standing,
        answer=answer,
        made_by=person_id,
        made_at=unit.now,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), _place(made), {"words": said}) if said else None,
    )
    unit.record(
        decision,
        Event.EHCP_ANSWERED,
        Chain.pupil(row.pupil_id),
        obj=("ehcp", plan_id),
        payload={"answer": answer, "words": said},
        version=number,
        digest=reading.version.digest.hex(),
    )
    tell(unit, _officers(unit, row), "plan_answered", row.pupil_id, about=plan_id)


def may_answer(unit: Unit, row: Any, decision: Decision, version: Version) -> bool:
    """Whether this reader can say something of this version now."""
    return decision.can(Permission.EHCP_AGREE) and _is_open(unit, row, version)


def mine(unit: Unit, row: Any, decision: Decision, number: int) -> Said | None:
    """What the actor herself said last of a version; after the gate. Nobody else's answer is opened."""
    if decision.person_id is None:
        return None
    found = _of(unit, row, AGREEMENTS.c.made_by == decision.person_id, AGREEMENTS.c.number == number)
    return found[0] if found else None


def of_version(unit: Unit, row: Any, decision: Decision, number: int) -> list[Said]:
    """What stands of a version, of each who answered, for the authority; none for others. The look at it,
    where there is something, is recorded.
    """
    if not decision.can(Permission.EHCP_AGREEMENTS_READ):
        return []
    found = [one for one in _of(unit, row, AGREEMENTS.c.number == number) if one.stands]
    if found:
        _record(unit, row, decision, number)
    return found


def read_all(unit: Unit, plan_id: UUID) -> tuple[Any, Decision, list[Said]]:
    """The plan, the decision, and everything that was said of any version, newest first; the view is
    recorded once for each version.
    """
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_AGREEMENTS_READ)
    found = _of(unit, row)
    for number in sorted({one.number for one in found}):
        _record(unit, row, decision, number)
    return row, decision, found


def of_plans(unit: Unit, plans: Collection[Any]) -> list[Said]:
    """Everything that was said of these plans, for the authority's chronology, which asks and records."""
    return [one for row in plans for one in _of(unit, row)]


def _record(unit: Unit, row: Any, decision: Decision, number: int) -> None:
    chain = Chain.pupil(row.pupil_id)
    unit.record(decision, Event.EHCP_ANSWERS_VIEWED, chain, obj=("ehcp", row.id), version=number)


def _of(unit: Unit, row: Any, *only: Any) -> list[Said]:
    """Newest first. Of one person and version the newest stands."""
    c = AGREEMENTS.c
    query = select(AGREEMENTS).where(c.plan_id == row.id, *only).order_by(c.made_at.desc(), c.id.desc())
    rows = list(unit.connection.execute(query.limit(MOST)))
    digests = {
        one.id: one.digest for one in queries.versions_by_id(unit, {one.version_id for one in rows}).values()
    }
    key = KeyOf.pupil(row.pupil_id)
    found: list[Said] = []
    later: set[tuple[int, UUID]] = set()
    for one in rows:
        words = unit.keys.open(key, _place(one.id), one.sealed)["words"] if one.sealed is not None else ""
        found.append(
            Said(
                number=one.number,
                person_id=one.made_by,
                standing=one.standing,
                answer=one.answer,
                words=words,
                at=one.made_at,
                holds=digests.get(one.version_id) == one.version_digest,
                stands=(one.number, one.made_by) not in later,
            )
        )
        later.add((one.number, one.made_by))
    return found


def _is_open(unit: Unit, row: Any, version: Version) -> bool:
    """Whether a version is the one to answer to: the newest draft that was sent, or the plan in force."""
    record = queries.record_of(unit, row)
    return rules.is_answerable(
        row.state,
        is_draft=version.sort == rules.Sort.DRAFT_SENT,
        is_newest=version.number == record.number,
        in_force=version.number == record.current,
    )


def _officers(unit: Unit, row: Any) -> list[UUID]:
    """Whoever has the case at the plan's authority; not whoever answers."""
    towards = onlookers(row.pupil_id, unit.today).subquery()
    c = towards.c
    query = select(c.person_id).where(c.standing == Standing.OFFICER, c.organisation_id == row.authority_id)
    return list(unit.connection.scalars(query.distinct()))


def _place(agreement_id: UUID) -> Place:
    return Place("plan_agreement", "sealed", agreement_id)
