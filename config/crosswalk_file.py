"""Writing rulings into a town's crosswalk.yaml, and taking them back, so that the file's comments stay where they are."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError
from yaml.nodes import Node, SequenceNode

from config.crosswalk import Crosswalk
from config.section import plain
from plan_data.explain import first_fault
from plan_data.mendable import MendableError
from plan_data.source import SourceError, load_yaml
from plan_data.yaml_text import compose


class RulingError(MendableError):
    """A ruling that may not stand: one Japanese line that says why."""


#: What a person typed, the ids of several 事業, or true.
Entry = dict[str, str | list[str] | bool]


Table = Literal["projects", "departments"]


def add_ruling(path: Path, table: Table, ruling: Entry) -> Crosswalk:
    """Append a ruling to ``table`` of the file at ``path`` and return what the file says then.

    ``ruling`` has the keys of ProjectRuling or DepartmentRuling, its day in ISO form. The file is
    replaced as a whole, after the new text has been read back and found to say just that. Raises
    RulingError for a ruling that may not stand (a text ruled twice, a malformed id), SourceError where
    the file was faulty before, OSError where it cannot be written; the file is then as it was.
    """
    before = load_yaml(path, Crosswalk).model_dump(mode="json")
    wanted = _valid({**before, table: [*before[table], ruling]})
    _replace(path, _with_entry(_text_of(path), table, ruling), wanted)
    return wanted


def withdraw_ruling(path: Path, table: Table, text: str, why: str, instead: Entry | None = None) -> Crosswalk:
    """Take back what ``table`` of the file at ``path`` rules on a text, and rule ``instead``, if that is given.

    The old ruling stays in the file as a comment, under ``why``. Returns and raises as ``add_ruling`` does, and
    RulingError where nothing is ruled on the text.
    """
    before = load_yaml(path, Crosswalk)
    rulings = before.projects if table == "projects" else before.departments
    place = next((i for i, one in enumerate(rulings) if plain(one.text) == plain(text)), None)
    if place is None:
        raise RulingError(f"「{text}」の読替えは {path.name} にありません。")
    said = before.model_dump(mode="json")
    del said[table][place]
    written = _without_entry(_text_of(path), table, place, why)
    if instead is not None:
        said[table].append(instead)
        written = _with_entry(written, table, instead)
    wanted = _valid(said)
    _replace(path, written, wanted)
    return wanted


def _valid(said: dict[str, Any]) -> Crosswalk:
    try:
        return Crosswalk.model_validate(said)
    except ValidationError as error:
        raise RulingError(f"この読替えは記録できません：{first_fault(error, Crosswalk).message}。") from error


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


def _with_entry(text: str, table: str, ruling: Entry) -> str:
    """Return the text with one entry more at the end of a table: the last lines before its comments."""
    rows = next(value for key, value in compose(text).value if key.value == table)
    indent = " " * (rows.value[-1].start_mark.column - 2 if rows.value else 2)
    lines = [f"{key}: {_value(value)}" for key, value in ruling.items()]
    entry = "".join(f"{indent}{'  ' if i else '- '}{line}\n" for i, line in enumerate(lines))
    if not rows.value:
        # 「[]」 gives way to the first entry; what follows on that line, a comment say, stays on it.
        start, end = rows.start_mark.index, text.find("\n", rows.end_mark.index) + 1 or len(text)
        rest = text[rows.end_mark.index : end].strip()
        return f"{text[:start].rstrip()}{f'  {rest}' if rest else ''}\n{entry}{text[end:]}"
    last = max(_end(value) for _, value in rows.value[-1].value)
    end = text.find("\n", last) + 1
    return f"{text[:end]}{entry}{text[end:]}" if end else f"{text}\n{entry}"


def _without_entry(text: str, table: str, place: int, why: str) -> str:
    """Return the text with an entry of a table made a comment, line by line, under a line that says why."""
    key, rows = next(pair for pair in compose(text).value if pair[0].value == table)
    entry = rows.value[place]
    start = text.rfind("\n", 0, entry.start_mark.index) + 1
    end = text.find("\n", max(_end(value) for _, value in entry.value)) + 1 or len(text)
    indent = " " * max(entry.start_mark.column - 2, 0)
    lines = text[start:end].splitlines()
    old = "".join(f"{indent}#   {line.removeprefix(indent)}\n" for line in lines)
    # A table without entries has to say so.
    colon = text.find(":", key.end_mark.index) + 1
    none_left = " []" if len(rows.value) == 1 else ""
    said = why if why.isprintable() else _value(why)
    return f"{text[:colon]}{none_left}{text[colon:start]}{indent}# {said}\n{old}{text[end:]}"


def _value(value: str | list[str] | bool) -> str:
    """Return a value as YAML on one line, what was typed in quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return yaml.safe_dump(value, default_style='"', allow_unicode=True, width=sys.maxsize).strip()


def _end(node: Node) -> int:
    """Return where a value ends; a list in lines of its own ends with its last one."""
    listed = isinstance(node, SequenceNode) and node.value and not node.flow_style
    return _end(node.value[-1]) if listed else node.end_mark.index


def _replace(path: Path, text: str, wanted: Crosswalk) -> None:
    """Put a text in the place of a file, once it says what is wanted: the old or the new is there, whole."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            said = load_yaml(Path(name), Crosswalk)
        except SourceError:
            said = None
        if said != wanted:
            raise RulingError(
                f"{path.name} の書き方に合わせられないため、この読替えを手で書き加えてください。"
            )
        Path(name).chmod(path.stat().st_mode & 0o777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
