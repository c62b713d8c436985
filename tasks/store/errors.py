"""What can go wrong with the store, in one Japanese line each, with what to do about it."""

from __future__ import annotations

from plan_data.mendable import MendableError
from tasks.step import TransientError


class StoreError(MendableError):
    """The store cannot be used. ``str()`` is one Japanese line with the remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message + remedy)
        self.message = message
        self.remedy = remedy


class StoreBusyError(StoreError, TransientError):
    """The store could not be used just now; the same call may succeed a little later."""


#: What a driver says (lower case), what it means, and the remedy. The first that fits is taken.
_FAULTS: tuple[tuple[tuple[str, ...], type[StoreError], str, str], ...] = (
    (
        ("file is not a database", "malformed", "file is encrypted"),
        StoreError,
        "はデータベースのファイルではないか、壊れています。",
        "ファイルを別の場所へ移し、バックアップから戻すか、SHINCHOKU_HOME に別のフォルダを指定してください。",
    ),
    (
        ("database or disk is full", "no space left"),
        StoreError,
        "に書き込む空き容量がありません。",
        "ディスクの空きを増やしてから、もう一度実行してください。",
    ),
    (
        ("readonly database", "read-only", "unable to open database", "permission denied"),
        StoreError,
        "に書き込めません。",
        "フォルダとファイルの書込権限を確かめるか、SHINCHOKU_HOME に書き込めるフォルダを指定してください。",
    ),
    (
        ("disk i/o error",),
        StoreError,
        "の読み書きに失敗しました。",
        "ディスクの状態と空き容量を確かめてから、もう一度実行してください。",
    ),
    (
        ("database is locked", "database table is locked", "could not serialize", "deadlock", "lock timeout"),
        StoreBusyError,
        "をほかの処理が使っています。",
        "しばらく待ってから、もう一度実行してください。",
    ),
    (
        ("password authentication failed", "no password supplied"),
        StoreError,
        "への接続を拒まれました。",
        "SHINCHOKU_DATABASE_URL（又は SHINCHOKU_DATABASE_URL_FILE）の利用者名とパスワードを確かめてください。",
    ),
    (
        ("does not exist",),
        StoreError,
        "の中に、必要なデータベース又は表がありません。",
        "データベースの名前（SHINCHOKU_DATABASE_URL）を確かめてください。",
    ),
    (
        (
            "connection refused",
            "connection is bad",
            "connection to server",
            "could not translate host",
            "connection timeout",
            "connection failed",
            "closed the connection",
        ),
        StoreBusyError,
        "につながりません。",
        "データベースのサーバが動いているか、SHINCHOKU_DATABASE_URL が正しいかを確かめてください。",
    ),
)


def store_error(place: str, error: Exception) -> StoreError:
    """Translate a driver's error about the database ``place`` (a name without secrets)."""
    said = str(error).casefold()
    for words, kind, message, remedy in _FAULTS:
        if any(word in said for word in words):
            return kind(f"データベース {place} {message}", remedy)
    name = type(getattr(error, "orig", None) or error).__name__
    return StoreError(
        f"データベース {place} の処理に失敗しました（{name}）。",
        "もう一度実行し、続くときはこの文を添えて管理者に知らせてください。",
    )
