"""Text messages through GOV.UK Notify's own client: for what is urgent, to whoever asked for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from config import Settings
from isp.access.models import Tie
from isp.access.recipients import recipient
from isp.kernel import clock
from isp.kernel.db import table_of
from isp.notices import outbox
from isp.notices.choices import choose
from isp.notices.delivering import Delivery, Done
from isp.notices.notify import Notify
from isp.notices.problems import Problem
from tests.cast import Cast
from tests.notices import notify_double
from tests.notices.notify_double import KEY, TEMPLATE
from tests.notices.notify_double import notify_double as doubled
from tests.notices.post import TEXTS, free_port, make_due, set_back, told

NUMBER = "+447700900982"


@pytest.fixture
def notify() -> Iterator[notify_double.Notify]:
    with doubled() as found:
        yield found
        assert found.wrong == []


def service(notify: notify_double.Notify, **changes: object) -> Notify:
    settings = Settings(
        text_key=KEY,
        text_template=TEMPLATE,
        text_url=notify.url,
        public_url="https://plans.example",
        mail_seconds=1,
    )
    settings.check()
    found = Notify.of(settings)
    assert found is not None
    return replace(found, **changes)  # type: ignore[arg-type]


def deliver(cast: Cast, notify: notify_double.Notify) -> Done:
    return Delivery(cast.store, recipient, texts=service(notify)).run()


def urgent(cast: Cast, name: str = "pam") -> UUID:
    return told(cast, name, "assessment_decided")


def asks_for_texts(cast: Cast, name: str = "pam") -> None:
    with cast.acting(name) as unit:
        choose(unit, [], "07700 900982")


def text_row(cast: Cast, notice_id: UUID) -> Any:
    with cast.store.database.reading() as connection:
        return connection.execute(select(TEXTS).where(TEXTS.c.notice_id == notice_id)).one()


def test_whoever_asked_gets_a_text_that_says_nothing_but_where_to_sign_in(cast, notify):
    asks_for_texts(cast)
    notice = urgent(cast)
    assert deliver(cast, notify).sent == 1
    (sent,) = notify.taken
    assert sent == {
        "phone_number": NUMBER,
        "template_id": TEMPLATE,
        "personalisation": {"address": "https://plans.example"},
        "reference": notice.hex,
    }
    assert text_row(cast, notice).sent_at is not None
    assert deliver(cast, notify).sentence is None


def test_nobody_who_did_not_ask_gets_one(cast, notify):
    notice = urgent(cast)
    assert deliver(cast, notify).closed == 1
    assert notify.taken == []
    assert text_row(cast, notice).problem == "not_wanted"


def test_what_is_not_urgent_is_never_texted(cast, notify):
    asks_for_texts(cast)
    told(cast, "pam", "plan_shared")
    make_due(cast)
    assert deliver(cast, notify).sentence is None


def test_whoever_may_not_be_told_any_more_gets_none(cast, notify):
    asks_for_texts(cast)
    notice = urgent(cast)
    ties = table_of(Tie)
    with cast.store.database.writing() as connection:
        pam = ties.c.person_id == cast.people["pam"]
        connection.execute(update(ties).where(pam).values(ended_at=clock.now()))
    deliver(cast, notify)
    assert notify.taken == []
    assert text_row(cast, notice).problem == "not_entitled"


@pytest.mark.parametrize(
    ("answer", "code", "for_good", "stops"),
    [
        ((400, "ValidationError", "phone_number Not enough digits"), "recipient", True, False),
        (
            (400, "BadRequestError", "Can't send with a team-only key"),
            "content",
            True,
            False,
        ),
        ((429, "RateLimitError", "Exceeded rate limit for key type live"), "limit", False, True),
        ((429, "TooManyRequestsError", "Exceeded send limits (50) for today"), "limit", False, True),
        ((500, "Exception", "Internal server error"), "later", False, True),
        ((503, "Exception", "Service unavailable"), "later", False, True),
    ],
)
def test_each_answer_is_for_good_or_for_now(notify, answer, code, for_good, stops):
    notify.refuses = answer
    with pytest.raises(Problem) as met:
        service(notify).send(NUMBER, "reference")
    assert (met.value.code, met.value.for_good, met.value.stops) == (code, for_good, stops)


def test_another_s_key_opens_nothing():
    with doubled() as notify:
        with pytest.raises(Problem) as met:
            service(notify, key=KEY[:-36] + "0" * 8 + KEY[-28:]).send(NUMBER, "reference")
        assert notify.taken == []
    assert (met.value.code, met.value.stops) == ("sign_in", True)


def test_a_service_that_stalls_or_is_not_there_is_left_in_time(notify):
    notify.stalls = 1.5
    for url in (notify.url, f"http://127.0.0.1:{free_port()}"):
        with pytest.raises(Problem) as met:
            service(notify, url=url).send(NUMBER, "reference")
        assert (met.value.code, met.value.stops) == ("no_server", True)


def test_a_text_whose_answer_was_lost_is_asked_for_before_it_is_sent_again(cast, notify):
    """The gap that mail cannot close: the service took it, and we never heard."""
    asks_for_texts(cast)
    notice = urgent(cast)
    notify.loses_the_answer = True
    assert deliver(cast, notify).put_off == 1
    notify.loses_the_answer = False
    make_due(cast)
    assert deliver(cast, notify).sent == 1
    assert len(notify.taken) == 1
    assert notify.asked == [notice.hex]


def test_a_worker_that_died_after_the_yes_is_not_followed_by_a_second_text(cast, notify):
    asks_for_texts(cast)
    urgent(cast)
    claimed = outbox.claim(cast.store, outbox.TEXT, clock.now())
    assert claimed is not None
    service(notify).send(NUMBER, claimed.batch.hex)
    # Here it died: nobody told the row.
    set_back(cast, lease_until=clock.now() - timedelta(seconds=1))
    assert deliver(cast, notify).sent == 1
    assert len(notify.taken) == 1


def test_mail_and_text_go_each_its_own_way(cast, notify, post):
    asks_for_texts(cast)
    notice = urgent(cast)
    notify.refuses = (500, "Exception", "down")
    both = Delivery(cast.store, recipient, post.server, service(notify))
    done = both.run()
    assert (done.sent, done.put_off) == (1, 1)
    assert len(post.mails) == 1
    assert text_row(cast, notice).problem == "later"
