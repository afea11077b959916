"""Items of a document's lists: one made from fields, checked strictly, and the change that adds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from isp.records import loading, order
from isp.records.changes import Change, Op, fields_of
from isp.records.days import Horizon
from isp.records.shape import Item, Shape


def new_item(
    shape: Shape,
    section: str,
    item: UUID | str,
    place: str,
    fields: Mapping[str, Any],
    horizon: Horizon | None = None,
) -> Item:
    """An item of a section's list, checked strictly, in normal form.

    ``item`` is a fresh id and ``place`` an order key (``records.order``). Raises Invalid with a sentence
    for every field; KeyError or ValueError where the section is no list or the key none.
    """
    described = shape.sections[section]
    if described.items is None:
        raise ValueError(f"{section} is not a list")
    if not order.is_key(place):
        raise ValueError("not an order key")
    loaded = loading.load_fields(described, fields, horizon, of_item=True)
    return {**loaded, "id": str(UUID(str(item))), "order": place}


def added(section: str, item: Item) -> Change:
    """The change that adds an item."""
    return Change(Op.ADD, section, item["id"], value=fields_of(item), order=item["order"])
