"""A row of a groups file, understood: one membership, of a pupil or a colleague or both, in one group."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from isp.register.importing.cells import Cells, Parsed, parse
from isp.register.importing.dates import in_words
from isp.register.importing.identifiers import read_upn
from isp.register.importing.problems import NotUnderstood
from isp.register.importing.reading import Sheet

GROUP_KINDS = {
    "class": "class",
    "registration": "registration group",
    "teaching": "teaching group",
}
_KIND_WORDS = {
    "class": "class", "classes": "class", "primaryclass": "class", "form": "registration",
    "registration": "registration", "registrationgroup": "registration", "reggroup": "registration",
    "registrationform": "registration", "formgroup": "registration", "tutorgroup": "registration",
    "tutor": "registration", "tg": "teaching", "teaching": "teaching", "teachinggroup": "teaching",
    "set": "teaching", "course": "teaching", "subject": "teaching", "subjectclass": "teaching",
    "block": "teaching", "band": "teaching", "academic": "teaching",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One line: `upn` or `email` or both are in the group from `from_on` to `to_on` (None: not said).

    `kind` is a key of GROUP_KINDS or None where the file does not say.
    """

    line: int
    group: str
    kind: str | None = None
    subject: str | None = None
    email: str | None = None
    upn: str | None = None
    from_on: date | None = None
    to_on: date | None = None


def group_key(name: str) -> str:
    """A group's name for comparing: "3 Oak", "3-oak" and "3OAK" are one group."""
    return re.sub(r"[\W_]", "", name.casefold())


def _read_kind(text: str) -> str:
    kind = _KIND_WORDS.get(re.sub(r"[\W_]", "", text.casefold()))
    if kind is None:
        raise NotUnderstood(
            f"“{text}” is not a kind of group we know. Write class, registration group or teaching group, "
            "or leave the cell blank."
        )
    return kind


def read_groups(sheet: Sheet, columns: Mapping[str, str | None], *, today: date) -> Parsed[GroupRow]:
    """The memberships of a sheet. `columns` has passed mapping.check."""
    return parse(sheet, columns, lambda cells: _membership(cells, today))


def _membership(cells: Cells, today: date) -> GroupRow | None:
    group = cells.word("group")
    if group is None and not cells.problems:
        cells.refuse("group", "the group has no name. Fill it in.")
    kind, subject = cells.read("kind", _read_kind), cells.word("subject")
    email, upn = cells.email("email"), cells.read("upn", read_upn)
    if not cells.problems and email is None and upn is None:
        cells.refuse(
            "upn" if cells.column("upn") else "email",
            "nobody is named. Fill in a pupil’s UPN or a colleague’s e-mail address.",
        )
    from_on, to_on = cells.day("from_on", today=today), cells.day("to_on", today=today)
    if from_on and to_on and to_on < from_on:
        cells.refuse("to_on", f"{in_words(to_on)} is before the first day. One of them is wrong.")
    if cells.problems or group is None:
        return None
    return GroupRow(cells.line, group, kind, subject, email, upn, from_on, to_on)
