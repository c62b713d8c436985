"""Files on their way through reading processes: each waits for its turn, then for its answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import NamedTuple

from pydantic import ValidationError

from tasks.sheets.losses import CRASHED, loss
from tasks.sheets.reader_process import IN_HAND, ReaderProcess
from tasks.sheets.records import FileError, FileReading
from tasks.sheets.wire import Job


class Turn(NamedTuple):
    """A file to read, and where its answer will be: the reading as JSON, or why there is none."""

    job: Job
    answer: Future[bytes | FileError]

    @classmethod
    def of(cls, job: Job) -> Turn:
        """Return the turn of a file that has no answer yet."""
        return cls(job, Future())

    def reading(self) -> FileReading:
        """Wait for the answer and return the reading: as it was answered, or with the error alone."""
        job, answer = self.job, self.answer.result()
        if isinstance(answer, FileError):
            return _nothing_read(job, answer)
        try:
            reading = FileReading.model_validate_json(answer)
        except ValidationError:
            return _nothing_read(job, loss(CRASHED, reason="答えの形の誤り"))
        if (reading.file, reading.sha256, reading.received_on) != (job.file, job.sha256, job.received_on):
            return _nothing_read(job, loss(CRASHED, reason="答えの取り違え"))
        return reading


#: Turns for whoever comes first; None for the end.
Queue = SimpleQueue[Turn | None]
#: Gives one more turn, None where there is none at hand.
More = Callable[[], Turn | None]


def at_hand(queue: Queue) -> Turn | None:
    """Return the next turn, None where there is none at the moment, or none any more."""
    try:
        turn = queue.get_nowait()
    except Empty:
        return None
    if turn is None:
        queue.put(None)
    return turn


def give(process: ReaderProcess, turns: deque[Turn], more: More) -> None:
    """Give a process the first of the turns, and of these or of ``more`` what it takes ahead.

    Raise FellBefore where it has none in hand and is gone.
    """
    while process.in_hand < IN_HAND:
        if process.in_hand == len(turns):
            turn = more()
            if turn is None:
                return
            turns.append(turn)
        if not process.give(turns[process.in_hand].job):
            return


def _nothing_read(job: Job, error: FileError) -> FileReading:
    return FileReading(
        file=job.file,
        sha256=job.sha256,
        format=job.path.suffix.lstrip(".").lower() or "unknown",
        received_on=job.received_on,
        error=error,
    )
