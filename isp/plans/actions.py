"""The verbs of a plan: start, write, settle, put aside, publish, withdraw, end, enter an earlier one.

Each deed: who (the gate), when (rules), what, memory (the trail), tell (the outbox).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.models import Tie
from isp.access.policy import Permission
from isp.access.standing import live
from isp.audit import Chain, Event, Unit
from isp.kernel.canonical import nfc
from isp.kernel.crypto import Place
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.plans import cards, queries, rules
from isp.plans import content as plan_content
from isp.plans.correcting import why_not_small
from isp.plans.countersigning import WANTED, check_countersigned
from isp.plans.models import PlanCard
from isp.plans.required import missing
from isp.plans.thread import gaps
from isp.plans.vocabulary import Configuration, configuration_on
from isp.records import drafts, saves, versions
from isp.records.changes import Change, changes_between, items_by_id
from isp.records.drafts import DraftWords, Saved
from isp.records.merge import Clash, merge
from isp.records.merge import settle as settle_changes
from isp.records.models import Record
from isp.records.sent import Opened
from isp.records.shape import Content
from isp.records.versions import Version
from isp.register import roll

NOTHING_TO_CORRECT = "No version is in force yet, so there is nothing to correct."
HAS_PLAN = "This pupil has a plan already. Open it instead of starting another."


def start_plan(unit: Unit, pupil_id: UUID, content: Content | None = None) -> UUID:
    """Start a plan and its first draft. Conflict where the pupil has an open plan."""
    decision = gate.require(unit, Permission.DRAFT_WRITE, pupil_id)
    roll.hold_pupil(unit, pupil_id)
    if queries.open_plan(unit, pupil_id) is not None:
        raise Conflict(HAS_PLAN)
    record_id = new_id()
    unit.insert(
        Record,
        id=record_id,
        pupil_id=pupil_id,
        kind=queries.KIND,
        status="open",
        number=0,
        current=None,
        made_at=unit.now,
        made_by=unit.actor.person_id,
        ended_on=None,
        ended_why=None,
        sealed=None,
        row_version=1,
    )
    unit.insert(
        PlanCard,
        record_id=record_id,
        pupil_id=pupil_id,
        school_id=school_of(unit, decision, pupil_id),
        layer=None,
        version=None,
        published_at=None,
        next_review_on=None,
        status="open",
        interval=None,
        agreed_on=None,
        reviewed_on=None,
        missed_on=None,
    )
    drafts.start(
        unit,
        record_id=record_id,
        pupil_id=pupil_id,
        base_number=0,
        content=content if content is not None else plan_content.blank(),
    )
    unit.record(decision, Event.PLAN_STARTED, Chain.pupil(pupil_id), obj=("record", record_id))
    return record_id


def start_plan_from_last(unit: Unit, pupil_id: UUID) -> UUID:
    """Start a plan whose draft says what the pupil's last plan said at its end. Conflict without one."""
    gate.require(unit, Permission.DRAFT_WRITE, pupil_id)
    ended = [row for row in queries.plans_of(unit, pupil_id) if row.status != "open" and row.current]
    if not ended:
        raise Conflict("This pupil has no earlier plan to start from. Start a blank one.")
    last = versions.read(unit, ended[0].id, ended[0].current)
    return start_plan(unit, pupil_id, plan_content.read(last.content))


def start_draft(unit: Unit, record_id: UUID) -> UUID:
    """Start the next draft from the version in force. Conflict where one is open already."""
    row, decision = held(unit, record_id, Permission.DRAFT_WRITE)
    rules.check_open(row.status)
    if drafts.find(unit, record_id) is not None:
        raise Conflict("A draft of this plan is open already. Go on writing in that one.")
    content = plan_content.blank()
    if row.current is not None:
        content = plan_content.read(versions.read(unit, record_id, row.current).content)
    draft_id = drafts.start(
        unit,
        record_id=record_id,
        pupil_id=row.pupil_id,
        base_number=row.current or 0,
        content=content,
    )
    unit.record(
        decision,
        Event.DRAFT_STARTED,
        Chain.pupil(row.pupil_id),
        obj=("record", record_id),
        from_version=row.current or 0,
    )
    return draft_id


def open_draft(unit: Unit, record_id: UUID) -> Opened:
    """The draft to write in. Conflict where the plan has ended or nothing is being written."""
    row, decision = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
    rules.check_open(row.status)
    found = drafts.open_beside(unit, row)
    return Opened(row, decision, found.draft, found.beside.own_clashes)


def save_draft(
    unit: Unit,
    record_id: UUID,
    shown_revision: int,
    changes: Sequence[Change],
    *,
    shown: Sequence[Change] = (),
    opened: Opened | None = None,
) -> Saved:
    """Save what was typed on the draft as it was at ``shown_revision``; merge, and keep what clashes.

    ``shown``: what the boxes had shown where that may differ from that revision (see ``records.saves``).
    ``opened``: from ``open_draft`` in this same unit. Conflict where the draft moved at the same moment:
    try again in a unit that holds a lock.
    """
    opened = opened or open_draft(unit, record_id)
    saved = saves.save(unit, opened.draft, shown_revision, changes, shown=shown, waiting=opened.waiting)
    remember_save(unit, opened.decision, opened.row, saved)
    return saved


def undo_save(unit: Unit, record_id: UUID, revision: int) -> Saved:
    """Take back one save of one's own, leaving what others wrote since. Conflict where they wrote there."""
    opened = open_draft(unit, record_id)
    draft = opened.draft
    if drafts.author_of(unit, draft, revision) != _person(unit):
        raise Conflict("This was not saved by you, so it is not yours to take back.")
    after, before = (drafts.content_at(unit, draft, number) for number in (revision, revision - 1))
    merged = merge(after, draft.content, before)
    if merged.conflicts:
        raise Conflict("Somebody has written in the same place since, so this stays. Change it by hand.")
    if not merged.changes:
        return Saved(draft, (), (), None)
    stored, fingerprint = drafts.store(unit, draft, merged.changes, merged.content)
    saved = Saved(stored, merged.changes, (), fingerprint)
    remember_save(unit, opened.decision, opened.row, saved)
    return saved


def remember_save(unit: Unit, decision: Decision, row: Any, saved: Saved) -> None:
    """The events of one save of a draft: what was stored, and what clashed."""
    chain = Chain.pupil(row.pupil_id)
    if saved.changes:
        unit.record(
            decision,
            Event.DRAFT_SAVED,
            chain,
            obj=("record", row.id),
            revision=saved.draft.revision,
            changes=saved.digest.hex() if saved.digest else "",
            sections=sorted({change.section for change in saved.changes}),
        )
    if saved.clashes:
        unit.record(decision, Event.DRAFT_CLASHED, chain, obj=("record", row.id), count=len(saved.clashes))


def settle_clash(
    unit: Unit, record_id: UUID, clash_id: UUID, choice: str, third: Change | None = None
) -> DraftWords:
    """Choose between two people's words: ``theirs``, ``mine``, or ``third`` (another wording)."""
    row, decision = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
    rules.check_open(row.status)
    draft = drafts.read(unit, record_id)
    held = drafts.clash(unit, draft, clash_id)
    changes = _settling(draft, held.clash, choice, third)
    drafts.settle(unit, clash_id, choice)
    chain = Chain.pupil(row.pupil_id)
    if changes:
        draft, fingerprint = drafts.store(unit, draft, changes)
        remember_save(unit, decision, row, Saved(draft, tuple(changes), (), fingerprint))
    unit.record(decision, Event.DRAFT_SETTLED, chain, obj=("record", record_id), choice=choice)
    return draft


def _settling(draft: DraftWords, clash: Clash, choice: str, third: Change | None) -> list[Change]:
    """What a choice changes in the draft as it is now."""
    if choice not in ("theirs", "mine", "third"):
        raise Invalid("Some answers need attention.", {"choice": "Choose which words stay."})
    if choice == "third" and third is None:
        raise Invalid("Some answers need attention.", {"third": "Write the words that should stand."})
    gone = clash.field is not None and clash.item is not None
    gone = gone and clash.item not in items_by_id(draft.content["sections"][clash.section])
    if not gone:
        if choice == "third" and third is not None:
            return [third]
        return settle_changes(draft.content, clash, "theirs" if choice == "theirs" else "mine")
    if choice == "theirs":
        return []
    raise Conflict(
        "The entry that these words are part of has been removed since. Choose theirs to leave it so; "
        "or put the entry back first."
    )


def discard_draft(unit: Unit, record_id: UUID, shown_revision: int) -> None:
    """Put the draft aside. It is kept, and what is in force stays. Conflict where it moved on meanwhile."""
    row, decision = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
    draft = drafts.read(unit, record_id)
    _check_unmoved(draft, shown_revision)
    drafts.close(unit, draft, "discarded")
    unit.record(
        decision,
        Event.DRAFT_DISCARDED,
        Chain.pupil(row.pupil_id),
        obj=("record", record_id),
        revision=draft.revision,
    )


def bring_back(unit: Unit, record_id: UUID, number: int, *, over_draft: int | None = None) -> UUID:
    """An earlier version as a new draft.

    Over a live draft only when asked for: ``over_draft`` is the revision that the person agreed to put
    aside. Otherwise Conflict.
    """
    row, decision = held(unit, record_id, Permission.DRAFT_WRITE)
    rules.check_open(row.status)
    content = plan_content.read(versions.read(unit, record_id, number).content)
    live_draft = drafts.find(unit, record_id)
    chain = Chain.pupil(row.pupil_id)
    if live_draft is not None:
        if over_draft is None:
            raise Conflict(
                "A draft is being written. Bringing this version back puts that draft aside: "
                "say that you want to."
            )
        _check_unmoved(live_draft, over_draft)
        drafts.close(unit, live_draft, "discarded")
        unit.record(
            decision,
            Event.DRAFT_DISCARDED,
            chain,
            obj=("record", record_id),
            revision=live_draft.revision,
        )
    draft_id = drafts.start(
        unit, record_id=record_id, pupil_id=row.pupil_id, base_number=number, content=content
    )
    unit.record(decision, Event.DRAFT_RESTORED, chain, obj=("record", record_id), version=number)
    return draft_id


def publish(
    unit: Unit, record_id: UUID, shown_revision: int, reason: str, *, correction: bool = False
) -> Version:
    """Finalise and share: the next immutable version, from the draft at the revision that the page showed.

    ``correction``: as a small one, of which nobody is asked to agree again and nobody is sent word; Invalid
    where it is more than that.
    """
    row, decision = queries.allowed(unit, record_id, Permission.PLAN_PUBLISH)
    rules.check_open(row.status)
    given = nfc(rules.check_reason(reason, "what changes and why"))
    found = drafts.open_beside(unit, row, number=row.current)
    draft, beside = found.draft, found.beside
    _check_unmoved(draft, shown_revision)
    rules.check_settled(beside.clashes)
    check_countersigned(unit, row, decision, draft, beside.also[WANTED])
    before = plan_content.blank()
    if beside.version is not None and beside.body is not None:
        before = plan_content.read(versions.open_body(unit, beside.version, beside.body).content)
    content = plan_content.load(draft.content, loaded_before=before)
    _check_complete(content, configuration_on(unit.today))
    if correction:
        _check_small(before, content, configuration_on(unit.today), beside.version)
    sections = sorted({change.section for change in changes_between(before, content)})
    version = versions.add(
        unit,
        record_id=record_id,
        pupil_id=row.pupil_id,
        number=row.number + 1,
        content=content,
        reason=given,
        author_id=_person(unit),
        sort=versions.CORRECTION if correction else versions.PUBLISHED,
    )
    unit.change(
        Record,
        {"id": record_id, "row_version": row.row_version},
        number=version.number,
        current=version.number,
        row_version=row.row_version + 1,
    )
    drafts.close(unit, draft, "published")
    worked_out = row.current is not None and beside.also[cards.DUE] is None
    passed = cards.unheld(unit, record_id) if worked_out else None
    cards.shared(unit, record_id, content, version, passed=passed)
    unit.record(
        decision,
        Event.PLAN_CORRECTED if correction else Event.PLAN_PUBLISHED,
        Chain.pupil(row.pupil_id),
        obj=("record", record_id),
        version=version.number,
        digest=version.digest.hex(),
        sections=sections,
    )
    if not correction:
        tell(unit, beside.told, "plan_shared", row.pupil_id)
    return version


def _check_small(
    before: Content, content: Content, configuration: Configuration, in_force: Version | None
) -> None:
    found = why_not_small(before, content, configuration) if in_force else [NOTHING_TO_CORRECT]
    if found:
        why = " ".join(("This is more than a small correction.", *found))
        raise Invalid("Some answers need attention.", {"sort": why})


def withdraw(unit: Unit, record_id: UUID, number: int, why: str, reason: str) -> None:
    """Hide a published version (the wrong child, a third party's words). It is never removed."""
    row, decision = held(unit, record_id, Permission.PLAN_WITHDRAW)
    rules.check_choice(why, rules.WITHDRAWAL_REASONS, "why")
    given = nfc(rules.check_reason(reason, "why it is withdrawn"))
    version = versions.facts(unit, record_id, number)
    if version.withdrawn:
        raise Conflict("This version has been withdrawn already.")
    versions.withdraw(unit, version, why, given)
    if row.current == number:
        now_in_force = versions.newest_standing(unit, record_id, other_than=number)
        unit.change(
            Record,
            {"id": record_id, "row_version": row.row_version},
            current=now_in_force,
            row_version=row.row_version + 1,
        )
        words = versions.read(unit, record_id, now_in_force) if now_in_force else None
        cards.shared(
            unit,
            record_id,
            plan_content.read(words.content) if words else plan_content.blank(),
            words.version if words else None,
            passed=cards.unheld(unit, record_id),
        )
    unit.record(
        decision,
        Event.VERSION_WITHDRAWN,
        Chain.pupil(row.pupil_id),
        obj=("record", record_id),
        payload={"reason": given},
        version=number,
        why=why,
    )


def end_plan(unit: Unit, record_id: UUID, why: str, reason: str, on: date | None = None) -> None:
    """End a plan (needs met, left) with its reason. A draft that is open is put aside with it."""
    row, decision = held(unit, record_id, Permission.PLAN_END)
    rules.check_open(row.status)
    rules.check_choice(why, rules.END_REASONS, "why")
    given = nfc(rules.check_reason(reason, "why the plan ends"))
    day = on or unit.today
    if day > unit.today:
        raise Invalid("Some answers need attention.", {"on": "A plan ends today or ended before."})
    draft = drafts.find(unit, record_id)
    if draft is not None:
        drafts.close(unit, draft, "discarded")
    unit.change(
        Record,
        {"id": record_id, "row_version": row.row_version},
        status="ended",
        ended_on=day,
        ended_why=why,
        sealed=unit.keys.seal(
            KeyOf.pupil(row.pupil_id),
            Place("record", "sealed", record_id, row.row_version + 1),
            {"reason": given},
        ),
        row_version=row.row_version + 1,
    )
    unit.change(PlanCard, {"record_id": record_id}, status="ended", next_review_on=None)
    unit.record(
        decision,
        Event.PLAN_ENDED,
        Chain.pupil(row.pupil_id),
        obj=("record", record_id),
        payload={"reason": given},
        why=why,
        on=day.isoformat(),
    )
    tell(unit, queries.told_of(unit, row.pupil_id), "plan_ended", row.pupil_id)


def record_earlier(unit: Unit, record_id: UUID, happened_on: date, content: Content, source: str) -> Version:
    """Enter a plan written elsewhere as an earlier cycle: the day it happened and the day it was recorded."""
    row, decision = held(unit, record_id, Permission.PLAN_PUBLISH)
    rules.check_open(row.status)
    rules.check_happened(happened_on, unit.today)
    given = nfc(rules.check_reason(source, "where this plan was written"))
    version = versions.add(
        unit,
        record_id=record_id,
        pupil_id=row.pupil_id,
        number=row.number + 1,
        content=plan_content.load(nfc(content)),
        reason=given,
        author_id=_person(unit),
        sort=versions.EARLIER,
        happened_on=happened_on,
    )
    unit.change(
        Record,
        {"id": record_id, "row_version": row.row_version},
        number=version.number,
        row_version=row.row_version + 1,
    )
    unit.record(
        decision,
        Event.EARLIER_CYCLE_RECORDED,
        Chain.pupil(row.pupil_id),
        obj=("record", record_id),
        version=version.number,
        digest=version.digest.hex(),
        happened_on=happened_on.isoformat(),
    )
    return version


def held(unit: Unit, record_id: UUID, permission: Permission) -> tuple[Any, Decision]:
    """As ``queries.allowed``; the record's row is kept from others until the unit ends, and is as it is then.

    For deeds that several may do in the same moment and only one may: the others then see what it did.
    """
    _, decision = queries.allowed(unit, record_id, permission)
    row = unit.connection.execute(
        select(queries.RECORD).where(queries.RECORD.c.id == record_id).with_for_update(key_share=True)
    ).one()
    return row, decision


def _check_complete(content: Content, configuration: Configuration) -> None:
    """What the configuration asks of a plan at this layer is there, and linked where it says so."""
    lacking = [one.sentence for one in missing(content, configuration)]
    lacking += [gap.sentence for gap in gaps(content, configuration) if gap.blocks]
    if lacking:
        raise Invalid(
            "A plan at this layer needs a little more before it can be finalised. " + " ".join(lacking),
            {f"lacking-{number}": sentence for number, sentence in enumerate(lacking)},
        )


def _check_unmoved(draft: DraftWords, shown_revision: int) -> None:
    if draft.revision != shown_revision:
        raise Conflict(
            "Somebody wrote in this draft after the page you were looking at was made. "
            "Look at what changed, then do this again."
        )


def school_of(unit: Unit, decision: Decision, pupil_id: UUID) -> UUID:
    """The school that holds the pupil's plan: the decider's, else where the pupil is on roll."""
    if decision.organisation_id is not None:
        return decision.organisation_id
    found = unit.connection.scalar(
        select(Tie.organisation_id).where(
            Tie.pupil_id == pupil_id, Tie.kind == "school", live(Tie, unit.today)
        )
    )
    if found is None:
        raise Conflict("This pupil is on no school's roll, so no school can hold a plan.")
    return found


def _person(unit: Unit) -> UUID:
    if unit.actor.person_id is None:
        raise Conflict("Only a person can do this.")
    return unit.actor.person_id
