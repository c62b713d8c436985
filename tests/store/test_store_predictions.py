"""Predictions in the store: kept when something else is said, and only then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tasks.progress.records import Judgement
from tasks.progress.score import Prediction
from tasks.store.predictions import predictions_known, predictions_put
from tasks.store.repositories import run_add

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DUE = date(2027, 3, 31)
FIRST = Prediction("DX-01", "導入1", DUE, date(2026, 11, 24), "open", ("early_warning",), DUE, DUE, 0.4)


@pytest.fixture
def put(store):
    """A run that says something, and how many rows that was."""

    def run(*said: Prediction, town="togitsu") -> int:
        made_on = said[0].made_on
        judgement = Judgement(town=town, as_of=made_on, fiscal_year="R8", plan_revision="R8.3", findings=())
        with store.begin() as connection:
            run_id = run_add(connection, judgement, "plain", datetime.now(UTC), NOW)
            return predictions_put(connection, town, run_id, said)

    return run


def known(store, as_of=date(2028, 1, 1), town="togitsu"):
    with store.begin() as connection:
        return predictions_known(connection, town, as_of)


def test_it_keeps_a_prediction_as_it_was_made(store, put):
    assert put(FIRST) == 1
    assert known(store) == [FIRST]


def test_it_keeps_nothing_where_the_same_is_said_again(store, put):
    put(FIRST)
    assert put(replace(FIRST, made_on=date(2026, 11, 25))) == 0
    assert known(store) == [FIRST]


@pytest.mark.parametrize(
    "change",
    [dict(rules=()), dict(p80=date(2027, 5, 1)), dict(probability=0.41), dict(state="met", met_on=DUE)],
)
def test_it_keeps_what_is_said_otherwise(store, put, change):
    put(FIRST)
    later = replace(FIRST, made_on=date(2026, 11, 25), **change)
    assert put(later) == 1
    assert known(store) == [FIRST, later]
    assert known(store, date(2026, 11, 24)) == [FIRST]


def test_of_two_runs_of_one_day_the_last_counts(store, put):
    put(FIRST)
    put(replace(FIRST, rules=()))
    assert known(store) == [replace(FIRST, rules=())]


def test_it_keeps_towns_and_commitments_apart(store, put):
    other = replace(FIRST, commitment="導入2")
    put(FIRST, other)
    assert put(FIRST, town="nagayo") == 1
    assert known(store) == [FIRST, other]
