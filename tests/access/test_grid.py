"""The grid as a text that a non-programmer can review: a change to it shows there."""

from __future__ import annotations

from pathlib import Path

from isp.access import policy
from isp.access.policy import GRID, LENSES, Permission, Standing

GOLDEN = Path(__file__).with_name("grid.txt")


def test_the_grid_is_the_reviewed_one():
    assert policy.as_text() == GOLDEN.read_text("utf-8"), "review the change, then write it into grid.txt"


def test_every_standing_has_a_lens_and_every_permission_a_row():
    assert set(LENSES) == set(Standing)
    assert set(GRID) == set(Permission)


def test_nobody_reads_the_plan_whose_lens_is_empty():
    for standing in GRID[Permission.PLAN_READ]:
        assert LENSES[standing].labels, standing


def test_those_who_see_by_grant_may_write_nothing_of_the_schools():
    writes = (
        Permission.DRAFT_READ,
        Permission.DRAFT_WRITE,
        Permission.PLAN_PUBLISH,
        Permission.PLAN_END,
        Permission.PUPIL_WRITE,
        Permission.TIES_WRITE,
    )
    for permission in writes:
        assert not GRID[permission] & policy.BY_GRANT, permission


def test_families_never_read_a_draft_nor_staffs_words():
    for standing in (Standing.PARENT, Standing.CARER, Standing.YOUNG_PERSON):
        assert standing not in GRID[Permission.DRAFT_READ]
        assert not LENSES[standing].staff
        assert not LENSES[standing].cost
