"""What a walk of the trail finds: a fault, and the report of the whole walk."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing wrong with a chain: which event (None: the chain as a whole), and what, in words."""

    chain: str
    seq: int | None
    what: str

    def __str__(self) -> str:
        where = f"event {self.seq} of " if self.seq is not None else ""
        return f"{where}{self.chain}: {self.what}"


@dataclass(slots=True)
class Report:
    """What a walk saw. ``ok`` only if nothing at all is in doubt."""

    chains: int = 0
    events: int = 0
    payloads: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything that was looked at is as it was written."""
        return not self.faults
