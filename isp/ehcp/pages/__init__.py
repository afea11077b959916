"""Pages about EHC plans: reading, writing, signing off, checks, bringing in, paper."""

from isp.ehcp.pages import agreeing, bringing, checking, deciding, editing, papers, reading
from isp.ehcp.pages.blueprint import pages

__all__ = ["agreeing", "bringing", "checking", "deciding", "editing", "pages", "papers", "reading"]
