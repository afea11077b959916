"""Linking and unlinking by a button: the change to the list of links of another item. Pure."""

from __future__ import annotations

from isp.access.lenses import Lens
from isp.kernel.errors import Conflict
from isp.plans import boxes
from isp.plans.content import SHAPE
from isp.records.changes import Change, Op, items_by_id
from isp.records.fields import Kind
from isp.records.sent import GONE
from isp.records.shape import Content

LINK, UNLINK = "link", "unlink"


def link_change(deed: str, content: Content, lens: Lens) -> tuple[Change, Change] | None:
    """What a button's value changes, and what stood there; None where it is about no link.

    Conflict where one of the two items is gone.
    """
    verb, _, rest = deed.partition(":")
    key, _, target = rest.partition(":")
    place = boxes.where(key, lens) if verb in (LINK, UNLINK) else None
    if place is None or place.item is None or place.field is None:
        return None
    shape = SHAPE.field(place.section, place.field)
    if shape.kind is not Kind.LINKS:
        return None
    known = {one for name in shape.targets for one in items_by_id(content["sections"][name])}
    if place.item not in items_by_id(content["sections"][place.section]) or target not in known:
        raise Conflict(GONE)
    held = boxes.value_at(content, place) or []
    wanted = {*held, target} if verb == LINK else {*held} - {target}

    def setting(value: list[str]) -> Change:
        return Change(Op.SET, place.section, place.item, place.field, value or None)

    return setting(sorted(wanted)), setting(list(held))
