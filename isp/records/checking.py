"""Lenient checking of one field as a person typed it: forms and autosave, one answer at a time.

Reads what people write (14/3/27, 14 March 2027, £12.50, 1,200) and hands back the stored value, or the
sentence that says what to do. It never guesses between two readings: 3/4/2027 is 3 April.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from isp.records.days import Horizon, read_day
from isp.records.fields import UNSEEN, Kind
from isp.records.shape import Shape

_POUNDS = re.compile(r"£?\s*(\d{1,9})(?:\.(\d{2}))?")
_YES = {"true", "yes", "on", "1", "y"}
_NO = {"", "false", "no", "off", "0", "n"}


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of an answer: ``value`` (None where it is empty) or, if it cannot be kept, ``problem``."""

    value: Any = None
    problem: str | None = None


def check_field(
    shape: Shape, section: str, field: str, text: str | Sequence[str], horizon: Horizon | None = None
) -> Checked:
    """Judge one answer. ``text`` is a list where a form sends several (boxes, links).

    KeyError where this kind of document has no such field: that is the page's mistake, not the person's.
    """
    described = shape.field(section, field)
    if described.kind is Kind.PARTY:
        return Checked(problem="This is filled in by the application and cannot be changed here.")
    try:
        value = _read(described.kind, text)
        if value is not None:
            value = shape.sections[section].marshmallow(field).settle(value)
    except ValidationError as refused:
        return Checked(problem=str(refused.messages[0]))
    if value is not None and described.kind is Kind.DAY and horizon is not None:
        problem = horizon.problem(value)
        if problem:
            return Checked(problem=problem)
    return Checked(value)


def _read(kind: Kind, text: str | Sequence[str]) -> Any:
    """The typed answer as the value a strict field would be sent; ValidationError with a sentence."""
    if kind in (Kind.CHOICES, Kind.LINKS):
        answers = [text] if isinstance(text, str) else list(text)
        return [answer for answer in answers if answer] or None
    if not isinstance(text, str):
        if len(text) > 1:
            raise ValidationError("Give one answer here.")
        text = text[0] if text else ""
    if kind is Kind.TEXT:
        return _clean(text)
    # One line, so a pasted line end is a space; and the rest is short, so nobody means its spaces.
    line = " ".join(_clean(text).split())
    if kind is Kind.FLAG:
        return _flag(line)
    if not line:
        return None
    if kind is Kind.DAY:
        return _day(line)
    if kind is Kind.WHOLE:
        return _whole(line)
    if kind is Kind.PENCE:
        return _pence(line)
    return line


def _clean(text: str) -> str:
    """Pasted text carries vertical tabs and the like; a person cannot see them, so they simply go."""
    return UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n"))


def _day(text: str) -> str:
    try:
        return read_day(text).isoformat()
    except ValueError:
        raise ValidationError("Give a real date as day, month and year, for example 14/3/2027.") from None


def _whole(text: str) -> int:
    figures = text.replace(",", "").replace(" ", "")
    if not re.fullmatch(r"-?[0-9]{1,9}", figures):
        raise ValidationError("Give a whole number in figures, for example 20.")
    return int(figures)


def _pence(text: str) -> int:
    found = _POUNDS.fullmatch(text.replace(",", ""))
    if not found:
        raise ValidationError("Give an amount in pounds, for example 12.50.")
    return int(found[1]) * 100 + int(found[2] or 0)


def _flag(text: str) -> bool | None:
    answer = text.lower()
    if answer in _YES:
        return True
    if answer in _NO:
        return None
    raise ValidationError("Say yes or no.")
