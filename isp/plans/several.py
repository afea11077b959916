"""The verbs of drawing on a bank, and of doing one thing in several pupils' plans.

Each pupil's plan is a unit of its own: done whole with its own event, or not at all and told why. What
fails for one undoes nothing of another's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Chain, Event, Store, Unit, transaction
from isp.banks import entries
from isp.kernel.actor import Actor
from isp.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.plans import actions, queries, saving, uses
from isp.plans import content as plan_content
from isp.plans.content import SHAPE, check_field, new_item
from isp.plans.from_bank import BANK_OF, filled_in
from isp.records import drafts, order, versions
from isp.records.changes import Change, Op, items_by_id
from isp.records.drafts import DraftWords, Saved
from isp.records.items import added
from isp.records.sent import with_status
from isp.records.shape import Content, Item

NO_PLAN = "There is no open plan. Start one on the pupil’s page first."
NOT_YOURS = "You cannot write in this pupil’s plan."
MOVED = "Another version was finalised after this page was made. Open the page again and look."


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one pupil's plan."""

    pupil_id: UUID
    ok: bool
    sentence: str


def each(
    store: Store, actor: Actor, pupil_ids: Iterable[UUID], deed: Callable[[Unit, UUID], str]
) -> list[Done]:
    """Do a deed for each of these pupils, in a unit of its own; say of each what was done, or why not."""
    done = []
    for pupil_id in dict.fromkeys(pupil_ids):
        try:
            with transaction(store, actor) as unit:
                sentence = deed(unit, pupil_id)
        except (NotFound, NotAllowed):
            done.append(Done(pupil_id, ok=False, sentence=NOT_YOURS))
        except Invalid as failure:
            said = " ".join(failure.errors.values()) or failure.message
            done.append(Done(pupil_id, ok=False, sentence=said))
        except DomainError as failure:
            done.append(Done(pupil_id, ok=False, sentence=failure.message))
        else:
            done.append(Done(pupil_id, ok=True, sentence=sentence))
    return done


def draft_of(unit: Unit, pupil_id: UUID) -> tuple[Any, DraftWords, bool]:
    """The pupil's open plan with its draft, started where there was none, and whether it was. Conflict
    without a plan.
    """
    gate.require(unit, Permission.DRAFT_WRITE, pupil_id)
    row = queries.open_plan(unit, pupil_id)
    if row is None:
        raise Conflict(NO_PLAN)
    found = drafts.find(unit, row.id)
    if found is not None:
        return row, found, False
    actions.start_draft(unit, row.id)
    return row, drafts.read(unit, row.id), True


# -- out of a bank ------------------------------------------------------------------------------------------


def add_from_bank(unit: Unit, record_id: UUID, section: str, entry_ids: Sequence[UUID]) -> Saved:
    """Add entries of the school's bank to the draft, their answers filled in; each can then be changed."""
    opened = actions.open_draft(unit, record_id)
    if section not in BANK_OF:
        raise NotFound(gate.NO_PAGE)
    held = opened.draft.content["sections"][section]["items"]
    if len(held) + len(entry_ids) > SHAPE.sections[section].most_items:
        raise Conflict(
            f"This list holds {SHAPE.sections[section].most_items} entries. Remove some before you add more."
        )
    made = _items(unit, opened.decision, opened.row.pupil_id, section, held, entry_ids)
    if section == "provision":
        uses.note(unit, opened.decision, record_id, made)
    changes = with_status(tuple(added(section, item) for item in made), opened.draft.content)
    return actions.save_draft(unit, record_id, opened.draft.revision, changes, opened=opened)


def _items(
    unit: Unit,
    decision: Decision,
    pupil_id: UUID,
    section: str,
    held: list[Item],
    entry_ids: Sequence[UUID],
) -> list[Item]:
    school_id = actions.school_of(unit, decision, pupil_id)
    made: list[Item] = []
    for entry_id in entry_ids:
        _, entry = entries.read(unit, entry_id, through=school_id)
        if entry.bank != BANK_OF[section] or entry.retired_at is not None:
            raise Conflict(entries.RETIRED)
        fields = filled_in(entry, costs=decision.lens.cost)
        made.append(new_item(section, new_id(), order.at_end([*held, *made]), fields))
    return made


def apply_provision(unit: Unit, pupil_id: UUID, entry_id: UUID) -> str:
    """Add an entry of the provision bank to one pupil's draft, opened for it where none was."""
    row, draft, started = draft_of(unit, pupil_id)
    items = draft.content["sections"]["provision"]["items"]
    if any(item.get("bank_entry") == str(entry_id) for item in items):
        raise Conflict("It is in this plan already, so it was not added again.")
    add_from_bank(unit, row.id, "provision", [entry_id])
    return "Added to a new draft." if started else "Added to the draft that was open."


# -- a review week ------------------------------------------------------------------------------------------


def set_review(unit: Unit, pupil_id: UUID, day: date) -> str:
    """Set the day of one pupil's next review, in the draft."""
    row, draft, _ = draft_of(unit, pupil_id)
    checked = check_field("review", "next_review_on", day.isoformat(), saving.horizon(unit, pupil_id))
    if checked.problem:
        raise Invalid("Some answers need attention.", {"day": checked.problem})
    if draft.content["sections"]["review"]["fields"].get("next_review_on") == day.isoformat():
        raise Conflict("The review is on that day already.")
    change = Change(Op.SET, "review", None, "next_review_on", day.isoformat())
    actions.save_draft(unit, row.id, draft.revision, with_status((change,), draft.content))
    return "Set in the draft. It holds once the plan is finalised."


# -- reviewing an intervention ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One pupil in an intervention: the outcomes it is for, as the draft has them, or the version in force.

    ``base``: what that was, for the form to send back.
    """

    pupil_id: UUID
    record_id: UUID
    base: str
    outcomes: tuple[Item, ...]


def look_at_intervention(unit: Unit, entry_id: UUID, records: Mapping[UUID, UUID]) -> list[Reviewed]:
    """The outcomes that an entry is for, by pupil; each view is recorded on that pupil's chain."""
    found = []
    for pupil_id, record_id in records.items():
        row, decision = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
        draft = drafts.find(unit, record_id)
        chain, obj = Chain.pupil(pupil_id), ("record", record_id)
        if draft is None and row.current is None:
            continue
        content = draft.content if draft is not None else _in_force(unit, row)
        if not _holds(content, entry_id):
            continue  # taken out again: nothing of it is shown
        if draft is not None:
            base = f"{draft.id}.{draft.revision}"
            unit.record(decision, Event.DRAFT_VIEWED, chain, obj=obj)
        else:
            base = str(row.current)
            unit.record(decision, Event.PLAN_VIEWED, chain, obj=obj, version=row.current)
        found.append(Reviewed(pupil_id, record_id, base, tuple(outcomes_of(content, entry_id))))
    return found


def _in_force(unit: Unit, row: Any) -> Content:
    return plan_content.read(versions.read(unit, row.id, row.current).content)


def _holds(content: Content, entry_id: UUID) -> bool:
    items = content["sections"]["provision"]["items"]
    return any(item.get("bank_entry") == str(entry_id) for item in items)


def outcomes_of(content: Content, entry_id: UUID) -> list[Item]:
    """The outcomes to which a plan's provision out of this entry is linked."""
    wanted = {
        outcome
        for item in content["sections"]["provision"]["items"]
        if item.get("bank_entry") == str(entry_id)
        for outcome in item.get("outcomes", ())
    }
    return [item for item in content["sections"]["outcomes"]["items"] if item["id"] in wanted]


def save_results(unit: Unit, pupil_id: UUID, base: str, answers: Mapping[tuple[str, str], str]) -> str:
    """Save results and notes on one pupil's outcomes: ``answers`` by outcome and field, as typed.

    What somebody else wrote in the same place since ``base`` is kept beside it, to be chosen between.
    """
    row, draft, _ = draft_of(unit, pupil_id)
    revision = _shown(draft, base)
    shown = items_by_id(drafts.content_at(unit, draft, revision)["sections"]["outcomes"])
    changes = []
    for (item, field), text in answers.items():
        checked = check_field("outcomes", field, text)
        if checked.problem:
            raise Invalid("Some answers need attention.", {field: checked.problem})
        if item in shown and checked.value != shown[item].get(field):
            changes.append(Change(Op.SET, "outcomes", item, field, checked.value))
    if not changes:
        raise Conflict("Nothing was changed.")
    saved = actions.save_draft(unit, row.id, revision, with_status(tuple(changes), draft.content))
    if saved.clashes:
        return "Saved. Somebody wrote in the same place: open the plan to choose which words stay."
    return "Saved in the draft."


def _shown(draft: DraftWords, base: str) -> int:
    """The revision of the draft that a page showed: of this draft, or the version it was started from."""
    draft_id, _, revision = base.partition(".")
    if draft_id == str(draft.id) and revision.isdecimal():
        return int(revision[:9])
    if not revision and draft_id == str(draft.base_number):
        return 0
    raise Conflict(MOVED)
