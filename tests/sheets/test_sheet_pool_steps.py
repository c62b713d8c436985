"""読取り in processes: the step reads once what it can, and what was stopped again the next time."""

from __future__ import annotations

from datetime import date

import pytest
from department_books import ROW, book, changed_row, table
from reading_pools import dumped, pool

from config.settings import settings
from config.site import Site
from tasks.intake.steps import collect
from tasks.sheets.steps import read_submission, read_submissions
from tasks.store.engine import open_store
from tasks.store.repositories import readings_known

TODAY = date(2026, 11, 24)


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


def stored(site):
    with open_store(site.database_url).begin() as connection:
        return readings_known(connection, "togitsu", TODAY)


def test_it_gives_what_reading_one_by_one_gives(site, inbox):
    submissions = collect(site, inbox, TODAY).submissions
    with pool() as readers:
        readings = read_submissions(site, submissions, readers)
    assert dumped(readings) == dumped(stored(site))
    assert list(readings) == [read_submission(site, submission) for submission in submissions]
    assert [r.counts.accepted for r in readings] == [1, 1, 1]


def test_it_starts_no_process_where_everything_is_known(site, inbox):
    submissions = collect(site, inbox, TODAY).submissions
    first = [read_submission(site, submission) for submission in submissions]
    with pool(entry="from nothing import main") as readers:
        assert list(read_submissions(site, submissions, readers)) == first


def test_it_reads_only_what_is_new_and_keeps_the_order(site, inbox):
    with pool() as readers:
        read_submissions(site, collect(site, inbox, TODAY).submissions[1:2], readers)
        readings = read_submissions(site, collect(site, inbox, TODAY).submissions, readers)
    assert [r.file for r in readings] == ["税務課0.xlsx", "税務課1.xlsx", "税務課2.xlsx"]
    assert len(stored(site)) == 3


# What the process does at the file → the readings that are stored, of three files.
@pytest.mark.parametrize(("order", "kept"), [("abort", 3), ("kill", 2)])
def test_it_remembers_what_a_file_does_but_not_what_is_done_to_it(site, inbox, order, kept):
    (inbox / "税務課1.xlsx").write_bytes(f"!{order}".encode())
    submissions = collect(site, inbox, TODAY).submissions
    with pool() as readers:
        errors = [r.error for r in read_submissions(site, submissions, readers)]
    assert [error is None for error in errors] == [True, False, True]
    assert len(stored(site)) == kept


def test_it_reads_the_one_that_was_stopped_again(site, inbox):
    (inbox / "税務課1.xlsx").write_bytes(b"!kill")
    submissions = collect(site, inbox, TODAY).submissions
    with pool() as readers:
        read_submissions(site, submissions, readers)
    submissions[1].path.chmod(0o644)
    submissions[1].path.write_bytes(book(table(ROW)))
    with pool() as readers:
        assert read_submissions(site, submissions, readers)[1].error is None
