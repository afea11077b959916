"""What of a plan makes a template, and how a plan begins from one. Pure.

A template holds what could be said of any pupil with such needs. What is about one child (his own words,
the family's, what must be known, what was seen, tested and advised, dates, results, names) has no place in
one: only the fields named here are taken, and ``unnamed`` takes the names out of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from isp.kernel.ids import new_id
from isp.plans.content import SHAPE, blank
from isp.records.fields import Kind
from isp.records.shape import Content, Item, Status

ITEMS: Mapping[str, tuple[str, ...]] = {
    "needs": ("barrier", "code", "area_2015", "area_proposed"),
    "outcomes": ("level", "under", "needs", "statement", "target", "measure"),
    "provision": (
        "outcomes",
        "needs",
        "name",
        "bank_entry",
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
        "evidence_base",
    ),
    "adjustments": ("needs", "what", "where", "by_whom", "bank_entry"),
    "exam_access": ("arrangement",),
    "transition": ("what",),
}
"""Of each section's entries, the answers that a template may hold."""
FIELDS: Mapping[str, tuple[str, ...]] = {"review": ("interval",)}
"""Of each section, the answers asked once that a template may hold."""
SECTIONS = (*ITEMS, *FIELDS)
_LINKS = frozenset({Kind.LINK, Kind.LINKS})


def is_kept(section: str, field: str, *, of_item: bool) -> bool:
    """Whether a template may hold this answer."""
    return field in (ITEMS if of_item else FIELDS).get(section, ())


def only_template(content: Content, wanted: Collection[str] | None = None) -> Content:
    """Of a plan, what a template may hold; of its entries those in ``wanted``, or all."""
    made = blank()
    for name, kept in ITEMS.items():
        items = [
            {key: value for key, value in item.items() if key in ("id", "order", *kept)}
            for item in content["sections"][name].get("items", ())
            if wanted is None or item["id"] in wanted
        ]
        made["sections"][name]["items"] = [item for item in items if _says_something(name, item)]
    for name, kept in FIELDS.items():
        fields = content["sections"][name]["fields"]
        made["sections"][name]["fields"] = {key: fields[key] for key in kept if key in fields}
    return _linked_within(made)


def begun_from(template: Content) -> Content:
    """A plan's first words from a template: its entries with ids of their own, and their links with them."""
    taken = only_template(template)
    fresh = {item["id"]: str(new_id()) for section in ITEMS for item in taken["sections"][section]["items"]}
    for name in ITEMS:
        section = taken["sections"][name]
        section["items"] = [_renamed(name, item, fresh) for item in section["items"]]
        if section["items"]:
            section["status"] = Status.IN_PROGRESS.value
    for name in FIELDS:
        if taken["sections"][name]["fields"]:
            taken["sections"][name]["status"] = Status.IN_PROGRESS.value
    return taken


def _renamed(section: str, item: Item, fresh: Mapping[str, str]) -> Item:
    made = {**item, "id": fresh[item["id"]]}
    for name, value in item.items():
        if _is_link(section, name):
            made[name] = fresh[value] if isinstance(value, str) else sorted(fresh[one] for one in value)
    return made


def _linked_within(content: Content) -> Content:
    """The same without links to what was not taken."""
    known = {item["id"] for name in ITEMS for item in content["sections"][name]["items"]}
    for name in ITEMS:
        for item in content["sections"][name]["items"]:
            for field in [field for field in item if _is_link(name, field)]:
                value = item[field]
                kept = [one for one in ([value] if isinstance(value, str) else value) if one in known]
                if not kept:
                    del item[field]
                elif not isinstance(value, str):
                    item[field] = kept
    return content


def _says_something(section: str, item: Item) -> bool:
    """Whether an entry holds more than links, which may lead to what is not taken."""
    return any(field not in ("id", "order") and not _is_link(section, field) for field in item)


def _is_link(section: str, field: str) -> bool:
    described = (SHAPE.sections[section].items or {}).get(field)
    return described is not None and described.kind in _LINKS
