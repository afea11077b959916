"""Why an authority may hand on what a request released to it: the closed list of purpose codes. Pure data.

Where a plan goes under seal of law it may be disclosed without the child's consent for these purposes only
(Special Educational Needs and Disability Regulations 2014, regulation 17); what was released before there is
an EHC plan is held to the same list. Reading a case is for the assessment; a copy that leaves says why. Lists
and figures, which are of no one case, an authority's people look at for its duties under the Act.
"""

from __future__ import annotations

from collections.abc import Mapping

from isp.access.policy import AT_AUTHORITY

ASSESSMENT = "assessment"
DUTIES = "duties"
"""The authority's own work over all its cases: lists, boards, figures, returns, its staff and its texts."""
QUALITY_AUDIT = "quality_audit"
"""Of the authority's own audit of its cases: nothing leaves it, so no copy is taken for this."""
PURPOSES: Mapping[str, str] = {
    ASSESSMENT: "To decide on this request, or to carry out the assessment",
    "interests": "For somebody who needs it in the child’s interests, such as for advice",
    "appeal": "For mediation or an appeal to the Tribunal",
    "social_care": "For a social care assessment, or another duty under the Children Act",
    "court": "Because a court ordered it, or for criminal proceedings",
    "ombudsman": "For the Local Government and Social Care Ombudsman",
    "secretary_of_state": "For the Secretary of State",
    "inspection": "For an inspection by Ofsted",
    "youth_justice": "For a youth offending team, or a place of detention",
}
"""Code and words, as whoever takes a copy chooses."""


def purpose_of(role: str) -> str | None:
    """What whoever acts by this role in an organisation acts for; None where the law asks for no purpose."""
    return DUTIES if role in AT_AUTHORITY else None
