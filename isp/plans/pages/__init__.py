"""The pages of a plan: reading it and its versions, writing the next, and deciding what becomes of it.

Lives here: ``reading`` (versions, compare, as it stood), ``editing`` (the draft, a section at a time),
``settling`` (two people's words, undo), ``deciding`` (finalise, put aside, withdraw, end, an earlier plan).
The blueprint is ``pages``, named "plans".
"""

from __future__ import annotations

from isp.plans.pages.blueprint import pages
from isp.plans.pages.deciding import finalise
from isp.plans.pages.editing import edit
from isp.plans.pages.reading import plan
from isp.plans.pages.settling import settle

# Importing a module of pages registers its routes; naming a page of each keeps the import.
__all__ = ["edit", "finalise", "pages", "plan", "settle"]
