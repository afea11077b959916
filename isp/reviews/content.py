"""The content of a review report: the open schema ``review/1``.

A field may be added, since an absent field is an empty one; anything else makes ``review/2``.
"""

from __future__ import annotations

from marshmallow import Schema

from isp.plans.vocabulary import every_code
from isp.records.boxes import Boxes
from isp.records.fields import Choice, Day, Flag, Line, Reference, Text
from isp.records.shape import Content, Section, Shape, Status, shape_of

SCHEMA = "review/1"


class Meeting(Schema):
    """When, where and how."""

    held_on = Day("Held on", "When we met")
    where = Line("Where", hint="A room; leave it empty for a meeting online.")
    online = Flag("Online or by telephone")
    led_by = Line("Led by", "Who led the meeting", hint="Name and role.")


class Attendance(Schema):
    """Somebody who was asked."""

    name = Line("Name")
    role = Line("Role", "Who they are", hint="For example mother, class teacher, therapist.")
    came = Choice("Came", "Were they there", vocabulary="review_came", codes=every_code("review_came"))


class Views(Schema):
    """What the family and the pupil say."""

    family = Text("The family’s words", "What we said", hint="As they say it. Nobody corrects this.")
    family_from = Line(
        "Who of the family said it",
        "Who said this",
        hint="Name, and who they are to the child. Left empty: those of the family who took part.",
    )
    family_gathered = Choice(
        "How the family’s words were gathered",
        "How we said it",
        vocabulary="family_gathered",
        codes=every_code("family_gathered"),
    )
    pupil = Text("The pupil’s words", "What I said", hint="As the pupil says or shows it.")
    pupil_gathered = Choice(
        "How the pupil’s words were gathered",
        "How I said it",
        vocabulary="gathered",
        codes=every_code("gathered"),
    )
    gathered_by = Line("Who gathered them", "Who asked", hint="Name and role.")


class OutcomeReviewed(Schema):
    """One outcome of the plan, and how it went."""

    outcome = Reference("Outcome of the plan", "The aim")
    of_version = Reference("Version of the plan", "Which plan")
    aim = Text("The outcome, as the plan has it", "What we were aiming for", limit=1000)
    result = Choice("How did it go?", "How it went", vocabulary="result", codes=every_code("result"))
    evidence = Text("Evidence", "How we know", hint="What was seen, measured or said, and when.")
    next = Choice(
        "What next?", "What happens next", vocabulary="review_next", codes=every_code("review_next")
    )
    wording = Text(
        "The new wording",
        "What we aim for from now on",
        hint="Where it changes: how the outcome reads from now on.",
        limit=1000,
    )


class Overall(Schema):
    """What of the support goes on, changes or stops."""

    continues = Text("What continues", hint="Support and strategies that work.")
    changes = Text("What changes")
    stops = Text("What stops")


class Decision(Schema):
    """What was decided, and when everybody meets again."""

    decision = Choice("Decision", vocabulary="review_decision", codes=every_code("review_decision"))
    layer = Choice("New layer (proposed)", "How much support (proposed)", vocabulary="layer",
                   codes=every_code("layer"), hint="Where the layer changes.")  # fmt: skip
    reason = Text("Reason", "Why", limit=1000)
    next_review_on = Day("Next review on", "We meet next on")
    next_led_by = Line("Next review led by", "Who leads the next meeting")


class AnnualReview(Schema):
    """What the school recommends to the authority that keeps the EHC plan."""

    recommendation = Choice(
        "What does the school recommend to the authority?",
        "What the school suggests to the council",
        vocabulary="annual_recommendation",
        codes=every_code("annual_recommendation"),
    )
    reasons = Text("Reasons", "Why")
    differed = Text(
        "What others recommended that differs",
        "What others suggested",
        hint="Who, and what: the family’s view above all.",
    )


class Amendment(Schema):
    """One thing that should change in the EHC plan."""

    of = Line("Section of the EHC plan", hint="A letter from A to K.")
    change = Text("What should change")


SHAPE: Shape = shape_of(
    SCHEMA,
    (
        Section(
            "meeting",
            "The meeting",
            "The meeting",
            fields=Meeting,
            items=Attendance,
            item_label="Person",
            title=("name", "role"),
        ),
        Section("views", "Views", "What we said", fields=Views),
        Section(
            "outcomes",
            "Outcomes",
            "What we were aiming for",
            items=OutcomeReviewed,
            item_label="Outcome",
            family_item_label="Aim",
            title=("aim",),
        ),
        Section("overall", "What continues, changes and stops", "What we go on with", fields=Overall),
        Section("decision", "Decision", "What was decided", fields=Decision),
        Section(
            "annual",
            "Annual review of the EHC plan",
            "The EHC plan",
            fields=AnnualReview,
            items=Amendment,
            item_label="Amendment",
            family_item_label="Change",
            title=("of",),
            most_items=20,
        ),
    ),
)
BOXES = Boxes(SHAPE)
NOT_WRITTEN = frozenset({"aim"})
"""As the plan has it: shown, and never typed."""


def blank() -> Content:
    """The report nobody has written in yet."""
    return SHAPE.blank()


def whole(content: Content) -> Content:
    """A report that was begun before a section was asked for, with that section as one that is not needed."""
    sections = content["sections"]
    if sections.keys() == SHAPE.sections.keys():
        return content
    none = {name: {**held, "status": Status.NOT_NEEDED.value} for name, held in blank()["sections"].items()}
    return {**content, "sections": {name: sections.get(name, none[name]) for name in SHAPE.sections}}


def has_annual(content: Content) -> bool:
    """Whether this review is also the annual review of an EHC plan; older reports have no such section."""
    held = content["sections"].get("annual")
    return held is not None and held["status"] != Status.NOT_NEEDED
