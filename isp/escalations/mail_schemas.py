"""What the pages about requests and letters ask that come and go by mail."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.ehcp.schemas import BringInSchema
from isp.escalations.elsewhere import WAYS
from isp.escalations.rules import LIMB_WORDS_LIMIT, REASONS_LIMIT
from isp.web.asking import FormSchema, asks

_REASONS = validate.Length(max=REASONS_LIMIT)
_LIMB_WORDS = validate.Length(max=LIMB_WORDS_LIMIT)


class FilingSchema(FormSchema):
    """A request that came by mail. Where somebody works at several authorities, which of them received it."""

    authority_id = fields.UUID(
        load_default=None,
        metadata=asks("Which authority received it?", noun="the authority", kind="radios"),
    )
    received_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day was it received?",
            noun="the day it was received",
            hint="The day it came in, whatever is still to be proved. The six weeks run from it.",
        ),
    )
    source = fields.String(
        required=True,
        metadata=asks("Who asks, or brings the child to notice?", noun="who asks", kind="radios"),
    )
    asked_by = fields.String(
        required=True,
        validate=_LIMB_WORDS,
        metadata=asks(
            "Name, and how to reach them",
            noun="who asks",
            hint="As the letter has it: name, role, address.",
            rows=3,
        ),
    )
    how = fields.String(
        required=True,
        validate=_LIMB_WORDS,
        metadata=asks(
            "How did it come?", noun="how it came", hint="Such as “letter of 3 November, in the post room”"
        ),
    )
    reasons = fields.String(
        required=True,
        validate=_REASONS,
        metadata=asks(
            "What does it say?", noun="what it says", hint="Why an assessment is asked for.", rows=6
        ),
    )
    legal_given = fields.String(
        required=True, metadata=asks("Forename of the child or young person", noun="the forename")
    )
    legal_family = fields.String(
        required=True, metadata=asks("Surname of the child or young person", noun="the surname")
    )
    born_on = fields.Date(required=True, metadata=asks("Date of birth", noun="the date of birth"))
    upn = fields.String(
        load_default="",
        metadata=asks(
            "UPN, if the letter has it", noun="the UPN", hint="One letter and twelve digits", width=20
        ),
    )
    youth_accommodation = fields.Boolean(
        load_default=False,
        metadata=asks(
            "The young person is in relevant youth accommodation",
            hint="Detained: the SEN2 return asks for it, and other sections of the Act apply.",
        ),
    )
    why_looked = fields.String(
        required=True,
        validate=_LIMB_WORDS,
        metadata=asks(
            "Why do you look for this child?",
            noun="why you look for this child",
            hint="Noted in History with your name. One child is matched exactly, or nobody.",
        ),
    )
    is_new = fields.Boolean(
        load_default=False,
        metadata=asks(
            "The details are right: put this child on record",
            hint="With this authority and no school. Only where nobody was matched.",
        ),
    )


class WhereSchema(FormSchema):
    """At which stage a case comes in. The choices are known only when the page is made."""

    stage = fields.String(
        required=True, metadata=asks("Where does it stand?", noun="where the case stands", kind="radios")
    )


class EnteringSchema(FilingSchema):
    """A case that began on another system. Of the days, a page asks for those that its stage has."""

    class Meta(FormSchema.Meta):
        fields = (  # in the order of the page, for the summary of what is wrong
            "authority_id",
            "how",
            "received_on",
            "decided_on",
            "decision_reasons",
            "no_plan_on",
            "no_plan_reasons",
            "mediated_on",
            "certificate_on",
            "appealed_on",
            "hearing_on",
            "turned",
            "order_on",
            "told_on",
            "to_issue_on",
            "draft_sent_on",
            "answered_on",
            "source",
            "asked_by",
            "reasons",
            "legal_given",
            "legal_family",
            "born_on",
            "upn",
            "youth_accommodation",
            "why_looked",
            "is_new",
        )

    received_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day was the request received?",
            noun="the day it was received",
            hint="Every date of the case runs from it. It may be more than a year ago.",
        ),
    )
    decided_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day was it decided whether to assess?",
            noun="the day of the decision",
            hint="The date on the letter to the family.",
        ),
    )
    to_issue_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day was it decided that there is to be a plan?", noun="the day of that decision"
        ),
    )
    draft_sent_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day was the draft plan sent to the family?",
            noun="the day the draft was sent",
            hint="The newest draft. The family’s 15 days begin with it.",
        ),
    )
    answered_on = fields.Date(
        load_default=None,
        metadata=asks(
            "On which day did the family first answer, if it has?",
            noun="the day of the family’s answer",
            hint="Leave this empty if it has said nothing of the draft yet.",
        ),
    )
    decision_reasons = fields.String(
        required=True,
        validate=_REASONS,
        metadata=asks(
            "Why was it refused?",
            noun="why it was refused",
            hint="As the letter has it. The family and the school read it here.",
            rows=6,
        ),
    )
    no_plan_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day was it decided that there is no plan?",
            noun="the day of that decision",
            hint="The date on the letter to the family.",
        ),
    )
    no_plan_reasons = fields.String(
        required=True,
        validate=_REASONS,
        metadata=asks(
            "Why is there to be no plan?",
            noun="why there is to be no plan",
            hint="As the letter has it. The family and the school read it here.",
            rows=6,
        ),
    )
    appealed_on = fields.Date(
        required=True,
        metadata=asks("On which day was the appeal registered?", noun="the day of the appeal"),
    )
    mediated_on = fields.Date(
        load_default=None,
        metadata=asks(
            "On which day was mediation asked about, if there is a certificate?",
            noun="the day mediation was asked about",
            hint="Leave this empty if no mediation certificate was given yet.",
        ),
    )
    certificate_on = fields.Date(
        load_default=None,
        metadata=asks(
            "On which day was the mediation certificate given, if there is one?",
            noun="the day of the certificate",
            hint="An appeal is possible for a month from it, if that is longer.",
        ),
    )
    hearing_on = fields.Date(
        load_default=None,
        metadata=asks(
            "On which day does the Tribunal hear it, if that is set?",
            noun="the day of the hearing",
            hint="It may be a day to come. Leave this empty if the appeal is still to be answered.",
        ),
    )
    turned = fields.String(
        required=True, metadata=asks("How did it come about?", noun="how it came about", kind="radios")
    )
    order_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day was it ordered, conceded or agreed?",
            noun="the day of the order",
            hint="Of an order, its date. The limits that run now begin with this day.",
        ),
    )
    told_on = fields.Date(
        load_default=None,
        metadata=asks(
            "On which day was the family told that the assessment begins?",
            noun="the day the family was told",
            hint="Leave this empty if it has not been told yet.",
        ),
    )
    how = fields.String(
        required=True,
        validate=_LIMB_WORDS,
        metadata=asks(
            "Where does the case come from?",
            noun="where the case comes from",
            hint="Such as the system it was kept on, and its reference there",
        ),
    )
    reasons = fields.String(
        load_default="",
        validate=_REASONS,
        metadata=asks("What did the request say, if you have it?", noun="what the request said", rows=6),
    )


class TurnedSchema(EnteringSchema):
    """The same of a case in which a decision was turned: what came of it may be still to come."""

    appealed_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day was the appeal registered?",
            noun="the day of the appeal",
            hint="If it was agreed in mediation: the day on which mediation was asked for.",
        ),
    )
    to_issue_on = fields.Date(
        load_default=None,
        metadata=asks(
            "On which day was it decided after that, that there is to be a plan?",
            noun="the day of that decision",
            hint="Leave this empty if it is not decided yet, or if the order itself was to make a plan.",
        ),
    )
    draft_sent_on = fields.Date(
        load_default=None,
        metadata=asks(
            "On which day was the draft plan sent to the family?",
            noun="the day the draft was sent",
            hint="The newest draft. Leave this empty if none was sent yet.",
        ),
    )


class EnterPlanSchema(BringInSchema, FilingSchema):
    """An EHC plan in force that was made elsewhere, of a child whom nobody here sees. The file comes last."""

    class Meta(FormSchema.Meta):
        fields = (  # in the order of the page, for the summary of what is wrong
            "authority_id",
            "how",
            "made_on",
            "first_made_on",
            "last_review_on",
            "from_authority",
            "transferred_on",
            "asked_on",
            "source",
            "reasons",
            "agreed_on",
            "legal_given",
            "legal_family",
            "born_on",
            "upn",
            "why_looked",
            "is_new",
            "needs",
            "outcomes",
            "provision",
            "urn",
            "label",
            "file",
        )

    how = fields.String(
        required=True,
        validate=_LIMB_WORDS,
        metadata=asks(
            "Where does the plan come from?",
            noun="where the plan comes from",
            hint="Such as the system it was kept on, and its reference there",
        ),
    )
    asked_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day was the re-assessment asked for?",
            noun="the day it was asked for",
            hint="If the authority began it by itself, the day on which it decided so.",
        ),
    )
    source = fields.String(
        required=True, metadata=asks("Who asked for it?", noun="who asked for it", kind="radios")
    )
    reasons = fields.String(
        required=True,
        validate=_REASONS,
        metadata=asks("Why is a re-assessment needed?", noun="why it is needed", rows=6),
    )
    agreed_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day was the family told that there is a re-assessment?",
            noun="the day the family was told",
            hint="The date on the letter. The 14 weeks to the plan run from it.",
        ),
    )


class ProofSchema(FormSchema):
    """What was seen as proof, and when."""

    what = fields.String(
        required=True, metadata=asks("What is proved?", noun="what is proved", kind="radios")
    )
    seen = fields.String(
        required=True,
        validate=_LIMB_WORDS,
        metadata=asks(
            "What was seen?", noun="what was seen", hint="Such as a birth certificate, or a council tax bill"
        ),
    )
    on = fields.Date(required=True, metadata=asks("When was it seen?", noun="the day it was seen"))


class SentSchema(FormSchema):
    """A request went by mail."""

    on = fields.Date(required=True, metadata=asks("On which day was it sent?", noun="the day it was sent"))
    how = fields.String(
        required=True, metadata=asks("How was it sent?", noun="how it was sent", choices=tuple(WAYS.items()))
    )
    received_on = fields.Date(
        required=True,
        metadata=asks(
            "On which day was it received?",
            noun="the day it was received",
            hint="By email and website the same day. By post the day after the next, until you know better.",
        ),
    )


class ReplySchema(FormSchema):
    """A letter of an authority that is elsewhere. The choices are known only when the page is made."""

    reply = fields.String(
        required=True, metadata=asks("What does the letter say?", noun="what the letter says", kind="radios")
    )
    on = fields.Date(
        required=True,
        metadata=asks(
            "What is the date on the letter?",
            noun="the date on the letter",
            hint="Of a refusal, the time to appeal runs from it.",
        ),
    )
    said = fields.String(
        required=True,
        validate=_REASONS,
        metadata=asks(
            "What are its words?", noun="the words of the letter", hint="The reasons above all.", rows=6
        ),
    )


class AuthoritySchema(FormSchema):
    """Where the child lives: one of England’s authorities, whether or not it is on this service."""

    la_code = fields.String(
        required=True,
        metadata=asks(
            "Which local authority does the child live in?", noun="the local authority", kind="select"
        ),
    )
