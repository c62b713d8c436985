"""The JSON Schemas of the town's files, so that an editor completes them: ``python -m config.json_schema``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from config.channels import Channels
from config.closed_days import ClosedDays
from config.crosswalk import Crosswalk
from config.departments import Departments
from config.escalation import Escalation
from config.forecast import ForecastRules
from config.headers import Headers
from config.layouts import Layout
from config.people import People
from config.portfolio import Portfolio
from config.rules import Rules
from config.schedules import Schedules
from config.section import Section
from config.town import LAYOUTS

#: The files of a town's folder, without ``.yaml``, and what each is loaded as.
FILES: dict[str, type[Section]] = {
    "departments": Departments,
    "people": People,
    "headers": Headers,
    "rules": Rules,
    "forecast": ForecastRules,
    "portfolio": Portfolio,
    "schedules": Schedules,
    "channels": Channels,
    "escalation": Escalation,
    "crosswalk": Crosswalk,
    "closed_days": ClosedDays,
}
#: Those, and those of which it has a folder.
MODELS: dict[str, type[Section]] = {**FILES, LAYOUTS: Layout}
FOLDER = Path(__file__).resolve().parent / "schemas"


def schemas() -> dict[str, str]:
    """Return file name → schema as JSON text. Only what a town clerk reads stays: the Japanese descriptions."""
    return {f"{name}.schema.json": _schema(model.model_json_schema()) for name, model in MODELS.items()}


def _schema(schema: dict[str, Any]) -> str:
    definitions = schema.get("$defs", {})
    for definition in (schema, *definitions.values()):
        # Docstrings, meant for programmers.
        definition.pop("description", None)
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_untitled(schema)}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _untitled(node: Any) -> Any:
    """Return the schema without the titles pydantic makes of the English names."""
    if isinstance(node, list):
        return [_untitled(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {k: _untitled(v) for k, v in node.items() if k != "title" or not isinstance(v, str)}


if __name__ == "__main__":
    for file, text in schemas().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
