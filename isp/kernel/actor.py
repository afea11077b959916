"""Who is acting: a plain value that travels as an argument, from page, job or command."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from isp.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or a named job) at one moment.

    ``person_id`` is None for a job and for somebody not signed in. ``session_ref`` and ``network`` are
    keyed digests, never the session's token or an address. ``on_behalf`` names the operator who ran a
    command ``--as`` this person.
    """

    person_id: UUID | None = None
    system: str | None = None
    session_ref: str | None = None
    network: str | None = None
    request_id: str = field(default_factory=lambda: new_id().hex)
    method: str | None = None
    signed_in_at: str | None = None
    on_behalf: str | None = None

    @property
    def name(self) -> str:
        """How the trail names this actor: a person's id, ``system:<job>`` or ``anonymous``."""
        if self.person_id is not None:
            return str(self.person_id)
        return f"system:{self.system}" if self.system else "anonymous"

    @classmethod
    def job(cls, name: str) -> Actor:
        """The actor for a job or an operator's command that acts for nobody in particular."""
        return cls(system=name)

    def acting_for(self, person_id: UUID) -> Actor:
        """This operator acting as a named person: rights are the person's, the trail names both."""
        return replace(self, person_id=person_id, system=None, on_behalf=self.name)
