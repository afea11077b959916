"""Settings: one typed, frozen value read from the environment.

A default may stand here only if it is safe in production *and* fit to be public. Where production
needs something that has no such default, reading the settings refuses.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from environs import Env


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
    support_name: str = "your school's SENCO"

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
                support_name=env.str("SUPPORT_NAME", "your school's SENCO"),
            )
        settings.check()
        return settings

    def check(self) -> None:
        """Raise NotConfigured where production lacks what it must have."""
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


def normalise_url(url: str) -> str:
    """The database address with the driver this project uses (psycopg 3) named in it."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url
