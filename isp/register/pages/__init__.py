"""The register's pages: pupils, who is around them, classes, the calendar, and files to bring in.

Lives here: ``pupil_list``, ``details`` (a pupil's details, leaving and coming back), ``people`` (who is
around a child), ``restrictions`` and ``apart`` (what takes two people), ``classes`` and ``days`` (settings),
``files`` (bringing in). The blueprint is ``pages``, named "register". A pupil's main page belongs to the
caseload room.
"""

from __future__ import annotations

from isp.register.pages.apart import ask_to_read_apart
from isp.register.pages.blueprint import pages
from isp.register.pages.classes import classes
from isp.register.pages.days import calendar
from isp.register.pages.details import details
from isp.register.pages.files import imports
from isp.register.pages.people import people
from isp.register.pages.pupil_list import pupil_list
from isp.register.pages.restrictions import restrict

# Importing a module of pages registers its routes; naming a page of each keeps the import.
__all__ = [
    "ask_to_read_apart",
    "calendar",
    "classes",
    "details",
    "imports",
    "pages",
    "people",
    "pupil_list",
    "restrict",
]
