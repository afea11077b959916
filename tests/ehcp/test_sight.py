"""Who reads which sections of an EHC plan: as the grid has it, before anything is shown."""

from __future__ import annotations

import pytest

from isp.access.policy import Permission
from isp.ehcp.rules import Sort
from isp.kernel.errors import NotFound
from isp.people.roles import Role
from tests.ehcp.world import Desk, advised, ready_content, with_health

EVERY = "a b c d e f g h1 h2 i j k"
AT_SCHOOL = "a b c d e f g h1 h2 i"
"""Not the personal budget, nor the advice: the family's and the authority's."""
NO_CARE = "a b c e f g i"


@pytest.mark.parametrize(
    ("who", "sections"),
    [
        ("sara", NO_CARE),
        ("tom", "a b e f"),
        ("tia", "a b e f"),
        ("hal", "a b e f i"),
        ("leo", "a b c d e f g h1 h2 i"),
        ("pam", EVERY),
        ("olli", EVERY),
        ("mia", EVERY),
        ("eve", "a b c d e f g h1 h2 i"),
        ("wes", "a b c d e f g h1 h2 i"),
        ("olga", "NotAllowed"),
        ("dora", "NotAllowed"),
        ("carl", "NotAllowed"),
        ("sid", "NotFound"),
        ("stan", "NotFound"),
        ("nora", "NotFound"),
    ],
)
def test_each_reads_the_sections_of_the_grid(desk: Desk, who: str, sections: str) -> None:
    desk.open(ready_content())
    desk.release(desk.publish(Sort.FINAL))
    assert desk.sections(who) == sections


@pytest.mark.parametrize("who", ["eve", "wes"])
def test_whoever_is_asked_for_advice_reads_no_version_that_was_not_released_for_it(
    desk: Desk, who: str
) -> None:
    desk.open(ready_content())
    desk.publish(Sort.FINAL)
    assert desk.sections(who) == "NotFound"


@pytest.mark.parametrize("letter", ["d", "f", "g", "h"])
def test_only_health_and_care_advice_lead_to_the_sections_of_the_plan(desk: Desk, letter: str) -> None:
    from isp.ehcp import queries

    desk.open(ready_content())
    desk.cast.member("ines", "northshire", Role.PSYCHOLOGIST_OR_THERAPIST)
    advised(desk.cast, desk.lay_plan("ben"), "ava", ines="c")
    advised(desk.cast, desk.plan, "ava", ines=letter)
    for permission in (Permission.EHCP_READ, Permission.EHCP_WRITE, Permission.EHCP_SIGN):
        with desk.cast.looking("ines") as unit, pytest.raises(NotFound):
            queries.allowed(unit, desk.plan, permission)
        with desk.cast.looking("eve") as unit:
            queries.allowed(unit, desk.plan, permission)


def test_the_senco_of_the_named_school_reads_the_care_sections(desk: Desk) -> None:
    desk.open(ready_content())
    desk.publish()
    desk.name_setting("elmfield")
    assert desk.sections("sara") == NO_CARE
    desk.name_setting("oakfield")
    assert desk.sections("sara") == AT_SCHOOL


def test_whom_another_authority_asked_for_advice_is_a_stranger_to_the_plan(desk: Desk) -> None:
    desk.open(ready_content())
    desk.release(desk.publish())
    southshire = desk.cast.places["southshire"]
    for name, role in (("carol", Role.PSYCHOLOGIST_OR_THERAPIST), ("colin", Role.SOCIAL_WORKER)):
        desk.cast.member(name, "southshire", role)
        desk.cast.tie("ava", "adviser", person_id=desk.cast.people[name], organisation_id=southshire)
        assert desk.sections(name) == "NotFound"
    assert desk.sections("eve") == "a b c d e f g h1 h2 i"


def test_links_into_a_section_out_of_sight_are_taken_out(desk: Desk) -> None:
    made = with_health(ready_content())
    made["sections"]["c"]["items"][0]["needs"] = [made["sections"]["b"]["items"][0]["id"]]
    desk.open(made)
    desk.name()
    desk.sign()
    desk.publish()
    from isp.ehcp import queries

    with desk.cast.looking("tom") as unit:
        seen = queries.read_version(unit, desk.plan).content
    assert "Asthma" not in str(seen)
