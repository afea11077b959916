"""One save of a page of the EHC plan's editor, however it came: as the school plan's (``plans.saving``).

Only the sections that the writer's standing writes have boxes; a parent writes her own words and meets
nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Store, Unit
from isp.ehcp import actions, references, sight
from isp.ehcp.content import BOXES, SHAPE, items_of
from isp.kernel.actor import Actor
from isp.kernel.errors import NotAllowed
from isp.plans.queries import family_of
from isp.plans.saving import read_sent
from isp.records import saves
from isp.records.boxes import Typed, Where, value_at
from isp.records.changes import Change, Op
from isp.records.fields import Kind
from isp.records.sent import Opened, Sent, Written, check_kept, twice, with_deed, with_status
from isp.records.shape import Content

ANOTHER = (
    "The draft that this page shows is no longer being written. Open the EHC plan to see where it stands."
)


def save(store: Store, actor: Actor, plan_id: UUID, gather: Callable[[Opened], Sent]) -> Written:
    """Save what a page sent, merged with what others wrote; see ``plans.saving.save``."""
    return twice(store, actor, lambda unit: _save(unit, plan_id, gather))


def _save(unit: Unit, plan_id: UUID, gather: Callable[[Opened], Sent]) -> Written:
    opened = actions.open_draft(unit, plan_id)
    lens = sight.writing_lens(opened.decision)
    sent = gather(opened)
    if sent.section is not None and sent.section not in (lens.sections or ()):
        raise NotAllowed
    draft = opened.draft
    if sight.is_family(opened.decision):
        sent = _of_her_own(sent, sight.projected_draft(draft.content, opened.decision))
    sent = _not_set(sent, draft.content, opened.decision)
    typed = _by_the_family(unit, opened, read_sent(unit, BOXES, opened, sent, ANOTHER, lens))
    check_kept(typed, sent)
    changes, item = with_deed(SHAPE, typed.changes, sent, draft.content)
    if sight.is_family(opened.decision):
        changes = tuple(_hers(change, opened.decision, unit.today) for change in changes)
    changes = with_status(changes, draft.content)
    written = Written(opened, draft, typed.problems, unit.now)
    if not changes:
        return written
    saved = saves.save(unit, draft, sent.revision, changes, shown=typed.shown, waiting=opened.waiting)
    actions.remember_save(unit, opened.row, opened.decision, saved)
    return written.with_saved(saved, item)


def _of_her_own(sent: Sent, seen: Content) -> Sent:
    """What one of the family sent, as far as it is about words that are hers."""
    own = {item["id"] for item in items_of(seen, "a")}

    def is_hers(key: str) -> bool:
        names = key.split(".")
        return len(names) == 3 and names[1] in own and names[2] in FAMILY_WRITES

    deed, _, about = sent.deed.partition(":")
    return replace(
        sent,
        answers={key: raw for key, raw in sent.answers.items() if is_hers(key)},
        deed=sent.deed if deed == "add" or about in own else "",
    )


def _not_set(sent: Sent, content: Content, decision: Decision) -> Sent:
    """What was sent without the boxes of entries that are not this writer's to type in.

    Somebody's own words are left out of the plan by herself, or by the authority that writes it.
    """
    fixed = {
        item["id"]
        for section in content["sections"]
        for item in items_of(content, section)
        if references.is_set(section, item, decision.person_id)
    }
    if not fixed:
        return sent
    kept = {key: raw for key, raw in sent.answers.items() if not fixed & set(key.split("."))}
    deed, _, about = sent.deed.partition(":")
    leaves_out = deed == "remove" and about in fixed and not decision.can(Permission.EHCP_DRAFT_READ)
    return replace(sent, answers=kept, deed="" if leaves_out else sent.deed)


FAMILY_WRITES = frozenset({"whose", "about", "words"})
"""The boxes of section A that one of the family meets: who she is and how she said it is known."""


def _hers(change: Change, decision: Decision, today: date) -> Change:
    """An entry that one of the family adds is marked as written by herself, on this day."""
    if change.op is not Op.ADD:
        return change
    mark = {"said_by": str(decision.person_id), "came": references.WRITTEN, "gathered_on": today.isoformat()}
    return replace(change, value={**(change.value or {}), **mark})


def _by_the_family(unit: Unit, opened: Opened, typed: Typed) -> Typed:
    """Whose words these are: somebody of this pupil's family, or whoever it has been so far."""
    places = {Where(one.section, one.item, one.field): one for one in typed.changes if one.op is Op.SET}
    named = {place: one for place, one in places.items() if BOXES.kind_at(place) is Kind.PARTY}
    if not named:
        return typed
    family = {str(person) for person in family_of(unit, opened.row.pupil_id)}
    refused = {
        place.key: "Choose one of the answers in the list."
        for place, one in named.items()
        if one.value is not None
        and one.value not in family
        and one.value != value_at(opened.draft.content, place)
    }
    kept = tuple(one for one in typed.changes if Where(one.section, one.item, one.field).key not in refused)
    return Typed(kept, typed.shown, {**typed.problems, **refused})
