"""QA audit: the sample; one case at a time, checklist left and what it is about right; the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import OrganisationPermission
from isp.audit import Unit
from isp.escalations import parties
from isp.escalations.audits import actions, queries
from isp.escalations.audits.content import ANSWERS, KINDS, SIDES
from isp.escalations.audits.printing import HOW_TO_DRAW, again_in_words, report_paper
from isp.escalations.audits.queries import Opened
from isp.escalations.audits.schemas import AuditSchema, FindingSchema
from isp.escalations.pages.blueprint import pages, people
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.people.here import act, look, signed_in
from isp.register import pupils
from isp.register.importing.writing import write
from isp.web.asking import Choice
from isp.web.files import PDF, as_download
from isp.web.forms import Form
from isp.web.print.pdf import as_pdf


@pages.get("/audits")
@signed_in
def audits() -> ResponseReturnValue:
    with look() as unit:
        found, holds = queries.audits(unit)
        named = people(unit, {one for row in found for one in (row.auditor_id, row.moderator_id)})
    return render_template("escalations/audits.html", audits=found, holds=holds, named=named, KINDS=KINDS)


@pages.route("/audits/new", methods=["GET", "POST"])
@signed_in
def new_audit() -> ResponseReturnValue:
    with look() as unit:
        queries.audits(unit)
        held = gate.organisations_where(unit, OrganisationPermission.AUDITS_HOLD)
        if not held:
            raise NotAllowed
        place = held[0]
        named = people(unit, parties.officers(unit, place))
    offered = sorted((Choice(str(one), text) for one, text in named.items()), key=lambda one: one.text)
    choices = {"auditor_id": offered, "moderator_id": offered}
    more: dict[str, Any] = {"choices": choices}
    form = Form.sent(AuditSchema(), **more) if request.method == "POST" else Form(AuditSchema(), **more)
    if form.accepted:
        try:
            with act() as deed:
                audit_id = actions.hold_audit(deed, place, actions.Wanted(**_wanted(form.values)))
        except Invalid as failure:
            form.refuse(failure)
        except Conflict as failure:
            form.errors[""] = failure.message
        else:
            flash("The sample is drawn, and both can look at its cases.")
            return redirect(url_for("escalations.audit", audit_id=audit_id), 303)
    return render_template("escalations/new_audit.html", form=form), form.status


def _wanted(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "seed": said["seed"] or None}


@pages.get("/audits/<uuid:audit_id>")
@signed_in
def audit(audit_id: UUID) -> ResponseReturnValue:
    """The sample by reference, and the report: counts over what both have finished."""
    with look() as unit:
        found = queries.report(unit, audit_id)
        row = found.audit
        named = people(unit, {row.auditor_id, row.moderator_id})
    return render_template(
        "escalations/audit.html",
        report=found,
        again=again_in_words(found.again),
        how=HOW_TO_DRAW,
        audit=row,
        named=named,
        KINDS=KINDS,
        ANSWERS=ANSWERS,
        SIDES=SIDES,
    )


@pages.get("/audits/<uuid:audit_id>/report.csv")
@signed_in
def audit_report(audit_id: UUID) -> ResponseReturnValue:
    """The counts as a file, with how the sample was drawn."""
    with look() as unit:
        found = queries.report(unit, audit_id)
    heads = ["Question", "Source"]
    heads += [f"{side}: {answer}" for side in SIDES.values() for answer in ANSWERS.values()]
    heads += ["Answered by both", "Answered alike"]
    heads += [*(f"Stands: {answer}" for answer in ANSWERS.values()), "Still to settle"]
    rows: list[list[str | int]] = [
        [
            one.asked.text,
            one.asked.source,
            *(counts.get(code, 0) for counts in (one.auditor, one.moderator) for code in ANSWERS),
            one.both,
            one.alike,
            *(one.stands.get(code, 0) for code in ANSWERS),
            one.unsettled,
        ]
        for one in found.counts
    ]
    row = found.audit
    drawn = f"{row.method}, seed {row.seed}, {len(found.cases)} of {row.frame}, list {row.frame_digest.hex()}"
    rows.append(["How the sample was drawn", drawn, *([""] * (len(heads) - 2))])
    return as_download(write(heads, rows), "text/csv", "quality-audit.csv")


@pages.get("/audits/<uuid:audit_id>/report.pdf")
@signed_in
def audit_paper(audit_id: UUID) -> ResponseReturnValue:
    """The report on paper: read and recorded in a unit of its own, and typeset when that has committed."""
    large = request.args.get("size") == "large"
    with look() as unit:
        paper = report_paper(unit, audit_id, large=large)
    return as_download(as_pdf(paper, large=large), PDF, "quality-audit.pdf")


@pages.post("/audits/<uuid:audit_id>/close")
@signed_in
def close_audit(audit_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        actions.close_audit(unit, audit_id)
    flash("The audit is closed. Its cases are no longer open to those who audited them.")
    return redirect(url_for("escalations.audit", audit_id=audit_id), 303)


@dataclass
class _Together:
    """The forms of all questions, as the layout takes one form."""

    forms: dict[str, Form]
    whole: str = ""

    @property
    def error_list(self) -> list[dict[str, str]]:
        found = [{"text": self.whole}] if self.whole else []
        return found + [one for form in self.forms.values() for one in form.error_list]

    @property
    def status(self) -> int:
        return 422 if self.error_list else 200


@pages.route("/audits/<uuid:audit_id>/cases/<uuid:audited_id>", methods=["GET", "POST"])
@signed_in
def audited_case(audit_id: UUID, audited_id: UUID) -> ResponseReturnValue:
    """One case: the checklist left, what it is about right. The other's view shows once both are in."""
    forms: _Together | None = None
    if request.method == "POST":
        with look() as unit:
            forms = _forms(queries.open_case(unit, audit_id, audited_id), sent=True)
        if request.form.get("settle"):
            if not forms.error_list and _settled(forms, audit_id, audited_id):
                flash("What stands is settled.")
                return redirect(url_for("escalations.audit", audit_id=audit_id), 303)
        elif not forms.error_list and _saved(forms, audit_id, audited_id):
            if request.form.get("finish"):
                flash("You have finished this case.")
                return redirect(url_for("escalations.audit", audit_id=audit_id), 303)
            flash("Your answers are saved.")
            return redirect(
                url_for("escalations.audited_case", audit_id=audit_id, audited_id=audited_id), 303
            )
    with look() as unit:
        case = queries.view_case(unit, audit_id, audited_id)
        caption = pupils.name(unit, case.row.pupil_id).full
    forms = forms or _forms(case, sent=False)
    return render_template(
        "escalations/audited_case.html",
        case=case,
        form=forms,
        forms=forms.forms,
        caption=caption,
        ANSWERS=ANSWERS,
        SIDES=SIDES,
        labels={item.code: item.label for item in case.items},
    ), forms.status


def _forms(case: Opened, *, sent: bool) -> _Together:
    """Of every question; of a case that is finished, of those in which the two differ: what stands."""
    choices = {"about": [(item.code, item.label) for item in case.items]}
    found = {}
    for asked in case.differing if case.both_done else case.questions:
        mine = case.settled.get(asked.name) if case.both_done else case.mine.get(asked.name)
        about = f"{mine.row.object_type}:{mine.row.object_id}" if mine else case.items[0].code
        start = {
            "answer": mine.row.answer if mine else None,
            "about": about,
            "words": mine.words if mine else "",
        }
        more: dict[str, Any] = {"choices": choices, "prefix": f"{asked.name}-"}
        schema = FindingSchema()
        found[asked.name] = Form.sent(schema, **more) if sent else Form(schema, initial=start, **more)
    return _Together(found)


def _saved(forms: _Together, audit_id: UUID, audited_id: UUID) -> bool:
    """Save what was answered; where it is refused, say so beside the question."""
    finish = bool(request.form.get("finish"))
    return _kept(
        forms,
        lambda deed, answers: actions.save_findings(deed, audit_id, audited_id, answers, finish=finish),
    )


def _settled(forms: _Together, audit_id: UUID, audited_id: UUID) -> bool:
    """The same for what the moderator says to stand."""
    shown = request.form.get("shown", type=int) or 0
    return _kept(
        forms, lambda deed, answers: actions.settle(deed, audit_id, audited_id, answers, shown=shown)
    )


def _kept(forms: _Together, keep: Callable[[Unit, dict[str, actions.Answer]], None]) -> bool:
    answers = {
        name: actions.Answer(form.values["answer"], form.values["about"] or "", form.values["words"])
        for name, form in forms.forms.items()
        if form.values["answer"]
    }
    try:
        with act() as deed:
            keep(deed, answers)
    except Invalid as failure:
        for key, sentence in failure.errors.items():
            name, _, field = key.rpartition("-")
            forms.forms[name].errors[field] = sentence
    except Conflict as failure:
        forms.whole = failure.message
    else:
        return True
    return False
