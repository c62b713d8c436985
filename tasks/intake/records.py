"""What the intake hands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Submission:
    """One file as it was received: immutable, identified by its content.

    ``file`` is the name a person knows it by: the path below the inbox, with ``/``.
    ``path`` is the archived copy, never the original. ``received_on`` is the day the watch
    first saw these bytes under this name (Asia/Tokyo); ``sha256`` is 64 hex digits.
    """

    town: str
    file: str
    sha256: str
    size: int
    received_on: date
    path: Path
