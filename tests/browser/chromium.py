"""Which Chromium draws the pages, and how it is started."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "No Chromium: 'apt-get install chromium' (Debian), '.venv/bin/playwright install chromium', "
    "or name one in ISP_TEST_CHROMIUM."
)
# It looks nothing up, updates nothing and signs in nowhere: these tests are about our pages alone.
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find(own: str) -> str | None:
    """The browser to start: the one somebody names, an installed one, or ``own``, Playwright's.

    A name that leads nowhere is an answer too: None, rather than quietly another browser.
    """
    named = os.environ.get("ISP_TEST_CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    installed = (shutil.which(name) for name in NAMES)
    return next((path for path in installed if path), None) or (own if Path(own).exists() else None)


def arguments() -> list[str]:
    """How to start it; as root Chromium refuses to run in its sandbox."""
    return ["--no-sandbox", *QUIET] if os.geteuid() == 0 else QUIET
