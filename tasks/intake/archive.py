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
from tasks.intake.records import Candidate, Submission

_BEING_WRITTEN = "書込み中のため、今回は読まず、次の回に読みます。"
_MAX_SUFFIX = 10
_CHUNK = 256 * 1024


def archive(candidate: Candidate, archive_root: Path, town: str, received_on: date) -> Submission:
    """Copy a file into the archive, if its content is not there yet, and return its submission.

    Raises FileNotTaken where the file changes meanwhile, is gone, or cannot be opened; OSError where
    the archive cannot be written.
    """
    before = _look(candidate)
    try:
        sha256 = _hash(candidate.path)
    except OSError as error:
        raise _not_taken(error) from error
    kept = _place(archive_root, sha256, candidate)
    if not kept.is_file():
        sha256, kept = _copy(candidate, archive_root)
    if _look(candidate) != before:
        raise FileNotTaken("being_written", _BEING_WRITTEN)
    return Submission(town, candidate.file, sha256, kept.stat().st_size, received_on, str(kept))


def _look(candidate: Candidate) -> tuple[int, int, int]:
    """Return what changes when a file is written: size, time of change, and which file it is."""
    try:
        status = candidate.path.stat()
    except OSError as error:
        raise _not_taken(error) from error
    return status.st_size, status.st_mtime_ns, status.st_ino


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    # Most files are a few kilobytes: one read takes them whole.
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _copy(candidate: Candidate, archive_root: Path) -> tuple[str, Path]:
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
        sha256 = _hash(copy)
        kept = _place(archive_root, sha256, candidate)
        kept.parent.mkdir(exist_ok=True)
        copy.chmod(0o444)
        copy.replace(kept)
    finally:
        copy.unlink(missing_ok=True)
    return sha256, kept


def _place(archive_root: Path, sha256: str, candidate: Candidate) -> Path:
    suffix = candidate.path.suffix.lower()
    known = suffix if suffix.isascii() and len(suffix) <= _MAX_SUFFIX else ""
    return archive_root / sha256[:2] / f"{sha256}{known}"


def _not_taken(error: OSError) -> FileNotTaken:
    if isinstance(error, FileNotFoundError):
        return FileNotTaken("gone", "読む間に無くなったため、今回は読まず、次の回に読みます。")
    return FileNotTaken(
        "unreadable",
        "開けないため、今回は読みません。ほかの人が開いていないか、アクセス権を確かめてください。",
    )
