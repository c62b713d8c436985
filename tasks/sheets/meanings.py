"""What a column can mean: which fields prove something, and how the words over it change its field."""

from __future__ import annotations

from collections.abc import Iterable

from tasks.sheets.records import FieldName
from tasks.sheets.words import key

PROJECT_ID = "project_id"
PROJECT_NAME = FieldName.PROJECT_NAME.value
DEPARTMENT = "department"
#: What names the 事業 of a row.
IDENTITY = frozenset({PROJECT_ID, PROJECT_NAME})
#: A column that is understood, and not read.
NOT_READ = ""

#: The fields that say how a 事業 stands. The others (課題, 備考 and so on) explain, and prove nothing.
STATUS_FIELDS = frozenset(FieldName) - {
    FieldName.PROJECT_NAME,
    FieldName.ISSUE,
    FieldName.REMEDY,
    FieldName.NOTE,
    FieldName.REPORTER,
    FieldName.REPORTED_ON,
}

# Words over a column, or in brackets behind its name, by which it gives what was intended, or how it
# stood before. Neither says how a 事業 stands now: a planned progress or an earlier phase is not read.
_PLANNED = frozenset(
    map(key, ("計画", "計画値", "当初計画", "予定", "当初予定", "目標", "目標値", "見込", "見込み"))
)
_PAST = frozenset(map(key, ("前回", "前回報告", "前回実績", "前月", "前期", "前四半期", "前年度", "昨年度")))
_PLANNED_MEANING: dict[str, str] = {
    FieldName.FINISHED_ON: FieldName.DUE_ON.value,
    FieldName.MILESTONE_DONE_ON: FieldName.MILESTONE_DUE_ON.value,
    FieldName.STARTED_ON: NOT_READ,
    FieldName.PHASE: NOT_READ,
    FieldName.PROGRESS: NOT_READ,
    FieldName.HELD_COUNT: NOT_READ,
}
#: What a date under the word 節目 or マイルストーン is.
MILESTONE_MEANING: dict[str, str] = {
    FieldName.FINISHED_ON: FieldName.MILESTONE_DONE_ON.value,
    FieldName.DUE_ON: FieldName.MILESTONE_DUE_ON.value,
}

#: What stands over the names of milestones, below a word for 節目.
MILESTONE_NAMES = frozenset(map(key, ("名称", "名前", "名", "内容", "項目")))


def in_group(found: str, words: Iterable[str]) -> str:
    """Return what a column holds under these words: 完了日 under 計画 is a planned date."""
    folded = {key(word) for word in words}
    if folded & _PAST and found in STATUS_FIELDS:
        return NOT_READ
    return _PLANNED_MEANING.get(found, found) if folded & _PLANNED else found
