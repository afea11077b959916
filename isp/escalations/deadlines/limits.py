"""The limits as they stand in the data: what has to be done, by whom, how long it may take and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from isp.kernel.dated import Series, Versions, days_of, head_of, load, series_by_name

UNITS = ("weeks", "months", "days", "working_days")


class Act(StrEnum):
    """What has to be done by a day. The names of the data; what each means stands there in words."""

    CONSULT = "consult"
    DECIDE = "decide"
    SEEK_ADVICE = "seek_advice"
    ADVICE = "advice"
    NO_PLAN = "no_plan"
    DRAFT_PLAN = "draft_plan"
    REPRESENT = "represent"
    SETTING_ANSWERS = "setting_answers"
    FINAL_PLAN = "final_plan"
    ADMIT = "admit"
    SECURE = "secure"

    CONTACT_ADVISER = "contact_adviser"
    CERTIFICATE_UNWANTED = "certificate_unwanted"
    TELL_HEALTH = "tell_health"
    MEDIATE = "mediate"
    CERTIFICATE_NOT_HELD = "certificate_not_held"
    CERTIFICATE_HELD = "certificate_held"
    AGREEMENT = "agreement"
    APPEAL = "appeal"
    APPEAL_CERTIFICATE = "appeal_certificate"
    RESPOND = "respond"
    ANSWER_RECOMMENDATION = "answer_recommendation"

    TELL_ASSESSING = "tell_assessing"
    ORDER_NO_PLAN = "order_no_plan"
    ORDER_ASSESS_FINAL = "order_assess_final"
    ORDER_DRAFT = "order_draft"
    ORDER_FINAL = "order_final"
    ORDER_RECONSIDER = "order_reconsider"
    ORDER_AMEND = "order_amend"
    ORDER_SETTING = "order_setting"
    ORDER_CONTINUE = "order_continue"
    ORDER_CEASE = "order_cease"
    CONCEDED_TELL = "conceded_tell"
    CONCEDED_NO_PLAN = "conceded_no_plan"
    CONCEDED_ASSESS_FINAL = "conceded_assess_final"
    CONCEDED_DRAFT = "conceded_draft"
    CONCEDED_FINAL = "conceded_final"
    CONCEDED_AMEND = "conceded_amend"
    CONCEDED_SETTING = "conceded_setting"

    REVIEW = "review"
    REVIEW_UNDER_FIVE = "review_under_five"
    INVITE = "invite"
    CIRCULATE = "circulate"
    REPORT = "report"
    REVIEW_DECISION = "review_decision"
    AMENDMENT_NOTICE = "amendment_notice"
    REPRESENT_AMENDMENT = "represent_amendment"
    AMENDED_PLAN = "amended_plan"
    NOT_AMENDED = "not_amended"
    PHASE_POST_16 = "phase_post_16"
    PHASE = "phase"
    POST_16_MOVE = "post_16_move"

    REASSESS = "reassess"
    REASSESSED_PLAN = "reassessed_plan"
    TRANSFER = "transfer"
    NOTICE_OF_MOVE = "notice_of_move"
    TELL_AFTER_TRANSFER = "tell_after_transfer"
    REVIEW_AFTER_TRANSFER = "review_after_transfer"
    HEALTH_BODY = "health_body"
    AGE = "age"


class Bound(StrEnum):
    """What kind of day a limit gives."""

    AT_MOST = "at_most"
    """The last day that keeps it."""
    AT_LEAST = "at_least"
    """The last of the days that must be given."""
    PRACTICE = "practice"
    """What is usual or advised, and no duty."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """A circumstance as the law has it; ``weeks``: how long it must have lasted without a break."""

    code: str
    words: str
    weeks: int = 0
    closes: bool = False
    """Of a school or provider that was closed: it counts where advice was asked for at that time."""

    @property
    def title(self) -> str:
        """The words with a capital first letter."""
        return self.words[:1].upper() + self.words[1:]


EXCUSES: Mapping[str, Excuse] = {
    one.code: one
    for one in (
        Excuse("school_closed", "advice was asked of a school or college that was closed", 4, closes=True),
        Excuse("early_years_closed", "advice was asked of a nursery that was closed", 4, closes=True),
        Excuse("circumstances", "there were exceptional personal circumstances of the child or the family"),
        Excuse("absent", "the child or the family was away from the area for four weeks or more", 4),
        Excuse("absent_two_weeks", "the child or the family was away from the area for two weeks or more", 2),
        Excuse("appointment_missed", "an appointment for an examination or a test was not kept"),
        Excuse("wants_to_be_heard", "the family wants to say what it thinks of the draft"),
    )
}
"""Where the law does not ask for a thing in time, if that was impractical because of it."""


class Counting(StrEnum):
    """Whether the day from which it runs is itself counted."""

    AFTER = "after"
    BEGINNING_WITH = "beginning_with"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: so much time from (or, ``before``, ahead of) the day in ``start``. ``source``: the law."""

    act: Act
    what: str
    who: str
    source: str
    start: str
    effective_from: date
    effective_to: date | None
    weeks: int = 0
    months: int = 0
    days: int = 0
    working_days: int = 0
    before_day: tuple[int, int] | None = None
    """Month and day before which it must be done, in the year of the start."""
    counting: Counting = Counting.AFTER
    before: bool = False
    bound: Bound = Bound.AT_MOST
    excuses: tuple[str, ...] = ()
    excused_by: str = ""

    @property
    def length(self) -> str:
        """``6 weeks``, ``2 months``, ``3 working days``; ``at once`` where there is no number."""
        for unit in UNITS:
            if count := getattr(self, unit):
                words = unit.replace("_", " ")
                return f"{count} {words if count > 1 else words[:-1]}"
        return "at once"


@dataclass(frozen=True, eq=False)
class RuleSet:
    """A version of the limits; its name is stored with every decision made under it."""

    version: str
    effective_from: date
    effective_to: date | None
    limits: Mapping[Act, Series[Limit]]

    def limit(self, act: Act, day: date) -> Limit:
        """The limit for what began on a day. ValueError where there is none."""
        return self.limits[act].on(day)


@cache
def rule_sets() -> Versions[RuleSet]:
    """Every version of the limits there has been, in order of time."""
    return load("isp.escalations", "limits", read, "rules")


def rules_on(day: date) -> RuleSet:
    """The rule set under which something that began on ``day`` runs. Raises ValueError before the first."""
    return rule_sets().on(day)


def limit_of(act: Act, start: date, version: str | None = None) -> tuple[Limit, str]:
    """The limit for what runs from ``start``, and the version it is of.

    ``version``: the rules that a case started under: they hold for it to its end, though others have followed
    since. Raises ValueError before the first rules, KeyError for a version that there never was.
    """
    rules = rules_on(start) if version is None else rule_sets().called(version)
    # What began after these rules had their last day runs, in a case of theirs, as on that day.
    day = start if rules.effective_to is None else min(start, rules.effective_to)
    return rules.limit(act, day), rules.version


def read(data: Mapping[str, Any]) -> RuleSet:
    """The limits from their file. KeyError or ValueError where something is missing or contradicts."""
    head = head_of(data)
    limits = series_by_name(((Act(row["act"]), _limit(head | row)) for row in data["limits"]), "limits")
    if missing := set(Act) - limits.keys():
        raise ValueError(f"no limit for {', '.join(sorted(missing))}")
    return RuleSet(**head, limits=limits)


def _limit(row: Mapping[str, Any]) -> Limit:
    lengths = {unit: row[unit] for unit in UNITS if unit in row}
    if len(lengths) > 1 or any(type(count) is not int or count < 1 for count in lengths.values()):
        raise ValueError(f"{row['act']} is so many of one unit, or at once")
    before_day = tuple(row["before_day"]) if "before_day" in row else None
    if before_day is not None and lengths:
        raise ValueError(f"{row['act']} has a day of the year or a length")
    excuses = tuple(row.get("excuses", ()))
    if unknown := set(excuses) - EXCUSES.keys():
        raise ValueError(f"{row['act']} is excused by what nobody knows: {', '.join(sorted(unknown))}")
    if bool(excuses) != bool(row.get("excused_by")):
        raise ValueError(f"{row['act']} says where it is excused, and by what, or neither")
    return Limit(
        act=Act(row["act"]),
        what=row["what"],
        who=row["who"],
        source=row["source"],
        start=row["start"],
        **days_of(row),
        **lengths,
        before_day=before_day,
        counting=Counting(row.get("counting", Counting.AFTER)),
        before=row.get("before", False),
        bound=Bound(row.get("bound", Bound.AT_MOST)),
        excuses=excuses,
        excused_by=row.get("excused_by", ""),
    )
