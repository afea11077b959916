"""In which direction a text is read, and in which language a screen reader should say it."""

from __future__ import annotations

import unicodedata

_URDU = frozenset("ٹڈڑںےۓھہۂ")
"""Letters that Urdu has and Arabic has not."""


def of(text: str) -> dict[str, str]:
    """``dir`` and, for a text from right to left, ``lang``: by its first letter that has a direction."""
    if text.isascii():
        return {"dir": "ltr", "lang": "en"}
    for letter in text:
        sort = unicodedata.bidirectional(letter)
        if sort == "L":
            break
        if sort in ("R", "AL"):
            return {"dir": "rtl", "lang": _language(text, hebrew=sort == "R")}
    return {"dir": "ltr", "lang": "en"}


def _language(text: str, *, hebrew: bool) -> str:
    if hebrew:
        return "he"
    return "ur" if _URDU.intersection(text) else "ar"
