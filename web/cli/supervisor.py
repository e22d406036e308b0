"""Keeps child processes running until it is told to stop, and takes them along when it goes."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import click

SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 15.0
STEADY_S = 10.0
PATIENCE_S = 10.0

_PARENT = "_LEYE_PARENT_PID"
_PR_SET_PDEATHSIG = 1


def supervise(commands: Mapping[str, Sequence[str]]) -> None:
    """Run the commands, each again when it ends, until SIGTERM or SIGINT; all are gone when this returns."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    become_parent()
    children = [Child(name, argv) for name, argv in commands.items()]
    try:
        while not stop.wait(0.2):
            for child in children:
                child.tend(time.monotonic())
    finally:
        for child in children:
            child.ask_to_end()
        deadline = time.monotonic() + PATIENCE_S
        for child in children:
            child.end(deadline)


@dataclass
class Child:
    name: str
    argv: Sequence[str]
    process: subprocess.Popen[bytes] = field(init=False)
    started_at: float = field(init=False)
    pause_s: float = SHORTEST_PAUSE_S / 2
    again_at: float | None = None

    def __post_init__(self) -> None:
        self._start(time.monotonic())

    def tend(self, at: float) -> None:
        """Start it again if it ended, after a pause that grows while it doesn't last."""
        if self.process.poll() is None:
            return
        if self.again_at is None:
            steady = at - self.started_at >= STEADY_S
            self.pause_s = SHORTEST_PAUSE_S if steady else min(LONGEST_PAUSE_S, 2 * self.pause_s)
            self.again_at = at + self.pause_s
            status = self.process.returncode
            click.echo(f"{self.name} ended with status {status}; starting it again in {self.pause_s:g} s", err=True)
        elif at >= self.again_at:
            self._start(at)

    def ask_to_end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _start(self, at: float) -> None:
        # In a session of its own, so that Ctrl-C reaches the supervisor alone, which then ends its children in order.
        self.process = subprocess.Popen(self.argv, start_new_session=True)
        self.started_at, self.again_at = at, None


def become_parent() -> None:
    """From here on, what this process starts may call `die_with_parent`."""
    os.environ[_PARENT] = str(os.getpid())


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that called `become_parent` is gone; Linux alone can.

    A process that nobody supervises lives on its own.
    """
    parent = os.environ.get(_PARENT)
    if parent is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):
        sys.exit(f"the process that started this one ({parent}) is gone")
