"""A version of a plan as it reads to an authority to which it was released, whoever puts it on paper.

Always through the one lens that the caller gives, so that the same version reads the same for good. Callers
have passed the gate and record the look.
"""

from __future__ import annotations

from uuid import UUID

from isp.access.gate import Decision
from isp.access.lenses import Lens
from isp.audit import Unit
from isp.plans import content as plan_content
from isp.plans import queries
from isp.plans.printing import version_facts
from isp.plans.queries import Reading
from isp.plans.showing import parts
from isp.plans.vocabulary import configuration_on
from isp.records import versions
from isp.records.project import project
from isp.web.print.paper import Block
from isp.web.print.plan import facts, sections


def version_blocks(
    unit: Unit, record_id: UUID, number: int, lens: Lens, decision: Decision
) -> tuple[Block, ...]:
    """What a version says through a lens, its facts first. Gone where it was withdrawn."""
    held = versions.read(unit, record_id, number)
    content = project(plan_content.read(held.content), lens, plan_content.SHAPE)
    reading = Reading(version=held.version, content=content, reason=held.reason, decision=decision)
    configuration = configuration_on(queries.stood_since(held.version))
    shown = parts(content, configuration, "school")
    return (facts(version_facts(unit, reading, "school")), *sections(shown, nothing_under=False))
