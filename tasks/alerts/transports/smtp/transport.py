"""Sends each message by SMTP, one connection a message.

Whether a message was taken is known up to DATA; once its text is on the way and no answer comes,
nobody knows (RFC 1047). So the steps are taken one by one, each with its own meaning of failure.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.alerts.mail import mail
from tasks.alerts.transports.base import Fault, Outgoing, Receipt, TransportError, revealed
from tasks.alerts.transports.smtp.workbooks import Workbooks
from tasks.alerts.wording import one_line

if TYPE_CHECKING:
    from config.site import Site

#: Seconds without a sign from the server; RFC 5321 allows minutes, a town's own server needs none.
SILENT_SECONDS = 20.0
#: Seconds after which the connection is cut, however slowly the server goes on talking.
WHOLE_SECONDS = 60.0
_SMTPS_PORT = 465
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """One mail server. The password is never shown, not even by ``repr``."""

    host: str
    port: int
    sender: str
    starttls: bool
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    silent_seconds: float = SILENT_SECONDS
    seconds: float = WHOLE_SECONDS
    pause: float = 0.0
    #: Encrypted from the first word on, as on port 465.
    tls: bool = False
    workbooks: Workbooks | None = None

    def send(self, outgoing: Outgoing) -> Receipt:
        """Send one message; return once the server has taken it."""
        workbook = self.workbooks.of(outgoing) if self.workbooks is not None else None
        content = mail(outgoing, self.sender, workbook).as_bytes()
        with self._connection() as server:
            self._deliver(server, outgoing.message.address, content)
        return Receipt.DELIVERED

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        server = self._server()
        cut = threading.Timer(self.seconds, _cut, [server])
        cut.daemon = True
        cut.start()
        try:
            self._connect(server)
            self._log_in(server)
            yield server
            # The answer to the message has come; what the server says to QUIT changes nothing.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
        finally:
            cut.cancel()
            server.close()

    def _server(self) -> smtplib.SMTP:
        # The library would ask the network for the machine's full name, and wait for the answer.
        name = socket.gethostname()
        own = name if name.isascii() else "localhost"
        if self._tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(local_hostname=own, timeout=self.silent_seconds, context=context)
        return smtplib.SMTP(local_hostname=own, timeout=self.silent_seconds)

    def _connect(self, server: smtplib.SMTP) -> None:
        try:
            # STARTTLS and TLS check the certificate against the host that the library notes here.
            server._host = self.host  # type: ignore[attr-defined]
            code, _ = server.connect(self.host, self.port)
        except (OSError, smtplib.SMTPException) as error:
            raise self._unreachable("につながりません", error) from error
        if code != 220:
            raise self._unreachable(f"が接続を受け付けません（{code}）", None)

    def _log_in(self, server: smtplib.SMTP) -> None:
        try:
            server.ehlo_or_helo_if_needed()
            if self.starttls and not self._tls:
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if self.username is not None:
                self._keep_password(server)
                server.login(self.username, self.password or "")
        except smtplib.SMTPAuthenticationError as error:
            # Not chained: the server's answer may repeat what was sent.
            raise self._unreachable(
                f"が利用者名とパスワードを受け付けません（{error.smtp_code}）", None
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            raise self._unreachable("との通信を始められません", error) from None

    def _keep_password(self, server: smtplib.SMTP) -> None:
        """Refuse to show a password to everybody on the way."""
        if self.host not in _LOOPBACK and not isinstance(server.sock, ssl.SSLSocket):
            raise TransportError(
                f"{self._name}との通信が暗号化されていないため、パスワードを送りません。"
                "channels.yaml の starttls を true にしてください。",
                Fault.UNREACHABLE,
            )

    def _deliver(self, server: smtplib.SMTP, address: str, content: bytes) -> None:
        try:
            self._expect(server.mail(self.sender), "が差出人を受け付けません", Fault.UNREACHABLE)
            self._expect(server.rcpt(address), "が宛先を受け付けません", Fault.PERMANENT)
        except (OSError, smtplib.SMTPException) as error:
            raise self._unreachable("との通信が途中で切れました", error) from error
        try:
            self._expect(server.data(content), "が本文を受け付けません", Fault.PERMANENT)
        except smtplib.SMTPDataError as error:
            self._expect((error.smtp_code, error.smtp_error), "が本文を受け付けません", Fault.PERMANENT)
        except (OSError, smtplib.SMTPException) as error:
            raise TransportError(
                f"{self._name}から、受け取ったかどうかの返事がありません（{type(error).__name__}）。",
                Fault.UNKNOWN,
            ) from error

    def _expect(self, answer: tuple[int, bytes | str], what: str, refused: Fault) -> None:
        """Raise unless the server agreed: ``refused`` for 5xx, to be tried again for 4xx."""
        code, said = answer
        if code in (250, 251):
            return
        text = one_line(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)
        fault = refused if code >= 500 else Fault.UNREACHABLE if code == 421 else Fault.TRANSIENT
        raise TransportError(f"{self._name}{what}（{code} {text}）。", fault)

    def _unreachable(self, what: str, error: Exception | None) -> TransportError:
        why = f"（{type(error).__name__}）" if error else ""
        return TransportError(
            f"{self._name}{what}{why}。サーバが動いているか、SHINCHOKU_SMTP_… の設定が正しいかを確かめてください。",
            Fault.UNREACHABLE,
        )

    @property
    def _tls(self) -> bool:
        return self.tls or self.port == _SMTPS_PORT

    @property
    def _name(self) -> str:
        return f"メールサーバ {self.host}:{self.port} "


def _cut(server: smtplib.SMTP) -> None:
    """Break the connection under a send that takes too long, which then fails by itself."""
    with suppress(OSError, AttributeError):
        server.sock.shutdown(2)  # type: ignore[union-attr]


def connect(site: Site, channel_id: str) -> SmtpTransport:
    """Return the transport; raise TransportError that names the setting that is missing."""
    channel, settings = site.config.channels.channels[channel_id], site.settings
    assert channel.kind == "smtp"  # noqa: S101 - the registry chose this module by it
    host = channel.host or settings.smtp_host
    sender = channel.sender or settings.smtp_from
    for value, name in ((host, "SMTP_HOST"), (sender, "SMTP_FROM")):
        if not value:
            raise TransportError(f"メールの送信に要る設定 SHINCHOKU_{name} がありません。", Fault.UNREACHABLE)
    password = settings.smtp_password
    return SmtpTransport(
        host=host or "",
        port=channel.port or settings.smtp_port,
        sender=sender or "",
        starttls=settings.smtp_starttls if channel.starttls is None else channel.starttls,
        username=settings.smtp_username,
        password=revealed(password) if password else None,
        tls=channel.tls,
        workbooks=Workbooks(site.reports, channel.attach_max_mb) if channel.attach_workbook else None,
    )
