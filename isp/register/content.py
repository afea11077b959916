"""What a school knows of a pupil, as plain data: what is sealed, what may be said, and in what words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from isp.kernel.errors import Invalid
from isp.register.importing import codes
from isp.register.importing.cells import MAX_NAME, age_on, clean
from isp.register.importing.dates import in_words
from isp.register.importing.identifiers import read_uln, read_upn
from isp.register.importing.problems import NotUnderstood
from isp.register.importing.pupils import OLDEST

SEALED = (
    "legal_given",
    "legal_family",
    "preferred_given",
    "preferred_family",
    "born_on",
    "sex",
    "upn",
    "former_upns",
    "uln",
    "ethnicity",
    "postcode",
    "upn_unknown",
)
SEXES = {"M": "Male", "F": "Female"}
LABELS = {
    "legal_given": "Legal forename",
    "legal_family": "Legal surname",
    "preferred_given": "Preferred forename",
    "preferred_family": "Preferred surname",
    "born_on": "Date of birth",
    "sex": "Sex",
    "upn": "UPN",
    "former_upns": "Former UPNs",
    "uln": "ULN",
    "ethnicity": "Ethnicity",
    "postcode": "Postcode",
    "upn_unknown": "Why no UPN is known",
    "year_group": "Year group",
    "sen_status": "SEN status",
    "need_primary": "Primary need",
    "need_secondary": "Secondary need",
}


@dataclass(frozen=True, slots=True)
class Details:
    """A pupil's own details. A preferred name is None where it is the legal one.

    ``ethnicity`` is one of importing.codes.ETHNICITIES, ``upn_unknown`` of UPN_UNKNOWN: the SEN2
    return has both.
    ``year_group`` is one of importing.codes.YEAR_GROUPS, ``sen_status`` N, K or E, needs census codes.
    """

    legal_given: str
    legal_family: str
    born_on: date
    preferred_given: str | None = None
    preferred_family: str | None = None
    sex: str | None = None
    upn: str | None = None
    former_upns: tuple[str, ...] = ()
    uln: str | None = None
    ethnicity: str | None = None
    postcode: str | None = None
    upn_unknown: str | None = None
    year_group: str | None = None
    sen_status: str = "N"
    need_primary: str | None = None
    need_secondary: str | None = None

    @property
    def given(self) -> str:
        """The forename people use."""
        return self.preferred_given or self.legal_given

    @property
    def family(self) -> str:
        """The surname people use."""
        return self.preferred_family or self.legal_family

    def sealed(self) -> dict[str, Any]:
        """The parts that are sealed, as JSON."""
        held = {name: getattr(self, name) for name in SEALED}
        held["born_on"] = self.born_on.isoformat()
        held["former_upns"] = list(self.former_upns)
        return held

    def clear(self) -> dict[str, Any]:
        """The parts that registers and numbers need in one query, and that name nobody."""
        return {
            "year_group": self.year_group,
            "sen_status": self.sen_status,
            "need_primary": self.need_primary,
            "need_secondary": self.need_secondary,
        }


def details_of(sealed: Mapping[str, Any], row: Any) -> Details:
    """Details from the opened part and a row that has the clear columns."""
    return Details(
        legal_given=sealed["legal_given"],
        legal_family=sealed["legal_family"],
        born_on=date.fromisoformat(sealed["born_on"]),
        preferred_given=sealed.get("preferred_given"),
        preferred_family=sealed.get("preferred_family"),
        sex=sealed.get("sex"),
        upn=sealed.get("upn"),
        former_upns=tuple(sealed.get("former_upns") or ()),
        uln=sealed.get("uln"),
        ethnicity=sealed.get("ethnicity"),
        postcode=sealed.get("postcode"),
        upn_unknown=sealed.get("upn_unknown"),
        year_group=row.year_group,
        sen_status=row.sen_status,
        need_primary=row.need_primary,
        need_secondary=row.need_secondary,
    )


def differences(before: Details, after: Details) -> tuple[str, ...]:
    """The names of the fields in which two sets of details differ."""
    return tuple(f.name for f in fields(Details) if getattr(before, f.name) != getattr(after, f.name))


def as_told(details: Details, names: tuple[str, ...]) -> dict[str, Any]:
    """Some of the details, as the trail keeps them."""
    told: dict[str, Any] = {}
    for name in names:
        value = getattr(details, name)
        if isinstance(value, date):
            value = value.isoformat()
        told[name] = list(value) if isinstance(value, tuple) else value
    return told


def checked(details: Details, today: date) -> Details:
    """The same in one form (spaces, capitals, a preferred name only where it differs).

    Raises Invalid with a sentence for each field that cannot be so.
    """
    errors: dict[str, str] = {}
    given = _name(details.legal_given, "legal_given", errors, needed="Enter the legal forename.")
    family = _name(details.legal_family, "legal_family", errors, needed="Enter the legal surname.")
    preferred_given = _name(details.preferred_given, "preferred_given", errors)
    preferred_family = _name(details.preferred_family, "preferred_family", errors)
    if details.born_on > today:
        errors["born_on"] = f"{in_words(details.born_on)} is still to come. Check the year."
    elif age_on(details.born_on, today) > OLDEST:
        errors["born_on"] = (
            f"{in_words(details.born_on)} makes this pupil {age_on(details.born_on, today)} years old. "
            "Check the year."
        )
    upn, uln = details.upn, details.uln
    try:
        upn = read_upn(upn) if upn and upn.strip() else None
    except NotUnderstood as fault:
        errors["upn"] = str(fault)
    try:
        uln = read_uln(uln) if uln and uln.strip() else None
    except NotUnderstood as fault:
        errors["uln"] = str(fault)
    _check_codes(details, errors)
    postcode = postcode_of(details.postcode)
    if postcode is not None and not _POSTCODE.fullmatch(postcode):
        errors["postcode"] = "This is not a postcode. It looks like SW1A 2AA."
    if errors:
        raise Invalid("Some of this needs another look.", errors)
    return replace(
        details,
        legal_given=given,
        legal_family=family,
        preferred_given=None if preferred_given in ("", given) else preferred_given,
        preferred_family=None if preferred_family in ("", family) else preferred_family,
        upn=upn,
        uln=uln,
        postcode=postcode,
    )


_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}")


def postcode_of(text: str | None) -> str | None:
    """A postcode in its one form: capitals, and one space before its last three characters."""
    bare = "".join((text or "").split()).upper()
    return f"{bare[:-3]} {bare[-3:]}" if len(bare) > 3 else bare or None


def _check_codes(details: Details, errors: dict[str, str]) -> None:
    if details.year_group is not None and details.year_group not in codes.YEAR_GROUPS:
        errors["year_group"] = "Choose a year group from the list."
    if details.sen_status not in codes.SEN_STATUSES:
        errors["sen_status"] = "Choose whether there is SEN support, an EHC plan or neither."
    for name in ("need_primary", "need_secondary"):
        if getattr(details, name) not in (None, *codes.NEEDS):
            errors[name] = "Choose a type of need from the list."
    if details.ethnicity not in (None, *codes.ETHNICITIES):
        errors["ethnicity"] = "Choose an ethnicity from the list."
    if details.upn_unknown not in (None, *codes.UPN_UNKNOWN):
        errors["upn_unknown"] = "Choose a reason from the list."
    if details.sex not in (None, *SEXES):
        errors["sex"] = "Choose male or female, or leave it open."
    if details.need_secondary and details.need_secondary == details.need_primary:
        errors["need_secondary"] = "This is the primary need already. Choose another, or none."


def _name(text: str | None, field: str, errors: dict[str, str], needed: str | None = None) -> str:
    name = clean(text or "")
    if not name:
        if needed:
            errors[field] = needed
    elif len(name) > MAX_NAME:
        errors[field] = f"This has {len(name)} letters, and {MAX_NAME} is the most."
    elif not any(letter.isalpha() for letter in name):
        errors[field] = "A name has at least one letter in it."
    return name or ""


def year_words(year_group: str | None) -> str:
    """A year group as schools say it."""
    if year_group is None:
        return "No year group"
    said = {"R": "Reception", "N1": "Nursery 1", "N2": "Nursery 2", "X": "No year group followed"}
    return said.get(year_group, f"Year {year_group}")


def year_order(year_group: str | None) -> int:
    """Where a year group comes in a list, youngest first; those without one last."""
    return codes.YEAR_GROUPS.index(year_group) if year_group in codes.YEAR_GROUPS else len(codes.YEAR_GROUPS)


def sort_key(family: str, given: str) -> tuple[str, str]:
    """Order of names in a list: by surname, without accents or case."""
    return _plain(family), _plain(given)


def _plain(name: str) -> str:
    return "".join(c for c in _folded(name) if c.isalnum() or c == " ")


# Letters that are not a plain one with a mark, and that an English keyboard has in no other way.
_ALONE = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def _folded(name: str) -> str:
    if name.isascii():
        return name.casefold()
    return unicodedata.normalize("NFKD", name.casefold()).translate(_ALONE)


def begins_of(name: str) -> set[str]:
    """What a name may be looked for by: each word, and what stands behind a hyphen or an apostrophe."""
    return {part for word in name.split() for part in (_plain(word), *_pieces(word)) if part}


def is_called(begins: set[str], words: str) -> bool:
    """Whether every word of ``words`` begins one of a name's ``begins_of``, as typed or in its pieces."""

    def begins_one(text: str) -> bool:
        return any(begin.startswith(text) for begin in begins)

    return all(
        begins_one(_plain(word)) or all(begins_one(piece) for piece in _pieces(word))
        for word in words.split()
        if _plain(word)
    )


ANYWHERE = 3
"""Letters that are looked for anywhere in a name; fewer are looked for at the beginning of one."""


def is_in(parts: set[str], words: str) -> bool:
    """Whether every word of ``words`` is a part of a name, of its ``begins_of``, as typed or in its pieces.

    Accents, hyphens and case make no difference. Fewer than ``ANYWHERE`` letters stand at the beginning.
    """

    def in_one(text: str) -> bool:
        if len(text) < ANYWHERE:
            return any(part.startswith(text) for part in parts)
        return any(text in part for part in parts)

    return all(
        in_one(_plain(word)) or all(in_one(piece) for piece in _pieces(word))
        for word in words.split()
        if _plain(word)
    )


def letters_of(words: str) -> int:
    """How many letters and digits were typed."""
    return sum(c.isalnum() for c in words)


def _pieces(word: str) -> list[str]:
    marks_off = "".join(c for c in _folded(word) if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in marks_off).split()
