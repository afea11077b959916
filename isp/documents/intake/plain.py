"""Plain text: UTF-8 without control characters, and nothing that a program would take for markup."""

from __future__ import annotations

import codecs
import re
from typing import IO

from isp.documents.intake.refusing import Refused

_PIECE = 1 << 20
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"<\s*(?:[!?/]|[a-z])", re.IGNORECASE)
_BEGINS = ("%pdf", "#!", "{\\rtf", "mz", "%!ps")


def is_text(stream: IO[bytes]) -> bool:
    """Whether all of it is text in UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while piece := stream.read(_PIECE):
            if _CONTROL.search(decoder.decode(piece)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def check(stream: IO[bytes]) -> None:
    """Raise Refused where it begins as a script does, or has markup in it anywhere."""
    stream.seek(0)
    last = ""
    first = True
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    while piece := stream.read(_PIECE):
        text = last + decoder.decode(piece)
        if first and text.lstrip().lower().startswith(_BEGINS):
            raise Refused("This is a program or another kind of file, not plain text, so it is not taken.")
        if _MARKUP.search(text):
            raise Refused(
                "This text has marks of a web page in it (such as <b>), which could run something. "
                "Take them out, or save it as PDF, and choose it again."
            )
        first, last = False, text[-16:]
