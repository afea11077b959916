"""The first day: organisations, the people whom no file names, and accounts for those who sign in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from isp.audit import Unit
from isp.audit.events import BY_COMMAND
from isp.demonstration.loading.steps import Step
from isp.demonstration.loading.world import World, at, weekday_from
from isp.demonstration.shapes import Account, Staff
from isp.people import organisations
from isp.people.actions import NewPerson, add_person, give_role, open_account
from isp.people.passwords import Passwords
from isp.people.roles import Role
from isp.register.actions.calendar import add_entry

PHASES = {
    "nursery": "nursery",
    "primary": "primary",
    "junior": "primary",
    "secondary": "secondary",
    "college": "college",
}
ROLES: Mapping[str, Role] = {
    "SENCO": Role.SENCO,
    "deputy SENCO": Role.DEPUTY_SENCO,
    "SEN administrator": Role.SEN_ADMINISTRATOR,
    "class teacher": Role.CLASS_TEACHER,
    "teaching assistant": Role.TEACHING_ASSISTANT,
    "head": Role.HEAD,
    "safeguarding lead": Role.SAFEGUARDING_LEAD,
    "school office": Role.SCHOOL_OFFICE,
    "data protection officer": Role.DATA_PROTECTION_OFFICER,
    "authority officer": Role.AUTHORITY_OFFICER,
    "authority manager": Role.AUTHORITY_MANAGER,
    "educational psychologist or therapist": Role.PSYCHOLOGIST_OR_THERAPIST,
    "social worker": Role.SOCIAL_WORKER,
}
# Whom a school has before its first file: somebody has to bring it in.
_FIRST = ("SENCO", "school office")


def install(world: World, moment: datetime) -> None:
    """Every authority of England, the schools, who is in no file, each school's first two, the operator."""
    with world.unit(moment) as unit:
        organisations.add_known_authorities(unit, BY_COMMAND)
        codes = {code: found for found, (code, _) in organisations.authorities(unit).items()}
        world.organisations.update({one.code: codes[one.code] for one in world.cast.authorities})
        for school in world.cast.schools:
            world.organisations[school.key] = organisations.add_school(
                unit,
                BY_COMMAND,
                school.name,
                PHASES[school.kind],
                la_code=school.authority,
                urn=school.urn,
                ukprn=school.ukprn,
            )
        for member in world.cast.staff:
            if _is_first(member, at_first=moment.date()):
                _take_on(world, unit, member)


def _is_first(member: Staff, *, at_first: date) -> bool:
    in_no_file = not member.place or member.place.isdigit()
    return in_no_file or (member.role in _FIRST and member.starts_on <= at_first)


def _take_on(world: World, unit: Unit, member: Staff) -> None:
    person = NewPerson(given=member.forename, family=member.surname, email=member.email, title=member.title)
    person_id = add_person(unit, BY_COMMAND, person)
    if member.place:
        give_role(
            unit,
            BY_COMMAND,
            person_id,
            world.organisations[member.place],
            ROLES[member.role].value,
            valid_from=member.starts_on,
        )


def calendars(world: World, moment: datetime) -> None:
    """Each school's office enters its terms, half terms, training days and closures."""
    for school in world.cast.schools:
        with world.unit(moment, world.somebody(school.key, "school office", on=moment.date())) as unit:
            here = world.organisations[school.key]
            for year in school.calendar:
                for term in year.terms:
                    add_entry(unit, here, "term", term.name, term.starts_on, term.ends_on)
                    add_entry(unit, here, "half_term", "", term.half_term_from, term.half_term_to)
                for day in year.training_days:
                    add_entry(unit, here, "training", "", day)
                for closure in year.closures:
                    add_entry(unit, here, "closure", closure.reason, closure.day)


def accounts(world: World, first: datetime) -> Iterator[Step]:
    """An account for everybody listed, when they joined."""
    listed = [one for one in world.cast.accounts if one.listed]
    hashes = _hashed(listed)
    for number, account in enumerate(listed):
        moment = _joined(world, account, first) + timedelta(minutes=number)
        yield Step(moment, _Opening(account, hashes[account.email]))


class _Opening:
    def __init__(self, account: Account, password_hash: str) -> None:
        self.account, self.password_hash = account, password_hash

    def __call__(self, world: World, moment: datetime) -> None:
        with world.unit(moment) as unit:
            person_id = world.person(unit, self.account.email)
            is_operator = self.account.role == "operator"
            open_account(unit, BY_COMMAND, person_id, self.password_hash, is_operator=is_operator)


def _joined(world: World, account: Account, first: datetime) -> datetime:
    """A few days after the first file that names the person."""
    starts = [member.starts_on for member in world.cast.staff if member.id == account.person]
    ties = [tie.pupil for tie in world.cast.guardianships if tie.guardian == account.person]
    children = [world.cast.pupil(pupil).entered_on for pupil in ties]
    if account.role == "young person":
        # After the college gave her an account of her own: see `families`.
        starts = [world.cast.pupil(account.person).entered_on + timedelta(days=21)]
    day = min(starts or children or [first.date()])
    later = weekday_from(max(day, first.date()) + timedelta(days=3))
    return max(at(later, 12), first)


def _hashed(listed: Iterable[Account]) -> dict[str, str]:
    # Anybody can work these passwords out, so they are hashed as cheaply as can be: half of the time that
    # loading took. Whoever signs in has hers hashed anew, at the installation's cost.
    passwords = Passwords(time_cost=1, memory_kib=64)
    return {account.email: passwords.hash(account.password) for account in listed}
