"""The chains: one per pupil and compartment, one per organisation, one per person, one for the installation.

Two chains per pupil, because a gapless sequence shown to a parent would reveal that, and when, hidden
activity took place.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID, uuid5

from isp.kernel.keys import GENERAL, RESTRICTED, KeyOf

NAMESPACE = UUID("6d9a3d2e-52c1-5c0b-9e0a-5b6f3c1d7a10")


@dataclass(frozen=True, slots=True, order=True)
class Chain:
    """One hash chain; ``name`` is what its events carry."""

    name: str

    @classmethod
    def pupil(cls, pupil_id: UUID) -> Chain:
        """What happened to a child's record, as those entitled may read it."""
        return cls(f"pupil:{pupil_id}:{GENERAL}")

    @classmethod
    def restricted(cls, pupil_id: UUID) -> Chain:
        """What happened that not everyone who may read the history may know of."""
        return cls(f"pupil:{pupil_id}:{RESTRICTED}")

    @classmethod
    def organisation(cls, organisation_id: UUID) -> Chain:
        """What happened in a school or an authority: lists, imports, staff, settings."""
        return cls(f"org:{organisation_id}")

    @classmethod
    def person(cls, person_id: UUID) -> Chain:
        """What happened to an account, and what it was refused."""
        return cls(f"user:{person_id}")

    @classmethod
    def installation(cls) -> Chain:
        """What belongs to nobody: a sign-in with an unknown address, an operator's command."""
        return cls("installation")

    @property
    def id(self) -> UUID:
        """The chain's key in the database, a function of its name."""
        return _id_of(self.name)

    @property
    def kind(self) -> str:
        """``pupil``, ``org``, ``user`` or ``installation``."""
        return self.name.partition(":")[0]

    @property
    def owner_id(self) -> UUID | None:
        """The pupil, organisation or person whose chain this is."""
        parts = self.name.split(":")
        return UUID(parts[1]) if len(parts) > 1 else None

    @property
    def key(self) -> KeyOf | None:
        """The key that seals this chain's payloads; None for the installation's, which has none."""
        owner = self.owner_id
        if owner is None:
            return None
        if self.kind == "pupil":
            return KeyOf.pupil(owner, self.name.rsplit(":", 1)[1])
        return KeyOf.organisation(owner) if self.kind == "org" else KeyOf.person(owner)

    @property
    def genesis(self) -> bytes:
        """What the first event of this chain names as the one before it (32 bytes)."""
        return hashlib.sha256(b"isp-audit/1 genesis\n" + self.name.encode("ascii")).digest()


@lru_cache(maxsize=4096)
def _id_of(name: str) -> UUID:
    # A deed asks for it again at every step.
    return uuid5(NAMESPACE, name)
