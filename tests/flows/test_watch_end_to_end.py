"""The whole watch, from a folder of workbooks to what arrives: real SMTP, real HTTP, on loopback.

Day 1: two departments report, one of them late. Run again: nothing is sent. Day 2: one sheet changes:
one message a recipient. The town is 時津町 with its channels replaced.
"""

from __future__ import annotations

import email
import json
import re
import shutil
import socket
import threading
from datetime import date
from email.policy import default as modern
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from openpyxl import Workbook

import config
from config.settings import settings
from config.site import Site
from flows.engines import PlainEngine
from flows.watch import watch

HEADERS = ["事業名", "現在の段階", "進捗率", "完了予定日", "自己評価"]
SECRETARIAT = "dx-jimukyoku@example.jp"

CHANNELS = """\
channels:
  mail:
    kind: smtp
    host: 127.0.0.1
    port: {smtp}
    starttls: false
    sender: shinchoku@example.jp
  hook:
    kind: webhook
    url: http://127.0.0.1:{http}/hook
    allowed_hosts: ["127.0.0.1:{http}"]
    body:
      title: "{{subject}}"
      text: "{{text}}"
      link: "{{url}}"
routes:
  - audience: 事務局
    channel: mail
    verdicts: all
  - audience: 事務局
    channel: hook
    verdicts: all
"""


class Mailbox:
    """What the SMTP server was given."""

    def __init__(self):
        self.received = []

    async def handle_DATA(self, server, session, envelope):
        self.received.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=modern)))
        return "250 accepted"

    def take(self):
        taken, self.received = self.received, []
        return taken


@pytest.fixture
def mailbox():
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        # aiosmtpd looks for the port it was told, so that 0 does not do.
        box.port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def sink():
    posts = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posts.append((self.path, dict(self.headers), json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.posts = posts
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(tmp_path, mailbox, sink):
    town = tmp_path / "config" / "togitsu"
    shutil.copytree(Path(config.__file__).parent / "togitsu", town)
    channels = CHANNELS.format(smtp=mailbox.port, http=sink.server_port)
    (town / "channels.yaml").write_text(channels, encoding="utf-8")
    # This test runs at any hour of any day.
    hours = (town / "escalation.yaml").read_text(encoding="utf-8")
    for always in ('not_before: "00:00"', 'not_after: "23:59"', "on_closed_days: true"):
        hours = re.sub(rf"{always.partition(':')[0]}: .*", always, hours)
    (town / "escalation.yaml").write_text(hours, encoding="utf-8")
    people = (town / "people.yaml").read_text(encoding="utf-8")
    assert SECRETARIAT in people
    environ = {"SHINCHOKU_HOME": str(tmp_path / "home"), "SHINCHOKU_CONFIG_ROOT": str(tmp_path / "config")}
    made = Site(town="togitsu", settings=settings(environ))
    made.prepare()
    return made


def sheet(path: Path, department: str, *rows: list) -> None:
    book = Workbook()
    page = book.active
    page.title = "進捗"
    page.append([f"担当課：{department}"])
    page.append(HEADERS)
    for row in rows:
        page.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def run(site: Site, day: str):
    return watch(PlainEngine(), site, site.home / "inbox", date.fromisoformat(day))


def test_it_tells_the_secretariat_once_by_mail_and_webhook_and_then_only_changes(site, mailbox, sink):
    inbox = site.home / "inbox"
    late = ["コンビニ交付（税証明）", "導入", "20%", "令和9年2月26日", "順調"]
    sheet(inbox / "税務課.xlsx", "税務課", late)
    sheet(inbox / "都市整備課.xlsx", "都市整備課", ["崎野自然公園WEB予約・決済", "運用", None, None, "順調"])

    first = run(site, "2026-11-24")
    assert (first.delivery.sent, first.delivery.failed) == (2, 0)

    ((recipients, message),) = mailbox.take()
    assert recipients == [SECRETARIAT]
    assert message["To"] == SECRETARIAT or SECRETARIAT in message["To"]
    # The subject travels encoded and reads as Japanese.
    assert "時津町" in message["Subject"] and "遅延" in message["Subject"]
    text = message.get_body(("plain",)).get_content()
    # 税証明: 導入 at 20 %, 契約 (50 %) was due on 2026-10-30.
    assert "コンビニ交付（税証明）" in text and "税務課.xlsx" in text and "C3" in text
    # The department's own self-rating was 順調: 評価乖離 stands in the report the link leads to.
    assert f"{first.files.html.as_uri()}#DX-02" in text
    # 崎野自然公園 is on track and not told.
    assert "崎野自然公園" not in text
    # The others have never reported: named by department, counted.
    counts = first.judgement.counts()
    assert (
        counts["delayed"] == 1
        and counts["on_track"] == 1
        and f"未報告{counts['unreported']}" in message["Subject"].replace(" ", "")
    )

    ((path, headers, body),) = sink.posts
    assert (path, headers["Content-Type"].split(";")[0]) == ("/hook", "application/json")
    assert headers["Idempotency-Key"]
    assert body["title"] == message["Subject"] and "コンビニ交付（税証明）" in body["text"]
    assert body["link"].startswith(first.files.html.as_uri())
    sink.posts.clear()

    # The same day again, and the next business day: nothing changed, nothing is sent.
    for day in ("2026-11-24", "2026-11-25"):
        again = run(site, day)
        assert (again.delivery.sent, again.events) == (0, ())
    assert (mailbox.take(), sink.posts) == ([], [])

    # One sheet changes: one message a channel, about that change alone.
    sheet(inbox / "税務課.xlsx", "税務課", [late[0], "導入", "60%", late[3], "順調"])
    changed = run(site, "2026-11-26")
    assert changed.collected.new == ("税務課.xlsx",)
    ((_, message),) = mailbox.take()
    assert len(sink.posts) == 1
    text = message.get_body(("plain",)).get_content()
    assert "コンビニ交付（税証明）" in text and "順調" in text
    assert "書かない窓口" not in text


def test_it_judges_every_other_file_as_if_a_broken_one_were_not_there(site):
    inbox = site.home / "inbox"
    sheet(inbox / "都市整備課.xlsx", "都市整備課", ["崎野自然公園WEB予約・決済", "運用", None, None, "順調"])
    alone = run(site, "2026-11-24").judgement

    (inbox / "税務課.xlsx").write_bytes(b"PK\x03\x04 this is no workbook")
    sheet(inbox / "総務課.xlsx", "総務課", ["庶務管理システム", "運用", None, "令和9年2月30日", "順調"])
    sheet(inbox / "DX室.xlsx", "DX推進室", ["庶務管理システム", "運用", None, None, "順調"])
    sheet(inbox / "会計課.xlsx", "会計課", ["空飛ぶ公用車", "運用", None, None, "順調"])
    sheet(
        inbox / "住民環境課.xlsx",
        "住民環境課",
        ["コンビニ交付（住民票・印鑑）", "運用", None, None, "順調"],
        ["コンビニ交付（住民票・印鑑）", "導入", None, None, "順調"],
    )
    result = run(site, "2026-11-24")
    by_file = {r.file: r for r in result.readings}
    assert by_file["税務課.xlsx"].error is not None and by_file["税務課.xlsx"].error.remedy
    # file, sheet and cell, one Japanese sentence, and what was there
    for file, code, cell in (
        ("総務課.xlsx", "date", "D3"),
        ("DX室.xlsx", "unknown_department", None),
        ("会計課.xlsx", "unknown_project", "A3"),
        ("住民環境課.xlsx", "duplicate_row", None),
    ):
        errors = by_file[file].row_errors
        assert errors and code in errors[0].code, (file, errors)
        assert errors[0].sheet == "進捗" and (cell is None or errors[0].cell == cell)
        assert errors[0].message.endswith("。")
    # Each file lies in the archive as it came.
    archived = {p.stem for p in site.archive.rglob("*") if p.is_file()}
    assert {r.sha256 for r in result.readings} <= archived

    then = {f.project_id: f for f in alone.findings}
    now = {f.project_id: f for f in result.judgement.findings}
    assert now["DX-14"] == then["DX-14"]
    assert now["DX-01"].reported["phase"] == "運用"
