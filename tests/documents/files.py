"""Files as people and others send them: sound ones, and each of those that must not come in."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import docx
import pikepdf
from PIL import Image

SECRET_PLACE = "Planted Lane"
GPS_IFD = 0x8825


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, pages: int = 1, **options: object) -> bytes:
    """A PDF of blank pages; ``change`` may put something into it before it is saved."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    if change:
        change(made)
    kept = io.BytesIO()
    made.save(kept, **options)  # type: ignore[arg-type]
    return kept.getvalue()


def word(*paragraphs: str) -> bytes:
    """A Word file as python-docx writes it."""
    made = docx.Document()
    for paragraph in paragraphs or ("What the plan said.",):
        made.add_paragraph(paragraph)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def zipped(data: bytes, parts: dict[str, bytes | None]) -> bytes:
    """The ZIP ``data`` with these parts put in or exchanged; None leaves one out."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            if name not in parts:
                after.writestr(name, before.read(name))
        for name, value in parts.items():
            if value is not None:
                after.writestr(name, value)
    return kept.getvalue()


def odt(parts: dict[str, bytes] | None = None) -> bytes:
    """An OpenDocument text of one paragraph."""
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{office}" '
        f'xmlns:text="{text}"><office:body><office:text><text:p>Said</text:p></office:text></office:body>'
        "</office:document-content>"
    ).encode()
    held = {"content.xml": content, "META-INF/manifest.xml": b"<manifest/>", **(parts or {})}
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", b"application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        for name, value in held.items():
            made.writestr(name, value)
    return kept.getvalue()


def photograph(form: str = "JPEG", size: tuple[int, int] = (60, 40), *, turned: int = 1) -> bytes:
    """A photograph with the place and the telephone it was taken with; red on its left, blue on its right."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = picture.getexif()
    exif[0x010F], exif[0x0110], exif[0x0112] = SECRET_PLACE, "Telephone", turned
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)})
    kept = io.BytesIO()
    picture.save(kept, form, exif=exif, **({"comment": SECRET_PLACE.encode()} if form == "JPEG" else {}))
    return kept.getvalue()


def huge_png(wide: int, high: int) -> bytes:
    """A PNG of a few bytes that says it is so large."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", body) + part(b"IEND", b"")


def zip_bomb(megabytes: int = 400) -> bytes:
    """A Word file with a part that unpacks to so much."""
    return zipped(word(), {"word/media/image1.png": b"\x00" * (megabytes * 1024 * 1024)})


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.domain)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
GIF_AND_SCRIPT = b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(1);"
EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 200
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 200
