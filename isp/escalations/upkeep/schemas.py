"""What the pages about a plan in force ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from isp.escalations import plan_rules
from isp.escalations import upkeep_clock as clock
from isp.escalations.plan_schemas import residential_asked, within_asked, work_based_asked
from isp.escalations.upkeep import ceasing_rules, moving, orders, out_of_school, placing, reassessing
from isp.escalations.upkeep.rules import INVITEES, OUTCOMES, WORDS_LIMIT
from isp.web.asking import FormSchema, asks

_WORDS = validate.Length(max=WORDS_LIMIT)


def _day(label: str, noun: str, hint: str | None = None, *, required: bool = True) -> fields.Date:
    more: dict[str, Any] = {"required": True} if required else {"load_default": None}
    return fields.Date(**more, metadata=asks(label, noun=noun, hint=hint))


def _words(
    label: str, noun: str, hint: str | None = None, *, required: bool = True, rows: int = 4
) -> fields.String:
    more: dict[str, Any] = {"required": True} if required else {"load_default": ""}
    return fields.String(**more, validate=_WORDS, metadata=asks(label, noun=noun, hint=hint, rows=rows))


def _one(label: str, noun: str, choices: Mapping[str, str], hint: str | None = None) -> fields.String:
    return fields.String(
        required=True,
        metadata=asks(label, noun=noun, hint=hint, choices=tuple(choices.items()), kind="radios"),
    )


def _many(label: str, noun: str, choices: Mapping[str, str], hint: str | None = None) -> fields.List[str]:
    return fields.List(
        fields.String(),
        load_default=list,
        metadata=asks(label, noun=noun, hint=hint, choices=tuple(choices.items()), kind="checkboxes"),
    )


class OpenReviewSchema(FormSchema):
    """Which review, and by when."""

    kind = _one(
        "What kind of review is it?",
        "the kind of review",
        {code: words for code, words in clock.KIND_WORDS.items() if code != clock.CHANGE},
    )
    due_on = _day(
        "By when is it to be finished, if sooner than the law says?",
        "the day",
        "Leave this empty for the day of the law.",
        required=False,
    )


class InviteSchema(FormSchema):
    """The invitations."""

    meeting_on = _day("On which day is the meeting?", "the day of the meeting")
    sent_on = _day("When were the invitations sent?", "the day of the invitations")
    invited = _many("Who is invited?", "who is invited", INVITEES)
    not_invited = _words(
        "Why is one of them not invited?",
        "why not",
        "Only where somebody is left out.",
        required=False,
        rows=2,
    )
    why_short = _words(
        "Why was there less than two weeks’ notice?", "why", "Only where there was.", required=False, rows=2
    )


class PapersSchema(FormSchema):
    """The advice went round."""

    sent_on = _day("When was the advice sent round?", "the day")
    missing = _words(
        "Whose advice did not come?", "whose advice", "Leave this empty if all came.", required=False, rows=2
    )
    why_late = _words(
        "Why did it go round less than two weeks before the meeting?",
        "why",
        "Only where it did.",
        required=False,
        rows=2,
    )


class MeetingSchema(FormSchema):
    """What the meeting said."""

    held_on = _day("On which day was the meeting?", "the day of the meeting")
    attended = _many("Who came?", "who came", INVITEES)
    views = _words("What do the child, and the family or young person, think?", "what they think", rows=6)
    progress = _words(
        "What progress was there towards each outcome, and are the outcomes still right?",
        "the progress",
        rows=8,
    )
    adulthood = _words(
        "How does the plan prepare for adulthood?",
        "preparing for adulthood",
        "From year 9 on: work, living on one’s own, being part of the community, health.",
        required=False,
    )


class ReportSchema(FormSchema):
    """The report of the meeting."""

    sent_on = _day(
        "When was the report sent?", "the day", "To the authority and to everybody who was invited."
    )
    recommends = _one("What does it recommend?", "what it recommends", OUTCOMES)
    report = _words(
        "Which changes does it recommend, and where do views differ?",
        "the changes",
        "May stay empty where the school’s own report of its review says so.",
        required=False,
        rows=8,
    )
    version_id = fields.UUID(
        load_default=None,
        metadata=asks(
            "Is it the report of the school’s own review?",
            noun="the school’s report",
            hint="The authority may then read that version of it.",
            kind="radios",
        ),
    )


class OutcomeSchema(FormSchema):
    """The authority's decision after a review."""

    outcome = _one("What becomes of the plan?", "what becomes of the plan", OUTCOMES)
    reasons = _words("What are the reasons?", "the reasons", "The family and the school read them.", rows=6)
    decided_on = _day(
        "On which day was the decision sent?", "the day", "The review ends on it, and the next year begins."
    )


class CancelSchema(FormSchema):
    """Why a review is called off."""

    reason = _words("Why is the review called off?", "why", "The duty to review the plan stays.")


class NoticeSchema(FormSchema):
    """The notice of proposed amendments."""

    notice_on = _day("When was the notice sent?", "the day", "With the plan and the evidence.")
    changes = _words("What is proposed to change, and on what evidence?", "the changes", rows=8)


def _school(label: str) -> fields.UUID:
    return fields.UUID(
        load_default=None, allow_none=True, metadata=asks(label, noun="the school", kind="select")
    )


def _number() -> fields.String:
    return fields.String(
        load_default="",
        validate=validate.Length(max=6),
        metadata=asks(
            "Or, of a school elsewhere, its number (URN)", noun="the number", width=10, inputmode="numeric"
        ),
    )


def _kind(label: str, codes: Mapping[str, str]) -> fields.String:
    return fields.String(
        load_default="",
        metadata=asks(label, noun="the kind of arrangement", kind="select", choices=tuple(codes.items())),
    )


def _called() -> fields.String:
    return fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata=asks("Name of the setting, where it is elsewhere", noun="the name of the setting"),
    )


class NamesSchema(FormSchema):
    """Which setting section I names, where that is another one than before."""

    school_id = _school("If section I names another school now: which one on this service?")
    urn = _number()
    code = _kind("Or, where no school is named, the kind of arrangement", plan_rules.SETTING_CODES)
    name = _called()
    within = within_asked()
    residential = residential_asked()
    work_based = work_based_asked()
    from_on = _day(
        "From which day does the plan name it?",
        "the first day",
        "Leave this empty for the day of the plan. For a change of phase, the first day there, such as 1 9 "
        "2027.",
        required=False,
    )


class AmendedSchema(NamesSchema):
    """The amended plan."""

    on = _day("When was the amended plan sent?", "the day")
    answered = fields.Boolean(
        load_default=False,
        metadata=asks(
            "The family has said what it thinks of the changes",
            hint="It has fifteen days, beginning with the day of the notice.",
        ),
    )


class OrderDoneSchema(NamesSchema):
    """What was ordered was done."""

    on = _day("On which day was it done?", "the day")


class NamedSchema(FormSchema):
    """Which setting a plan names that came from elsewhere."""

    school_id = _school("Which school on this service does section I name?")
    urn = _number()
    code = _kind("Or, where no school is named, the kind of arrangement", plan_rules.SETTING_CODES)
    name = _called()
    within = within_asked()
    residential = residential_asked()
    work_based = work_based_asked()
    from_on = _day("Since which day does the plan name it?", "the first day")


class StartedSchema(FormSchema):
    """The child has started at a setting."""

    setting = fields.String(
        required=True,
        metadata=asks("Where has the child started?", noun="where the child has started", kind="radios"),
    )
    school_id = _school("If somewhere else: which school on this service?")
    urn = _number()
    code = _kind("Or what it is instead", plan_rules.PLACED_CODES)
    name = _called()
    within = within_asked()
    residential = residential_asked()
    work_based = work_based_asked()
    rank = _one("Is it the child’s main setting?", "whether it is the main one", placing.RANKS)
    on = _day("What was the first day there?", "the first day")


class ForNowSchema(FormSchema):
    """Another setting after a move, until the plan is amended."""

    school_id = _school("Which school on this service does the child attend now?")
    urn = _number()
    code = _kind("Or what it is instead", plan_rules.PLACED_CODES)
    name = _called()
    within = within_asked()
    residential = residential_asked()
    work_based = work_based_asked()
    on = _day("What is the first day there?", "the first day")
    why = _words(
        "Why can the setting that the plan names not be attended now?", "why", "The family reads it."
    )


class LeftSchema(FormSchema):
    """The child has left a setting."""

    placement = fields.String(
        required=True,
        metadata=asks("Which setting has the child left?", noun="the setting", kind="radios"),
    )
    on = _day("What was the last day there?", "the last day")


class NotAmendedSchema(FormSchema):
    """No amendment after the notice."""

    on = _day("When was the family told?", "the day")
    reasons = _words("Why is the plan not amended after all?", "why", "The family reads it.")


class ConsiderSchema(FormSchema):
    """The end of a plan is being considered."""

    reason = fields.String(
        required=True,
        metadata=asks(
            "Under which reason would it end?",
            noun="the reason",
            choices=tuple(ceasing_rules.TO_CHOOSE.items()),
            kind="radios",
        ),
    )
    considering_on = _day("When was the letter sent?", "the day of the letter")
    why = _words("Why might the plan end?", "why", "The family and the school read it.", rows=6)


class AnswerSchema(FormSchema):
    """An answer to it."""

    who = _one(
        "Who answered?",
        "who answered",
        {"family": "The family or young person", "school": "The school or setting"},
    )
    on = _day("On which day?", "the day")
    said = _words("What did they say?", "what they said", "Or say that no answer came.")


class CeaseSchema(FormSchema):
    """The decision that the plan ceases."""

    decided_on = _day("On which day was the decision sent?", "the day", "The time to appeal runs from it.")
    reasons = _words("What are the reasons?", "the reasons", "The family and the school read them.", rows=6)


class GoOnSchema(FormSchema):
    """The plan goes on."""

    on = _day("Since which day is that clear?", "the day")
    reasons = _words("Why does the plan go on?", "why", "The family reads it.")


class DaySchema(FormSchema):
    """A day alone: the plan's last, that of a death, that of a transfer, or on which an order was done."""

    on = _day("On which day?", "the day")


class AskAgainSchema(FormSchema):
    """A school's or a family's request for a re-assessment."""

    reasons = _words(
        "Why is a re-assessment needed?", "why", "What has changed since the plan was written.", rows=6
    )


class AskedAgainSchema(FormSchema):
    """The same where it came by mail."""

    source = _one("Who asked?", "who asked", reassessing.SOURCES)
    received_on = _day("When was the request received?", "the day it was received")
    reasons = _words("What reasons were given?", "the reasons", rows=6)


class ReassessSchema(FormSchema):
    """The answer to it."""

    decision = _one(
        "Will there be a re-assessment?",
        "whether there will be one",
        {reassessing.AGREE: "Yes, a re-assessment begins", reassessing.REFUSE: "No"},
    )
    refusal = fields.String(
        load_default=None,
        metadata=asks(
            "If not: on which ground?",
            noun="the ground",
            choices=tuple(reassessing.REFUSALS.items()),
            kind="radios",
        ),
    )
    reasons = _words("What are the reasons?", "the reasons", "The family and the school read them.", rows=6)
    decided_on = _day("On which day was the answer sent?", "the day")


class MoveSchema(FormSchema):
    """The child moves to another authority."""

    to_la = fields.String(
        required=True,
        validate=validate.Length(max=3),
        metadata=asks(
            "Which authority does the child move to?",
            noun="the authority",
            hint="Its three digits, such as 201.",
            width=3,
            inputmode="numeric",
        ),
    )
    known_on = _day("When did this authority learn of it?", "the day")
    moves_on = _day("On which day does, or did, the child move?", "the day of the move")


def _name(label: str, noun: str, hint: str | None = None) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(max=moving.NAME_LIMIT),
        metadata=asks(label, noun=noun, hint=hint),
    )


class CollegeSchema(FormSchema):
    """The young person moves to another college."""

    to = _name("Which college or other institution?", "which college")
    known_on = _day("When did this authority learn of it?", "the day")
    moves_on = _day("On which day does the young person move?", "the day of the move")


class HealthBodySchema(FormSchema):
    """Another health body becomes responsible."""

    old = _name("Which health body has been responsible?", "the health body so far")
    new = _name("Which one becomes responsible?", "the new health body")
    known_on = _day("When did the old one learn of it?", "the day it was known")
    changes_on = _day("From which day is the new one responsible?", "the day of the change")


class HealthToldSchema(FormSchema):
    """The new body was told, and answers."""

    on = _day("When was the new health body told?", "the day")
    answer = _one("What does it say?", "what it says", moving.ANSWERS)
    said = _words("In its own words", "its words", "Needed where it cannot arrange it.", required=False)


class ReasonSchema(FormSchema):
    """Why something does not take place."""

    reason = _words("Why?", "why", rows=3)


class TellSchema(FormSchema):
    """What the new authority told the family."""

    told_on = _day("When was the family told?", "the day")
    will_assess = _one("Will the authority assess the child anew?", "an answer", {"yes": "Yes", "no": "No"})
    review_by = _day("By when will the plan be reviewed?", "the day")


class OrderSchema(FormSchema):
    """What the Tribunal ordered."""

    act = _one(
        "What was ordered, or conceded?",
        "what was ordered",
        {one.value: words for one, words in orders.ORDERS.items()},
    )
    on = _day("What is the date of the order, or of giving way?", "the date")


class PhaseSchema(FormSchema):
    """When the child changes phase."""

    kind = _one(
        "Does the child change phase?",
        "whether the child changes phase",
        {
            clock.POST_16: "Yes, from secondary school to education after 16",
            clock.OTHER_PHASE: "Yes, to another phase of school",
            "none": "No, not in that year",
        },
    )
    year = fields.Integer(
        required=True,
        validate=validate.Range(min=2015, max=2100),
        metadata=asks("In which year?", noun="the year", hint="Of the September, such as 2027.", width=4),
    )


class ListsSchema(FormSchema):
    """The term whose reviews are listed."""

    term_from = _day("On which day does the term begin?", "the first day of the term")
    term_to = _day("On which day does it end?", "the last day of the term")


class ReportedOutSchema(FormSchema):
    """A child is out of school, or there part of the time."""

    sort = _one("How is it?", "how it is", out_of_school.SORTS)
    since_on = _day("Since which day?", "the first day")
    hours = fields.Integer(
        load_default=None,
        validate=validate.Range(min=0, max=40),
        metadata=asks("How many hours a week is the child taught?", noun="the hours", width=2),
    )
    what = _words("What is known, and what has the child had since?", "what is known", rows=6)


class OutDecisionSchema(FormSchema):
    """What the authority does."""

    decision = _one("What does the authority do?", "what it does", out_of_school.DECISIONS)
    decided_on = _day("On which day was it decided?", "the day")
    review_on = _day("When is it looked at again?", "the day", "Within 12 weeks.")
    reasons = _words("What are the reasons?", "the reasons", "The family and the school read them.", rows=6)


class LookAgainSchema(FormSchema):
    """The decision was looked at again."""

    on = _day("On which day was it looked at?", "the day")
    review_on = _day("When is the next time?", "the day", "Within 12 weeks.")
    found = _words("What was found?", "what was found", "And whether the decision stands.", rows=6)


class CloseOutSchema(FormSchema):
    """It is over."""

    why = _one("Why is it over?", "why", out_of_school.CLOSED_WHY)
    on = _day("Since which day?", "the day")
