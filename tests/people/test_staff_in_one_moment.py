"""Two who lead a school do the same for one colleague in the same moment: it is done once."""

from __future__ import annotations

from isp.access.office import staffing
from isp.audit.verify import verify
from isp.kernel import clock
from isp.kernel.errors import Conflict
from isp.people.models import Invitation, Membership, Person
from tests.cast import Cast
from tests.people.world import Town
from tests.together import in_one_moment

OAK = "oakfield"
NELL = "nell@cast.example"


def open_roles(town: Town, person_id, role: str) -> int:
    rows = town.rows(Membership)
    return sum(row.person_id == person_id and row.role == role and row.ended_at is None for row in rows)


def test_of_two_reset_links_only_the_later_works(town: Town):
    cast = town.cast
    codes: list[str] = []

    def reset(unit):
        codes.append(staffing.reset(unit, cast.places[OAK], cast.people["tom"]))

    in_one_moment(cast, reset, reset, by=("sara", "hal"))
    assert [town.browser().get(f"/invitation/{code}").status_code for code in codes] == [410, 200]
    now = clock.now()
    live = [i for i in town.rows(Invitation) if not i.used_at and not i.cancelled_at and i.expires_at > now]
    assert len([i for i in live if i.person_id == cast.people["tom"]]) == 1


def test_a_new_colleague_whom_two_invite_is_one_person_and_the_second_is_told(town: Town):
    cast = town.cast
    before = len(town.rows(Person))

    def invite(unit):
        return staffing.invite_colleague(
            unit, cast.places[OAK], given="Nell", family="Newcomer", email=NELL, role="class_teacher"
        )

    second = in_one_moment(cast, invite, invite, by=("sara", "hal"))
    assert isinstance(second, Conflict)
    assert len(town.rows(Person)) == before + 1
    assert verify(cast.store).ok


def test_a_role_that_two_give_is_held_once_so_that_ending_it_ends_it(town: Town):
    cast: Cast = town.cast
    tess = cast.people["tess"]

    def give(unit):
        return staffing.give_another_role(unit, cast.places[OAK], tess, "school_office")

    assert isinstance(in_one_moment(cast, give, give, by=("sara", "hal")), Conflict)
    assert open_roles(town, tess, "school_office") == 1
