"""The verbs of an EHC plan's content: open, write, settle, keep words, have it signed off, make a version.

Each deed: who (the gate), when (rules), what, memory (the trail). Whoever sends the plan tells the family:
a version is made in the same unit as the letter that goes with it.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Any
from uuid import UUID

from isp.access.gate import Decision
from isp.access.policy import Permission, Standing
from isp.audit import Chain, Event, Unit
from isp.ehcp import agreeing, budgets, checks, queries, rules, sight
from isp.ehcp import content as plan_content
from isp.ehcp.content import KIND
from isp.ehcp.models import StatutoryPlan
from isp.ehcp.plan_models import SectionSignOff
from isp.ehcp.rules import Sort
from isp.kernel.canonical import nfc
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.plans import setting_aside
from isp.plans.wording import mark_of
from isp.records import drafts, versions
from isp.records.boxes import value_at
from isp.records.changes import changes_between, items_by_id
from isp.records.drafts import DraftWords, Saved
from isp.records.merge import settle as settle_changes
from isp.records.models import Record
from isp.records.sent import Opened
from isp.records.shape import Content
from isp.records.versions import Version

MOVED = "The draft has been changed since this page was made. Look it over again, then do this once more."
CHANGED = "The words have changed since this page was made. Look at the section again."


def open_content(unit: Unit, plan_id: UUID, content: Content | None = None) -> UUID:
    """Open the record that holds a plan's content, with its first draft; gives the record's id.

    For whoever starts a plan. Conflict where it is open already, or an earlier plan's record was not ended.
    """
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_ISSUE, lock=True)
    rules.check_live(row.state)
    if row.record_id is not None:
        raise Conflict("The content of this EHC plan is open already. Go on writing in it.")
    if queries.open_record(unit, row.pupil_id) is not None:
        raise Conflict("An earlier EHC plan of this child is still open. End that one first.")
    record_id = new_id()
    unit.insert(
        Record,
        id=record_id,
        pupil_id=row.pupil_id,
        kind=KIND,
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
    unit.change(
        StatutoryPlan,
        {"id": plan_id, "row_version": row.row_version},
        record_id=record_id,
        row_version=row.row_version + 1,
    )
    drafts.start(
        unit,
        record_id=record_id,
        pupil_id=row.pupil_id,
        base_number=0,
        content=content if content is not None else plan_content.blank(),
    )
    unit.record(decision, Event.EHCP_OPENED, Chain.pupil(row.pupil_id), obj=("ehcp", plan_id))
    return record_id


def close_content(unit: Unit, decision: Decision, plan_id: UUID, why: str) -> None:
    """The plan has ended or is not made: its record ends, and a draft that is open is put aside with it.

    Part of a deed that asks and says why: ``why`` is the state that the plan has now. What was written stays,
    to be read; the child's next plan has a record of its own. Nothing where the plan has no content here.
    """
    row = queries.plan_row(unit, plan_id)
    record = queries.record_if_any(unit, row) if row is not None else None
    if row is None or record is None or record.status != "open":
        return
    draft = drafts.find(unit, record.id)
    if draft is not None:
        drafts.close(unit, draft, "discarded")
    unit.change(
        Record,
        {"id": record.id, "row_version": record.row_version},
        status="ended",
        ended_on=row.ended_on or unit.today,
        ended_why=why,
        row_version=record.row_version + 1,
    )
    unit.record(
        decision,
        Event.EHCP_CLOSED,
        Chain.pupil(row.pupil_id),
        obj=("ehcp", plan_id),
        draft=draft.revision if draft is not None else None,
    )


def start_draft(unit: Unit, plan_id: UUID) -> UUID:
    """Start the next draft from the version in force. Conflict where one is open already."""
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_ISSUE)
    rules.check_live(row.state)
    record = queries.record_of(unit, row)
    if drafts.find(unit, record.id) is not None:
        raise Conflict("A draft of this EHC plan is open already. Go on writing in that one.")
    content = plan_content.blank()
    if record.current is not None:
        content = plan_content.read(versions.read(unit, record.id, record.current).content)
    draft_id = drafts.start(
        unit,
        record_id=record.id,
        pupil_id=row.pupil_id,
        base_number=record.current or 0,
        content=content,
    )
    unit.record(
        decision,
        Event.EHCP_DRAFT_STARTED,
        Chain.pupil(row.pupil_id),
        obj=("ehcp", plan_id),
        from_version=record.current or 0,
    )
    return draft_id


def open_draft(unit: Unit, plan_id: UUID) -> Opened:
    """The draft to write in. Conflict where the plan has ended or nothing is being written."""
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_WRITE)
    rules.check_live(row.state)
    found = drafts.open_beside(unit, queries.record_of(unit, row))
    return Opened(row, decision, found.draft, found.beside.own_clashes)


def remember_save(unit: Unit, row: Any, decision: Decision, saved: Saved) -> None:
    """The events of one save of a draft: what was stored, and what clashed."""
    chain = Chain.pupil(row.pupil_id)
    if saved.changes:
        unit.record(
            decision,
            Event.EHCP_WRITTEN,
            chain,
            obj=("record", row.record_id),
            revision=saved.draft.revision,
            changes=saved.digest.hex() if saved.digest else "",
            sections=sorted({change.section for change in saved.changes}),
        )
    if saved.clashes:
        unit.record(decision, Event.EHCP_CLASHED, chain, obj=("ehcp", row.id), count=len(saved.clashes))


def settle_clash(unit: Unit, plan_id: UUID, clash_id: UUID, choice: str) -> DraftWords:
    """Choose between two people's words: ``theirs`` (as it is now) or ``mine`` (the other words)."""
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_WRITE)
    rules.check_live(row.state)
    if choice not in ("theirs", "mine"):
        raise Invalid(rules.ATTENTION, {"choice": "Choose which words stay."})
    draft = drafts.read(unit, queries.record_of(unit, row).id)
    held = drafts.clash(unit, draft, clash_id)
    lens = sight.writing_lens(decision)
    if held.clash.section not in (lens.sections or ()):
        raise NotAllowed
    gone = held.clash.field is not None and held.clash.item is not None
    gone = gone and held.clash.item not in items_by_id(draft.content["sections"][held.clash.section])
    if gone and choice == "mine":
        raise Conflict("The entry that these words are part of has been removed since. Keep it as it is now.")
    changes = (
        [] if gone else settle_changes(draft.content, held.clash, "theirs" if choice == "theirs" else "mine")
    )
    drafts.settle(unit, clash_id, choice)
    if changes:
        draft, fingerprint = drafts.store(unit, draft, changes)
        remember_save(unit, row, decision, Saved(draft, tuple(changes), (), fingerprint))
    unit.record(decision, Event.EHCP_SETTLED, Chain.pupil(row.pupil_id), obj=("ehcp", plan_id), choice=choice)
    return draft


def keep_words(unit: Unit, plan_id: UUID, key: str, kind: str, mark: str, reason: str) -> str:
    """Keep words that the wording check stops, for a reason that stays in the trail; gives their section.

    ``mark``: of the words that the page showed. Conflict where they have changed. Only by the officer.
    """
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_ISSUE)
    rules.check_live(row.state)
    given = nfc(rules.check_reason(reason, "why these words stay"))
    draft = drafts.read(unit, queries.record_of(unit, row).id)
    found = [one for one in queries.wording_of(unit, row, draft.content).get(key, ()) if one.kind == kind]
    if not found or found[0].aside is not None or mark != mark_of(value_at(draft.content, found[0].where)):
        raise Conflict(CHANGED)
    hint = found[0]
    setting_aside.store(unit, queries.record_of(unit, row), draft.id, hint, given)
    unit.record(
        decision,
        Event.EHCP_WORDING_KEPT,
        Chain.pupil(row.pupil_id),
        obj=("ehcp", plan_id),
        payload={"reason": given, "words": hint.words},
        section=hint.where.section,
        rule=kind,
    )
    return hint.where.section


def sign_off(
    unit: Unit,
    plan_id: UUID,
    part: str,
    shown_revision: int,
    *,
    body: str,
    agreed_on: date,
    words: str = "",
) -> None:
    """Record that a body agrees to its sections as the page showed them (regulation 12(2) of health).

    By one of its own people, today; or by the officer, who files the body's letter with the day on it. An
    edit of those sections afterwards asks anew. Conflict where they have been changed since.
    """
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_SIGN)
    rules.check_live(row.state)
    if part not in rules.PARTS:
        raise Invalid(rules.ATTENTION, {"part": "Choose whose agreement this is."})
    naming = agreeing.agrees_for(unit, plan_id, part, decision)
    own = naming is not None
    if not own and decision.standing != Standing.OFFICER:
        raise NotAllowed
    if naming is not None:
        # She agrees for the body for which she is named, and for no other.
        body = naming.body
    rules.check_day(agreed_on, unit.today, "agreed_on")
    if own and agreed_on != unit.today:
        raise Invalid(rules.ATTENTION, {"agreed_on": "You agree today: the day is today’s."})
    named = " ".join(body.split())
    if not named or len(named) > 200:
        raise Invalid(rules.ATTENTION, {"body": "Say which body agrees, in at most 200 characters."})
    draft = drafts.read(unit, queries.record_of(unit, row).id)
    then = drafts.content_at(unit, draft, shown_revision)
    if queries.part_of(then, part) != queries.part_of(draft.content, part):
        raise Conflict(MOVED)
    if not any(queries.part_of(draft.content, part).values()):
        raise Conflict("There is nothing in these sections yet, so there is nothing to agree to.")
    made, salt = new_id(), os.urandom(16)
    fingerprint = queries.part_digest(salt, draft.content, part)
    held = {"salt": salt.hex(), "body": nfc(named), "words": nfc(words.strip()[: rules.REASON_LIMIT])}
    unit.insert(
        SectionSignOff,
        id=made,
        plan_id=plan_id,
        pupil_id=row.pupil_id,
        record_id=draft.record_id,
        draft_id=draft.id,
        revision=draft.revision,
        part=part,
        way="own" if own else "letter",
        agreed_on=agreed_on,
        digest=fingerprint,
        made_by=unit.actor.person_id,
        made_at=unit.now,
        sealed=unit.keys.seal(KeyOf.pupil(row.pupil_id), queries.sign_off_place(made), held),
    )
    unit.record(
        decision,
        Event.EHCP_SIGNED,
        Chain.pupil(row.pupil_id),
        obj=("ehcp", plan_id),
        payload={"body": held["body"]},
        part=part,
        way="own" if own else "letter",
        agreed_on=agreed_on.isoformat(),
        revision=draft.revision,
        digest=fingerprint.hex(),
    )


def publish(
    unit: Unit,
    plan_id: UUID,
    sort: Sort,
    happened_on: date,
    reason: str,
    *,
    shown_revision: int | None = None,
) -> Version:
    """Make an immutable version of the draft: the one part of sending a plan that is its content.

    ``sort``: DRAFT_SENT (with section I blank; the draft goes on being written), FINAL, AMENDED, BROUGHT_IN.
    ``happened_on``: the day of the document, which the plan bears. ``shown_revision``: what the page showed;
    None where the caller has it from this same unit. Raises Invalid with everything that stops it (not of
    one brought in), Conflict where the draft moved on or words are still to be chosen between.

    Dates and states of the plan's own row, the step and the letter are the caller's, in the same unit.
    """
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_ISSUE)
    rules.check_live(row.state)
    given = nfc(rules.check_reason(reason, "what this version is, and what changed"))
    rules.check_day(happened_on, unit.today, "happened_on")
    record = queries.record_of(unit, row)
    found = drafts.open_beside(unit, record)
    draft = found.draft
    if shown_revision is not None and shown_revision != draft.revision:
        raise Conflict(MOVED)
    rules.check_settled(found.beside.clashes)
    whole = plan_content.load(draft.content)
    content = plan_content.without_setting(whole) if sort is Sort.DRAFT_SENT else whole
    rules.check_ready(queries.troubles(unit, row, content, sort))
    before = plan_content.blank()
    if record.current is not None:
        before = plan_content.read(versions.read(unit, record.id, record.current).content)
    version = versions.add(
        unit,
        record_id=record.id,
        pupil_id=row.pupil_id,
        number=record.number + 1,
        content=content,
        reason=given,
        author_id=_person(unit),
        sort=sort.value,
        happened_on=happened_on,
    )
    comes_into_force = sort is not Sort.DRAFT_SENT
    unit.change(
        Record,
        {"id": record.id, "row_version": record.row_version},
        number=version.number,
        current=version.number if comes_into_force else record.current,
        row_version=record.row_version + 1,
    )
    if comes_into_force:
        drafts.close(unit, draft, "published")
        budgets.keep(unit, row, version, content)
        if sort is not Sort.AMENDED:
            checks.ask(unit, row, rules.ISSUE)
        elif before["sections"]["i"]["items"] != content["sections"]["i"]["items"]:
            checks.ask(unit, row, rules.SETTING)
    unit.record(
        decision,
        Event.EHCP_VERSION_MADE,
        Chain.pupil(row.pupil_id),
        obj=("record", record.id),
        version=version.number,
        digest=version.digest.hex(),
        sort=sort.value,
        happened_on=happened_on.isoformat(),
        sections=sorted({change.section for change in changes_between(before, content)}),
    )
    return version


def _person(unit: Unit) -> UUID:
    if unit.actor.person_id is None:
        raise Conflict("Only a person can do this.")
    return unit.actor.person_id
