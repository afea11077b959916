"""Writers queue on SQLite: nobody is passed over, whether they are threads or processes."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit.queueing import waits
from tests.audit.trail import at_once, whole
from tests.cast import keyring_file

ROOT = Path(__file__).resolve().parent.parent.parent
TIMES = 40
MOST_SECONDS = 1.0
sqlite_only = pytest.mark.parametrize("engine_name", ["sqlite"])


def judge(what: str, found: list[list[float]]) -> None:
    every = sorted(wait for one in found for wait in one)
    figures = [statistics.median(every), every[int(len(every) * 0.99)], every[-1]]
    print(what, "median, 99th, worst in ms:", [round(1000 * figure) for figure in figures])
    assert every[-1] < MOST_SECONDS
    # Fair: no writer's mean is far from another's.
    means = [statistics.mean(one) for one in found]
    assert max(means) < 3 * min(means) + 0.01


@sqlite_only
@pytest.mark.parametrize("writers", [4, 8])
def test_threads_wait_their_turn(cast, writers):
    judge(f"{writers} threads:", at_once(*[lambda: waits(cast.store, TIMES)] * writers))
    whole(cast)


@sqlite_only
def test_processes_wait_their_turn(cast):
    keyring = keyring_file(cast.keyring)
    command = [sys.executable, "-m", "tests.audit.queueing", cast.url, str(keyring), str(TIMES)]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        judge("4 processes:", [json.loads(process.communicate(timeout=60)[0]) for process in started])
    finally:
        for process in started:
            process.kill()
            process.wait()
        keyring.unlink()
        keyring.parent.rmdir()
    whole(cast)
