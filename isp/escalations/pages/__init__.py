"""``requesting`` for the school and the family, ``cases`` for the authority, ``dates`` for everybody."""

from isp.escalations.pages import cases, dates, excusing, requesting
from isp.escalations.pages.blueprint import pages

__all__ = ["cases", "dates", "excusing", "pages", "requesting"]
