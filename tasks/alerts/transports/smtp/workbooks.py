"""The workbook of a day's report, to go with a mail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tasks.alerts.records import MessageKind
from tasks.alerts.transports.base import Outgoing

_MB = 1_048_576


@dataclass(frozen=True, slots=True)
class Workbooks:
    """The folder of reports, and the size above which none is attached: the link in the mail remains."""

    reports: Path
    max_mb: int

    def of(self, outgoing: Outgoing) -> tuple[str, bytes] | None:
        """Return name and content of the workbook a message speaks of; None where there is none to attach."""
        message = outgoing.message
        if message.kind is MessageKind.OPERATION:
            return None
        folder = self.reports / message.town / message.as_of.isoformat()
        for path in sorted(folder.glob("*.xlsx")):
            try:
                if not path.name.startswith((".", "~")) and path.stat().st_size <= self.max_mb * _MB:
                    return path.name, path.read_bytes()
            except OSError:
                continue
        return None
