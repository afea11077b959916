"""What the worker does for the register."""

from __future__ import annotations

from isp.audit import Unit
from isp.register.imports import staging


def purge_staged(unit: Unit) -> int:
    """Throw away staged files after their day; how many went. To be run every hour."""
    return staging.purge(unit)
