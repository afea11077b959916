"""The steps of a meeting, in the order in which they are worked through, and which are done. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from isp.plans.names import shorten
from isp.records.shape import Content
from isp.reviews.content import has_annual
from isp.reviews.rules import lacking

MEETING, VIEWS, OVERALL, DECISION, ANNUAL = "meeting", "views", "overall", "decision", "annual"
_ONCE = {
    MEETING: "Who is here",
    VIEWS: "The family’s and the pupil’s words",
    OVERALL: "What continues, changes and stops",
    DECISION: "Decision and next review",
    ANNUAL: "The EHC plan: what to recommend",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the meeting. ``item``: of an outcome, its entry in the report."""

    section: str
    item: str
    label: str
    is_done: bool

    @property
    def path(self) -> str:
        """Its address under the meeting's."""
        return f"outcomes/{self.item}" if self.item else self.section


def steps(content: Content) -> list[Step]:
    """Every step. One is done when closing asks for nothing more there; of words, when there are any; of who
    came, when it is said of everybody.
    """
    wanting = {(section, item) for section, item, _ in lacking(content)}
    sections = content["sections"]

    def once(name: str) -> Step:
        held = sections[name]
        said = bool(held["fields"])
        if name == MEETING:
            said = bool(held["items"]) and all(one.get("came") for one in held["items"])
        return Step(name, "", _ONCE[name], (name, "") not in wanting and said)

    outcomes = [
        Step(
            "outcomes",
            item["id"],
            f"Outcome {number}: {shorten(item.get('aim', ''))}",
            ("outcomes", item["id"]) not in wanting,
        )
        for number, item in enumerate(sections["outcomes"]["items"], 1)
    ]
    last = [once(OVERALL), once(DECISION), *([once(ANNUAL)] if has_annual(content) else [])]
    return [once(MEETING), once(VIEWS), *outcomes, *last]


def after(listed: list[Step], step: Step) -> Step | None:
    """The step that follows; None after the last."""
    place = listed.index(step)
    return listed[place + 1] if place + 1 < len(listed) else None
