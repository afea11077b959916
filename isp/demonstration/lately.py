"""What goes on in these weeks, in words: reviews, questions to teachers, notes, papers."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@cache
def lately() -> MappingProxyType[str, Any]:
    """``data/lately.toml``, by its headings."""
    text = (files("isp.demonstration") / "data" / "lately.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))
