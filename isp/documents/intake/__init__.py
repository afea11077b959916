"""What may come in, and as what it is kept. Nothing here knows of databases, pupils or pages.

The type is found in the content, against a list of what is taken; the name's ending must agree. Pictures are
drawn anew; all else is kept byte for byte, once it is sure that opening it runs nothing and calls nowhere.
What is not understood whole is refused, with what to do instead. What is kept was shown to the virus scanner,
where there is one.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

import puremagic

from isp.documents.intake import pdfs, pictures, plain, zipped
from isp.documents.intake.refusing import Refused
from isp.documents.intake.scanning import Scanner
from isp.kernel.errors import Invalid

__all__ = ["ACCEPT", "ACCEPTED", "Scanner", "Taken", "take_in"]

ENDINGS = {
    "pdf": "pdf",
    "docx": "docx",
    "odt": "odt",
    "jpg": "jpeg",
    "jpeg": "jpeg",
    "png": "png",
    "txt": "txt",
}
ACCEPT = ".pdf,.docx,.odt,.jpg,.jpeg,.png,.txt"
"""For the browser. An iPhone gives its photographs as JPEG in any case, and a Mac where it reads this; but a
HEIC picture that was saved among other files comes as it is."""
ACCEPTED = "PDF, Word (.docx), OpenDocument (.odt), a picture (JPEG or PNG) or plain text (.txt)"
_HEAD = 4096

_HEIC = (
    "This is a HEIC picture, which many computers cannot show. On an iPhone or iPad, choose it from the "
    "Photo Library and not from Files: it is then sent as a JPEG, which can be kept. On a computer, open it, "
    "export it as JPEG, and choose that."
)
_SPEAKING = {
    "heic": _HEIC,
    "heif": _HEIC,
    "doc": "This is an old Word file (.doc), which may hold macros. Save it as .docx or PDF, and send that.",
    "docm": "This Word file may hold macros. Save it as .docx or PDF, and send that.",
    "svg": "An SVG drawing can run scripts, so it is not taken. Save it as PNG or PDF, and send that.",
    "html": "A web page can run scripts, so it is not taken. Print it to PDF, and send that.",
    "htm": "A web page can run scripts, so it is not taken. Print it to PDF, and send that.",
    "zip": "Send the files inside one by one, not as a ZIP.",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A file fit to be kept: what it is, how large, and its bytes from the beginning."""

    type: str
    size: int
    stream: IO[bytes]


def take_in(stream: IO[bytes], name: str, most: int, scanner: Scanner | None = None) -> Taken:
    """The file as it is to be kept. Raises Invalid (field ``file``) in words; ``most``: bytes it may have.

    ``name`` is asked for its ending and then forgotten: names of files tell whose they are.
    """
    try:
        taken = _take_in(stream, name, most)
        if scanner is not None:
            scanner.check(taken.stream)
            taken.stream.seek(0)
    except Refused as failure:
        raise Invalid(str(failure), {"file": str(failure)}) from failure
    return taken


def _take_in(stream: IO[bytes], name: str, most: int) -> Taken:
    size = _size(stream)
    if size == 0:
        raise Refused("This file is empty. Open it to see whether it is the right one, and choose it again.")
    if size > most:
        raise Refused(too_large(most))
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    found = _by_content(stream, ending)
    if found != ENDINGS.get(ending):
        raise Refused(
            _SPEAKING.get(ending)
            or f"The name of this file does not end as its content asks. It is {_WORDS[found]}: "
            f"open it in the program it comes from, save it as that, and choose it again."
        )
    kept = _CHECKS[found](stream)
    size = _size(kept)
    if size > most:
        raise Refused(too_large(most))
    kept.seek(0)
    return Taken(found, size, kept)


def too_large(most: int) -> str:
    """The sentence for a file over the limit."""
    return (
        f"This file is too large: at most {most // (1024 * 1024)} MB can be kept. Save it smaller (a scan in "
        "black and white, a picture in medium size) or in several parts, and choose it again."
    )


def _size(stream: IO[bytes]) -> int:
    return stream.seek(0, 2)


def _by_content(stream: IO[bytes], ending: str) -> str:
    """What the content says it is: a code of ``rules.TYPES``. Raises Refused for all else."""
    stream.seek(0)
    head = stream.read(_HEAD)
    for found, begins in (("pdf", b"%PDF-"), ("png", b"\x89PNG\r\n\x1a\n"), ("jpeg", b"\xff\xd8\xff")):
        if head.startswith(begins):
            return found
    if head.startswith(b"PK\x03\x04"):
        return zipped.kind_of(stream)
    if plain.is_text(stream) and ending == "txt":
        return "txt"
    raise Refused(
        _SPEAKING.get(ending)
        or _SPEAKING.get(_guess(head))
        or f"This is no file that can be kept. Choose {ACCEPTED}."
    )


def _guess(head: bytes) -> str:
    """The usual ending of what this begins like, for the sentence that refuses it; empty where unknown."""
    try:
        return str(puremagic.from_string(head)).lstrip(".")
    except (puremagic.PureError, ValueError):
        return ""


_WORDS = {
    "pdf": "a PDF (.pdf)",
    "docx": "a Word file (.docx)",
    "odt": "an OpenDocument text (.odt)",
    "jpeg": "a JPEG picture (.jpg)",
    "png": "a PNG picture (.png)",
    "txt": "plain text (.txt)",
}


def _drawn_anew(stream: IO[bytes]) -> IO[bytes]:
    # In memory: bounded by the longest side, and no copy of a child's picture lies on a disk.
    kept = io.BytesIO()
    pictures.draw_anew(stream, kept)
    return kept


def _as_it_is(check: Callable[[IO[bytes]], None]) -> Callable[[IO[bytes]], IO[bytes]]:
    def kept(stream: IO[bytes]) -> IO[bytes]:
        check(stream)
        return stream

    return kept


_CHECKS: dict[str, Callable[[IO[bytes]], IO[bytes]]] = {
    "pdf": _as_it_is(pdfs.check),
    "docx": _as_it_is(zipped.check_word),
    "odt": _as_it_is(zipped.check_odt),
    "jpeg": _drawn_anew,
    "png": _drawn_anew,
    "txt": _as_it_is(plain.check),
}
