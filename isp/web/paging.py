"""Long lists, a page at a time, by the key of the last row shown: never a count, never an offset.

A cursor is signed, so nobody can walk to rows by guessing, and holds only ids, numbers and dates. A
text is refused: it could be a surname, and cursors stand in addresses.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from itsdangerous import BadData, URLSafeSerializer

from isp.web.stamps import secret_key

Key = int | uuid.UUID | date | datetime
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Window:
    """What to fetch: up to ``limit`` rows beyond ``position`` (None: from the start of the list).

    backwards: rows *before* the position, nearest first (the list's order turned round).
    """

    position: tuple[Key, ...] | None
    backwards: bool
    limit: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows to show, in the list's order, and cursors for the pages beside it (None: there is none)."""

    items: Sequence[T]
    earlier: str | None
    later: str | None


def read_page(
    fetch: Callable[[Window], Sequence[T]],
    key: Callable[[T], tuple[Key, ...]],
    *,
    scope: str,
    size: int = 50,
    cursor: str | None = None,
) -> Page[T]:
    """One page of at most ``size`` rows.

    fetch: a query that honours a Window. key: a row's place in the order (unique). scope: names the list
    and whose it is, so that a cursor of one list means nothing in another. cursor: from the address; one
    that cannot be read, of another list or altered, gives the first page.
    """
    position, backwards = _read(cursor, scope) if cursor else (None, False)
    rows = list(fetch(Window(position, backwards, size + 1)))
    beyond = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page(rows, None, None)
    has_earlier = beyond if backwards else position is not None
    has_later = True if backwards else beyond
    return Page(
        rows,
        _write(key(rows[0]), scope, backwards=True) if has_earlier else None,
        _write(key(rows[-1]), scope, backwards=False) if has_later else None,
    )


def page_in_memory(
    found: Sequence[T], key: Callable[[T], Key], *, scope: str, size: int = 50, cursor: str | None = None
) -> Page[T]:
    """A page of a list that had to be read whole (names are sealed), in its own order; ``key`` is unique.

    A row that went meanwhile gives the first page.
    """
    places = {key(one): number for number, one in enumerate(found)}

    def window(wanted: Window) -> Sequence[T]:
        at = places.get(wanted.position[0]) if wanted.position else None
        if at is None:
            return found[: wanted.limit]
        if wanted.backwards:
            return found[max(0, at - wanted.limit) : at][::-1]
        return found[at + 1 : at + 1 + wanted.limit]

    return read_page(window, lambda one: (key(one),), scope=scope, size=size, cursor=cursor)


def _signer(scope: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key(), salt=f"isp.cursor.{scope}")


def _write(key: tuple[Key, ...], scope: str, *, backwards: bool) -> str:
    return str(_signer(scope).dumps([int(backwards), [_part(each) for each in key]]))


def _part(each: object) -> tuple[str, str | int]:
    match each:
        case int():
            return "n", each
        case uuid.UUID():
            return "u", each.hex
        case datetime():
            return "t", each.isoformat()
        case date():
            return "d", each.isoformat()
        case _:
            raise TypeError(f"A cursor holds ids, numbers and dates, not {type(each).__name__}.")


_READERS: dict[str, Callable[[str], Key]] = {
    "u": lambda text: uuid.UUID(hex=text),
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
}


def _read(cursor: str, scope: str) -> tuple[tuple[Key, ...] | None, bool]:
    try:
        backwards, parts = _signer(scope).loads(cursor)
    except BadData:
        return None, False
    return tuple(part if kind == "n" else _READERS[kind](part) for kind, part in parts), bool(backwards)
