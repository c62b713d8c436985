"""Opening the store: one SQLite file or a PostgreSQL database, by one URL."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, OperationalError

from tasks.store.errors import StoreError, store_error
from tasks.store.places import network_type
from tasks.store.tables import HEAD, VERSION_TABLE

#: Seconds a writer waits for another one; far above what any transaction of ours takes.
BUSY_SECONDS = 30
CONNECT_SECONDS = 10
#: The WAL-reset fault, by which two writers can corrupt a database, is fixed from here on.
SAFE_SQLITE = (3, 51, 3)
_MIGRATION_LOCK = 7_305_881


@dataclass(frozen=True)
class Store:
    """An open store. ``warnings`` are Japanese lines about what a person should know of it."""

    engine: Engine
    place: str
    warnings: tuple[str, ...]

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Yield a connection whose transaction is committed at the end, rolled back on an exception.

        Never call anything slow inside, and no network: on SQLite everybody else waits. A driver's
        error becomes a StoreError; IntegrityError is left to the caller.
        """
        try:
            with self.engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except DBAPIError as error:
            raise store_error(self.place, error) from error


def open_store(url: str) -> Store:
    """Return the store at ``url`` (``sqlite:///file`` or ``postgresql+psycopg://…``), schema up to date.

    Raises StoreError, in one Japanese line with the remedy, for what cannot be used.
    """
    store = connected(url)
    with store.begin() as connection:
        _bring_up_to_date(connection, store.place)
    return store


@contextmanager
def transaction(url: str) -> Iterator[Connection]:
    """Yield a connection to the store at ``url``, schema up to date, in a transaction as ``Store.begin`` does.

    Whether the schema is, is asked in the same transaction: to begin another for it costs more than most questions.
    """
    store = connected(url)
    with store.begin() as connection:
        _bring_up_to_date(connection, store.place)
        yield connection


def connected(url: str) -> Store:
    """Return the store at ``url`` whatever its schema; the same one each time, while the file is the same."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        path = _sqlite_file(parsed)
        return _sqlite(path, _identity(path))
    return _postgresql(parsed)


@lru_cache(maxsize=8)
def _postgresql(url: URL) -> Store:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        json_serializer=_json_text,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )
    # The name without user, password and parameters: it is printed in errors.
    return Store(engine, f"{url.host or 'localhost'}/{url.database}", ())


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() in ("sqlite", "postgresql"):
            return parsed
    except (ArgumentError, NoSuchModuleError, ValueError):
        pass
    raise StoreError(
        "データベースの指定を読み取れません。",
        "SHINCHOKU_DATABASE_URL に sqlite:///ファイル名 又は postgresql+psycopg://… を指定してください。",
    )


def _sqlite_file(url: URL) -> Path:
    """Return the file of a SQLite URL; refuse memory, which ends with the connection, and shares."""
    if not url.database or url.database == ":memory:":
        raise StoreError(
            "データベースのファイル名がありません。",
            "SHINCHOKU_DATABASE_URL に sqlite:///ファイル名 を指定してください。",
        )
    path = Path(url.database).absolute()
    _refuse_share(path)
    return path


@lru_cache(maxsize=8)
def _refuse_share(path: Path) -> None:
    share = network_type(path.resolve())
    if share is not None:
        raise StoreError(
            f"データベース {path} は共有フォルダ（{share}）にあり、壊れるおそれがあります。",
            "SHINCHOKU_HOME にこのパソコンのディスクを指定するか、PostgreSQL を使ってください。",
        )


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells this file from another one put in its place; None where it cannot be made."""
    try:
        path.touch()  # an empty file is an empty database
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@lru_cache(maxsize=8)
def _sqlite(path: Path, identity: tuple[int, int] | None) -> Store:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        # One connection stays open: closing the last one copies the whole log into the database,
        # which costs more than the commit before it. More are opened as they are needed.
        pool_size=1,
        max_overflow=-1,
        json_serializer=_json_text,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return Store(engine, str(path), sqlite_warnings(sqlite3.sqlite_version_info))


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    # Transactions are ours to begin: the driver's own would start only with the first write.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    # A commit that precedes a send must survive a power cut: FULL, at one fdatasync a commit.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_immediate(connection: Connection) -> None:
    # Taking the write lock at once keeps two writers from both reading first and then failing.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def sqlite_warnings(version: tuple[int, int, int]) -> tuple[str, ...]:
    """Return what to know about this version of SQLite, as Japanese lines."""
    if version >= SAFE_SQLITE:
        return ()
    shown, safe = (".".join(map(str, v)) for v in (version, SAFE_SQLITE))
    return (
        f"SQLite {shown} には、複数の処理が同時に書き込むとまれにデータベースが壊れる不具合があります"
        f"（{safe}で修正済み）。書き込む処理を一つにするか、PostgreSQL を使ってください。",
    )


def _json_text(value: Any) -> str:
    """Return a value as it is written into a JSON column: a record by its own writer, without spaces."""
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _bring_up_to_date(connection: Connection, place: str) -> None:
    """Make or upgrade the schema if it is not at HEAD; refuse what is newer, or none of ours."""
    if schema_revision(connection) == HEAD:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    found = schema_revision(connection)  # again: another process may have upgraded meanwhile
    if found == HEAD:
        return
    if found is None and connection.dialect.has_table(connection, "runs"):
        raise StoreError(
            f"データベース {place} は別のプログラムのものです。",
            "SHINCHOKU_DATABASE_URL に空のデータベースを指定してください。",
        )
    if found is not None and (re.fullmatch(r"\d{4}", found) is None or found > HEAD):
        raise StoreError(
            f"データベース {place} は、より新しい版の進捗で作られています（{found}、この版は{HEAD}まで）。",
            "進捗（shinchoku）を新しい版に更新してください。",
        )
    if found is None:
        from tasks.store.fresh import make

        make(connection)
    else:
        from tasks.store.upgrade import upgrade

        upgrade(connection)


def schema_revision(connection: Connection) -> str | None:
    """Return the revision the database notes for itself, None where it notes none."""
    query = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608
    try:
        # Asked before every step, and to ask for the table first takes several times as long. Only where
        # an error ends no transaction.
        if connection.dialect.name == "sqlite":
            return connection.exec_driver_sql(query).scalar()
    except OperationalError:
        pass
    if not connection.dialect.has_table(connection, VERSION_TABLE):
        return None
    return connection.exec_driver_sql(query).scalar()
