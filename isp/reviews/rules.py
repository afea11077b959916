"""When an act on a review is possible. Pure, but for the words. *Who* may act at all is the grid's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any
from uuid import UUID

from isp.access.policy import GRID, Permission, Standing
from isp.kernel.errors import Conflict, Invalid
from isp.records.shape import Content
from isp.reviews.content import has_annual

PLANNED, OPEN, CLOSED, CANCELLED = "planned", "open", "closed", "cancelled"
STATUS_WORDS = {PLANNED: "Planned", OPEN: "Being held", CLOSED: "Closed", CANCELLED: "Cancelled"}
END = "end"
CHANGE_LAYER = "change_layer"
ATTENTION = "Some answers need attention."
ANSWERS = {
    "coming": "Yes, I will come",
    "sends_views": "No, but I will send what I think",
    "not_coming": "No",
}
SAID = {"coming": "Comes", "sends_views": "Sends views", "not_coming": "Does not come"}
MINUTES = (30, 45, 60, 90, 120)


def leads_only_her_own(standings: Iterable[Standing], permission: Permission) -> bool:
    """Whether somebody may so act on reviews that she leads, and no other: a teacher of the pupil."""
    return not (set(standings) & GRID[permission]) - {Standing.TEACHER}


def check_planned(status: str) -> None:
    """A review that is closed or cancelled stays as it is."""
    if status == CLOSED:
        raise Conflict(
            "This review is closed. Its report is kept, and the next review has a page of its own."
        )
    if status == CANCELLED:
        raise Conflict("This review was cancelled. Plan another one from the pupil’s page.")


def check_open(status: str, closed_by: str = "") -> None:
    """The meeting is being held: only then is there a report to write in, or to close."""
    if status == CLOSED:
        who = f" by {closed_by}" if closed_by else ""
        raise Conflict(f"This review was closed already{who}. Open its page to read the report.")
    if status == CANCELLED:
        raise Conflict("This review was cancelled, so nothing more is written in it.")
    if status == PLANNED:
        raise Conflict("The meeting has not been opened yet. Open it from the review’s page.")


def check_day(on: date | None, today: date, years: int, *, box: str = "planned_on") -> None:
    """A meeting is today or lies ahead, within the horizon of a plan."""
    if on is None:
        return
    if on < today:
        raise Invalid(ATTENTION, {box: "A meeting is today or later. Check the date."})
    if on.year > today.year + years:
        raise Invalid(ATTENTION, {box: f"Give a date before {today.year + years + 1}."})


def check_reason(reason: str) -> str:
    """Why a review does not take place, or did not: on one line. Raises Invalid for the box ``reason``."""
    given = " ".join(reason.split())
    if not given or len(given) > 1000:
        said = "Say in a few words why." if not given else "Shorten this: it can hold 1,000 characters."
        raise Invalid(ATTENTION, {"reason": said})
    return given


def read_time(text: str | None) -> time | None:
    """A time of day as people type it: 15:30, 3.30pm, 9am. Raises Invalid for the box ``starts``."""
    typed = " ".join((text or "").lower().replace(".", ":").split()).replace(" ", "")
    if not typed:
        return None
    afternoon = typed.endswith("pm")
    bare = typed.removesuffix("am").removesuffix("pm")
    hour, _, minute = bare.partition(":")
    if hour.isascii() and hour.isdecimal() and (not minute or (minute.isascii() and minute.isdecimal())):
        number = int(hour) if len(hour) < 3 else 99
        if bare != typed and 1 <= number <= 12:
            number = number % 12 + (12 if afternoon else 0)
        elif bare != typed:
            number = 99
        if number < 24 and int((minute or "0")[:3]) < 60 and len(minute) in (0, 2):
            return time(number, int(minute or "0"))
    raise Invalid(ATTENTION, {"starts": "Give a time like 15:30 or 3.30pm, or leave it empty."})


def lacking(content: Content) -> list[tuple[str, str, str]]:
    """What a report still needs before it can be closed: section, item ("" for none), sentence."""
    held = content["sections"]
    found = []
    if not held["meeting"]["fields"].get("held_on"):
        found.append(("meeting", "", "Say when the meeting was held."))
    for number, item in enumerate(held["outcomes"]["items"], 1):
        if not item.get("result"):
            found.append(("outcomes", item["id"], f"Say how outcome {number} went."))
        if not item.get("next"):
            found.append(("outcomes", item["id"], f"Say what happens next with outcome {number}."))
        if item.get("next") == "change" and not item.get("wording"):
            found.append(("outcomes", item["id"], f"Write the new wording of outcome {number}."))
    fields = held["decision"]["fields"]
    decision = fields.get("decision")
    if not decision:
        found.append(("decision", "", "Say what was decided."))
    if decision == CHANGE_LAYER and not fields.get("layer"):
        found.append(("decision", "", "Say which layer it is from now on."))
    if decision and decision != END and not fields.get("next_review_on"):
        found.append(("decision", "", "Say when the next review is."))
    if has_annual(content) and not held["annual"]["fields"].get("recommendation"):
        found.append(("annual", "", "Say what the school recommends to the authority."))
    return found


def check_complete(content: Content, today: date) -> None:
    """A report says how each outcome went and what was decided. Raises Invalid, a sentence for each."""
    missing = [sentence for _, _, sentence in lacking(content)]
    fields = content["sections"]["decision"]["fields"]
    next_on, held_on = fields.get("next_review_on"), content["sections"]["meeting"]["fields"].get("held_on")
    if held_on and held_on > today.isoformat():
        missing.append("The meeting has a date that is still to come: say when it was held.")
    if next_on and held_on and next_on <= held_on and fields.get("decision") != END:
        missing.append("The next review is on or before the day of this one: check its date.")
    if missing:
        raise Invalid(
            "The review needs a little more before it can be closed. " + " ".join(missing),
            {f"lacking-{number}": sentence for number, sentence in enumerate(missing)},
        )


def check_unmoved(revision: int, shown: int) -> None:
    """What is closed is what the person looked at."""
    if revision != shown:
        raise Conflict(
            "Somebody wrote in this review after the page you were looking at was made. "
            "Look at what it says now, then close it."
        )


def is_under_way(row: Any) -> bool:
    return row.status in (PLANNED, OPEN)


def is_led_by(row: Any, person_id: UUID | None) -> bool:
    return person_id is not None and row.led_by == person_id
