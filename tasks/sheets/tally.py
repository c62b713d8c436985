"""What has been read of a file so far: observations, row errors, and how many rows were neither."""

from __future__ import annotations

from dataclasses import dataclass, field

from tasks.sheets.records import Counts, RowError
from tasks.sheets.reports import Reports


@dataclass(slots=True)
class Tally:
    """What has been read of one file so far; observations as the JSON they will be in its document.

    ``seen``: by 事業, department and, of a part of the 事業, its name: the reports of the table and the row in it, with
    the sheet and cell that name the 事業. ``also``: observations beyond the first of a row that reports of
    several 事業. ``outside``: the sheet and cell of rows that are none of the plan's.
    """

    observations: list[bytes] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    rejected: int = 0
    ignored: int = 0
    also: int = 0
    seen: dict[tuple[str, str | None, str], list[tuple[Reports, int, str, str]]] = field(default_factory=dict)
    outside: list[tuple[str, str]] = field(default_factory=list)

    def reject(self, *errors: RowError) -> None:
        """Count one rejected row with its errors."""
        self.rejected += 1
        self.errors.extend(errors)

    def is_empty(self) -> bool:
        """Return whether no row was looked at."""
        return not (self.observations or self.rejected or self.ignored)

    def counts(self) -> Counts:
        """Return the counts; every row that was looked at is in exactly one of them."""
        accepted = len(self.observations) - self.also
        rows = accepted + self.rejected + self.ignored
        return Counts(rows=rows, accepted=accepted, rejected=self.rejected, ignored=self.ignored)
