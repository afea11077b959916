"""By when? Any day of the statutory process worked out from the day that it runs from; about nobody."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from isp.escalations.deadlines import Act, Due, rules_on, work_out
from isp.escalations.pages.blueprint import pages
from isp.escalations.schemas import DatesSchema
from isp.kernel import clock
from isp.kernel.workdays import HorizonPassed
from isp.people.here import signed_in
from isp.web.asking import Choice
from isp.web.forms import Form

# Those that have two days, and what the second is; an appeal's certificate may be missing.
_SECOND = {
    Act.TRANSFER: "Say as well when the old authority knew of the move.",
    Act.REVIEW_AFTER_TRANSFER: "Say as well when the plan was made, or last reviewed.",
}
# Where the first day asked for is not the one that the limit runs from.
_FIRST = {Act.TRANSFER: "the day of the move", Act.AGE: "the day of the 25th birthday"}
_TWO_DAYS = frozenset({*_SECOND, Act.APPEAL})
# Reached through the act that chooses between them.
_CHOSEN_BY_ANOTHER = frozenset({Act.APPEAL_CERTIFICATE, Act.NOTICE_OF_MOVE})


@pages.get("/dates")
@signed_in
def dates() -> ResponseReturnValue:
    form = Form(DatesSchema(), request.args if "act" in request.args else None, choices={"act": _choices()})
    found = _worked_out(form) if form.accepted else None
    return render_template("escalations/dates.html", form=form, found=found), form.status


def _choices() -> list[Choice]:
    today = clock.today()
    limits = (rules_on(today).limit(act, today) for act in Act if act not in _CHOSEN_BY_ANOTHER)
    return [
        Choice(one.act.value, f"The {one.who} is to {one.what}; from {_FIRST.get(one.act, one.start)}")
        for one in limits
    ]


def _worked_out(form: Form) -> Due | None:
    act, on, also = (form.values[name] for name in ("act", "on", "also"))
    if also is None and act in _SECOND:
        form.errors["also"] = _SECOND[act]
    elif also is not None and act not in _TWO_DAYS:
        form.errors["also"] = "This runs from one day alone. Leave the second one empty."
    else:
        try:
            return work_out(act, on, also)
        except HorizonPassed as failure:
            form.errors["on"] = failure.message
        except ValueError:
            form.errors["on"] = "The law that these dates come from begins on 1 September 2014."
    return None
