"""A proposed layout as the YAML that a person corrects: what is unsure stands there as comments."""

from __future__ import annotations

import glob
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tasks.sheets.faults import RowCode

if TYPE_CHECKING:
    from tasks.sheets.learner import Proposal
    from tasks.sheets.learning import LearntTable
    from tasks.sheets.records import RowError

_BY = "（確かめた役職・課名を書いてください）"
_DIGITS = re.compile("[0-9０-９]+")
#: Rows that cannot be read and are named one by one.
_NAMED = 8
#: What a word that is not known can mean, by the code of its fault.
_WORDS = {
    RowCode.PHASE_UNKNOWN: ("phase", "段階（運用、導入など）"),
    RowCode.SELF_RATING_UNKNOWN: ("self_rating", "順調・やや遅れ・遅れ・完了のどれか"),
    RowCode.BUDGET_UNKNOWN: ("budget", "未要求・要求済・議決のどれか"),
}


def layout_data(
    tables: Sequence[LearntTable], file: str, format_: str, department: str | None, day: date, by: str
) -> dict[str, Any]:
    """Return a proposed layout as the data of a Layout. Numbers in the file's name may be others next time."""
    name = PurePosixPath(file).name
    return {
        **({"department": department} if department else {}),
        "files": [_DIGITS.sub("*", glob.escape(name))],
        "decided_on": day.isoformat(),
        "by": by or _BY,
        "reason": f"「{name}」の形から作った案",
        "tables": [_table_data(table, named=format_ not in ("csv", "tsv")) for table in tables],
    }


def _table_data(table: LearntTable, *, named: bool) -> dict[str, Any]:
    return {
        # A CSV's one sheet is called after the file.
        **({"sheet": glob.escape(table.sheet)} if named else {}),
        **({"orientation": table.orientation} if table.orientation == "columns" else {}),
        **({"header": table.header} if table.header else {}),
        "first": table.first,
        "fields": table.fields,
    }


def layout_yaml(data: dict[str, Any], proposal: Proposal, town: str) -> str:
    """Return the YAML of a proposed layout, with its doubts as Japanese comments where they belong."""
    lines = [
        "# yaml-language-server: $schema=../../schemas/layouts.schema.json",
        "#",
        f"# 表の読み方の案です。「確かめる」の行を見て直し、config/{town}/layouts/ に置いてください。",
        "# ここに書かない列は読みません。書き方は docs/ja/表の読み方.md にあります。",
        *_outcome(proposal),
        "",
        *(f"{name}: {_value(data[name])}" for name in data if name != "tables"),
        "tables:",
    ]
    for table, proposed in zip(data["tables"], proposal.tables, strict=True):
        lines += _table_lines(table, proposed, [e for e in proposal.row_errors if e.sheet == proposed.sheet])
    return "\n".join(lines) + "\n"


def _outcome(proposal: Proposal) -> Iterator[str]:
    counts = proposal.counts
    if counts is not None:
        yield (
            f"# この案で読むと、{counts.rows}行のうち受付{counts.accepted}・差戻し{counts.rejected}・"
            f"対象外{counts.ignored}です。"
        )
    if not proposal.agrees:
        yield "# 確かめる: この案で読んだ結果は、案を使わずに読んだ結果と同じではありません。"
    for error in proposal.row_errors[:_NAMED]:
        yield f"# 差戻し: {_flat(error.sheet)} {error.cell} {_flat(error.message)}"
    if len(proposal.row_errors) > _NAMED:
        yield f"# 差戻し: ほか{len(proposal.row_errors) - _NAMED}件"


def _table_lines(table: dict[str, Any], proposed: LearntTable, errors: Sequence[RowError]) -> Iterator[str]:
    start = "  - "
    if proposed.guessed:
        yield "  # 確かめる: この表は見出しから見付けられず、事業名のある列と値から推し量りました。"
    for name, value in table.items():
        if name != "fields":
            yield f"{start}{name}: {_value(value)}"
            start = "    "
    yield "    fields:"
    for field, places in proposed.fields.items():
        yield f"      {field}: {_value(places[0] if len(places) == 1 else places)}"
    for doubt in proposed.doubts:
        yield f"      # 確かめる: {doubt.cell} {_flat(doubt.text)}"
        if doubt.instead:
            yield f"      # {doubt.instead[0]}: {_value(doubt.instead[1])}"
    if any(error.code == RowCode.DATE_UNCLEAR for error in errors):
        yield "    # 確かめる: 元号のない日付があります。令和の年なら、次の行の # を外してください。"
        yield "    # era: 令和"
    yield from _word_lines(errors)


def _word_lines(errors: Sequence[RowError]) -> Iterator[str]:
    unknown = {
        code: list(dict.fromkeys(e.raw.strip() for e in errors if e.code == code and len(e.raw) <= 20))
        for code in _WORDS
    }
    if not any(unknown.values()):
        return
    yield "    # 確かめる: 意味の分からない語があります。この課での意味が決まっていれば、# を外して書いてください。"
    yield "    # words:"
    for code, texts in unknown.items():
        if texts:
            name, allowed = _WORDS[code]
            yield f"    #   {name}: {{{'、'.join(f'{_value(t)}: …' for t in texts).replace('、', ', ')}}}  # {allowed}"


def _value(value: Any) -> str:
    """Return a value as YAML on one line; JSON's quotes are YAML's."""
    if isinstance(value, str) and value.isdigit():
        return value
    return json.dumps(value, ensure_ascii=False)


def _flat(text: str) -> str:
    """Return a text that stays within its comment."""
    return "".join(c if c.isprintable() else " " for c in text)
