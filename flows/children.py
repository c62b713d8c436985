"""Child processes that do not outlive us: started, watched, restarted a bounded number of times, stopped."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

#: A child that dies more often than this within the window is broken, and restarting hides it.
RESTARTS = 5
RESTART_WINDOW_SECONDS = 600.0
#: Prefect's runner lets a flow run end on SIGTERM before it goes; then it is killed.
STOP_SECONDS = 20.0

_PR_SET_PDEATHSIG = 1


class Child:
    """One child process in a session of its own, so that the terminal's Ctrl+C reaches only us."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None
        self._groups: list[int] = []
        self._starts: deque[float] = deque(maxlen=RESTARTS + 1)

    def start(self, *, counted: bool = True) -> None:
        """Start the process; what it prints is appended to its log file.

        With ``counted`` false it is not one of the starts that a broken child is known by.
        """
        if counted:
            self._starts.append(time.monotonic())
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                self._command,
                env=dict(self._env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # Safe here: this process has one thread.
                preexec_fn=die_with(os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509
            )
        self._groups.append(self._process.pid)

    def alive(self) -> bool:
        """Say whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def may_restart(self) -> bool:
        """Say whether a restart would stay within the bound."""
        full = len(self._starts) == self._starts.maxlen
        return not full or time.monotonic() - self._starts[0] > RESTART_WINDOW_SECONDS

    def forget_ended_groups(self) -> None:
        """Drop the numbers of process groups that are gone, before the system gives them to others."""
        if os.name == "posix":
            self._groups = [group for group in self._groups if _signal_group(group, 0)]

    def kill(self) -> None:
        """Kill what is left of the process and of what it started, without asking."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._kill_groups()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask the process to end, wait, and kill what is left of it and of what it started."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._kill_groups()

    def _kill_groups(self) -> None:
        if os.name == "posix":
            for group in self._groups:
                _signal_group(group, signal.SIGKILL)
        self._groups.clear()

    def last_line(self) -> str:
        """Return the last line it printed, for a message about why it died."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "なし")


def die_with(parent: int) -> Callable[[], None]:
    """Return what a new child does first: ask Linux for SIGTERM on the day its parent is gone."""
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _signal_group(group: int, number: int) -> bool:
    """Signal a process group; return False when it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False
