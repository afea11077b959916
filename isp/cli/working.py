"""What the worker does: a short list of jobs, each due every so often, each safe to do twice.

Nothing here remembers what was done: a job looks at the rows and does what they call for, so a worker
killed at any point leaves nothing half done and the next one goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from config import Settings
from isp.audit import Store, Unit, looking, transaction
from isp.audit.verify import verify
from isp.cli.trails import CHECKS
from isp.documents.waiting import purge as purge_waiting
from isp.ehcp import budgets
from isp.ehcp.reminders import reminders as checks_due
from isp.escalations import keeping
from isp.escalations.farewells import of_the_living, recipient
from isp.escalations.keeping import keep_missing, missing
from isp.escalations.reminders import advice_due, answers_due
from isp.escalations.upkeep.reminders import reminders as papers_due
from isp.escalations.work import finding
from isp.escalations.work.finding import mark_missing, unmarked
from isp.exchange import jobs as sen2
from isp.kernel import clock
from isp.kernel.actor import Actor
from isp.notices.delivering import Delivery
from isp.notices.notify import Notify
from isp.notices.reminders import Reminding, remind_all
from isp.notices.smtp import MailServer
from isp.people.sessions import Limits, end_lapsed
from isp.plans.given import reminders as sections_due
from isp.register.jobs import purge_staged
from isp.reviews.reminders import reminders as reviews_due
from isp.reviews.rounds_queries import reminders as questions_due
from isp.web.request_log import places

log = logging.getLogger("isp.worker")
T = TypeVar("T")
_A_TURN = timedelta(seconds=20)
"""How long one job goes on finding more: others wait for it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its name in the trail, how often it is due, and what it does (a sentence if it did anything)."""

    name: str
    every: timedelta
    do: Callable[[Store, Settings], str | None]


def _clear_staged(store: Store, _settings: Settings) -> str | None:
    with transaction(store, Actor.job("clear-staged-files")) as unit:
        count = purge_staged(unit) + purge_waiting(unit)
    return f"{count} files that nobody brought in were cleared." if count else None


def _by_turns(
    store: Store,
    job: str,
    look: Callable[[Unit], Sequence[T]],
    do: Callable[[Unit, Sequence[T]], int],
    at_once: int,
) -> int:
    """Look without holding up who writes, write where something was found, and again while there is more.

    So that what a file of a whole authority brought in is worked off in minutes, and a run that finds
    nothing, as almost all do, takes no lock. What stays to be found after it was done is left for next time.
    """
    actor, until = Actor.job(job), clock.now() + _A_TURN
    done: set[T] = set()
    while True:
        with looking(store, actor) as unit:
            found = look(unit)
        fresh = [one for one in found if one not in done]
        if not fresh:
            return len(done)
        with transaction(store, actor) as unit:
            do(unit, fresh)
        done.update(fresh)
        if len(found) < at_once or clock.now() > until:
            return len(done)


def _keep_duties(store: Store, _settings: Settings) -> str | None:
    count = _by_turns(store, "keep-duties", missing, keep_missing, keeping.AT_ONCE)
    return f"What is due was worked out for {count} children." if count else None


def _mark_names(store: Store, _settings: Settings) -> str | None:
    count = _by_turns(store, "mark-names", unmarked, mark_missing, finding.AT_ONCE)
    return f"The names of {count} children can be found at the front door." if count else None


def _keep_budgets(store: Store, _settings: Settings) -> str | None:
    count = _by_turns(store, "keep-budgets", budgets.unkept, budgets.keep_missing, budgets.AT_ONCE)
    return f"What section J says was kept of {count} EHC plans of an earlier release." if count else None


def _end_sessions(store: Store, settings: Settings) -> str | None:
    limits = Limits(timedelta(minutes=settings.idle_minutes), timedelta(minutes=settings.absolute_minutes))
    with transaction(store, Actor.job("end-sessions")) as unit:
        count = end_lapsed(unit, limits)
    return f"{count} sessions that had lapsed were ended." if count else None


def _walk_trail(store: Store, _settings: Settings) -> str | None:
    report = verify(store, more=CHECKS)
    if report.ok:
        return None
    log.error("the trail is NOT OK: %s", report.faults[0])
    return f"The trail is NOT OK: {report.faults[0]}"


def _deliver(store: Store, settings: Settings) -> str | None:
    found = Delivery(store, recipient, MailServer.of(settings), Notify.of(settings))
    return found.run().sentence


REMINDERS: tuple[Reminding, ...] = (
    sections_due,
    questions_due,
    reviews_due,
    advice_due,
    answers_due,
    papers_due,
    checks_due,
)
"""What each room reminds of: functions (unit, today) that give everything due a reminder, told or not."""


def _remind(store: Store, _settings: Settings) -> str | None:
    count = remind_all(store, [of_the_living(one) for one in REMINDERS], clock.now())
    return f"{count} reminders were put into the outbox." if count else None


def _ask_sen2(store: Store, _settings: Settings) -> str | None:
    return sen2.ask_daily(store)


def _do_sen2(store: Store, _settings: Settings) -> str | None:
    return sen2.run(store)


JOBS = (
    Job("deliver-messages", timedelta(seconds=5), _deliver),
    Job("remind", timedelta(hours=1), _remind),
    Job("clear-staged-files", timedelta(minutes=10), _clear_staged),
    Job("keep-duties", timedelta(seconds=30), _keep_duties),
    Job("mark-names", timedelta(seconds=30), _mark_names),
    Job("keep-budgets", timedelta(hours=1), _keep_budgets),
    Job("end-sessions", timedelta(hours=1), _end_sessions),
    Job("check-for-sen2", timedelta(hours=1), _ask_sen2),
    Job("sen2", timedelta(seconds=2), _do_sen2),
    Job("walk-the-trail", timedelta(hours=24), _walk_trail),
)


@dataclass
class Worker:
    """One worker. Several may run: what they do is safe to do twice."""

    store: Store
    settings: Settings
    jobs: tuple[Job, ...] = JOBS
    _next: dict[str, datetime] = field(default_factory=dict)

    def do_due(self, now: datetime) -> list[str]:
        """Do what is due; sentences of what was done. A job that fails is tried again when next due."""
        done = []
        for job in self.jobs:
            if now < self._next.get(job.name, now):
                continue
            self._next[job.name] = now + job.every
            try:
                said = job.do(self.store, self.settings)
            except Exception as problem:  # noqa: BLE001 one job's fault must not keep the others from theirs
                # Its kind and place, not its words: messages quote values.
                kind, where = type(problem).__name__, places(problem.__traceback__)[-1]
                log.error("the job %s failed: %s at %s", job.name, kind, where)  # noqa: TRY400 a trace quotes values
                continue
            if said:
                log.info(said)
                done.append(said)
        return done
