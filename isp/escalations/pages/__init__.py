"""The pages of this room: ``requesting`` for the school and the family, ``cases`` for the authority."""

from isp.escalations.pages import cases, requesting
from isp.escalations.pages.blueprint import pages

__all__ = ["cases", "pages", "requesting"]
