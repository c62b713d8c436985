"""Small department workbooks, written on the spot: what a test changes stands in the test."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import xlsxwriter
from openpyxl import Workbook

from config.town import load_town
from plan_data.loader import load_plan
from tasks.sheets.context import ReadingContext, reading_context
from tasks.sheets.reading import read_file
from tasks.sheets.records import FileReading

TODAY = date(2026, 11, 24)
HEADER = ["事業名", "段階", "進捗率", "完了予定日", "完了日", "自己評価", "備考"]
ROW = ["コンビニ交付（税証明）", "導入", "45%", "R9.3.31", None, "順調", None]


@cache
def togitsu() -> ReadingContext:
    """The first town's plan and words, compiled for reading."""
    return reading_context(load_plan("togitsu").in_force(TODAY), load_town("togitsu"))


def book(*sheets, names=None, merges=(), formats=None, hidden=()) -> bytes:
    """An .xlsx with these sheets, each a list of rows. ``merges`` and ``formats`` are for the first sheet."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for i, rows in enumerate(sheets):
        sheet = workbook.create_sheet((names or [])[i] if names else f"シート{i + 1}")
        sheet.sheet_state = "hidden" if i in hidden else "visible"
        for r, row in enumerate(rows, start=1):
            for c, value in enumerate(row, start=1):
                if value is not None:
                    sheet.cell(r, c, value)
    first = workbook.worksheets[0]
    for merge in merges:
        first.merge_cells(merge)
    for cell, number_format in (formats or {}).items():
        first[cell].number_format = number_format
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def shared_strings_book(rows) -> bytes:
    """An .xlsx of one sheet as Excel writes it: texts in a part of their own."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("報告")
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value is not None:
                    sheet.write(r, c, value)
    return buffer.getvalue()


def read_bytes(folder: Path, data: bytes, file: str = "報告.xlsx", **limits) -> FileReading:
    """Read bytes as a file of this name; ``limits`` change the town's."""
    path = folder / "archived.xlsx"
    path.write_bytes(data)
    context = togitsu()
    if limits:
        context = replace(context, limits=context.limits.model_copy(update=limits))
    return read_file(path, file, "0" * 64, TODAY, context)


def table(*rows, header=HEADER, label="担当課：税務課"):
    """The rows of a sheet: a label of the department, a blank row, a header, and these rows."""
    return [[label], [], header, *rows]


def changed_row(**values):
    """ROW with some cells changed, by header."""
    row = list(ROW)
    for header, value in values.items():
        row[HEADER.index(header)] = value
    return row


def zipped(**parts) -> bytes:
    """A zip of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return buffer.getvalue()


def rezipped(data: bytes, change) -> bytes:
    """The same zip with every part passed through ``change(name, bytes)``; None drops a part."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for info in source.infolist():
            part = change(info.filename, source.read(info))
            if part is not None:
                target.writestr(info.filename, part)
    return buffer.getvalue()


def values(observation) -> dict:
    """The values of an observation by field name, without the 事業's name."""
    return {name.value: field.value for name, field in observation.fields.items() if name != "project_name"}


def codes(reading) -> list[str]:
    """The codes of a reading's row errors, in order."""
    return [error.code for error in reading.row_errors]
