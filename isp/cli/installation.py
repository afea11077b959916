"""Opening the installation for a command: settings, keyring, database, and who acts."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from config import Settings
from isp.audit import Store, transaction
from isp.kernel.actor import Actor
from isp.kernel.crypto import Keyring, KeyringError
from isp.kernel.db import Database
from isp.kernel.errors import NotFound
from isp.people.directory import find_by_email

ROOT = Path(__file__).resolve().parents[2]
LOUD = """
  ****************************************************************************
  *  A DEVELOPMENT KEYRING was made at {path}
  *  It lies beside the data, so a copy of this folder opens every record.
  *  Never keep real children's records under it: production refuses it.
  ****************************************************************************
"""


def settings() -> Settings:
    """The settings of this installation."""
    return Settings.read()


def keyring(found: Settings, *, make: bool = False) -> Keyring:
    """The keyring. With ``make``, a development one is made where there is none, with a loud word."""
    path = found.keyring_path
    if not path.exists():
        if found.production or not make:
            raise KeyringError(f"There is no keyring at {path}. Make one with 'isp keys create'.")
        found.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        Keyring.generate(development=True).save(path)
        print(LOUD.format(path=path), file=sys.stderr)
    ring = Keyring.load(path)
    if found.production and ring.development:
        raise KeyringError(
            f"The keyring {path} was made for development, and production does not use it. "
            "Make a real one with 'isp keys create' and re-enter what was recorded."
        )
    return ring


def open_store(found: Settings | None = None) -> Store:
    """The store of this installation, for one command."""
    here = found or settings()
    return Store(Database(here.database_url), keyring(here))


def alembic_config(found: Settings) -> Config:
    """Alembic's configuration, pointed at this installation's database."""
    return Config(toml_file=ROOT / "pyproject.toml", attributes={"url": found.database_url})


def upgrade(found: Settings) -> None:
    """Bring the database to the newest migration."""
    if found.is_sqlite:
        found.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    config = alembic_config(found)
    config.print_stdout = lambda *_args, **_kwargs: None  # type: ignore[method-assign]  # it has no quiet
    command.upgrade(config, "head")


def newest_migration(found: Settings) -> str | None:
    """The newest migration that this version of the program carries."""
    return ScriptDirectory.from_config(alembic_config(found)).get_current_head()


def operator() -> Actor:
    """The operator at this terminal."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return Actor(system=f"operator-{name}", method="command")


def acting_as(store: Store, email: str | None) -> Actor:
    """The operator, or the operator acting for the person with this address."""
    here = operator()
    if email is None:
        return here
    with transaction(store, here) as unit:
        person_id = find_by_email(unit, email)
    if person_id is None:
        raise NotFound(f"Nobody here has the e-mail address {email}. Check how it is spelt.")
    return here.acting_for(person_id)
