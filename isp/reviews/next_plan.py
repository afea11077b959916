"""What a review changes in the plan: pure, from the report and the version that was reviewed.

The changes are made on what was reviewed. Where the plan has moved on since, ``shown`` says what the
reviewers had before them, so that the plan's own merge sees which words meet others'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from isp.plans.names import shorten
from isp.records.changes import (
    Change,
    Op,
    apply,
    changes_between,
    fields_of,
    is_empty,
    items_by_id,
    same,
)
from isp.records.merge import Merged, merge
from isp.records.order import at_end
from isp.records.shape import Content, Item

STOP, CHANGE = "stop", "change"
_MOST_VIEWS = 60
_NOTE = 1000
"""Characters that the words about a result can hold."""
_LINE = 200
_OF_FAMILY = re.compile(
    r"(?:(?:step|foster|grand|adoptive|birth)[ -]?)?"
    r"(?:mother|father|mum|mam|dad|parents?|guardian|carer|family|aunt|uncle|sister|brother|sibling)"
    r"|young person",
    re.IGNORECASE,
)
"""Roles in which somebody who took part speaks for the family."""


def changes_of(
    report: Content, reviewed: Content, views_id: str, begun: Content | None = None
) -> list[Change]:
    """The plan's changes. ``views_id``: the id for the family's words, where there are any.

    ``begun``: what was reviewed as a next cycle set it back (``set_back``), where one was begun; what the
    review found as it was before is then a change too.

    An outcome that goes on has its result, with what was seen as the words about it, and where its day had
    come by the meeting it is due by the next review. One that is worded anew begins without a result, which
    was the old wording's and stands in the report; one that stops is taken out.
    """
    return [
        *_outcomes(report, reviewed, begun or reviewed),
        *_decision(report, begun or reviewed),
        *_words(report, reviewed, views_id),
    ]


def _outcomes(report: Content, reviewed: Content, begun: Content) -> Iterator[Change]:
    known = items_by_id(reviewed["sections"]["outcomes"])
    standing = items_by_id(begun["sections"]["outcomes"])
    for item in report["sections"]["outcomes"]["items"]:
        outcome = item.get("outcome")
        held = known.get(outcome)
        if held is None:
            continue
        if item.get("next") == STOP:
            yield Change(Op.REMOVE, "outcomes", outcome)
            continue
        anew = item.get("next") == CHANGE and not same(held.get("statement"), item.get("wording"))
        wanted = {
            "result": None if anew else item.get("result"),
            "result_note": None if anew else _note(item),
        }
        if anew:
            wanted["statement"] = item.get("wording")
        if later := _later(report, held):
            wanted["due_on"] = later
        for field, value in sorted(wanted.items()):
            if not same(standing[outcome].get(field), value):
                yield Change(Op.SET, "outcomes", outcome, field, value)


def _note(item: Item) -> str | None:
    """What was seen, as the words about the result; what is too long for those stays in the report."""
    evidence = item.get("evidence")
    return evidence if evidence and len(evidence) <= _NOTE else None


def _later(report: Content, held: Item) -> str | None:
    """The day by which an outcome that goes on is due from now on, where its own had come by the meeting."""
    held_on = report["sections"]["meeting"]["fields"].get("held_on")
    next_on: str | None = report["sections"]["decision"]["fields"].get("next_review_on")
    due = held.get("due_on")
    return next_on if due and held_on and due <= held_on else None


def fitted(
    report: Content, now: Content, reviewed: Content, changes: list[Change], by_rule: list[Change]
) -> list[Change]:
    """The changes as they fit a draft in which a new cycle set steps aside (``by_rule``: what it did).

    A step that the meeting lets go on comes back with what the meeting said; one that it stops is gone.
    """
    listed = items_by_id(now["sections"]["outcomes"])
    aside = {one.item for one in by_rule if one.op is Op.REMOVE and one.item not in listed}
    known = items_by_id(reviewed["sections"]["outcomes"])
    going_on = [
        item["outcome"]
        for item in report["sections"]["outcomes"]["items"]
        if item.get("outcome") in aside and item.get("next") != STOP
    ]
    back = []
    for outcome in going_on:
        held = dict(fields_of(known[outcome]))
        held |= {one.field: one.value for one in changes if one.item == outcome and one.field}
        value = {name: text for name, text in held.items() if not is_empty(text)}
        back.append(Change(Op.ADD, "outcomes", outcome, value=value, order=known[outcome]["order"]))
    return back + [one for one in changes if one.item is None or one.item not in aside]


def _decision(report: Content, begun: Content) -> Iterator[Change]:
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
        if value is not None and not same(begun["sections"][section]["fields"].get(field), value):
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
    if whom := views.get("family_from") or _of_the_family(report["sections"]["meeting"]["items"]):
        value["from_whom"] = whom
    yield Change(Op.ADD, "family_views", views_id, value=value, order=at_end(listed))


def _of_the_family(people: list[Item]) -> str:
    """Those of the family who came or sent their views, by name and role; "" where nobody is."""
    spoke = [
        ", ".join(text for text in (one.get("name"), one["role"]) if text)
        for one in people
        if one.get("came") in ("came", "sent_views") and _OF_FAMILY.fullmatch(one.get("role", ""))
    ]
    return shorten("; ".join(spoke), _LINE)


def set_back(now: Content, reviewed: Content, by_rule: list[Change]) -> Content:
    """What was reviewed as a new cycle set it back (``by_rule``), where it still stands so."""
    return apply(reviewed, [one for one in by_rule if one.op is Op.SET and _stands(now, one)])


def shown(now: Content, reviewed: Content, changes: list[Change]) -> list[Change]:
    """What the reviewers had before them, where the plan's draft ``now`` says something else at a place.

    ``reviewed``: as a new cycle set it back, where one was begun.
    """
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


def _stands(content: Content, change: Change) -> bool:
    """Whether a place that a change set still says so."""
    section = content["sections"][change.section]
    holder = section["fields"] if change.item is None else items_by_id(section).get(change.item)
    return holder is not None and same(holder.get(change.field or ""), change.value)


def _as_before(section: Content, before: Content, field: str) -> Content:
    return _with(dict(section["fields"]), field, before["fields"].get(field))


def _with(held: Content, field: str, value: object) -> Content:
    if value is None:
        held.pop(field, None)
    else:
        held[field] = value
    return held


def preview(now: Content, shown: list[Change], changes: list[Change]) -> Merged:
    """The plan as it would be, merged into what it says now, and what would be left to a person."""
    base = apply(now, shown)
    return merge(base, now, apply(base, changes))
