"""What the Department published of England for 2024, read off the performance pages and their CSV files.

The numbers stand here as they were published (SEN2 2025), apart from those by which the persons are made, so
that a mistake there shows here. At a scale of one in so many a count is the published one cut to the scale; a
percentage is as near to the published one as so few cases can be, and at scale 1 it is the published one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import html

from tests.exchange import national
from tests.people.world import Browser

BY = ("month", "need", "school")
"""The tables whose line of all is read: each groups the same cases anew."""
WHOLES: Mapping[str, tuple[tuple[str, int], ...]] = {
    "requests": (
        ("Requests received", 154_489),
        ("Decided to assess", 101_045),
        ("Decided not to assess", 38_889),
        ("Not decided yet", 12_038),
        ("Withdrawn before a decision", 2_517),
    ),
    "disputes": (("Mediation took place", 10_507), ("Appeal registered", 4_655)),
    "reviews-due": (("Reviews due", 524_654),),
    "reviews-held": (
        ("Meetings held", 453_761),
        ("To amend the plan", 219_538),
        ("To keep it as it is", 135_264),
        ("To cease it", 4_087),
        ("Not decided yet", 94_872),
    ),
}
PERCENTAGES: tuple[tuple[str, str, str, str], ...] = (
    ("six-weeks", "Within six weeks, all (%)", "Requests decided", "84.8"),
    ("plans", "Within 20 weeks, all (%)", "Plans issued", "45.9"),
    ("plans", "Within 20 weeks, without exceptions (%)", "Plans without an exception", "46.4"),
    ("plans", "After more than 52 weeks (%)", "Plans issued", "7.2"),
    ("reviews-held", "Decided within four weeks, of meetings held (%)", "Meetings held", "44.4"),
)
FIGURES = sum(len(one) for one in WHOLES.values()) + len(PERCENTAGES)


@dataclass(frozen=True)
class Read:
    """A published figure as a page or a file (``where``) says it, and whether it is not that (``wrong``)."""

    question: str
    column: str
    where: str
    said: str
    published: str
    wrong: bool

    def __str__(self) -> str:
        return f"{self.question}, {self.column}, {self.where}: {self.said}, published {self.published}"


def read_all(browser: Browser, scale: int) -> Iterator[Read]:
    """Every published figure, off every page and file that says it, as whoever signed in meets them."""
    asked = dict.fromkeys([*WHOLES, *(one[0] for one in PERCENTAGES)])
    for question in asked:
        for by in BY:
            address = f"by={by}&year=2024"
            page = browser.get(f"/performance/{question}?{address}")
            file = browser.get(f"/performance/{question}.csv?{address}")
            assert (page.status_code, file.status_code) == (200, 200), (question, by)
            yield from _compared(question, f"page by {by}", on_page(page.text), scale)
            yield from _compared(question, f"CSV by {by}", in_file(file.data), scale)


def on_page(text: str) -> dict[str, str]:
    """The line of all, by column, as the table of a page has it."""
    table = html.fromstring(text).find(".//main//table")
    assert table is not None
    heads = [one.text_content().strip() for one in table.findall("./thead/tr/th")]
    lines = [[cell.text_content().strip() for cell in row] for row in table.findall("./tbody/tr")]
    return _line_of_all(heads, lines)


def in_file(data: bytes) -> dict[str, str]:
    """The same of a file."""
    heads, *lines = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    return _line_of_all(heads, lines)


def _line_of_all(heads: list[str], lines: list[list[str]]) -> dict[str, str]:
    (found,) = (line for line in lines if line[0] == "All")
    return dict(zip(heads, found, strict=True))


def _compared(question: str, where: str, line: Mapping[str, str], scale: int) -> Iterator[Read]:
    whole = WHOLES.get(question, ())
    for (column, published), cut in zip(whole, _cut(question, whole, scale), strict=True):
        said = line[column]
        yield Read(question, column, where, said, f"{published:,}", said != str(cut))
    for asked, column, of, percent in PERCENTAGES:
        if asked == question:
            wrong = not _as_near_as_can_be(float(line[column]), float(percent), int(line[of]), scale)
            yield Read(question, column, where, line[column], percent, wrong)


def _cut(question: str, whole: tuple[tuple[str, int], ...], scale: int) -> list[int]:
    """Counts at a scale; where the first is the sum of the others, the parts still make it."""
    counts = [count for _, count in whole]
    if question in ("requests", "reviews-held"):
        order = {"reviews-held": ("amend", "maintain", "cease", "none")}.get(
            question, ("assess", "not_assess", "awaiting", "withdrawn")
        )
        assert sum(counts[1:]) == counts[0], question
        parts = national.parted(dict(zip(order, counts[1:], strict=True)), scale)
        return [round(counts[0] / scale), *parts.values()]
    return [round(count / scale) for count in counts]


def _as_near_as_can_be(said: float, published: float, of: int, scale: int) -> bool:
    """Whether no other number of so many cases is nearer to what was published than half a case."""
    if scale == 1:
        return said == published
    return abs(said - published) <= 50 / of + 0.05 + 1e-9
