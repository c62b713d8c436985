"""回収: what one look at the inbox makes of it, with what the store knew before."""

from __future__ import annotations

import os
from datetime import date

import pytest

from config.settings import settings
from config.site import Site
from tasks.intake import steps
from tasks.intake.errors import FileNotTaken, IntakeError
from tasks.intake.steps import collect, has_unseen
from tasks.store.engine import open_store
from tasks.store.repositories import submissions_known

DAY_1, DAY_2, DAY_3 = date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26)


@pytest.fixture
def site(tmp_path):
    site = Site(town="togitsu", settings=settings({"SHINCHOKU_HOME": str(tmp_path / "home")}))
    site.prepare()
    return site


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "税務課.xlsx").write_bytes(b"one")
    (folder / "高齢者支援課.xlsx").write_bytes(b"two")
    return folder


def known(site, as_of=DAY_3):
    with open_store(site.database_url).begin() as connection:
        return [(s.file, s.received_on) for _, s in submissions_known(connection, "togitsu", as_of)]


def test_it_takes_in_and_records_what_is_new(site, inbox):
    (inbox / "~$税務課.xlsx").write_bytes(b"lock")
    collected = collect(site, inbox, DAY_1)
    assert [s.file for s in collected.submissions] == ["税務課.xlsx", "高齢者支援課.xlsx"]
    assert collected.new == ("税務課.xlsx", "高齢者支援課.xlsx")
    assert [(s.file, s.code) for s in collected.skipped] == [("~$税務課.xlsx", "lock_file")]
    assert all(s.path.is_relative_to(site.archive) for s in collected.submissions)
    assert known(site) == [("税務課.xlsx", DAY_1), ("高齢者支援課.xlsx", DAY_1)]


def test_it_takes_an_unchanged_file_for_the_submission_it_was(site, inbox):
    first = collect(site, inbox, DAY_1)
    again = collect(site, inbox, DAY_2)
    assert again.new == ()
    assert again.submissions == first.submissions
    assert again.submissions[0].received_on == DAY_1


def test_it_tells_which_file_changed(site, inbox):
    collect(site, inbox, DAY_1)
    (inbox / "税務課.xlsx").write_bytes(b"changed")
    collected = collect(site, inbox, DAY_2)
    assert collected.new == ("税務課.xlsx",)
    assert [(s.file, s.received_on) for s in collected.submissions] == [
        ("税務課.xlsx", DAY_2),
        ("高齢者支援課.xlsx", DAY_1),
    ]


def test_it_takes_a_return_to_earlier_bytes_for_a_new_report(site, inbox):
    for day, content in [(DAY_1, b"one"), (DAY_2, b"mistake"), (DAY_3, b"one")]:
        (inbox / "税務課.xlsx").write_bytes(content)
        collected = collect(site, inbox, day)
    assert collected.new == ("税務課.xlsx",)
    assert collected.submissions[0].received_on == DAY_3


def test_it_keeps_knowing_a_file_that_is_gone(site, inbox):
    collect(site, inbox, DAY_1)
    (inbox / "税務課.xlsx").unlink()
    collected = collect(site, inbox, DAY_2)
    assert [s.file for s in collected.submissions] == ["高齢者支援課.xlsx"]
    assert ("税務課.xlsx", DAY_1) in known(site)


def test_it_stands_by_the_known_version_of_a_file_that_is_being_written(site, inbox, monkeypatch):
    first = collect(site, inbox, DAY_1)
    (inbox / "税務課.xlsx").write_bytes(b"half")
    take = steps.archive

    def busy(candidate, *args):
        if candidate.file == "税務課.xlsx":
            raise FileNotTaken("being_written", "書込み中のため、今回は読まず、次の回に読みます。")
        return take(candidate, *args)

    monkeypatch.setattr(steps, "archive", busy)
    collected = collect(site, inbox, DAY_2)
    assert collected.submissions == first.submissions
    assert collected.new == ()
    assert [(s.file, s.code) for s in collected.skipped] == [("税務課.xlsx", "being_written")]


def test_it_finds_nothing_in_an_empty_inbox(site, tmp_path):
    empty = tmp_path / "空"
    empty.mkdir()
    collected = collect(site, empty, DAY_1)
    assert (collected.submissions, collected.new, collected.skipped) == ((), (), ())


def test_it_raises_where_there_is_no_inbox(site, tmp_path):
    with pytest.raises(IntakeError, match="がありません。"):
        collect(site, tmp_path / "無い", DAY_1)


def test_it_knows_nothing_of_what_comes_after_the_day_it_looks_from(site, inbox):
    collect(site, inbox, DAY_2)
    assert collect(site, inbox, DAY_1).new == ("税務課.xlsx", "高齢者支援課.xlsx")
    assert known(site, DAY_1) == [("税務課.xlsx", DAY_1), ("高齢者支援課.xlsx", DAY_1)]


def settled(inbox):
    """The files as they would look an hour after they were written."""
    for path in inbox.iterdir():
        os.utime(path, (path.stat().st_mtime - 3600,) * 2)


def test_it_does_not_open_what_looks_unchanged(site, inbox, opened):
    settled(inbox)
    first = collect(site, inbox, DAY_1)
    opened.clear()
    again = collect(site, inbox, DAY_2)
    assert opened == []
    assert (again.submissions, again.new) == (first.submissions, ())


# What is done to the file, with its size and the time of its change as before.
def rewrite(path):
    path.write_bytes(b"ONE")


def replace(path):
    other = path.with_suffix(".new")
    other.write_bytes(b"ONE")
    other.replace(path)


@pytest.mark.parametrize("change", [rewrite, replace])
def test_it_opens_what_was_changed_behind_the_same_size_and_time(site, inbox, opened, change):
    settled(inbox)
    collect(site, inbox, DAY_1)
    opened.clear()
    path = inbox / "税務課.xlsx"
    before = path.stat()
    change(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert collect(site, inbox, DAY_2).new == ("税務課.xlsx",)
    assert opened == ["税務課.xlsx"]


def test_it_opens_again_what_was_written_a_moment_before_the_last_look(site, inbox, opened):
    collect(site, inbox, DAY_1)
    collect(site, inbox, DAY_1)
    assert len(opened) == 4


def test_it_opens_what_is_no_longer_in_the_archive(site, inbox, opened):
    settled(inbox)
    kept = collect(site, inbox, DAY_1).submissions[0].path
    kept.chmod(0o644)
    kept.unlink()
    collect(site, inbox, DAY_2)
    assert opened[2:] == ["税務課.xlsx"]
    assert kept.read_bytes() == b"one"


def test_it_does_not_take_the_look_of_later_bytes_for_earlier_ones(site, inbox, opened):
    settled(inbox)
    collect(site, inbox, DAY_1)
    (inbox / "税務課.xlsx").write_bytes(b"later")
    settled(inbox)
    collect(site, inbox, DAY_3)
    opened.clear()
    assert collect(site, inbox, DAY_2).new == ("税務課.xlsx",)


def test_it_has_a_hint_whether_anything_is_new(site, inbox, tmp_path):
    settled(inbox)
    assert has_unseen(site, inbox, DAY_1)
    collect(site, inbox, DAY_1)
    assert not has_unseen(site, inbox, DAY_1)
    (inbox / "税務課.xlsx").write_bytes(b"changed")
    assert has_unseen(site, inbox, DAY_1)
    assert not has_unseen(site, tmp_path / "無い", DAY_1)


@pytest.mark.parametrize("known_before", [False, True])
def test_it_waits_for_a_writer_that_pauses_between_its_writes(site, inbox, monkeypatch, known_before):
    first = collect(site, inbox, DAY_1) if known_before else None
    path = inbox / "税務課.xlsx"
    path.write_bytes(b"half")
    # The writer goes on after the file was copied, while the second look is awaited.
    monkeypatch.setattr(steps.time, "sleep", lambda seconds: path.write_bytes(b"half and more"))
    collected = collect(site, inbox, DAY_2)
    assert [(s.file, s.code) for s in collected.skipped] == [("税務課.xlsx", "being_written")]
    # What was known of it stands; what was only half there is not known.
    stands = [s.file for s in collected.submissions]
    assert stands == (["税務課.xlsx", "高齢者支援課.xlsx"] if known_before else ["高齢者支援課.xlsx"])
    assert "税務課.xlsx" not in collected.new
    if first:
        assert collected.submissions[0] == first.submissions[0]
    monkeypatch.setattr(steps.time, "sleep", lambda seconds: None)
    assert "税務課.xlsx" in collect(site, inbox, DAY_3).new


def test_it_keeps_nobody_waiting_for_a_file_that_was_written_before(site, inbox, monkeypatch):
    settled(inbox)
    waited = []
    monkeypatch.setattr(steps.time, "sleep", waited.append)
    assert collect(site, inbox, DAY_1).new
    assert waited == []
