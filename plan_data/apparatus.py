"""What stands in the document around its tables: editions, period, headquarters, national list, texts."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, pattern=r"^\S(.*\S)?$")]


class Record(BaseModel):
    """A frozen record in which an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class NationalItem(Record, title="国の取組事項"):
    """One item of the national list in 自治体DX推進計画."""

    id: str = Field(pattern=r"^[a-z]+-\d+$", title="ID")
    no: int = Field(ge=1, title="番号")
    group: Name = Field(title="区分")
    name: Name = Field(title="名称")


class Role(Record, title="推進本部の役職"):
    """One role of the headquarters with its members exactly as printed, repetitions kept."""

    name: Name = Field(title="役職")
    also: str = Field("", title="兼務")
    duty: str = Field("", title="役割")
    members: tuple[Name, ...] = Field(
        min_length=1, title="構成員", description="計画書のとおり（重複も残す）"
    )


class Edition(Record, title="版"):
    """One edition of the document; ``held`` tells whether it is among the data."""

    revision: str = Field(pattern=r"^R\d{1,2}\.\d{1,2}$", title="版")
    issued: Name = Field(title="発行", description="計画書の書き方のとおり")
    held: bool = Field(title="データの有無")
    remark: str = Field("", title="備考")


class Period(Record, title="計画期間"):
    """The period the plan speaks for, first and last day, and the sentence that says so."""

    start: date = Field(title="始まりの日")
    end: date = Field(title="終わりの日")
    statement: str = Field("", title="原文")


class Colophon(Record, title="奥付"):
    """The imprint."""

    issued: str = Field(title="発行")
    editor: str = Field(title="編集・発行")
    address: str = Field("", title="所在地")
    telephone: str = Field("", title="電話")
    url: str = Field("", title="URL")


class Section(Record, title="章の節"):
    """A section of the chapters before the tables."""

    place: Name = Field(title="場所")
    title: Name = Field(title="見出し")
    text: str = Field(min_length=1, title="本文")


class TranscriptionNote(Record, title="転記の記録"):
    """A place where the scan is damaged or doubtful: as scanned, and as transcribed (equal: left as it is)."""

    place: Name = Field(title="場所")
    scanned: str = Field(min_length=1, title="読み取られた文字")
    transcribed: str = Field(min_length=1, title="データの文字")
    reason: str = Field("", title="理由")

    @property
    def corrected(self) -> bool:
        """Whether the text was corrected, rather than only doubted."""
        return self.scanned != self.transcribed
