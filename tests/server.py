"""The real server, started as anybody would start it, in a process and a data folder of its own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
# The command installed beside this Python, whatever the PATH says.
ISP = Path(sys.executable).with_name("isp")
# A first start migrates and loads the demonstration, on two cores that do other things too.
START_SECONDS = 180
STOP_SECONDS = 20


class NotStarted(AssertionError):
    """The server ended or did not answer in time; the message carries the end of its log."""


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """One server. ``start`` and ``stop``, or use it in a ``with``; ``kill`` is the power going out.

    ``arguments`` follow ``isp serve``; ``environment`` is added to an environment that is otherwise free
    of this project's settings. Without ``database_url`` the data is an SQLite file under ``data_dir``.
    """

    data_dir: Path
    arguments: tuple[str, ...] = ("--demo", "--worker")
    database_url: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data_dir.parent / f"{self.data_dir.name}.log"

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the server, and of every command that is to see the same data."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ISP_")}
        named = {"ISP_DATABASE_URL": self.database_url} if self.database_url else {}
        return {
            **kept,
            "ISP_DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            **named,
            **self.environment,
        }

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the operator's command on this server's data, and wait for it."""
        return subprocess.run(
            [ISP, *arguments], cwd=ROOT, env=self.variables, capture_output=True, text=True, check=False
        )

    def people(self) -> list[dict[str, Any]]:
        """Who can sign in, as 'isp demo --json' tells: role, name, email, password, what they show."""
        answer = self.command("demo", "--json")
        assert answer.returncode == 0, answer.stderr
        found: list[dict[str, Any]] = json.loads(answer.stdout)
        return found

    def start(self) -> Self:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            # A session of its own, so that stopping reaches the worker and gunicorn's children too.
            self.process = subprocess.Popen(
                [ISP, "serve", *self.arguments],
                cwd=ROOT,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None:
                raise NotStarted(f"isp serve ended with {self.process.returncode}:\n{self.tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise NotStarted(f"No answer within {START_SECONDS} s:\n{self.tail()}")
            time.sleep(0.05)
        return self

    def answers(self) -> bool:
        """Whether a page comes back without a server error."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/sign-in")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    def tail(self) -> str:
        """The end of what the server has said."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    def stop(self) -> None:
        """Ask it to end, as a service manager would, and see to it that everything has."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        self.kill()

    def kill(self) -> None:
        """End the server and all it started at once, with SIGKILL."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):  # all of them had ended
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
