"""Links to choose a password with: made for one person, used once, naming nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from isp.audit.events import BY_COMMAND
from isp.kernel import clock
from isp.kernel.errors import Conflict
from isp.people import actions
from isp.people.models import Invitation
from tests.people.world import EVENTS, PASSWORD, Town

FRESH = "five amber lanterns sway"


def invited(town: Town, purpose: str = actions.ACCOUNT, name: str = "new") -> str:
    """A code for somebody new (or of the cast)."""
    with town.cast.acting("sara") as unit:
        if name in town.cast.people:
            person_id = town.cast.people[name]
        else:
            new = actions.NewPerson(given="Newton", family="Canaryname", email=f"{name}@cast.example")
            person_id = town.cast.people[name] = actions.add_person(unit, BY_COMMAND, new)
        return actions.invite(unit, BY_COMMAND, person_id, purpose).code


def test_somebody_new_chooses_a_password_and_is_signed_in(town: Town):
    browser = town.browser()
    answer = browser.post(f"/invitation/{invited(town)}", {"password": FRESH})
    assert answer.status_code == 303
    assert "Newton Canaryname" in browser.get("/account").text
    browser.post("/sign-out", page="/account")
    assert browser.sign_in("new", FRESH).status_code == 303
    assert town.acts("new")[:2] == ["account.invitation_taken", "account.signed_in"]


def test_the_page_names_nobody(town: Town):
    page = town.browser().get(f"/invitation/{invited(town)}")
    assert page.status_code == 200
    for planted in ("Newton", "Canaryname", "cast.example", "Sara", "Oakfield"):
        assert planted not in page.text


def test_a_link_works_once(town: Town):
    code = invited(town)
    town.browser().post(f"/invitation/{code}", {"password": FRESH})
    browser = town.browser()
    answer = browser.get(f"/invitation/{code}")
    assert answer.status_code == 410
    assert "used already or has run out" in answer.text
    token = browser.get("/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
    again = browser.send(f"/invitation/{code}", {"csrf_token": token, "password": "other amber lanterns"})
    assert again.status_code == 410
    assert town.browser().sign_in("new", FRESH).status_code == 303


def test_a_link_runs_out_after_72_hours(town: Town):
    code = invited(town)
    with time_machine.travel(clock.now() + timedelta(hours=71), tick=False):
        assert town.browser().get(f"/invitation/{code}").status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=73), tick=False):
        assert town.browser().get(f"/invitation/{code}").status_code == 410


def test_a_later_link_ends_an_earlier_one(town: Town):
    first = invited(town)
    second = invited(town)
    assert town.browser().get(f"/invitation/{first}").status_code == 410
    assert town.browser().get(f"/invitation/{second}").status_code == 200


def test_used_cancelled_run_out_and_invented_links_look_alike(town: Town):
    first = invited(town)
    invited(town)
    answers = {
        (answer.status_code, answer.text.split("<main")[1].split("</main")[0])
        for answer in (
            town.browser().get(f"/invitation/{first}"),
            town.browser().get("/invitation/" + "x" * 32),
        )
    }
    assert len(answers) == 1


def test_a_code_is_long_and_only_its_digest_is_kept(town: Town):
    code = invited(town)
    assert len(code) >= 32  # 192 bits
    (row,) = town.rows(Invitation)
    assert row.code_digest == actions.digest_of(code)


def test_guessing_codes_is_slow_and_does_not_spoil_a_real_one(town: Town):
    code = invited(town)
    guesser = town.browser(network="203.0.113.5")
    answers = [guesser.get(f"/invitation/{'g' * 20}{number}").status_code for number in range(17)]
    assert answers == [410] * 15 + [429] * 2
    assert town.browser(network="203.0.113.9").get(f"/invitation/{code}").status_code == 200


def test_a_poor_password_does_not_use_the_link_up(town: Town):
    code = invited(town)
    browser = town.browser()
    answer = browser.post(f"/invitation/{code}", {"password": "newton canaryname"})
    assert answer.status_code == 422
    assert "must not be made of your name" in answer.text
    assert browser.post(f"/invitation/{code}", {"password": FRESH}).status_code == 303


def test_a_first_invitation_never_opens_an_account_in_use(town: Town):
    with pytest.raises(Conflict):
        invited(town, name="tom")


def test_a_reset_leaves_the_old_password_until_it_is_used_and_then_signs_out_everywhere(town: Town):
    browser = town.signed_in("tom")
    code = invited(town, actions.RESET, "tom")
    assert browser.get("/account").status_code == 200
    assert town.browser().sign_in("tom", PASSWORD).status_code == 303
    assert town.browser().post(f"/invitation/{code}", {"password": FRESH}).status_code == 303
    assert not browser.is_in
    assert town.browser().sign_in("tom", PASSWORD).status_code == 422


def test_a_link_for_a_closed_account_is_dead(town: Town):
    code = invited(town, actions.RESET, "tom")
    with town.cast.acting("sara") as unit:
        actions.close_account(unit, BY_COMMAND, town.cast.people["tom"])
    assert town.browser().get(f"/invitation/{code}").status_code == 410


def test_nobody_without_an_address_is_invited(town: Town):
    with town.cast.acting("sara") as unit:
        person = actions.add_person(unit, BY_COMMAND, actions.NewPerson(given="No", family="Address"))
        with pytest.raises(Conflict):
            actions.invite(unit, BY_COMMAND, person)


def test_no_code_reaches_the_log_or_the_trail(town: Town, capsys: pytest.CaptureFixture[str]):
    code = invited(town)
    town.browser().post(f"/invitation/{code}", {"password": FRESH})
    said = capsys.readouterr()
    assert '"route": "/invitation/<code>"' in said.out
    assert code not in said.out + said.err
    assert all(code.encode() not in row.canon for row in town.rows(EVENTS))
