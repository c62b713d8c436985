"""読取り: a file is read once, and again only when the reader has changed or the reading was stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from department_books import ROW, book, changed_row, table
from reading_pools import dumped, pool

from config.settings import settings
from config.site import Site
from flows.engines import PlainEngine
from tasks.intake.steps import collect
from tasks.sheets import reader_key, steps
from tasks.sheets.steps import look_up, read_received, reading_pool, readings_of
from tasks.store.engine import open_store
from tasks.store.repositories import readings_known

TODAY = date(2026, 11, 24)
NO_READER = "from nothing import main"


@pytest.fixture
def site(tmp_path):
    site = Site(town="togitsu", settings=settings({"SHINCHOKU_HOME": str(tmp_path / "home")}))
    site.prepare()
    return site


@pytest.fixture
def inbox(tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for i in range(3):
        (inbox / f"税務課{i}.xlsx").write_bytes(
            book(table(changed_row(進捗率=f"{i}%"), changed_row(事業名="謎")))
        )
    return inbox


@pytest.fixture
def submissions(site, inbox):
    return collect(site, inbox, TODAY).submissions


def stored(site):
    with open_store(site.database_url).begin() as connection:
        return readings_known(connection, "togitsu", TODAY)


def look(site, submissions, **options):
    """What a run reads of them, all at once as the plain engine does."""
    with pool(**options) as readers:
        calls = [(site, one, readers) for one in look_up(site, submissions)]
        return PlainEngine().each(read_received, calls)


def unread(site, submissions):
    return list(look_up(site, submissions))


def test_it_stores_what_it_reads(site, submissions):
    readings = look(site, submissions)
    assert [r.file for r in readings] == ["税務課0.xlsx", "税務課1.xlsx", "税務課2.xlsx"]
    assert [(r.counts.accepted, r.counts.rejected) for r in readings] == [(1, 1)] * 3
    assert {(r.sha256, r.received_on) for r in readings} == {(s.sha256, TODAY) for s in submissions}
    assert dumped(readings) == dumped(stored(site)) == dumped(readings_of(site, submissions, ()))


def test_it_gives_one_by_one_what_it_gives_together(site, submissions, tmp_path):
    together = look(site, submissions)
    other = Site(town="togitsu", settings=settings({"SHINCHOKU_HOME": str(tmp_path / "other")}))
    other.prepare()
    taken = collect(other, tmp_path / "inbox", TODAY).submissions
    with reading_pool(other) as readers:
        one_by_one = [read_received(other, one, readers) for one in look_up(other, taken)]
    assert dumped(one_by_one) == dumped(together) == dumped(stored(other))


def test_it_starts_no_process_where_everything_is_known(site, submissions):
    first = look(site, submissions)
    assert unread(site, submissions) == []
    assert look(site, submissions, entry=NO_READER) == []
    assert readings_of(site, submissions, ()) == tuple(first)


def test_it_reads_only_what_is_new_and_keeps_the_order(site, submissions):
    look(site, submissions[1:2])
    read = look(site, submissions)
    assert [r.file for r in read] == ["税務課0.xlsx", "税務課2.xlsx"]
    assert [r.file for r in readings_of(site, submissions, read)] == [s.file for s in submissions]
    assert len(stored(site)) == 3


def test_it_reads_again_with_a_changed_reader(site, submissions, monkeypatch):
    look(site, submissions)
    monkeypatch.setattr(reader_key, "READER_VERSION", "next")
    changed = Site(town="togitsu", settings=site.settings)
    assert [one.submission for one in unread(changed, submissions)] == list(submissions)


def test_it_need_not_ask_who_is_unread_where_the_files_came_with_the_answer(
    site, submissions, inbox, monkeypatch
):
    look(site, submissions)
    assert unread(site, submissions) == []
    again = collect(site, inbox, TODAY).submissions
    with monkeypatch.context() as nothing:
        nothing.setattr(steps, "transaction", None)
        assert unread(site, again) == []
    monkeypatch.setattr(reader_key, "READER_VERSION", "next")
    changed = Site(town="togitsu", settings=site.settings)
    assert [one.submission for one in unread(changed, again)] == list(submissions)


def test_it_tries_a_copy_that_cannot_be_opened_again_the_next_time(site, submissions):
    (one, *_) = unread(site, submissions)
    nowhere = one.submission._replace(place=str(one.submission.path.with_name("none")))
    missing = replace(one, submission=nowhere)
    with reading_pool(site) as readers:
        reading = read_received(site, missing, readers)
    assert reading.error.code == "unreadable"
    assert unread(site, submissions)[0] == one
    assert readings_of(site, submissions[:1], [reading]) == (reading,)


# What the process does at the file → the readings that are stored, of three files.
@pytest.mark.parametrize(("order", "kept"), [("abort", 3), ("kill", 2)])
def test_it_remembers_what_a_file_does_but_not_what_is_done_to_it(site, inbox, order, kept):
    (inbox / "税務課1.xlsx").write_bytes(f"!{order}".encode())
    errors = [r.error for r in look(site, collect(site, inbox, TODAY).submissions)]
    assert [error is None for error in errors] == [True, False, True]
    assert len(stored(site)) == kept


def test_it_reads_the_one_that_was_stopped_again(site, inbox):
    (inbox / "税務課1.xlsx").write_bytes(b"!kill")
    submissions = collect(site, inbox, TODAY).submissions
    look(site, submissions)
    submissions[1].path.chmod(0o644)
    submissions[1].path.write_bytes(book(table(ROW)))
    (again,) = look(site, submissions)
    assert (again.file, again.error) == ("税務課1.xlsx", None)
