"""How files looked: kept folder by folder, and a folder that is as it was is told at once."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.intake.folder import scan
from tasks.intake.looks import Looks

NAMES = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="/\\"), min_size=1, max_size=3
)
FILES = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
NUMBERS = st.integers(0, 2**63 - 1)


@given(st.dictionaries(FILES, st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), min_size=1))
def test_it_reads_what_it_wrote(looks):
    packed = Looks.of(looks)
    assert packed.by_file() == looks
    assert sorted(packed.files()) == sorted(looks)
    assert Looks.read(*packed.written()) == packed


@pytest.mark.parametrize(
    ("names", "looks"),
    [("課/\na", b"x" * 31), ("課/\na", b"x" * 64), ("課/\na\n\n課/\nb", b"x" * 64), ("", b"")],
    ids=["cut", "one look more", "a folder twice", "nothing"],
)
def test_it_refuses_what_is_damaged(names, looks):
    with pytest.raises(ValueError, match="bytes are not the looks"):
        Looks.read(names, looks)


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    (folder / "課").mkdir(parents=True)
    for name in ["課/a.xlsx", "課/b.xlsx", "課/c.csv", "d.xlsx"]:
        (folder / name).write_text(name)
    return folder


def looked(inbox):
    return Looks.of({one.file: one.look for one in scan(inbox).candidates})


def swap(inbox):
    (inbox / "課/a.xlsx").rename(inbox / "x")
    (inbox / "課/b.xlsx").rename(inbox / "課/a.xlsx")
    (inbox / "x").rename(inbox / "課/b.xlsx")


def make_a_folder_of_it(inbox):
    (inbox / "課/b.xlsx").unlink()
    (inbox / "課/b.xlsx").mkdir()
    (inbox / "課/b.xlsx/e.xlsx").write_text("e")


def link_it(inbox):
    (inbox / "課/b.xlsx").unlink()
    (inbox / "課/b.xlsx").symlink_to(inbox / "課/a.xlsx")


def write_last(inbox):
    before = (inbox / "課/c.csv").stat()
    (inbox / "課/c.csv").write_text("other.csv")
    os.utime(inbox / "課/c.csv", ns=(before.st_atime_ns, before.st_mtime_ns))


# What happens in the folder → what is to be opened then, and what is left alone.
CHANGES = [
    (lambda inbox: None, [], []),
    (lambda inbox: (inbox / "課/b.xlsx").unlink(), [], []),
    (lambda inbox: (inbox / "課/新.xlsx").write_text("new"), ["課/新.xlsx"], []),
    (lambda inbox: (inbox / "課/~$a.xlsx").write_text("lock"), [], ["課/~$a.xlsx"]),
    (swap, ["課/a.xlsx", "課/b.xlsx"], []),
    (make_a_folder_of_it, ["課/b.xlsx/e.xlsx"], []),
    (link_it, ["課/b.xlsx"], []),
    (write_last, ["課/c.csv"], []),
]
IDS = ["nothing", "removed", "new", "locked", "swapped", "a folder now", "a link now", "written at its time"]


@pytest.mark.parametrize(("change", "candidates", "skipped"), CHANGES, ids=IDS)
def test_it_tells_what_changed_in_a_folder(inbox, change, candidates, skipped):
    looks = looked(inbox)
    change(inbox)
    found = scan(inbox, looks)
    assert [one.file for one in found.candidates] == candidates
    assert [one.file for one in found.skipped] == skipped
    there = {one.file for one in scan(inbox).candidates}
    same = [*found.unchanged, *looks.files(found.folders)]
    assert sorted(same) == sorted(there - set(candidates))
