"""The lock files: everything declared is in them, each with hashes, within the range declared."""

from __future__ import annotations

import json
import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.guards.tree import ROOT, project_files, pyproject

ENTRY = re.compile(
    r"^(?P<name>[\w.-]+)(?:\[[^\]]*\])?==(?P<version>\S+)[^\n]*\n(?P<hashes>(?:    --hash=.*\n)*)",
    re.MULTILINE,
)


def locked(text: str) -> dict[str, tuple[str, int]]:
    """Each package's version and how many hashes it has."""
    return {
        canonicalize_name(match["name"]): (match["version"], match["hashes"].count("--hash=sha256:"))
        for match in ENTRY.finditer(text)
    }


def unmet(requirements: list[str], lock: dict[str, tuple[str, int]]) -> list[str]:
    found = []
    for requirement in map(Requirement, requirements):
        version, _ = lock.get(canonicalize_name(requirement.name), ("", 0))
        if not version or version not in requirement.specifier:
            found.append(f"{requirement}: {version or 'not in the lock'}")
    return found


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_holds_what_is_declared(name):
    lock = locked((ROOT / name).read_text(encoding="utf-8"))
    project = pyproject()["project"]
    declared = list(project["dependencies"])
    if "dev" in name:
        declared += project["optional-dependencies"]["dev"]
    assert unmet(declared, lock) == [], "run 'make lock'"
    assert [package for package, (_, hashes) in lock.items() if not hashes] == []


def test_both_locks_agree():
    run, dev = (
        locked((ROOT / name).read_text(encoding="utf-8"))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert {package: dev.get(package) for package in run} == run


def test_no_front_end_lock_names_where_packages_come_from():
    files = [path for path in project_files() if path.name == "package-lock.json"]
    found = [
        f"{path}: {package}"
        for path in files
        for package, entry in json.loads((ROOT / path).read_text(encoding="utf-8"))["packages"].items()
        if "resolved" in entry
    ]
    assert found == []


def test_a_planted_gap_is_seen():
    lock = locked("flask==3.1.3 \\\n    --hash=sha256:aa\nalembic==1.0\n")
    assert lock == {"flask": ("3.1.3", 1), "alembic": ("1.0", 0)}
    assert unmet(["flask>=3.1,<4"], lock) == []
    assert len(unmet(["flask>=4", "psycopg[binary]>=3"], lock)) == 2
