"""Sealing: AES-256-GCM bound to the place a value lies in, and the keyring that lies outside the database.

Envelope (version 2): ``0x02 | algorithm | key version (2 bytes) | nonce (12) | ciphertext and tag``. The
associated data is the canonical list of table, column, row id, row version, compartment, algorithm and
key version, so a value moved to any other place does not open. The organisation is left out on purpose:
a pupil who changes school needs keys wrapped anew and no row rewritten.

GCM does not commit to a key, so each data key is stored with an HKDF commitment that is checked when it
is unwrapped (RFC 5869; the attack is in "Partitioning Oracle Attacks", 2021).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

VERSION = 0x02
AES_256_GCM = 0x01
HEADER = 4
NONCE = 12
KEY_BYTES = 32


class SealError(Exception):
    """A sealed value did not open: altered, moved from its place, or sealed with another key."""


class KeyringError(Exception):
    """The keyring cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value lies. ``row`` is made by the application, so it is known before the insert."""

    table: str
    column: str
    row: UUID
    version: int = 1

    def bound(self, compartment: str, key_version: int) -> bytes:
        """The associated data for a value sealed here."""
        # Compact JSON, written out: a list of names opens hundreds of values, and nothing here needs quoting.
        return (
            f'["{self.table}","{self.column}","{self.row.hex}",{self.version},'
            f'"{compartment}",{AES_256_GCM},{key_version}]'
        ).encode("ascii")


def seal(key: bytes, plaintext: bytes, place: Place, compartment: str, key_version: int) -> bytes:
    """Seal ``plaintext`` for one place. ``key`` is 32 bytes; ``key_version`` 1 to 65535."""
    nonce = os.urandom(NONCE)
    sealed = AESGCM(key).encrypt(nonce, plaintext, place.bound(compartment, key_version))
    return bytes((VERSION, AES_256_GCM)) + key_version.to_bytes(2, "big") + nonce + sealed


def key_version_of(envelope: bytes) -> int:
    """Which version of the data key sealed this. Raises SealError if it is not an envelope of ours."""
    if len(envelope) < HEADER + NONCE + 16 or envelope[0] != VERSION or envelope[1] != AES_256_GCM:
        raise SealError("not a sealed value of this kind")
    return int.from_bytes(envelope[2:4], "big")


def unseal(key: bytes, envelope: bytes, place: Place, compartment: str) -> bytes:
    """Open what ``seal`` made. Raises SealError on any difference in key, place or bytes."""
    version = key_version_of(envelope)
    nonce, sealed = envelope[HEADER : HEADER + NONCE], envelope[HEADER + NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, sealed, place.bound(compartment, version))
    except InvalidTag:
        raise SealError(f"a value in {place.table}.{place.column} does not open in its place") from None


def derive(secret: bytes, purpose: str, length: int = KEY_BYTES) -> bytes:
    """A key for one purpose from a secret of full entropy (HKDF-Expand, RFC 5869)."""
    if length <= KEY_BYTES:
        # One block of output is one HMAC (RFC 5869, 2.3), for a tenth of the price: a page asks for ten.
        return hmac.digest(secret, purpose.encode("ascii") + b"\x01", "sha256")[:length]
    return HKDFExpand(algorithm=SHA256(), length=length, info=purpose.encode("ascii")).derive(secret)


def commitment(key: bytes) -> bytes:
    """What is stored beside a wrapped key so that no other key can be passed off as it."""
    return derive(key, "isp/commit", 16)


def to_json(value: Any) -> bytes:
    """Bytes to seal for a JSON value (compact, key order kept)."""
    try:
        return orjson.dumps(value)
    except TypeError:
        # What it does not take (a key that is a number, a lone surrogate) is the standard library's to judge.
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


@dataclass(frozen=True, slots=True)
class Keyring:
    """The secrets that are kept outside the database and never in its backups.

    ``roots`` wrap the keys of organisations and persons (several while one is being replaced; ``root_id``
    names the one in use). ``ledger`` keys the MAC on chain heads, ``index`` the blind indexes, ``web`` the
    cookies and tokens. ``development`` marks a keyring that a command made by itself.
    """

    root_id: str
    roots: Mapping[str, bytes]
    ledger: bytes
    index: bytes
    web: bytes
    development: bool = False

    @classmethod
    def generate(cls, *, development: bool) -> Keyring:
        """A new keyring from the operating system's random source."""
        root_id = os.urandom(6).hex()
        return cls(
            root_id=root_id,
            roots={root_id: os.urandom(KEY_BYTES)},
            ledger=os.urandom(KEY_BYTES),
            index=os.urandom(KEY_BYTES),
            web=os.urandom(KEY_BYTES),
            development=development,
        )

    def with_new_root(self) -> Keyring:
        """The same keyring with a fresh root in use and the old ones kept for what they wrapped."""
        root_id = os.urandom(6).hex()
        return Keyring(
            root_id=root_id,
            roots={**self.roots, root_id: os.urandom(KEY_BYTES)},
            ledger=self.ledger,
            index=self.index,
            web=self.web,
            development=self.development,
        )

    def save(self, path: Path, *, replace: bool = False) -> None:
        """Write to ``path``, readable by its owner alone. Refuses to overwrite unless ``replace``."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists() and not replace:
            raise KeyringError(f"{path} exists already. Move it away first if you really mean to replace it.")
        text = json.dumps(
            {
                "format": "isp-keyring/1",
                "development": self.development,
                "root_id": self.root_id,
                "roots": {kid: _text(key) for kid, key in self.roots.items()},
                "ledger": _text(self.ledger),
                "index": _text(self.index),
                "web": _text(self.web),
            },
            indent=1,
        )
        fresh = path.with_name(path.name + ".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """Read a keyring. Raises KeyringError in words if it is missing, open to others or damaged."""
        try:
            text = path.read_text("ascii")
        except OSError as error:
            raise KeyringError(f"The keyring {path} cannot be read ({error.strerror}).") from error
        if path.stat().st_mode & 0o077:
            raise KeyringError(f"The keyring {path} can be read by others: run 'chmod 600' on it.")
        try:
            held = json.loads(text)
            if held["format"] != "isp-keyring/1":
                raise KeyringError(f"The keyring {path} is of a kind this version does not know.")
            ring = cls(
                root_id=held["root_id"],
                roots={kid: _key(value) for kid, value in held["roots"].items()},
                ledger=_key(held["ledger"]),
                index=_key(held["index"]),
                web=_key(held["web"]),
                development=bool(held["development"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise KeyringError(f"The keyring {path} is damaged: restore it from its backup.") from error
        if ring.root_id not in ring.roots:
            raise KeyringError(f"The keyring {path} lacks the root that it names as in use.")
        return ring

    def blind_index(self, column: str, value: str) -> bytes:
        """A full HMAC of a normalised value, for finding it again without storing it (32 bytes)."""
        key = derive(self.index, f"isp/index/{column}")
        return hmac.new(key, value.encode("utf-8"), hashlib.sha256).digest()

    def web_secret(self, purpose: str) -> bytes:
        """The secret for one use in the web room (cookies, cursors, carried forms)."""
        return derive(self.web, f"isp/web/{purpose}")

    def ledger_mac(self, message: bytes) -> bytes:
        """The MAC that binds a chain's head (32 bytes)."""
        return hmac.digest(self.ledger, message, "sha256")


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key has the wrong length")
    return key
