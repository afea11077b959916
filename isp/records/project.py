"""One projection before everything: what a lens may not see is taken out, and then work begins.

Fails closed: a section or field that the shape does not know, an item whose limits cannot be read, an
id that points at nothing the reader can see, are not shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from isp.access.lenses import Lens
from isp.records.changes import is_empty
from isp.records.fields import Kind
from isp.records.shape import Content, FieldShape, Item, SectionShape, Shape


@dataclass(frozen=True, slots=True)
class _Links:
    name: str
    targets: tuple[str, ...]
    many: bool


@dataclass(frozen=True, slots=True)
class _Sight:
    """What of one section a lens may see, worked out once per lens and kind of document."""

    fields: frozenset[str]
    items: frozenset[str] | None
    links: tuple[_Links, ...]
    item_links: tuple[_Links, ...]


def project(content: Content, lens: Lens, shape: Shape) -> Content:
    """The content as this lens may see it, itself in normal form; ``content`` stays as it was.

    Projecting twice changes nothing. Which sections of a whole document are there depends on the lens
    and the shape alone, so two projections through one lens can always be compared. Raises ValueError
    where the content is of another kind than the shape.
    """
    if content["schema"] != shape.schema:
        raise ValueError(f"{content['schema']} is not {shape.schema}")
    sight = _sight(lens, shape)
    seen: dict[str, dict[str, Any]] = {}
    for name, visible in sight.items():
        section = content["sections"].get(name)
        if section is None:
            continue
        fields = {key: value for key, value in section["fields"].items() if key in visible.fields}
        seen[name] = {"status": section["status"], "fields": fields}
        if visible.items is not None:
            described = shape.sections[name]
            seen[name]["items"] = [
                {key: value for key, value in item.items() if key in visible.items}
                for item in section.get("items", ())
                if _may_see_item(item, described, lens)
            ]
    ids = {name: {item["id"] for item in section.get("items", ())} for name, section in seen.items()}
    for name, section in seen.items():
        _unlink(section["fields"], sight[name].links, ids)
        for item in section.get("items", ()):
            _unlink(item, sight[name].item_links, ids)
    return {"schema": content["schema"], "sections": seen}


@lru_cache(maxsize=512)
def _sight(lens: Lens, shape: Shape) -> dict[str, _Sight]:
    sight: dict[str, _Sight] = {}
    for name, section in shape.sections.items():
        if lens.sections is not None and name not in lens.sections:
            continue
        fields = {key for key, field in section.fields.items() if may_see_field(field, lens)}
        items = {key for key, field in (section.items or {}).items() if may_see_field(field, lens)}
        if not fields and not items:
            continue
        sight[name] = _Sight(
            fields=frozenset(fields),
            # A list of which no field may be seen is no list: its length would tell something.
            items=frozenset(items | {"id", "order"}) if items else None,
            links=_links(section.fields, fields),
            item_links=_links(section.items or {}, items),
        )
    return sight


def may_see_field(field: FieldShape, lens: Lens) -> bool:
    """Whether a lens shows a field at all, whatever it holds; forms ask this too."""
    return (
        field.sensitivity in lens.labels
        and (lens.staff or not field.staff_only)
        and (lens.cost or not field.cost)
    )


def _may_see_item(item: Item, section: SectionShape, lens: Lens) -> bool:
    if section.limited is None or is_empty(item.get(section.limited)) or lens.staff:
        return True
    author = item.get(section.author) if section.author else None
    return author is not None and author == lens.party


def _links(fields: Any, visible: set[str]) -> tuple[_Links, ...]:
    return tuple(
        _Links(name, field.targets, field.kind is Kind.LINKS)
        for name, field in fields.items()
        if field.targets and name in visible
    )


def _unlink(holder: dict[str, Any], links: tuple[_Links, ...], ids: dict[str, set[str]]) -> None:
    """Take out of a projected (fresh) dict every id that points at nothing in sight."""
    for link in links:
        value = holder.get(link.name)
        if value is None:
            continue
        known = [ids[target] for target in link.targets if target in ids]
        kept = [one for one in (value if link.many else [value]) if any(one in group for group in known)]
        if not kept:
            del holder[link.name]
        elif link.many:
            holder[link.name] = kept
