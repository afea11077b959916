"""The room's pages. Each module registers its routes on the one blueprint when it is imported."""

from __future__ import annotations

from isp.caseload.pages import classes, family, history, home, messages, performance, pupil, to_write
from isp.caseload.pages.blueprint import pages

__all__ = ["classes", "family", "history", "home", "messages", "pages", "performance", "pupil", "to_write"]
