"""Triggers that refuse to alter what must not be altered, for both engines.

A belt, not the proof: whoever owns the database can drop a trigger. The proof is the trail's own walk.
"""

from __future__ import annotations

APPEND_ONLY: dict[str, tuple[str, ...]] = {
    "audit_event": ("UPDATE", "DELETE"),
    "audit_head": ("DELETE",),
    "record_version": ("UPDATE", "DELETE"),
    "version_body": ("DELETE",),
    "withdrawal": ("UPDATE", "DELETE"),
    "draft_change": ("UPDATE", "DELETE"),
    "access_grant": ("UPDATE", "DELETE"),
    "document": ("UPDATE", "DELETE"),
    "document_version": ("UPDATE", "DELETE"),
    "document_body": ("DELETE",),
    "document_withdrawal": ("UPDATE", "DELETE"),
    "working_note": ("DELETE",),
    "working_note_version": ("UPDATE", "DELETE"),
    "question_answer": ("UPDATE", "DELETE"),
    "sheet_read": ("UPDATE", "DELETE"),
    "wording_aside": ("UPDATE", "DELETE"),
    "bank_entry_version": ("UPDATE", "DELETE"),
    "countersign_rule": ("UPDATE", "DELETE"),
    "advice_draft": ("UPDATE", "DELETE"),
    "advice_version": ("UPDATE", "DELETE"),
    "panel_paper": ("UPDATE", "DELETE"),
    "case_letter": ("DELETE",),
    "letter_copy": ("UPDATE", "DELETE"),
    "review_list_letter": ("DELETE",),
    "case_entry": ("UPDATE", "DELETE"),
    "disclosure": ("UPDATE", "DELETE"),
    "disclosed_object": ("UPDATE", "DELETE"),
    "wording_proposal": ("DELETE",),
    "plan_agreement": ("UPDATE", "DELETE"),
}
"""Which tables refuse which verbs. Bodies and heads may be updated: by the key commands, by the ledger."""


def trigger_name(table: str, verb: str) -> str:
    """The trigger's name in the database."""
    return f"keep_{table}_{verb.lower()}"


def missing(dialect: str, present: set[str]) -> list[str]:
    """The names of the triggers that ought to be there and are not."""
    wanted = {trigger_name(table, verb) for table, verbs in APPEND_ONLY.items() for verb in verbs}
    if dialect == "postgresql":
        wanted |= {trigger_name(table, "TRUNCATE") for table in APPEND_ONLY}
    return sorted(wanted - present)
