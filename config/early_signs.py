"""Single signs told as 参考: which are told, from what count on, and why. Data of rules.yaml."""

from pydantic import Field

from config.section import Section


class Sign(Section):
    """One sign: whether it is told."""

    on: bool = Field(strict=True, description="参考として示すか")
    why: str = Field(min_length=1, description="示す（示さない）理由")


class CountedSign(Sign):
    """A sign that is told from a number of 事業 on."""

    from_count: int = Field(ge=2, le=100, strict=True, description="この件数以上で示す")


class TextSign(Sign):
    """A sign that is told of texts from a length on."""

    from_characters: int = Field(ge=1, le=1000, strict=True, description="この文字数以上の文を比べる")


class EarlySigns(Section):
    """The signs. None of them moves a verdict."""

    simultaneous_introduction: CountedSign = Field(description="一つの課で、来年度の導入が重なる")
    late_filing: Sign = Field(description="回答の期日を過ぎた報告")
    copied_text: TextSign = Field(description="課題と対応の文が、前の報告期間と同じ")
    unchanged_cells: Sign = Field(description="報告の内容が、前の報告期間から変わっていない")
