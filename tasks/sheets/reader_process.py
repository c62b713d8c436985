"""One reading process as its supervisor sees it: started, given files, seen to fall, ended."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from config.rules import ReaderLimits
from plan_data.mendable import MendableError
from tasks.sheets.losses import CRASHED, STALE, TOO_MUCH_TEXT, loss, loss_of_exit
from tasks.sheets.records import FileError
from tasks.sheets.wire import (
    CONTEXT,
    JOB,
    LAST_READING,
    READING,
    READY,
    Job,
    read_frame,
    write_frame,
)
from tasks.sheets.words import quoted

#: What a process runs after its path is set.
ENTRY = "from tasks.sheets.worker import main"
#: An answer larger than this is not taken. A report of 29 事業 makes 30 KB of it, a sheet of as many
#: refused rows as the limits allow 5 MB; more would cost us the memory that the process is denied.
MAX_ANSWER = 8 * 1024 * 1024
_MB = 1024 * 1024
_END_SECONDS = 5.0


class ReadingPoolError(MendableError):
    """No process for reading can be started: one Japanese line with what to do about it."""


class FellBefore(Exception):
    """The process was gone before it took the file. ``str()`` says why, as far as that is known."""


class ReaderProcess:
    """One reading process."""

    def __init__(self, limits: ReaderLimits, entry: str) -> None:
        """Start it and do not wait: while it imports, the parent can do other things."""
        self._limits = limits
        self._ready = self._ending = False
        self._contexts: set[str] = set()
        # The path is handed on, not found anew: ``site`` would cost a tenth of the start.
        path = [str(Path(__file__).resolve().parents[2]), *sys.path]
        call = f"main({limits.memory_mb}, {limits.seconds_per_file})"
        code = f"import gc, sys; gc.disable(); sys.path[:] = {path!r}; {entry}; {call}"
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-I", "-S", "-X", "utf8", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        pipes = (self._process.stdin, self._process.stdout, self._process.stderr)
        self._jobs, self._answers, self._errors = (pipe for pipe in pipes if pipe)

    def alive(self) -> bool:
        """Say whether it can take a file."""
        return not self._ending and self._process.poll() is None

    def read(self, job: Job) -> bytes | FileError:
        """Return the reading of a file as JSON, or what to tell the file that cost the process.

        Raise FellBefore where the process never took the file.
        """
        self._give(job)
        frame = read_frame(self._answers, MAX_ANSWER)
        if frame is None:
            return self._fallen()
        kind, content = frame
        if content is None:
            self.stop()
            return loss(TOO_MUCH_TEXT, limit=MAX_ANSWER // _MB)
        if kind in (READING, LAST_READING):
            self._ending = kind == LAST_READING
            return content
        return loss(CRASHED, reason=quoted(content.decode(errors="replace")))

    def stop(self) -> None:
        """End it at once: it holds nothing of value."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._jobs, self._answers, self._errors):
            with suppress(OSError):
                pipe.close()

    def _give(self, job: Job) -> None:
        try:
            if not self._ready:
                self._await_ready()
            if job.source.key not in self._contexts:
                write_frame(self._jobs, CONTEXT, job.source.packed())
                self._contexts.add(job.source.key)
            write_frame(self._jobs, JOB, job.packed())
        except OSError as error:
            raise FellBefore(str(error)) from error

    def _await_ready(self) -> None:
        frame = read_frame(self._answers, MAX_ANSWER)
        if frame is None or frame[0] != READY:
            told = self._errors.read().decode(errors="replace").strip().splitlines()
            raise FellBefore(told[-1] if told else f"終了コード {self._process.wait()}")
        self._ready = True
        self._errors.close()

    def _fallen(self) -> FileError:
        try:
            status = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        if status == STALE:
            raise ReadingPoolError(
                "実行中にプログラムが入れ替わったため、表を読めません。起動し直してください。"
            )
        return loss_of_exit(status, self._limits.memory_mb, self._limits.seconds_per_file)
