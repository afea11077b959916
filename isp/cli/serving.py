"""``isp serve`` and ``isp worker``."""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from typing import Any

import click
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # it carries no types

from config import Settings
from isp import create_app
from isp.cli import installation
from isp.cli.demonstrating import people_table, prepare_demonstration
from isp.cli.working import Worker
from isp.kernel import clock
from isp.web.request_log import configure_logging


class Server(BaseApplication):  # type: ignore[misc]  # for the same reason
    """Gunicorn, configured from the settings. On SQLite one process writes, so threads share one queue."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what the settings say."""
        threads = self.settings.threads
        options: dict[str, Any] = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": 1 if self.settings.is_sqlite else self.settings.workers,
            "threads": threads,
            "worker_class": "gthread" if threads > 1 else "sync",
            "timeout": 120,
            "graceful_timeout": 10,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "forwarded_allow_ips": "127.0.0.1" if self.settings.trusted_proxies else "",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made in the process that serves."""
        configure_logging(readable=not self.settings.production)
        app = create_app(self.settings)
        # What stays for good is not looked through for garbage again and again: that took a quarter of a
        # second each time, in the middle of somebody's page.
        gc.collect()
        gc.freeze()
        return app


@click.command()
@click.option("--demo", is_flag=True, help="Load the demonstration first, if nothing is here yet.")
@click.option("--worker", "with_worker", is_flag=True, help="Run the worker beside the server.")
@click.option("--host", default=None, help="The address to listen on.")
@click.option("--port", type=int, default=None, help="The port to listen on (PORT).")
def serve(demo: bool, with_worker: bool, host: str | None, port: int | None) -> None:
    """Serve the pages. Migrates an SQLite file; a PostgreSQL database is migrated by 'isp migrate'."""
    settings = installation.settings()
    settings = replace(settings, host=host or settings.host, port=port or settings.port)
    installation.keyring(settings, make=True)
    if settings.is_sqlite or demo:
        installation.upgrade(settings)
    if demo:
        print(people_table(prepare_demonstration(settings)), flush=True)
    print(f"Serving on http://{settings.host}:{settings.port}  (Ctrl+C ends it)", flush=True)
    keeper = _keep_worker(settings) if with_worker else None
    try:
        Server(settings).run()
    finally:
        if keeper is not None:
            keeper.stop()


class _Keeper:
    """Keeps a worker running beside the server, and ends it with the server."""

    def __init__(self, settings: Settings) -> None:
        self._environment = {
            **os.environ,
            "ISP_DATA_DIR": str(settings.data_dir),
            "ISP_DATABASE_URL": settings.database_url,
            "ISP_KEYRING": str(settings.keyring_path),
        }
        self._over = threading.Event()
        self._owner = os.getpid()
        self._process = self._start()
        threading.Thread(target=self._watch, daemon=True).start()

    def _start(self) -> subprocess.Popen[bytes]:
        arguments = [sys.executable, "-m", "isp.cli", "worker", "--beside", str(os.getpid())]
        return subprocess.Popen(arguments, env=self._environment, stdin=subprocess.DEVNULL)  # noqa: S603 our own program

    def _watch(self) -> None:
        while not self._over.wait(2):
            if self._process.poll() is not None and not self._over.is_set():
                self._process = self._start()

    def stop(self) -> None:
        """End the worker; only the process that started it does."""
        if os.getpid() != self._owner:
            return
        self._over.set()
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)


def _keep_worker(settings: Settings) -> _Keeper:
    return _Keeper(settings)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@click.option("--beside", type=int, default=None, help="End when the process with this id has ended.")
def worker(once: bool, beside: int | None) -> None:
    """Do what is due: deliver messages, remind, clear files nobody confirmed, walk the trail."""
    settings = installation.settings()
    store = installation.open_store(settings)
    running = Worker(store, settings)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if once:
        for line in running.do_due(clock.now()):
            print(line)
        return
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    while not over.is_set():
        running.do_due(clock.now())
        over.wait(5)
        if beside is not None and os.getppid() != beside:
            return
