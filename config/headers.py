"""The words of the departments' own sheets: column headers, and how phases and ratings are written."""

from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from config.section import Section, plain, refuse_repeated
from plan_data.explain import refuse

#: What a column can hold: the fields of a row, the 事業's id and the 担当課.
FieldName = Literal[
    "project_id",
    "project_name",
    "department",
    "phase",
    "progress",
    "started_on",
    "due_on",
    "finished_on",
    "held_count",
    "milestone",
    "milestone_due_on",
    "milestone_done_on",
    "self_rating",
    "budget",
    "issue",
    "remedy",
    "note",
    "reporter",
    "reported_on",
]
ReportedPhase = Literal[
    "事業検討",
    "導入",
    "運用",
    "継続",
    "移行完了",
    "改定",
    "強化",
    "運用停止",
    "未着手",
    "中止",
    "完了",
]
SelfRating = Literal["順調", "やや遅れ", "遅れ", "完了"]
BudgetStep = Literal["未要求", "要求済", "議決"]

Words = tuple[str, ...]
_VALUES = {"phases": ReportedPhase, "self_ratings": SelfRating, "budget": BudgetStep}


class Headers(Section):
    """Synonyms by what they mean. Texts are compared without width, case and white space."""

    fields: dict[FieldName, Words] = Field(description="列の見出し。欄の名前ごとに、見出しの書き方を並べる")
    phases: dict[ReportedPhase, Words] = Field(description="段階の書き方")
    self_ratings: dict[SelfRating, Words] = Field(description="自己評価の書き方")
    budget: dict[BudgetStep, Words] = Field(description="予算の状況の書き方")
    nulls: Words = Field(description="「値なし」とみなす書き方")
    department_labels: Words = Field(description="表の外に課名を書くときの見出し（担当課：〇〇課 など）")
    note_markers: Words = Field(description="この語で始まる行は注記とみなす")
    totals: Words = Field(description="この語だけの行は合計行とみなす")

    @model_validator(mode="after")
    def _every_field_has_a_header(self) -> Self:
        for name in get_args(FieldName):
            if not self.fields.get(name):
                refuse(("fields", name), "見出しがありません。一つ以上書いてください")
        return self

    @model_validator(mode="after")
    def _words_mean_one_thing(self) -> Self:
        for table in ("fields", "phases", "self_ratings", "budget"):
            words: dict[str, Words] = getattr(self, table)
            refuse_repeated(
                ((table, name, i), word)
                for name, synonyms in words.items()
                for i, word in enumerate(synonyms)
            )
            if table != "fields":
                _refuse_names_of_others(table, words)
        for name in ("nulls", "department_labels", "note_markers", "totals"):
            refuse_repeated(((name, i), word) for i, word in enumerate(getattr(self, name)))
        return self


def _refuse_names_of_others(table: str, words: dict[str, Words]) -> None:
    # A value's own name always means that value, listed or not.
    names = {plain(value): value for value in get_args(_VALUES[table])}
    for name, synonyms in words.items():
        for i, word in enumerate(synonyms):
            owner = names.get(plain(word), name)
            if owner != name:
                message = f"「{word}」は別の項目の名前そのものです。{owner}: の下に書いてください"
                refuse((table, name, i), message)
