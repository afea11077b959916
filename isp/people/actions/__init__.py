"""Verbs on persons, roles and accounts.

Who may do them is decided by the callers, which stand above the grid: each hands over the grounds on
which it was allowed, and the trail keeps them.
"""

from isp.people.actions.accounts import (
    ACCOUNT,
    INVITATIONS,
    RESET,
    Invited,
    cancel_invitations,
    close_account,
    digest_of,
    invite,
    open_account,
    reopen_account,
)
from isp.people.actions.mailing import mail_code
from isp.people.actions.persons import (
    NewPerson,
    add_people,
    add_person,
    change_details,
    hold_person,
)
from isp.people.actions.roles import change_role_dates, end_role, give_role

__all__ = [
    "ACCOUNT",
    "INVITATIONS",
    "RESET",
    "Invited",
    "NewPerson",
    "add_people",
    "add_person",
    "cancel_invitations",
    "change_details",
    "change_role_dates",
    "close_account",
    "digest_of",
    "end_role",
    "give_role",
    "hold_person",
    "invite",
    "mail_code",
    "open_account",
    "reopen_account",
]
