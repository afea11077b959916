"""Plans that came with a pupil: what was written elsewhere, a year before the pupil came here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from isp.demonstration import timing
from isp.demonstration.chance import seeded
from isp.demonstration.document import Brief, Document, author_on
from isp.demonstration.shapes import Cast, Pupil
from isp.demonstration.writing import write
from isp.records.shape import Content

# Where each came from, as the person who enters it says.
_SOURCES = {
    "F21": "Plan of a primary school in another authority, on paper, brought by the family",
    "F22": "Plan of a school in Accra, translated by the family",
    "T01": "Year 6 plan of Foxglove Demonstration Primary School, sent as a PDF",
    "M01": "Year 11 plan of Tidewater Demonstration Academy, sent with her agreement",
    "H04": "Plan of an infant school that has since closed, handed over by its SENCO",
}
_KEPT = ("needs", "outcomes", "provision", "layer")


@dataclass(frozen=True)
class EarlierPlan:
    """A plan written elsewhere: the day it happened and the day it was recorded here, kept apart."""

    content: Content
    source: str
    happened_on: date
    recorded_on: date
    recorded_by: str
    """Id of the member of staff."""


def earlier_plan(cast: Cast, pupil: Pupil, index: int) -> EarlierPlan:
    """Needs, outcomes with their results, and provision, as items with ids of their own."""
    happened = timing.earlier_day(pupil)
    recorded = timing.recorded_day(pupil, cast.today)
    author = author_on(cast, pupil, recorded)
    written = write(Brief(cast, pupil, index, (timing.cycle_on(pupil, happened),), author)).content[
        "sections"
    ]
    document = Document(pupil, prefix="earlier ")
    links = {
        item["id"]: document.id_of(name, item["id"])
        for name in _KEPT
        for item in written[name].get("items", [])
    }
    for name in _KEPT:
        document.put(name, **written[name]["fields"])
        for item in written[name].get("items", []):
            document.add(name, item["id"], **_taken_over(item, links, pupil))
    return EarlierPlan(document.finish(), _SOURCES[pupil.id], happened, recorded, author.id)


def _taken_over(item: dict[str, Any], links: dict[str, str], pupil: Pupil) -> dict[str, Any]:
    """An item's fields without what only this school knows, linked to the earlier plan's own items."""
    fields = {key: value for key, value in item.items() if key not in ("id", "order", "cost", "ehcp_outcome")}
    for key in fields.keys() & {"needs", "outcomes"}:
        fields[key] = [links[one] for one in fields[key]]
    if "under" in fields:
        fields["under"] = links[fields["under"]]
    if fields.get("level") == "step":
        drawn = seeded(f"earlier {pupil.id} {item['id']}")
        fields["result"] = drawn.choice(("expected", "less", "more"))
    for key in fields.keys() & {"owner", "measured_by"}:
        # Names of our staff have no place in another setting's plan.
        role = fields[key].rpartition(", ")[2]
        fields[key] = role[0].upper() + role[1:]
    return fields
