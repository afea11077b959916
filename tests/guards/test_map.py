"""The README's map is the tree: a newcomer who reads it finds what it says, and finds all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tests.guards.test_ladder import rung_of
from tests.guards.tree import ROOT, project_files

# Beside the map: what every project has and nobody needs a map for.
OBVIOUS = {"README.md", "LICENSE", "CHANGELOG.md", "Makefile", "pyproject.toml", "requirements.lock",
           "requirements-dev.lock"}  # fmt: skip


def mapped(readme: str) -> list[str]:
    """The paths in the fenced block under '## Map': two spaces more is one folder deeper."""
    block = re.search(r"^## Map\n.*?^```\w*\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert block, "README.md has no fenced block under '## Map'"
    paths: list[str] = []
    above: list[str] = []
    for line in block[1].splitlines():
        if not line.strip():
            continue
        depth = (len(line) - len(line.lstrip())) // 2
        name = line.split()[0]
        above = [*above[:depth], name.rstrip("/")]
        paths.append("/".join(above) + ("/" if name.endswith("/") else ""))
    return paths


def expected(files: Iterable[Path]) -> set[str]:
    """What the map must show: top-level files and folders, and each package directly under isp/."""
    found = set()
    for path in files:
        first = path.parts[0]
        if first.startswith("."):
            continue
        found.add(f"{first}/" if len(path.parts) > 1 else first)
        if first == "isp" and len(path.parts) > 2:
            found.add(f"isp/{path.parts[1]}/")
        if first == "isp" and len(path.parts) == 2 and path.name != "__init__.py":
            found.add(path.as_posix())
    return found - OBVIOUS


def test_the_map_is_the_tree():
    shown = set(mapped((ROOT / "README.md").read_text(encoding="utf-8")))
    there = expected(project_files())
    assert {"not on the map": sorted(there - shown), "not in the tree": sorted(shown - there)} == {
        "not on the map": [],
        "not in the tree": [],
    }


def test_the_map_is_in_the_ladder_s_order():
    shown = mapped((ROOT / "README.md").read_text(encoding="utf-8"))
    rooms = [
        path.removeprefix("isp/").rstrip("/").removesuffix(".py") for path in shown if path[:4] == "isp/"
    ]
    heights = [rung_of(room) for room in rooms if room]
    assert heights == sorted(heights, key=lambda height: -1 if height is None else height)


def test_the_readme_can_be_read_in_one_go():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


def test_a_planted_difference_is_seen():
    readme = "# x\n\n## Map\n\n```\nisp/   the application\n  kernel/   the base\nconfig.py   settings\n```\n"
    assert mapped(readme) == ["isp/", "isp/kernel/", "config.py"]
    tree = [Path("isp/kernel/db.py"), Path("isp/plans/models.py"), Path("README.md"), Path(".ci/run")]
    assert expected(tree) == {"isp/", "isp/kernel/", "isp/plans/"}
