"""The pages of reviews: planning one and who is asked, the meeting, closing it, lists, the cycles,
and why one was not held.

The blueprint is ``pages``, named "reviews".
"""

from __future__ import annotations

from isp.reviews.pages.blueprint import pages
from isp.reviews.pages.chain import cycles
from isp.reviews.pages.closing import closing
from isp.reviews.pages.inviting import invite
from isp.reviews.pages.listing import reviews
from isp.reviews.pages.meeting import meeting
from isp.reviews.pages.not_held import not_held
from isp.reviews.pages.planning import new_review

# Importing a module of pages registers its routes; naming a page of each keeps the import.
__all__ = ["closing", "cycles", "invite", "meeting", "new_review", "not_held", "pages", "reviews"]
