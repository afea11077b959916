"""Static files: an address that changes with the content, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from posixpath import normpath

from flask import Flask, Response, request, send_from_directory, url_for
from werkzeug.exceptions import NotFound

STATIC = Path(__file__).parent / "static"
_YEAR = 365 * 24 * 60 * 60


@cache
def content_hash(name: str) -> str:
    """First 16 hex digits of the file's SHA-256. Raises FileNotFoundError for a file that is not ours."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:16]


def asset(name: str) -> str:
    """Address of a static file, with its content hash, for use in templates."""
    return url_for("static", filename=name, v=content_hash(name))


def init_assets(app: Flask) -> None:
    """Serve ``isp/web/static`` at /static/."""

    def static(filename: str) -> Response:
        # One address for a file: another spelling would be hashed, and its hash kept, once more.
        if normpath(filename) != filename:
            raise NotFound
        response = send_from_directory(STATIC, filename, max_age=None, conditional=True)
        # Scripts import each other by plain name: those, and addresses from before an upgrade, are
        # asked about each time (an ETag makes that cheap); only a matching hash is kept for good.
        if request.args.get("v") == content_hash(filename):
            response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
        else:
            response.headers["Cache-Control"] = "no-cache"
        return response

    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=static)
    app.jinja_env.globals["asset"] = asset
