"""The download: recorded, committed, and only then sent, piece by piece, to be kept and not to be shown."""

from __future__ import annotations

from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue

from isp.documents import bodies, queries
from isp.documents.pages.blueprint import pages
from isp.people.here import look, signed_in, store
from isp.web.files import FILE_POLICY


@pages.get("/documents/<uuid:document_id>/versions/<int:number>/file")
@signed_in
def download(document_id: UUID, number: int) -> ResponseReturnValue:
    with look() as unit:
        version, key = queries.take(unit, document_id, number)
        keys = unit.keys
    sent = bodies.pieces(store().database.reading, keys, key, version.id, version.pieces)
    response = Response(sent, mimetype=None, content_type=version.type.mimetype)
    response.content_length = version.heading.size
    response.headers["Content-Disposition"] = f'attachment; filename="{version.file_name}"'
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response
