"""The type of a lens: what one reader, at this moment, may see of a document about a child.

A lens is made by the grid from a person's standing towards a pupil, and used by ``records.project``
before anything is compared, rendered or sent. It is plain data, so that two readings can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Label(StrEnum):
    """How sensitive a section or a field is."""

    S0 = "S0"
    """The shared plan."""
    S1 = "S1"
    """Health and clinical detail, professionals' reports."""
    S2 = "S2"
    """Staff's working notes and third-party information."""
    S2X = "S2!"
    """Safeguarding."""
    S3 = "S3"
    """Where somebody lives or can be reached, when that is confidential."""


@dataclass(frozen=True, slots=True)
class Lens:
    """What a reader may see. Every part can only narrow: nothing is shown because of a missing word."""

    labels: frozenset[Label]
    """The sensitivity labels cleared for this reader."""
    staff: bool = False
    """Whether the reader works for the pupil's setting: sees what an author has limited to staff."""
    party: str | None = None
    """The reader's own mark as an author (see ``given_by``): people see what they limited themselves."""
    cost: bool = False
    """Whether the reader may see what support costs."""
    sections: frozenset[str] | None = None
    """Only these sections, whatever the labels allow; None sets no such bound."""
