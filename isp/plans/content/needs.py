"""Sections about what is hard and what surrounds it: needs, context, layer."""

from __future__ import annotations

from marshmallow import Schema

from isp.access.lenses import Label
from isp.plans.vocabulary import NEED_CODE, every_code
from isp.records.fields import Choice, Day, Line, Text, Whole
from isp.records.shape import Section


class Need(Schema):
    """One barrier to learning or taking part."""

    barrier = Text(
        "Barrier, in plain words",
        "What is hard",
        hint="What gets in the way of learning or taking part. No diagnosis is needed.",
        limit=600,
    )
    in_setting = Text(
        "What it looks like in the setting",
        "What this looks like at school",
        hint="When and where it shows, how often, what makes it better or worse.",
    )
    evidence = Text("Evidence", "How we know", hint="Observation, work, assessment, what the family sees.")
    identified_on = Day("Identified on", "When we noticed")
    diagnosis = Line("Diagnosis", hint="If there is one, and who made it.")
    waiting_since = Day("Waiting for an assessment since", "Waiting for an assessment since")
    code = Choice(
        "Census code of need",
        "How it is recorded",
        vocabulary=NEED_CODE,
        codes=every_code(NEED_CODE),
        hint="As in the school census.",
    )
    rank = Choice(
        "Rank in the census",
        "How important",
        vocabulary="need_rank",
        codes=every_code("need_rank"),
        hint="Leave it open where the census is not told of this need.",
    )
    area_2015 = Choice(
        "Area of need (2015 Code)",
        "Area",
        vocabulary="area_2015",
        codes=every_code("area_2015"),
        hint="Follows from the census code. Choose only to change it.",
    )
    area_proposed = Choice(
        "Area of development (proposed)",
        "Area of development (proposed)",
        vocabulary="area_proposed",
        codes=every_code("area_proposed"),
        hint="Follows from the census code where the proposal says so. Choose only to change it.",
    )


class Context(Schema):
    """Attendance and the like, each with its dates."""

    attendance = Whole("Attendance, per cent", most=100, hint="A whole number, for the dates below.")
    attendance_from = Day("Attendance from")
    attendance_to = Day("Attendance to")
    attendance_note = Text("About attendance", limit=1000)
    suspensions = Whole("Number of suspensions", "Times sent home from school", most=200)
    suspensions_from = Day("Suspensions counted from", "Counted from")
    suspensions_to = Day("Suspensions counted to", "Counted to")
    suspensions_note = Text("About suspensions", "About being sent home", limit=1000)
    part_time = Text("Part-time timetable", hint="Hours, reason, and the plan to end it.", limit=1000)
    part_time_from = Day("Part-time timetable from")
    part_time_to = Day("Part-time timetable to")


class Assessment(Schema):
    """One assessment and its result."""

    name = Line("Assessment", "What was tested")
    taken_on = Day("Date", "When")
    score = Whole("Standard score", "Score", most=200, hint="A standardised score; 100 is the average.")
    result = Text("Result in words", "What it showed", limit=1000)
    assessor = Line("Assessor", "Who did it", hint="Name, role and organisation.", sensitivity=Label.S1)


class Layer(Schema):
    """Where the plan stands among the proposed layers."""

    layer = Choice(
        "Layer (proposed)",
        "How much support (proposed)",
        vocabulary="layer",
        codes=every_code("layer"),
        hint="A child may enter at any layer; nobody has to fail at one first.",
        family_hint="",
    )
    reason = Text("Reason", "Why")
    since = Day("From", "Since")


NEEDS = Section(
    "needs",
    "Needs",
    "What is hard",
    items=Need,
    item_label="Need",
    family_item_label="Something that is hard",
    title=("barrier",),
    most_items=30,
)

CONTEXT = Section(
    "context",
    "Context",
    "Attendance and tests",
    fields=Context,
    items=Assessment,
    item_label="Assessment",
    family_item_label="Test",
    title=("name",),
)

LAYER = Section("layer", "Layer", "How much support", fields=Layer)
