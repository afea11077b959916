"""Fixtures that every test may use.

``engine_url`` is the one most tests start from: the address of a fresh, migrated database, once per
engine. A test that needs more than an empty one asks ``fresh_database`` for a named template:

    url = fresh_database("cast", build)   # build(url) fills it once per process; every call is a copy
    url = fresh_database("empty")         # not even migrated
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing.rules import Rule

from isp.web.request_log import configure_logging
from tests import engines

# What this shell was set up for must not reach a test: each one sets what it means to test.
for _name in [name for name in os.environ if name.startswith("ISP_") or name == "PORT"]:
    if not _name.startswith("ISP_TEST_") and _name != "ISP_SHOTS_DIR":
        del os.environ[_name]

# Every test of a page makes an application of its own, and for each of its two hundred addresses werkzeug
# writes and compiles two functions that depend on nothing but the address: two fifths of what such a test
# cost. They are made once a process.
_compile_builder = Rule._compile_builder
_builders: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}


def _builder_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    defaults = tuple(sorted((name, str(value)) for name, value in (rule.defaults or {}).items()))
    key = (rule.rule, tuple(rule._trace), defaults, append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


Rule._compile_builder = _builder_once  # type: ignore[method-assign, assignment]

# And reading an address apart, a tenth of what a test of a page cost: it depends on nothing else either.
_compile = Rule.compile
_read_apart: dict[tuple[object, ...], tuple[Any, Any, Any]] = {}


def _compile_once(rule: Rule) -> None:
    assert rule.map is not None
    host = (rule.map.host_matching, rule.host, rule.subdomain)
    how = (rule.merge_slashes, rule.strict_slashes, rule.is_leaf, rule.is_branch)
    named = tuple((name, id(kind)) for name, kind in sorted(rule.map.converters.items()))
    key = (rule.rule, host, how, named)
    if key not in _read_apart:
        _compile(rule)
        _read_apart[key] = (rule._parts, rule._trace, rule._converters)
        return
    rule._parts, rule._trace, rule._converters = _read_apart[key]
    rule.arguments.update(rule._converters)
    rule._build = rule._compile_builder(False).__get__(rule, None)
    rule._build_unknown = rule._compile_builder(True).__get__(rule, None)


Rule.compile = _compile_once  # type: ignore[method-assign, assignment]


# A statement's text is composed once for each database, and here every test has a database of its own: a
# third of what a test cost. So what one test's engine composed the next one's takes up, as in a server, whose
# one engine lives for days.
class Composed(LRUCache[tuple[Any, ...], Any]):
    """Composed statements by the name of the dialect, not by each engine's own copy of it."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: tuple[Any, ...], value: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), value)


_make_engine = Engine.__init__
_composed: dict[str, Composed] = {}
_types: dict[str, Any] = {}


def _engine(self: Engine, pool: Any, dialect: Dialect, *more: Any, **named: Any) -> None:
    _make_engine(self, pool, dialect, *more, **named)
    self._compiled_cache = _composed.setdefault(dialect.name, Composed(2000))
    dialect._type_memos = _types.setdefault(dialect.name, dialect._type_memos)


Engine.__init__ = _engine  # type: ignore[method-assign]

# Lines as in production: colouring them for a reader nobody is takes longer than answering many a request.
configure_logging(readable=False)

# Two cores that do other things as well make any deadline a coin toss. In CI the same examples are
# tried at every run: a new one is found by a developer, not by whoever submits next.
hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


# What takes longest. It begins at once, and is not what one process still does when the others have ended.
LONG = ("guards/test_who_reaches_what.py", "crash/*.py", "audit/test_long_trail.py", "demonstration/*.py")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what runs on PostgreSQL, so that '-m "not postgres"' leaves it out, and say what comes first.

    Each of two processes is given half, and takes from the end of the other's what that one has not come to.
    So the long ones begin the first half and the browser's begin the second: the servers and the worlds that
    they share among them are then made in one process.
    """
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):  # noqa: SIM102 (mypy follows it so)
            if item.callspec.params.get("engine_name") == "postgresql":
                item.add_marker("postgres")
        if item.get_closest_marker("postgres") and not engines.POSTGRES:
            item.add_marker(pytest.mark.skip(reason="ISP_TEST_POSTGRES_URL names no server"))
    yield
    drawn = [item for item in items if item.get_closest_marker("browser")]
    others = [item for item in items if not item.get_closest_marker("browser")]
    others.sort(key=lambda item: not any(item.path.match(name) for name in LONG))
    half = len(items) // 2
    items[:] = [*others[:half], *drawn, *others[half:]]


def pytest_collection_finish() -> None:
    """Look for garbage among what the tests leave, not again and again (0.3 s) among what stays for good."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(params=engines.names())
def engine_name(request: pytest.FixtureRequest) -> str:
    """'sqlite' or 'postgresql': a test that uses it runs once on each."""
    return str(request.param)


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, engines.Store]]:
    """Where the databases of each engine come from, for this process."""
    folder = engines.quick_folder(tmp_path_factory.mktemp("databases"))
    found: dict[str, engines.Store] = {"sqlite": engines.SQLiteStore(folder)}
    if engines.POSTGRES:
        found["postgresql"] = engines.PostgresStore(engines.POSTGRES)
    yield found
    for store in found.values():
        store.close()


@pytest.fixture
def fresh_database(engine_name: str, stores: dict[str, engines.Store]) -> Iterator[Callable[..., str]]:
    """Makes databases for this test: ``fresh_database()`` or ``fresh_database("cast", build)``."""
    with ExitStack() as stack:

        def fresh(template: str = "migrated", build: engines.Build | None = None) -> str:
            return stack.enter_context(stores[engine_name].fresh(template, build))

        yield fresh


@pytest.fixture
def engine_url(fresh_database: Callable[..., str]) -> str:
    """The address of a fresh, migrated database."""
    return fresh_database()


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for the data and keys of this test, set as ISP_DATA_DIR."""
    folder = tmp_path / "var"
    folder.mkdir()
    monkeypatch.setenv("ISP_DATA_DIR", str(folder))
    return folder
