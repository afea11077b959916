"""Every room's stored rows against the trail: what a whole walk asks besides the ledger itself."""

from __future__ import annotations

from isp.audit.verify import Check
from isp.documents.trail import check_documents
from isp.notes.trail import check_notes
from isp.records.trail import check_records
from isp.register.trail import check_pupils
from isp.reviews.rounds_trail import check_rounds

CHECKS: tuple[Check, ...] = (check_pupils, check_documents, check_records, check_notes, check_rounds)
