"""What stops the collecting of an inbox."""

from __future__ import annotations

from plan_data.mendable import MendableError


class IntakeError(MendableError):
    """The inbox cannot be read at all. ``str()`` is one Japanese line with the remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy


class FileNotTaken(Exception):
    """One file cannot be taken in just now; the next look judges it again.

    ``code`` and ``message`` (one Japanese sentence) are what Skipped says of it.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
