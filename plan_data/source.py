"""Reading the files a town edits: YAML (or JSON) into a validated model, with one-line Japanese errors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from yaml.nodes import Node

from plan_data import yaml_text
from plan_data.explain import Fault, first_fault
from plan_data.mendable import MendableError
from plan_data.yaml_text import TextFault

M = TypeVar("M", bound=BaseModel)

#: Far above any real file of a town (the plan has about 50 KB), far below what could hurt.
MAX_BYTES = 1_000_000
_ROOT = Path(__file__).resolve().parent.parent


class SourceError(MendableError):
    """A fault in a file that a person edits. ``str()`` is one Japanese line.

    ``line`` counts from 1 and is None where no line applies; ``key`` is dotted
    (``policies.0.name``); ``allowed`` lists the values that would do, where they can be listed.
    """

    def __init__(
        self,
        file: str | Path,
        line: int | None,
        key: str | None,
        message: str,
        allowed: Sequence[str] = (),
    ) -> None:
        self.file = _display(Path(file))
        self.line = line
        self.key = key or None
        self.message = message
        self.allowed = tuple(allowed)
        super().__init__(str(self))

    def __str__(self) -> str:
        """Return ``file 12行目 key: message（使える値: …）`` on one line."""
        where = self.file + (f" {self.line}行目" if self.line else "") + (f" {self.key}" if self.key else "")
        choices = f"（使える値: {'、'.join(self.allowed)}）" if self.allowed else ""
        line = " ".join(f"{where}: {self.message}{choices}".split())
        # A quoted value must not bring half a character or a terminal command to the screen.
        return "".join(char if char.isprintable() else "\ufffd" for char in line)


def load_yaml(path: Path, model: type[M]) -> M:
    """Return the file at ``path`` as a ``model``; raise SourceError for the first fault in it.

    The file is UTF-8 YAML, at most MAX_BYTES; JSON (it begins with ``{``) is taken too.
    """
    text = _read_text(path)
    try:
        data, root = _parse(text)
    except TextFault as fault:
        raise SourceError(path, fault.line, dotted(fault.path), fault.message) from fault
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _source_error(path, text, root, first_fault(error, model)) from error


def dotted(path: Sequence[str | int]) -> str:
    """Return ``policies.0.name`` for ``("policies", 0, "name")``."""
    return ".".join(str(part) for part in path)


def _parse(text: str) -> tuple[Any, Node | None]:
    if text.lstrip().startswith("{"):
        return _parse_json(text), None
    root = yaml_text.compose(text)
    return yaml_text.to_data(root), root


def _parse_json(text: str) -> Any:
    # YAML would take most JSON, but not its surrogate-pair escapes.
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise TextFault("JSONの書き方が正しくありません", error.lineno) from error
    except RecursionError as error:
        raise TextFault("入れ子が深すぎます") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key, value in pairs:
        if key in data:
            raise TextFault("同じキーが2回書かれています", None, (key,))
        data[key] = value
    return data


def _refuse_constant(name: str) -> Any:
    raise TextFault(f"数値「{name}」は使えません")


def _source_error(path: Path, text: str, root: Node | None, fault: Fault) -> SourceError:
    line, key = None, fault.path
    # JSON that YAML does not take has no lines: there the key alone tells the place.
    with suppress(TextFault):
        line, key = yaml_text.locate(root or yaml_text.compose(text), fault.path)
    return SourceError(path, line, dotted(key), fault.message, fault.allowed)


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise SourceError(path, None, None, "ファイルがありません") from error
    except IsADirectoryError as error:
        raise SourceError(path, None, None, "フォルダです。ファイルを指定してください") from error
    except OSError as error:
        raise SourceError(
            path, None, None, "ファイルを開けません。読み取りの権限を確かめてください"
        ) from error
    if len(raw) > MAX_BYTES:
        raise SourceError(path, None, None, f"ファイルが大きすぎます（上限 {MAX_BYTES:,} バイト）")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SourceError(
            path, line, None, "UTF-8の文字として読めません。文字コードをUTF-8にして保存してください"
        ) from error


def _display(path: Path) -> str:
    # A file of the project is named as in the project, wherever that is installed.
    if path.is_absolute() and path.is_relative_to(_ROOT):
        path = path.relative_to(_ROOT)
    return path.as_posix()
