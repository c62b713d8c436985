"""Everything the reader can say against a file or a row, in one place.

Codes are stable (other programs and the returned sheets use them); the sentences are what the
department reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tasks.sheets.records import FileError


class RowCode(StrEnum):
    """Why a row was rejected."""

    PROJECT_MISSING = "project_missing"
    UNKNOWN_PROJECT = "unknown_project"
    PROJECT_CONFLICT = "project_conflict"
    UNKNOWN_DEPARTMENT = "unknown_department"
    DEPARTMENT_UNCLEAR = "department_unclear"
    NOT_OWNER = "not_owner"
    DUPLICATE_ROW = "duplicate_row"
    NOTHING_REPORTED = "nothing_reported"
    COLUMN_TWICE = "column_twice"
    ERROR_VALUE = "error_value"
    FORMULA_NOT_CALCULATED = "formula_not_calculated"
    DATE_UNREADABLE = "date_unreadable"
    DATE_NOT_A_DAY = "date_not_a_day"
    DATE_IMPOSSIBLE = "date_impossible"
    DATE_WRONG_ERA = "date_wrong_era"
    DATE_UNCLEAR = "date_unclear"
    PERCENT_UNREADABLE = "percent_unreadable"
    PERCENT_VAGUE = "percent_vague"
    PERCENT_UNCLEAR = "percent_unclear"
    PERCENT_OUT_OF_RANGE = "percent_out_of_range"
    COUNT_UNREADABLE = "count_unreadable"
    PHASE_UNKNOWN = "phase_unknown"
    SELF_RATING_UNKNOWN = "self_rating_unknown"
    BUDGET_UNKNOWN = "budget_unknown"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell.

    ``message`` is the rest of a Japanese sentence that begins with the column's name and the text
    of the cell; ``suggestion`` is the value to offer, only where one is certain.
    """

    code: RowCode
    message: str
    suggestion: str | None = None


class FileFault(Exception):
    """Stops the reading of one file; becomes its FileError and never leaves the reading station."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.error = file_error(code, **details)


_XLSX = "Excelブック（.xlsx）として保存し直して、再提出してください。"

#: code: what is the matter, and what to do about it.
_FILE_ERRORS: dict[str, tuple[str, str]] = {
    "unreadable": (
        "ファイルを開けませんでした（{reason}）。",
        "ファイルがほかの人に使われていないか、読取りの権限があるかを確認してください。",
    ),
    "empty_file": (
        "ファイルの中身が空（0バイト）です。",
        "保存が途中で止まったおそれがあります。元の表を保存し直して、再提出してください。",
    ),
    "too_large": (
        "ファイルが大きすぎます（{size}MB。上限は{limit}MB）。",
        "画像や使っていないシートを削除し、進捗の表だけを残して再提出してください。",
    ),
    "encrypted": (
        "パスワードで保護されているため、開けません。",
        "パスワードを解除して保存し、再提出してください。",
    ),
    "html_file": ("中身が表計算のブックではなく、ウェブページ（HTML）です。", f"表計算ソフトで開き、{_XLSX}"),
    "text_encoding": (
        "文字コードが分からないため、文字化けさせずに読むことができません。",
        f"表計算ソフトで開き、文字が正しく表示されることを確かめて、{_XLSX}",
    ),
    "text_damaged": (
        "文字化けして元に戻せない文字、又は文字でないデータが含まれています。",
        f"元の表を表計算ソフトで開き、{_XLSX}",
    ),
    "csv_quotes": (
        '{row}行目で始まる引用符（"）が閉じていないか、一つのセルが長すぎるため、表として読み取れません。',
        f"表計算ソフトで開いて行と列が正しいかを確かめ、{_XLSX}",
    ),
    "not_a_workbook": ("表計算のブックではありません（{kind}）。", f"進捗の表を、{_XLSX}"),
    "format_not_read": ("この形式（{kind}）のブックは読み取れません。", f"表計算ソフトで開き、{_XLSX}"),
    "corrupt": (
        "ファイルが壊れているため、読み取れません（{reason}）。",
        f"表計算ソフトで開けるかを確認し、開ける場合は{_XLSX}開けない場合は元の表を送り直してください。",
    ),
    "unpacks_too_large": (
        "展開すると大きくなりすぎるため、開くのをやめました（上限は{limit}MB）。",
        f"進捗の表だけを新しいブックに写し、{_XLSX}",
    ),
    "too_many_sheets": (
        "シートが多すぎます（{count}枚。上限は{limit}枚）。",
        "進捗の表のあるシートだけを残して、再提出してください。",
    ),
    "far_cell": (
        "シート「{sheet}」の{cell}という遠く離れた位置に値があるため、開くのをやめました（上限は{rows}行、{columns}列）。",
        "表から離れた位置にある不要な値を削除するか、表だけを新しいブックに写して、再提出してください。",
    ),
    "no_table": (
        "進捗の表が見つかりませんでした。{looked_for}",
        "表の見出しに「事業名」と、「段階」「進捗率」「完了予定日」などの報告する列があるかを確認してください。",
    ),
    "layout_mismatch": (
        "この表の読み方は {layout}.yaml に決めてありますが、シート「{sheet}」に{what}が{how}。",
        "表の形を元に戻して再提出してください。形を変えた場合は、そのことを事務局に知らせてください。",
    ),
    "no_rows": (
        "進捗の表（シート「{sheet}」の{cell}から）に、見出しの下の行がありません。",
        "事業ごとに1行ずつ記入して、再提出してください。",
    ),
}

FILE_ERROR_CODES = frozenset(_FILE_ERRORS)


def file_error(code: str, **details: Any) -> FileError:
    """Return the FileError of this code with its sentences filled in; raise KeyError for an unknown code."""
    message, remedy = _FILE_ERRORS[code]
    return FileError(code=code, message=message.format(**details), remedy=remedy)
