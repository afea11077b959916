"""Whether what section F promises is given: checks at issue, at a new setting, each year, on any worry.

The authority must secure the provision (section 42(2)). A check asks the school entry by entry; what is not
given, or given in part, is owed until a later finding says otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.gate import Decision
from isp.access.policy import GRID, Permission
from isp.access.standing import onlookers
from isp.audit import Chain, Event, Unit
from isp.ehcp import queries, rules, sight
from isp.ehcp.content import SHAPE, items_of
from isp.ehcp.plan_models import ProvisionCheck, ProvisionFinding
from isp.ehcp.steps import StepCode, Subject, followed, note_step
from isp.ehcp.vocabulary import configuration_on, lists
from isp.kernel.canonical import nfc, undirected
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.kernel.workdays import months_after
from isp.notices.actions import tell
from isp.plans.names import name_of

CHECKS = table_of(ProvisionCheck)
FINDINGS = table_of(ProvisionFinding)
CLOSED = "This check has been closed already. Look at the list again."
MOST = 200
FIRST = (rules.ISSUE, rules.SETTING)
"""Which checks show that the provision is there at all; the others, that it still is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was last found of one entry. ``evidence`` is empty for whoever may not read it."""

    item_id: str
    finding: str
    since: date | None
    made_by: UUID
    made_at: datetime
    evidence: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check with what was found in it, by entry."""

    row: Any
    words: str
    found: Mapping[str, Finding]

    @property
    def owed(self) -> int:
        """How many entries are not given in full."""
        return sum(one.finding in rules.OWED for one in self.found.values())


@dataclass(frozen=True, slots=True)
class Promise:
    """One entry of section F, by name, with the newest finding about it, in whatever check."""

    item_id: str
    name: str
    newest: Finding | None

    @property
    def is_owed(self) -> bool:
        return self.newest is not None and self.newest.finding in rules.OWED


@dataclass(frozen=True, slots=True)
class Overview:
    """The checks of a plan, newest first, and what section F promises."""

    row: Any
    decision: Decision
    checks: tuple[Check, ...]
    promises: tuple[Promise, ...]


def raise_check(unit: Unit, plan_id: UUID, occasion: str, words: str = "") -> UUID:
    """Ask whether section F is given; by the school or the authority, or of a worry by the family.

    For whoever records a change of setting too. Conflict where the plan is not in force, or such a check is
    open already.
    """
    permission = Permission.EHCP_WORRY if occasion == rules.WORRY else Permission.EHCP_CHECK
    row, decision = queries.allowed(unit, plan_id, permission)
    rules.check_in_force(row.state)
    if occasion not in rules.OCCASION_WORDS:
        raise Invalid(rules.ATTENTION, {"occasion": "Choose one of the answers."})
    said = nfc(undirected(words).strip())
    if occasion == rules.WORRY and not said:
        raise Invalid(rules.ATTENTION, {"words": "Say what the worry is."})
    if len(said) > rules.REASON_LIMIT:
        raise Invalid(rules.ATTENTION, {"words": f"Say it in at most {rules.REASON_LIMIT} characters."})
    c = CHECKS.c
    same = select(c.id).where(c.plan_id == plan_id, c.state == "open", c.occasion == occasion)
    if occasion != rules.WORRY and unit.connection.execute(same).first() is not None:
        raise Conflict("Such a check is open already. Go on with that one.")
    check_id, due_on = ask(unit, row, occasion, said)
    unit.record(
        decision,
        Event.PROVISION_CHECK_RAISED,
        Chain.pupil(row.pupil_id),
        obj=("provision_check", check_id),
        payload={"words": said} if said else None,
        occasion=occasion,
        due_on=due_on.isoformat(),
    )
    if occasion == rules.WORRY:
        tell(unit, _who_checks(unit, row), "provision_worry", row.pupil_id, about=row.id)
    followed(unit, row.pupil_id, row.authority_id)
    return check_id


def _who_checks(unit: Unit, row: Any) -> list[UUID]:
    """Whoever answers for the provision at the school, and the officer; not whoever is worried."""
    towards = onlookers(row.pupil_id, unit.today).subquery()
    query = select(towards.c.person_id).where(
        towards.c.standing.in_(sorted(GRID[Permission.EHCP_CHECK])),
        towards.c.person_id != unit.actor.person_id,
    )
    return list(unit.connection.scalars(query.distinct()))


def ask(
    unit: Unit, row: Any, occasion: str, words: str = "", *, after: date | None = None
) -> tuple[UUID, date]:
    """Insert a check of a plan, open; its id and when it is due. Part of the deed that gives the occasion."""
    days = lists().on_or_first(unit.today).checks
    begins = after or unit.today
    if occasion == rules.YEARLY:
        due_on = months_after(begins, days["yearly_months"])
    else:
        due_on = begins + timedelta(days=days[f"{occasion}_days"])
    made = new_id()
    key = KeyOf.pupil(row.pupil_id)
    unit.insert(
        ProvisionCheck,
        id=made,
        plan_id=row.id,
        pupil_id=row.pupil_id,
        school_id=queries.school_of(unit, row.pupil_id),
        occasion=occasion,
        due_on=due_on,
        state="open",
        raised_on=unit.today,
        raised_by=unit.actor.person_id,
        closed_on=None,
        closed_by=None,
        sealed=unit.keys.seal(key, _check_place(made), {"words": words}) if words else None,
        recorded_at=unit.now,
        row_version=1,
    )
    return made, due_on


def record_finding(
    unit: Unit, check_id: UUID, item_id: str, finding: str, since: date | None, evidence: str
) -> None:
    """Record whether one entry of section F is given. A later finding stands; the earlier one stays too."""
    check, row, decision = _open_check(unit, check_id)
    rules.check_finding(finding, since, evidence, unit.today)
    made = new_id()
    held = {"evidence": nfc(undirected(evidence).strip()[: rules.REASON_LIMIT])}
    unit.insert(
        ProvisionFinding,
        id=made,
        check_id=check_id,
        pupil_id=check.pupil_id,
        item_id=_promised(unit, check, item_id),
        finding=finding,
        since=since,
        made_by=unit.actor.person_id,
        made_at=unit.now,
        sealed=unit.keys.seal(KeyOf.pupil(check.pupil_id), _finding_place(made), held),
    )
    unit.record(
        decision,
        Event.PROVISION_FOUND,
        Chain.pupil(check.pupil_id),
        obj=("provision_check", check_id),
        item=item_id,
        finding=finding,
        since=since.isoformat() if since else None,
    )
    followed(unit, row.pupil_id, row.authority_id)


def close_check(unit: Unit, check_id: UUID) -> int:
    """Close a check once every entry has a finding; gives how many are owed. The next yearly one opens.

    Conflict where an entry of section F has none yet.
    """
    check, row, decision = _open_check(unit, check_id)
    found = _findings(unit, [check_id], evidence=False).get(check_id, {})
    lacking = [one for one in _items(unit, row) if one["id"] not in found]
    if lacking:
        raise Conflict(
            f"{len(lacking)} of the entries of section F have no answer yet. Answer them, then close."
        )
    unit.change(
        ProvisionCheck,
        {"id": check_id, "row_version": check.row_version},
        CLOSED,
        state="closed",
        closed_on=unit.today,
        closed_by=unit.actor.person_id,
        row_version=check.row_version + 1,
    )
    owed = sum(one.finding in rules.OWED for one in found.values())
    c = CHECKS.c
    yearly = select(c.id).where(c.plan_id == row.id, c.state == "open", c.occasion == rules.YEARLY)
    if row.state in rules.IN_FORCE and unit.connection.execute(yearly).first() is None:
        ask(unit, row, rules.YEARLY)
    if unit.actor.person_id is not None:
        note_step(
            unit,
            row.pupil_id,
            row.authority_id,
            Subject.PLAN,
            row.id,
            StepCode.PROVISION_CHECKED,
            unit.today,
            by=unit.actor.person_id,
        )
    unit.record(
        decision,
        Event.PROVISION_CHECK_CLOSED,
        Chain.pupil(check.pupil_id),
        obj=("provision_check", check_id),
        owed=owed,
    )
    return owed


def open_of(unit: Unit, plan_ids: Collection[UUID]) -> list[Any]:
    """The open checks to which a plan's making, or a change of setting, gave the occasion."""
    c = CHECKS.c
    query = select(CHECKS).where(c.plan_id.in_(sorted(plan_ids)), c.state == "open", c.occasion.in_(FIRST))
    return list(unit.connection.execute(query.order_by(c.due_on, c.id)))


def owed_of(unit: Unit, plans: Iterable[Any]) -> set[UUID]:
    """Of these plans (rows) those of which an entry of section F was last found not to be given in full.

    What the plan as it stands does not promise any more is not owed. Says nothing of who may know.
    """
    of = {row.id: row for row in plans}
    c, f = CHECKS.c, FINDINGS.c
    query = select(c.plan_id, f.item_id, f.finding).join(FINDINGS, f.check_id == c.id)
    rows = unit.connection.execute(query.where(c.plan_id.in_(sorted(of))).order_by(f.made_at, f.id))
    newest = {(row.plan_id, str(row.item_id)): row.finding for row in rows}
    wanting: dict[UUID, set[str]] = {}
    for (plan_id, item_id), finding in newest.items():
        if finding in rules.OWED:
            wanting.setdefault(plan_id, set()).add(item_id)
    return {
        plan_id
        for plan_id, items in wanting.items()
        if items & {one["id"] for one in _items(unit, of[plan_id])}
    }


def overview(unit: Unit, plan_id: UUID) -> Overview:
    """The checks of a plan and what is owed of section F; the view is recorded.

    Evidence and worries are read by the school and the authority; a family reads her own worries.
    """
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_CHECK_READ)
    rows = list(
        unit.connection.execute(
            select(CHECKS)
            .where(CHECKS.c.plan_id == plan_id)
            .order_by(CHECKS.c.recorded_at.desc(), CHECKS.c.id.desc())
            .limit(MOST)
        )
    )
    reads = not decision.standings & sight.FAMILY
    found = _findings(unit, [one.id for one in rows], evidence=reads)
    checks = tuple(
        Check(one, _words(unit, one, reads or one.raised_by == unit.actor.person_id), found.get(one.id, {}))
        for one in rows
    )
    unit.record(decision, Event.PROVISION_CHECKS_VIEWED, Chain.pupil(row.pupil_id), obj=("ehcp", plan_id))
    return Overview(row, decision, checks, tuple(_promises(unit, row, checks)))


def one_check(unit: Unit, check_id: UUID) -> tuple[Check, Overview]:
    """A check for whoever records in it, with its plan's promises. NotFound where there is none."""
    check = _row(unit, check_id)
    row, _ = queries.allowed(unit, check.plan_id if check else check_id, Permission.EHCP_CHECK)
    found = overview(unit, row.id)
    return next(one for one in found.checks if one.row.id == check_id), found


def _row(unit: Unit, check_id: UUID) -> Any | None:
    return unit.connection.execute(select(CHECKS).where(CHECKS.c.id == check_id)).first()


def _open_check(unit: Unit, check_id: UUID) -> tuple[Any, Any, Decision]:
    check = _row(unit, check_id)
    row, decision = queries.allowed(unit, check.plan_id if check else check_id, Permission.EHCP_CHECK)
    if check is None:
        raise NotFound
    if check.state != "open":
        raise Conflict(CLOSED)
    return check, row, decision


def _items(unit: Unit, row: Any) -> list[dict[str, Any]]:
    held = queries.content_in_force(unit, row)
    return items_of(held[1], "f") if held else []


def _promised(unit: Unit, check: Any, item_id: str) -> UUID:
    row = queries.plan_row(unit, check.plan_id)
    if item_id not in {one["id"] for one in _items(unit, row)}:
        raise Conflict("This entry is not in the EHC plan that is in force. Open the check again.")
    return UUID(item_id)


def _promises(unit: Unit, row: Any, checks: tuple[Check, ...]) -> list[Promise]:
    configuration = configuration_on(unit.today)
    shape = SHAPE.sections["f"]
    found = []
    for item in _items(unit, row):
        told = [one.found[item["id"]] for one in checks if item["id"] in one.found]
        newest = max(told, key=lambda one: one.made_at) if told else None
        found.append(Promise(item["id"], name_of(shape, item, configuration, "school"), newest))
    return found


def _findings(unit: Unit, check_ids: list[UUID], *, evidence: bool) -> dict[UUID, dict[str, Finding]]:
    """The newest finding of each entry, by check."""
    if not check_ids:
        return {}
    query = select(FINDINGS).where(FINDINGS.c.check_id.in_(sorted(check_ids)))
    found: dict[UUID, dict[str, Finding]] = {}
    for one in unit.connection.execute(query.order_by(FINDINGS.c.made_at, FINDINGS.c.id)):
        said = ""
        if evidence:
            key = KeyOf.pupil(one.pupil_id)
            said = unit.keys.open(key, _finding_place(one.id), one.sealed)["evidence"]
        item = str(one.item_id)
        finding = Finding(item, one.finding, one.since, one.made_by, one.made_at, said)
        found.setdefault(one.check_id, {})[item] = finding
    return found


def _words(unit: Unit, row: Any, reads: bool) -> str:
    if row.sealed is None or not reads:
        return ""
    held = unit.keys.open(KeyOf.pupil(row.pupil_id), _check_place(row.id), row.sealed)
    return str(held["words"])


def _check_place(check_id: UUID) -> Place:
    return Place("provision_check", "sealed", check_id)


def _finding_place(finding_id: UUID) -> Place:
    return Place("provision_finding", "sealed", finding_id)
