"""Where a page of History goes on: a number of the chain, sealed.

A family's History leaves out what other members of the family did by themselves. Numbers that could be
read off an address would show the gaps, and so that something, and how much of it, was left out.
"""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from isp.audit import Chain
from isp.kernel.crypto import Keyring

_NONCE = 12


def write(keyring: Keyring, chain: Chain, number: int) -> str:
    """The number as a text for an address; good for this chain alone."""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(keyring.web_secret("history")).encrypt(
        nonce, number.to_bytes(8, "big"), chain.name.encode("ascii")
    )
    return base64.urlsafe_b64encode(nonce + sealed).decode("ascii").rstrip("=")


def read(keyring: Keyring, chain: Chain, text: str | None) -> int | None:
    """The number; None, which is the newest page, for a text that is not ours or of another chain."""
    if not text:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        opened = AESGCM(keyring.web_secret("history")).decrypt(
            raw[:_NONCE], raw[_NONCE:], chain.name.encode("ascii")
        )
    except (InvalidTag, ValueError):
        return None
    return int.from_bytes(opened, "big")
