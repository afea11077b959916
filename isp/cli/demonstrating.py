"""``isp demo``: load the invented schools once, and say who can sign in."""

from __future__ import annotations

import fcntl
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from sqlalchemy.engine import make_url

from config import NotConfigured, Settings
from isp.cli import installation
from isp.demonstration.load import check_empty, is_loaded, load, people


def prepare_demonstration(settings: Settings) -> list[dict[str, Any]]:
    """Load the demonstration where nothing is yet; give who can sign in.

    The database must be migrated. Raises Conflict where it holds anything else, or half a demonstration.
    """
    if settings.production:
        raise NotConfigured("The demonstration is never loaded in production.")
    with _one_at_a_time(settings):
        store = installation.open_store(settings)
        try:
            loaded = is_loaded(store)
            if not loaded:
                check_empty(store)
        finally:
            store.database.dispose()
        if not loaded:
            print("Loading the demonstration: this is done once, and takes up to a minute …", file=sys.stderr)
            if settings.is_sqlite:
                _load_aside(settings)
            else:
                _load(settings)
    store = installation.open_store(settings)
    found = people(store)
    store.database.dispose()
    return found


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    """Whoever asks for the credentials while the service is still loading waits for it.

    Without this the second throws away the file that the first is filling, and the first goes on serving
    from a file that has no name any more. The lock ends with its process, however that ends.
    """
    if not settings.is_sqlite:
        yield
        return
    place = Path(make_url(settings.database_url).database or "")
    with place.with_name(place.name + ".demonstration").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _load(settings: Settings) -> None:
    store = installation.open_store(settings)
    try:
        load(store, settings)
    finally:
        store.database.dispose()


def _load_aside(settings: Settings) -> None:
    """Load into a file beside the database and put it in its place when it is whole.

    A start that is cut off leaves an empty database and a file that the next start throws away.
    """
    place = Path(make_url(settings.database_url).database or "")
    aside = place.with_name(place.name + ".loading")
    if aside.exists():
        print("An earlier start was cut off while loading. Beginning anew.", file=sys.stderr)
    _remove(aside)
    fresh = replace(settings, database_url=f"sqlite:///{aside}")
    installation.upgrade(fresh)
    _load(fresh)
    _remove(place)
    aside.replace(place)
    _remove(aside)


def _remove(place: Path) -> None:
    """The file with all that SQLite and the queue of writers keep beside it."""
    for ending in ("", "-wal", "-shm", ".writers"):
        place.with_name(place.name + ending).unlink(missing_ok=True)


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
    found = prepare_demonstration(settings)
    print(json.dumps(found, ensure_ascii=False) if as_json else people_table(found))
