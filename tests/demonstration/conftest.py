"""The demonstration, loaded once for everything that looks at it: nothing here changes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config import Settings
from isp.audit import Store
from isp.cli import installation
from isp.demonstration.load import is_loaded, load


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("demonstration")
    return Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'isp.sqlite3'}",
        keyring_path=folder / "keyring.json",
        argon2_time_cost=1,
        argon2_memory_kib=64,
    )


@pytest.fixture(scope="session")
def store(settings: Settings) -> Iterator[Store]:
    installation.keyring(settings, make=True)
    installation.upgrade(settings)
    found = installation.open_store(settings)
    assert not is_loaded(found)
    load(found, settings)
    yield found
    found.database.dispose()
