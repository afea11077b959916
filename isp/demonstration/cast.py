"""The whole cast for one day: the function everything else here starts from."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from isp.demonstration import accounts, families, rolls
from isp.demonstration.shapes import Cast


@lru_cache(maxsize=4)
def cast(today: date) -> Cast:
    """Two authorities, five schools, 120 pupils and everybody around them, as they are on `today`."""
    staff = rolls.staff(today)
    pupils = rolls.pupils(today)
    guardians, ties = families.families(today, pupils, staff)
    return Cast(
        today=today,
        authorities=rolls.AUTHORITIES,
        schools=rolls.schools(today),
        staff=staff,
        groups=rolls.groups(today),
        pupils=pupils,
        guardians=guardians,
        guardianships=ties,
        accounts=accounts.accounts(today, staff, pupils, guardians, ties),
    )
