"""The simulated nation as files: the same bytes for the same seed, marked in every place, nobody else's folder."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from config.settings import settings
from config.site import Site
from tasks.samples.national import FILES, MARKER_FILE, National, SampleError
from tasks.samples.national_layouts import LAYOUTS
from tasks.samples.national_spelling import DAY_SPELLINGS, SHARE_STYLES

TWO_TOWNS = 38


def nation(seed=1):
    site = Site("togitsu", settings({}))
    return National(site.plan_book.revisions[-1], site.config, seed)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nation") / "inbox"
    nation().write(folder, TWO_TOWNS)
    return folder


def hashes(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def test_it_writes_the_same_bytes_for_the_same_seed(simulated, tmp_path):
    nation().write(tmp_path, TWO_TOWNS)
    assert hashes(tmp_path) == hashes(simulated)


def test_it_writes_other_bytes_for_another_seed(simulated, tmp_path):
    nation(seed=2).write(tmp_path, TWO_TOWNS)
    one, other = hashes(simulated), hashes(tmp_path)
    assert {name for name in one.keys() & other.keys() if one[name] == other[name]} == set()


def test_it_writes_the_same_file_however_many_are_asked_for(simulated, tmp_path):
    nation().write(tmp_path, 3)
    few, many = hashes(tmp_path), hashes(simulated)
    del few[MARKER_FILE]
    assert few.items() <= many.items()


def test_it_has_a_file_for_every_department_of_every_town():
    assert FILES == 1741 * 19
    files = list(nation().files(TWO_TOWNS))
    assert len({file.file for file in files}) == TWO_TOWNS
    assert {file.file.split("/")[0] for file in files} == {"模擬0001町", "模擬0002町"}


def test_it_says_sample_in_every_name_and_in_the_folder(simulated):
    assert "実在の自治体の報告ではありません" in (simulated / MARKER_FILE).read_text("utf-8")
    for path in simulated.rglob("*"):
        assert path.name.startswith("模擬" if path.is_dir() else "見本")


def test_it_says_sample_in_a_visible_line_of_every_sheet(simulated):
    for path in simulated.rglob("*.xls?"):
        for sheet in load_workbook(path).worksheets:
            shown = [c.value for row in sheet.iter_rows(max_row=12) for c in row if isinstance(c.value, str)]
            assert any(
                "【見本】模擬の自治体の表です。実在の報告ではありません。" in text for text in shown
            ), path


def test_it_meets_every_layout_and_every_axis():
    national = nation()
    layouts = national.layouts
    assert len(layouts) == LAYOUTS
    assert {file.layout.number for file in national.files(760)} == set(range(LAYOUTS))
    assert {layout.header_rows for layout in layouts} == {1, 2, 3}
    assert {layout.sender for layout in layouts} == {"column", "merged", "label", "file"}
    assert {layout.share.name for layout in layouts} == {style.name for style in SHARE_STYLES}
    assert {layout.day_spelling for layout in layouts if layout.date_format is None} >= {0, 2, 9}
    assert {layout.day_spelling for layout in layouts} == set(range(len(DAY_SPELLINGS)))
    assert {27, 30, 31, 57} <= {layout.date_format for layout in layouts}
    assert {layout.writer for layout in layouts} == {"openpyxl", "xlsxwriter"}
    assert {layout.suffix for layout in layouts} == {".xlsx", ".xlsm"}
    assert any(layout.date1904 for layout in layouts)
    assert any(layout.repeat_every for layout in layouts)
    assert any(column.hidden for layout in layouts for column in layout.columns)


def test_it_hides_rows_and_columns_and_merges_departments_as_the_truth_says():
    national = nation()
    hidden = merged = columns = 0
    for file in national.files(76):
        sheet = load_workbook(BytesIO(national.workbook(file)))[file.layout.sheet]
        first = file.layout.body + 1
        lines = {first + i for i, line in enumerate(file.lines) if line.hidden}
        assert {row for row in lines if sheet.row_dimensions[row].hidden} == lines
        names = {
            get_column_letter(file.layout.left + i + 1) for i, c in enumerate(file.layout.columns) if c.hidden
        }
        assert {name for name in names if sheet.column_dimensions[name].hidden} == names
        body = [merge for merge in sheet.merged_cells.ranges if merge.min_row >= first]
        assert len(body) == len(file.merges)
        hidden, merged, columns = hidden + len(lines), merged + len(body), columns + len(names)
    assert hidden and merged and columns


@pytest.mark.parametrize("name", ["報告.xlsx", "見本.txt"], ids=["a workbook", "another sample's marker"])
def test_it_refuses_a_folder_of_somebody_else(tmp_path, name):
    (tmp_path / name).write_text("大事な報告", "utf-8")
    with pytest.raises(SampleError, match="この模擬のフォルダではありません"):
        nation().write(tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(("seed", "count"), [(2, 1), (1, 2)], ids=["of another seed", "of another size"])
def test_it_refuses_the_folder_of_another_simulation(tmp_path, seed, count):
    nation(seed).write(tmp_path, count)
    before = hashes(tmp_path)
    with pytest.raises(SampleError, match="空のフォルダか、新しい名前"):
        nation().write(tmp_path, 1)
    assert hashes(tmp_path) == before


def test_it_completes_what_broke_off(simulated, tmp_path):
    (tmp_path / MARKER_FILE).write_bytes((simulated / MARKER_FILE).read_bytes())
    nation().write(tmp_path, TWO_TOWNS)
    assert hashes(tmp_path) == hashes(simulated)


def test_it_refuses_a_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "inbox").write_text("")
    with pytest.raises(SampleError, match="書き込めません"):
        nation().write(tmp_path / "inbox", 1)
