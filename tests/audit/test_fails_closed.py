"""Where the trail, the keys or the database fail, the request is refused: nothing done, nothing shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from isp import create_app
from isp.audit import Store, looking
from isp.kernel import immutable
from isp.kernel.crypto import Keyring
from isp.kernel.db import table_of
from isp.kernel.errors import Unavailable
from isp.plans import actions, queries
from isp.records import drafts
from isp.records.models import RecordVersion
from tests.cast import Cast, small_plan, standing_cast
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


@pytest.mark.parametrize(
    "failure",
    [OperationalError("INSERT", {}, Exception(SECRET)), OSError(28, "No space left on device", SECRET)],
)
def test_a_database_that_cannot_be_written_is_told_as_such_and_shows_nothing(place, monkeypatch, failure):
    def full(*_statement: object) -> None:
        raise failure

    # On PostgreSQL a look is written by one statement of its own connection.
    if place.cast.store.database.is_sqlite:
        monkeypatch.setattr(place.cast.store.database, "writing", full)
    else:
        monkeypatch.setattr("isp.audit.swap.execute", full)
    answer = place.sara.get(f"/plans/{place.record_id}")
    assert answer.status_code == 503
    assert "cannot be reached just now" in answer.text
    assert SECRET not in answer.text
    monkeypatch.undo()
    assert SECRET in place.sara.get(f"/plans/{place.record_id}").text


def test_without_the_right_keyring_every_record_stays_closed(place):
    stranger = Store(place.cast.store.database, Keyring.generate(development=True))
    browser = Browser(create_app(settings(), stranger))
    answer = browser.get("/sign-in")
    assert answer.status_code == 200
    sent = browser.sign_in("sara")
    assert sent.status_code != 303
    with looking(stranger, place.cast.actor("sara")) as unit, pytest.raises(Unavailable):
        queries.read_version(unit, place.record_id)
