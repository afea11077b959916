"""The one byte string of a content, and the salted digest by which a version is vouched for."""

from __future__ import annotations

import hmac

from isp.kernel.canonical import canonical, of_parsed
from isp.records.shape import Content

SHORTEST_SALT = 16
"""Bytes. Below this a short content could be guessed from its digest."""


def content_bytes(content: Content) -> bytes:
    """The canonical bytes (RFC 8785 subset) of a content. TypeError or ValueError where it has none."""
    return canonical(content)


def digest(salt: bytes, content: Content) -> bytes:
    """HMAC-SHA256 of the canonical bytes under a salt of 16 bytes or more, kept beside the content.

    With the salt destroyed, the digest says nothing about the content.
    """
    if len(salt) < SHORTEST_SALT:
        raise ValueError("the salt is too short")
    return hmac.digest(salt, content_bytes(content), "sha256")


def answers(salt: bytes, content: Content, told: bytes) -> bool:
    """Whether a content that was just parsed from JSON answers a digest. Raises what ``digest`` raises."""
    if len(salt) >= SHORTEST_SALT and hmac.digest(salt, of_parsed(content), "sha256") == told:
        return True
    return digest(salt, content) == told
