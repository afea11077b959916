"""The plain format in which an organisation writes its own pages. Markup is never interpreted.

    A line that starts with "# " is a heading, with "## " a smaller one.
    Lines that start with "- " are a list.
    An empty line parts paragraphs; a line break inside one stays.
    Web and email addresses become links: https://example.org, office@example.org.
    [Words](https://example.org) makes a link of words; so does [Help](/help) to a page here.

Everything else, HTML included, is shown as the characters it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

LONGEST = 20_000
_LINK = re.compile(
    r"\[(?P<words>[^\[\]\n]{1,200})\]\((?P<target>[^()\s]{1,500})\)"
    r"|(?P<address>https?://[^\s<>\"']{3,500})"
    r"|(?P<email>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})"
)
_ALLOWED = re.compile(r"https?://[^\s]+|mailto:[^\s]+|tel:[+\d][\d ]*|/(?![/\\])[^\s\\]*")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text; ``href`` where it is a link."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (level 2 or 3), a paragraph (its lines) or a list (its items), each made of runs."""

    kind: Literal["heading", "paragraph", "list"]
    lines: tuple[tuple[Run, ...], ...]
    level: int = 0


def read(text: str) -> list[Block]:
    """The blocks of a page."""
    blocks: list[Block] = []
    for chunk in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        _read_chunk(chunk, blocks)
    return blocks


def plainly(text: str) -> str:
    """The same as words alone, for paper: an address stands behind the words that link to it."""
    return "\n\n".join(
        "\n".join(("- " if block.kind == "list" else "") + "".join(map(_said, line)) for line in block.lines)
        for block in read(text)
    )


def _said(run: Run) -> str:
    target = (run.href or "").removeprefix("mailto:").removeprefix("tel:")
    return run.text if target in ("", run.text) else f"{run.text} ({target})"


def _read_chunk(chunk: str, blocks: list[Block]) -> None:
    kind: Literal["paragraph", "list"] = "paragraph"
    held: list[tuple[Run, ...]] = []

    def put_down() -> None:
        if held:
            blocks.append(Block(kind, tuple(held)))
            held.clear()

    for line in chunk.split("\n"):
        words = line.strip()
        if not words:
            continue
        if heading := re.fullmatch(r"(#{1,2})\s+(.+)", words):
            put_down()
            blocks.append(Block("heading", (_runs(heading[2]),), 1 + len(heading[1])))
            continue
        is_item = words.startswith("- ")
        if is_item != (kind == "list"):
            put_down()
            kind = "list" if is_item else "paragraph"
        held.append(_runs(words[2:].strip() if is_item else words))
    put_down()


def _runs(text: str) -> tuple[Run, ...]:
    runs: list[Run] = []
    at = 0
    for found in _LINK.finditer(text):
        run, end = _link(found)
        if run is None:
            continue
        if found.start() > at:
            runs.append(Run(text[at : found.start()]))
        runs.append(run)
        at = end
    if at < len(text):
        runs.append(Run(text[at:]))
    return tuple(runs)


def _link(found: re.Match[str]) -> tuple[Run | None, int]:
    if found["words"]:
        is_safe = _ALLOWED.fullmatch(found["target"])
        return (Run(found["words"], found["target"]) if is_safe else None), found.end()
    if found["email"]:
        return Run(found["email"], f"mailto:{found['email']}"), found.end()
    # A full stop or a bracket after an address belongs to the sentence.
    address = found["address"].rstrip(".,;:!?)")
    return Run(address, address), found.start() + len(address)
