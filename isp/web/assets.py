"""Static files: an address that changes with the content, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from pathlib import Path
from posixpath import normpath
from urllib.parse import quote

from flask import Flask, Response, request, send_from_directory
from werkzeug.exceptions import NotFound

STATIC = Path(__file__).parent / "static"
_YEAR = 365 * 24 * 60 * 60


@cache
def content_hash(name: str) -> str:
    """First 16 hex digits of the file's SHA-256. Raises FileNotFoundError for a file that is not ours."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:16]


def asset(name: str) -> str:
    """Address of a static file, with its content hash, for use in templates."""
    return _address(name, request.script_root)


@lru_cache(maxsize=64)
def _address(name: str, root: str) -> str:
    # Routing builds one in 0.1 ms, and every page asks for three. ``root``: where the service is mounted.
    return f"{root}/static/{quote(name)}?v={content_hash(name)}"


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
