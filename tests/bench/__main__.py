"""``python -m tests.bench``: seed, serve, load, and print figures with their ratios."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.bench import rivals
from tests.bench.authority import PLANS, measure_authority, measure_clock
from tests.bench.caseload import measure_caseload
from tests.bench.databases import Shelf
from tests.bench.figures import Table, Timing, machine
from tests.bench.pages import measure_pages
from tests.bench.printing import measure_print
from tests.bench.publishing import measure_publishing
from tests.bench.sen2 import ONE_IN, measure_national, measure_sen2
from tests.bench.trail import measure_trail
from tests.bench.wording import measure_wording
from tests.server import Server

PARTS = (
    "pages",
    "publishing",
    "trail",
    "rivals",
    "print",
    "wording",
    "caseload",
    "authority",
    "clock",
    "sen2",
    "national",
)
SMALLEST = 1000
SAME = ("home (the week)", "the SENCO's list", "plan page", "history", "as it stood on a day")
"""What must cost the same however many pupils there are."""
FEW = {"versions, of 10": "a page of 10 rows", "versions, of 30": "a page of 25 rows, as the long one's"}


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--pupils",
        type=int,
        action="append",
        help=f"size of the installation; repeat to compare (2000; of the return {PLANS})",
    )
    parser.add_argument(
        "--engine", choices=("postgresql", "sqlite"), action="append", help="both, if not said"
    )
    parser.add_argument("--only", choices=PARTS, action="append", help="parts to measure; all, if not said")
    parser.add_argument(
        "--plans", type=int, default=PLANS, help=f"plans of the authority that is measured ({PLANS})"
    )
    parser.add_argument(
        "--england",
        type=int,
        metavar="N",
        default=ONE_IN,
        help=f"one in N of the published national figures for the part national ({ONE_IN}); 1: the whole",
    )
    parser.add_argument("--clients", type=int, action="append", help="clients at once; repeat (1 and 4)")
    parser.add_argument("--seconds", type=float, default=3.0, help="load on each page (3)")
    parser.add_argument("--keep", action="store_true", help="keep seeded databases for the next run")
    parser.add_argument("--folder", type=Path, help="where to keep them (a temporary folder)")
    parser.add_argument(
        "--server",
        default=os.environ.get("ISP_TEST_POSTGRES_URL", ""),
        help="address of a PostgreSQL server (ISP_TEST_POSTGRES_URL)",
    )
    asked = parser.parse_args()
    if any(size < SMALLEST for size in asked.pupils or ()):
        parser.error(f"the figures need at least {SMALLEST} pupils, in more than one school")
    return asked


def main() -> None:
    """Measure what was asked for, at each size and on each engine."""
    asked = arguments()
    folder = asked.folder or Path(tempfile.gettempdir()) / "isp-bench"
    shelf = Shelf(folder, asked.server, asked.keep)
    clients = tuple(asked.clients or (1, 4))
    parts = frozenset(asked.only or PARTS)
    print(machine())
    if not asked.server:
        print("No PostgreSQL: set ISP_TEST_POSTGRES_URL or --server to measure it.")
    if "print" in parts:
        measure_print().show()  # no database takes part
    if "wording" in parts:
        measure_wording().show()
    if "clock" in parts:
        measure_clock().show()
    if parts <= {"print", "wording", "clock"}:
        return
    try:
        for engine in (one for one in asked.engine or shelf.engines if one in shelf.engines):
            _measure_engine(shelf, engine, asked.pupils or [2000], clients, parts, asked.seconds)
            if "caseload" in parts:
                measure_caseload(shelf, engine, asked.seconds).show()
            if "authority" in parts:
                measure_authority(shelf, engine, asked.plans).show()
            if "sen2" in parts:
                for persons in asked.pupils or [PLANS]:
                    measure_sen2(folder, asked.server, engine, persons).show()
            if "national" in parts:
                measure_national(folder, asked.server, engine, asked.england).show()
    finally:
        shelf.close()


def _measure_engine(
    shelf: Shelf,
    engine: str,
    sizes: list[int],
    clients: tuple[int, ...],
    parts: frozenset[str],
    seconds: float,
) -> None:
    alone: dict[int, dict[str, Timing]] = {}
    if parts <= {"caseload", "authority", "clock", "sen2", "national"}:
        return  # seeds what it needs
    for pupils in sizes:
        print(
            f"\nseeding {pupils:,} pupils on {engine}, or taking what was kept", file=sys.stderr, flush=True
        )
        with shelf.world(engine, pupils) as (url, world):
            if "trail" in parts:
                measure_trail(engine, url, shelf.keyring).show()
            if "pages" in parts:
                with tempfile.TemporaryDirectory(prefix="isp-bench-") as place:
                    server = Server(
                        Path(place) / "data",
                        arguments=(),
                        database_url=url,
                        environment={"ISP_KEYRING": str(shelf.keyring_path)},
                    )
                    table, alone[pupils] = measure_pages(engine, server, world, clients, seconds)
                table.show()
                _histories(engine, alone[pupils]).show()
            published: dict[int, Timing] = {}
            if "publishing" in parts:
                table, published = measure_publishing(engine, url, shelf.keyring, world, clients)
                table.show()
            if "rivals" in parts:
                rivals.measure_rivals(engine, url, shelf.folder, clients, published).show()
    if len(alone) > 1:
        _compare(engine, alone).show()


def _compare(engine: str, alone: dict[int, dict[str, Timing]]) -> Table:
    """How much longer each page takes in the largest installation than in the smallest."""
    small, large = min(alone), max(alone)
    table = Table(f"{large:,} pupils against {small:,} on {engine}: median, times as long")
    for name in SAME:
        times = alone[large][name].percentile(0.5) / alone[small][name].percentile(0.5)
        table.say(f"{name:<26}{times:>8.2f} x")
    return table


def _histories(engine: str, alone: dict[str, Timing]) -> Table:
    """How much longer a page of a plan's thousand versions takes than one of few, for one client."""
    table = Table(f"A history of 1,000 versions on {engine}: median, times as long")
    for name, words in FEW.items():
        times = alone["versions, of 1,000"].percentile(0.5) / alone[name].percentile(0.5)
        table.say(f"as {name.removeprefix('versions, ')} ({words}){times:>8.2f} x")
    return table


if __name__ == "__main__":
    main()
