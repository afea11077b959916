"""Why a message did not go: codes of our own, because a server's words quote addresses."""

from __future__ import annotations

from collections.abc import Mapping

PROBLEMS: Mapping[str, str] = {
    "no_server": "the server cannot be reached",
    "stalled": "the server did not answer in time",
    "dropped": "the server broke the connection off",
    "tls": "the connection cannot be made safe (TLS)",
    "sign_in": "the server does not accept our name and password",
    "sender": "the server does not accept our address as the sender",
    "recipient": "the server says that this address does not exist or takes no mail",
    "content": "the server does not accept the message",
    "later": "the server asked us to try again later",
    "limit": "the service takes no more messages for now",
    "fault": "something went wrong in this program",
    "unfinished": "whoever was sending it was cut off every time",
}
CLOSED: Mapping[str, str] = {
    "not_entitled": "they may no longer see what it is about",
    "account_closed": "their account is closed",
    "no_account": "they have no account to sign in with",
    "has_account": "they can sign in already",
    "no_address": "there is no address that a message could go to",
    "not_wanted": "they chose not to be told of this in this way",
    "read": "they had read it here already",
    "died": "the child has died, and nothing more is sent about them",
    "gone": "they are no longer on record",
    "stale": "it had waited too long to be worth sending",
}


NOT_OF_THE_MESSAGE = frozenset({"no_server", "tls", "sign_in", "sender", "limit"})
"""Says nothing of this message: it would be so for any. An outage uses up no message's attempts."""


class Problem(Exception):
    """A message was not accepted. ``for_good``: not by trying again; ``stops``: nor would another be now."""

    def __init__(self, code: str, *, for_good: bool = False, stops: bool = False) -> None:
        super().__init__(code)
        if code not in PROBLEMS:
            raise KeyError(code)
        self.code, self.for_good, self.stops = code, for_good, stops


def words(code: str | None) -> str:
    """A code for an operator to read."""
    return PROBLEMS.get(code or "") or CLOSED.get(code or "") or "no reason is on record"
