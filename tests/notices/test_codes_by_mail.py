"""Links that open an account, by mail: to its own address, seen by nobody else, kept nowhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from isp import create_app
from isp.audit import Chain
from isp.audit.models import AuditEvent
from isp.audit.verify import verify
from isp.cli.main import commands
from isp.kernel import clock
from isp.kernel.db import Database, table_of
from isp.people.models import Account, Invitation
from tests.cast import Cast, keyring_file
from tests.notices.post import Manners, Post, make_due, post_office, row, rows, set_back, told
from tests.people.world import Browser, settings

FRESH = "five amber lanterns sway"


@pytest.fixture
def at(cast: Cast, post: Post) -> Callable[..., Browser]:
    app = create_app(replace(post.settings, argon2_time_cost=1, argon2_memory_kib=8), cast.store)

    def opened(name: str | None = None) -> Browser:
        made = Browser(app)
        if name:
            assert made.sign_in(name).status_code == 303
        return made

    return opened


@pytest.fixture
def isp(cast: Cast, post: Post, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """The operator's command on this world."""
    keyring = keyring_file(cast.keyring)
    given = {
        "ISP_DATABASE_URL": cast.store.database.url.render_as_string(hide_password=False),
        "ISP_KEYRING": str(keyring),
        "ISP_MAIL_HOST": "127.0.0.1",
        "ISP_MAIL_PORT": str(post.port),
        "ISP_MAIL_TLS": "none",
        "ISP_MAIL_FROM": "no-reply@plans.example",
        "ISP_PUBLIC_URL": "https://plans.example/",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    opened: list[Database] = []
    made = Database.__init__

    def remembered(self: Database, *given: Any, **more: Any) -> None:
        made(self, *given, **more)
        opened.append(self)

    monkeypatch.setattr(Database, "__init__", remembered)

    def run(*arguments: str) -> Result:
        found = CliRunner().invoke(commands, arguments)
        # A command's process ends with it, and its connections; here they are closed.
        while opened:
            opened.pop().dispose()
        return found

    yield run
    keyring.unlink()
    keyring.parent.rmdir()


def link_in(post: Post) -> str:
    found = re.search(r"https://plans\.example(/invitation/[\w-]+)", post.mails[-1].get_content())
    assert found
    return found[1]


def chain(cast: Cast, of: Chain) -> list[str]:
    events = table_of(AuditEvent)
    with cast.store.database.reading() as connection:
        mine = select(events.c.act).where(events.c.chain_id == of.id).order_by(events.c.seq)
        return list(connection.scalars(mine))


def make_operator(cast: Cast, name: str) -> None:
    accounts = table_of(Account)
    with cast.store.database.writing() as connection:
        mine = accounts.c.person_id == cast.people[name]
        connection.execute(update(accounts).where(mine).values(is_operator=True))


# -- the operator --------------------------------------------------------------------------------------------


def test_an_operator_has_a_link_sent_that_she_never_sees(cast, post, isp, at):
    make_operator(cast, "nora")
    found = isp("sign-in-code", "pam@cast.example", "--as", "nora@cast.example")
    assert found.exit_code == 0
    assert "/invitation/" not in found.output
    post.deliver(cast)
    assert post.handler.envelopes[-1][1] == ["pam@cast.example"]
    assert post.mails[-1]["Subject"] == "Choose a new password"
    assert "Ava" not in post.mails[-1].get_content()
    there = at()
    assert there.post(link_in(post), {"password": FRESH}).status_code == 303
    assert at().sign_in("pam", FRESH).status_code == 303
    assert chain(cast, Chain.person(cast.people["pam"]))[:2] == ["account.code_asked_for", "account.invited"]
    assert chain(cast, Chain.installation()) == ["account.code_asked_for"]
    assert verify(cast.store).ok


def test_without_a_name_of_one_s_own_the_trail_names_the_terminal_s_user(cast, post, isp):
    assert isp("sign-in-code", "pam@cast.example").exit_code == 0
    events = table_of(AuditEvent)
    with cast.store.database.reading() as connection:
        here = select(events.c.actor).where(events.c.chain_id == Chain.installation().id)
        assert connection.scalars(here).one().startswith("system:operator-")


@pytest.mark.parametrize("name", ["sara", "pam", "mia"])
def test_nobody_but_an_operator_is_named_as_one(cast, isp, name):
    found = isp("sign-in-code", "pam@cast.example", "--as", f"{name}@cast.example")
    assert "not an operator's account" in str(found.exception)
    assert rows(cast) == []


def test_what_cannot_be_sent_is_said(cast, isp, monkeypatch):
    assert "Nobody here has" in str(isp("sign-in-code", "who@cast.example").exception)
    assert isp("sign-in-code", "pam@cast.example").exit_code == 0
    assert "on its way" in str(isp("sign-in-code", "pam@cast.example").exception)
    monkeypatch.delenv("ISP_MAIL_HOST")
    assert "ISP_MAIL_HOST" in str(isp("sign-in-code", "paul@cast.example").exception)


def test_of_two_mails_with_a_link_only_the_later_opens_the_account(cast, isp, at):
    """Refused once after the code was made: the next try makes another, and the first works no more."""
    manners = Manners(refuses={"DATA": "451 later"})
    isp("sign-in-code", "pam@cast.example")
    with post_office(manners) as post:
        post.deliver(cast)
        manners.refuses.clear()
        make_due(cast)
        post.deliver(cast)
        codes = [one for one in _invitations(cast) if one.cancelled_at is None]
        assert len(_invitations(cast)) == 2
        assert len(codes) == 1
        assert at().post(link_in(post), {"password": FRESH}).status_code == 303


def _invitations(cast: Cast) -> list[Any]:
    with cast.store.database.reading() as connection:
        return list(connection.execute(select(table_of(Invitation))))


def test_no_code_is_made_for_an_account_that_was_closed_meanwhile(cast, post, isp):
    isp("sign-in-code", "pam@cast.example")
    accounts = table_of(Account)
    with cast.store.database.writing() as connection:
        pam = accounts.c.person_id == cast.people["pam"]
        connection.execute(update(accounts).where(pam).values(closed_at=clock.now()))
    post.deliver(cast)
    assert post.mails == []
    assert _invitations(cast) == []
    assert rows(cast)[0].problem == "account_closed"


# -- invitations ---------------------------------------------------------------------------------------------


def test_a_colleague_s_invitation_goes_by_mail_instead(cast, post, at):
    sara = at("sara")
    staff = f"/staff/{cast.places['oakfield']}"
    data = {"given": "Nell", "family": "New", "email": "nell@cast.example", "role": "class_teacher"}
    page = sara.post(f"{staff}/invite", data)
    shown = re.search(r"/invitation/[\w-]+", page.text)
    action = re.search(rf"{staff}/[\w-]+/mail-link", page.text)
    assert shown
    assert action
    answer = sara.post(action[0], page=f"{staff}/invite")
    assert answer.status_code == 303
    assert "own email address" in sara.get(answer.headers["Location"]).text
    post.deliver(cast)
    assert post.mails[-1]["Subject"] == "Your invitation"
    assert "oakfield" not in post.mails[-1].get_content().lower()
    assert at().get(shown[0]).status_code == 410
    nell = at()
    assert nell.post(link_in(post), {"password": FRESH}).status_code == 303
    assert nell.is_in


def test_a_parent_s_invitation_goes_by_mail_and_only_while_she_is_the_child_s_parent(cast, post, at):
    cast.person("gran", account=False)
    tie = cast.tie("ava", "guardian", person_id=cast.people["gran"], has_responsibility=True, has_care=True)
    path = f"/pupils/{cast.pupils['ava']}/people/{tie}"
    sara = at("sara")
    assert "Email a link to them instead" in sara.post(f"{path}/invite", page="/account/password").text
    assert sara.post(f"{path}/mail-invitation", page="/account/password").status_code == 303
    post.deliver(cast)
    assert post.handler.envelopes[-1][1] == ["gran@cast.example"]
    assert "ava" not in post.mails[-1].get_content().lower()
    gran = at()
    assert gran.post(link_in(post), {"password": FRESH}).status_code == 303
    assert "Ava" in gran.get("/", follow_redirects=True).text
    again = sara.post(f"{path}/mail-invitation", page="/account/password")
    assert again.status_code == 409
    assert "can already sign in" in again.text


def test_an_invitation_of_somebody_whose_tie_ended_meanwhile_is_not_sent(cast, post, at):
    from isp.access.models import Tie

    cast.person("gran", account=False)
    tie = cast.tie("ava", "guardian", person_id=cast.people["gran"], has_responsibility=True)
    path = f"/pupils/{cast.pupils['ava']}/people/{tie}/mail-invitation"
    assert at("sara").post(path, page="/account/password").status_code == 303
    ties = table_of(Tie)
    with cast.store.database.writing() as connection:
        connection.execute(update(ties).where(ties.c.id == tie).values(ended_at=clock.now()))
    post.deliver(cast)
    assert post.mails == []
    assert rows(cast)[0].problem == "not_entitled"
    assert _invitations(cast) == []


# -- how the outbox stands -----------------------------------------------------------------------------------


def test_the_operator_sees_how_the_outbox_stands_and_not_to_whom(cast, isp):
    with post_office(Manners(refuses={"RCPT": "550 no"})) as strict:
        told(cast, "pam")
        make_due(cast)
        strict.deliver(cast)
    told(cast, "paul")
    found = isp("outbox")
    assert "mail: 1 waiting, 1 given up" in found.output
    assert "1 not sent: the server says that this address does not exist" in found.output
    assert "cast.example" not in found.output
    data = json.loads(isp("outbox", "--json").output)
    assert data["mail"]["states"] == {"waiting": 1, "given up": 1}
    assert data["mail"]["problems"] == {"recipient": 1}


def test_the_worker_delivers_what_is_due(cast, post, isp):
    notice = told(cast, "pam")
    make_due(cast)
    found = isp("worker", "--once")
    assert "Messages: 1 sent." in found.output
    assert row(cast, notice).sent_at is not None
    assert len(post.mails) == 1


def test_what_was_given_up_is_tried_anew_when_the_operator_says_so(cast, post, isp):
    with post_office(Manners(refuses={"RCPT": "550 no"})) as strict:
        notice = told(cast, "pam")
        make_due(cast)
        strict.deliver(cast)
    assert "mail: 1 to be tried anew" in isp("outbox", "--retry").output
    post.deliver(cast)
    assert row(cast, notice).sent_at is not None
    assert "messages.retried" in chain(cast, Chain.installation())


def test_the_doctor_says_whether_messages_go_out(cast, isp):
    def of_mail() -> dict[str, object]:
        found = json.loads(isp("doctor", "--json").output)["findings"]
        return next(one for one in found if one["what"] == "mail")

    assert of_mail() == {"what": "mail", "ok": True, "words": "set up (127.0.0.1)"}
    told(cast, "pam")
    set_back(cast, made_at=clock.now() - timedelta(hours=2))
    late = of_mail()
    assert late["ok"] is False
    assert "the oldest message has waited 120 minutes: does 'isp worker' run?" in str(late["words"])


def test_the_doctor_says_that_mail_is_not_set_up(cast, isp, monkeypatch):
    monkeypatch.delenv("ISP_MAIL_HOST")
    found = json.loads(isp("doctor", "--json").output)["findings"]
    words = {one["what"]: one["words"] for one in found}
    assert words["mail"] == "not set up: people find their messages when they sign in"


def test_settings_that_would_send_nothing_are_refused_with_a_sentence():
    from config import NotConfigured

    for wrong, said in (
        ({"public_url": ""}, "ISP_PUBLIC_URL"),
        ({"mail_from": ""}, "ISP_MAIL_FROM"),
        ({"mail_tls": "yes"}, "ISP_MAIL_TLS"),
        ({"mail_seconds": 600}, "ISP_MAIL_SECONDS"),
        ({"text_key": "short"}, "ISP_TEXT_KEY"),
    ):
        whole = {"mail_host": "mail.example", "mail_from": "a@b.example", "public_url": "https://b.example"}
        with pytest.raises(NotConfigured, match=said):
            settings(**{**whole, **wrong}).check()
