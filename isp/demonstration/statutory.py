"""The EHC plans of the demonstration: from the words of ``data/statutory.toml`` to the content of a plan."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from isp.ehcp import content
from isp.kernel.ids import new_id
from isp.records import order
from isp.records.shape import Content

_LINKS = ("needs", "outcomes")


@cache
def statutory() -> Mapping[str, Any]:
    """What is written about each pupil who has a plan or a draft of one, by the pupil's id in the cast."""
    text = (files("isp.demonstration") / "data" / "statutory.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)["plans"]
    return MappingProxyType(found)


def plan_content(pupil: str, made_on: date, schools: Mapping[str, str]) -> Content:
    """The whole plan of a pupil, its entries linked. ``schools``: names, by their keys in the cast."""
    words = statutory()[pupil]
    review = made_on.replace(year=made_on.year + 1, day=1)
    refs = {
        one["ref"]: str(new_id())
        for section, entries in words.items()
        if isinstance(entries, list)
        for one in entries
        if "ref" in one
    }
    made = content.blank()
    for section, entries in words.items():
        if not isinstance(entries, list):
            continue
        items: list[dict[str, Any]] = []
        for one in entries:
            said = dict(one)
            item = {"id": refs.get(said.pop("ref", ""), str(new_id())), "order": order.at_end(items)}
            if "school" in said:
                said["name"] = schools[said.pop("school")]
            for name in _LINKS:
                if name in said:
                    said[name] = [refs[ref] for ref in said[name]]
            if "statement" in said:
                said["statement"] = said["statement"].format(by=f"{review:%B %Y}")
                said["due_on"] = review.isoformat()
            items.append(item | said)
        made["sections"][section]["items"] = items
        made["sections"][section]["status"] = "in_progress"
    if "budget" in words:
        made["sections"]["j"]["fields"] = {**made["sections"]["j"].get("fields", {}), **words["budget"]}
        made["sections"]["j"]["status"] = "in_progress"
    return content.load(made)
