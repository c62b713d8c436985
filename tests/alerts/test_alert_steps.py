"""The two steps: a run is recorded whole or not at all, and what it has to tell arrives."""

from __future__ import annotations

import email
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email.policy import default as modern
from pathlib import Path

import pytest
from databases import DATABASES, empty_database
from findings import finding, judged, reason
from servers import http_sink, smtp_server

import config
from config.settings import settings
from config.site import Site
from tasks.alerts.records import EventKind, WhyNot
from tasks.alerts.steps import deliver, record, report_url
from tasks.intake.records import Submission
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.sheets.records import FileReading, RowError
from tasks.store.engine import open_store
from tasks.store.messages import messages_of_run
from tasks.store.repositories import events_of_run, judgement_get, reading_put, submission_add
from tasks.store.tables import messages as messages_table

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FOLDER = "channels:\n  mail_folder: { kind: folder }\n"
EVERYBODY = "routes:\n  - { audience: 事務局, channel: mail_folder, verdicts: all }\n  - { audience: 担当課, channel: mail_folder, verdicts: [critical, delayed, contradictory, at_risk, unreported] }\n"


@pytest.fixture(params=DATABASES)
def database(request, tmp_path):
    """The settings that choose a database."""
    with empty_database(request.param, tmp_path) as url:
        yield {"SHINCHOKU_DATABASE_URL": url}


@pytest.fixture
def town(tmp_path, database):
    """Make a town with these channels and settings."""

    def make(channels: str = FOLDER + EVERYBODY, **environ: str) -> Site:
        folder = tmp_path / "config" / "togitsu"
        if not folder.exists():
            shutil.copytree(Path(config.__file__).parent / "togitsu", folder)
        (folder / "channels.yaml").write_text(channels, encoding="utf-8")
        home = {"SHINCHOKU_HOME": str(tmp_path / "home"), "SHINCHOKU_CONFIG_ROOT": str(folder.parent)}
        site = Site(town="togitsu", settings=settings({**home, **database, **environ}))
        site.prepare()
        return site

    return make


def late(days: int, verdict=Verdict.DELAYED, project_id="DX-02", **more):
    return finding(
        project_id,
        verdict,
        reason(ReasonCode.PAST_DUE, verdict, f"{days}日過ぎています。", days=days),
        **more,
    )


def receive(site: Site, file: str, *rows: RowError) -> None:
    reading = FileReading(
        file=file,
        sha256="c" * 64,
        format="xlsx",
        received_on=date(2026, 11, 24),
        row_errors=rows,
        counts={"rows": len(rows), "accepted": 0, "rejected": len(rows), "ignored": 0},
    )
    with open_store(site.database_url).begin() as connection:
        known = submission_add(
            connection,
            Submission("togitsu", file, "c" * 64, 9, date(2026, 11, 24), "x"),
            datetime.now(UTC),
        )
        reading_put(connection, known, "v1", reading)


def outbox(site: Site):
    return [
        email.message_from_bytes(path.read_bytes(), policy=modern) for path in sorted(site.outbox.iterdir())
    ]


BAD_DATE = RowError(sheet="報告", cell="D5", code="date", message="日付がありません。", raw="令和9年2月30日")


def test_it_records_a_run_with_its_findings_events_and_messages(town):
    site, judgement = town(), judged("2026-11-24", late(25), finding("DX-03", Verdict.ON_TRACK))
    recorded = record(site, judgement, "plain", NINE, ())
    assert [(e.project_id, e.kind, e.told) for e in recorded.events] == [("DX-02", EventKind.OPENED, True)]
    assert recorded.messages == 2  # 事務局 and 税務課
    with open_store(site.database_url).begin() as connection:
        assert judgement_get(connection, recorded.run_id) == judgement
        assert tuple(events_of_run(connection, recorded.run_id)) == recorded.events
        assert [m.recipient for m in messages_of_run(connection, recorded.run_id)] == [
            "事務局",
            "担当課:税務課",
        ]


def test_it_tells_of_changes_alone_from_day_to_day(town):
    site = town()
    # day: the finding                                             messages, kinds
    days = [
        (late(25), 2, ["opened"]),
        (late(26), 0, []),
        (late(95, Verdict.CRITICAL), 2, ["worsened"]),
        (finding("DX-02", Verdict.ON_TRACK), 2, ["recovered"]),  # whoever heard of it hears of its end
        (finding("DX-02", Verdict.ON_TRACK), 0, []),
        (late(1), 0, ["reopened"]),  # the fourth change in five days is collected
    ]
    for number, (found, messages, kinds) in enumerate(days):
        at = NINE + number * DAY
        recorded = record(site, judged(at.date().isoformat(), found), "plain", at, ())
        assert (recorded.messages, [e.kind for e in recorded.events]) == (messages, kinds), number
        assert deliver(site, at).sent == messages
    assert len(outbox(site)) == 6


def test_it_returns_what_is_there_when_a_run_is_recorded_again(town):
    site, judgement = town(), judged("2026-11-24", late(25))
    first = record(site, judgement, "plain", NINE, ())
    assert record(site, judgement, "plain", NINE, ()) == first
    assert deliver(site, NINE).sent == 2
    # A second run of the day has nothing new to tell.
    again = record(site, judgement, "plain", NINE + timedelta(hours=1), ())
    assert (again.run_id != first.run_id, again.events, again.messages) == (True, (), 0)


def test_it_tells_nobody_of_a_look_back_and_leaves_the_episodes_as_they_are(town):
    site = town()
    record(site, judged("2026-11-24", late(25)), "plain", NINE, ())
    look_back = record(
        site, judged("2026-11-20", finding("DX-02", Verdict.ON_TRACK)), "plain", NINE + DAY, ()
    )
    assert (look_back.events, look_back.messages) == ((), 0)
    today = record(site, judged("2026-11-25", late(26)), "plain", NINE + DAY, ())
    assert (today.events, today.messages) == ((), 0)


def test_it_records_nothing_when_anything_fails(town, monkeypatch):
    site, judgement = town(), judged("2026-11-24", late(25))
    with monkeypatch.context() as broken:
        broken.setattr("tasks.alerts.steps.messages_add", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            record(site, judgement, "plain", NINE, ())
    with open_store(site.database_url).begin() as connection:
        for table in ("runs", "findings", "episodes", "alert_events", "messages"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0
    assert len(record(site, judgement, "plain", NINE, ()).events) == 1


def test_it_tells_once_however_many_runs_are_recorded_at_once(town):
    site, judgement = town(), judged("2026-11-24", late(25), late(99, Verdict.CRITICAL, "DX-03"))
    open_store(site.database_url)
    site.plan_book, site.config.people, site.config.departments, site.config.crosswalk  # noqa: B018 - loaded once
    start = threading.Barrier(5)

    def run(number: int):
        start.wait()
        return record(site, judgement, "plain", NINE + timedelta(seconds=number), ())

    with ThreadPoolExecutor(5) as pool:
        recorded = list(pool.map(run, range(5)))
    assert sorted(len(r.events) for r in recorded) == [0, 0, 0, 0, 2]
    assert len({r.run_id for r in recorded}) == 5


def test_it_says_why_nobody_was_told(town):
    site = town(FOLDER + "routes:\n  - { audience: 事務局, channel: mail_folder, verdicts: [critical] }\n")
    recorded = record(
        site, judged("2026-11-24", late(25), late(99, Verdict.CRITICAL, "DX-03")), "plain", NINE, ()
    )
    assert [(e.told, e.why_not) for e in recorded.events] == [(False, WhyNot.NO_RECIPIENT), (True, None)]


def test_it_tells_of_rows_sent_back_in_newly_read_files_once(town):
    site, nothing = town(), finding("DX-02", Verdict.ON_TRACK)
    receive(site, "税務課_報告.xlsx", BAD_DATE)
    first = record(site, judged("2026-11-24", nothing), "plain", NINE, ("税務課_報告.xlsx",))
    assert first.messages == 2
    deliver(site, NINE)
    text = outbox(site)[0].get_body(("plain",)).get_content()
    assert "税務課_報告.xlsx" in text and "［報告］D5「令和9年2月30日」" in text
    assert record(site, judged("2026-11-25", nothing), "plain", NINE + DAY, ()).messages == 0


def test_it_tells_of_the_files_of_a_run_that_broke_off_before_it_was_recorded(town):
    site, nothing = town(), finding("DX-02", Verdict.ON_TRACK)
    record(site, judged("2026-11-23", nothing), "plain", NINE - DAY, ())
    receive(site, "税務課_報告.xlsx", BAD_DATE)
    # … and here it broke off. The next run finds nothing new in the inbox.
    assert record(site, judged("2026-11-24", nothing), "plain", NINE, ()).messages == 2


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "file:///"),
        (
            {"SHINCHOKU_REPORT_BASE_URL": "https://dx.example.jp/r/"},
            "https://dx.example.jp/r/togitsu/2026-11-24/report.html",
        ),
    ],
)
def test_it_links_to_the_report(town, environ, expected):
    site = town(**environ)
    url = report_url(site, judged("2026-11-24"))
    assert url.startswith(expected) and url.endswith("/togitsu/2026-11-24/report.html")
    record(site, judged("2026-11-24", late(25)), "plain", NINE, ())
    deliver(site, NINE)
    assert all(f"{url}#DX-02" in mail.get_body(("plain",)).get_content() for mail in outbox(site))


CHANNELS = """\
channels:
  mail: {{ kind: smtp, host: 127.0.0.1, port: {smtp}, starttls: false, sender: dx@example.jp }}
  chat:
    kind: webhook
    allowed_hosts: ["127.0.0.1:{http}"]
    secret_header: X-Token
    body: {{ title: "{{subject}}", link: "{{url}}", town: "{{town}}", id: "{{message_id}}" }}
routes:
  - {{ audience: 事務局, channel: mail, verdicts: all }}
  - {{ audience: 事務局, channel: chat, verdicts: all }}
"""


def test_it_reaches_a_mail_server_and_a_webhook_and_keeps_their_secrets(town):
    with smtp_server() as box, http_sink() as sink:
        site = town(
            CHANNELS.format(smtp=box.port, http=sink.port),
            SHINCHOKU_WEBHOOK_URLS__CHAT=f"http://127.0.0.1:{sink.port}/himitsu",
            SHINCHOKU_WEBHOOK_SECRETS__CHAT="himitsu2",
        )
        assert record(site, judged("2026-11-24", late(25)), "plain", NINE, ()).messages == 2
        delivery = deliver(site, NINE)
        assert (delivery.sent, delivery.waiting, delivery.problems) == (2, 0, ())
        assert deliver(site, NINE + DAY).sent == 0
    ((recipients, mail),) = box.take()
    assert recipients == ["dx-jimukyoku@example.jp"]
    assert mail["Subject"] == "【進捗監視】時津町 R8-11-24 遅延1（新規1）"
    ((path, headers, body),) = sink.posts
    assert (path, headers["X-Token"], body["title"], body["town"]) == (
        "/himitsu",
        "himitsu2",
        mail["Subject"],
        "時津町",
    )
    assert body["link"] == report_url(site, judged("2026-11-24"))
    assert body["id"] != mail["Message-ID"]  # two messages, two ids
    with open_store(site.database_url).begin() as connection:
        assert "himitsu" not in str(connection.execute(messages_table.select()).all())


# what is missing or wrong                                                  what is said
SETUPS = [
    pytest.param("  mail: { kind: smtp }\n", {}, "SHINCHOKU_SMTP_HOST", id="no mail server"),
    pytest.param("  mail: { kind: smtp, host: m.example.jp }\n", {}, "SHINCHOKU_SMTP_FROM", id="no sender"),
    pytest.param('  mail: { kind: webhook, allowed_hosts: ["h.example.jp:443"], body: {} }\n', {}, "SHINCHOKU_WEBHOOK_URLS__MAIL", id="no url"),
    pytest.param('  mail: { kind: webhook, allowed_hosts: ["h.example.jp:443"], body: {} }\n', {"SHINCHOKU_WEBHOOK_URLS__MAIL": "https://evil.example/himitsu"}, "evil.example:443 は、経路「mail」の allowed_hosts にありません", id="a host that is not allowed"),
    pytest.param('  mail: { kind: webhook, url: "https://h.example.jp/", allowed_hosts: ["h.example.jp:443"], secret_header: X-Token, body: {} }\n', {}, "SHINCHOKU_WEBHOOK_SECRETS__MAIL", id="no secret"),
]  # fmt: skip


@pytest.mark.parametrize(("channel", "environ", "said"), SETUPS)
def test_it_keeps_messages_and_names_the_setting_that_is_missing(town, channel, environ, said):
    site = town(
        f"channels:\n{channel}routes:\n  - {{ audience: 事務局, channel: mail, verdicts: all }}\n", **environ
    )
    record(site, judged("2026-11-24", late(25)), "plain", NINE, ())
    delivery = deliver(site, NINE)
    assert (delivery.sent, delivery.failed, delivery.waiting) == (0, 0, 1)
    (problem,) = delivery.problems
    assert said in problem and "himitsu" not in problem
    # Set right, it goes out.
    site = town(FOLDER.replace("mail_folder", "mail") + "routes: []\n")
    assert deliver(site, NINE).sent == 1


@pytest.mark.parametrize("database", [{}], ids=["sqlite"])
def test_it_needs_neither_mail_nor_web_nor_alembic_to_write_into_a_folder(town, tmp_path):
    site = town()
    record(site, judged("2026-11-23", late(24)), "plain", NINE - DAY, ())  # the schema is there
    code = """
import sys
sys.path.insert(0, "tests/support")
from datetime import UTC, datetime
from findings import judged, finding
from tasks.progress.reasons import Verdict
from config.settings import settings
from config.site import Site
from tasks.alerts.steps import deliver, record
site = Site(town="togitsu", settings=settings())
now = datetime(2026, 11, 24, tzinfo=UTC)
record(site, judged("2026-11-24", finding("DX-03", Verdict.DELAYED)), "plain", now, ())
assert deliver(site, now).sent == 4
print(sorted({"smtplib", "requests", "urllib3", "alembic", "psycopg", "prefect"} & set(sys.modules)))
"""
    environ = {
        "SHINCHOKU_HOME": str(site.home),
        "SHINCHOKU_CONFIG_ROOT": str(tmp_path / "config"),
        "PYTHONUTF8": "1",
    }
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environ, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_it_keeps_the_silence_behind_a_missing_file_back_and_tells_of_the_file_once(town):
    site = town()
    receive(site, "税務課_報告.xlsx")
    silent = finding("DX-02", Verdict.UNREPORTED, reason(ReasonCode.NO_REPORT_THIS_CYCLE, Verdict.UNREPORTED))
    told = []
    for days in range(4):  # Tuesday to Friday: the town waits three business days
        at = NINE + days * DAY
        run = record(site, judged(at.date().isoformat(), silent), "plain", at, (), ("税務課_報告.xlsx",))
        told.append((run.messages, [e.why_not for e in run.events]))
    assert told == [(2, [WhyNot.INHIBITED]), (0, []), (0, []), (2, [None])]
    deliver(site, NINE + 4 * DAY)
    first, *_ = (mail.get_body(("plain",)).get_content() for mail in outbox(site))
    assert "見当たりません：前に受け付けた表が、受付フォルダにありません。" in first
    assert "届くのを待つ間、次の事業の未報告はお知らせしません：DX-02" in first


def test_it_blames_no_missing_file_where_the_department_has_sent_another(town):
    site = town()
    receive(site, "税務課_報告.xlsx")
    receive(site, "税務課_報告その2.xlsx")
    silent = finding("DX-02", Verdict.UNREPORTED)
    run = record(site, judged("2026-11-24", silent), "plain", NINE, (), ("税務課_報告.xlsx",))
    assert [e.told for e in run.events] == [True]
