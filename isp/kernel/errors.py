"""The only exceptions a domain raises; pages, jobs and commands each turn them into an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """Base: ``message`` is a whole sentence for the person, saying what to do next."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """There is nothing here that this person may know of; the answer never says which of the two."""

    status = 404

    def __init__(self, message: str = "We cannot find that page.", *, denial: Any = None) -> None:
        super().__init__(message)
        self.denial = denial


class NotAllowed(DomainError):
    """The person has standing here, but not for this act."""

    status = 403

    def __init__(self, message: str = "Your role does not let you do this.", *, denial: Any = None) -> None:
        super().__init__(message)
        self.denial = denial


class Invalid(DomainError):
    """What was sent cannot be used as it stands. ``errors`` maps a field's name to its sentence."""

    status = 422

    def __init__(self, message: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.errors: dict[str, str] = dict(errors or {})


class Conflict(DomainError):
    """The record has moved on since the person looked, or is in another state than the act needs."""

    status = 409


class Gone(DomainError):
    """It was here and has been taken away on purpose (withdrawn, expired, used)."""

    status = 410


class Unavailable(DomainError):
    """A part that this act needs is not to be had just now; nothing was changed."""

    status = 503
