"""Request ids and the access log: one line a request, with nothing personal in it.

The line names the route's pattern (``/plans/<uuid:plan>``), never the address that was asked for; no
query, no network address, no person. An unexpected error is logged by its type and the places it
passed through: its message is left out, since messages quote values.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
import traceback
from types import TracebackType

import structlog
from flask import Flask, Response, g, has_request_context, request
from werkzeug.exceptions import HTTPException

_FOREIGN_ID = re.compile(r"[A-Za-z0-9-]{16,64}")
_log = structlog.stdlib.get_logger("isp.web")


def configure_logging(*, readable: bool) -> None:
    """Send structlog's lines to standard output: JSON, or, where ``readable``, for a person's eyes."""
    renderer = (
        structlog.dev.ConsoleRenderer(colors=False) if readable else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    # The development server would log whole addresses, and from where they were asked for.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


def request_id() -> str:
    """This request's id, for the log, the ledger and the error page; random, so it tells nothing."""
    if not has_request_context():
        return secrets.token_hex(16)
    found: str = g.setdefault("request_id", secrets.token_hex(16))
    return found


def places(trace: TracebackType | None) -> list[str]:
    """``file:line function`` of each step of a traceback, outermost first, without values."""
    steps = traceback.extract_tb(trace)
    return [f"{step.filename.rsplit('/', 1)[-1]}:{step.lineno} {step.name}" for step in steps]


def log_failure(failure: BaseException) -> None:
    """Log an unexpected error: its kinds (with what caused it) and places, not its words."""
    kinds: list[str] = []
    seen: BaseException | None = failure
    while seen is not None and len(kinds) < 5:
        kinds.append(type(seen).__qualname__)
        seen = seen.__cause__ or seen.__context__
    _log.error("failure", request_id=request_id(), kinds=kinds, places=places(failure.__traceback__))


def init_request_log(app: Flask, *, trusted_proxies: int) -> None:
    """Give each request an id (a proxy's own, where one is trusted) and log it once when answered."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        sent = request.headers.get("X-Request-ID", "")
        if trusted_proxies and _FOREIGN_ID.fullmatch(sent):
            g.request_id = sent

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = request_id()
        began = g.get("began")
        _log.info(
            "request",
            request_id=request_id(),
            method=request.method if request.method in _METHODS else "other",
            route=route_pattern(),
            status=response.status_code,
            ms=round((time.perf_counter() - began) * 1000, 1) if began else None,
        )
        return response


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def route_pattern() -> str:
    """The matched route's pattern, or ``(none)`` or the error's number where no route matched."""
    if request.url_rule is not None:
        return request.url_rule.rule
    if isinstance(request.routing_exception, HTTPException):
        return f"({request.routing_exception.code})"
    return "(none)"
