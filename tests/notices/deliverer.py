"""A program that delivers and is killed: started by ``test_killed_deliverer``, never by hand.

It imports everything once and forks a child for each line it reads; the child does one run of the job,
through the application's own code, and may be told to kill itself at a named point. The listeners that do
it are in this program alone. At the points in the conversation itself the mail server kills the child.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from config import Settings
from isp.access.recipients import recipient
from isp.audit import Store
from isp.kernel.crypto import Keyring
from isp.kernel.db import Database
from isp.notices.delivering import Delivery
from isp.notices.smtp import MailServer

IN_THE_DATABASE = (
    "before the claim",
    "claimed and not committed",
    "the claim committed",
    "the yes not told",
    "told and not committed",
    "told",
)


class Killer:
    """Kills this process at a point; what it is at is read from what is sent to the database."""

    def __init__(self, point: str) -> None:
        self.point, self.stage = point, ""

    def here(self, point: str) -> None:
        if point == self.point:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, database: Database) -> None:
        def before(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.startswith("UPDATE notice SET attempts=") or "attempts=(" in statement:
                self.stage = "claim"
                self.here("before the claim")
            elif statement.startswith("UPDATE notice") and "sent_at" in statement:
                self.stage = "tell"
                self.here("the yes not told")

        def commit(_connection: Any) -> None:
            self.here(
                {"claim": "claimed and not committed", "tell": "told and not committed"}.get(self.stage, "")
            )

        def after_commit(*_: Any) -> None:
            self.here({"claim": "the claim committed", "tell": "told"}.get(self.stage, ""))
            self.stage = ""

        for engine in database.engines:
            event.listen(engine, "before_cursor_execute", before)
        event.listen(database.engine, "commit", commit)
        # The connection goes back to the pool once the commit is done.
        event.listen(database.engine, "checkin", after_commit)


def live(world: dict[str, Any], order: dict[str, Any]) -> None:
    database = Database(world["url"])
    Killer(order["point"]).watch(database)
    store = Store(database, Keyring.load(Path(world["keyring"])))
    settings = Settings(**world["mail"])
    Delivery(store, recipient, MailServer.of(settings)).run()


def say(told: dict[str, Any]) -> None:
    os.write(1, json.dumps(told).encode() + b"\n")


def main() -> None:
    world = json.loads(sys.stdin.readline())
    say({"ready": os.getpid()})
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                say({"alive": os.getpid()})
                live(world, json.loads(line))
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        say({"ended": os.waitstatus_to_exitcode(status)})


if __name__ == "__main__":
    main()
