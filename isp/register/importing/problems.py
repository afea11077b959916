"""What is wrong with a file, in words: where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from isp.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one place. `line` is the line of the file, from 1; `column` the header as it
    stands there.

    Either may be None. str() gives "Line 14, Date of birth: 31/02/2015 is not a real date. …".
    """

    line: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        if self.line is None:
            return f"{self.column}: {self.message}" if self.column else self.message
        place = f"Line {self.line}, {self.column}" if self.column else f"Line {self.line}"
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be brought in, with every reason found."""

    line: int
    problems: tuple[Problem, ...]


class Unreadable(Invalid):
    """The file as a whole cannot be read. `message` says why and what to do instead."""


class NotUnderstood(ValueError):
    """One cell cannot be understood. str() is the sentence, without its place."""


def count_of(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 pupil, 1,204 pupils."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
