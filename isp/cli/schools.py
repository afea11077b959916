"""``isp school``: what becomes of a school as a whole."""

from __future__ import annotations

from datetime import datetime

import click

from isp.audit import transaction
from isp.cli import installation
from isp.escalations.closing import record_closing
from isp.kernel.errors import NotFound
from isp.people.organisations import find_school


@click.group(name="school")
def school() -> None:
    """A school closes, or leaves this service."""


@school.command()
@click.argument("number")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Its last day; without it, it stays open.")
@click.option("--as", "email", required=True, help="Whose rights: a manager of its authority, by e-mail.")
def closes(number: str, on: datetime | None, email: str) -> None:
    """Say when the school with this NUMBER (URN, UKPRN or id) closes: each EHC plan that names it stands in
    its officer's tray until it names another setting.
    """
    store = installation.open_store()
    with transaction(store, installation.acting_as(store, email)) as unit:
        school_id = find_school(unit, number)
        if school_id is None:
            raise NotFound("There is no school with that number.")
        found = record_closing(unit, school_id, on=on.date() if on is not None else None)
    told = "1 EHC plan names it." if found == 1 else f"{found} EHC plans name it."
    print(f"It is recorded. {told}")
