"""Which roles may be given (ended, reset) by which. Pure data beside the grid.

The school office makes accounts for those who teach; who leads on SEN, on safeguarding or on data protection
is decided by those who lead, since whoever makes an account could use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from isp.people.roles import AUTHORITY_ROLES, SCHOOL_ROLES, Role

_TEACHING = frozenset({Role.CLASS_TEACHER, Role.TEACHING_ASSISTANT, Role.SCHOOL_OFFICE})

GIVES: Mapping[str, frozenset[Role]] = {
    Role.HEAD: SCHOOL_ROLES,
    Role.SENCO: SCHOOL_ROLES,
    Role.DEPUTY_SENCO: SCHOOL_ROLES - {Role.HEAD, Role.SAFEGUARDING_LEAD, Role.DATA_PROTECTION_OFFICER},
    Role.SCHOOL_OFFICE: _TEACHING,
    Role.AUTHORITY_MANAGER: AUTHORITY_ROLES,
}


def gives(held: Iterable[str]) -> frozenset[str]:
    """The roles that somebody who holds these roles may give."""
    return frozenset(role.value for each in held for role in GIVES.get(each, frozenset()))
