"""What the fonts can draw, read from the fonts themselves.

A PDF/UA document may not hold a letter that no font draws: the typesetter refuses the whole of it. So what
cannot be drawn is marked before, and the document says how many letters it left out.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
FAMILIES = (
    "Noto Sans",
    "Noto Naskh Arabic",
    "Noto Sans Bengali",
    "Noto Sans Ethiopic",
    "Noto Sans Gujarati",
    "Noto Sans Gurmukhi",
    "Noto Sans Hebrew",
    "Noto Sans Tamil",
    "Noto Emoji",
    "Noto Sans Math",
    "Noto Sans Symbols 2",
)
"""In the order in which they are asked for a letter."""
MARK = "\N{REPLACEMENT CHARACTER}"
"""Stands where a letter cannot be drawn."""
_UNSEEN = frozenset("\t\n\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f")
"""Drawn as nothing: line ends, joiners, marks of direction, and which form an emoji takes."""
_NO_LETTERS = (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
_PASTED: dict[int, str | None] = {
    **dict.fromkeys(_NO_LETTERS),
    **dict.fromkeys(map(ord, "\v\f\x85\u2028\u2029"), "\n"),
    **{ord(letter): letter for letter in "\t\n"},
    0xF0B7: "•",
    0xF0A7: "▪",
    0xF0D8: "➢",
    0xF0FC: "✓",
    0xF0E0: "→",
}
"""What is no letter and may stand in no PDF/UA document, or would turn a line round, goes. Other programs'
line ends are line ends. Word processors' bullets and ticks, in a font of their own, are drawn as such."""


def drawable(text: str) -> tuple[str, int]:
    """The text as it can be drawn, and how many letters of it had to be marked."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_PASTED)
    if text.isascii():
        return text, 0
    known = covered()
    kept = [letter if _is_drawn(letter, known) else MARK for letter in text]
    return "".join(kept), sum(1 for before, after in zip(text, kept, strict=True) if before != after)


def _is_drawn(letter: str, known: frozenset[int]) -> bool:
    return ord(letter) in known or letter in _UNSEEN or unicodedata.category(letter) == "Zs"


@cache
def covered() -> frozenset[int]:
    """Every code point that one of the fonts draws."""
    return frozenset(code for file in sorted(FONTS.glob("*.ttf")) for code in _mapped(file.read_bytes()))


def _mapped(font: bytes) -> Iterator[int]:
    """The code points of a TrueType font's character map, formats 4 and 12."""
    count = struct.unpack_from(">H", font, 4)[0]
    tables = (struct.unpack_from(">4sLLL", font, 12 + 16 * at) for at in range(count))
    start = next(offset for tag, _, offset, _ in tables if tag == b"cmap")
    for at in range(struct.unpack_from(">H", font, start + 2)[0]):
        place = start + struct.unpack_from(">L", font, start + 4 + 8 * at + 4)[0]
        form = struct.unpack_from(">H", font, place)[0]
        if form == 12:
            yield from _format_12(font, place)
        elif form == 4:
            yield from _format_4(font, place)


def _format_12(font: bytes, place: int) -> Iterator[int]:
    for at in range(struct.unpack_from(">L", font, place + 12)[0]):
        first, last, glyph = struct.unpack_from(">LLL", font, place + 16 + 12 * at)
        # Glyph 0 is the box that stands for "no such letter".
        yield from range(first + (glyph == 0), last + 1)


def _format_4(font: bytes, place: int) -> Iterator[int]:
    half = struct.unpack_from(">H", font, place + 6)[0] // 2
    ends = struct.unpack_from(f">{half}H", font, place + 14)
    starts = struct.unpack_from(f">{half}H", font, place + 16 + 2 * half)
    deltas = struct.unpack_from(f">{half}H", font, place + 16 + 4 * half)
    offsets = struct.unpack_from(f">{half}H", font, place + 16 + 6 * half)
    for at, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code + deltas[at]
            if offsets[at]:
                where = place + 16 + 6 * half + 2 * at + offsets[at] + 2 * (code - first)
                found = struct.unpack_from(">H", font, where)[0]
                glyph = found + deltas[at] if found else 0
            if glyph % 65_536:
                yield code
