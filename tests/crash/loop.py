"""The loop: let a writer live, kill it, count what is left, on one database that grows.

What the writer said it had done must be there once. The one deed it had begun and not finished must be
there whole or not at all. The counting here reads rows and events itself and re-hashes every event; the
application's own walk comes on top, now and then and at the end.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from sqlalchemy import func, or_, select, text

from isp.audit import Chain
from isp.audit.ledger import event_hash, head_mac
from isp.audit.models import AuditEvent, AuditHead
from isp.audit.verify import verify
from isp.cli.trails import CHECKS
from isp.documents import bodies
from isp.documents.models import Document, DocumentBody, DocumentVersion
from isp.documents.queries import heading_of
from isp.kernel import clock
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.keys import KeyChest, KeyOf
from isp.notes import actions as notes
from isp.notes import queries as note_queries
from isp.plans import actions
from isp.plans.models import PlanCard
from isp.records.models import Draft, DraftChange, Record, RecordVersion, VersionBody
from isp.reviews import actions as reviews
from isp.reviews import rounds, rounds_queries
from isp.reviews.actions import When
from tests import engines
from tests.cast import RING, Cast, keyring_file, small_plan
from tests.crash.writer import POINTS

ROOT = Path(__file__).resolve().parent.parent.parent
EVENTS, HEADS, DRAFT = table_of(AuditEvent), table_of(AuditHead), table_of(Draft)
CHANGES, RECORDS = table_of(DraftChange), table_of(Record)
DOCUMENTS, PAPERS, PIECES = table_of(Document), table_of(DocumentVersion), table_of(DocumentBody)
VERSIONS, BODIES, CARDS = table_of(RecordVersion), table_of(VersionBody), table_of(PlanCard)
# What one deed leaves on the trail when it is whole.
WHOLE = {
    "save": {"plan.draft_saved": 1},
    "publish": {"plan.published": 1, "plan.draft_started": 1},
    "view": {"plan.viewed": 1},
    "file": {"document.added": 1},
    "newer": {"document.replaced": 1},
    "note": {"note.written": 1},
    "answer": {"questions.answered": 1},
    "meet": {"review.written": 1},
}
# Of deeds beside the plan, the event that stands for one.
BESIDE = frozenset(code for deed in ("file", "newer", "note", "answer", "meet") for code in WHOLE[deed])
SECONDS = 60
QUESTIONS = ("What works?", "What does not?", "What next?", "Who helps?")


@dataclass
class Told:
    """What a writer said in one life."""

    begun: dict[str, str] = field(default_factory=dict)
    done: dict[str, dict[str, Any]] = field(default_factory=dict)
    ended: int | None = None
    failed: str = ""

    @property
    def in_flight(self) -> dict[str, str]:
        """The deed that was begun and never said to be done, by token: at most one."""
        return {token: deed for token, deed in self.begun.items() if token not in self.done}


@dataclass
class Toll:
    """What a run came to; ``assert_it_crashed`` says whether it tried anything at all."""

    cycles: int = 0
    killed: int = 0
    in_flight: int = 0
    absent: int = 0
    whole: int = 0
    done: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)

    def assert_it_crashed(self) -> None:
        """A run in which nobody died in the middle of anything shows nothing."""
        assert self.killed >= 0.9 * self.cycles, f"only {self.killed} of {self.cycles} were killed"
        assert self.in_flight >= self.cycles / 4, f"only {self.in_flight} died in the middle of a deed"
        assert self.absent, "nobody died before a commit"
        assert self.whole, "nobody died between a commit and the word of it"
        assert all(self.done[deed] for deed in WHOLE), f"not every kind of deed was done: {self.done}"
        if self.cycles >= 5 * len(POINTS):
            assert set(self.points) == set(POINTS), f"only these points were reached: {set(self.points)}"


class Writer:
    """The program that forks writers."""

    def __init__(self, world: dict[str, Any]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.writer"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._tell(world)
        assert "ready" in self._hear()

    def _tell(self, what: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what).encode() + b"\n")
        self.process.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the writing program itself has ended"
        heard: dict[str, Any] = json.loads(line)
        return heard

    def live(self, order: dict[str, Any], after: float | None) -> Told:
        """One life: killed ``after`` seconds from its first deed, or at a point of its own, or not at all."""
        self._tell(order)
        told = Told()
        alive = self._hear()["alive"]
        if after is not None:
            first = self._hear()
            told.begun[first["begun"]] = first["deed"]
            time.sleep(after)
            with suppress(ProcessLookupError):
                os.kill(alive, signal.SIGKILL)
        while told.ended is None:
            heard = self._hear()
            if "begun" in heard:
                told.begun[heard["begun"]] = heard["deed"]
            elif "done" in heard:
                told.done[heard["done"]] = heard
            elif "failed" in heard:
                told.failed = heard["failed"]
            else:
                told.ended = heard["ended"]
        return told

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


class Loop:
    """One database, many lives. ``seed`` decides all that a run decides; the clock decides the rest."""

    def __init__(self, cast: Cast, seed: int, *, kill: bool = True, fault: str = "") -> None:
        self.cast, self.seed, self.kill, self.fault = cast, seed, kill, fault
        self.random = random.Random(seed)  # noqa: S311 to be repeated, not to be secret
        self.toll = Toll()
        self.plans: dict[UUID, UUID] = {}
        self.beside: dict[UUID, dict[str, str]] = {}
        for pupil in ("ava", "ben"):
            record_id = cast.plan(pupil, "sara", small_plan())
            with cast.acting("sara") as unit:
                actions.start_draft(unit, record_id)
            self.plans[record_id] = cast.pupils[pupil]
            self.beside[record_id] = self._lay_out_beside(record_id, cast.pupils[pupil])
        self.keyring = keyring_file(cast.keyring)
        self.seen: dict[str, tuple[int, bytes]] = {}
        self.tokens: set[str] = set()
        self.whole: set[UUID] = set()
        self.filed: dict[UUID, dict[str, int]] = {plan: {} for plan in self.plans}
        self._count_events()
        self.writer = Writer(
            {
                "url": cast.store.database.url.render_as_string(hide_password=False),
                "keyring": str(self.keyring),
                "plans": [str(plan) for plan in self.plans],
                "beside": {str(plan): beside for plan, beside in self.beside.items()},
                "people": {name: str(cast.people[name]) for name in ("sara", "dan", "tom")},
            }
        )

    def _lay_out_beside(self, record_id: UUID, pupil_id: UUID) -> dict[str, str]:
        """A round of questions, a review that is being held, and a first note, for others to write in."""
        with self.cast.acting("sara") as unit:
            due = unit.today + timedelta(days=7)
            asked = rounds.ask(unit, record_id, QUESTIONS, due)
        with self.cast.acting("sara") as unit:
            review = reviews.plan_review(unit, record_id, When(on=unit.today), self.cast.people["tom"])
        with self.cast.acting("tom") as unit:
            report = reviews.open_meeting(unit, review)
        with self.cast.acting("tom") as unit:
            notes.write(unit, pupil_id, "The first")
        held = {"pupil": pupil_id, "round": asked, "review": review, "report": report}
        return {name: str(value) for name, value in held.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.writer.close()
        self.keyring.unlink()
        self.keyring.parent.rmdir()

    def run(self, cycles: int, *, verify_every: int = 50) -> Toll:
        """So many lives; whatever is wrong afterwards is an AssertionError that names seed and cycle."""
        for cycle in range(1, cycles + 1):
            try:
                self.cycle(cycle)
                if cycle % verify_every == 0 or cycle == cycles:
                    self.walk()
            except AssertionError as wrong:
                raise AssertionError(f"seed {self.seed}, cycle {cycle}: {wrong}") from wrong
        return self.toll

    def cycle(self, number: int) -> None:
        """One life, and what it left."""
        order: dict[str, Any] = {"seed": self.random.random(), "cycle": number, "fault": self.fault}
        order["filed"] = {str(plan): list(self.filed[plan].items())[-5:] for plan in self.plans}
        after = None
        if not self.kill:
            order["deeds"] = 5
        elif number % 2:
            order["kill"] = (POINTS[number // 2 % len(POINTS)], self.random.randint(1, 8))
        else:
            # Most lives are short, as most deeds take a few milliseconds; some are long.
            after = min(0.5, 0.001 + self.random.expovariate(1 / 0.04))
        told = self.writer.live(order, after)
        assert not told.failed, told.failed
        self.toll.cycles += 1
        if told.ended == -signal.SIGKILL:
            self.toll.killed += 1
            if after is None:
                self.toll.points[order["kill"][0]] += 1
        self._wait_for_the_server()
        self._count(told)

    def _wait_for_the_server(self) -> None:
        """PostgreSQL may still be finishing what a dead client had sent: what counts is what then stands."""
        database = self.cast.store.database
        if database.is_sqlite:
            return
        query = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND application_name <> :ours"
        ).bindparams(ours=engines.OURS)
        deadline = time.monotonic() + SECONDS
        database.dispose()  # our own that lie idle, reading and writing ones, are no dead client's
        with database.reading() as connection:
            while connection.scalar(query):
                assert time.monotonic() < deadline, "a dead client's connection does not end"
                time.sleep(0.002)

    # -- counting --------------------------------------------------------------------------------------

    def _count(self, told: Told) -> None:
        found, digests = self._count_events()
        for token, deed in told.done.items():
            assert found.get(token) == WHOLE[deed["deed"]], (
                f"{token} was acknowledged, and is {found.get(token)}"
            )
            if "digest" in deed:
                assert digests[token] == deed["digest"], f"{token} is not what was acknowledged"
            self.toll.done[deed["deed"]] += 1
        for token, name in told.in_flight.items():
            self.toll.in_flight += 1
            assert found.get(token) in (None, WHOLE[name]), f"{token} was cut in two: {found.get(token)}"
            if token in found:
                self.toll.whole += 1
            else:
                self.toll.absent += 1
        assert len(told.in_flight) <= 1
        assert not found.keys() - told.begun.keys(), "the trail tells of deeds that nobody began"
        self.tokens |= told.done.keys()
        self._count_rows(told, found)
        if self.cast.store.database.is_sqlite and self.toll.cycles % 10 == 0:
            self._check_integrity()

    def _count_events(self) -> tuple[dict[str, dict[str, int]], dict[str, str]]:
        """The events since the last cycle by token, each hashed again; and the digests they name."""
        found: dict[str, Counter[str]] = {}
        digests: dict[str, str] = {}
        with self.cast.store.database.still() as connection:
            both = (Chain.pupil, Chain.restricted)
            for chain in [chain_of(pupil_id) for pupil_id in self.plans.values() for chain_of in both]:
                number, last = self.seen.get(chain.name, (-1, chain.genesis))
                rows = connection.execute(
                    select(EVENTS)
                    .where(EVENTS.c.chain_id == chain.id, EVENTS.c.seq > number)
                    .order_by(EVENTS.c.seq)
                )
                for row in rows:
                    canon = json.loads(row.canon)
                    number += 1
                    assert (row.seq, canon["seq"]) == (number, number), f"a gap before event {row.seq}"
                    assert canon["prev"] == last.hex(), f"event {row.seq} does not follow"
                    assert event_hash(row.canon) == row.hash, f"event {row.seq} is not what was hashed"
                    last = row.hash
                    found.setdefault(canon["req"], Counter())[row.act] += 1
                    if row.act in ("plan.draft_saved", "plan.published"):
                        digests[canon["req"]] = canon["detail"].get("changes") or canon["detail"]["digest"]
                head = connection.execute(select(HEADS).where(HEADS.c.chain_id == chain.id)).one()
                assert (head.seq, head.hash) == (number, last), "the head is not where its chain ends"
                assert head.mac == head_mac(RING, head.name, number, last)
                self.seen[chain.name] = (number, last)
        return {token: dict(acts) for token, acts in found.items()}, digests

    def _count_rows(self, told: Told, found: dict[str, dict[str, int]]) -> None:
        """The rows: each save's words once, each version whole, and the drafts where they say."""
        cycle = f"t-{self.toll.cycles}-"
        written: Counter[str] = Counter()
        with self.cast.store.database.still() as connection:
            keys = KeyChest(RING, connection, clock.now())
            for record_id, pupil_id in self.plans.items():
                key = KeyOf.pupil(pupil_id)
                record = connection.execute(select(RECORDS).where(RECORDS.c.id == record_id)).one()
                (draft,) = connection.execute(
                    select(DRAFT).where(DRAFT.c.record_id == record_id, DRAFT.c.status == "open")
                ).all()
                keys.open(key, Place("draft", "sealed", draft.id, draft.revision), draft.sealed)
                assert draft.base_number == record.current == record.number
                newest = func.max(CHANGES.c.revision)
                saved = connection.scalar(select(newest).where(CHANGES.c.draft_id == draft.id))
                assert draft.revision == (saved or 0), "the draft is not at the revision of its last save"
                self._check_version(connection, keys, record, key)
                fresh = select(CHANGES).join(DRAFT, DRAFT.c.id == CHANGES.c.draft_id)
                for row in connection.execute(
                    fresh.where(DRAFT.c.record_id == record_id).order_by(CHANGES.c.at.desc()).limit(DEPTH)
                ):
                    held = keys.open(key, Place("draft_change", "sealed", row.id), row.sealed)
                    written.update(
                        change["value"]
                        for change in held["changes"]
                        if str(change["value"]).startswith(cycle)
                    )
        saves = {token for token, acts in found.items() if "plan.draft_saved" in acts}
        assert set(written) == saves, f"saved without a word, or told without a save: {set(written) ^ saves}"
        assert all(times == 1 for times in written.values())
        self._count_beside(found)

    def _count_beside(self, found: dict[str, dict[str, int]]) -> None:
        """Each document, note, answer and word of a meeting whole and once, where the trail tells of it."""
        cycle = f"t-{self.toll.cycles}-"
        written: Counter[str] = Counter()
        with self.cast.store.database.still() as connection:
            keys = KeyChest(RING, connection, clock.now())
            for record_id, beside in self.beside.items():
                pupil_id = UUID(beside["pupil"])
                written.update(self._papers(connection, keys, pupil_id, self.filed[record_id]))
                versions, key = note_queries.VERSIONS, note_queries.owner(pupil_id)
                of_pupil = select(versions).join(
                    note_queries.NOTES, note_queries.NOTES.c.id == versions.c.note_id
                )
                of_pupil = of_pupil.where(note_queries.NOTES.c.pupil_id == pupil_id)
                for row in connection.execute(of_pupil.order_by(versions.c.at.desc()).limit(DEPTH)):
                    held = keys.open(key, note_queries.version_place(row.id), row.sealed)
                    written[held["content"]["text"]] += 1
                answers = rounds_queries.ANSWERS
                given = select(answers).where(answers.c.round_id == UUID(beside["round"]))
                key = KeyOf.pupil(pupil_id)
                for row in connection.execute(given.order_by(answers.c.number.desc()).limit(DEPTH)):
                    held = keys.open(key, rounds_queries.answer_place(row.id), row.sealed)
                    written[held["content"]["question.1"]] += 1
                saved = select(CHANGES).join(DRAFT, DRAFT.c.id == CHANGES.c.draft_id)
                saved = saved.where(DRAFT.c.record_id == UUID(beside["report"]))
                for row in connection.execute(saved.order_by(CHANGES.c.at.desc()).limit(DEPTH)):
                    held = keys.open(key, Place("draft_change", "sealed", row.id), row.sealed)
                    written.update(str(change["value"]) for change in held["changes"])
        new = {token: times for token, times in written.items() if token.startswith(cycle)}
        told = {token for token, acts in found.items() if acts.keys() & BESIDE}
        assert set(new) == told, f"kept and not told of, or told of and not kept: {set(new) ^ told}"
        assert all(times == 1 for times in new.values()), f"twice: {new}"

    def _papers(self, connection: Any, keys: KeyChest, pupil_id: UUID, filed: dict[str, int]) -> list[str]:
        """The titles of what was filed since the last cycle, each found whole; ``filed``: newest numbers."""
        query = (
            select(
                DOCUMENTS.c.id.label("document_id"),
                *(
                    DOCUMENTS.c[name]
                    for name in ("pupil_id", "kind", "label", "source", "section", "item_id")
                ),
                *(PAPERS.c[name] for name in ("id", "number", "type", "size", "pieces", "happened_on")),
                PAPERS.c.made_by,
                PAPERS.c.digest,
            )
            .join(PAPERS, PAPERS.c.document_id == DOCUMENTS.c.id)
            .where(DOCUMENTS.c.pupil_id == pupil_id)
        )
        titles = []
        for row in connection.execute(query.order_by(PAPERS.c.made_at.desc()).limit(DEPTH)).all():
            if row.id in self.whole:
                continue
            key = KeyOf.pupil(pupil_id)
            pieces = select(PIECES.c.sealed).where(PIECES.c.version_id == row.id).order_by(PIECES.c.number)
            first, *rest = connection.scalars(pieces).all()
            assert len(rest) == row.pieces, "a document with some of its pieces"
            title, salt = bodies.open_words(keys, key, row.id, first)
            data = [
                keys.open_bytes(key, bodies.place(row.id, number), piece)
                for number, piece in enumerate(rest, start=1)
            ]
            assert sum(len(piece) for piece in data) == row.size
            assert bodies.digest(salt, heading_of(row, title), data) == row.digest
            assert set(b"".join(data).decode().split()) == {title}
            self.whole.add(row.id)
            name = str(row.document_id)
            filed[name] = max(row.number, filed.get(name, 0))
            titles.append(title)
        return titles

    def _check_version(self, connection: Any, keys: KeyChest, record: Any, key: KeyOf) -> None:
        query = select(VERSIONS, BODIES.c.sealed).join(
            BODIES, BODIES.c.version_id == VERSIONS.c.id, isouter=True
        )
        rows = connection.execute(
            query.where(VERSIONS.c.record_id == record.id).order_by(VERSIONS.c.number.desc()).limit(1)
        ).all()
        (version,) = rows
        assert version.number == record.number
        assert version.sealed is not None, "a version without its words"
        assert keys.open(key, Place("version_body", "sealed", version.id), version.sealed)["content"]
        card = connection.execute(select(CARDS).where(CARDS.c.record_id == record.id)).one()
        assert card.version == version.number
        count = select(func.count()).select_from(DRAFT)
        closed = connection.scalar(count.where(DRAFT.c.record_id == record.id, DRAFT.c.status == "published"))
        assert closed == version.number

    def _check_integrity(self) -> None:
        with self.cast.store.database.reading() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert not connection.execute(text("PRAGMA foreign_key_check")).all()

    def walk(self) -> None:
        """The application's own walk, and everything ever acknowledged once more, each exactly once."""
        report = verify(self.cast.store, more=CHECKS)
        assert report.ok, [str(fault) for fault in report.faults]
        if self.cast.store.database.is_sqlite:
            self._check_integrity()
        told: Counter[str] = Counter()
        with self.cast.store.database.reading() as connection:
            acts = [
                EVENTS.c.act != "plan.draft_started",
                or_(EVENTS.c.act.startswith("plan."), EVENTS.c.act.in_(sorted(BESIDE))),
            ]
            for canon in connection.scalars(select(EVENTS.c.canon).where(*acts)):
                told[json.loads(canon)["req"]] += 1
        wrong = {token: told[token] for token in self.tokens if told[token] != 1}
        assert not wrong, f"acknowledged, and not there exactly once: {wrong}"


# More saves than one life makes, newest first: what is older was counted in its own cycle.
DEPTH = 500
