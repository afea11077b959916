"""Files that people take with them: sent as a download, kept by no cache, run by no browser."""

from __future__ import annotations

import re

from flask import Response

FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Of a file: should a browser show it after all, it may load and run nothing."""
PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\.[a-z0-9]{2,5}")


def as_download(body: bytes, mimetype: str, name: str) -> Response:
    """The bytes as an attachment; ``name`` says what kind of thing it is and never whose.

    ValueError where the name is not plain words in lower case.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"not the name of a kind of file: {name}")
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response
