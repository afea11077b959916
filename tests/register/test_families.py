"""Who is what to a child, and who may say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from isp.access import gate
from isp.access.models import Tie
from isp.access.policy import Permission
from isp.audit.verify import verify
from isp.kernel import clock
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.people.actions import NewPerson
from isp.register import pupils
from isp.register.actions import families
from isp.register.actions.families import Guardianship
from isp.register.around import around
from tests.cast import Cast
from tests.register.school import acts, rows

MOTHER = Guardianship(relationship="Mother", has_responsibility=True, has_care=True, evidence="Told by phone")
NINA = NewPerson(given="Nina", family="Planted", email="nina@cast.example", telephone="01632 960555")


def tie_of(cast: Cast, name: str, pupil: str = "ava"):
    found = rows(cast, Tie, pupil_id=cast.pupils[pupil], person_id=cast.people[name])
    return next(row for row in found if row.ended_at is None)


def test_a_parent_is_added_and_sees_at_once(cast: Cast):
    cleo = cast.pupils["cleo"]
    with cast.acting("olga") as unit:
        families.add_guardian(unit, cleo, cast.people["pam"], MOTHER)
    with cast.looking("pam") as unit:
        assert gate.can(unit, Permission.PLAN_READ, cleo)
    assert acts(cast, f"pupil:{cleo}")[-1] == "tie.opened"
    with pytest.raises(Conflict), cast.acting("olga") as unit:
        families.add_guardian(unit, cleo, cast.people["pam"], MOTHER)
    assert verify(cast.store).ok


def test_somebody_new_is_added_and_invited(cast: Cast):
    with cast.acting("sara") as unit:
        tie_id = families.add_guardian(unit, cast.pupils["cleo"], NINA, MOTHER)
    with cast.acting("sara") as unit:
        assert families.invite_guardian(unit, tie_id).code
    with cast.looking("sara") as unit:
        found = around(unit, cast.pupils["cleo"]).guardians
    assert [(one.name, one.relationship, one.way_in) for one in found] == [
        ("Nina Planted", "Mother", "invited")
    ]


def test_no_school_makes_a_code_for_an_account_that_opens_a_child_elsewhere(cast: Cast):
    with cast.acting("sara") as unit:
        families.add_guardian(unit, cast.pupils["cleo"], NINA, MOTHER)
    with cast.acting("stan") as unit:
        second = families.add_guardian(unit, cast.pupils["finn"], NINA.id, MOTHER)
    with pytest.raises(Conflict), cast.acting("stan") as unit:
        families.invite_guardian(unit, second)


@pytest.mark.parametrize(
    ("what", "field"),
    [
        (replace(MOTHER, relationship=" "), "relationship"),
        (replace(MOTHER, valid_to=clock.today() - timedelta(days=1)), "valid_to"),
    ],
)
def test_what_cannot_be_is_said_by_field(cast: Cast, what, field):
    with pytest.raises(Invalid) as failure, cast.acting("sara") as unit:
        families.add_guardian(unit, cast.pupils["cleo"], NINA, what)
    assert field in failure.value.errors


def test_a_change_is_a_new_tie_and_the_old_one_stays(cast: Cast):
    old = tie_of(cast, "paul")
    without = replace(MOTHER, relationship="Father", has_responsibility=False, has_care=False)
    with cast.acting("sara") as unit:
        families.change_guardian(unit, old.id, without)
    with cast.looking("paul") as unit, pytest.raises(NotFound):
        gate.require(unit, Permission.PUPIL_READ, cast.pupils["ava"])
    kept = rows(cast, Tie, id=old.id)[0]
    assert kept.ended_at is not None
    assert kept.has_responsibility
    assert acts(cast, f"pupil:{cast.pupils['ava']}")[-2:] == ["tie.changed", "tie.opened"]
    with pytest.raises(Conflict), cast.acting("sara") as unit:
        families.change_guardian(unit, old.id, without)


def test_an_end_shuts_at_the_next_request(cast: Cast):
    with cast.acting("leo") as unit:
        families.end_guardian(unit, tie_of(cast, "pam").id, "No longer in touch")
    with cast.looking("pam") as unit:
        assert not gate.can(unit, Permission.PUPIL_READ, cast.pupils["ava"])
    assert acts(cast, f"pupil:{cast.pupils['ava']}")[-1] == "tie.ended"


def test_who_may_not_write_ties(cast: Cast):
    tie = tie_of(cast, "pam")
    for who, error in (("tom", NotAllowed), ("pam", NotAllowed), ("hal", NotAllowed), ("stan", NotFound)):
        with pytest.raises(error), cast.acting(who) as unit:
            families.end_guardian(unit, tie.id, "because")
    assert rows(cast, Tie, id=tie.id)[0].ended_at is None


def test_confidential_details_are_for_the_safeguarding_lead(cast: Cast):
    hidden = NewPerson(given="Hana", family="Planted", telephone="01632 960777", address_confidential=True)
    with cast.acting("sara") as unit:
        families.add_guardian(unit, cast.pupils["cleo"], hidden, MOTHER)
    seen = {}
    for who in ("sara", "olga", "hal", "leo"):
        with cast.looking(who) as unit:
            seen[who] = dict(around(unit, cast.pupils["cleo"]).guardians[0].contact)
    assert seen == {"sara": {}, "olga": {}, "hal": {}, "leo": {"Telephone": "01632 960777"}}


def test_whoever_signs_in_changes_her_own_details(cast: Cast):
    with pytest.raises(Conflict), cast.acting("sara") as unit:
        families.change_contact(unit, tie_of(cast, "pam").id, email="other@cast.example")


def test_a_young_person_gets_an_account(cast: Cast):
    with cast.acting("sara") as unit:
        tie_id = families.give_own_sight(unit, cast.pupils["cleo"], "cleo@cast.example")
        person = rows(cast, Tie, id=tie_id)
    with cast.acting("sara") as unit:
        assert families.invite_young_person(unit, tie_id).code
    assert not person or person[0].kind == "self"
    with pytest.raises(Conflict), cast.acting("sara") as unit:
        families.give_own_sight(unit, cast.pupils["cleo"], "again@cast.example")


def test_the_responsible_authority_follows_the_child(cast: Cast):
    ava, today = cast.pupils["ava"], clock.today()
    with cast.acting("ada") as unit:
        families.set_authority(unit, ava, cast.places["southshire"], "Moved to Southshire")
    with cast.looking("sara") as unit:
        assert pupils.authority(unit, ava) == "Southshire Authority"
        listed = around(unit, ava).authorities
    assert [(name, until) for name, _, until, _ in listed] == [
        ("Southshire Authority", None),
        ("Northshire Authority", today - timedelta(days=1)),
    ]
    with pytest.raises(Conflict), cast.acting("ada") as unit:
        families.set_authority(unit, ava, cast.places["southshire"], "Again")
    with pytest.raises(Invalid), cast.acting("ada") as unit:
        families.set_authority(unit, ava, cast.places["oakfield"], "A school is none")
    with cast.looking("sid") as unit:
        assert not gate.can(unit, Permission.PUPIL_READ, ava)
