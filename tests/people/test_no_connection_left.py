"""Where every connection to the database is in use for too long: told as such, and nothing is half done."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from isp import create_app
from tests.people.world import Browser, Town, settings


def test_whoever_waits_too_long_for_a_connection_is_told_to_try_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
):
    sara = Browser(create_app(settings(), town.cast.store))
    sara.sign_in("sara")

    def none_left() -> None:
        raise NoConnectionLeft("QueuePool limit of size 10 overflow 10 reached")

    monkeypatch.setattr(town.cast.store.database, "reading", none_left)
    answer = sara.client.get("/account")
    assert answer.status_code == 503
    assert "cannot be reached just now" in answer.text
    monkeypatch.undo()
    assert sara.is_in
