"""What a page of an editor sent, read from the request (its form, or its script's JSON), and the answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from isp.access.lenses import Lens
from isp.audit import Unit
from isp.kernel.errors import Invalid
from isp.people.here import look
from isp.records.boxes import Boxes, Raw, Where, mark, touched
from isp.records.sent import Sent, Written
from isp.records.shape import Content
from isp.web.filters import time_words
from isp.web.shown import a_number, an_id

MOST_BOXES = 4000
"""Far above the largest page: 60 items of 20 questions."""
UNREADABLE = "This page sent something that cannot be read. Open it again."


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
        draft_id=an_id(form.get("_draft")),
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
        draft_id=an_id(request.args.get("draft")),
        answers=boxes.gathered(raws(body.get("changes")), lens),
        shown=boxes.gathered(raws(body.get("shown")), lens),
    )


def script_body(may: Callable[[Unit], object]) -> dict[str, Any]:
    """The JSON that was sent. Invalid where it is none of autosave's, or nested deeper than can be read.

    ``may`` refuses whoever may not write here: who asks comes before what was asked.
    """
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        body = None
    if isinstance(body, dict) and type(body.get("revision")) is int:
        return body
    with look() as unit:
        may(unit)
    raise Invalid(UNREADABLE)


def places_sent(boxes: Boxes, lens: Lens, body: Mapping[str, Any]) -> list[Where]:
    """The places in which autosave's writer typed."""
    places = (boxes.where(key, lens) for key in boxes.gathered(raws(body.get("changes")), lens))
    return [place for place in places if place is not None]


def saved_answer(
    boxes: Boxes, written: Written, content: Content, places: Iterable[Where], settle_url: str
) -> dict[str, Any]:
    """What autosave is told: every box of the sections it wrote in, as its writer now sees ``content``."""
    fields: dict[str, Raw] = {}
    for section in sorted({place.section for place in places}):
        fields |= boxes.boxes_of(content, section, written.opened.decision.lens)
    return {
        "revision": written.draft.revision,
        "saved_at": time_words(written.at),
        "fields": fields,
        "unsettled": written.unsettled,
        "settle_url": settle_url,
    }


def not_saved(boxes: Boxes, lens: Lens, why: str, **facts: Any) -> ResponseReturnValue:
    """The draft is gone: what was typed comes back, each under its question, to be copied.

    ``facts``: what its layout needs, and ``base`` and ``opens``, where the page leads and in which words.
    """
    words = []
    for key, raw in touched(typed_in_form(boxes, lens), marks_sent()).items():
        place = boxes.where(key, lens)
        shape = boxes.shape_at(place) if place is not None else None
        if shape is not None and isinstance(raw, str) and raw:
            words.append((shape.label, raw))
    return render_template("plans/not_saved.html", why=why, words=words, **facts), 409


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
    found = a_number(text)
    if found is None:
        raise Invalid(UNREADABLE)
    return found
