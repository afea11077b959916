"""What goes on in the demonstration these weeks, as those who are listed find it when they sign in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from isp import create_app
from isp.audit import looking
from isp.demonstration.cast import cast
from isp.demonstration.lately import lately
from isp.demonstration.load import people
from isp.demonstration.loading.world import INSTALLER, World
from isp.documents.models import DocumentVersion
from isp.kernel import clock
from isp.notes.models import WorkingNote
from isp.plans.models import CountersignRequest, PlanCard, SectionTask, WordingAside
from isp.records.models import Draft, Record
from isp.reviews.due import overdue, plans_due
from isp.reviews.models import Review, ReviewInvitation
from isp.reviews.rounds_models import QuestionAsked, QuestionRound
from tests.guards.tree import imports, sources

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
SENCO, TEACHER = "philippa.dovecote@foxglove.example", "shazia.limetree@foxglove.example"


@pytest.fixture(scope="module")
def world(store, settings) -> World:
    """Who is who in the store: from the cast's ids to the record's."""
    now = clock.now()
    return World(store, settings, cast(clock.civil_day(now)), now)


def rows(store, query):
    with store.database.reading() as connection:
        return connection.execute(query).all()


def pupil_id(world: World, pupil: str):
    with looking(world.store, INSTALLER) as unit:
        return world.pupil(unit, pupil)


def of_pupil(world: World, model, pupil: str):
    return rows(world.store, select(model.__table__).where(model.pupil_id == pupil_id(world, pupil)))


def test_a_review_is_planned_for_next_week_and_those_who_are_asked_to_it_may_answer(world):
    (review,) = of_pupil(world, Review, "F31")
    assert review.status == "planned"
    assert timedelta(days=2) < review.planned_on - clock.today() < timedelta(days=125)
    asked = of_pupil(world, ReviewInvitation, "F31")
    assert {one.role for one in asked} >= {"family", "staff", "professional"}
    assert [one.answer for one in asked if one.answer] == ["coming"]
    assert any(one.role == "family" for one in asked if one.answer)


def test_a_review_that_a_teacher_led_is_closed_and_has_drafted_the_next_version(world):
    (review,) = of_pupil(world, Review, "F34")
    with looking(world.store, INSTALLER) as unit:
        teacher = world.member(unit, "F-T4")
    assert (review.status, review.led_by, review.closed_by) == ("closed", teacher, teacher)
    assert review.next_on > clock.today()
    drafts = rows(world.store, select(Draft.status).where(Draft.record_id == review.record_id))
    assert [one.status for one in drafts if one.status == "open"] == ["open"]


def test_a_review_is_overdue_in_the_school_that_is_looked_at_first(world):
    with looking(world.store, INSTALLER) as unit:
        here = [world.pupil(unit, one.id) for one in world.cast.pupils_of("foxglove")]
        school = unit.connection.scalar(select(PlanCard.school_id).where(PlanCard.pupil_id.in_(here)))
        assert school is not None
        assert overdue(plans_due(unit, here, school), unit.today)


def test_everybody_in_class_is_asked_and_one_teacher_has_answered_and_one_begun(world):
    (asked,) = of_pupil(world, QuestionRound, "T09")
    assert (asked.status, asked.due_on > clock.today()) == ("open", True)
    places = rows(world.store, select(QuestionAsked.__table__).where(QuestionAsked.round_id == asked.id))
    with looking(world.store, INSTALLER) as unit:
        teachers = {world.member(unit, one) for one in ("T-SC", "T-EN", "T-MA", "T-HU")}
    assert teachers <= {one.person_id for one in places}
    assert sum(one.finished_at is not None for one in places) == 1
    assert sum(one.number > 0 for one in places) == 2


def test_a_section_is_with_a_teacher_until_a_day(world):
    (task,) = of_pupil(world, SectionTask, "F35")
    assert (task.status, task.section) == ("asked", "outcomes")
    assert clock.today() < task.due_on


def test_a_draft_waits_for_the_senco_to_countersign(world):
    (request,) = of_pupil(world, CountersignRequest, "F30")
    assert (request.status, request.role) == ("asked", "senco")
    draft = rows(world.store, select(Draft.status, Draft.revision).where(Draft.id == request.draft_id))[0]
    assert tuple(draft) == ("open", request.revision)


def test_a_hint_is_set_aside_in_an_open_draft(world):
    (aside,) = of_pupil(world, WordingAside, "F26")
    assert rows(world.store, select(Draft.status).where(Draft.id == aside.draft_id))[0].status == "open"


def test_working_notes_are_there_and_each_says_that_it_is_invented(world):
    assert len(of_pupil(world, WorkingNote, "F34")) == 2
    assert len(of_pupil(world, WorkingNote, "F31")) == 1
    assert all(one["text"].startswith("Invented for the demonstration:") for one in lately()["notes"])


def test_a_report_is_filed_and_a_picture_is_sent_from_home(world):
    (report,) = [one for one in of_pupil(world, DocumentVersion, "F34") if one.type == "pdf"]
    (picture,) = of_pupil(world, DocumentVersion, "F07")
    assert (report.type, picture.type) == ("pdf", "png")
    assert 1_000 < report.size < 100_000
    assert 1_000 < picture.size < 100_000


def test_only_what_is_listed_here_is_under_way(world):
    """Who tries it finishes what he finds; everything else is as it stood after its last version."""
    open_drafts = select(Draft.record_id).where(Draft.status == "open")
    found = rows(
        world.store, select(Record.pupil_id).where(Record.id.in_(open_drafts), Record.kind == "plan")
    )
    mine = {pupil_id(world, one) for one in ("F26", "F30", "F34", "F35")}
    assert mine <= {one.pupil_id for one in found}


def signed_in(store, settings, email: str) -> FlaskClient:
    client = create_app(settings, store).test_client()
    password = next(one["password"] for one in people(store) if one["email"] == email)
    token = TOKEN.search(client.get("/sign-in").text)
    assert token
    client.post("/sign-in", data={"csrf_token": token[1], "email": email, "password": password})
    return client


def test_the_senco_s_home_shows_what_is_overdue_what_is_to_sign_and_what_is_with_colleagues(store, settings):
    page = signed_in(store, settings, SENCO).get("/").text
    for words in ("overdue", "countersign", "Oscar", "Riley", "J Mistlethrush"):
        assert words in page, words


def test_the_teacher_s_home_shows_what_she_was_asked_to_do(store, settings):
    page = signed_in(store, settings, TEACHER).get("/").text
    for words in ("Outcomes", "Oscar", "questions", "J Mistlethrush"):
        assert words in page, words


def test_who_is_listed_says_what_is_there_to_show(store):
    shows = {one["email"]: one["shows"] for one in people(store)}
    assert "overdue" in shows[SENCO]
    assert "countersign" in shows[SENCO]
    assert "leads a review" in shows[TEACHER]
    assert "section to write" in shows[TEACHER]


def test_what_loads_it_typesets_nothing_since_the_server_is_forked_from_it():
    found = [
        f"{source.path}:{line}"
        for source in sources("isp")
        if source.path.parts[:2] == ("isp", "demonstration")
        for name, line in imports(source)
        if name.startswith(("typst", "isp.web.print"))
    ]
    assert found == []
