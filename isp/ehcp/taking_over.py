"""Taking entries over from the school's plan: each names the item, the version and its digest that it is of.

Nothing is copied silently: what is taken over is recorded, the editor shows beside the words where they come
from, and the words here are the authority's own from then on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.ehcp import actions, queries, references, rules, sight
from isp.ehcp.content import SHAPE, items_of, new_item
from isp.kernel.errors import Conflict, DomainError, Invalid, NotAllowed
from isp.kernel.ids import new_id
from isp.plans import queries as plans
from isp.plans.content import SHAPE as SCHOOL_SHAPE
from isp.plans.names import name_of
from isp.plans.queries import Reading
from isp.plans.vocabulary import configuration_on
from isp.records import drafts, order
from isp.records.changes import Change
from isp.records.drafts import Saved
from isp.records.items import added
from isp.records.shape import Content, Item

FROM: Mapping[str, str] = {"a": "family_views", "b": "needs", "e": "outcomes", "f": "provision"}
"""Of which section of the school's plan each section's entries can be."""
_SAME: Mapping[str, tuple[str, ...]] = {
    "a": ("gathered_on",),
    "b": ("code", "rank"),
    "e": ("statement", "baseline", "target", "measure", "due_on"),
    "f": (
        "what",
        "delivered_by",
        "qualification",
        "provider",
        "group_size",
        "minutes",
        "times",
        "per",
        "weeks",
        "place",
        "start_on",
        "end_on",
    ),
}
ANOTHER = "The school’s plan has been changed since this page was made. Look at the entries again."
_LINKED: Mapping[str, Mapping[str, str]] = {"e": {"needs": "b"}, "f": {"needs": "b", "outcomes": "e"}}


@dataclass(frozen=True, slots=True)
class Offered:
    """What of the school's plan can be taken over into a section: the version, and its entries by name."""

    record_id: UUID
    number: int
    code: str
    entries: tuple[tuple[str, str], ...]


def offered(unit: Unit, plan_id: UUID, section: str) -> tuple[Any, Any, Offered | None]:
    """The plan, the decision, and what can be taken over; None where there is no version to take from.

    Only what the reader may read of the school's plan; the look at it is recorded.
    """
    row, decision = _allowed(unit, plan_id, section)
    reading = _reading(unit, row.pupil_id, None, None)
    if reading is None:
        return row, decision, None
    draft = drafts.read(unit, queries.record_of(unit, row).id)
    taken = {item.get("from_item") for item in items_of(draft.content, section)}
    name = FROM[section]
    shape = SCHOOL_SHAPE.sections[name]
    configuration = configuration_on(unit.today)
    found = reading.content["sections"].get(name, {}).get("items", [])
    entries = tuple(
        (item["id"], name_of(shape, item, configuration, "school"))
        for item in found
        if item["id"] not in taken
    )
    version = reading.version
    return row, decision, Offered(version.record_id, version.number, version.code, entries)


def take_over(
    unit: Unit, plan_id: UUID, section: str, record_id: UUID, number: int, chosen: Collection[str]
) -> int:
    """Take entries of a version of the school's plan over into a section; how many.

    Invalid where none is chosen; Conflict where the version or an entry can no longer be read.
    """
    row, decision = _allowed(unit, plan_id, section)
    rules.check_live(row.state)
    reading = _reading(unit, row.pupil_id, record_id, number)
    if reading is None:
        raise Conflict("That version of the school’s plan can no longer be read here. Open the list again.")
    wanted = [
        item
        for item in reading.content["sections"].get(FROM[section], {}).get("items", [])
        if item["id"] in chosen
    ]
    if not wanted:
        raise Invalid(rules.ATTENTION, {"entries": "Choose at least one entry."})
    draft = drafts.read(unit, queries.record_of(unit, row).id)
    changes = _additions(draft.content, section, wanted, reading)
    if not changes:
        raise Conflict("These entries have been taken over already.")
    stored, fingerprint = drafts.store(unit, draft, changes)
    actions.remember_save(unit, row, decision, Saved(stored, tuple(changes), (), fingerprint))
    unit.record(
        decision,
        Event.EHCP_TAKEN_OVER,
        Chain.pupil(row.pupil_id),
        obj=("ehcp", plan_id),
        version=number,
        version_id=str(reading.version.id),
        section=section,
        count=len(changes),
    )
    return len(changes)


def _allowed(unit: Unit, plan_id: UUID, section: str) -> tuple[Any, Any]:
    row, decision = queries.allowed(unit, plan_id, Permission.EHCP_WRITE)
    if section not in FROM or section not in (sight.writing_lens(decision).sections or ()):
        raise NotAllowed
    if sight.is_family(decision):
        raise NotAllowed
    return row, decision


def _reading(unit: Unit, pupil_id: UUID, record_id: UUID | None, number: int | None) -> Reading | None:
    """The school's plan as this person may read it, where she may."""
    record = plans.open_plan(unit, pupil_id)
    if record is None or (record_id is not None and record.id != record_id):
        return None
    try:
        return plans.read_version(unit, record.id, number)
    except DomainError:
        return None


def _additions(content: Content, section: str, wanted: list[Item], reading: Reading) -> list[Change]:
    held = items_of(content, section)
    taken = {item.get("from_item") for item in held}
    by_source = {
        target: {one["from_item"]: one["id"] for one in items_of(content, target) if one.get("from_item")}
        for target in ("b", "e")
    }
    found: list[Change] = []
    for source in wanted:
        if source["id"] in taken or len(held) >= SHAPE.sections[section].most_items:
            continue
        fields = {name: source[name] for name in _SAME[section] if name in source} | _words(section, source)
        for name, target in _LINKED.get(section, {}).items():
            known = [by_source[target][one] for one in source.get(name, ()) if one in by_source[target]]
            if known:
                fields[name] = sorted(known)
        fields |= {
            "from_item": source["id"],
            "from_version": str(reading.version.id),
            "from_digest": reading.version.digest.hex(),
        }
        if section == "a":
            fields["came"] = references.from_school(reading.version.number, reading.version.code)
        item = new_item(section, new_id(), order.at_end(held), fields)
        held = [*held, item]
        found.append(added(section, item))
    return found


def _words(section: str, source: Item) -> dict[str, Any]:
    """What of an entry has another name here, or stands in two boxes there."""
    if section == "b":
        return {"need": _joined(source, "barrier", "in_setting")}
    if section == "f" and not source.get("what") and source.get("name"):
        return {"what": source["name"]}
    if section == "a":
        said = _joined(source, "views", "hopes", "works_at_home")
        return {"words": said, "whose": "parents", "about": "views", **_said_by(source)}
    return {}


def _said_by(source: Item) -> dict[str, Any]:
    return {"said_by": source["given_by"]} if source.get("given_by") else {}


def _joined(source: Item, *names: str) -> str:
    return "\n\n".join(source[name] for name in names if source.get(name))[:4000]
