"""How a portfolio of projects from elsewhere is read: its columns, its ratings, and what counts as a slip."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from config.early_warning import SignalName
from config.section import Section, refuse_repeated


class PortfolioField(StrEnum):
    """What a column can mean. ``id``, ``snapshot_on`` and ``ends_on`` must be there."""

    ID = "id"
    NAME = "name"
    SNAPSHOT_ON = "snapshot_on"
    STARTS_ON = "starts_on"
    ENDS_ON = "ends_on"
    RATING = "rating"
    TEXT = "text"


class Portfolio(Section):
    """Synonyms and limits of ``shinchoku portfolio``; texts are compared without width, case, spaces and marks."""

    slip_months: int = Field(
        ge=1, le=120, strict=True, description="遅れと数える延び（月）。これより長いもの"
    )
    columns: dict[PortfolioField, tuple[str, ...]] = Field(description="列の見出し（先に書いたものを優先）")
    ratings: dict[str, float] = Field(description="自己評価の語と、その悪さ（0 が良い、1 が悪い）")
    points: dict[SignalName, float] = Field(description="手掛かりごとの点数（ここにない手掛かりは数えない）")
    nulls: tuple[str, ...] = Field(description="値がないことを示す語")

    @model_validator(mode="after")
    def _words_are_told_apart(self) -> Self:
        refuse_repeated(
            (("columns", field.value, i), word)
            for field, words in self.columns.items()
            for i, word in enumerate(words)
        )
        refuse_repeated((("ratings", word), word) for word in self.ratings)
        return self
