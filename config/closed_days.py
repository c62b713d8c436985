"""Days on which the town hall is closed besides weekends, holidays and 12/29–1/3."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from config.business_days import BusinessCalendar
from config.section import Section, refuse_repeated


class ClosedDay(Section):
    """One day and why it is closed."""

    day: date = Field(description="日付。例: 2026-08-14")
    name: str = Field(min_length=1, description="閉庁の理由又は祝日の名称")


class ClosedDays(Section):
    """The town's own closed days, and holidays of a new law that the calendar does not know yet."""

    closed: tuple[ClosedDay, ...] = Field(description="町が独自に閉庁する日")
    added_holidays: tuple[ClosedDay, ...] = Field(description="法改正で新たに加わった祝日")

    @model_validator(mode="after")
    def _days_are_listed_once(self) -> Self:
        tables = (("closed", self.closed), ("added_holidays", self.added_holidays))
        refuse_repeated(
            ((table, i, "day"), entry.day.isoformat())
            for table, days in tables
            for i, entry in enumerate(days)
        )
        return self

    def calendar(self) -> BusinessCalendar:
        """Return the business days that follow."""
        return BusinessCalendar(
            frozenset(entry.day for entry in self.closed),
            frozenset(entry.day for entry in self.added_holidays),
        )
