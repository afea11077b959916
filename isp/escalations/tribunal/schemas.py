"""What the page of a proposal asks. Which acts there are depends on what it is about."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.escalations.tribunal.rules import LIMIT
from isp.escalations.tribunal.working_document import SIDES
from isp.web.asking import FormSchema, asks

_LENGTH = validate.Length(max=LIMIT)


class ProposalSchema(FormSchema):
    """Who proposes what."""

    side = fields.String(
        required=True, metadata=asks("Who proposes it?", noun="who proposes it", choices=tuple(SIDES.items()))
    )
    act = fields.String(
        required=True, metadata=asks("What is proposed?", noun="what is proposed", kind="radios")
    )
    wording = fields.String(
        load_default="",
        validate=_LENGTH,
        metadata=asks(
            "Which wording?",
            noun="the wording",
            hint="The whole of it, as it should stand. Leave it empty where the words are to go.",
            rows=6,
        ),
    )
    note = fields.String(
        load_default="",
        validate=_LENGTH,
        metadata=asks("Why?", noun="why", hint="With the evidence, where there is some.", rows=3),
    )
