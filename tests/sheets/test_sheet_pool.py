"""A reading process falls: that costs its file one message, and every other file nothing."""

from __future__ import annotations

import os
import resource
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from department_books import togitsu
from reading_pools import (
    MEMORY_MB,
    dumped,
    job,
    ordinary,
    other_source,
    pool,
    stopped_process,
    stopping,
)

from tasks.sheets import reader_process
from tasks.sheets.losses import LOSS_CODES, PASSING, loss
from tasks.sheets.pool import Job, ReadingPoolError, limit_warnings
from tasks.sheets.reading import read_file
from tasks.sheets.wire import unpacked

# What the process does with the file → the code of the file's error.
FALLS = {
    "it never comes back": ("hang", "takes_too_long"),
    "it is killed": ("kill", "reading_stopped"),
    "the library aborts": ("abort", "needs_too_much_memory"),
    "Python finds no memory": (f"take\n{MEMORY_MB}", "needs_too_much_memory"),
    "it reaches into foreign memory": ("segv", "reader_crashed"),
    "it ends by itself": ("exit", "reader_crashed"),
    "the reader has a fault": ("raise", "reader_crashed"),
    "it wants to write": ("write\nwritten", "reader_crashed"),
    "it answers something else": ("nonsense", "reader_crashed"),
    "it answers for another file": ("mistake", "reader_crashed"),
    "it answers with code": ("pickle\nmade", "reader_crashed"),
    "it answers without end": ("chatter", "too_much_text"),
}


@pytest.fixture(autouse=True)
def _at_home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def read_here(jobs: list[Job]):
    """The readings as they are in one process without a supervisor."""
    return [read_file(j.path, j.file, j.sha256, j.received_on, togitsu()) for j in jobs]


def test_it_costs_one_file_whatever_happens_and_the_others_nothing(tmp_path):
    good = ordinary(tmp_path, 60)
    bad = [job(tmp_path, order, f"{order.split()[0]}.xlsx") for order, _ in FALLS.values()]
    jobs = list(good)
    for i, one in enumerate(bad):
        jobs.insert(5 * i, one)
    with pool() as readers:
        readings = list(readers.read_many(jobs))
    assert [r.file for r in readings] == [j.file for j in jobs]
    assert dumped(r for j, r in zip(jobs, readings, strict=True) if j in good) == dumped(read_here(good))
    codes = [r.error.code for j, r in zip(jobs, readings, strict=True) if j in bad]
    assert dict(zip(FALLS, codes, strict=True)) == {what: code for what, (_, code) in FALLS.items()}
    assert not (tmp_path / "made").exists()
    assert not (tmp_path / "written").stat().st_size


def test_it_gives_the_fallen_file_a_reading_with_only_its_error(tmp_path):
    with pool(1) as readers:
        reading = readers.read(job(tmp_path, "segv", "税務課.XLSX"))
    assert (reading.file, reading.sha256, reading.format) == ("税務課.XLSX", "0" * 64, "xlsx")
    assert reading.counts.rows == 0
    assert "SIGSEGV" in reading.error.message


# What the process does with every other file → the code of its error. The files between it has ahead.
@pytest.mark.parametrize(
    ("order", "code"),
    [
        ("kill", "reading_stopped"),
        ("abort", "needs_too_much_memory"),
        ("chatter", "too_much_text"),
        (f"keep\n{MEMORY_MB * 3 // 16}", None),
    ],
    ids=["it is killed", "it aborts", "it answers without end", "it ends after its answer"],
)
def test_it_reads_what_a_process_had_ahead_once_with_the_next(tmp_path, order, code):
    jobs = [job(tmp_path, order if i % 2 else f"once\n{tmp_path / str(i)}", f"{i}.xlsx") for i in range(8)]
    with pool(1) as readers:
        readings = list(readers.read_many(jobs))
    assert [r.file for r in readings] == [j.file for j in jobs]
    assert [r.error and r.error.code for r in readings] == [None, code] * 4


def test_it_keeps_the_order_where_a_later_file_is_read_first(tmp_path):
    jobs = [job(tmp_path, "sleep\n0.5", "slow.xlsx"), *ordinary(tmp_path, 60)]
    with pool(2) as readers:
        assert [r.file for r in readers.read_many(jobs)] == [j.file for j in jobs]


def test_it_gives_nothing_ahead_for_which_the_pipe_may_have_no_room(tmp_path):
    one, two = ordinary(tmp_path, 2)
    long = replace(two, file="長い名前" * 100)
    with pool(1) as readers:
        readers.read(one)
        (process,) = readers._running
        taken = [process.give(each) for each in (long, long, replace(two, source=other_source()), one, two)]
        assert taken == [True, False, False, True, True]
        assert process.in_hand == 3
        for _ in range(3):
            process.take()
        # Far larger than a pipe, and others are under way before it and behind.
        mixed = [
            replace(each, source=other_source()) if i % 3 else each for i, each in enumerate([one, two] * 6)
        ]
        assert [r.error for r in readers.read_many([*mixed, long])] == [None] * 13


@pytest.mark.parametrize("code", sorted(LOSS_CODES))
def test_it_says_what_happened_and_what_to_do(code):
    error = loss(code, memory_mb=1024, seconds=60, reason="SIGSEGV", limit=8)
    assert error.message.endswith("。")
    assert error.remedy.endswith("。")
    assert "{" not in error.message + error.remedy


def test_it_ends_a_reader_that_hangs_also_where_there_are_no_timers(tmp_path):
    with pool(1, "without_timer") as readers:
        assert readers.read(job(tmp_path, "hang")).error.code == "takes_too_long"
        assert readers.read(ordinary(tmp_path, 1)[0]).error is None


def test_it_loses_one_file_to_a_kill_from_outside(tmp_path):
    with pool(1, seconds=60) as readers, ThreadPoolExecutor(1) as beside:
        stopped = beside.submit(readers.read, stopping(tmp_path))
        pid = stopped_process(tmp_path)
        assert resource.prlimit(pid, resource.RLIMIT_AS) == (MEMORY_MB * 2**20, MEMORY_MB * 2**20)
        assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)
        os.kill(pid, signal.SIGKILL)
        assert stopped.result(30).error.code in PASSING
        assert readers.read(ordinary(tmp_path, 1)[0]).error is None


def test_it_does_not_blame_a_file_for_a_process_that_fell_between_two(tmp_path):
    one, two = ordinary(tmp_path, 2)
    with pool(1) as readers:
        readers.read(one)
        (process,) = readers._running
        process._process.kill()
        process._process.wait()
        assert readers.read(two).error is None


# What a file leaves taken, in eighths of the memory → whether its process reads the next one too.
@pytest.mark.parametrize(("eighths", "goes_on"), [(0.5, True), (1.5, False)], ids=["little", "much"])
def test_it_gives_every_file_room(tmp_path, eighths, goes_on):
    with pool(1) as readers:
        readers.read(job(tmp_path, f"keep\n{int(eighths * MEMORY_MB / 8)}"))
        (first,) = readers._running
        assert readers.read(job(tmp_path, f"take\n{MEMORY_MB * 5 // 8}")).error is None
        assert (readers._running == {first}) is goes_on


def test_it_is_not_misled_by_what_a_library_prints(tmp_path):
    with pool(1) as readers:
        assert readers.read(job(tmp_path, "print")).error is None


def test_it_reads_for_many_threads_at_once(tmp_path):
    jobs = ordinary(tmp_path, 40)
    with pool(2) as readers, ThreadPoolExecutor(8) as threads:
        assert dumped(threads.map(readers.read, jobs)) == dumped(read_here(jobs))
        assert len(readers._running) == 2


def test_it_starts_nothing_where_there_is_nothing_to_read(monkeypatch):
    monkeypatch.setattr(reader_process.subprocess, "Popen", None)
    with pool() as readers:
        assert list(readers.read_many([])) == []


def test_it_reads_a_few_files_with_one_process(tmp_path):
    with pool(2) as readers:
        readers.warm_up()
        assert len(list(readers.read_many(ordinary(tmp_path, 20)))) == 20
        assert len(readers._running) == 1


def test_it_ends_what_is_still_reading_when_it_is_closed(tmp_path):
    with pool(1, seconds=60) as readers:
        thread = threading.Thread(target=readers.read, args=(stopping(tmp_path),))
        thread.start()
        pid = stopped_process(tmp_path)
    thread.join(10)
    assert not thread.is_alive()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(ReadingPoolError, match="終わっています"):
        readers.read(job(tmp_path, "print"))


def test_it_leaves_off_when_nobody_takes_the_readings(tmp_path):
    with pool(2) as readers:
        readings = readers.read_many(ordinary(tmp_path, 120))
        assert next(readings).file == "000.xlsx"
        readings.close()
        assert readers.read(ordinary(tmp_path, 1)[0]).error is None


# How the start goes wrong → what is told of it.
FAULTY_STARTS = {
    "a module is missing": ("import nothing_of_this_name", "No module named 'nothing_of_this_name'"),
    "it ends at once": ("import os; os._exit(9)", "終了コード 9"),
    "the program was replaced meanwhile": (
        "from tasks.sheets import reader_key; reader_key.READER_VERSION = 'x'; from tasks.sheets.worker import main",
        "起動し直してください",
    ),
}


@pytest.mark.parametrize(("entry", "told"), FAULTY_STARTS.values(), ids=FAULTY_STARTS.keys())
def test_it_does_not_blame_files_where_no_process_can_be_started(tmp_path, entry, told):
    jobs = ordinary(tmp_path, 2)
    with pool(1, entry=entry) as readers:
        for call in (lambda: readers.read(jobs[0]), lambda: list(readers.read_many(jobs))):
            with pytest.raises(ReadingPoolError) as caught:
                call()
            assert told in str(caught.value)
            assert "\n" not in str(caught.value)


def test_it_says_so_where_the_system_starts_no_process(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr(reader_process.subprocess, "Popen", refuse)
    with pool(1) as readers:
        for call in (readers.warm_up, lambda: readers.read(ordinary(tmp_path, 1)[0])):
            with pytest.raises(ReadingPoolError, match="Cannot allocate memory"):
                call()


def test_it_hands_no_pipe_of_one_process_to_another(tmp_path):
    # Else the first would not see its supervisor end.
    with pool(2) as readers, ThreadPoolExecutor(2) as threads:
        list(threads.map(readers.read, ordinary(tmp_path, 20)))
        first, second = readers._running
        for process in (first, second):
            process._jobs.close()
        for process in (first, second):
            assert process._process.wait(10) == 0


@pytest.mark.parametrize("name", ["税務課.xlsx", '"\\\n.xlsx', os.fsdecode(b"\xff\xfe.xlsx")], ids=ascii)
def test_a_job_arrives_as_it_was_whatever_the_file_is_called(tmp_path, name):
    sent = replace(ordinary(tmp_path, 1)[0], path=tmp_path / name, file=name)
    parts = (sent.path, sent.file, sent.sha256, sent.received_on, sent.source.key)
    assert unpacked(sent.packed()) == parts


def test_it_reads_a_file_while_many_others_are_under_way(tmp_path):
    one, *many = ordinary(tmp_path, 41)
    with pool(1) as readers:
        assert all(readers.read(one).error is None for _ in readers.read_many(many))


def test_it_says_so_where_it_is_closed_while_many_files_are_under_way(tmp_path):
    jobs = [stopping(tmp_path), *ordinary(tmp_path, 60)]
    with pool(2, seconds=60) as readers, ThreadPoolExecutor(1) as beside:
        reading = beside.submit(lambda: list(readers.read_many(jobs)))
        stopped_process(tmp_path)
        readers.close()
        with pytest.raises(ReadingPoolError, match="終わっています"):
            reading.result(10)


@pytest.mark.parametrize(("platform", "warns"), [("linux", False), ("win32", True), ("darwin", True)])
def test_it_says_where_memory_cannot_be_limited(platform, warns):
    assert bool(limit_warnings(platform)) is warns
