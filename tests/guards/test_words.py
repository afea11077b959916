"""What no file of the project may say: where it was made, how, or from which host it installs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.guards.tree import project_files, text_of

# The patterns are written so that this file does not match itself: [x] is x.
RULES = {
    "a path of somebody's machine": re.compile(
        r"(?<![\w./:-])/(?:[h]ome|[U]sers|[r]oot|[w]ork|[o]pt/(?:wheels|pypi))/[\w.-]"
    ),
    "the host of a package index": re.compile(
        r"[p]ypi\.org|[p]ythonhosted\.org|[r]egistry\.npmjs|[r]egistry\.yarnpkg|"
        r"[d]eb\.debian\.org|[c]rates\.io|[r]ubygems\.org|[p]roxy\.golang\.org|"
        r"(?:--index-url|--extra-index-url|--find-links)[ =]"
    ),
    "a word on how the project is made": re.compile(
        r"\b(?:[L]LMs?|[G]PT(?:-\d)?|[C]laude|[A]nthropic|[O]penAI|[C]opilot|[l]anguage models?|"
        r"[A]I[- ]generated|[v]ibe[- ]cod\w+|[s]ub-?agents?|(?:[c]oding|[A]I) (?:[a]gents?|[a]ssistants?)|"
        r"[c]o-[a]uthored-by)\b|"
        r"(?<![-_\w])(?<!user )[a]gents?\b(?=.{0,40}\b(?:[w]rote|[b]uilt|[c]ode[sd]?|[c]ommit\w*)\b)",
        re.IGNORECASE,
    ),
    "the number of an issue": re.compile(r"\b(?:[i]ssues?|[t]ickets?) #?\d+\b|\bcloses #\d+", re.IGNORECASE),
}
# Assets of others, committed as they were published and checked by their sums elsewhere.
ASSETS = re.compile(r"^isp/web/static/(?:govuk|vendor)\b|\.min\.(?:js|css)$")
# American for what people read here in British English; the words of CSS are not looked at.
AMERICAN = re.compile(
    r"\b(?:[o]rganiz(?:e[sd]?|ing|ations?)|[r]ecogniz\w+|[a]uthoriz(?:e[sd]?|ing|ation)|[b]ehaviors?|"
    r"[s]ummariz\w+|[e]nroll(?:ment)s?|[l]icensed? under|[c]atalog)\b"
)


def breaches(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        for rule, pattern in RULES.items():
            if pattern.search(line):
                yield f"line {number}: {rule}: {line.strip()[:90]}"


def test_no_file_says_it():
    found = []
    for path in project_files():
        text = text_of(path)
        if text is not None and not ASSETS.search(path.as_posix()):
            found += [f"{path} {breach}" for breach in breaches(text)]
    assert found == []


def test_people_read_british_english():
    read = [p for p in project_files() if p.suffix in {".html", ".md", ".typ"} and p.name != "LICENSE"]
    found = [f"{path}: {match[0]}" for path in read for match in AMERICAN.finditer(text_of(path) or "")]
    assert found == []


def planted(*parts: str) -> str:
    """Words that this file must not hold, put together when the test runs."""
    return "".join(parts)


@pytest.mark.parametrize(
    "line",
    [
        planted("see /ho", "me/someone/isp"),
        planted("DATA = '/wo", "rk/main'"),
        planted("https://pypi", ".org/simple"),
        planted("--index", "-url somewhere"),
        planted("written by an L", "LM"),
        planted("the ag", "ent that wrote this"),
        planted("fixes issue ", "#12"),
    ],
)
def test_a_planted_breach_is_seen(line):
    assert list(breaches(line)) != []


@pytest.mark.parametrize(
    "line",
    [
        "User-Agent: Mozilla/5.0",
        "the session's user_agent is not kept",
        "href='/home'",
        "the issue at hand, and a travel agent's family",
    ],
)
def test_ordinary_words_pass(line):
    assert list(breaches(line)) == []
