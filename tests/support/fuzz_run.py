"""Reads workbooks broken at random, with good ones between, in the processes of a run, and counts what came of it.

Nothing may stop the run, and what the good files give must not differ by a byte from what they give
alone. Run by ``make fuzz``; the same seed breaks the same files in the same way. Real workbooks are taken from
``--corpus`` where there are any, besides the golden ones.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from fuzz_books import KINDS, mutated

from config.town import load_town
from plan_data.loader import load_plan
from tasks.sheets.losses import LOSS_CODES
from tasks.sheets.pool import ContextSource, Job, ReadingPool
from tasks.sheets.reader_key import reader_key

ROOT = Path(__file__).parents[2]
AS_OF = date(2026, 11, 24)
GOLDEN = ROOT / "tests" / "sheets" / "golden"
#: One file in so many is a good one.
EVERY = 8
#: Larger real workbooks take their time without showing more.
MOST_BYTES = 300_000
#: Seconds: what a broken file may cost.
PATIENCE = 20


@dataclass
class Outcome:
    """What came of a fuzz run: codes of the broken files, by kind how many were read, and good files that differ."""

    broken: int = 0
    good: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether every file ended as read or with a message, and no other was touched by it."""
        return not self.differing and not self.unsound


def seeds(corpus: Path | None) -> list[Path]:
    """Return the workbooks that are broken: the golden ones and the real ones at hand."""
    real = sorted(corpus.rglob("*")) if corpus and corpus.is_dir() else []
    kinds = {".xlsx", ".xlsm", ".xls", ".ods", ".csv"}
    taken = [p for p in real if p.is_file() and p.suffix.lower() in kinds and p.stat().st_size <= MOST_BYTES]
    return [*sorted(GOLDEN.glob("*/workbook.*")), *taken]


def fuzz(count: int, seed: int, folder: Path, corpus: Path | None = None, processes: int = 2) -> Outcome:
    """Break and read ``count`` workbooks, in ``folder``."""
    random = Random(seed)
    files = seeds(corpus)
    plan, town = load_plan("togitsu").in_force(AS_OF), load_town("togitsu")
    source = ContextSource.of(plan, town, reader_key(plan, town))
    limits = town.rules.reader.model_copy(update={"seconds_per_file": PATIENCE})

    def job(path: Path) -> Job:
        return Job(path, path.name, "0" * 64, AS_OF, source)

    good = [job(path) for path in sorted(GOLDEN.glob("*/workbook.xlsx"))]
    jobs: list[Job] = []
    kinds: dict[str, str] = {}
    for i in range(count):
        path, other = random.choice(files), random.choice(files)
        kind = KINDS[i % len(KINDS)]
        broken = folder / f"{i:05}-{path.parent.name[:30]}{path.suffix}"
        broken.write_bytes(mutated(random, path.read_bytes(), other.read_bytes(), kind))
        kinds[broken.name] = kind
        jobs.append(job(broken))
        if i % EVERY == 0:
            jobs.append(good[i // EVERY % len(good)])
    outcome = Outcome()
    with ReadingPool(limits, processes) as pool:
        alone = {
            one.path: reading.model_dump_json()
            for one, reading in zip(good, pool.read_many(good), strict=True)
        }
        begun = time.perf_counter()
        for one, reading in zip(jobs, pool.read_many(jobs), strict=True):
            if one.path in alone:
                outcome.good += 1
                if reading.model_dump_json() != alone[one.path]:
                    outcome.differing.append(str(one.path))
                continue
            outcome.broken += 1
            outcome.codes[reading.error.code if reading.error else "read"] += 1
            outcome.read[kinds[one.file]] += reading.error is None
            counts = reading.counts
            sound = counts.rows == counts.accepted + counts.rejected + counts.ignored
            if not sound or (reading.error and not (reading.error.message and reading.error.remedy)):
                outcome.unsound.append(one.file)
        outcome.seconds = time.perf_counter() - begun
    return outcome


def main() -> int:
    """Fuzz, print the summary; return 1 where a good file suffered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    order = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = fuzz(order.files, order.seed, Path(folder), order.corpus)
    lost = sum(n for code, n in outcome.codes.items() if code in LOSS_CODES)
    print(
        f"{outcome.broken} broken workbooks (seed {order.seed}, of {len(seeds(order.corpus))}) and {outcome.good} good"
    )
    print(f"ones between, read in {outcome.seconds:.1f} s; {lost} cost their process")
    for code, n in outcome.codes.most_common():
        print(f"  {code:24} {n:5}")
    print(
        "read in spite of it, by kind:", ", ".join(f"{kind} {n}" for kind, n in sorted(outcome.read.items()))
    )
    print(
        f"crashes of the run: 0; good files that differ: {len(outcome.differing)}; unsound: {len(outcome.unsound)}"
    )
    for name in (*outcome.differing, *outcome.unsound):
        print(f"  {name}")
    return 0 if outcome.passed else 1


if __name__ == "__main__":
    sys.exit(main())
