"""What no line of the code may do, each with a planted breach that shows the check bites."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.tree import ROOT, Source, pyproject, sources

CLOCK = "isp/kernel/clock.py"
# Reading the time, by the names it goes by. time.monotonic and perf_counter measure spans and stay.
TIME = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now",
    "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today", "time.time", "time.time_ns",
    "time.localtime", "time.gmtime",
}  # fmt: skip
# What takes SQL as text. A value goes in as a parameter, a name is quoted by the driver.
SQL_TAKERS = {"text", "exec_driver_sql", "execute", "executemany", "executescript", "scalar", "scalars"}

# The one statement that ends a looking unit, put together here and nowhere else.
SWAP = "isp/audit/swap.py"
WRITING = re.compile(
    r"\s*(WITH\b.*)?\b(INSERT\s+(OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|TRUNCATE)\s",
    re.IGNORECASE | re.DOTALL,
)


def dotted(node: ast.expr) -> str:
    """'a.b.c' of a chain of names, or as much of its end as is plain."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def reads_the_time(source: Source) -> Iterator[str]:
    """Time is read in kernel/clock.py and nowhere else: now travels as an argument."""
    if source.path.as_posix() == CLOCK:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and dotted(node) in TIME:
            yield f"{source.path}:{node.lineno} reads the time: {dotted(node)}"
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            for alias in node.names:
                if f"time.{alias.name}" in TIME:
                    yield f"{source.path}:{node.lineno} imports {alias.name} from time"


def built(node: ast.expr) -> bool:
    """Whether a string is put together from parts that are not all written here."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        sides = (node.left, node.right)
        return any(built(side) for side in sides) or (
            any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides)
            and not all(isinstance(side, ast.Constant) for side in sides)
        )
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and isinstance(node.func.value, ast.Constant)
    )


def builds_sql(source: Source) -> Iterator[str]:
    """SQL put together from strings. What takes no parameter, as a pragma, says so: '# sql: …'.

    Migrations are left out: table definitions take no parameters, and nothing of theirs comes from people.
    """
    if source.path.parts[0] == "migrations":
        return
    lines = source.text.splitlines()
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = dotted(node.func).rpartition(".")[2]
        if name in SQL_TAKERS and built(node.args[0]):
            written = lines[node.lineno - 1 : (node.end_lineno or node.lineno)]
            if not any("# sql: " in line for line in written):
                yield f"{source.path}:{node.lineno} builds SQL from strings"


def writes_past_the_unit(source: Source) -> Iterator[str]:
    """A statement that writes and that ``Database.reading`` would not know for one.

    It refuses INSERT, UPDATE and DELETE as SQLAlchemy makes them; so none may come as text, or within a
    SELECT. Both is left to the compare-and-swap that ends a looking unit. Migrations write as they must.
    """
    if source.path.as_posix() == SWAP or source.path.parts[0] == "migrations":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WRITING.match(node.value):
            yield f"{source.path}:{node.lineno} writes by SQL as text"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "cte":
            names = {part.id for part in ast.walk(node.func.value) if isinstance(part, ast.Name)}
            if names & {"insert", "update", "delete"}:
                yield f"{source.path}:{node.lineno} writes within a SELECT"


def says_nothing_of_itself(source: Source) -> Iterator[str]:
    """A package whose docstring does not say what lives there and what must stay true."""
    if source.path.name != "__init__.py":
        return
    said = ast.get_docstring(source.tree)
    room = len(source.path.parts) == 3
    if not said:
        yield f"{source.path} has no docstring"
    elif room and "must stay true" not in " ".join(said.lower().split()):
        yield f"{source.path} does not say what must stay true"


def imports_the_project(source: Source) -> Iterator[str]:
    """A migration that imports the project changes its meaning when the project changes."""
    if "versions" not in source.path.parts:
        return
    for node in ast.walk(source.tree):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(name.split(".")[0] == "isp" for name in names):
            yield f"{source.path}:{getattr(node, 'lineno', 0)} imports isp"


def rebuilds_a_table(source: Source) -> Iterator[str]:
    """On SQLite a batch operation makes a new table, and the triggers of the old one are gone."""
    if "versions" not in source.path.parts:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "batch_alter_table":
            yield f"{source.path}:{node.lineno} uses batch_alter_table"


def swallows(source: Source) -> Iterator[str]:
    """An exception of any kind, caught and not raised again: a fault would pass for an answer."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        broad = node.type is None or dotted(node.type) in {"Exception", "BaseException"}
        raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
        lines = source.text.splitlines()[node.lineno - 1 : node.body[0].lineno]
        if broad and not raises and not any("# " in line for line in lines):
            yield f"{source.path}:{node.lineno} catches everything and goes on, without saying why"


CHECKS = [
    reads_the_time, builds_sql, writes_past_the_unit, says_nothing_of_itself, imports_the_project,
    rebuilds_a_table, swallows,
]  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_no_line_does_it(check):
    assert [breach for source in sources("isp", "migrations") for breach in check(source)] == []


def test_every_package_is_one():
    folders = {source.path.parent for source in sources("isp")}
    assert sorted(str(folder) for folder in folders if not (ROOT / folder / "__init__.py").exists()) == []


def test_no_room_is_a_lumber_room():
    named = {"utils", "util", "helpers", "common", "misc"}
    assert [
        str(s.path) for s in sources("isp") if named & {part.removesuffix(".py") for part in s.path.parts}
    ] == []


def test_every_dependency_is_used():
    """What is declared and never imported is weight and attack surface."""
    # Imported under another name, or not imported by design (a server, a build tool, a driver, data).
    modules = {
        "argon2-cffi": "argon2", "flask-login": "flask_login", "flask-wtf": "flask_wtf",
        "uuid-utils": "uuid_utils", "govuk-bank-holidays": "govuk_bank_holidays",
        "govuk-frontend-jinja": "govuk_frontend_jinja", "python-stdnum": "stdnum",
        "notifications-python-client": "notifications_python_client", "pillow": "PIL",
        "python-docx": "docx",
    }  # fmt: skip
    not_imported = {"psycopg", "setuptools", "tzdata"}
    text = "\n".join(source.text for source in sources("isp", "migrations", "config.py", "wsgi.py"))
    declared = {
        requirement.split(">")[0].split("[")[0].strip()
        for requirement in pyproject()["project"]["dependencies"]
    } - not_imported
    assert sorted(name for name in declared if modules.get(name, name) not in text) == []


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (reads_the_time, "isp/plans/pages.py", "from datetime import datetime\nx = datetime.now(UTC)"),
        (reads_the_time, "isp/plans/pages.py", "x = date.today()"),
        (reads_the_time, "isp/plans/models.py", "default = datetime.datetime.utcnow"),
        (reads_the_time, "isp/plans/pages.py", "from time import time"),
        (builds_sql, "isp/plans/queries.py", "s.execute(text(f'SELECT * FROM t WHERE id = {x}'))"),
        (builds_sql, "isp/plans/queries.py", "c.execute('SELECT ' + column)"),
        (builds_sql, "isp/plans/queries.py", "c.exec_driver_sql('DROP TABLE %s' % name)"),
        (builds_sql, "isp/plans/queries.py", "text('SELECT {}'.format(x))"),
        (writes_past_the_unit, "isp/plans/queries.py", "c.exec_driver_sql('UPDATE record SET number = 1')"),
        (writes_past_the_unit, "isp/plans/queries.py", "c.execute(text(' delete from record'))"),
        (
            writes_past_the_unit,
            "isp/plans/queries.py",
            "WRITE = 'WITH a AS (INSERT INTO t (a) VALUES (1)) SELECT 1'",
        ),
        (writes_past_the_unit, "isp/plans/queries.py", "select(1).add_cte(update(T).values(a=1).cte('s'))"),
        (says_nothing_of_itself, "isp/plans/__init__.py", "import x"),
        (says_nothing_of_itself, "isp/plans/__init__.py", '"""Plans."""'),
        (imports_the_project, "migrations/versions/0002_x.py", "from isp.plans.models import Plan"),
        (rebuilds_a_table, "migrations/versions/0002_x.py", "with op.batch_alter_table('event') as b: pass"),
        (swallows, "isp/plans/pages.py", "try:\n    x()\nexcept Exception:\n    pass"),
        (swallows, "isp/plans/pages.py", "try:\n    x()\nexcept:\n    pass"),
    ],
)
def test_a_planted_breach_is_seen(check, path, text):
    assert list(check(Source(Path(path), text))) != []


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (reads_the_time, CLOCK, "x = datetime.now(UTC)"),
        (reads_the_time, "isp/plans/pages.py", "x = time.monotonic()"),
        (builds_sql, "isp/plans/queries.py", "s.execute(text('SELECT :x'), {'x': 1})"),
        (builds_sql, "isp/kernel/db.py", "c.execute('PRAGMA ' + p)  # sql: a pragma takes no parameter"),
        (
            writes_past_the_unit,
            "isp/plans/rules.py",
            "raise Conflict('Update the page, then insert it again')",
        ),
        (swallows, "isp/cli/main.py", "try:\n    x()\nexcept Exception as e:\n    raise Exit from e"),
    ],
)
def test_what_the_house_allows_passes(check, path, text):
    assert list(check(Source(Path(path), text))) == []
