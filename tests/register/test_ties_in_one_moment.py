"""Two people tie the same to one pupil in the same moment: there is one tie, and ending it ends it."""

from __future__ import annotations

from isp.access.models import GroupStaff, Tie
from isp.audit.verify import verify
from isp.kernel.errors import Conflict
from isp.people.actions import NewPerson
from isp.people.models import Person
from isp.register.actions import families, groups
from isp.register.actions.families import Guardianship
from tests.cast import Cast
from tests.register.school import rows
from tests.together import in_one_moment

OAK = "oakfield"


def ash(cast: Cast):
    with cast.acting("olga") as unit:
        return groups.add_group(unit, cast.places[OAK], "5 Ash")


def test_a_pupil_whom_two_put_into_a_class_is_in_it_once(cast: Cast):
    made, cleo = ash(cast), cast.pupils["cleo"]

    def put(unit):
        return groups.put_pupils(unit, made, [cleo])

    assert in_one_moment(cast, put, put, by=("olga", "sara")) == 0
    assert len(rows(cast, Tie, group_id=made)) == 1
    assert verify(cast.store).ok


def test_a_colleague_whom_two_put_with_a_class_is_with_it_once(cast: Cast):
    made = ash(cast)

    def put(unit):
        return groups.add_staff(unit, made, cast.people["tess"], "class_teacher")

    assert isinstance(in_one_moment(cast, put, put, by=("olga", "sara")), Conflict)
    assert len(rows(cast, GroupStaff, group_id=made)) == 1


def test_an_account_of_his_own_that_two_open_is_one(cast: Cast):
    ava = cast.pupils["ava"]
    given = iter(("one@cast.example", "two@cast.example"))

    def give(unit):
        return families.give_own_sight(unit, ava, next(given))

    assert isinstance(in_one_moment(cast, give, give, by=("sara", "dan")), Conflict)
    assert len(rows(cast, Tie, pupil_id=ava, kind="self")) == 1


def test_an_address_that_two_enter_is_one_persons_and_the_second_is_told(cast: Cast):
    mother = NewPerson(given="Mina", family="Meadow", email="mina@cast.example")
    what = Guardianship(relationship="mother", has_responsibility=True, has_care=True)
    people = len(rows(cast, Person))

    def add(unit):
        person = NewPerson(given=mother.given, family=mother.family, email=mother.email)
        return families.add_guardian(unit, cast.pupils["ava"], person, what)

    assert isinstance(in_one_moment(cast, add, add, by=("sara", "dan")), Conflict)
    assert len(rows(cast, Person)) == people + 1
