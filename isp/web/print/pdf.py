"""A paper as a PDF: Typst gets the words as JSON and the look from templates/print."""

from __future__ import annotations

import json
import re
import threading
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any

import typst

from isp.web.print import direction
from isp.web.print.coverage import FAMILIES, FONTS, MARK, drawable
from isp.web.print.paper import (
    CARE,
    Answers,
    Block,
    Box,
    Bullets,
    Contents,
    Heading,
    Inside,
    Marked,
    NewPage,
    Note,
    Paper,
    Run,
    Table,
    Text,
)

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "print"
MOST_COLUMNS_LARGE = 2
"""Columns of a table that a line of 18 point letters holds; a wider table is read row by row."""
_LONG_WORD = re.compile("[!-~\u00c0-\u024f]{41,}")
"""An address, or a key that was leant on: without a place to break, it would run off the page."""
_LETTERS = re.compile(".{20}")
_LINE = 60
"""Letters that a line end counts for, where the length of a text stands for its height."""
_TOGETHER = 1_200
"""Letters that stay on one page: a third of it at most, for what does not fit a page would be cut off."""
_FIRST, _LAST = 3, 2
"""Answers that are not parted from their heading, or carried over to a page by themselves."""
_REMEMBERED = 12
"""Documents after which the compiler forgets one; it says ten."""
_one_at_a_time = threading.Lock()


def as_pdf(paper: Paper, *, large: bool = False) -> bytes:
    """The paper as a PDF/UA-1 document; ``large``: every letter of it in 18 point or more."""
    saying = _Saying(large)
    blocks = saying.all_blocks(() if paper.full else paper.blocks)
    full, short = ([saying.all_blocks(side) for side in sides] for sides in (paper.full, paper.short))
    remarks = [saying.block(Note(left_out(saying.marked)))] if saying.marked else []
    data = {
        "title": drawable(paper.title)[0],
        "heading": saying.said(paper.kind),
        "caption": saying.said(paper.caption) if paper.caption else None,
        "stamp": {
            "what": saying.said(paper.stamp.what),
            "printed": saying.said(paper.stamp.printed),
            "care": saying.said(CARE),
        },
        "blocks": [*blocks, *remarks],
        "full": full,
        "short": short,
        "remarks": remarks,
        "large": large,
        "landscape": paper.landscape and not large,
        "fonts": FAMILIES,
    }
    with _one_at_a_time:  # the compiler works for one caller at a time
        try:
            made = _compiler().compile(
                input=str(TEMPLATES / f"{paper.layout}.typ"),
                format="pdf",
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                pdf_standards=["ua-1"],
                timestamp=int(paper.stamp.at.astimezone(UTC).timestamp()),
            )
        finally:
            _forget()
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave back pages instead of a document")
    return made


def left_out(count: int) -> str:
    """What a document says of letters that it could not draw."""
    letters = "1 letter" if count == 1 else f"{count:,} letters"
    return f"{letters} could not be drawn on paper, marked {MARK}. Read it on screen to see all of it."


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(
        root=str(TEMPLATES),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,  # the same pages on every machine
    )


def _forget() -> None:
    """Have the compiler let go of what it kept of the last document.

    It remembers what it typeset, in case the same is wanted again, until so many others have come. Nobody
    wants the same plan twice in a minute; a child's words do not belong in a server's memory for hours, and
    with heavy plans what it kept came to 300 MB. Empty pages push it out, in less than a millisecond.
    """
    for _ in range(_REMEMBERED):
        _compiler().compile(input=str(TEMPLATES / "nothing.typ"), format="svg")


class _Saying:
    """Blocks as the templates read them, and how many letters had to be marked."""

    def __init__(self, large: bool) -> None:
        self.large = large
        self.marked = 0

    def said(self, words: str) -> dict[str, Any]:
        text, marked = drawable(words)
        text = _LONG_WORD.sub(lambda word: _LETTERS.sub("\\g<0>\u200b", word[0]), text)
        self.marked += marked
        paragraphs = [part.split("\n") for part in text.split("\n\n")]
        return {"paragraphs": paragraphs, **direction.of(text)}

    def all(self, texts: tuple[str, ...]) -> list[dict[str, Any]]:
        return [self.said(one) for one in texts]

    def all_blocks(self, blocks: tuple[Block, ...]) -> list[dict[str, Any]]:
        return [self.block(one) for one in blocks]

    def block(self, one: Block) -> dict[str, Any]:
        match one:
            case Heading(text, level, anchor):
                # A heading with nothing in it is refused by the typesetter.
                said = self.said(text if drawable(text)[0].strip() else "–")
                return {"sort": "heading", "level": level, "text": said, "anchor": anchor or None}
            case Text(text):
                return {"sort": "text", "text": self.said(text)}
            case Note(text):
                return {"sort": "note", "text": self.said(text)}
            case Bullets(texts):
                return {"sort": "bullets", "texts": self.all(texts)}
            case Answers(answers):
                return self.answers(answers)
            case Table():
                return self.table(one)
            case Contents(head, rows, widths):
                return {
                    "sort": "contents",
                    "head": self.all((*head, "Page")),
                    "rows": [{"anchor": anchor, "cells": self.all(cells)} for anchor, cells in rows],
                    "widths": widths,
                }
            case Marked(runs):
                return {"sort": "marked", "runs": [self.run(each) for each in runs]}
            case Inside(blocks):
                return {"sort": "inside", "blocks": self.all_blocks(blocks)}
            case Box(blocks):
                return {"sort": "box", "blocks": self.all_blocks(blocks)}
            case NewPage():
                return {"sort": "page"}

    def run(self, one: Run) -> dict[str, Any]:
        marks = {name: getattr(one, name) for name in ("bold", "italic", "underline", "strike")}
        return {"text": self.said(one.text), **marks}

    def answers(self, answers: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, Any]:
        groups = []
        for keep, some in _groups(answers):
            listed = [{"label": self.said(label), "texts": self.all(texts)} for label, texts in some]
            groups.append({"keep": keep, "answers": listed})
        return {"sort": "answers", "groups": groups}

    def table(self, one: Table) -> dict[str, Any]:
        if self.large and len(one.head) > MOST_COLUMNS_LARGE:
            rows = [self.row(one, row) for row in one.rows]
            return {"sort": "rows", "rows": rows}
        widths = one.widths or (1,) * len(one.head)
        return {
            "sort": "table",
            "head": self.all(one.head),
            "rows": [
                {"keep": _keeps_together(row, widths), "cells": [self.all(cell) for cell in row]}
                for row in one.rows
            ],
            "widths": widths,
            "row-heads": one.row_heads,
        }

    def row(self, one: Table, row: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
        """A row to be read by itself: what it is about, and its cells under their headings."""
        skip = 1 if one.row_heads else 0
        cells = tuple((head, cell) for head, cell in zip(one.head, row, strict=True) if any(cell))
        return {"head": self.all(row[0]) if skip else [], **self.answers(cells[skip:])}


_Answered = tuple[tuple[str, tuple[str, ...]], ...]


def _groups(answers: _Answered) -> list[tuple[bool, _Answered]]:
    """Answers in order, and which of them stay on one page: the first few, the last two; all where few."""
    if _height(answers) <= _TOGETHER / 2:
        return [(True, answers)]
    first = _FIRST if _height(answers[:_FIRST]) <= _TOGETHER else 0
    last = _LAST if _height(answers[-_LAST:]) <= _TOGETHER else 0
    if len(answers) <= first + last:
        return [(False, answers)]
    end = len(answers) - last
    cut = ((True, answers[:first]), (False, answers[first:end]), (True, answers[end:]))
    return [(keep, some) for keep, some in cut if some]


def _height(answers: _Answered) -> int:
    return sum(_LINE + sum(_length(text) for text in texts) for _, texts in answers)


def _length(text: str) -> int:
    return len(text) + _LINE * text.count("\n")


def _keeps_together(row: tuple[tuple[str, ...], ...], widths: tuple[int, ...]) -> bool:
    """Whether a row of a table is short enough to stay on one page."""
    line = 1 / sum(widths)
    return all(
        sum(_LINE * width * line + _length(text) for text in cell) <= _TOGETHER * width * line
        for cell, width in zip(row, widths, strict=True)
    )
