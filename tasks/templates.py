"""Jinja environments that compile a template once a machine, not once a start.

Compiling the report's page costs as much as everything else about it. As Python does with modules,
the compiled form is kept in ``__pycache__`` beside its source: what may write there may write the
program too, so loading it trusts nobody new. Where it cannot be written, or ``PYTHONDONTWRITEBYTECODE``
is set, a template is compiled each time.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket


class _BesideTheSource(FileSystemBytecodeCache):
    """Compiled templates, told apart by all that they depend on besides their text."""

    def __init__(self, folder: Path, made_for: str) -> None:
        super().__init__(str(folder / "__pycache__"), "%s.jinja")
        self._made_for = made_for

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        # Jinja's own key would give a page that escapes to an environment that does not, or the reverse.
        return super().get_cache_key(f"{self._made_for}|{name}", filename)

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


def environment(folder: Path, *, escape: bool, **options: Any) -> Environment:
    """Return the environment of the templates in ``folder``, strict about names; ``options`` are Jinja's.

    Templates of one folder share a compiled form where ``escape`` and the names of the options agree:
    give a folder's templates the same options everywhere.
    """
    made_for = f"{jinja2.__version__}|{escape}|{','.join(sorted(options))}"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=escape,  # noqa: S701 - plain text has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_BesideTheSource(folder, made_for),
        **options,
    )
