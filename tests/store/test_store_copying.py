"""A copy of the records holds every record, whichever database they came from."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import insert, select

from tasks.store.copying import copy_store
from tasks.store.tables import metadata, runs, submissions

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_it_copies_every_row_and_leaves_the_source_alone(store, tmp_path):
    run = {
        "town": "togitsu", "as_of": date(2026, 11, 24), "fiscal_year": "R8", "plan_revision": "r1",
        "engine": "plain", "started_at": NOW, "recorded_at": NOW,
    }  # fmt: skip
    files = [
        {
            "town": "togitsu", "file": f"{n}.xlsx", "sha256": "0" * 64, "size": n, "serial": 1,
            "received_on": date(2026, 11, 24), "path": f"/archive/{n}", "recorded_at": NOW,
        }
        for n in range(1201)
    ]  # fmt: skip
    with store.begin() as connection:
        connection.execute(insert(runs), [run])
        connection.execute(insert(submissions), files)
    copied = copy_store(store, tmp_path / "copy.db")
    for table in metadata.sorted_tables:
        with store.begin() as one, copied.begin() as other:
            assert one.execute(select(table)).all() == other.execute(select(table)).all()
    with copied.begin() as connection:
        connection.execute(insert(runs), [{**run, "engine": "prefect"}])
    with store.begin() as connection:
        assert len(connection.execute(select(runs)).all()) == 1
