"""What a form asks: marshmallow fields that know how they are put to a person, and answer in her words.

A form is a ``FormSchema`` whose fields carry ``metadata=asks("What happened?", …)``. Messages say what
to do, never that something is "invalid".
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from marshmallow import EXCLUDE, Schema, fields, validate

from isp.web.filters import date_words

Kind = Literal[
    "input", "textarea", "date", "select", "radios", "checkboxes", "checkbox", "file", "password", "hidden"
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose from."""

    value: str
    text: str
    hint: str | None = None


Choices = Sequence[Choice | tuple[str, str]]


def asks(
    label: str,
    *,
    noun: str | None = None,
    hint: str | None = None,
    kind: Kind | None = None,
    choices: Choices | Callable[[], Choices] | None = None,
    autocomplete: str | None = None,
    inputmode: str | None = None,
    width: int | None = None,
    rows: int | None = None,
    accept: str | None = None,
    multiple: bool = False,
    heading: bool = False,
    spellcheck: bool | None = None,
) -> dict[str, Any]:
    """Field metadata.

    label: the question. noun: how a message names the answer ("your first name"); by default made from
    the label. kind: by default from the field's type and choices. autocomplete: as HTML has it. width:
    characters the box looks made for (2, 3, 4, 5, 10, 20 or 30). rows: of a textarea. accept: file
    endings. multiple: several files may be chosen. heading: the label is set large (a page that asks one
    thing).
    """
    return {name: value for name, value in locals().items() if value is not None and value is not False}


def why_withdrawn(question: str, reasons: Mapping[str, str]) -> fields.String:
    """Of what is hidden from its readers: what is wrong with it."""
    return fields.String(
        required=True, metadata=asks(question, noun="what is wrong", choices=tuple(reasons.items()))
    )


def what_happened(limit: int) -> fields.String:
    """Beside it: the same in words, at most ``limit`` characters."""
    return fields.String(
        required=True,
        validate=validate.Length(max=limit),
        metadata=asks(
            "Say what happened", noun="what happened", hint="For the record. Leave out names.", rows=3
        ),
    )


def choice_list(given: Choices | Callable[[], Choices] | None) -> list[Choice]:
    """The choices, called for if they are a callable, as Choice."""
    found = given() if callable(given) else given
    return [each if isinstance(each, Choice) else Choice(*each) for each in found or ()]


def noun_of(field: fields.Field[Any]) -> str:
    """How a message names this field's answer: "your first name"."""
    if noun := field.metadata.get("noun"):
        return str(noun)
    label = str(field.metadata.get("label") or (field.name or "").replace("_", " ")).strip()
    if label.endswith("?"):
        return f"an answer to “{label}”"
    first = label.split(" ", 1)[0]
    # A word in capitals (EHCP, URN) stays as it is.
    return label if first.isupper() and len(first) > 1 else label[:1].lower() + label[1:]


def capital(text: str) -> str:
    """With a capital first letter, the rest untouched."""
    return text[:1].upper() + text[1:]


class FormSchema(Schema):
    """A schema for a page's form: takes declared fields only, and speaks plainly."""

    class Meta:
        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Put our sentences in place of marshmallow's own; those an author gave stay."""
        theirs: dict[str, Any] = {}
        for cls in reversed(type(field_obj).__mro__):
            theirs.update(getattr(cls, "default_error_messages", {}))
        ours = _sentences(field_obj)
        field_obj.error_messages = {
            key: ours.get(key, message) if message == theirs.get(key) else message
            for key, message in field_obj.error_messages.items()
        }
        field_obj.validators = [_plain(each, field_obj) for each in field_obj.validators]
        super().on_bind_field(field_name, field_obj)


def _sentences(field: fields.Field[Any]) -> dict[str, str]:
    noun = noun_of(field)
    said = capital(noun)
    chosen = bool(field.metadata.get("choices")) or field.metadata.get("kind") in {
        "select", "radios", "checkboxes", "checkbox", "file",
    }  # fmt: skip
    missing = f"{'Choose' if chosen else 'Enter'} {noun}"
    wrong = f"Enter {noun} in the form asked for"
    if isinstance(field, fields.Integer):
        wrong = f"{said} must be a whole number, like 12"
    elif isinstance(field, fields.Float | fields.Decimal):
        wrong = f"{said} must be a number, like 2.5"
    elif isinstance(field, fields.Email):
        wrong = "Enter an email address in the correct format, like name@example.com"
    elif isinstance(field, fields.Boolean) or chosen:
        wrong = missing
    return {
        "required": missing,
        "null": missing,
        "invalid": wrong,
        "invalid_uuid": missing,
        "special": wrong,
        "too_large": f"{said} is too large a number",
        "invalid_utf8": f"{said} has characters we cannot read",
        "format": wrong,
        "validator_failed": wrong,
    }


def _plain(validator: Any, field: fields.Field[Any]) -> Any:
    """A copy of the validator with a sentence of ours, unless its author gave one."""
    if isinstance(validator, validate.Email):
        # The field made this one itself, and gave it marshmallow's words.
        if validator.error in (
            None,
            fields.Email.default_error_messages["invalid"],
            validate.Email.default_message,
        ):
            validator = copy.copy(validator)
            validator.error = field.error_messages["invalid"]
        return validator
    if getattr(validator, "error", "-") is not None:
        return validator
    said, plain = capital(noun_of(field)), copy.copy(validator)
    match plain:
        case validate.Length():
            plain.error = _length_sentence(plain, said, _things(field))
        case validate.Range():
            plain.error = _range_sentence(plain.min, plain.max, said)
        case validate.OneOf() | validate.ContainsOnly():
            plain.error = "Choose one of the answers shown"
        case validate.Regexp():
            plain.error = f"Enter {noun_of(field)} in the form asked for"
    return plain


def _things(field: fields.Field[Any]) -> str:
    return "answers" if isinstance(field, fields.List) else "characters"


def _length_sentence(rule: validate.Length, said: str, things: str) -> str:
    if rule.equal is not None:
        return f"{said} must have {rule.equal} {things}"
    if rule.min and rule.min > 1 and rule.max:
        return f"{said} must have between {rule.min} and {rule.max} {things}"
    if rule.max:
        return f"{said} must have {rule.max} {things} or fewer"
    return f"{said} must have {rule.min} {things} or more"


def _range_sentence(low: Any, high: Any, said: str) -> str:
    dates = isinstance(low if low is not None else high, date)
    shown = [date_words(each) if dates else each for each in (low, high)]
    if low is not None and high is not None:
        return f"{said} must be between {shown[0]} and {shown[1]}"
    if low is not None:
        return f"{said} must be {f'on or after {shown[0]}' if dates else f'{shown[0]} or more'}"
    return f"{said} must be {f'on or before {shown[1]}' if dates else f'{shown[1]} or less'}"


def longest(field: fields.Field[Any]) -> int | None:
    """The character limit that a text field's Length validators set, or None."""
    if isinstance(field, fields.List):
        return None
    limits: Iterable[int] = (
        rule.max or rule.equal or 0 for rule in field.validators if isinstance(rule, validate.Length)
    )
    return min((limit for limit in limits if limit), default=None)
