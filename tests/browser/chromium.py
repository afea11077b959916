"""Which Chromium draws the pages, and how it is started."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from playwright._impl._driver import compute_driver_executable

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


def driver_fault() -> str | None:
    """Why Playwright's driver, a program of its own, does not start here; None where it does."""
    node, _ = compute_driver_executable()
    tried = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    if tried.returncode == 0:
        return None
    return (
        f"Playwright's driver does not start (on Debian: apt-get install libatomic1): {tried.stderr.strip()}"
    )
