"""What a page of an editor sent, read from the request: its form, or its script's JSON."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import request

from isp.access.lenses import Lens
from isp.kernel.errors import Invalid
from isp.records.boxes import Boxes, Raw, mark, touched
from isp.records.sent import Sent

MOST_BOXES = 4000
"""Far above the largest page: 60 items of 20 questions."""


def marks_sent() -> dict[str, str]:
    """What the form says that its boxes showed."""
    return {key: str(found) for key, found in _json(request.form.get("_shown")).items()}


def typed_in_form(boxes: Boxes, lens: Lens) -> dict[str, Raw]:
    """Every answer of the form, by place."""
    return boxes.of_form(request.form.getlist, marks_sent(), lens)


def sent_by_form(boxes: Boxes, lens: Lens, section: str | None, deed: str) -> Sent:
    """The form: what differs from what its boxes showed, and what its button asks for."""
    form, marks = request.form, marks_sent()
    answers = boxes.of_form(form.getlist, marks, lens)
    shown: dict[str, Raw] | None = None
    if "_shown_now" in form:
        # The script kept count of what each box showed last, while its saves moved the revision on.
        shown = boxes.gathered(raws(_json(form["_shown_now"])), lens)
        marks = {key: mark(raw) for key, raw in shown.items()}
    return Sent(
        revision=number(form.get("revision")),
        draft_id=identifier(form.get("_draft")),
        answers=touched(answers, marks),
        shown=shown,
        section=section,
        deed=deed,
        in_part=True,
    )


def sent_by_script(boxes: Boxes, lens: Lens, body: dict[str, Any]) -> Sent:
    """Autosave: the boxes that changed, and what they had shown (static/autosave.js)."""
    return Sent(
        revision=body["revision"],
        draft_id=identifier(request.args.get("draft")),
        answers=boxes.gathered(raws(body.get("changes")), lens),
        shown=boxes.gathered(raws(body.get("shown")), lens),
    )


def script_body() -> dict[str, Any] | None:
    """The JSON that was sent; None where it is none of autosave's, or nested deeper than can be read."""
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        return None
    return body if isinstance(body, dict) and type(body.get("revision")) is int else None


def _json(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):  # the latter: brackets within brackets, by the thousand
        return {}
    return found if isinstance(found, dict) and len(found) <= MOST_BOXES else {}


def raws(found: Any) -> dict[str, Raw]:
    """Names with a text or texts; anything else is left out."""
    if not isinstance(found, dict):
        return {}
    kept: dict[str, Raw] = {}
    for name, raw in list(found.items())[:MOST_BOXES]:
        if isinstance(raw, str):
            kept[str(name)] = raw
        elif isinstance(raw, list):
            kept[str(name)] = [one for one in raw if isinstance(one, str)]
    return kept


def number(text: str | None) -> int:
    """A revision as the form has it. Raises Invalid."""
    if text is None or not text.isdecimal() or len(text) > 9:
        raise Invalid("This page sent something that cannot be read. Open it again.")
    return int(text)


def identifier(text: str | None) -> UUID | None:
    """The id of a draft, if it is one."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
