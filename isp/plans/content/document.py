"""A plan as a whole: its shape, and how one is made, loaded, and read whatever its age."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from isp.kernel.errors import Invalid
from isp.plans.content import around, needs, pupil, support
from isp.records import checking, items, loading
from isp.records.checking import Checked
from isp.records.days import Horizon
from isp.records.shape import Content, Item, Shape, shape_of

SCHEMA = "isp/1"

SHAPE: Shape = shape_of(
    SCHEMA,
    (
        pupil.ABOUT_ME,
        pupil.MUST_KNOW,
        pupil.FAMILY_VIEWS,
        needs.NEEDS,
        needs.CONTEXT,
        needs.LAYER,
        support.ADJUSTMENTS,
        support.OUTCOMES,
        support.PROVISION,
        around.ADVICE,
        around.HEALTH_AND_CARE,
        around.EXAM_ACCESS,
        around.TRANSITION,
        around.REVIEW,
    ),
)

UPGRADES: Mapping[str, Callable[[Content], Content]] = {}
"""From a schema's name to what makes its content the next one's: the day ``isp/2`` comes, the step from
``isp/1`` goes here and every stored plan still reads."""


def blank() -> Content:
    """The plan nobody has written in yet."""
    return SHAPE.blank()


def load(content: Any, horizon: Horizon | None = None, *, loaded_before: Content | None = None) -> Content:
    """A plan from outside, strictly, in normal form. Raises Invalid with a sentence for every field.

    ``loaded_before``: a plan that loaded already, of which what is the same need not be judged again.
    """
    return loading.load(content, SHAPE, horizon, loaded_before=loaded_before)


def read(stored: Content) -> Content:
    """A stored plan of any age, as one of today's schema. Raises Invalid for one from a later time."""
    return upgraded(stored, SCHEMA, UPGRADES)


def upgraded(stored: Content, wanted: str, upgrades: Mapping[str, Callable[[Content], Content]]) -> Content:
    """Step by step from the schema a document was stored under to the one wanted."""
    content = stored
    for _ in range(len(upgrades) + 1):
        if content["schema"] == wanted:
            return content
        step = upgrades.get(content["schema"])
        if step is None:
            break
        content = step(content)
    raise Invalid(
        f"This plan was written in the form {stored['schema']}, which this installation cannot read."
        " Ask whoever runs it to bring it up to date."
    )


def new_item(
    section: str, item: UUID | str, place: str, fields: Mapping[str, Any], horizon: Horizon | None = None
) -> Item:
    """An item of a section's list: see ``records.items``."""
    return items.new_item(SHAPE, section, item, place, fields, horizon)


def check_field(
    section: str, field: str, text: str | Sequence[str], horizon: Horizon | None = None
) -> Checked:
    """Judge one answer as typed, for forms and autosave: see ``records.checking``."""
    return checking.check_field(SHAPE, section, field, text, horizon)
