"""What the intake hands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Submission:
    """One file as it was received: immutable, identified by its content.

    ``file`` is the name a person knows it by: the path below the inbox, with ``/``.
    ``place`` is where the archived copy lies, never the original. ``received_on`` is the day the watch
    first saw these bytes under this name (Asia/Tokyo); ``sha256`` is 64 hex digits.
    """

    town: str
    file: str
    sha256: str
    size: int
    received_on: date
    place: str

    @property
    def path(self) -> Path:
        """The archived copy."""
        return Path(self.place)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file of the inbox that may be a workbook. ``place`` is where it lies, ``file`` its path below the inbox.

    ``look`` is what a look from outside shows of it (size, times, which file it is); empty where that
    tells nothing.
    """

    file: str
    place: str
    look: str = ""

    @property
    def path(self) -> Path:
        """Where it lies."""
        return Path(self.place)

    @property
    def modified(self) -> float:
        """When it was last written, in seconds since 1970."""
        return int(self.look.split(" ", 2)[1]) / 1e9


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in the inbox that was not taken in, and why: a code, and one Japanese sentence."""

    file: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Collected:
    """What one look at the inbox gave.

    ``submissions`` are the newest of every file that is there, in the order of their names; ``new``
    names the files that are new or changed since the last look; ``gone`` those that were received before
    and are no longer there. What they said still counts.
    """

    submissions: tuple[Submission, ...]
    new: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    gone: tuple[str, ...] = ()
