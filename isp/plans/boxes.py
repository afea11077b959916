"""The boxes of the plan's editor: see ``records.boxes``."""

from __future__ import annotations

from isp.plans.content import SHAPE
from isp.records.boxes import (
    PARTS,
    STATUS_WORDS,
    Boxes,
    Raw,
    Typed,
    Where,
    applied,
    mark,
    touched,
    value_at,
)

__all__ = [
    "BOXES",
    "PARTS",
    "STATUS_WORDS",
    "Raw",
    "Typed",
    "Where",
    "applied",
    "boxes_at",
    "boxes_of",
    "gathered",
    "kind_at",
    "mark",
    "marks_of",
    "of_form",
    "places",
    "raw_at",
    "read",
    "shape_at",
    "touched",
    "value_at",
    "where",
]

BOXES = Boxes(SHAPE)
where, places = BOXES.where, BOXES.places
shape_at, kind_at = BOXES.shape_at, BOXES.kind_at
raw_at, boxes_at, boxes_of, marks_of = BOXES.raw_at, BOXES.boxes_at, BOXES.boxes_of, BOXES.marks_of
of_form, gathered, read = BOXES.of_form, BOXES.gathered, BOXES.read
