"""Passwords: Argon2id, a policy about guessing and nothing else, and equal work whoever is asked for.

At least 12 characters: eight fall to a bought-in afternoon of computing if the table is ever stolen, and
fifteen send people to sticky notes; twelve with the check below is the point between, until authenticator
codes and passkeys stand beside the password. Up to 256 are taken, of any script, spaces included. No
character is demanded and no password grows old: both make people choose worse ones.
"""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from isp.kernel.errors import Invalid

SHORTEST, LONGEST = 12, 256
# What must be left of a password once all that is easy to guess is taken out.
_LEFT_AT_LEAST = 6
# Each hash takes its memory while it runs; more at once than cores gains nothing.
_AT_ONCE = threading.BoundedSemaphore(4)
_UNLEET = str.maketrans("013457@$!", "oieastasi")


class Passwords:
    """Hashing at the installation's cost (memory in KiB)."""

    def __init__(self, time_cost: int, memory_kib: int) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._nobodys = self._hasher.hash(secrets.token_urlsafe(24))
        self.verifications = 0
        """How many were made: the tests compare the work done for known and unknown addresses."""

    def hash(self, password: str) -> str:
        """The hash to store (PHC text, salt and cost included)."""
        with _AT_ONCE:
            return self._hasher.hash(_same(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether this is the password. None (no account, no password) costs as much, and is never right."""
        with _AT_ONCE:
            self.verifications += 1
            try:
                matches = self._hasher.verify(stored or self._nobodys, _same(password)[: LONGEST + 1])
            except (VerifyMismatchError, VerificationError, InvalidHashError):
                return False
        return bool(matches) and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made at another cost than the installation's present one."""
        return bool(self._hasher.check_needs_rehash(stored))


def _same(password: str) -> str:
    """The same characters from every keyboard."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, own_words: Iterable[str] = (), field: str = "password") -> None:
    """Raise Invalid, in words, where a password is too short, too long or easy to guess.

    own_words: the person's names and address, the school's or authority's name.
    """
    password = _same(password)
    if len(password) < SHORTEST:
        raise _refused(field, f"Your password must have {SHORTEST} characters or more")
    if len(password) > LONGEST:
        raise _refused(field, f"Your password must have {LONGEST} characters or fewer")
    plain = password.casefold()
    own = _parts(own_words)
    if plain in _whole() or _left(plain, _stems()) < _LEFT_AT_LEAST:
        raise _refused(
            field,
            "Your password is too easy to guess. Three words that do not belong together are a good start",
        )
    if _left(plain, own | _stems()) < _LEFT_AT_LEAST:
        raise _refused(
            field, "Your password must not be made of your name, your email address or your school’s name"
        )


def _refused(field: str, sentence: str) -> Invalid:
    return Invalid(f"{sentence}.", {field: sentence})


def _left(plain: str, known: frozenset[str]) -> int:
    """How many characters are left when words that a guesser tries first, runs and repeats are taken out."""
    least = len(plain)
    for spelled in (plain, plain.translate(_UNLEET)):
        text = spelled
        for word in sorted(known, key=len, reverse=True):
            text = text.replace(word, " ")
        text = re.sub(r"(19|20)\d\d", " ", text)
        pieces = [piece for piece in re.split(r"[\W_]+", text) if piece]
        least = min(least, sum(_unpredictable(piece) for piece in pieces))
    return least


def _unpredictable(piece: str) -> int:
    """The length of a piece in which a run (abc, 321, aaa) or a repeat (xyxyxy) counts once."""
    repeated = re.fullmatch(r"(.{1,6}?)\1+", piece)
    if repeated:
        piece = repeated[1]
    surprises = min(len(piece), 2)
    for before, middle, after in zip(piece, piece[1:], piece[2:], strict=False):
        step = ord(after) - ord(middle)
        surprises += not (step == ord(middle) - ord(before) and abs(step) <= 1)
    return surprises


def _parts(own_words: Iterable[str]) -> frozenset[str]:
    joined = " ".join(own_words).casefold()
    return frozenset(part for part in re.split(r"[\W_]+", joined) if len(part) >= 3)


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    text = (files("isp.people") / "data" / "common-passwords.txt").read_text("utf-8")
    whole: set[str] = set()
    stems: set[str] = set()
    for line in text.splitlines():
        entry = line.strip()
        if entry and not entry.startswith("#"):
            (whole if len(entry) >= SHORTEST else stems).add(entry)
    return frozenset(whole), frozenset(stems)


def _whole() -> frozenset[str]:
    return _lists()[0]


def _stems() -> frozenset[str]:
    return _lists()[1]
