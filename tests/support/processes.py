"""Processes a test starts: a command in a session of its own, what it says, and what is left of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from flows.children import die_with

T = TypeVar("T")
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], T], seconds: float, say: Callable[[], str] = lambda: "") -> T:
    """Look again and again until ``what`` is true, at most ``seconds``; return what it gave."""
    deadline = time.monotonic() + seconds
    while not (result := what()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s. {say()}")
        time.sleep(0.1)
    return result


@contextmanager
def inherited(number: int, how: signal.Handlers) -> Iterator[None]:
    """What a process started meanwhile does with a signal until it says otherwise.

    A suite under nohup or in the background ignores some, and would hand that on.
    """
    before = signal.signal(number, how)
    try:
        yield
    finally:
        signal.signal(number, before)


class Running:
    """A process whose output goes to a file, and everything that carries its mark."""

    def __init__(self, args: list[str], home: Path, mark: str) -> None:
        self.output = home / f"output-{time.monotonic_ns()}.txt"
        self._mark = f"SHINCHOKU_TEST_MARK={mark}".encode()
        # Child processes inherit the mark, so none of them can hide.
        env = {
            **os.environ,
            "SHINCHOKU_TEST_MARK": mark,
            "SHINCHOKU_HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            # A town's network has a proxy. This one is dead: whatever asks it, fails.
            **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"),
        }
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, *args],
                cwd=ROOT,
                env=env,
                stdout=out,
                stderr=subprocess.STDOUT,
                # A test run that is killed leaves nothing behind. What is called only asks the system.
                preexec_fn=die_with(os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509
            )

    def said(self) -> str:
        """What it printed so far."""
        return self.output.read_text(encoding="utf-8")

    def says(self, words: str, seconds: float) -> None:
        """Wait until it prints ``words``."""
        wait_for(lambda: words in self.said() or self.process.poll() is not None, seconds, self.said)
        assert words in self.said(), self.said()

    def family(self) -> dict[int, str]:
        """Every living process that carries the mark: number and command line (Linux)."""
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and self._mark in (entry / "environ").read_bytes().split(b"\0"):
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
        return found

    def pid_of(self, words: str, but_not: int = 0) -> int:
        """Wait for a process of the family whose command line holds ``words``; return its number."""

        def found() -> list[int]:
            return [pid for pid, command in self.family().items() if words in command and pid != but_not]

        return wait_for(found, 5, self.said)[0]


@contextmanager
def running(args: list[str], home: Path, mark: str) -> Iterator[Running]:
    """Run a python command inside the block; afterwards nothing of it is left."""
    home.mkdir(parents=True, exist_ok=True)
    it = Running(args, home, mark)
    try:
        yield it
    finally:
        it.process.terminate()
        try:
            it.process.wait(30)
        except subprocess.TimeoutExpired:
            it.process.kill()
            it.process.wait()
        for pid in it.family():
            os.kill(pid, 9)
