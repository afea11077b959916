"""Sections about the child as a person: about me, must know, the family's views."""

from __future__ import annotations

from marshmallow import Schema

from isp.plans.vocabulary import every_code
from isp.records.fields import Choice, Choices, Day, Flag, Line, Party, Text
from isp.records.shape import Section

OWN_WORDS = "Use the child's own words where you can."


class AboutMe(Schema):
    """The pupil, in their own words as far as can be."""

    preferred_name = Line("Preferred name", "What I like to be called", limit=100)
    communication = Text(
        "How they communicate, and how when distressed",
        "How I tell you things, and how I do when I am upset",
        hint="Speech, signs, symbols, a device, behaviour.",
    )
    strengths = Text("Strengths", "What I am good at", hint=OWN_WORDS)
    interests = Text("Interests", "What I like", hint=OWN_WORDS)
    matters = Text("What matters to them", "What matters to me", hint=OWN_WORDS)
    hard = Text("What makes it hard", "What makes things hard for me", hint=OWN_WORDS)
    sensory = Text(
        "Sensory needs",
        "Sounds, light, touch, tastes and smells",
        hint="What is sought and what is avoided: noise, light, touch, taste, smell, movement.",
        family_hint="What I like and what is too much for me.",
    )
    too_much = Text(
        "Signs that it is too much, and what to do then",
        "How you can tell it is too much for me, and what to do then",
        hint="What an adult sees first, what helps, what makes it worse.",
    )
    masking = Text(
        "Masking",
        "What I hide when it is hard",
        hint="How difficulty is hidden in school, and who has seen past it.",
        family_hint="Ways I look fine when I am not.",
    )
    after_school = Text("How they are after school", "How I am after school")
    best_support = Text("How best to support them", "How best to help me", hint=OWN_WORDS)
    aspirations = Text("Aspirations", "What I hope for", hint=OWN_WORDS)
    gathered_how = Choices(
        "How this was gathered",
        "How we found out",
        vocabulary="gathered",
        codes=every_code("gathered"),
    )
    gathered_on = Day("Gathered on", "When we found out")
    gathered_by = Line("Gathered by", "Who asked me", hint="Name and role.")


class MustKnow(Schema):
    """When the lines below are checked again."""

    review_on = Day(
        "Check these again on",
        "The school checks these again on",
        hint="The date by which somebody makes sure they still hold.",
    )


class MustKnowItem(Schema):
    """One thing any adult in the room must know."""

    subject = Choice("About", vocabulary="must_know", codes=every_code("must_know"))
    what = Text(
        "What any adult in the room must know",
        "What every adult must know",
        hint="What to look for, what to do, where the medicine or the plan is. A few lines.",
        limit=600,
    )


class FamilyView(Schema):
    """What one person of the family said on one occasion."""

    views = Text("Views", "What we think", hint="In the family's words.", family_hint="In your own words.")
    hopes = Text("Hopes", "What we hope for")
    works_at_home = Text("What works at home")
    family_will_do = Text("What the family will do", "What we will do")
    gathered_how = Choices(
        "How these were gathered",
        "How you told us",
        vocabulary="family_gathered",
        codes=every_code("family_gathered"),
    )
    gathered_on = Day("Gathered on", "When you told us")
    from_whom = Line("From whom", "Who said this", hint="Name, and who they are to the child.")
    limited_to_staff = Flag(
        "Only staff may read this",
        hint="Choose this where its author asks for it. The author always sees it too.",
        family_hint="Choose this if other people at home should not read it.",
    )
    given_by = Party("Whose words these are")


ABOUT_ME = Section("about_me", "About the pupil", "About me", fields=AboutMe)

MUST_KNOW = Section(
    "must_know",
    "Must know",
    "What every adult needs to know",
    fields=MustKnow,
    items=MustKnowItem,
    item_label="Thing to know",
    title=("what", "subject"),
    most_items=12,
)

FAMILY_VIEWS = Section(
    "family_views",
    "Family's views",
    "What the family says",
    items=FamilyView,
    item_label="Views",
    family_item_label="What we told the school",
    title=("from_whom",),
    limited="limited_to_staff",
    author="given_by",
    most_items=30,
)
