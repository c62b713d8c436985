"""Looking through the inbox: which files may be workbooks, and why the others are left alone.

A file that is gone is not a report withdrawn: Excel saves by writing, deleting and renaming, so one
look says nothing about what is missing. What the store knew of it stays known.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import filterfalse
from operator import attrgetter
from pathlib import Path

from tasks.intake.errors import IntakeError
from tasks.intake.left_alone import is_workbook, reason, skip
from tasks.intake.looks import PART, Looks, pack
from tasks.intake.records import Candidate, Found, Look

_POSIX = os.name == "posix"
_BY_HANDLE = os.scandir in os.supports_fd
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_NO_LOOKS = Looks()
_name = attrgetter("name")

#: Returns the look of a file or folder by its status.
look: Callable[[os.stat_result], Look] = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")


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
            self.found.skipped.append(skip(prefix.rstrip("/") or ".", "unreadable"))
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
                if before or (entry.is_file(follow_symlinks=False) and is_workbook(name)):
                    seen = look(_status(entry))
                    if before == seen:
                        take(file)
                        continue
                    if entry.is_file(follow_symlinks=False):
                        self.found.candidates.append(Candidate(file, folder + name, seen))
                        continue
            except OSError:
                pass
            why = reason(entry, folder + name, self.root)
            if why:
                self.found.skipped.append(skip(file, why))
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
