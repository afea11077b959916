"""A form whose file is too large comes back filled in, though it was never taken in.

The server refuses such a request by its announced length, before anything is read. What was typed stands in
it before the file, which every form of this room asks for last: so much is read, and the rest dropped.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, g, make_response, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Field, File, MultipartDecoder, NeedData

from isp.documents.intake import too_large
from isp.documents.pages.blueprint import most_bytes, pages
from isp.web.errors import drain
from isp.web.forms import Form

_READ = 64 * 1024


@pages.errorhandler(RequestEntityTooLarge)
def answer_too_large(_failure: RequestEntityTooLarge) -> ResponseReturnValue:
    """The page of the form again. That no other site's page sent it was asked before."""
    g.typed_before_the_file = _typed()
    drain()
    view = current_app.view_functions[request.endpoint or ""]
    answer = make_response(current_app.ensure_sync(view)(**(request.view_args or {})))
    if answer.status_code == 422:
        answer.status_code = 413
    return answer


def sent_data() -> MultiDict[str, str]:
    """What was typed in the form of this request."""
    found: MultiDict[str, str] | None = g.get("typed_before_the_file")
    return request.form if found is None else found


def sent_form(schema: Schema, **more: Any) -> Form:
    """The form of this request; with the sentence about its file where that was too large to be taken in."""
    if g.get("typed_before_the_file") is None:
        return Form.sent(schema, **more)
    return Form(schema, sent_data(), {"file": too_large(most_bytes())}, **more)


def _typed() -> MultiDict[str, str]:
    """The fields before the file, from the beginning of what was sent."""
    typed: MultiDict[str, str] = MultiDict()
    boundary = request.mimetype_params.get("boundary", "")
    begun = request.environ["wsgi.input"].read(min(_READ, request.content_length or 0))
    if request.mimetype != "multipart/form-data" or not boundary:
        return typed
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"))
    name, value = "", b""
    try:
        decoder.receive_data(begun)
        event = decoder.next_event()
        while not isinstance(event, NeedData | File):
            if isinstance(event, Field):
                name, value = event.name, b""
            elif isinstance(event, Data):
                value += event.data
                if not event.more_data:
                    typed.add(name, value.decode("utf-8", "replace"))
            event = decoder.next_event()
    except ValueError:
        pass  # cut in the middle of a field: what came before it is there
    return typed
