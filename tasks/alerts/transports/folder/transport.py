"""Writes each message as an .eml file into the outbox folder."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from plan_data.record import record
from tasks.alerts.mail import mail
from tasks.alerts.transports.base import Fault, Outgoing, Receipt, TransportError

if TYPE_CHECKING:
    from config.site import Site

# What Windows or a shell takes for something else.
_UNFIT = re.compile(r'[\x00-\x20\\/:*?"<>|.]+')


@record
class FolderTransport:
    """A folder, and the address the files say they are from."""

    folder: Path
    sender: str
    seconds: float = 30.0
    pause: float = 0.0

    def send(self, outgoing: Outgoing) -> Receipt:
        """Write the file in one go; the same message written again replaces itself."""
        made = mail(outgoing, self.sender)
        # Outlook opens such a file as a draft, which the secretariat can send on as it is.
        made["X-Unsent"] = "1"
        path = self.folder / file_name(outgoing)
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with fresh.open("wb") as file:
                file.write(made.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError as error:
            raise TransportError(
                f"通知のフォルダ「{self.folder}」に書き込めません（{error.strerror}）。権限と空き容量を確かめてください。",
                Fault.UNREACHABLE,
            ) from error
        finally:
            with suppress(OSError):
                fresh.unlink()
        return Receipt.DELIVERED


def file_name(outgoing: Outgoing) -> str:
    """Return ``2026-11-24_00012_担当課_税務課_1f3a5c7e.eml``: sorted by day and run, the same every time."""
    message = outgoing.message
    role = _UNFIT.sub("_", message.recipient)[:40]
    return f"{message.as_of.isoformat()}_{message.run_id:05d}_{role}_{message.idempotency_key[:8]}.eml"


def connect(site: Site, channel_id: str) -> FolderTransport:
    """Return the transport; the files are from the sender of the settings, else from the secretariat."""
    secretariat = site.config.people.roles["事務局"].address
    return FolderTransport(site.outbox, site.settings.smtp_from or secretariat)
