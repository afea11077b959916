"""PDF: kept as it is, where nothing in it runs, opens, sends or holds another file.

What a PDF holds may lie packed inside it where no search of its bytes finds it, so its objects are walked,
by another process (``walk_pdf``).
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import IO

from isp.documents.intake.refusing import Refused

_WALK = Path(__file__).with_name("walk_pdf.py")
_SECONDS = 60
_TAIL = 70_000
_AFTER = 2_048
_AGAIN = "Open it, print it to PDF, and choose that."
_SENTENCES = {
    "locked": (
        "This PDF is locked with a password, so nobody here could read it. "
        "Save it without one, and choose that."
    ),
    "parts": f"This PDF has too many parts to be looked at. {_AGAIN}",
    "damaged": f"This PDF is damaged, so it could not be looked at. {_AGAIN}",
}


def check(stream: IO[bytes]) -> None:
    """Raise Refused where it could do something, cannot be read whole, or is something else as well."""
    _check_ends(stream)
    said, _, what = _looked_at(stream).partition(":")
    if said == "doing":
        raise Refused(
            f"This PDF holds {what}, which could do something on the computer of whoever opens it. {_AGAIN}"
        )
    if said != "fine":
        raise Refused(_SENTENCES.get(said, _SENTENCES["damaged"]))


def _looked_at(stream: IO[bytes]) -> str:
    """What the walk says; nothing where it was too much for it, or took too long."""
    stream.seek(0)
    try:
        done = subprocess.run(  # noqa: S603 our own program, and no shell; the file comes on its standard input
            [sys.executable, "-I", str(_WALK)],
            input=stream.read(),
            capture_output=True,
            timeout=_SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("ascii", "replace") if done.returncode == 0 else ""


def _check_ends(stream: IO[bytes]) -> None:
    """Nothing hangs on behind its end, and it is no archive at the same time."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _TAIL))
    tail = stream.read(_TAIL)
    end = tail.rfind(b"%%EOF")
    stream.seek(0)
    after = tail[end + 5 :] if end >= 0 else tail
    if end < 0 or len(after) > _AFTER or after.strip(b"\r\n\t \x00") or zipfile.is_zipfile(stream):
        raise Refused(
            "This PDF has something else behind its end, or the end is missing. Open it, print it to PDF, "
            "and choose that."
        )
