"""Where the trail, the keys or the database fail, the request is refused: nothing done, nothing shown."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from isp import create_app
from isp.audit import Store, looking
from isp.kernel import clock, immutable
from isp.kernel.crypto import Keyring
from isp.kernel.db import table_of
from isp.kernel.errors import Unavailable
from isp.plans import actions, queries
from isp.records import drafts
from isp.records.models import RecordVersion
from tests.cast import Cast, small_plan, standing_cast
from tests.pages import hidden
from tests.people.world import Browser, settings

SECRET = "zqquietwords"


@dataclass
class Place:
    """A plan with a draft, and its SENCO at a browser."""

    cast: Cast
    record_id: UUID
    sara: Browser

    def versions(self) -> int:
        with self.cast.store.database.reading() as connection:
            found = connection.scalar(select(func.count()).select_from(table_of(RecordVersion)))
        return int(found or 0)

    def break_the_ledger(self) -> None:
        """The events' table is gone: no event can be written, and none is."""
        with self.cast.store.database.writing() as connection:
            for verb in ("UPDATE", "DELETE", *(() if self.cast.store.database.is_sqlite else ("TRUNCATE",))):
                on = "" if self.cast.store.database.is_sqlite else " ON audit_event"
                connection.execute(text(f"DROP TRIGGER {immutable.trigger_name('audit_event', verb)}{on}"))
            connection.execute(text("ALTER TABLE audit_event RENAME TO audit_event_elsewhere"))


@pytest.fixture
def place(fresh_database: Callable[..., str]) -> Iterator[Place]:
    cast = standing_cast(fresh_database())
    record_id = cast.plan("ava", "sara", small_plan(strengths=SECRET))
    with cast.acting("sara") as unit:
        actions.start_draft(unit, record_id)
    app = create_app(settings(), cast.store)
    sara = Browser(app)
    assert sara.sign_in("sara").status_code == 303
    yield Place(cast, record_id, sara)
    cast.close()


def test_a_page_whose_view_cannot_be_recorded_is_not_served(place):
    assert SECRET in place.sara.get(f"/plans/{place.record_id}").text
    place.break_the_ledger()
    answer = place.sara.get(f"/plans/{place.record_id}")
    assert answer.status_code >= 500
    assert SECRET not in answer.text
    assert "audit_event" not in answer.text


def test_a_version_whose_event_cannot_be_recorded_is_not_published(place):
    before = place.versions()
    page = place.sara.get(f"/plans/{place.record_id}/finalise")
    assert page.status_code == 200
    place.break_the_ledger()
    with pytest.raises(Exception, match="audit_event"), place.cast.acting("sara") as unit:
        actions.publish(unit, place.record_id, drafts.read(unit, place.record_id).revision, "Because")
    assert place.versions() == before
    with pytest.raises(Exception, match="audit_event"), place.cast.looking("sara") as unit:
        actions.publish(unit, place.record_id, drafts.read(unit, place.record_id).revision, "Because")
    assert place.versions() == before


def test_a_refusal_that_cannot_be_recorded_shows_nothing_either(place):
    place.break_the_ledger()
    nora = Browser(create_app(settings(), place.cast.store))
    answer = nora.get(f"/plans/{place.record_id}")
    assert SECRET not in answer.text


@pytest.mark.parametrize("on_the_way", [True, False])
@pytest.mark.parametrize(
    "failure",
    [OperationalError("INSERT", {}, Exception(SECRET)), OSError(28, "No space left on device", SECRET)],
)
def test_a_database_that_cannot_be_written_is_told_as_such_and_shows_nothing(
    place, monkeypatch, failure, on_the_way
):
    def full(*_statement: object) -> None:
        raise failure

    # On PostgreSQL a look is written by one statement of its own connection, while the page is made: it
    # fails as it is sent, or as its answer is waited for.
    if place.cast.store.database.is_sqlite:
        monkeypatch.setattr(place.cast.store.database, "writing", full)
    elif on_the_way:
        monkeypatch.setattr("isp.audit.swap.start", lambda *_steps: full)
    else:
        monkeypatch.setattr("isp.audit.swap.start", full)
    answer = place.sara.get(f"/plans/{place.record_id}")
    assert answer.status_code == 503
    assert "cannot be reached just now" in answer.text
    assert SECRET not in answer.text
    monkeypatch.undo()
    assert SECRET in place.sara.get(f"/plans/{place.record_id}").text


def held_by_another_program(cast: Cast) -> sqlite3.Connection:
    """The lock to write, held by a program that does not queue with ours."""
    other = sqlite3.connect(str(cast.store.database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_file_that_another_program_locks_is_waited_for_once_and_a_form_is_kept(place):
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        page = place.sara.get(f"/plans/{place.record_id}/end")
        sent = {
            "csrf_token": hidden(page, "csrf_token"),
            "form_stamp": hidden(page, "form_stamp"),
            "reason": "left",
            "note": SECRET,
        }
    with time_machine.travel(clock.now() + timedelta(minutes=4)):
        other = held_by_another_program(place.cast)
        began = time.perf_counter()
        answer = place.sara.send(f"/plans/{place.record_id}/end", sent)
        took = time.perf_counter() - began
        assert answer.status_code == 503
        # The use of the session is to be noted, the form's deed done, the page's header drawn: one wait.
        assert 4 < took < 9
        assert "nothing you sent was half done" in answer.text
        assert SECRET in answer.text
        assert "Send it again" in answer.text
        assert "Sign out" in answer.text
        other.execute("ROLLBACK")
        other.close()
        again = {name: hidden(answer, name) for name in sent}
        assert again["note"] == SECRET
        assert place.sara.send(f"/plans/{place.record_id}/end", again).status_code in (200, 303, 422)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_page_that_cannot_be_had_just_now_says_that_nothing_is_lost(place):
    other = held_by_another_program(place.cast)
    answer = place.sara.get(f"/plans/{place.record_id}")
    assert answer.status_code == 503
    assert "nothing is lost" in answer.text
    assert SECRET not in answer.text
    other.close()
    assert place.sara.get(f"/plans/{place.record_id}").status_code == 200


def test_without_the_right_keyring_every_record_stays_closed(place):
    stranger = Store(place.cast.store.database, Keyring.generate(development=True))
    browser = Browser(create_app(settings(), stranger))
    answer = browser.get("/sign-in")
    assert answer.status_code == 200
    sent = browser.sign_in("sara")
    assert sent.status_code != 303
    with looking(stranger, place.cast.actor("sara")) as unit, pytest.raises(Unavailable):
        queries.read_version(unit, place.record_id)
