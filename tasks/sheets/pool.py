"""Reading processes and who looks after them: whatever a file does costs that file and no other.

A process has one file at a time, so it is always known which one cost it. multiprocessing.Pool hangs
and ProcessPoolExecutor loses its other files where a process aborts; here another one is started.
It is a fresh interpreter and never a fork: a Prefect flow has threads, and a fork would hand the
passwords in memory to the process that opens foreign files.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from queue import LifoQueue
from types import TracebackType

from pydantic import ValidationError

from config.rules import ReaderLimits
from tasks.sheets.losses import CRASHED, loss
from tasks.sheets.reader_process import ENTRY, FellBefore, ReaderProcess, ReadingPoolError
from tasks.sheets.records import FileError, FileReading
from tasks.sheets.wire import ContextSource, Job

__all__ = ["ContextSource", "Job", "ReadingPool", "ReadingPoolError"]

#: A start costs as much as reading so many files: fewer are left to one process.
FILES_A_PROCESS = 50
#: Validating the answers of so many processes keeps the parent busy.
MOST_PROCESSES = 4
#: How often in a row a process may fall before it takes a file; then it is no chance.
STARTS = 3
#: Systems that bound no address space: there the guards before reading and the limit of time are all.
_WITHOUT_MEMORY_LIMIT = ("win32", "cygwin", "darwin")
#: Files that are read ahead of whoever takes the readings, for each process.
AHEAD = 16


class ReadingPool:
    """Reads files in processes of their own; none is started before there is something to read.

    Used as a context: at its end no process is left. Every method may be called from any thread.
    """

    def __init__(self, limits: ReaderLimits, processes: int | None = None, entry: str = ENTRY) -> None:
        """Prepare for at most ``processes`` at a time: one a core, but MOST_PROCESSES, unless given."""
        self._limits = limits
        self._entry = entry
        self._most = processes or min(os.cpu_count() or 1, MOST_PROCESSES)
        # Who read last reads next. None is a place where no process runs.
        self._places: LifoQueue[ReaderProcess | None] = LifoQueue()
        for _ in range(self._most):
            self._places.put(None)
        self._lock = threading.Lock()
        self._running: set[ReaderProcess] = set()
        self._closed = False

    def __enter__(self) -> ReadingPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm_up(self) -> None:
        """Start a process, to be ready by the time there is something to read."""
        process = self._places.get()
        try:
            process = process or self._start()
        finally:
            self._places.put(process)

    def read(self, job: Job) -> FileReading:
        """Return the reading of one file; raise ReadingPoolError where no process can be started."""
        return _reading(job, self._answer(job))

    def read_many(self, jobs: Sequence[Job]) -> Iterator[FileReading]:
        """Yield the readings of files in their order; raise as ``read`` does."""
        processes = min(self._most, -(-len(jobs) // FILES_A_PROCESS))
        if processes <= 1:
            yield from map(self.read, jobs)
            return
        from concurrent.futures import Future, ThreadPoolExecutor

        # One thread more than processes: while it validates an answer, no process waits for a file.
        threads = ThreadPoolExecutor(processes + 1 if processes == self._most else processes)
        ahead: deque[Future[FileReading]] = deque()
        try:
            for job in jobs:
                ahead.append(threads.submit(self.read, job))
                if len(ahead) > AHEAD * processes:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            threads.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """End all processes, also those that are reading."""
        with self._lock:
            self._closed = True
            running, self._running = self._running, set()
        for process in running:
            process.stop()

    def _answer(self, job: Job) -> bytes | FileError:
        told = ""
        process = self._places.get()
        try:
            for _ in range(STARTS):
                if process is None or not process.alive():
                    self._end(process)
                    process = self._start()
                try:
                    return process.read(job)
                except FellBefore as error:
                    told = str(error)
                    self._end(process)
                    process = None
        except BaseException:
            # An answer may still be under way, which nobody could tell from the next one.
            self._end(process)
            process = None
            raise
        finally:
            self._places.put(process)
        raise _not_started(told)

    def _start(self) -> ReaderProcess:
        with self._lock:
            if self._closed:
                raise ReadingPoolError("表を読む処理は既に終わっています。実行し直してください。")
            try:
                process = ReaderProcess(self._limits, self._entry)
            except OSError as error:
                raise _not_started(str(error)) from error
            self._running.add(process)
            return process

    def _end(self, process: ReaderProcess | None) -> None:
        if process is not None:
            with self._lock:
                self._running.discard(process)
            process.stop()


def _not_started(reason: str) -> ReadingPoolError:
    return ReadingPoolError(
        f"表を読む処理を起動できません（{reason}）。メモリの空きと、プログラムの導入の状態を確かめてください。"
    )


def limit_warnings(platform: str = sys.platform) -> tuple[str, ...]:
    """Return what to know where the system cannot bound the memory of a process: one Japanese sentence."""
    if platform not in _WITHOUT_MEMORY_LIMIT:
        return ()
    return (
        "この機械では、表を読む処理のメモリの上限をかけられません。読む前の検査と時間の上限だけで止めるため、"
        "悪意のある表を読む間、機械全体が遅くなることがあります。Linux での運用を勧めます。",
    )


def _reading(job: Job, answer: bytes | FileError) -> FileReading:
    """Return the reading of a file: as it was answered, or with the error alone."""
    if isinstance(answer, FileError):
        return _nothing_read(job, answer)
    try:
        reading = FileReading.model_validate_json(answer)
    except ValidationError:
        return _nothing_read(job, loss(CRASHED, reason="答えの形の誤り"))
    if (reading.file, reading.sha256, reading.received_on) != (job.file, job.sha256, job.received_on):
        return _nothing_read(job, loss(CRASHED, reason="答えの取り違え"))
    return reading


def _nothing_read(job: Job, error: FileError) -> FileReading:
    return FileReading(
        file=job.file,
        sha256=job.sha256,
        format=job.path.suffix.lstrip(".").lower() or "unknown",
        received_on=job.received_on,
        error=error,
    )
