"""What the reading station costs, as ratios in one run on the same files with the same number of processes.

The yardstick is bare python-calamine, ``to_python`` of all sheets. Files are those of ``shinchoku
simulate``; both sides run in turn in workers of their own, and medians are compared.
Run by ``make bench``; ``--files 33079`` takes the whole simulated nation.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.site import Site
    from tasks.intake.records import Collected
    from tasks.sheets.context import ReadingContext
    from tasks.sheets.records import FileReading

AS_OF = date(2026, 11, 24)
ROUNDS = 3
#: Looks at an unchanged inbox in a round: each takes a tenth of a second.
LOOKS = 5
FEW = 200
#: Files that are handed back.
SOME = 500
#: Files of an inbox: so many that what a run costs without any does not count.
INBOX = 2000
#: Files a worker takes at a time: small enough that both workers end together.
CHUNK = 25
MB = 1024 * 1024


@cache
def site_at(home: Path | None = None) -> Site:
    """Return the first town's site, by the default settings."""
    from config.settings import settings
    from config.site import Site

    return Site("togitsu", settings({"SHINCHOKU_HOME": str(home)} if home else {}))


@cache
def context() -> ReadingContext:
    """What the reader knows of the town, loaded once a worker, which then runs as a reading process does."""
    from tasks.sheets.reading import reading_context
    from tasks.sheets.worker import spare_the_collector

    site = site_at()
    known = reading_context(site.plan_book.in_force(AS_OF), site.config)
    spare_the_collector()
    return known


@dataclass(frozen=True, slots=True)
class Effort:
    """What reading took: seconds by the clock, seconds of processor, and the most memory of one process in bytes."""

    seconds: float
    processor: float
    memory: int


def with_calamine(paths: Sequence[Path]) -> Effort:
    """Read all sheets with nothing but calamine."""
    from python_calamine import CalamineWorkbook

    begun = time.perf_counter(), time.process_time()
    for path in paths:
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()
    return effort(*begun)


def with_reader(paths: Sequence[Path]) -> Effort:
    """Read with the reading station up to the document that it hands back, every value with its cell."""
    from tasks.sheets.reading import read_document

    known = context()
    begun = time.perf_counter(), time.process_time()
    for path in paths:
        read_document(path, path.name, "0" * 64, AS_OF, known)
    return effort(*begun)


def documents(paths: Sequence[Path]) -> list[bytes]:
    """Read and hand back, as an unsupervised pool of processes does."""
    from tasks.sheets.reading import read_document

    return [read_document(path, path.name, "0" * 64, AS_OF, context()) for path in paths]


def records(portions: Iterable[Sequence[bytes]]) -> list[FileReading]:
    """Make records of documents as they come."""
    from tasks.sheets.records import FileReading

    return [FileReading.model_validate_json(document) for portion in portions for document in portion]


def effort(seconds: float, processor: float) -> Effort:
    """Return the effort of this process since then, and the most memory it ever took.

    Linux only: ru_maxrss would count what the parent took before the process was its own.
    """
    status = Path("/proc/self/status").read_text()
    kilobytes = int(status.partition("VmHWM:")[2].split()[0])
    return Effort(time.perf_counter() - seconds, time.process_time() - processor, kilobytes * 1024)


def chunks(paths: Sequence[Path]) -> list[Sequence[Path]]:
    """Return the files in portions of one worker."""
    return [paths[i : i + CHUNK] for i in range(0, len(paths), CHUNK)]


Read = Callable[[Sequence[Path]], Effort]


@contextmanager
def workers(count: int, read: Read, warm_up: Sequence[Path]) -> Iterator[Read]:
    """Yield what reads files in ``count`` warm processes; processor time is that of all of them."""
    with ProcessPoolExecutor(count, get_context("spawn")) as pool:

        def run(paths: Sequence[Path]) -> Effort:
            begun = time.perf_counter()
            efforts = list(pool.map(read, chunks(paths)))
            processor, memory = sum(e.processor for e in efforts), max(e.memory for e in efforts)
            return Effort(time.perf_counter() - begun, processor, memory)

        # Every worker gets some of it: imports and caches are not what is measured.
        run(list(warm_up) * count)
        yield run


def main() -> None:
    """Write the corpus, take the times in turn, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000, help="number of files (33079: all)")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--folder", type=Path, help="files that `shinchoku simulate` wrote before")
    order = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = at_hand(order.folder or Path(folder) / "nation", order.files + FEW)
        # The last are of other towns than the first.
        reading(paths[:-FEW], paths[-FEW:], order.processes, order.rounds)
        supervision(paths[:SOME], order.processes, order.rounds)
        inbox = Path(folder) / "inbox"
        unchanged(inbox, write_corpus(inbox, min(order.files, INBOX)), Path(folder) / "home", order.rounds)


def at_hand(folder: Path, count: int) -> list[Path]:
    """Return the files in a folder, simulated where it is not there; one order, of towns mixed."""
    if not folder.exists():
        return write_corpus(folder, count)
    paths = sorted(folder.rglob("*.xls[xm]"))
    Random(1).shuffle(paths)
    print(f"{len(paths[:count])} files of {folder.name}")
    return paths[:count]


def write_corpus(inbox: Path, count: int) -> list[Path]:
    """Simulate the files and say what they are."""
    from tasks.samples.national import National

    site = site_at()
    begun = time.perf_counter()
    paths = National(site.plan_book.revisions[-1], site.config, seed=1).write(inbox, count)
    seconds = time.perf_counter() - begun
    size = median(path.stat().st_size for path in paths) / 1000
    each = seconds / count * 1000
    print(f"{count} files, median {size:.1f} kB, written in {seconds:.1f} s ({each:.2f} ms a file)")
    return paths


def reading(paths: list[Path], warm_up: Sequence[Path], processes: int, rounds: int) -> None:
    """Compare the reading station with bare calamine, and its beginning with its end.

    Every round has new workers, warmed up with other files: a file is read once, as in a run, and
    what is remembered of one helps with the others only.
    """
    few = paths[:FEW]
    bare: list[Effort] = []
    read: list[Effort] = []
    read_few: list[Effort] = []
    for _ in range(rounds):
        with workers(processes, with_calamine, warm_up) as calamine:
            bare.append(calamine(paths))
        with workers(processes, with_reader, warm_up) as reader:
            read_few.append(reader(few))
            rest = reader(paths[FEW:])
            begun = read_few[-1]
            read.append(Effort(begun.seconds + rest.seconds, begun.processor + rest.processor, rest.memory))
    print(f"reading, {processes} processes, {rounds} rounds (a ratio by the clock, and by processor time)")
    show("bare calamine", median(e.seconds for e in bare), len(paths))
    ratios = sorted(mine.seconds / base.seconds for mine, base in zip(read, bare, strict=True))
    show(
        "reading station", median(e.seconds for e in read), len(paths), median(ratios), "<= 2.00x, aim 1.50x"
    )
    by_processor = median(e.processor for e in read) / median(e.processor for e in bare)
    print(f"  {'':63} {by_processor:5.2f}x  by processor; by the clock {ratios[0]:.2f}x to {ratios[-1]:.2f}x")
    flat = median(e.processor for e in read) / len(paths) / (median(e.processor for e in read_few) / len(few))
    show(
        f"a file of {len(paths)} against one of {len(few)}",
        None,
        len(paths),
        flat,
        "by processor; flat: about 1.00x",
    )
    first, last = max(e.memory for e in read_few), max(e.memory for e in read)
    label = f"memory of a worker: {first / MB:.0f} MB, then {last / MB:.0f} MB"
    show(label, None, len(paths), last / first, "flat: about 1.00x; <= 1024 MB")


def supervision(paths: list[Path], processes: int, rounds: int) -> None:
    """Compare the supervised pool with an unsupervised one that hands back the same: of both, records are made here."""
    from tasks.sheets.pool import ContextSource, Job, ReadingPool

    site = site_at()
    source = ContextSource.of(site.plan_book.in_force(AS_OF), site.config, context().key)
    jobs = [Job(path, path.name, "0" * 64, AS_OF, source) for path in paths]
    bare: list[float] = []
    supervised: list[float] = []
    with (
        ProcessPoolExecutor(processes, get_context("spawn")) as plain,
        ReadingPool(site.config.rules.reader, processes) as pool,
    ):
        for _ in range(rounds + 1):
            bare.append(seconds_of(lambda: records(plain.map(documents, chunks(paths)))))
            supervised.append(seconds_of(lambda: list(pool.read_many(jobs))))
    # The first round started the processes.
    bare, supervised = bare[1:], supervised[1:]
    ratio = median(mine / base for mine, base in zip(supervised, bare, strict=True))
    show("unsupervised, handed back", median(bare), len(paths))
    show("supervised, handed back", median(supervised), len(paths), ratio, "<= 1.10x")


def unchanged(inbox: Path, paths: list[Path], home: Path, rounds: int) -> None:
    """Compare a second look at an unchanged inbox with hashing its files; one process each."""
    site = site_at(home)
    site.prepare()
    # Settled: long enough ago for the next change to show. In the future: never, so that each look opens them.
    settled, unsettled = time.time() - 3600, time.time() + 3600
    set_times(paths, settled)
    first = seconds_of(lambda: look(site, inbox))
    looks = rounds * LOOKS
    hashing: list[float] = []
    opened: list[float] = []
    by_look: list[float] = []
    for _ in range(looks):
        hashing.append(seconds_of(lambda: [hashlib.sha256(path.read_bytes()).digest() for path in paths]))
        set_times(paths, unsettled)
        opened.append(seconds_of(lambda: look(site, inbox)))
        set_times(paths, settled)
        look(site, inbox)
        by_look.append(seconds_of(lambda: look(site, inbox)))
    print(f"an inbox through the store, {looks} looks (ratios of pairs)")
    show("first run: collect, read, record", first, len(paths))
    show("hashing the files", median(hashing), len(paths))
    for label, took, target in (
        ("unchanged, every file opened", opened, "<= 1.30x"),
        ("unchanged, by size and times", by_look, "<= 0.35x"),
    ):
        ratio = median(mine / base for mine, base in zip(took, hashing, strict=True))
        show(label, median(took), len(paths), ratio, target)
    bare = median(with_calamine(paths).seconds for _ in range(rounds))
    show("the same against bare calamine", None, len(paths), median(by_look) / bare, "one process each")


def set_times(paths: Sequence[Path], moment: float) -> None:
    """Make files look as if they had been written at a moment, and read later.

    A file that was not read since it was written has its time of reading noted with the next read, by most
    systems: that is what reading it costs, and nothing of ours.
    """
    for path in paths:
        os.utime(path, (max(moment, time.time()) + 60, moment))


def collected(site: Site, inbox: Path) -> Collected:
    """Look through the inbox."""
    from tasks.intake.steps import collect

    return collect(site, inbox, AS_OF)


def look(site: Site, inbox: Path) -> None:
    """Do what a run does up to the readings."""
    from flows.engines import PlainEngine
    from tasks.sheets.steps import look_up, read_received, reading_pool

    received = look_up(site, collected(site, inbox).submissions)
    with reading_pool(site) as pool:
        PlainEngine().each(read_received, [(site, one, pool) for one in received])


def seconds_of(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def show(label: str, seconds: float | None, files: int, ratio: float | None = None, target: str = "") -> None:
    """Print one line of the table."""
    cost = f"{seconds:8.2f} s {seconds / files * 1000:8.3f} ms a file" if seconds is not None else " " * 29
    against = f"   {ratio:5.2f}x  ({target})" if ratio is not None else ""
    print(f"  {label:34} {cost}{against}")


if __name__ == "__main__":
    main()
