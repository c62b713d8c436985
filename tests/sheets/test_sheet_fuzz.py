"""The short fuzz run of the suite; ``make fuzz`` is the long one."""

from __future__ import annotations

from random import Random

from fuzz_books import KINDS, mutated
from fuzz_run import fuzz, seeds


def test_it_reads_the_good_files_between_broken_ones_as_if_they_were_alone(tmp_path):
    outcome = fuzz(65, 7, tmp_path)
    assert outcome.passed, (outcome.differing, outcome.unsound)
    assert (outcome.broken, outcome.good) == (65, 9)
    assert len(outcome.codes) > 2


def test_it_breaks_the_same_files_in_the_same_way(tmp_path):
    one, other = (path.read_bytes() for path in seeds(None)[:2])
    for kind in KINDS:
        first, again = (mutated(Random(3), one, other, kind) for _ in range(2))
        assert first == again != one
