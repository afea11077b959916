"""What is listed is exactly what opens: for random worlds of ties, memberships, groups and restrictions."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isp.access import gate
from isp.access.models import GroupStaff, Restriction, Tie
from isp.access.policy import Permission
from isp.access.standing import TIE_KINDS
from isp.audit import looking
from isp.kernel import clock
from isp.kernel.actor import Actor
from isp.kernel.errors import NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.people.models import Membership
from isp.people.roles import Role
from tests.cast import Cast

DAYS = st.sampled_from([-400, -30, -1, 0, 1, 30])
SPAN = st.sampled_from([None, 0, 1, 60, 800])

ties = st.fixed_dictionaries(
    {
        "pupil": st.integers(0, 2),
        "kind": st.sampled_from(sorted(TIE_KINDS)),
        "person": st.integers(0, 1),
        "place": st.integers(0, 2),
        "from": DAYS,
        "span": SPAN,
        "ended": st.booleans(),
        "responsible": st.booleans(),
        "care": st.booleans(),
    }
)
roles = st.fixed_dictionaries(
    {
        "person": st.integers(0, 1),
        "place": st.integers(0, 2),
        "role": st.sampled_from(sorted(Role)),
        "from": DAYS,
        "span": SPAN,
        "ended": st.booleans(),
    }
)
staff = st.fixed_dictionaries(
    {
        "person": st.integers(0, 1),
        "role": st.sampled_from([Role.CLASS_TEACHER, Role.TEACHING_ASSISTANT, Role.SENCO]),
        "from": DAYS,
        "span": SPAN,
        "ended": st.booleans(),
    }
)
restrictions = st.fixed_dictionaries(
    {"pupil": st.integers(0, 2), "person": st.integers(0, 1), "lifted": st.booleans()}
)
worlds = st.fixed_dictionaries(
    {
        "ties": st.lists(ties, max_size=6),
        "roles": st.lists(roles, max_size=4),
        "staff": st.lists(staff, max_size=2),
        "restrictions": st.lists(restrictions, max_size=1),
    }
)


def dates(drawn):
    start = clock.today() + timedelta(days=drawn["from"])
    end = None if drawn["span"] is None else start + timedelta(days=drawn["span"])
    return {"valid_from": start, "valid_to": end}


def lay_out(cast, world):
    """The rows of a drawn world beside those of the worlds before it; gives its persons."""
    names = [f"p{new_id().hex}" for _ in range(2)]
    people = [cast.person(name) for name in names]
    places = list(cast.places.values())
    pupils = list(cast.pupils.values())
    group = cast.groups["1A"]
    with cast.making() as unit:
        for drawn in world["roles"]:
            unit.insert(
                Membership,
                id=new_id(),
                person_id=people[drawn["person"]],
                organisation_id=places[drawn["place"]],
                role=drawn["role"],
                ended_at=unit.now if drawn["ended"] else None,
                made_at=unit.now,
                **dates(drawn),
            )
        for drawn in world["staff"]:
            unit.insert(
                GroupStaff,
                id=new_id(),
                group_id=group,
                organisation_id=places[0],
                person_id=people[drawn["person"]],
                role=drawn["role"],
                ended_at=unit.now if drawn["ended"] else None,
                made_at=unit.now,
                **dates(drawn),
            )
        for drawn in world["ties"]:
            of_place = drawn["kind"] in (
                "school",
                "former_school",
                "case",
                "caseload",
                "adviser",
                "responsible",
            )
            of_person = drawn["kind"] in ("guardian", "self", "caseload", "adviser")
            unit.insert(
                Tie,
                id=new_id(),
                pupil_id=pupils[drawn["pupil"]],
                kind=drawn["kind"],
                organisation_id=places[drawn["place"]] if of_place else None,
                group_id=group if drawn["kind"] == "group" else None,
                person_id=people[drawn["person"]] if of_person else None,
                has_responsibility=drawn["responsible"],
                has_care=drawn["care"],
                ended_at=unit.now if drawn["ended"] else None,
                source_id=None,
                sealed=None,
                made_at=unit.now,
                made_by=None,
                **dates(drawn),
            )
        for drawn in world["restrictions"]:
            unit.insert(
                Restriction,
                id=new_id(),
                pupil_id=pupils[drawn["pupil"]],
                person_id=people[drawn["person"]],
                kind="no_access",
                review_on=clock.today(),
                sealed=b"",
                made_at=unit.now,
                made_by=people[0],
                lift_asked_by=None,
                lift_asked_at=None,
                lifted_by=None,
                lifted_at=unit.now if drawn["lifted"] else None,
            )
    return people


def opens(cast, person_id, pupil_id, permission):
    try:
        with looking(cast.store, Actor(person_id=person_id)) as unit:
            gate.require(unit, permission, pupil_id)
    except (NotFound, NotAllowed) as refusal:
        refusal.denial = None
        return False
    return True


def test_a_list_holds_exactly_the_pupils_whose_page_opens(fresh_database, engine_name):
    cast = Cast(fresh_database())
    for place in ("one", "two", "three"):
        cast.school(place)
    for pupil in ("ava", "ben", "cleo"):
        cast.pupil(pupil, "one")
    cast.teaching_group("1A", "one", {}, [])
    examples = 60 if engine_name == "sqlite" else 15
    seen = {"listed": 0}

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck), deadline=None)
    @given(worlds)
    def agree(world):
        for person_id in lay_out(cast, world):
            for permission in (
                Permission.PUPIL_READ,
                Permission.PLAN_READ,
                Permission.DRAFT_WRITE,
                Permission.ASSESSMENT_DECIDE,
                Permission.MUST_KNOW_READ,
            ):
                with cast.making() as unit:
                    rows = gate.visible_pupils(person_id, permission, unit.today)
                    listed = set(unit.connection.scalars(rows))
                opened = {
                    pupil_id
                    for pupil_id in cast.pupils.values()
                    if opens(cast, person_id, pupil_id, permission)
                }
                assert listed == opened, permission
                seen["listed"] += len(listed)

    agree()
    cast.close()
    assert seen["listed"] > 0
