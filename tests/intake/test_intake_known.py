"""What is remembered of the inbox may be lost, be wrong or be old: the next look comes to the same."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from config.settings import settings
from config.site import Site
from tasks.intake import archive as archive_module
from tasks.intake import steps
from tasks.intake.steps import collect
from tasks.store.engine import open_store
from tasks.store.known_files import known_files_get
from tasks.store.repositories import submissions_known
from tasks.store.tables import known_files

DAY_1, DAY_2 = date(2026, 11, 24), date(2026, 11, 25)
AN_HOUR = 3600


def site_at(home, town="togitsu"):
    site = Site(town=town, settings=settings({"SHINCHOKU_HOME": str(home)}))
    site.prepare()
    return site


@pytest.fixture
def site(tmp_path):
    return site_at(tmp_path / "home")


def put(path, content, age=AN_HOUR):
    """Write a file that looks as if it had been written ``age`` seconds ago."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (path.stat().st_mtime - age,) * 2)


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name in ["福祉課/a.xlsx", "福祉課/b.xlsx", "税務課.xlsx"]:
        put(folder / name, name.encode())
    return folder


@pytest.fixture
def asked(monkeypatch):
    """The copies that were looked for one by one."""
    places = []
    access = os.access
    monkeypatch.setattr(
        archive_module.os, "access", lambda place, mode: (places.append(place), access(place, mode))[1]
    )
    return places


def remembered(site):
    with open_store(site.database_url).begin() as connection:
        return connection.execute(select(known_files)).one()


def change(site, **values):
    with open_store(site.database_url).begin() as connection:
        connection.execute(update(known_files).values(values))


# What happened to the row → what is then opened; the result is the same.
ALL = ["福祉課/a.xlsx", "福祉課/b.xlsx", "税務課.xlsx"]
DAMAGES = [
    ("nothing", {}, []),
    ("another form", {"form": 0}, ALL),
    ("fewer names", {"files": "福祉課/a.xlsx"}, ALL),
    ("one hash less", {"hashes": "0" * 64}, ALL),
    ("a size that is none", {"sizes": "1\nx\n3"}, ALL),
    ("a day that is none", {"days": "2026-11-24\n2026-11-31\n2026-11-24"}, ALL),
    ("one place less", {"places": "a\nb"}, ALL),
    ("half a look", {"looks": b"12345"}, ALL),
    ("no looks", {"looks": b""}, ALL),
    ("folders cut short", {"folders": "00ff\n/archive"}, ALL),
    ("folders of another kind", {"folders": "一\n/archive"}, ALL),
    ("everything empty", dict.fromkeys(["files", "hashes", "sizes", "days", "places", "folders"], ""), ALL),
]


@pytest.mark.parametrize(("damage", "again"), [d[1:] for d in DAMAGES], ids=[d[0] for d in DAMAGES])
def test_it_does_without_a_damaged_memory_and_mends_it(site, inbox, opened, damage, again):
    first = collect(site, inbox, DAY_1)
    before = remembered(site)
    if damage:
        change(site, **damage)
    opened.clear()
    second = collect(site, inbox, DAY_2)
    assert sorted(opened) == sorted(again)
    assert (second.submissions, second.new, second.gone) == (first.submissions, (), ())
    assert remembered(site).looks == before.looks
    opened.clear()
    assert collect(site, inbox, DAY_2) == second
    assert opened == []


def test_it_does_without_any_memory(site, inbox):
    first = collect(site, inbox, DAY_1)
    with open_store(site.database_url).begin() as connection:
        connection.execute(delete(known_files))
    again = collect(site, inbox, DAY_2)
    assert (again.submissions, again.new) == (first.submissions, ())


def test_it_knows_nothing_of_what_was_not_recorded_in_the_end(site, inbox, monkeypatch):
    first = collect(site, inbox, DAY_1)
    put(inbox / "税務課.xlsx", b"changed")

    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    # Between what is new and what is remembered: one transaction, so neither is there.
    monkeypatch.setattr(steps, "known_files_put", killed)
    with pytest.raises(Killed):
        collect(site, inbox, DAY_2)
    monkeypatch.undo()
    with open_store(site.database_url).begin() as connection:
        assert len(submissions_known(connection, "togitsu", DAY_2)) == len(first.submissions)
    assert collect(site, inbox, DAY_2).new == ("税務課.xlsx",)


def test_it_keeps_towns_apart(site, inbox, tmp_path, opened):
    other = replace(site, town="nagayo")
    theirs = tmp_path / "theirs"
    put(theirs / "税務課.xlsx", b"theirs")
    ours = collect(site, inbox, DAY_1)
    assert collect(other, theirs, DAY_1).new == ("税務課.xlsx",)
    opened.clear()
    assert collect(site, inbox, DAY_2).submissions == ours.submissions
    assert [s.town for s in collect(other, theirs, DAY_2).submissions] == ["nagayo"]
    assert opened == []


def test_it_opens_all_files_of_a_moved_inbox_and_takes_none_for_new(site, inbox, tmp_path, opened):
    first = collect(site, inbox, DAY_1)
    moved = tmp_path / "moved"
    shutil.copytree(inbox, moved)
    opened.clear()
    again = collect(site, moved, DAY_2)
    assert sorted(opened) == sorted(ALL)
    assert (again.submissions, again.new) == (first.submissions, ())


def test_it_believes_no_memory_that_is_older_than_a_submission(site, inbox, tmp_path):
    collect(site, inbox, DAY_1)
    with open_store(site.database_url).begin() as connection:
        old = dict(connection.execute(select(known_files)).one()._mapping)
    put(inbox / "税務課.xlsx", b"changed")
    changed = collect(site, inbox, DAY_1)
    change(site, **old)
    # As it is written on a day, the newest of that day stands.
    assert collect(site, inbox, DAY_2).submissions == changed.submissions


def test_it_remembers_nothing_of_a_day_before_the_last(site, inbox):
    collect(site, inbox, DAY_2)
    before = remembered(site)
    assert len(collect(site, inbox, DAY_1).new) == 3
    assert remembered(site).last_id == before.last_id
    with open_store(site.database_url).begin() as connection:
        assert {s.received_on for s in known_files_get(connection, "togitsu", DAY_1).submissions} == {DAY_1}
        assert {s.received_on for s in known_files_get(connection, "togitsu", DAY_2).submissions} == {DAY_2}
    assert collect(site, inbox, DAY_2).new == ()


@pytest.fixture
def a_while_later(monkeypatch):
    """Looks are cast a while later, when a change of the archive's folders would show."""
    later = datetime.now(UTC) + timedelta(seconds=10)

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return later

    return lambda: monkeypatch.setattr(steps, "datetime", Later)


def test_it_looks_for_no_copy_in_a_folder_that_did_not_change(site, inbox, asked, a_while_later):
    kept = collect(site, inbox, DAY_1).submissions[0]
    a_while_later()
    collect(site, inbox, DAY_2)
    assert len(asked) == 3
    asked.clear()
    collect(site, inbox, DAY_2)
    assert asked == []
    kept.path.unlink()
    collect(site, inbox, DAY_2)
    assert asked == [kept.place]
    assert kept.path.read_bytes() == b"\xe7\xa6\x8f\xe7\xa5\x89\xe8\xaa\xb2/a.xlsx"


def test_it_makes_no_record_of_what_nobody_looks_at(site, inbox, a_while_later):
    first = collect(site, inbox, DAY_1)
    a_while_later()
    collect(site, inbox, DAY_1)
    unseen = collect(site, inbox, DAY_2).submissions
    assert len(unseen) == 3
    assert unseen.days == {DAY_1}
    assert unseen._made is None
    assert unseen == first.submissions == tuple(unseen)
    assert unseen[0] == first.submissions[0]


def test_it_makes_no_record_of_a_file_that_was_opened_and_is_as_it_was(site, inbox, opened, a_while_later):
    # Written after the look, by its own word: it will never look unchanged.
    put(inbox / "税務課.xlsx", b"of tomorrow", -24 * AN_HOUR)
    first = collect(site, inbox, DAY_1)
    a_while_later()
    collect(site, inbox, DAY_1)
    opened.clear()
    again = collect(site, inbox, DAY_2)
    assert opened == ["税務課.xlsx"]
    assert (again.new, again.gone, again.skipped) == ((), (), ())
    assert again.submissions._made is None
    assert again.submissions == first.submissions


def test_it_remembers_no_look_of_a_file_that_changes_while_it_is_read(site, inbox, opened, monkeypatch):
    collect(site, inbox, DAY_1)
    path = inbox / "税務課.xlsx"
    put(path, path.read_bytes(), 2 * AN_HOUR)
    take = archive_module._hash

    def touched(place, *size):
        result = take(place, *size)
        if place == str(path):
            put(path, path.read_bytes(), 3 * AN_HOUR)
        return result

    monkeypatch.setattr(archive_module, "_hash", touched)
    assert collect(site, inbox, DAY_2).new == ()
    monkeypatch.setattr(archive_module, "_hash", take)
    opened.clear()
    collect(site, inbox, DAY_2)
    collect(site, inbox, DAY_2)
    assert opened == ["税務課.xlsx"]


FILES = ["a.xlsx", "b.xlsx", "課/a.xlsx", "課/c.csv", "~$a.xlsx", "メモ.txt"]
NAMES, CONTENTS = st.sampled_from(FILES), st.sampled_from([b"one", b"two", b"three", b""])
ACTIONS = st.one_of(
    st.tuples(st.just("write"), NAMES, CONTENTS),
    st.tuples(st.just("rewrite"), NAMES, CONTENTS),  # with its time as before
    st.tuples(st.just("rename"), NAMES, NAMES),
    st.tuples(st.just("copy"), NAMES, NAMES),
    st.tuples(st.just("link"), NAMES, NAMES),
    st.tuples(st.just("touch"), NAMES, st.none()),
    st.tuples(st.just("remove"), NAMES, st.none()),
    st.tuples(st.just("lose"), NAMES, st.none()),  # its copy in the archive
    st.tuples(st.just("wait"), st.none(), st.none()),  # until the next day
)


class Town:
    """An inbox, and what is remembered of it between two looks, if anything is."""

    def __init__(self, folder: Path, forgets: bool) -> None:
        self.site, self.inbox, self.forgets = site_at(folder / "home"), folder / "inbox", forgets
        (self.inbox / "課").mkdir(parents=True)
        self.clock = count(1_700_000_000)

    def act(self, kind, name, what):
        path = self.inbox / name if name else self.inbox
        if kind == "write" or (kind in ("rewrite", "touch") and path.exists()):
            before = path.lstat() if path.exists() and kind == "rewrite" else None
            if kind != "touch":
                path.write_bytes(what)
            moment = next(self.clock) * 10**9
            os.utime(path, ns=(moment, before.st_mtime_ns if before else moment))
        elif kind in ("rename", "copy", "link") and path.exists() and name != what:
            target = self.inbox / what
            if kind == "rename":
                path.replace(target)
            elif kind == "copy":
                target.unlink(missing_ok=True)
                shutil.copy2(path, target)
            else:
                target.unlink(missing_ok=True)
                target.symlink_to(path)
        elif kind == "remove":
            path.unlink(missing_ok=True)
        elif kind == "lose" and path.exists():
            for copy in self.site.archive.glob(f"*/{steps_hash(path)}*"):
                copy.unlink()

    def look(self, day):
        if self.forgets:
            with open_store(self.site.database_url).begin() as connection:
                connection.execute(delete(known_files))
        found = collect(self.site, self.inbox, day)
        return (
            [(s.file, s.sha256, s.size, s.received_on, s.path.read_bytes()) for s in found.submissions],
            found.new,
            found.gone,
            found.skipped,
        )


def steps_hash(path):
    return archive_module._hash(str(path))


@how(max_examples=30, deadline=None)
@given(st.lists(st.lists(ACTIONS, max_size=4), min_size=1, max_size=5))
def test_it_comes_to_the_same_with_and_without_a_memory(rounds):
    with tempfile.TemporaryDirectory() as folder:
        towns = [Town(Path(folder) / name, forgets) for name, forgets in [("a", False), ("b", True)]]
        day = DAY_1
        for actions in rounds:
            for kind, name, what in actions:
                day += timedelta(days=kind == "wait")
                for town in towns:
                    town.act(kind, name, what)
            remembering, forgetting = (town.look(day) for town in towns)
            assert remembering == forgetting


def test_it_holds_one_row_a_town(site, inbox):
    for day in (DAY_1, DAY_2):
        put(inbox / "税務課.xlsx", day.isoformat().encode())
        collect(site, inbox, day)
    with open_store(site.database_url).begin() as connection:
        assert connection.scalar(select(func.count()).select_from(known_files)) == 1
