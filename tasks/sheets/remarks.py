"""What people should know of a file that is read all the same: what it carries and was left alone, and characters that deceive.

Nothing of it is followed, started or unpacked; only values are read. So these are remarks with the
part or the cell and what to do, and no errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tasks.sheets.container import Container
from tasks.sheets.grid import Cell, Grid
from tasks.sheets.sniffing import utf16

#: Cells named in one remark; the others are counted.
_NAMED = 5

_MACROS = "マクロが含まれています（{part}）。マクロは動かさず、セルの値だけを読みました。マクロのないブック（.xlsx）での提出を勧めます。"
_DDE = "別のプログラムを呼び出す設定（DDE）が含まれています（{part}）。呼び出さず、保存されている値だけを読みました。表計算ソフトで開くときは「更新しない」を選び、提出元に確かめてください。"
_LINKS = "別のファイル又は外部への参照が含まれています（{part}）。参照先は開かず、保存されている値だけを読みました。値が古いおそれがあるため、参照を値に置き換えての提出を勧めます。"
_EMBEDDED = "埋め込まれた文書又はプログラム部品が含まれています（{part}）。開かず、セルの値だけを読みました。要らないものは取り除いての提出を勧めます。"

#: Where each of them lies in an .xlsx and in an .ods, in lower case.
_PARTS = (
    (_MACROS, ("xl/vbaproject.bin", "xl/macrosheets/", "basic/", "scripts/")),
    (_LINKS, ("xl/externallinks/", "xl/connections.xml", "xl/querytables/")),
    (_EMBEDDED, ("xl/embeddings/", "xl/activex/", "object ", "objectreplacements/")),
)
_ALL_PARTS = tuple(start for _, starts in _PARTS for start in starts)
_EXTERNAL_LINKS = "xl/externallinks/"
_DDE_LINK = re.compile(rb"<(?:[\w.-]+:)?ddeLink\b|dde-source\b")
# A source of an .xls: a program and what it is asked for, else the place of a file (MS-XLS, VirtualPath). A
# blank one stands for none.
_XLS_DDE = re.compile("[^\x01\x03]+\x03")
_XLS_LINK = re.compile("\x01|[^\x03]*[^\x03\x00 ][^\x03]*$")
_ODS_LINK = re.compile(rb"<table:table-source\b")

_GAIJI = "{cell}に外字（この機械だけの文字。{sign}など）があります。ほかの機械では別の字になるため、標準の文字に改めてください。"
_UNSEEN = (
    "{cell}に表示されない文字（{sign}など）があります。取り除いて読みました。その字を打ち直してください。"
)
_TURNED = "{cell}に文字の並びを逆に見せる文字（{sign}など）があります。見えるとおりの内容とは限らないため、打ち直してください。"
_CALL = "{cell}に別のプログラムを呼び出す式の形の文字列があります。文字列として読み、動かしていません。式でない書き方に改めてください。"

#: In the order in which they are told.
_KINDS = (
    (_GAIJI, re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")),
    (_UNSEEN, re.compile("[\u200b\u200c\u2060\ufeff\u00ad]|\u200d(?![\u2600-\u27bf\U0001f000-\U0001faff])")),
    (_TURNED, re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")),
    (_CALL, re.compile(r"^\s*[=+@-][^|\n]*\|[^!\n]*!")),
)


def is_strange(text: str) -> bool:
    """Return whether a text holds what a remark is about."""
    # Most texts are printable, or nothing but line breaks keeps them from it: looking closer takes longer than reading them.
    odd = "|" in text or not (text.isprintable() or text.replace("\n", "").isprintable())
    return odd and any(pattern.search(text) for _, pattern in _KINDS)


def remarks_of_cells(strange: Iterable[tuple[Grid, set[Cell]]]) -> Iterator[str]:
    """Yield the remarks on the strange texts of sheets, each kind with the cells they stand in."""
    placed = [
        (f"シート「{grid.name}」の{grid.address(r, c)}", value)
        for grid, texts in strange
        for r, row in enumerate(grid.rows)
        for c, value in enumerate(row)
        if isinstance(value, str) and value in texts
    ]
    for remark, pattern in _KINDS:
        found = [(place, match[0]) for place, value in placed if (match := pattern.search(value))]
        if found:
            listed = _listed([place for place, _ in found])
            yield remark.format(cell=listed, sign=f"U+{ord(found[0][1][0]):04X}")


def remark_of_outside(cells: Sequence[tuple[str, str]]) -> str:
    """Return the remark on rows that are ruled to be none of the plan's, by sheet and cell."""
    listed = _listed([f"シート「{sheet}」の{cell}" for sheet, cell in cells])
    return f"{listed}は、計画の対象外と確かめてあるため、報告として扱いません。"


def remark_of_other_times(sheets: Sequence[str]) -> str:
    """Return the remark on sheets that are of another year or month, or of the report before."""
    listed = "、".join(f"シート「{sheet}」" for sheet in sheets)
    return f"{listed}は、別の時期又は前回の表とみて、報告として扱いません。今回の報告であるときは、シート名を改めて再提出してください。"


def remarks_of_zip(container: Container, texts: bytes = b"") -> tuple[str, ...]:
    """Return the remarks on the parts of an .xlsx or .ods; ``texts`` is an .ods's content."""
    names = [name for name in container.names if name.startswith(_ALL_PARTS)]
    dde = [n for n in names if n.startswith(_EXTERNAL_LINKS) and _DDE_LINK.search(container.read(n))]
    remarks = [(_DDE, dde)] + [
        (remark, [n for n in names if n.startswith(starts) and n not in dde]) for remark, starts in _PARTS
    ]
    for remark, pattern in ((_DDE, _DDE_LINK), (_LINKS, _ODS_LINK)):
        if texts and pattern.search(texts):
            remarks.append((remark, ["content.xml"]))
    return tuple(remark.format(part=_listed(found)) for remark, found in remarks if found)


def remarks_of_xls(data: bytes, sources: Sequence[str]) -> tuple[str, ...]:
    """Return the remarks on the streams of an .xls, and on the ``sources`` that its formulas name."""
    dde = any(_XLS_DDE.match(source) for source in sources)
    links = any(_XLS_LINK.match(source) for source in sources)
    found = (
        (_DDE, "Workbook", dde),
        (_MACROS, "_VBA_PROJECT_CUR", utf16("_VBA_PROJECT_CUR") in data),
        (_LINKS, "Workbook", links),
        (_EMBEDDED, "MBD", utf16("MBD") in data),
    )
    return tuple(remark.format(part=stream) for remark, stream, is_there in found if is_there)


def _listed(places: Sequence[Any]) -> str:
    more = len(places) - _NAMED
    return "、".join(places[:_NAMED]) + (f"ほか{more}か所" if more > 0 else "")
