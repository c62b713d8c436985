"""Two ways to run one flow body: plainly, step after step, or as Prefect tasks.

A body takes an Engine and calls its steps through it. Nothing here imports Prefect, because its
start costs seconds: ``flows/prefect_engine.py`` holds the other engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

from tasks.step import Step, TransientError

if TYPE_CHECKING:
    from tasks.reports.artifacts import Artifact

P = ParamSpec("P")
R = TypeVar("R")

#: Called with the step's name, how many of its calls are done, and how many there are.
Progress = Callable[[str, int, int], None]


class Engine(Protocol):
    """How a body runs its steps."""

    @property
    def name(self) -> str:
        """Return ``plain`` or ``prefect``."""

    def call(self, step: Step[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one step and return its result."""

    def each(self, step: Step[..., R], calls: Sequence[tuple[Any, ...]]) -> list[R]:
        """Run one step once per argument tuple and return the results in that order."""

    def publish(self, artifacts: Callable[[], Sequence[Artifact]]) -> None:
        """Show tables and texts beside the run, where the engine has a place for them."""


class PlainEngine:
    """Runs the steps as plain functions, in order; transient failures are retried at once."""

    name = "plain"

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress or (lambda name, done, total: None)

    def call(self, step: Step[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one step and return its result."""
        self._progress(step.name, 0, 1)
        result = self._attempt(step, args, kwargs)
        self._progress(step.name, 1, 1)
        return result

    def each(self, step: Step[..., R], calls: Sequence[tuple[Any, ...]]) -> list[R]:
        """Run one step once per argument tuple and return the results in that order."""
        results = []
        self._progress(step.name, 0, len(calls))
        one_by_one = (self._attempt(step, args, {}) for args in calls)
        for done, result in enumerate(step.many(calls) if step.many else one_by_one, start=1):
            results.append(result)
            self._progress(step.name, done, len(calls))
        return results

    def publish(self, artifacts: Callable[[], Sequence[Artifact]]) -> None:
        """Do nothing: without Prefect the report itself is the place."""

    def _attempt(self, step: Step[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
        for _ in range(step.retries):
            try:
                return step(*args, **kwargs)
            except TransientError:
                continue
        return step(*args, **kwargs)
