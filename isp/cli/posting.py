"""``isp outbox`` and ``isp sign-in-code``."""

from __future__ import annotations

import json

import click
from sqlalchemy import select

from isp.audit import Chain, Unit, transaction
from isp.audit.events import BY_COMMAND
from isp.cli import installation
from isp.kernel import clock
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, NotAllowed, NotFound
from isp.notices.counting import CHANNELS, Standing, retry, standing, waited
from isp.notices.problems import words
from isp.people import actions as people
from isp.people.directory import find_by_email
from isp.people.models import Account

ACCOUNTS = table_of(Account)


@click.command()
@click.option("--retry", "again", is_flag=True, help="Try anew what was given up, unless it is too old.")
@click.option("--json", "as_json", is_flag=True, help="As data.")
def outbox(again: bool, as_json: bool) -> None:
    """How the outbox stands: messages by state, and why some did not go. Never to whom."""
    store = installation.open_store()
    now = clock.now()
    tried = {channel: retry(store, installation.operator(), channel, now) for channel in CHANNELS if again}
    with store.database.reading() as connection:
        found = [standing(connection, channel, now) for channel in CHANNELS]
    if as_json:
        print(json.dumps({"retried": tried, **{one.channel: _told(one) for one in found}}))
        return
    for channel, count in tried.items():
        print(f"{channel}: {count} to be tried anew")
    for one in found:
        for line in _lines(one):
            print(line)


def _told(one: Standing) -> dict[str, object]:
    late = waited(one, clock.now())
    return {
        "states": one.states,
        "problems": one.problems,
        "closed": one.closed,
        "oldest_waiting_seconds": int(late.total_seconds()) if late else None,
    }


def _lines(one: Standing) -> list[str]:
    counted = ", ".join(f"{number} {state}" for state, number in one.states.items()) or "nothing"
    lines = [f"{one.channel}: {counted}"]
    lines += [f"  {number} not sent: {words(code)}" for code, number in one.problems.items()]
    lines += [f"  {number} closed: {words(code)}" for code, number in one.closed.items()]
    late = waited(one, clock.now())
    if late:
        lines.append(f"  the oldest has waited {int(late.total_seconds() // 60)} minutes")
    return lines


@click.command(name="sign-in-code")
@click.argument("email")
@click.option(
    "--as", "operator_email", default=None, help="Your own operator's account, to be named with you."
)
def sign_in_code(email: str, operator_email: str | None) -> None:
    """Email the person with the address EMAIL a link for choosing a password. Nobody else sees it.

    For accounts that no one school or authority may reset. Make sure who asks before you run it.
    """
    settings = installation.settings()
    if not settings.mail_host:
        raise Conflict("No mail server is set up, and a link goes out by mail alone: set ISP_MAIL_HOST.")
    store = installation.open_store(settings)
    actor = installation.acting_as(store, operator_email)
    with transaction(store, actor) as unit:
        if operator_email is not None:
            _check_operator(unit)
        person_id = find_by_email(unit, email)
        if person_id is None:
            raise NotFound(f"Nobody here has the e-mail address {email}. Check how it is spelt.")
        people.mail_code(unit, BY_COMMAND, person_id, Chain.installation())
    print("A link goes to that address as soon as the worker runs. It works once, and for 72 hours.")


def _check_operator(unit: Unit) -> None:
    query = select(ACCOUNTS.c.is_operator).where(
        ACCOUNTS.c.person_id == unit.actor.person_id, ACCOUNTS.c.closed_at.is_(None)
    )
    if not unit.connection.scalar(query):
        raise NotAllowed("This is not an operator's account, so it cannot ask for links.")
