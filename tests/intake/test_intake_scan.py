"""Looking through the inbox: what may be a workbook, and why the rest is left alone."""

from __future__ import annotations

import os

import pytest

from tasks.intake.errors import IntakeError
from tasks.intake.folder import scan


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def put(inbox, name, content=b"x"):
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "報告.xlsx",
        "報告.XLSX",
        "報告.xlsm",
        "報告.xls",
        "報告.ods",
        "報告.csv",
        "税務課/R8/報告.xlsx",
        "空 白.xlsx",
        "[案](1).xlsx",
    ],
)
def test_it_takes_whatever_may_be_a_workbook_at_any_depth(inbox, name):
    put(inbox, name)
    candidates, skipped, *_ = scan(inbox)
    assert [c.file for c in candidates] == [name]
    assert candidates[0].path.read_bytes() == b"x"
    assert skipped == []


# What lies there → why it is left alone.
LEFT_ALONE = [
    ("~$報告.xlsx", "lock_file"),
    (".~lock.報告.ods#", "lock_file"),
    (".隠し.xlsx", "hidden_file"),
    ("~報告.xlsx", "temporary_file"),
    ("~WRL0001.tmp", "temporary_file"),
    ("報告.xlsx.part", "temporary_file"),
    ("報告.xlsx.tmp", "temporary_file"),
    ("報告.docx", "not_a_workbook"),
    ("報告.pdf", "not_a_workbook"),
    ("5C3A1B00", "not_a_workbook"),  # how Excel names a file while it saves
    ("Thumbs.db", "not_a_workbook"),
    ("報告\n.xlsx", "bad_name"),
    ("報告\u202excod.xlsx", "bad_name"),  # reads as …xlsx.docx
    ("..\\..\\報告.xlsx", "bad_name"),  # a path on Windows
    (os.fsdecode(b"\xff\xfe.xlsx"), "bad_name"),
]


@pytest.mark.parametrize(("name", "code"), LEFT_ALONE, ids=[ascii(name) for name, _ in LEFT_ALONE])
def test_it_leaves_alone_what_is_no_report_and_says_why(inbox, name, code):
    put(inbox, name)
    put(inbox, "報告.xlsx")
    candidates, (skipped,), *_ = scan(inbox)
    assert [c.file for c in candidates] == ["報告.xlsx"]
    assert skipped.code == code
    assert skipped.message.endswith("。")
    assert skipped.file.isprintable()


def test_it_does_not_enter_hidden_folders(inbox):
    put(inbox, ".snapshot/報告.xlsx")
    candidates, skipped, *_ = scan(inbox)
    assert candidates == []
    assert [(s.file, s.code) for s in skipped] == [(".snapshot", "hidden_file")]


def test_it_follows_no_link_out_of_the_inbox(inbox, tmp_path):
    secret = tmp_path / "秘密.xlsx"
    secret.write_bytes(b"x")
    (inbox / "外.xlsx").symlink_to(secret)
    (inbox / "上").symlink_to(tmp_path)
    (inbox / "切.xlsx").symlink_to(inbox / "無い.xlsx")
    candidates, skipped, *_ = scan(inbox)
    assert candidates == []
    assert {(s.file, s.code) for s in skipped} == {
        ("外.xlsx", "link_outside"),
        ("上", "link_outside"),
        ("切.xlsx", "unreadable"),
    }


def test_it_takes_a_link_to_a_file_inside_and_enters_no_folder_twice(inbox):
    put(inbox, "税務課/報告.xlsx")
    (inbox / "写し.xlsx").symlink_to(inbox / "税務課" / "報告.xlsx")
    (inbox / "輪").symlink_to(inbox)
    candidates, skipped, *_ = scan(inbox)
    assert [c.file for c in candidates] == ["写し.xlsx", "税務課/報告.xlsx"]
    assert [(s.file, s.code) for s in skipped] == [("輪", "link")]


def test_it_does_not_wait_for_what_is_no_file(inbox):
    os.mkfifo(inbox / "管.xlsx")
    assert [s.code for s in scan(inbox)[1]] == ["not_a_file"]


def test_it_gives_both_lists_in_the_order_of_the_names(inbox):
    for name in ["b.xlsx", "a/z.xlsx", "a.xlsx", "~$b.xlsx", ".a"]:
        put(inbox, name)
    candidates, skipped, *_ = scan(inbox)
    assert [c.file for c in candidates] == ["a.xlsx", "a/z.xlsx", "b.xlsx"]
    assert [s.file for s in skipped] == [".a", "~$b.xlsx"]


def test_it_finds_nothing_in_an_empty_inbox(inbox):
    assert scan(inbox) == ([], [], [], [])


def test_it_may_itself_be_a_link(inbox, tmp_path):
    put(inbox, "報告.xlsx")
    (tmp_path / "受付").symlink_to(inbox)
    assert [c.file for c in scan(tmp_path / "受付")[0]] == ["報告.xlsx"]


def test_it_says_that_the_inbox_is_not_there(tmp_path):
    with pytest.raises(IntakeError, match=r"受付フォルダ「.*無い」がありません。.*指定してください。"):
        scan(tmp_path / "無い")


def test_it_says_that_the_inbox_is_no_folder(tmp_path):
    put(tmp_path, "報告.xlsx")
    with pytest.raises(IntakeError, match="フォルダではありません。"):
        scan(tmp_path / "報告.xlsx")


def test_it_says_that_the_inbox_cannot_be_opened(inbox, monkeypatch):
    def denied(path):
        raise PermissionError(13, "denied")

    monkeypatch.setattr(os, "scandir", denied)
    with pytest.raises(IntakeError, match=r"開けません。 接続とアクセス権を確かめてください。"):
        scan(inbox)


def test_it_passes_over_a_folder_that_cannot_be_opened(inbox, monkeypatch):
    put(inbox, "秘密/報告.xlsx")
    put(inbox, "報告.xlsx")
    into = os.open

    def denied(path, flags):
        if path.endswith("秘密"):
            raise PermissionError(13, "denied")
        return into(path, flags)

    monkeypatch.setattr(os, "open", denied)
    candidates, skipped, *_ = scan(inbox)
    assert [c.file for c in candidates] == ["報告.xlsx"]
    assert [(s.file, s.code) for s in skipped] == [("秘密", "unreadable")]


def test_it_does_not_follow_a_link_that_takes_the_place_of_a_folder_meanwhile(inbox, tmp_path, monkeypatch):
    put(inbox, "税務課/報告.xlsx")
    put(tmp_path, "外/秘密.xlsx")
    into = os.open

    def swapped(path, flags):
        if path.endswith("税務課"):
            (inbox / "税務課" / "報告.xlsx").unlink()
            (inbox / "税務課").rmdir()
            (inbox / "税務課").symlink_to(tmp_path / "外")
        return into(path, flags)

    monkeypatch.setattr(os, "open", swapped)
    candidates, skipped, *_ = scan(inbox)
    assert candidates == []
    assert [(s.file, s.code) for s in skipped] == [("税務課", "unreadable")]
