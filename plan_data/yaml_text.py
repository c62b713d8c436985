"""YAML text to plain data, strictly, keeping the nodes so that a fault can name its line.

Plain words stay words: of YAML's guesses only true/false, null, decimal integers and floats are
made, so that ``no:`` is a key, ``10:00`` is no number of seconds and a date stays as written until a
model asks for a date. Anchors, aliases, tags and repeated keys are refused.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Path = tuple[str | int, ...]

#: A town's files are about ten deep.
MAX_DEPTH = 50

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Parser):  # type: ignore[misc]
    """The C parser with fewer guesses."""

    # The inherited table is not extended but replaced.
    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


_TAG = "tag:yaml.org,2002:"
_Loader.add_implicit_resolver(f"{_TAG}bool", re.compile(r"(?:true|false)\Z"), list("tf"))
_Loader.add_implicit_resolver(f"{_TAG}null", re.compile(r"(?:null|~|)\Z"), ["n", "~", ""])
_Loader.add_implicit_resolver(f"{_TAG}int", re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    f"{_TAG}float",
    re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z"),
    list("-+.0123456789"),
)

_SCALARS: dict[str, Any] = {
    f"{_TAG}str": str,
    f"{_TAG}int": int,
    f"{_TAG}float": float,
    f"{_TAG}bool": lambda text: text == "true",
    f"{_TAG}null": lambda text: None,
}

#: What the parser says when it stumbles, and what a person should look for.
_SYNTAX = (
    (
        "cannot start any token",
        "そこに置けない文字（タブ、@ など）があります。字下げは半角の空白で書いてください",
    ),
    (
        "mapping values are not allowed",
        "コロンの位置が正しくありません。字下げと、値の中の「: 」を確かめてください",
    ),
    ("could not find expected ':'", "キーの後にコロンがありません"),
    ("single document", "「---」で区切られた複数の文書があります。一つにしてください"),
    ("quoted scalar", "引用符が閉じられていません"),
    ("found unexpected end of stream", "途中で終わっています。引用符や括弧の閉じ忘れを確かめてください"),
    ("flow", "かぎ括弧または波括弧の閉じ忘れか、コンマの付け忘れがあります"),
    ("nesting", "入れ子が深すぎます"),
)
_SYNTAX_OTHER = "YAMLの書き方が正しくありません。字下げと、コロンの後の空白を確かめてください"


class TextFault(Exception):
    """What is wrong with the text itself, with its line (from 1; None where there is none) and key."""

    def __init__(self, message: str, line: int | None = None, path: Path = ()) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.path = path


def compose(text: str) -> Node:
    """Return the root node of the one YAML document in ``text``; raise TextFault where it is none."""
    try:
        _guard(text)
        loader = _Loader(text)
        try:
            node: Node | None = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.reader.ReaderError as error:
        raise TextFault(
            "使えない制御文字が含まれています", text.count("\n", 0, error.position) + 1
        ) from error
    except yaml.MarkedYAMLError as error:
        raise _syntax_fault(error) from error
    if node is None:
        raise TextFault("中身がありません")
    return node


def to_data(node: Node, path: Path = ()) -> Any:
    """Return the node as dicts (keys always str), lists and scalars; raise TextFault for what is refused."""
    if isinstance(node, MappingNode):
        return _to_dict(node, path)
    if isinstance(node, SequenceNode) and node.tag == f"{_TAG}seq":
        return [to_data(child, (*path, i)) for i, child in enumerate(node.value)]
    make = _SCALARS.get(node.tag)
    if isinstance(node, ScalarNode) and make is not None:
        try:
            return make(node.value)
        except ValueError as error:
            raise TextFault(f"値「{node.value[:20]}」を読めません", node.start_mark.line + 1, path) from error
    raise TextFault("「!」で始まる型の指定は使えません", node.start_mark.line + 1, path)


def locate(root: Node, path: Path) -> tuple[int, Path]:
    """Return the line of the key or list item at ``path``, or of the nearest above it, and the path as written.

    Parts that no text stands for are left out of the path (pydantic names the chosen kind of a union
    so), but for the last one: that may be the key that is missing.
    """
    node, line = root, root.start_mark.line + 1
    written: list[str | int] = []
    for i, part in enumerate(path):
        found = _child(node, part)
        if found is not None:
            node, line = found
        if found is not None or i == len(path) - 1:
            written.append(part)
    return line, tuple(written)


def _to_dict(node: MappingNode, path: Path) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if node.tag != f"{_TAG}map":
        raise TextFault("「!」で始まる型の指定は使えません", node.start_mark.line + 1, path)
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            raise TextFault("キーは文字で書いてください", line, path)
        key = key_node.value
        if key in data:
            raise TextFault("同じキーが2回書かれています", line, (*path, key))
        data[key] = to_data(value_node, (*path, key))
    return data


def _child(node: Node, part: str | int) -> tuple[Node, int] | None:
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        child = node.value[part]
        return child, child.start_mark.line + 1
    if isinstance(node, MappingNode):
        for key_node, value_node in node.value:
            if key_node.value == str(part):
                return value_node, key_node.start_mark.line + 1
    return None


def _guard(text: str) -> None:
    # On events, before composing: an alias bomb is huge only as nodes, and the C composer recurses
    # without a limit, so that deep nesting would end the whole process.
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        mark: Any = event.start_mark
        if getattr(event, "anchor", None) is not None:
            raise TextFault("アンカー（&）と別名（*）は使えません。値をそのまま書いてください", mark.line + 1)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise TextFault("入れ子が深すぎます", mark.line + 1)


def _syntax_fault(error: yaml.MarkedYAMLError) -> TextFault:
    said = f"{error.context or ''} {error.problem or ''}"
    # An unclosed quote or bracket is noticed only later: name the line where it was opened.
    opened = re.search("quoted scalar|flow", error.context or "")
    mark: Any = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
    message = next((japanese for english, japanese in _SYNTAX if english in said), _SYNTAX_OTHER)
    return TextFault(message, mark.line + 1 if mark else None)
