"""The blueprint, and what several of the room's pages share."""

from __future__ import annotations

from flask import Blueprint, request

from isp.access.policy import Permission
from isp.web.filters import date_words

pages = Blueprint("caseload", __name__)


def wants_fragment() -> bool:
    """Whether a script of ours asks for a part of the page."""
    return request.headers.get("X-Fragment") == "1"


__all__ = ["Permission", "date_words", "pages", "wants_fragment"]
