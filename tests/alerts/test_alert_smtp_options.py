"""SMTP: encrypted from the first word on, and the workbook that goes with a mail."""

from __future__ import annotations

import socket
import ssl

import pytest
from aiosmtpd.controller import Controller
from servers import Mailbox, certificate, smtp_server
from telling import message

from tasks.alerts.records import MessageKind
from tasks.alerts.transports.base import Fault, Outgoing, TransportError
from tasks.alerts.transports.smtp.transport import SmtpTransport
from tasks.alerts.transports.smtp.workbooks import Workbooks

FIRST = Outgoing(message(), resend=False)


class _Encrypted(Controller):
    """aiosmtpd's own with TLS from the first word; its look at itself would not trust our certificate."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", self.port)) as raw, trusting.wrap_socket(raw) as wire:
            wire.recv(100)


def test_it_speaks_tls_from_the_first_word_on(tmp_path, monkeypatch):
    cert, context = certificate(tmp_path)
    box = Mailbox()
    server = _Encrypted(box, hostname="127.0.0.1", port=0, ssl_context=context)
    server.start()
    try:
        sender = SmtpTransport("127.0.0.1", server.port, "dx@example.jp", starttls=False, tls=True)
        with pytest.raises(TransportError) as error:
            sender.send(FIRST)
        assert error.value.fault is Fault.UNREACHABLE and box.received == []
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        assert ssl.create_default_context().cert_store_stats()["x509_ca"] >= 1
        sender.send(FIRST)
    finally:
        server.stop()
    assert len(box.received) == 1


@pytest.fixture
def reports(tmp_path):
    """A folder of reports with the workbook of the day."""
    folder = tmp_path / "togitsu" / "2026-11-24"
    folder.mkdir(parents=True)
    (folder / "進捗一覧.xlsx").write_bytes(b"PK" + bytes(2000))
    (folder / "~$進捗一覧.xlsx").write_bytes(b"lock")
    (folder / "report.html").write_text("x", encoding="utf-8")
    return tmp_path


def test_it_attaches_the_workbook_of_the_day(reports):
    with smtp_server() as box:
        SmtpTransport(
            "127.0.0.1", box.port, "dx@example.jp", starttls=False, workbooks=Workbooks(reports, 5)
        ).send(FIRST)
    ((_, mail),) = box.take()
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "進捗一覧.xlsx" and attached.get_content() == b"PK" + bytes(2000)
    assert mail.get_body(("plain",)).get_content().strip() == "本文です。"
    assert max(map(len, box.raw[0].split(b"\r\n"))) <= 998 and box.raw[0].isascii()


def test_it_attaches_nothing_that_is_not_there_or_too_large_or_not_spoken_of(reports):
    assert Workbooks(reports, 5).of(FIRST) is not None
    assert Workbooks(reports, 0).of(FIRST) is None
    assert Workbooks(reports, 5).of(Outgoing(message(as_of="2026-11-25"), resend=False)) is None
    assert Workbooks(reports, 5).of(Outgoing(message(kind=MessageKind.OPERATION), resend=False)) is None
