"""The schema's steps: numbered, one after the other, one head, and each leads to the same schema."""

from __future__ import annotations

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import DATABASES, empty_database
from sqlalchemy import inspect

from tasks.store.engine import connected, open_store, schema_revision
from tasks.store.fresh import SQLITE, worded
from tasks.store.tables import HEAD, metadata
from tasks.store.upgrade import alembic_config, upgrade

SCRIPTS = ScriptDirectory.from_config(alembic_config())
REVISIONS = sorted(script.revision for script in SCRIPTS.walk_revisions())


def differences(connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def test_it_has_one_head_which_the_code_knows():
    assert SCRIPTS.get_heads() == [HEAD]


def test_it_numbers_its_steps_without_a_gap():
    assert [f"{number:04d}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS
    for script in SCRIPTS.walk_revisions():
        name = re.fullmatch(r"(\d{4})_[a-z0-9_]+\.py", script.path.rpartition("/")[2])
        assert name is not None and name[1] == script.revision
        before = int(script.revision) - 1
        assert script.down_revision == (f"{before:04d}" if before else None)


def schema(connection) -> dict[str, object]:
    """Return all that the database says of its tables, in an order that does not depend on how they were made."""
    found = inspect(connection)
    return {
        name: {
            "columns": {c["name"]: {**c, "type": str(c["type"])} for c in found.get_columns(name)},
            "key": found.get_pk_constraint(name),
            **{
                kind: sorted(ask(name), key=lambda each: str(each["name"]))
                for kind, ask in (
                    ("references", found.get_foreign_keys),
                    ("unique", found.get_unique_constraints),
                    ("indexes", found.get_indexes),
                )
            },
        }
        for name in found.get_table_names()
    }


@pytest.mark.parametrize("kind", DATABASES)
def test_it_makes_a_new_database_as_all_the_steps_would_have(kind, tmp_path):
    made, led = tmp_path / "made", tmp_path / "led"
    made.mkdir()
    led.mkdir()
    with empty_database(kind, made) as url, open_store(url).begin() as connection:
        found = schema(connection)
        assert schema_revision(connection) == HEAD
        assert differences(connection) == []
    with empty_database(kind, led) as url, connected(url).begin() as connection:
        upgrade(connection)
        assert schema(connection) == found


def test_the_statements_for_a_new_database_are_those_of_the_tables():
    assert SQLITE.read_text(encoding="utf-8") == worded(), "make schemas"


def test_it_leaves_nothing_of_a_database_that_could_not_be_made(url, monkeypatch):
    monkeypatch.setattr("tasks.store.fresh.insert", _fail)
    with pytest.raises(ZeroDivisionError):
        open_store(url)
    with connected(url).begin() as connection:
        assert schema(connection) == {}


@pytest.mark.parametrize("revision", REVISIONS)
def test_it_leads_from_each_earlier_step_to_the_schema_the_code_uses(url, revision):
    with connected(url).begin() as connection:
        upgrade(connection, revision)
        assert schema_revision(connection) == revision
    with open_store(url).begin() as connection:
        assert schema_revision(connection) == HEAD
        assert differences(connection) == []


def test_it_undoes_a_step_that_breaks_off(url, monkeypatch):
    with connected(url).begin() as connection:
        upgrade(connection, "0001")
    monkeypatch.setattr("alembic.operations.Operations.create_index", _fail)
    with pytest.raises(ZeroDivisionError):
        open_store(url)
    with connected(url).begin() as connection:
        assert schema_revision(connection) == "0001"
        assert not connection.dialect.has_table(connection, "answers")
        assert "note" not in schema(connection)["messages"]["columns"]


def _fail(*args, **kwargs):
    raise ZeroDivisionError
