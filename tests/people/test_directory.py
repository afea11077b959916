"""Names opened in bulk, and a person found by an address."""

from __future__ import annotations

import pytest

from isp.audit.events import BY_COMMAND
from isp.kernel.errors import Conflict
from isp.kernel.ids import new_id
from isp.people import actions, directory
from isp.people.roles import Role
from tests.cast import Cast
from tests.statements import statements


def test_everybody_is_named_with_role_in_one_query(cast: Cast):
    cast.member("sara", "oakfield", Role.CLASS_TEACHER)
    with statements(cast.store.database) as seen, cast.looking("sara") as unit:
        found = directory.names(unit, [*cast.people.values(), new_id()])
    assert len([each for each in seen if each.startswith("SELECT")]) == 1
    assert len(found) == len(cast.people)
    sara = found[cast.people["sara"]]
    assert sara.full == "Sara Example"
    assert sara.with_role == "Sara Example, SENCO and Class teacher"
    assert found[cast.people["pam"]].role_words == ""


def test_somebody_who_left_keeps_the_last_role_in_what_she_did(cast: Cast):
    with cast.acting("hal") as unit:
        from isp.access.office import staffing

        staffing.deactivate(unit, cast.places["oakfield"], cast.people["sara"])
    with cast.looking("hal") as unit:
        assert directory.name(unit, cast.people["sara"]).with_role == "Sara Example, SENCO"


def test_an_unknown_person_is_said_to_be_nobody_on_record(cast: Cast):
    with cast.looking("sara") as unit:
        assert directory.name(unit, new_id()).full == directory.NOBODY


@pytest.mark.parametrize("typed", ["sara@cast.example", " SARA@CAST.EXAMPLE\n", "ｓａｒａ@cast.example"])
def test_an_address_is_found_however_it_is_typed(cast: Cast, typed: str):
    with cast.looking("sara") as unit:
        assert directory.find_by_email(unit, typed) == cast.people["sara"]
        assert directory.find_by_email(unit, "x" + typed.strip()) is None


def test_one_address_is_one_person(cast: Cast):
    with cast.acting("sara") as unit, pytest.raises(Conflict):
        actions.add_person(
            unit, BY_COMMAND, actions.NewPerson(given="A", family="B", email="TOM@cast.example")
        )
    twins = [actions.NewPerson(given=name, family="B", email="twin@cast.example") for name in "AB"]
    with cast.acting("sara") as unit, pytest.raises(Conflict):
        actions.add_people(unit, BY_COMMAND, twins)


def test_details_change_under_a_new_version_and_the_trail_keeps_which(cast: Cast):
    tom = cast.people["tom"]
    with cast.acting("sara") as unit:
        actions.change_details(unit, BY_COMMAND, tom, family="Newname", email="new@cast.example")
    with cast.looking("sara") as unit:
        assert directory.name(unit, tom).full == "Tom Newname"
        assert directory.find_by_email(unit, "new@cast.example") == tom
        assert directory.find_by_email(unit, "tom@cast.example") is None
    with cast.acting("sara") as unit, pytest.raises(Conflict):
        actions.change_details(unit, BY_COMMAND, tom, email="sara@cast.example")


def test_many_are_added_at_once(cast: Cast):
    people = [actions.NewPerson(given=f"P{n}", family="Many", email=f"p{n}@many.example") for n in range(40)]
    with cast.acting("sara") as unit:
        ids = actions.add_people(unit, BY_COMMAND, people)
    with cast.looking("sara") as unit:
        assert {one.full for one in directory.names(unit, ids).values()} == {f"P{n} Many" for n in range(40)}
        assert directory.details(unit, ids[:1])[ids[0]]["email"] == "p0@many.example"


def test_an_account_opened_by_a_command_is_not_opened_twice(cast: Cast):
    with cast.acting("sara") as unit:
        person = actions.add_person(
            unit, BY_COMMAND, actions.NewPerson(given="O", family="P", email="o@p.example")
        )
        actions.open_account(unit, BY_COMMAND, person, "a hash", is_operator=True)
        with pytest.raises(Conflict):
            actions.open_account(unit, BY_COMMAND, person, "another")
