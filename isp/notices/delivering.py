"""The job that delivers the outbox.

Each message goes through four steps, and each ends in a commit or leaves nothing behind:

1. claim: its rows are ours for ten minutes;
2. check: may this person still be told, and where; who may not is closed without a word;
3. send: the mail server (or the text service) says yes, or says no, or says nothing in time;
4. tell the rows: sent, put off, or given up.

Killed after 1 or 2, nothing went out: the lease runs out and somebody else does it. Killed after 4, all is
told. Only between the server's yes in 3 and the commit in 4 can a message go twice; then both carry one
Message-ID, by which many servers and programs show it once. A text's reference is asked for before it is
sent a second time, so there the gap is closed as far as the service remembers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from isp.audit import Store, Unit, looking, transaction
from isp.kernel import clock
from isp.kernel.actor import Actor
from isp.kernel.errors import DomainError, NotFound
from isp.notices import outbox
from isp.notices.kinds import WITH_A_CODE
from isp.notices.letters import Letter, compose
from isp.notices.outbox import MAIL, TEXT, Claim, Waiting
from isp.notices.problems import CLOSED, Problem
from isp.notices.smtp import MailServer

log = logging.getLogger("isp.notices")
JOB = Actor.job("deliver-messages")
AT_A_TIME = 20.0
"""Seconds after which the worker's other jobs get their turn."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """She may be told. ``path``: the page to sign in for; ``plainly``: in a family's words."""

    to: str
    path: str
    plainly: bool = False


@dataclass(frozen=True, slots=True)
class Withheld:
    """She is not told, and why (a code of ``problems.CLOSED``)."""

    why: str


Recipients = Callable[[Unit, Waiting, str], Addressed | Withheld]
"""Whether somebody may still be told of this in this way (``mail`` or ``text``), and where.

Rooms above know; it is asked at the moment of sending. For a kind of ``WITH_A_CODE`` it makes the code.
"""


class TextService(Protocol):
    """Whoever passes text messages on."""

    def send(self, number: str, reference: str) -> None:
        """Hand one over: the same words to everybody. Raises Problem."""

    def has(self, reference: str) -> bool:
        """Whether the service has taken one under this reference before. Raises Problem."""


@dataclass(slots=True)
class Done:
    """What one run came to, in messages (not rows)."""

    sent: int = 0
    closed: int = 0
    put_off: int = 0
    given_up: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str | None:
        """For the worker's log; None where there was nothing to do."""
        told = [
            f"{count} {word}"
            for count, word in (
                (self.sent, "sent"),
                (self.closed, "closed without sending"),
                (self.put_off, "put off"),
                (self.given_up, "given up"),
            )
            if count
        ]
        if not told:
            return None
        why = f" ({', '.join(sorted(set(self.problems)))})" if self.problems else ""
        return f"Messages: {', '.join(told)}{why}."


@dataclass(frozen=True, slots=True)
class Delivery:
    """What delivering needs. Either way of telling may be missing: its rows then wait."""

    store: Store
    recipients: Recipients
    mail: MailServer | None = None
    texts: TextService | None = None

    def run(self, seconds: float = AT_A_TIME) -> Done:
        """Send what is due, until nothing is, or the time is up, or a server is not to be had."""
        done, ends = Done(), time.monotonic() + seconds
        for channel, there in ((MAIL, self.mail), (TEXT, self.texts)):
            done.closed += outbox.close_stale(self.store, channel, clock.now())
            while there is not None and time.monotonic() < ends:
                claimed = outbox.claim(self.store, channel, clock.now())
                if claimed is None or not self._deliver(claimed, done):
                    break
        return done

    def _deliver(self, claimed: Claim, done: Done) -> bool:
        """Steps 2 to 4 for one message. False: it is no use to go on with others now."""
        try:
            found = self._check(claimed)
        except Exception as fault:  # noqa: BLE001 one row that cannot be looked at must not stop the rest
            log.error("a message could not be looked at: %s", type(fault).__name__)  # noqa: TRY400 its words quote values
            self._put_off(claimed, claimed.notices, Problem("fault"), done)
            return True
        withheld = {notice.id: answer.why for notice, answer in found.items() if isinstance(answer, Withheld)}
        if withheld:
            outbox.close(self.store, claimed, withheld, clock.now())
        going = {notice: answer for notice, answer in found.items() if isinstance(answer, Addressed)}
        if not going:
            done.closed += 1
            return True
        return self._send(claimed, going, done)

    def _check(self, claimed: Claim) -> dict[Waiting, Addressed | Withheld]:
        makes_a_code = any(notice.kind in WITH_A_CODE for notice in claimed.notices)
        opens = transaction if makes_a_code else looking
        with opens(self.store, JOB) as unit:
            return {notice: self._ask(unit, notice, claimed.channel) for notice in claimed.notices}

    def _ask(self, unit: Unit, notice: Waiting, channel: str) -> Addressed | Withheld:
        try:
            answer = self.recipients(unit, notice, channel)
        except NotFound:
            return Withheld("gone")
        except DomainError:
            # Between the asking and the sending an account was closed, or its address taken away.
            return Withheld("not_entitled")
        if isinstance(answer, Withheld) and answer.why not in CLOSED:
            raise KeyError(answer.why)
        return answer

    def _send(self, claimed: Claim, going: dict[Waiting, Addressed], done: Done) -> bool:
        if clock.now() + outbox.LEASE / 2 > claimed.until:
            # This process was stopped for minutes. The lease is left to run out: somebody else takes it up.
            return True
        try:
            self._hand_over(claimed, going)
        except Problem as problem:
            self._put_off(claimed, tuple(going), problem, done)
            return not problem.stops
        except Exception as fault:  # noqa: BLE001 a library's own fault, in whatever shape
            log.error("a message could not be sent: %s", type(fault).__name__)  # noqa: TRY400 its words quote values
            self._put_off(claimed, tuple(going), Problem("fault"), done)
            return True
        if not outbox.sent(self.store, claimed, [notice.id for notice in going], clock.now()):
            log.warning("a message took longer to send than its lease, and may go twice")
        done.sent += 1
        return True

    def _hand_over(self, claimed: Claim, going: dict[Waiting, Addressed]) -> None:
        first = next(iter(going.values()))
        if claimed.channel == MAIL:
            assert self.mail is not None  # noqa: S101 run() claims only for what is there
            kinds = [notice.kind for notice in going]
            plainly = all(answer.plainly for answer in going.values())
            letter = Letter(claimed.batch, first.to, kinds, first.path, plainly, clock.now())
            self.mail.send(compose(self.mail.office, letter), first.to)
            return
        assert self.texts is not None  # noqa: S101 the same
        reference = claimed.batch.hex
        if claimed.tried_before and self.texts.has(reference):
            return
        self.texts.send(first.to, reference)

    def _put_off(self, claimed: Claim, notices: tuple[Waiting, ...], problem: Problem, done: Done) -> None:
        ids = [notice.id for notice in notices]
        if outbox.put_off(self.store, claimed, ids, problem, clock.now()):
            done.given_up += 1
        else:
            done.put_off += 1
        done.problems.append(problem.code)
