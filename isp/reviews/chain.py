"""The graduated approach as a chain: assess, plan, do, review, cycle after cycle. Pure, from clear facts.

A cycle begins with the review that closed the one before (or with the first version) and ends with its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from isp.kernel.clock import civil_day
from isp.reviews import rules

ASSESS, PLAN, DO, REVIEW = "Assess", "Plan", "Do", "Review"
DONE, NOW, TO_COME = "done", "now", "to come"


@dataclass(frozen=True, slots=True)
class Link:
    """One of the four parts of a cycle. ``words`` say when, or what is still to come."""

    part: str
    state: str
    words: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One round: its number, and its four parts in order."""

    number: int
    links: tuple[Link, ...]

    @property
    def is_over(self) -> bool:
        return all(one.state == DONE for one in self.links)


@dataclass(frozen=True, slots=True)
class Shared:
    """A version of the plan as far as the chain needs it."""

    number: int
    on: date


def cycles(
    versions: Sequence[Shared],
    reviews: Iterable[Any],
    due_on: date | None,
    record_id: object,
    words: Any,
    *,
    is_late: bool = False,
) -> list[Cycle]:
    """The cycles of one plan, the first one first.

    ``versions`` and ``reviews`` oldest first, as the reader may see them; ``words`` says a day; ``is_late``
    that the day of the review has passed without one.
    """
    closed = [row for row in reviews if row.status == rules.CLOSED]
    under_way = next((row for row in reviews if rules.is_under_way(row)), None)
    found = []
    left = list(versions)
    for number, review in enumerate(closed, 1):
        end = civil_day(review.closed_at)
        mine = [one for one in left if one.number <= (review.plan_version or 0)]
        left = [one for one in left if one not in mine]
        found.append(_over(number, mine, review, end, record_id, words))
    if left or not closed or under_way is not None or due_on is not None:
        due = "no day yet"
        if due_on is not None:
            due = f"not held: it was due {words(due_on)}" if is_late else f"due {words(due_on)}"
        found.append(_now(len(closed) + 1, left, under_way, due, record_id, words))
    return found


def _over(
    number: int, mine: Sequence[Shared], review: Any, end: date, record_id: object, words: Any
) -> Cycle:
    planned = mine[-1] if mine else None
    href = f"/plans/{record_id}/versions/{planned.number}" if planned else ""
    since = words(mine[0].on) if mine else ""
    return Cycle(
        number,
        (
            Link(ASSESS, DONE, f"by {since}" if since else "done"),
            Link(PLAN, DONE, f"version {planned.number}, {words(planned.on)}" if planned else "done", href),
            Link(DO, DONE, f"until {words(end)}"),
            Link(REVIEW, DONE, words(end), f"/reviews/{review.id}"),
        ),
    )


def _now(
    number: int,
    mine: Sequence[Shared],
    review: Any | None,
    due: str,
    record_id: object,
    words: Any,
) -> Cycle:
    if not mine:
        return Cycle(
            number,
            (
                Link(
                    ASSESS, DONE if number > 1 else NOW, "by the last review" if number > 1 else "under way"
                ),
                Link(
                    PLAN, NOW if number > 1 else TO_COME, "being written" if number > 1 else "not shared yet"
                ),
                Link(DO, TO_COME, "not yet"),
                Link(REVIEW, TO_COME, due),
            ),
        )
    planned = mine[-1]
    is_open = review is not None and review.status == rules.OPEN
    said = due
    if review is not None and review.planned_on is not None:
        said = f"meeting on {words(review.planned_on)}"
    return Cycle(
        number,
        (
            Link(ASSESS, DONE, f"by {words(mine[0].on)}"),
            Link(
                PLAN,
                DONE,
                f"version {planned.number}, {words(planned.on)}",
                f"/plans/{record_id}/versions/{planned.number}",
            ),
            Link(DO, DONE if is_open else NOW, f"since {words(planned.on)}"),
            Link(
                REVIEW,
                NOW if is_open else TO_COME,
                "being held" if is_open else said,
                f"/reviews/{review.id}" if review is not None else "",
            ),
        ),
    )
