"""Timings and how they are told."""

from __future__ import annotations

import platform
import subprocess
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Timing:
    """How long each of some deeds took (seconds), done by ``clients`` at once within ``elapsed`` seconds."""

    took: list[float]
    elapsed: float
    clients: int = 1

    @property
    def rate(self) -> float:
        """Deeds a second: of the time that was spent in deeds, since preparing them is not measured."""
        return self.clients * len(self.took) / sum(self.took) if self.took else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds that this share of the deeds took at most."""
        ordered = sorted(self.took)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


@dataclass
class Table:
    """Lines of figures under one heading, each with its ratio to what it is compared with."""

    heading: str
    lines: list[str] = field(default_factory=list)

    def timing(self, name: str, timing: Timing, *bases: tuple[str, Timing]) -> None:
        """A line for a timing; ``bases``: what it is divided by."""
        ratios = "  ".join(f"{timing.rate / base.rate:5.2f} of {label}" for label, base in bases if base.rate)
        p50, p95, p99 = (timing.percentile(share) for share in (0.5, 0.95, 0.99))
        self.lines.append(
            f"{name:<26}{timing.clients:>3}{timing.rate:>10,.0f}/s"
            f"{p50:>9.2f}{p95:>9.2f}{p99:>9.2f} ms  {ratios}"
        )

    def say(self, line: str) -> None:
        """A line of words."""
        self.lines.append(line)

    def show(self) -> None:
        """Print what there is."""
        print(f"\n{self.heading}\n{'-' * len(self.heading)}", flush=True)
        for line in self.lines:
            print(line, flush=True)


TITLES = f"{'':<26}{'at':>3}{'rate':>12}{'p50':>9}{'p95':>9}{'p99':>9}"


def machine() -> str:
    """Processor, cores, Python, and the commit that is measured."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    cores = 0
    if info.exists():
        lines = info.read_text().splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        model, cores = (names[0] if names else model), len(names)
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    ).stdout.strip()
    return f"{model}, {cores or '?'} cores, Python {platform.python_version()}, commit {commit or 'unknown'}"
