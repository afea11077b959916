"""Invented plans: a small one to read in a test, and a heavy one of about 60 KB."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from isp.plans.content import SHAPE, blank, new_item
from isp.plans.vocabulary import configuration_on
from isp.records import order
from isp.records.changes import Change, Op, apply
from isp.records.fields import Choice, Kind
from isp.records.items import added
from isp.records.shape import Content, SectionShape

CONFIGURATION = configuration_on(date(2026, 11, 22))


def uuid(number: int) -> str:
    return str(UUID(int=number))


NEED, OUTCOME, STEP, READING, ADJUSTMENT, VIEW, ADVICE = (uuid(number) for number in range(1, 8))
MOTHER, FATHER = uuid(101), uuid(102)


def add(section: str, item: str, key: str = order.FIRST, /, **fields: Any) -> Change:
    return added(section, new_item(section, item, key, fields))


def put(section: str, field: str, value: Any, item: str | None = None) -> Change:
    return Change(Op.SET, section, item, field, value)


def plan() -> Content:
    """A plan in which everything is linked."""
    return apply(
        blank(),
        [
            put("about_me", "strengths", "Building, and making people laugh"),
            put("layer", "layer", "targeted"),
            put("layer", "reason", "Reads two years behind her age."),
            put("review", "next_review_on", "2027-03-14"),
            add("needs", NEED, barrier="Reading words she has not met before", code="SPLD", rank="1"),
            add(
                "outcomes",
                OUTCOME,
                level="long_term",
                statement="Reads for pleasure",
                needs=[NEED],
                target="Ten books",
            ),
            add(
                "outcomes",
                STEP,
                "i002",
                level="step",
                statement="Reads 50 words",
                under=OUTCOME,
                target="50 words",
            ),
            add(
                "provision",
                READING,
                name="Reading",
                outcomes=[OUTCOME],
                needs=[NEED],
                times=2,
                minutes=20,
                per="week",
                delivered_by="Teaching assistant",
                cost=12_000,
            ),
            add("adjustments", ADJUSTMENT, what="Read questions aloud to her", needs=[NEED]),
            add(
                "family_views",
                VIEW,
                views="She is tired",
                from_whom="Mum",
                given_by=MOTHER,
                limited_to_staff=True,
            ),
            add(
                "advice",
                ADVICE,
                role="Educational psychologist",
                summary="Working memory",
                adopted_in=[READING],
            ),
        ],
    )


def heavy_plan() -> Content:
    """About 60 KB: every field filled in, lists longer than most, everything linked."""
    changes = []
    for name, section in SHAPE.sections.items():
        changes += [put(name, field, _value(section, field, 0)) for field in section.fields]
        for number, key in enumerate(order.spread(len(_ids(name)))):
            values = {field: _value(section, field, number + 1) for field in section.items or {}}
            changes.append(add(name, _ids(name)[number], key, **values))
    return apply(blank(), changes)


def _ids(section: str) -> list[str]:
    if SHAPE.sections[section].items is None:
        return []
    return [uuid(1000 * (list(SHAPE.sections).index(section) + 1) + number) for number in range(6)]


def _value(section: SectionShape, name: str, number: int) -> Any:
    """Something that fills the field, other words in every field and item."""
    field, declared = section.field(name), section.marshmallow(name)
    codes = sorted(declared.codes) if isinstance(declared, Choice) else []
    targets = sorted(one for target in field.targets for one in _ids(target))[:2]
    text = f"{field.label} of {section.name}, {number}: " + " ".join(
        f"word{(len(name) * 31 + number * 7 + at * at) % 997}" for at in range(28)
    )
    values: dict[Kind, Any] = {
        Kind.TEXT: text,
        Kind.LINE: text[:60].strip(),
        Kind.CITED: text[:60].strip(),
        Kind.DAY: "2027-03-14",
        Kind.WHOLE: field.most,
        Kind.PENCE: field.most,
        Kind.CHOICE: codes[:1],
        Kind.CHOICES: codes,
        Kind.FLAG: True,
        Kind.LINKS: targets,
        Kind.LINK: targets[:1],
        Kind.REFERENCE: uuid(99),
        Kind.PARTY: MOTHER,
    }
    value = values[field.kind]
    return value[0] if field.kind in (Kind.CHOICE, Kind.LINK) else value
