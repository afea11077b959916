"""Comparing one row with one pupil on record, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from isp.register.importing.identifiers import is_temporary
from isp.register.importing.planning import Change
from isp.register.importing.pupil_plan import LABELS, PupilOnRecord
from isp.register.importing.pupils import PupilRow, name_key


def change(name: str, was: object, says: object) -> list[Change]:
    """A change where the file says something and it is not what is on record."""
    return [] if says is None or says == was else [Change(name, LABELS[name], was, says)]


def number_changes(row: PupilRow, pupil: PupilOnRecord) -> list[Change]:
    """A number where there was none, or a permanent one for a temporary; never the other way round."""
    if row.upn is None or row.upn == pupil.upn:
        return []
    if pupil.upn and not is_temporary(pupil.upn) and is_temporary(row.upn):
        return []
    return [Change("upn", LABELS["upn"], pupil.upn, row.upn)]


def name_changes(row: PupilRow, pupil: PupilOnRecord) -> Iterator[Change]:
    """What becomes of legal and preferred names. A preferred name equal to the legal one is none."""
    for part in ("forename", "surname"):
        legal, preferred = getattr(row, f"legal_{part}"), getattr(row, f"preferred_{part}")
        on_record_legal = getattr(pupil, f"legal_{part}")
        on_record_preferred = getattr(pupil, f"preferred_{part}")
        if preferred is None:
            # One name in the file, and it is one of the two on record: it says nothing about the other.
            if legal != on_record_preferred:
                yield from change(f"legal_{part}", on_record_legal, legal)
            continue
        yield from change(f"legal_{part}", on_record_legal, legal)
        wanted = None if preferred == legal else preferred
        now = None if on_record_preferred == on_record_legal else on_record_preferred
        if wanted != now:
            yield Change(f"preferred_{part}", LABELS[f"preferred_{part}"], on_record_preferred, wanted)


def name_keys(pupil: PupilOnRecord) -> set[tuple[str, str, date]]:
    """Every name a pupil on record goes by, as pupils.name_key writes it."""
    return {
        name_key(forename, surname, pupil.born_on)
        for forename in (pupil.legal_forename, pupil.preferred_forename or pupil.legal_forename)
        for surname in (pupil.legal_surname, pupil.preferred_surname or pupil.legal_surname)
    }


def names_agree(row: PupilRow, pupil: PupilOnRecord) -> tuple[bool, bool]:
    """Whether any forename of the row is one on record, and the same of the surnames."""
    any_day = date.min
    in_file = {
        name_key(forename, surname, any_day)
        for forename in (row.legal_forename, row.preferred_forename or row.legal_forename)
        for surname in (row.legal_surname, row.preferred_surname or row.legal_surname)
    }
    known = name_keys(pupil)
    return (
        bool({key[0] for key in in_file} & {key[0] for key in known}),
        bool({key[1] for key in in_file} & {key[1] for key in known}),
    )


def called(pupil: PupilOnRecord) -> str:
    """The name people use."""
    return (
        f"{pupil.preferred_forename or pupil.legal_forename} {pupil.preferred_surname or pupil.legal_surname}"
    )
