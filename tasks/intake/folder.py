"""Looking through the inbox: which files may be workbooks, and why the others are left alone.

A file that is gone is not a report withdrawn: Excel saves by writing, deleting and renaming, so one
look says nothing about what is missing. What the store knew of it stays known.
"""

from __future__ import annotations

import os
import stat
import struct
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import filterfalse
from operator import attrgetter
from pathlib import Path

from tasks.intake.errors import IntakeError
from tasks.intake.looks import PART, Looks, pack
from tasks.intake.records import Candidate, Found, Look, Skipped

#: What the reader looks into. Of .xlsb it can only say what to send instead, but it must be said.
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".xltx", ".xltm", ".ods", ".csv", ".tsv"})
_TEMPORARY = frozenset({".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".bak", ".swp"})

_POSIX = os.name == "posix"
_BY_HANDLE = os.scandir in os.supports_fd
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_NO_LOOKS = Looks()
_name = attrgetter("name")

#: Returns the look of a file or folder by its status.
look: Callable[[os.stat_result], Look] = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")

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


def scan(
    inbox: Path, looks: Looks = _NO_LOOKS, is_as_known: Callable[[Candidate], bool] = lambda candidate: False
) -> Found:
    """Look through a folder and everything below it; return what may be read and what is left alone.

    ``looks`` are how files looked when they were last read: those that look the same are named apart. Of the others
    ``is_as_known`` says which need not be named. It is asked folder by folder, since a file is opened sooner
    when its status was asked a moment ago. Raises IntakeError where the inbox is not there, is no folder, or cannot be read.
    """
    try:
        root = inbox.resolve(strict=True)
        if not root.is_dir():
            raise IntakeError(
                f"受付フォルダ「{inbox}」はフォルダではありません。", "フォルダの場所を指定してください。"
            )
        os.scandir(root).close()
    except FileNotFoundError:
        raise IntakeError(
            f"受付フォルダ「{inbox}」がありません。",
            "場所を確かめるか、--inbox 又は SHINCHOKU_INBOX で正しいフォルダを指定してください。",
        ) from None
    except (OSError, RuntimeError) as error:
        raise IntakeError(
            f"受付フォルダ「{inbox}」を開けません。", "接続とアクセス権を確かめてください。"
        ) from error
    found = Found([], [], [], [])
    _Walk(root, looks, is_as_known, found).enter(str(root), "")
    found.candidates.sort(key=attrgetter("file"))
    found.skipped.sort(key=attrgetter("file"))
    return found


@dataclass(frozen=True, slots=True)
class _Walk:
    """What a walk through the folders needs to know and has ``found``."""

    root: Path
    looks: Looks
    is_as_known: Callable[[Candidate], bool]
    found: Found

    def enter(self, folder: str, prefix: str) -> None:
        """Collect what lies in a folder whose files' names begin with ``prefix``."""
        handle = None
        begun = len(self.found.candidates)
        try:
            # Asked by its handle, a folder need not be found anew for each of its files.
            handle = os.open(folder, _FOLDER) if _BY_HANDLE else None
            entries = sorted(os.scandir(folder if handle is None else handle), key=_name)
            if _is_unchanged(entries, prefix, self.looks):
                # As nearly all are.
                self.found.folders.append(prefix)
                return
            folders = self._sort_out(entries, os.path.join(folder, ""), prefix)  # noqa: PTH118 - a Path takes longer
        except OSError:
            self.found.skipped.append(_skip(prefix.rstrip("/") or ".", "unreadable"))
            return
        finally:
            if handle is not None:
                os.close(handle)
        self.found.candidates[begun:] = filterfalse(self.is_as_known, self.found.candidates[begun:])
        for name in folders:
            self.enter(os.path.join(folder, name), f"{prefix}{name}/")  # noqa: PTH118 - as above

    def _sort_out(self, entries: Sequence[os.DirEntry[str]], folder: str, prefix: str) -> list[str]:
        """Collect files and what is left alone among the entries of a folder, whose name ends it; return those that are folders."""
        folders = []
        take, known = self.found.unchanged.append, self.looks.in_folder(prefix).get
        for entry in entries:
            name = entry.name
            file = prefix + name
            before = known(name)
            try:
                if before or (entry.is_file(follow_symlinks=False) and _is_workbook(name)):
                    seen = look(_status(entry))
                    if before == seen:
                        take(file)
                        continue
                    if entry.is_file(follow_symlinks=False):
                        self.found.candidates.append(Candidate(file, folder + name, seen))
                        continue
            except OSError:
                pass
            reason = _reason(entry, folder + name, self.root)
            if reason:
                self.found.skipped.append(_skip(file, reason))
            elif entry.is_dir(follow_symlinks=False):
                folders.append(name)
            else:
                # A link to a file of the inbox looks as that one does.
                seen = look(entry.stat())
                if before == seen:
                    take(file)
                else:
                    self.found.candidates.append(Candidate(file, folder + name, seen))
        return folders


def _is_unchanged(entries: Sequence[os.DirEntry[str]], prefix: str, looks: Looks) -> bool:
    """Say whether the entries of a folder, in their order, are all files known, and look as they did."""
    names, packed = looks.folders.get(prefix, (None, b""))
    if PART.join([entry.name for entry in entries]) != names:
        return False
    try:
        # Where all were written anew, the first one shows it. What is no file looks like none.
        return packed.startswith(_seen(entries[:1])) and _seen(entries) == packed
    except (OSError, struct.error):
        return False


def _seen(entries: Sequence[os.DirEntry[str]]) -> bytes:
    if _POSIX:
        # As _status does: to call it for each would cost half as much as the comparison.
        return b"".join([pack(*look(entry.stat(follow_symlinks=False))) for entry in entries])
    return b"".join([pack(*look(_status(entry))) for entry in entries])


def _status(entry: os.DirEntry[str]) -> os.stat_result:
    # Asked of the system once. On Windows an entry itself does not know which file it is.
    return entry.stat(follow_symlinks=False) if _POSIX else os.stat(entry.path)  # noqa: PTH116 - a Path takes longer


def _is_workbook(name: str) -> bool:
    dot = name.rfind(".")
    return name[dot:].lower() in _WORKBOOKS and name[0] not in ".~" and _is_plain(name)


def _reason(entry: os.DirEntry[str], place: str, root: Path) -> str | None:
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


def _skip(file: str, code: str) -> Skipped:
    # A name that cannot be shown is shown escaped.
    shown = "".join(c if _is_plain(c) else f"\\u{ord(c):04x}" for c in file)
    return Skipped(shown, code, _MESSAGES[code])
