"""Finding a pupil among all those one may see, in every school one works at."""

from __future__ import annotations

from isp.audit import Unit
from isp.caseload.positions import Post
from isp.register import listing
from isp.register.listing import School
from isp.register.pupils import PupilName

SHORTEST = 2
"""Letters: fewer find half the school."""
MOST = listing.AT_ONCE


def find(unit: Unit, posts: tuple[Post, ...], words: str) -> list[PupilName]:
    """Pupils whose name has every word typed, by surname; each school's list is remembered as one view."""
    found: list[PupilName] = []
    for post in posts:
        found += listing.search(unit, School(post.organisation_id, post.organisation, post.role), words)
    found.sort(key=lambda name: name.sort_key)
    return found
