"""Opening the store: what it makes, what it refuses, what it costs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from databases import empty_database
from sqlalchemy import text

import tasks.store.engine as engine
from tasks.step import TransientError
from tasks.store.engine import connected, open_store, schema_revision, sqlite_warnings, transaction
from tasks.store.errors import StoreBusyError, StoreError, store_error
from tasks.store.places import mounted_type, network_type
from tasks.store.tables import HEAD, metadata, runs

ROOT = Path(__file__).parents[2]
MOMENT = datetime(2026, 11, 24, tzinfo=UTC)
ROW = {
    "town": "togitsu",
    "as_of": date(2026, 11, 24),
    "fiscal_year": "R8",
    "plan_revision": "R8.3",
    "engine": "plain",
    "started_at": MOMENT,
    "recorded_at": MOMENT,
}


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def one_line(error: pytest.ExceptionInfo[StoreError]) -> str:
    said = str(error.value)
    assert "\n" not in said and said.endswith("。") and error.value.remedy
    return said


#: Both ways to a connection: a store that is opened first, and one transaction for all of it.
BEGINNINGS = pytest.mark.parametrize(
    "begin",
    [pytest.param(lambda url: open_store(url).begin(), id="opened"), pytest.param(transaction, id="at once")],
)


@BEGINNINGS
def test_it_makes_the_schema_when_it_first_opens_and_leaves_it_be_afterwards(url, begin):
    for _ in range(2):
        with begin(url) as connection:
            assert schema_revision(connection) == HEAD


@BEGINNINGS
def test_it_makes_one_schema_when_several_open_an_empty_database_at_once(url, begin):
    def first_look(_):
        with begin(url) as connection:
            return schema_revision(connection)

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(first_look, range(6))) == {HEAD}


def test_it_keeps_a_committed_transaction_and_forgets_a_broken_one(store):
    with pytest.raises(ZeroDivisionError), store.begin() as connection:
        connection.execute(runs.insert().values(ROW))
        1 / 0  # noqa: B018
    with store.begin() as connection:
        assert connection.execute(runs.select()).all() == []
        connection.execute(runs.insert().values(ROW))
    with store.begin() as connection:
        assert len(connection.execute(runs.select()).all()) == 1


def test_it_forgets_the_schema_too_where_the_first_transaction_breaks(url):
    with pytest.raises(ZeroDivisionError), transaction(url) as connection:
        assert schema_revision(connection) == HEAD
        1 / 0  # noqa: B018
    with connected(url).begin() as connection:
        assert schema_revision(connection) is None
    with transaction(url) as connection:
        assert connection.execute(runs.select()).all() == []


def test_it_sets_sqlite_so_that_a_commit_survives_a_power_cut(tmp_path):
    with open_store(sqlite_url(tmp_path / "s.db")).begin() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_it_notices_that_another_file_was_put_in_its_place(tmp_path):
    path = tmp_path / "home" / "s.db"
    for _ in range(2):
        path.parent.mkdir()
        with open_store(sqlite_url(path)).begin() as connection:
            assert connection.execute(runs.select()).all() == []
            connection.execute(runs.insert().values(ROW))
        shutil.rmtree(path.parent)


def test_it_opens_an_up_to_date_store_without_alembic(tmp_path):
    url = sqlite_url(tmp_path / "s.db")
    open_store(url)
    code = (
        "import sys; from tasks.store.engine import open_store; open_store(sys.argv[1])\n"
        "import tasks.store.repositories, tasks.store.messages, tasks.store.episodes\n"
        "heavy = {'alembic', 'mako', 'psycopg', 'sqlalchemy.orm', 'sqlalchemy.dialects.postgresql'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, url], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@BEGINNINGS
def test_it_refuses_the_database_of_a_newer_version(url, begin):
    with begin(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with (
        pytest.raises(StoreError, match=r"より新しい版.*9999.*更新してください") as error,
        begin(url),
    ):
        raise AssertionError("begun")
    one_line(error)


@BEGINNINGS
def test_it_refuses_the_database_of_another_program(url, begin):
    with begin(url) as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(StoreError, match="別のプログラム") as error, begin(url):
        raise AssertionError("begun")
    one_line(error)


# fault                 what lies there                                        what is said
FAULTY_FILES = [
    pytest.param(
        lambda p: p.write_bytes(b"PK\x03\x04 no database" * 99), "壊れています", id="a file that is none"
    ),
    pytest.param(lambda p: p.mkdir(), "書き込めません", id="a folder"),
    pytest.param(lambda p: None, "書き込めません", id="a folder that is not there"),
]


@pytest.mark.parametrize(("make", "said"), FAULTY_FILES)
def test_it_says_in_one_line_what_is_wrong_with_a_file(tmp_path, make, said):
    path = tmp_path / "s.db" if said != "書き込めません" else tmp_path / "below" / "s.db"
    if make is not FAULTY_FILES[2].values[0]:
        path.parent.mkdir(exist_ok=True)
        make(path)
    with pytest.raises(StoreError, match=said) as error:
        open_store(sqlite_url(path))
    assert str(path) in one_line(error)


def test_it_says_that_it_may_not_write(tmp_path):
    open_store(sqlite_url(tmp_path / "warm.db"))  # whatever is imported late is imported now
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    with nobody(tmp_path), pytest.raises(StoreError, match=r"書き込めません.*書込権限") as error:
        open_store(sqlite_url(folder / "s.db"))
    one_line(error)


@contextmanager
def nobody(tmp_path: Path):
    """As root nothing is forbidden: be nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    for folder in (tmp_path, *tmp_path.parents[:2]):  # pytest keeps its folders to itself
        folder.chmod(0o711)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_it_says_that_the_disk_is_full(tmp_path):
    store = open_store(sqlite_url(tmp_path / "s.db"))
    with (
        pytest.raises(StoreError, match=r"空き容量がありません.*空きを増やして") as error,
        store.begin() as connection,
    ):
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.exec_driver_sql("CREATE TABLE filler (x)")
        connection.exec_driver_sql("INSERT INTO filler SELECT zeroblob(100000000)")
    one_line(error)


def test_it_says_that_somebody_else_is_writing_and_that_waiting_helps(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    store = open_store(sqlite_url(tmp_path / "s.db"))
    other = sqlite3.connect(tmp_path / "s.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusyError, match="ほかの処理が使っています") as error, store.begin():
        pass
    other.close()
    assert isinstance(error.value, TransientError)


# what a driver says                                              what is said, and whether waiting helps
TRANSLATIONS = [
    ("attempt to write a readonly database", "書き込めません", False),
    ("disk I/O error", "読み書きに失敗", False),
    ("could not extend file: No space left on device", "空き容量", False),
    ("connection failed: Connection refused (port 5432)", "つながりません", True),
    ("FATAL: password authentication failed for user", "接続を拒まれました", False),
    ('FATAL: database "x" does not exist', "必要なデータベース", False),
    ("deadlock detected", "ほかの処理", True),
    ("something new", "処理に失敗しました（RuntimeError）", False),
]


@pytest.mark.parametrize(("said", "expected", "busy"), TRANSLATIONS)
def test_it_translates_what_a_driver_says(said, expected, busy):
    error = store_error("場所", RuntimeError(said))
    assert expected in str(error) and said not in str(error)
    assert isinstance(error, StoreBusyError) is busy


# a URL that will not do                       what is said
BAD_URLS = [
    ("mysql://user:himitsu@host/db", "読み取れません"),
    ("no url at all", "読み取れません"),
    ("oracle+nothing://x", "読み取れません"),
    ("sqlite://", "ファイル名がありません"),
    ("sqlite:///:memory:", "ファイル名がありません"),
]


@pytest.mark.parametrize(("url", "said"), BAD_URLS)
def test_it_refuses_a_url_without_repeating_its_secrets(url, said):
    with pytest.raises(StoreError, match=said) as error:
        open_store(url)
    assert "himitsu" not in one_line(error)


def test_it_never_shows_the_password_of_a_server_it_cannot_reach(tmp_path):
    with pytest.raises(StoreBusyError) as error:
        open_store(f"postgresql+psycopg://town:himitsu@/shinchoku?host={tmp_path}&password=himitsu2")
    assert "himitsu" not in one_line(error) and "shinchoku" in str(error.value)


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
//files/share /mnt/share cifs rw 0 0
srv:/export /mnt/share/deep nfs4 rw 0 0
/dev/sdb1 /mnt/share/deep/local ext4 rw 0 0
tmpfs /mnt/my\\040disk tmpfs rw 0 0
host:/x /mnt/my\\040disk fuse.sshfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/s.db", "ext4"),
        ("/mnt/share/s.db", "cifs"),
        ("/mnt/sharepoint/s.db", "ext4"),
        ("/mnt/share/deep/s.db", "nfs4"),
        ("/mnt/share/deep/local/s.db", "ext4"),
        pytest.param("/mnt/my disk/s.db", "fuse.sshfs", id="the later mount on one point hides the earlier"),
    ],
)
def test_it_knows_on_which_file_system_a_file_lies(path, kind):
    assert mounted_type(Path(path), MOUNTS) == kind


def test_it_refuses_a_network_share_and_allows_what_it_does_not_know(tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    monkeypatch.setattr("tasks.store.places._MOUNTS", mounts)
    assert network_type(tmp_path / "s.db") is None  # no such list on this system
    mounts.write_text(f"//files/dx {tmp_path} cifs rw 0 0\n")
    with pytest.raises(StoreError, match=r"共有フォルダ（cifs）.*PostgreSQL") as error:
        open_store(sqlite_url(tmp_path / "s.db"))
    one_line(error)
    assert not (tmp_path / "s.db").exists()
    mounts.write_text(f"thing {tmp_path} futurefs rw 0 0\n")
    assert network_type(tmp_path / "other.db") is None


@pytest.mark.parametrize(
    ("version", "warned"),
    [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False), ((4, 0, 0), False)],
)
def test_it_warns_of_a_sqlite_with_the_wal_fault(version, warned):
    warnings = sqlite_warnings(version)
    assert bool(warnings) is warned
    assert all("3.51.3" in line for line in warnings)


def test_its_warnings_are_data_of_the_store(tmp_path):
    assert open_store(sqlite_url(tmp_path / "s.db")).warnings == sqlite_warnings(sqlite3.sqlite_version_info)
    with empty_database("postgresql", tmp_path) as url:
        assert open_store(url).warnings == ()


def test_it_names_every_table_and_constraint_itself():
    # SQLite cannot alter what has no name.
    for table in metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints)
