"""CSV and TSV: encodings told apart without a guess, cells with the addresses that Excel shows."""

from __future__ import annotations

import csv
import io

import pytest
from department_books import HEADER, ROW, changed_row, codes, read_bytes, table, togitsu, values
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.sheets.csv_text import decoded, read_csv
from tasks.sheets.faults import FileFault

NOTED = "文字化けしたまま保存されていたため"


def csv_text(rows, delimiter=",", end="\r\n") -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=end).writerows(
        [["" if value is None else value for value in row] for row in rows]
    )
    return buffer.getvalue()


TEXT = csv_text(table(ROW))
TABS = csv_text(table(ROW), "\t")
MOJIBAKE = TEXT.encode("cp932").decode("latin-1").encode("utf-8")

# How the same table is written → the format it is read as.
SAME_TABLE = {
    "UTF-8": (TEXT.encode("utf-8"), "csv"),
    "UTF-8 with BOM": (TEXT.encode("utf-8-sig"), "csv"),
    "CP932": (TEXT.encode("cp932"), "csv"),
    "CP932 ended by Ctrl+Z": (TEXT.encode("cp932") + b"\x1a", "csv"),
    "UTF-16 LE with BOM and tabs": (b"\xff\xfe" + TABS.encode("utf-16-le"), "tsv"),
    "UTF-16 BE with BOM": (b"\xfe\xff" + TEXT.encode("utf-16-be"), "csv"),
    "CP932 with tabs": (TABS.encode("cp932"), "tsv"),
    "semicolons": (csv_text(table(ROW), ";").encode("utf-8"), "csv"),
    "LF": (csv_text(table(ROW), end="\n").encode("cp932"), "csv"),
    "CR": (csv_text(table(ROW), end="\r").encode("cp932"), "csv"),
    "no line end at the end": (TEXT.rstrip().encode("cp932"), "csv"),
    "everything quoted": (
        "\r\n".join(",".join(f'"{v or ""}"' for v in row) for row in table(ROW)).encode("cp932"),
        "csv",
    ),
    "CP932 saved as Latin-1, then UTF-8": (MOJIBAKE, "csv"),
    "the same with BOM": (b"\xef\xbb\xbf" + MOJIBAKE, "csv"),
}


@pytest.mark.parametrize(("data", "format_"), SAME_TABLE.values(), ids=SAME_TABLE.keys())
def test_it_reads_the_same_row_in_every_encoding(tmp_path, data, format_):
    reading = read_bytes(tmp_path, data, "報告/R8第3四半期.csv")
    assert (reading.error, reading.row_errors, reading.format) == (None, (), format_)
    (observation,) = reading.observations
    assert (observation.sheet, observation.row) == ("R8第3四半期", 4)
    assert (observation.project_id, observation.department) == ("DX-02", "税務課")
    assert {n: (str(f.value), f.raw, f.cell) for n, f in observation.fields.items()} == {
        "project_name": ("コンビニ交付（税証明）", "コンビニ交付（税証明）", "A4"),
        "phase": ("導入", "導入", "B4"),
        "progress": ("0.45", "45%", "C4"),
        "due_on": ("2027-03-31", "R9.3.31", "D4"),
        "self_rating": ("順調", "順調", "F4"),
    }


def test_it_notes_that_a_text_was_recovered_and_only_then(tmp_path):
    noted = read_bytes(tmp_path, MOJIBAKE)
    assert len(noted.notes) == 1
    assert noted.notes[0].startswith(NOTED)
    assert noted.model_dump()["notes"] == noted.notes
    plain = read_bytes(tmp_path, TEXT.encode())
    assert "notes" not in plain.model_dump()


# Bytes that must not be guessed at → the code.
REFUSED = {
    "EUC-JP": (TEXT.encode("euc_jp"), "text_encoding"),
    "ISO-2022-JP": (TEXT.encode("iso2022_jp"), "text_encoding"),
    "UTF-16 without BOM": (TEXT.encode("utf-16-le"), "not_a_workbook"),
    "Latin-1": ("Straße,Größe\r\nä,ö\r\n".encode("latin-1"), "text_encoding"),
    "UTF-8 with a lost byte": (TEXT.encode().replace("段".encode(), "段".encode()[:2], 1), "text_damaged"),
    "UTF-8 with BOM and a lost byte": (
        b"\xef\xbb\xbf" + TEXT.encode().replace("段".encode(), "段".encode()[:2], 1),
        "text_damaged",
    ),
    "UTF-8 cut inside a character": (TEXT.encode()[: TEXT.encode().index("段".encode()) + 2], "corrupt"),
    "UTF-8 with BOM cut inside a character": ("事業".encode("utf-8-sig")[:-1], "corrupt"),
    "CP932 cut inside a character": ("事業名,".encode("cp932") + "段".encode("cp932")[:1], "corrupt"),
    "UTF-16 cut inside a character": ("事業".encode("utf-16")[:-1], "corrupt"),
    "CP932 with a byte it does not have": (TEXT.encode("cp932") + b"\xff", "text_damaged"),
    "replacement characters": (TEXT.replace("段", "\ufffd").encode(), "text_damaged"),
    "mojibake mixed with Japanese": (MOJIBAKE + "備考".encode(), "text_damaged"),
    "UTF-8 saved as Latin-1, then UTF-8": (TEXT.encode().decode("latin-1").encode(), "text_damaged"),
    "an open quote": (TEXT.replace("導入", '"導入').encode(), "csv_quotes"),
    "a cell beyond all measure": (f"事業名,段階\r\n{'あ' * 140_000},導入\r\n".encode(), "csv_quotes"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_it_refuses_what_it_would_have_to_guess(tmp_path, data, code):
    reading = read_bytes(tmp_path, data, "報告.csv")
    assert reading.error.code == code
    assert reading.error.remedy.endswith("。")


def test_it_names_the_row_of_an_open_quote(tmp_path):
    reading = read_bytes(tmp_path, TEXT.replace("導入", '"導入').encode())
    assert "4行目" in reading.error.message


def test_it_takes_a_quote_inside_a_cell_for_a_character(tmp_path):
    reading = read_bytes(tmp_path, TEXT.replace("順調,", '順調,17"モニタ').encode())
    assert reading.observations[0].fields["note"].value == '17"モニタ'


def test_it_leaves_a_text_alone_that_is_no_mojibake():
    for text in ("事業名,段階\r\n", "Café, naïve, Ärger", "plain"):
        assert decoded(text.encode()) == (text, ())


@given(st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x3093), min_size=1))
@settings(max_examples=50, deadline=None)
def test_it_takes_no_japanese_for_other_japanese(text):
    """Whatever the encoding, the answer is the text itself or a refusal."""
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp", "iso2022_jp"):
        data = f"事業名,段階\r\n{text}".encode(encoding)
        try:
            read = decoded(data)[0]
        except FileFault:
            assert encoding in ("euc_jp", "iso2022_jp")
        else:
            assert read == f"事業名,段階\r\n{text}"


def test_it_counts_a_cell_with_line_breaks_as_one_row(tmp_path):
    rows = [
        ["担当課：税務課"],
        [],
        HEADER,
        changed_row(備考='協議中\n"継続",次回'),
        changed_row(事業名="書かない窓ロ"),
    ]
    reading = read_bytes(tmp_path, csv_text(rows).encode("cp932"))
    assert reading.observations[0].fields["note"].value == '協議中\n"継続",次回'
    assert [(e.cell, e.code) for e in reading.row_errors] == [("A5", "unknown_project")]


def test_it_takes_commas_in_tab_separated_cells_for_text(tmp_path):
    rows = table(changed_row(備考="一つ, 二つ, 三つ"), changed_row(事業名="書かない窓ロ", 備考="a,b"))
    reading = read_bytes(tmp_path, csv_text(rows, "\t").encode())
    assert reading.format == "tsv"
    assert reading.observations[0].fields["note"].value == "一つ, 二つ, 三つ"


def test_it_reads_rows_of_different_lengths(tmp_path):
    text = "担当課：税務課\n\n事業名,段階,進捗率\nコンビニ交付（税証明）,導入,45%,,,\n地方公共団体情報システムの標準化,運用\n\n\n"
    reading = read_bytes(tmp_path, text.encode())
    assert [o.row for o in reading.observations] == [4, 5]


# The text of a progress cell → its value, or the code.
PROGRESS = [
    ("45%", 0.45),
    ("４５％", 0.45),
    ("0.45%", 0.0045),
    ("▲5", "percent_out_of_range"),
    ("△5%", "percent_out_of_range"),
    ("-5%", "percent_out_of_range"),
    ("1,234", "percent_out_of_range"),
    ("1", "percent_unclear"),
]


@pytest.mark.parametrize(("text", "expected"), PROGRESS)
def test_it_reads_the_texts_of_numbers_as_in_a_workbook(tmp_path, text, expected):
    reading = read_bytes(tmp_path, csv_text(table(changed_row(進捗率=text))).encode("cp932"))
    if isinstance(expected, str):
        assert codes(reading) == [expected]
        assert reading.row_errors[0].raw == text
    else:
        assert values(reading.observations[0])["progress"] == expected


def test_it_reads_a_count_with_thousands(tmp_path):
    text = csv_text([["事業名", "実施回数"], ["シニアクラブでのスマホ教室", "1,234"]])
    (observation,) = read_bytes(tmp_path, text.encode("cp932")).observations
    assert values(observation)["held_count"] == 1234


@pytest.mark.parametrize(
    ("rows", "columns", "code"),
    [(9, 4, None), (10, 4, None), (11, 4, "far_cell"), (9, 5, None), (9, 6, "far_cell")],
)
def test_it_keeps_to_the_limits_of_a_sheet(rows, columns, code):
    limits = togitsu().limits.model_copy(update={"max_rows": 10, "max_columns": 5})
    text = "\n".join([",".join("x" * columns)] * rows) + "\n" * 50 + ",,,,,,,\n"
    if code is None:
        grid = read_csv(text.encode(), "表", limits).grid
        assert (len(grid.rows), grid.width) == (rows, columns)
    else:
        with pytest.raises(FileFault) as caught:
            read_csv(text.encode(), "表", limits)
        assert caught.value.error.code == code
