"""The rows of what was predicted: one for each time that something else was said of a commitment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from tasks.progress.score import Prediction
from tasks.store.tables import predictions

_NAMES = tuple(field.name for field in fields(Prediction))


def predictions_put(connection: Connection, town: str, run_id: int, said: Sequence[Prediction]) -> int:
    """Store what a run said where it is not what was said before; return how many rows that were.

    What is said again stands from the day it was first said. Of several runs of one day the last counts.
    """
    before = _latest(connection, town)
    fresh, again = [], []
    for prediction in said:
        row_id, known = before.get((prediction.project_id, prediction.commitment), (None, None))
        if known is not None and _words(known) == _words(prediction):
            continue
        values = {"town": town, "run_id": run_id, **_columns(prediction)}
        if known is not None and known.made_on == prediction.made_on:
            again.append((row_id, values))
        else:
            fresh.append(values)
    if fresh:
        connection.execute(insert(predictions), fresh)
    for row_id, values in again:
        connection.execute(update(predictions).where(predictions.c.id == row_id).values(values))
    return len(fresh) + len(again)


def predictions_known(connection: Connection, town: str, as_of: date) -> list[Prediction]:
    """Return everything that was predicted of a town by ``as_of``, oldest first."""
    query = (
        select(predictions)
        .where(predictions.c.town == town, predictions.c.made_on <= as_of)
        .order_by(predictions.c.made_on, predictions.c.id)
    )
    return [_prediction(row._mapping) for row in connection.execute(query)]


def _latest(connection: Connection, town: str) -> dict[tuple[str, str], tuple[int, Prediction]]:
    newest = (
        select(func.max(predictions.c.id))
        .where(predictions.c.town == town)
        .group_by(predictions.c.project_id, predictions.c.commitment)
    )
    rows = connection.execute(
        select(predictions).where(and_(predictions.c.town == town, predictions.c.id.in_(newest)))
    )
    return {(row.project_id, row.commitment): (row.id, _prediction(row._mapping)) for row in rows}


def _columns(prediction: Prediction) -> dict[str, Any]:
    return {**_words(prediction), "made_on": prediction.made_on, "rules": list(prediction.rules)}


def _prediction(row: Any) -> Prediction:
    values = {name: row[name] for name in _NAMES}
    return Prediction(**{**values, "rules": tuple(values["rules"])})


def _words(prediction: Prediction) -> dict[str, Any]:
    return {name: getattr(prediction, name) for name in _NAMES if name != "made_on"}
