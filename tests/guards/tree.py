"""What the guards read: the project's own files, and the Python among them as syntax trees."""

from __future__ import annotations

import ast
import os
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
# Only for a copy without git: what a checkout makes for itself.
MADE = {".git", ".venv", "var", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, part of the project; relative to its root."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        names = [name for name in listed.stdout.split("\0") if name]
        return tuple(sorted(Path(name) for name in names if (ROOT / name).is_file()))
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in MADE and not name.endswith(".egg-info")]
        found += [(Path(folder) / name).relative_to(ROOT) for name in files]
    return tuple(sorted(found))


@cache
def text_of(path: Path) -> str | None:
    """A file's text, or None where it holds none."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@dataclass(frozen=True)
class Source:
    """One Python file: where it is, what it says, and its dotted name."""

    path: Path
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def module(self) -> str:
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def package(self) -> str:
        """What a relative import starts from."""
        return self.module if self.path.name == "__init__.py" else self.module.rpartition(".")[0]


def sources(*under: str) -> Iterator[Source]:
    """The project's Python files below these top-level names."""
    for path in project_files():
        if path.suffix == ".py" and path.parts[0] in under:
            yield Source(path, (ROOT / path).read_text(encoding="utf-8"))


def imports(source: Source) -> Iterator[tuple[str, int]]:
    """Each name a file imports, wherever in it the import stands, with the line."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                start = source.package.split(".")
                base = ".".join([*start[: len(start) - node.level + 1], *([base] if base else [])])
            # 'from isp.plans import rules' may name a module or what the package holds: both are tried.
            for alias in node.names:
                yield f"{base}.{alias.name}", node.lineno


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
