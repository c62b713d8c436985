"""The JSON Schema that lets an editor complete a plan file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

import plan_data
from plan_data import yaml_text
from plan_data.loader import export, load_plan
from plan_data.schema import SCHEMA_FILE, plan_schema

PLAN = Path(plan_data.__file__).parent / "togitsu" / "r8-03.yaml"
FAULTS = Path(__file__).parent / "faults"


def as_data(path: Path) -> Any:
    return yaml_text.to_data(yaml_text.compose(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(plan_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_it_is_up_to_date() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == plan_schema(), "run: python -m plan_data.schema"


def test_it_takes_the_plan_and_its_export(validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(as_data(PLAN))
    validator.validate(export(load_plan("togitsu").revisions[0]))


@pytest.mark.parametrize(
    "name", ["unknown_key", "missing_key", "unknown_phase", "bad_note_mark", "malformed_id"]
)
def test_it_refuses_what_loading_refuses(validator: jsonschema.Draft202012Validator, name: str) -> None:
    assert list(validator.iter_errors(as_data(FAULTS / f"{name}.yaml")))


def test_it_is_named_by_the_first_line_of_the_plan() -> None:
    first = PLAN.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schemas/plan.schema.json"
    assert (PLAN.parent / first.partition("=")[2]).resolve() == SCHEMA_FILE


def test_it_explains_every_field_in_japanese() -> None:
    schema = json.loads(plan_schema())
    for definition in schema["$defs"].values():
        for name, field in definition.get("properties", {}).items():
            assert not field["title"].isascii() or field["title"] in ("ID", "URL"), name
