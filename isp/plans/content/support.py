"""Sections about what is done and to what end: adjustments, outcomes, provision."""

from __future__ import annotations

from marshmallow import Schema

from isp.plans.vocabulary import every_code
from isp.records.fields import Choice, Day, Line, Link, Links, Pence, Reference, Text, Whole
from isp.records.shape import Section


class Adjustment(Schema):
    """One thing adults do or change every day."""

    needs = Links("For these needs", "This helps with", targets=("needs",))
    what = Text(
        "What adults do or change",
        "What adults do",
        hint="A reasonable adjustment or everyday strategy, so that a cover teacher could do it.",
        limit=1000,
    )
    where = Line("Where", hint="Lessons, corridors, lunch, trips, everywhere.")
    by_whom = Line("By whom", "Who does it")
    bank_entry = Reference("Entry of the adjustments bank", "From the school's list", staff_only=True)


class Outcome(Schema):
    """A long-term outcome, or a step towards one."""

    level = Choice("Level", vocabulary="outcome_level", codes=every_code("outcome_level"))
    under = Link(
        "Step towards",
        targets=("outcomes",),
        hint="The long-term outcome this is a step towards.",
        family_hint="What this is a step towards.",
    )
    ehcp_outcome = Reference("Outcome of the EHCP", "From the EHCP", hint="Kept in the EHCP, named here.")
    needs = Links("For these needs", "This is about", targets=("needs",))
    statement = Text(
        "Outcome",
        "The aim",
        hint="Who will do what, where, how well and by when. One idea; not the support itself.",
        family_hint="One thing to aim for.",
        limit=1000,
    )
    own_words = Text("In the pupil's own words", "In my own words", limit=1000)
    baseline = Text("Baseline", "Where I am now", hint="What they can do now, on what date.", limit=1000)
    target = Text("Target", "Where I want to get to", limit=1000)
    measure = Text("How it is measured", "How we will know", limit=1000)
    measured_by = Line("Measured by", "Who will check")
    due_on = Day("Due on", "By when")
    owner = Line("Owner", "Who looks after this", hint="Name and role: who makes sure that it happens.")
    result = Choice("Result", "How it went", vocabulary="result", codes=every_code("result"))
    result_note = Text(
        "About the result", "How it went, in words", hint="What was seen, and when.", limit=1000
    )


class Provision(Schema):
    """One piece of support, specified and quantified."""

    outcomes = Links("Towards these outcomes", "This is for", targets=("outcomes",))
    needs = Links("For these needs", "This helps with", targets=("needs",))
    name = Line("Name", "What it is called")
    bank_entry = Reference("Entry of the provision bank", "From the school's list", staff_only=True)
    what = Text("What is done", "What happens", hint="So that another adult could do it the same way.")
    delivered_by = Line("Delivered by (role)", "Who gives it", hint="A role, not only a name.")
    qualification = Line(
        "Qualification or training",
        "Their training",
        hint="Families read this too: write initials out, such as “on the register of therapists (HCPC)”.",
    )
    provider = Choice(
        "Provider",
        "Who provides it",
        vocabulary="provider",
        codes=every_code("provider"),
    )
    group_size = Whole("Group size", "How many children", least=1, most=40, hint="1 for one to one.")
    minutes = Whole("Minutes each time", "Minutes", least=1, most=600)
    times = Whole("Times", "How often", least=1, most=60)
    per = Choice("In each", vocabulary="per", codes=every_code("per"))
    weeks = Whole("Number of weeks", "For how many weeks", least=1, most=60)
    place = Choice("Place", "Where", vocabulary="place", codes=every_code("place"))
    start_on = Day("Start", "Starts")
    end_on = Day("End", "Ends")
    funding = Choice("Funding source", "Paid from", vocabulary="funding", codes=every_code("funding"))
    evidence_base = Text("Evidence base", "Why we think it works", limit=1000)
    cost = Pence("Cost", "Cost", most=100_000_00, cost=True, hint="In pounds, for the weeks above.")


ADJUSTMENTS = Section(
    "adjustments",
    "Adjustments and strategies",
    "What adults do every day",
    items=Adjustment,
    item_label="Adjustment",
    family_item_label="Everyday help",
    title=("what",),
)

OUTCOMES = Section(
    "outcomes",
    "Outcomes",
    "What we are aiming for",
    items=Outcome,
    item_label="Outcome",
    family_item_label="Aim",
    title=("statement",),
)

PROVISION = Section(
    "provision",
    "Provision",
    "Support",
    items=Provision,
    item_label="Provision",
    family_item_label="Support",
    title=("name", "what"),
)
