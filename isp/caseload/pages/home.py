"""Home, and finding a pupil."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.caseload import home as gathering
from isp.caseload import search as searching
from isp.caseload.groups import groups_of
from isp.caseload.menus import IN_CLASS
from isp.caseload.pages.blueprint import pages, wants_fragment
from isp.caseload.positions import Positions, positions
from isp.caseload.week import SHOWN
from isp.kernel.errors import NotAllowed
from isp.people.at_the_door import who
from isp.people.here import look, signed_in


@pages.get("/")
@signed_in
def home() -> ResponseReturnValue:
    with look() as unit:
        held = positions(unit, who())
        child = gathering.only_place(held)
        elsewhere = child is not None or _only_herself(held) or gathering.only_advises(held)
        found = None if elsewhere else gathering.home(unit, held)
    if gathering.only_advises(held):
        return redirect("/advice")
    if child is not None:
        return redirect(url_for("caseload.my_child", pupil_id=child))
    if found is None:
        return redirect(url_for("caseload.my_plan"))
    return render_template("caseload/home.html", home=found, shown=SHOWN, question=_question(found))


def _only_herself(held: Positions) -> bool:
    return bool(held.own) and not (held.posts or held.children or held.is_operator)


def _question(found: gathering.Home) -> str:
    """What this home answers: by the first thing the person is here."""
    if any(week.is_first_use for _, week in found.weeks):
        return "How do we begin?"
    if found.weeks:
        return "What must I do this week?"
    if found.groups:
        teaches = any(group.role == "class_teacher" for group in found.groups)
        return "Which class?" if teaches else "Which group?"
    if found.authorities:
        return "What is with me?"
    if found.children and not found.held.posts:
        return "Which child?"
    return "What can I do here?"


@pages.route("/search", methods=["GET", "POST"])
@signed_in
def search() -> ResponseReturnValue:
    """A form, and its answer on the same page: what was typed is a child's name, so never in an address."""
    words = request.form.get("q", "").strip()
    with look() as unit:
        held = positions(unit).schools(*gathering.AT_SCHOOL, *IN_CLASS)
        posts = tuple(post for post in held if post.kind == "school")
        if not posts:
            raise NotAllowed
        hits = searching.find(unit, posts, words)
    facts = {
        "words": words,
        "hits": hits,
        "more": len(hits) >= searching.MOST,
        "most": searching.MOST,
        "asked": request.method == "POST",
        "too_short": len(words) < searching.SHORTEST,
    }
    template = "caseload/_hits.html" if wants_fragment() else "caseload/search.html"
    return render_template(template, **facts)


@pages.get("/classes")
@signed_in
def classes() -> ResponseReturnValue:
    with look() as unit:
        groups = groups_of(unit)
    return render_template("caseload/classes.html", groups=groups)
