"""Two other version stores saving the same plan: django-simple-history and SQLAlchemy-Continuum.

They keep a copy of a row for every save and nothing else: no trail, no sealing, no draft, no rules. Each
runs in an environment of its own that is made for the purpose and thrown away (``--keep`` keeps it).
"""

from __future__ import annotations

import json
import subprocess
import venv
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.bench import writing
from tests.bench.figures import TITLES, Table, Timing

PINNED = {
    "django-simple-history": ("django==5.2.19", "django-simple-history==3.13.0", "psycopg[binary]==3.3.9"),
    "SQLAlchemy-Continuum": ("sqlalchemy-continuum==2.0.0", "psycopg[binary]==3.3.9"),
}
SCRIPTS = {"django-simple-history": "django_saves.py", "SQLAlchemy-Continuum": "continuum_saves.py"}
SAVES = 400
DEEDS = {"read": "read first", "save": "kept at hand"}
"""A save that reads the plan from the database first, as a request must and as finalising does; and one of
an object that the process keeps from save to save, which is the best that the rival can do."""
NAME = "isp_bench_rival"


def measure_rivals(
    engine: str, url: str, folder: Path, clients: tuple[int, ...], published: dict[int, Timing]
) -> Table:
    """Saves a second of each, and how many times as fast finalising a plan is."""
    table = Table(f"Other version stores on {engine}: the same plan saved, nothing else kept")
    table.say(TITLES)
    plan = folder / "plan.json"
    plan.write_text(json.dumps(writing.contents(1)[0]), encoding="utf-8")
    for rival, packages in PINNED.items():
        python = _environment(folder / rival.lower(), packages)
        if isinstance(python, str):
            table.say(f"{rival}: left out, since it could not be installed ({python})")
            continue
        for count in clients:
            for deed, words in DEEDS.items():
                timing = _run(python, rival, engine, url, folder, plan, count, deed)
                if isinstance(timing, str):
                    table.say(f"{rival}: left out at {count}, since it did not run ({timing})")
                    continue
                table.timing(f"{rival[:14]}, {words}", timing)
                ours = published.get(count)
                if ours is not None:
                    table.say(f"{'':<26}{'':>3}finalising is {ours.rate / timing.rate:.2f} times as fast")
    return table


def _environment(place: Path, packages: tuple[str, ...]) -> Path | str:
    """The Python of an environment with these packages, or why there is none."""
    python = place / "bin" / "python"
    mark = place / ("installed-" + "-".join(packages).replace("[binary]", ""))
    if mark.exists():
        return python
    venv.create(place, with_pip=True, clear=True)
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["pip failed"])[-1][:120]
    mark.touch()
    return python


def _run(
    python: Path, rival: str, engine: str, url: str, folder: Path, plan: Path, clients: int, deed: str
) -> Timing | str:
    """So many processes that save at once, on a database of their own."""
    script = Path(__file__).parent / "rival_scripts" / SCRIPTS[rival]
    with _Database(engine, url, folder) as address:
        base = [str(python), str(script), address, str(plan)]
        made = subprocess.run([*base, "make", "0"], capture_output=True, text=True, check=False)
        if made.returncode:
            return (made.stderr.strip().splitlines() or ["failed"])[-1][:120]
        processes = [
            subprocess.Popen(
                [*base, deed, str(SAVES // clients)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(clients)
        ]
        # Each says when it is ready and waits, so that all begin at once.
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [process.communicate(timeout=300)[0] for process in processes]
        if any(process.returncode for process in processes):
            return "a client failed"
        return Timing([took for one in told for took in json.loads(one)], 0.0, clients)


class _Database:
    """An empty database on the same server, or a file beside the others, dropped afterwards."""

    def __init__(self, engine: str, url: str, folder: Path) -> None:
        self.engine = engine
        self.path = folder / f"{NAME}.sqlite3"
        self.address = make_url(url).set(drivername="postgresql") if engine == "postgresql" else None

    def __enter__(self) -> str:
        self._drop()
        if self.address is None:
            return f"sqlite:///{self.path}"
        self._server("CREATE DATABASE {}")
        return self.address.set(database=NAME).render_as_string(hide_password=False)

    def __exit__(self, *_: object) -> None:
        self._drop()

    def _drop(self) -> None:
        if self.address is None:
            for end in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        else:
            self._server("DROP DATABASE IF EXISTS {} WITH (FORCE)")

    def _server(self, statement: str) -> None:
        assert self.address is not None
        plain = self.address.set(database="postgres").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(NAME)))
