"""Drawing on a bank in the editor, and one thing done in several pupils' plans at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields

from isp.access import gate
from isp.access.listing import grounds_of, record_list
from isp.access.policy import Permission
from isp.audit import Unit
from isp.banks import entries
from isp.banks.entries import PROVISION, Entry
from isp.kernel.errors import Conflict, NotAllowed, NotFound
from isp.people.here import act, actor, look, signed_in, store
from isp.plans import actions, queries, several, uses
from isp.plans.content import SHAPE
from isp.plans.from_bank import BANK_OF, told
from isp.plans.pages.blueprint import around, pages
from isp.plans.several import Done
from isp.plans.vocabulary import configuration_on
from isp.register import listing, pupils
from isp.register.content import year_words
from isp.register.listing import School
from isp.register.pupils import PupilName
from isp.web.asking import FormSchema, asks
from isp.web.filters import date_words
from isp.web.forms import Form
from isp.web.paging import Page, page_in_memory

SHOWN = 50
MOST = 200
"""Pupils for whom one thing is done at once: each is a unit of its own, while somebody waits."""
RESULTS = 20
SHOW, TO = "show", "page:"
"""What the buttons of a list to tick in ask for: a class or a year, another page."""


@pages.route("/plans/<uuid:record_id>/edit/<filled>/bank", methods=["GET", "POST"])
@signed_in
def from_the_bank(record_id: UUID, filled: str) -> ResponseReturnValue:
    """Choose entries of the school's bank; they come into the draft filled in, to be changed there."""
    section, problem = filled, ""
    if request.method == "POST":
        wanted = _ids(request.form.getlist("entry"))
        if wanted:
            with act() as unit:
                saved = several.add_from_bank(unit, record_id, section, wanted)
            added = [one.item for one in saved.changes if one.item]
            here = url_for("plans.edit_section", record_id=record_id, section=section)
            return redirect(f"{here}#item-{added[0]}" if added else here, 303)
        problem = "Choose at least one entry."
    words = request.values.get("q", "").strip()[:100]
    with look() as unit:
        row, decision = queries.allowed(unit, record_id, Permission.DRAFT_WRITE)
        if section not in BANK_OF:
            raise NotFound
        if queries.draft_facts(unit, record_id) is None:
            raise Conflict("There is no draft of this plan to add to. Start the next version first.")
        school_id = actions.school_of(unit, decision, row.pupil_id)
        _, found = entries.listed(unit, school_id, BANK_OF[section], words=words)
        configuration = configuration_on(unit.today)
        surroundings = around(unit, row.pupil_id)
    page = page_in_memory(
        found, lambda one: one.id, scope=f"choose.{record_id}.{section}", cursor=request.args.get("from")
    )
    answer = render_template(
        "plans/from_bank.html",
        record_id=record_id,
        shape=SHAPE.sections[section],
        page=page,
        told=lambda entry: told(entry, configuration),
        words=words,
        problem=problem,
        school_id=school_id,
        bank=BANK_OF[section],
        caption=surroundings.caption,
    )
    return answer, 422 if problem else 200


def _ids(texts: Iterable[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


# -- whom ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choosing:
    """The pupils of a school for whom the actor may write, a page at a time, and who is ticked elsewhere."""

    school: School
    page: Page[PupilName]
    with_plan: frozenset[UUID]
    groups: list[tuple[UUID, str]]
    years: list[tuple[str | None, int]]
    group: UUID | None
    year: str | None
    elsewhere: list[PupilName]
    """Ticked on another page of the list, or before it was narrowed."""
    cursor: str
    """Of the page that is shown, to show it again."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form of a list to tick in sent: whom, and whether it only asks for another part of the list.

    A tick is kept by being sent again with whatever the form's buttons ask for, so it needs no script.
    """

    pupils: list[UUID]
    looks: bool

    @classmethod
    def now(cls) -> Sent:
        deed = request.form.get("do", "")
        looks = request.method != "POST" or deed == SHOW or deed.startswith(TO)
        return cls(_ids(request.form.getlist("pupil")), looks)

    @property
    def problem(self) -> str:
        """What is wrong with whom it names; empty where it only asks for another part of the list."""
        if self.looks:
            return ""
        if not self.pupils:
            return "Choose at least one pupil."
        over = len(self.pupils) - MOST
        return f"Choose at most {MOST} pupils at a time: take {over} of them away." if over > 0 else ""


def _choosing(unit: Unit, school: School, sent: Sent) -> Choosing:
    asked = request.values
    wanted = listing.Filter("all", asked.get("year") or None, asked.get("class", type=UUID))
    listed = listing.listed(unit, school, wanted)
    may = set(unit.connection.scalars(gate.visible_pupils(_me(unit), Permission.DRAFT_WRITE, unit.today)))
    rows = [row for row in listed.rows if row.pupil_id in may]
    deed = request.form.get("do", "")
    cursor = deed.removeprefix(TO) if deed.startswith(TO) else "" if deed == SHOW else asked.get("from", "")
    page = page_in_memory(
        rows, lambda one: one.pupil_id, scope=f"pupils.{school.id}", size=SHOWN, cursor=cursor or None
    )
    shown = {row.pupil_id for row in page.items}
    others = [one for one in sent.pupils if one in may and one not in shown]
    named = pupils.names(unit, others) if others else {}
    elsewhere = sorted(named.values(), key=lambda name: (*name.sort_key, str(name.pupil_id)))
    cards = queries.cards(unit, [*shown, *named])
    open_plans = frozenset(pupil_id for pupil_id, card in cards.items() if card.status == "open")
    group = listed.group[0] if listed.group else None
    return Choosing(
        school, page, open_plans, listed.groups, listed.years, group, listed.year, elsewhere, cursor
    )


def _names(found: Sequence[PupilName], scope: str, size: int = SHOWN) -> Page[PupilName]:
    cursor = request.args.get("from")
    return page_in_memory(found, lambda one: one.pupil_id, scope=scope, size=size, cursor=cursor)


def _me(unit: Unit) -> UUID:
    if unit.actor.person_id is None:
        raise NotFound
    return unit.actor.person_id


def _school(unit: Unit, school_id: UUID | None) -> School:
    """The school whose pupils are meant: this one, or the first in which the actor may write in plans."""
    schools = listing.schools_of(unit)
    school = next((one for one in schools if school_id in (None, one.id)), None)
    if school is None or not _writes(unit):
        raise NotAllowed
    return school


def _writes(unit: Unit) -> bool:
    mine = gate.visible_pupils(_me(unit), Permission.DRAFT_WRITE, unit.today)
    return unit.connection.scalar(mine.limit(1)) is not None


def _chooser(
    choosing: Choosing,
    sent: Sent,
    *,
    question: str,
    intro: str,
    button: str,
    back: tuple[str, str],
    form: Form | None = None,
) -> ResponseReturnValue:
    problem = sent.problem
    page = render_template(
        "plans/choose_pupils.html",
        choosing=choosing,
        question=question,
        intro=intro,
        button=button,
        back_to=back,
        problem=problem,
        form=form,
        year_words=year_words,
        ticked=set(sent.pupils),
    )
    return page, 422 if problem or (form is not None and form.errors) else 200


def _told(done: list[Done], school: School, question: str, back: tuple[str, str]) -> ResponseReturnValue:
    """What became of each pupil. Names only of those whom the actor can see."""
    with look() as unit:
        ids = [one.pupil_id for one in done]
        seen = select_visible(unit, ids)
        names = pupils.names(unit, seen)
        record_list(unit, "plans_written", seen, grounds_of(school.role, school.id))
    return render_template("plans/several_done.html", done=done, names=names, question=question, back_to=back)


def select_visible(unit: Unit, pupil_ids: Iterable[UUID]) -> list[UUID]:
    """Of these pupils, those whom the actor may see."""
    mine = set(unit.connection.scalars(gate.visible_pupils(_me(unit), Permission.PUPIL_READ, unit.today)))
    return [one for one in pupil_ids if one in mine]


# -- a provision for several --------------------------------------------------------------------------------


@pages.route("/banks/entries/<uuid:bank_entry_id>/apply", methods=["GET", "POST"])
@signed_in
def apply_entry(bank_entry_id: UUID) -> ResponseReturnValue:
    """Give a provision to several pupils."""
    with look() as unit:
        decision, entry = _provision(unit, bank_entry_id)
        school = _school(unit, decision.organisation_id)
    back = (url_for("plans.bank_entry", bank_entry_id=bank_entry_id), "The entry")
    sent = Sent.now()
    if not sent.looks and not sent.problem:
        done = several.each(
            store(),
            actor(),
            sent.pupils,
            lambda unit, pupil_id: several.apply_provision(unit, pupil_id, bank_entry_id),
        )
        return _told(done, school, "What was added to whose plan?", back)
    with look() as unit:
        choosing = _choosing(unit, school, sent)
    return _chooser(
        choosing,
        sent,
        question="Who is given this?",
        intro=f"“{entry.name}” is added to the draft of each pupil’s plan; where no draft is open, the "
        "next one is started. Nothing is shared until each plan is finalised.",
        button="Add it to their plans",
        back=back,
    )


def _provision(unit: Unit, entry_id: UUID) -> tuple[gate.Decision, Entry]:
    decision, entry = entries.read(unit, entry_id)
    if entry.bank != PROVISION:
        raise NotFound
    return decision, entry


# -- one review week ----------------------------------------------------------------------------------------


class WeekSchema(FormSchema):
    """A week, by any day in it."""

    day = fields.Date(
        required=True,
        metadata=asks("Which week?", noun="the week", hint="Any day in it. The review is set to its Monday."),
    )


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


@pages.route("/plans/review-week", methods=["GET", "POST"])
@signed_in
def review_week() -> ResponseReturnValue:
    """One review week for several pupils."""
    sent = Sent.now()
    form = Form.sent(WeekSchema()) if request.method == "POST" else Form(WeekSchema())
    meant = form.accepted and not sent.looks
    if sent.looks:
        form.errors.clear()  # what stands in its boxes stays, and is judged when it is meant
    with look() as unit:
        school = _school(unit, request.values.get("school", type=UUID))
        today = unit.today
    if meant and monday_of(form.values["day"]) < monday_of(today):
        form.errors["day"] = "Give a week that is not past"
    if meant and form.accepted and not sent.problem:
        day = monday_of(form.values["day"])
        done = several.each(
            store(), actor(), sent.pupils, lambda unit, pupil_id: several.set_review(unit, pupil_id, day)
        )
        return _told(
            done, school, f"Whose review is in the week of {date_words(day)}?", ("/pupils", "Pupils")
        )
    with look() as unit:
        choosing = _choosing(unit, school, sent)
    return _chooser(
        choosing,
        sent,
        question="Whose review is in one week?",
        intro="The day is set in the draft of each pupil’s plan; where no draft is open, the next one is "
        "started. It holds once each plan is finalised.",
        button="Set the review week",
        back=("/pupils", "Pupils"),
        form=form,
    )


# -- reviewing an intervention ------------------------------------------------------------------------------


@pages.route("/banks/entries/<uuid:bank_entry_id>/review", methods=["GET", "POST"])
@signed_in
def review_entry(bank_entry_id: UUID) -> ResponseReturnValue:
    """Everyone in an intervention: the result on each outcome, and a note."""
    back = (url_for("plans.bank_entry", bank_entry_id=bank_entry_id), "The entry")
    if request.method == "POST":
        return _save_results(bank_entry_id, back)
    with look() as unit:
        decision, entry = _provision(unit, bank_entry_id)
        _school(unit, decision.organisation_id)
        records = uses.of_entry(unit, bank_entry_id)
        names = pupils.names(unit, records)
        ordered = sorted(names.values(), key=lambda name: (*name.sort_key, str(name.pupil_id)))
        page = _names(ordered, f"review.{bank_entry_id}", RESULTS)
        shown = {name.pupil_id: records[name.pupil_id] for name in page.items}
        rows = several.look_at_intervention(unit, bank_entry_id, shown)
        configuration = configuration_on(unit.today)
    vocabulary = SHAPE.field("outcomes", "result").vocabulary or ""
    return render_template(
        "plans/review_entry.html",
        entry=entry,
        page=page,
        rows=rows,
        names=names,
        results=configuration.options[vocabulary],
        note=SHAPE.field("outcomes", "result_note"),
        back_to=back,
    )


def _save_results(bank_entry_id: UUID, back: tuple[str, str]) -> ResponseReturnValue:
    with look() as unit:
        decision, _ = _provision(unit, bank_entry_id)
        school = _school(unit, decision.organisation_id)
    given: dict[UUID, dict[tuple[str, str], str]] = {}
    for name, text in request.form.items():
        field, _, rest = name.partition(".")
        pupil, _, outcome = rest.partition(".")
        ids = _ids([pupil])
        if field in ("result", "result_note") and ids:
            given.setdefault(ids[0], {})[(outcome, field)] = text
    done = several.each(
        store(),
        actor(),
        list(given)[:RESULTS],
        lambda unit, pupil_id: several.save_results(
            unit, pupil_id, request.form.get(f"base.{pupil_id}", ""), given[pupil_id]
        ),
    )
    return _told(done, school, "What was saved in whose plan?", back)
