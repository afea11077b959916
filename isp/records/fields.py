"""The kinds of field a document can hold, as marshmallow fields that carry their own description.

Each stores plain JSON: strings, integers, true, lists of strings. Loading is strict and brings a value
into the normal form (NFC, a newline as one line feed, no marks that turn the direction of writing, lists
without repeats); a value that is empty becomes
``None``, which the loader drops. Errors are sentences for the person who typed the value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from marshmallow import ValidationError, fields

from isp.access.lenses import Label
from isp.kernel.canonical import undirected

UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and lone surrogates: nobody types them, and not every reader survives them."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Kind(StrEnum):
    """What a field holds, and so how it is asked for, compared and said."""

    TEXT = "text"
    """Free text with newlines."""
    LINE = "line"
    """Free text on one line."""
    DAY = "day"
    """A date as YYYY-MM-DD."""
    WHOLE = "whole"
    """A whole number."""
    PENCE = "pence"
    """Money, in whole pence."""
    CHOICE = "choice"
    """One code of a vocabulary."""
    CHOICES = "choices"
    """Several codes of a vocabulary, sorted."""
    FLAG = "flag"
    """Yes, or absent."""
    LINKS = "links"
    """Ids of items of this document, sorted."""
    LINK = "link"
    """The id of one item of this document."""
    REFERENCE = "reference"
    """The id (UUID) of something outside this document."""
    CITED = "cited"
    """How what a reference beside it names is said; set with the reference, never typed."""
    PARTY = "party"
    """The mark of the person whose words these are; set by the application, never typed."""


class Described(fields.Field[Any]):
    """A marshmallow field with the words, limits and sensitivity that forms, diffs and lenses need.

    ``label`` and ``hint`` are the words staff read, ``family`` and ``family_hint`` those that families
    read. ``sensitivity`` is the section's where it is not given.
    """

    kind: ClassVar[Kind]

    def __init__(
        self,
        label: str,
        family: str | None = None,
        *,
        hint: str = "",
        family_hint: str | None = None,
        sensitivity: Label | None = None,
        staff_only: bool = False,
        cost: bool = False,
        **traits: Any,
    ) -> None:
        self.traits: dict[str, Any] = {
            "kind": self.kind,
            "label": label,
            "family_label": label if family is None else family,
            "hint": hint,
            "family_hint": hint if family_hint is None else family_hint,
            "sensitivity": sensitivity,
            "staff_only": staff_only,
            "cost": cost,
            **traits,
        }
        super().__init__(required=False, allow_none=True, metadata=self.traits)

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> Any:
        return self.settle(value)

    def settle(self, value: Any) -> Any:
        """The value in normal form, None where it is empty; ValidationError with a sentence otherwise."""
        raise NotImplementedError


class Text(Described):
    """Free text of any script, up to ``limit`` characters (Unicode code points, after NFC)."""

    kind = Kind.TEXT

    def __init__(self, label: str, family: str | None = None, *, limit: int = 2000, **described: Any) -> None:
        super().__init__(label, family, limit=limit, **described)
        self.limit = limit

    def settle(self, value: Any) -> str | None:
        if not isinstance(value, str):
            raise ValidationError("Write this as text.")
        text = undirected(unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")))
        if UNSEEN.search(text):
            raise ValidationError("Take out the characters that cannot be shown, and save again.")
        if self.kind is Kind.LINE and "\n" in text:
            raise ValidationError("Write this on one line.")
        text = text.strip()
        if len(text) > self.limit:
            over = len(text) - self.limit
            raise ValidationError(
                f"Shorten this by {over:,} {'character' if over == 1 else 'characters'}:"
                f" it can hold {self.limit:,}."
            )
        return text or None


class Line(Text):
    """Free text on one line."""

    kind = Kind.LINE

    def __init__(self, label: str, family: str | None = None, *, limit: int = 200, **described: Any) -> None:
        super().__init__(label, family, limit=limit, **described)


class Day(Described):
    """A real date. Whether it is a likely one (the pupil's life, a horizon) is the loader's to say."""

    kind = Kind.DAY

    def settle(self, value: Any) -> str | None:
        if value == "":
            return None
        try:
            # Only YYYY-MM-DD: fromisoformat takes the week form and the form without hyphens as well.
            return date.fromisoformat(value if _DAY.fullmatch(value) else "").isoformat()
        except (TypeError, ValueError):
            raise ValidationError("Give a real date, for example 14/3/2027.") from None


class Whole(Described):
    """A whole number between ``least`` and ``most``."""

    kind = Kind.WHOLE

    def __init__(
        self, label: str, family: str | None = None, *, least: int = 0, most: int, **described: Any
    ) -> None:
        super().__init__(label, family, least=least, most=most, **described)
        self.least, self.most = least, most

    def settle(self, value: Any) -> int | None:
        if type(value) is not int:  # True is an int to Python, and not a number to anybody
            raise ValidationError("Give a whole number, in figures.")
        if not self.least <= value <= self.most:
            raise ValidationError(self.bounds())
        return value

    def bounds(self) -> str:
        return f"Give a whole number from {self.least:,} to {self.most:,}."


class Pence(Whole):
    """Money in whole pence, as typed in pounds."""

    kind = Kind.PENCE

    def bounds(self) -> str:
        return f"Give an amount from £{self.least // 100:,} to £{self.most // 100:,}."


class Choice(Described):
    """One code out of ``codes``: every code the vocabulary has ever had, so that old content loads."""

    kind = Kind.CHOICE

    def __init__(
        self,
        label: str,
        family: str | None = None,
        *,
        vocabulary: str,
        codes: Iterable[str],
        **described: Any,
    ) -> None:
        super().__init__(label, family, vocabulary=vocabulary, **described)
        self.codes = frozenset(codes)

    def settle(self, value: Any) -> Any:
        if value == "":
            return None
        if not isinstance(value, str) or value not in self.codes:
            raise ValidationError("Choose one of the answers in the list.")
        return value


class Choices(Choice):
    """Several codes out of ``codes``."""

    kind = Kind.CHOICES

    def settle(self, value: Any) -> list[str] | None:
        if not isinstance(value, list) or not all(
            isinstance(code, str) and code in self.codes for code in value
        ):
            raise ValidationError("Choose from the answers in the list.")
        return sorted(set(value)) or None


class Flag(Described):
    """True, or absent."""

    kind = Kind.FLAG

    def settle(self, value: Any) -> bool | None:
        if type(value) is not bool:
            raise ValidationError("Say yes or no.")
        return value or None


def identifier(value: Any) -> str:
    """A UUID as its usual lower-case string. Raises ValueError for anything else."""
    if not isinstance(value, str) or len(value) != 36:
        raise ValueError("not an identifier")
    return str(UUID(value))


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("not a list")  # noqa: TRY004 caught beside an id that is none
    return value


class Links(Described):
    """Ids of items in the sections ``targets``. An id whose item is gone is kept: see the package."""

    kind = Kind.LINKS

    def __init__(
        self, label: str, family: str | None = None, *, targets: tuple[str, ...], **described: Any
    ) -> None:
        super().__init__(label, family, targets=targets, **described)

    def settle(self, value: Any) -> Any:
        try:
            return sorted({identifier(one) for one in _listed(value)}) or None
        except ValueError:
            raise ValidationError("Choose from the items listed.") from None


class Link(Links):
    """The id of one item in the sections ``targets``."""

    kind = Kind.LINK

    def settle(self, value: Any) -> str | None:
        if value == "":
            return None
        try:
            return identifier(value)
        except ValueError:
            raise ValidationError("Choose one of the items listed.") from None


class Reference(Described):
    """The id of something outside this document: a bank's entry, a file, an EHCP's outcome."""

    kind = Kind.REFERENCE

    def settle(self, value: Any) -> str | None:
        if value == "":
            return None
        try:
            return identifier(value)
        except ValueError:
            raise ValidationError("Choose this again: what it points at was not found.") from None


class Digest(Reference):
    """The digest (64 hexadecimal figures) of what a reference beside it names, as it was then."""

    kind = Kind.REFERENCE

    def settle(self, value: Any) -> str | None:
        if value == "":
            return None
        if not isinstance(value, str) or not _DIGEST.fullmatch(value):
            raise ValidationError("Choose this again: what it points at was not found.")
        return value


class Cited(Line):
    """What a reference beside it names, in words that people can compare: a version and its code."""

    kind = Kind.CITED


class Party(Reference):
    """The mark of the person whose words an item holds; compared with ``Lens.party``."""

    kind = Kind.PARTY
