"""How a commitment stands: met, open, or never spoken of."""

from __future__ import annotations

from datetime import date
from enum import Enum

from plan_data.record import record
from tasks.progress.commitments import Promise
from tasks.progress.records import Evidence


class State(Enum):
    """Met; open, as somebody said; or silent: nothing was ever said about it."""

    MET = "met"
    OPEN = "open"
    SILENT = "silent"


@record
class Outcome:
    """How one commitment stands. ``late_from`` is the day whose next day is the first day late."""

    promise: Promise
    state: State
    late_from: date
    met_on: date | None = None
    evidence: tuple[Evidence, ...] = ()
    broken: bool = False

    def days_late(self, as_of: date) -> int:
        """Return the calendar days past due while open, 0 while there is time or once met."""
        if self.state is not State.OPEN:
            return 0
        late = (as_of - self.late_from).days
        # A service that stopped stands outside its commitment from the very day it is known.
        return max(late, 1) if self.broken else max(late, 0)
