"""What a bank's entry is to a plan: the answers it fills in, and the entry as a form sends it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isp.banks.entries import ADJUSTMENT, PROVISION, Entry
from isp.kernel.errors import Invalid
from isp.plans.content import SHAPE, check_field
from isp.plans.vocabulary import Configuration

SECTIONS: Mapping[str, str] = {PROVISION: "provision", ADJUSTMENT: "adjustments"}
"""The section of a plan that each bank fills."""
BANK_OF: Mapping[str, str] = {section: bank for bank, section in SECTIONS.items()}
TAKEN: Mapping[str, tuple[str, ...]] = {
    PROVISION: (
        "name",
        "what",
        "delivered_by",
        "qualification",
        "group_size",
        "minutes",
        "times",
        "per",
        "weeks",
        "evidence_base",
        "cost",
    ),
    ADJUSTMENT: ("what", "where", "by_whom"),
}
"""The answers of an entry that go into a plan; its source, and an adjustment's name, stay in the bank."""


def filled_in(entry: Entry, *, costs: bool) -> dict[str, Any]:
    """A plan item's answers as an entry has them, with the entry's id; still to be edited."""
    given = {name: entry.held[name] for name in TAKEN[entry.bank] if entry.held.get(name) is not None}
    if not costs:
        given.pop("cost", None)
    return {**given, "bank_entry": str(entry.id)}


def read_form(bank: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """An entry from a form's answers. Raises Invalid, by field, where a plan could not hold one of them."""
    section, held, wrong = SECTIONS[bank], {}, {}
    for name, value in values.items():
        if value in (None, ""):
            continue
        if name not in TAKEN[bank]:
            held[name] = value
            continue
        checked = check_field(section, name, str(value))
        if checked.problem:
            wrong[name] = checked.problem
        else:
            held[name] = checked.value
    if wrong:
        raise Invalid("Some answers need attention.", wrong)
    return held


def told(entry: Entry, configuration: Configuration) -> list[tuple[str, str]]:
    """An entry in questions and answers, for reading."""
    shape = SHAPE.sections[SECTIONS[entry.bank]]
    rows = []
    for name in TAKEN[entry.bank]:
        value = entry.held.get(name)
        if value is None or name == "name":
            continue
        field = shape.field(name)
        if field.vocabulary:
            value = configuration.words(field.vocabulary, value)
        elif field.cost:
            value = f"£{value // 100:,}.{value % 100:02d}"
        rows.append((field.label, str(value)))
    if entry.held.get("source"):
        rows.append(("Source", str(entry.held["source"])))
    return rows
