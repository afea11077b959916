"""Settings: one typed, frozen value read from the environment.

A default may stand here only if it is safe in production *and* fit to be public. Where production
needs something that has no such default, reading the settings refuses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from environs import Env

LOCAL = ("localhost", "127.0.0.1", "::1")
MIN_TEXT_KEY = 73
"""A GOV.UK Notify key ends in two ids of 36 characters and what parts them."""
LONGEST_ANSWER = 120
"""Seconds. The whole of a sending must be over before another worker may think that it died."""


class NotConfigured(RuntimeError):
    """Production lacks something it must have; the message says what and how to give it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an installation may choose. Times are whole minutes unless the name says otherwise."""

    production: bool = False
    demonstration: bool = False
    data_dir: Path = Path("var")
    database_url: str = ""
    keyring_path: Path = Path("var/keys/keyring.json")
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    workers: int = 1
    trusted_proxies: int = 0
    https: bool = False
    idle_minutes: int = 15
    absolute_minutes: int = 720
    argon2_time_cost: int = 3
    argon2_memory_kib: int = 65536
    sign_in_tries: int = 10
    sign_in_window_minutes: int = 15
    upload_bytes: int = 20 * 1024 * 1024
    scanner: str = ""
    support_name: str = "your school's SENCO"
    public_url: str = ""
    mail_host: str = ""
    mail_port: int = 587
    mail_tls: str = "starttls"
    mail_user: str = ""
    mail_password: str = field(default="", repr=False)
    mail_from: str = ""
    mail_ca: str = ""
    mail_seconds: int = 30
    text_key: str = field(default="", repr=False)
    text_template: str = ""
    text_url: str = "https://api.notifications.service.gov.uk"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is an SQLite file."""
        return self.database_url.startswith("sqlite")

    @classmethod
    def read(cls) -> Settings:
        """The settings of this process, from variables that begin with ``ISP_`` (and ``PORT``).

        Raises NotConfigured where production lacks a database, a keyring or https.
        """
        env = Env()
        with env.prefixed("ISP_"):
            production = env.str("ENVIRONMENT", "development") == "production"
            data_dir = Path(env.str("DATA_DIR", "var")).absolute()
            url = env.str("DATABASE_URL", "") or f"sqlite:///{data_dir / 'isp.sqlite3'}"
            settings = cls(
                production=production,
                demonstration=env.bool("DEMONSTRATION", False),
                data_dir=data_dir,
                database_url=normalise_url(url),
                keyring_path=Path(env.str("KEYRING", "") or data_dir / "keys" / "keyring.json"),
                host=env.str("HOST", "127.0.0.1"),
                port=env.int("PORT", 0) or Env().int("PORT", 8000),
                threads=env.int("THREADS", 8),
                workers=env.int("WORKERS", 1),
                trusted_proxies=env.int("TRUSTED_PROXIES", 0),
                https=env.bool("HTTPS", production),
                idle_minutes=env.int("IDLE_MINUTES", 15),
                absolute_minutes=env.int("ABSOLUTE_MINUTES", 720),
                argon2_time_cost=env.int("ARGON2_TIME_COST", 3),
                argon2_memory_kib=env.int("ARGON2_MEMORY_KIB", 65536),
                sign_in_tries=env.int("SIGN_IN_TRIES", 10),
                sign_in_window_minutes=env.int("SIGN_IN_WINDOW_MINUTES", 15),
                upload_bytes=env.int("UPLOAD_BYTES", 20 * 1024 * 1024),
                scanner=env.str("SCANNER", ""),
                support_name=env.str("SUPPORT_NAME", "your school's SENCO"),
                public_url=env.str("PUBLIC_URL", "").rstrip("/"),
                mail_host=env.str("MAIL_HOST", ""),
                mail_port=env.int("MAIL_PORT", 587),
                mail_tls=env.str("MAIL_TLS", "starttls"),
                mail_user=env.str("MAIL_USER", ""),
                mail_password=env.str("MAIL_PASSWORD", ""),
                mail_from=env.str("MAIL_FROM", ""),
                mail_ca=env.str("MAIL_CA", ""),
                mail_seconds=env.int("MAIL_SECONDS", 30),
                text_key=env.str("TEXT_KEY", ""),
                text_template=env.str("TEXT_TEMPLATE", ""),
                text_url=env.str("TEXT_URL", "https://api.notifications.service.gov.uk"),
            )
        settings.check()
        return settings

    def check(self) -> None:
        """Raise NotConfigured where production lacks what it must have, or mail what it needs."""
        self._check_mail()
        if self.scanner and not (self.scanner.startswith("/") or self.scanner.rpartition(":")[2].isdecimal()):
            raise NotConfigured(
                "ISP_SCANNER is the path of clamd's socket, such as /run/clamav/clamd.ctl, or host:port."
            )
        if not self.production:
            return
        if self.demonstration:
            raise NotConfigured("A demonstration cannot run in production: unset ISP_DEMONSTRATION.")
        if not self.https:
            raise NotConfigured("Production is served over https: set ISP_HTTPS=1 and put a proxy in front.")
        if not self.keyring_path.exists():
            raise NotConfigured(
                f"There is no keyring at {self.keyring_path}. Make one with 'isp keys create' on a machine "
                "you trust, keep a copy apart from the database's backups, and name it in ISP_KEYRING."
            )

    def _check_mail(self) -> None:
        if not (self.mail_host or self.text_key):
            return
        address = urlsplit(self.public_url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise NotConfigured(
                "Messages say where to sign in: set ISP_PUBLIC_URL, such as https://plans.example.org."
            )
        if self.text_key and (len(self.text_key) < MIN_TEXT_KEY or not self.text_template):
            raise NotConfigured(
                "Text messages need a whole GOV.UK Notify key in ISP_TEXT_KEY and the id of a template in "
                "ISP_TEXT_TEMPLATE."
            )
        if not self.mail_host:
            return
        if "@" not in self.mail_from:
            raise NotConfigured("Mail needs a sender: set ISP_MAIL_FROM, such as no-reply@plans.example.org.")
        if self.mail_tls not in ("starttls", "tls", "none"):
            raise NotConfigured("ISP_MAIL_TLS is starttls, tls (from the first byte) or none.")
        if not 1 <= self.mail_seconds <= LONGEST_ANSWER:
            raise NotConfigured(f"ISP_MAIL_SECONDS is between 1 and {LONGEST_ANSWER}.")
        if self.production and self.mail_tls == "none" and self.mail_host not in LOCAL:
            raise NotConfigured(
                "Production hands mail over TLS: ISP_MAIL_TLS=none is for a server on this machine only."
            )
        if self.production and address.scheme != "https":
            raise NotConfigured("Production is reached over https, so ISP_PUBLIC_URL begins with https://.")


def normalise_url(url: str) -> str:
    """The database address with the driver this project uses (psycopg 3) named in it."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url
