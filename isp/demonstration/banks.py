"""What schools and authorities of the demonstration keep to write from: a few entries each, invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isp.banks.entries import ADJUSTMENT, PROVISION
from isp.kernel.ids import new_id
from isp.plans.content import blank
from isp.plans.templates import only_template
from isp.records import order
from isp.records.shape import Content

SCHOOL: tuple[tuple[str, Mapping[str, Any]], ...] = (
    (
        PROVISION,
        {
            "name": "Paired reading",
            "what": "Reads aloud together with an adult, who falls silent when tapped and joins in again at "
            "an error; then talks about the page.",
            "delivered_by": "Teaching assistant",
            "qualification": "Half a day’s training by the reading lead",
            "group_size": 1,
            "minutes": 15,
            "times": 4,
            "per": "week",
            "weeks": 10,
            "evidence_base": "Several small studies; gains are largest where books are at the right level.",
            "source": "The school’s reading lead",
            "cost": 18000,
        },
    ),
    (
        PROVISION,
        {
            "name": "Vocabulary group",
            "what": "Six new words each week from the class topic: say, act, sort, use in a sentence, meet "
            "again the week after.",
            "delivered_by": "Teaching assistant",
            "group_size": 4,
            "minutes": 20,
            "times": 2,
            "per": "week",
            "weeks": 12,
            "evidence_base": "Taught words are learned; they carry over where the class uses them too.",
            "source": "Speech and language therapist’s programme",
            "cost": 9600,
        },
    ),
    (
        ADJUSTMENT,
        {
            "what": "Says the name first, gives one instruction at a time, and asks what it was.",
            "where": "Lessons",
            "by_whom": "Every adult",
        },
    ),
    (
        ADJUSTMENT,
        {
            "what": "Shows what comes next on a strip of pictures, and says when it will change.",
            "where": "Everywhere",
            "by_whom": "Every adult",
        },
    ),
)
AUTHORITY: tuple[tuple[str, Mapping[str, Any]], ...] = (
    (
        PROVISION,
        {
            "name": "Movement break",
            "what": "Ten minutes of heavy work (carrying, pushing, wall press-ups) before writing.",
            "delivered_by": "Teaching assistant",
            "group_size": 1,
            "minutes": 10,
            "times": 5,
            "per": "week",
            "weeks": 12,
            "source": "Occupational therapy service",
        },
    ),
)


def template() -> dict[str, Any]:
    """A template for speech, language and communication, linked throughout."""
    need, outcome = str(new_id()), str(new_id())
    content: Content = blank()
    sections = content["sections"]
    sections["needs"]["items"] = [
        {
            "id": need,
            "order": order.FIRST,
            "barrier": "Following what is said to the whole class",
            "code": "SLCN",
        }
    ]
    sections["outcomes"]["items"] = [
        {
            "id": outcome,
            "order": order.FIRST,
            "level": "long_term",
            "needs": [need],
            "statement": "Follows an instruction of three parts in class, the first time it is said.",
            "measure": "Ten instructions in a week of lessons, counted by the class teacher",
        }
    ]
    sections["provision"]["items"] = [
        {
            "id": str(new_id()),
            "order": order.FIRST,
            "needs": [need],
            "outcomes": [outcome],
            "name": "Listening group",
            "what": "Games in which one describes and the others draw; then the same with three parts.",
            "delivered_by": "Teaching assistant",
            "group_size": 3,
            "minutes": 20,
            "times": 2,
            "per": "week",
            "weeks": 12,
        }
    ]
    return {"name": "Speech, language and communication", "content": only_template(content)}
