"""``shinchoku alerts preview``: what would go out, as it would go out, and nothing goes."""

from __future__ import annotations

import email
import json
import shutil
from email.policy import default as modern
from pathlib import Path

import pytest
from typer.testing import CliRunner

import config
from flows.cli import app
from tasks.store.engine import open_store
from tasks.store.tables import messages, runs

CHANNELS = """\
channels:
  mail: { kind: smtp, host: mail.example.jp }
  teams: { kind: teams, allowed_hosts: ["teams.example.jp:443"] }
  slack: { kind: slack }
  bot: { kind: line_works, bot_id: "1", room: r, client_id: c, service_account: x@example.jp }
  rest: { kind: apprise }
  hook: { kind: webhook, allowed_hosts: ["h.example.jp:443"], body: { title: "{subject}", text: "{text}" } }
routes:
"""
WAYS = ("mail", "teams", "slack", "bot", "rest", "hook")


@pytest.fixture
def preview(tmp_path, monkeypatch):
    """Run the command for a town that nobody has reported anything to; no secret is set."""
    folder = tmp_path / "config" / "togitsu"
    shutil.copytree(Path(config.__file__).parent / "togitsu", folder)
    routes = "".join(f"  - {{ audience: 事務局, channel: {way}, verdicts: all }}\n" for way in WAYS)
    (folder / "channels.yaml").write_text(CHANNELS + routes, encoding="utf-8")
    monkeypatch.setenv("SHINCHOKU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHINCHOKU_CONFIG_ROOT", str(folder.parent))

    def run(*args: str):
        return CliRunner().invoke(app, ["alerts", "preview", "--as-of", "2026-11-24", *args])

    return run


def test_it_writes_each_message_as_its_channel_would_send_it_and_sends_none(preview, tmp_path):
    out = tmp_path / "out"
    done = preview("--json", "--samples", "--out", str(out))
    assert done.exit_code == 0, done.stderr
    documents = json.loads(done.stdout)
    assert [each["channel"] for each in documents[:6]] == list(WAYS)
    assert len(documents) == 9 and len(list(out.iterdir())) == 9
    files = {each["channel"]: Path(each["file"]) for each in documents[:6]}
    mail = email.message_from_bytes(files["mail"].read_bytes(), policy=modern)
    assert mail["Subject"] == documents[0]["subject"] and "未報告" in documents[0]["text"]
    assert json.loads(files["teams"].read_text(encoding="utf-8"))["type"] == "message"
    assert "blocks" in json.loads(files["slack"].read_text(encoding="utf-8"))
    assert json.loads(files["bot"].read_text(encoding="utf-8"))["content"]["type"] == "text"
    assert set(json.loads(files["hook"].read_text(encoding="utf-8"))) == {"title", "text"}
    assert "通知番号" in files["rest"].read_text(encoding="utf-8")
    resend, fallback, report = documents[6:]
    assert resend["subject"].startswith("【再送の可能性】") and fallback["subject"].startswith(
        "【予備の経路】"
    )
    assert report["subject"].startswith("【稼働報告】")
    # Nothing of it is remembered.
    with open_store(f"sqlite:///{tmp_path / 'home' / 'shinchoku.db'}").begin() as connection:
        assert connection.execute(messages.select()).all() == connection.execute(runs.select()).all() == []


def test_it_shows_those_asked_for(preview):
    done = preview("--channel", "slack", "--recipient", "事務局")
    assert done.exit_code == 0
    assert done.stdout.count("■ 経路 slack　宛先 事務局") == done.stdout.count("■ 経路") == 1
    # Its links lead to the real report, not to that of the rehearsal.
    assert "/home/reports/togitsu/2026-11-24/report.html" in done.stdout
    assert "件名：【" in done.stdout and "何も送っていません" in done.stderr
    assert preview("--recipient", "担当課:税務課").stdout == ""
    wrong = preview("--channel", "fax")
    assert wrong.exit_code == 2 and "経路「fax」はありません" in wrong.stderr
