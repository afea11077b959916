"""What the pages about a request ask."""

from __future__ import annotations

from uuid import UUID

from marshmallow import fields, validate

from isp.escalations.deadlines import Act
from isp.escalations.rules import AGREE, APPEAL_RESULTS, LIMB_WORDS_LIMIT, REASONS_LIMIT, REFUSE
from isp.web.asking import Choice, FormSchema, asks

_REASONS = validate.Length(max=REASONS_LIMIT)
_YES_NO = (("yes", "Yes"), ("no", "No"))
_LIMB_WORDS = validate.Length(max=LIMB_WORDS_LIMIT)


def _release(label: str, hint: str, noun: str = "what the authority may read") -> fields.List[UUID]:
    return fields.List(
        fields.UUID(),
        load_default=list,
        metadata=asks(label, noun=noun, hint=hint, kind="checkboxes"),
    )


class SchoolRequestSchema(FormSchema):
    """A school's request."""

    reasons = fields.String(
        required=True,
        validate=_REASONS,
        metadata=asks(
            "Why is an assessment needed?",
            noun="why an assessment is needed",
            hint=(
                "What has been tried, for how long, and what it changed. Worries about a child’s safety do "
                "not belong here: tell the safeguarding lead."
            ),
            rows=8,
        ),
    )
    release = _release(
        "Which versions of the plan may the authority read?",
        "It reads these and nothing else. Later versions stay closed to it.",
    )
    reviews = _release(
        "Which reviewed cycles may the authority read?",
        "The report of each review that was closed: how far every outcome was reached, and what was decided.",
        "the review reports that the authority may read",
    )
    documents = _release(
        "Which documents may the authority read?",
        "Reports and letters of the school’s, as they are now. What the family sent, the family releases.",
        "the documents that the authority may read",
    )
    answers = _release(
        "Which answers of teachers may the authority read?",
        "From rounds of questions that are closed. The teacher’s name goes with them: ask first.",
        "the answers that the authority may read",
    )
    received_on = fields.Date(
        load_default=None,
        metadata=asks(
            "When did the authority receive it, if it went on paper before?",
            noun="the day the authority received it",
            hint="Leave this empty if you are asking now. The authority’s six weeks run from this day.",
        ),
    )
    told_family = fields.Boolean(
        load_default=False,
        metadata=asks(
            "The family knows that we are asking",
            hint="They see the request and its reasons on their own page. Talk to them first where you can.",
        ),
    )
    why_not_told = fields.String(
        load_default="",
        validate=_LIMB_WORDS,
        metadata=asks(
            "If they do not know yet: why not, and when will they be told?",
            noun="why the family has not been told",
            rows=3,
        ),
    )


class ReleaseSchema(FormSchema):
    """What else of a school's evidence the authority may read. The page knows the choices."""

    release = _release("Which versions of the plan?", "Later versions stay closed to it.")
    reviews = _release("Which reviewed cycles?", "The report of each review.", "the review reports")
    documents = _release("Which documents?", "As they are now.", "the documents")
    answers = _release("Which answers of teachers?", "The teacher’s name goes with them.", "the answers")


class FamilyRequestSchema(FormSchema):
    """A parent's or a young person's own request."""

    reasons = fields.String(
        required=True,
        validate=_REASONS,
        metadata=asks(
            "Why do you ask?",
            noun="why you ask",
            hint="What is hard, what has been tried, and what is still not working. Your own words will do.",
            rows=8,
        ),
    )
    release = _release(
        "Which of the school’s plans may the council read?",
        "You choose. It can read these and nothing else of what the school has written.",
    )
    reviews = _release(
        "Which reviews may the council read?",
        "You choose. Each says how far the plan had come, and what was decided.",
        "the reviews that the council may read",
    )
    documents = _release(
        "Which letters and reports may the council read?",
        "You choose. What another person sent to the school, that person releases.",
        "the letters and reports that the council may read",
    )


class DecisionSchema(FormSchema):
    """The legal test, and the decision that follows from it."""

    limb_a = fields.String(
        required=True,
        metadata=asks(
            "Legal test (a): has the child or young person, or may they have, special educational needs?",
            noun="an answer to part (a)",
            choices=_YES_NO,
        ),
    )
    evidence_a = _release(
        "Which of what was released shows your answer to part (a)?",
        "Tick what it rests on.",
        "the evidence for part (a)",
    )
    words_a = fields.String(
        load_default="",
        validate=_LIMB_WORDS,
        metadata=asks(
            "What else does your answer to part (a) rest on?",
            noun="what it rests on",
            hint="A call, a letter on paper, what is not there. The family and the school read it.",
            rows=3,
        ),
    )
    limb_b = fields.String(
        required=True,
        metadata=asks(
            "Legal test (b): may it be necessary for special educational provision to be made in accordance "
            "with an EHC plan?",
            noun="an answer to part (b)",
            choices=_YES_NO,
        ),
    )
    evidence_b = _release(
        "Which of what was released shows your answer to part (b)?",
        "Tick what it rests on.",
        "the evidence for part (b)",
    )
    words_b = fields.String(
        load_default="",
        validate=_LIMB_WORDS,
        metadata=asks(
            "What else does your answer to part (b) rest on?",
            noun="what it rests on",
            hint="A call, a letter on paper, what is not there. The family and the school read it.",
            rows=3,
        ),
    )
    decision = fields.String(
        required=True,
        metadata=asks(
            "What is the decision?",
            noun="the decision",
            choices=(
                Choice(AGREE, "Carry out an assessment", "Both parts of the test are met"),
                Choice(REFUSE, "Do not carry out an assessment", "A part of the test is not met"),
            ),
        ),
    )
    reasons = fields.String(
        required=True,
        validate=_REASONS,
        metadata=asks(
            "What are the reasons?",
            noun="the reasons",
            hint="The family and the school read them. Say what in the evidence led you here.",
            rows=8,
        ),
    )
    decided_on = fields.Date(
        required=True,
        metadata=asks(
            "What is the date of the decision?",
            noun="the date of the decision",
            hint="As it stands on the letter. The time to appeal runs from it.",
        ),
    )


class ReceiptSchema(FormSchema):
    """The day on which a request was truly received, and why another was recorded."""

    received_on = fields.Date(
        required=True,
        metadata=asks("On which day was the request received?", noun="the day the request was received"),
    )
    reason = fields.String(
        required=True,
        validate=_REASONS,
        metadata=asks(
            "Why was another day recorded?",
            noun="why another day was recorded",
            hint="Such as “the letter lay in the post room”. The family and the school can ask to see it.",
            rows=4,
        ),
    )


class BundleSchema(FormSchema):
    """What a copy of the evidence is for. The choices are known only when the page is made."""

    purpose = fields.String(
        required=True,
        metadata=asks(
            "What is the copy for?",
            noun="what the copy is for",
            kind="radios",
            hint="It is noted in History with your name.",
        ),
    )


class AssignSchema(FormSchema):
    """Who has the case from now on. The choices are known only when the page is made."""

    officer_id = fields.UUID(required=True, metadata=asks("Who takes the case?", noun="who", kind="radios"))


class DatesSchema(FormSchema):
    """By when something must be done: the act, and the day or days from which it runs."""

    act = fields.Enum(
        Act,
        by_value=True,
        required=True,
        metadata=asks("What is to be done?", noun="what is to be done", kind="select"),
    )
    on = fields.Date(required=True, metadata=asks("From which day?", noun="the day from which it runs"))
    also = fields.Date(
        load_default=None,
        metadata=asks(
            "A second day, where there is one",
            noun="the second day",
            hint=(
                "For an appeal: the date of the mediation certificate. For a plan that moves to another "
                "authority: when the move became known. For a review after that: when the plan was last "
                "reviewed."
            ),
        ),
    )


class CircumstanceSchema(FormSchema):
    """What excuses a date of the law. Which circumstances there are is known only when the page is made."""

    code = fields.String(
        required=True,
        metadata=asks("What happened?", noun="what happened", kind="radios"),
    )
    begins = fields.Date(required=True, metadata=asks("From which day?", noun="the first day"))
    ends = fields.Date(
        required=True,
        metadata=asks(
            "To which day?", noun="the last day", hint="The last day of it. Where it goes on, until today."
        ),
    )
    asked_on = fields.Date(
        load_default=None,
        metadata=asks(
            "Where a school, college or nursery was closed: when was its advice asked for?",
            noun="the day on which the advice was asked for",
        ),
    )
    reason = fields.String(
        required=True,
        validate=_REASONS,
        metadata=asks("Why could the date not be kept because of it?", noun="why", rows=4),
    )
    evidence = fields.String(
        required=True,
        validate=_REASONS,
        metadata=asks(
            "What shows it?",
            noun="what shows it",
            hint="A letter, a call, a published calendar: what somebody who checks can find.",
            rows=3,
        ),
    )


class TakeBackSchema(FormSchema):
    """Why a circumstance is taken back."""

    reason = fields.String(
        required=True, validate=_REASONS, metadata=asks("Why is it taken back?", noun="why", rows=3)
    )


class AppealSchema(FormSchema):
    """An appeal has been made."""

    on = fields.Date(
        required=True,
        metadata=asks(
            "On which day was the appeal made?", noun="the day of the appeal", hint="For example 14 3 2027"
        ),
    )


class CloseAppealSchema(FormSchema):
    """An appeal has ended."""

    result = fields.String(
        required=True,
        metadata=asks("How did the appeal end?", noun="how it ended", choices=tuple(APPEAL_RESULTS.items())),
    )
    on = fields.Date(
        required=True,
        metadata=asks("On which day?", noun="the day", hint="The date on the Tribunal’s order or letter"),
    )


class WithdrawSchema(FormSchema):
    """Taking a request back: nothing to fill in, one thing to confirm."""

    sure = fields.Boolean(
        required=True,
        validate=validate.Equal(True, error="Tick the box if you want to take the request back"),
        metadata=asks("Yes, take the request back"),
    )
