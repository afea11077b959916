"""A program that writes and times how long each write waited: ``tests.audit.test_queue`` starts several."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from isp.audit import Chain, Event, Grounds, Store, transaction
from isp.kernel.actor import Actor
from isp.kernel.crypto import Keyring
from isp.kernel.db import Database
from isp.kernel.ids import new_id


def waits(store: Store, times: int) -> list[float]:
    """Seconds from asking to committed, for each of so many small deeds on a chain of one's own."""
    chain, found = Chain.organisation(new_id()), []
    for _ in range(times):
        began = time.monotonic()
        with transaction(store, Actor.job("test")) as unit:
            unit.record(Grounds(rule="test"), Event.HISTORY_VIEWED, chain)
        found.append(time.monotonic() - began)
    return found


def main() -> None:
    url, keyring, times = sys.argv[1:]
    store = Store(Database(url), Keyring.load(Path(keyring)))
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(waits(store, int(times))), flush=True)


if __name__ == "__main__":
    main()
