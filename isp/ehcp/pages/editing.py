"""The editor of an EHC plan: the sections on the left, one at a time on the right, saved as it is typed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, get_template_attribute, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Unit
from isp.ehcp import actions, agreeing, queries, references, saving, sight, taking_over
from isp.ehcp.content import BOXES, SHAPE, items_of
from isp.ehcp.pages.blueprint import names, pages, plan_facts
from isp.ehcp.pages.reading import Changes
from isp.ehcp.queries import SignedOff
from isp.ehcp.rules import PART_WORDS, PARTS
from isp.ehcp.thread import Gap, by_section, gaps
from isp.ehcp.vocabulary import configuration_on
from isp.kernel.errors import Conflict, Gone, NotAllowed, NotFound
from isp.people import directory
from isp.people.here import act, actor, look, signed_in, store
from isp.plans.asked import Asked, Asking
from isp.plans.names import name_of
from isp.plans.pages.blueprint import spoken
from isp.plans.pages.sent import (
    not_saved,
    places_sent,
    saved_answer,
    script_body,
    sent_by_form,
    sent_by_script,
    typed_in_form,
)
from isp.plans.queries import family_of
from isp.plans.sentences import tell
from isp.plans.showing import Answer, parts, say, say_item
from isp.plans.vocabulary import Configuration
from isp.plans.wording import Shown, standing
from isp.records import drafts, versions
from isp.records.boxes import STATUS_WORDS, Raw, Where, mark
from isp.records.diff import diff
from isp.records.drafts import DraftWords, OpenClash
from isp.records.project import project
from isp.records.sent import Opened, Sent, Written
from isp.records.shape import Content, SectionShape
from isp.register import pupils
from isp.web.filters import time_words
from isp.web.shown import an_id

_HINT = re.compile(r"[a-z0-9]+\.[0-9a-f-]{36}\.[a-z_]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One section in the list on the left."""

    name: str
    label: str
    status: str
    status_words: str
    gaps: int
    vague: int


@dataclass(frozen=True, slots=True)
class Card:
    """One entry with its questions; ``source`` is where it comes from, in words with an address."""

    id: str
    title: str
    questions: tuple[Asked, ...]
    first: bool
    last: bool
    source: tuple[str, str, bool] | None
    said: tuple[Answer, ...] = ()
    """Of an entry whose particulars follow from what it refers to: they are read, not typed."""
    whose: str = ""
    """Of words that somebody else of the family wrote herself: who."""
    can_remove: bool = True
    advice: references.Named | None = None
    can_open: bool = False
    """Whether the reader may open that advice itself."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as its writer's pages need it: projected, with what is not matched and what is vague."""

    row: Any
    decision: Decision
    words: DraftWords
    content: Content
    configuration: Configuration
    unsettled: int
    family: Mapping[str, str]
    hints: Mapping[str, Sequence[Shown]]
    unmatched: Sequence[Gap]
    signed: Mapping[str, SignedOff]
    agrees: frozenset[str]
    sources: Mapping[str, tuple[int, UUID, bool]]
    advice: Mapping[str, references.Named]
    people: Mapping[UUID | None, str]

    @property
    def writes(self) -> frozenset[str]:
        """The sections that the reader writes."""
        return sight.writing_lens(self.decision).sections or frozenset()

    @property
    def lines(self) -> list[Line]:
        """The sections that the reader writes, in the law's order."""
        counted = by_section(list(self.unmatched))
        vague = Counter(one.where.section for one in standing(self.hints))
        held = self.content["sections"]
        return [
            Line(
                name,
                SHAPE.sections[name].label,
                held[name]["status"],
                STATUS_WORDS[held[name]["status"]],
                counted.get(name, 0),
                vague[name],
            )
            for name in SHAPE.sections
            if name in held and name in self.writes
        ]

    @property
    def writer(self) -> str:
        """Who wrote last, by name and role; to one of the family herself alone, not what another one does."""
        if sight.is_family(self.decision) and self.words.saved_by != self.decision.person_id:
            return ""
        return self.people.get(self.words.saved_by, "")


def draft_of(unit: Unit, row: Any, decision: Decision, words: DraftWords) -> Draft:
    """What the pages need around a draft."""
    content = sight.projected_draft(words.content, decision)
    configuration = configuration_on(unit.today)
    family = [] if sight.is_family(decision) else family_of(unit, row.pupil_id)
    hints = {} if sight.is_family(decision) else queries.wording_of(unit, row, content)
    authors = {one.aside.author_id for shown in hints.values() for one in shown if one.aside}
    known = directory.names(unit, family) if family else {}
    seen = sight.draft_lens(decision).sections or frozenset()
    return Draft(
        row=row,
        decision=decision,
        words=words,
        content=content,
        configuration=configuration,
        unsettled=sum(one.clash.section in seen for one in _waiting(unit, decision, words)),
        family={str(one): known[one].full for one in family if one in known},
        hints=hints,
        unmatched=gaps(content, configuration, pupils.name(unit, row.pupil_id).year_group),
        signed={
            part: one
            for part, one in queries.sign_offs(unit, row, words.content).items()
            if set(PARTS[part]) <= seen
        },
        agrees=agreeing.parts_of(unit, row.id, decision),
        sources=queries.sources_of(unit, content),
        advice={one.item_id: one for one in references.advice_of(unit, row, content)},
        people=names(unit, {words.saved_by, *authors}),
    )


def read_draft(plan_id: UUID) -> tuple[Draft, dict[str, Any]]:
    """The draft for somebody who writes in it; the view is recorded. Conflict where there is none."""
    with look() as unit:
        row, decision, words = queries.read_draft(unit, plan_id, Permission.EHCP_WRITE)
        return draft_of(unit, row, decision, words), plan_facts(unit, row, decision)


@pages.get("/ehc-plans/<uuid:plan_id>/edit")
@signed_in
def edit(plan_id: UUID) -> ResponseReturnValue:
    """The overview: how far each section is, and what is not matched yet."""
    try:
        draft, facts = read_draft(plan_id)
    except Conflict:
        return _no_draft(plan_id)
    return render_template("ehcp/edit.html", draft=draft, PARTS=PART_WORDS, **facts)


def _no_draft(plan_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        row, decision = queries.allowed(unit, plan_id, Permission.EHCP_WRITE)
        facts = plan_facts(unit, row, decision)
    return render_template("ehcp/no_draft.html", **facts), 200


@pages.post("/ehc-plans/<uuid:plan_id>/edit")
@signed_in
def start_draft(plan_id: UUID) -> ResponseReturnValue:
    """Open the content, or start the next draft from the version in force."""
    with act() as unit:
        row, _ = queries.allowed(unit, plan_id, Permission.EHCP_ISSUE)
        if row.record_id is None:
            actions.open_content(unit, plan_id)
        else:
            actions.start_draft(unit, plan_id)
    return redirect(url_for("ehcp.edit", plan_id=plan_id), 303)


@pages.get("/ehc-plans/<uuid:plan_id>/draft")
@signed_in
def read(plan_id: UUID) -> ResponseReturnValue:
    """The draft as it reads, for the authority."""
    with look() as unit:
        row, decision, words = queries.read_draft(unit, plan_id)
        draft = draft_of(unit, row, decision, words)
        facts = plan_facts(unit, row, decision)
    shown = parts(draft.content, draft.configuration, shape=SHAPE, people=draft.family)
    return render_template("ehcp/draft.html", draft=draft, parts=shown, **facts)


@pages.get("/ehc-plans/<uuid:plan_id>/draft/changes")
@signed_in
def draft_changes(plan_id: UUID) -> ResponseReturnValue:
    """What the draft changes, compared with the version it was started from."""
    with look() as unit:
        row, decision, words = queries.read_draft(unit, plan_id)
        lens = sight.draft_lens(decision)
        before = SHAPE.blank()
        if words.base_number:
            before = versions.read(unit, words.record_id, words.base_number).content
        old, new = (project(one, lens, SHAPE) for one in (before, words.content))
        told = tell(diff(old, new), old, new, configuration_on(unit.today), shape=SHAPE)
        facts = plan_facts(unit, row, decision)
    return render_template(
        "ehcp/draft_changes.html", since=words.base_number, changes=Changes(told), spoken=spoken, **facts
    )


# -- one section -------------------------------------------------------------------------------------------


def section_shape(section: str) -> SectionShape:
    """The section of this name. NotFound where there is none."""
    shape = SHAPE.sections.get(section)
    if shape is None:
        raise NotFound
    return shape


@pages.get("/ehc-plans/<uuid:plan_id>/edit/<letter>")
@signed_in
def edit_section(plan_id: UUID, letter: str) -> ResponseReturnValue:
    shape = section_shape(letter)
    try:
        draft, facts = read_draft(plan_id)
    except Conflict:
        return _no_draft(plan_id)
    if letter not in draft.writes:
        raise NotAllowed
    return _section_page(draft, shape, facts)


def _places(draft: Draft, section: str) -> list[Where]:
    """The boxes of a section's page: not a link to what the reader does not see, of the family her words."""
    lens = sight.writing_lens(draft.decision)
    me = draft.decision.person_id
    fixed = {item["id"] for item in items_of(draft.content, section) if references.is_set(section, item, me)}
    found = []
    for place in BOXES.places(draft.content, section, lens):
        described = BOXES.shape_at(place)
        if place.item in fixed:
            continue
        if described is None:
            if not sight.is_family(draft.decision):
                found.append(place)
            continue
        if described.targets and not any(one in draft.content["sections"] for one in described.targets):
            continue
        if sight.is_family(draft.decision) and place.field not in saving.FAMILY_WRITES:
            continue
        found.append(place)
    return found


def _section_page(
    draft: Draft,
    shape: SectionShape,
    facts: Mapping[str, Any],
    *,
    typed: Mapping[str, Raw] | None = None,
    typed_boxes: Mapping[str, Raw] | None = None,
    problems: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    asking = Asking(
        draft.content,
        sight.writing_lens(draft.decision),
        draft.configuration,
        family=draft.family,
        typed=typed,
        typed_boxes=typed_boxes,
        problems=problems,
        hints=draft.hints,
        of=BOXES,
    )
    places = _places(draft, shape.name)
    asked = {place: asking.question(place) for place in places}
    order = [line.name for line in draft.lines]
    place = order.index(shape.name)
    here = [one for one in draft.unmatched if one.section == shape.name]
    page = render_template(
        "ehcp/section.html",
        draft=draft,
        shape=shape,
        questions=[one for at, one in asked.items() if at.item is None and at.field is not None],
        cards=list(_cards(draft, shape, asked)),
        status=next((one for at, one in asked.items() if at.field is None), None),
        shown=json.dumps(
            {at.key: mark(BOXES.as_sent(draft.content, at)) for at in places}, separators=(",", ":")
        ),
        errors=[{"text": one.error, "href": f"#{one.first_id}"} for one in asked.values() if one.error],
        next_section=order[place + 1] if place + 1 < len(order) else None,
        unmatched=here,
        elsewhere=[one for one in draft.unmatched if one.section != shape.name],
        part=next((part for part, names_ in PARTS.items() if shape.name in names_), None),
        PARTS=PART_WORDS,
        can_take_over=shape.name in taking_over.FROM and not sight.is_family(draft.decision),
        **facts,
    )
    return page, 422 if problems else 200


def _cards(draft: Draft, shape: SectionShape, asked: Mapping[Where, Asked]) -> Iterable[Card]:
    items = items_of(draft.content, shape.name)
    for index, item in enumerate(items):
        source = draft.sources.get(item.get("from_version", ""))
        advice = draft.advice.get(item["id"])
        said: tuple[Answer, ...] = ()
        is_set = references.is_set(shape.name, item, draft.decision.person_id)
        if is_set:
            said = say_item(draft.content, draft.configuration, shape.name, item, shape=SHAPE).answers
        yield Card(
            id=item["id"],
            title=name_of(shape, item, draft.configuration, "school"),
            questions=tuple(one for at, one in asked.items() if at.item == item["id"]),
            first=index == 0,
            last=index == len(items) - 1,
            source=(
                (f"version {source[0]}", f"/plans/{source[1]}/versions/{source[0]}", source[2])
                if source
                else None
            ),
            said=said,
            whose=draft.family.get(item.get("said_by", ""), "") if is_set and item.get("came") else "",
            can_remove=not is_set or draft.decision.can(Permission.EHCP_DRAFT_READ),
            advice=advice,
            can_open=advice is not None and references.may_open(draft.decision, advice.kept),
        )


@pages.post("/ehc-plans/<uuid:plan_id>/edit/<letter>")
@signed_in
def save_section(plan_id: UUID, letter: str) -> ResponseReturnValue:
    """Save what the form sent and do what its button says; one that cannot be kept comes back filled in."""
    shape = section_shape(letter)
    deed = request.form.get("do", "")
    try:
        written = saving.save(
            store(),
            actor(),
            plan_id,
            lambda opened: _sent(opened, letter, deed),
        )
    except (Conflict, Gone) as failure:
        return _not_saved(plan_id, failure.message)
    if written.problems:
        with look() as unit:
            draft = draft_of(unit, written.opened.row, written.opened.decision, written.draft)
            facts = plan_facts(unit, draft.row, draft.decision)
        answers = typed_in_form(BOXES, sight.writing_lens(draft.decision))
        return _section_page(
            draft, shape, facts, typed=answers, typed_boxes=request.form, problems=written.problems
        )
    return _onwards(plan_id, letter, deed, written)


def _sent(opened: Opened, letter: str, deed: str) -> Sent:
    """The form, once it is known that whoever sent it writes this section."""
    lens = sight.writing_lens(opened.decision)
    if letter not in (lens.sections or ()):
        raise NotAllowed
    return sent_by_form(BOXES, lens, letter, deed)


def _onwards(plan_id: UUID, letter: str, deed: str, written: Written) -> ResponseReturnValue:
    here = url_for("ehcp.edit_section", plan_id=plan_id, letter=letter)
    if written.unsettled:
        return redirect(url_for("ehcp.settle", plan_id=plan_id), 303)
    verb, _, argument = deed.partition(":")
    if verb == "keep":
        place, _, rule = argument.partition(":")
        if _HINT.fullmatch(place) and rule.isidentifier():
            return redirect(url_for("ehcp.keep", plan_id=plan_id, place=place, hint=rule), 303)
    if verb == "next" and argument in SHAPE.sections:
        return redirect(url_for("ehcp.edit_section", plan_id=plan_id, letter=argument), 303)
    if written.item is not None and verb != "remove":
        return redirect(f"{here}#item-{written.item}", 303)
    flash(f"Saved at {time_words(written.at)}.", "success")
    return redirect(here, 303)


def _not_saved(plan_id: UUID, why: str) -> ResponseReturnValue:
    """The draft is gone: what was typed comes back, to be copied."""
    with look() as unit:
        row, decision = queries.allowed(unit, plan_id, Permission.EHCP_WRITE)
        facts = plan_facts(unit, row, decision)
    return not_saved(
        BOXES,
        sight.writing_lens(decision),
        why,
        opens="Open the EHC plan",
        base=facts["base"],
        caption=facts["caption"],
    )


@pages.post("/ehc-plans/<uuid:plan_id>/draft")
@signed_in
def autosave(plan_id: UUID) -> ResponseReturnValue:
    """Save as it is typed (static/autosave.js says how the two sides talk). 200 means committed."""
    body = script_body(lambda unit: queries.allowed(unit, plan_id, Permission.EHCP_WRITE))
    written = saving.save(
        store(),
        actor(),
        plan_id,
        lambda opened: sent_by_script(BOXES, sight.writing_lens(opened.decision), body),
    )
    decision = written.opened.decision
    lens = sight.writing_lens(decision)
    content = sight.projected_draft(written.draft.content, decision)
    places = places_sent(BOXES, lens, body)
    items = {place.item for place in places if place.item is not None}
    with look() as unit:
        found = {} if sight.is_family(decision) else queries.wording_of(unit, written.opened.row, content)
        mine = {key: shown for key, shown in found.items() if key.split(".")[1] in items}
        authors = names(unit, {one.aside.author_id for shown in mine.values() for one in shown if one.aside})
    hint_list = get_template_attribute("ehcp/_hints.html", "hint_list")
    said = {key: str(hint_list(shown, authors)).strip() for key, shown in mine.items()}
    known = Written(
        written.opened, written.draft, written.problems, written.at, written.unsettled, written.changes
    )
    settle_url = url_for("ehcp.settle", plan_id=plan_id)
    answer = saved_answer(BOXES, known, content, [], settle_url)
    answer["fields"] = _fields(content, places, lens)
    return {**answer, "hints": said}


def _fields(content: Content, places: Iterable[Where], lens: Any) -> dict[str, Raw]:
    """Every box of the sections written in, as the writer now sees them."""
    found: dict[str, Raw] = {}
    for section in sorted({place.section for place in places}):
        found |= BOXES.boxes_of(content, section, lens)
    return found


# -- two people's words ------------------------------------------------------------------------------------


def _waiting(unit: Unit, decision: Decision, words: DraftWords) -> list[OpenClash]:
    """Clashes in the sections that this person writes; of the family, her own alone."""
    mine = actor().person_id if sight.is_family(decision) else None
    writes = sight.writing_lens(decision).sections or frozenset()
    return [one for one in drafts.clashes(unit, words, mine) if one.clash.section in writes]


@pages.get("/ehc-plans/<uuid:plan_id>/settle")
@signed_in
def settle(plan_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        row, decision, words = queries.read_draft(unit, plan_id, Permission.EHCP_WRITE)
        waiting = _waiting(unit, decision, words)
        authors = names(unit, {one.author_id for one in waiting})
        configuration = configuration_on(unit.today)
        facts = plan_facts(unit, row, decision)
    if not waiting:
        flash("Everything is settled.", "success")
        return redirect(url_for("ehcp.edit", plan_id=plan_id), 303)
    return render_template(
        "ehcp/settle.html",
        clashes=[(one, *_sides(words, one, configuration), authors[one.author_id]) for one in waiting],
        **facts,
    )


def _sides(words: DraftWords, waiting: OpenClash, configuration: Configuration) -> tuple[str, str, str]:
    """What it is about, and the two sides in words."""
    clash = waiting.clash
    section = SHAPE.sections[clash.section]
    if clash.field is None:
        if clash.item is None:
            return section.label, STATUS_WORDS[str(clash.theirs)], STATUS_WORDS[str(clash.mine)]
        gone = ("The entry is removed.", "The entry stays.")
        return section.label, gone[clash.theirs is not None], gone[clash.mine is not None]
    field = clash.field

    def said(value: Any) -> str:
        texts = say(words.content, configuration, clash.section, field, value, shape=SHAPE)
        return "; ".join(texts) or "Nothing is written here."

    return f"{section.label}: {section.field(field).label}", said(clash.theirs), said(clash.mine)


@pages.post("/ehc-plans/<uuid:plan_id>/settle")
@signed_in
def choose(plan_id: UUID) -> ResponseReturnValue:
    clash_id = an_id(request.form.get("clash"))
    with act() as unit:
        queries.allowed(unit, plan_id, Permission.EHCP_WRITE)
        if clash_id is None:
            raise Conflict("This has been settled already. Open the EHC plan to see how it reads now.")
        actions.settle_clash(unit, plan_id, clash_id, request.form.get("choice", ""))
    return redirect(url_for("ehcp.settle", plan_id=plan_id), 303)
