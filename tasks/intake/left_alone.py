"""Which entries of the inbox are left alone, and why."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

from tasks.intake.records import Skipped

#: What the reader looks into. Of .xlsb it can only say what to send instead, but it must be said.
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".xltx", ".xltm", ".ods", ".csv", ".tsv"})
_TEMPORARY = frozenset({".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".bak", ".swp"})

_MESSAGES = {
    "lock_file": "表計算ソフトが開いている間だけ置くファイルのため、読みません。",
    "hidden_file": "隠しファイルのため、読みません。",
    "temporary_file": "保存やコピーの途中の一時ファイルのため、読みません。",
    "not_a_workbook": "表計算のファイルではないため、読みません。進捗の表は.xlsxで提出してください。",
    "not_a_file": "通常のファイルではないため、読みません。",
    "link": "フォルダへのリンクのため、たどりません。ファイルそのものを置いてください。",
    "link_outside": "受付フォルダの外へのリンクのため、読みません。ファイルそのものを置いてください。",
    "bad_name": "名前に使えない文字が含まれるため、読みません。名前を付け直してください。",
    "unreadable": "開く権限がないため、読めません。アクセス権を確かめてください。",
}


def is_workbook(name: str) -> bool:
    """Say whether a file of this name may be one; nothing is wrong with the name then."""
    dot = name.rfind(".")
    return name[dot:].lower() in _WORKBOOKS and name[0] not in ".~" and _is_plain(name)


def reason(entry: os.DirEntry[str], place: str, root: Path) -> str | None:
    """Return why the entry of a place is left alone, None where it is a folder to enter or a file to take."""
    name = entry.name
    if not _is_plain(name):
        return "bad_name"
    if name.startswith(("~$", ".~lock.")):
        return "lock_file"
    if name.startswith("."):
        return "hidden_file"
    try:
        if entry.is_dir(follow_symlinks=False):
            return None
        return _link_reason(entry, place, root) or _file_reason(entry)
    except OSError:
        return "unreadable"


def _file_reason(entry: os.DirEntry[str]) -> str | None:
    suffix = os.path.splitext(entry.name)[1].lower()  # noqa: PTH122 - a Path takes as long as the whole look
    if not stat.S_ISREG(entry.stat().st_mode):
        return "not_a_file"
    if suffix in _TEMPORARY or entry.name.startswith("~"):
        return "temporary_file"
    return None if suffix in _WORKBOOKS else "not_a_workbook"


def _link_reason(entry: os.DirEntry[str], place: str, root: Path) -> str | None:
    if not entry.is_symlink():
        return None
    target = Path(place).resolve()
    if not target.is_relative_to(root):
        return "link_outside"
    return "link" if target.is_dir() else None


def _is_plain(name: str) -> bool:
    """Return whether a name shows as what it is: no control or turning characters, nothing undecodable.

    A turned-around name is read by people as another; a backslash is a folder on Windows.
    """
    return "\\" not in name and (
        # What is printable is none of these; an ideographic space is no more than not printable.
        name.isprintable() or not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in name)
    )


def skip(file: str, code: str) -> Skipped:
    """Return what is left alone with its reason, its name as it can be shown."""
    # A name that cannot be shown is shown escaped.
    shown = "".join(c if _is_plain(c) else f"\\u{ord(c):04x}" for c in file)
    return Skipped(shown, code, _MESSAGES[code])
