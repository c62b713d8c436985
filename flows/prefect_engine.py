"""The Prefect engine: every declared step becomes a ``@task`` of the running flow."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import copy_context
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
from prefect.utilities.annotations import quote

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
    """A bar beside the run: ``steps`` are how many there are to be; with 0 nothing is shown.

    It is shown by a thread of its own, and of several changes the last one: no step waits for a picture.
    """

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._done = 0
        self._artifact: UUID | None = None
        self._lock = threading.Lock()
        self._latest: tuple[float, str] | None = None
        self._shower: threading.Thread | None = None

    def begin(self, name: str) -> None:
        """Say which step is at work now."""
        if self._done < self._steps:
            self._show(f"{name}をしています（{self._done + 1}／{self._steps}）")

    def end(self) -> None:
        """Count a step as done; say so after the last one, and see that it is shown."""
        self._done += 1
        if self._done == self._steps:  # never where nothing is shown
            self._show("終わりました")
            if (shower := self._shower) is not None:
                shower.join()

    def _show(self, text: str) -> None:
        with self._lock:
            self._latest = 100.0 * self._done / self._steps, text
            if self._shower is None:
                # In this thread's context, which says whose run it is.
                run = copy_context().run
                self._shower = threading.Thread(target=run, args=(self._show_latest,), daemon=True)
                self._shower.start()

    def _show_latest(self) -> None:
        while (news := self._next()) is not None:
            percent, text = news
            # Where the server cannot be reached, the steps themselves say so.
            with suppress(Exception):
                if self._artifact is None:
                    self._artifact = cast(UUID, create_progress_artifact(percent, description=text))
                else:
                    update_progress_artifact(self._artifact, percent, description=text)

    def _next(self) -> tuple[float, str] | None:
        with self._lock:
            news, self._latest = self._latest, None
            if news is None:
                self._shower = None
            return news


class PrefectEngine:
    """Runs the steps as tasks of the flow run it is used in; ``steps`` makes it show its progress.

    What a step is given is quoted: no task waits for another one's, so Prefect need not look through
    thousands of records for what it would have to wait for.
    """

    name = "prefect"

    def __init__(self, steps: int = 0) -> None:
        self._progress = _ProgressShown(steps)

    def call(self, step: Step[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one step and return its result."""
        self._progress.begin(step.name)
        quoted = {name: quote(value) for name, value in kwargs.items()}
        result = cast(R, as_task(step)(*map(quote, args), **quoted))
        self._progress.end()
        return result

    def each(self, step: Step[..., R], calls: Sequence[tuple[Any, ...]]) -> list[R]:
        """Submit one task per argument tuple; return the results in that order."""
        self._progress.begin(step.name)
        futures = [as_task(step).submit(*map(quote, args)) for args in calls]
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
