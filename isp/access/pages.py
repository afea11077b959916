"""The pages of this room, on one blueprint."""

from isp.access.office import staff_pages, text_pages
from isp.access.office.blueprint import pages

__all__ = ["pages", "staff_pages", "text_pages"]
