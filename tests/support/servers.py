"""Real servers on loopback: an SMTP server and an HTTP sink, which answer as they are told."""

from __future__ import annotations

import email
import json
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.policy import default as modern
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class Mailbox:
    """An SMTP server. ``answers`` gives the reply to a command; ``hang_up`` breaks the connection off."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], email.message.EmailMessage]] = []
        self.raw: list[bytes] = []
        self.logins: list[tuple[str, str]] = []
        self.answers: dict[str, str] = {}
        self.hang_up = False
        self.port = 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 ok")

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get("RCPT", "250 ok")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        answer = self.answers.get("DATA", "250 taken")
        if answer.startswith("250"):
            self.raw.append(envelope.content)
            message = email.message_from_bytes(envelope.content, policy=modern)
            self.received.append((envelope.rcpt_tos, message))
        if self.hang_up:
            server.transport.abort()
        return answer

    def login(self, server, session, envelope, mechanism, data):
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"himitsu", handled=False)

    def take(self):
        """What arrived since the last look."""
        taken, self.received = self.received, []
        return taken


class _AnyPort(Controller):
    """aiosmtpd looks whether the server answers on the port it was given, not on the one it got."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server(tls: ssl.SSLContext | None = None, *, login: bool = False):
    """Run an SMTP server; with ``tls`` it offers STARTTLS, with ``login`` it asks for a password."""
    box = Mailbox()
    controller = _AnyPort(
        box, hostname="127.0.0.1", port=0, tls_context=tls, require_starttls=tls is not None,
        authenticator=box.login if login else None, auth_required=login, auth_require_tls=tls is not None,
    )  # fmt: skip
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


class Sink(ThreadingHTTPServer):
    """An HTTP server that keeps what is posted. ``status`` is its answer, ``delay`` how long it takes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posts: list[tuple[str, dict[str, str], dict]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.answers: dict[str, bytes] = {}
        self.delay = 0.0
        self.hang_up = False

    @property
    def port(self) -> int:
        return self.server_port

    def handle_error(self, request, client_address):
        """Say nothing of clients that did not wait."""


class _Handler(BaseHTTPRequestHandler):
    server: Sink

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        form = "urlencoded" in (self.headers["Content-Type"] or "")
        given = body.decode() if form else json.loads(body or b"null")
        self.server.posts.append((self.path, dict(self.headers), given))
        time.sleep(self.server.delay)
        if self.server.hang_up:
            self.connection.close()
            return
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.answers.get(self.path, b""))

    def log_message(self, *args):
        """Say nothing."""


@contextmanager
def http_sink():
    """Run an HTTP sink."""
    sink = Sink()
    threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield sink
    finally:
        sink.shutdown()
        sink.server_close()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1; return its file and the server's context with it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, private)
    return cert, context
