"""試行: judged and shown as always, nothing remembered, nobody told."""

from __future__ import annotations

import shutil
from datetime import date

import pytest
from sqlalchemy import func, select

from config.settings import settings
from config.site import Site
from flows.engines import PlainEngine
from flows.only_one import only_one
from flows.rehearsal import FOLDER, RehearsalError, marked, rehearsal
from flows.watch import watch
from tasks.reports.artifacts import Artifact
from tasks.store.engine import open_store
from tasks.store.tables import metadata

AS_OF = date(2026, 11, 24)


@pytest.fixture
def site(tmp_path):
    made = Site("togitsu", settings({"SHINCHOKU_HOME": str(tmp_path / "home")}))
    made.prepare()
    return made


def counts(store):
    """How many rows each table of a store holds."""
    with store.begin() as connection:
        return {
            t.name: connection.scalar(select(func.count()).select_from(t)) for t in metadata.sorted_tables
        }


def files(home):
    """Every file of a home but the rehearsal's own, with its bytes."""
    return {
        path.relative_to(home): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and FOLDER not in str(path) and "shinchoku.db" not in path.name
    }


def test_it_tells_what_the_run_would_tell_and_changes_nothing(site, sample_inbox):
    real = watch(PlainEngine(), site, sample_inbox, AS_OF)
    before, kept = counts(open_store(site.database_url)), files(site.home)
    again = watch(PlainEngine(), site, sample_inbox, AS_OF, dry_run=True)
    assert again.events == () and again.delivery.sent == 0
    assert [f.verdict for f in again.judgement.findings] == [f.verdict for f in real.judgement.findings]
    assert counts(open_store(site.database_url)) == before
    assert files(site.home) == kept


def test_it_is_a_first_run_where_there_was_none(site, sample_inbox):
    tried = watch(PlainEngine(), site, sample_inbox, AS_OF, dry_run=True)
    assert tried.events and tried.delivery.sent > 0
    assert len(list((site.home / FOLDER / "outbox").glob("*.eml"))) == tried.delivery.sent
    assert tried.files.html.is_relative_to(site.home / FOLDER)
    assert not list(site.outbox.glob("*")) and not list(site.archive.rglob("*.xlsx"))
    assert sum(counts(open_store(site.database_url)).values()) == 0
    real = watch(PlainEngine(), site, sample_inbox, AS_OF)
    assert [e.project_id for e in real.events] == [e.project_id for e in tried.events]


def test_it_starts_from_what_is_known_each_time(site, sample_inbox):
    watch(PlainEngine(), site, sample_inbox, AS_OF, dry_run=True)
    shutil.rmtree(site.home / FOLDER / "outbox")
    assert watch(PlainEngine(), site, sample_inbox, AS_OF, dry_run=True).delivery.sent > 0


def test_it_waits_for_no_other_rehearsal(site):
    site.prepare()
    with only_one(site.home / f"{FOLDER}.lock"), pytest.raises(RehearsalError), rehearsal(site):
        pass


def test_it_marks_what_it_shows_and_leaves_the_real_one_in_its_place():
    shown = marked(Artifact("togitsu-verdicts", "table", "事業ごとの判定", []))
    assert shown.key == "togitsu-trial-verdicts" and shown.description == "【試行】事業ごとの判定"
