"""Loading modules ahead: beside a step that mostly waits for other processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Thread


@contextmanager
def loading(modules: Sequence[str]) -> Iterator[None]:
    """Import modules, in their order, beside the block; at its end all are loaded.

    What goes wrong is raised where a module is then asked for as usual.
    """
    thread = Thread(target=_load, args=(modules,), name="loading ahead")
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _load(modules: Sequence[str]) -> None:
    with suppress(Exception):
        for module in modules:
            import_module(module)
