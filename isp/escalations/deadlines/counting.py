"""From the day something happened to the day by which something must: one function a kind of limit.

"Within n weeks of a day" ends 7 × n days later, which is the last day that keeps it; "n days beginning with
a day" counts that day as the first; "before a day" ends on the day before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from isp.escalations.deadlines.limits import EXCUSES, Act, Bound, Counting, Limit, limit_of
from isp.kernel.workdays import add_working_days, first_working_day_on_or_after, months_after

AUGUST, SEPTEMBER, DECEMBER, JANUARY = 8, 9, 12, 1
CHRISTMAS_DAY = 25
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A day that the law names, and where it comes from in words. ``bound`` says what kind of day it is."""

    act: Act
    on: date
    why: str
    source: str
    who: str = "authority"
    what: str = ""
    bound: Bound = Bound.AT_MOST
    excuses: str = ""
    """In which circumstances the law does not ask for it in time, and where it says so; "" for none."""
    version: str = ""
    """Of the rules by which it was worked out."""

    def days_left(self, today: date) -> int:
        """Days from ``today`` to the day; negative once it has passed."""
        return (self.on - today).days

    def days_late(self, done_on: date) -> int:
        """How many days after the last day it was done; 0 where it was kept. Only a duty can be late."""
        return max(0, (done_on - self.on).days) if self.bound is Bound.AT_MOST else 0


def due(act: Act, start: date, *, version: str | None = None) -> Due:
    """The day for an act that runs from ``start``, under the rules of that day (or a version of them).

    Raises ValueError before the first rules and for a limit that is a day of the year (``phase_due``),
    HorizonPassed where working days are counted beyond the known bank holidays.
    """
    limit, rules = limit_of(act, start, version)
    return _due(limit, _reckoned(limit, start), f"{_length(limit)} {limit.start}, {words(start)}", rules)


def appeal_due(decided_on: date, certificate_on: date | None = None, *, version: str | None = None) -> Due:
    """The last day to appeal: two months from the decision or one from the certificate, the later of them.

    A limit that ends in August ends on the first working day of September; one that ends from 25 December
    to 1 January, on the first working day of January (rule 20 as the Tribunal applies it to these appeals).
    Raises HorizonPassed where a shift needs bank holidays that are not known yet.
    """
    (limit, rules), start = limit_of(Act.APPEAL, decided_on, version), decided_on
    if certificate_on is not None:
        longer, _ = limit_of(Act.APPEAL_CERTIFICATE, decided_on, version)
        if _reckoned(longer, certificate_on) > _reckoned(limit, decided_on):
            limit, start = longer, certificate_on
    plain = _reckoned(limit, start)
    on, because = _out_of_the_holidays(plain)
    why = f"{_length(limit)} {limit.start}, {words(start)}"
    why = f"{why}; that is {words(plain)}, and {because}" if because else why
    return _due(limit, on, why, rules, Act.APPEAL)


def phase_due(act: Act, year: int, *, version: str | None = None) -> Due:
    """The day by which a plan must be reviewed and amended in the year of a transfer between phases.

    ``act``: PHASE_POST_16 for secondary to post-16, PHASE for every other. "Before" a day: the last day
    that keeps it is the day before.
    """
    limit, rules = limit_of(act, date(year, 1, 1), version)
    if limit.before_day is None:
        raise ValueError(f"{act} is not a day of the year")
    named = date(year, *limit.before_day)
    why = f"before {words(named)}, in {limit.start}"
    return _due(limit, named - _DAY, why, rules)


def age_due(birthday: date, *, version: str | None = None) -> Due:
    """The last day to which a plan can be kept: of the academic year of this birthday, the 25th."""
    limit, _ = limit_of(Act.AGE, birthday, version)
    if limit.before_day is None:
        raise ValueError("an academic year ends with a day of the year")
    return phase_due(
        Act.AGE, birthday.year + ((birthday.month, birthday.day) >= limit.before_day), version=version
    )


def transfer_due(moves_on: date, known_on: date, *, version: str | None = None) -> Due:
    """When the old authority hands the plan over: on the day of the move, or when it knew too late for that.

    Too late is less than 15 working days before the move; then it has 15 working days, the day on which it
    knew being the first of them where it is a working day.
    """
    limit, rules = limit_of(Act.TRANSFER, known_on, version)
    notice, _ = limit_of(Act.NOTICE_OF_MOVE, known_on, version)
    if known_on <= _reckoned(notice, moves_on):
        why = f"the day of the move: it was known at least {notice.length} before"
        return _due(limit, moves_on, f"{why}, on {words(known_on)}", rules)
    why = f"{_length(limit)} {limit.start}, {words(known_on)}: less than {notice.length} before the move"
    return _due(limit, _reckoned(limit, known_on), why, rules)


def review_after_transfer_due(
    transferred_on: date, made_or_reviewed_on: date, *, version: str | None = None
) -> Due:
    """When the new authority must have reviewed the plan: the later of the year and three months."""
    usual = due(Act.REVIEW, made_or_reviewed_on, version=version)
    after = due(Act.REVIEW_AFTER_TRANSFER, transferred_on, version=version)
    return max(after, usual, key=lambda one: one.on)


def counts_from(dated_on: date, sent_on: date | None) -> date:
    """The day from which a notice counts: that on which it was sent, where that is on record and later.

    Until then it is the day of the decision that it tells, which is on the letter. What the law lets somebody
    do about a decision runs from the notice that was sent, or served, and not from its being written.
    """
    return dated_on if sent_on is None else max(dated_on, sent_on)


def work_out(act: Act, on: date, also: date | None = None) -> Due:
    """The day for any act, whatever kind of day it is.

    ``also``: the second date of those that have two: of an appeal, the certificate's; of a transfer (``on``:
    the move), when it became known; of a review after a transfer, when the plan was made or last reviewed.
    Raises ValueError before the first rules or where the second date is missing, HorizonPassed as ``due``.
    """
    if act in (Act.PHASE, Act.PHASE_POST_16):
        return phase_due(act, on.year)
    if act is Act.AGE:
        return age_due(on)
    if act is Act.APPEAL:
        return appeal_due(on, also)
    if act is Act.TRANSFER:
        return transfer_due(on, _second(also))
    if act is Act.REVIEW_AFTER_TRANSFER:
        return review_after_transfer_due(on, _second(also))
    return due(act, on)


def _second(also: date | None) -> date:
    if also is None:
        raise ValueError("the second date is missing")
    return also


def _excuses(limit: Limit) -> str:
    if not limit.excuses:
        return ""
    return (
        f"{limit.excused_by} excuses it where {', or '.join(EXCUSES[code].words for code in limit.excuses)}"
    )


def words(day: date) -> str:
    """``3 March 2026``."""
    return f"{day.day} {day:%B %Y}"


def _due(limit: Limit, on: date, why: str, version: str, act: Act | None = None) -> Due:
    named = act or limit.act
    return Due(
        named, on, why, limit.source, limit.who, limit.what, limit.bound, _excuses(limit), version=version
    )


def _length(limit: Limit) -> str:
    if limit.length == "at once":
        return "at once from"
    if limit.before:
        return f"at least {limit.length} before"
    if limit.counting is Counting.BEGINNING_WITH:
        at_least = "at least " if limit.bound is Bound.AT_LEAST else ""
        return f"{at_least}{limit.length} beginning with"
    return f"{limit.length} from"


def _reckoned(limit: Limit, start: date) -> date:
    if limit.before_day is not None:
        raise ValueError(f"{limit.act} is a day of the year, whatever happened when")
    sign = -1 if limit.before else 1
    first = limit.counting is Counting.BEGINNING_WITH
    if limit.working_days:
        if first:
            start = first_working_day_on_or_after(start)
        return add_working_days(start, sign * (limit.working_days - first))
    if limit.months:
        named = months_after(start, sign * limit.months)
        # Where the month has no day of that number, a period that begins with the day ends with the month.
        return named - _DAY if first and named.day == start.day else named
    return start + sign * timedelta(weeks=limit.weeks, days=limit.days) - first * _DAY


def _out_of_the_holidays(plain: date) -> tuple[date, str]:
    if plain.month == AUGUST:
        on = first_working_day_on_or_after(date(plain.year, SEPTEMBER, 1))
        return on, "a limit that ends in August ends on the first working day of September"
    if (plain.month == DECEMBER and plain.day >= CHRISTMAS_DAY) or (plain.month, plain.day) == (JANUARY, 1):
        year = plain.year + 1 if plain.month == DECEMBER else plain.year
        on = first_working_day_on_or_after(date(year, JANUARY, 1))
        return on, "a limit that ends from 25 December to 1 January ends on the first working day of January"
    return plain, ""
