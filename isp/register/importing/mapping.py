"""Which column of a file is which field of ours.

A mapping is plain JSON, `{"upn": "UPN", "sex": null, …}`: our field's key, the header as it stands in the
file, and null where a person said that no column holds it. The caller remembers it per school and kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from isp.register.importing.fields import FIELDS, REQUIRED, Kind, label, plain

__all__ = ["Columns", "Kind", "check", "guess", "is_known", "label", "to_remember"]

Columns = dict[str, str | None]


@cache
def _every_name() -> frozenset[str]:
    return frozenset(name for fields in FIELDS.values() for field in fields for name in field.names)


def is_known(header: str) -> bool:
    """Whether a header means something to us in any kind of file. For `reading.read`."""
    return plain(header) in _every_name()


def guess(kind: Kind, headers: Sequence[str], remembered: Mapping[str, str | None] | None = None) -> Columns:
    """A column for each of our fields, or None.

    What a person said before (`remembered`) comes first, where its column is there. Only whole names count;
    nothing is matched by likeness. No column is used twice.
    """
    there = {plain(header): header for header in headers}
    columns: Columns = {}
    for field in FIELDS[kind]:
        if remembered is None or field.key not in remembered:
            continue
        said = remembered[field.key]
        if said is None:
            columns[field.key] = None
        elif plain(said) in there:
            columns[field.key] = there[plain(said)]
    taken = {header for header in columns.values() if header is not None}
    # By how likely a name is, over all fields: "Forename" is the legal one only where no "Legal forename" is.
    ranked = sorted(
        (
            (rank, place, field, name)
            for place, field in enumerate(FIELDS[kind])
            for rank, name in enumerate(field.names)
        ),
        key=lambda item: item[:2],
    )
    found: dict[str, str] = {}
    for _, _, field, name in ranked:
        header = there.get(name)
        if header is None or header in taken or field.key in found or field.key in columns:
            continue
        found[field.key] = header
        taken.add(header)
    return {field.key: columns.get(field.key, found.get(field.key)) for field in FIELDS[kind]}


def to_remember(kind: Kind, headers: Sequence[str], chosen: Mapping[str, str | None]) -> Columns:
    """What is worth remembering of a person's choice for the next file of this kind.

    The columns chosen, and null only where a guess was taken away: a column that a later file brings for the
    first time is then still guessed.
    """
    guessed = guess(kind, headers)
    return {
        key: header for key, header in chosen.items() if header is not None or guessed.get(key) is not None
    }


def check(kind: Kind, columns: Mapping[str, str | None], headers: Sequence[str]) -> list[str]:
    """What stands in the way of using this mapping, a sentence each; an empty list when nothing does.

    Takes what a page or a remembered mapping hands over as it is: unknown keys and absent headers are named.
    """
    problems: list[str] = []
    fields = {field.key: field for field in FIELDS[kind]}
    users: dict[str, list[str]] = {}
    for key, header in columns.items():
        if key not in fields:
            problems.append(f"There is no field “{key}” in a file of {kind}.")
        elif header is not None and header not in headers:
            problems.append(f"{fields[key].label}: the file has no column “{header}”.")
        elif header is not None:
            users.setdefault(header, []).append(fields[key].label)
    problems += [
        f"The column “{header}” is chosen for {' and for '.join(labels)}. Choose it once."
        for header, labels in users.items()
        if len(labels) > 1
    ]
    missing = dict.fromkeys(
        requirement.sentence
        for requirement in REQUIRED[kind]
        if not any(columns.get(key) for key in requirement.any_of)
    )
    problems += [f"Choose the column that has {sentence}." for sentence in missing]
    return problems
