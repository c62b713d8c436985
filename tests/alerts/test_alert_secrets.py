"""Planted secrets of every kind of channel: none is found in logs, database, messages, reports or artifacts."""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from findings import finding, judged, reason
from servers import http_sink, smtp_server

import config
from config.settings import settings
from config.site import Site
from tasks.alerts.operator import heartbeat, tell_operator
from tasks.alerts.previews import preview_of
from tasks.alerts.steps import deliver, record
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.reports.steps import publishable, write_report
from tasks.store.engine import open_store
from tasks.store.message_admin import rows

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
SECRET = "himitsu"
KEY = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
WAYS = ("mail", "teams", "slack", "bot", "hook", "rest")
CHANNELS = """\
channels:
  mail: {{ kind: smtp, host: 127.0.0.1, port: {smtp}, starttls: false, sender: dx@example.jp }}
  teams: {{ kind: teams, allowed_hosts: ["127.0.0.1:{http}"] }}
  slack: {{ kind: slack, allowed_hosts: ["127.0.0.1:{http}"] }}
  bot:
    kind: line_works
    bot_id: "1"
    room: room
    client_id: client
    service_account: x@example.jp
    token_url: http://127.0.0.1:{http}/token
    api_url: http://127.0.0.1:{http}/api
  hook: {{ kind: webhook, allowed_hosts: ["127.0.0.1:{http}"], secret_header: X-Token, body: {{ t: "{{text}}" }} }}
  rest: {{ kind: apprise }}
operation: {{ heartbeat: {{ allowed_hosts: ["127.0.0.1:{http}"] }} }}
routes:
"""


@pytest.fixture
def site(tmp_path):
    """A town that tells by every kind of channel, with its secrets in files and variables."""
    with smtp_server(login=True) as box, http_sink() as sink:
        folder = tmp_path / "config" / "togitsu"
        shutil.copytree(Path(config.__file__).parent / "togitsu", folder)
        routes = "".join(f"  - {{ audience: 事務局, channel: {way}, verdicts: all }}\n" for way in WAYS)
        text = CHANNELS.format(smtp=box.port, http=sink.port) + routes
        (folder / "channels.yaml").write_text(text, encoding="utf-8")
        (tmp_path / "key.pem").write_bytes(KEY)
        (tmp_path / "password").write_text(SECRET, encoding="utf-8")
        url = f"http://127.0.0.1:{sink.port}/{SECRET}"
        sink.answers = {"/token": f'{{"access_token":"{SECRET}","expires_in":86400}}'.encode()}
        given = {
            "SHINCHOKU_HOME": str(tmp_path / "home"),
            "SHINCHOKU_CONFIG_ROOT": str(folder.parent),
            "SHINCHOKU_SMTP_USERNAME": "dx",
            "SHINCHOKU_SMTP_PASSWORD_FILE": str(tmp_path / "password"),
            **{f"SHINCHOKU_WEBHOOK_URLS__{way}": f"{url}/{way}" for way in ("TEAMS", "SLACK", "HOOK")},
            "SHINCHOKU_WEBHOOK_SECRETS__HOOK": SECRET,
            "SHINCHOKU_WEBHOOK_SECRETS__BOT": SECRET,
            "SHINCHOKU_PRIVATE_KEYS__BOT_FILE": str(tmp_path / "key.pem"),
            "SHINCHOKU_APPRISE_URLS__REST": url.replace("http://", "json://"),
            "SHINCHOKU_HEARTBEAT_URL": url,
        }
        made = Site(town="togitsu", settings=settings(given))
        made.prepare()
        yield made, box, sink


def leaks(text: str) -> list[str]:
    """The secrets found in a text: the planted word, and any line of the key."""
    lines = [line for line in KEY.decode().splitlines() if len(line) > 40]
    return [secret for secret in (SECRET, *lines) if secret in text]


@pytest.mark.filterwarnings("ignore:Requiring AUTH", "ignore::DeprecationWarning")
@pytest.mark.parametrize("status", [200, 403, 500, 302])
def test_it_shows_no_secret_anywhere(site, status, caplog, capfd):
    site, box, sink = site
    caplog.set_level(logging.DEBUG)
    late = reason(ReasonCode.PAST_DUE, Verdict.DELAYED, "25日過ぎています。", days=25)
    with open_store(site.database_url).begin():
        pass
    every = [f.id for _, _, f in site.plan_book.revisions[-1].projects()]
    findings = [finding(name, Verdict.DELAYED if name == "DX-02" else Verdict.ON_TRACK, *([late] if name == "DX-02" else [])) for name in every]  # fmt: skip
    recorded = record(site, judged("2026-11-24", *findings), "plain", NINE, ())
    assert recorded.messages == len(WAYS)
    tell_operator(site, "k", "件名", "本文", NINE)
    sink.status, sink.headers = status, {"Location": f"http://127.0.0.1:{sink.port}/{SECRET}"}
    box.answers = {} if status == 200 else {"DATA": f"554 no, {status}"}
    delivery = deliver(site, NINE + timedelta(days=1))
    assert (delivery.sent > 0) is (status == 200)
    said = [*delivery.problems, heartbeat(site), repr(site), repr(site.settings), str(site.settings)]

    files = write_report(site, recorded.run_id)
    said += [str(artifact.content) for artifact in publishable(site, recorded.run_id, files)]
    with open_store(site.database_url).begin() as connection:
        said += [str(row) for row in rows(connection, "togitsu")]
        previews = [preview_of(site, row.message) for row in rows(connection, "togitsu")]
    said += [each.content.decode("utf-8", "replace") for each in previews]
    kept = [path.read_bytes().decode("latin-1") for path in site.home.rglob("*") if path.is_file()]
    # What the test's own server wrote to its log is the other side's.
    logged = [entry.getMessage() for entry in caplog.records if not entry.name.startswith("mail.")]
    printed = capfd.readouterr()
    assert leaks("\n".join([*said, *kept, *logged, printed.out, printed.err])) == []
    # They were in use, and where they belong.
    assert box.logins and set(box.logins) == {("dx", SECRET)}
    assert f"/{SECRET}/HOOK" in [path for path, _, _ in sink.posts]
