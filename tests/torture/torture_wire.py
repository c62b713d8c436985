"""The other side: an SMTP server and an HTTP sink in a process of their own, which note what they take.

Each message taken is one line of a file: how it came, its key, and whether it was marked as a resend.
The line is written before the answer goes out, so that nothing that was taken can be missing from it.
"""

from __future__ import annotations

import email
import json
import os
import sys
import threading
from email.policy import default as modern
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.controller import Controller

RESEND_HEADER = "X-Shinchoku-Resend"
MARK = "【再送の可能性】"


class Log:
    """The file of what was taken."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(self, way: str, key: str, marked: bool) -> None:
        """Write one line, in one call."""
        os.write(self._file, f"{way}\t{key}\t{int(marked)}\n".encode())


class _Mail:
    def __init__(self, log: Log) -> None:
        self._log = log

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=modern)
        marked = mail[RESEND_HEADER] is not None
        # People and programs must be told alike.
        assert marked == mail["Subject"].startswith(MARK)
        self._log.note("smtp", mail["Message-ID"].strip("<>").partition("@")[0], marked)
        return "250 taken"


class _AnyPort(Controller):
    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def serve(path: Path) -> None:
    """Serve until stdin is closed; the two ports are printed first."""
    log = Log(path)

    class Take(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            marked = self.headers[RESEND_HEADER] is not None
            assert marked == body["title"].startswith(MARK)
            log.note("http", self.headers["Idempotency-Key"], marked)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            """Say nothing."""

    class Sink(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request, client_address):
            """Say nothing of clients that were killed."""

    mail = _AnyPort(_Mail(log), hostname="127.0.0.1", port=0)
    mail.start()
    sink = Sink(("127.0.0.1", 0), Take)
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    print(mail.port, sink.server_port, flush=True)
    sys.stdin.read()
    mail.stop()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
