"""The channels against real servers on loopback: what arrives, and what each failure means."""

from __future__ import annotations

import email
import logging
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from email.policy import default as modern

import pytest
from servers import certificate, http_sink, smtp_server
from telling import message

from tasks.alerts.transports.base import Fault, Outgoing, TransportError
from tasks.alerts.transports.folder.transport import FolderTransport
from tasks.alerts.transports.http import Door
from tasks.alerts.transports.smtp.transport import SmtpTransport
from tasks.alerts.transports.webhook.transport import WebhookTransport

FIRST, AGAIN = Outgoing(message(), resend=False), Outgoing(message(), resend=True)
BODY = {
    "title": "{subject}",
    "deep": [{"text": "{text}", "n": 3, "ok": True}],
    "id": "{message_id}",
    "link": "{url}",
    "town": "{town}の{unknown}",
}


def mailer(port: int, **more) -> SmtpTransport:
    values = {
        "host": "127.0.0.1",
        "port": port,
        "sender": "dx@example.jp",
        "starttls": False,
        "silent_seconds": 5.0,
    }
    return SmtpTransport(**{**values, **more})


def hook(port: int, **more) -> WebhookTransport:
    door = {name: more.pop(name) for name in ("answer_seconds", "connect_seconds") if name in more}
    url = f"http://127.0.0.1:{port}/himitsu?key=himitsu"
    return WebhookTransport(Door(url, (f"127.0.0.1:{port}",), **door), body=BODY, town="時津町", **more)


def failed(transport, outgoing=FIRST) -> TransportError:
    with pytest.raises(TransportError) as error:
        transport.send(outgoing)
    said = str(error.value)
    assert (
        "\n" not in said
        and said.endswith("。")
        and "himitsu" not in said
        and "himitsu" not in repr(transport)
    )
    return error.value


def shown(mail) -> str:
    """The plain text as a mailer shows it; on the way its lines end with CR LF."""
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


@contextmanager
def closed_port():
    """A port on which nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


# --- SMTP ---


def test_it_sends_a_mail_that_reads_as_it_was_written():
    with smtp_server() as box:
        mailer(box.port).send(FIRST)
    ((recipients, mail),) = box.take()
    assert recipients == ["jimukyoku@example.jp"]
    assert mail["Subject"] == message().subject
    assert mail["To"].addresses[0].display_name == "行政管理課 DX推進本部事務局"
    assert str(mail["From"]) == "進捗監視 <dx@example.jp>"
    assert mail["Message-ID"] == message().message_id
    assert mail["Date"].datetime == datetime(2026, 11, 24, 0, 5, tzinfo=UTC)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert shown(mail) == "本文です。\n"
    assert "<p>本文です。</p>" in mail.get_body(("html",)).get_content()
    # On the wire everything is plain ASCII in short lines, as any old server takes it.
    assert box.raw[0].isascii() and max(map(len, box.raw[0].splitlines())) <= 998


def test_it_sends_the_same_message_again_under_the_same_id_and_says_so():
    with smtp_server() as box:
        for outgoing in (FIRST, AGAIN):
            mailer(box.port).send(outgoing)
    (_, first), (_, again) = box.take()
    assert first["Message-ID"] == again["Message-ID"] and first["Date"] == again["Date"]
    assert again["Subject"] == "【再送の可能性】" + first["Subject"]
    for kind in ("plain", "html"):
        assert "再送の可能性" in again.get_body((kind,)).get_content()
        assert "再送の可能性" not in first.get_body((kind,)).get_content()


# what the server says, to what                     what it means
SMTP_ANSWERS = [
    ("RCPT", "550 5.1.1 no such user", Fault.PERMANENT),
    ("RCPT", "450 4.2.1 greylisted", Fault.TRANSIENT),
    ("RCPT", "421 closing", Fault.UNREACHABLE),
    ("MAIL", "553 sender not allowed", Fault.UNREACHABLE),
    ("MAIL", "451 later", Fault.TRANSIENT),
    ("DATA", "554 refused as spam", Fault.PERMANENT),
    ("DATA", "452 mailbox full", Fault.TRANSIENT),
    ("DATA", "421 shutting down", Fault.UNREACHABLE),
]


@pytest.mark.parametrize(("command", "answer", "fault"), SMTP_ANSWERS)
def test_it_knows_what_an_smtp_answer_means(command, answer, fault):
    with smtp_server() as box:
        box.answers = {command: answer}
        error = failed(mailer(box.port))
        assert error.fault is fault and answer.partition(" ")[2] in str(error)
        box.answers = {}
        mailer(box.port).send(FIRST)


def test_it_does_not_know_whether_a_mail_was_taken_when_the_server_is_gone_after_data():
    with smtp_server() as box:
        box.hang_up = True
        assert failed(mailer(box.port)).fault is Fault.UNKNOWN
    assert len(box.received) == 1


def test_it_waits_for_nobody_for_ever():
    """A server that greets and then is silent, and one that talks on and on, a byte at a time."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    for _ in range(200):
                        connection.sendall(b"2")
                        threading.Event().wait(0.02)
                except OSError:
                    pass

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        assert failed(mailer(port, seconds=0.2, silent_seconds=0.15)).fault is Fault.UNREACHABLE
        thread.join(5)
        assert not thread.is_alive()


def test_it_says_that_a_mail_server_is_not_there():
    with closed_port() as port:
        error = failed(mailer(port))
    assert error.fault is Fault.UNREACHABLE and f"127.0.0.1:{port}" in str(error)


def test_it_logs_in_over_an_encrypted_connection(tmp_path, monkeypatch):
    cert, context = certificate(tmp_path)
    with smtp_server(context, login=True) as box:
        secure = mailer(box.port, starttls=True, username="dx", password="himitsu")
        # Nobody vouches for the certificate: the password stays here.
        assert failed(secure).fault is Fault.UNREACHABLE
        assert box.logins == []
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        secure.send(FIRST)
        assert box.logins == [("dx", "himitsu")] and len(box.take()) == 1
        wrong = mailer(box.port, starttls=True, username="dx", password="himitsu2")
        error = failed(wrong)
        assert error.fault is Fault.UNREACHABLE and "535" in str(error)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_it_sends_no_password_in_clear(monkeypatch):
    with smtp_server(login=True) as box:
        plain = mailer(box.port, username="dx", password="himitsu")
        plain.send(FIRST)  # within the machine nobody listens
        monkeypatch.setattr("tasks.alerts.transports.smtp.transport._LOOPBACK", frozenset())
        assert "暗号化されていない" in str(failed(plain))
    assert len(box.logins) == 1


# --- webhook ---


def test_it_posts_json_of_the_channels_own_shape():
    with http_sink() as sink:
        hook(sink.port, secret=("X-Token", "himitsu")).send(FIRST)
    ((path, headers, body),) = sink.posts
    assert path == "/himitsu?key=himitsu"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Idempotency-Key"] == message().idempotency_key
    assert headers["X-Token"] == "himitsu"
    assert body == {
        "title": message().subject,
        "deep": [{"text": "本文です。\n", "n": 3, "ok": True}],
        "id": message().message_id,
        "link": "https://dx.example.jp/report.html",
        "town": "時津町の{unknown}",
    }


def test_it_posts_a_resend_under_the_same_key_and_says_so():
    with http_sink() as sink:
        hook(sink.port).send(FIRST)
        hook(sink.port).send(AGAIN)
    (_, first, _), (_, again, body) = sink.posts
    assert first["Idempotency-Key"] == again["Idempotency-Key"]
    assert body["title"].startswith("【再送の可能性】") and "再送の可能性" in body["deep"][0]["text"]


# answer        what it means
HTTP_ANSWERS = [
    (200, None),
    (202, None),
    (204, None),
    (302, Fault.UNREACHABLE),  # nobody is followed anywhere
    (400, Fault.PERMANENT),
    (413, Fault.PERMANENT),
    (401, Fault.UNREACHABLE),
    (404, Fault.UNREACHABLE),
    (408, Fault.TRANSIENT),
    (429, Fault.TRANSIENT),
    (503, Fault.TRANSIENT),
    (500, Fault.UNKNOWN),
    (504, Fault.UNKNOWN),
]


@pytest.mark.parametrize(("status", "fault"), HTTP_ANSWERS)
def test_it_knows_what_an_http_answer_means(status, fault):
    with http_sink() as sink, http_sink() as elsewhere:
        sink.status = status
        sink.headers = {"Location": f"http://127.0.0.1:{elsewhere.port}/"}
        if fault is None:
            hook(sink.port).send(FIRST)
        else:
            error = failed(hook(sink.port))
            assert error.fault is fault and str(status) in str(error)
        assert len(sink.posts) == 1 and elsewhere.posts == []


def test_it_does_not_know_whether_a_post_was_taken_when_no_answer_comes():
    with http_sink() as sink:
        sink.hang_up = True
        assert failed(hook(sink.port)).fault is Fault.UNKNOWN
        sink.hang_up, sink.delay = False, 0.2
        assert failed(hook(sink.port, answer_seconds=0.05)).fault is Fault.UNKNOWN
    assert len(sink.posts) == 2


def test_it_says_that_a_host_is_not_there():
    with closed_port() as port:
        error = failed(hook(port))
    assert error.fault is Fault.UNREACHABLE and f"127.0.0.1:{port}" in str(error)


def test_it_takes_no_proxy_from_the_environment(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with http_sink() as sink:
        hook(sink.port).send(FIRST)
    assert len(sink.posts) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_it_logs_no_secret_even_when_everything_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    with http_sink() as sink, smtp_server(login=True) as box:
        hook(sink.port, secret=("X-Token", "himitsu")).send(FIRST)
        mailer(box.port, username="dx", password="himitsu").send(FIRST)
    assert "himitsu" not in "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("mail.")
    )


# --- folder ---


def test_it_writes_a_file_that_a_mailer_opens(tmp_path):
    FolderTransport(tmp_path / "outbox", "jimukyoku@example.jp").send(FIRST)
    (path,) = (tmp_path / "outbox").iterdir()
    assert path.name.startswith("2026-11-24_00001_事務局_") and path.suffix == ".eml"
    mail = email.message_from_bytes(path.read_bytes(), policy=modern)
    assert mail["Subject"] == message().subject and mail["X-Unsent"] == "1"
    assert shown(mail) == "本文です。\n"
    assert b"\r\n" in path.read_bytes()


def test_it_writes_one_file_a_message_however_often_it_is_written(tmp_path):
    folder = FolderTransport(tmp_path, "jimukyoku@example.jp")
    for outgoing in (FIRST, AGAIN, Outgoing(message(key="other"), resend=False)):
        folder.send(outgoing)
    assert len(list(tmp_path.iterdir())) == 2


def test_it_names_files_so_that_they_sort_and_no_system_minds(tmp_path):
    folder = FolderTransport(tmp_path, "jimukyoku@example.jp")
    hostile = '担当課:../..\\a<b>"c|d?*\r\n' + "長" * 99
    for number, (day, run) in enumerate([("2026-11-24", 9), ("2026-11-24", 10), ("2026-12-01", 11)]):
        folder.send(
            Outgoing(message(key=str(number), as_of=day, run_id=run, recipient=hostile), resend=False)
        )
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name[:16] for name in names] == ["2026-11-24_00009", "2026-11-24_00010", "2026-12-01_00011"]
    assert not any(set(name) & set('/\\:*?"<>|\r\n') for name in names) and max(map(len, names)) < 80


def test_it_says_that_the_folder_cannot_be_written_to_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "file").write_text("")
    error = failed(FolderTransport(tmp_path / "file" / "outbox", "jimukyoku@example.jp"))
    assert error.fault is Fault.UNREACHABLE and "権限と空き容量" in str(error)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("header", ["subject", "name", "address"])
def test_it_refuses_a_line_break_in_a_header(header, tmp_path):
    broken = Outgoing(message(**{header: "a@example.jp\r\nBcc: b@example.jp"}), resend=False)
    with pytest.raises(ValueError):
        FolderTransport(tmp_path, "jimukyoku@example.jp").send(broken)
    assert list(tmp_path.iterdir()) == []
