"""A program that writes until it is killed: started by ``tests.crash.loop``, never by hand.

It imports everything once and then forks a child for each line it reads, because starting Python takes
longer than most lives here. A child does random deeds on the plans it is given, through the application's
own actions. It says on standard output what it begins, and what was committed once the commit returned:

    {"begun": token, "deed": "save"}
    {"done": token, "deed": "save", "record": …, "revision": …, "digest": …}

A token is the deed's request id, which the trail holds, and the words that a save writes. A child may be
told to kill itself at a named point of the work: the listeners that do it are in this program alone.
"""

from __future__ import annotations

import io
import json
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event

from isp.audit import Store, Unit, looking, transaction
from isp.documents import actions as documents
from isp.documents.actions import Filing
from isp.documents.intake import Taken
from isp.kernel.actor import Actor
from isp.kernel.crypto import Keyring
from isp.kernel.db import Database
from isp.notes import actions as notes
from isp.plans import actions, queries
from isp.records import saves
from isp.records.changes import Change, Op
from isp.records.drafts import DraftWords
from isp.reviews import rounds
from isp.reviews.actions import remember_save
from isp.reviews.saving import open_report

POINTS = (
    "before the change",
    "after the change",
    "before the head is locked",
    "after the events",
    "before the commit",
    "after the commit",
)
# What a change of each kind is, as the database is told of it. A document comes in pieces.
CHANGES = (
    "UPDATE draft SET",
    "INSERT INTO record_version",
    "INSERT INTO document_body",
    "INSERT INTO working_note_version",
    "INSERT INTO question_answer",
)
# A life that nobody ends is over after this many deeds.
DEEDS = 400


class Killer:
    """Kills this process at the n-th passing of a point."""

    def __init__(self, point: str, passing: int) -> None:
        self.point, self.left = point, passing

    def here(self, point: str) -> None:
        if point != self.point:
            return
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, database: Database) -> None:
        """Listen to what is sent to the database."""

        def before(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if any(change in statement for change in CHANGES):
                self.here("before the change")
            # SQLite has no FOR UPDATE: there the read of the head under the write lock is the moment.
            locks = database.is_sqlite or "FOR UPDATE" in statement or statement.startswith("WITH")
            if "audit_head" in statement and locks:
                self.here("before the head is locked")

        def after(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if any(change in statement for change in CHANGES):
                self.here("after the change")
            if "INSERT INTO audit_event" in statement:
                self.here("after the events")

        for engine in database.engines:
            event.listen(engine, "before_cursor_execute", before)
            event.listen(engine, "after_cursor_execute", after)
        event.listen(database.engine, "commit", lambda _connection: self.here("before the commit"))


class Life:
    """One child's work. ``order``: seed, kill (a point and a passing, or nothing), deeds, fault."""

    def __init__(self, world: dict[str, Any], order: dict[str, Any]) -> None:
        self.database = Database(world["url"])
        self.store = Store(self.database, Keyring.load(Path(world["keyring"])))
        self.plans = [UUID(plan) for plan in world["plans"]]
        self.beside = {UUID(plan): beside for plan, beside in world["beside"].items()}
        filed = order["filed"]
        self.filed = {plan: [(UUID(one), number) for one, number in filed[str(plan)]] for plan in self.plans}
        self.people = {name: UUID(person) for name, person in world["people"].items()}
        self.random = random.Random(order["seed"])  # noqa: S311 to be repeated, not to be secret
        self.cycle: int = order["cycle"]
        self.deeds: int = order.get("deeds") or DEEDS
        self.fault: str = order.get("fault", "")
        self.number = 0
        self.killer = Killer(*order["kill"]) if order.get("kill") else Killer("", 0)
        self.killer.watch(self.database)

    def live(self) -> None:
        choices = [self.save, self.swap, self.publish, self.view, self.file, self.newer, self.note]
        choices += [self.answer, self.meet]
        for _ in range(self.deeds):
            deed = self.random.choices(choices, weights=[6, 6, 3, 3, 2, 2, 2, 2, 2])[0]
            deed(self.random.choice(self.plans))

    @contextmanager
    def deed(
        self, name: str, who: str, opens: Callable[[Store, Actor], Any]
    ) -> Iterator[tuple[Unit, dict[str, Any]]]:
        """A unit with a token of its own; what was committed is told after the commit."""
        self.number += 1
        token = f"t-{self.cycle}-{self.number}"
        told: dict[str, Any] = {"deed": name}
        say({"begun": token, "deed": name})
        actor = Actor(person_id=self.people[who], method="password", request_id=token)
        with opens(self.store, actor) as unit:
            yield unit, told
            if self.fault == "early":
                say({"done": token, **told})
        self.killer.here("after the commit")
        if self.fault != "early":
            say({"done": token, **told})

    def save(self, plan: UUID) -> None:
        self._save(plan, transaction)

    def swap(self, plan: UUID) -> None:
        self._save(plan, looking)

    def _save(self, plan: UUID, opens: Callable[[Store, Actor], Any]) -> None:
        with self.deed("save", self.random.choice(["sara", "dan"]), opens) as (unit, told):
            draft = actions.open_draft(unit, plan).draft
            field = self.random.choice(["strengths", "interests", "hard"])
            change = Change(Op.SET, "about_me", field=field, value=unit.actor.request_id)
            saved = actions.save_draft(unit, plan, draft.revision, [change])
            told.update(self._where(saved.draft), digest=(saved.digest or b"").hex())

    @staticmethod
    def _where(draft: DraftWords) -> dict[str, Any]:
        return {"record": str(draft.record_id), "draft": str(draft.id), "revision": draft.revision}

    def publish(self, plan: UUID) -> None:
        """The next version and the draft after it, as one deed: two events, or none."""
        with self.deed("publish", "sara", transaction) as (unit, told):
            draft = actions.open_draft(unit, plan).draft
            version = actions.publish(unit, plan, draft.revision, "Because it was time")
            actions.start_draft(unit, plan)
            told.update(self._where(draft), version=version.number, digest=version.digest.hex())

    def view(self, plan: UUID) -> None:
        with self.deed("view", self.random.choice(["sara", "tom"]), looking) as (unit, told):
            reading = queries.read_version(unit, plan)
            told.update(record=str(plan), version=reading.version.number)

    # -- beside the plan: what each writes holds its token ----------------------------------------------

    def file(self, plan: UUID) -> None:
        """A document is uploaded; one in eight lies in two pieces of bytes."""
        with self.deed("file", "sara", transaction) as (unit, told):
            found = documents.add(
                unit, UUID(self.beside[plan]["pupil"]), self._filing(unit), self._taken(unit)
            )
            told.update(document=str(found))
        self.filed[plan].append((found, 1))

    def newer(self, plan: UUID) -> None:
        """A newer version of what was uploaded, in this life or before."""
        if not self.filed[plan]:
            self.file(plan)
            return
        document_id, number = self.filed[plan].pop()
        with self.deed("newer", "sara", transaction) as (unit, told):
            said = self._filing(unit)
            documents.put_newer(unit, document_id, number, said.title, said.happened_on, self._taken(unit))
            told.update(document=str(document_id))
        self.filed[plan].append((document_id, number + 1))

    @staticmethod
    def _filing(unit: Unit) -> Filing:
        return Filing("letter", "S0", unit.actor.request_id or "", unit.today)

    def _taken(self, unit: Unit) -> Taken:
        line = f"{unit.actor.request_id}\n".encode()
        data = line * (1 if self.random.random() > 1 / 8 else 1_000_001 // len(line) + 1)
        return Taken("txt", len(data), io.BytesIO(data))

    def note(self, plan: UUID) -> None:
        with self.deed("note", "tom", transaction) as (unit, _):
            notes.write(unit, UUID(self.beside[plan]["pupil"]), unit.actor.request_id or "")

    def answer(self, plan: UUID) -> None:
        with self.deed("answer", "tom", transaction) as (unit, _):
            typed = {"question.1": unit.actor.request_id or ""}
            rounds.save_answers(unit, UUID(self.beside[plan]["round"]), typed)

    def meet(self, plan: UUID) -> None:
        """Words in the report of a review meeting."""
        with self.deed("meet", "tom", transaction) as (unit, _):
            opened = open_report(unit, UUID(self.beside[plan]["review"]))
            change = Change(Op.SET, "overall", None, "continues", unit.actor.request_id)
            saved = saves.save(unit, opened.draft, opened.draft.revision, [change])
            remember_save(unit, opened.row, opened.decision, saved)


def say(told: dict[str, Any]) -> None:
    """One line, past every buffer: what was said is said, whatever happens next."""
    os.write(1, json.dumps(told).encode() + b"\n")


def main() -> None:
    world = json.loads(sys.stdin.readline())
    say({"ready": os.getpid()})
    for line in iter(sys.stdin.readline, ""):
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                say({"alive": os.getpid()})
                Life(world, order).live()
                code = 0
            except BaseException as error:
                say({"failed": repr(error)[:2000]})
                raise
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        say({"ended": os.waitstatus_to_exitcode(status)})


if __name__ == "__main__":
    main()
