"""What the store remembers of what it could work out anew, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event

from tasks.intake.looks import Looks
from tasks.intake.records import Submission, read_by
from tasks.sheets.records import Counts, FileReading
from tasks.store.known_files import KnownFiles, is_current, known_files_get, known_files_put
from tasks.store.repositories import reading_put, submission_add
from tasks.store.unread import submissions_unread

TOWN, OTHER = "togitsu", "nagayo"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
LOOK = (10, 1_764_000_000_000_000_001, -1, 2**64 - 1)


def day(number: int) -> date:
    return date(2026, 11, number)


def sent(file: str, content: str, on: int, town: str = TOWN) -> Submission:
    return Submission(town, file, content * 64, 10, day(on), f"archive/{content}")


def reading(file: str, on: int) -> FileReading:
    counts = Counts(rows=0, accepted=0, rejected=0, ignored=0)
    return FileReading(file=file, sha256="a" * 64, format="xlsx", received_on=day(on), counts=counts)


def add(store, submission):
    with store.begin() as connection:
        return submission_add(connection, submission, NOW)


def known(store, on=30, town=TOWN):
    with store.begin() as connection:
        return known_files_get(connection, town, day(on))


def remember(store, looks, folders=None, on=30, town=TOWN):
    found = known(store, on, town)
    with store.begin() as connection:
        known_files_put(connection, town, KnownFiles(found.submissions, Looks.of(looks), folders or {}))


def test_it_gives_back_what_it_was_told_to_remember(store):
    one, two = sent("課/あ.xlsx", "A", 10), sent("b.xlsx", "B", 11)
    for each in (sent("b.xlsx", "C", 10), one, two):
        add(store, each)
    remember(store, {"課/あ.xlsx": LOOK}, {"archive": (0, 1, 2, 3), "gone": ()})
    found = known(store)
    assert found.is_stored
    assert found.submissions == (two, one)
    assert found.looks.in_folder("課/")["あ.xlsx"] == LOOK
    # No file has a size below nothing.
    assert found.looks.by_file()["b.xlsx"][0] < 0
    assert found.folders == {"archive": (0, 1, 2, 3), "gone": ()}


def test_it_remembers_no_look_that_cannot_be_written(store):
    add(store, sent("a.xlsx", "A", 10))
    remember(store, {"a.xlsx": (10, 2**63, 0, 0)})
    assert known(store).looks.by_file()["a.xlsx"][0] < 0


def test_it_works_out_anew_what_came_later_and_keeps_the_looks_of_the_same_bytes(store):
    add(store, sent("a.xlsx", "A", 10))
    add(store, sent("b.xlsx", "B", 10))
    remember(store, {"a.xlsx": LOOK, "b.xlsx": LOOK}, {"archive": LOOK})
    before = known(store)
    add(store, sent("c.xlsx", "C", 10, OTHER))
    assert known(store).is_stored
    add(store, sent("b.xlsx", "D", 11))
    found = known(store)
    assert not found.is_stored
    assert found.submissions == (sent("a.xlsx", "A", 10), sent("b.xlsx", "D", 11))
    assert (found.looks, found.folders) == (Looks.of({"a.xlsx": LOOK}), {})
    with store.begin() as connection:
        assert is_current(connection, TOWN, found)
        assert not is_current(connection, TOWN, before)


def test_it_says_of_an_earlier_day_what_was_known_then(store):
    add(store, sent("a.xlsx", "A", 10))
    add(store, sent("a.xlsx", "B", 12))
    remember(store, {"a.xlsx": LOOK})
    for on, submissions, is_newest in [(9, (), False), (11, (sent("a.xlsx", "A", 10),), False)]:
        found = known(store, on)
        assert (found.submissions, found.is_newest, found.is_stored) == (submissions, is_newest, False)
        assert found.looks == Looks()
    assert known(store, 12).is_stored


@pytest.fixture
def asked(store):
    """The statements that read all that a town has sent."""
    statements = []

    def listen(connection, cursor, statement, *_):
        if "serial" in statement:
            statements.append(statement)

    event.listen(store.engine, "before_cursor_execute", listen)
    return statements


def test_it_asks_again_who_is_unread_only_once_something_was_received_or_read(store, asked):
    def unread(key, on=10):
        asked.clear()
        with store.begin() as connection:
            found = submissions_unread(connection, TOWN, day(on), {day(on): key})
        return set(found.values()), bool(asked)

    one = add(store, sent("a.xlsx", "A", 10))

    def read(id_, key):
        with store.begin() as connection:
            reading_put(connection, id_, key, reading("a.xlsx", 10))

    assert unread("v1") == ({one}, True)
    read(one, "v1")
    assert unread("v1") == (set(), True)
    assert unread("v1") == (set(), False)
    # Another town's matter is not this one's.
    read(add(store, sent("a.xlsx", "A", 10, OTHER)), "v9")
    assert unread("v1") == (set(), False)
    # By other words, or of another day: to be asked.
    assert unread("v2") == ({one}, True)
    assert unread("v1", on=11) == (set(), True)
    assert unread("v1") == (set(), True)
    # Read by other words, by a run that was killed before it could say so: not the newest any more.
    read(one, "v2")
    assert unread("v1") == ({one}, True)
    read(one, "v1")
    assert unread("v1") == (set(), True)
    two = add(store, sent("b.xlsx", "B", 10))
    assert unread("v1") == ({two}, True)


def test_it_says_with_the_files_by_whom_they_are_known_to_be_read(store):
    def told():
        return read_by(known(store).submissions)

    def read(id_, key):
        with store.begin() as connection:
            reading_put(connection, id_, key, reading("a.xlsx", 10))

    def nobody_is_unread(key):
        with store.begin() as connection:
            return not submissions_unread(connection, TOWN, day(10), {day(10): key})

    one = add(store, sent("a.xlsx", "A", 10))
    remember(store, {})
    assert told() == {}
    read(one, "v1")
    assert told() == {}
    assert nobody_is_unread("v1")
    assert told() == {day(10): "v1"}
    # Another town's matter is not this one's.
    read(add(store, sent("a.xlsx", "A", 10, OTHER)), "v9")
    assert told() == {day(10): "v1"}
    read(one, "v2")
    assert told() == {}
    assert nobody_is_unread("v2")
    assert told() == {day(10): "v2"}
    add(store, sent("b.xlsx", "B", 10))
    assert told() == {}
