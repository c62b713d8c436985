"""Lock files and files still being written are waited for, not judged, under both engines."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest
from department_books import book, table
from watch_runs import at, run_watch

HEADER = "担当課：税務課\n\n事業名,段階,進捗率\n"


@contextmanager
def written_on(path, pause=0.1):
    """A program that goes on writing a file, with pauses, until the block ends."""
    done, begun = threading.Event(), threading.Event()

    def write():
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{HEADER}コンビニ交付（税証明）,中止,0%\n")
            while not done.is_set():
                file.write("※ まだ続きます\n")
                file.flush()
                begun.set()
                done.wait(pause)

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait()
    try:
        yield
    finally:
        done.set()
        writer.join()


@pytest.fixture(params=["plain", "prefect"])
def run(request, tmp_path):
    """Runs the watch on an inbox, in a home of its own, by one engine."""
    env = {"SHINCHOKU_HOME": tmp_path / "home"}
    if request.param == "prefect":
        env |= at(request.getfixturevalue("cockpit"))
    return lambda inbox: run_watch(request.param, inbox, **env)


def finding(document):
    return next(f for f in document["findings"] if f["project_id"] == "DX-02")


def test_it_waits_for_a_file_until_it_is_whole(run, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "~$税務課.xlsx").write_bytes(b"\x06admin")
    (inbox / "会計課.xlsx").write_bytes(book(table(label="担当課：会計課")))
    path = inbox / "税務課.csv"
    with written_on(path):
        first = run(inbox)
    codes = {one["file"]: one["code"] for one in first["skipped"]}
    assert codes == {"~$税務課.xlsx": "lock_file", "税務課.csv": "being_written"}
    assert [f["file"] for f in first["files"]] == ["会計課.xlsx"]
    # Neither what stands in it already nor that it is cut off is held against anybody.
    assert finding(first)["reported"] == {}
    assert not any("税務課" in str(error) for error in first["row_errors"])
    path.write_text(f"{HEADER}コンビニ交付（税証明）,導入,45%\n", encoding="utf-8")
    second = run(inbox)
    assert [one["file"] for one in second["skipped"]] == ["~$税務課.xlsx"]
    assert finding(second)["reported"]["progress"] == 0.45
