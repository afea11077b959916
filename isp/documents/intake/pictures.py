"""Pictures are drawn anew: what is kept holds the pixels, the right way up, and nothing that came with them.

Where a photograph was taken, by which telephone and when, its small preview, comments, colour profiles, and
whatever was hung on behind the picture: none of it is carried over.
"""

from __future__ import annotations

import struct
import threading
import warnings
from typing import IO

from PIL import Image, UnidentifiedImageError

from isp.documents.intake.refusing import Refused

MOST_PIXELS = 60_000_000
"""Of a JPEG, which can be unpacked at half its size: above any telephone's usual picture."""
MOST_UNPACKED = 160_000_000
"""Bytes of any other picture when it is unpacked: a coloured page scanned at 600 points an inch."""
LONGEST = 4096
"""Pixels of the longer side of what is kept: a page of handwriting is legible, and memory is bounded."""
QUALITY = 88
TOO_MANY = (
    "This picture has more points than can be opened safely. Save it in a smaller size, and choose it again."
)
_ONE_AT_A_TIME = threading.Lock()
"""In each process: one picture takes up to half a gigabyte, and several at once would take several."""
_FORMATS = ("JPEG", "PNG")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright that was taken so, by the mark that cameras write."""
_DAMAGED = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    KeyError,
    struct.error,
)


def draw_anew(stream: IO[bytes], kept: IO[bytes]) -> None:
    """Write the picture in ``stream`` to ``kept`` as a plain JPEG or PNG. Raises Refused."""
    stream.seek(0)
    try:
        with _ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a size that we refuse; of what is dropped anyway
            with Image.open(stream, formats=_FORMATS) as picture:
                _check_size(picture)
                form = "PNG" if picture.format == "PNG" else "JPEG"
                if form == "JPEG":
                    # Halved as long as it stays above this: so it comes out below twice as much.
                    picture.draft(None, (LONGEST // 2, LONGEST // 2))
                drawn = _drawn(picture, form)
    except Image.DecompressionBombError as failure:
        raise Refused(TOO_MANY) from failure
    except _DAMAGED as failure:
        raise Refused(
            "This picture is damaged, so it could not be read to the end. Open it, save it again, "
            "and choose that."
        ) from failure
    options = {"quality": QUALITY, "optimize": True} if form == "JPEG" else {"optimize": False}
    drawn.save(kept, form, **options)


def _check_size(picture: Image.Image) -> None:
    pixels = picture.size[0] * picture.size[1]
    unpacked = pixels if picture.mode in ("1", "L") else pixels * 4
    if pixels > MOST_PIXELS or (picture.format == "PNG" and unpacked > MOST_UNPACKED):
        raise Refused(TOO_MANY)


def _drawn(picture: Image.Image, form: str) -> Image.Image:
    """A new picture of the pixels alone, upright."""
    turn = _TURNS.get(picture.getexif().get(0x0112, 1))
    picture.load()
    modes = {"JPEG": ("RGB", "L"), "PNG": ("RGB", "RGBA", "L", "LA")}[form]
    if picture.mode not in modes:
        picture = picture.convert("RGBA" if _is_clear(picture, form) else "RGB")
    picture.thumbnail((LONGEST, LONGEST))
    if turn is not None:
        picture = picture.transpose(turn)
    fresh = Image.new(picture.mode, picture.size)
    fresh.paste(picture)
    return fresh


def _is_clear(picture: Image.Image, form: str) -> bool:
    return form == "PNG" and (picture.mode in ("PA", "La") or "transparency" in picture.info)
