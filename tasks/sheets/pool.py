"""Reading processes and who looks after them: whatever a file does costs that file and no other.

A process reads one file at a time and has the next ones ahead. It answers in their order, so it is
always known which one cost it: the first without an answer. multiprocessing.Pool hangs and
ProcessPoolExecutor loses its other files where a process aborts; here another one is started, and gets
what that one had ahead. It is a fresh interpreter and never a fork: a Prefect flow has threads, and a
fork would hand the passwords in memory to the process that opens foreign files.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from queue import LifoQueue, SimpleQueue
from types import TracebackType

from config.rules import ReaderLimits
from tasks.sheets.reader_process import ENTRY, FellBefore, ReaderProcess, ReadingPoolError
from tasks.sheets.records import FileReading
from tasks.sheets.turns import More, Queue, Turn, at_hand, give
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
        turn = Turn.of(job)
        self._answer(turn, lambda: None)
        return turn.reading()

    def read_many(self, jobs: Sequence[Job]) -> Iterator[FileReading]:
        """Yield the readings of files in their order; raise as ``read`` does."""
        processes = min(self._most, -(-len(jobs) // FILES_A_PROCESS))
        queue: Queue = SimpleQueue()
        for _ in range(processes):
            threading.Thread(target=self._answer_all, args=(queue,), daemon=True).start()
        ahead: deque[Turn] = deque()
        try:
            for job in jobs:
                ahead.append(Turn.of(job))
                queue.put(ahead[-1])
                if len(ahead) > AHEAD * processes:
                    yield ahead.popleft().reading()
            while ahead:
                yield ahead.popleft().reading()
        finally:
            while at_hand(queue):
                pass
            queue.put(None)

    def close(self) -> None:
        """End all processes, also those that are reading."""
        with self._lock:
            self._closed = True
            running, self._running = self._running, set()
        for process in running:
            process.stop()

    def _answer_all(self, queue: Queue) -> None:
        # Only bytes are moved here; records are made by who takes the readings. That keeps the interpreter
        # busy, and this thread waiting: meanwhile its process has files ahead.
        while turn := queue.get():
            with suppress(Exception):  # the turns have it
                self._answer(turn, partial(at_hand, queue))
        queue.put(None)

    def _answer(self, turn: Turn, more: More) -> None:
        """Have one process at a time read a file, and ``more`` as long as there are any."""
        turns, falls = deque([turn]), 0
        process = self._places.get()
        try:
            while turns:
                if process is None or not process.alive():
                    self._end(process)
                    process = self._start()
                try:
                    give(process, turns, more)
                except FellBefore as error:
                    falls += 1
                    if falls == STARTS:
                        raise _not_started(str(error)) from error
                    continue
                falls = 0
                answer = process.take()
                turns.popleft().answer.set_result(answer)
        except BaseException as error:
            # An answer may still be under way, which nobody could tell from the next one.
            self._end(process)
            process = None
            for left in turns:
                left.answer.set_exception(error)
            raise
        finally:
            self._places.put(process)

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
