"""What the reading station costs, as ratios in one run on the same files with the same number of processes.

The yardstick is bare python-calamine, ``to_python`` of all sheets. Files are those of ``shinchoku
simulate``; both sides run in turn in warm workers of their own, and medians are compared.
Run by ``make bench``; ``--files 33079`` takes the whole simulated nation.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import cache
from multiprocessing import get_context
from pathlib import Path

AS_OF = date(2026, 11, 24)
ROUNDS = 5
FEW = 200
#: Files a worker takes at a time: small enough that both workers end together.
CHUNK = 25
MB = 1024 * 1024


@cache
def context():
    """What the reader knows of the town, loaded once a worker."""
    from config.settings import settings
    from config.site import Site
    from tasks.sheets.reading import reading_context

    site = Site("togitsu", settings({}))
    return reading_context(site.plan_book.in_force(AS_OF), site.config)


def with_calamine(paths: Sequence[Path]) -> int:
    """Read all sheets with nothing but calamine; return the most memory this process ever took, in bytes."""
    from python_calamine import CalamineWorkbook

    for path in paths:
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()
    return memory()


def with_reader(paths: Sequence[Path]) -> int:
    """Read with the reading station, every value with its cell; return the memory as above."""
    from tasks.sheets.reading import read_file

    for path in paths:
        read_file(path, path.name, "0" * 64, AS_OF, context())
    return memory()


def memory() -> int:
    """Return the most memory this process ever took, in bytes (Linux counts in KB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


Read = Callable[[Sequence[Path]], int]


@contextmanager
def workers(
    count: int, read: Read, warm_up: Sequence[Path]
) -> Iterator[Callable[[Sequence[Path]], tuple[float, int]]]:
    """Yield what reads files in ``count`` warm processes and returns seconds and the most memory of one."""
    with ProcessPoolExecutor(count, get_context("spawn")) as pool:

        def run(paths: Sequence[Path]) -> tuple[float, int]:
            begun = time.perf_counter()
            chunks = [paths[i : i + CHUNK] for i in range(0, len(paths), CHUNK)]
            most = max(pool.map(read, chunks))
            return time.perf_counter() - begun, most

        # Every worker gets some of it: imports and caches are not what is measured.
        run(list(warm_up) * count)
        yield run


def main() -> None:
    """Write the corpus, take the times in turn, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000, help="number of files (33079: all)")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    order = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        paths = write_corpus(inbox, order.files)
        reading(paths, order.processes, order.rounds)
        unchanged(inbox, paths, Path(folder) / "home", order.rounds)


def write_corpus(inbox: Path, count: int) -> list[Path]:
    """Simulate the files and say what they are."""
    from config.settings import settings
    from config.site import Site
    from tasks.samples.national import National

    site = Site("togitsu", settings({}))
    begun = time.perf_counter()
    paths = National(site.plan_book.revisions[-1], site.config, seed=1).write(inbox, count)
    seconds = time.perf_counter() - begun
    sizes = [path.stat().st_size for path in paths]
    median = statistics.median(sizes) / 1000
    print(
        f"{count} files, median {median:.1f} kB, written in {seconds:.1f} s ({seconds / count * 1000:.2f} ms a file)"
    )
    return paths


def reading(paths: list[Path], processes: int, rounds: int) -> None:
    """Compare the reading station with bare calamine, and its beginning with its end."""
    few = paths[:FEW]
    base: list[float] = []
    read: list[float] = []
    read_few: list[float] = []
    with workers(processes, with_calamine, few) as calamine, workers(processes, with_reader, few) as reader:
        at_first = reader(few)[1]
        at_last = 0
        for _ in range(rounds):
            base.append(calamine(paths)[0])
            seconds, at_last = reader(paths)
            read.append(seconds)
            read_few.append(reader(few)[0])
    print(f"reading, {processes} processes, {rounds} rounds")
    show("bare calamine", statistics.median(base), len(paths))
    ratios = sorted(mine / bare for mine, bare in zip(read, base, strict=True))
    show(
        "reading station",
        statistics.median(read),
        len(paths),
        statistics.median(ratios),
        "<= 2.00x, aim 1.50x",
    )
    print(f"  {'':34} rounds {ratios[0]:.2f}x to {ratios[-1]:.2f}x")
    flat = (statistics.median(read) / len(paths)) / (statistics.median(read_few) / len(few))
    show(f"a file of {len(paths)} against one of {len(few)}", None, len(paths), flat, "flat: about 1.00x")
    growth = at_last / at_first
    print(
        f"  {'memory of a worker':34} {at_first / MB:8.0f} MB after {len(few)} files, {at_last / MB:.0f} MB at the end",
        end="",
    )
    print(f"   {growth:5.2f}x  (flat, <= 1024 MB)")


def unchanged(inbox: Path, paths: list[Path], home: Path, rounds: int) -> None:
    """Compare a second look at an unchanged inbox with hashing its files; one process each."""
    site = site_at(home)
    first = seconds_of(lambda: look(site, inbox))
    hashing: list[float] = []
    again: list[float] = []
    collecting: list[float] = []
    for _ in range(rounds):
        hashing.append(seconds_of(lambda: [hashlib.sha256(path.read_bytes()).digest() for path in paths]))
        collecting.append(seconds_of(lambda: collected(site, inbox)))
        again.append(seconds_of(lambda: look(site, inbox)))
    base = statistics.median(hashing)
    print(f"an inbox through the store, 1 process, {rounds} rounds")
    show("first run: collect, read, record", first, len(paths))
    show("hashing the files", base, len(paths))
    targets = "<= 1.30x; by stat <= 0.35x"
    show(
        "unchanged: collect",
        statistics.median(collecting),
        len(paths),
        statistics.median(collecting) / base,
        targets,
    )
    show(
        "unchanged: collect and read",
        statistics.median(again),
        len(paths),
        statistics.median(again) / base,
        targets,
    )


def site_at(home: Path):
    """A site of its own with an empty store."""
    from config.settings import settings
    from config.site import Site

    site = Site("togitsu", settings({"SHINCHOKU_HOME": str(home)}))
    site.prepare()
    return site


def collected(site, inbox: Path):
    """Look through the inbox."""
    from tasks.intake.steps import collect

    return collect(site, inbox, AS_OF)


def look(site, inbox: Path) -> None:
    """Do what a run does up to the readings."""
    from tasks.sheets.steps import read_submission

    for submission in collected(site, inbox).submissions:
        read_submission(site, submission)


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
