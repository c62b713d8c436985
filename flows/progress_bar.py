"""A progress bar on a terminal's stderr; nothing where there is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from flows.engines import Progress


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """Yield what the plain engine calls to tell its progress, None without a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        rows: dict[str, int] = {}

        def tell(name: str, done: int, total: int) -> None:
            if name not in rows:
                rows[name] = int(bar.add_task(name, total=total))
            bar.update(rows[name], completed=done, total=total)  # type: ignore[arg-type]

        yield tell
