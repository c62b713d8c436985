"""The archive: the bytes as they were, under the name of their hash, never half and never changed."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import date

import pytest

from tasks.intake import archive as archive_module
from tasks.intake.archive import archive
from tasks.intake.errors import FileNotTaken
from tasks.intake.records import Candidate

TODAY = date(2026, 11, 24)


@pytest.fixture
def candidate(tmp_path):
    path = tmp_path / "inbox" / "報告.XLSX"
    path.parent.mkdir()
    path.write_bytes(b"content")
    return Candidate("税務課/報告.XLSX", str(path))


@pytest.fixture
def root(tmp_path):
    return tmp_path / "home" / "archive"


def everything(root):
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


def test_it_keeps_a_read_only_copy_under_the_hash_of_its_content(candidate, root):
    submission = archive(candidate, root, "togitsu", TODAY)
    sha256 = hashlib.sha256(b"content").hexdigest()
    assert submission.sha256 == sha256
    assert submission.path == root / sha256[:2] / f"{sha256}.xlsx"
    assert submission.path.read_bytes() == b"content"
    assert submission.path.stat().st_mode & 0o777 == 0o444
    assert (submission.town, submission.file, submission.size, submission.received_on) == (
        "togitsu",
        "税務課/報告.XLSX",
        7,
        TODAY,
    )
    assert everything(root) == [f"{sha256[:2]}/{sha256}.xlsx"]


def test_it_keeps_the_same_content_once_whatever_its_name(candidate, root):
    first = archive(candidate, root, "togitsu", TODAY)
    written = first.path.stat().st_mtime_ns
    again = archive(candidate, root, "togitsu", TODAY)
    other = archive(Candidate("福祉課.xlsx", candidate.place), root, "togitsu", TODAY)
    assert first == again
    assert other.path == first.path
    assert first.path.stat().st_mtime_ns == written
    assert len(everything(root)) == 1


def test_it_keeps_every_version_of_a_file(candidate, root):
    archive(candidate, root, "togitsu", TODAY)
    candidate.path.write_bytes(b"changed")
    assert archive(candidate, root, "togitsu", TODAY).path.read_bytes() == b"changed"
    assert len(everything(root)) == 2


@pytest.mark.parametrize("at", ["_hash", "_copy"])
def test_it_waits_for_a_file_that_changes_while_it_is_copied(candidate, root, monkeypatch, at):
    original = getattr(archive_module, at)

    def meanwhile(*args):
        result = original(*args)
        if args[0] in (candidate, candidate.place):
            candidate.path.write_bytes(b"still being written")
        return result

    monkeypatch.setattr(archive_module, at, meanwhile)
    with pytest.raises(FileNotTaken, match="書込み中") as caught:
        archive(candidate, root, "togitsu", TODAY)
    assert caught.value.code == "being_written"


def test_it_notices_a_file_put_in_its_place_with_size_and_time_kept(candidate, root, monkeypatch):
    original = archive_module._hash

    def replaced(path, *size):
        result = original(path, *size)
        if path == candidate.place:
            other = candidate.path.with_name("other")
            other.write_bytes(b"CONTENT")
            shutil.copystat(candidate.path, other)
            other.replace(candidate.path)
        return result

    monkeypatch.setattr(archive_module, "_hash", replaced)
    with pytest.raises(FileNotTaken):
        archive(candidate, root, "togitsu", TODAY)


def test_it_says_that_a_file_is_gone(candidate, root):
    candidate.path.unlink()
    with pytest.raises(FileNotTaken) as caught:
        archive(candidate, root, "togitsu", TODAY)
    assert caught.value.code == "gone"


def test_it_says_that_a_file_cannot_be_opened(candidate, root, monkeypatch):
    def denied(*_):
        raise PermissionError(13, "denied")

    monkeypatch.setattr(archive_module, "_hash", denied)
    with pytest.raises(FileNotTaken) as caught:
        archive(candidate, root, "togitsu", TODAY)
    assert caught.value.code == "unreadable"


def test_it_leaves_nothing_behind_when_the_archive_cannot_be_written(candidate, root, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        archive(candidate, root, "togitsu", TODAY)
    assert everything(root) == []


def test_it_forgets_an_ending_that_is_not_one(tmp_path, root):
    path = tmp_path / "報告.令和八年度分"
    path.write_bytes(b"x")
    assert archive(Candidate(path.name, str(path)), root, "togitsu", TODAY).path.suffix == ""
