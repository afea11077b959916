"""The commands and the server on a loaded demonstration: one, loaded by the command itself."""

from __future__ import annotations

import json
import os
import re
import signal
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from isp.demonstration.files import exports
from isp.kernel import clock
from tests.server import Server

# Hashing at full cost is tried elsewhere; here it would only take time.
CHEAP = {"ISP_ARGON2_TIME_COST": "1", "ISP_ARGON2_MEMORY_KIB": "64"}
OFFICE, SENCO = "pauline.saltmarsh@tidewater.example", "adaeze.kittiwake@tidewater.example"
STRANGER = "agnieszka.jaskolka@example.org"
TIDEWATER = "900002"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server(tmp_path_factory.mktemp("cli") / "var", environment=CHEAP)
    found.people()
    yield found
    found.kill()


@pytest.fixture(scope="module")
def pupils(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = next(one for one in exports(clock.today()) if one.name == "tidewater-pupils.csv")
    place = tmp_path_factory.mktemp("files") / file.name
    place.write_bytes(file.content)
    return place


def a_upn(pupils: Path) -> str:
    found = re.search(r"[A-Z]815\d{9}", pupils.read_text())
    assert found
    return found[0]


def test_a_second_start_is_quick_keeps_the_data_and_lists_the_same_people(server):
    began = time.monotonic()
    before = (server.data_dir / "isp.sqlite3").stat().st_ino
    people = server.people()
    assert time.monotonic() - began < 15
    assert (server.data_dir / "isp.sqlite3").stat().st_ino == before
    assert len(people) == 50
    assert {"role", "name", "email", "password", "shows"} == people[0].keys()


def test_what_the_command_made_is_the_owner_s_alone(server):
    for path in (server.data_dir, *server.data_dir.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_all_of_it_verifies_and_the_doctor_is_content(server):
    told = json.loads(server.command("audit", "verify", "--json").stdout)
    assert (told["ok"], told["faults"]) == (True, [])
    assert server.command("audit", "verify").stdout.startswith("OK: ")
    assert server.command("audit", "verify", "--chains-only").returncode == 0
    assert server.command("doctor").returncode == 0


def test_the_office_brings_its_file_in_and_the_same_again_changes_nothing(server, pupils, tmp_path):
    again = server.command("import", "pupils", str(pupils), "--school", TIDEWATER, "--as", OFFICE)
    assert (again.returncode, again.stdout) == (0, "40 pupils unchanged.\n")
    other = tmp_path / "other.csv"
    other.write_text(pupils.read_text().replace("Idris", "Edris"))
    arguments = ("import", "pupils", str(other), "--school", TIDEWATER, "--as", OFFICE, "--json")
    looked = json.loads(server.command(*arguments, "--preview").stdout)
    assert (looked["applied"], looked["applicable"]) == (False, True)
    done = json.loads(server.command(*arguments).stdout)
    assert done["applied"]
    assert "1 pupil changed." in done["sentences"]


@pytest.mark.parametrize("who", [STRANGER, "philippa.dovecote@foxglove.example"])
def test_nobody_else_brings_anything_in(server, pupils, who):
    refused = server.command("import", "pupils", str(pupils), "--school", TIDEWATER, "--as", who)
    assert (refused.returncode, refused.stdout) == (1, "")


def test_a_file_that_is_none_is_refused_in_words(server, tmp_path):
    file = tmp_path / "pupils.csv"
    file.write_bytes(bytes(range(256)) * 40)
    refused = server.command("import", "pupils", str(file), "--school", TIDEWATER, "--as", OFFICE)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert refused.stderr.strip()


def test_rows_that_cannot_be_brought_in_are_said_with_their_lines(server, pupils, tmp_path):
    file = tmp_path / "pupils.csv"
    file.write_text(re.sub(r"[A-Z]815\d{9}", "A000000000000", pupils.read_text(), count=1))
    refused = server.command("import", "pupils", str(file), "--school", TIDEWATER, "--as", OFFICE)
    assert refused.returncode == 1
    assert "2" in refused.stdout


def test_a_history_is_shown_to_those_whom_the_grid_allows_it(server, pupils):
    upn = a_upn(pupils)
    shown = server.command("audit", "show", upn, "--as", SENCO)
    assert shown.returncode == 0
    assert len(shown.stdout.splitlines()) > 1
    told = json.loads(server.command("audit", "show", upn, "--as", SENCO, "--json").stdout)
    assert told["events"][0]["event"] == "history.viewed"


def test_a_stranger_cannot_tell_a_pupil_who_exists_from_one_who_does_not(server, pupils):
    there = server.command("audit", "show", a_upn(pupils), "--as", STRANGER)
    nowhere = server.command("audit", "show", "A000000000000", "--as", STRANGER)
    assert there.returncode == nowhere.returncode == 1
    assert (there.stdout, there.stderr) == (nowhere.stdout, nowhere.stderr)


def test_it_serves_says_that_it_is_a_demonstration_and_ends_with_all_it_started(server):
    server.start()
    assert server.process is not None
    group = server.process.pid
    page = urllib.request.urlopen(f"{server.url}/sign-in", timeout=10).read().decode()  # noqa: S310
    assert "demonstration" in page.casefold()
    somebody = server.people()[0]
    assert "sign-out" in _sign_in(server, somebody)
    assert len(_of_group(group)) >= 3, "server, its worker process and the worker of jobs"
    os.kill(group, signal.SIGTERM)
    assert server.process.wait(20) == 0
    deadline = time.monotonic() + 10
    while _of_group(group) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _of_group(group) == []
    said = server.log.read_text()
    assert "Traceback" not in said
    assert somebody["name"].split()[1] not in said.split("Serving on", 1)[1]


def _sign_in(server: Server, somebody: dict[str, Any]) -> str:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{server.url}/sign-in", timeout=10).read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    sent = {"csrf_token": token[1], "email": somebody["email"], "password": somebody["password"]}
    data = urllib.parse.urlencode(sent).encode()
    return str(browser.open(f"{server.url}/sign-in", data, timeout=20).read().decode())


def _of_group(group: int) -> list[int]:
    """The processes of a group that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def test_a_start_that_was_cut_off_begins_anew(server, tmp_path):
    half = Server(tmp_path / "var", environment=CHEAP)
    half.data_dir.mkdir()
    (half.data_dir / "isp.sqlite3.loading").write_bytes(b"half of something")
    began = half.command("demo", "--json")
    assert began.returncode == 0
    assert "cut off" in began.stderr
    assert len(json.loads(began.stdout)) == 50
    assert not (half.data_dir / "isp.sqlite3.loading").exists()
