"""Advice of the case into section K of the plan: by id, version and digest, and never a copy of its words.

The officer who writes section K chooses among what was accepted in the case, or agreed to suffice. Who may
read the advice itself is as before: naming it in the plan opens nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from isp.access import gate
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.ehcp import actions, references, rules, sight
from isp.ehcp import queries as plans
from isp.ehcp.content import SHAPE, items_of, new_item
from isp.ehcp.references import Kept
from isp.escalations import advice_queries
from isp.escalations import advice_rules as advice
from isp.escalations.advice_queries import ADVICE, VERSIONS, Version
from isp.kernel.crypto import SealError
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.people import directory
from isp.records import drafts, order
from isp.records.changes import Change
from isp.records.digest import answers
from isp.records.drafts import Saved
from isp.records.items import added

SECTION = "k"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A version of advice that section K can name: by whom, what it is, when it came."""

    advice_id: UUID
    case_id: UUID
    version_id: UUID
    number: int
    code: str
    digest: bytes
    kind: str
    author: str
    role: str
    title: str
    given_on: date

    @property
    def which(self) -> str:
        """The version and its code, as the plan says them."""
        return f"version {self.number}, code {self.code}"


def offered(unit: Unit, plan_id: UUID) -> tuple[Any, Any, list[Accepted]]:
    """The plan, the decision, and the advice that its draft does not name yet; the look is recorded."""
    row, decision = _allowed(unit, plan_id)
    rules.check_live(row.state)
    draft = drafts.read(unit, plans.record_of(unit, row).id)
    found = _not_named(_accepted(unit, row), draft.content)
    for case_id in sorted({one.case_id for one in found}):
        unit.record(decision, Event.ADVICE_VIEWED, Chain.pupil(row.pupil_id), obj=("assessment", case_id))
    return row, decision, found


def name_advice(unit: Unit, plan_id: UUID, chosen: Collection[str]) -> int:
    """Name versions of advice in section K of the draft; how many. ``chosen``: their ids.

    Invalid where none is chosen; Conflict where one is named already, or no longer accepted.
    """
    row, decision = _allowed(unit, plan_id)
    rules.check_live(row.state)
    if not chosen:
        raise Invalid(rules.ATTENTION, {"advice": "Choose at least one."})
    draft = drafts.read(unit, plans.record_of(unit, row).id)
    wanted = [one for one in _not_named(_accepted(unit, row), draft.content) if str(one.version_id) in chosen]
    held = items_of(draft.content, SECTION)
    if len(wanted) != len(set(chosen)) or len(held) + len(wanted) > SHAPE.sections[SECTION].most_items:
        raise Conflict(
            "Something has changed since this page was made: advice that you chose is named in section K "
            "already, or is no longer accepted. Look at the list again."
        )
    changes: list[Change] = []
    for one in wanted:
        fields = {
            "sort": one.kind,
            "author": one.author,
            "role": one.role,
            "title": one.title,
            "given_on": one.given_on.isoformat(),
            "which": one.which,
            "advice": str(one.advice_id),
            "version": str(one.version_id),
            "digest": one.digest.hex(),
        }
        item = new_item(SECTION, new_id(), order.at_end(held), {k: v for k, v in fields.items() if v})
        held = [*held, item]
        changes.append(added(SECTION, item))
    stored, fingerprint = drafts.store(unit, draft, changes)
    actions.remember_save(unit, row, decision, Saved(stored, tuple(changes), (), fingerprint))
    for one in wanted:
        unit.record(
            decision,
            Event.EHCP_ADVICE_NAMED,
            Chain.pupil(row.pupil_id),
            obj=("ehcp", plan_id),
            advice=str(one.advice_id),
            number=one.number,
            digest=one.digest.hex(),
            letter=one.kind,
        )
    return len(changes)


def _allowed(unit: Unit, plan_id: UUID) -> tuple[Any, Any]:
    row, decision = plans.allowed(unit, plan_id, Permission.EHCP_WRITE)
    if SECTION not in (sight.writing_lens(decision).sections or ()):
        raise NotAllowed
    return row, decision


def _accepted(unit: Unit, row: Any) -> list[Accepted]:
    """The newest version of all advice of the child's cases with this authority that the actor may read."""
    reads = gate.require(unit, Permission.ADVICE_READ, row.pupil_id)
    c = ADVICE.c
    query = select(ADVICE).where(
        c.pupil_id == row.pupil_id, c.authority_id == row.authority_id, c.state.in_(sorted(advice.DONE))
    )
    rows = [
        one
        for one in unit.connection.execute(query.order_by(c.kind, c.recorded_at, c.id))
        if one.number and (reads.sources is None or one.request_id in reads.sources)
    ]
    people = directory.names(unit, {one.adviser_id for one in rows if one.adviser_id is not None})
    newest = {
        one.advice_id: one
        for one in unit.connection.execute(
            select(VERSIONS)
            .join(ADVICE, and_(ADVICE.c.id == VERSIONS.c.advice_id, ADVICE.c.number == VERSIONS.c.number))
            .where(VERSIONS.c.advice_id.in_([one.id for one in rows]))
        )
    }
    return [_told(unit, one, newest[one.id], people.get(one.adviser_id)) for one in rows if one.id in newest]


def _told(unit: Unit, row: Any, version: Any, adviser: Any | None) -> Accepted:
    words = _content(unit, version)["content"]
    kind = advice.KINDS[row.kind]
    author = words.get("author") or (adviser.full if adviser is not None else "")
    author = author or advice_queries.words_of(unit, row).get("whom", "")
    return Accepted(
        advice_id=row.id,
        case_id=row.request_id,
        version_id=version.id,
        number=version.number,
        code=Version(version, words, None).code,
        digest=version.digest,
        kind=row.kind,
        author=" ".join(author.split())[:200],
        role=adviser.role_words if adviser is not None and not words.get("author") else "",
        title=words.get("title", "")[:200] or f"{kind.title} ({kind.source})",
        given_on=version.received_on,
    )


def _not_named(found: list[Accepted], content: Any) -> list[Accepted]:
    named = {item.get("version") for item in items_of(content, SECTION)}
    return [one for one in found if str(one.version_id) not in named]


def _content(unit: Unit, version: Any) -> dict[str, Any]:
    key, place = KeyOf.pupil(version.pupil_id), advice_queries.version_place(version.id)
    found: dict[str, Any] = unit.keys.open(key, place, version.sealed)
    return found


def _kept(unit: Unit, pupil_id: UUID, wanted: Collection[UUID]) -> Mapping[UUID, Kept]:
    """How versions of this pupil's advice are kept now; their words are opened to be measured, not shown."""
    c = VERSIONS.c
    query = (
        select(VERSIONS, ADVICE.c.request_id)
        .join(ADVICE, ADVICE.c.id == c.advice_id)
        .where(c.id.in_(sorted(wanted)), c.pupil_id == pupil_id)
    )
    found = {}
    for one in unit.connection.execute(query):
        try:
            held = _content(unit, one)
            whole = answers(base64.b64decode(held["salt"]), held["content"], one.digest)
        except SealError:  # Told as altered, by whoever reads the plan: it is, and the plan itself is whole.
            whole = False
        found[one.id] = Kept(one.advice_id, one.request_id, one.number, one.digest if whole else None)
    return found


references.FINDERS.append(_kept)
