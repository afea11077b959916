"""What every page a browser reaches must pass: axe-core's rules, reflow, and text that can be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""WCAG 2.2 AA, and what axe-core calls good practice: landmarks, headings in order, one main part."""
READS = Path(__file__).with_name("legible.js").read_text("utf-8")


def axe(page: Page) -> None:
    """Fail on any breach of WCAG 2.2 AA or of good practice on the page as it stands."""
    options = {"runOnly": {"type": "tag", "values": [*RULES]}, "resultTypes": ["violations"]}
    page.wait_for_load_state()  # a press has gone somewhere, and what it went to may still be coming
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
    assert not found, f"{page.url} is not accessible:\n{report(found)}"


def report(violations: Iterable[Mapping[str, Any]]) -> str:
    """Each violation in two lines or more: the rule, then every element with what to mend."""
    lines = []
    for violation in violations:
        lines.append(f"- {violation['id']} ({violation['impact']}): {violation['help']}")
        for node in violation["nodes"]:
            lines.append(f"    {' '.join(map(str, node['target']))}: {node['html'][:160]}")
            lines += [f"        {check['message']}" for check in [*node["any"], *node["all"], *node["none"]]]
    return "\n".join(lines)


def legible(page: Page, percent: int = 100) -> None:
    """Fail where words are cut off, lie upon one another, leave their button or do not grow with the text.

    ``percent``: how large the text is drawn meanwhile (WCAG 1.4.4 asks for 200). What is folded away is
    opened meanwhile too.
    """
    found = page.evaluate(READS, percent)
    assert not found, f"{page.url} cannot be read at {percent} % text:\n" + "\n".join(found)


def reflows(page: Page) -> None:
    """Fail where the page must be scrolled sideways to be read (WCAG 1.4.10, at 320 CSS pixels)."""
    page.wait_for_load_state()
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 800})
    try:
        excess = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert excess <= 0, f"{page.url} is {excess} pixels wider than a narrow window"
    finally:
        if size:
            page.set_viewport_size(size)
