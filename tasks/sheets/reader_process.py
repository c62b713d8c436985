"""One reading process as its supervisor sees it: started, given files, seen to fall, ended."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

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

if sys.platform == "linux":
    import fcntl

#: What a process runs after its path is set.
ENTRY = "from tasks.sheets.worker import main"
#: An answer larger than this is not taken. A report of 29 事業 makes 30 KB of it, a sheet of as many
#: refused rows as the limits allow 5 MB; more would cost us the memory that the process is denied.
MAX_ANSWER = 8 * 1024 * 1024
#: Files a process has at a time: the one that it reads and the next ones. A thread may have to wait twice for the
#: interpreter, 5 ms each, until it has taken an answer and given another file; a file is read in 3 ms.
IN_HAND = 6
#: A job that is given ahead lies in the pipe. Where that has no room we would wait for the process to read on,
#: and it for us to take its answer: so all of them together are smaller than the smallest pipe, of one page.
_MOST_AHEAD = 4096 // IN_HAND
#: An answer of usual size is taken at once, and several have room in the pipe.
_BUFFER, _PIPE = 64 * 1024, 256 * 1024
#: The other end of a pipe is closed; or this one is, as the pool was.
_GONE = (OSError, ValueError)
_MB = 1024 * 1024
_END_SECONDS = 5.0


class ReadingPoolError(MendableError):
    """No process for reading can be started: one Japanese line with what to do about it."""


class FellBefore(Exception):
    """The process was gone before it took the file. ``str()`` says why, as far as that is known."""


class ReaderProcess:
    """One reading process. ``in_hand`` is how many files it was given that have no answer yet.

    It answers in their order, and takes a file only when it has answered the one before. So if it falls,
    that cost the first of them, and the one behind was never taken.
    """

    def __init__(self, limits: ReaderLimits, entry: str) -> None:
        """Start it and do not wait: while it imports, the parent can do other things."""
        self._limits = limits
        self.in_hand = 0
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
            bufsize=_BUFFER,
        )
        pipes = (self._process.stdin, self._process.stdout, self._process.stderr)
        self._jobs, self._answers, self._errors = (pipe for pipe in pipes if pipe)
        _widen(self._answers)

    def alive(self) -> bool:
        """Say whether it can take a file, or still has answers to give."""
        return self.in_hand > 0 or (not self._ending and self._process.poll() is None)

    def give(self, job: Job) -> bool:
        """Give it a file; return False where it first has to answer for those in hand.

        Raise FellBefore where it is gone and never took the file.
        """
        if self.in_hand:
            return self._give_ahead(job)
        try:
            if not self._ready:
                self._await_ready()
            if job.source.key not in self._contexts:
                write_frame(self._jobs, CONTEXT, job.source.packed())
                self._contexts.add(job.source.key)
            write_frame(self._jobs, JOB, job.packed())
        except _GONE as error:
            self._ending = True
            raise FellBefore(str(error)) from error
        self.in_hand = 1
        return True

    def take(self) -> bytes | FileError:
        """Return the reading of the first file in hand as JSON, or what to tell the file that cost the process.

        After the last answer of a process nothing is in hand: what was given ahead goes to another one.
        """
        frame = None
        with suppress(*_GONE):
            frame = read_frame(self._answers, MAX_ANSWER)
        if frame is None:
            self._end()
            return self._fallen()
        kind, content = frame
        if content is None:
            self._end()
            self.stop()
            return loss(TOO_MUCH_TEXT, limit=MAX_ANSWER // _MB)
        self.in_hand -= 1
        if kind == LAST_READING:
            self._end()
        if kind in (READING, LAST_READING):
            return content
        return loss(CRASHED, reason=quoted(content.decode(errors="replace")))

    def stop(self) -> None:
        """End it at once: it holds nothing of value."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._jobs, self._answers, self._errors):
            with suppress(OSError):
                pipe.close()

    def _give_ahead(self, job: Job) -> bool:
        packed = job.packed()
        # To take a context it would have to be idle: that is larger than any pipe.
        if len(packed) > _MOST_AHEAD or job.source.key not in self._contexts:
            return False
        try:
            write_frame(self._jobs, JOB, packed)
        except _GONE:
            # At which file, its answers will say.
            return False
        self.in_hand += 1
        return True

    def _end(self) -> None:
        self._ending, self.in_hand = True, 0

    def _await_ready(self) -> None:
        frame = read_frame(self._answers, MAX_ANSWER)
        if frame is None or frame[0] != READY:
            self._ending = True
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


def _widen(pipe: IO[bytes]) -> None:
    """Give a pipe room for more, so that a process does not wait for us at every other answer."""
    if sys.platform == "linux":
        # All pipes of a user together have a bound; then it stays as it is.
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
