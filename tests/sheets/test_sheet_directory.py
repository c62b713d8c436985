"""The plain way into a zip sees what zipfile sees, and leaves to it whatever is not plain."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tasks.sheets import directory as module
from tasks.sheets.directory import directory, stored
from tasks.sheets.faults import FileFault

GOLDEN = Path(__file__).parent / "golden"


def by_zipfile(data):
    infos = zipfile.ZipFile(io.BytesIO(data)).infolist()
    return [
        (i.filename, i.flag_bits, i.compress_type, i.CRC, i.compress_size, i.file_size, i.header_offset)
        for i in infos
    ]


def packed(names=("xl/workbook.xml", "xl/sheet1.xml"), comment=b"", extra=b"", entry_comment=b""):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.extra, info.comment = extra, entry_comment
            archive.writestr(info, b"<a/>" * 50)
        archive.comment = comment
    return file.getvalue()


def test_it_sees_the_golden_workbooks_as_zipfile_does():
    files = [path.read_bytes() for path in GOLDEN.glob("*/workbook.*")]
    books = [data for data in files if data.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(data))]
    assert len(books) > 40
    for data in books:
        assert list(map(tuple, directory(data))) == by_zipfile(data)
    assert sum(module._plain(data) is not None for data in books) > len(books) / 2


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(packed(comment=b"PK\5\6 said"), id="a comment at its end"),
        pytest.param(packed(entry_comment=b"said"), id="a comment on a part"),
        pytest.param(packed(extra=b"\xfe\xca\4\0abcd"), id="an extra field"),
        pytest.param(packed(names=("表.xml",)), id="a name beyond ASCII"),
        pytest.param(b"before" + packed(), id="bytes before it"),
        pytest.param(packed()[:-2] + b"\0\0" + b"PK", id="bytes behind it"),
    ],
)
def test_it_asks_zipfile_where_something_is_not_plain(data):
    assert module._plain(data) is None
    try:
        expected = by_zipfile(data)
    except zipfile.BadZipFile:
        with pytest.raises(FileFault):
            directory(data)
    else:
        assert list(map(tuple, directory(data))) == expected


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_it_refuses_half_a_file(cut):
    with pytest.raises(FileFault):
        directory(packed()[:-cut])


def test_what_it_writes_unpacked_is_a_zip_that_zipfile_finds_nothing_wrong_with():
    parts = directory(packed(names=("xl/workbook.xml", "xl/表.xml")))
    with zipfile.ZipFile(io.BytesIO(stored((part, b"<a/>" * 50) for part in parts))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == dict.fromkeys(
            ["xl/workbook.xml", "xl/表.xml"], b"<a/>" * 50
        )
