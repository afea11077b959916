"""Two deeds in one moment: the second begins when the first is done and has not been committed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from isp.audit import Unit
from isp.kernel.errors import DomainError
from tests.cast import Cast

# Long enough for the second to have read what it decides by; it waits for the first from there on.
HEADSTART = 0.4


def in_one_moment(
    cast: Cast, first: Callable[[Unit], Any], second: Callable[[Unit], Any], by: tuple[str, str]
) -> Any:
    """What came of the second: its result, or the refusal that whoever did it was shown."""

    def later() -> Any:
        try:
            with cast.acting(by[1]) as unit:
                return second(unit)
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(1) as pool:
        with cast.acting(by[0]) as unit:
            first(unit)
            begun = pool.submit(later)
            wait([begun], timeout=HEADSTART)
        return begun.result(timeout=30)
