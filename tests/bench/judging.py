"""What judging costs against reading, in one run on one core, and whether it is linear in commitments.

Each simulated town is a town of the nation of ``shinchoku simulate``: its 19 workbooks are read, and
the same readings stand for every quarter of three years (twelve a file). Targets: judging the 29 事業
with all that history <= 15 % of the time those workbooks take to read; ten times the commitments in
<= 11 times the time. Run by ``make bench``; ``--towns 1741`` takes the whole nation.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from config.settings import settings
from config.site import Site
from flows.cli import COLLECTED_AFTER
from plan_data.loader import PlanBook
from plan_data.model import Plan
from tasks.progress.judge import GROUP_DEPARTMENT, judge
from tasks.samples.national import National
from tasks.sheets.reading import read_file, reading_context
from tasks.sheets.records import FileReading, Observation

AS_OF = date(2027, 11, 24)
QUARTERS = tuple(date(year, month, 20) for year in (2025, 2026, 2027) for month in (1, 4, 7, 10))
FILES_PER_TOWN = 19
TIMES = 10
ROUNDS = 5
T = TypeVar("T")
R = TypeVar("R")


def main() -> None:
    """Read and judge town after town, then judge a plan of ten times as many 事業."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--towns", type=int, default=8)
    towns = parser.parse_args().towns
    gc.set_threshold(COLLECTED_AFTER)  # as the command line does
    site = Site("togitsu", settings({}))
    read_s = judge_s = 0.0
    commitments = 0
    with tempfile.TemporaryDirectory() as folder:
        national = National(site.plan_book.revisions[-1], site.config, 1)
        paths = national.write(Path(folder), FILES_PER_TOWN * towns)
        context = reading_context(site.plan_book.in_force(AS_OF), site.config)
        read_file(paths[0], paths[0].name, "0" * 64, AS_OF, context)
        for first in range(0, len(paths), FILES_PER_TOWN):
            seconds, quarter = timed(
                lambda some: [read_file(p, p.name, "0" * 64, AS_OF, context) for p in some],
                paths[first : first + FILES_PER_TOWN],
            )
            read_s += seconds
            history = [r.model_copy(update={"received_on": day}) for day in QUARTERS for r in quarter]
            seconds, findings = timed(lambda some: judged(site, site.plan_book, some), history)
            judge_s += seconds
            commitments += findings
    per_file = read_s / (FILES_PER_TOWN * towns)
    print(f"{towns} towns, {FILES_PER_TOWN} workbooks each a quarter, {len(QUARTERS)} quarters")
    print(f"reading one workbook        {per_file * 1000:9.2f} ms")
    print(f"judging one town            {judge_s / towns * 1000:9.2f} ms   ({commitments} 事業 in all)")
    all_read = per_file * FILES_PER_TOWN * len(QUARTERS) * towns
    print(
        f"judging against reading     {judge_s / all_read:9.1%}      (target <= 15 %, three years of workbooks)"
    )
    print(f"  against one quarter's     {judge_s / read_s:9.1%}")
    one, many = linear(site, history)
    print(f"{TIMES} times the commitments     {many / one:9.2f}x      (target <= {TIMES * 1.1:.0f}x)")


def judged(site: Site, book: PlanBook, history: Sequence[FileReading]) -> int:
    """Judge a town and return how many 事業 were judged."""
    c = site.config
    members = c.departments.members(GROUP_DEPARTMENT)
    judgement = judge(
        book, history, AS_OF, c.rules, c.calendar, c.forecast, site.action_plans, members
    )  # fmt: skip
    return len(judgement.findings)


def linear(site: Site, history: Sequence[FileReading]) -> tuple[float, float]:
    """Return the seconds for the town, and for a plan of TIMES as many 事業, each with as much history.

    In turn, and the best of several rounds each: what another process does to the caches is not ours.
    """
    work = {}
    for times in (1, TIMES):
        book = PlanBook(site.town, tuple(widened(plan, times) for plan in site.plan_book.revisions))
        work[times] = book, [copied(reading, number) for number in range(times) for reading in history]
    took: dict[int, list[float]] = {1: [], TIMES: []}
    for times in (1, TIMES) * ROUNDS:
        book, readings = work[times]
        took[times].append(timed(lambda some, book=book: judged(site, book, some), readings)[0])
    return min(took[1]), min(took[TIMES])


def widened(plan: Plan, times: int) -> Plan:
    """Return a plan with each 事業 ``times`` over, under ids of their own."""
    return plan.model_copy(
        update={
            "policies": tuple(
                policy.model_copy(
                    update={
                        "measures": tuple(
                            measure.model_copy(
                                update={
                                    "projects": tuple(
                                        project.model_copy(update={"id": numbered(project.id, number)})
                                        for number in range(times)
                                        for project in measure.projects
                                    ),
                                    "achievements": tuple(
                                        fact.model_copy(
                                            update={"project_id": numbered(fact.project_id, number)}
                                        )
                                        for number in range(times)
                                        for fact in measure.achievements
                                    ),
                                }
                            )
                            for measure in policy.measures
                        )
                    }
                )
                for policy in plan.policies
            )
        }
    )


def copied(reading: FileReading, number: int) -> FileReading:
    """Return a reading whose rows speak of the ``number``-th copy of their 事業."""
    rows = tuple(
        Observation.model_construct(
            **{**dict(row), "project_id": row.project_id and numbered(row.project_id, number)}
        )
        for row in reading.observations
    )
    return reading.model_copy(update={"file": f"{number}/{reading.file}", "observations": rows})


def numbered(project_id: str, number: int) -> str:
    """Return the id of a copy; the first keeps its own."""
    return f"{project_id}-{number}" if number else project_id


def timed(work: Callable[[T], R], item: T) -> tuple[float, R]:
    """Return the processor seconds that ``work`` took, and its result; garbage is collected before."""
    gc.collect()
    gc.freeze()  # what was there before is not gone through again
    begun = time.process_time()
    result = work(item)
    return time.process_time() - begun, result


if __name__ == "__main__":
    main()
