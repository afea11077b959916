"""A file that is not taken."""

from __future__ import annotations


class Refused(Exception):
    """Why a file is not taken and what to do instead: a sentence for whoever chose it."""
