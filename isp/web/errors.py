"""Errors as pages or problem documents, in words that say what to do next.

A page that is not found looks the same whether it never existed, is another school's, or is a child of
whom this person may not know: nothing of the failure's own message is shown.
"""

from __future__ import annotations

from time import monotonic
from typing import NoReturn

from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from isp.kernel.errors import DomainError, Invalid, NotFound
from isp.web.forgery import SAFE
from isp.web.problems import problem, wants_json
from isp.web.request_log import log_failure, request_id
from isp.web.resend import Carried, carried_fields

_NOT_FOUND = "We cannot find that page. It may have moved, or you may not be able to see it."

# Status to heading and sentence, where the failure brings no sentence of its own.
WORDS: dict[int, tuple[str, str]] = {
    400: ("We could not read what was sent", "Go back, check what you entered, and send it again."),
    403: ("You cannot do this", "Your role does not let you do this."),
    404: ("Page not found", _NOT_FOUND),
    405: ("Page not found", _NOT_FOUND),
    409: ("This has changed since you opened it", "Open it again to see how it stands now."),
    410: ("This is no longer here", "It was here, and has been taken away or has run out."),
    413: (
        "The file is too large",
        "Nothing was saved. Choose a smaller file, or split it into parts, and send it again.",
    ),
    422: ("Something needs to be put right", "Go back, check what you entered, and send it again."),
    429: ("Too many tries", "Wait a few minutes, then try again."),
    500: (
        "Sorry, something went wrong",
        "Nothing you sent was half done. Try again in a few minutes; if it happens again, tell your contact.",
    ),
    503: ("We cannot reach this just now", "Nothing was changed. Try again in a few minutes."),
}
# The same status for a page that was only asked for: nothing was sent, so nothing has to be copied.
_NOT_AS_IT_STANDS = "This cannot be done as things stand"
_CANNOT_REACH = "The record cannot be reached just now, and nothing is lost. Wait a minute, then try again."
_CANNOT_KEEP = (
    "The record cannot be reached just now, and nothing you sent was half done. Wait a minute, look whether "
    "it is there, and send it again if it is not."
)
# Headers of werkzeug's own errors that stay true on our page.
_KEPT_HEADERS = frozenset({"Allow", "Retry-After", "Content-Range"})
_DRAIN_BYTES = 512 * 1024 * 1024
_DRAIN_SECONDS = 60.0


def show(
    status: int,
    sentence: str | None = None,
    *,
    errors: dict[str, str] | None = None,
    carried: Carried | None = None,
) -> Response:
    """The error page, or the problem document, for ``status`` with ``sentence`` in place of the usual one.

    ``carried``: the form that could not be taken, to be sent again from this page.
    """
    heading, usual = WORDS.get(status) or WORDS[500 if status >= 500 else 400]
    asked_only = request.method in SAFE
    if status == 409 and asked_only:
        heading = _NOT_AS_IT_STANDS
    said = sentence or usual
    if wants_json():
        return problem(status, said, **({"errors": errors} if errors else {}))
    page = render_template(
        [f"errors/{status}.html", "errors/error.html"],
        heading=heading,
        sentence=said,
        errors=errors or {},
        # A person quotes it on the telephone; on a page that must always look the same, it says nothing.
        reference=request_id() if status >= 500 else None,
        carried=carried,
        asked_only=asked_only,
    )
    return make_response(page, status)


def answer_domain(failure: DomainError) -> ResponseReturnValue:
    """A room's own refusal: its status and, but for NotFound, its sentence."""
    if isinstance(failure, NotFound):
        return show(404)
    errors = failure.errors if isinstance(failure, Invalid) else None
    return show(failure.status, failure.message, errors=errors)


def answer_http(failure: HTTPException) -> ResponseReturnValue:
    """Flask's and werkzeug's own errors; a redirect passes as it is."""
    if failure.code is None or failure.code < 400:
        return failure
    if failure.code == 413:
        drain()
    response = show(failure.code)
    for name, value in failure.get_headers():
        if name in _KEPT_HEADERS:
            response.headers[name] = value
    return response


def answer_unexpected(failure: Exception) -> ResponseReturnValue:
    """Anything else: logged by kind and place; the page says nothing of it."""
    return _answer_broken(failure, 500)


def answer_unavailable(failure: Exception) -> ResponseReturnValue:
    """What the pages stand on (the database, its disk) does not answer: logged, and 503.

    Whoever builds the app says which exceptions these are. The sentence promises no more than is known: a
    connection may be lost while it commits. A form comes back with what was typed, to be sent again.
    """
    if request.method in SAFE:
        return _answer_broken(failure, 503, _CANNOT_REACH)
    return _answer_broken(failure, 503, _CANNOT_KEEP, carried_fields(request))


def _answer_broken(
    failure: Exception, status: int, sentence: str | None = None, carried: Carried | None = None
) -> ResponseReturnValue:
    log_failure(failure)
    try:
        return show(status, sentence, carried=carried)
    except Exception as broken:  # noqa: BLE001 (this is where everything else ends up)
        # The layout itself may be what failed, or what it asks for; words must still come.
        log_failure(broken)
        heading, usual = WORDS[status]
        page = (
            f'<!DOCTYPE html><html lang="en"><head><title>{heading}</title></head>'
            f"<body><main><h1>{heading}</h1><p>{sentence or usual}</p></main></body></html>"
        )
        return Response(page, status=status, mimetype="text/html")


def drain() -> None:
    """Read a too large upload to its end and drop it.

    A server that answers and hangs up while the browser is still sending makes it show "connection
    reset" in place of our sentence. Bounded, so that it cannot be used to keep a worker busy.
    """
    left = min(request.content_length or 0, _DRAIN_BYTES)
    stream, until = request.environ["wsgi.input"], monotonic() + _DRAIN_SECONDS
    while left > 0 and monotonic() < until:
        try:
            piece = stream.read(min(left, 1 << 16))
        except OSError:
            return
        if not piece:
            return
        left -= len(piece)


def init_errors(app: Flask) -> None:
    """Register the handlers."""
    from_tests = app.config.get("PROPAGATE_EXCEPTIONS")

    app.register_error_handler(DomainError, answer_domain)
    app.register_error_handler(HTTPException, answer_http)
    if from_tests:

        def again(failure: Exception) -> NoReturn:
            raise failure

        app.register_error_handler(Exception, again)
    else:
        app.register_error_handler(Exception, answer_unexpected)
