"""Reading the message from XML, a person at a time: whatever capitals the tags have, and nothing but data.

What departs from a year's form and can still be read is a variance, listed; what cannot be read at all is
refused (``NotSen2``) with a sentence. Entities and document types are refused, for no return has any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO
from xml.parsers import expat

from isp.exchange.sen2.message import ELEMENTS, Field, Header, Person, field_by_tag

MAX_BYTES = 600_000_000
"""A message of some 250,000 persons: ten times the largest authority's."""
MAX_TEXT = 1_000
MOST_PARTS = 200
"""Of one kind within one element: requests of a person, placements of a plan."""
MOST_TAG = 60
MOST_VARIANCES = 500
MANY_MORE = "departures of still other kinds"
_PIECE = 1 << 16
_OUTSIDE = frozenset({"message", "persons", "header", "collectiondetails", "source"})
# Once right, now written otherwise: years before 2024, and the misspellings that are known from real files.
OTHERWISE = {
    "familyname": "surname",
    "firstname": "forename",
    "wpb": "wbp",
    "planwpb": "planwbp",
    "rquestsource": "requestsource",
    "la": "lea",
}
_HEADER_KINDS: Mapping[str, Field] = field_by_tag("Header")


class NotSen2(Exception):
    """The file is no SEN2 message; the argument is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Variance:
    """Where a file departs from the form: ``what`` in words, without anything of a person."""

    what: str
    count: int


@dataclass(slots=True)
class Message:
    """What was read so far besides the persons. Complete once ``persons`` is at its end."""

    header: dict[str, Any] = field(default_factory=dict)
    _seen: Counter[str] = field(default_factory=Counter)

    def vary(self, what: str) -> None:
        """Note a departure from the form. Of very many kinds the later ones are counted as one."""
        self._seen[what if what in self._seen or len(self._seen) < MOST_VARIANCES else MANY_MORE] += 1

    @property
    def variances(self) -> tuple[Variance, ...]:
        """What departed from the form, the most frequent first."""
        return tuple(Variance(what, count) for what, count in self._seen.most_common())

    def as_header(self) -> Header:
        """The header; what is missing in it is None or 0."""
        held = self.header
        return Header(
            year=held.get("Year") or 0,
            reference_date=held.get("ReferenceDate"),
            lea=held.get("LEA") or "",
            serial=held.get("SerialNo") or 0,
            made_at=held.get("DateTime"),
            software=held.get("SoftwareCode") or "",
            release=held.get("Release"),
            dmo=held.get("DMO"),
            dco=held.get("DCO"),
            dsco=held.get("DSCO"),
        )


class _Building:
    """Turns what the parser meets into persons. ``done`` holds those that are complete."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.done: list[Person] = []
        self.is_message = False
        self._stack: list[tuple[str, Any]] = []
        self._leaf: tuple[Any, Field] | None = None
        self._text: list[str] = []
        self._length = 0
        self._passing = 0

    def begin(self, tag: str, _attributes: Any) -> None:
        if self._passing:
            self._passing += 1
            return
        if len(tag) > MOST_TAG:
            raise NotSen2(f"A tag in this file is longer than {MOST_TAG} characters, which no item’s is.")
        small = tag.rpartition(":")[2].lower()
        if not self.is_message:
            if small != "message":
                raise NotSen2("This is not a SEN2 return: it does not begin with “Message”.")
            self.is_message = True
            return
        if self._leaf is not None:
            raise NotSen2("This file cannot be read: a value has another tag inside it.")
        if not self._stack:
            self._outside(tag, small)
            return
        element, held = self._stack[-1]
        one = field_by_tag(element).get(OTHERWISE.get(small, small))
        if one is None:
            self.message.vary(f"“{tag}” in {element} is no item of the return, and is passed over")
            self._passing = 1
            return
        # Of this one tag both forms are in use, and neither is wrong.
        if tag != one.tag and (one.tag, tag) != ("SENSetting", "SENsetting"):
            self.message.vary(f"“{tag}” is read as {one.tag}")
        if one.kind in ("one", "many"):
            self._part(element, held, one)
            return
        self._leaf = held, one
        self._text, self._length = [], 0

    def _part(self, element: str, held: Any, one: Field) -> None:
        """An element within another."""
        made = ELEMENTS[one.tag]()
        if one.kind == "many":
            parts = getattr(held, one.name)
            if len(parts) >= MOST_PARTS:
                raise NotSen2(f"One {element} has more than {MOST_PARTS} “{one.tag}”, as no return has.")
            parts.append(made)
        else:
            if getattr(held, one.name) is not None:
                self.message.vary(f"{one.tag} stands twice in one {element}: the last counts")
            setattr(held, one.name, made)
        self._stack.append((one.tag, made))

    def _outside(self, tag: str, small: str) -> None:
        if small == "person":
            self._stack.append(("Person", Person()))
        elif small in _OUTSIDE:
            pass
        elif (one := _HEADER_KINDS.get(OTHERWISE.get(small, small))) is not None:
            self._leaf, self._text, self._length = (None, one), [], 0
        elif small in ("collection", "sourcelevel"):
            self._leaf, self._text, self._length = (None, Field("", tag, "text")), [], 0
        else:
            self.message.vary(f"“{tag}” is no part of the return, and is passed over")
            self._passing = 1

    def text(self, data: str) -> None:
        if self._leaf is not None:
            self._length += len(data)
            if self._length > MAX_TEXT:
                raise NotSen2(
                    f"“{self._leaf[1].tag}” is longer than {MAX_TEXT} characters, which no item is."
                )
            self._text.append(data)

    def end(self, _tag: str) -> None:
        if self._passing:
            self._passing -= 1
            return
        if self._leaf is not None:
            held, one = self._leaf
            self._leaf = None
            value = value_of("".join(self._text).strip(), one, self.message)
            if value is None:
                return
            if held is None:
                self.message.header[one.tag] = value
            else:
                setattr(held, one.name, value)
            return
        if self._stack:
            element, held = self._stack.pop()
            if element == "Person":
                self.done.append(held)


def value_of(text: str, one: Field, message: Message) -> Any:
    """What a text says as a field's value; None for nothing, or for what cannot be read (a variance)."""
    if text == "":
        return None
    try:
        return _READ[one.kind](text)
    except ValueError:
        message.vary(f"{one.tag} has a value that cannot be read, and is left out")
        return None


def _flag(text: str) -> bool:
    found = {"0": False, "1": True, "false": False, "true": True, "n": False, "y": True}.get(text.lower())
    if found is None:
        raise ValueError(text)
    return found


def _day(text: str) -> date:
    # Some systems write the midnight along.
    return date.fromisoformat(text.partition("T")[0])


_READ: Mapping[str, Any] = {
    "text": str,
    "date": _day,
    "bool": _flag,
    "int": int,
    "datetime": lambda text: datetime.fromisoformat(text.removesuffix("Z")),
}


def _refuse(*_: Any) -> None:
    raise NotSen2("This file has a document type or entities in it. No SEN2 return has, so it is not read.")


def persons(source: BinaryIO, message: Message, most: int = MAX_BYTES) -> Iterator[Person]:
    """The persons of a file one after the other; ``message`` fills as they come. Raises NotSen2."""
    building = _Building(message)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = building.begin
    parser.EndElementHandler = building.end
    parser.CharacterDataHandler = building.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    read = 0
    try:
        while piece := source.read(_PIECE):
            read += len(piece)
            if read > most:
                raise NotSen2(f"This file is larger than {most // 1_000_000} MB, which no return is.")
            parser.Parse(piece)
            yield from building.done
            building.done.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as fault:
        raise NotSen2(
            f"This file cannot be read as XML: it breaks off or is damaged at line {fault.lineno}. "
            "Make it again in the system it comes from."
        ) from None
    yield from building.done
