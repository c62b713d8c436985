"""The archive: an unchangeable copy of every file, named by the hash of its content.

Any past meeting's picture can be rebuilt from these copies. A copy is made under a temporary name,
hashed as it lies there, and then renamed: at no moment does half a file bear a hash's name.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from tasks.intake.errors import FileNotTaken
from tasks.intake.folder import look
from tasks.intake.records import Candidate, Look, Submission

BEING_WRITTEN = "書込み中のため、今回は読まず、次の回に読みます。"
_MAX_SUFFIX = 10
_CHUNK = 256 * 1024
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)


def archive(
    candidate: Candidate,
    archive_root: Path,
    town: str,
    received_on: date,
    known: Submission | None = None,
) -> Submission:
    """Copy a file into the archive, if its content is not there yet, and return its submission.

    That is ``known``, the newest one of the file so far, where it still holds these bytes.

    Raises FileNotTaken where a file changes meanwhile, is gone, or cannot be opened; OSError where the
    archive cannot be written.
    """
    # The look of the scan will do: what has changed since is being written.
    before = candidate.look or _look(candidate)
    try:
        sha256 = _hash(candidate.place, before[0])
    except OSError as error:
        raise _not_taken(error) from error
    kept = _place(archive_root, sha256, candidate)
    if not os.path.isfile(kept):  # noqa: PTH113 - a Path takes longer than the question
        sha256, kept = _copy(candidate, archive_root)
    after = _look(candidate)
    if after != before:
        raise FileNotTaken("being_written", BEING_WRITTEN)
    if known is not None and known.sha256 == sha256:
        return known
    return Submission(town, candidate.file, sha256, after[0], received_on, kept)


def holds(candidate: Candidate, sha256: str) -> bool:
    """Say whether a file of the scan can be read and still has the bytes of a hash.

    Nothing is taken from it, so it need not lie still meanwhile.
    """
    try:
        return _hash(candidate.place, candidate.look[0]) == sha256
    except OSError:
        return False


def is_changing(candidate: Candidate) -> bool:
    """Say whether a file no longer looks as the scan saw it, or is gone."""
    try:
        return _look(candidate) != candidate.look
    except FileNotTaken:
        return True


def missing_copies(
    submissions: Sequence[Submission], folders: Mapping[str, Look], settled: float
) -> tuple[set[str], dict[str, Look]]:
    """Return the places of the copies that cannot be read, and the folders of all copies with what is to be remembered of them.

    A folder that looks as in ``folders`` has lost none; an empty look says nothing, and no ``folders`` at
    all say nothing of any. One that changed after ``settled`` (seconds since 1970) could do so again without showing it.
    """
    expected = folders or dict.fromkeys((_folder(one.place) for one in submissions), ())
    # Before the copies are looked for: what is lost from here on has a later time.
    now = {place: _folder_look(place) for place in expected}
    doubtful = {place for place, before in expected.items() if not before or now[place] != before}
    if not doubtful:
        return set(), now
    missing = {
        one.place
        for one in submissions
        if _folder(one.place) in doubtful and not os.access(one.place, os.R_OK)
    }
    young = (place for place, seen in now.items() if seen and max(seen[1:3]) >= settled * 1e9)
    return missing, now | dict.fromkeys((*young, *map(_folder, missing)), ())


def with_folders(folders: Mapping[str, Look], submissions: Iterable[Submission]) -> dict[str, Look]:
    """Return the folders with those of further copies, of which nothing is known yet."""
    return dict.fromkeys((_folder(one.place) for one in submissions), ()) | dict(folders)


def _folder(place: str) -> str:
    return os.path.dirname(place)  # noqa: PTH120 - a Path takes longer


def _folder_look(place: str) -> Look:
    # A copy that is put into a folder of the archive or taken out of it changes how that looks.
    try:
        return look(os.stat(place))  # noqa: PTH116 - as above
    except OSError:
        return ()


def _look(candidate: Candidate) -> Look:
    try:
        return look(os.stat(candidate.place))  # noqa: PTH116 - as above
    except OSError as error:
        raise _not_taken(error) from error


def _hash(place: str, size: int = -1) -> str:
    """Return the hash of a file; ``size`` is how many bytes it seems to have, if that is known."""
    # Every file of the inbox may pass here at every look: a file object costs as much as the hash, and so
    # does room for what does not come. One byte more, to see whether there is more.
    wanted = min(size + 1, _CHUNK) if size >= 0 else _CHUNK
    file = os.open(place, _READ)
    try:
        chunk = os.read(file, wanted)
        digest, got = hashlib.sha256(chunk), len(chunk)
        while chunk and got != size:
            chunk = os.read(file, wanted)
            digest.update(chunk)
            got += len(chunk)
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
