"""What a file carries besides its values is told with its part or cell, and neither followed nor started."""

from __future__ import annotations

import io
import zipfile

import pytest
from department_books import book, changed_row, read_bytes, rezipped, table

LINK = "xl/externalLinks/externalLink1.xml"


def with_parts(**parts: str) -> bytes:
    """A good workbook and these parts besides."""
    file = io.BytesIO(book(table(changed_row())))
    with zipfile.ZipFile(file, "a") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


# The part that is there besides → words of the remark.
PARTS = [
    pytest.param("xl/vbaProject.bin", "", "マクロは動かさず", id="macros"),
    pytest.param("xl/macrosheets/sheet1.xml", "", "マクロは動かさず", id="macros of old"),
    pytest.param(LINK, "<externalLink><externalBook/></externalLink>", "参照先は開かず", id="external link"),
    pytest.param(
        LINK, '<x:externalLink><x:ddeLink ddeService="cmd"/></x:externalLink>', "（DDE）", id="DDE link"
    ),
    pytest.param("xl/connections.xml", "", "参照先は開かず", id="connection"),
    pytest.param("xl/embeddings/oleObject1.bin", "", "埋め込まれた文書", id="embedded object"),
    pytest.param("xl/activeX/activeX1.bin", "", "埋め込まれた文書", id="control"),
]


@pytest.mark.parametrize(("part", "content", "words"), PARTS)
def test_it_tells_what_it_leaves_alone_and_reads_the_values(tmp_path, part, content, words):
    reading = read_bytes(tmp_path, with_parts(**{part: content}))
    (remark,) = reading.notes
    assert words in remark and part.lower() in remark
    assert (reading.error, reading.counts.accepted) == (None, 1)


def test_it_has_nothing_to_remark_on_an_ordinary_workbook(tmp_path):
    assert read_bytes(tmp_path, with_parts()).notes == ()


def test_it_refuses_a_part_whose_name_points_out_of_the_zip(tmp_path):
    error = read_bytes(tmp_path, with_parts(**{"xl/../../../etc/passwd": ""})).error
    assert error.code == "corrupt" and "外を指している" in error.message


# What a department wrote → the sign that is named, words of the remark.
TEXTS = [
    pytest.param("\ue000田課長", "U+E000", "外字", id="private use"),
    pytest.param("\U000f0001田課長", "U+F0001", "外字", id="private use beyond the plane"),
    pytest.param("順\u200b調", "U+200B", "表示されない文字", id="zero width"),
    pytest.param("順調\ufeff", "U+FEFF", "表示されない文字", id="byte order mark"),
    pytest.param("\u202e調順", "U+202E", "逆に見せる", id="right to left"),
    pytest.param(" =cmd|' /C calc'!A0", "", "呼び出す式", id="DDE as text"),
    pytest.param("@SUM(1+1)*cmd|'/c calc'!A0", "", "呼び出す式", id="DDE behind an at sign"),
]


@pytest.mark.parametrize(("text", "sign", "words"), TEXTS)
def test_it_names_the_cell_of_a_text_that_deceives(tmp_path, text, sign, words):
    reading = read_bytes(tmp_path, book(table(changed_row(備考=text))))
    (remark,) = reading.notes
    cell = reading.observations[0].fields["note"].cell
    assert remark.startswith(f"シート「{reading.observations[0].sheet}」の{cell}に")
    assert sign in remark and words in remark
    assert reading.observations[0].fields["note"].raw == text


@pytest.mark.parametrize(
    "text", ["𠮷野家", "葛\U000e0100城", "👨\u200d👩\u200d👧", "改行\nあり", "A|B!", "　全角", "-5|"]
)
def test_it_takes_no_offence_at_what_is_right(tmp_path, text):
    assert read_bytes(tmp_path, book(table(changed_row(備考=text)))).notes == ()


def test_it_names_some_of_many_cells_and_counts_the_others(tmp_path):
    rows = [changed_row(事業名=f"謎{i}", 備考=f"\ue000{i}") for i in range(8)]
    (remark,) = read_bytes(tmp_path, book(table(*rows))).notes
    assert remark.count("シート「") == 5 and "ほか3か所" in remark


def test_it_tells_of_links_in_the_content_of_an_ods(tmp_path):
    from pathlib import Path

    (ods,) = (Path(__file__).parent / "golden" / "date-in-ods").glob("workbook.ods")
    calls = b'<office:dde-source office:dde-application="soffice"/></office:spreadsheet>'
    data = rezipped(
        ods.read_bytes(),
        lambda name, part: part.replace(b"</office:spreadsheet>", calls) if name == "content.xml" else part,
    )
    (remark,) = read_bytes(tmp_path, data).notes
    assert "（DDE）" in remark and "content.xml" in remark


def test_it_reads_the_formulas_of_a_csv_as_text_and_says_so(tmp_path):
    csv = "担当課：税務課\n事業名,進捗率,備考\n書かない窓口,45%,=cmd|' /C calc'!A0\n".encode("cp932")
    reading = read_bytes(tmp_path, csv, "報告.csv")
    (remark,) = reading.notes
    assert "のC3に" in remark and "動かしていません" in remark
