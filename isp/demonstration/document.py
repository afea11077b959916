"""What a plan is written with: its dates, the document in the making, and the brief for one version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from isp.demonstration.shapes import Cast, Pupil, Staff
from isp.plans.content import blank, load, new_item
from isp.records import order
from isp.records.shape import Content

_SPACE = uuid5(NAMESPACE_URL, "https://demonstration.example/plans")


@dataclass(frozen=True)
class Cycle:
    """The dates of one version: finalised on, words gathered on, the day of the next review, and the
    last day of the academic year.
    """

    on: date
    gathered_on: date
    review_on: date
    year_ends_on: date
    term: str


@dataclass
class Document:
    """A plan in the making. Items get ids from the pupil and a key, so that they stay the same in every
    version; `parties` says whose words an item holds (item id to guardian id).
    """

    pupil: Pupil
    prefix: str = ""
    content: Content = field(default_factory=blank)
    parties: dict[str, str] = field(default_factory=dict)
    _places: dict[str, str] = field(default_factory=dict)

    def put(self, section: str, **fields: Any) -> None:
        kept = {name: value for name, value in fields.items() if value not in (None, "", [])}
        self.content["sections"][section]["fields"].update(kept)

    def add(self, section: str, key: str, **fields: Any) -> str:
        """Add an item and give its id."""
        kept = {name: value for name, value in fields.items() if value not in (None, "", [])}
        self._places[section] = order.between(self._places.get(section), None)
        item = new_item(section, self.id_of(section, key), self._places[section], kept)
        self.content["sections"][section]["items"].append(item)
        return str(item["id"])

    def id_of(self, section: str, key: str) -> str:
        return str(uuid5(_SPACE, f"{self.prefix}{self.pupil.id}/{section}/{key}"))

    def finish(self, unfinished: Sequence[str] = ()) -> Content:
        """The content in normal form, each section with its status; `unfinished` ones are in progress."""
        for name, section in self.content["sections"].items():
            written = bool(section["fields"] or section.get("items"))
            if name in unfinished:
                section["status"] = "in_progress" if written else "not_started"
            else:
                section["status"] = "complete" if written else "not_needed"
        return load(self.content)


@dataclass(frozen=True)
class Brief:
    """What a version is written from: the pupil's turn at the profile, the cycles so far (the last is this
    version's), who writes.
    """

    cast: Cast
    pupil: Pupil
    index: int
    cycles: tuple[Cycle, ...]
    author: Staff

    @property
    def step(self) -> int:
        return len(self.cycles) - 1

    @property
    def cycle(self) -> Cycle:
        return self.cycles[-1]

    def role(self, role: str) -> str:
        """The name and role of whoever holds a role towards the pupil, or the role alone."""
        wanted = {
            "Class teacher": "class teacher",
            "Form tutor": "class teacher",
            "Tutor": "class teacher",
            "Teaching assistant": "teaching assistant",
            "Learning support assistant": "teaching assistant",
            "Key person": "teaching assistant",
        }.get(role)
        if role == "SENCO":
            return f"{self.author.signed}, SENCO"
        if wanted == "class teacher" and self.pupil.family == "teacher":
            # Her own mother teaches the class: somebody else answers for the plan.
            return f"{self.author.signed}, SENCO"
        for group in self.cast.groups:
            if group.school == self.pupil.school and group.name == self.pupil.class_name and wanted:
                for member in map(self.cast.member, group.staff):
                    if member.role == wanted and member.starts_on <= self.cycle.on:
                        return f"{member.signed}, {role[0].lower()}{role[1:]}"
        return role


def author_on(cast: Cast, pupil: Pupil, day: date) -> Staff:
    """The SENCO or deputy who was at the school on that day; the deputy has every third plan."""
    writers = [
        member
        for member in cast.staff
        if member.place == pupil.school
        and member.role in ("SENCO", "deputy SENCO")
        and member.starts_on <= day
        and (member.ends_on is None or day <= member.ends_on)
    ]
    return writers[-1] if int(pupil.id[1:]) % 3 == 0 else writers[0]
