"""The JSON Schema of a plan file, so that an editor completes it: ``python -m plan_data.schema`` writes it."""

from __future__ import annotations

import json
from pathlib import Path

from plan_data.model import Plan

SCHEMA_FILE = Path(__file__).resolve().parent / "schemas" / "plan.schema.json"


def plan_schema() -> str:
    """Return the schema of a plan file as JSON text, without the descriptions meant for programmers."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Plan.model_json_schema()}
    for definition in (schema, *schema["$defs"].values()):
        definition.pop("description", None)
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(plan_schema(), encoding="utf-8")
