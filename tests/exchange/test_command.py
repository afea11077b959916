"""``isp import sen2``: the same deeds as the pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from isp.audit import Store
from isp.cli import installation
from isp.cli.main import commands
from isp.exchange.sen2.writing import as_xml
from tests.cast import Cast, keyring_file
from tests.exchange.messages import YEAR, header, historical, valid


@pytest.fixture
def run(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The command over the cast, with a file of one child."""
    monkeypatch.setenv("ISP_DATABASE_URL", cast.url)
    monkeypatch.setenv("ISP_KEYRING", str(keyring_file()))
    monkeypatch.setenv("ISP_DATA_DIR", str(tmp_path))
    opened: list[Store] = []
    open_store = installation.open_store

    def kept() -> Store:
        """The command's own store, which its process would close by ending."""
        opened.append(open_store())
        return opened[-1]

    monkeypatch.setattr(installation, "open_store", kept)
    file = tmp_path / "sen2.xml"
    file.write_text("".join(as_xml(header(), [valid(requests=[historical()])], YEAR)), "utf-8")

    def call(name: str, *more: str) -> Any:
        arguments = ("import", "sen2", str(file), "--as", f"{name}@cast.example", "--json", *more)
        return CliRunner().invoke(commands, arguments)

    yield call
    for store in opened:
        store.database.dispose()


def test_a_file_is_looked_at_then_brought_in_and_twice_changes_nothing(run: Any) -> None:
    looked = json.loads(run("mia", "--preview").output)
    assert looked["counts"]["persons"] == 1
    assert "brought" not in looked
    first = json.loads(run("mia").output)
    assert first["brought"]["persons_new"] == 1
    assert first["brought"]["plans"] == 1
    again = json.loads(run("mia").output)
    assert again["brought"]["persons_known"] == 1
    assert not again["brought"]["plans"]


def test_an_officer_may_not(run: Any) -> None:
    assert run("olli").exit_code != 0
