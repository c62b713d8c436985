"""The Prefect engine: every declared step becomes a ``@task`` of the running flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from prefect import Task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
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


class PrefectEngine:
    """Runs the steps as tasks of the flow run it is used in."""

    name = "prefect"

    def call(self, step: Step[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one step and return its result."""
        return cast(R, as_task(step)(*args, **kwargs))

    def each(self, step: Step[..., R], calls: Sequence[tuple[Any, ...]]) -> list[R]:
        """Submit one task per argument tuple; return the results in that order."""
        futures = [as_task(step).submit(*args) for args in calls]
        return [future.result() for future in futures]

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
