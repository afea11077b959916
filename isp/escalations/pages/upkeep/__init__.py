"""``plan`` for one plan and one review, ``deeds`` for what is done about them, ``listing`` for many."""

from isp.escalations.pages.upkeep import deeds, listing, out, plan
from isp.escalations.pages.upkeep.blueprint import pages

__all__ = ["deeds", "listing", "out", "pages", "plan"]
