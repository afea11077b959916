"""What the pages from an assessment to a plan ask."""

from __future__ import annotations

from collections.abc import Mapping

from marshmallow import fields, validate

from isp.escalations.disputes import KIND_WORDS
from isp.escalations.plan_rules import ISSUE, NO_PLAN, NONE, RESIDENTIAL, SETTING_CODES, WITHIN, WORK_BASED
from isp.escalations.rules import REASONS_LIMIT
from isp.web.asking import Choice, FormSchema, asks

_LONG = validate.Length(max=REASONS_LIMIT)


def _day(label: str, noun: str, hint: str | None = None) -> fields.Date:
    return fields.Date(required=True, metadata=asks(label, noun=noun, hint=hint))


class PlanDecisionSchema(FormSchema):
    """The test of section 37(1), and the decision that follows from it."""

    necessary = fields.String(
        required=True,
        metadata=asks(
            "Legal test: in the light of the assessment, is it necessary for special educational provision "
            "to be made in accordance with an EHC plan?",
            noun="an answer to the legal test",
            choices=(("yes", "Yes"), ("no", "No")),
        ),
    )
    decision = fields.String(
        required=True,
        metadata=asks(
            "What is the decision?",
            noun="the decision",
            choices=(
                Choice(ISSUE, "There is to be an EHC plan", "The draft is written next"),
                Choice(NO_PLAN, "There is to be no EHC plan", "The family may appeal"),
            ),
        ),
    )
    reasons = fields.String(
        required=True,
        validate=_LONG,
        metadata=asks(
            "What are the reasons?",
            noun="the reasons",
            hint="The family and the school read them. Say what in the advice led you here.",
            rows=8,
        ),
    )
    on = _day("What is the date of the decision?", "the date of the decision", "As it stands on the letter")


class AgainDecisionSchema(FormSchema):
    """What becomes of the plan after a re-assessment."""

    decision = fields.String(
        required=True,
        metadata=asks(
            "What becomes of the plan?",
            noun="what becomes of the plan",
            choices=(
                Choice(ISSUE, "It is amended or replaced", "The draft is written next"),
                Choice(NO_PLAN, "It stays as it is", "The family may appeal"),
            ),
        ),
    )
    reasons = fields.String(
        required=True,
        validate=_LONG,
        metadata=asks(
            "What are the reasons?",
            noun="the reasons",
            hint="The family and the school read them. Say what in the advice led you here.",
            rows=8,
        ),
    )
    on = _day("What is the date of the decision?", "the date of the decision", "As it stands on the letter")


class BegunSchema(FormSchema):
    """The family has been told that the assessment begins."""

    on = _day("On which day was the family told?", "the day on which the family was told")


class SendDraftSchema(FormSchema):
    """The draft was served."""

    on = _day(
        "On which day is the draft served on the family?",
        "the day on which the draft is served",
        "The family’s 15 days begin with this day.",
    )


class FamilyAnswerSchema(FormSchema):
    """What a parent or young person says of the draft."""

    said = fields.String(
        load_default="",
        validate=_LONG,
        metadata=asks(
            "What do you think of the draft?",
            noun="what you think",
            hint="What is missing, what is wrong, what is good. Your own words will do.",
            rows=8,
        ),
    )
    setting = fields.String(
        load_default="",
        validate=_LONG,
        metadata=asks(
            "Which school or college do you want the plan to name?",
            noun="the school or college",
            hint="You can leave this empty. You may say why.",
            rows=3,
        ),
    )
    meeting = fields.Boolean(
        load_default=False, metadata=asks("I want to meet somebody from the council about the draft")
    )


class FiledAnswerSchema(FormSchema):
    """The same, filed by the officer from mail."""

    said = fields.String(
        load_default="",
        validate=_LONG,
        metadata=asks("What does the family say of the draft?", noun="what the family says", rows=8),
    )
    setting = fields.String(
        load_default="",
        validate=_LONG,
        metadata=asks("Which school or other setting does it ask for?", noun="the setting", rows=3),
    )
    meeting = fields.Boolean(load_default=False, metadata=asks("The family asks to meet an officer"))
    on = _day("On which day did it come?", "the day on which it came")


class MeetingSchema(FormSchema):
    """An officer met the family."""

    on = _day("On which day was the meeting?", "the day of the meeting")
    said = fields.String(
        load_default="",
        validate=_LONG,
        metadata=asks("What was said?", noun="what was said", rows=6),
    )


class ConsultSchema(FormSchema):
    """A setting to consult: of this system, or elsewhere."""

    school_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata=asks(
            "Which school, if it uses this service?",
            noun="the school",
            kind="select",
            hint="It reads the draft here, and answers here.",
        ),
    )
    name = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata=asks(
            "Which school or other setting, if it does not?",
            noun="the name of the setting",
            hint="You send it the draft, and file its answer.",
        ),
    )
    sent_on = _day("On which day is it consulted?", "the day on which it is consulted")


class SettingAnswerSchema(FormSchema):
    """Whether a setting can take the child."""

    said = fields.String(
        required=True,
        metadata=asks(
            "Can the school or other setting take the child?",
            noun="an answer",
            choices=(("yes", "Yes"), ("no", "No")),
        ),
    )
    reasons = fields.String(
        load_default="",
        validate=_LONG,
        metadata=asks(
            "What are the reasons?",
            noun="the reasons",
            hint=(
                "Of a no: unsuitable for the child’s age, ability, aptitude or needs, or incompatible with "
                "the efficient education of others or the efficient use of resources (section 39(4))."
            ),
            rows=5,
        ),
    )


class FiledSettingAnswerSchema(SettingAnswerSchema):
    """The same, filed by the officer from mail."""

    on = _day("On which day did the answer come?", "the day on which the answer came")


def within_asked() -> fields.String:
    return _of_the_place(
        "Is the place in a SEN unit or in resourced provision?",
        "where in the school the place is",
        {**WITHIN, NONE: "Neither"},
        "The yearly return tells of it. Left open, it is as it was; of a new place, neither.",
    )


def residential_asked() -> fields.String:
    return _of_the_place(
        "Is it a residential place?",
        "whether it is residential",
        {**RESIDENTIAL, NONE: "No"},
        "Left open, it is as it was; of a new place, no.",
    )


def work_based_asked() -> fields.String:
    return _of_the_place(
        "Is it learning at work?",
        "whether it is learning at work",
        {**WORK_BASED, NONE: "No"},
        "Left open, it is as it was; of a new place, no.",
    )


def _of_the_place(label: str, noun: str, choices: Mapping[str, str], hint: str) -> fields.String:
    return fields.String(
        load_default="",
        metadata=asks(label, noun=noun, hint=hint, kind="select", choices=tuple(choices.items())),
    )


class IssueSchema(FormSchema):
    """The final plan, and the setting that it names."""

    school_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata=asks("Which school on this service does section I name?", noun="the school", kind="select"),
    )
    urn = fields.String(
        load_default="",
        validate=validate.Length(max=6),
        metadata=asks(
            "Or, of a school elsewhere, its number (URN)", noun="the number", width=10, inputmode="numeric"
        ),
    )
    code = fields.String(
        load_default="",
        metadata=asks(
            "Or, where no school is named, the kind of arrangement",
            noun="the kind of arrangement",
            kind="select",
            choices=tuple(SETTING_CODES.items()),
        ),
    )
    name = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata=asks("Name of the setting, where it is elsewhere", noun="the name of the setting"),
    )
    within = within_asked()
    residential = residential_asked()
    work_based = work_based_asked()
    on = _day("On which day is the final plan sent?", "the day on which the final plan is sent")


class EndSchema(FormSchema):
    """Why a case ends without a decision."""

    why = fields.String(
        required=True,
        metadata=asks(
            "Why does the case end?",
            noun="why",
            choices=(
                ("withdrawn", "The request is withdrawn"),
                ("moved", "The child has moved to another authority"),
                ("died", "The child or young person has died"),
            ),
        ),
    )
    moved_to = fields.String(
        load_default="",
        validate=validate.Regexp(r"^([0-9]{3})?$", error="An authority’s number has three digits"),
        metadata=asks(
            "To which authority, if the child has moved?",
            noun="the authority",
            hint="Its number of three digits, for example 330",
            inputmode="numeric",
            width=3,
        ),
    )
    on = _day("On which day?", "the day")
    said = fields.String(
        load_default="", validate=_LONG, metadata=asks("What is known of it?", noun="what is known", rows=3)
    )


class DisputeSchema(FormSchema):
    """Mediation or an appeal begins."""

    kind = fields.String(
        required=True,
        metadata=asks(
            "What is it?", noun="what it is", choices=tuple((k.value, w) for k, w in KIND_WORDS.items())
        ),
    )
    about = fields.String(
        required=True, metadata=asks("What is it about?", noun="what it is about", kind="radios")
    )
    on = _day(
        "On which day did it begin?",
        "the day on which it began",
        "Of mediation: when the adviser or the authority was told. Of an appeal: when it was registered.",
    )
    decision_on = fields.Date(
        load_default=None,
        allow_none=True,
        metadata=asks(
            "What is the date on the decision?",
            noun="the date on the decision",
            hint="You can leave this empty where the decision is on record here.",
        ),
    )
    wanted = fields.String(
        load_default="yes",
        validate=validate.OneOf(("yes", "no")),
        metadata=asks(
            "Of mediation: is it wanted?",
            noun="whether mediation is wanted",
            kind="radios",
            choices=(("yes", "Yes"), ("no", "No, the adviser is asked for the certificate alone")),
            hint="Of an appeal, leave this as it is.",
        ),
    )
    health = fields.Boolean(
        load_default=False,
        metadata=asks(
            "It is about the health care in the plan too",
            noun="whether it is about health care",
            hint="Of mediation. The authority then tells the health body, within 3 working days.",
        ),
    )


class DisputeDaySchema(FormSchema):
    """A day in a dispute."""

    on = _day("On which day?", "the day")


class CorrectDisputeSchema(FormSchema):
    """A day of a dispute that was recorded wrongly."""

    which = fields.String(required=True, metadata=asks("Which day is wrong?", noun="the day", kind="radios"))
    on = _day("What is the true day?", "the true day")
    reason = fields.String(
        required=True,
        validate=_LONG,
        metadata=asks(
            "Why was another day recorded?", noun="why", rows=3, hint="Both days are kept, with this."
        ),
    )


class CloseDisputeSchema(FormSchema):
    """How a dispute ended."""

    result = fields.String(
        required=True, metadata=asks("How did it end?", noun="how it ended", kind="radios")
    )
    on = _day("On which day?", "the day", "The date on the order or the agreement")
    agreed = fields.String(
        load_default="",
        validate=_LONG,
        metadata=asks("What was ordered or agreed?", noun="what was ordered or agreed", rows=4),
    )


class CorrectSchema(FormSchema):
    """A day that was recorded wrongly."""

    step_id = fields.UUID(required=True, metadata=asks("Which day is wrong?", noun="the day", kind="radios"))
    on = _day("On which day did it truly happen?", "the true day")
    reason = fields.String(
        required=True,
        validate=_LONG,
        metadata=asks(
            "Why was another day recorded?", noun="why", rows=3, hint="Both days are kept, with this."
        ),
    )
