"""From one cycle to the next: what of the version in force a new cycle sets back, told in sentences.

Pure. The results of the cycle that ends are cleared, since the version that holds them stays; steps that
were reached are set aside; what was due by the review is due by the next one. All else stands as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from isp.kernel.workdays import SchoolCalendar
from isp.plans.content import SHAPE
from isp.plans.deadlines import WHY, Due, next_due
from isp.plans.names import name_of
from isp.plans.vocabulary import Configuration
from isp.records.changes import Change, Op
from isp.records.days import say_day
from isp.records.shape import Content, Item

MET = frozenset({"expected", "more", "much_more"})
"""Results with which a step is done with."""
SOON = timedelta(days=14)
"""A review that is nearer than this is the one that ends the cycle, not the one that ends the next."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the new cycle changes, with the sentence said before it is done."""

    sentence: str
    changes: tuple[Change, ...]


def next_cycle(
    content: Content, configuration: Configuration, today: date, calendar: SchoolCalendar | None
) -> list[Step]:
    """What a new cycle changes in ``content``, in the order in which it is told."""
    outcomes = content["sections"]["outcomes"]["items"]
    review = next_review(content, configuration, today, calendar)
    return [
        *_review(content, review),
        *_set_aside(outcomes, configuration),
        *_kept(outcomes, configuration, review.on),
    ]


def next_review(
    content: Content, configuration: Configuration, today: date, calendar: SchoolCalendar | None
) -> Due:
    """The review that ends the new cycle: as it stands where it is well ahead, else an interval from today.

    On a school day of the school's calendar, as a review's own proposal; where the calendar does not say,
    no day but the reason.
    """
    fields = content["sections"]["review"]["fields"]
    standing = fields.get("next_review_on")
    if standing and date.fromisoformat(standing) > today + SOON:
        return Due(date.fromisoformat(standing))
    return next_due(today, configuration.interval_months(fields.get("interval")), calendar)


def is_step(outcome: Item) -> bool:
    """Whether an outcome is a step towards another one."""
    return bool(outcome.get("under"))


def is_reviewed_before(outcome: Item, on: date) -> bool:
    """Whether an outcome is a step that a review on this day need not ask about again.

    It has its result, and its day has passed; a step without a day, where it was reached.
    """
    result, due = outcome.get("result"), outcome.get("due_on")
    if not is_step(outcome) or not result:
        return False
    return bool(due < on.isoformat()) if due else result in MET


def _review(content: Content, review: Due) -> Iterator[Step]:
    held = content["sections"]["review"]["fields"].get("next_review_on")
    wanted = review.on.isoformat() if review.on else None
    if held == wanted:
        return
    change = Change(Op.SET, "review", None, "next_review_on", wanted)
    if wanted:
        yield Step(f"The next review is set to {say_day(wanted)}.", (change,))
    else:
        yield Step(f"The day of the next review is left for you to say. {WHY[review.why or '']}", (change,))


def _named(item: Item, configuration: Configuration) -> str:
    return name_of(SHAPE.sections["outcomes"], item, configuration, "school").removesuffix(".")


def _is_done(item: Item) -> bool:
    return is_step(item) and item.get("result") in MET


def _set_aside(outcomes: list[Item], configuration: Configuration) -> Iterator[Step]:
    for item in filter(_is_done, outcomes):
        yield Step(
            f"The step “{_named(item, configuration)}” was reached, so it is set aside.",
            (Change(Op.REMOVE, "outcomes", item["id"]),),
        )


def _kept(outcomes: list[Item], configuration: Configuration, review_on: date | None) -> Iterator[Step]:
    for item in outcomes:
        if _is_done(item):
            continue
        said = []
        changes = [
            Change(Op.SET, "outcomes", item["id"], field, None)
            for field in ("result", "result_note")
            if field in item
        ]
        if changes:
            said.append("the result is cleared")
        due = item.get("due_on")
        if due and review_on and date.fromisoformat(due) < review_on:
            changes.append(Change(Op.SET, "outcomes", item["id"], "due_on", review_on.isoformat()))
            said.append(f"it is due by {say_day(review_on.isoformat())}")
        if changes:
            yield Step(f"“{_named(item, configuration)}”: {' and '.join(said)}.", tuple(changes))
