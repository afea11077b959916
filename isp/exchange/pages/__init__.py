"""The return's pages."""

from isp.exchange.pages import bringing, mending, sen2  # noqa: F401 they put their pages on the blueprint
from isp.exchange.pages.blueprint import pages

__all__ = ["pages"]
