"""What a file is told that cost the reading process that opened it.

An exit status says which limit it met; the sentences are, like those of every other FileError, what
the department reads.
"""

from __future__ import annotations

import signal
from typing import Any

from tasks.sheets.records import FileError

#: A reading process ends by itself with these: the time is up (where the system has no timer that ends
#: a process), a fault of its own, no memory left for Python, another program than its parent's.
TIME_IS_UP, FAULT, OUT_OF_MEMORY, STALE = 1, 70, 71, 78

TOO_MUCH_MEMORY = "needs_too_much_memory"
TOO_SLOW = "takes_too_long"
CRASHED = "reader_crashed"
STOPPED = "reading_stopped"
TOO_MUCH_TEXT = "too_much_text"

#: Says nothing of the file: it is not remembered, and the file is read again the next time.
PASSING = frozenset({STOPPED})

_COPY = "進捗の表だけを新しいブックに写し、Excelブック（.xlsx）として保存し直して、再提出してください。"

_LOSSES: dict[str, tuple[str, str]] = {
    TOO_MUCH_MEMORY: (
        "開くために必要なメモリが上限（{memory_mb}MB）を超えるため、読むのをやめました。",
        _COPY,
    ),
    TOO_SLOW: ("{seconds}秒以内に読み終わらないため、読むのをやめました。", _COPY),
    CRASHED: ("読む途中で、読取りの処理が異常終了しました（{reason}）。", _COPY),
    STOPPED: (
        "読む途中で、読取りの処理が外から止められました。",
        "再提出は要りません。次の回に読み直します。続くときは、この機械のメモリの空きを確かめてください。",
    ),
    TOO_MUCH_TEXT: (
        "表から読み取った内容が多すぎる（上限は{limit}MB）ため、取り込むのをやめました。",
        "進捗の表だけを残して、再提出してください。",
    ),
}

LOSS_CODES = frozenset(_LOSSES)

_BY_EXIT = {OUT_OF_MEMORY: TOO_MUCH_MEMORY, TIME_IS_UP: TOO_SLOW}
#: calamine aborts where memory is refused, and nowhere else: its panics are caught.
_BY_SIGNAL = {
    "SIGABRT": TOO_MUCH_MEMORY,
    "SIGALRM": TOO_SLOW,
    **dict.fromkeys(("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"), STOPPED),
}


def loss(code: str, **details: Any) -> FileError:
    """Return the FileError of this code with its sentences filled in."""
    message, remedy = _LOSSES[code]
    return FileError(code=code, message=message.format(**details), remedy=remedy)


def loss_of_exit(status: int, memory_mb: int, seconds: int) -> FileError:
    """Return what an exit status (negative: a signal) says of the file that was being read."""
    if status < 0:
        name = _signal_name(-status)
        return loss(_BY_SIGNAL.get(name, CRASHED), memory_mb=memory_mb, seconds=seconds, reason=name)
    code = _BY_EXIT.get(status, CRASHED)
    return loss(code, memory_mb=memory_mb, seconds=seconds, reason=f"終了コード {status}")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"シグナル {number}"
