"""CSV on the way out, opened by a spreadsheet without anything in it being calculated."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

# What Excel, LibreOffice and Sheets take for the start of a formula, the full-width forms included; a tab
# or a line break at the start is skipped by some of them before they look.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | date | bool | None


def neutral(text: str) -> str:
    """`text` with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_STARTS) or text.lstrip().startswith(_STARTS) else text


def _cell(value: Cell) -> str | int:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return value if isinstance(value, int) else neutral(value)


def write(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file: UTF-8 with the mark that makes Excel read it so, commas, CRLF. Dates are dd/mm/yyyy.

    Text that a spreadsheet would calculate gets an apostrophe in front; numbers stay numbers. Raises
    ValueError when a row has not as many cells as there are headers.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(header) for header in headers])
    for row in rows:
        if len(row) != len(headers):
            raise ValueError(f"a row of {len(row)} cells under {len(headers)} headers")
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")
