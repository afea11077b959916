"""Answers for machines and for our own scripts: problem details as in RFC 9457, and who wants them."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import Response, request

from isp.web.request_log import request_id

MEDIA_TYPE = "application/problem+json"


def wants_json() -> bool:
    """Whether this request is better answered with JSON than with a page.

    A browser's own navigation never is: it asks for text/html by name.
    """
    if request.headers.get("Sec-Fetch-Mode") == "navigate":
        return False
    accepted = request.accept_mimetypes
    best = accepted.best_match(["text/html", "application/json", MEDIA_TYPE], default="text/html")
    if best != "text/html":
        return True
    return request.is_json and "text/html" not in accepted.values()


def problem(status: int, detail: str, **more: Any) -> Response:
    """A problem document: type, title (the status in words), status, detail (a sentence), request_id.

    ``more``: further members, such as ``errors`` (field name to sentence) or ``sign_in_url``.
    """
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": request_id(),
        **more,
    }
    return Response(json.dumps(body), status=status, mimetype=MEDIA_TYPE)
