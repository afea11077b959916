"""A thousand heavy plans as PDF: how many a second, and how much memory the process came to need.

In a process of its own, so that its peak is the typesetter's. Every plan is another one: a compiler that
remembers what it has typeset gets nothing for free, and what it keeps of a thousand shows in the peak.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from isp.kernel import clock
from isp.plans.content import read
from isp.plans.showing import parts
from isp.plans.vocabulary import configuration_on
from isp.web.print.paper import Paper, Stamp
from isp.web.print.pdf import as_pdf
from isp.web.print.plan import PlanData, plan
from isp.web.print.word import as_word
from tests.bench.figures import TITLES, Table, Timing
from tests.bench.writing import LARGE_EVERY, contents

PLANS = 1_000
ROOT = Path(__file__).parents[2]


def measure_print() -> Table:
    """The figures of a fresh process."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.bench.printing"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    found = json.loads(made.stdout)
    table = Table(f"{PLANS:,} heavy plans on paper, {found['kilobytes']:.0f} KB of words each")
    table.say(TITLES)
    for name, took in found["took"].items():
        table.timing(name, Timing(took, sum(took)))
    table.say(f"processor time of a PDF: {found['processor']:.0f} ms")
    table.say(f"{found['pages']:.0f} pages and {found['size']:.0f} KB a file")
    table.say(f"memory: {found['before']:.0f} MB before the first, {found['peak']:.0f} MB at most")
    table.say(f"        {found['half']:.0f} MB at most after half of them")
    return table


def _heavy(number: int) -> Paper:
    """A heavy plan that no other is like."""
    content = read(contents(LARGE_EVERY, seed=number)[-1])
    stamp = Stamp("AP", f"AP, version {number}, code 0000-0000-0000", "Sara Example, SENCO", clock.now())
    shown = parts(content, configuration_on(date(2026, 11, 22)))
    facts = (("Version", f"{number}"),)
    return plan(PlanData("Individual support plan", "Ava Planted", facts, shown, stamp))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _measure() -> dict[str, object]:
    took: dict[str, list[float]] = {"PDF": [], "PDF in large print": [], "Word": []}
    before, half, pages, size, words = _peak(), 0.0, 0, 0, 0
    processor = 0.0
    for number in range(PLANS):
        paper = _heavy(number)
        started, busy = time.perf_counter(), time.process_time()
        made = as_pdf(paper)
        took["PDF"].append(time.perf_counter() - started)
        processor += time.process_time() - busy
        size += len(made)
        if number == PLANS // 2:
            half = _peak()
        if number % 100 == 0:
            words += len(json.dumps(contents(LARGE_EVERY, seed=number)[-1]))
            pages += made.count(b"/Type /Page\n") or made.count(b"/Type/Page/")
    peak = _peak()
    for number in range(PLANS, PLANS + PLANS // 20):
        paper = _heavy(number)
        for name in ("PDF in large print", "Word"):
            started = time.perf_counter()
            _ = as_word(paper) if name == "Word" else as_pdf(paper, large=True)
            took[name].append(time.perf_counter() - started)
    return {
        "took": took,
        "processor": 1000 * processor / PLANS,
        "before": before,
        "half": half,
        "peak": peak,
        "size": size / PLANS / 1024,
        "pages": pages / (PLANS / 100),
        "kilobytes": words / (PLANS / 100) / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(_measure()))
