"""The worker killed (-9) at each step of a delivery: nothing is lost, and nothing is sent twice but once.

That once is the instant between the server's yes and our commit, and there the two mails are one to
whoever looks at their Message-ID.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from isp.kernel import clock
from tests.cast import Cast, keyring_file
from tests.notices.deliverer import IN_THE_DATABASE
from tests.notices.post import STEPS, Post, make_due, post_office, row, rows, set_back, told

pytestmark = pytest.mark.crash
ROOT = Path(__file__).resolve().parent.parent.parent
IN_TALK = tuple(f"at {step}" for step in STEPS)
THE_INSTANT = ("the yes not told", "told and not committed")


class Deliverer:
    """The program that forks deliverers."""

    def __init__(self, cast: Cast, post: Post, keyring: Path) -> None:
        self.alive = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.notices.deliverer"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        names = ("mail_host", "mail_port", "mail_from", "mail_tls", "mail_seconds", "public_url")
        self._tell(
            {
                "url": cast.store.database.url.render_as_string(hide_password=False),
                "keyring": str(keyring),
                "mail": {name: getattr(post.settings, name) for name in names},
            }
        )
        assert "ready" in self._hear()

    def _tell(self, what: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what).encode() + b"\n")
        self.process.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        heard: dict[str, Any] = json.loads(self.process.stdout.readline())
        return heard

    def live(self, point: str = "nowhere") -> int:
        """One run of the job, killed at a point; how the child ended."""
        self._tell({"point": point})
        self.alive = self._hear()["alive"]
        ended: int = self._hear()["ended"]
        return ended

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.alive, signal.SIGKILL)

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def deliverer(cast: Cast, post: Post) -> Iterator[Deliverer]:
    keyring = keyring_file(cast.keyring)
    found = Deliverer(cast, post, keyring)
    try:
        yield found
    finally:
        found.close()
        keyring.unlink()
        keyring.parent.rmdir()


def the_dead_are_gone(cast: Cast) -> None:
    """PostgreSQL may still be rolling back for a client that has died: until then its rows are locked."""
    if cast.store.database.is_sqlite:
        return
    at_it = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'"
    )
    ends = time.monotonic() + 20
    with cast.store.database.reading() as connection:
        while connection.scalar(at_it):
            assert time.monotonic() < ends, "a dead client's transaction does not end"
            time.sleep(0.005)


def test_killed_at_each_step_nothing_is_lost_and_nothing_sent_twice_but_in_the_instant(cast):
    """Each point on the same outbox, which grows: rows and mails are counted against each other."""
    seen: Counter[str] = Counter()
    with post_office() as post, deliverer(cast, post) as one:
        for point in (*IN_THE_DATABASE, *IN_TALK):
            notice = told(cast, "pam")
            make_due(cast)
            before = len(post.mails)
            if point in IN_TALK:
                # In the midst of the conversation: the server ends who talks to it, and takes nothing.
                step = point.removeprefix("at ")
                post.manners.drops_at, post.manners.on_drop = step, one.kill
                ended = one.live()
                post.manners.drops_at = None
            else:
                ended = one.live(point)
            assert ended == -signal.SIGKILL, f"nobody died {point}"
            seen[point] += 1

            the_dead_are_gone(cast)
            found = row(cast, notice)
            told_it = point == "told"
            assert (found.sent_at is not None) is told_it, point
            assert (found.next_at is None) is told_it, f"lost {point}"
            # The lease of the dead runs out, and the next worker finds what is left to do.
            set_back(cast, lease_until=clock.now() - timedelta(seconds=1))
            assert one.live() == 0
            assert row(cast, notice).sent_at is not None, f"lost {point}"
            arrived = post.mails[before:]
            assert len(arrived) == (2 if point in THE_INSTANT else 1), point
            assert len({mail["Message-ID"] for mail in arrived}) == 1
    assert len(seen) == 10
    assert all(one.sent_at and not one.next_at for one in rows(cast))


def test_what_kills_whoever_touches_it_is_given_up_in_the_end(cast, monkeypatch):
    from isp.notices import outbox

    monkeypatch.setattr(outbox, "MOST_ATTEMPTS", 2)
    with post_office() as post, deliverer(cast, post) as one:
        notice = told(cast, "pam")
        make_due(cast)
        for _ in range(2):
            assert one.live("the claim committed") == -signal.SIGKILL
            the_dead_are_gone(cast)
            set_back(cast, lease_until=clock.now() - timedelta(seconds=1))
        assert post.deliver(cast).sentence is None
        assert post.mails == []
    assert row(cast, notice).problem == "unfinished"
    assert row(cast, notice).given_up_at is not None
