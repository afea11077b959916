"""The ladder: a room imports only from those below it, and inside a room pure code knows no database.

import-linter checks the order of the rooms as part of 'make lint', with chains through other modules;
here the order is checked import by import, so that a breach names its line, and so is what a linter's
contract cannot say: the order inside a room, imports hidden in functions, where Flask may appear.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.tree import Source, imports, pyproject, sources

# Inside a room, from the bottom: a step may import its own and those before it.
STEPS: tuple[frozenset[str], ...] = (
    frozenset({"content", "rules", "deadlines"}),
    frozenset({"models"}),
    frozenset({"queries", "actions"}),
    frozenset({"schemas"}),
    frozenset({"pages", "jobs"}),
)
PURE = STEPS[0]
# What pure code must not know: the database, the web, the clock (now travels as an argument).
IMPURE = ("sqlalchemy", "flask", "werkzeug", "isp.kernel.db", "isp.kernel.clock", "isp.audit", "isp.web")
WEB = ("flask", "flask_login", "flask_wtf", "werkzeug")
# Where the web may appear outside web/ and pages.py: the command line, the wiring, people's sign-in.
WEB_FILES = {"isp/__init__.py", "isp/people/sign_in.py", "isp/people/here.py",
             "isp/people/at_the_door.py"}  # fmt: skip


def ladder() -> list[set[str]]:
    """The rooms from the bottom up, as pyproject.toml has them; rooms on one rung are independent."""
    contract = next(c for c in pyproject()["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    return [{name.strip(" ()") for name in rung.split("|")} for rung in reversed(contract["layers"])]


def rung_of(room: str) -> int | None:
    return next((height for height, rung in enumerate(ladder()) if room in rung), None)


def step_of(module: str) -> int | None:
    """The step of a module such as isp.plans.rules or isp.plans.content.wording inside its room."""
    parts = module.split(".")
    name = parts[2] if len(parts) > 2 else ""
    return next((height for height, step in enumerate(STEPS) if name in step), None)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def room_of(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "isp" else ""


def upward(source: Source) -> Iterator[str]:
    """Imports of a room that is not below."""
    room = room_of(source.module)
    if not room:
        return
    height = rung_of(room)
    for name, line in imports(source):
        where = f"{source.path}:{line}"
        target = room_of(name)
        if not within(name, "isp") or target == room:
            continue
        below = rung_of(target)
        if below is None:
            # Not a room, so a name of isp/__init__.py: the wiring, which only the command line starts.
            if room != "cli":
                yield f"{where} imports {name}: isp itself is above every room"
        elif height is None or below >= height:
            yield f"{where} imports {name}, which is not below {room}"


def out_of_step(source: Source) -> Iterator[str]:
    """Imports inside a room from a later step, and what pure code must not know."""
    step = step_of(source.module)
    if step is None:
        return
    for name, line in imports(source):
        where = f"{source.path}:{line}"
        target = step_of(name)
        if room_of(name) == room_of(source.module) and target is not None and target > step:
            yield f"{where} imports {name}, a later step of the same room"
        if step == 0 and any(within(name, known) for known in IMPURE):
            yield f"{where} is pure and imports {name}"


def hidden(source: Source) -> Iterator[str]:
    """Imports inside a function."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    yield f"{source.path}:{inner.lineno} hides an import in a function"


def web_outside(source: Source) -> Iterator[str]:
    """Flask where actor and now should travel as arguments."""
    allowed = (
        source.path.as_posix() in WEB_FILES
        or room_of(source.module) in {"web", "cli"}
        or (len(source.path.parts) > 2 and source.path.parts[2] in {"pages", "pages.py"})
    )
    for name, line in imports(source):
        if not allowed and any(within(name, package) for package in WEB):
            yield f"{source.path}:{line} imports {name}, which only web/, pages and the wiring may"


CHECKS = [upward, out_of_step, hidden, web_outside]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_import_keeps_the_order(check):
    assert [breach for source in sources("isp") for breach in check(source)] == []


def test_every_room_stands_on_the_ladder():
    rooms = {source.path.parts[1].removesuffix(".py") for source in sources("isp")} - {"__init__"}
    assert sorted(room for room in rooms if rung_of(room) is None) == []


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (upward, "isp/records/actions.py", "from isp.plans.models import Plan"),
        (upward, "isp/records/actions.py", "from isp.plans import models"),
        (upward, "isp/records/actions.py", "from isp import plans"),
        (upward, "isp/records/actions.py", "from ..plans import models"),
        (upward, "isp/audit/ledger.py", "import isp.notices.outbox"),
        (upward, "isp/plans/actions.py", "def f():\n    from isp.cli import main"),
        (upward, "isp/plans/actions.py", "from isp import create_app"),
        (out_of_step, "isp/plans/rules.py", "from isp.plans.actions import publish"),
        (out_of_step, "isp/plans/rules.py", "from .models import Plan"),
        (out_of_step, "isp/plans/content/wording.py", "from sqlalchemy import select"),
        (out_of_step, "isp/plans/deadlines.py", "from isp.kernel.clock import today"),
        (out_of_step, "isp/plans/models.py", "from isp.plans.queries import plans_due"),
        (hidden, "isp/plans/queries.py", "def f():\n    import json"),
        (web_outside, "isp/plans/actions.py", "from flask import g"),
        (web_outside, "isp/plans/queries.py", "import werkzeug.exceptions"),
    ],
)
def test_a_planted_breach_is_seen(check, path, text):
    assert len(list(check(Source(Path(path), text)))) >= 1


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (upward, "isp/plans/actions.py", "from isp.records import actions\nfrom isp.plans import rules"),
        (upward, "isp/cli/serving.py", "from isp import create_app"),
        (out_of_step, "isp/plans/actions.py", "from isp.plans import models, queries, rules"),
        (out_of_step, "isp/plans/rules.py", "from isp.plans.content import Plan"),
        (hidden, "isp/plans/queries.py", "import json"),
        (web_outside, "isp/plans/pages.py", "from flask import Blueprint"),
        (web_outside, "isp/people/sign_in.py", "from flask_login import login_user"),
    ],
)
def test_what_the_house_allows_passes(check, path, text):
    assert list(check(Source(Path(path), text))) == []
