"""Documents of ``read --json``, which other programs write too: 事業 that they leave open are matched here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tasks.sheets.context import ReadingContext
from tasks.sheets.faults import RowCode
from tasks.sheets.records import Counts, FieldName, FileReading, Match, Observation, RowError
from tasks.sheets.words import quoted


def match_observations(readings: Iterable[FileReading], context: ReadingContext) -> tuple[FileReading, ...]:
    """Fill in ``project_id`` by ``project_name`` where a document of ``read --json`` leaves it null.

    A row whose 事業 stays unknown, or whose id is not in the plan, becomes a row error of its
    reading, so that it is told and not lost; one that is ruled to be none of the plan's is ignored.
    """
    return tuple(_matched(reading, context) for reading in readings)


def _matched(reading: FileReading, context: ReadingContext) -> FileReading:
    matched = [(row, _match_row(row, context)) for row in reading.observations]
    if all(not isinstance(found, RowError) and len(found) == 1 and found[0] is row for row, found in matched):
        return reading
    errors = [found for _, found in matched if isinstance(found, RowError)]
    taken = [found for _, found in matched if not isinstance(found, RowError)]
    told = reading.counts
    # A row that reports of several 事業 is one row; a document without counts has one observation a row.
    beyond = max(len(reading.observations) - told.accepted, 0) if told.rows else 0
    accepted = max(sum(map(bool, taken)) - beyond, 0)
    rejected, ignored = told.rejected + len(errors), told.ignored + sum(not found for found in taken)
    changes = {
        "observations": tuple(row for found in taken for row in found),
        "row_errors": (*reading.row_errors, *errors),
        "counts": Counts(
            rows=accepted + rejected + ignored, accepted=accepted, rejected=rejected, ignored=ignored
        ),
    }
    return reading.model_copy(update=changes)


def _match_row(row: Observation, context: ReadingContext) -> Sequence[Observation] | RowError:
    """Return a row for every 事業 that it reports of, none where it is none of the plan's."""
    if row.project_id in context.projects.names:
        return (row,)
    named = row.fields.get(FieldName.PROJECT_NAME)
    text = row.project_id or (str(named.value) if named else "")
    match = context.projects.by_name(text) if row.project_id is None and text else None
    if match:
        record = Match(method=match.method, score=match.score)
        return [row.model_copy(update={"project_id": m.project_id, "match": record}) for m in match.each()]
    if row.project_id is None and context.projects.is_outside(text):
        return ()
    near: Sequence[str] = context.projects.suggestions(text) if text else ()
    return RowError(
        sheet=row.sheet,
        cell=(named.cell if named else None) or f"A{row.row}",
        code=RowCode.UNKNOWN_PROJECT if text else RowCode.PROJECT_MISSING,
        message=f"事業{quoted(text)}は計画の事業として確認できないため、計画書の事業名で記入してください。"
        if text
        else "事業名が空欄のため、計画書の事業名を記入してください。",
        raw=text,
        suggestion=near[0] if near else None,
    )
