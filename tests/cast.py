"""The standing cast and the builders that make worlds for tests: plain rows, no fixture chains.

``Cast(url)`` makes the small world most tests start from: two authorities, three schools, and people whose
first name says who they are. Everybody's password is ``PASSWORD``. All of them are invented.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from sqlalchemy import insert

from isp.access.models import Grant, GroupStaff, Tie
from isp.audit import Chain, Event, Grounds, Store, Unit, looking, transaction
from isp.kernel import clock
from isp.kernel.actor import Actor
from isp.kernel.crypto import Keyring, Place
from isp.kernel.db import Database
from isp.kernel.ids import new_id
from isp.kernel.keys import CONTACT, RESTRICTED, KeyOf
from isp.people.models import Account, Membership, Organisation, Person
from isp.people.roles import Role
from isp.plans import actions as plan_actions
from isp.plans.content import blank, load
from isp.records.changes import changes_between
from isp.records.shape import Content
from isp.register.models import Enrolment, Pupil, TeachingGroup

PASSWORD = "seven quiet otters"
# Cheap on purpose: the cost of a real one is a setting, and a setting is not what these tests are about.
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
LONG_AGO = date(2020, 9, 1)

RING = Keyring.generate(development=True)
"""One keyring for the whole run of a process, so that a copied database opens."""


@dataclass
class Cast:
    """A world in a database. Names of people are attributes: ``cast.sara`` is a person's id."""

    url: str
    keyring: Keyring = RING
    store: Store = field(init=False)
    people: dict[str, UUID] = field(default_factory=dict)
    places: dict[str, UUID] = field(default_factory=dict)
    pupils: dict[str, UUID] = field(default_factory=dict)
    groups: dict[str, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = Store(Database(self.url), self.keyring)

    # -- making ------------------------------------------------------------------------------------

    @contextmanager
    def making(self) -> Iterator[Unit]:
        """A unit for laying out rows directly."""
        with transaction(self.store, Actor.job("cast")) as unit:
            yield unit

    def authority(self, name: str, la_code: str) -> UUID:
        return self._organisation(name, "authority", la_code, None)

    def school(self, name: str, la_code: str = "201", phase: str = "primary") -> UUID:
        return self._organisation(name, "school", la_code, phase)

    def _organisation(self, name: str, kind: str, la_code: str, phase: str | None) -> UUID:
        made = new_id()
        with self.making() as unit:
            unit.keys.create(KeyOf.organisation(made))
            unit.insert(
                Organisation,
                id=made,
                kind=kind,
                name=f"{name.capitalize()} {kind.capitalize()}",
                phase=phase,
                la_code=la_code,
                urn=None,
                ukprn=None,
                settings={},
                made_at=unit.now,
            )
        self.places[name] = made
        return made

    def person(self, name: str, *, family: str = "Example", account: bool = True) -> UUID:
        """A person with an account: ``name@cast.example``."""
        made = new_id()
        email = f"{name}@cast.example"
        with self.making() as unit:
            unit.keys.create(KeyOf.person(made))
            held = {"given": name.capitalize(), "family": family, "email": email}
            unit.insert(
                Person,
                id=made,
                sealed=unit.keys.seal(KeyOf.person(made), Place("person", "sealed", made, 1), held),
                row_version=1,
                email_index=unit.keyring.blind_index("person.email", email),
                made_at=unit.now,
            )
            if account:
                unit.insert(
                    Account,
                    person_id=made,
                    password_hash=HASH,
                    made_at=unit.now,
                    password_at=unit.now,
                    closed_at=None,
                    is_operator=False,
                )
        self.people[name] = made
        return made

    def member(self, name: str, place: str, role: Role, **dates: Any) -> UUID:
        """A person (made if new) who holds a role in a place."""
        person_id = self.people.get(name) or self.person(name)
        made = new_id()
        with self.making() as unit:
            unit.insert(
                Membership,
                id=made,
                person_id=person_id,
                organisation_id=self.places[place],
                role=role.value,
                valid_from=dates.get("valid_from", LONG_AGO),
                valid_to=dates.get("valid_to"),
                ended_at=None,
                made_at=unit.now,
            )
        return person_id

    def pupil(self, name: str, school: str, *, sen: str = "K", year: str = "4", **held: Any) -> UUID:
        """A pupil on a school's roll, whose family name is ``Planted``."""
        made = new_id()
        school_id = self.places[school]
        owners = [KeyOf.pupil(made), KeyOf.pupil(made, RESTRICTED), KeyOf.pupil(made, CONTACT)]
        facts = {
            "legal_given": name.capitalize(),
            "legal_family": "Planted",
            "preferred_given": name.capitalize(),
            "preferred_family": "Planted",
            "born_on": "2016-05-14",
            "sex": "F",
            "upn": None,
        } | held
        with self.making() as unit:
            unit.keys.create_many([(owner, school_id) for owner in owners])
            upn = facts.get("upn")
            unit.insert(
                Pupil,
                id=made,
                sealed=unit.keys.seal(KeyOf.pupil(made), Place("pupil", "sealed", made, 1), facts),
                row_version=1,
                upn_index=unit.keyring.blind_index("pupil.upn", upn) if upn else None,
                year_group=year,
                sen_status=sen,
                need_primary="SLCN" if sen != "N" else None,
                need_secondary=None,
                rights_move_on=date(2032, 6, 25),
                keep_until=date(2042, 8, 31),
                made_at=unit.now,
            )
            tie = self._tie(unit, made, "school", organisation_id=school_id)
            unit.insert(
                Enrolment,
                id=new_id(),
                pupil_id=made,
                school_id=school_id,
                admitted_on=LONG_AGO,
                left_on=None,
                left_reason=None,
                tie_id=tie,
                made_at=unit.now,
            )
            unit.record(Grounds(rule="cast"), Event.PUPIL_ADDED, Chain.pupil(made), source="cast")
        self.pupils[name] = made
        return made

    def _tie(self, unit: Unit, pupil_id: UUID, kind: str, **given: Any) -> UUID:
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
            "made_at": unit.now,
            "made_by": None,
        }
        unit.insert(Tie, **{**values, **given})
        return made

    def tie(self, pupil: str, kind: str, **given: Any) -> UUID:
        """A tie of any kind; see the columns of ``tie``."""
        with self.making() as unit:
            return self._tie(unit, self.pupils[pupil], kind, **given)

    def guardian(self, name: str, pupil: str, *, responsibility: bool = True, care: bool = True) -> UUID:
        """A person (made if new) who is the pupil's guardian."""
        person_id = self.people.get(name) or self.person(name)
        self.tie(pupil, "guardian", person_id=person_id, has_responsibility=responsibility, has_care=care)
        return person_id

    def teaching_group(
        self, name: str, school: str, staff: dict[str, Role], pupils: list[str], *, kind: str = "class"
    ) -> UUID:
        """A class with its staff and its pupils."""
        made = new_id()
        with self.making() as unit:
            unit.insert(
                TeachingGroup,
                id=made,
                school_id=self.places[school],
                name=name,
                kind=kind,
                subject=None,
                valid_from=LONG_AGO,
                valid_to=None,
                made_at=unit.now,
            )
            for person, role in staff.items():
                unit.insert(
                    GroupStaff,
                    id=new_id(),
                    group_id=made,
                    organisation_id=self.places[school],
                    person_id=self.people[person],
                    role=role.value,
                    valid_from=LONG_AGO,
                    valid_to=clock.today() + timedelta(days=300),
                    ended_at=None,
                    made_at=unit.now,
                )
            for pupil in pupils:
                self._tie(unit, self.pupils[pupil], "group", group_id=made)
        self.groups[name] = made
        return made

    def case(self, pupil: str, authority: str, officer: str | None, versions: dict[UUID, bytes]) -> UUID:
        """An authority's sight of a pupil, with these versions granted; gives the source's id."""
        source = new_id()
        with self.making() as unit:
            place = self.places[authority]
            self._tie(unit, self.pupils[pupil], "case", organisation_id=place, source_id=source)
            if officer:
                self._tie(
                    unit,
                    self.pupils[pupil],
                    "caseload",
                    organisation_id=place,
                    person_id=self.people[officer],
                    source_id=source,
                )
            for version_id, digest in versions.items():
                unit.session.execute(
                    insert(Grant),
                    {
                        "id": new_id(),
                        "pupil_id": self.pupils[pupil],
                        "source_id": source,
                        "object_type": "version",
                        "object_id": version_id,
                        "digest": digest,
                        "made_at": unit.now,
                    },
                )
        return source

    # -- acting ------------------------------------------------------------------------------------

    def actor(self, name: str) -> Actor:
        return Actor(person_id=self.people[name], method="password")

    def acting(self, name: str) -> AbstractContextManager[Unit]:
        """A unit for a deed of this person."""
        return transaction(self.store, self.actor(name))

    def looking(self, name: str) -> AbstractContextManager[Unit]:
        """A unit for a look of this person."""
        return looking(self.store, self.actor(name))

    def plan(self, pupil: str, by: str, *contents: Content, reason: str = "The first plan") -> UUID:
        """A plan with a published version for each content; with none, a plan with an empty draft."""
        with self.acting(by) as unit:
            record_id = plan_actions.start_plan(unit, self.pupils[pupil])
        for number, content in enumerate(contents):
            if number:
                with self.acting(by) as unit:
                    plan_actions.start_draft(unit, record_id)
            self.write(record_id, by, content)
            with self.acting(by) as unit:
                draft = self.draft(unit, record_id)
                plan_actions.publish(unit, record_id, draft.revision, reason)
        return record_id

    def draft(self, unit: Unit, record_id: UUID) -> Any:
        from isp.records import drafts

        return drafts.read(unit, record_id)

    def write(self, record_id: UUID, by: str, content: Content) -> None:
        """Make the draft say this, in one save."""
        with self.acting(by) as unit:
            draft = self.draft(unit, record_id)
            changes = changes_between(draft.content, load(content))
            plan_actions.save_draft(unit, record_id, draft.revision, changes)

    def close(self) -> None:
        self.store.database.dispose()


def standing_cast(url: str) -> Cast:
    """Two authorities and three schools.

    Oakfield (in Northshire): sara (SENCO), dan (deputy), ada (administrator), tom (teacher of Ava and Ben in
    4T), tia (assistant in 4T), hal (head), leo (safeguarding lead), olga (office), dora (data protection).
    Elmfield (in Northshire): sena (SENCO). Ashby (in Southshire): stan (SENCO).
    Pupils: ava (parents pam, with responsibility, and paul, who lives apart; carer carl), ben and cleo at
    Oakfield; eli at Elmfield; finn at Ashby. Officers: olli and otis (Northshire), manager mia;
    sid (Southshire). yan is a young person with his own sight of his own record at Oakfield.
    """
    cast = Cast(url)
    cast.authority("northshire", "201")
    cast.authority("southshire", "202")
    for school, code in (("oakfield", "201"), ("elmfield", "201"), ("ashby", "202")):
        cast.school(school, code)
    for name, role in (
        ("sara", Role.SENCO),
        ("dan", Role.DEPUTY_SENCO),
        ("ada", Role.SEN_ADMINISTRATOR),
        ("tom", Role.CLASS_TEACHER),
        ("tess", Role.CLASS_TEACHER),
        ("tia", Role.TEACHING_ASSISTANT),
        ("hal", Role.HEAD),
        ("leo", Role.SAFEGUARDING_LEAD),
        ("olga", Role.SCHOOL_OFFICE),
        ("dora", Role.DATA_PROTECTION_OFFICER),
    ):
        cast.member(name, "oakfield", role)
    cast.member("sena", "elmfield", Role.SENCO)
    cast.member("stan", "ashby", Role.SENCO)
    for name, place, role in (
        ("olli", "northshire", Role.AUTHORITY_OFFICER),
        ("otis", "northshire", Role.AUTHORITY_OFFICER),
        ("mia", "northshire", Role.AUTHORITY_MANAGER),
        ("eve", "northshire", Role.PSYCHOLOGIST_OR_THERAPIST),
        ("wes", "northshire", Role.SOCIAL_WORKER),
        ("sid", "southshire", Role.AUTHORITY_OFFICER),
    ):
        cast.member(name, place, role)
    for pupil in ("ava", "ben", "cleo", "yan"):
        cast.pupil(pupil, "oakfield")
    cast.pupil("eli", "elmfield")
    cast.pupil("finn", "ashby")
    cast.guardian("pam", "ava")
    cast.guardian("paul", "ava", care=False)
    cast.guardian("carl", "ava", responsibility=False)
    cast.guardian("bea", "ben")
    cast.person("yan")
    cast.tie("yan", "self", person_id=cast.people["yan"])
    for pupil in ("ava", "ben", "cleo", "yan", "eli"):
        cast.tie(pupil, "responsible", organisation_id=cast.places["northshire"])
    cast.tie("finn", "responsible", organisation_id=cast.places["southshire"])
    cast.teaching_group(
        "4T", "oakfield", {"tom": Role.CLASS_TEACHER, "tia": Role.TEACHING_ASSISTANT}, ["ava", "ben"]
    )
    cast.person("nora")  # signed in, and tied to nobody
    return cast


def small_plan(**fields: Any) -> Content:
    """A short plan: a need, an outcome and a provision that are linked; ``fields`` go into ``about_me``."""
    content = blank()
    sections = content["sections"]
    need, outcome, provision = (str(new_id()) for _ in range(3))
    sections["review"]["fields"] = {"next_review_on": (clock.today() + timedelta(days=90)).isoformat()}
    sections["about_me"]["fields"] = {"strengths": "Kind to younger children", **fields}
    sections["needs"]["items"] = [{"id": need, "order": "a", "barrier": "Following long instructions"}]
    sections["outcomes"]["items"] = [
        {"id": outcome, "order": "a", "statement": "Follow a two-step instruction", "needs": [need]}
    ]
    sections["provision"]["items"] = [
        {
            "id": provision,
            "order": "a",
            "name": "Reading",
            "outcomes": [outcome],
            "needs": [need],
            "minutes": 20,
            "times": 2,
        }
    ]
    return load(content)


_LAID: dict[str, Cast] = {}
"""The standing cast of each engine's template: its ids are those of every copy."""


def _lay_out(url: str) -> None:
    cast = standing_cast(url)
    cast.close()
    _LAID[url.partition(":")[0]] = cast


@contextmanager
def standing_copy(fresh: Callable[..., str]) -> Iterator[Cast]:
    """The standing cast in a database of its own: a copy of one laid out once for each engine and process."""
    url = fresh("standing_cast", _lay_out)
    laid = _LAID[url.partition(":")[0]]
    cast = Cast(
        url,
        people=dict(laid.people),
        places=dict(laid.places),
        pupils=dict(laid.pupils),
        groups=dict(laid.groups),
    )
    try:
        yield cast
    finally:
        cast.close()


def keyring_file(ring: Keyring = RING) -> Path:
    """The cast's keyring as a file, for a server started in another process."""
    path = Path(tempfile.mkdtemp(prefix="isp-keys-")) / "keyring.json"
    ring.save(path)
    return path


Worlds = Callable[[], Cast]
