"""What a review changes in the plan: pure, from the report and the version that was reviewed.

The changes are made on what was reviewed. Where the plan has moved on since, ``shown`` says what the
reviewers had before them, so that the plan's own merge sees which words meet others'.
"""

from __future__ import annotations

from collections.abc import Iterator

from isp.records.changes import Change, Op, apply, changes_between, items_by_id, same
from isp.records.merge import Merged, merge
from isp.records.order import at_end
from isp.records.shape import Content

STOP, CHANGE = "stop", "change"
_MOST_VIEWS = 60


def changes_of(report: Content, reviewed: Content, views_id: str) -> list[Change]:
    """The plan's changes. ``views_id``: the id for the family's words, where there are any.

    An outcome that goes on has its result; one that is worded anew begins without, since the result was
    the old wording's and stands in the report; one that stops is taken out.
    """
    return [
        *_outcomes(report, reviewed),
        *_decision(report, reviewed),
        *_words(report, reviewed, views_id),
    ]


def _outcomes(report: Content, reviewed: Content) -> Iterator[Change]:
    known = items_by_id(reviewed["sections"]["outcomes"])
    for item in report["sections"]["outcomes"]["items"]:
        outcome = item.get("outcome")
        held = known.get(outcome)
        if held is None:
            continue
        if item.get("next") == STOP:
            yield Change(Op.REMOVE, "outcomes", outcome)
            continue
        anew = item.get("next") == CHANGE and not same(held.get("statement"), item.get("wording"))
        wanted = {"result": None if anew else item.get("result")}
        if anew:
            wanted["statement"] = item.get("wording")
        for field, value in sorted(wanted.items()):
            if not same(held.get(field), value):
                yield Change(Op.SET, "outcomes", outcome, field, value)


def _decision(report: Content, reviewed: Content) -> Iterator[Change]:
    fields = report["sections"]["decision"]["fields"]
    held_on = report["sections"]["meeting"]["fields"].get("held_on")
    wanted = {
        ("review", "next_review_on"): fields.get("next_review_on"),
        ("review", "led_by"): fields.get("next_led_by"),
    }
    if fields.get("decision") == "change_layer":
        wanted |= {
            ("layer", "layer"): fields.get("layer"),
            ("layer", "since"): held_on,
            ("layer", "reason"): fields.get("reason"),
        }
    for (section, field), value in wanted.items():
        if value is not None and not same(reviewed["sections"][section]["fields"].get(field), value):
            yield Change(Op.SET, section, None, field, value)


def _words(report: Content, reviewed: Content, views_id: str) -> Iterator[Change]:
    """What the family said goes into the plan, so that nobody types it twice."""
    views = report["sections"]["views"]["fields"]
    listed = reviewed["sections"]["family_views"]["items"]
    if not views.get("family") or len(listed) >= _MOST_VIEWS:
        return
    value = {"views": views["family"]}
    if held_on := report["sections"]["meeting"]["fields"].get("held_on"):
        value["gathered_on"] = held_on
    if how := views.get("family_gathered"):
        value["gathered_how"] = [how]
    yield Change(Op.ADD, "family_views", views_id, value=value, order=at_end(listed))


def shown(now: Content, reviewed: Content, changes: list[Change]) -> list[Change]:
    """What the reviewers had before them, where the plan's draft ``now`` says something else at a place."""
    sections = dict(now["sections"])
    for change in changes:
        if change.op is Op.ADD:
            continue
        section = sections[change.section]
        before = reviewed["sections"][change.section]
        if change.item is None:
            sections[change.section] = {**section, "fields": _as_before(section, before, change.field or "")}
        else:
            items = items_by_id(section)
            old = items_by_id(before)[change.item]
            held = items.get(change.item)
            if held is None or change.op is Op.REMOVE:
                # An order of its own is no wording: it is left where it is.
                items[change.item] = {**old, "order": held["order"]} if held else old
            else:
                fields = _with({**held}, change.field or "", old.get(change.field or ""))
                items[change.item] = fields
            listed = sorted(items.values(), key=lambda one: (one["order"], one["id"]))
            sections[change.section] = {**section, "items": listed}
    return changes_between(now, {**now, "sections": sections})


def _as_before(section: Content, before: Content, field: str) -> Content:
    return _with(dict(section["fields"]), field, before["fields"].get(field))


def _with(held: Content, field: str, value: object) -> Content:
    if value is None:
        held.pop(field, None)
    else:
        held[field] = value
    return held


def preview(now: Content, reviewed: Content, changes: list[Change]) -> Merged:
    """The plan as it would be, merged into what it says now, and what would be left to a person."""
    base = apply(now, shown(now, reviewed, changes))
    return merge(base, now, apply(base, changes))
