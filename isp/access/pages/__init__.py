"""The pages of an organisation's own affairs, on the blueprint ``pages``, named "office".

``staff`` (colleagues, their roles, a leaver's work) and ``words`` (help, contact, privacy, accessibility,
and settings, where an organisation changes what is its own).
"""

from isp.access.pages import staff, words
from isp.access.pages.blueprint import pages

__all__ = ["pages", "staff", "words"]
