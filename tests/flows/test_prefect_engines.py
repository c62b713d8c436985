"""One body, two engines, one result."""

from __future__ import annotations

import pytest
from real_cockpit import MAIN
from watch_runs import at, document, python, run_watch

# Three steps under the Prefect engine: what they return, in which order, and what is tried again.
TOY = """
import json
from prefect import flow
from flows.prefect_engine import PrefectEngine
from tasks.step import TransientError, step

tries = {"passing": 0, "lasting": 0}

@step("数える", "数を返します。", run_name="数える {n}")
def count(n): return n

@step("一時的な障害", "三度目にうまくいきます。", retries=2, retry_delay=0)
def passing():
    tries["passing"] += 1
    if tries["passing"] < 3:
        raise TransientError("混み合っています")
    return "できた"

@step("続く障害", "何度しても同じです。", retries=2, retry_delay=0)
def lasting():
    tries["lasting"] += 1
    raise ValueError("壊れています")

@flow(name="試し")
def toy():
    engine = PrefectEngine()
    counted = engine.each(count, [(n,) for n in range(9)])
    done = engine.call(passing)
    try:
        engine.call(lasting)
    except ValueError as fault:
        return {"counted": counted, "done": done, "fault": str(fault), "tries": tries}

print(json.dumps(toy(), ensure_ascii=False))
"""


@pytest.fixture(scope="module")
def documents(cockpit, sample_inbox, tmp_path_factory):
    """The run's document under each engine, on the same inbox, in two homes."""
    plain = run_watch("plain", sample_inbox, SHINCHOKU_HOME=tmp_path_factory.mktemp("plain"))
    home = tmp_path_factory.mktemp("prefect")
    return plain, run_watch("prefect", sample_inbox, SHINCHOKU_HOME=home, **at(cockpit))


# What is the engine's own: its name, and where it wrote.
OWN = {"engine", "reports"}


def test_it_gives_equal_results_under_both_engines(documents):
    plain, prefect = documents
    assert (plain["engine"], prefect["engine"]) == ("plain", "prefect")
    assert {k: v for k, v in plain.items() if k not in OWN} == {
        k: v for k, v in prefect.items() if k not in OWN
    }


def test_it_judges_something_in_that_comparison(documents):
    assert len(documents[0]["findings"]) == 29
    assert documents[0]["alerts"]
    assert documents[0]["row_errors"]


def test_it_takes_prefect_by_itself_where_the_cockpit_of_the_home_is_up(cockpit, sample_inbox):
    assert run_watch("auto", sample_inbox, SHINCHOKU_HOME=cockpit.home)["engine"] == "prefect"


def test_it_keeps_order_and_tries_again_only_what_may_pass(cockpit, tmp_path):
    done = python(TOY, **at(cockpit), PREFECT_HOME=tmp_path, DO_NOT_TRACK=1)
    assert document(done) == {
        "counted": list(range(9)),
        "done": "できた",
        "fault": "壊れています",
        "tries": {"passing": 3, "lasting": 1},
    }


def test_it_says_what_to_do_when_the_configured_server_is_down(tmp_path):
    nobody = "http://127.0.0.1:9/api"
    done = python(MAIN, "run", "--inbox", str(tmp_path), SHINCHOKU_HOME=tmp_path, PREFECT_API_URL=nobody)
    assert done.returncode == 2
    reason = done.stderr.strip().splitlines()[-1]
    assert reason.startswith(f"shinchoku: Prefect のサーバ（{nobody}）につながりません。")
    assert "--engine plain" in reason


def test_it_tells_a_fault_of_a_run_in_one_line_under_prefect_too(cockpit, tmp_path):
    order = ("run", "--engine", "prefect", "--inbox", str(tmp_path / "無い"))
    done = python(MAIN, *order, SHINCHOKU_HOME=tmp_path, **at(cockpit))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    reason = done.stderr.strip().splitlines()[-1]
    assert reason.startswith("shinchoku: ")
    assert "無い" in reason


def test_it_says_what_to_do_where_it_does_not_know_the_login_of_the_server(cockpit, tmp_path):
    done = python(MAIN, "run", "--inbox", str(tmp_path), SHINCHOKU_HOME=tmp_path, PREFECT_API_URL=cockpit.api)
    assert done.returncode == 2
    reason = done.stderr.strip().splitlines()[-1]
    assert reason.startswith("shinchoku: ") and "PREFECT_API_AUTH_STRING" in reason
