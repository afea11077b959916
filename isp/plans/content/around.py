"""Sections about others and about what comes: advice, health and care, exams, transition, review."""

from __future__ import annotations

from marshmallow import Schema

from isp.access.lenses import Label
from isp.plans.vocabulary import every_code
from isp.records.fields import Choice, Day, Line, Links, Reference, Text
from isp.records.shape import Section


class Advice(Schema):
    """What one professional advised, and what was taken up."""

    role = Line("Role", "Their job", hint="For example educational psychologist.")
    name = Line("Name", "Who")
    organisation = Line("Organisation", "Where they work")
    given_on = Day("Date", "When")
    summary = Text("Summary", "What they found", limit=4000)
    recommendations = Text("Recommendations", "What they suggest", limit=4000)
    adopted = Text(
        "What was adopted, and why not the rest",
        "What we took up, and why not the rest",
    )
    adopted_in = Links(
        "Adopted in",
        "Where you can see it in this plan",
        targets=("provision", "adjustments", "outcomes"),
    )
    document = Reference("Document", "The report")


class HealthAndCare(Schema):
    """What of health and care bears on learning."""

    affects_learning = Text(
        "Health: what affects learning",
        "How health affects learning",
        hint="What staff need to teach well; the rest belongs in the healthcare plan.",
        limit=4000,
    )
    care_involved = Text(
        "Social care involved", "Help from social care", hint="Who, in what role, since when."
    )


class OtherPlan(Schema):
    """Another plan about the pupil, by name only: its content stays where it is kept."""

    sort = Choice("Plan", vocabulary="other_plan", codes=every_code("other_plan"))
    name = Line("Name or subject", "What it is about")
    held_by = Line("Held by", "Who has it")
    review_on = Day("Review on", "Looked at again on")
    document = Reference("Document", "The plan itself")


class ExamAccess(Schema):
    """One arrangement for exams."""

    arrangement = Line("Arrangement", hint="For example 25% extra time, a reader, a separate room.")
    evidence = Text("Evidence", "Why")
    approved_on = Day("Approved on")
    expires_on = Day("Expires on", "Lasts until")


class Transition(Schema):
    """The next move."""

    to_what = Line("To what", "What comes next", hint="A year group, a school, a college, work, adult life.")
    when = Day("When")
    notes = Text("What the next setting needs to know", "What they need to know about me")


class TransitionStep(Schema):
    """One thing to do before the move."""

    what = Text("Step", "What we will do", limit=600)
    owner = Line("Owner", "Who does it")
    due_on = Day("Due on", "By when")


class Review(Schema):
    """When the plan is looked at again."""

    interval = Choice(
        "Interval",
        "How often we look at this plan",
        vocabulary="review_interval",
        codes=every_code("review_interval"),
    )
    next_review_on = Day("Next review on", "We meet next on")
    led_by = Line("Led by", "Who leads the meeting")


class Invitee(Schema):
    """Somebody to invite to the review."""

    who = Line("Who to invite", "Who is invited", hint="Name and role.")
    why = Line("What we ask of them", "What we ask them for")


ADVICE = Section(
    "advice",
    "Professional advice",
    "What specialists say",
    items=Advice,
    item_label="Advice",
    title=("role", "name"),
    sensitivity=Label.S1,
)

HEALTH_AND_CARE = Section(
    "health_and_care",
    "Health and care",
    "Health and care",
    fields=HealthAndCare,
    items=OtherPlan,
    item_label="Other plan",
    title=("name", "sort"),
    most_items=20,
    sensitivity=Label.S1,
)

EXAM_ACCESS = Section(
    "exam_access",
    "Exam access arrangements",
    "Help in exams",
    items=ExamAccess,
    item_label="Arrangement",
    title=("arrangement",),
    most_items=20,
)

TRANSITION = Section(
    "transition",
    "Transition",
    "Moving on",
    fields=Transition,
    items=TransitionStep,
    item_label="Step",
    title=("what",),
)

REVIEW = Section(
    "review",
    "Review",
    "When we look at this plan again",
    fields=Review,
    items=Invitee,
    item_label="Invitation",
    title=("who",),
    most_items=30,
)
