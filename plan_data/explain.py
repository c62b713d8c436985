"""From pydantic's errors to one Japanese sentence with the key it concerns and what is allowed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from plan_data.record import record

Path = tuple[str | int, ...]


def refuse(loc: Path, message: str, allowed: Iterable[str] = ()) -> NoReturn:
    """Fail a model's validation at ``loc`` (below the model that calls this) with one Japanese sentence."""
    error = PydanticCustomError(
        "refused", "{message}", {"message": message, "allowed": tuple(map(str, allowed))}
    )
    raise ValidationError.from_exception_data("refused", [InitErrorDetails(type=error, loc=loc, input=None)])


@record
class Fault:
    """One fault in the data: its key, a Japanese sentence, and the values that would do."""

    path: Path
    message: str
    allowed: tuple[str, ...] = ()


def first_fault(error: ValidationError, model: type[BaseModel]) -> Fault:
    """Return the fault to name first: an unknown key (it explains a missing one), else the first found."""
    details = error.errors(include_url=False)
    unknown = [d for d in details if d["type"] == "extra_forbidden"]
    detail: Mapping[str, Any] = (unknown or details)[0]
    path: Path = tuple(detail["loc"])
    if detail["type"] == "extra_forbidden":
        return _unknown_key(path, model)
    if detail["type"] == "string_pattern_mismatch":
        return Fault(path, _sentence(detail) + _hint(path, model))
    return Fault(path, _sentence(detail), _allowed(detail))


def _unknown_key(path: Path, model: type[BaseModel]) -> Fault:
    known = sorted(
        f.alias or name for m in _models_at(path[:-1], model) for name, f in m.model_fields.items()
    )
    near = difflib.get_close_matches(str(path[-1]), known, n=1)
    hint = f"。「{near[0]}」ではありませんか" if near else ""
    return Fault(path, f"知らないキーです{hint}", tuple(known))


def _hint(path: Path, model: type[BaseModel]) -> str:
    models = _models_at(path[:-1], model)
    fields = [m.model_fields[str(path[-1])] for m in models if str(path[-1]) in m.model_fields]
    return next((f"。{field.description}" for field in fields if field.description), "")


def _models_at(path: Path, model: type[BaseModel]) -> list[type[BaseModel]]:
    models = [model]
    for part in path:
        fields = [m.model_fields[part] for m in models if isinstance(part, str) and part in m.model_fields]
        if fields:
            models = [m for field in fields for m in _models_in(field.annotation)]
    return models


def _models_in(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _shown(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return "空欄" if value is None else "値の組" if isinstance(value, dict) else "一覧"
    text = " ".join((str(value).lower() if isinstance(value, bool) else str(value)).split())
    return f"「{text if len(text) <= 40 else text[:39] + '…'}」"


def _malformed(value: str) -> str:
    return "前後に空白があります" if value != value.strip() else f"{_shown(value)}は書き方が正しくありません"


def _bound(word: str, key: str) -> Callable[[Mapping[str, Any], Any], str]:
    return lambda ctx, value: f"{_shown(value)}は範囲の外です。{ctx[key]}{word}にしてください"


def _kind(what: str) -> Callable[[Mapping[str, Any], Any], str]:
    return lambda ctx, value: f"{what}を書いてください（{_shown(value)}と書かれています）"


_A_DATE = _kind("日付（例：2026-03-31）")
_A_TIME = _kind("時刻（例：09:00）")
_A_LIST = _kind("一覧（「- 」で始まる行の並び、または[ ]）")
_A_MAPPING = _kind("「キー: 値」の組")

#: pydantic's error types (or their beginnings), the longer first.
_SENTENCES: tuple[tuple[str, Callable[[Mapping[str, Any], Any], str]], ...] = (
    ("missing", lambda ctx, value: "必要なキーがありません"),
    ("enum", lambda ctx, value: f"{_shown(value)}は使えません"),
    ("literal_error", lambda ctx, value: f"{_shown(value)}は使えません"),
    ("union_tag", lambda ctx, value: "種類の指定が正しくありません"),
    ("greater_than_equal", _bound("以上", "ge")),
    ("greater_than", _bound("より大きい数", "gt")),
    ("less_than_equal", _bound("以下", "le")),
    ("less_than", _bound("より小さい数", "lt")),
    ("string_too_short", lambda ctx, value: "空欄にはできません"),
    ("string_too_long", lambda ctx, value: f"長すぎます（{ctx['max_length']}字以内）"),
    ("string_pattern_mismatch", lambda ctx, value: _malformed(value)),
    ("string", _kind('文字（数字だけの値は引用符 " " で囲む）')),
    ("int", _kind("整数")),
    ("float", _kind("数値")),
    ("finite_number", _kind("数値")),
    ("bool", _kind("「true」か「false」")),
    ("datetime", _A_DATE),
    ("date", _A_DATE),
    ("time", _A_TIME),
    ("too_short", lambda ctx, value: f"{ctx['min_length']}個以上必要です"),
    ("too_long", lambda ctx, value: f"{ctx['max_length']}個以内にしてください"),
    ("tuple", _A_LIST),
    ("list", _A_LIST),
    ("set", _A_LIST),
    ("frozen_set", _A_LIST),
    ("dict", _A_MAPPING),
    ("mapping", _A_MAPPING),
    ("model", _A_MAPPING),
    ("refused", lambda ctx, value: str(ctx["message"])),
    ("value_error", lambda ctx, value: str(ctx.get("error", "正しい値ではありません"))),
)


def _sentence(detail: Mapping[str, Any]) -> str:
    for kind, sentence in _SENTENCES:
        if detail["type"].startswith(kind):
            return sentence(detail.get("ctx", {}), detail["input"])
    return f"{_shown(detail['input'])}は正しい値ではありません"


def _allowed(detail: Mapping[str, Any]) -> tuple[str, ...]:
    ctx = detail.get("ctx", {})
    if "allowed" in ctx:
        return tuple(ctx["allowed"])
    expected = ctx.get("expected", ctx.get("expected_tags", ""))
    return tuple(re.findall(r"'([^']*)'", str(expected)))
