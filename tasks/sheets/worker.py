"""The process that opens files: confined, told what to read, replaced when it falls.

calamine aborts where memory is refused to it, and an abort cannot be caught: so files are opened
here and nowhere else. The limits of memory and, file by file, of time are kept by the system and
not by the supervisor, so that they hold even when that one is gone.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import IO

from tasks.sheets.context import ReadingContext
from tasks.sheets.losses import FAULT, OUT_OF_MEMORY, STALE
from tasks.sheets.reading import read_document
from tasks.sheets.wire import (
    CONTEXT,
    FAILED,
    LAST_READING,
    READING,
    READY,
    compiled,
    read_frame,
    unpacked,
    write_frame,
)

if sys.platform != "win32":
    import resource

_MB = 1024 * 1024
#: One part in so many of its memory may stay taken after a file; more, and the process is replaced. So a file
#: that is refused for its memory had all of it but this, whatever was read before it.
_MAY_KEEP = 8

#: Objects kept since the last collection: more than a large sheet makes.
_COLLECTED_AFTER = 50_000

Reader = Callable[[Path, str, str, date, ReadingContext], bytes]


def main(memory_mb: int, seconds: int, read: Reader = read_document) -> None:
    """Read files until the pipe of jobs ends, with ``memory_mb`` in all and ``seconds`` for each."""
    # Ctrl+C reaches the whole group; who ends this process is its supervisor.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    jobs, answers = sys.stdin.buffer, _private_output()
    _confine(memory_mb * _MB)
    spare_the_collector()
    write_frame(answers, READY)
    # The library's last words before an abort are nothing for a terminal.
    os.dup2(1, 2)
    try:
        _serve(jobs, answers, _address_space() + memory_mb * _MB // _MAY_KEEP, seconds, read)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BaseException:
        os._exit(FAULT)
    # Nothing here is worth the time of an orderly end.
    os._exit(0)


def spare_the_collector() -> None:
    """Leave little to the garbage collector: what is loaded stays, and three files leave one cycle behind."""
    gc.freeze()
    # By default it would look at every sheet while it is read, for a twentieth of the reading.
    gc.set_threshold(_COLLECTED_AFTER, 10, 10)
    gc.enable()


def _serve(jobs: IO[bytes], answers: IO[bytes], enough: int, seconds: int, read: Reader) -> None:
    """Answer the jobs; end after the file that leaves more than ``enough`` bytes taken."""
    contexts: dict[str, ReadingContext] = {}
    while frame := read_frame(jobs):
        kind, content = frame[0], frame[1] or b""
        if kind == CONTEXT:
            key, context = _context(content)
            contexts[key] = context
            continue
        with _time_limit(seconds):
            kind, answer = _answer(content, contexts, read)
        if kind == READING and _address_space() > enough:
            kind = LAST_READING
        write_frame(answers, kind, answer)
        if kind == LAST_READING:
            return


def _context(source: bytes) -> tuple[str, ReadingContext]:
    """Return a context with its key; end the process where this program is another than its parent's."""
    try:
        key, context = compiled(source)
    except Exception:
        os._exit(STALE)
    return (key, context) if context.key == key else os._exit(STALE)


def _answer(job: bytes, contexts: dict[str, ReadingContext], read: Reader) -> tuple[bytes, bytes]:
    """Return kind and content of the answer to a job; raise MemoryError where Python itself finds none."""
    path, file, sha256, received_on, key = unpacked(job)
    try:
        return READING, read(path, file, sha256, received_on, contexts[key])
    except MemoryError:
        raise
    # A fault of the reader, or a panic, which is a BaseException of its own: it costs this file only.
    except BaseException as error:
        return FAILED, _told(error).encode()


def _told(error: BaseException) -> str:
    """Return the type of an error and the place in the program where it arose, nothing of the file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"


def _private_output() -> IO[bytes]:
    """Return the pipe of answers under a number that no stray print knows; what is printed goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _confine(memory: int) -> None:
    """Bound the address space, and leave no core files, on systems that know such limits."""
    if sys.platform == "win32":
        return
    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0}
    for what, bound in limits.items():
        # macOS refuses to bound the address space.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (bound, bound))


@contextmanager
def _time_limit(seconds: int) -> Iterator[None]:
    """End this process where the block takes longer, be it in a library that never comes back to Python."""
    if hasattr(signal, "setitimer"):
        # SIGALRM is left as it is: it ends the process.
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
        signal.setitimer(signal.ITIMER_REAL, 0)
    else:
        # Ends it with TIME_IS_UP.
        faulthandler.dump_traceback_later(seconds, exit=True)
        yield
        faulthandler.cancel_dump_traceback_later()


def _address_space() -> int:
    """Return the bytes of address space in use; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
