"""A world of any size, laid out in bulk: what months of use would have left behind.

Rows are written table by table, a school at a time, and events are sealed by ``ledger.seal_entries``, the
same code that seals one event of a deed; so an installation seeded here passes ``isp audit verify``. What
is left out is what a deed does besides: reading what stands, and a commit of its own.
"""

from __future__ import annotations

import base64
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from sqlalchemy import insert

from config import Settings
from isp.access.models import GroupStaff, Tie
from isp.audit import Chain, Event, Grounds, Store, Unit, transaction
from isp.audit.ledger import Entry, Head, head_mac, seal_entries
from isp.audit.models import AuditEvent, AuditHead
from isp.kernel.actor import Actor
from isp.kernel.crypto import Keyring, to_json
from isp.kernel.db import Base, Database, table_of
from isp.kernel.ids import new_id
from isp.kernel.keys import CONTACT, GENERAL, RESTRICTED, KeyOf
from isp.people import directory
from isp.people.models import Account, Membership, Organisation, Person
from isp.people.roles import Role
from isp.plans.models import PlanCard
from isp.records.digest import digest
from isp.records.drafts import DRAFT
from isp.records.drafts import _place as draft_place
from isp.records.models import Record, RecordVersion, VersionBody
from isp.records.shape import Content
from isp.records.versions import body_place
from isp.register import pupils
from isp.register.models import Enrolment, Pupil, TeachingGroup
from tests.bench import writing

PASSWORD = "several patient herons"
SIZES = (250, 500, 1000, 250)
"""Pupils of the schools, in turn; whatever the size of the installation, schools are of the same sizes."""
MEASURED = 1
"""The school at which the figures are taken: 500 pupils at every size of installation."""
DIFFERENT = 100
VIEWS = 6
"""Looks at a plan after each version, on the pupil's chain."""
LONG_HISTORY = 1000
FULL_PAGE = 30
"""Versions enough for a page of them and another one after it, as in a long history."""
MOST_OTHERS = 1400
_AROUND = 120
"""Bytes that a plan's stored words have besides what it says: the reason, the salt, the envelope."""
LONG_AGO = date(2020, 9, 1)
ACTOR = Actor.job("bench")


NOBODY = UUID(int=0)


@dataclass
class World:
    """What the bench needs to know of what it seeded. Lists are of the measured school."""

    pupils: int
    email: str = ""
    senco: UUID = NOBODY
    school: UUID = NOBODY
    plans: list[UUID] = field(default_factory=list)
    """Records, each with three versions and an open draft."""
    children: list[UUID] = field(default_factory=list)
    """The pupils of ``plans``, in the same order."""
    others: list[tuple[UUID, UUID]] = field(default_factory=list)
    """Of the other schools: who writes there, and a record with an open draft; up to ``MOST_OTHERS``."""
    long_plan: UUID = NOBODY
    """A plan of ``LONG_HISTORY`` versions."""
    short_plan: UUID = NOBODY
    """A plan of ten."""
    full_page_plan: UUID = NOBODY
    """A plan of ``FULL_PAGE`` versions."""
    sealed: int = 0
    """Bytes of a plan's sealed words, at the middle of all."""
    heavy_sealed: int = 0
    heavy: list[UUID] = field(default_factory=list)
    """Records of the measured school whose plans are heavy, each with an open draft."""
    heavy_others: list[tuple[UUID, UUID]] = field(default_factory=list)
    """As ``others``, with heavy plans."""


def plans_in_words(world: World) -> str:
    """How large the plans are that are measured."""
    small, large = world.sealed / 1000, world.heavy_sealed / 1000
    return f"a plan's sealed words: {small:.1f} KB; a heavy plan's: {large:.0f} KB"


def schools_of(count: int) -> list[int]:
    """The sizes of the schools of an installation of so many pupils."""
    sizes: list[int] = []
    while (left := count - sum(sizes)) > 0:
        sizes.append(min(SIZES[len(sizes) % len(SIZES)], left))
    return sizes


def seed(url: str, keyring: Keyring, sizes: Sequence[int], tell: Callable[[str], None] = print) -> World:
    """Lay out schools of so many pupils each in an empty, migrated database."""
    store = Store(Database(url), keyring)
    world = World(sum(sizes))
    hasher = _hasher()
    texts = [_Prose(one) for one in writing.contents(DIFFERENT)]
    world.sealed, world.heavy_sealed = (
        int(
            median(
                _AROUND + len(one.texts[0]) for at, one in enumerate(texts) if writing.is_large(at) is large
            )
        )
        for large in (False, True)
    )
    try:
        for number, size in enumerate(sizes):
            with transaction(store, ACTOR) as unit:
                _School(unit, world, number, size, texts, hasher).lay_out()
            tell(f"seeded {sum(sizes[: number + 1]):,} of {world.pupils:,} pupils")
        with store.database.reading() as connection:
            connection.exec_driver_sql("ANALYZE")
    finally:
        store.database.dispose()
    return world


def _hasher() -> str:
    """The password's hash at the cost that an installation uses, made once."""
    given = Settings()
    return PasswordHasher(time_cost=given.argon2_time_cost, memory_cost=given.argon2_memory_kib).hash(
        PASSWORD
    )


class _Prose:
    """A plan's three versions, with what is the same in every copy made beforehand."""

    def __init__(self, content: Content) -> None:
        self.first = content
        self.versions = [content, writing.reworded(content, 1), writing.reworded(content, 2)]
        self.texts = [to_json(one) for one in self.versions]
        review = content["sections"]["review"]["fields"]["next_review_on"]
        self.next_review_on = date.fromisoformat(review)


class _School:
    """One school with its people, pupils, plans and trail, collected by table and then written."""

    def __init__(
        self, unit: Unit, world: World, number: int, size: int, texts: list[_Prose], password_hash: str
    ) -> None:
        self.unit, self.world, self.number, self.size = unit, world, number, size
        self.texts, self.password_hash = texts, password_hash
        self.rows: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self.id = new_id()
        self.senco = NOBODY
        self.groups: list[UUID] = []
        self.start = unit.now - timedelta(days=400)

    def lay_out(self) -> None:
        self.unit.keys.create(KeyOf.organisation(self.id))
        self._add(
            Organisation,
            id=self.id,
            kind="school",
            name=f"Bench School {self.number + 1}",
            phase="primary",
            la_code="201",
            urn=None,
            ukprn=None,
            settings={},
            made_at=self.start,
        )
        self._staff()
        made = [new_id() for _ in range(self.size)]
        compartments = (GENERAL, RESTRICTED, CONTACT)
        self.unit.keys.create_many([(KeyOf.pupil(one, c), self.id) for one in made for c in compartments])
        for at, pupil_id in enumerate(made):
            self._pupil(pupil_id, at)
        self._write()

    def _staff(self) -> None:
        self.senco = self._person(f"senco{self.number}@bench.example", "Sam", "Bench", Role.SENCO)
        self._person(f"head{self.number}@bench.example", "Hari", "Bench", Role.HEAD)
        if self.number == MEASURED or self.world.senco == NOBODY:
            self.world.email = f"senco{self.number}@bench.example"
            self.world.senco, self.world.school = self.senco, self.id
            self.world.plans, self.world.children, self.world.heavy = [], [], []
        for group in range(max(1, self.size // 28)):
            teacher = self._person(
                f"teacher{self.number}.{group}@bench.example", "Toni", f"Bench {group}", Role.CLASS_TEACHER
            )
            group_id = new_id()
            self.groups.append(group_id)
            self._add(
                TeachingGroup,
                id=group_id,
                school_id=self.id,
                name=f"{group % 6 + 1}{chr(65 + group // 6 % 26)}",
                kind="class",
                subject=None,
                valid_from=LONG_AGO + timedelta(days=group // 156),
                valid_to=None,
                made_at=self.start,
            )
            self._add(
                GroupStaff,
                id=new_id(),
                group_id=group_id,
                organisation_id=self.id,
                person_id=teacher,
                role=Role.CLASS_TEACHER.value,
                valid_from=LONG_AGO,
                valid_to=None,
                ended_at=None,
                made_at=self.start,
            )

    def _person(self, email: str, given: str, family: str, role: Role | None) -> UUID:
        made = new_id()
        self.unit.keys.create(KeyOf.person(made))
        held = {"given": given, "family": family, "email": email}
        self._add(
            Person,
            id=made,
            sealed=self.unit.keys.seal(KeyOf.person(made), directory.place(made, 1), held),
            row_version=1,
            email_index=directory.email_index(self.unit.keyring, email),
            made_at=self.start,
        )
        self._add(
            Account,
            person_id=made,
            password_hash=self.password_hash,
            made_at=self.start,
            password_at=self.start,
            closed_at=None,
            is_operator=False,
        )
        if role is not None:
            self._add(
                Membership,
                id=new_id(),
                person_id=made,
                organisation_id=self.id,
                role=role.value,
                valid_from=LONG_AGO,
                valid_to=None,
                ended_at=None,
                made_at=self.start,
            )
        return made

    def _pupil(self, pupil_id: UUID, at: int) -> None:
        facts = {
            "legal_given": f"Given{at}",
            "legal_family": f"Bench{at * 7919 % 1000}",
            "preferred_given": f"Given{at}",
            "preferred_family": f"Bench{at * 7919 % 1000}",
            "born_on": "2016-05-14",
            "sex": "F",
            "upn": None,
        }
        self._add(
            Pupil,
            id=pupil_id,
            sealed=self.unit.keys.seal(KeyOf.pupil(pupil_id), pupils.sealed_place(pupil_id, 1), facts),
            row_version=1,
            upn_index=None,
            year_group=str(at % 6 + 1),
            sen_status="K" if at % 5 else "E",
            need_primary="SLCN",
            need_secondary=None,
            rights_move_on=date(2032, 6, 25),
            keep_until=date(2042, 8, 31),
            made_at=self.start,
        )
        tie = self._tie(pupil_id, "school", organisation_id=self.id)
        self._tie(pupil_id, "group", group_id=self.groups[at % len(self.groups)])
        self._add(
            Enrolment,
            id=new_id(),
            pupil_id=pupil_id,
            school_id=self.id,
            admitted_on=LONG_AGO,
            left_on=None,
            left_reason=None,
            tie_id=tie,
            made_at=self.start,
        )
        if at % 10 == 0:
            guardian = self._person(f"family{self.number}.{at}@bench.example", "Pat", f"Bench{at}", None)
            self._tie(pupil_id, "guardian", person_id=guardian, has_responsibility=True, has_care=True)
        self._plan(pupil_id, at)

    def _tie(self, pupil_id: UUID, kind: str, **given: Any) -> UUID:
        made = new_id()
        values = {
            "id": made,
            "pupil_id": pupil_id,
            "kind": kind,
            "organisation_id": None,
            "group_id": None,
            "person_id": None,
            "has_responsibility": False,
            "has_care": False,
            "valid_from": LONG_AGO,
            "valid_to": None,
            "ended_at": None,
            "source_id": None,
            "sealed": None,
            "made_at": self.start,
            "made_by": None,
        }
        self._add(Tie, **{**values, **given})
        return made

    def _plan(self, pupil_id: UUID, at: int) -> None:
        prose = self.texts[at % len(self.texts)]
        record_id = new_id()
        measured = self.world.school == self.id
        heavy = writing.is_large(at)
        number = 3
        if measured and at == 0:
            number, self.world.long_plan = LONG_HISTORY, record_id
        elif measured and at == 1:
            number, self.world.short_plan = 10, record_id
        elif measured and at == 2:
            number, self.world.full_page_plan = FULL_PAGE, record_id
        elif measured and heavy:
            self.world.heavy.append(record_id)
        elif measured:
            self.world.plans.append(record_id)
            self.world.children.append(pupil_id)
        self._record(record_id, pupil_id, number, prose)
        trail = _Trail(self.unit, pupil_id, self.senco, self.id, self.start)
        trail.add(Event.PUPIL_ADDED, None, source="bench")
        trail.add(Event.PLAN_STARTED, record_id)
        step = timedelta(days=380) / number
        for one in range(1, number + 1):
            moment = self.start + one * step
            if one > 1:
                trail.add(Event.DRAFT_STARTED, record_id, moment, from_version=one - 1)
            told = self._version(record_id, pupil_id, one, prose, moment)
            trail.add(
                Event.PLAN_PUBLISHED,
                record_id,
                moment,
                version=one,
                digest=told.hex(),
                sections=["about_me", "outcomes"],
            )
            for _ in range(VIEWS if number == 3 else 1):
                trail.add(Event.PLAN_VIEWED, record_id, moment, version=one)
        if measured or len(self.world.others) < MOST_OTHERS:
            if not measured:
                listed = self.world.heavy_others if heavy else self.world.others
                listed.append((self.senco, record_id))
            self._draft(record_id, pupil_id, number, prose)
            trail.add(Event.DRAFT_STARTED, record_id, from_version=number)
        self.rows[AuditEvent] += trail.rows
        self.rows[AuditHead].append(trail.head_row())

    def _record(self, record_id: UUID, pupil_id: UUID, number: int, prose: _Prose) -> None:
        self._add(
            Record,
            id=record_id,
            pupil_id=pupil_id,
            kind="plan",
            status="open",
            number=number,
            current=number,
            made_at=self.start,
            made_by=self.senco,
            ended_on=None,
            ended_why=None,
            sealed=None,
            row_version=number + 1,
        )
        self._add(
            PlanCard,
            record_id=record_id,
            pupil_id=pupil_id,
            school_id=self.id,
            layer=None,
            version=number,
            published_at=self.unit.now,
            next_review_on=prose.next_review_on,
            agreed_on=prose.next_review_on,
            status="open",
        )

    def _version(
        self, record_id: UUID, pupil_id: UUID, number: int, prose: _Prose, moment: datetime
    ) -> bytes:
        """One version with its words; gives its digest."""
        which = number % len(prose.versions)
        version_id, salt = new_id(), os.urandom(16)
        told = digest(salt, prose.versions[which])
        self._add(
            RecordVersion,
            id=version_id,
            record_id=record_id,
            pupil_id=pupil_id,
            number=number,
            sort="published",
            author_id=self.senco,
            recorded_at=moment,
            stands_from=moment,
            happened_on=None,
            schema=prose.first["schema"],
            digest=told,
        )
        held = b'{"content":%s,"reason":"As agreed at the review.","salt":"%s"}' % (
            prose.texts[which],
            base64.b64encode(salt),
        )
        sealed = self.unit.keys.seal_bytes(KeyOf.pupil(pupil_id), body_place(version_id), held)
        self._add(VersionBody, version_id=version_id, sealed=sealed)
        return told

    def _draft(self, record_id: UUID, pupil_id: UUID, base: int, prose: _Prose) -> None:
        draft_id = new_id()
        content = prose.texts[base % len(prose.texts)]
        key = KeyOf.pupil(pupil_id)
        self._add(
            DRAFT,
            id=draft_id,
            record_id=record_id,
            pupil_id=pupil_id,
            base_number=base,
            revision=0,
            sealed=self.unit.keys.seal_bytes(key, draft_place(draft_id, 0), content),
            status="open",
            made_at=self.unit.now,
            made_by=self.senco,
            saved_at=self.unit.now,
            saved_by=self.senco,
        )

    def _add(self, table: Any, **values: Any) -> None:
        self.rows[table].append(values)

    def _write(self) -> None:
        in_order: Iterable[Any] = (
            Organisation, Person, Account, Membership, TeachingGroup, GroupStaff, Pupil, Tie, Enrolment,
            Record, PlanCard, RecordVersion, VersionBody, DRAFT, AuditHead, AuditEvent,
        )  # fmt: skip
        for table in in_order:
            rows = self.rows.pop(table, [])
            for start in range(0, len(rows), 1000):
                target = table if table is DRAFT else table_of(table)
                self.unit.connection.execute(insert(target), rows[start : start + 1000])
        assert not self.rows, self.rows.keys()


class _Trail:
    """One pupil's chain, event by event."""

    def __init__(self, unit: Unit, pupil_id: UUID, senco: UUID, school: UUID, start: datetime) -> None:
        self.unit, self.pupil_id, self.start = unit, pupil_id, start
        self.chain = Chain.pupil(pupil_id)
        self.head = Head(self.chain, -1, self.chain.genesis, start)
        self.actor = Actor(
            person_id=senco, method="password", session_ref="0123456789abcdef", request_id="bench"
        )
        self.grounds = Grounds(role="senco", organisation_id=school, rule="senco:plan.read")
        self.rows: list[dict[str, Any]] = []

    def add(
        self, event: Event, record_id: UUID | None, moment: datetime | None = None, **detail: Any
    ) -> None:
        kind, object_id = ("pupil", self.pupil_id) if record_id is None else ("record", record_id)
        entry = Entry(self.chain, event, self.grounds, kind, object_id, detail)
        rows, self.head = seal_entries([entry], self.head, self.actor, moment or self.start, self.unit.keys)
        self.rows += rows

    def head_row(self) -> dict[str, Any]:
        head = self.head
        mac = head_mac(self.unit.keyring, self.chain.name, head.seq, head.hash)
        return {
            "chain_id": self.chain.id,
            "name": self.chain.name,
            "seq": head.seq,
            "hash": head.hash,
            "at": head.at,
            "mac": mac,
        }
