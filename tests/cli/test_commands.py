"""The commands by themselves: help, exit codes, and what they say where nothing is there yet."""

from __future__ import annotations

import json
import stat
import sys

import click
import pytest
from click.testing import CliRunner, Result

from isp.cli import main as entry
from isp.cli.main import commands


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [path]
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += every_command(command, (*path, name))
        else:
            found.append((*path, name))
    return found


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, arguments)


@pytest.fixture
def isp(data_dir, monkeypatch, capsys):
    """The command as the shell runs it: its exit code, what it says, and what it complains of."""
    monkeypatch.delenv("ISP_DATABASE_URL", raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["isp", *arguments])
        with pytest.raises(SystemExit) as ended:
            entry.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


@pytest.mark.parametrize("path", every_command(commands), ids=" ".join)
def test_every_command_helps(path):
    found = run(*path, "--help")
    assert found.exit_code == 0
    assert "Usage: " in found.output
    assert all(line.strip() for line in found.output.splitlines()[2:3])


def test_all_that_an_operator_is_promised_is_there():
    promised = {"demo", "serve", "migrate", "worker", "import", "audit", "keys", "doctor"}
    assert promised <= commands.commands.keys()
    assert {("import", kind) for kind in ("pupils", "staff", "groups", "contacts")} <= set(
        every_command(commands)
    )


def test_what_is_not_understood_ends_with_two(isp):
    assert isp("nonsense")[0] == 2
    assert isp("audit", "show")[0] == 2
    assert isp("import", "pupils", "no-such-file.csv", "--as", "a@x.example", "--school", "1")[0] == 2


def test_the_doctor_finds_what_is_missing_and_says_so_as_data_too(isp):
    code, said, _ = isp("doctor")
    assert code == 1
    assert "BAD  keys" in said
    assert "BAD  database" in said
    code, said, _ = isp("doctor", "--json")
    told = json.loads(said)
    assert (code, told["ok"]) == (1, False)
    assert {one["what"] for one in told["findings"]} >= {"keys", "database", "holidays"}


def test_a_keyring_is_made_once_and_is_its_owner_s_alone(isp, data_dir):
    assert isp("keys", "create")[0] == 0
    made = data_dir / "keys" / "keyring.json"
    assert stat.S_IMODE(made.stat().st_mode) & 0o077 == 0
    before = made.read_bytes()
    code, _, complaint = isp("keys", "create")
    assert code == 1
    assert complaint.strip()
    assert made.read_bytes() == before


def test_an_installation_from_keys_to_a_clean_bill_of_health(isp):
    assert isp("keys", "create", "--development")[0] == 0
    code, said, _ = isp("migrate")
    assert (code, "migration" in said) == (0, True)
    assert isp("doctor")[0] == 0
    code, said, _ = isp("audit", "verify", "--json")
    assert code == 0
    assert json.loads(said) == {"ok": True, "chains": 0, "events": 0, "faults": []}
    assert isp("keys", "show")[0] == 0
    assert isp("worker", "--once")[0] == 0


def test_a_new_root_wraps_everything_anew_and_shows(isp):
    isp("keys", "create", "--development")
    isp("migrate")
    assert isp("keys", "replace-root")[0] == 0
    code, said, _ = isp("keys", "show", "--json")
    told = json.loads(said)
    assert code == 0
    assert told["development"] is True
    assert len([root for root in told["roots"] if root["in_use"]]) == 1


def test_nobody_is_acted_for_who_is_not_on_record(isp, tmp_path):
    isp("keys", "create", "--development")
    isp("migrate")
    file = tmp_path / "pupils.csv"
    file.write_text("UPN\n")
    code, _, complaint = isp("import", "pupils", str(file), "--school", "900001", "--as", "nobody@x.example")
    assert code == 1
    assert "nobody@x.example" in complaint
    assert isp("audit", "show", "A1", "--as", "nobody@x.example")[0] == 1


def test_production_loads_no_demonstration_and_serves_under_no_development_keyring(isp, monkeypatch):
    isp("keys", "create", "--development")
    monkeypatch.setenv("ISP_ENVIRONMENT", "production")
    for command in (("demo",), ("serve", "--demo"), ("serve",)):
        code, _, complaint = isp(*command)
        assert code == 1
        assert "development" in complaint


def test_production_refuses_to_start_without_a_keyring(isp, monkeypatch):
    monkeypatch.setenv("ISP_ENVIRONMENT", "production")
    code, _, complaint = isp("serve")
    assert code == 1
    assert "keyring" in complaint
