"""The SEN2 return of one authority: bringing one in (persons a second), and making one (seconds, memory).

The national figures are such a return too: brought in as a file, the performance pages say them exactly.

The persons are the published figures in part (``tests.exchange.national``). What is made is made in a process
of its own, so that its peak memory is that of the job and of nothing else.
"""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import redirect_stdout
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from isp import create_app
from isp.audit import looking, transaction
from isp.caseload.performance import figures
from isp.caseload.performance.questions import BY_NAME
from isp.exchange import actions, jobs, record_out
from isp.exchange.bringing import take_in
from isp.exchange.sen2.message import Person
from isp.exchange.sen2.writing import as_xml
from isp.kernel.crypto import Keyring
from tests.bench.databases import settled
from tests.bench.figures import Table
from tests.cast import Cast, keyring_file, standing_cast
from tests.engines import PostgresStore, SQLiteStore
from tests.exchange import national, national_pages
from tests.exchange.messages import header
from tests.people.world import Browser, settings

OFFICERS = {"dmo": "Y", "dco": "N", "dsco": "R"}
ALL_OF_ENGLAND = 702_000
"""Persons of the figures at scale 1, roughly: requests, and plans from before the year."""


AT_MOST = 100_000
"""Persons of one file."""
RETURN_AIM = 25_000 / 60
"""Persons a second of the return that is made."""
MEMORY_AIM = 500
ONE_IN = 100
"""Of the national figures, so many-th part unless the whole is asked for."""


def measure_national(folder: Path, server: str, engine: str, one_in: int) -> Table:
    """One in so many of the national figures through the real import; its performance pages say them again.

    Raises AssertionError where a figure differs from what is published, cut to the scale.
    """
    place = Path(tempfile.mkdtemp(prefix="national-", dir=folder))
    store = PostgresStore(server) if engine == "postgresql" else SQLiteStore(place)
    part = "The whole" if one_in == 1 else f"One in {one_in:,}"
    table = Table(f"{part} of the published national figures on {engine}")
    if one_in != 1:
        table.say(f"a part of the {ALL_OF_ENGLAND:,} persons; --england 1 brings in the whole, in hours")
    of = national.figures(one_in)
    with store.fresh() as url:
        cast = standing_cast(url)
        try:
            persons = national.people(of)
            # No authority has so many, and no file may be so long: the whole of England comes in several.
            while piece := list(islice(persons, AT_MOST)):
                _bring_in(cast, piece, table)
            settled(cast.store.database)
            _say_again(cast, of, table)
            _reproduce(cast, of, one_in, table)
        finally:
            cast.close()
    store.close()
    return table


def _say_again(cast: Cast, of: national.Figures, table: Table) -> None:
    """Each question by month and by school, as the manager's page answers it, against the figures."""
    count = 0
    for name, counts in national.shown(of).items():
        took = 0.0
        for by in ("month", "school"):
            with looking(cast.store, cast.actor("mia")) as unit:
                started = time.perf_counter()
                found = figures.answer(unit, BY_NAME[name], by, 2024)
                took = max(took, time.perf_counter() - started)
            said = dict(zip(found.question.counts, found.total.counts, strict=True))
            assert {one: said[one] for one in counts} == counts, (name, by, said, counts)
            count += len(counts)
        table.say(f"{'performance: ' + name:<26}{1000 * took:8.1f} ms")
    table.say(f"{count} counts compared: all as published")


def _reproduce(cast: Cast, of: national.Figures, one_in: int, table: Table) -> None:
    """What is published, off the pages and the files as the manager meets them; and the plans in force."""
    with redirect_stdout(io.StringIO()):  # a line of the log for every page
        mia = Browser(create_app(settings(), cast.store))
        mia.sign_in("mia")
        found = list(national_pages.read_all(mia, one_in))
    p = record_out.PLANS.c
    with looking(cast.store, cast.actor("mia")) as unit:
        query = select(func.count()).where(p.authority_id == cast.places["northshire"], p.state == "in_force")
        plans = unit.connection.scalar(query)
    wrong = [str(one) for one in found if one.wrong]
    if plans != of.plans:
        wrong.append(f"plans in force: {plans:,}, published {national.PLANS:,}, here {of.plans:,}")
    each = {(one.question, one.column) for one in found}
    bad = {(one.question, one.column) for one in found if one.wrong}
    right = len(each) - len(bad) + (plans == of.plans)
    scale = "as published" if one_in == 1 else f"counts cut to one in {one_in:,}, percentages to half a case"
    table.say(f"reproduces {right} of {len(each) + 1} published figures, {scale}")
    same = sum(one.said == one.published for one in found if one.column.endswith("(%)"))
    table.say(f"{same} of {sum(one.column.endswith('(%)') for one in found)} percentages to their last digit")
    assert not wrong, wrong


def measure_sen2(folder: Path, server: str, engine: str, persons: int) -> Table:
    """Bring a return of about so many persons in, and make one of them, in a database of its own."""
    place = Path(tempfile.mkdtemp(prefix="sen2-", dir=folder))
    store = PostgresStore(server) if engine == "postgresql" else SQLiteStore(place)
    with store.fresh() as url:
        return _measure(url, engine, persons)


def _measure(url: str, engine: str, persons: int) -> Table:
    of = national.figures(max(1, round(ALL_OF_ENGLAND / persons)))
    table = Table(f"The SEN2 return on {engine}")
    cast = standing_cast(url)
    count = _bring_in(cast, national.people(of), table)
    place = str(cast.places["northshire"])
    cast.close()
    said = subprocess.run(
        [sys.executable, "-m", "tests.bench.sen2", url, str(keyring_file()), place, str(cast.people["mia"])],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ,
    ).stdout
    seconds, memory, before = (float(one) for one in said.split())
    quick, small = count / seconds >= RETURN_AIM, memory < MEMORY_AIM
    table.say(
        f"{'return made':<26}{seconds:8.1f} s{count / seconds:10,.0f} persons/s   "
        f"(aim: 25,000 in 60 s, {_met(quick)})"
    )
    table.say(
        f"{'its peak memory':<26}{memory:8.0f} MB, {before:.0f} MB before it began   "
        f"(aim: {MEMORY_AIM} MB, {_met(small)})"
    )
    return table


def _met(is_met: bool) -> str:
    return "met" if is_met else "not met"


def _bring_in(cast: Cast, persons: Iterable[Person], table: Table) -> int:
    """A file of these persons, looked at and brought in through the worker's job; how many they are."""
    count = 0
    with tempfile.TemporaryFile() as body:
        for piece in as_xml(header(national.YEAR), persons, national.YEAR):
            body.write(piece.encode())
            count += 1
        count -= 2
        table.say(f"{count:,} persons, a file of {body.tell() / 1e6:.0f} MB")
        body.seek(0)
        with transaction(cast.store, cast.actor("mia")) as unit:
            job_id = actions.read_in(unit, cast.places["northshire"], take_in(body))
    started = time.perf_counter()
    jobs.run_until(cast.store, job_id)
    looked = time.perf_counter() - started
    table.say(f"{'looked at':<26}{looked:8.1f} s{count / looked:10,.0f} persons/s")
    with transaction(cast.store, cast.actor("mia")) as unit:
        actions.bring_in(unit, job_id)
    started = time.perf_counter()
    row = jobs.run_until(cast.store, job_id)
    took = time.perf_counter() - started
    assert row.state == "done", row.problem
    table.say(f"{'brought in':<26}{took:8.1f} s{count / took:10,.0f} persons/s   (aim: 1,000)")
    return count


def main() -> None:
    """Make one return in this process: print its seconds, its peak memory, and the memory before it."""
    url, ring, place, person = sys.argv[1:]
    cast = Cast(
        url,
        keyring=Keyring.load(Path(ring)),
        people={"mia": UUID(person)},
        places={"northshire": UUID(place)},
    )
    before = _peak()
    with transaction(cast.store, cast.actor("mia")) as unit:
        job_id = actions.ask_return(unit, cast.places["northshire"], national.YEAR.year, OFFICERS)
    started = time.perf_counter()
    row = jobs.run_until(cast.store, job_id)
    took = time.perf_counter() - started
    assert row.state == "done", row.problem
    assert not row.result["unfit"], row.result["unfit"]
    print(took, _peak(), before)
    cast.close()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
