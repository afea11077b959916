"""A writer that is killed at any moment loses nothing it had acknowledged, and leaves nothing by halves.

The runs print their seed; ISP_TEST_CRASH_SEED repeats one as far as the clock allows. ISP_TEST_CRASH_CYCLES
sets how long 'make soak' goes on.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator

import pytest

from tests.cast import Cast, standing_copy
from tests.crash.loop import Loop
from tests.crash.writer import POINTS

pytestmark = pytest.mark.crash
SEED = int(os.environ.get("ISP_TEST_CRASH_SEED", "0")) or secrets.randbelow(2**32)
CYCLES = 200
SOAK = int(os.environ.get("ISP_TEST_CRASH_CYCLES", "2000"))


@pytest.fixture
def cast(fresh_database: Callable[..., str]) -> Iterator[Cast]:
    with standing_copy(fresh_database) as made:
        yield made


def run(cast: Cast, cycles: int, **more):
    print(f"seed {SEED}")
    with Loop(cast, SEED, **more) as loop:
        began = time.monotonic()
        toll = loop.run(cycles)
    print(f"{time.monotonic() - began:.0f} s: {toll}")
    return toll


def test_nothing_acknowledged_is_lost_and_nothing_is_left_by_halves(cast):
    run(cast, CYCLES).assert_it_crashed()


@pytest.mark.soak
def test_for_longer(cast):
    run(cast, SOAK).assert_it_crashed()


def test_without_the_kill_the_suite_says_that_it_has_shown_nothing(cast):
    toll = run(cast, len(POINTS), kill=False)
    assert toll.done.total() == 5 * len(POINTS)
    with pytest.raises(AssertionError, match="only 0 of 6 were killed"):
        toll.assert_it_crashed()


def test_an_acknowledgement_before_the_commit_is_caught(cast):
    """A planted fault: the counting must see it."""
    with pytest.raises(AssertionError, match="acknowledged"):
        run(cast, 4 * len(POINTS), fault="early")
