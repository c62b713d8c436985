"""Before the cockpit starts: libraries, Prefect's database, and the files that hold its secrets."""

from __future__ import annotations

import base64
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from flows.cockpit_keys import auth_file, auth_string, encryption_key
from flows.cockpit_preflight import (
    PreflightError,
    known_revisions,
    refuse_strange_database,
    refuse_wrong_versions,
)


def database(home, revision):
    """A database of Prefect that notes this revision."""
    file = home / "prefect" / "prefect.db"
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
        connection.commit()
    return file


def test_it_knows_the_revision_of_the_database_that_the_installed_prefect_makes(cockpit):
    with closing(sqlite3.connect(cockpit.home / "prefect" / "prefect.db")) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert revision == known_revisions()[-1]
    assert refuse_strange_database(cockpit.home) is None


def test_it_goes_on_with_the_database_of_this_prefect_and_without_one(tmp_path):
    assert refuse_strange_database(tmp_path) is None
    database(tmp_path, known_revisions()[-1])
    assert refuse_strange_database(tmp_path) is None


def test_it_keeps_a_copy_of_an_older_database_that_only_its_owner_can_read(tmp_path):
    database(tmp_path, known_revisions()[-3])
    said = refuse_strange_database(tmp_path)
    copy = tmp_path / "prefect" / f"prefect.db.{known_revisions()[-3]}"
    assert said is not None and str(copy) in said
    assert copy.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone()


def test_it_refuses_the_database_of_a_newer_prefect(tmp_path):
    file = database(tmp_path, "ffffffffffff")
    with pytest.raises(PreflightError, match="より新しい版") as refused:
        refuse_strange_database(tmp_path)
    assert str(file) in str(refused.value)


def test_it_refuses_a_file_that_is_no_database(tmp_path):
    (tmp_path / "prefect").mkdir()
    (tmp_path / "prefect" / "prefect.db").write_bytes(b"not a database, but long enough to be read" * 50)
    with pytest.raises(PreflightError, match="別の場所へ移す"):
        refuse_strange_database(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("fastapi>=99", id="another version"),
        pytest.param("a-library-nobody-has>=1", id="missing"),
    ],
)
def test_it_refuses_libraries_it_was_not_tried_with(line):
    with pytest.raises(PreflightError, match=r"requirements\.lock"):
        refuse_wrong_versions(["prefect>=3", line])


def test_it_goes_on_with_what_is_installed():
    refuse_wrong_versions()


def site(home, auth=None):
    """A site whose settings give this login."""
    return SimpleNamespace(home=home, settings=SimpleNamespace(cockpit_auth=auth and SecretStr(auth)))


def test_it_makes_the_login_once_for_its_owner_alone(tmp_path):
    made = auth_string(site(tmp_path))
    assert made.startswith("admin:") and len(made) > 30
    assert auth_string(site(tmp_path)) == made
    assert auth_file(tmp_path).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "prefect").stat().st_mode & 0o777 == 0o700


def test_it_closes_a_login_file_that_others_could_read(tmp_path):
    auth_string(site(tmp_path))
    auth_file(tmp_path).chmod(0o644)
    auth_string(site(tmp_path))
    assert auth_file(tmp_path).stat().st_mode & 0o777 == 0o600


def test_it_takes_the_login_of_the_setting_and_writes_none(tmp_path):
    assert auth_string(site(tmp_path, "dx:given-by-setting")) == "dx:given-by-setting"
    assert not auth_file(tmp_path).exists()


def test_it_makes_a_key_that_fernet_takes(tmp_path):
    assert len(base64.urlsafe_b64decode(encryption_key(tmp_path))) == 32
    assert encryption_key(tmp_path) == encryption_key(tmp_path)
