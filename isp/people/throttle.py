"""How often something may be tried, counted in the database: every process and every restart counts alike.

Guessing must be slow, and nobody may be locked out by somebody else's guessing. So tries are counted in
buckets, and which bucket a try falls into depends on what vouches for it:

1. a browser that has signed in to this account before (a signed cookie) has a bucket of its own;
2. else a network from which this account was signed in to in the last 90 days has one for this account;
3. else the try is a stranger's, and all strangers to one account share one bucket, whatever networks they
   come from; and every network has a wider one over all accounts.

A flood from a thousand networks empties bucket 3 and is stopped there; the owner, on her own browser or at
her usual place, does not notice. What remains: the owner with a new browser in a new place, while a flood
lasts, has to wait a quarter of an hour or ask for a reset link, which no bucket stops. A try is counted
before the password is looked at, so that many at once cannot slip past; a success gives the count back.
Unknown addresses are counted like known ones.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from isp.audit import Store
from isp.kernel import clock
from isp.kernel.crypto import Keyring
from isp.kernel.db import UTCDateTime, table_of
from isp.people.models import Throttle

THROTTLES = table_of(Throttle)
KNOWN_NETWORK_LASTS = timedelta(days=90)
# A school's staff share an address, and mistype on a Monday morning.
NETWORK_FACTOR = 5


@dataclass(frozen=True, slots=True)
class Bucket:
    """key: a keyed digest of what or who is counted. limit: tries in one window."""

    key: bytes
    limit: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Whether a try may go ahead, and whether it was the first that may not (worth one line in the trail)."""

    allowed: bool
    first_refusal: bool
    buckets: tuple[Bucket, ...] = ()


def key_of(keyring: Keyring, kind: str, *parts: bytes) -> bytes:
    """The keyed digest under which something is counted: the table names nobody and no place."""
    message = b"\0".join((kind.encode("ascii"), *(hashlib.sha256(part).digest() for part in parts)))
    return hmac.new(keyring.web_secret("throttle"), message, hashlib.sha256).digest()


def buckets_of_sign_in(
    store: Store, account: bytes, network: str | None, browser: str | None, tries: int
) -> list[Bucket]:
    """The buckets that one try to sign in falls into.

    account: the blind index of the address tried. browser: the nonce of a cookie that vouches for this
    account, or None. tries: how many a bucket holds.
    """
    ring = store.keyring
    place = (network or "").encode("ascii")
    if browser is not None:
        return [Bucket(key_of(ring, "browser", account, browser.encode()), tries)]
    if _is_known(store, key_of(ring, "known-network", account, place)):
        return [Bucket(key_of(ring, "account-network", account, place), tries)]
    return [
        Bucket(key_of(ring, "strangers", account), tries),
        Bucket(key_of(ring, "network", place), tries * NETWORK_FACTOR),
    ]


def count(store: Store, buckets: Iterable[Bucket], window: timedelta) -> Counted:
    """Count one try, at once and for good, in a short transaction of its own."""
    listed = tuple(buckets)
    now = clock.now()
    allowed, first = True, False
    build = sqlite.insert if store.database.is_sqlite else postgresql.insert
    t = THROTTLES.c
    with store.database.writing() as connection:
        for bucket in sorted(listed, key=lambda each: each.key):
            fresh = build(THROTTLES).values(key=bucket.key, window_from=now, tries=1)
            lapsed = t.window_from <= literal(now - window, UTCDateTime())
            tries = connection.scalar(
                fresh.on_conflict_do_update(
                    index_elements=[t.key],
                    set_={
                        "tries": case((lapsed, 1), else_=t.tries + 1),
                        "window_from": case((lapsed, literal(now, UTCDateTime())), else_=t.window_from),
                    },
                ).returning(t.tries)
            )
            allowed = allowed and int(tries or 0) <= bucket.limit
            first = first or tries == bucket.limit + 1
    return Counted(allowed, first, listed)


def forget(store: Store, buckets: Iterable[Bucket]) -> None:
    """Give the count back after a success."""
    keys = [bucket.key for bucket in buckets]
    with store.database.writing() as connection:
        connection.execute(delete(THROTTLES).where(THROTTLES.c.key.in_(keys)))


def remember_network(store: Store, account: bytes, network: str | None) -> None:
    """Note that this account was signed in to from this network, today."""
    now = clock.now()
    key = key_of(store.keyring, "known-network", account, (network or "").encode("ascii"))
    build = sqlite.insert if store.database.is_sqlite else postgresql.insert
    with store.database.writing() as connection:
        connection.execute(
            build(THROTTLES)
            .values(key=key, window_from=now, tries=0)
            .on_conflict_do_update(index_elements=[THROTTLES.c.key], set_={"window_from": now})
        )


def _is_known(store: Store, key: bytes) -> bool:
    with store.database.reading() as connection:
        since = connection.scalar(select(THROTTLES.c.window_from).where(THROTTLES.c.key == key))
    return since is not None and clock.now() - since < KNOWN_NETWORK_LASTS


def sweep(store: Store, window: timedelta) -> int:
    """Delete counts whose window has passed and networks long unused; how many. For a nightly job."""
    now = clock.now()
    t = THROTTLES.c
    with store.database.writing() as connection:
        done = connection.execute(
            delete(THROTTLES).where(
                ((t.tries > 0) & (t.window_from <= now - window))
                | ((t.tries == 0) & (t.window_from <= now - KNOWN_NETWORK_LASTS))
            )
        )
    return int(done.rowcount)
