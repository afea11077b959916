"""Mail servers that refuse, stall and drop: what is said of it, how soon, and what becomes of the row."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import timedelta

import pytest

from isp.kernel import clock
from isp.notices import outbox
from isp.notices.letters import Letter, Office, compose
from isp.notices.problems import CLOSED, PROBLEMS, Problem
from isp.notices.smtp import MailServer
from tests.notices.post import (
    PUBLIC,
    STEPS,
    Manners,
    Post,
    certificate,
    dripping_server,
    free_port,
    make_due,
    post_office,
    row,
    seconds_of,
    set_back,
    told,
)

OFFICE = Office("no-reply@plans.example", PUBLIC)


def letter(to: str = "pam@cast.example") -> Letter:
    from isp.kernel.ids import new_id

    return Letter(new_id(), to, ["plan_shared"], "/messages", plainly=True, at=clock.now())


def send(post: Post, **changes: object) -> None:
    server = replace(post.server, **changes)  # type: ignore[arg-type]
    server.send(compose(server.office, letter()), "pam@cast.example")


def problem_of(post: Post, **changes: object) -> Problem:
    with pytest.raises(Problem) as met:
        send(post, **changes)
    return met.value


@pytest.mark.parametrize(
    ("refuses", "code", "for_good", "stops"),
    [
        ({"MAIL": "550 not you"}, "sender", False, True),
        ({"RCPT": "550 nobody of that name"}, "recipient", True, False),
        ({"RCPT": "450 mailbox busy"}, "later", False, False),
        ({"RCPT": "421 closing"}, "later", False, True),
        ({"DATA": "554 looks like spam"}, "content", True, False),
        ({"DATA": "452 disk full"}, "later", False, False),
    ],
)
def test_a_refusal_is_for_good_or_for_now(refuses, code, for_good, stops):
    with post_office(Manners(refuses=refuses)) as post:
        met = problem_of(post)
    assert (met.code, met.for_good, met.stops) == (code, for_good, stops)
    assert post.mails == []


@pytest.mark.parametrize("step", STEPS)
def test_a_server_that_stalls_is_left_in_time(step):
    with post_office(Manners(stalls_at=step)) as post:
        spent = seconds_of(lambda: problem_is(post, "stalled"))
    assert spent < 3
    assert post.mails == []


def problem_is(post: Post, code: str) -> None:
    met = problem_of(post)
    assert (met.code, met.for_good, met.stops) == (code, False, True)


@pytest.mark.parametrize("step", STEPS)
def test_a_server_that_drops_the_line_has_taken_nothing(step):
    with post_office(Manners(drops_at=step)) as post:
        problem_is(post, "dropped")
    assert post.mails == []


def test_a_server_that_drips_is_cut_off():
    """Each letter comes in time, and the greeting never ends."""
    with dripping_server(0.2) as port:
        server = MailServer(
            host="127.0.0.1", port=port, tls="none", user="", password="", ca="", seconds=1, office=OFFICE
        )
        with pytest.raises(Problem) as met:
            server.send(compose(OFFICE, letter()), "pam@cast.example")
    assert met.value.code == "stalled"


def test_no_server_at_all():
    server = MailServer(
        host="127.0.0.1", port=free_port(), tls="none", user="", password="", ca="", seconds=1, office=OFFICE
    )
    with pytest.raises(Problem) as met:
        server.send(compose(OFFICE, letter()), "pam@cast.example")
    assert (met.value.code, met.value.stops) == ("no_server", True)


@pytest.mark.parametrize("first_byte", [False, True])
def test_tls_is_used_and_a_certificate_nobody_vouches_for_is_refused(tmp_path, first_byte):
    context, chain = certificate(tmp_path)
    tls = "tls" if first_byte else "starttls"
    with post_office(safe=context, from_the_first_byte=first_byte, settings={"mail_tls": tls}) as post:
        send(post, ca=str(chain))
        assert len(post.mails) == 1
        assert problem_of(post).code == "tls"
    assert len(post.mails) == 1


def test_without_tls_where_it_is_asked_for_nothing_is_sent():
    with post_office(settings={"mail_tls": "starttls"}) as post:
        assert problem_of(post).code == "tls"
    assert post.mails == []


def test_name_and_password_go_over_tls_and_a_wrong_one_is_said(tmp_path):
    context, chain = certificate(tmp_path)
    settings = {"mail_tls": "starttls", "mail_user": "isp", "mail_password": "long and secret"}
    with post_office(safe=context, users={"isp": "long and secret"}, settings=settings) as post:
        send(post, ca=str(chain))
        assert problem_of(post, ca=str(chain), password="another").code == "sign_in"
    assert len(post.mails) == 1
    assert "long and secret" not in repr(post.settings)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "pam",
        "pam@",
        "a@b.example, c@d.example",
        "pam@cast.example\r\nBcc: x@y.example",
        "<pam@x.example>",
    ],
)
def test_an_address_that_is_none_is_never_tried(address):
    with pytest.raises(Problem) as met:
        compose(OFFICE, letter(address))
    assert (met.value.code, met.value.for_good) == ("recipient", True)


# -- what becomes of the row ---------------------------------------------------------------------------------


def test_what_was_refused_for_now_waits_longer_each_time(cast):
    with post_office(Manners(refuses={"DATA": "451 later"})) as post:
        notice = told(cast, "pam")
        make_due(cast)
        waits = []
        for _ in range(3):
            post.deliver(cast)
            waits.append(row(cast, notice).next_at - clock.now())
            make_due(cast)
    assert row(cast, notice).problem == "later"
    assert row(cast, notice).attempts == 3
    assert waits[0] < timedelta(minutes=1.3)
    assert waits[0] < waits[1] < waits[2]


def test_what_was_refused_for_good_is_given_up_at_once_and_others_go_on(cast):
    with post_office(Manners(refuses={"RCPT": "550 no"})) as post:
        notice, other = told(cast, "pam"), told(cast, "paul")
        make_due(cast)
        done = post.deliver(cast)
    assert done.given_up == 2
    for one in (notice, other):
        found = row(cast, one)
        assert (found.problem, found.next_at, found.sent_at) == ("recipient", None, None)
        assert found.given_up_at is not None


def test_after_a_server_that_is_not_there_the_rest_is_left_alone(cast):
    notice, other = told(cast, "pam"), told(cast, "paul")
    make_due(cast)
    with post_office() as post:
        gone = replace(post.settings, mail_port=free_port())
        post.settings = gone
        done = post.deliver(cast)
    assert done.put_off == 1
    tried = [row(cast, one) for one in (notice, other) if row(cast, one).problem]
    assert [one.problem for one in tried] == ["no_server"]


def test_an_outage_uses_up_no_attempts_and_all_goes_soon_after(cast, monkeypatch):
    monkeypatch.setattr(outbox, "MOST_ATTEMPTS", 2)
    notice = told(cast, "pam")
    with post_office() as post:
        there = post.settings
        post.settings = replace(there, mail_port=free_port())
        for _ in range(5):
            make_due(cast)
            assert post.deliver(cast).put_off == 1
        found = row(cast, notice)
        assert (found.attempts, found.given_up_at) == (0, None)
        assert found.next_at - clock.now() <= timedelta(minutes=6)
        post.settings = there
        make_due(cast)
        assert post.deliver(cast).sent == 1


def test_an_outage_of_a_week_is_given_up(cast):
    notice = told(cast, "pam")
    with post_office() as post:
        post.settings = replace(post.settings, mail_port=free_port())
        make_due(cast)
        post.deliver(cast)
        set_back(cast, made_at=clock.now() - timedelta(days=8), next_at=clock.now())
        assert post.deliver(cast).given_up == 1
    assert row(cast, notice).problem == "no_server"


def test_in_the_end_it_is_given_up(cast, monkeypatch):
    monkeypatch.setattr(outbox, "MOST_ATTEMPTS", 3)
    with post_office(Manners(refuses={"DATA": "451 later"})) as post:
        notice = told(cast, "pam")
        for _ in range(4):
            make_due(cast)
            post.deliver(cast)
    assert row(cast, notice).attempts == 3
    assert row(cast, notice).given_up_at is not None


def test_pauses_double_from_a_minute_to_six_hours_and_differ_by_chance():
    assert timedelta(seconds=48) <= outbox.pause(1) <= timedelta(seconds=72)
    assert timedelta(hours=4.8) <= outbox.pause(20) <= timedelta(hours=7.2)
    assert len({outbox.pause(5) for _ in range(20)}) > 1


def test_what_is_kept_of_a_problem_is_a_code_and_never_a_server_s_words(cast):
    with post_office(Manners(refuses={"RCPT": "550 pam@cast.example is not known here"})) as post:
        notice = told(cast, "pam")
        make_due(cast)
        done = post.deliver(cast)
    assert row(cast, notice).problem in PROBLEMS
    assert "pam" not in (done.sentence or "")
    assert not PROBLEMS.keys() & CLOSED.keys()
    assert all(len(code) <= 24 for code in (*PROBLEMS, *CLOSED))


def test_an_ssl_context_of_ours_checks_who_it_talks_to(tmp_path, monkeypatch):
    made: list[ssl.SSLContext] = []
    real = ssl.create_default_context

    def watch(*given: object, **more: object) -> ssl.SSLContext:
        made.append(real(*given, **more))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(ssl, "create_default_context", watch)
    context, chain = certificate(tmp_path)
    with post_office(safe=context, from_the_first_byte=True, settings={"mail_tls": "tls"}) as post:
        send(post, ca=str(chain))
    assert made[-1].verify_mode == ssl.CERT_REQUIRED
    assert made[-1].check_hostname
