"""The demonstration, loaded once for this module: what is there, that it is whole, and who can sign in."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from isp import create_app
from isp.audit import Chain, Event, Store, looking
from isp.audit.events import BY_COMMAND
from isp.audit.models import AuditEvent
from isp.audit.past import transaction_at
from isp.audit.verify import verify
from isp.demonstration.cast import cast
from isp.demonstration.files import exports
from isp.demonstration.load import check_empty, is_demonstration, is_loaded, load, people
from isp.demonstration.loading.files_in import bring_in
from isp.demonstration.loading.world import INSTALLER
from isp.demonstration.plans import plan_stories
from isp.escalations.advice_models import AdviceRequest, Panel
from isp.escalations.models import AssessmentRequest
from isp.kernel import clock
from isp.kernel.actor import Actor
from isp.kernel.crypto import Keyring
from isp.kernel.db import Database
from isp.kernel.errors import Conflict
from isp.kernel.ids import new_id
from isp.people import directory
from isp.people.models import Membership, Organisation
from isp.people.organisations import authorities
from isp.records.models import Record, RecordVersion
from isp.records.trail import check_records
from isp.register.models import Pupil
from isp.register.trail import check_pupils

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def count(store: Store, model: Any, *where: Any) -> int:
    with store.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(model).where(*where)) or 0


def test_everybody_of_the_cast_is_on_record(store):
    everybody = cast(clock.today())
    assert count(store, Pupil) == len(everybody.pupils) == 120
    assert count(store, Organisation, Organisation.kind == "school") == 5
    with looking(store, INSTALLER) as unit:
        assert len(authorities(unit)) == 153
        named = {one.email for one in everybody.staff} | {one.email for one in everybody.guardians}
        assert named == set(directory.find_many_by_email(unit, named))


def test_staff_hold_the_roles_that_the_cast_gives_them(store):
    everybody = cast(clock.today())
    wanted = Counter(member.role for member in everybody.staff if member.place)
    with store.database.reading() as connection:
        held = Counter(connection.scalars(select(Membership.role)))
    assert {role.lower().replace(" ", "_"): number for role, number in wanted.items()} == {
        role.replace("psychologist_or_therapist", "educational_psychologist_or_therapist"): number
        for role, number in held.items()
    }


def test_plans_have_the_versions_of_their_stories_on_the_days_they_tell(store):
    stories = plan_stories(clock.today())
    plans = Record.kind == "plan"
    assert count(store, Record, plans) == len(stories)
    published = RecordVersion.sort == "published", RecordVersion.record_id.in_(select(Record.id).where(plans))
    assert count(store, RecordVersion, *published) == sum(len(story.versions) for story in stories)
    with store.database.reading() as connection:
        moments = Counter(connection.scalars(select(RecordVersion.recorded_at).where(*published)))
    assert moments == Counter(version.published_at for story in stories for version in story.versions)
    ended = count(store, Record, plans, Record.status == "ended")
    assert ended == sum(story.end is not None for story in stories)


def test_requests_are_with_authorities_and_the_nursery_has_yet_to_make_its_own(store):
    assert count(store, AssessmentRequest) == 8


def test_one_case_has_advice_in_every_state_and_a_panel_behind_and_ahead(store):
    with store.database.reading() as connection:
        states = set(connection.scalars(select(AdviceRequest.state)))
        held = set(connection.scalars(select(Panel.state)))
    assert states == {"asked", "in", "sent_back", "accepted", "declined", "withdrawn", "suffices"}
    assert held == {"held", "planned"}


def test_the_trail_is_whole(store):
    report = verify(store, more=(check_pupils, check_records))
    assert report.ok, report.faults[:3]
    assert report.events > 1500


def test_no_event_lies_in_the_future_or_before_the_school_year(store):
    with store.database.reading() as connection:
        first, last = connection.execute(select(func.min(AuditEvent.at), func.max(AuditEvent.at))).one()
    assert last <= clock.now()
    assert first > clock.now() - timedelta(days=3 * 366)


def test_the_offices_files_of_today_change_nothing_any_more(store):
    everybody = cast(clock.today())
    office = next(one for one in everybody.staff if one.role == "school office" and one.place == "heron")
    with looking(store, INSTALLER) as unit:
        person_id = directory.find_by_email(unit, office.email)
        name = everybody.school("heron").name
        school_id = unit.connection.scalar(select(Organisation.id).where(Organisation.name == name))
    assert school_id is not None
    for file in exports(clock.today()):
        if file.school == "heron":
            with transaction_at(store, Actor(person_id=person_id), clock.now()) as unit:
                assert bring_in(unit, school_id, file) == ()


def test_it_is_known_for_a_demonstration_and_loaded_once(store, settings):
    assert is_loaded(store)
    assert is_demonstration(store)
    with pytest.raises(Conflict):
        load(store, settings)


def test_people_are_listed_with_a_password_each_and_what_they_show(store):
    found = people(store)
    assert len(found) == 50
    assert len({one["password"] for one in found}) == len(found)
    assert len({one["email"] for one in found}) == len(found)
    assert all(one.keys() == {"role", "name", "email", "password", "shows"} for one in found)
    assert all(one["shows"] for one in found)


def test_everybody_listed_signs_in_and_sees_that_it_is_a_demonstration(store, settings):
    app = create_app(replace(settings, sign_in_tries=1000), store)
    for one in people(store):
        client = app.test_client()
        token = TOKEN.search(client.get("/sign-in").text)
        assert token
        answer = client.post(
            "/sign-in",
            data={"csrf_token": token[1], "email": one["email"], "password": one["password"]},
            follow_redirects=True,
        )
        assert answer.status_code == 200, one["email"]
        assert "sign-out" in answer.text, one["email"]
        assert "demonstration" in answer.text.casefold()


def test_a_carer_reads_what_every_adult_must_know_and_no_more_of_the_plan(store, settings):
    carer = next(one for one in people(store) if one["shows"].startswith("Foster carer"))
    client = create_app(settings, store).test_client()
    token = TOKEN.search(client.get("/sign-in").text)
    assert token
    sent = {"csrf_token": token[1], "email": carer["email"], "password": carer["password"]}
    page = client.post("/sign-in", data=sent, follow_redirects=True).text
    assert "Sit on the floor near him" in page
    assert "What we are aiming for" not in page


def test_half_a_demonstration_is_told_from_a_whole_one(fresh_database):
    store = Store(Database(fresh_database()), Keyring.generate(development=True))
    assert not is_demonstration(store)
    check_empty(store)
    with transaction_at(store, INSTALLER, clock.now()) as unit:
        unit.record(BY_COMMAND, Event.DEMONSTRATION_BEGUN, Chain.installation())
        unit.session.add(
            Organisation(
                id=new_id(),
                kind="school",
                name="Half",
                settings={},
                made_at=unit.now,
            )
        )
    assert is_demonstration(store)
    assert not is_loaded(store)
    with pytest.raises(Conflict, match="cut off"):
        check_empty(store)
    store.database.dispose()


def test_a_store_with_other_records_is_left_alone(fresh_database):
    store = Store(Database(fresh_database()), Keyring.generate(development=True))
    with transaction_at(store, INSTALLER, clock.now()) as unit:
        unit.session.add(Organisation(id=new_id(), kind="school", name="Real", settings={}, made_at=unit.now))
    with pytest.raises(Conflict, match="holds records already"):
        check_empty(store)
    store.database.dispose()
