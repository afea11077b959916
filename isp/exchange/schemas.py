"""What the return's pages ask."""

from __future__ import annotations

from marshmallow import fields

from isp.access.purposes import PURPOSES
from isp.exchange.actions import ANSWERS
from isp.register.content import SEXES
from isp.register.importing.codes import ETHNICITIES, NEEDS, UPN_UNKNOWN
from isp.web.asking import FormSchema, asks

_ANSWERS = tuple(ANSWERS.items())
_NEEDS = [("", "Not recorded"), *((code, words) for code, words in NEEDS.items() if code != "NSA")]
"""Of a child with a plan: that nobody assessed the type of need is said with SEN support alone."""


class ReturnSchema(FormSchema):
    """What the record does not know and the return's header asks."""

    dmo = fields.String(
        required=True,
        metadata=asks(
            "Is a Designated Medical Officer in post?",
            noun="whether a Designated Medical Officer is in post",
            choices=_ANSWERS,
            kind="radios",
        ),
    )
    dco = fields.String(
        required=True,
        metadata=asks(
            "Is a Designated Clinical Officer in post?",
            noun="whether a Designated Clinical Officer is in post",
            choices=_ANSWERS,
            kind="radios",
        ),
    )
    dsco = fields.String(
        required=True,
        metadata=asks(
            "Is a Designated Social Care Officer in post?",
            noun="whether a Designated Social Care Officer is in post",
            choices=_ANSWERS,
            kind="radios",
        ),
    )


class ListSchema(FormSchema):
    """What a list with every child's name is for."""

    purpose = fields.String(
        required=True,
        metadata=asks(
            "What is it for?", noun="what it is for", choices=tuple(PURPOSES.items()), kind="radios"
        ),
    )


class BringSchema(FormSchema):
    """A return to read in."""

    file = fields.Raw(
        required=True,
        metadata=asks(
            "The return",
            noun="the return",
            kind="file",
            accept=".xml,.gz,.zip,.csv",
            multiple=True,
            hint="The XML file that your present system makes for SEN2, as it is or packed (zip, gz); or the "
            "tables of the return: its CSV files, all at once or in a zip",
        ),
    )


class ChildSchema(FormSchema):
    """What the return asks of a child, and only it."""

    upn = fields.String(metadata=asks("UPN", hint="One letter and twelve digits", width=20))
    uln = fields.String(metadata=asks("ULN", hint="Ten digits. Leave it empty if there is none.", width=20))
    upn_unknown = fields.String(
        load_default=None,
        allow_none=True,
        metadata=asks(
            "If neither is known, why?",
            noun="why neither is known",
            choices=[("", "One of them is known"), *UPN_UNKNOWN.items()],
            kind="select",
        ),
    )
    ethnicity = fields.String(
        load_default=None,
        allow_none=True,
        metadata=asks("Ethnicity", choices=[("", "Not recorded"), *ETHNICITIES.items()], kind="select"),
    )
    postcode = fields.String(metadata=asks("Postcode", hint="Of the child’s home", width=10))
    sex = fields.String(
        load_default=None,
        allow_none=True,
        metadata=asks("Sex", choices=[("", "Not recorded"), *SEXES.items()], kind="radios"),
    )
    need_primary = fields.String(
        load_default=None,
        allow_none=True,
        metadata=asks("Primary type of need", choices=_NEEDS, kind="select"),
    )
    need_secondary = fields.String(
        load_default=None,
        allow_none=True,
        metadata=asks("Secondary type of need, if there is one", choices=_NEEDS, kind="select"),
    )
