"""``plan`` for one plan and one review, ``deeds`` for what is done about them, ``listing`` for many.

``disputing``: mediation and appeals about a plan; ``out``: children out of school; ``list_letter``: the paper
by which a head who is elsewhere has the list of a term's reviews.
"""

from isp.escalations.pages.upkeep import deeds, disputing, list_letter, listing, out, plan
from isp.escalations.pages.upkeep.blueprint import pages

__all__ = ["deeds", "disputing", "list_letter", "listing", "out", "pages", "plan"]
