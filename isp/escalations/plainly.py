"""The same facts of a case in the words of families: what is happening, whose turn, which step. Pure.

What the law fixes (by when, whose turn, what can be done) is said in full; where it is written stands beside
each date for whoever wants to quote it. ``{they}`` is the child's name, or "you" to the young person.
"""

from __future__ import annotations

from collections.abc import Mapping

from isp.escalations.stages import Stage
from isp.escalations.timeline import Title

STAGES: Mapping[Stage, str] = {
    Stage.DECIDING: "The council is deciding if it will look into what {they} {need}",
    Stage.ASSESSING: "The council said yes: it is finding out what {they} {need}",
    Stage.DRAFTING: "The council is writing a plan for {them}",
    Stage.DRAFT_SENT: "The council has sent you the first form of the plan",
    Stage.NO_PLAN_MAY_APPEAL: "The council said no to a plan, and you can ask for this to be looked at again",
    Stage.NO_PLAN_APPEAL: "The council said no to a plan, and a tribunal is looking at it again",
    Stage.PLAN_MADE: "There is an EHC plan, and the council must carry it out",
    Stage.NO_PLAN: "The council said no to a plan, and the case is closed",
    Stage.UNCHANGED: "The council looked into what {they} {need} again, and the EHC plan stays as it is",
    Stage.MOVED: "You live in another council’s area now, and that council has the case",
    Stage.DIED: "The case is closed",
    Stage.MAY_APPEAL: "The council said no, and you can ask for this to be looked at again",
    Stage.APPEAL: "The council said no, and a tribunal is looking at it again",
    Stage.REFUSED: "The council said no, and the case is closed",
    Stage.WITHDRAWN: "The request was taken back",
}
TURNS: Mapping[str, str] = {
    "authority": "The council’s",
    "family": "Yours",
    "tribunal": "The tribunal’s",
}
TITLES: Mapping[Title, str] = {
    Title.RECEIVED: "The council got the request",
    Title.WITHDRAWN: "The request was taken back",
    Title.MOVED: "You moved to another council’s area, and that council has the case",
    Title.DIED: "The case was closed",
    Title.DECISION: "The council says yes or no",
    Title.DRAFT_PLAN: "The council sends you the first form of the plan, if there is to be one",
    Title.NO_PLAN: "The council tells you, if there is to be no plan",
    Title.FINAL_PLAN: "The finished EHC plan, if there is to be one",
    Title.ADVISER: "Last day to ring a mediation adviser and ask for a certificate",
    Title.LAST_DAY: "Last day to ask a tribunal to look at it again",
    Title.APPEAL: "A tribunal was asked to look at it again",
    Title.TRIBUNAL: "The tribunal decides",
    Title.APPEAL_CLOSED: "The tribunal’s part is over",
    Title.BEGINS: "The council tells you that it is starting",
    Title.TO_ISSUE: "The council said that there is to be a plan",
    Title.DECIDED_NO_PLAN: "The council said that there is to be no plan",
    Title.DRAFT_SENT: "The council sent you the first form of the plan",
    Title.ANSWERS: "Your 15 days to say what you think",
    Title.ANSWERED: "You said what you think of it",
    Title.DRAFT: "The council sends you the first form of the plan",
    Title.FINAL: "The finished EHC plan",
    Title.ENDED: "The council stopped",
    Title.ASKED_AGAIN: "The council was asked to look into it all again",
    Title.ORDERED_AGAIN: "The council must look into it all again",
    Title.DECISION_AGAIN: "The council says yes or no",
    Title.SAY_IT_STAYS: "The council tells you, if the plan is to stay as it is",
    Title.FINAL_AGAIN: "The plan as changed, or a new one",
    Title.TO_CHANGE: "The council said that the plan is to be changed",
    Title.STAYS: "The council said that the plan stays as it is",
    Title.REVIEW: "The first meeting about how the plan is working",
}


def stage(code: Stage, name: str, *, is_me: bool) -> str:
    """What is happening, of a child or to the young person."""
    they, need = ("you", "need") if is_me else (name, "needs")
    return STAGES[code].format(they=they, need=need, them=they)
