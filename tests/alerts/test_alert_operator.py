"""Word of the service itself: the daily report, a failure told once, and the heartbeat."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from databases import DATABASES, empty_database
from findings import judged
from servers import http_sink

import config
from config.settings import settings
from config.site import Site
from tasks.alerts import operation
from tasks.alerts.operator import heartbeat, report_due, report_operation, tell_operator
from tasks.alerts.steps import deliver
from tasks.store.engine import open_store
from tasks.store.message_admin import rows
from tasks.store.repositories import run_add

#: A Tuesday, a business day: 17:30 in the town.
EVENING = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
ROUTES = "routes:\n  - { audience: 事務局, channel: mail_folder, verdicts: all }\n"
FOLDER = "channels:\n  mail_folder: { kind: folder }\n  other: { kind: folder }\n" + ROUTES


@pytest.fixture(params=DATABASES)
def town(request, tmp_path):
    """Make a town with these channels and settings."""
    with empty_database(request.param, tmp_path) as url:

        def make(channels: str = FOLDER, **environ: str) -> Site:
            folder = tmp_path / "config" / "togitsu"
            if not folder.exists():
                shutil.copytree(Path(config.__file__).parent / "togitsu", folder)
            (folder / "channels.yaml").write_text(channels, encoding="utf-8")
            given = {
                "SHINCHOKU_HOME": str(tmp_path / "home"),
                "SHINCHOKU_CONFIG_ROOT": str(folder.parent),
                "SHINCHOKU_DATABASE_URL": url,
                **environ,
            }
            site = Site(town="togitsu", settings=settings(given))
            site.prepare()
            return site

        yield make


def outbox(site: Site):
    with open_store(site.database_url).begin() as connection:
        return rows(connection, site.town)


def test_it_tells_the_operator_once_even_before_the_first_run(town):
    site = town()
    assert tell_operator(
        site, "crash/1", "実行が失敗しました\r\nBcc: x@example.jp", "ログを見てください。\n", EVENING
    )
    assert not tell_operator(site, "crash/1", "実行が失敗しました", "…", EVENING)
    assert tell_operator(site, "crash/2", "実行が失敗しました", "…", EVENING)
    first, _ = outbox(site)
    assert (first.message.recipient, first.message.channel) == ("事務局", "mail_folder")
    assert "\n" not in first.message.subject
    assert deliver(site, datetime.now(UTC) + timedelta(minutes=1)).sent == 2


def test_it_takes_the_channel_it_is_given(town):
    site = town(FOLDER + "operation: { audience: 本部長補佐, channel: other }\n")
    tell_operator(site, "k", "件名", "本文", EVENING)
    assert [(row.message.channel, row.message.recipient) for row in outbox(site)] == [("other", "本部長補佐")]


# now (UTC)                                 report_at    is it due
HOURS = [
    (EVENING,                               '"17:15"',   True),
    (EVENING,                               '"17:30"',   True),
    (EVENING - timedelta(minutes=1),        '"17:30"',   False),
    (EVENING,                               "null",      False),
    (datetime(2026, 11, 23, 9, tzinfo=UTC), '"17:15"',   False),  # 勤労感謝の日
    (datetime(2026, 11, 28, 9, tzinfo=UTC), '"17:15"',   False),  # Saturday
]  # fmt: skip


@pytest.mark.parametrize(("now", "at", "due"), HOURS)
def test_it_reports_on_business_days_from_its_hour_on(tmp_path, now, at, due):
    folder = tmp_path / "togitsu"
    shutil.copytree(Path(config.__file__).parent / "togitsu", folder)
    (folder / "channels.yaml").write_text(FOLDER + f"operation: {{ report_at: {at} }}\n", encoding="utf-8")
    site = Site("togitsu", settings({"SHINCHOKU_CONFIG_ROOT": str(tmp_path)}))
    assert report_due(site, now) is due


def test_it_reports_what_happened_today_once(town):
    site = town()
    with open_store(site.database_url).begin() as connection:
        for hour in (-30, -9):
            run_add(connection, judged("2026-11-24"), "plain", EVENING + timedelta(hours=hour), EVENING + timedelta(hours=hour))  # fmt: skip
    tomorrow = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert report_operation(site, EVENING, tomorrow)
    assert not report_operation(site, EVENING + timedelta(minutes=30), tomorrow)
    (row,) = outbox(site)
    assert row.message.subject == "【稼働報告】時津町 R8-11-24 異常なし"
    assert row.message.text == (
        "令和8年11月24日（火）の稼働状況です。\n"
        "\n"
        "・進捗監視：1回（最後は8:30）\n"
        "・新しく受け付けた表：0件\n"
        "・通知：送信0通、送信待ち0通、配信不能0通\n"
        "・次の進捗監視：令和8年11月25日（水） 8:00\n"
        "\n"
        "営業日にこの報告が届かないときは、しくみが止まっています。動かしている機械を確かめてください。\n"
    )


def test_it_says_first_what_calls_for_a_look():
    facts = operation.Facts(date(2026, 11, 24), 0, None, 0, 0, 3, 2, None)
    assert (
        operation.subject(facts, "時津町")
        == "【稼働報告】時津町 R8-11-24 進捗監視が動いていません 配信不能2通"
    )
    text = operation.text(facts)
    assert "・進捗監視：動いていません。" in text and "shinchoku outbox list" in text
    assert "・次の進捗監視：予定がありません" in text
    assert "<script>" not in operation.html("<script>", "<script>")


def beat(site: Site) -> str:
    said = heartbeat(site)
    assert "himitsu" not in said and "\n" not in said
    return said


@pytest.mark.parametrize("database", ["sqlite"])
def test_it_gives_a_sign_of_life_and_only_tells_when_it_cannot(town, database):
    with http_sink() as sink, http_sink() as elsewhere:
        rules = (
            FOLDER
            + f'operation: {{ heartbeat: {{ method: POST, allowed_hosts: ["127.0.0.1:{sink.port}"] }} }}\n'
        )
        url = {"SHINCHOKU_HEARTBEAT_URL": f"http://127.0.0.1:{sink.port}/himitsu"}
        site = town(rules, **url)
        assert beat(site) == "" and [path for path, _, _ in sink.posts] == ["/himitsu"]
        # Nothing leaves the machine in a rehearsal or a demo.
        assert beat(replace(site, into_folder=True)) == "" and len(sink.posts) == 1
        sink.status = 500
        assert "稼働の合図を送れませんでした" in beat(site)
        sink.status, sink.headers = 302, {"Location": f"http://127.0.0.1:{elsewhere.port}/"}
        assert "HTTP 302" in beat(site) and elsewhere.posts == []
        assert "allowed_hosts" in beat(town(FOLDER, **url))
        other = {"SHINCHOKU_HEARTBEAT_URL": f"http://127.0.0.1:{elsewhere.port}/himitsu"}
        assert "allowed_hosts" in beat(town(rules, **other)) and elsewhere.posts == []
        assert beat(town(rules)) == ""
