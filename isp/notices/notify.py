"""Text messages through GOV.UK Notify (https://docs.notifications.service.gov.uk/python.html).

The words stand in a template at Notify and are the same for everybody but for the address to sign in at, so
no word about anybody leaves this service. What is handed over is a number and a reference.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from notifications_python_client.errors import APIError, HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from config import Settings
from isp.notices.problems import Problem

# Its log quotes what Notify answered.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """A ``TextService``. ``template``: the id of a text template with one place, ``((address))``."""

    key: str
    template: str
    url: str
    address: str
    seconds: int

    @classmethod
    def of(cls, settings: Settings) -> Notify | None:
        """The service that the settings name, or None where there are no text messages."""
        if not settings.text_key:
            return None
        return cls(
            key=settings.text_key,
            template=settings.text_template,
            url=settings.text_url,
            address=settings.public_url,
            seconds=settings.mail_seconds,
        )

    def _client(self) -> Any:
        untyped: Any = NotificationsAPIClient
        return untyped(self.key, base_url=self.url, timeout=self.seconds)

    def send(self, number: str, reference: str) -> None:
        """Hand one over. Raises Problem."""
        try:
            self._client().send_sms_notification(
                phone_number=number,
                template_id=self.template,
                personalisation={"address": self.address},
                reference=reference,
            )
        except APIError as refused:
            raise _problem(refused) from refused

    def has(self, reference: str) -> bool:
        """Whether Notify has taken one under this reference before. Raises Problem."""
        try:
            found = self._client().get_all_notifications(reference=reference)
        except APIError as refused:
            raise _problem(refused) from refused
        return bool(found.get("notifications"))


def _problem(refused: APIError) -> Problem:
    """What an answer means. Without one (no line, too late) the client itself says 503."""
    code = refused.status_code if isinstance(refused, HTTPError) else 500
    if refused.response is None:
        return Problem("no_server", stops=True)
    if code == 400:
        return Problem("recipient" if _is_about_the_number(refused) else "content", for_good=True)
    if code in (401, 403):
        return Problem("sign_in", stops=True)
    if code == 429:
        return Problem("limit", stops=True)
    return Problem("later", stops=True)


def _is_about_the_number(refused: APIError) -> bool:
    return "phone_number" in str(refused.message)
