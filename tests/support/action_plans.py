"""The action plan of the sample, and the plan that it belongs to."""

from __future__ import annotations

from pathlib import Path

from plan_data.action_plan import FOLDER
from plan_data.loader import load_plan

SAMPLES = Path(__file__).parents[1] / "plan_data" / "action_plan_sample"
SAMPLE = SAMPLES / "togitsu" / FOLDER / "r8_mihon.yaml"
PLAN = load_plan("togitsu").revisions[-1]
_HEAD, _EXAMPLE = SAMPLE.read_text(encoding="utf-8").split("projects: []")
#: The sample with its example written out.
WRITTEN = f"{_HEAD}projects:" + _EXAMPLE.replace("\n#", "\n")
