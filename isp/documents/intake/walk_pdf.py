"""Says what a PDF could do: a program of its own, which ``pdfs`` starts for each file.

A few kilobytes may unpack to any number of gigabytes, and the library that unpacks them is written in C++: so
it does it in a process that may take so much memory and so long, and that holds no key and no connection.
Imports nothing of ours. Reads the PDF on standard input; writes one word and, after a colon, what it found.
"""

from __future__ import annotations

import io
import resource
import sys
from collections.abc import Iterator
from typing import Any

import pikepdf

MOST_MEMORY = 1024 * 1024 * 1024
MOST_SECONDS = 20
MOST_OBJECTS = 200_000
MOST_DEEP = 60

_SCRIPT, _FILES, _FILM = "a script", "other files", "a film or a program"
_KEYS = {
    "/JS": _SCRIPT,
    "/JavaScript": _SCRIPT,
    "/XFA": "a form with scripts",
    "/EmbeddedFiles": _FILES,
    "/EF": _FILES,
    "/RichMedia": _FILM,
}
_ACTIONS = {
    "/JavaScript": _SCRIPT,
    "/Launch": "a command that starts a program",
    "/ImportData": "a command that reads files",
    "/SubmitForm": "a command that sends what is typed",
    "/GoToE": _FILES,
    "/GoToR": "a command that opens another file",
    "/Rendition": _FILM,
    "/Movie": _FILM,
    "/Sound": _FILM,
}
_KINDS = {
    "/EmbeddedFile": _FILES,
    "/FileAttachment": _FILES,
    "/RichMedia": _FILM,
    "/Screen": _FILM,
    "/Movie": _FILM,
    "/3D": _FILM,
}


def bound() -> None:
    """Let this process have so much and no more."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def look(data: bytes) -> str:
    """fine, doing (with what), locked, parts or damaged."""
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as pdf:
            if len(pdf.objects) > MOST_OBJECTS:
                return "parts"
            found = next(_doing(pdf), None)
            # What cannot be unpacked counts there as nothing, and another program may unpack it.
            if any("decoding" in str(one) for one in pdf.get_warnings()):
                return "damaged"
    except pikepdf.PasswordError:
        return "locked"
    except (pikepdf.PdfError, RecursionError, ValueError, TypeError, RuntimeError, MemoryError):
        return "damaged"
    return f"doing:{found}" if found else "fine"


def _doing(pdf: pikepdf.Pdf) -> Iterator[str]:
    """What the objects of a PDF could do, in words."""
    for thing in (pdf.trailer, *pdf.objects):
        yield from _within(thing, 0)


def _within(thing: Any, depth: int) -> Iterator[str]:
    if depth > MOST_DEEP:
        yield "parts nested too deep"
    elif isinstance(thing, pikepdf.Array):
        for inner in thing:
            if not _lies_elsewhere(inner):
                yield from _within(inner, depth + 1)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        words = thing if isinstance(thing, pikepdf.Dictionary) else thing.stream_dict
        for key in words.keys():  # noqa: SIM118 (it is no mapping)
            value = words[key]
            yield from _said(key, str(value) if isinstance(value, pikepdf.Name) else "")
            if not _lies_elsewhere(value):
                yield from _within(value, depth + 1)


def _said(key: str, name: str) -> Iterator[str]:
    """What one entry of a dictionary could do."""
    found = _KEYS.get(key) or (_ACTIONS.get(name) if key == "/S" else None)
    if not found and key in ("/Type", "/Subtype"):
        found = _KINDS.get(name)
    if found:
        yield found


def _lies_elsewhere(value: Any) -> bool:
    """Whether it is met by itself among the objects."""
    return isinstance(value, pikepdf.Object) and value.is_indirect


if __name__ == "__main__":
    bound()
    sys.stdout.write(look(sys.stdin.buffer.read()))
