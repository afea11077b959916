"""The content of an EHC plan: the open schema ``ehcp/1``, with the sections of regulation 12(1).

A section is a list of entries with stable ids; what belongs together is linked: a need in B by the provision
in F and the outcomes in E, G to C, H1 and H2 to D. An entry that was taken over from the school's plan names
the item, its version and that version's digest (``from_item``, ``from_version``, ``from_digest``), so that
nobody mistakes a copy for the source. A field may be added, since an absent field is an empty one; anything
else makes ``ehcp/2``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import Schema

from isp.access.lenses import Label
from isp.ehcp.vocabulary import every_code
from isp.kernel.errors import Invalid
from isp.plans.vocabulary import NEED_CODE
from isp.records import items, loading
from isp.records.boxes import Boxes
from isp.records.days import Horizon
from isp.records.fields import (
    Choice,
    Choices,
    Cited,
    Day,
    Digest,
    Flag,
    Line,
    Links,
    Party,
    Pence,
    Reference,
    Text,
    Whole,
)
from isp.records.shape import Content, Item, Section, Shape, shape_of

SCHEMA = "ehcp/1"
KIND = "ehcp"
"""Of the record that holds it."""

ADULTHOOD = "Prepares for adulthood (from year 9)"


def _adulthood() -> Choices:
    return Choices(
        ADULTHOOD,
        "Helps to prepare for adult life",
        vocabulary="ehc_adulthood",
        codes=every_code("ehc_adulthood"),
    )


def _ordered() -> Flag:
    return Flag(
        "The Tribunal ordered these words",
        "A tribunal ordered these words",
        hint="Words that were ordered stay as they are: the wording check lets them pass.",
    )


def _advice() -> Links:
    return Links("Rests on this advice", "Where this comes from", targets=("k",))


class Taken(Schema):
    """Where an entry comes from: an item of the school's plan, in one version of it."""

    from_item = Reference("Taken from the school’s plan", "From the school’s plan")
    from_version = Reference("Version of the school’s plan", "Which plan of the school")
    from_digest = Digest("Digest of that version", "Mark of that plan")


class View(Taken):
    """A: what somebody says, in their own words.

    Words that one of the family wrote here herself, or that the school's plan holds, stay as they are:
    ``came`` says which, and nobody else types in them.
    """

    whose = Choice("Whose words", "Whose words", vocabulary="ehc_whose", codes=every_code("ehc_whose"))
    about = Choice("About", "About", vocabulary="ehc_about", codes=every_code("ehc_about"))
    words = Text("In their words", "In our words", hint="As it was said or shown.", limit=4000)
    said_by = Party("Said by", "Who said it")
    came = Cited("How the words came here", "How this came here")
    gathered = Choices(
        "How it was gathered", "How we found out", vocabulary="gathered", codes=every_code("gathered")
    )
    gathered_on = Day("Gathered on", "When")
    gathered_by = Line("Gathered by", "Who asked", hint="Name and role.")


class Need(Taken):
    """B: one special educational need."""

    need = Text(
        "Special educational need",
        "What is hard",
        hint="One need, and what it means for learning. Every need that was found stands here.",
        limit=4000,
    )
    strengths = Text("What goes well in this", "What goes well", limit=2000)
    code = Choice("Type of need", "How it is recorded", vocabulary=NEED_CODE, codes=every_code(NEED_CODE))
    rank = Choice(
        "Rank in the yearly return",
        "How important",
        vocabulary="need_rank",
        codes=every_code("need_rank"),
        hint="Leave it open where the return is not told of this need.",
    )
    advice = _advice()
    wording_ordered = _ordered()


class HealthNeed(Schema):
    """C: one health need that goes with the special educational needs."""

    need = Text("Health need", "What is hard", limit=4000)
    needs = Links("Goes with these needs in B", "Goes with", targets=("b",))
    advice = _advice()


class CareNeed(Schema):
    """D: one social care need that goes with the special educational needs or a disability."""

    need = Text("Social care need", "What is hard", limit=4000)
    needs = Links("Goes with these needs in B", "Goes with", targets=("b",))
    advice = _advice()


class Outcome(Taken):
    """E: one outcome."""

    needs = Links("For these needs", "This is about", targets=("b",))
    statement = Text(
        "Outcome",
        "The aim",
        hint="Who will do what, where, how well and by when. One idea; not the support itself.",
        limit=2000,
    )
    baseline = Text("Baseline", "Where I am now", limit=1000)
    target = Text("Target", "Where I want to get to", limit=1000)
    measure = Text("How it is measured", "How we will know", limit=1000)
    due_on = Day("Due on", "By when")
    adulthood = _adulthood()
    advice = _advice()
    wording_ordered = _ordered()


class Support(Schema):
    """What is common to provision of every kind: specified, and quantified."""

    what = Text(
        "What is provided",
        "What happens",
        hint="So that nobody need ask: what is done, for whom, and how it is watched over.",
        limit=4000,
    )
    delivered_by = Line("Delivered by (role)", "Who gives it")
    qualification = Line("Qualification or training", "Their training")
    group_size = Whole("Group size", "How many children", least=1, most=40, hint="1 for one to one.")
    minutes = Whole("Minutes each time", "Minutes", least=1, most=600)
    times = Whole("Times", "How often", least=1, most=60)
    per = Choice("In each", vocabulary="per", codes=every_code("per"))
    weeks = Whole("Number of weeks a year", "For how many weeks", least=1, most=60)
    start_on = Day("Start", "Starts")
    end_on = Day("End", "Ends")
    adulthood = _adulthood()
    advice = _advice()


class Provision(Taken, Support):
    """F: special educational provision. What educates or trains stands here, whoever gives it (s.21(5))."""

    needs = Links("For these needs in B", "This helps with", targets=("b",))
    outcomes = Links("Towards these outcomes in E", "This is for", targets=("e",))
    provider = Choice("Provider", "Who provides it", vocabulary="provider", codes=every_code("provider"))
    place = Choice("Place", "Where", vocabulary="place", codes=every_code("place"))
    wording_ordered = _ordered()


class HealthProvision(Support):
    """G: health provision that the health body agreed to (regulation 12(2))."""

    needs = Links("For these needs in C", "This helps with", targets=("c",))
    outcomes = Links("Towards these outcomes in E", "This is for", targets=("e",))


class CareProvision(Support):
    """H1 and H2: social care provision."""

    needs = Links("For these needs in D", "This helps with", targets=("d",))
    outcomes = Links("Towards these outcomes in E", "This is for", targets=("e",))


class Setting(Schema):
    """I: name and type of a setting, or its type alone."""

    name = Line("Name", "School or college", hint="Leave it empty where only the type is named.")
    type = Choice(
        "Type", "What kind of place", vocabulary="ehc_setting_type", codes=every_code("ehc_setting_type")
    )
    urn = Line("Unique reference number", "Its number", limit=8, hint="Six figures, where it has one.")
    from_on = Day("From", "From")
    wording_ordered = _ordered()


class Budget(Schema):
    """J: whether there is a personal budget, and how it is looked at."""

    has_budget = Flag("There is a personal budget", "We have a personal budget")
    about = Text("About the personal budget", "About the money", limit=2000)
    packages = Choices(
        "Specialist Provision Packages (proposed)",
        "Packages of support (proposed)",
        vocabulary="ehc_package",
        codes=every_code("ehc_package"),
        hint="A proposal of 2026 and no law: choose none, or several.",
    )


class Payment(Schema):
    """J: one arrangement that secures provision with money."""

    paid = Choice("Arrangement", "How", vocabulary="ehc_paid", codes=every_code("ehc_paid"))
    fund = Choice(
        "Paid from",
        "Whose money it is",
        vocabulary="ehc_fund",
        codes=every_code("ehc_fund"),
        hint="Left open, the yearly return goes by the provision that it secures.",
    )
    what = Text("What it is for", limit=2000)
    needs = Links("Needs that it meets", "This helps with", targets=("b", "c", "d"))
    outcomes = Links("Outcomes that it meets", "This is for", targets=("e",))
    provision = Links("Provision that it secures", "What it pays for", targets=("f", "g", "h1", "h2"))
    amount = Pence("Amount in a year", "How much in a year", most=1_000_000_00)
    paid_to = Line("Paid to", "Who gets the money", hint="A role: the parent, the young person, a nominee.")
    from_on = Day("From")
    review_on = Day("Looked at again on")


class Advice(Schema):
    """K: one piece of advice that the plan rests on; the advice itself is appended (regulation 12(4)).

    Advice that was given in the case here is named by its id, its version and that version's digest, and its
    particulars are then nobody's to type; advice that is not on this system is written in by hand.
    """

    sort = Choice("Under regulation 6(1)", "From", vocabulary="ehc_advice", codes=every_code("ehc_advice"))
    author = Line("Author", "Who wrote it")
    role = Line("Role and organisation", "Their job")
    title = Line("What it is", "What it is")
    given_on = Day("Date", "When")
    which = Cited("Version and code", "Which one")
    advice = Reference("The advice", "The advice")
    version = Reference("Version of the advice", "Which advice")
    document = Reference("The document", "The report")
    digest = Digest("Digest of that version or document", "Mark of that advice or report")


SHAPE: Shape = shape_of(
    SCHEMA,
    (
        Section(
            "a",
            "A. Views, interests and aspirations",
            "A. What we say, and what we hope for",
            items=View,
            item_label="Words",
            title=("words", "about"),
            author="said_by",
        ),
        Section(
            "b",
            "B. Special educational needs",
            "B. What is hard in learning",
            items=Need,
            item_label="Need",
            title=("need",),
        ),
        Section(
            "c",
            "C. Health needs",
            "C. Health",
            items=HealthNeed,
            item_label="Health need",
            title=("need",),
            sensitivity=Label.S1,
        ),
        Section(
            "d",
            "D. Social care needs",
            "D. Help from social care: what is hard",
            items=CareNeed,
            item_label="Social care need",
            title=("need",),
            sensitivity=Label.S1,
        ),
        Section(
            "e",
            "E. Outcomes",
            "E. What we are aiming for",
            items=Outcome,
            item_label="Outcome",
            family_item_label="Aim",
            title=("statement",),
        ),
        Section(
            "f",
            "F. Special educational provision",
            "F. Help with learning",
            items=Provision,
            item_label="Provision",
            family_item_label="Help",
            title=("what",),
            most_items=100,
        ),
        Section(
            "g",
            "G. Health provision",
            "G. Help from health",
            items=HealthProvision,
            item_label="Health provision",
            family_item_label="Help",
            title=("what",),
            sensitivity=Label.S1,
        ),
        Section(
            "h1",
            "H1. Social care provision under section 2 of the 1970 Act",
            "H1. Help from social care that must be given",
            items=CareProvision,
            item_label="Social care provision",
            family_item_label="Help",
            title=("what",),
            sensitivity=Label.S1,
        ),
        Section(
            "h2",
            "H2. Other social care provision",
            "H2. Other help from social care",
            items=CareProvision,
            item_label="Social care provision",
            family_item_label="Help",
            title=("what",),
            sensitivity=Label.S1,
        ),
        Section(
            "i",
            "I. Placement",
            "I. School or college",
            items=Setting,
            item_label="Setting",
            title=("name", "type"),
            most_items=2,
        ),
        Section(
            "j",
            "J. Personal budget and direct payments",
            "J. Money that we look after ourselves",
            fields=Budget,
            items=Payment,
            item_label="Arrangement",
            title=("what", "paid"),
            most_items=20,
        ),
        Section(
            "k",
            "K. Advice and information",
            "K. What the plan rests on",
            items=Advice,
            item_label="Advice",
            title=("title", "author", "sort"),
            most_items=100,
        ),
    ),
)
BOXES = Boxes(SHAPE)
HEALTH, CARE = ("c", "g"), ("d", "h1", "h2")
BLANK_IN_DRAFT = "i"
"""A draft names no setting (section 38(2)(b))."""


def blank() -> Content:
    """The plan nobody has written in yet."""
    return SHAPE.blank()


def load(content: Any, horizon: Horizon | None = None, *, loaded_before: Content | None = None) -> Content:
    """A plan from outside, strictly, in normal form. Raises Invalid with a sentence for every field."""
    return loading.load(content, SHAPE, horizon, loaded_before=loaded_before)


def read(stored: Content) -> Content:
    """A stored plan as one of today's schema. Raises Invalid for one from a later time."""
    if stored["schema"] != SCHEMA:
        raise Invalid(
            f"This plan was written in the form {stored['schema']}, which this installation cannot read."
            " Ask whoever runs it to bring it up to date."
        )
    return stored


def new_item(
    section: str, item: UUID | str, place: str, fields: Mapping[str, Any], horizon: Horizon | None = None
) -> Item:
    """An item of a section's list: see ``records.items``."""
    return items.new_item(SHAPE, section, item, place, fields, horizon)


def without_setting(content: Content) -> Content:
    """The same with section I blank, as a draft is sent."""
    sections = {**content["sections"], BLANK_IN_DRAFT: blank()["sections"][BLANK_IN_DRAFT]}
    return {**content, "sections": sections}


def items_of(content: Content, section: str) -> list[Item]:
    """The entries of a section; none where the reader may not see it."""
    found: list[Item] = content["sections"].get(section, {}).get("items", [])
    return found
