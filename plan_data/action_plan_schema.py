"""The JSON Schema of an action plan file: ``python -m plan_data.action_plan_schema`` writes it."""

from __future__ import annotations

import json
from pathlib import Path

from plan_data.action_plan import ActionPlan

SCHEMA_FILE = Path(__file__).resolve().parent / "schemas" / "action_plan.schema.json"


def action_plan_schema() -> str:
    """Return the schema as JSON text, without the descriptions meant for programmers."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **ActionPlan.model_json_schema()}
    for definition in (schema, *schema["$defs"].values()):
        definition.pop("description", None)
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(action_plan_schema(), encoding="utf-8")
