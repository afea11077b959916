"""Files that somebody sent, laid into a document that was typeset here: page by page, or beside it.

The document has an empty page, with a heading and the running foot, for each page of a file; its heading's
anchor says which. The pages that were typeset here are tagged; what a file brings is drawn upon its page
without a structure that could be read out in order, and its own tags are lost. Such a document no longer says
of itself that it is PDF/UA.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pikepdf
from PIL import Image, ImageOps

_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 54, 96, 72
"""Points kept free around a page that is laid in: the heading above it, the foot below."""
_UA = ("pdfuaid:part", "pdfuaid:rev", "pdfuaid:amd")
_MOST_PIXELS = 2400
"""Of the longer side of a picture: 290 to the inch across a page."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A file that is no page: it goes along as an attachment."""

    name: str
    mimetype: str
    body: bytes


def pages_of(body: bytes) -> int:
    """How many pages a PDF has."""
    with pikepdf.open(io.BytesIO(body)) as held:
        return len(held.pages)


def picture_as_page(body: bytes) -> bytes:
    """A picture as a PDF of one page, upright, and no finer than paper shows."""
    with Image.open(io.BytesIO(body)) as held:
        shown = ImageOps.exif_transpose(held).convert("RGB")
        shown.thumbnail((_MOST_PIXELS, _MOST_PIXELS))
        made = io.BytesIO()
        shown.save(made, "PDF", resolution=200)
    return made.getvalue()


def lay_in(document: bytes, files: Mapping[str, bytes], beside: Sequence[Beside] = ()) -> bytes:
    """The document with the pages of ``files`` on its empty pages, and ``beside`` attached.

    ``files``: by anchor, PDFs; page n of a file goes to the page with the heading ``anchor-n``. The result is
    the same, byte for byte, where all that goes in is. KeyError where a page has no place.
    """
    with pikepdf.open(io.BytesIO(document)) as made:
        places = _places(made)
        for anchor, body in files.items():
            with pikepdf.open(io.BytesIO(body)) as held:
                for number, page in enumerate(held.pages, start=1):
                    target = places[f"{anchor}-{number}"]
                    box = target.mediabox
                    area = pikepdf.Rectangle(
                        float(box[0]) + _LEFT,
                        float(box[1]) + _BOTTOM,
                        float(box[2]) - _RIGHT,
                        float(box[3]) - _TOP,
                    )
                    target.add_overlay(page, area)
        for one in beside:
            spec = pikepdf.AttachedFileSpec(
                made,
                one.body,
                filename=one.name,
                description=one.name,
                mime_type=one.mimetype,
                creation_date="",
                mod_date="",
            )
            made.attachments[one.name] = spec
        if files or beside:
            with made.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as told:
                for name in _UA:
                    if name in told:
                        del told[name]
        written = io.BytesIO()
        made.save(written, deterministic_id=True)
    return written.getvalue()


def _places(made: pikepdf.Pdf) -> dict[str, pikepdf.Page]:
    """The pages that a name of the document points at."""
    names = made.Root.get("/Names")
    if names is None or "/Dests" not in names:
        return {}
    found = {}
    for name, goal in pikepdf.NameTree(names.Dests).items():
        target = goal.D if isinstance(goal, pikepdf.Dictionary) else goal
        found[str(name)] = pikepdf.Page(target[0])
    return found
