"""The sample inbox as files: the same bytes each time, marked in every place, and nobody else's folder."""

from __future__ import annotations

from hashlib import sha256

import pytest
from openpyxl import load_workbook

from tasks.samples.build import DAYS, SampleError, build_inbox
from tasks.samples.model import inbox


def hashes(folder):
    return {p.name: sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


@pytest.fixture(scope="module")
def first_day(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample") / "inbox"
    build_inbox(folder, 1)
    return folder


def readable(folder):
    """The workbooks that are whole."""
    cut = {w.file for w in inbox().workbooks if w.cut}
    return sorted(p for p in folder.glob("見本_*.xlsx") if p.name not in cut)


def test_it_writes_the_same_bytes_each_time(first_day, tmp_path):
    build_inbox(tmp_path, 1)
    assert hashes(tmp_path) == hashes(first_day)


def test_it_changes_exactly_two_files_on_the_second_day(first_day, tmp_path):
    build_inbox(tmp_path, 2)
    before, after = hashes(first_day), hashes(tmp_path)
    assert before.keys() == after.keys()
    assert len([name for name in before if before[name] != after[name]]) == 2


def test_it_leaves_unchanged_files_untouched_when_the_second_day_follows(tmp_path):
    build_inbox(tmp_path, 1)
    before = {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
    build_inbox(tmp_path, 2)
    after = {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
    changed = {w.file for w in inbox().workbooks if w.changes}
    assert {name for name in before if before[name] != after[name]} == changed


def test_it_returns_every_file_it_stands_for(tmp_path):
    assert build_inbox(tmp_path, 1) == sorted(tmp_path.iterdir())


def test_it_says_sample_in_every_file_name(first_day):
    assert all("見本" in path.name for path in first_day.iterdir())


def test_it_says_sample_in_a_visible_line_of_every_sheet(first_day):
    for path in readable(first_day):
        for sheet in load_workbook(path).worksheets:
            texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
            assert any("見本です。実在の報告ではありません" in text for text in texts), (
                path.name,
                sheet.title,
            )


def test_it_has_one_unreadable_file_and_one_lock_file(first_day):
    whole = {p.name for p in readable(first_day)}
    others = {p.name for p in first_day.iterdir()} - whole - {"見本.txt"}
    assert others == {
        "見本_高齢者支援課_シニアクラブスマホ教室.xlsx",
        "~$見本_住民環境課_DX進捗R8.11.xlsx",
    }


def test_it_writes_with_two_hands():
    assert {w.writer for w in inbox().workbooks} == {"openpyxl", "xlsxwriter"}


def test_it_shows_every_way_of_writing_dates_and_shares():
    layouts = [w.layout for w in inbox().workbooks]
    for styles in ({layout.dates for layout in layouts}, {layout.shares for layout in layouts}):
        assert styles == set(type(next(iter(styles))))


@pytest.mark.parametrize("name", ["報告.xlsx", "見本.md"], ids=["a workbook", "any other file"])
def test_it_refuses_a_folder_of_somebody_else(tmp_path, name):
    (tmp_path / name).write_text("大事な報告")
    with pytest.raises(SampleError, match="見本のフォルダではありません"):
        build_inbox(tmp_path, 1)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_it_refuses_a_folder_whose_marker_is_another_text(tmp_path):
    (tmp_path / "見本.txt").write_text("自分用の覚え書き", "utf-8")
    with pytest.raises(SampleError):
        build_inbox(tmp_path, 1)


def test_it_refuses_a_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "inbox").write_text("")
    with pytest.raises(SampleError, match="書き込めません"):
        build_inbox(tmp_path / "inbox", 1)


def test_it_keeps_what_a_person_adds_to_the_sample(tmp_path):
    build_inbox(tmp_path, 1)
    (tmp_path / "ためし.xlsx").write_bytes(b"x")
    build_inbox(tmp_path, 2)
    assert (tmp_path / "ためし.xlsx").read_bytes() == b"x"


def test_it_knows_two_days_only(tmp_path):
    assert list(DAYS) == [1, 2]
    with pytest.raises(ValueError, match="not 3"):
        build_inbox(tmp_path, 3)
