"""見本の受付フォルダ: write the sample inbox, for the demonstration and the tests."""

from __future__ import annotations

from pathlib import Path

from plan_data.mendable import MendableError
from tasks.samples.model import DAYS, MARK, Workbook, inbox
from tasks.samples.page import pages_of
from tasks.samples.writers import WRITERS

#: The file by which the builder knows a folder as its own.
MARKER_FILE = f"{MARK}.txt"
_MARKER = (
    f"このフォルダは{MARK}です。中の表は、動作を見るために作ったもので、実在の報告ではありません。\n"
    "作り直すと、同じ名前のファイルは上書きされます。\n"
)


__all__ = ["DAYS", "SampleError", "build_inbox"]


class SampleError(MendableError):
    """Why the sample cannot be written there: one Japanese line that says what to do."""


def build_inbox(folder: Path, day: int) -> list[Path]:
    """Write the sample inbox of day 1 or 2 into ``folder`` and return its files, sorted.

    The same day always gives the same bytes, and files whose bytes stay the same are not touched.
    Day 2 differs from day 1 in two files. Raise SampleError for a folder that is not empty and not
    the sample's own, or cannot be written; ValueError for another day.
    """
    if day not in DAYS:
        raise ValueError(f"the sample has the days {list(DAYS)}, not {day}")
    files: dict[str, bytes] = {MARKER_FILE: _MARKER.encode()}
    for workbook in inbox().workbooks:
        files[workbook.file] = _bytes_of(workbook, day)
        if workbook.lock_file:
            files[f"~${workbook.file}"] = _lock_file()
    try:
        _claim(folder)
        for name, content in files.items():
            path = folder / name
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)
    except OSError as error:
        raise SampleError(
            f"{folder}: {MARK}のフォルダに書き込めません（{error.strerror}）。書き込める場所を指定してください。"
        ) from error
    return sorted(folder / name for name in files)


def _claim(folder: Path) -> None:
    """Make the folder the sample's own, or refuse to."""
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / MARKER_FILE
    if marker.is_file() and marker.read_text("utf-8", "replace").startswith(_MARKER[:14]):
        return
    if any(folder.iterdir()):
        raise SampleError(
            f"{folder}: {MARK}のフォルダではありません（空でなく、{MARKER_FILE} がありません）。"
            "空のフォルダか、新しい名前を指定してください。"
        )
    marker.write_bytes(_MARKER.encode())


def _bytes_of(workbook: Workbook, day: int) -> bytes:
    write = WRITERS[workbook.writer]
    content = write(pages_of(workbook, day), workbook.layout.font, workbook.saved(day))
    return content[: int(len(content) * workbook.cut)] if workbook.cut else content


def _lock_file() -> bytes:
    """Return what Excel leaves beside an open file: who has it open, in two encodings, 165 bytes."""
    name = MARK.encode("cp932")
    return bytes([len(name)]) + name.ljust(54) + bytes([len(MARK), 0]) + MARK.ljust(54).encode("utf-16-le")
