"""The pages of a plan: reading it and its versions, writing the next, and deciding what becomes of it.

Lives here: ``reading`` (versions, compare, as it stood), ``editing`` (the draft, a section at a time),
``settling`` (two people's words, undo), ``deciding`` (finalise, put aside, withdraw, end, an earlier plan),
``bringing`` (old plans as files),
``starting`` (where a plan and a cycle begin), ``banks`` and ``template_writing`` (what is written from),
``several`` (out of a bank, and many at once), ``countersigning``,
``papers`` (documents beside its entries), ``printing`` (paper and files),
``wording`` (hints, and setting them aside).
The blueprint is ``pages``, named "plans".
"""

from __future__ import annotations

from isp.plans.pages.banks import banks
from isp.plans.pages.blueprint import pages
from isp.plans.pages.bringing import earlier_files
from isp.plans.pages.countersigning import countersign
from isp.plans.pages.deciding import finalise
from isp.plans.pages.editing import edit
from isp.plans.pages.giving import give
from isp.plans.pages.papers import plan_papers
from isp.plans.pages.printing import choose_print
from isp.plans.pages.reading import plan
from isp.plans.pages.settling import settle
from isp.plans.pages.several import review_week
from isp.plans.pages.starting import start
from isp.plans.pages.template_writing import edit_template
from isp.plans.pages.wording import set_aside

# Importing a module of pages registers its routes; naming a page of each keeps the import.
__all__ = [
    "banks",
    "choose_print",
    "countersign",
    "earlier_files",
    "edit",
    "edit_template",
    "finalise",
    "give",
    "pages",
    "plan",
    "plan_papers",
    "review_week",
    "set_aside",
    "settle",
    "start",
]
