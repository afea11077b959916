"""``isp migrate`` and ``isp keys``."""

from __future__ import annotations

import json
import sys

import click
from sqlalchemy import func, select

from isp.audit import Chain, Store, transaction
from isp.audit.events import BY_COMMAND, Event
from isp.cli import installation
from isp.kernel.crypto import Keyring
from isp.kernel.db import Database, table_of
from isp.kernel.keys import DataKey

KEYS = table_of(DataKey)


@click.command()
def migrate() -> None:
    """Bring the database to the newest migration. Run it before the new version serves."""
    settings = installation.settings()
    installation.upgrade(settings)
    print(f"The database is at migration {installation.newest_migration(settings)}.")


@click.group()
def keys() -> None:
    """Make, show and replace the keys that lie outside the database."""


@keys.command()
@click.option("--development", is_flag=True, help="Mark it as fit for development only.")
def create(development: bool) -> None:
    """Make a keyring where ISP_KEYRING says. Refuses to replace one that is there."""
    settings = installation.settings()
    Keyring.generate(development=development).save(settings.keyring_path)
    print(f"A keyring was made at {settings.keyring_path}.")
    print("Keep a copy in another place than the database's backups: without it no record opens again.")


@keys.command()
@click.option("--json", "as_json", is_flag=True, help="As data.")
def show(as_json: bool) -> None:
    """Which roots there are and how many keys each wraps. Never a key itself."""
    settings = installation.settings()
    ring = installation.keyring(settings)
    database = Database(settings.database_url)
    with database.reading() as connection:
        rows = connection.execute(
            select(KEYS.c.root_id, func.count()).where(KEYS.c.root_id.is_not(None)).group_by(KEYS.c.root_id)
        )
        counted: dict[str, int] = dict(rows.all())
        wrapped = connection.scalar(
            select(func.count()).select_from(KEYS).where(KEYS.c.wrapped_by.is_not(None))
        )
    told = {
        "keyring": str(settings.keyring_path),
        "development": ring.development,
        "roots": [
            {"id": root, "in_use": root == ring.root_id, "wraps": counted.get(root, 0)} for root in ring.roots
        ],
        "wrapped_by_organisations": wrapped or 0,
        "lacking": sorted(str(root) for root in counted if root not in ring.roots),
    }
    if as_json:
        print(json.dumps(told))
    else:
        print(f"{told['keyring']}{'  (DEVELOPMENT)' if ring.development else ''}")
        for root in ring.roots:
            mark = "in use" if root == ring.root_id else "kept for what it wrapped"
            print(f"  root {root}: {mark}; wraps {counted.get(root, 0)} keys")
        print(f"  {told['wrapped_by_organisations']} pupils' keys are wrapped by their organisations' keys")
    if told["lacking"]:
        print("Some keys are wrapped by a root that this keyring lacks.", file=sys.stderr)
        sys.exit(1)


@keys.command(name="replace-root")
def replace_root() -> None:
    """Make a new root, wrap every key of the old roots anew. What the keys sealed is not touched.

    The new keyring is written first, with the old roots in it, so that a crash at any point leaves
    every key openable; run it again to finish.
    """
    settings = installation.settings()
    ring = installation.keyring(settings)
    database = Database(settings.database_url)
    with database.reading() as connection:
        stale = connection.scalar(
            select(func.count())
            .select_from(KEYS)
            .where(KEYS.c.root_id.is_not(None), KEYS.c.root_id != ring.root_id)
        )
    if not stale:
        ring = ring.with_new_root()
        ring.save(settings.keyring_path, replace=True)
    store = Store(database, ring)
    done = 0
    while True:
        with transaction(store, installation.operator()) as unit:
            count = unit.keys.rewrap_roots(limit=500)
            if count:
                unit.record(BY_COMMAND, Event.KEYS_WRAPPED_ANEW, Chain.installation(), count=count)
        done += count
        if not count:
            break
    print(f"Root {ring.root_id} is in use; {done} keys were wrapped anew. Copy the keyring to its backup.")
