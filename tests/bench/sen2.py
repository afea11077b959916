"""The SEN2 return of one authority: bringing one in (persons a second), and making one (seconds, memory).

The persons are the published figures in part (``tests.exchange.national``). What is made is made in a process
of its own, so that its peak memory is that of the job and of nothing else.
"""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

from isp.audit import transaction
from isp.exchange import actions, jobs
from isp.exchange.bringing import take_in
from isp.exchange.sen2.writing import as_xml
from isp.kernel.crypto import Keyring
from tests.bench.figures import Table
from tests.cast import Cast, keyring_file, standing_cast
from tests.engines import PostgresStore, SQLiteStore
from tests.exchange import national
from tests.exchange.messages import header

OFFICERS = {"dmo": "Y", "dco": "N", "dsco": "R"}
ALL_OF_ENGLAND = 702_000
"""Persons of the figures at scale 1, roughly: requests, and plans from before the year."""


def measure_sen2(folder: Path, server: str, engine: str, persons: int) -> Table:
    """Bring a return of about so many persons in, and make one of them, in a database of its own."""
    store = PostgresStore(server) if engine == "postgresql" else SQLiteStore(folder)
    with store.fresh() as url:
        return _measure(url, engine, persons)


def _measure(url: str, engine: str, persons: int) -> Table:
    of = national.figures(max(1, round(ALL_OF_ENGLAND / persons)))
    table = Table(f"The SEN2 return on {engine}")
    cast = standing_cast(url)
    body = io.BytesIO()
    count = 0
    for piece in as_xml(header(national.YEAR), national.people(of), national.YEAR):
        body.write(piece.encode())
        count += 1
    count -= 2
    body.seek(0)
    table.say(f"{count:,} persons, a file of {body.getbuffer().nbytes / 1e6:.0f} MB")
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
    table.say(
        f"{'return made':<26}{seconds:8.1f} s{count / seconds:10,.0f} persons/s   (aim: 25,000 in 60 s)"
    )
    table.say(f"{'its peak memory':<26}{memory:8.0f} MB, {before:.0f} MB before it began   (aim: 500 MB)")
    return table


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
