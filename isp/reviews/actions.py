"""The verbs of a review: plan, move, cancel, open the meeting, settle two people's words, close.

Each deed: who (the gate), when (rules), what, memory (the trail), tell (the outbox). Writing in the report
is in ``saving``; who is asked, in ``invitations``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.people import directory
from isp.plans import actions as plan_actions
from isp.plans import cards
from isp.plans import content as plan_content
from isp.plans import queries as plans
from isp.plans.cycle import is_reviewed_before
from isp.plans.rules import check_settled
from isp.plans.vocabulary import configuration_on
from isp.records import drafts, order, versions
from isp.records.changes import Misfit
from isp.records.drafts import DraftWords, Saved
from isp.records.items import new_item
from isp.records.loading import load
from isp.records.merge import settle
from isp.records.models import Record
from isp.records.shape import Content, Status
from isp.records.versions import Version
from isp.register import pupils
from isp.reviews import queries, rules
from isp.reviews.content import SHAPE, blank, whole
from isp.reviews.into_plan import brought
from isp.reviews.invitations import attendance, invited_people
from isp.reviews.models import Review
from isp.reviews.rounds_queries import teachers_of

NOTHING_SHARED = (
    "No version of this plan has been shared yet, so there is nothing to review. Finalise it first."
)
ONE_ALREADY = "A review of this plan is planned already. Open that one."


@dataclass(frozen=True, slots=True)
class When:
    """When and where a meeting is."""

    on: date | None = None
    starts: time | None = None
    minutes: int | None = None
    place: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing made: the report's version, and what of the plan is left to a person.

    ``drafted``: whether the plan has a draft with the changes; None where the plan has ended.
    """

    version: Version
    drafted: bool
    unsettled: int


def plan_review(unit: Unit, record_id: UUID, when: When, led_by: UUID | None) -> UUID:
    """Plan the next review of a plan. A teacher plans one that she leads. Conflict where there is one."""
    plan, decision = plans.allowed(unit, record_id, Permission.REVIEW_PLAN)
    _hold_record(unit, record_id)
    if plan.status != "open":
        raise Conflict("This plan has ended, so there is no review to plan.")
    if queries.under_way(unit, record_id) is not None:
        raise Conflict(ONE_ALREADY)
    leader = _leader(unit, plan.pupil_id, led_by, decision)
    rules.check_day(when.on, unit.today, configuration_on(unit.today).horizon_years)
    review_id, cycle = new_id(), queries.next_cycle(unit, record_id)
    due_on = cards.due_of(unit, record_id).on
    unit.insert(
        Review,
        id=review_id,
        record_id=record_id,
        pupil_id=plan.pupil_id,
        school_id=_school(unit, plan.pupil_id, decision),
        cycle=cycle,
        planned_on=when.on,
        starts=when.starts,
        minutes=when.minutes,
        due_on=due_on,
        status=rules.PLANNED,
        led_by=leader,
        plan_version=None,
        review_record_id=None,
        decision=None,
        next_on=None,
        closed_at=None,
        closed_by=None,
        sealed=_seal(unit, review_id, plan.pupil_id, 1, when),
        made_at=unit.now,
        made_by=_person(unit),
        row_version=1,
    )
    unit.record(
        decision,
        Event.REVIEW_PLANNED,
        Chain.pupil(plan.pupil_id),
        obj=("review", review_id),
        cycle=cycle,
        on=_iso(when.on),
        due_on=_iso(due_on),
        led_by=str(leader) if leader else None,
    )
    return review_id


def move_review(unit: Unit, review_id: UUID, when: When, led_by: UUID | None, shown: int) -> None:
    """Change when and where a review is, or who leads it; those who are asked are told."""
    row, decision = queries.allowed(unit, review_id, Permission.REVIEW_PLAN, lock=True)
    rules.check_planned(row.status)
    _check_shown(row, shown)
    if when.on != row.planned_on:
        rules.check_day(when.on, unit.today, configuration_on(unit.today).horizon_years)
    leader = _leader(unit, row.pupil_id, led_by, decision)
    unit.change(
        Review,
        {"id": review_id, "row_version": row.row_version},
        planned_on=when.on,
        starts=when.starts,
        minutes=when.minutes,
        led_by=leader,
        sealed=_seal(unit, review_id, row.pupil_id, row.row_version + 1, when),
        row_version=row.row_version + 1,
    )
    unit.record(
        decision,
        Event.REVIEW_MOVED,
        Chain.pupil(row.pupil_id),
        obj=("review", review_id),
        on=_iso(when.on),
        led_by=str(leader) if leader else None,
    )
    if (when.on, when.starts) != (row.planned_on, row.starts):
        tell(unit, invited_people(unit, review_id), "review_moved", row.pupil_id, about=review_id)


def cancel_review(unit: Unit, review_id: UUID, reason: str, shown: int) -> None:
    """Call a review off. What was written in it is kept aside; the plan is due as it was."""
    row, decision = queries.allowed(unit, review_id, Permission.REVIEW_PLAN, lock=True)
    rules.check_planned(row.status)
    _check_shown(row, shown)
    given = rules.check_reason(reason)
    if row.status == rules.OPEN:
        drafts.close(unit, drafts.read(unit, row.review_record_id), "discarded")
        _end_record(unit, queries.record_of(unit, row), "cancelled", number=0)
    _change(unit, row, status=rules.CANCELLED)
    unit.record(
        decision,
        Event.REVIEW_CANCELLED,
        Chain.pupil(row.pupil_id),
        obj=("review", review_id),
        payload={"reason": given},
    )
    tell(unit, invited_people(unit, review_id), "review_cancelled", row.pupil_id, about=review_id)


def open_meeting(unit: Unit, review_id: UUID) -> UUID:
    """Open the meeting: a report with the outcomes of the version in force and whoever was asked to come."""
    row, decision = queries.allowed(unit, review_id, Permission.REVIEW_WRITE, lock=True)
    rules.check_planned(row.status)
    if row.status == rules.OPEN:
        raise Conflict("The meeting is open already. Go on where the others are.")
    plan = plans.record_of(unit, row.record_id)
    if plan.current is None:
        raise Conflict(NOTHING_SHARED)
    reviewed = versions.read(unit, row.record_id, plan.current)
    record_id = new_id()
    unit.insert(
        Record,
        id=record_id,
        pupil_id=row.pupil_id,
        kind=queries.KIND,
        status="open",
        number=0,
        current=None,
        made_at=unit.now,
        made_by=_person(unit),
        ended_on=None,
        ended_why=None,
        sealed=None,
        row_version=1,
    )
    content = _begun(unit, row, plan_content.read(reviewed.content), reviewed.version)
    drafts.start(unit, record_id=record_id, pupil_id=row.pupil_id, base_number=0, content=content)
    _change(unit, row, status=rules.OPEN, review_record_id=record_id, plan_version=reviewed.version.number)
    unit.record(
        decision,
        Event.REVIEW_OPENED,
        Chain.pupil(row.pupil_id),
        obj=("review", review_id),
        plan_version=reviewed.version.number,
        report=str(record_id),
    )
    return record_id


def _begun(unit: Unit, row: Any, reviewed: Content, version: Version) -> Content:
    """The report as it begins: nothing that is known is asked again."""
    content = blank()
    sections = content["sections"]
    if pupils.name(unit, row.pupil_id).sen_status != "E":
        sections["annual"]["status"] = Status.NOT_NEEDED.value
    leader = directory.name(unit, row.led_by).with_role if row.led_by else None
    held: dict[str, Any] = {"held_on": unit.today.isoformat(), "led_by": leader}
    words = queries.words_of(unit, row)
    if words.get("place"):
        held["where"] = words["place"]
    elif words.get("link"):
        held["online"] = True
    sections["meeting"]["fields"] = {name: value for name, value in held.items() if value}
    asked = attendance(unit, row.id)
    for listed, fields in (("meeting", asked), ("outcomes", _reviewed(reviewed, version, unit.today))):
        places = order.spread(len(fields))
        sections[listed]["items"] = [
            new_item(SHAPE, listed, new_id(), place, one) for place, one in zip(places, fields, strict=True)
        ]
    proposed = cards.proposed(
        unit, row.pupil_id, unit.today, reviewed["sections"]["review"]["fields"].get("interval")
    )
    ahead = {
        "next_review_on": proposed.on.isoformat() if proposed.on else None,
        "next_led_by": _next_leader(unit, row, reviewed),
    }
    sections["decision"]["fields"] = {name: value for name, value in ahead.items() if value}
    return load(content, SHAPE)


def _reviewed(plan: Content, version: Version, on: date) -> list[dict[str, Any]]:
    return [
        {"outcome": item["id"], "of_version": str(version.id), "aim": item.get("statement", "")}
        for item in plan["sections"]["outcomes"]["items"]
        if not is_reviewed_before(item, on)
    ]


def _next_leader(unit: Unit, row: Any, reviewed: Content) -> str | None:
    """Who may lead the next review: who leads this one, else whom the plan names, else the teacher."""
    if row.led_by:
        return directory.name(unit, row.led_by).with_role
    named: str | None = reviewed["sections"]["review"]["fields"].get("led_by")
    teachers = [] if named else teachers_of(unit, row.pupil_id)
    return directory.name(unit, teachers[0]).with_role if len(teachers) == 1 else named


def remember_save(unit: Unit, row: Any, decision: Decision, saved: Saved) -> None:
    """The events of one save of a report: what was stored, and what clashed."""
    chain, obj = Chain.pupil(row.pupil_id), ("record", saved.draft.record_id)
    if saved.changes:
        unit.record(
            decision,
            Event.REVIEW_WRITTEN,
            chain,
            obj=obj,
            revision=saved.draft.revision,
            changes=saved.digest.hex() if saved.digest else "",
            sections=sorted({change.section for change in saved.changes}),
        )
    if saved.clashes:
        unit.record(decision, Event.REVIEW_CLASHED, chain, obj=obj, count=len(saved.clashes))


def settle_clash(unit: Unit, review_id: UUID, clash_id: UUID, choice: str) -> DraftWords:
    """Choose between two people's words in a report: ``theirs`` or ``mine``."""
    row, decision = queries.allowed(unit, review_id, Permission.REVIEW_WRITE, lock=True)
    rules.check_open(row.status)
    draft = drafts.read(unit, row.review_record_id)
    held = drafts.clash(unit, draft, clash_id)
    if choice not in ("theirs", "mine"):
        raise Invalid(rules.ATTENTION, {"choice": "Choose which words stay."})
    try:
        changes = settle(draft.content, held.clash, "theirs" if choice == "theirs" else "mine")
    except Misfit:
        raise Conflict(
            "The entry that these words are part of has been removed since. Choose theirs to leave it so."
        ) from None
    drafts.settle(unit, clash_id, choice)
    if changes:
        draft, fingerprint = drafts.store(unit, draft, changes)
        remember_save(unit, row, decision, Saved(draft, tuple(changes), (), fingerprint))
    unit.record(
        decision,
        Event.REVIEW_SETTLED,
        Chain.pupil(row.pupil_id),
        obj=("record", draft.record_id),
        choice=choice,
    )
    return draft


def close_review(unit: Unit, review_id: UUID, shown_revision: int) -> Closed:
    """Close the review: its report becomes a version, and the plan's draft says what was decided."""
    row, decision = queries.allowed(unit, review_id, Permission.REVIEW_CLOSE, lock=True)
    rules.check_open(row.status, _who_closed(unit, row))
    draft = drafts.read(unit, row.review_record_id)
    rules.check_unmoved(draft.revision, shown_revision)
    check_settled(len(drafts.clashes(unit, draft)))
    content = load(whole(draft.content), SHAPE)
    rules.check_complete(content, unit.today)
    version = versions.add(
        unit,
        record_id=draft.record_id,
        pupil_id=row.pupil_id,
        number=1,
        content=content,
        reason="Review",
        author_id=_person(unit),
    )
    drafts.close(unit, draft, "published")
    _end_record(unit, queries.record_of(unit, row), "closed", number=1)
    drafted, unsettled = _into_the_plan(unit, row, content)
    decided = content["sections"]["decision"]["fields"]
    next_on = decided.get("next_review_on") if decided["decision"] != rules.END else None
    held_on = date.fromisoformat(content["sections"]["meeting"]["fields"]["held_on"])
    after = date.fromisoformat(next_on) if next_on else None
    cards.reviewed(unit, row.record_id, held_on, after)
    _change(
        unit,
        row,
        status=rules.CLOSED,
        decision=decided["decision"],
        next_on=after,
        closed_at=unit.now,
        closed_by=unit.actor.person_id,
    )
    unit.record(
        decision,
        Event.REVIEW_CLOSED,
        Chain.pupil(row.pupil_id),
        obj=("record", draft.record_id),
        version=version.number,
        digest=version.digest.hex(),
        plan_version=row.plan_version,
        decision=decided["decision"],
        next_on=next_on,
        clashes=unsettled,
    )
    told = {*plans.told_of(unit, row.pupil_id), *invited_people(unit, review_id)}
    tell(unit, told, "review_closed", row.pupil_id, about=review_id)
    return Closed(version, drafted, unsettled)


def _into_the_plan(unit: Unit, row: Any, report: Content) -> tuple[bool, int]:
    """Bring what was decided into the plan's draft; starts one where none is open.

    Where the plan has ended there is no draft; where it has moved on since, what fits is taken in and what
    meets others' words is kept for a person. Gives whether there is a draft, and how many wait.
    """
    plan = plans.record_of(unit, row.record_id)
    if plan.status != "open":
        return False, 0
    going = brought(unit, row, plan, report, str(new_id()))
    if not going.changes:
        return going.draft is not None, 0
    if going.draft is None:
        plan_actions.start_draft(unit, row.record_id)
    opened = plan_actions.open_draft(unit, row.record_id)
    saved = plan_actions.save_draft(
        unit, row.record_id, opened.draft.revision, going.changes, shown=going.shown, opened=opened
    )
    return True, len(saved.clashes)


def _who_closed(unit: Unit, row: Any) -> str:
    return directory.name(unit, row.closed_by).full if row.closed_by else ""


def _end_record(unit: Unit, record: Any, why: str, *, number: int) -> None:
    unit.change(
        Record,
        {"id": record.id, "row_version": record.row_version},
        status="ended",
        ended_on=unit.today,
        ended_why=why,
        number=number,
        current=number or None,
        row_version=record.row_version + 1,
    )


def _change(unit: Unit, row: Any, **values: Any) -> None:
    """Change a review's row. Its words are sealed for their row's version, so they are sealed anew."""
    version = row.row_version + 1
    sealed = unit.keys.seal(
        KeyOf.pupil(row.pupil_id), queries.place(row.id, version), queries.words_of(unit, row)
    )
    unit.change(
        Review, {"id": row.id, "row_version": row.row_version}, sealed=sealed, row_version=version, **values
    )


def _seal(unit: Unit, review_id: UUID, pupil_id: UUID, row_version: int, when: When) -> bytes:
    words: Mapping[str, str] = {"place": when.place.strip(), "link": when.link.strip()}
    return unit.keys.seal(KeyOf.pupil(pupil_id), queries.place(review_id, row_version), dict(words))


def _leader(unit: Unit, pupil_id: UUID, led_by: UUID | None, decision: Decision) -> UUID | None:
    """Who leads: somebody who could close it. A teacher plans what she leads herself."""
    if rules.leads_only_her_own(decision.standings, Permission.REVIEW_PLAN):
        return _person(unit)
    if led_by is not None and led_by not in queries.leaders(unit, pupil_id):
        raise Invalid(rules.ATTENTION, {"led_by": "Choose somebody from the list."})
    return led_by


def _hold_record(unit: Unit, record_id: UUID) -> None:
    """One at a time for a plan: whoever comes second sees the first one's review."""
    unit.connection.execute(
        select(table_of(Record).c.id)
        .where(table_of(Record).c.id == record_id)
        .with_for_update(key_share=True)
    )


def _school(unit: Unit, pupil_id: UUID, decision: Decision) -> UUID:
    found = cards.school_today(unit, pupil_id) or decision.organisation_id
    if found is None:
        raise Conflict("This pupil is on no school’s roll, so no school can hold a review.")
    return found


def _check_shown(row: Any, shown: int) -> None:
    if row.row_version != shown:
        raise Conflict(
            "Somebody changed this review after the page you were looking at was made. "
            "Look at what it says now, then do this again."
        )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _person(unit: Unit) -> UUID:
    if unit.actor.person_id is None:
        raise Conflict("Only a person can do this.")
    return unit.actor.person_id
