"""Simulated departments at work: what truly happens to a town's commitments, and nothing of what is reported.

Pure but for its own seeded source of chance: the same seed and town give the same truth. How often and how
far work runs late is taken from the surveys behind ``forecast.yaml`` (70.6 % in time; of the late ones
13.8 % by more than half of the planned time, so exponential with a mean of a quarter); how departments
differ and when a delay sets in is assumed, and said so here. Nothing in it is a real town.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from config.business_days import BusinessCalendar
from plan_data.model import Plan, Project
from plan_data.phases import fiscal_year_end
from tasks.progress.commitments import Promise, promises_of

#: Survey: share not in time, and mean overrun of those as a share of the planned time (0.5 / ln(1 / 0.138)).
LATE_SHARE, MEAN_OVERRUN = 0.294, 0.252
#: Assumed: the late share of a department is a beta of this weight around the survey's.
DEPARTMENT_WEIGHT = 4.0
#: Assumed: this share of the delays comes at once, at a moment between these shares of the planned time.
SUDDEN_SHARE, SUDDEN_BETWEEN = 0.4, (0.3, 0.95)
#: Assumed: what is in time ends up to this share of the planned time early.
EARLY_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Work:
    """The truth of one one-off commitment: it is done on ``ends_on``.

    ``stalls_at`` is the share of the planned time at which a sudden delay sets in; None: slow from the beginning.
    """

    promise: Promise
    starts_on: date
    ends_on: date
    stalls_at: float | None

    @property
    def planned_days(self) -> int:
        """The days from its start to its due date; at least one."""
        return max((self.promise.due_on - self.starts_on).days, 1)

    @property
    def late(self) -> bool:
        """Whether it truly ends after its due date."""
        return self.ends_on > self.promise.due_on

    def time_earned(self, day: date) -> float:
        """Return the share of its planned time that the work has truly earned by a day, 0 to 1."""
        passed, takes = (day - self.starts_on).days, max((self.ends_on - self.starts_on).days, 1)
        if passed <= 0:
            return 0.0
        if self.stalls_at is None or not self.late:
            return min(passed / takes, 1.0)
        before = self.stalls_at * self.planned_days
        if passed <= before:
            return passed / self.planned_days
        stalled = before + (takes - self.planned_days)
        return self.stalls_at if passed <= stalled else min((passed - takes) / self.planned_days + 1, 1.0)

    def seen_late(self, day: date) -> bool:
        """Whether the department itself can know by that day that it will be late."""
        if not self.late or day < self.starts_on:
            return False
        begins = self.stalls_at if self.stalls_at is not None else 0.25
        return (day - self.starts_on).days > begins * self.planned_days


@dataclass(frozen=True, slots=True)
class DepartmentTraits:
    """How one department works and reports; shares 0 to 1."""

    name: str
    late_share: float
    optimism: float
    silence: float
    copying: float
    gives_dates: bool


def traits(random: Random, name: str) -> DepartmentTraits:
    """Draw a department."""
    return DepartmentTraits(
        name,
        random.betavariate(LATE_SHARE * DEPARTMENT_WEIGHT, (1 - LATE_SHARE) * DEPARTMENT_WEIGHT),
        optimism=random.uniform(0.1, 0.8),
        silence=random.uniform(0.0, 0.12),
        copying=random.uniform(0.1, 0.6),
        gives_dates=random.random() < 0.7,
    )


def works_of(
    random: Random, plan: Plan, project: Project, calendar: BusinessCalendar, department: DepartmentTraits
) -> tuple[Work, ...]:
    """Draw what becomes of the one-off commitments of a 事業, each begun when the one before is done."""
    works: list[Work] = []
    free_from = date.min
    for promise in promises_of(plan, project, calendar):
        if promise.standing:
            continue
        starts_on = max(promise.starts_on, free_from)
        planned = (fiscal_year_end(promise.years[-1]) - promise.starts_on).days
        late = random.random() < department.late_share
        overrun = random.expovariate(1 / MEAN_OVERRUN) if late else -random.uniform(0, EARLY_SHARE)
        ends_on = starts_on + timedelta(days=max(round(planned * (1 + overrun)), 1))
        if not late and free_from <= promise.starts_on:
            ends_on = min(ends_on, promise.due_on)
        stalls_at = random.uniform(*SUDDEN_BETWEEN) if random.random() < SUDDEN_SHARE else None
        works.append(Work(promise, starts_on, ends_on, stalls_at))
        free_from = ends_on
    return tuple(works)
