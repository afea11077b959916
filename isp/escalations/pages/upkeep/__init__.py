"""``plan`` for one plan and one review, ``deeds`` for what is done about them, ``listing`` for many.

``disputing``: mediation and appeals about a plan; ``out``: children out of school.
"""

from isp.escalations.pages.upkeep import deeds, disputing, listing, out, plan
from isp.escalations.pages.upkeep.blueprint import pages

__all__ = ["deeds", "disputing", "listing", "out", "pages", "plan"]
