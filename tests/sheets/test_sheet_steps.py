"""読取り: a file is read once, and again only when the reader or its words have changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from department_books import ROW, book, changed_row, table

from config.settings import settings
from config.site import Site
from tasks.intake.steps import collect
from tasks.sheets import context, steps
from tasks.sheets.steps import read_submission
from tasks.store.engine import open_store
from tasks.store.repositories import readings_known

TODAY = date(2026, 11, 24)


@pytest.fixture
def site(tmp_path):
    site = Site(town="togitsu", settings=settings({"SHINCHOKU_HOME": str(tmp_path / "home")}))
    site.prepare()
    return site


@pytest.fixture
def submission(site, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "税務課.xlsx").write_bytes(book(table(ROW, changed_row(事業名="謎"))))
    return collect(site, inbox, TODAY).submissions[0]


@pytest.fixture
def reads(monkeypatch):
    """How often a file was really read."""
    calls = []

    def counting(*args):
        calls.append(args)
        return original(*args)

    original = steps.read_file
    monkeypatch.setattr(steps, "read_file", counting)
    return calls


def test_it_reads_a_submission_once_and_stores_the_reading(site, submission, reads):
    first = read_submission(site, submission)
    assert read_submission(site, submission) == first
    assert len(reads) == 1
    assert first.counts.model_dump() == {"rows": 2, "accepted": 1, "rejected": 1, "ignored": 0}
    with open_store(site.database_url).begin() as connection:
        assert readings_known(connection, "togitsu", TODAY) == [first]


def test_it_gives_the_reading_its_submissions_name_hash_and_day(site, submission):
    reading = read_submission(site, submission)
    assert (reading.file, reading.sha256, reading.received_on) == ("税務課.xlsx", submission.sha256, TODAY)


def test_it_reads_again_with_a_changed_reader(site, submission, reads, monkeypatch):
    read_submission(site, submission)
    monkeypatch.setattr(context, "READER_VERSION", "next")
    other = Site(town="togitsu", settings=site.settings)
    read_submission(other, submission)
    assert len(reads) == 2


def test_it_tries_a_copy_that_cannot_be_opened_again_the_next_time(site, submission, reads):
    missing = replace(submission, path=submission.path.with_name("none"))
    assert read_submission(site, missing).error.code == "unreadable"
    assert read_submission(site, submission).error is None
    assert len(reads) == 2


def test_it_compiles_the_words_once_for_all_files(site, submission):
    assert steps._context(site, submission) is steps._context(site, submission)
