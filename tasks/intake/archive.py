"""The archive: an unchangeable copy of every file, named by the hash of its content.

Any past meeting's picture can be rebuilt from these copies. A copy is made under a temporary name,
hashed as it lies there, and then renamed: at no moment does half a file bear a hash's name.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

from tasks.intake.errors import FileNotTaken
from tasks.intake.folder import look
from tasks.intake.records import Candidate, Submission

BEING_WRITTEN = "書込み中のため、今回は読まず、次の回に読みます。"
_MAX_SUFFIX = 10
_CHUNK = 256 * 1024


def archive(
    candidate: Candidate, archive_root: Path, town: str, received_on: date, known: Submission | None = None
) -> Submission:
    """Copy a file into the archive, if its content is not there yet, and return its submission.

    That is ``known``, the newest one of the file so far, where it still holds these bytes.

    Raises FileNotTaken where the file changes meanwhile, is gone, or cannot be opened; OSError where
    the archive cannot be written.
    """
    # The look of the scan will do: what has changed since is being written.
    before = candidate.look or _look(candidate)
    try:
        sha256 = _hash(candidate.place)
    except OSError as error:
        raise _not_taken(error) from error
    is_known = known is not None and known.sha256 == sha256 and os.access(known.place, os.R_OK)
    kept = known.place if known and is_known else _place(archive_root, sha256, candidate)
    if not is_known and not os.path.isfile(kept):  # noqa: PTH113 - a Path takes longer than the question
        sha256, kept = _copy(candidate, archive_root)
    after = _look(candidate)
    if after != before:
        raise FileNotTaken("being_written", BEING_WRITTEN)
    if known and known.sha256 == sha256:
        return known
    return Submission(town, candidate.file, sha256, int(after.split()[0]), received_on, kept)


def is_changing(candidate: Candidate) -> bool:
    """Say whether a file no longer looks as the scan saw it, or is gone."""
    try:
        return _look(candidate) != candidate.look
    except FileNotTaken:
        return True


def _look(candidate: Candidate) -> str:
    try:
        return look(os.stat(candidate.place))  # noqa: PTH116 - as above
    except OSError as error:
        raise _not_taken(error) from error


def _hash(place: str) -> str:
    digest = hashlib.sha256()
    # Every file of the inbox may pass here at every look, and a file object costs as much as the hash.
    file = os.open(place, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        while chunk := os.read(file, _CHUNK):
            digest.update(chunk)
    finally:
        os.close(file)
    return digest.hexdigest()


def _copy(candidate: Candidate, archive_root: Path) -> tuple[str, str]:
    """Copy a file to its place in the archive; return hash and place of the copy."""
    try:
        source = candidate.path.open("rb")
    except OSError as error:
        raise _not_taken(error) from error
    archive_root.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=archive_root, prefix=".incoming-")
    copy = Path(name)
    try:
        with source, os.fdopen(handle, "wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            # The submission's row must never outlive its bytes.
            os.fsync(target.fileno())
        sha256 = _hash(name)
        kept = Path(_place(archive_root, sha256, candidate))
        kept.parent.mkdir(exist_ok=True)
        copy.chmod(0o444)
        copy.replace(kept)
    finally:
        copy.unlink(missing_ok=True)
    return sha256, str(kept)


def _place(archive_root: Path, sha256: str, candidate: Candidate) -> str:
    suffix = os.path.splitext(candidate.place)[1].lower()  # noqa: PTH122 - as above
    known = suffix if suffix.isascii() and len(suffix) <= _MAX_SUFFIX else ""
    return f"{archive_root}{os.sep}{sha256[:2]}{os.sep}{sha256}{known}"


def _not_taken(error: OSError) -> FileNotTaken:
    if isinstance(error, FileNotFoundError):
        return FileNotTaken("gone", "読む間に無くなったため、今回は読まず、次の回に読みます。")
    return FileNotTaken(
        "unreadable",
        "開けないため、今回は読みません。ほかの人が開いていないか、アクセス権を確かめてください。",
    )
