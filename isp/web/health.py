"""Health endpoints: whether the process lives, and whether it can serve. They say nothing else."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue


def init_health(app: Flask, *, ready: Callable[[], bool]) -> None:
    """``/health/live`` answers 200 while the process runs; ``/health/ready`` 200 or 503."""

    @app.get("/health/live")
    def health_live() -> ResponseReturnValue:
        return jsonify(status="ok")

    @app.get("/health/ready")
    def health_ready() -> ResponseReturnValue:
        try:
            well = ready()
        except Exception:  # noqa: BLE001 whatever keeps it from serving, the answer is the same
            well = False
        return jsonify(status="ok" if well else "unavailable"), 200 if well else 503
