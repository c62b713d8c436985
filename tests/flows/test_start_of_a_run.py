"""What a plain run loads, and when."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from config.section import Section
from flows.ahead import loading
from plan_data.apparatus import Record as PlanRecord
from tasks.alerts.records import Record as AlertRecord
from tasks.progress.records import Record as FindingRecord
from tasks.sheets.records import Record as SheetRecord

ROOT = Path(__file__).parents[2]

#: A run as the command line does it. It tells what of some modules was loaded before a step, and in the end.
RUN = """
import sys
from flows.engines import PlainEngine
loaded = {}
def call(self, step, *args, as_ever=PlainEngine.call):
    loaded[step.name] = set(sys.modules)
    return as_ever(self, step, *args)
PlainEngine.call = call
from flows.cli import main
sys.argv = ["shinchoku", "run", "--engine", "plain", "--json", "--as-of", "2026-11-24", "--inbox", sys.argv[1]]
try:
    main()
except SystemExit as end:
    assert not end.code
after = {"tasks.progress.judge", "tasks.alerts.steps", "tasks.reports.workbook", "jinja2", "xlsxwriter"}
never = {
    "alembic", "flows.rehearsal", "flows.show", "html.entities", "openpyxl", "prefect", "requests",
    "config.portfolio", "config.schedules", "tasks.progress.ranking", "tasks.alerts.fallback",
}
for unwanted in (after & loaded["読取りの準備"], after - loaded["判定"], never & set(sys.modules)):
    print(sorted(unwanted), file=sys.stderr)
"""


def test_a_plain_run_loads_only_what_it_needs_and_the_rest_while_files_are_read(tmp_path, sample_inbox):
    environ = {**os.environ, "SHINCHOKU_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(sample_inbox)],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-3:] == ["[]", "[]", "[]"], done.stderr


def test_what_is_loaded_beside_a_block_is_there_at_its_end(tmp_path, monkeypatch):
    (tmp_path / "slow_to_load.py").write_text("import time\ntime.sleep(0.05)\n")
    monkeypatch.syspath_prepend(tmp_path)
    with loading(["slow_to_load"]):
        pass
    assert sys.modules.pop("slow_to_load")


def test_a_module_that_cannot_be_loaded_fails_where_it_is_asked_for_and_not_before(tmp_path, monkeypatch):
    (tmp_path / "broken_module.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    with loading(["broken_module"]):
        pass
    with pytest.raises(ZeroDivisionError):
        import broken_module  # noqa: F401


def test_what_the_models_are_annotated_with_is_compiled_with_their_module_and_not_at_each_start():
    for module in ("config.json_schema", "plan_data.action_plan", "tasks.alerts.facts"):
        import_module(module)
    models = {
        model
        for base in (Section, PlanRecord, SheetRecord, FindingRecord, AlertRecord)
        for model in _below(base)
    }
    assert len(models) > 100
    modules = {
        model.__module__ for model in models if model.__module__.startswith(("plan_data", "config", "tasks"))
    }
    # The import from __future__ leaves its name in a module.
    as_text = [name for name in sorted(modules) if hasattr(sys.modules[name], "annotations")]
    assert as_text == []


def _below(model):
    yield model
    for each in model.__subclasses__():
        yield from _below(each)
