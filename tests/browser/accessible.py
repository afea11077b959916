"""What every page a browser reaches must pass: axe-core's rules for WCAG 2.2 AA, and reflow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
ADVICE = ("best-practice",)


def axe(page: Page) -> None:
    """Fail on any breach of WCAG 2.2 AA on the page as it stands; print what is only good practice."""
    options = {"runOnly": {"type": "tag", "values": [*WCAG, *ADVICE]}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    breaches = [violation for violation in found if set(violation["tags"]) & set(WCAG)]
    advice = [violation for violation in found if violation not in breaches]
    if advice:
        print(f"Good practice, {page.url}:\n{report(advice)}")
    assert not breaches, f"{page.url} breaks WCAG 2.2 AA:\n{report(breaches)}"


def report(violations: Iterable[Mapping[str, Any]]) -> str:
    """Each violation in two lines or more: the rule, then every element with what to mend."""
    lines = []
    for violation in violations:
        lines.append(f"- {violation['id']} ({violation['impact']}): {violation['help']}")
        for node in violation["nodes"]:
            lines.append(f"    {' '.join(map(str, node['target']))}: {node['html'][:160]}")
            lines += [f"        {check['message']}" for check in [*node["any"], *node["all"], *node["none"]]]
    return "\n".join(lines)


def reflows(page: Page) -> None:
    """Fail where the page must be scrolled sideways to be read (WCAG 1.4.10, at 320 CSS pixels)."""
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
