"""Data that holds from one day to another: the lists, words and limits that law and practice change.

A version is a file ``data/<name>-<version>.toml`` of its package, with ``version``, ``effective_from`` and,
once a later one follows, ``effective_to``, both days included. What something was done under is never
edited: a change is a new file, and the one before it is given its last day. Whoever must know later under
what something was done stores the version and asks for it by name. Rows within a file may have days of
their own (``series_by_name``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from importlib import resources
from itertools import pairwise
from typing import Any, Protocol, TypedDict, TypeVar, overload


class Dated(Protocol):
    """What holds from one day to another, both included; ``effective_to`` None: until further notice."""

    @property
    def effective_from(self) -> date: ...

    @property
    def effective_to(self) -> date | None: ...


class Version(Dated, Protocol):
    """The same with a name by which it can be asked for later."""

    @property
    def version(self) -> str: ...


T = TypeVar("T", bound=Dated)
V = TypeVar("V", bound=Version)
K = TypeVar("K", bound=Hashable)


class Days(TypedDict):
    """From when to when something holds, as a file has it."""

    effective_from: date
    effective_to: date | None


class Head(Days):
    """What every file begins with."""

    version: str


class Series(Sequence[T]):
    """What has held one after the other, in order of time: never two at once."""

    def __init__(self, found: Iterable[T], what: str, *, unbroken: bool = True) -> None:
        """``what`` it is, for errors. ``unbroken``: something holds on every day from the first one on.

        Raises ValueError where days overlap or (``unbroken``) are missing.
        """
        self.what = what
        self._held = tuple(sorted(found, key=lambda one: one.effective_from))
        if not self._held:
            raise ValueError(f"there are no {what}")
        for one in self._held:
            if one.effective_to is not None and one.effective_to < one.effective_from:
                raise ValueError(f"{self._called(one)} end before they begin")
        for earlier, later in pairwise(self._held):
            ends = earlier.effective_to
            if ends is None or later.effective_from <= ends:
                raise ValueError(f"{self._called(later)} begin before the earlier ones end")
            if unbroken and (later.effective_from - ends).days != 1:
                raise ValueError(f"{self._called(later)} do not begin on the day after the earlier ones end")
        if unbroken and self._held[-1].effective_to is not None:
            raise ValueError(f"nothing follows {self._called(self._held[-1])}")

    def _called(self, one: T) -> str:
        return f"the {self.what} from {one.effective_from.isoformat()}"

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...

    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self._held[index]

    def __len__(self) -> int:
        return len(self._held)

    def on(self, day: date) -> T:
        """What holds on a day. ValueError where nothing does."""
        for one in self._held:
            if one.effective_from <= day and (one.effective_to is None or day <= one.effective_to):
                return one
        raise ValueError(f"no {self.what} are known for {day.isoformat()}")

    def on_or_first(self, day: date) -> T:
        """The same; before the first ones, the first."""
        return self.on(max(day, self._held[0].effective_from))


class Versions(Series[V]):
    """A series whose members can be asked for by name."""

    def __init__(self, found: Iterable[V], what: str) -> None:
        super().__init__(found, what)
        if len({one.version for one in self}) != len(self):
            raise ValueError(f"a version of the {what} is there twice")

    def called(self, version: str) -> V:
        """The one of this version. Raises KeyError."""
        return {one.version: one for one in self}[version]


def load(package: str, name: str, read: Callable[[Mapping[str, Any]], V], what: str) -> Versions[V]:
    """Every version that a package's ``data`` holds. ValueError or KeyError where a file cannot stand."""
    found: list[V] = []
    for file in resources.files(package).joinpath("data").iterdir():
        if file.name.startswith(f"{name}-"):
            one = read(tomllib.loads(file.read_text("utf-8")))
            if file.name != f"{name}-{one.version}.toml":
                raise ValueError(f"{file.name} says that it is version {one.version}")
            found.append(one)
    return Versions(found, what)


def series_by_name(rows: Iterable[tuple[K, T]], what: str) -> dict[K, Series[T]]:
    """Rows that hold for days of their own, by what they are about; about one thing, never two at once."""
    found: dict[K, list[T]] = {}
    for name, row in rows:
        found.setdefault(name, []).append(row)
    return {name: Series(held, f"{what} ({name})", unbroken=False) for name, held in found.items()}


def head_of(data: Mapping[str, Any]) -> Head:
    """What a file begins with. KeyError or ValueError."""
    if not isinstance(data["version"], str):
        raise ValueError("a version is a text")  # noqa: TRY004 callers read one kind of error from a file
    return {"version": data["version"], **days_of(data)}


def days_of(data: Mapping[str, Any]) -> Days:
    """The days of a file or of one of its rows. KeyError or ValueError."""
    begins, ends = data["effective_from"], data.get("effective_to")
    for day in (begins, ends):
        if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
            raise ValueError(f"not a day: {day}")
    return {"effective_from": begins, "effective_to": ends}
