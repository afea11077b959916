"""The words of a mail. Pure: what happened and where to sign in, and nothing of whom it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID, uuid5

from isp.notices.kinds import WITH_A_CODE, say
from isp.notices.problems import Problem

NAMES = UUID("2b1f6c0e-7f0a-5d2b-9a4e-6f5f4a0d8c31")
SERVICE = "Individual support plans"


@dataclass(frozen=True, slots=True)
class Office:
    """What every mail says of us: our address as sender, and where people sign in (no slash at the end)."""

    sender: str
    public_url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. ``kinds``: what happened, once for each notice; ``path``: a page on this site."""

    batch: UUID
    to: str
    kinds: Sequence[str]
    path: str
    plainly: bool
    at: datetime


def message_id(batch: UUID, domain: str) -> str:
    """The same for the same message, however often it is tried: a server may see that it has it already."""
    return f"<{uuid5(NAMES, batch.hex).hex}@{domain}>"


def compose(office: Office, letter: Letter) -> EmailMessage:
    """The mail as it goes out. Raises Problem ``recipient`` where the address cannot stand in a mail."""
    message = EmailMessage(policy=SMTP)
    try:
        # Never with a name: what stands on a locked screen is read by whoever is near.
        to = Address(addr_spec=letter.to)
        message["To"] = str(to)
    except (ValueError, MessageError, HeaderParseError, IndexError) as wrong:
        raise Problem("recipient", for_good=True) from wrong
    if not to.domain or "\n" in letter.to or "\r" in letter.to:
        raise Problem("recipient", for_good=True)
    sender = Address(addr_spec=office.sender)
    message["From"] = Address(SERVICE, addr_spec=office.sender)
    message["Subject"] = _subject(letter.kinds)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = message_id(letter.batch, sender.domain)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = "en-GB"
    text = _code_text if letter.kinds[0] in WITH_A_CODE else _text
    message.set_content(text(office, letter), cte="quoted-printable")
    return message


def _subject(kinds: Sequence[str]) -> str:
    if kinds[0] == "invitation":
        return "Your invitation"
    if kinds[0] == "sign_in_code":
        return "Choose a new password"
    return "You have a new message" if len(kinds) == 1 else f"You have {len(kinds)} new messages"


def _text(office: Office, letter: Letter) -> str:
    counted = Counter(say(kind, plainly=letter.plainly) for kind in letter.kinds)
    told = "\n".join(
        f"- {sentence}" if number == 1 else f"- {sentence} ({number} times)"
        for sentence, number in counted.items()
    )
    return f"""\
Something has happened that you should know about:

{told}

Sign in to read it:
{office.public_url}{letter.path}

This email does not say who it is about, so that nobody else can tell from it.
You can choose which emails you get under "My account".

This email was sent automatically, and nobody reads replies to it.
"""


def _code_text(office: Office, letter: Letter) -> str:
    opening = {
        "invitation": "You have been invited to sign in. Open this link to choose a password:",
        "sign_in_code": "The people who run this service were asked to let you choose a new password.\n"
        "Open this link to choose it:",
    }[letter.kinds[0]]
    return f"""\
{opening}

{office.public_url}{letter.path}

The link works once, and for 72 hours. Whoever has it can use your account, so
do not pass it on.

If you did not expect this, do nothing and tell your school or local authority.

This email was sent automatically, and nobody reads replies to it.
"""
