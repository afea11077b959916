"""Strict loading: content from outside (a form, an import, another system) into the normal form, or not.

What loads is what the schemas say, nothing beside it; what does not load is refused with a sentence for
every field, keyed ``section.field`` or ``section.<item id>.field``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from isp.kernel.errors import Invalid
from isp.records import order
from isp.records.changes import is_empty, place_of
from isp.records.days import Horizon
from isp.records.fields import Kind, identifier
from isp.records.shape import Content, FieldShape, Item, SectionShape, Shape, Status


def load(
    content: Any, shape: Shape, horizon: Horizon | None = None, *, loaded_before: Content | None = None
) -> Content:
    """The content in normal form. Raises Invalid with a sentence per field.

    ``loaded_before``: a content that loaded under this same schema. A section that equals its section there
    loads as it did then, so it is not judged field by field again; nothing else is taken from it.
    """
    errors: dict[str, str] = {}
    known = loaded_before["sections"] if loaded_before and loaded_before["schema"] == shape.schema else {}
    loaded = _Loading(shape, horizon, errors, known).document(content)
    if errors:
        raise Invalid("Some of what was sent cannot be kept as it stands.", errors)
    return loaded


def load_fields(
    section: SectionShape, values: Mapping[str, Any], horizon: Horizon | None = None, *, of_item: bool
) -> dict[str, Any]:
    """Some fields of a section, or of an item of it, in normal form. Raises Invalid."""
    errors: dict[str, str] = {}
    loaded = _fields(section, values, horizon, errors, section.name, of_item=of_item)
    if errors:
        raise Invalid("Some of what was sent cannot be kept as it stands.", errors)
    return loaded


class _Loading:
    def __init__(
        self, shape: Shape, horizon: Horizon | None, errors: dict[str, str], known: Mapping[str, Any]
    ) -> None:
        self.shape, self.horizon, self.errors, self.known = shape, horizon, errors, known
        self.ids: set[str] = set()

    def document(self, content: Any) -> Content:
        if not self._frame("", content, {"schema", "sections"}):
            return {}
        if content["schema"] != self.shape.schema:
            self.errors["schema"] = f"This is not a document of the kind {self.shape.schema}."
            return {}
        sections = content["sections"]
        if not self._frame("sections", sections, set(self.shape.sections)):
            return {}
        return {
            "schema": self.shape.schema,
            "sections": {
                name: self.section(section, sections[name])
                if self.known.get(name) != sections[name]
                else self.as_before(self.known[name])
                for name, section in self.shape.sections.items()
            },
        }

    def as_before(self, known: dict[str, Any]) -> dict[str, Any]:
        """A section that loaded before. Its entries' ids may still be another section's now."""
        for item in known.get("items", ()):
            if item["id"] in self.ids:
                self.errors[str(item["id"])] = "Two entries have the same id."
            self.ids.add(item["id"])
        return known

    def section(self, section: SectionShape, data: Any) -> dict[str, Any]:
        parts = {"status", "fields"} | ({"items"} if section.items is not None else set())
        if not self._frame(section.name, data, parts):
            return {}
        if data["status"] not in list(Status):
            self.errors[f"{section.name}.status"] = "Say how far this section has come."
        loaded: dict[str, Any] = {
            "status": data["status"],
            "fields": _fields(
                section, data["fields"], self.horizon, self.errors, section.name, of_item=False
            ),
        }
        if section.items is not None:
            loaded["items"] = self.items(section, data["items"])
        return loaded

    def items(self, section: SectionShape, data: Any) -> list[Item]:
        if not isinstance(data, list):
            self.errors[section.name] = "This should be a list."
            return []
        if len(data) > section.most_items:
            self.errors[section.name] = f"Keep this list to {section.most_items} entries: it has {len(data)}."
            return []
        found = [self.item(section, item, index) for index, item in enumerate(data)]
        return sorted((item for item in found if item is not None), key=place_of)

    def item(self, section: SectionShape, data: Any, index: int) -> Item | None:
        where = f"{section.name}.{index}"
        if not isinstance(data, dict):
            self.errors[where] = "This entry is not what the list holds."
            return None
        try:
            item = identifier(data.get("id"))
        except ValueError:
            self.errors[where] = "This entry has no id."
            return None
        where = f"{section.name}.{item}"
        if item in self.ids:
            self.errors[where] = "Two entries have the same id."
        self.ids.add(item)
        if not order.is_key(data.get("order")):
            self.errors[f"{where}.order"] = "This entry has no place in the list."
            return None
        fields = {name: value for name, value in data.items() if name not in ("id", "order")}
        loaded = _fields(section, fields, self.horizon, self.errors, where, of_item=True)
        return {**loaded, "id": item, "order": data["order"]}

    def _frame(self, where: str, data: Any, parts: set[str]) -> bool:
        if not isinstance(data, dict):
            self.errors[where or "document"] = "This is not a document."
            return False
        for name in sorted(str(name) for name in data.keys() ^ parts):
            key = f"{where}.{name}" if where else name
            self.errors[key] = "This part is missing." if name in parts else "This part is not known here."
        return data.keys() == parts


def _fields(
    section: SectionShape,
    values: Any,
    horizon: Horizon | None,
    errors: dict[str, str],
    where: str,
    *,
    of_item: bool,
) -> dict[str, Any]:
    schema = section.items_schema if of_item else section.fields_schema
    described = (section.items or {}) if of_item else section.fields
    if not isinstance(values, Mapping):
        errors[where] = "This part is not what the section holds."
        return {}
    try:
        loaded = (schema or _NO_FIELDS).load(values)
    except ValidationError as refused:
        for name, sentences in refused.messages_dict.items():
            errors[f"{where}.{name}"] = _sentence(name, sentences, described)
        loaded = refused.valid_data  # the rest is judged as well, so that all is said at once
    kept = {name: value for name, value in loaded.items() if not is_empty(value)}
    for name, value in kept.items():
        if horizon is not None and described[name].kind is Kind.DAY:
            problem = horizon.problem(value)
            if problem:
                errors[f"{where}.{name}"] = problem
    return kept


def _sentence(name: str, sentences: Any, described: Mapping[str, FieldShape]) -> str:
    if name not in described:
        return "This part is not known here."
    return str(sentences[0]) if isinstance(sentences, list) else str(sentences)


_NO_FIELDS = Schema()
