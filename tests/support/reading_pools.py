"""Pools whose processes obey the files of a test, and the jobs for them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from department_books import TODAY, book, changed_row, table, togitsu
from processes import wait_for

from config.town import load_town
from plan_data.loader import load_plan
from tasks.sheets.pool import ContextSource, Job, ReadingPool
from tasks.sheets.reader_key import reader_key

MEMORY_MB, SECONDS = 384, 3


@cache
def source() -> ContextSource:
    """What the first town's context is compiled of."""
    return ContextSource.of(load_plan("togitsu").in_force(TODAY), load_town("togitsu"), togitsu().key)


@cache
def other_source() -> ContextSource:
    """The source of another context, as large as that of a plan of thousands of 事業."""
    town, plan = load_town("togitsu"), load_plan("togitsu").in_force(TODAY)
    fewer = plan.model_copy(update={"policies": plan.policies[:1]})
    made = ContextSource.of(fewer, town, reader_key(fewer, town))
    # What follows a pickle is not looked at.
    return ContextSource(made.key, made.pickled + bytes(1024 * 1024))


def pool(
    processes: int = 2, main: str = "main", entry: str | None = None, seconds: int = SECONDS
) -> ReadingPool:
    """A pool of hooked processes with tight limits."""
    limits = load_town("togitsu").rules.reader
    tight = limits.model_copy(update={"memory_mb": MEMORY_MB, "seconds_per_file": seconds})
    return ReadingPool(tight, processes, entry or f"from hooked_worker import {main} as main")


def job(folder, data: bytes | str, file: str = "報告.xlsx") -> Job:
    """The job to read this: a workbook's bytes, or an order to the hooked process, one word a line."""
    path = folder / file
    path.write_bytes(data if isinstance(data, bytes) else f"!{data}".encode())
    return Job(path, file, "0" * 64, TODAY, source())


def ordinary(folder, count: int) -> list[Job]:
    """Jobs to read ordinary workbooks, each with a progress of its own and one faulty row."""
    return [
        job(
            folder,
            book(
                table(changed_row(進捗率=f"{i % 101}%"), changed_row(事業名=f"謎{i}", 完了予定日="R8.2.30"))
            ),
            f"{i:03}.xlsx",
        )
        for i in range(count)
    ]


def stopping(folder: Path) -> Job:
    """The job of a file at which the process waits to be killed."""
    return job(folder, f"stop\n{folder / 'pid-'}", "stop.xlsx")


def stopped_process(folder: Path) -> int:
    """The number of the process that waits there, as soon as it does."""
    return int(wait_for(lambda: [*folder.glob("pid-*")], 30)[0].name.removeprefix("pid-"))


def dumped(readings) -> list[str]:
    """The readings as the bytes that are stored."""
    return [reading.model_dump_json() for reading in readings]
