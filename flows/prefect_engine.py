"""The Prefect engine: every declared step becomes a ``@task`` of the running flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast
from uuid import UUID

from prefect import Task
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from tasks.step import Step, TransientError

if TYPE_CHECKING:
    from tasks.reports.artifacts import Artifact

P = ParamSpec("P")
R = TypeVar("R")


async def _is_transient(task: Any, run: Any, state: State[Any]) -> bool:
    outcome = await state.aresult(raise_on_failure=False)
    return isinstance(outcome, TransientError)


@cache
def as_task(step: Step[..., Any]) -> Task[..., Any]:
    """Return the Prefect task of a step: same name, retries on transient failures only."""
    return Task(
        step.fn,
        name=step.name,
        description=step.description,
        task_run_name=step.run_name or step.name,
        retries=step.retries,
        retry_delay_seconds=step.retry_delay,
        retry_condition_fn=_is_transient,
        timeout_seconds=step.timeout,
        # Parameters are records and paths of this machine: hashing them buys nothing.
        cache_policy=NO_CACHE,
        persist_result=False,
    )


class _ProgressShown:
    """A bar beside the run: ``steps`` are how many there are to be; with 0 nothing is shown."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._done = 0
        self._artifact: UUID | None = None

    def begin(self, name: str) -> None:
        """Say which step is at work now."""
        if self._done < self._steps:
            self._show(f"{name}をしています（{self._done + 1}／{self._steps}）")

    def end(self) -> None:
        """Count a step as done; say so after the last one."""
        self._done += 1
        if self._done == self._steps:  # never where nothing is shown
            self._show("終わりました")

    def _show(self, text: str) -> None:
        percent = 100.0 * self._done / self._steps
        if self._artifact is None:
            self._artifact = cast(UUID, create_progress_artifact(percent, description=text))
        else:
            update_progress_artifact(self._artifact, percent, description=text)


class PrefectEngine:
    """Runs the steps as tasks of the flow run it is used in; ``steps`` makes it show its progress."""

    name = "prefect"

    def __init__(self, steps: int = 0) -> None:
        self._progress = _ProgressShown(steps)

    def call(self, step: Step[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one step and return its result."""
        self._progress.begin(step.name)
        result = cast(R, as_task(step)(*args, **kwargs))
        self._progress.end()
        return result

    def each(self, step: Step[..., R], calls: Sequence[tuple[Any, ...]]) -> list[R]:
        """Submit one task per argument tuple; return the results in that order."""
        self._progress.begin(step.name)
        futures = [as_task(step).submit(*args) for args in calls]
        results = [future.result() for future in futures]
        self._progress.end()
        return results

    def publish(self, artifacts: Callable[[], Sequence[Artifact]]) -> None:
        """Create the artifacts on the present flow run."""
        for artifact in artifacts():
            if artifact.kind == "table":
                create_table_artifact(
                    table=artifact.content, key=artifact.key, description=artifact.description
                )
            else:
                create_markdown_artifact(
                    markdown=artifact.content, key=artifact.key, description=artifact.description
                )
