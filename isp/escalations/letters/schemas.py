"""What the pages of a letter ask. What a letter asks beside its words depends on its kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marshmallow import fields, validate

from isp.escalations.letters.recipients import Recipient
from isp.escalations.letters.rules import HERE, LIMIT, NOT_SENT, PROOF_LIMIT, WAYS
from isp.escalations.letters.wording import CLOSING, OPENING, REASONS, Letter, Particular
from isp.web.asking import Choice, FormSchema, asks

_LENGTH = validate.Length(max=LIMIT)


class BeginSchema(FormSchema):
    """Which letter is begun. Which there are is known only when the page is made."""

    kind = fields.String(required=True, metadata=asks("Which letter?", noun="the letter", kind="radios"))


def _text(label: str, noun: str, hint: str | None, rows: int) -> fields.String:
    return fields.String(
        load_default="",
        validate=_LENGTH,
        metadata=asks(label, noun=noun, hint=hint, rows=rows, kind="textarea"),
    )


def _particular(one: Particular) -> fields.Field[Any]:
    hint = one.hint or None
    if one.sort == "date":
        return fields.Date(load_default=None, metadata=asks(one.label, noun="the day", hint=hint))
    if one.sort == "long":
        return _text(one.label, "this part", hint, 6)
    return fields.String(
        load_default="", validate=validate.Length(max=400), metadata=asks(one.label, noun="this", hint=hint)
    )


def letter_schema(letter: Letter) -> type[FormSchema]:
    """The form of one letter: its date, what only the officer knows, the words around the locked parts."""
    found: dict[str, Any] = {
        "dated_on": fields.Date(
            required=True,
            metadata=asks(
                "What is the date on the letter?",
                noun="the date on the letter",
                hint="The days that the letter names are worked out from it.",
            ),
        )
    }
    for one in letter.particulars:
        found[one.code] = _particular(one)
    if OPENING in letter.slots:
        found["opening"] = _text("How does the letter begin?", "the beginning", None, 4)
    if REASONS in letter.slots:
        optional = "You can leave this empty." if letter.optional_reasons else None
        found["reasons"] = _text("What are the reasons?", "the reasons", optional, 8)
    if CLOSING in letter.slots:
        found["closing"] = _text(
            "How does it end?", "the end", "After the parts that the law wants, which nobody can change.", 4
        )
    return FormSchema.from_dict(found, name="LetterSchema")  # type: ignore[return-value]


def service_schema(to: Iterable[Recipient]) -> type[FormSchema]:
    """How a letter went: to each recipient by which way, on which day, and what shows it."""
    found: dict[str, Any] = {
        "served_on": fields.Date(
            required=True,
            metadata=asks("On which day was it served?", noun="the day", hint="Posted, handed over or sent."),
        )
    }
    for one in to:
        ways = [Choice(code, words) for code, words in WAYS.items() if code != "here" or one.here]
        if one.is_copy:
            ways.append(Choice(NOT_SENT, "No copy was sent", "Say why below"))
        if not one.name:
            found[f"name_{one.key}"] = fields.String(
                load_default="",
                validate=validate.Length(max=200),
                metadata=asks(f"{one.label}: to whom did it go?", noun="to whom it went"),
            )
        found[f"how_{one.key}"] = fields.String(
            required=True, metadata=asks(f"{one.label}: how did it go?", noun="how it went", choices=ways)
        )
    found["document_id"] = fields.UUID(
        load_default=None,
        metadata=asks(
            "Which document shows that it was sent?",
            noun="the document",
            hint="One that is here already, such as a receipt. Leave it if there is none.",
            kind="select",
        ),
    )
    found["proof"] = fields.String(
        load_default="",
        validate=validate.Length(max=PROOF_LIMIT),
        metadata=asks(
            "What shows that it was sent?",
            noun="what shows that it was sent",
            hint="For example: recorded delivery AB 1234, posted by the office; or handed over by whom.",
            rows=3,
        ),
    )
    return FormSchema.from_dict(found, name="ServiceSchema")  # type: ignore[return-value]


class ListLetterSchema(FormSchema):
    """What is written around the list."""

    dated_on = fields.Date(
        required=True, metadata=asks("What is the date on the letter?", noun="the date on the letter")
    )
    opening = fields.String(
        load_default="",
        validate=validate.Length(max=LIMIT),
        metadata=asks("How does the letter begin?", noun="the beginning", rows=4, kind="textarea"),
    )
    closing = fields.String(
        load_default="",
        validate=validate.Length(max=LIMIT),
        metadata=asks("How does it end?", noun="the end", rows=4, kind="textarea"),
    )


class ListServiceSchema(FormSchema):
    """How it went to the head, and what shows it."""

    served_on = fields.Date(
        required=True,
        metadata=asks("On which day was it served?", noun="the day", hint="Posted, handed over or sent."),
    )
    name = fields.String(
        required=True,
        validate=validate.Length(max=200),
        metadata=asks("To whom did it go?", noun="to whom it went", hint="The head, by name"),
    )
    how = fields.String(
        required=True,
        metadata=asks(
            "How did it go?",
            noun="how it went",
            choices=[Choice(code, words) for code, words in WAYS.items() if code != HERE],
        ),
    )
    proof = fields.String(
        required=True,
        validate=validate.Length(max=PROOF_LIMIT),
        metadata=asks(
            "What shows that it was sent?",
            noun="what shows that it was sent",
            hint="For example: recorded delivery AB 1234, posted by the office.",
            rows=3,
            kind="textarea",
        ),
    )
