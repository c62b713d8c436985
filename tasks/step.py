"""A step: a plain function that says how it wants to be run.

Stations declare their steps in ``steps.py`` with this decorator, which imports nothing. The plain
engine calls them; the Prefect engine (``flows/engines.py``) turns the same declaration into a
``@task``. So each flow has one body, and a start without a server does not pay for Prefect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class TransientError(Exception):
    """A failure that may pass by itself: the only kind a step is retried for."""


@dataclass(frozen=True)
class Step(Generic[P, R]):
    """A function with its Japanese ``name`` and ``description``, and its ``run_name`` template.

    ``run_name`` is formatted with the call's parameters, as Prefect's ``task_run_name`` is.
    ``retries`` (each after ``retry_delay`` seconds) apply to TransientError only; ``timeout`` is
    in seconds and holds under Prefect only. ``many`` does all calls of ``Engine.each`` together, in
    their order, for an engine that need not show each of them.
    """

    fn: Callable[P, R]
    name: str
    description: str
    run_name: str | None = None
    retries: int = 0
    retry_delay: float = 5.0
    timeout: float | None = None
    many: Callable[[Sequence[tuple[Any, ...]]], Iterable[R]] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the function itself, once."""
        return self.fn(*args, **kwargs)


def step(name: str, description: str, **options: Any) -> Callable[[Callable[P, R]], Step[P, R]]:
    """Declare a function to be a step; see Step for the options."""

    def declare(fn: Callable[P, R]) -> Step[P, R]:
        return Step(fn, name, description, **options)

    return declare
