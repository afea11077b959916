"""``isp demo``: load the invented schools once, and say who can sign in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click

from config import NotConfigured, Settings
from isp.cli import installation
from isp.demonstration.load import is_loaded, load, people


def prepare_demonstration(settings: Settings) -> list[dict[str, Any]]:
    """Load the demonstration where nothing is yet; give who can sign in."""
    if settings.production:
        raise NotConfigured("The demonstration is never loaded in production.")
    store = installation.open_store(settings)
    if not is_loaded(store):
        print("Loading the demonstration (once) …", flush=True)
        load(store, settings)
    found = people(store)
    store.database.dispose()
    return found


def people_table(found: Iterable[dict[str, Any]]) -> str:
    """Who can sign in, for a terminal."""
    lines = ["", "Everybody here is invented. Who can sign in:", ""]
    for person in found:
        lines.append(f"  {person['role']:<38} {person['email']:<44} {person['password']}")
        lines.append(f"      {person['name']}: {person['shows']}")
    return "\n".join([*lines, ""])


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As data: role, name, email, password, shows.")
def demo(as_json: bool) -> None:
    """Load the demonstration where nothing is yet, and say who can sign in."""
    settings = installation.settings()
    installation.keyring(settings, make=True)
    installation.upgrade(settings)
    found = _quietly(settings) if as_json else prepare_demonstration(settings)
    print(json.dumps(found, ensure_ascii=False) if as_json else people_table(found))


def _quietly(settings: Settings) -> list[dict[str, Any]]:
    store = installation.open_store(settings)
    if not is_loaded(store):
        load(store, settings)
    found = people(store)
    store.database.dispose()
    return found
