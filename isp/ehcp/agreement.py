"""Whether the family, or the young person, agrees with a version of the plan: said, and read.

Each answers for herself and reads her own; it lies between her and the authority, and nobody else of the
family learns of it. An answer is to one version, as its digest was then. It changes nothing about the plan's
force: the authority must make the provision whether or not anybody agrees, and no right is given up.

What came by post or telephone an officer files for whoever said it: with the day it came, how, and what shows
it. She is told, reads it as her own, and can say it otherwise herself; over what she has said here since, a
letter from before is never put.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.gate import Decision
from isp.access.policy import GRID, Permission, Standing
from isp.access.standing import onlookers
from isp.audit import Chain, Event, Unit
from isp.audit.unit import MOVED_ON
from isp.ehcp import queries, rules
from isp.ehcp.plan_models import PlanAgreement
from isp.kernel.canonical import nfc, undirected
from isp.kernel.clock import civil_day
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, NotAllowed
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.records.versions import Version
from isp.web.filters import date_words

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
    id: UUID | None = None
    filed: Filed | None = None
    """Set where it came otherwise and an officer entered it."""

    @property
    def on(self) -> date:
        """The day on which she said it."""
        return self.filed.came_on if self.filed is not None else civil_day(self.at)


@dataclass(frozen=True, slots=True)
class Filed:
    """How an answer came that an officer entered. ``proof``: what shows it, in the officer's words."""

    by: UUID
    came_on: date
    how: str
    proof: str


NOTHING = "nothing"


def shown_of(said: Said | None) -> str:
    """What a page carries of the answer that it shows."""
    return str(said.id) if said is not None else NOTHING


def say(
    unit: Unit, plan_id: UUID, number: int, answer: str, words: str = "", *, shown: str | None = None
) -> None:
    """Say of a version whether one agrees with it, by one of the family for herself.

    Invalid where no answer is chosen; Conflict where the version is not, or no longer, the one to answer to,
    where she has said the very same of it, or where ``shown`` is not what stands of hers (``shown_of``).
    """
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_AGREE, lock=True)
    reading = queries.reading_of(unit, row, decision, number)
    rules.check_answerable(_is_open(unit, row, reading.version))
    said = nfc(undirected(words).strip())
    rules.check_agreement(answer, said)
    person_id = decision.person_id
    if person_id is None:
        raise NotAllowed
    before = mine(unit, row, decision, number)
    if shown is not None and shown != shown_of(before):
        raise Conflict(MOVED_ON)
    if before is not None and before.filed is None and (before.answer, before.words) == (answer, said):
        raise Conflict(
            f"You said this to the council already, on {date_words(before.on)}. It has your answer, and "
            "nothing was changed."
        )
    held = {"words": said} if said else {}
    _insert(unit, row, reading.version, person_id, decision.standing, answer, held)
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


def file(
    unit: Unit,
    plan_id: UUID,
    number: int,
    *,
    person_id: UUID,
    answer: str,
    came_on: date,
    how: str,
    proof: str,
    words: str = "",
    shown: str | None = None,
) -> None:
    """File what one of the family said of a version by post or otherwise, by an officer of the authority.

    ``person_id``: whose answer it is, one of those who could give it here (``family_of``). ``shown``: as
    ``shown_of`` of the newest answer to this version (``newest``). Raises Invalid, or Conflict where the
    version is not the one to answer to, or she has answered here herself on that day or since.
    """
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_AGREEMENT_FILE, lock=True)
    version = queries.reading_of(unit, row, decision, number).version
    rules.check_answerable(_is_open(unit, row, version))
    if shown is not None and shown != newest(unit, row, number):
        raise Conflict(MOVED_ON)
    said, shows = nfc(undirected(words).strip()), nfc(undirected(proof).strip())
    standing = family_of(unit, row).get(person_id)
    rules.check_filed_agreement(
        answer,
        said,
        is_of_family=standing is not None,
        came_on=came_on,
        version_on=civil_day(version.stands_from),
        today=unit.today,
        how=how,
        proof=shows,
    )
    officer_id = decision.person_id
    if officer_id is None or standing is None:
        raise NotAllowed
    filed = Filed(officer_id, came_on, how, shows)
    hers = _of(unit, row, AGREEMENTS.c.made_by == person_id, AGREEMENTS.c.number == number)
    _check_before(hers[0] if hers else None, answer, said, filed)
    held: dict[str, Any] = {
        "words": said,
        "filed": {"by": str(officer_id), "came_on": came_on.isoformat(), "how": how, "proof": shows},
    }
    _insert(unit, row, version, person_id, standing, answer, held)
    unit.record(
        decision,
        Event.EHCP_ANSWER_FILED,
        Chain.pupil(row.pupil_id),
        obj=("ehcp", plan_id),
        payload={"answer": answer, "words": said, "proof": shows},
        version=number,
        digest=version.digest.hex(),
        person=str(person_id),
        came_on=came_on.isoformat(),
        how=how,
    )
    tell(unit, [person_id], "ehc_plan_step", row.pupil_id, about=plan_id)
    officers = [one for one in _officers(unit, row) if one != officer_id]
    tell(unit, officers, "plan_answered", row.pupil_id, about=plan_id)


def _check_before(before: Said | None, answer: str, said: str, filed: Filed) -> None:
    """Raise Conflict where what stands of hers is this very answer, or her own from that day or since."""
    if before is None:
        return
    if before.filed is None and before.on >= filed.came_on:
        raise Conflict(
            f"They answered here themselves on {date_words(before.on)}, and what they said here stands. What "
            "came on that day or before cannot be put in its place."
        )
    same = before.filed is not None and (before.filed.came_on, before.filed.how, before.filed.proof) == (
        filed.came_on,
        filed.how,
        filed.proof,
    )
    if same and (before.answer, before.words) == (answer, said):
        raise Conflict("This answer is on record already, as it came. Nothing was changed.")


def family_of(unit: Unit, row: Any) -> dict[UUID, str]:
    """Who could answer today, and as whom: those with parental responsibility, and the young person."""
    towards = onlookers(row.pupil_id, unit.today).subquery()
    c = towards.c
    wanted = sorted(one.value for one in GRID[Permission.EHCP_AGREE])
    query = select(c.person_id, c.standing).where(c.standing.in_(wanted)).distinct()
    return {one.person_id: one.standing for one in unit.connection.execute(query)}


def newest(unit: Unit, row: Any, number: int) -> str:
    """What a page of a version carries of all that was said of it: ``shown_of`` the newest answer."""
    found = _of(unit, row, AGREEMENTS.c.number == number)
    return shown_of(found[0] if found else None)


def may_file(unit: Unit, row: Any, decision: Decision, version: Version) -> bool:
    """Whether this reader can file something that came about this version now."""
    return decision.can(Permission.EHCP_AGREEMENT_FILE) and _is_open(unit, row, version)


def _insert(
    unit: Unit,
    row: Any,
    version: Version,
    person_id: UUID,
    standing: str,
    answer: str,
    held: Mapping[str, Any],
) -> None:
    made = new_id()
    unit.insert(
        PlanAgreement,
        id=made,
        plan_id=row.id,
        pupil_id=row.pupil_id,
        version_id=version.id,
        number=version.number,
        version_digest=version.digest,
        standing=standing,
        answer=answer,
        made_by=person_id,
        made_at=unit.now,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), _place(made), dict(held)) if held else None,
    )


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
        held = unit.keys.open(key, _place(one.id), one.sealed) if one.sealed is not None else {}
        found.append(
            Said(
                number=one.number,
                person_id=one.made_by,
                standing=one.standing,
                answer=one.answer,
                words=held.get("words", ""),
                at=one.made_at,
                holds=digests.get(one.version_id) == one.version_digest,
                stands=(one.number, one.made_by) not in later,
                id=one.id,
                filed=_filed(held.get("filed")),
            )
        )
        later.add((one.number, one.made_by))
    return found


def _filed(held: Mapping[str, str] | None) -> Filed | None:
    if held is None:
        return None
    return Filed(UUID(held["by"]), date.fromisoformat(held["came_on"]), held["how"], held["proof"])


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
