"""What there is to write from, put there by those who keep it: SENCOs, and managers of authorities."""

from __future__ import annotations

from datetime import datetime

from isp.banks import entries
from isp.demonstration.banks import AUTHORITY, SCHOOL, template
from isp.demonstration.loading.world import World
from isp.kernel.clock import civil_day


def fill(world: World, moment: datetime) -> None:
    """A few entries in every bank, and a template for every school."""
    day = civil_day(moment)
    for school in world.cast.schools:
        with world.unit(moment, world.somebody(school.key, "SENCO", on=day)) as unit:
            kept = world.organisations[school.key]
            for bank, held in SCHOOL:
                entries.add(unit, kept, bank, held)
            entries.add(unit, kept, entries.TEMPLATE, template())
    for authority in world.cast.authorities:
        with world.unit(moment, world.somebody(authority.code, "authority manager", on=day)) as unit:
            for bank, held in AUTHORITY:
                entries.add(unit, world.organisations[authority.code], bank, held)
